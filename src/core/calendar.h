/*-------------------------------------------------------------------------
 *
 * calendar.h
 *		Working time: weekly windows and dated exceptions as intervals of UTC.
 *
 * Instants are microseconds of UTC since 2000-01-01 00:00, days are numbered
 * from 2000-01-01.  A calendar is open at an instant if the local clock then
 * shows a time within a window of the local day: where clocks go forward, a
 * window loses the time that no clock shows, and where they go back, it is
 * open both times.
 *
 * Nothing here allocates: functions that fill an array return how many
 * elements it takes, and only count where the array is NULL.
 *
 * IDENTIFICATION
 *		src/core/calendar.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_CALENDAR_H
#define IETP_CORE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IETP_USECS_PER_DAY INT64_C(86400000000)

/* From "opens" on, up to and without "closes". */
typedef struct IetpSpan
{
	int64_t		opens;
	int64_t		closes;
} IetpSpan;

/* A window of the weekday in the days from "since" up to "until". */
typedef struct IetpWindow
{
	int			weekday;		/* 1 is Monday, 7 Sunday */
	int32_t		since;
	int32_t		until;
	IetpSpan	span;			/* microseconds of the local day */
} IetpWindow;

/* A day that does not go by the week. */
typedef struct IetpDay
{
	int32_t		day;
	int			as_weekday;		/* whose windows it has; 0: its own */
	const IetpSpan *spans;		/* its own; none: closed */
	size_t		count;
} IetpDay;

typedef struct IetpRules
{
	int32_t		since;			/* closed on days before this one */
	int32_t		until;			/* and after this one */
	const IetpWindow *windows;
	size_t		window_count;
	const IetpDay *days;		/* ascending, each day once */
	size_t		day_count;
	size_t		most_spans;		/* of one day; at least window_count */
} IetpRules;

/* From "since" on, until the next one, local time is UTC + offset. */
typedef struct IetpOffset
{
	int64_t		since;
	int64_t		offset;
} IetpOffset;

/* An interval of UTC in which a calendar is open. */
typedef struct IetpOpening
{
	int64_t		opens;
	int64_t		closes;
	int64_t		before;			/* working time in earlier openings */
} IetpOpening;

/* Slots of the index are 2^33 microseconds long, that is 2 h 23 min. */
#define IETP_SLOT_BITS 33

/*
 * A calendar compiled for the instants from "since" to "until".  Before its
 * openings stands an empty one at "since", after them one that never comes.
 */
typedef struct IetpTimetable
{
	int64_t		since;
	int64_t		until;
	const IetpOpening *openings;
	size_t		count;			/* without those two */
	const uint32_t *last;		/* by slot from "since" on: the last opening
								 * that began when the slot did, or before */
} IetpTimetable;

extern size_t ietp_calendar_day(const IetpRules *rules, int32_t day,
								IetpSpan *spans);
extern size_t ietp_calendar_local(const IetpRules *rules, int32_t since,
								  int32_t until, IetpSpan *scratch,
								  IetpSpan *spans, int32_t *working_days);
extern size_t ietp_calendar_utc(const IetpSpan *spans, size_t count,
								const IetpOffset *offsets,
								size_t offset_count, int64_t until,
								IetpOpening *openings);
extern size_t ietp_calendar_index(const IetpTimetable *table, uint32_t *last);

extern int64_t ietp_local_time(const IetpOffset *offsets, size_t count,
							   int64_t at);
extern int64_t ietp_local_begins(const IetpOffset *offsets, size_t count,
								 int64_t until, int64_t local);

extern bool ietp_timetable_add(const IetpTimetable *table, int64_t at,
							   int64_t duration, int64_t *result);
extern bool ietp_timetable_next(const IetpTimetable *table, int64_t at,
								int64_t *result);

/*
 * The last opening that has begun at an instant, which must be within the
 * table's.
 */
static inline const IetpOpening *
ietp_timetable_at(const IetpTimetable *table, int64_t at)
{
	uint64_t	slot = (uint64_t) (at - table->since) >> IETP_SLOT_BITS;
	const IetpOpening *opening = &table->openings[table->last[slot]];

	while (opening[1].opens <= at)
		opening++;
	return opening;
}

/* Working time from the table's begin to an instant within it. */
static inline int64_t
ietp_timetable_passed(const IetpTimetable *table, int64_t at)
{
	const IetpOpening *opening = ietp_timetable_at(table, at);

	return opening->before - opening->opens +
		(at < opening->closes ? at : opening->closes);
}

#endif							/* IETP_CORE_CALENDAR_H */
