/*-------------------------------------------------------------------------
 *
 * concurrency_test.c
 *		Unit test of the sweep over spans of time.
 *
 * What it finds is compared with a count of the spans at every moment at which
 * one begins or ends.
 *
 * IDENTIFICATION
 *		test/core/concurrency_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "check.h"
#include "concurrency.h"

#define MOST_SPANS	9000

static IetpSpan spans[MOST_SPANS];
static uint64_t scratch[3 * MOST_SPANS];
static uint64_t moments[2 * MOST_SPANS];
static uint64_t seed = 42;
static int	pauses;

static void
pause_now(void)
{
	pauses++;
}

static uint64_t
draw(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

static int
compare_moments(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

static int64_t
count_at(uint64_t moment, int count)
{
	int64_t		running = 0;

	for (int i = 0; i < count; i++)
		running += spans[i].since <= moment && moment < spans[i].until;
	return running;
}

/* From the definitions. */
static void
measure_slowly(int count, IetpConcurrency *result)
{
	*result = (IetpConcurrency)
	{
		0, IETP_NEVER, IETP_NEVER, 0
	};
	for (int i = 0; i < count; i++)
	{
		moments[2 * i] = spans[i].since;
		moments[2 * i + 1] = spans[i].until;
	}
	qsort(moments, 2 * count, sizeof(uint64_t), compare_moments);
	for (int i = 0; i < 2 * count; i++)
	{
		int64_t		running = count_at(moments[i], count);

		if (running > result->peak)
		{
			result->peak = running;
			result->at = moments[i];
			result->until = IETP_NEVER;
		}
		if (running < result->peak && result->until == IETP_NEVER)
			result->until = moments[i];
		if (i + 1 < 2 * count && moments[i] != IETP_ALWAYS &&
			moments[i + 1] != IETP_NEVER && running > 0)
			result->busy += moments[i + 1] - moments[i];
	}
}

static void
compare(int count)
{
	IetpConcurrency slow;
	IetpConcurrency fast;

	measure_slowly(count, &slow);
	ietp_measure_concurrency(spans, count, scratch, &fast, pause_now);
	CHECK_INT(fast.peak, slow.peak);
	CHECK(fast.at == slow.at);
	CHECK(fast.until == slow.until);
	CHECK(fast.busy == slow.busy);
}

static void
test_by_hand(void)
{
	IetpConcurrency result;

	/* One ends as the other begins: never two at once. */
	spans[0] = (IetpSpan)
	{
		10, 20
	};
	spans[1] = (IetpSpan)
	{
		20, 30
	};
	ietp_measure_concurrency(spans, 2, scratch, &result, pause_now);
	CHECK_INT(result.peak, 1);
	CHECK_INT(result.at, 10);
	CHECK_INT(result.until, 30);
	CHECK_INT(result.busy, 20);
	/* One replaces another at the peak, which goes on. */
	spans[2] = (IetpSpan)
	{
		15, 25
	};
	ietp_measure_concurrency(spans, 3, scratch, &result, pause_now);
	CHECK_INT(result.peak, 2);
	CHECK_INT(result.at, 15);
	CHECK_INT(result.until, 25);
	spans[0] = (IetpSpan)
	{
		IETP_ALWAYS, IETP_NEVER
	};
	ietp_measure_concurrency(spans, 1, scratch, &result, pause_now);
	CHECK_INT(result.peak, 1);
	CHECK(result.at == IETP_ALWAYS && result.until == IETP_NEVER);
	CHECK_INT(result.busy, 0);
	ietp_measure_concurrency(spans, 0, scratch, &result, pause_now);
	CHECK_INT(result.peak, 0);
	/* The longest time there can be. */
	spans[0] = (IetpSpan)
	{
		1, UINT64_MAX - 1
	};
	ietp_measure_concurrency(spans, 1, scratch, &result, pause_now);
	CHECK(result.busy == UINT64_MAX - 2);
}

/* Moments among so many, each span of up to so long, some without end. */
static void
draw_spans(int count, uint64_t among, uint64_t length, uint64_t step)
{
	for (int i = 0; i < count; i++)
	{
		spans[i].since = (1000 + draw(among)) * step;
		spans[i].until = spans[i].since + (1 + draw(length)) * step;
		if (draw(20) == 0)
			spans[i].until = IETP_NEVER;
		if (draw(30) == 0)
			spans[i].since = IETP_ALWAYS;
	}
}

int
main(void)
{
	test_by_hand();
	for (int round = 0; round < 3000; round++)
	{
		int			count = (int) draw(30);

		draw_spans(count, 1 + draw(40), 1 + draw(10),
				   UINT64_C(1) << draw(50));
		compare(count);
	}
	/* Several slices, and one that has all but a few. */
	draw_spans(MOST_SPANS, 100000, 500, 1000000);
	compare(MOST_SPANS);
	spans[7] = (IetpSpan)
	{
		5, 6
	};
	spans[8] = (IetpSpan)
	{
		UINT64_MAX - 9, UINT64_MAX - 5
	};
	compare(MOST_SPANS);
	CHECK(pauses > 0);
	return check_done("concurrency");
}
