/*-------------------------------------------------------------------------
 *
 * bm25_test.c
 *		The arithmetic of core/bm25.c, and its best of many.
 *
 * IDENTIFICATION
 *		test/core/bm25_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdlib.h>

#include "bm25.h"

#include "check.h"

#define MOST	500

/* Rarer is worth more, and nothing is worth less than nothing. */
static void
test_idf(void)
{
	for (double total = 1; total < 1e9; total *= 7)
	{
		double		before = INFINITY;

		for (double documents = 0; documents <= total;
			 documents += total / 16)
		{
			double		idf = ietp_bm25_idf(total, documents);

			CHECK(idf > 0 && idf < before);
			before = idf;
		}
		/* An estimate of the total may be below what was counted. */
		CHECK(ietp_bm25_idf(total, 2 * total) > 0);
	}
}

/* More of a term counts more, ever less so, and less in longer documents. */
static void
test_saturation(void)
{
	double		norm = ietp_bm25_norm(100, 100);

	CHECK(ietp_bm25_saturation(0, norm) == 0);
	CHECK(fabs(ietp_bm25_saturation(1, norm) - 1) < 1e-12);
	CHECK(fabs(ietp_bm25_norm(77, 0) - norm) < 1e-12);
	for (double length = 1; length < 1e6; length *= 3)
	{
		double		shorter = ietp_bm25_norm(length, 100);
		double		longer = ietp_bm25_norm(length + 1, 100);
		double		gain = INFINITY;

		CHECK(shorter > 0 && shorter < longer);
		for (int times = 1; times < 100; times++)
		{
			double		fewer = ietp_bm25_saturation(times - 1, shorter);
			double		more = ietp_bm25_saturation(times, shorter);

			CHECK(more - fewer > 0 && more - fewer < gain);
			CHECK(ietp_bm25_saturation(times, longer) < more);
			gain = more - fewer;
		}
	}
}

static int
better_first(const void *a, const void *b)
{
	const Scored *x = a;
	const Scored *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->document < y->document ? -1 : 1;
}

/* The best of "count" documents, many of equal score, are those of qsort(). */
static void
check_best(uint32_t count, uint32_t room)
{
	Scored		all[MOST];
	Scored		items[MOST];
	Best		best = {items, 0, room};

	for (uint32_t i = 0; i < count; i++)
	{
		/* The documents come in no order. */
		all[i].document = (i * 7919) % MOST;
		all[i].score = (i * 104729) % 23 / 7.0;
		ietp_best_add(&best, all[i]);
	}
	ietp_best_sort(&best);
	qsort(all, count, sizeof(Scored), better_first);
	CHECK_INT(best.count, count < room ? count : room);
	for (uint32_t i = 0; i < best.count; i++)
		CHECK(items[i].document == all[i].document &&
			  items[i].score == all[i].score);
}

int
main(void)
{
	test_idf();
	test_saturation();
	for (uint32_t count = 0; count <= MOST; count += count < 40 ? 1 : 23)
		for (uint32_t room = 0; room <= MOST; room += room < 12 ? 1 : 61)
			check_best(count, room);
	return check_done("bm25");
}
