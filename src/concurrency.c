/*-------------------------------------------------------------------------
 *
 * concurrency.c
 *		How many calls go on at once, and how many cases are open.
 *
 * Calls and cases are half-open spans of time: [since, until).  What ends when
 * it begins is going on at no moment; what ends never may be given with NULL
 * or infinity.
 *
 * peak_concurrency keeps the ends of all spans.  backlog has a difference
 * array over the moments that it is asked for, whose size does not depend on
 * the rows: each span adds 1 at the first of the moments that it covers, and
 * takes it away at the first one that comes later.
 *
 * IDENTIFICATION
 *		src/concurrency.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "core/concurrency.h"
#include "ietp_helpline.h"
#include "state.h"

/* One of the moments that backlog is asked for. */
typedef struct Change
{
	int64		at;
	int64		difference;		/* to the number at the moment before */
} Change;

IETP_FUNCTION(concurrency_transition);
IETP_FUNCTION(concurrency_merge_transition);
IETP_FUNCTION(concurrency_final);
IETP_FUNCTION(concurrency_state_final);
IETP_FUNCTION(peak_concurrency);
IETP_FUNCTION(backlog_transition);
IETP_FUNCTION(backlog_final);

static bool
is_moment(uint64 key)
{
	TimestampTz moment = ietp_int_of_key(key);

	return TIMESTAMP_NOT_FINITE(moment) || IS_VALID_TIMESTAMP(moment);
}

static bool
check_stored(const StoredState *stored)
{
	int64		words = STORED_STATE_WORDS(stored);

	if (stored->unit != UNIT_MICROSECOND || words % 2 != 0)
		return false;
	for (int64 i = 0; i < words; i += 2)
		if (stored->words[i] >= stored->words[i + 1] ||
			!is_moment(stored->words[i]) || !is_moment(stored->words[i + 1]))
			return false;
	return true;
}

IETP_STORED_STATE(concurrency_state, STATE_CONCURRENCY, check_stored);

/*
 * The span of a row, in its second and third argument; "until" is infinity for
 * NULL.
 */
static void
read_span(FunctionCallInfo fcinfo, TimestampTz *since, TimestampTz *until)
{
	*since = PG_GETARG_TIMESTAMPTZ(1);
	*until = PG_ARGISNULL(2) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(2);
	if (*until < *since)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("end is before the beginning"),
				 errhint("Leave such rows out, for example with FILTER.")));
}

/* A state as the result of a transition: NULL while there is none. */
static Datum
state_result(FunctionCallInfo fcinfo, State *state)
{
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}


/* How many at once */

/*
 * ietp.concurrency_transition(internal, timestamptz, timestamptz)
 */
Datum
ietp_concurrency_transition(PG_FUNCTION_ARGS)
{
	State	   *state = STATE_ARG(0);
	TimestampTz since;
	TimestampTz until;
	IetpSpan   *span;

	if (PG_ARGISNULL(1))
		return state_result(fcinfo, state);
	read_span(fcinfo, &since, &until);
	if (state == NULL)
		state = ietp_make_state(fcinfo, STATE_CONCURRENCY, UNIT_MICROSECOND,
								sizeof(IetpSpan));
	if (since < until)
	{
		span = ietp_add_item(&state, sizeof(IetpSpan));
		span->since = ietp_key_of_int(since);
		span->until = ietp_key_of_int(until);
	}
	PG_RETURN_POINTER(state);
}

/*
 * ietp.concurrency_merge_transition(internal, concurrency_state)
 */
Datum
ietp_concurrency_merge_transition(PG_FUNCTION_ARGS)
{
	State	   *state = STATE_ARG(0);

	if (!PG_ARGISNULL(1))
		state = ietp_add_stored(fcinfo, state, STORED_STATE_ARG(1),
								sizeof(IetpSpan));
	return state_result(fcinfo, state);
}

static Datum
make_result(FunctionCallInfo fcinfo, const IetpConcurrency *result)
{
	Datum		values[4];
	bool		nulls[4] = {false};

	values[0] = Int64GetDatum(result->peak);
	values[1] = TimestampTzGetDatum(ietp_int_of_key(result->at));
	nulls[1] = result->peak == 0;
	values[2] = TimestampTzGetDatum(ietp_int_of_key(result->until));
	nulls[2] = result->until == IETP_NEVER;
	/* With days, as where moments are subtracted. */
	values[3] = ietp_form_interval(result->busy / USECS_PER_DAY,
								   result->busy % USECS_PER_DAY);
	return ietp_form_row(fcinfo, values, nulls);
}

static Datum
measure(FunctionCallInfo fcinfo, const IetpSpan *spans, int64 count)
{
	IetpConcurrency result;
	uint64	   *scratch = MemoryContextAllocHuge(CurrentMemoryContext,
												 (3 * count + 1) *
												 sizeof(uint64));

	ietp_measure_concurrency(spans, count, scratch, &result, ietp_pause);
	pfree(scratch);
	return make_result(fcinfo, &result);
}

/*
 * ietp.concurrency_final(internal)
 */
Datum
ietp_concurrency_final(PG_FUNCTION_ARGS)
{
	const State *state = STATE_ARG(0);

	if (state == NULL)
		return measure(fcinfo, NULL, 0);
	return measure(fcinfo, (const IetpSpan *) state->items, state->count);
}

/*
 * ietp.concurrency_state_final(internal) - all the spans, stored
 */
Datum
ietp_concurrency_state_final(PG_FUNCTION_ARGS)
{
	const State *state = STATE_ARG(0);

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(ietp_store_state(state));
}

/*
 * ietp.peak_concurrency(concurrency_state)
 */
Datum
ietp_peak_concurrency(PG_FUNCTION_ARGS)
{
	const StoredState *stored = STORED_STATE_ARG(0);

	return measure(fcinfo, (const IetpSpan *) stored->words,
				   STORED_STATE_WORDS(stored) / 2);
}


/* How many at certain moments */

/* Of moments, and of changes, which begin with one. */
static int
compare_moments(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

/* The moments that backlog is asked for, as they were given; how many? */
static int
read_moments(const State *state, Datum **values, bool **nulls)
{
	int			count;

	deconstruct_array((ArrayType *) state->argument, TIMESTAMPTZOID,
					  sizeof(TimestampTz), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  values, nulls, &count);
	return count;
}

/*
 * Makes the state an empty difference array over the moments of its argument,
 * each but once and ascending.
 */
static State *
begin_backlog(State *state)
{
	Datum	   *values;
	bool	   *nulls;
	int			length = read_moments(state, &values, &nulls);
	int64	   *moments = palloc((length + 1) * sizeof(int64));
	int64		count = 0;

	for (int i = 0; i < length; i++)
		if (!nulls[i])
			moments[count++] = DatumGetTimestampTz(values[i]);
	qsort(moments, count, sizeof(int64), compare_moments);
	state = ietp_grow_state(state, count);
	for (int64 i = 0; i < count; i++)
	{
		Change	   *change = (Change *) state->items + state->count;

		if (i > 0 && moments[i] == moments[i - 1])
			continue;
		change->at = moments[i];
		change->difference = 0;
		state->count++;
	}
	return state;
}

/* The first of the moments that is not before this one. */
static int64
find_moment(const State *state, TimestampTz moment)
{
	const Change *changes = (const Change *) state->items;
	int64		low = 0;
	int64		high = state->count;

	while (low < high)
	{
		int64		middle = (low + high) / 2;

		if (changes[middle].at < moment)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
add_difference(State *state, TimestampTz moment, int64 difference)
{
	int64		place = find_moment(state, moment);

	if (place < state->count)
		((Change *) state->items)[place].difference += difference;
}

/*
 * ietp.backlog_transition(internal, timestamptz, timestamptz, timestamptz[])
 */
Datum
ietp_backlog_transition(PG_FUNCTION_ARGS)
{
	State	   *state = STATE_ARG(0);
	TimestampTz opened;
	TimestampTz closed;

	if (PG_ARGISNULL(1))
		return state_result(fcinfo, state);
	read_span(fcinfo, &opened, &closed);
	if (state == NULL)
	{
		state = ietp_make_state(fcinfo, STATE_BACKLOG, UNIT_MICROSECOND,
								sizeof(Change));
		ietp_keep_argument(fcinfo, state, 3);
		state = begin_backlog(state);
	}
	else
		ietp_keep_argument(fcinfo, state, 3);
	add_difference(state, opened, 1);
	if (closed != DT_NOEND)
		add_difference(state, closed, -1);
	PG_RETURN_POINTER(state);
}

/*
 * A difference array that has all the differences of the state, whose items
 * are those of one or, after a parallel query, of several, one behind the
 * other; and the sums up to each moment in place of the differences.
 */
static int64
sum_up(const State *state, Change *sums)
{
	const Change *changes = (const Change *) state->items;
	int64		moments = Min(state->count, 1);

	while (moments < state->count &&
		   changes[moments].at > changes[moments - 1].at)
		moments++;
	memcpy(sums, changes, moments * sizeof(Change));
	for (int64 i = moments; i < state->count; i++)
		sums[i % moments].difference += changes[i].difference;
	for (int64 i = 1; i < moments; i++)
		sums[i].difference += sums[i - 1].difference;
	return moments;
}

/*
 * ietp.backlog_final(internal)
 */
Datum
ietp_backlog_final(PG_FUNCTION_ARGS)
{
	const State *state = STATE_ARG(0);
	ArrayType  *array;
	Datum	   *values;
	bool	   *nulls;
	int			length;
	Change	   *sums;
	int64		count;

	if (state == NULL)
		PG_RETURN_NULL();
	sums = palloc((state->count + 1) * sizeof(Change));
	count = sum_up(state, sums);
	array = (ArrayType *) state->argument;
	length = read_moments(state, &values, &nulls);
	for (int i = 0; i < length; i++)
	{
		int64		moment = DatumGetTimestampTz(values[i]);
		const Change *sum = bsearch(&moment, sums, count, sizeof(Change),
									compare_moments);

		if (nulls[i])
			continue;
		values[i] = Int64GetDatum(sum->difference);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, ARR_NDIM(array),
											 ARR_DIMS(array),
											 ARR_LBOUND(array), INT8OID,
											 sizeof(int64), FLOAT8PASSBYVAL,
											 TYPALIGN_DOUBLE));
}
