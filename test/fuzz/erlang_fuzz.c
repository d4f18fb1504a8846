/*-------------------------------------------------------------------------
 *
 * erlang_fuzz.c
 *		Fuzzer of Erlang's formulas.
 *
 * The input is traffic, agents, handling times, target and occupancy, any
 * bits at all within their ranges.  Shares lie between 0 and 1, one agent more
 * makes none of them worse, and the fewest agents for a target are so.
 *
 * IDENTIFICATION
 *		test/fuzz/erlang_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "erlang.h"

/* What the input holds. */
typedef struct Question
{
	double		traffic;
	double		handlings;
	double		target;
	double		max_occupancy;
	int32_t		agents;
} Question;

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static void
check_shares(const Question *question)
{
	double		blocked = ietp_blocked(question->traffic, question->agents);
	double		waiting = ietp_waiting(question->traffic, question->agents);
	double		served = ietp_served_within(waiting, question->traffic,
											question->agents,
											question->handlings);

	require(blocked >= 0 && blocked <= waiting * (1 + 1e-12) && waiting <= 1);
	require(served >= 0 && served <= 1);
	if (question->agents == INT32_MAX)
		return;
	require(ietp_blocked(question->traffic, question->agents + 1) <=
			blocked * (1 + 1e-12));
	require(ietp_waiting(question->traffic, question->agents + 1) <=
			waiting * (1 + 1e-12));
}

static bool
suffices(const Question *question, int32_t agents)
{
	double		waiting = ietp_waiting(question->traffic, agents);

	return agents > question->traffic &&
		question->traffic / agents <= question->max_occupancy &&
		ietp_served_within(waiting, question->traffic, agents,
						   question->handlings) >= question->target;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Question	question;
	int32_t		agents;

	if (size < sizeof(question))
		return 0;
	memcpy(&question, data, sizeof(question));
	if (!(question.traffic >= 0 && question.traffic <= IETP_MAX_TRAFFIC) ||
		!(question.handlings >= 0 && question.handlings <= 1e30) ||
		!(question.target >= 0 && question.target <= 0.999999) ||
		!(question.max_occupancy > 1e-6 && question.max_occupancy <= 1) ||
		question.agents < 0)
		return 0;
	check_shares(&question);
	if (ietp_fewest_agents(question.traffic, question.handlings,
						   question.target, question.max_occupancy, &agents))
		/* the last step and a fresh start may differ in the last digit */
		require(suffices(&question, agents) ||
				suffices(&question, agents + 1));
	return 0;
}
