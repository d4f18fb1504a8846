/*-------------------------------------------------------------------------
 *
 * staffing.c
 *		How many agents it takes, after Erlang.
 *
 * IDENTIFICATION
 *		src/staffing.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>


#include "core/erlang.h"
#include "duration.h"
#include "ietp_helpline.h"

/* What calls make of a period, in seconds or the unit of the numbers. */
typedef struct Load
{
	double		traffic;		/* erlangs */
	double		handling_time;
	double		threshold;
} Load;

IETP_FUNCTION(erlang_b);
IETP_FUNCTION(erlang_c);
IETP_FUNCTION(staffing);
IETP_FUNCTION(staffing_interval);
IETP_FUNCTION(agents_for);
IETP_FUNCTION(agents_for_interval);

/* Fails unless low <= value <= high, which NaN is not. */
static void
check_range(double value, double low, double high, const char *name)
{
	if (!(value >= low && value <= high))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("\"%s\" is out of range", name),
				 errhint("It lies between %g and %g.", low, high)));
}

static int32
get_agents(FunctionCallInfo fcinfo, int argument)
{
	int32		agents = PG_GETARG_INT32(argument);

	check_range(agents, 0, PG_INT32_MAX, "agents");
	return agents;
}

static double
get_traffic(FunctionCallInfo fcinfo)
{
	double		traffic = PG_GETARG_FLOAT8(0);

	check_range(traffic, 0, IETP_MAX_TRAFFIC, "traffic");
	return traffic;
}

Datum
ietp_erlang_b(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(ietp_blocked(get_traffic(fcinfo),
								  get_agents(fcinfo, 1)));
}

Datum
ietp_erlang_c(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(ietp_waiting(get_traffic(fcinfo),
								  get_agents(fcinfo, 1)));
}

/* A length of time: a number, or an interval in seconds. */
static double
get_time(FunctionCallInfo fcinfo, int argument, bool is_interval,
		 double least, const char *name)
{
	double		time;
	int64		microseconds;

	if (!is_interval)
		time = PG_GETARG_FLOAT8(argument);
	else if (ietp_interval_microseconds(PG_GETARG_INTERVAL_P(argument),
										&microseconds))
		time = (double) microseconds / USECS_PER_SEC;
	else
		time = INFINITY;
	check_range(time, least, 1e15, name);
	return time;
}

/* Arguments: calls, period, handling time, and the threshold at its place. */
static Load
get_load(FunctionCallInfo fcinfo, bool is_interval, int threshold)
{
	double		calls = PG_GETARG_FLOAT8(0);
	double		period = get_time(fcinfo, 1, is_interval, 1e-6, "period");
	Load		load;

	check_range(calls, 0, 1e15, "calls");
	load.handling_time = get_time(fcinfo, 2, is_interval, 1e-6,
								  "handling_time");
	load.threshold = get_time(fcinfo, threshold, is_interval, 0, "threshold");
	load.traffic = calls * load.handling_time / period;
	check_range(load.traffic, 0, IETP_MAX_TRAFFIC, "traffic");
	return load;
}

/* A row of ietp.staffing_figures. */
static Datum
staffing(FunctionCallInfo fcinfo, bool is_interval)
{
	Load		load = get_load(fcinfo, is_interval, 4);
	int32		agents = get_agents(fcinfo, 3);
	double		waiting = ietp_waiting(load.traffic, agents);
	bool		stable = agents > load.traffic;
	Datum		values[5];
	bool		nulls[5] = {0};

	values[0] = Float8GetDatum(load.traffic);
	values[1] = Float8GetDatum(stable ? load.traffic / agents : 1.0);
	values[2] = Float8GetDatum(waiting);
	values[3] = Float8GetDatum(stable ? waiting * load.handling_time /
							   (agents - load.traffic) : INFINITY);
	values[4] = Float8GetDatum(ietp_served_within(waiting, load.traffic,
												  agents, load.threshold /
												  load.handling_time));
	return ietp_form_row(fcinfo, values, nulls);
}

Datum
ietp_staffing(PG_FUNCTION_ARGS)
{
	return staffing(fcinfo, false);
}

Datum
ietp_staffing_interval(PG_FUNCTION_ARGS)
{
	return staffing(fcinfo, true);
}

static Datum
agents_for(FunctionCallInfo fcinfo, bool is_interval)
{
	Load		load = get_load(fcinfo, is_interval, 3);
	double		target = PG_GETARG_FLOAT8(4);
	double		max_occupancy = PG_GETARG_FLOAT8(5);
	int32		agents;

	check_range(target, 0, 0.999999, "target");
	check_range(max_occupancy, 1e-6, 1, "max_occupancy");
	if (!ietp_fewest_agents(load.traffic, load.threshold / load.handling_time,
							target, max_occupancy, &agents))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("the number of agents is out of range")));
	PG_RETURN_INT32(agents);
}

Datum
ietp_agents_for(PG_FUNCTION_ARGS)
{
	return agents_for(fcinfo, false);
}

Datum
ietp_agents_for_interval(PG_FUNCTION_ARGS)
{
	return agents_for(fcinfo, true);
}
