/*-------------------------------------------------------------------------
 *
 * erlang.h
 *		Erlang's formulas of waiting and loss.
 *
 * Traffic is in erlangs: calls per unit of time, times the time that one of
 * them takes.  It lies between 0 and IETP_MAX_TRAFFIC, and the number of
 * agents between 0 and INT32_MAX.  Results have a relative error of at most
 * 1e-12, and none takes longer than a fraction of a second.
 *
 * IDENTIFICATION
 *		src/core/erlang.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_ERLANG_H
#define IETP_CORE_ERLANG_H

#include <stdbool.h>
#include <stdint.h>

#define IETP_MAX_TRAFFIC 1e8

extern double ietp_blocked(double traffic, int32_t agents);
extern double ietp_waiting(double traffic, int32_t agents);
extern double ietp_served_within(double waiting, double traffic,
								 int32_t agents, double handlings);
extern bool ietp_fewest_agents(double traffic, double handlings, double target,
							   double max_occupancy, int32_t *agents);

#endif							/* IETP_CORE_ERLANG_H */
