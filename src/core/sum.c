/*-------------------------------------------------------------------------
 *
 * sum.c
 *		Sums of non-negative double numbers, to one unit in the last place.
 *
 * The error of an addition of two numbers is itself a number, and six
 * operations find it (D. Knuth, The Art of Computer Programming, 4.2.2,
 * theorem B; T. J. Dekker, A Floating-Point Technique for Extending the
 * Available Precision, 1971).  Each step loses less than 2^-104 of the
 * largest sum on the way.
 *
 * IDENTIFICATION
 *		src/core/sum.c
 *
 *-------------------------------------------------------------------------
 */
#include "sum.h"

/* How far a sum may fall before too little of it is certain: 2^-20. */
#define MOST_LOST (1.0 / 1048576)

static void
add(IetpSum *sum, double x, double rest)
{
	double		total = sum->value + x;
	double		share = total - sum->value;
	double		error = (sum->value - (total - share)) + (x - share);

	error += sum->rest + rest;
	sum->value = total + error;
	sum->rest = error - (sum->value - total);
}

void
ietp_sum_add(IetpSum *sum, double x)
{
	add(sum, x, 0.0);
	if (sum->value > sum->peak)
		sum->peak = sum->value;
}

/*
 * Takes away a number that was added; false where the rest is no longer known
 * well enough and must be added up again.
 */
bool
ietp_sum_remove(IetpSum *sum, double x)
{
	add(sum, -x, 0.0);
	return sum->value >= sum->peak * MOST_LOST;
}

/* Four sums side by side, so that none waits for the one before. */
void
ietp_sum_add_all(IetpSum *sum, const double *x, int64_t count)
{
	IetpSum		parts[4] = {{0, 0, 0}};
	int64_t		i = 0;

	for (; i + 4 <= count; i += 4)
	{
		add(&parts[0], x[i], 0.0);
		add(&parts[1], x[i + 1], 0.0);
		add(&parts[2], x[i + 2], 0.0);
		add(&parts[3], x[i + 3], 0.0);
	}
	for (; i < count; i++)
		add(&parts[0], x[i], 0.0);
	for (int part = 0; part < 4; part++)
		ietp_sum_merge(sum, &parts[part]);
}

void
ietp_sum_merge(IetpSum *sum, const IetpSum *other)
{
	add(sum, other->value, other->rest);
	if (sum->value > sum->peak)
		sum->peak = sum->value;
}
