/*-------------------------------------------------------------------------
 *
 * survival.c
 *		The aggregate survival, and what its result can be asked.
 *
 * The result is a stored state: the sample of core/survival.h, sorted.  From
 * intervals it is in microseconds; whatever is told of it is in seconds then,
 * and in the numbers' own unit where numbers were given.
 *
 * IDENTIFICATION
 *		src/survival.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "core/distribution.h"
#include "core/survival.h"
#include "ietp_helpline.h"
#include "state.h"

IETP_FUNCTION(survival_transition);
IETP_FUNCTION(survival_transition_interval);
IETP_FUNCTION(survival_merge_transition);
IETP_FUNCTION(survival_final);
IETP_FUNCTION(survival_median);
IETP_FUNCTION(survival_quantiles);
IETP_FUNCTION(survival_quantile_interval);
IETP_FUNCTION(survival_at);
IETP_FUNCTION(survival_summary);
IETP_FUNCTION(survival_curve);
IETP_FUNCTION(survival_restricted_mean);
IETP_FUNCTION(log_rank);

static bool
check_stored(const StoredState *stored)
{
	return ietp_survival_valid(stored->words, STORED_STATE_WORDS(stored));
}

IETP_STORED_STATE(survival, STATE_SURVIVAL, check_stored);


/* The aggregate */

static Datum
add_row(FunctionCallInfo fcinfo, StateUnit unit)
{
	State	   *state = STATE_ARG(0);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
	{
		double		duration = ietp_duration_arg(fcinfo, 1, unit);
		uint64	   *key;

		if (state == NULL)
			state = ietp_make_state(fcinfo, STATE_SURVIVAL, unit,
									sizeof(uint64));
		key = ietp_add_item(&state, sizeof(uint64));
		*key = ietp_survival_key(duration, PG_GETARG_BOOL(2));
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/*
 * ietp.survival_transition(internal, double precision, boolean)
 */
Datum
ietp_survival_transition(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, UNIT_NONE);
}

Datum
ietp_survival_transition_interval(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, UNIT_MICROSECOND);
}

/* Adds the keys of a sample, each as often as it says. */
static State *
add_sample(State *state, const StoredState *stored)
{
	int64		words = STORED_STATE_WORDS(stored);
	uint64	   *keys;

	state = ietp_grow_state(state, stored->words[0]);
	keys = (uint64 *) state->items + state->count;
	for (int64 i = IETP_SURVIVAL_HEADER; i < words; i++)
	{
		uint64		word = stored->words[i];

		if (word < IETP_SURVIVAL_REPEAT)
			*keys++ = word;
		else
			for (int64 n = word & ~IETP_SURVIVAL_REPEAT; n > 1; n--, keys++)
			{
				*keys = keys[-1];
				if (n % IETP_PAUSE_KEYS == 0)
					CHECK_FOR_INTERRUPTS();
			}
		if (i % IETP_PAUSE_KEYS == 0)
			CHECK_FOR_INTERRUPTS();
	}
	state->count += stored->words[0];
	return state;
}

/*
 * ietp.survival_merge_transition(internal, survival)
 */
Datum
ietp_survival_merge_transition(PG_FUNCTION_ARGS)
{
	State	   *state = STATE_ARG(0);

	if (!PG_ARGISNULL(1))
	{
		const StoredState *stored = STORED_STATE_ARG(1);

		if (state == NULL)
			state = ietp_make_state(fcinfo, STATE_SURVIVAL, stored->unit,
									sizeof(uint64));
		ietp_check_unit(state->unit, stored->unit);
		state = add_sample(state, stored);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/*
 * ietp.survival_final(internal) - the sample
 *
 * Sorting in place leaves the state what it was, and what becomes the result
 * serves as room for it.
 */
Datum
ietp_survival_final(PG_FUNCTION_ARGS)
{
	State	   *state = STATE_ARG(0);
	StoredState *stored;
	uint64	   *keys;
	int64		used;

	if (state == NULL)
		PG_RETURN_NULL();
	keys = (uint64 *) state->items;
	stored = ietp_make_stored(STATE_SURVIVAL, state->unit,
							  state->count + IETP_SURVIVAL_HEADER);
	ietp_sort_keys(keys, stored->words, state->count, ietp_pause);
	used = ietp_survival_pack(keys, state->count, stored->words);
	SET_VARSIZE(stored, offsetof(StoredState, words) + used * sizeof(uint64));
	PG_RETURN_POINTER(stored);
}


/* What is asked of it */

static double
to_unit(const StoredState *stored, double value)
{
	return stored->unit == UNIT_MICROSECOND ? rint(value * USECS_PER_SEC) :
		value;
}

/* A result that NaN says is unknown, as NULL. */
static void
set_float(double value, Datum *datum, bool *isnull)
{
	*isnull = isnan(value);
	*datum = Float8GetDatum(value);
}

/* The normal quantile of a confidence, which is given as a proportion. */
static double
confidence_arg(FunctionCallInfo fcinfo, int argno)
{
	double		confidence = PG_GETARG_FLOAT8(argno);

	if (!(confidence > 0 && confidence < 1))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("confidence is not between 0 and 1")));
	return ietp_normal_quantile(0.5 + confidence / 2);
}

static double
quantile_of(const StoredState *stored, double p)
{
	ietp_check_percentile(p);
	return ietp_from_unit(stored,
						  ietp_survival_quantile(stored->words,
												 STORED_STATE_WORDS(stored), p,
												 ietp_pause));
}

static IetpInterval
quantile_bounds(const StoredState *stored, double p, double z)
{
	IetpInterval bounds;

	bounds = ietp_survival_quantile_bounds(stored->words,
										   STORED_STATE_WORDS(stored), p, z,
										   ietp_pause);
	bounds.lower = ietp_from_unit(stored, bounds.lower);
	bounds.upper = ietp_from_unit(stored, bounds.upper);
	return bounds;
}

/*
 * ietp.survival_median(survival)
 */
Datum
ietp_survival_median(PG_FUNCTION_ARGS)
{
	double		median = quantile_of(STORED_STATE_ARG(0), 0.5);

	if (isnan(median))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(median);
}

/*
 * ietp.survival_quantiles(survival, double precision[])
 */
Datum
ietp_survival_quantiles(PG_FUNCTION_ARGS)
{
	return ietp_quantiles(STORED_STATE_ARG(0), PG_GETARG_ARRAYTYPE_P(1),
						  quantile_of);
}

/*
 * ietp.survival_quantile_interval(survival, p, confidence)
 */
Datum
ietp_survival_quantile_interval(PG_FUNCTION_ARGS)
{
	const StoredState *stored = STORED_STATE_ARG(0);
	double		p = PG_GETARG_FLOAT8(1);
	double		z = confidence_arg(fcinfo, 2);
	IetpInterval bounds;
	Datum		values[3];
	bool		nulls[3];

	set_float(quantile_of(stored, p), &values[0], &nulls[0]);
	bounds = quantile_bounds(stored, p, z);
	set_float(bounds.lower, &values[1], &nulls[1]);
	set_float(bounds.upper, &values[2], &nulls[2]);
	return ietp_form_row(fcinfo, values, nulls);
}

/*
 * ietp.survival_at(survival, double precision)
 */
Datum
ietp_survival_at(PG_FUNCTION_ARGS)
{
	const StoredState *stored = STORED_STATE_ARG(0);
	double		time = PG_GETARG_FLOAT8(1);
	double		survival;

	if (!(time >= 0))
		ietp_refuse_duration();
	survival = ietp_survival_estimate(stored->words,
									  STORED_STATE_WORDS(stored),
									  to_unit(stored, time), ietp_pause);
	if (isnan(survival))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(survival);
}

/*
 * ietp.survival_summary(survival, confidence)
 */
Datum
ietp_survival_summary(PG_FUNCTION_ARGS)
{
	const StoredState *stored = STORED_STATE_ARG(0);
	IetpInterval bounds = quantile_bounds(stored, 0.5,
										  confidence_arg(fcinfo, 1));
	Datum		values[5];
	bool		nulls[5] = {false};

	values[0] = Int64GetDatum(stored->words[0]);
	values[1] = Int64GetDatum(stored->words[1]);
	set_float(quantile_of(stored, 0.5), &values[2], &nulls[2]);
	set_float(bounds.lower, &values[3], &nulls[3]);
	set_float(bounds.upper, &values[4], &nulls[4]);
	return ietp_form_row(fcinfo, values, nulls);
}

/* One row of the curve. */
static void
put_time(ReturnSetInfo *result, const StoredState *stored,
		 const IetpSurvival *curve, double z)
{
	IetpInterval log_log = ietp_survival_log_log(curve, z);
	IetpInterval plain = ietp_survival_plain(curve, z);
	Datum		values[10];
	bool		nulls[10] = {false};

	values[0] = Float8GetDatum(ietp_from_unit(stored, curve->time));
	values[1] = Int64GetDatum(curve->at_risk);
	values[2] = Int64GetDatum(curve->ended);
	values[3] = Int64GetDatum(curve->censored);
	values[4] = Float8GetDatum(curve->survival);
	set_float(ietp_survival_error(curve), &values[5], &nulls[5]);
	set_float(log_log.lower, &values[6], &nulls[6]);
	set_float(log_log.upper, &values[7], &nulls[7]);
	set_float(plain.lower, &values[8], &nulls[8]);
	set_float(plain.upper, &values[9], &nulls[9]);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * ietp.survival_curve(survival, confidence)
 */
Datum
ietp_survival_curve(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const StoredState *stored = STORED_STATE_ARG(0);
	double		z = confidence_arg(fcinfo, 1);
	IetpSurvival curve;

	InitMaterializedSRF(fcinfo, 0);
	ietp_survival_begin(&curve, stored->words, STORED_STATE_WORDS(stored),
						ietp_pause);
	while (ietp_survival_next(&curve))
		put_time(result, stored, &curve, z);
	return (Datum) 0;
}

/*
 * ietp.survival_restricted_mean(survival, horizon)
 */
Datum
ietp_survival_restricted_mean(PG_FUNCTION_ARGS)
{
	const StoredState *stored;
	int64		words;
	double		horizon;
	double		mean;
	double		error;
	Datum		values[2];
	bool		nulls[2];

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	stored = STORED_STATE_ARG(0);
	words = STORED_STATE_WORDS(stored);
	horizon = PG_ARGISNULL(1) ? ietp_survival_last(stored->words, words) :
		to_unit(stored, PG_GETARG_FLOAT8(1));
	if (!PG_ARGISNULL(1) && !(horizon >= 0 && horizon < get_float8_infinity()))
		ietp_refuse_duration();
	mean = ietp_survival_mean(stored->words, words, horizon, &error,
							  ietp_pause);
	set_float(ietp_from_unit(stored, mean), &values[0], &nulls[0]);
	set_float(ietp_from_unit(stored, error), &values[1], &nulls[1]);
	return ietp_form_row(fcinfo, values, nulls);
}

/*
 * ietp.log_rank(survival, survival)
 */
Datum
ietp_log_rank(PG_FUNCTION_ARGS)
{
	const StoredState *a = STORED_STATE_ARG(0);
	const StoredState *b = STORED_STATE_ARG(1);
	IetpLogRank test;
	Datum		values[5];
	bool		nulls[5] = {false};

	ietp_check_unit(a->unit, b->unit);
	test = ietp_log_rank_test(a->words, STORED_STATE_WORDS(a),
							  b->words, STORED_STATE_WORDS(b), ietp_pause);
	values[0] = Float8GetDatum(test.observed);
	values[1] = Float8GetDatum(test.expected);
	values[2] = Float8GetDatum(test.variance);
	set_float(test.chi_square, &values[3], &nulls[3]);
	set_float(test.p_value, &values[4], &nulls[4]);
	return ietp_form_row(fcinfo, values, nulls);
}
