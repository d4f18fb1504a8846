/*-------------------------------------------------------------------------
 *
 * calendar_test.c
 *		Unit test of working time.
 *
 * Calendars that are made up at random, on a grid of quarters of an hour, are
 * compared with a loop that asks of each quarter what the local clock shows
 * and whether some window has that in it.
 *
 * IDENTIFICATION
 *		test/core/calendar_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "calendar.h"
#include "check.h"

#define HOUR INT64_C(3600000000)
#define QUARTER (HOUR / 4)
#define DAYS 20
#define QUARTERS (DAYS * 96)
#define MAX_WINDOWS 12
#define MAX_DAYS 6
#define MAX_OWN 3
#define MAX_OFFSETS 4
#define MAX_OPENINGS 2000
#define MAX_SLOTS (DAYS * 11)
#define FIRST_DAY 7390			/* 2020-03-26, a Thursday */
#define MARGIN 2

typedef struct Sample
{
	IetpWindow	windows[MAX_WINDOWS];
	IetpSpan	own[MAX_DAYS][MAX_OWN];
	IetpDay		days[MAX_DAYS];
	IetpRules	rules;
	IetpOffset	offsets[MAX_OFFSETS];
	size_t		offset_count;
	IetpOpening openings[MAX_OPENINGS];
	uint32_t	last[MAX_SLOTS];
	int32_t		working_days[DAYS + 2 * MARGIN + 1];
	IetpTimetable table;
	bool		open[QUARTERS]; /* as the loop says */
} Sample;

static uint64_t state = 88172645463325252;

/* xorshift64: the same numbers everywhere. */
static int64_t
random_below(int64_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int64_t) (state % (uint64_t) limit);
}

static IetpSpan
random_window(void)
{
	IetpSpan	span;

	span.opens = random_below(96) * QUARTER;
	span.closes = span.opens +
		(1 + random_below(96 - span.opens / QUARTER)) * QUARTER;
	return span;
}

static void
make_rules(Sample *sample)
{
	IetpRules  *rules = &sample->rules;
	int32_t		day = FIRST_DAY - 1;

	rules->since = random_below(4) == 0 ? FIRST_DAY + 3 : INT32_MIN;
	rules->until = random_below(4) == 0 ? FIRST_DAY + 15 : INT32_MAX;
	rules->windows = sample->windows;
	rules->window_count = (size_t) random_below(MAX_WINDOWS + 1);
	for (size_t i = 0; i < rules->window_count; i++)
	{
		IetpWindow *window = &sample->windows[i];

		window->weekday = 1 + (int) random_below(7);
		window->since = random_below(2) == 0 ? INT32_MIN :
			FIRST_DAY + (int32_t) random_below(DAYS);
		window->until = random_below(2) == 0 ? INT32_MAX :
			FIRST_DAY + (int32_t) random_below(DAYS);
		window->span = random_window();
	}
	rules->days = sample->days;
	rules->day_count = (size_t) random_below(MAX_DAYS + 1);
	for (size_t i = 0; i < rules->day_count; i++)
	{
		IetpDay    *exception = &sample->days[i];

		day += 1 + (int32_t) random_below(4);
		exception->day = day;
		exception->as_weekday = (int) random_below(8);
		exception->spans = sample->own[i];
		exception->count = (size_t) random_below(MAX_OWN + 1);
		for (size_t j = 0; j < exception->count; j++)
			sample->own[i][j] = random_window();
	}
	rules->most_spans = MAX_WINDOWS;
}

/* Clocks go forward and back by up to a day. */
static void
make_offsets(Sample *sample)
{
	int64_t		at = FIRST_DAY * IETP_USECS_PER_DAY;

	sample->offset_count = 1 + (size_t) random_below(MAX_OFFSETS);
	for (size_t i = 0; i < sample->offset_count; i++)
	{
		sample->offsets[i].since = at;
		sample->offsets[i].offset = (random_below(97) - 48) * QUARTER;
		at += (1 + random_below(400)) * QUARTER;
	}
}

/* Some offsets may lie after the table's end, as none does in earnest. */
static void
cut_offsets(Sample *sample)
{
	while (sample->offset_count > 1 &&
		   sample->offsets[sample->offset_count - 1].since >=
		   (FIRST_DAY + DAYS) * IETP_USECS_PER_DAY)
		sample->offset_count--;
}

static void
compile(Sample *sample)
{
	static IetpSpan spans[MAX_OPENINGS];
	IetpSpan	scratch[MAX_WINDOWS];
	IetpTimetable *table = &sample->table;
	size_t		count;
	size_t		openings;

	count = ietp_calendar_local(&sample->rules, FIRST_DAY - MARGIN,
								FIRST_DAY + DAYS - 1 + MARGIN, scratch, NULL,
								sample->working_days);
	CHECK(count < MAX_OPENINGS);
	CHECK_INT((int64_t) ietp_calendar_local(&sample->rules, FIRST_DAY - MARGIN,
											FIRST_DAY + DAYS - 1 + MARGIN,
											scratch, spans, NULL),
			  (int64_t) count);
	table->since = FIRST_DAY * IETP_USECS_PER_DAY;
	table->until = (FIRST_DAY + DAYS) * IETP_USECS_PER_DAY;
	openings = ietp_calendar_utc(spans, count, sample->offsets,
								 sample->offset_count, table->until, NULL);
	CHECK(openings <= MAX_OPENINGS);
	CHECK_INT((int64_t) ietp_calendar_utc(spans, count, sample->offsets,
										  sample->offset_count, table->until,
										  sample->openings),
			  (int64_t) openings);
	table->openings = sample->openings;
	table->count = openings - 2;
	CHECK(ietp_calendar_index(table, NULL) <= MAX_SLOTS);
	CHECK_INT((int64_t) ietp_calendar_index(table, sample->last),
			  (int64_t) ietp_calendar_index(table, NULL));
	table->last = sample->last;
}

/* The windows' own words, for one moment of a local day. */
static bool
day_has(const IetpRules *rules, int32_t day, int64_t time)
{
	/* Counted from the Thursday on which the samples begin. */
	int			weekday = 1 + (int) ((day - FIRST_DAY + 3 + 70) % 7);

	if (day < rules->since || day > rules->until)
		return false;
	for (size_t i = 0; i < rules->day_count; i++)
	{
		const IetpDay *exception = &rules->days[i];

		if (exception->day != day)
			continue;
		if (exception->as_weekday == 0)
		{
			for (size_t j = 0; j < exception->count; j++)
				if (exception->spans[j].opens <= time &&
					time < exception->spans[j].closes)
					return true;
			return false;
		}
		weekday = exception->as_weekday;
	}
	for (size_t i = 0; i < rules->window_count; i++)
	{
		const IetpWindow *window = &rules->windows[i];

		if (window->weekday == weekday && window->since <= day &&
			day <= window->until && window->span.opens <= time &&
			time < window->span.closes)
			return true;
	}
	return false;
}

static void
ask_every_quarter(Sample *sample)
{
	for (int i = 0; i < QUARTERS; i++)
	{
		int64_t		at = sample->table.since + i * QUARTER;
		int64_t		local = at;
		int64_t		day;

		for (size_t j = 0; j < sample->offset_count; j++)
			if (sample->offsets[j].since <= at)
				local = at + sample->offsets[j].offset;
		CHECK_INT(ietp_local_time(sample->offsets, sample->offset_count, at),
				  local);
		day = local / IETP_USECS_PER_DAY;
		sample->open[i] = day_has(&sample->rules, (int32_t) day,
								  local % IETP_USECS_PER_DAY);
	}
}

/* Open time between two instants, quarter by quarter. */
static int64_t
open_between(const Sample *sample, int64_t since, int64_t until)
{
	int64_t		total = 0;

	for (int i = 0; i < QUARTERS; i++)
	{
		int64_t		begin = sample->table.since + i * QUARTER;
		int64_t		end = begin + QUARTER;

		if (begin < since)
			begin = since;
		if (end > until)
			end = until;
		if (sample->open[i] && begin < end)
			total += end - begin;
	}
	return total;
}

static bool
open_at(const Sample *sample, int64_t at)
{
	return sample->open[(at - sample->table.since) / QUARTER];
}

static int64_t
random_instant(const Sample *sample)
{
	int64_t		at = sample->table.since + random_below(QUARTERS) * QUARTER;

	return random_below(3) == 0 ? at : at + random_below(QUARTER);
}

static void
check_adding(const Sample *sample, int64_t since, int64_t until)
{
	const IetpTimetable *table = &sample->table;
	int64_t		duration = open_between(sample, since, until);
	int64_t		result;

	if (duration == 0)
		return;
	CHECK(ietp_timetable_add(table, since, duration, &result));
	/* So much has passed then, and less a microsecond before. */
	CHECK_INT(open_between(sample, since, result), duration);
	CHECK_INT(open_between(sample, since, result - 1), duration - 1);
	CHECK(result <= until);
	CHECK(ietp_timetable_add(table, until, -duration, &result));
	CHECK_INT(open_between(sample, result, until), duration);
	CHECK_INT(open_between(sample, result + 1, until), duration - 1);
	CHECK(result >= since);
	CHECK(ietp_timetable_add(table, since, 0, &result));
	CHECK_INT(result, since);
	duration = open_between(sample, since, table->until);
	CHECK(!ietp_timetable_add(table, since, duration + 1, &result));
	CHECK(duration == 0 || ietp_timetable_add(table, since, duration, &result));
	duration = open_between(sample, table->since, since);
	CHECK(!ietp_timetable_add(table, since, -duration - 1, &result));
}

static void
check_opening(const Sample *sample, int64_t at)
{
	int64_t		next;
	bool		found = ietp_timetable_next(&sample->table, at, &next);

	CHECK(found == (open_between(sample, at, sample->table.until) > 0));
	CHECK((at < ietp_timetable_at(&sample->table, at)->closes) ==
		  open_at(sample, at));
	if (!found)
		return;
	CHECK(next >= at && open_at(sample, next));
	CHECK_INT(open_between(sample, at, next), 0);
}

/* A working day is one on which some moment is within a window. */
static void
check_working_days(const Sample *sample)
{
	int32_t		working = 0;

	for (int32_t i = 0; i < DAYS + 2 * MARGIN; i++)
	{
		bool		has = false;

		CHECK_INT(sample->working_days[i], working);
		for (int j = 0; j < 96; j++)
			has |= day_has(&sample->rules, FIRST_DAY - MARGIN + i, j * QUARTER);
		working += has;
	}
	CHECK_INT(sample->working_days[DAYS + 2 * MARGIN], working);
}

/* The first moment at which a local time has come, quarter by quarter. */
static void
check_local_begins(const Sample *sample)
{
	int64_t		local = sample->table.since + random_below(QUARTERS) * QUARTER;
	int64_t		expected = sample->table.until;

	for (int i = QUARTERS - 1; i >= 0; i--)
	{
		int64_t		at = sample->table.since + i * QUARTER;

		if (ietp_local_time(sample->offsets, sample->offset_count, at) >= local)
			expected = at;
	}
	CHECK_INT(ietp_local_begins(sample->offsets, sample->offset_count,
								sample->table.until, local), expected);
}

/* Openings are apart, not empty, and within the table. */
static void
check_openings(const Sample *sample)
{
	int64_t		last = sample->table.since - 1;
	int64_t		total = 0;

	CHECK_INT(sample->openings[0].opens, sample->table.since);
	CHECK_INT(sample->openings[0].closes, sample->table.since);
	for (size_t i = 1; i <= sample->table.count; i++)
	{
		const IetpOpening *opening = &sample->openings[i];

		CHECK(opening->opens > last && opening->closes > opening->opens);
		CHECK_INT(opening->before, total);
		last = opening->closes;
		total += opening->closes - opening->opens;
	}
	CHECK(last <= sample->table.until);
	CHECK_INT(sample->openings[sample->table.count + 1].before, total);
	CHECK_INT(sample->openings[sample->table.count + 1].opens, INT64_MAX);
}

static void
check_sample(void)
{
	static Sample sample;

	make_rules(&sample);
	make_offsets(&sample);
	cut_offsets(&sample);
	compile(&sample);
	ask_every_quarter(&sample);
	check_openings(&sample);
	check_working_days(&sample);
	for (int i = 0; i < 10; i++)
	{
		int64_t		since = random_instant(&sample);
		int64_t		until = random_instant(&sample);

		if (since > until)
		{
			int64_t		swap = since;

			since = until;
			until = swap;
		}
		CHECK_INT(ietp_timetable_passed(&sample.table, until) -
				  ietp_timetable_passed(&sample.table, since),
				  open_between(&sample, since, until));
		check_adding(&sample, since, until);
		check_opening(&sample, since);
		check_local_begins(&sample);
	}
}

/* Windows that are no windows are left out, and do no harm. */
static void
check_bad_windows(void)
{
	static const IetpWindow windows[] = {
		{6, INT32_MIN, INT32_MAX, {-1, HOUR}},
		{6, INT32_MIN, INT32_MAX, {HOUR, HOUR}},
		{6, INT32_MIN, INT32_MAX, {2 * HOUR, HOUR}},
		{6, INT32_MIN, INT32_MAX, {HOUR, IETP_USECS_PER_DAY + 1}},
		{6, INT32_MIN, INT32_MAX, {23 * HOUR, IETP_USECS_PER_DAY}}
	};
	IetpRules	rules = {INT32_MIN, INT32_MAX, windows, 5, NULL, 0, 5};
	IetpSpan	spans[5];

	/* Day 0 is 2000-01-01, a Saturday; so are those by weeks from it. */
	for (int32_t day = -7000; day <= 7000; day += 7)
	{
		CHECK_INT((int64_t) ietp_calendar_day(&rules, day, spans), 1);
		CHECK_INT(spans[0].opens, 23 * HOUR);
		CHECK_INT((int64_t) ietp_calendar_day(&rules, day + 1, spans), 0);
	}
}

int
main(void)
{
	check_bad_windows();
	for (int i = 0; i < 3000; i++)
		check_sample();
	return check_done("calendar");
}
