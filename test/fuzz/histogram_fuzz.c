/*-------------------------------------------------------------------------
 *
 * histogram_fuzz.c
 *		Fuzzer of histograms of durations.
 *
 * Whatever passes for a histogram can be asked everything, and what is told
 * lies within its extremes and does not fall as more is asked for.
 *
 * IDENTIFICATION
 *		test/fuzz/histogram_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdlib.h>

#include "histogram.h"

#define MOST	4096

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static void
ask(const uint64_t *words, int64_t count)
{
	IetpHistogram histogram;
	double		before = 0;
	double		share = 0;

	ietp_histogram_read(words, count, &histogram);
	if (histogram.count == 0)
	{
		require(isnan(ietp_histogram_quantile(&histogram, 0.5)));
		return;
	}
	for (int p = 0; p <= 100; p++)
	{
		double		value = ietp_histogram_quantile(&histogram, p / 100.0);
		double		within = ietp_histogram_proportion(&histogram, value);

		require(value >= histogram.min && value <= histogram.max);
		require(value >= before && within >= share && within <= 1);
		before = value;
		share = within;
	}
}

/* Buckets out of input, with the header that they need. */
static int64_t
make_words(const uint8_t *data, size_t size, uint64_t *words)
{
	IetpHistogram header = {0, 0, 0, 1, 0, true, NULL, 0};
	int64_t		count = IETP_HISTOGRAM_HEADER;
	int32_t		bucket = 0;

	for (size_t i = 0; i + 2 < size && count < MOST; i += 3)
	{
		bucket += data[i] << (data[i + 1] % 11);
		if (bucket >= IETP_BUCKETS)
			break;
		words[count++] = ietp_bucket_word(bucket, data[i + 2]);
		header.count += data[i + 2];
	}
	if (count > IETP_HISTOGRAM_HEADER)
	{
		header.min = ietp_bucket_lower(ietp_word_bucket(words[5]));
		header.max = ietp_bucket_lower(ietp_word_bucket(words[count - 1]));
	}
	ietp_histogram_write(&header, words);
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint64_t words[MOST];
	int64_t		count = (int64_t) (size / sizeof(uint64_t));

	if (count <= MOST)
	{
		memcpy(words, data, count * sizeof(uint64_t));
		if (ietp_histogram_valid(words, count))
			ask(words, count);
	}
	count = make_words(data, size, words);
	if (ietp_histogram_valid(words, count))
		ask(words, count);
	return 0;
}
