/*-------------------------------------------------------------------------
 *
 * survival_fuzz.c
 *		Fuzzer of samples of durations.
 *
 * Whatever passes for a sample can be asked everything, and what is told is
 * within bounds; and packing what was taken out of it gives it back.
 *
 * IDENTIFICATION
 *		test/fuzz/survival_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdlib.h>

#include "survival.h"

#define MOST	4096

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static void
no_pause(void)
{
}

static void
walk(const uint64_t *words, int64_t count)
{
	IetpSurvival curve;
	double		before = 1;
	int64_t		ended = 0;

	ietp_survival_begin(&curve, words, count, no_pause);
	while (ietp_survival_next(&curve))
	{
		IetpInterval bounds = ietp_survival_log_log(&curve, 1.96);

		require(curve.survival >= 0 && curve.survival <= before);
		require(curve.at_risk >= curve.ended + curve.censored);
		require(isnan(bounds.lower) ||
				(bounds.lower <= curve.survival * (1 + 1e-9) &&
				 bounds.upper >= curve.survival * (1 - 1e-9)));
		before = curve.survival;
		ended += curve.ended;
	}
	require(ended == curve.total_ended);
}

static void
ask(const uint64_t *words, int64_t count)
{
	double		median = ietp_survival_quantile(words, count, 0.5, no_pause);
	double		last = ietp_survival_last(words, count);
	double		error;
	double		mean = ietp_survival_mean(words, count, last, &error,
										  no_pause);
	IetpLogRank test = ietp_log_rank_test(words, count, words, count,
										  no_pause);

	require(isnan(median) || median <= last);
	require(isnan(mean) || (mean >= 0 && mean <= last * (1 + 1e-9)));
	require(isnan(test.chi_square) || test.p_value > 0.5);
	require(test.observed == (double) words[1]);
	(void) ietp_survival_quantile_bounds(words, count, 0.5, 1.96, no_pause);
}

/* Takes the durations of a small sample out and packs them again. */
static void
pack_again(const uint64_t *words, int64_t count)
{
	static uint64_t keys[MOST];
	static uint64_t packed[MOST + IETP_SURVIVAL_HEADER];
	int64_t		nkeys = 0;

	for (int64_t i = IETP_SURVIVAL_HEADER; i < count; i++)
	{
		if (words[i] < IETP_SURVIVAL_REPEAT)
			keys[nkeys++] = words[i];
		else
			for (int64_t n = words[i] & ~IETP_SURVIVAL_REPEAT; n > 1; n--)
				keys[nkeys++] = words[i - 1];
	}
	require(ietp_survival_pack(keys, nkeys, packed) == count);
	require(memcmp(packed, words, count * sizeof(uint64_t)) == 0);
}

/* Bytes of input, four of them a word, with the header that they need. */
static int64_t
make_words(const uint8_t *data, size_t size, uint64_t *words)
{
	int64_t		count = IETP_SURVIVAL_HEADER;
	uint64_t	key = 0;

	words[0] = words[1] = 0;
	for (size_t i = 0; i + 1 < size && count + 2 < MOST; i += 2)
	{
		uint64_t	times = data[i + 1] % 8 + 1;

		key += (uint64_t) data[i] << (data[i + 1] >> 3 << 1);
		if (key >= IETP_SURVIVAL_REPEAT)
			break;
		if (count > IETP_SURVIVAL_HEADER && key <= words[count - 1])
			continue;
		words[count++] = key;
		if (times > 1)
			words[count++] = IETP_SURVIVAL_REPEAT | times;
		words[0] += times;
		words[1] += key & IETP_SURVIVAL_CENSORED ? 0 : times;
	}
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
		if (ietp_survival_valid(words, count))
		{
			walk(words, count);
			ask(words, count);
		}
	}
	count = make_words(data, size, words);
	if (ietp_survival_valid(words, count))
	{
		walk(words, count);
		ask(words, count);
		if (words[0] <= MOST)
			pack_again(words, count);
	}
	return 0;
}
