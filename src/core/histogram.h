/*-------------------------------------------------------------------------
 *
 * histogram.h
 *		Log-linear histograms of durations.
 *
 * No server headers: usable and testable alone.
 *
 * A bucket holds the doubles whose exponent and first seven bits of mantissa
 * are the same: 128 buckets to each power of two.  The value that stands for
 * all in a bucket is off by at most 1/257 of any of them.  Those below 2.3e-308
 * are not told from 0, the first bucket.
 *
 * A histogram is a row of words: a header of IETP_HISTOGRAM_HEADER, and then
 * either, up to IETP_HISTOGRAM_FEW durations, the bits of each, ascending; or a
 * word for each bucket that is not empty, ascending: the bucket in the upper
 * bits, how many it holds in the lower ones.
 *
 * IDENTIFICATION
 *		src/core/histogram.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_HISTOGRAM_H
#define IETP_CORE_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "sum.h"

/* So many durations are kept as they are. */
#define IETP_HISTOGRAM_FEW		64

#define IETP_HISTOGRAM_HEADER	5

#define IETP_BUCKET_SHIFT		45	/* of the bits of a double */
#define IETP_BUCKETS			(2047 * 128)	/* all but infinity */

/* A word of a bucket: so many bits say how many it holds. */
#define IETP_BUCKET_COUNT_BITS	46
#define IETP_BUCKET_COUNT_MAX	((INT64_C(1) << IETP_BUCKET_COUNT_BITS) - 1)

typedef struct IetpHistogram
{
	int64_t		count;
	double		min;			/* of an empty one: infinity */
	double		max;			/* of an empty one: 0 */
	double		sum;			/* with what is left of it by rounding */
	double		rest;
	bool		bucketed;
	const uint64_t *items;		/* behind the header */
	int64_t		nitems;
} IetpHistogram;

static inline uint64_t
ietp_bits_of(double value)
{
	uint64_t	bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static inline double
ietp_double_of(uint64_t bits)
{
	double		value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* The bucket of a duration, which is finite, not negative and not -0. */
static inline int32_t
ietp_bucket_of(double duration)
{
	return (int32_t) (ietp_bits_of(duration) >> IETP_BUCKET_SHIFT);
}

static inline uint64_t
ietp_bucket_word(int32_t bucket, int64_t count)
{
	return (uint64_t) bucket << IETP_BUCKET_COUNT_BITS | (uint64_t) count;
}

static inline int32_t
ietp_word_bucket(uint64_t word)
{
	return (int32_t) (word >> IETP_BUCKET_COUNT_BITS);
}

static inline int64_t
ietp_word_count(uint64_t word)
{
	return (int64_t) (word & (uint64_t) IETP_BUCKET_COUNT_MAX);
}

/* Bounds of a bucket: the lower one belongs to it, the upper one does not. */
extern double ietp_bucket_lower(int32_t bucket);
extern double ietp_bucket_upper(int32_t bucket);

extern void ietp_histogram_write(const IetpHistogram *histogram,
								 uint64_t *words);
extern void ietp_histogram_read(const uint64_t *words, int64_t count,
								IetpHistogram *histogram);
extern bool ietp_histogram_valid(const uint64_t *words, int64_t count);

extern double ietp_histogram_quantile(const IetpHistogram *histogram,
									  double p);
extern double ietp_histogram_proportion(const IetpHistogram *histogram,
										double duration);

#endif							/* IETP_CORE_HISTOGRAM_H */
