/*-------------------------------------------------------------------------
 *
 * distribution_test.c
 *		Unit test of the normal and the gamma distribution.
 *
 * The oracles are printed tables, and sums that converge slowly but cannot go
 * wrong: the power series of the normal distribution, and the probabilities
 * of the Poisson distribution one by one, in long double.
 *
 * IDENTIFICATION
 *		test/core/distribution_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "check.h"
#include "distribution.h"

/* Near to the last digit that was printed, or to a relative error. */
#define CHECK_PRINTED(actual, expected, digit) \
	CHECK(fabs((actual) - (expected)) <= 0.5001 * (digit))
#define CHECK_NEAR(actual, expected, error) \
	CHECK(fabsl((actual) - (expected)) <= (error) * fabsl(expected))

/* Phi(z) = 1/2 + phi(z) (z + z^3/3 + z^5/(3 5) + ...), no term negative */
static long double
normal_sum(long double z)
{
	long double term = z;
	long double sum = z;
	int			i;

	for (i = 3; i < 1000; i += 2)
	{
		term *= z * z / i;
		sum += term;
	}
	return sum * expl(-z * z / 2) / 2.50662827463100050241576528481104525L;
}

/*
 * Probabilities of less than k, and of k and more, at this mean: each Poisson
 * probability in units of that of k, by the ratio to its neighbour, and their
 * sum makes 1.
 */
static void
poisson_sums(int k, long double mean, long double *less, long double *more)
{
	long double below = 0;
	long double above = 0;
	long double term = 1;
	int			i;

	for (i = k; i > 0 && (i > mean || term > below * 1e-22L); i--)
	{
		term *= i / mean;
		below += term;
	}
	term = 1;
	for (i = k; i < mean || term > above * 1e-22L; i++)
	{
		above += term;
		term *= mean / (i + 1);
	}
	*less = below / (below + above);
	*more = above / (below + above);
}

/* Fisher and Yates, Statistical Tables; to 16 digits as in many since. */
static void
test_normal_published(void)
{
	CHECK_PRINTED(ietp_normal_quantile(0.9), 1.2815515655446004, 1e-15);
	CHECK_PRINTED(ietp_normal_quantile(0.95), 1.6448536269514722, 1e-15);
	CHECK_PRINTED(ietp_normal_quantile(0.975), 1.959963984540054, 1e-15);
	CHECK_PRINTED(ietp_normal_quantile(0.995), 2.5758293035489004, 1e-15);
	CHECK_PRINTED(ietp_normal_quantile(0.999), 3.090232306167813, 1e-15);
	CHECK_PRINTED(ietp_normal_quantile(0.75), 0.6744897501960817, 1e-16);
	CHECK_PRINTED(ietp_normal_quantile(1e-10), -6.361340902404, 1e-12);
	CHECK_PRINTED(ietp_normal_cdf(1.0), 0.841344746068543, 1e-15);
	CHECK_PRINTED(ietp_normal_cdf(-3.0), 0.00134989803163, 1e-14);
	CHECK(fabs(ietp_normal_quantile(0.5)) < 1e-20);
	CHECK(ietp_normal_quantile(0.0) == -INFINITY);
	CHECK(ietp_normal_quantile(1.0) == INFINITY);
	CHECK(isnan(ietp_normal_quantile(1.5)));
	CHECK(isnan(ietp_normal_quantile(NAN)));
}

static void
test_normal_sums(void)
{
	int			i;

	for (i = -80; i <= 80; i++)
	{
		double		z = i / 16.0;

		CHECK(fabsl(ietp_normal_cdf(z) - (0.5L + normal_sum(z))) <= 2e-16L);
	}
	for (i = 1; i < 1000; i++)
	{
		double		p = i / 1000.0;
		double		z = ietp_normal_quantile(p);

		/* an error of the probability is the density times that of z */
		CHECK(fabsl(normal_sum(z) - ((long double) p - 0.5L)) <=
			  4e-16L * fabs(z) + 1e-20L);
	}
	/* one minus these is exact */
	for (i = 1; i < 32; i++)
		CHECK_NEAR(ietp_normal_quantile(i / 64.0),
				   -ietp_normal_quantile(1 - i / 64.0), 1e-15);
	for (i = 1; i <= 300; i++)
	{
		double		p = pow(10.0, -i);

		CHECK_NEAR(ietp_normal_cdf(ietp_normal_quantile(p)), p, 1e-12);
	}
}

/* Pearson and Hartley, Biometrika Tables, table 8 */
static void
test_chi_square_published(void)
{
	/* the square of the normal quantile, and -2 log p */
	CHECK_NEAR(2 * ietp_gamma_q_inverse(0.5, 0.05), 3.84145882069412596L,
			   2e-15);
	CHECK_NEAR(2 * ietp_gamma_q_inverse(1.0, 0.05), 5.99146454710798199L,
			   4e-16);
	CHECK_PRINTED(2 * ietp_gamma_q_inverse(5.0, 0.05), 18.3070, 1e-4);
	CHECK_PRINTED(2 * ietp_gamma_q_inverse(15.0, 0.01), 50.8922, 1e-4);
	CHECK_PRINTED(2 * ietp_gamma_q_inverse(50.0, 0.995), 67.3276, 1e-4);
	CHECK_PRINTED(2 * ietp_gamma_q_inverse(0.5, 0.995), 0.0000392704, 1e-10);
	CHECK_PRINTED(ietp_chi_square_survival(10.828, 1), 0.001, 1e-6);
	CHECK_PRINTED(2 * ietp_gamma_q_inverse(50.0, 0.05), 124.342, 1e-3);
}

/* Garwood (1936): limits of 95 % for the mean behind a Poisson count. */
static void
test_garwood_published(void)
{
	CHECK_PRINTED(ietp_gamma_q_inverse(1, 0.025), 3.689, 1e-3);
	CHECK_PRINTED(ietp_gamma_p_inverse(1, 0.025), 0.0253, 1e-4);
	CHECK_PRINTED(ietp_gamma_q_inverse(2, 0.025), 5.572, 1e-3);
	CHECK_PRINTED(ietp_gamma_p_inverse(10, 0.025), 4.795, 1e-3);
	CHECK_PRINTED(ietp_gamma_q_inverse(11, 0.025), 18.39, 1e-2);
	CHECK_PRINTED(ietp_gamma_p_inverse(30, 0.025), 20.24, 1e-2);
	CHECK_PRINTED(ietp_gamma_q_inverse(31, 0.025), 42.83, 1e-2);
	CHECK_PRINTED(ietp_gamma_p_inverse(1, 0.5), log(2), 1e-15);
}

/* The smaller of the two is near in relation to itself, the other to 1. */
static void
check_sums(int k, double mean)
{
	long double less;
	long double more;
	long double error;

	poisson_sums(k, mean, &less, &more);
	/* what underflows need not be near to anything */
	error = fminl(less, more) < 1e-290L ? 1 : 1e-17L * k +
		4e-15L * (1 - logl(fminl(less, more)));
	CHECK(fabsl(ietp_gamma_q(k, mean) - less) <=
		  error * (less < more ? less : 1));
	CHECK(fabsl(ietp_gamma_p(k, mean) - more) <=
		  error * (more < less ? more : 1));
}

static void
test_gamma_sums(void)
{
	static const int shapes[] = {1, 2, 3, 7, 15, 16, 17, 40, 99, 1000, 30000};
	size_t		i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
	{
		int			k = shapes[i];
		int			j;

		for (j = -8; j <= 8; j++)
			check_sums(k, fmax(0.01, k + j * sqrt(k)));
		check_sums(k, k + 1);
		check_sums(k, fmax(k / 10.0, k - 30 * sqrt(k)));
	}
}

/* Q(1/2, x) is erfc, and Q(a + 1, x) = Q(a, x) + x^a e^-x / Gamma(a + 1). */
static void
test_half_shapes(void)
{
	int			i;

	for (i = 1; i <= 200; i++)
	{
		long double x = i / 4.0L;
		long double term = expl(-x) / sqrtl(x * 3.141592653589793238463L);
		long double q = erfcl(sqrtl(x));
		long double a;

		for (a = 0.5L; a < 30; a++)
		{
			CHECK(fabsl(ietp_gamma_q(a, x) - q) <=
				  (x < a + 1 ? 1e-15L : 6e-15L * q));
			CHECK(fabsl(ietp_gamma_p(a, x) - (1 - q)) <= 1e-15L);
			CHECK_NEAR(ietp_chi_square_survival(2 * x, 2 * a),
					   ietp_gamma_q(a, x), 0);
			term *= x / a;
			q += term;
		}
	}
}

/* The quantile, put into the sums, gives the probability back. */
static void
test_inverse_sums(void)
{
	static const int shapes[] = {1, 2, 5, 10, 15, 16, 50, 753, 20000,
	999999, 1000000, 3000000};
	static const double tails[] = {0.4995, 0.25, 0.05, 0.025, 0.005, 5e-4,
	1e-9};
	size_t		i;
	size_t		j;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (j = 0; j < sizeof(tails) / sizeof(tails[0]); j++)
		{
			int			k = shapes[i];
			double		p = tails[j];
			double		low = ietp_gamma_p_inverse(k, p);
			double		high = ietp_gamma_q_inverse(k, p);

			long double less;
			long double more;

			/* relative errors of x become up to 8 sqrt(k) times those of p */
			poisson_sums(k, low, &less, &more);
			CHECK_NEAR(more, p, 2e-15 * sqrt(k) + 5e-15);
			poisson_sums(k, high, &less, &more);
			CHECK_NEAR(less, p, 2e-15 * sqrt(k) + 5e-15);
		}
}

static void
test_extremes(void)
{
	int			i;

	CHECK(ietp_gamma_p(3, 0) == 0 && ietp_gamma_q(3, 0) == 1);
	CHECK(ietp_gamma_p(3, INFINITY) == 1 && ietp_gamma_q(3, INFINITY) == 0);
	CHECK(isnan(ietp_gamma_p(0.25, 1)) && isnan(ietp_gamma_p(2e8, 1)));
	CHECK(isnan(ietp_gamma_q(1, -1)) && isnan(ietp_gamma_q(1, NAN)));
	CHECK(ietp_gamma_p_inverse(3, 0) == 0);
	CHECK(ietp_gamma_p_inverse(3, 1) == INFINITY);
	CHECK(ietp_gamma_q_inverse(3, 0) == INFINITY);
	CHECK(ietp_gamma_q_inverse(3, 1) == 0);
	CHECK(isnan(ietp_gamma_p_inverse(3, NAN)));
	CHECK(isnan(ietp_gamma_q_inverse(INFINITY, 0.5)));
	CHECK_NEAR(ietp_gamma_q_inverse(1, 1e-300), 300 * logl(10), 1e-15);
	CHECK_NEAR(ietp_gamma_p_inverse(1, 1e-300), 1e-300L, 1e-13);
	for (i = 1; i < 300; i++)
	{
		double		tail = pow(10, -i);
		double		shape = 0.5 + i * i;

		CHECK_NEAR(ietp_gamma_p(shape, ietp_gamma_p_inverse(shape, tail)),
				   tail, 1e-11);
		CHECK_NEAR(ietp_gamma_q(shape, ietp_gamma_q_inverse(shape, tail)),
				   tail, 1e-11);
	}
	CHECK(ietp_gamma_q(1, 700) > 0 && ietp_gamma_q(1, 800) == 0);
	CHECK(ietp_gamma_q(7.5, 1e300) == 0 && ietp_gamma_p(7.5, 1e300) == 1);
	CHECK(ietp_gamma_q(1e8, 1e300) == 0 && ietp_gamma_p(1e8, 1e-300) == 0);
	for (i = 0; i <= 18; i++)
	{
		double		k = pow(10, i);
		double		low = ietp_gamma_p_inverse(k, 0.025);
		double		high = ietp_gamma_q_inverse(k + 1, 0.025);

		CHECK(low < k && k < high);
		CHECK_NEAR(high - low, 2 * 1.96L * sqrtl(k), i == 0 ? 0.5 : 0.15);
	}
}

int
main(void)
{
	test_normal_published();
	test_normal_sums();
	test_chi_square_published();
	test_garwood_published();
	test_gamma_sums();
	test_half_shapes();
	test_inverse_sums();
	test_extremes();
	return check_done("distribution");
}
