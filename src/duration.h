/*-------------------------------------------------------------------------
 *
 * duration.h
 *		Intervals as lengths of time.
 *
 * IDENTIFICATION
 *		src/duration.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_DURATION_H
#define IETP_DURATION_H

#include "common/int.h"
#include "utils/timestamp.h"

/*
 * The length of an interval as comparisons take it, a month of 30 days and a
 * day of 24 hours; false where it does not fit, as an infinite one does not.
 */
static inline bool
ietp_interval_microseconds(const Interval *interval, int64 *result)
{
	int64		days = (int64) interval->month * DAYS_PER_MONTH +
	interval->day;

	return !pg_mul_s64_overflow(days, USECS_PER_DAY, result) &&
		!pg_add_s64_overflow(*result, interval->time, result);
}

/* An interval of so many days and microseconds. */
static inline Datum
ietp_form_interval(int32 days, int64 microseconds)
{
	Interval   *interval = palloc(sizeof(Interval));

	interval->month = 0;
	interval->day = days;
	interval->time = microseconds;
	return IntervalPGetDatum(interval);
}

#endif							/* IETP_DURATION_H */
