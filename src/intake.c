/*-------------------------------------------------------------------------
 *
 * intake.c
 *		Validators that the intake of real files uses.
 *
 * Real files hold what people typed.  A row that does not read must be kept
 * and reported, not stop a million others, and a subtransaction per row just
 * to catch an error costs more than reading it.  So nothing here raises on a
 * value: what does not read is NULL, and field_problem() says which column it
 * was.  Only what the programmer wrote (order of a date, time zone, country
 * code) raises.  No result depends on a setting.
 *
 * core/field.c judges how a value is written; the calendar, the time zones
 * and numeric arithmetic are the server's.
 *
 * IDENTIFICATION
 *		src/intake.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/int.h"
#include "fmgr.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "core/field.h"
#include "ietp_helpline.h"

/* The zone of the call before: nearly always that of the next one, too. */
typedef struct IntakeZone
{
	pg_tz	   *zone;			/* lives as long as the backend */
	int			length;
	char		name[TZ_STRLEN_MAX + 1];
} IntakeZone;

IETP_FUNCTION(try_date);
IETP_FUNCTION(try_timestamptz);
IETP_FUNCTION(try_integer);
IETP_FUNCTION(try_amount);
IETP_FUNCTION(try_phone);
IETP_FUNCTION(try_code);
IETP_FUNCTION(nonblank);
IETP_FUNCTION(field_problem);

static FieldOrder
date_order_argument(const text *order)
{
	if (VARSIZE_ANY_EXHDR(order) == 3)
	{
		if (memcmp(VARDATA_ANY(order), "YMD", 3) == 0)
			return FIELD_YMD;
		if (memcmp(VARDATA_ANY(order), "DMY", 3) == 0)
			return FIELD_DMY;
		if (memcmp(VARDATA_ANY(order), "MDY", 3) == 0)
			return FIELD_MDY;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("date order must be YMD, DMY or MDY")));
}

/* Is there such a day in the calendar?  There is no year zero. */
static bool
day_exists(const FieldDate *date)
{
	return date->year > 0 &&
		date->month >= 1 && date->month <= MONTHS_PER_YEAR &&
		date->day >= 1 &&
		date->day <= day_tab[isleap(date->year)][date->month - 1];
}

/* The years 1 to 9999 lie within PostgreSQL's dates. */
Datum
ietp_try_date(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	FieldOrder	order = date_order_argument(PG_GETARG_TEXT_PP(1));
	FieldDate	date;

	if (!ietp_field_date(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), order,
						 &date) ||
		!day_exists(&date))
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(date2j(date.year, date.month, date.day) -
					  POSTGRES_EPOCH_JDATE);
}

/* Looks the name up as core's timezone() does, but for abbreviations. */
static void
find_zone(IntakeZone *cache, const char *name, int length)
{
	pg_tz	   *zone = NULL;

	cache->zone = NULL;
	if (length <= TZ_STRLEN_MAX)
	{
		memcpy(cache->name, name, length);
		cache->name[length] = '\0';
		zone = pg_tzset(cache->name);
	}
	if (zone == NULL || !pg_tz_acceptable(zone))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone not recognized"),
				 errhint("Give a name that pg_timezone_names lists, such as Asia/Shanghai.")));
	cache->zone = zone;
	cache->length = length;
}

/*
 * The zone, looked up again only when the call before named another one.
 * The cache lives as long as the function's call site.
 */
static pg_tz *
time_zone_argument(FunctionCallInfo fcinfo, const text *time_zone)
{
	IntakeZone *cache = (IntakeZone *) fcinfo->flinfo->fn_extra;
	const char *name = VARDATA_ANY(time_zone);
	int			length = VARSIZE_ANY_EXHDR(time_zone);

	if (cache == NULL)
	{
		cache = (IntakeZone *) MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
													  sizeof(IntakeZone));
		fcinfo->flinfo->fn_extra = cache;
	}
	if (cache->zone == NULL || cache->length != length ||
		memcmp(cache->name, name, length) != 0)
		find_zone(cache, name, length);
	return cache->zone;
}

/*
 * The instant of a moment whose day exists; false outside PostgreSQL's range.
 * Of a local time that a change of the clocks repeats, core takes the later
 * instant; one that they skip it counts by the offset before the change.
 */
static bool
instant_of(const FieldMoment *moment, pg_tz *zone, TimestampTz *result)
{
	struct pg_tm tm;
	int			west;

	memset(&tm, 0, sizeof(tm));
	tm.tm_year = moment->date.year;
	tm.tm_mon = moment->date.month;
	tm.tm_mday = moment->date.day;
	tm.tm_hour = moment->hour;
	tm.tm_min = moment->minute;
	tm.tm_sec = moment->second;
	west = moment->has_offset ? -moment->offset :
		DetermineTimeZoneOffset(&tm, zone);
	return tm2timestamp(&tm, moment->microsecond, &west, result) == 0;
}

Datum
ietp_try_timestamptz(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	pg_tz	   *zone = time_zone_argument(fcinfo, PG_GETARG_TEXT_PP(1));
	FieldOrder	order = date_order_argument(PG_GETARG_TEXT_PP(2));
	FieldMoment moment;
	TimestampTz result;

	if (!ietp_field_moment(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
						   order, &moment) ||
		!day_exists(&moment.date) || !instant_of(&moment, zone, &result))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(result);
}

/* An amount without decimals that int4 can hold; "5.0" is none. */
Datum
ietp_try_integer(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	FieldAmount amount;
	int64		number;

	if (!ietp_field_amount(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
						   &amount) ||
		amount.scale > 0)
		PG_RETURN_NULL();
	number = amount.negative ? -amount.whole : amount.whole;
	if (number < PG_INT32_MIN || number > PG_INT32_MAX)
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) number);
}

/*
 * The amount with as many decimals as were written.  15 digits and 2 decimals
 * fit 64 bits; the whole and the fraction are added where 19 digits do not.
 */
static Numeric
numeric_of(const FieldAmount *amount)
{
	static const int64 power[] = {1, 10, 100, 1000, 10000};
	int64		sign = amount->negative ? -1 : 1;
	int64		units;
	Numeric		whole;
	Numeric		fraction;

	if (!pg_mul_s64_overflow(amount->whole, power[amount->scale], &units) &&
		!pg_add_s64_overflow(units, amount->fraction, &units))
		return int64_div_fast_to_numeric(sign * units, amount->scale);
	whole = int64_to_numeric(sign * amount->whole);
	fraction = int64_div_fast_to_numeric(sign * amount->fraction,
										 amount->scale);
	return DatumGetNumeric(DirectFunctionCall2(numeric_add,
											   NumericGetDatum(whole),
											   NumericGetDatum(fraction)));
}

Datum
ietp_try_amount(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	FieldAmount amount;

	StaticAssertStmt(FIELD_FRACTION_DIGITS == 4,
					 "numeric_of() knows the powers of ten up to 4");
	if (!ietp_field_amount(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
						   &amount))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(numeric_of(&amount));
}

/* A country code has 1 to 3 digits and does not begin with zero. */
static void
check_country_code(const text *country)
{
	const char *digits = VARDATA_ANY(country);
	int			length = VARSIZE_ANY_EXHDR(country);
	bool		valid = length >= 1 && length <= 3 && digits[0] != '0';
	int			i;

	for (i = 0; valid && i < length; i++)
		valid = digits[i] >= '0' && digits[i] <= '9';
	if (!valid)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("country code must have 1 to 3 digits, the first of them not zero")));
}

/*
 * Not strict, since no country code is a case of its own.  A wrong one is
 * told even beside a value that is NULL.
 */
Datum
ietp_try_phone(PG_FUNCTION_ARGS)
{
	const char *country = NULL;
	size_t		country_length = 0;
	char		number[FIELD_PHONE_SIZE];
	text	   *value;
	size_t		length;

	if (!PG_ARGISNULL(1))
	{
		text	   *code = PG_GETARG_TEXT_PP(1);

		check_country_code(code);
		country = VARDATA_ANY(code);
		country_length = VARSIZE_ANY_EXHDR(code);
	}
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	value = PG_GETARG_TEXT_PP(0);
	length = ietp_field_phone(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
							  country, country_length, number);
	if (length == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(number, (int) length));
}

/*
 * A text of the "length" bytes at "start", which lie within value: value
 * itself where they are all of it.
 */
static text *
trimmed(text *value, const char *start, size_t length)
{
	if (length == VARSIZE_ANY_EXHDR(value))
		return value;
	return cstring_to_text_with_len(start, (int) length);
}

Datum
ietp_try_code(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	const char *start = VARDATA_ANY(value);
	size_t		length = ietp_field_trim(&start, VARSIZE_ANY_EXHDR(value));

	if (!ietp_field_code(start, length))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(trimmed(value, start, length));
}

Datum
ietp_nonblank(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	const char *start = VARDATA_ANY(value);
	size_t		length = ietp_field_trim(&start, VARSIZE_ANY_EXHDR(value));

	if (length == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(trimmed(value, start, length));
}

/* "column:problem", new in the current context. */
static text *
problem_of(const text *column, const char *problem)
{
	Size		column_length = VARSIZE_ANY_EXHDR(column);
	Size		problem_length = strlen(problem);
	Size		size = VARHDRSZ + column_length + 1 + problem_length;
	text	   *result = (text *) palloc(size);

	SET_VARSIZE(result, size);
	memcpy(VARDATA(result), VARDATA_ANY(column), column_length);
	VARDATA(result)[column_length] = ':';
	memcpy(VARDATA(result) + column_length + 1, problem, problem_length);
	return result;
}

/* Is the argument NULL, empty or nothing but white space? */
static bool
blank_argument(FunctionCallInfo fcinfo, int n)
{
	text	   *given;
	const char *start;

	if (PG_ARGISNULL(n))
		return true;
	given = PG_GETARG_TEXT_PP(n);
	start = VARDATA_ANY(given);
	return ietp_field_trim(&start, VARSIZE_ANY_EXHDR(given)) == 0;
}

/*
 * Runs for every field of every row, nearly always to return NULL: allocates
 * only what it returns.  NULL for "parsed" counts as false, and for
 * "required" as false, too.
 */
Datum
ietp_field_problem(PG_FUNCTION_ARGS)
{
	bool		parsed = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);
	bool		required = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
	const char *problem;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("column name must not be null")));
	if (parsed && !required)
		PG_RETURN_NULL();
	if (PG_ARGISNULL(4))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("problem must not be null")));
	if (blank_argument(fcinfo, 1))
		problem = required ? "missing" : NULL;
	else
		problem = parsed ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(4));
	if (problem == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(problem_of(PG_GETARG_TEXT_PP(0), problem));
}

/*
 * Line that ietp.next_line() gave last, now and at the end of the last
 * transaction that committed; the header is line 1.
 */
static int64 last_line = 1;
static int64 committed_line = 1;

/*
 * Assign hook of ietp_helpline.import_batch: another file begins.  Outside a
 * transaction in progress it is a rollback that gives back the old value, and
 * with it the old count.
 */
void
ietp_import_batch_changed(const char *newval, void *extra)
{
	(void) newval;
	(void) extra;
	last_line = IsTransactionState() ? 1 : committed_line;
}

/* The lines of a COPY that failed are not in staging, and not counted. */
static void
transaction_ends(XactEvent event, void *arg)
{
	(void) arg;
	if (event == XACT_EVENT_COMMIT)
		committed_line = last_line;
	else if (event == XACT_EVENT_ABORT)
		last_line = committed_line;
}

/*
 * Called once per backend, when the library is loaded.
 */
void
ietp_intake_init(void)
{
	RegisterXactCallback(transaction_ends, NULL);
}

/*
 * ietp.next_line() returns bigint
 *
 * Default of the staging tables' column line_no: COPY asks for it row by row.
 */
IETP_FUNCTION(next_line);
Datum
ietp_next_line(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	PG_RETURN_INT64(++last_line);
}
