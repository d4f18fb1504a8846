/*-------------------------------------------------------------------------
 *
 * calendar.c
 *		Working time by the calendars of the desk.
 *
 * desk.calendars and the tables that hang on it are read whole (record.c)
 * when their generation (cache.c) has passed.  A calendar is compiled into a
 * timetable (core/calendar.c) when it is first asked: for the years from 1990
 * to 2059, and for all that we know of where an instant lies outside those.
 *
 * Exceptions are entered year by year.  Whoever asks about a year that has no
 * row in desk.calendar_years gets the answer by what there is, which is most
 * likely the weekly windows alone, and a warning, once in a transaction for
 * each year.
 *
 * IDENTIFICATION
 *		src/calendar.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "nodes/primnodes.h"
#include "pgtime.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "core/calendar.h"
#include "duration.h"
#include "ietp_helpline.h"
#include "record.h"

/* The first column of all these tables. */
#define Anum_rules_calendar		1
/* of desk.calendars */
#define Anum_calendars_time_zone	2
#define Anum_calendars_valid_from	3
#define Anum_calendars_valid_until	4
/* of desk.calendar_windows */
#define Anum_windows_weekday	2
#define Anum_windows_opens		3
#define Anum_windows_closes		4
#define Anum_windows_valid_from 5
#define Anum_windows_valid_until	6
/* of desk.calendar_days */
#define Anum_days_day			2
#define Anum_days_as_weekday	3
#define Anum_days_opens			4
#define Anum_days_closes		5
/* of desk.calendar_years */
#define Anum_years_year			2

static const Oid calendars_types[] = {TEXTOID, TEXTOID, DATEOID, DATEOID};
static const Oid windows_types[] = {
	TEXTOID, INT4OID, TIMEOID, TIMEOID, DATEOID, DATEOID
};
static const Oid days_types[] = {
	TEXTOID, DATEOID, INT4OID, TIMEARRAYOID, TIMEARRAYOID
};
static const Oid years_types[] = {TEXTOID, INT4OID};

/* Nothing is known outside of these; other years are compiled on demand. */
#define FIRST_YEAR	1900
#define END_YEAR	2200
#define USUAL_FIRST_YEAR	1990
#define USUAL_END_YEAR		2060

/*
 * A calendar with two windows a day has 14 windows and, in all years, 220,000
 * openings.  We look at every window on every day, and an opening takes 24
 * bytes: with more than this a mistake would take seconds, or much memory.
 */
#define MAX_WINDOWS		1000
#define MAX_OPENINGS	10000000

/* A zone's offset at the ends may push a local day out of the UTC ones. */
#define MARGIN_DAYS		2

typedef struct Calendar
{
	const char *name;
	size_t		name_length;
	const char *zone_name;

	/* As read; arrays once all is read. */
	List	   *window_list;	/* of IetpWindow */
	List	   *day_list;		/* of IetpDay */
	bool		entered[END_YEAR - FIRST_YEAR];
	IetpRules	rules;

	/* Compiled, in a context of its own; the table covers nothing before. */
	MemoryContext compiled;
	IetpTimetable table;
	IetpOffset *offsets;
	size_t		offset_count;
	int32		first_day;		/* of working_days */
	int32		end_day;
	int32	   *working_days;	/* how many of the days before are */

	/* No year is missing from here to there. */
	int32		known_first_day;
	int32		known_end_day;
	int64		known_since;
	int64		known_until;
	bool		warned[END_YEAR - FIRST_YEAR];
	uint64		warned_in;		/* transaction */
} Calendar;

/* What a call site found last. */
typedef struct Lookup
{
	Calendar   *calendar;
	uint64		generation;
	bool		is_constant;	/* it always names this calendar */
} Lookup;

/* The cache; everything below lives in its context. */
static MemoryContext context = NULL;
static uint64 loaded = 0;		/* generation; 0: not loaded */
static List *calendars = NIL;	/* of Calendar */

/* Counts this backend's transactions. */
static uint64 transaction = 1;

static void
transaction_ends(XactEvent event, void *arg)
{
	(void) arg;
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE || event == XACT_EVENT_PARALLEL_COMMIT ||
		event == XACT_EVENT_PARALLEL_ABORT)
		transaction++;
}

/*
 * Called once per backend, when the library is loaded.
 */
void
ietp_calendar_init(void)
{
	RegisterXactCallback(transaction_ends, NULL);
}

static int32
day_of(int year)
{
	return date2j(year, 1, 1) - POSTGRES_EPOCH_JDATE;
}

static int
year_of(int32 day)
{
	int			year;
	int			month;
	int			day_of_month;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &day_of_month);
	return year;
}


/* Reading */

static Calendar *
find_named(const char *name, size_t length)
{
	ListCell   *cell;

	foreach(cell, calendars)
	{
		Calendar   *calendar = lfirst(cell);

		if (calendar->name_length == length &&
			memcmp(calendar->name, name, length) == 0)
			return calendar;
	}
	return NULL;
}

/* The calendar that a row of a table belongs to. */
static Calendar *
calendar_of(const Record *record)
{
	const char *name = ietp_record_text(record, Anum_rules_calendar);

	return find_named(name, strlen(name));
}

static int64
get_time(const Record *record, int column)
{
	bool		isnull;

	return DatumGetTimeADT(ietp_record_value(record, column, &isnull));
}

static void
read_calendar(const Record *record)
{
	Calendar   *calendar = palloc0(sizeof(Calendar));

	calendar->name = ietp_record_text(record, Anum_rules_calendar);
	calendar->name_length = strlen(calendar->name);
	calendar->zone_name = ietp_record_text(record, Anum_calendars_time_zone);
	calendar->rules.since = ietp_record_int(record,
											Anum_calendars_valid_from);
	calendar->rules.until = ietp_record_int(record,
											Anum_calendars_valid_until);
	calendars = lappend(calendars, calendar);
}

static void
read_window(const Record *record)
{
	Calendar   *calendar = calendar_of(record);
	IetpWindow *window = palloc(sizeof(IetpWindow));

	if (calendar == NULL)
		return;
	window->weekday = ietp_record_int(record, Anum_windows_weekday);
	window->since = ietp_record_int(record, Anum_windows_valid_from);
	window->until = ietp_record_int(record, Anum_windows_valid_until);
	window->span.opens = get_time(record, Anum_windows_opens);
	window->span.closes = get_time(record, Anum_windows_closes);
	calendar->window_list = lappend(calendar->window_list, window);
}

/* The elements of an array of times; none where it is NULL. */
static Datum *
get_times(const Record *record, int column, int *count)
{
	bool		isnull;
	Datum		value = ietp_record_value(record, column, &isnull);
	Datum	   *elements;

	*count = 0;
	if (isnull)
		return NULL;
	deconstruct_array(DatumGetArrayTypeP(value), TIMEOID, sizeof(TimeADT),
					  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &elements, NULL,
					  count);
	return elements;
}

static void
read_day(const Record *record)
{
	Calendar   *calendar = calendar_of(record);
	IetpDay    *day = palloc0(sizeof(IetpDay));
	int			opens_count;
	int			closes_count;
	Datum	   *opens = get_times(record, Anum_days_opens, &opens_count);
	Datum	   *closes = get_times(record, Anum_days_closes, &closes_count);
	IetpSpan   *spans;

	if (calendar == NULL)
		return;
	day->day = ietp_record_int(record, Anum_days_day);
	day->as_weekday = ietp_record_int(record, Anum_days_as_weekday);
	day->count = Min(opens_count, closes_count);
	day->spans = spans = palloc(Max(day->count, 1) * sizeof(IetpSpan));
	for (size_t i = 0; i < day->count; i++)
	{
		spans[i].opens = DatumGetTimeADT(opens[i]);
		spans[i].closes = DatumGetTimeADT(closes[i]);
	}
	calendar->day_list = lappend(calendar->day_list, day);
}

static void
read_year(const Record *record)
{
	Calendar   *calendar = calendar_of(record);
	int32		year = ietp_record_int(record, Anum_years_year);

	if (calendar != NULL && year >= FIRST_YEAR && year < END_YEAR)
		calendar->entered[year - FIRST_YEAR] = true;
}

static int
compare_days(const ListCell *a, const ListCell *b)
{
	const IetpDay *one = lfirst(a);
	const IetpDay *other = lfirst(b);

	return (one->day > other->day) - (one->day < other->day);
}

/* Makes arrays of the lists that were read. */
static void
complete(Calendar *calendar)
{
	IetpRules  *rules = &calendar->rules;
	IetpWindow *windows;
	IetpDay    *days;

	rules->window_count = list_length(calendar->window_list);
	rules->day_count = list_length(calendar->day_list);
	rules->windows = windows = palloc(Max(rules->window_count, 1) *
									  sizeof(IetpWindow));
	rules->days = days = palloc(Max(rules->day_count, 1) * sizeof(IetpDay));
	rules->most_spans = Max(rules->window_count, 1);
	list_sort(calendar->day_list, compare_days);
	for (size_t i = 0; i < rules->window_count; i++)
		windows[i] = *(IetpWindow *) list_nth(calendar->window_list, i);
	for (size_t i = 0; i < rules->day_count; i++)
	{
		days[i] = *(IetpDay *) list_nth(calendar->day_list, i);
		rules->most_spans = Max(rules->most_spans, days[i].count);
	}
}

static void
load_calendars(void)
{
	MemoryContext before;
	ListCell   *cell;

	if (context != NULL)
		MemoryContextSetParent(context, TopTransactionContext);
	context = NULL;
	loaded = 0;
	calendars = NIL;
	ietp_check_desk_version();
	context = AllocSetContextCreate(TopMemoryContext,
									"ietp_helpline calendars",
									ALLOCSET_DEFAULT_SIZES);
	before = MemoryContextSwitchTo(context);
	ietp_read_table("calendars", calendars_types, lengthof(calendars_types),
					read_calendar);
	ietp_read_table("calendar_windows", windows_types,
					lengthof(windows_types), read_window);
	ietp_read_table("calendar_days", days_types, lengthof(days_types),
					read_day);
	ietp_read_table("calendar_years", years_types, lengthof(years_types),
					read_year);
	foreach(cell, calendars)
		complete(lfirst(cell));
	MemoryContextSwitchTo(before);
}

static void
refresh_calendars(void)
{
	/* Loading takes locks, which may bring news; twice over is enough. */
	for (int i = 0; i < 2 && loaded != ietp_cache_generation(); i++)
	{
		uint64		before = ietp_cache_generation();

		load_calendars();
		loaded = before;
	}
}


/* Compiling */

/* Finds the zone's offsets between two instants. */
static void
find_offsets(Calendar *calendar, int64 since, int64 until)
{
	pg_tz	   *zone = pg_tzset(calendar->zone_name);
	size_t		room = 16;

	if (zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_UNKNOWN_CODE),
				 errmsg("time zone \"%s\" of calendar \"%s\" is not known",
						calendar->zone_name, calendar->name),
				 errhint("pg_timezone_names lists the zones of this server.")));
	calendar->offsets = palloc(room * sizeof(IetpOffset));
	calendar->offset_count = 0;
	while (since < until)
	{
		pg_time_t	at = timestamptz_to_time_t(since);
		pg_time_t	boundary;
		long		offset;
		long		next_offset;
		int			dst;
		int			next_dst;
		int			found;

		found = pg_next_dst_boundary(&at, &offset, &dst, &boundary,
									 &next_offset, &next_dst, zone);
		if (found < 0)
			elog(ERROR, "could not find the offset of a time zone");
		if (calendar->offset_count == room)
		{
			room *= 2;
			calendar->offsets = repalloc(calendar->offsets,
										 room * sizeof(IetpOffset));
		}
		calendar->offsets[calendar->offset_count].since = since;
		calendar->offsets[calendar->offset_count].offset = offset *
			USECS_PER_SEC;
		calendar->offset_count++;
		if (found == 0)
			break;
		since = time_t_to_timestamptz(boundary);
	}
}

static void
refuse_windows(const Calendar *calendar)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("calendar \"%s\" has too many windows",
					calendar->name)));
}

/* Local windows of all days of the table, and which are working days. */
static IetpSpan *
find_spans(Calendar *calendar, size_t *count)
{
	const IetpRules *rules = &calendar->rules;
	IetpSpan   *scratch;
	IetpSpan   *spans;
	int32		last_day = calendar->end_day - 1;

	if (rules->most_spans > MAX_WINDOWS)
		refuse_windows(calendar);
	scratch = palloc(rules->most_spans * sizeof(IetpSpan));
	*count = ietp_calendar_local(rules, calendar->first_day, last_day,
								 scratch, NULL, calendar->working_days);
	if (*count > MAX_OPENINGS)
		refuse_windows(calendar);
	spans = palloc(Max(*count, 1) * sizeof(IetpSpan));
	(void) ietp_calendar_local(rules, calendar->first_day, last_day, scratch,
							   spans, NULL);
	pfree(scratch);
	return spans;
}

static void
make_table(Calendar *calendar, int64 since, int64 until)
{
	IetpTimetable table = {since, until, NULL, 0, NULL};
	size_t		span_count;
	size_t		opening_count;
	IetpSpan   *spans = find_spans(calendar, &span_count);
	IetpOpening *openings;
	uint32	   *last;

	opening_count = ietp_calendar_utc(spans, span_count, calendar->offsets,
									  calendar->offset_count, until, NULL);
	openings = palloc(opening_count * sizeof(IetpOpening));
	(void) ietp_calendar_utc(spans, span_count, calendar->offsets,
							 calendar->offset_count, until, openings);
	pfree(spans);
	table.openings = openings;
	table.count = opening_count - 2;
	last = palloc(ietp_calendar_index(&table, NULL) * sizeof(uint32));
	(void) ietp_calendar_index(&table, last);
	table.last = last;
	calendar->table = table;
}

/* Finds the longest row of years, one after the other, that are entered. */
static void
find_known(Calendar *calendar)
{
	int			best = 0;
	int			best_length = 0;
	int			length = 0;

	for (int i = 0; i < END_YEAR - FIRST_YEAR; i++)
	{
		length = calendar->entered[i] ? length + 1 : 0;
		if (length > best_length)
		{
			best = FIRST_YEAR + i + 1 - length;
			best_length = length;
		}
	}
	calendar->known_since = PG_INT64_MAX;
	calendar->known_until = PG_INT64_MIN;
	if (best_length == 0)
		return;
	calendar->known_first_day = day_of(best);
	calendar->known_end_day = day_of(best + best_length);
	calendar->known_since =
		ietp_local_begins(calendar->offsets, calendar->offset_count,
						  calendar->table.until,
						  calendar->known_first_day * USECS_PER_DAY);
	calendar->known_until =
		ietp_local_begins(calendar->offsets, calendar->offset_count,
						  calendar->table.until,
						  calendar->known_end_day * USECS_PER_DAY);
}

/*
 * Compiles a calendar for the years from first_year on, before end_year.  It
 * covers nothing until all is well.
 */
static void
compile(Calendar *calendar, int first_year, int end_year)
{
	MemoryContext before;

	memset(&calendar->table, 0, sizeof(IetpTimetable));
	if (calendar->compiled == NULL)
		calendar->compiled = AllocSetContextCreate(context,
												   "ietp_helpline timetable",
												   ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(calendar->compiled);
	before = MemoryContextSwitchTo(calendar->compiled);
	calendar->first_day = day_of(first_year) - MARGIN_DAYS;
	calendar->end_day = day_of(end_year) + MARGIN_DAYS;
	calendar->working_days = palloc((calendar->end_day -
									 calendar->first_day + 1) *
									sizeof(int32));
	find_offsets(calendar, day_of(first_year) * USECS_PER_DAY,
				 day_of(end_year) * USECS_PER_DAY);
	make_table(calendar, day_of(first_year) * USECS_PER_DAY,
			   day_of(end_year) * USECS_PER_DAY);
	find_known(calendar);
	MemoryContextSwitchTo(before);
}

/* Compiles a calendar for all years; false where it is already. */
static bool
widen(Calendar *calendar)
{
	if (calendar->table.since == day_of(FIRST_YEAR) * USECS_PER_DAY &&
		calendar->table.until == day_of(END_YEAR) * USECS_PER_DAY)
		return false;
	compile(calendar, FIRST_YEAR, END_YEAR);
	return true;
}

static void
refuse_time(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
			 errmsg("time is out of range for a calendar"),
			 errdetail("Calendars reach from %d to %d.",
					   FIRST_YEAR, END_YEAR - 1)));
}

/*
 * Compiles a calendar for an instant that its table does not cover.  A table
 * of all years covers what one of the usual years does.
 */
static void
cover_more(Calendar *calendar, int64 at)
{
	if (at < day_of(FIRST_YEAR) * USECS_PER_DAY ||
		at >= day_of(END_YEAR) * USECS_PER_DAY)
		refuse_time();
	if (at < day_of(USUAL_FIRST_YEAR) * USECS_PER_DAY ||
		at >= day_of(USUAL_END_YEAR) * USECS_PER_DAY)
		(void) widen(calendar);
	else
		compile(calendar, USUAL_FIRST_YEAR, USUAL_END_YEAR);
}

static inline void
cover(Calendar *calendar, int64 at)
{
	if (unlikely(at < calendar->table.since || at >= calendar->table.until))
		cover_more(calendar, at);
}

/* The same for a day; most have no instant that fits into 64 bits. */
static void
cover_day(Calendar *calendar, DateADT day)
{
	if (day < day_of(FIRST_YEAR) || day >= day_of(END_YEAR))
		refuse_time();
	cover(calendar, day * USECS_PER_DAY);
}


/* Years that are missing */

static bool
must_warn(const Calendar *calendar, int year)
{
	return !calendar->entered[year - FIRST_YEAR] &&
		!calendar->warned[year - FIRST_YEAR];
}

/* One warning for years that follow one another. */
static void
warn_of_years(Calendar *calendar, int first, int last)
{
	if (calendar->warned_in != transaction)
		memset(calendar->warned, 0, sizeof(calendar->warned));
	calendar->warned_in = transaction;
	last = Min(last, END_YEAR - 1);
	for (int year = Max(first, FIRST_YEAR); year <= last; year++)
	{
		int			begin = year;

		if (!must_warn(calendar, year))
			continue;
		for (; year <= last && must_warn(calendar, year); year++)
			calendar->warned[year - FIRST_YEAR] = true;
		ereport(WARNING,
				(errcode(ERRCODE_IETP_MISSING_YEAR),
				 year - 1 == begin ?
				 errmsg("calendar \"%s\" lacks the year %d",
						calendar->name, begin) :
				 errmsg("calendar \"%s\" lacks the years %d to %d",
						calendar->name, begin, year - 1),
				 errdetail("No row says that its holidays and make-up working days have been entered."),
				 errhint("Enter them with helpline.set_calendar_day() and helpline.set_calendar_year().")));
	}
}

static int
local_year(const Calendar *calendar, int64 at)
{
	int64		local = ietp_local_time(calendar->offsets,
										calendar->offset_count, at);
	int64		day = local / USECS_PER_DAY;

	return year_of((int32) (local % USECS_PER_DAY < 0 ? day - 1 : day));
}

/* Warns of years missing between two instants, which the table covers. */
static inline void
check_years(Calendar *calendar, int64 since, int64 until)
{
	int64		first = Min(since, until);
	int64		end = Max(since, until);

	if (likely(first >= calendar->known_since &&
			   end <= calendar->known_until &&
			   first < calendar->known_until))
		return;
	warn_of_years(calendar, local_year(calendar, first),
				  local_year(calendar, end > first ? end - 1 : end));
}

static void
check_years_of_days(Calendar *calendar, int32 first, int32 last)
{
	if (first < calendar->known_first_day || last >= calendar->known_end_day)
		warn_of_years(calendar, year_of(first), year_of(last));
}


/* Asking */

/*
 * Is the argument a constant?  Parameters are none: PL/pgSQL evaluates an
 * expression again and again with others.
 */
static bool
is_constant(FunctionCallInfo fcinfo, int argument)
{
	const		FuncExpr *call = (const FuncExpr *) fcinfo->flinfo->fn_expr;

	return call != NULL && IsA(call, FuncExpr) &&
		argument < list_length(call->args) &&
		IsA(list_nth(call->args, argument), Const);
}

static Calendar *
look_up(FunctionCallInfo fcinfo, int argument, const char *name,
		size_t length)
{
	Lookup	   *lookup = fcinfo->flinfo->fn_extra;
	Calendar   *calendar;

	refresh_calendars();
	calendar = find_named(name, length);
	if (calendar == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_NO_CALENDAR),
				 errmsg("no such calendar"),
				 errhint("helpline.calendars() lists them.")));
	if (lookup == NULL)
		lookup = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(Lookup));
	lookup->calendar = calendar;
	lookup->generation = loaded;
	lookup->is_constant = is_constant(fcinfo, argument);
	fcinfo->flinfo->fn_extra = lookup;
	return calendar;
}

/* The calendar that an argument names. */
static inline Calendar *
get_calendar(FunctionCallInfo fcinfo, int argument)
{
	const Lookup *lookup = fcinfo->flinfo->fn_extra;
	bool		is_current = lookup != NULL &&
	lookup->generation == ietp_cache_generation() &&
	lookup->generation == loaded;
	const text *value;

	if (likely(is_current && lookup->is_constant))
		return lookup->calendar;
	value = PG_GETARG_TEXT_PP(argument);
	if (is_current &&
		lookup->calendar->name_length == VARSIZE_ANY_EXHDR(value) &&
		memcmp(lookup->calendar->name, VARDATA_ANY(value),
			   lookup->calendar->name_length) == 0)
		return lookup->calendar;
	return look_up(fcinfo, argument, VARDATA_ANY(value),
				   VARSIZE_ANY_EXHDR(value));
}

static void
refuse_opening(const Calendar *calendar)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_NEVER_OPENS),
			 calendar->table.count == 0 ?
			 errmsg("calendar \"%s\" never opens", calendar->name) :
			 errmsg("calendar \"%s\" does not open often enough",
					calendar->name),
			 errdetail("Calendars reach from %d to %d.",
					   FIRST_YEAR, END_YEAR - 1),
			 errhint("helpline.calendar_check() tells what lacks.")));
}

/* Microseconds of a duration: a day is 24 hours. */
static int64
microseconds_of(const Interval *duration)
{
	int64		microseconds;

	if (duration->month != 0)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("working time cannot be counted in months")));
	if (pg_mul_s64_overflow(duration->day, USECS_PER_DAY, &microseconds) ||
		pg_add_s64_overflow(microseconds, duration->time, &microseconds))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("interval out of range")));
	return microseconds;
}

/*
 * ietp.working_time(since timestamptz, until timestamptz, calendar text)
 */
IETP_FUNCTION(working_time);
Datum
ietp_working_time(PG_FUNCTION_ARGS)
{
	int64		since = PG_GETARG_TIMESTAMPTZ(0);
	int64		until = PG_GETARG_TIMESTAMPTZ(1);
	Calendar   *calendar = get_calendar(fcinfo, 2);

	cover(calendar, since);
	cover(calendar, until);
	check_years(calendar, since, until);
	return ietp_form_interval(0,
							  ietp_timetable_passed(&calendar->table,
													until) -
							  ietp_timetable_passed(&calendar->table,
													since));
}

/* False where the calendar does not open often enough. */
static bool
add_time(FunctionCallInfo fcinfo, Calendar **calendar, int64 *result)
{
	int64		since = PG_GETARG_TIMESTAMPTZ(0);
	int64		duration = microseconds_of(PG_GETARG_INTERVAL_P(1));

	*calendar = get_calendar(fcinfo, 2);
	cover(*calendar, since);
	while (!ietp_timetable_add(&(*calendar)->table, since, duration, result))
	{
		if (!widen(*calendar))
			return false;
	}
	check_years(*calendar, since, *result);
	return true;
}

/*
 * ietp.add_working_time(since timestamptz, duration interval, calendar text)
 */
IETP_FUNCTION(add_working_time);
Datum
ietp_add_working_time(PG_FUNCTION_ARGS)
{
	Calendar   *calendar;
	int64		result;

	if (!add_time(fcinfo, &calendar, &result))
		refuse_opening(calendar);
	PG_RETURN_TIMESTAMPTZ(result);
}

/*
 * ietp.try_add_working_time(since timestamptz, duration interval,
 *		calendar text)
 */
IETP_FUNCTION(try_add_working_time);
Datum
ietp_try_add_working_time(PG_FUNCTION_ARGS)
{
	Calendar   *calendar;
	int64		result;

	if (!add_time(fcinfo, &calendar, &result))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(result);
}

/*
 * ietp.is_open(at timestamptz, calendar text)
 */
IETP_FUNCTION(is_open);
Datum
ietp_is_open(PG_FUNCTION_ARGS)
{
	int64		at = PG_GETARG_TIMESTAMPTZ(0);
	Calendar   *calendar = get_calendar(fcinfo, 1);

	cover(calendar, at);
	check_years(calendar, at, at);
	PG_RETURN_BOOL(at < ietp_timetable_at(&calendar->table, at)->closes);
}

/*
 * ietp.next_opening(at timestamptz, calendar text)
 */
IETP_FUNCTION(next_opening);
Datum
ietp_next_opening(PG_FUNCTION_ARGS)
{
	int64		at = PG_GETARG_TIMESTAMPTZ(0);
	Calendar   *calendar = get_calendar(fcinfo, 1);
	int64		result;

	cover(calendar, at);
	while (!ietp_timetable_next(&calendar->table, at, &result))
	{
		if (!widen(calendar))
			refuse_opening(calendar);
	}
	check_years(calendar, at, result);
	PG_RETURN_TIMESTAMPTZ(result);
}

/* How many working days lie before a day. */
static int32
working_days_before(const Calendar *calendar, int32 day)
{
	return calendar->working_days[day - calendar->first_day];
}

/*
 * ietp.working_days(since date, until date, calendar text)
 */
IETP_FUNCTION(working_days);
Datum
ietp_working_days(PG_FUNCTION_ARGS)
{
	DateADT		since = PG_GETARG_DATEADT(0);
	DateADT		until = PG_GETARG_DATEADT(1);
	Calendar   *calendar = get_calendar(fcinfo, 2);

	cover_day(calendar, since);
	cover_day(calendar, until);
	if (since != until)
		check_years_of_days(calendar, Min(since, until) + 1,
							Max(since, until));
	PG_RETURN_INT32(working_days_before(calendar, until + 1) -
					working_days_before(calendar, since + 1));
}

/*
 * The first day before which there are so many working days, or the end of
 * the table.
 */
static int32
day_after(const Calendar *calendar, int64 working_days)
{
	int32		low = calendar->first_day;
	int32		high = calendar->end_day;

	while (low < high)
	{
		int32		middle = low + (high - low) / 2;

		if (working_days_before(calendar, middle) < working_days)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The n-th working day after a day or, where n is negative, before it; false
 * where the table does not reach so far.
 */
static bool
find_working_day(const Calendar *calendar, int32 since, int32 n, int32 *day)
{
	int32		first_day = calendar->first_day + MARGIN_DAYS;
	int32		end_day = calendar->end_day - MARGIN_DAYS;
	int64		wanted = n > 0 ?
	(int64) working_days_before(calendar, since + 1) + n :
	(int64) working_days_before(calendar, since) + n + 1;

	if (wanted <= working_days_before(calendar, first_day) ||
		wanted > working_days_before(calendar, end_day))
		return false;
	*day = day_after(calendar, wanted) - 1;
	return true;
}

/* False where the calendar does not open often enough. */
static bool
add_days(FunctionCallInfo fcinfo, Calendar **calendar, int32 *day)
{
	DateADT		since = PG_GETARG_DATEADT(0);
	int32		n = PG_GETARG_INT32(1);

	*calendar = get_calendar(fcinfo, 2);
	*day = since;
	cover_day(*calendar, since);
	if (n == 0)
		return true;
	while (!find_working_day(*calendar, since, n, day))
	{
		if (!widen(*calendar))
			return false;
	}
	check_years_of_days(*calendar, Min(since, *day), Max(since, *day));
	return true;
}

/*
 * ietp.add_working_days(since date, days integer, calendar text)
 */
IETP_FUNCTION(add_working_days);
Datum
ietp_add_working_days(PG_FUNCTION_ARGS)
{
	Calendar   *calendar;
	int32		day;

	if (!add_days(fcinfo, &calendar, &day))
		refuse_opening(calendar);
	PG_RETURN_DATEADT(day);
}

/*
 * ietp.try_add_working_days(since date, days integer, calendar text)
 */
IETP_FUNCTION(try_add_working_days);
Datum
ietp_try_add_working_days(PG_FUNCTION_ARGS)
{
	Calendar   *calendar;
	int32		day;

	if (!add_days(fcinfo, &calendar, &day))
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(day);
}
