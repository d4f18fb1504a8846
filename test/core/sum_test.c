/*-------------------------------------------------------------------------
 *
 * sum_test.c
 *		Unit test of sums to one unit in the last place.
 *
 * The oracle is whole numbers: the terms are multiples of a power of two, and
 * their sum is kept in 128 bits.
 *
 * IDENTIFICATION
 *		test/core/sum_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "sum.h"

#define TERMS 4096
#define ROUNDS 200

__extension__ typedef __int128 int128;

/* A repeatable sequence of numbers; the constants are those of MMIX. */
static uint64_t
next_random(void)
{
	static uint64_t state = 2021;

	state = state * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return state >> 11;
}

/* Of very different sizes, 2^0 to 2^105, each exact as a double. */
static int128
random_term(int spread)
{
	return (int128) next_random() << (next_random() % (unsigned) spread);
}

/* Is this the sum, to one unit in the last place? */
static bool
is_sum(const IetpSum *sum, int128 exact)
{
	double		nearest = (double) exact;
	double		unit = nextafter(nearest, INFINITY) - nearest;

	return fabs(sum->value - nearest) <= unit &&
		sum->value + sum->rest == sum->value;
}

static void
test_add(void)
{
	int			round;

	for (round = 0; round < ROUNDS; round++)
	{
		IetpSum		sum = {0};
		IetpSum		halves[2];
		int128		exact = 0;
		int			i;

		memset(halves, 0, sizeof(halves));
		for (i = 0; i < TERMS; i++)
		{
			int128		term = random_term(1 + round % 53);

			exact += term;
			ietp_sum_add(&sum, (double) term);
			ietp_sum_add(&halves[i % 2], (double) term);
			CHECK(is_sum(&sum, exact));
		}
		ietp_sum_merge(&halves[0], &halves[1]);
		CHECK(is_sum(&halves[0], exact));
	}
}

/* A window slides; where the sum is given up it is made anew, as there. */
static void
check_window(int width, int spread, bool falling)
{
	static int128 terms[TERMS];
	IetpSum		sum = {0};
	int128		exact = 0;
	int			restarts = 0;
	int			i;

	for (i = 0; i < TERMS; i++)
	{
		terms[i] = falling ? (int128) next_random() << 53 >> i / 40 :
			random_term(spread);
		exact += terms[i];
		ietp_sum_add(&sum, (double) terms[i]);
		if (i < width)
			continue;
		exact -= terms[i - width];
		if (!ietp_sum_remove(&sum, (double) terms[i - width]))
		{
			int			j;

			restarts++;
			memset(&sum, 0, sizeof(sum));
			for (j = i - width + 1; j <= i; j++)
				ietp_sum_add(&sum, (double) terms[j]);
		}
		CHECK(is_sum(&sum, exact));
	}
	CHECK(restarts <= TERMS / 4);
	CHECK(restarts > 0 || !falling);
}

int
main(void)
{
	test_add();
	check_window(1, 1, false);
	check_window(100, 10, false);
	check_window(100, 53, false);
	check_window(100, 1, true);
	return check_done("sum");
}
