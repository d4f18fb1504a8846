/*-------------------------------------------------------------------------
 *
 * ratio.c
 *		How many of how many, with a confidence interval.
 *
 * The state of the aggregates is a fixed-length SQL type: inside of an
 * aggregate it is changed in place, and outside it can be stored and merged.
 *
 * IDENTIFICATION
 *		src/ratio.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/int.h"
#include "libpq/pqformat.h"

#include "core/confidence.h"
#include "ietp_helpline.h"

#define CONFIDENCE 0.95

/* ietp.ratio_state; 0 <= k <= n <= IETP_MAX_COUNT. */
typedef struct RatioState
{
	int64		k;
	int64		n;
} RatioState;

IETP_FUNCTION(ratio_state_in);
IETP_FUNCTION(ratio_state_out);
IETP_FUNCTION(ratio_state_recv);
IETP_FUNCTION(ratio_state_send);
IETP_FUNCTION(ratio_add);
IETP_FUNCTION(ratio_remove);
IETP_FUNCTION(ratio_combine);
IETP_FUNCTION(ratio);
IETP_FUNCTION(wilson_interval);

/*
 * A row (k, n, p, lower, upper) of the composite type ietp.proportion, which
 * the function being called returns.
 */
Datum
ietp_make_proportion(FunctionCallInfo fcinfo, int64 k, int64 n)
{
	Datum		values[5] = {Int64GetDatum(k), Int64GetDatum(n)};
	bool		nulls[5] = {false, false, true, true, true};

	if (n > 0)
	{
		IetpBounds	bounds = ietp_wilson_bounds(k, n, CONFIDENCE);

		values[2] = Float8GetDatum((double) k / (double) n);
		values[3] = Float8GetDatum(bounds.lower);
		values[4] = Float8GetDatum(bounds.upper);
		nulls[2] = nulls[3] = nulls[4] = false;
	}
	return ietp_form_row(fcinfo, values, nulls);
}

/*
 * Fails unless the share of intervals that shall contain the truth is one.
 */
void
ietp_check_confidence(double confidence)
{
	if (!(confidence > 0.0 && confidence < 1.0))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("confidence is out of range"),
				 errhint("A confidence lies between 0 and 1, as 0.95 does.")));
}

/*
 * Fails where a sum of two counts, none above IETP_MAX_COUNT, is above it.
 */
void
ietp_check_count(int64 count)
{
	if (count > IETP_MAX_COUNT)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_STATE_TOO_LARGE),
				 errmsg("a count of the state is out of range")));
}

static bool
is_valid(const RatioState *state)
{
	return state->k >= 0 && state->k <= state->n &&
		state->n <= IETP_MAX_COUNT;
}

/* A whole number in decimal digits, as int64 prints it; false for any other. */
static bool
read_count(const char **next, char end, int64 *count)
{
	const char *s = *next;

	*count = 0;
	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++)
		if (pg_mul_s64_overflow(*count, 10, count) ||
			pg_add_s64_overflow(*count, *s - '0', count))
			return false;
	*next = s + 1;
	return *s == end;
}

/* The text is k/n. */
Datum
ietp_ratio_state_in(PG_FUNCTION_ARGS)
{
	const char *next = PG_GETARG_CSTRING(0);
	RatioState *state = palloc(sizeof(RatioState));

	if (!read_count(&next, '/', &state->k) ||
		!read_count(&next, '\0', &state->n) || !is_valid(state))
		ietp_ereturn(fcinfo->context, (Datum) 0,
					 (errcode(ERRCODE_IETP_MALFORMED_STATE),
					  errmsg("malformed value of type %s", "ratio_state"),
					  errhint("It reads like 3/10: a part, a slash and the whole.")));
	PG_RETURN_POINTER(state);
}

Datum
ietp_ratio_state_out(PG_FUNCTION_ARGS)
{
	RatioState *state = (RatioState *) PG_GETARG_POINTER(0);

	PG_RETURN_CSTRING(psprintf(INT64_FORMAT "/" INT64_FORMAT,
							   state->k, state->n));
}

Datum
ietp_ratio_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	RatioState *state = palloc(sizeof(RatioState));

	state->k = pq_getmsgint64(buf);
	state->n = pq_getmsgint64(buf);
	if (!is_valid(state))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_MALFORMED_STATE),
				 errmsg("malformed value of type %s", "ratio_state")));
	PG_RETURN_POINTER(state);
}

Datum
ietp_ratio_state_send(PG_FUNCTION_ARGS)
{
	RatioState *state = (RatioState *) PG_GETARG_POINTER(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, state->k);
	pq_sendint64(&buf, state->n);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
ietp_ratio_add(PG_FUNCTION_ARGS)
{
	RatioState *state = ietp_own_state(fcinfo, sizeof(RatioState));

	state->n++;
	state->k += PG_GETARG_BOOL(1);
	PG_RETURN_POINTER(state);
}

/* The inverse: takes away a value that was added. */
Datum
ietp_ratio_remove(PG_FUNCTION_ARGS)
{
	RatioState *state = ietp_own_state(fcinfo, sizeof(RatioState));

	state->k -= PG_GETARG_BOOL(1);
	state->n--;
	if (!is_valid(state))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("the value was never added to the state")));
	PG_RETURN_POINTER(state);
}

Datum
ietp_ratio_combine(PG_FUNCTION_ARGS)
{
	RatioState *state = ietp_own_state(fcinfo, sizeof(RatioState));
	RatioState *other = (RatioState *) PG_GETARG_POINTER(1);

	ietp_check_count(state->n + other->n);
	state->n += other->n;
	state->k += other->k;
	PG_RETURN_POINTER(state);
}

Datum
ietp_ratio(PG_FUNCTION_ARGS)
{
	RatioState *state = (RatioState *) PG_GETARG_POINTER(0);

	return ietp_make_proportion(fcinfo, state->k, state->n);
}

/* The interval for k of n; NULLs where n is 0. */
Datum
ietp_wilson_interval(PG_FUNCTION_ARGS)
{
	RatioState	state = {PG_GETARG_INT64(0), PG_GETARG_INT64(1)};
	double		confidence = PG_GETARG_FLOAT8(2);
	Datum		values[2] = {0};
	bool		nulls[2] = {state.n == 0, state.n == 0};

	ietp_check_confidence(confidence);
	if (!is_valid(&state))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("a part is out of range"),
				 errhint("It is not negative and at most the whole.")));
	if (state.n > 0)
	{
		IetpBounds	bounds = ietp_wilson_bounds(state.k, state.n, confidence);

		values[0] = Float8GetDatum(bounds.lower);
		values[1] = Float8GetDatum(bounds.upper);
	}
	return ietp_form_row(fcinfo, values, nulls);
}
