/*-------------------------------------------------------------------------
 *
 * bm25.c
 *		The arithmetic of BM25, and the best of many scores.
 *
 * Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and
 * Beyond (2009), with k1 and b as measured for short texts, and the inverse
 * document frequency that is never negative.
 *
 * IDENTIFICATION
 *		src/core/bm25.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdbool.h>

#include "bm25.h"

#define K1	1.2
#define B	0.6
#define POWER	1.8

/*
 * The weight of a term that "documents" of "total" have:
 * ln(1 + (N - n + 0.5) / (n + 0.5)), raised to a power.  Above 1 it keeps the
 * many words of a question that say little, for which there is no list in any
 * language, from outweighing the few that do.
 */
double
ietp_bm25_idf(double total, double documents)
{
	if (documents > total)
		total = documents;
	return pow(log1p((total - documents + 0.5) / (documents + 0.5)), POWER);
}

/* What the length of a document adds to the frequencies of its terms. */
double
ietp_bm25_norm(double length, double mean_length)
{
	return K1 * (1.0 - B + B * (mean_length > 0 ? length / mean_length : 1));
}

/* How much a term counts that is there "frequency" times: 0 to 1 + k1. */
double
ietp_bm25_saturation(double frequency, double norm)
{
	return frequency * (K1 + 1.0) / (frequency + norm);
}

/* What no saturation exceeds. */
double
ietp_bm25_limit(void)
{
	return K1 + 1.0;
}

/* Of two equal scores the earlier document is the better one. */
static bool
is_worse(Scored a, Scored b)
{
	return a.score != b.score ? a.score < b.score : a.document > b.document;
}

static void
swap(Scored *a, Scored *b)
{
	Scored		c = *a;

	*a = *b;
	*b = c;
}

/* Lets the item at the root of the first "count" find its place. */
static void
sift_down(Scored *items, uint32_t count)
{
	uint32_t	at = 0;

	for (;;)
	{
		uint32_t	child = 2 * at + 1;

		if (child >= count)
			return;
		if (child + 1 < count && is_worse(items[child + 1], items[child]))
			child++;
		if (!is_worse(items[child], items[at]))
			return;
		swap(&items[child], &items[at]);
		at = child;
	}
}

static void
sift_up(Scored *items, uint32_t at)
{
	while (at > 0 && is_worse(items[at], items[(at - 1) / 2]))
	{
		swap(&items[at], &items[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
}

/* Keeps a document if it is among the best so far. */
void
ietp_best_add(Best *best, Scored scored)
{
	if (best->count < best->room)
	{
		best->items[best->count] = scored;
		sift_up(best->items, best->count++);
	}
	else if (best->room > 0 && is_worse(best->items[0], scored))
	{
		best->items[0] = scored;
		sift_down(best->items, best->count);
	}
}

/* Puts the best first; nothing may be added after it. */
void
ietp_best_sort(Best *best)
{
	for (uint32_t n = best->count; n > 1; n--)
	{
		swap(&best->items[0], &best->items[n - 1]);
		sift_down(best->items, n - 1);
	}
}
