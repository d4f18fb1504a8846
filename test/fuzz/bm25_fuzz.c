/*-------------------------------------------------------------------------
 *
 * bm25_fuzz.c
 *		The best of any scores, from core/bm25.c.
 *
 * IDENTIFICATION
 *		test/fuzz/bm25_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stdlib.h>

#include "bm25.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static bool
is_better(Scored a, Scored b)
{
	return a.score > b.score ||
		(a.score == b.score && a.document < b.document);
}

/* How many of the scores are better than this one, by asking each. */
static uint32_t
rank_of(Scored scored, const uint8_t *data, uint32_t count)
{
	uint32_t	rank = 0;

	for (uint32_t i = 0; i < count; i++)
	{
		Scored		other = {data[i], i};

		rank += is_better(other, scored);
	}
	return rank;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t	room = size > 0 ? data[0] % 40 : 0;
	uint32_t	count = size > 0 ? (uint32_t) size - 1 : 0;
	Best		best = {malloc(room * sizeof(Scored) + 1), 0, room};

	for (uint32_t i = 0; i < count; i++)
	{
		Scored		scored = {data[i + 1], i};

		ietp_best_add(&best, scored);
	}
	ietp_best_sort(&best);
	require(best.count == (count < room ? count : room));
	for (uint32_t i = 0; i < best.count; i++)
		require(rank_of(best.items[i], data + 1, count) == i);
	free(best.items);
	return 0;
}
