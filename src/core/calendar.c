/*-------------------------------------------------------------------------
 *
 * calendar.c
 *		Working time: weekly windows and dated exceptions as intervals of UTC.
 *
 * A calendar is compiled in three steps: the windows of every local day, one
 * after the other on a local time line without zones (ietp_calendar_local());
 * that line laid over UTC, piece by piece between the zone's transitions
 * (ietp_calendar_utc()); and an index by time (ietp_calendar_index()).
 * Working time between two instants is then the difference of two running
 * totals.
 *
 * IDENTIFICATION
 *		src/core/calendar.c
 *
 *-------------------------------------------------------------------------
 */
#include "calendar.h"

#include <stdlib.h>

/* ISO weekday; day 0, 2000-01-01, was a Saturday. */
static int
weekday_of(int32_t day)
{
	int			weekday = (int) (((int64_t) day + 5) % 7);

	return (weekday < 0 ? weekday + 7 : weekday) + 1;
}

static const IetpDay *
find_day(const IetpRules *rules, int32_t day)
{
	size_t		low = 0;
	size_t		high = rules->day_count;

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;

		if (rules->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rules->day_count && rules->days[low].day == day ?
		&rules->days[low] : NULL;
}

static int
compare_spans(const void *a, const void *b)
{
	const IetpSpan *one = a;
	const IetpSpan *other = b;

	return (one->opens > other->opens) - (one->opens < other->opens);
}

/* Joins what overlaps or touches; returns how many are left. */
static size_t
join_spans(IetpSpan *spans, size_t count)
{
	size_t		joined = 0;

	for (size_t i = 1; i < count; i++)
	{
		if (spans[i].opens > spans[joined].closes)
			spans[++joined] = spans[i];
		else if (spans[i].closes > spans[joined].closes)
			spans[joined].closes = spans[i].closes;
	}
	return count == 0 ? 0 : joined + 1;
}

/* Adds a window unless it is empty or does not lie within a day. */
static size_t
add_window(IetpSpan *spans, size_t count, const IetpSpan *window)
{
	if (window->opens >= 0 && window->opens < window->closes &&
		window->closes <= IETP_USECS_PER_DAY)
		spans[count++] = *window;
	return count;
}

/*
 * The windows of a local day, in its microseconds, ascending and apart.
 * "spans" has room for most_spans.
 */
size_t
ietp_calendar_day(const IetpRules *rules, int32_t day, IetpSpan *spans)
{
	const IetpDay *exception = find_day(rules, day);
	int			weekday = weekday_of(day);
	size_t		count = 0;

	if (day < rules->since || day > rules->until)
		return 0;
	if (exception != NULL && exception->as_weekday == 0)
	{
		for (size_t i = 0; i < exception->count; i++)
			count = add_window(spans, count, &exception->spans[i]);
	}
	else
	{
		if (exception != NULL)
			weekday = exception->as_weekday;
		for (size_t i = 0; i < rules->window_count; i++)
		{
			const IetpWindow *window = &rules->windows[i];

			if (window->weekday == weekday && window->since <= day &&
				window->until >= day)
				count = add_window(spans, count, &window->span);
		}
	}
	if (count > 1)
		qsort(spans, count, sizeof(IetpSpan), compare_spans);
	return join_spans(spans, count);
}

/*
 * The windows of the local days from "since" to "until", both included, in
 * microseconds of local time since 2000-01-01; "scratch" has room for
 * most_spans.  working_days[i], unless NULL, is how many of the days before
 * since + i have windows, i being at most until - since + 1.
 */
size_t
ietp_calendar_local(const IetpRules *rules, int32_t since, int32_t until,
					IetpSpan *scratch, IetpSpan *spans, int32_t *working_days)
{
	size_t		count = 0;
	int32_t		working = 0;

	for (int32_t day = since; day <= until; day++)
	{
		int64_t		begin = day * IETP_USECS_PER_DAY;
		size_t		windows = ietp_calendar_day(rules, day, scratch);

		if (working_days != NULL)
			working_days[day - since] = working;
		working += windows > 0;
		for (size_t i = 0; i < windows && spans != NULL; i++)
		{
			spans[count + i].opens = begin + scratch[i].opens;
			spans[count + i].closes = begin + scratch[i].closes;
		}
		count += windows;
	}
	if (working_days != NULL)
		working_days[until - since + 1] = working;
	return count;
}

/* The first span that closes after the instant. */
static size_t
first_after(const IetpSpan *spans, size_t count, int64_t at)
{
	size_t		low = 0;
	size_t		high = count;

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;

		if (spans[middle].closes <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Openings while they come in, ascending. */
typedef struct Openings
{
	IetpOpening *openings;		/* NULL: they are only counted */
	size_t		count;
	int64_t		last_closed;
	int64_t		total;
} Openings;

/* Appends an opening, or makes the last one longer where it follows on. */
static void
append_opening(Openings *to, int64_t opens, int64_t closes)
{
	if (opens > to->last_closed)
	{
		if (to->openings != NULL)
		{
			to->openings[to->count].opens = opens;
			to->openings[to->count].before = to->total;
		}
		to->count++;
	}
	if (to->openings != NULL)
		to->openings[to->count - 1].closes = closes;
	to->last_closed = closes;
	to->total += closes - opens;
}

/*
 * Lays ascending local spans over UTC, from the first offset on up to
 * "until".  The openings include the two that stand before and after.
 */
size_t
ietp_calendar_utc(const IetpSpan *spans, size_t count,
				  const IetpOffset *offsets, size_t offset_count,
				  int64_t until, IetpOpening *openings)
{
	Openings	to = {openings, 1, INT64_MIN, 0};

	for (size_t i = 0; i < offset_count; i++)
	{
		int64_t		offset = offsets[i].offset;
		int64_t		begin = offsets[i].since;
		int64_t		end = until;

		if (i + 1 < offset_count)
			end = offsets[i + 1].since;
		for (size_t j = first_after(spans, count, begin + offset);
			 j < count && spans[j].opens < end + offset; j++)
		{
			int64_t		opens = spans[j].opens - offset;
			int64_t		closes = spans[j].closes - offset;

			append_opening(&to, opens < begin ? begin : opens,
						   closes > end ? end : closes);
		}
	}
	if (openings != NULL)
	{
		openings[0].opens = openings[0].closes = offsets[0].since;
		openings[0].before = 0;
		openings[to.count].opens = openings[to.count].closes = INT64_MAX;
		openings[to.count].before = to.total;
	}
	return to.count + 1;
}

/* Fills the index of a table, unless it is NULL; returns how long it is. */
size_t
ietp_calendar_index(const IetpTimetable *table, uint32_t *last)
{
	size_t		slots = (size_t) ((table->until - table->since) >>
								  IETP_SLOT_BITS) + 1;
	uint32_t	opening = 0;

	for (size_t i = 0; i < slots && last != NULL; i++)
	{
		int64_t		begin = table->since + ((int64_t) i << IETP_SLOT_BITS);

		while (table->openings[opening + 1].opens <= begin)
			opening++;
		last[i] = opening;
	}
	return slots;
}

/* What the local clock shows at an instant, which must not be too early. */
int64_t
ietp_local_time(const IetpOffset *offsets, size_t count, int64_t at)
{
	size_t		low = 0;
	size_t		high = count;

	while (high - low > 1)
	{
		size_t		middle = low + (high - low) / 2;

		if (offsets[middle].since <= at)
			low = middle;
		else
			high = middle;
	}
	return at + offsets[low].offset;
}

/*
 * The first instant at which the local clock shows this time or a later one;
 * "until" where none before that does.
 */
int64_t
ietp_local_begins(const IetpOffset *offsets, size_t count, int64_t until,
				  int64_t local)
{
	for (size_t i = 0; i < count; i++)
	{
		int64_t		at = local - offsets[i].offset;

		if (at < offsets[i].since)
			at = offsets[i].since;
		if (at < (i + 1 < count ? offsets[i + 1].since : until))
			return at;
	}
	return until;
}

/*
 * The earliest instant by which that much working time has passed since "at"
 * or, where the duration is negative, the latest from which it leads to "at";
 * "at" itself where it is 0.  False where that lies outside the table.
 */
bool
ietp_timetable_add(const IetpTimetable *table, int64_t at,
				   int64_t duration, int64_t *result)
{
	const IetpOpening *openings = table->openings;
	int64_t		passed = ietp_timetable_passed(table, at);
	size_t		low = 1;
	size_t		high = table->count + 1;

	if (duration < -passed || duration > openings[high].before - passed)
		return false;
	if (duration == 0)
	{
		*result = at;
		return true;
	}
	passed += duration;

	/*
	 * Find the last opening that begins before so much has passed, or by
	 * then.
	 */
	while (high - low > 1)
	{
		size_t		middle = low + (high - low) / 2;

		if (duration > 0 ? openings[middle].before < passed :
			openings[middle].before <= passed)
			low = middle;
		else
			high = middle;
	}
	*result = openings[low].opens + (passed - openings[low].before);
	return true;
}

/* The first instant from "at" on that is open; false where there is none. */
bool
ietp_timetable_next(const IetpTimetable *table, int64_t at, int64_t *result)
{
	const IetpOpening *opening = ietp_timetable_at(table, at);

	*result = at < opening->closes ? at : opening[1].opens;
	return at < opening->closes || opening < &table->openings[table->count];
}
