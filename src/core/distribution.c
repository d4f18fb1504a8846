/*-------------------------------------------------------------------------
 *
 * distribution.c
 *		The normal and the gamma distribution, for confidence intervals and
 *		tests.
 *
 * Quantiles are found by Newton's or Halley's steps on the distribution
 * function, so that they are as good as that is.  Where a probability is
 * small it is never computed as one minus another.
 *
 * IDENTIFICATION
 *		src/core/distribution.c
 *
 *-------------------------------------------------------------------------
 */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "distribution.h"

#define SQRT_HALF 0.70710678118654752440
#define SQRT_TWO_PI 2.50662827463100050242

/* Below this shape the density is computed from the gamma function itself. */
#define SMALL_SHAPE 16.0

/* From this shape on quantiles come from an expansion in its powers. */
#define LARGE_SHAPE 1e6

#define MAX_STEPS 100
#define MAX_TERMS 1000000

/*
 * Probability that a standard normal variable is at most z.
 */
double
ietp_normal_cdf(double z)
{
	return 0.5 * erfc(-z * SQRT_HALF);
}

static double
normal_density(double z)
{
	return exp(-0.5 * z * z) / SQRT_TWO_PI;
}

/* Rough quantile of p <= 0.5: Abramowitz and Stegun, 26.2.23. */
static double
rough_normal_quantile(double p)
{
	double		t = sqrt(-2.0 * log(p));

	return (2.515517 + t * (0.802853 + t * 0.010328)) /
		(1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
}

/* Quantile of 0 < p <= 0.5. */
static double
lower_normal_quantile(double p)
{
	double		z = rough_normal_quantile(p);
	int			i;

	for (i = 0; i < 4; i++)
	{
		/* near the middle, where the quantile itself becomes small */
		double		excess = p > 0.25 ?
		0.5 * erf(z * SQRT_HALF) - (p - 0.5) : ietp_normal_cdf(z) - p;
		double		step = excess / normal_density(z);

		z -= step / (1.0 + 0.5 * z * step);
	}
	return z;
}

/*
 * The z that a standard normal variable is below with probability p.
 */
double
ietp_normal_quantile(double p)
{
	if (!(p >= 0.0 && p <= 1.0))
		return NAN;
	if (p == 0.0)
		return -INFINITY;
	if (p == 1.0)
		return INFINITY;
	return p <= 0.5 ? lower_normal_quantile(p) :
		-lower_normal_quantile(1.0 - p);
}

/*
 * What Stirling's formula lacks: log Gamma(a + 1) minus (a + 1/2) log a - a +
 * log(2 pi) / 2.
 */
static double
stirling_error(double a)
{
	static const double terms[] = {691.0 / 360360, -1.0 / 1188, 1.0 / 1680,
	-1.0 / 1260, 1.0 / 360, -1.0 / 12};
	double		sum = 0.0;
	size_t		i;

	for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		sum = sum / (a * a) + terms[i];
	return -sum / a;
}

/* x - a - a log(x / a), without cancellation where x is near a. */
static double
deviance(double a, double x)
{
	double		difference = x - a;
	double		v = difference / (x + a);
	double		term;
	double		sum;
	int			i;

	if (fabs(difference) > 0.3 * (x + a))
		return difference - a * log(x / a);
	/* log(x / a) = 2 atanh(v), and difference = 2 a v / (1 - v) */
	sum = difference * v;
	term = 2.0 * a * v;
	for (i = 3; i < 100; i += 2)
	{
		double		before = sum;

		term *= v * v;
		sum -= term / i;
		if (sum == before)
			break;
	}
	return sum;
}

/*
 * x^a e^-x / Gamma(a + 1), after C. Loader, Fast and Accurate Computation of
 * Binomial Probabilities (2000): logarithms of large numbers would lose most
 * of their digits in the differences.
 */
static double
gamma_term(double a, double x)
{
	/* twice, as e^-x underflows before the product does */
	double		half = exp(-0.5 * x);

	if (a >= SMALL_SHAPE)
		return exp(-stirling_error(a) - deviance(a, x)) /
			(sqrt(a) * SQRT_TWO_PI);
	/* and the power may overflow */
	return half == 0.0 ? 0.0 : pow(x, a) * half / tgamma(a + 1.0) * half;
}

/* P(a, x) by its series, DLMF 8.11.4, for x < a + 1. */
static double
p_series(double a, double x)
{
	double		term = 1.0;
	double		sum = 1.0;
	int			i;

	for (i = 1; i < MAX_TERMS && term > sum * DBL_EPSILON / 4; i++)
	{
		term *= x / (a + i);
		sum += term;
	}
	return sum * gamma_term(a, x);
}

/* Q(a, x) by its continued fraction, DLMF 8.9.2, for x >= a + 1. */
static double
q_fraction(double a, double x)
{
	double		b = x + 1.0 - a;
	double		c = HUGE_VAL;
	double		d = 1.0 / b;
	double		h = d;
	int			i;

	for (i = 1; i < MAX_TERMS; i++)
	{
		double		n = i * (a - i);
		double		factor;

		b += 2.0;
		d = 1.0 / (n * d + b);
		c = b + n / c;
		factor = c * d;
		h *= factor;
		if (fabs(factor - 1.0) <= DBL_EPSILON)
			break;
	}
	/* x^a e^-x / Gamma(a) */
	return h * a * gamma_term(a, x);
}

/* Are P and Q computed here? */
static bool
in_domain(double shape, double x)
{
	return shape >= 0.5 && shape <= IETP_MAX_SHAPE && x >= 0.0;
}

/*
 * P(shape, x); NaN outside of its domain.
 */
double
ietp_gamma_p(double shape, double x)
{
	if (!in_domain(shape, x))
		return NAN;
	if (x == 0.0 || isinf(x))
		return x == 0.0 ? 0.0 : 1.0;
	return x < shape + 1.0 ? p_series(shape, x) : 1.0 - q_fraction(shape, x);
}

/*
 * Q(shape, x); NaN outside of its domain.
 */
double
ietp_gamma_q(double shape, double x)
{
	if (!in_domain(shape, x))
		return NAN;
	if (x == 0.0 || isinf(x))
		return x == 0.0 ? 1.0 : 0.0;
	return x < shape + 1.0 ? 1.0 - p_series(shape, x) : q_fraction(shape, x);
}

/*
 * Expansion of Cornish and Fisher for the gamma quantile where the normal one
 * is z; its next term is in shape^-2.
 */
static double
large_gamma_quantile(double a, double z)
{
	double		root = sqrt(a);
	double		z2 = z * z;

	return a + root * z + (z2 - 1.0) / 3.0 + z * (z2 - 7.0) / (36.0 * root) -
		((3.0 * z2 + 7.0) * z2 - 16.0) / (810.0 * a) +
		z * ((9.0 * z2 + 256.0) * z2 - 433.0) / (38880.0 * a * root);
}

/*
 * Where to begin: Wilson and Hilferty's cube; where that is of no use, the
 * first term of the series of P, whose logarithm is log_p.
 */
static double
rough_gamma_quantile(double a, double z, double log_p)
{
	double		cube = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * sqrt(a));

	if (cube > 0.3)
		return a * cube * cube * cube;
	return exp((log_p + lgamma(a + 1.0)) / a);
}

/*
 * The x at which P (or Q, where upper) is p.  Newton's steps for log P over
 * log x: both log P and log Q are concave there, so that the steps converge
 * from anywhere, after the first from one side.
 */
static double
gamma_quantile(double a, double p, bool upper)
{
	double		z = ietp_normal_quantile(p);
	double		x;
	int			i;

	if (upper)
		z = -z;
	if (a >= LARGE_SHAPE)
		return large_gamma_quantile(a, z);
	x = rough_gamma_quantile(a, z, upper ? log1p(-p) : log(p));
	for (i = 0; i < MAX_STEPS; i++)
	{
		double		at = upper ? ietp_gamma_q(a, x) : ietp_gamma_p(a, x);
		double		slope = a * gamma_term(a, x) / (upper ? at : -at);
		double		step;

		/* far out, where the probability is not even a number */
		if (at == 0.0)
			step = upper ? -0.125 : 0.125;
		else
			step = fmin(fmax(log(at / p) / slope, -1.0), 1.0);
		x *= exp(step);
		if (fabs(step) <= DBL_EPSILON)
			break;
	}
	return x;
}

/*
 * The x at which P(shape, x) is p; NaN unless 0 <= p <= 1.
 */
double
ietp_gamma_p_inverse(double shape, double p)
{
	if (!(shape >= 0.5 && shape <= DBL_MAX && p >= 0.0 && p <= 1.0))
		return NAN;
	if (p == 0.0 || p == 1.0)
		return p == 0.0 ? 0.0 : INFINITY;
	return gamma_quantile(shape, p, false);
}

/*
 * The x at which Q(shape, x) is q; NaN unless 0 <= q <= 1.
 */
double
ietp_gamma_q_inverse(double shape, double q)
{
	if (!(shape >= 0.5 && shape <= DBL_MAX && q >= 0.0 && q <= 1.0))
		return NAN;
	if (q == 0.0 || q == 1.0)
		return q == 0.0 ? INFINITY : 0.0;
	return gamma_quantile(shape, q, true);
}

/*
 * Probability that a chi-square variable of so many degrees of freedom, at
 * least 1, is greater than x.
 */
double
ietp_chi_square_survival(double x, double degrees)
{
	return ietp_gamma_q(0.5 * degrees, 0.5 * x);
}
