/*-------------------------------------------------------------------------
 *
 * order_fuzz.c
 *		Fuzzer of sorting and selecting.
 *
 * The input is spread into keys of all widths, since random words alone would
 * differ in their upper bits already.
 *
 * IDENTIFICATION
 *		test/fuzz/order_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "order.h"

/* Keys for each byte of input, so that what is long is sorted by radix. */
#define SPREAD	16

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

static int
compare_words(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

static void
select_some(const uint64_t *keys, const uint64_t *sorted, int64_t count,
			uint8_t step)
{
	int64_t    *ranks = malloc(count * sizeof(int64_t));
	uint64_t   *selected = malloc(count * sizeof(uint64_t));
	uint64_t   *scratch = malloc((ietp_select_scratch(count) + 1) *
								 sizeof(uint64_t));
	int			nranks = 0;

	for (int64_t rank = step % count; rank < count; rank += step + 1)
		ranks[nranks++] = rank;
	ietp_select_keys(keys, count, ranks, nranks, selected, scratch, no_pause);
	for (int i = 0; i < nranks; i++)
		require(selected[i] == sorted[ranks[i]]);
	free(scratch);
	free(selected);
	free(ranks);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t		count = (int64_t) size * SPREAD;
	uint64_t   *keys = malloc(3 * count * sizeof(uint64_t) + 1);
	uint64_t   *sorted = keys + count;
	uint64_t   *expected = sorted + count;

	for (int64_t i = 0; i < count; i++)
		keys[i] = (uint64_t) data[i / SPREAD] <<
			(data[(i / SPREAD + i) % size] % 64) ^ data[i % size];
	if (count > 0)
	{
		memcpy(expected, keys, count * sizeof(uint64_t));
		qsort(expected, count, sizeof(uint64_t), compare_words);
		select_some(keys, expected, count, data[0]);
		memcpy(sorted, keys, count * sizeof(uint64_t));
		/* What is sorted is a copy, so that the keys may be the scratch. */
		ietp_sort_keys(sorted, keys, count, no_pause);
		require(memcmp(sorted, expected, count * sizeof(uint64_t)) == 0);
	}
	free(keys);
	return 0;
}
