/*-------------------------------------------------------------------------
 *
 * calendar_fuzz.c
 *		Fuzzer of working time.
 *
 * The input makes up a calendar, good or bad, and a zone, and then asks about
 * instants.  A calendar must be open at an instant, and time pass for the
 * microsecond after it, if and only if the local clock then shows a time
 * within a window; and adding must undo measuring.
 *
 * IDENTIFICATION
 *		test/fuzz/calendar_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "calendar.h"

#define DAYS 30
#define MARGIN 2
#define MAX_WINDOWS 6
#define MAX_DAYS 4
#define MAX_OWN 3
#define MAX_OFFSETS 4

/* The instants are around 2000-01-01, so that days have both signs. */
#define FIRST_DAY (-15)

typedef struct Reader
{
	const uint8_t *data;
	size_t		size;
} Reader;

typedef struct Sample
{
	IetpWindow	windows[MAX_WINDOWS];
	IetpSpan	own[MAX_DAYS][MAX_OWN];
	IetpDay		days[MAX_DAYS];
	IetpRules	rules;
	IetpOffset	offsets[MAX_OFFSETS];
	size_t		offset_count;
	IetpTimetable table;
} Sample;

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool ok)
{
	if (!ok)
		abort();
}

/* The next byte; 0 after the end. */
static int
next(Reader *reader)
{
	if (reader->size == 0)
		return 0;
	reader->size--;
	return *reader->data++;
}

/* Mostly within a day, on a grid or off it. */
static int64_t
next_time(Reader *reader)
{
	int			hours = next(reader) % 27 - 1;

	return hours * INT64_C(3600000000) + next(reader) % 4 * INT64_C(900000000) +
		next(reader) % 3;
}

static IetpSpan
next_span(Reader *reader)
{
	IetpSpan	span;

	span.opens = next_time(reader);
	span.closes = next_time(reader);
	return span;
}

static void
read_rules(Reader *reader, Sample *sample)
{
	IetpRules  *rules = &sample->rules;
	int32_t		day = FIRST_DAY - MARGIN;

	rules->since = next(reader) % 2 == 0 ? INT32_MIN : FIRST_DAY + 2;
	rules->until = next(reader) % 2 == 0 ? INT32_MAX : FIRST_DAY + 27;
	rules->windows = sample->windows;
	rules->window_count = (size_t) (next(reader) % (MAX_WINDOWS + 1));
	for (size_t i = 0; i < rules->window_count; i++)
	{
		sample->windows[i].weekday = 1 + next(reader) % 7;
		sample->windows[i].since = FIRST_DAY - 40 + next(reader) % 64;
		sample->windows[i].until = FIRST_DAY + next(reader) % 64;
		sample->windows[i].span = next_span(reader);
	}
	rules->days = sample->days;
	rules->day_count = (size_t) (next(reader) % (MAX_DAYS + 1));
	for (size_t i = 0; i < rules->day_count; i++)
	{
		day += 1 + next(reader) % 9;
		sample->days[i].day = day;
		sample->days[i].as_weekday = next(reader) % 8;
		sample->days[i].spans = sample->own[i];
		sample->days[i].count = (size_t) (next(reader) % (MAX_OWN + 1));
		for (size_t j = 0; j < sample->days[i].count; j++)
			sample->own[i][j] = next_span(reader);
	}
	rules->most_spans = MAX_WINDOWS;
}

static void
read_offsets(Reader *reader, Sample *sample)
{
	int64_t		at = FIRST_DAY * IETP_USECS_PER_DAY;

	sample->offset_count = 0;
	for (int i = 1 + next(reader) % MAX_OFFSETS; i > 0; i--)
	{
		IetpOffset *offset = &sample->offsets[sample->offset_count];

		if (at >= (FIRST_DAY + DAYS) * IETP_USECS_PER_DAY)
			break;
		offset->since = at;
		offset->offset = next_time(reader) - INT64_C(43200000000);
		sample->offset_count++;
		at += 1 + next(reader) % 16 * IETP_USECS_PER_DAY + llabs(next_time(reader));
	}
}

static void
compile(Sample *sample)
{
	IetpTimetable *table = &sample->table;
	IetpSpan	scratch[MAX_WINDOWS];
	int32_t		since = FIRST_DAY - MARGIN;
	int32_t		until = FIRST_DAY + DAYS - 1 + MARGIN;
	size_t		count = ietp_calendar_local(&sample->rules, since, until,
											scratch, NULL, NULL);
	IetpSpan   *spans = malloc((count + 1) * sizeof(IetpSpan));
	int32_t    *working_days = malloc((DAYS + 2 * MARGIN + 1) *
									  sizeof(int32_t));
	IetpOpening *openings;
	uint32_t   *last;

	(void) ietp_calendar_local(&sample->rules, since, until, scratch, spans,
							   working_days);
	table->since = FIRST_DAY * IETP_USECS_PER_DAY;
	table->until = (FIRST_DAY + DAYS) * IETP_USECS_PER_DAY;
	table->count = ietp_calendar_utc(spans, count, sample->offsets,
									 sample->offset_count, table->until, NULL);
	openings = malloc(table->count * sizeof(IetpOpening));
	(void) ietp_calendar_utc(spans, count, sample->offsets,
							 sample->offset_count, table->until, openings);
	table->count -= 2;
	table->openings = openings;
	last = malloc(ietp_calendar_index(table, NULL) * sizeof(uint32_t));
	(void) ietp_calendar_index(table, last);
	table->last = last;
	free(spans);
	free(working_days);
}

static bool
is_in(const IetpSpan *span, int64_t time)
{
	return span->opens >= 0 && span->opens <= time && time < span->closes &&
		span->closes <= IETP_USECS_PER_DAY;
}

/* Does the local clock show a time within a window? */
static bool
is_open(const Sample *sample, int64_t at)
{
	const IetpRules *rules = &sample->rules;
	int64_t		local = ietp_local_time(sample->offsets, sample->offset_count,
										at);
	int64_t		time = ((local % IETP_USECS_PER_DAY) + IETP_USECS_PER_DAY) %
	IETP_USECS_PER_DAY;
	int32_t		day = (int32_t) ((local - time) / IETP_USECS_PER_DAY);
	int			weekday = 1 + (day + 705) % 7;

	if (day < rules->since || day > rules->until)
		return false;
	for (size_t i = 0; i < rules->day_count; i++)
		if (rules->days[i].day == day)
		{
			if (rules->days[i].as_weekday == 0)
			{
				for (size_t j = 0; j < rules->days[i].count; j++)
					if (is_in(&rules->days[i].spans[j], time))
						return true;
				return false;
			}
			weekday = rules->days[i].as_weekday;
		}
	for (size_t i = 0; i < rules->window_count; i++)
		if (rules->windows[i].weekday == weekday &&
			rules->windows[i].since <= day && day <= rules->windows[i].until &&
			is_in(&rules->windows[i].span, time))
			return true;
	return false;
}

static void
ask(const Sample *sample, int64_t at, int64_t other)
{
	const IetpTimetable *table = &sample->table;
	int64_t		passed = ietp_timetable_passed(table, at);
	int64_t		duration = ietp_timetable_passed(table, other) - passed;
	int64_t		result;

	require((at < ietp_timetable_at(table, at)->closes) ==
			is_open(sample, at));
	if (at + 1 < table->until)
		require(ietp_timetable_passed(table, at + 1) - passed ==
				is_open(sample, at));
	require(ietp_timetable_add(table, at, duration, &result));
	if (duration != 0)
		require(result <= table->until &&
				(result == table->until ||
				 ietp_timetable_passed(table, result) - passed == duration));
	else
		require(result == at);
	if (ietp_timetable_next(table, at, &result))
		require(result >= at && is_open(sample, result) &&
				ietp_timetable_passed(table, result) == passed);
	else
		require(table->openings[table->count + 1].before == passed);
}

static int64_t
next_instant(Reader *reader, const Sample *sample)
{
	int64_t		at = sample->table.since +
	next(reader) % DAYS * IETP_USECS_PER_DAY + next_time(reader);

	if (at < sample->table.since)
		return sample->table.since;
	return at < sample->table.until ? at : sample->table.until - 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Reader		reader = {data, size};
	Sample		sample;

	memset(&sample, 0, sizeof(sample));
	read_rules(&reader, &sample);
	read_offsets(&reader, &sample);
	compile(&sample);
	do
		ask(&sample, next_instant(&reader, &sample),
			next_instant(&reader, &sample));
	while (reader.size > 0);
	free((void *) sample.table.openings);
	free((void *) sample.table.last);
	return 0;
}
