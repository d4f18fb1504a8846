/*-------------------------------------------------------------------------
 *
 * erlang.c
 *		Erlang's formulas of waiting and loss.
 *
 * Everything comes from the recurrence of B (A. K. Erlang, 1917), whose steps
 * forget what they began with: the errors of the first, and where they began
 * at all.  So only the last ones are made, some tens of square roots of the
 * traffic.
 *
 * IDENTIFICATION
 *		src/core/erlang.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "erlang.h"

/*
 * Below the number of agents or the traffic, in square roots of the traffic:
 * beyond, a step's error has shrunk by e^-800 when it arrives.
 */
#define REACH 40.0

/* Smaller probabilities have lost their precision: they count as 0. */
#define TINY 1e-300

/* B with one agent more: the share of calls that find all of them busy. */
static double
next_blocked(double blocked, double traffic, double agents)
{
	blocked *= traffic / (agents + traffic * blocked);
	return blocked < TINY ? 0.0 : blocked;
}

/*
 * Erlang B: the share of calls that are lost where nobody waits.
 */
double
ietp_blocked(double traffic, int32_t agents)
{
	double		start = floor(fmin(traffic, agents) - REACH * sqrt(traffic));
	double		blocked = 1.0;
	double		k = 0.0;

	if (start > 0.0)
	{
		k = start;
		blocked = 1.0 - start / traffic;
	}
	while (k < agents && blocked > 0.0)
	{
		k++;
		blocked = next_blocked(blocked, traffic, k);
	}
	return blocked;
}

static double
waiting_of(double blocked, double traffic, double agents)
{
	double		occupancy = traffic / agents;

	if (agents <= traffic)
		return 1.0;
	return blocked / (1.0 - occupancy + occupancy * blocked);
}

/*
 * Erlang C: the share of calls that have to wait; 1 where there are not more
 * agents than traffic, as the queue then has no end.
 */
double
ietp_waiting(double traffic, int32_t agents)
{
	return waiting_of(ietp_blocked(traffic, agents), traffic, agents);
}

/*
 * The share of calls that wait no longer than a time, given in handling
 * times, where "waiting" is Erlang C.
 */
double
ietp_served_within(double waiting, double traffic, int32_t agents,
				   double handlings)
{
	if (agents <= traffic)
		return 0.0;
	return 1.0 - waiting * exp(-(agents - traffic) * handlings);
}

/*
 * The fewest agents with which the share of calls that wait no longer than a
 * time, given in handling times, reaches the target, and occupancy does not
 * exceed the maximum; false where INT32_MAX are too few.
 */
bool
ietp_fewest_agents(double traffic, double handlings, double target,
				   double max_occupancy, int32_t *agents)
{
	double		least = fmax(floor(traffic) + 1.0,
							 floor(traffic / max_occupancy));
	double		blocked;

	while (traffic / least > max_occupancy)
		least++;
	if (!(least < INT32_MAX))
		return false;
	*agents = (int32_t) least;
	blocked = ietp_blocked(traffic, *agents);
	while (ietp_served_within(waiting_of(blocked, traffic, *agents),
							  traffic, *agents, handlings) < target)
	{
		if (*agents == INT32_MAX)
			return false;
		++*agents;
		blocked = next_blocked(blocked, traffic, *agents);
	}
	return true;
}
