/*-------------------------------------------------------------------------
 *
 * erlang_test.c
 *		Unit test of Erlang's formulas.
 *
 * The oracle is their definition, a ratio of sums without any recurrence:
 * 1/B is the sum of n!/(n - j)! / traffic^j, and 1/C is 1 + (n - traffic)/n
 * times the same without its first term.  Besides, a worked example and a
 * printed table.
 *
 * IDENTIFICATION
 *		test/core/erlang_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "check.h"
#include "erlang.h"

#define CHECK_NEAR(actual, expected, error) \
	CHECK(fabsl((actual) - (expected)) <= (error) * fabsl(expected))

/* 1/B - 1; infinite where B is no number of double precision. */
static long double
sum_of_others(long double traffic, int32_t agents)
{
	long double term = 1;
	long double sum = 0;
	int32_t		j;

	for (j = 0; j < agents && sum < 1e300L; j++)
	{
		term *= (agents - j) / traffic;
		sum += term;
		if (term < sum * 1e-22L && agents - j < traffic)
			break;
	}
	return sum;
}

static void
check_sums(double traffic, int32_t agents)
{
	long double others = sum_of_others(traffic, agents);
	long double spare = (agents - (long double) traffic) / agents;

	if (others < 1e290L)
		CHECK_NEAR(ietp_blocked(traffic, agents), 1 / (1 + others), 1e-12L);
	else
		CHECK(ietp_blocked(traffic, agents) <= 1e-289);
	if (agents <= traffic)
		CHECK(ietp_waiting(traffic, agents) == 1);
	else if (others < 1e290L)
		CHECK_NEAR(ietp_waiting(traffic, agents), 1 / (1 + spare * others),
				   1e-12L);
}

static void
test_sums(void)
{
	static const double traffics[] = {0.001, 0.5, 1, 3.7, 48, 99.99, 1000.5,
	4321, 1e5, 1e6, 1e7 / 3};
	size_t		i;
	int			j;

	for (i = 0; i < sizeof(traffics) / sizeof(traffics[0]); i++)
	{
		double		traffic = traffics[i];

		for (j = -60; j <= 60; j++)
		{
			double		agents = traffic + j * sqrt(traffic) / 4 + j / 30;

			if (agents >= 1)
				check_sums(traffic, (int32_t) agents);
		}
		check_sums(traffic, 1);
		check_sums(traffic, 1 + (int32_t) (traffic / 3));
		check_sums(traffic, 2 + (int32_t) (traffic * 2));
	}
}

/* Where the recurrence does not begin at its beginning. */
static void
test_start(void)
{
	int32_t		agents;

	for (agents = 2000; agents <= 9000; agents += 7)
	{
		double		blocked = 1;
		int			k;

		for (k = 1; k <= agents; k++)
			blocked = 5000 * blocked / (k + 5000 * blocked);
		if (blocked > 1e-290)
			CHECK_NEAR(ietp_blocked(5000, agents), blocked, 1e-12L);
	}
}

/* 360 calls in half an hour of 240 s each, 55 agents, 15 s. */
static void
test_example(void)
{
	double		waiting = ietp_waiting(48, 55);

	CHECK(waiting == 0.23870093637800915);
	CHECK(waiting * 240 / (55 - 48) == 8.184032104388885);
	CHECK(ietp_served_within(waiting, 48, 55, 15.0 / 240) ==
		  0.8458830921705804);
}

/* Traffic of which 1 % is lost, as tables of Erlang B print it. */
static void
test_table(void)
{
	static const struct
	{
		int32_t		agents;
		double		traffic;
		double		digit;
	}			table[] = {
		{1, 0.0101, 1e-4}, {2, 0.153, 1e-3}, {5, 1.36, 1e-2},
		{10, 4.46, 1e-2}, {20, 12.0, 1e-1}, {50, 37.9, 1e-1},
		{100, 84.1, 1e-1}
	};
	size_t		i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
	{
		double		half = 0.5 * table[i].digit;

		CHECK(ietp_blocked(table[i].traffic - half, table[i].agents) < 0.01);
		CHECK(ietp_blocked(table[i].traffic + half, table[i].agents) > 0.01);
	}
}

static void
test_edges(void)
{
	CHECK(ietp_blocked(0, 0) == 1 && ietp_blocked(0, 1) == 0);
	CHECK(ietp_blocked(5, 0) == 1 && ietp_waiting(5, 0) == 1);
	CHECK(ietp_waiting(0, 1) == 0 && ietp_waiting(7, 7) == 1);
	CHECK(ietp_served_within(1, 7, 7, 100) == 0);
	CHECK(ietp_blocked(1, INT32_MAX) == 0);
	CHECK(ietp_blocked(1e8, INT32_MAX) == 0);
	CHECK_NEAR(ietp_blocked(1e8, 100), 1 - 1e-6L, 1e-12L);
}

/* One agent fewer does not reach the target, and so many do. */
static void
check_fewest(double traffic, double handlings, double target, double most)
{
	int32_t		agents = -1;
	int			fewer;

	CHECK(ietp_fewest_agents(traffic, handlings, target, most, &agents));
	for (fewer = 0; fewer <= 1; fewer++)
	{
		int32_t		n = agents - fewer;
		bool		reached = n > traffic && traffic / n <= most &&
		ietp_served_within(ietp_waiting(traffic, n), traffic, n,
						   handlings) >= target;

		CHECK(reached == !fewer);
	}
}

static void
test_fewest(void)
{
	int32_t		agents;
	int			i;

	check_fewest(48, 15.0 / 240, 0.8, 1);
	for (i = 1; i < 2000; i++)
	{
		check_fewest(i / 7.0, 0.1, 0.8, 1);
		check_fewest(i * 3.0, 0, 0.999, 0.95);
		check_fewest(i, 5, 0, i / 2000.0);
	}
	check_fewest(123456.7, 0.01, 0.999999, 1);
	check_fewest(1e8, 0, 0.999999, 1);
	CHECK(ietp_fewest_agents(0, 0, 0.5, 1, &agents) && agents == 1);
	CHECK(!ietp_fewest_agents(1e8, 0, 0.5, 0.01, &agents));
}

int
main(void)
{
	test_sums();
	test_start();
	test_example();
	test_table();
	test_edges();
	test_fewest();
	return check_done("erlang");
}
