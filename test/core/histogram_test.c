/*-------------------------------------------------------------------------
 *
 * histogram_test.c
 *		Unit test of histograms of durations.
 *
 * IDENTIFICATION
 *		test/core/histogram_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <float.h>
#include <math.h>

#include "check.h"
#include "histogram.h"

/* Buckets follow one another without gaps, each 1/128 wide at the most. */
static void
check_buckets(void)
{
	for (int32_t bucket = 1; bucket < IETP_BUCKETS; bucket++)
	{
		double		lower = ietp_bucket_lower(bucket);
		double		upper = ietp_bucket_upper(bucket);

		CHECK(upper == ietp_bucket_lower(bucket + 1));
		CHECK(ietp_bucket_of(lower) == bucket);
		CHECK(ietp_bucket_of(nextafter(upper, 0)) == bucket);
		if (bucket >= 128 && bucket < IETP_BUCKETS - 1)
			CHECK(upper - lower <= lower / 128);
	}
	CHECK_INT(ietp_bucket_of(0), 0);
	CHECK_INT(ietp_bucket_of(DBL_MAX), IETP_BUCKETS - 1);
	CHECK(isinf(ietp_bucket_upper(IETP_BUCKETS - 1)));
	/* So that the words of all buckets have room for their numbers. */
	CHECK(ietp_word_bucket(ietp_bucket_word(IETP_BUCKETS - 1, 7)) ==
		  IETP_BUCKETS - 1);
	CHECK_INT(ietp_word_count(ietp_bucket_word(IETP_BUCKETS - 1,
											   IETP_BUCKET_COUNT_MAX)),
			  IETP_BUCKET_COUNT_MAX);
}

/*
 * A histogram of one bucket with three durations, of which the second is asked
 * for: whatever it was, it is told to 1/256.
 */
static void
check_error(double duration)
{
	uint64_t	words[IETP_HISTOGRAM_HEADER + 3];
	IetpHistogram histogram = {3, 0, DBL_MAX, 1, 0, true, NULL, 0};
	double		told;

	ietp_histogram_write(&histogram, words);
	words[5] = ietp_bucket_word(0, 1);
	words[6] = ietp_bucket_word(ietp_bucket_of(duration), 1);
	words[7] = ietp_bucket_word(IETP_BUCKETS - 1, 1);
	CHECK(ietp_histogram_valid(words, 8));
	ietp_histogram_read(words, 8, &histogram);
	told = ietp_histogram_quantile(&histogram, 0.5);
	CHECK(fabs(told - duration) <= duration / 256);
}

static void
check_errors(void)
{
	for (int32_t bucket = 128; bucket < IETP_BUCKETS - 1; bucket += 37)
	{
		check_error(ietp_bucket_lower(bucket));
		check_error(nextafter(ietp_bucket_upper(bucket), 0));
	}
}

/* Few durations are known one by one. */
static void
check_few(void)
{
	static const double durations[] = {0, 1, 1, 3, 8};
	uint64_t	words[IETP_HISTOGRAM_HEADER + 5];
	IetpHistogram histogram = {5, 0, 8, 13, 0, false, NULL, 0};

	ietp_histogram_write(&histogram, words);
	for (int i = 0; i < 5; i++)
		words[IETP_HISTOGRAM_HEADER + i] = ietp_bits_of(durations[i]);
	CHECK(ietp_histogram_valid(words, 10));
	CHECK(!ietp_histogram_valid(words, 9));
	ietp_histogram_read(words, 10, &histogram);
	CHECK(ietp_histogram_quantile(&histogram, 0) == 0);
	CHECK(ietp_histogram_quantile(&histogram, 0.2) == 0);
	CHECK(ietp_histogram_quantile(&histogram, 0.21) == 1);
	CHECK(ietp_histogram_quantile(&histogram, 0.6) == 1);
	CHECK(ietp_histogram_quantile(&histogram, 0.8) == 3);
	CHECK(ietp_histogram_quantile(&histogram, 1) == 8);
	CHECK(ietp_histogram_proportion(&histogram, -1) == 0);
	CHECK(ietp_histogram_proportion(&histogram, 0) == 0.2);
	CHECK(ietp_histogram_proportion(&histogram, 1) == 0.6);
	CHECK(ietp_histogram_proportion(&histogram, 7.9) == 0.8);
	CHECK(ietp_histogram_proportion(&histogram, 8) == 1);
	words[IETP_HISTOGRAM_HEADER] = ietp_bits_of(-0.0);
	CHECK(!ietp_histogram_valid(words, 10));
	words[IETP_HISTOGRAM_HEADER] = ietp_bits_of(2);
	CHECK(!ietp_histogram_valid(words, 10));
}

int
main(void)
{
	check_buckets();
	check_errors();
	check_few();
	return check_done("histogram");
}
