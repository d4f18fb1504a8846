/*-------------------------------------------------------------------------
 *
 * confidence_test.c
 *		Unit test of confidence intervals.
 *
 * The oracles are published intervals, and the equations that define them,
 * solved by halving.
 *
 * IDENTIFICATION
 *		test/core/confidence_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "check.h"
#include "confidence.h"

#define Z95 1.95996398454005423552L

/* Near to the last digit that was printed. */
#define CHECK_PRINTED(actual, expected, digit) \
	CHECK(fabs((actual) - (expected)) <= 0.5001 * (digit))

/* Wilson's equation: how far p is from k/n, less what chance allows. */
static long double
excess(long double p, long double k, long double n)
{
	return fabsl(k / n - p) - Z95 * sqrtl(p * (1 - p) / n);
}

/* The root between one end and k/n, where the excess is negative. */
static long double
wilson_bound(long double end, long double k, long double n)
{
	long double inner = k / n;
	long double outer = end;
	int			i;

	for (i = 0; i < 200; i++)
	{
		long double middle = (inner + outer) / 2;

		if (excess(middle, k, n) > 0)
			outer = middle;
		else
			inner = middle;
	}
	return (inner + outer) / 2;
}

static void
check_wilson(int64_t k, int64_t n)
{
	IetpBounds	bounds = ietp_wilson_bounds(k, n, 0.95);
	IetpBounds	others = ietp_wilson_bounds(n - k, n, 0.95);

	if (k > 0)
	{
		long double expected = wilson_bound(0, k, n);

		CHECK(fabsl(bounds.lower - expected) <= 1e-14L * expected);
	}
	else
		CHECK(bounds.lower == 0);
	if (k < n)
		CHECK(fabsl(bounds.upper - wilson_bound(1, k, n)) <= 1e-14L);
	else
		CHECK(bounds.upper == 1);
	CHECK(fabs(others.lower - (1 - bounds.upper)) <= 1e-15);
	CHECK(bounds.lower <= (double) k / (double) n &&
		  (double) k / (double) n <= bounds.upper);
}

static void
test_wilson(void)
{
	int64_t		n;
	int64_t		k;

	for (n = 1; n <= 60; n++)
		for (k = 0; k <= n; k++)
			check_wilson(k, n);
	for (n = 753; n < INT64_C(1) << 60; n *= 17)
	{
		check_wilson(0, n);
		check_wilson(1, n);
		check_wilson(n / 3, n);
		check_wilson(n - 1, n);
		check_wilson(n, n);
	}
}

/* R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3 */
static void
test_wilson_published(void)
{
	static const struct
	{
		int			k;
		int			n;
		double		lower;
		double		upper;
	}			table[] = {
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0.0000, 0.1611},
		{1, 29, 0.0061, 0.1718}
	};
	size_t		i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
	{
		IetpBounds	bounds = ietp_wilson_bounds(table[i].k, table[i].n, 0.95);

		CHECK_PRINTED(bounds.lower, table[i].lower, 1e-4);
		CHECK_PRINTED(bounds.upper, table[i].upper, 1e-4);
	}
}

/* Garwood (1936), as tables print it: 95 %, and 99 % for 0 and 10 */
static void
test_poisson(void)
{
	CHECK(ietp_poisson_bounds(0, 0.95).lower == 0);
	CHECK_PRINTED(ietp_poisson_bounds(0, 0.95).upper, 3.689, 1e-3);
	CHECK_PRINTED(ietp_poisson_bounds(0, 0.99).upper, 5.298, 1e-3);
	CHECK_PRINTED(ietp_poisson_bounds(1, 0.95).lower, 0.0253, 1e-4);
	CHECK_PRINTED(ietp_poisson_bounds(1, 0.95).upper, 5.572, 1e-3);
	CHECK_PRINTED(ietp_poisson_bounds(10, 0.95).lower, 4.795, 1e-3);
	CHECK_PRINTED(ietp_poisson_bounds(10, 0.95).upper, 18.39, 1e-2);
	CHECK_PRINTED(ietp_poisson_bounds(10, 0.99).lower, 3.717, 1e-3);
	CHECK_PRINTED(ietp_poisson_bounds(10, 0.99).upper, 21.40, 1e-2);
}

int
main(void)
{
	test_wilson();
	test_wilson_published();
	test_poisson();
	return check_done("confidence");
}
