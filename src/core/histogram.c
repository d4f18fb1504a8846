/*-------------------------------------------------------------------------
 *
 * histogram.c
 *		Log-linear histograms of durations.
 *
 * IDENTIFICATION
 *		src/core/histogram.c
 *
 *-------------------------------------------------------------------------
 */
#include "histogram.h"

#include <math.h>

/* In the first word of the header, beside the count. */
#define BUCKETED	(UINT64_C(1) << 63)

double
ietp_bucket_lower(int32_t bucket)
{
	return ietp_double_of((uint64_t) bucket << IETP_BUCKET_SHIFT);
}

double
ietp_bucket_upper(int32_t bucket)
{
	return ietp_bucket_lower(bucket + 1);
}

/*
 * What stands for all in a bucket: the harmonic mean of its bounds, which is
 * off by the same part of either.
 */
static double
middle_of(int32_t bucket)
{
	double		lower = ietp_bucket_lower(bucket);
	double		upper = ietp_bucket_upper(bucket);

	if (bucket == 0)
		return 0;
	/* The last bucket's upper bound is infinite as a double. */
	if (isinf(upper))
		return lower * (1 + 1.0 / 257);
	return lower / ((lower / upper + 1) / 2);
}

static double
clamp(double value, const IetpHistogram *histogram)
{
	return fmin(fmax(value, histogram->min), histogram->max);
}

void
ietp_histogram_write(const IetpHistogram *histogram, uint64_t *words)
{
	words[0] = (uint64_t) histogram->count |
		(histogram->bucketed ? BUCKETED : 0);
	words[1] = ietp_bits_of(histogram->min);
	words[2] = ietp_bits_of(histogram->max);
	words[3] = ietp_bits_of(histogram->sum);
	words[4] = ietp_bits_of(histogram->rest);
}

void
ietp_histogram_read(const uint64_t *words, int64_t count,
					IetpHistogram *histogram)
{
	histogram->count = (int64_t) (words[0] & ~BUCKETED);
	histogram->bucketed = (words[0] & BUCKETED) != 0;
	histogram->min = ietp_double_of(words[1]);
	histogram->max = ietp_double_of(words[2]);
	histogram->sum = ietp_double_of(words[3]);
	histogram->rest = ietp_double_of(words[4]);
	histogram->items = words + IETP_HISTOGRAM_HEADER;
	histogram->nitems = count - IETP_HISTOGRAM_HEADER;
}


/* Are words from anywhere a histogram? */

static bool
valid_values(const IetpHistogram *histogram)
{
	const uint64_t *items = histogram->items;
	int64_t		count = histogram->nitems;

	if (count != histogram->count || count > IETP_HISTOGRAM_FEW)
		return false;
	for (int64_t i = 0; i < count; i++)
		if (ietp_double_of(items[i]) >= INFINITY ||
			!(ietp_double_of(items[i]) >= 0) ||
			items[i] == ietp_bits_of(-0.0) ||
			(i > 0 && items[i] < items[i - 1]))
			return false;
	return count == 0 ? isinf(histogram->min) && histogram->max == 0 :
		ietp_bits_of(histogram->min) == items[0] &&
		ietp_bits_of(histogram->max) == items[count - 1];
}

static bool
valid_buckets(const IetpHistogram *histogram)
{
	const uint64_t *items = histogram->items;
	uint64_t	total = 0;
	int64_t		count = histogram->nitems;

	for (int64_t i = 0; i < count; i++)
	{
		if (ietp_word_bucket(items[i]) >= IETP_BUCKETS ||
			ietp_word_count(items[i]) == 0 ||
			(i > 0 && ietp_word_bucket(items[i]) <=
			 ietp_word_bucket(items[i - 1])))
			return false;
		total += (uint64_t) ietp_word_count(items[i]);
	}
	return count > 0 && total == (uint64_t) histogram->count &&
		ietp_bucket_of(histogram->min) == ietp_word_bucket(items[0]) &&
		ietp_bucket_of(histogram->max) == ietp_word_bucket(items[count - 1]);
}

bool
ietp_histogram_valid(const uint64_t *words, int64_t count)
{
	IetpHistogram histogram;

	if (count < IETP_HISTOGRAM_HEADER)
		return false;
	ietp_histogram_read(words, count, &histogram);
	if (!(histogram.min >= 0 && histogram.max >= 0 && histogram.sum >= 0 &&
		  histogram.max < INFINITY &&
		  fabs(histogram.rest) <= histogram.sum))
		return false;
	if (histogram.count > 0 && !(histogram.min <= histogram.max &&
								 histogram.sum < INFINITY))
		return false;
	return histogram.bucketed ? valid_buckets(&histogram) :
		valid_values(&histogram);
}


/* What is asked of it */

/*
 * The duration that as percentile_disc has it is the first which at least that
 * proportion does not exceed; NaN of an empty histogram.
 */
double
ietp_histogram_quantile(const IetpHistogram *histogram, double p)
{
	int64_t		rank = (int64_t) ceil(p * (double) histogram->count);
	int64_t		seen = 0;

	if (histogram->count == 0)
		return NAN;
	if (rank <= 1)
		return histogram->min;
	if (rank >= histogram->count)
		return histogram->max;
	if (!histogram->bucketed)
		return ietp_double_of(histogram->items[rank - 1]);
	for (int64_t i = 0; i < histogram->nitems; i++)
	{
		seen += ietp_word_count(histogram->items[i]);
		if (seen >= rank)
			return clamp(middle_of(ietp_word_bucket(histogram->items[i])),
						 histogram);
	}
	return histogram->max;
}

/*
 * The proportion that is at most "duration"; NaN of an empty histogram.  In
 * buckets, all of one in which it lies count: it is the proportion that is at
 * most something up to 1/128 longer.
 */
double
ietp_histogram_proportion(const IetpHistogram *histogram, double duration)
{
	int64_t		within = 0;

	if (histogram->count == 0)
		return NAN;
	if (duration >= histogram->max)
		return 1;
	if (duration < histogram->min)
		return 0;
	for (int64_t i = 0; i < histogram->nitems; i++)
	{
		uint64_t	item = histogram->items[i];

		if (!histogram->bucketed)
			within += ietp_double_of(item) <= duration;
		else if (ietp_bucket_lower(ietp_word_bucket(item)) <= duration)
			within += ietp_word_count(item);
	}
	return (double) within / (double) histogram->count;
}
