/*-------------------------------------------------------------------------
 *
 * distribution_fuzz.c
 *		Fuzzer of the normal and the gamma distribution.
 *
 * The input is a shape, a point and a probability, any bits at all.  Outside
 * of their domain the answer is NaN; within, probabilities lie between 0 and 1
 * and make 1 together, and quantiles lead back to them.
 *
 * IDENTIFICATION
 *		test/fuzz/distribution_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "distribution.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static bool
is_near(double actual, double expected, double error)
{
	return fabs(actual - expected) <= error * fabs(expected);
}

static void
check_normal(double p)
{
	double		z = ietp_normal_quantile(p);

	require(isnan(z) == !(p >= 0 && p <= 1));
	if (p > 1e-300 && p < 1)
		require(is_near(ietp_normal_cdf(z), p, 1e-12));
}

static void
check_gamma(double shape, double x)
{
	double		p = ietp_gamma_p(shape, x);
	double		q = ietp_gamma_q(shape, x);
	bool		inside = shape >= 0.5 && shape <= IETP_MAX_SHAPE && x >= 0;

	require(isnan(p) == !inside && isnan(q) == !inside);
	if (inside)
		require(p >= 0 && q >= 0 && p <= 1 + 1e-11 && q <= 1 + 1e-11 &&
				is_near(p + q, 1, 1e-11));
}

static void
check_inverse(double shape, double p)
{
	double		low = ietp_gamma_p_inverse(shape, p);
	double		high = ietp_gamma_q_inverse(shape, p);
	bool		inside = shape >= 0.5 && !isinf(shape) && p >= 0 && p <= 1;

	require(isnan(low) == !inside && isnan(high) == !inside);
	if (!inside || shape > 1e8 || p < 1e-100 || p > 0.999)
		return;
	require(is_near(ietp_gamma_p(shape, low), p, 1e-15 * shape + 1e-8));
	require(is_near(ietp_gamma_q(shape, high), p, 1e-15 * shape + 1e-8));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double		input[3];

	if (size < sizeof(input))
		return 0;
	memcpy(input, data, sizeof(input));
	check_normal(input[2]);
	check_gamma(input[0], input[1]);
	check_inverse(input[0], input[2]);
	return 0;
}
