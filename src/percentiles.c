/*-------------------------------------------------------------------------
 *
 * percentiles.c
 *		Exact percentiles as an ordinary aggregate.
 *
 * They are those of percentile_cont, to the bit.  Numbers are kept as keys
 * (core/order.h), of which selecting moves none, so that a state can be asked
 * and then go on growing.  Intervals are kept as two words, the months and
 * days and the time, since equal ones may be written differently and the
 * result is one of them.
 *
 * IDENTIFICATION
 *		src/percentiles.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int128.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "core/order.h"
#include "ietp_helpline.h"
#include "state.h"

/* An interval as it is kept. */
typedef struct Span
{
	int64		time;			/* microseconds */
	int64		days;			/* months * 2^32 + days, each with its sign */
} Span;

/* A wanted percentile: between which two of the sorted values it lies. */
typedef struct Percentile
{
	bool		isnull;
	int64		lower;			/* ranks from 0 on */
	int64		upper;
	double		proportion;		/* of the way between them */
} Percentile;

/* All of them, and the ranks they need, ascending and each but once. */
typedef struct Wanted
{
	ArrayType  *array;			/* as they were given */
	Percentile *percentiles;
	int			count;
	int64	   *ranks;
	int			nranks;
} Wanted;

IETP_FUNCTION(percentiles_transition);
IETP_FUNCTION(percentiles_transition_interval);
IETP_FUNCTION(percentiles_state_transition);
IETP_FUNCTION(percentiles_state_transition_interval);
IETP_FUNCTION(percentiles_final);
IETP_FUNCTION(percentiles_final_interval);
IETP_FUNCTION(percentiles_state_final);
IETP_FUNCTION(percentiles_merge_transition);
IETP_FUNCTION(percentiles);
IETP_FUNCTION(interval_percentiles);

static bool
check_stored(const StoredState *stored)
{
	int64		words = STORED_STATE_WORDS(stored);

	if (stored->unit != UNIT_NONE)
		return words % 2 == 0;
	/* Of the keys of NaN there is but one. */
	for (int64 i = 0; i < words; i++)
		if (ietp_key_of_double(ietp_double_of_key(stored->words[i])) !=
			stored->words[i])
			return false;
	return true;
}

IETP_STORED_STATE(percentiles_state, STATE_PERCENTILES, check_stored);


/* Rows */

static Size
item_size(StateUnit unit)
{
	return unit == UNIT_NONE ? sizeof(uint64) : sizeof(Span);
}

static void
add_value(FunctionCallInfo fcinfo, State **state, StateUnit unit)
{
	if (unit == UNIT_NONE)
	{
		uint64	   *key = ietp_add_item(state, sizeof(uint64));

		*key = ietp_key_of_double(PG_GETARG_FLOAT8(1));
	}
	else
	{
		const Interval *value = PG_GETARG_INTERVAL_P(1);
		Span	   *span = ietp_add_item(state, sizeof(Span));

		span->time = value->time;
		span->days = (int64) ((uint64) (uint32) value->month << 32 |
							  (uint32) value->day);
	}
}

/*
 * One row.  A second argument is the percentiles: they are kept, so that the
 * final function, which sees the last row at best, need not ask for them.
 */
static Datum
add_row(FunctionCallInfo fcinfo, StateUnit unit, bool has_argument)
{
	State	   *state = STATE_ARG(0);

	if (PG_ARGISNULL(1))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
		state = ietp_make_state(fcinfo, STATE_PERCENTILES, unit,
								item_size(unit));
	if (has_argument)
		ietp_keep_argument(fcinfo, state, 2);
	add_value(fcinfo, &state, unit);
	PG_RETURN_POINTER(state);
}

/*
 * ietp.percentiles_transition(internal, double precision, double precision[])
 */
Datum
ietp_percentiles_transition(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, UNIT_NONE, true);
}

Datum
ietp_percentiles_transition_interval(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, UNIT_MICROSECOND, true);
}

Datum
ietp_percentiles_state_transition(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, UNIT_NONE, false);
}

Datum
ietp_percentiles_state_transition_interval(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, UNIT_MICROSECOND, false);
}


/* What is wanted */

static int
compare_ranks(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

/* Sorts the ranks and drops what is there twice. */
static void
sort_ranks(Wanted *wanted)
{
	int			kept = 0;

	qsort(wanted->ranks, wanted->nranks, sizeof(int64), compare_ranks);
	for (int i = 0; i < wanted->nranks; i++)
		if (kept == 0 || wanted->ranks[i] != wanted->ranks[kept - 1])
			wanted->ranks[kept++] = wanted->ranks[i];
	wanted->nranks = kept;
}

/* Where percentile_cont has the percentile "p" among "count" values. */
static void
locate(Percentile *percentile, double p, int64 count)
{
	double		place = p * (count - 1);

	ietp_check_percentile(p);
	percentile->lower = (int64) floor(place);
	percentile->upper = (int64) ceil(place);
	percentile->proportion = place - floor(place);
}

/* What an array of percentiles asks for of "count" values. */
static void
read_wanted(Wanted *wanted, ArrayType *array, int64 count)
{
	Datum	   *values;
	bool	   *nulls;

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &values, &nulls, &wanted->count);
	wanted->array = array;
	wanted->percentiles = palloc0((wanted->count + 1) * sizeof(Percentile));
	wanted->ranks = palloc((2 * wanted->count + 1) * sizeof(int64));
	wanted->nranks = 0;
	for (int i = 0; i < wanted->count; i++)
	{
		Percentile *percentile = &wanted->percentiles[i];

		percentile->isnull = nulls[i];
		if (nulls[i])
			continue;
		locate(percentile, DatumGetFloat8(values[i]), count);
		wanted->ranks[wanted->nranks++] = percentile->lower;
		wanted->ranks[wanted->nranks++] = percentile->upper;
	}
	sort_ranks(wanted);
}

/* Which of the wanted ranks, in order, is this one? */
static int
index_of_rank(const Wanted *wanted, int64 rank)
{
	const int64 *found = bsearch(&rank, wanted->ranks, wanted->nranks,
								 sizeof(int64), compare_ranks);

	return (int) (found - wanted->ranks);
}

/*
 * The percentiles from the values at the wanted ranks, by percentile_cont's
 * way between two of them, as an array of the shape that was asked for.
 */
static Datum
make_result(const Wanted *wanted, const Datum *selected, Oid type,
			Datum (*between) (Datum lower, Datum upper, double proportion))
{
	Datum	   *values = palloc0((wanted->count + 1) * sizeof(Datum));
	bool	   *nulls = palloc0((wanted->count + 1) * sizeof(bool));
	int16		length;
	bool		by_value;
	char		alignment;

	get_typlenbyvalalign(type, &length, &by_value, &alignment);
	if (wanted->count == 0)
		return PointerGetDatum(construct_empty_array(type));
	for (int i = 0; i < wanted->count; i++)
	{
		const Percentile *percentile = &wanted->percentiles[i];

		nulls[i] = percentile->isnull;
		if (nulls[i])
			continue;
		values[i] = selected[index_of_rank(wanted, percentile->lower)];
		if (percentile->upper != percentile->lower)
			values[i] = between(values[i],
								selected[index_of_rank(wanted,
													   percentile->upper)],
								percentile->proportion);
	}
	return PointerGetDatum(construct_md_array(values, nulls,
											  ARR_NDIM(wanted->array),
											  ARR_DIMS(wanted->array),
											  ARR_LBOUND(wanted->array),
											  type, length, by_value,
											  alignment));
}


/* Numbers */

static Datum
between_numbers(Datum lower, Datum upper, double proportion)
{
	double		from = DatumGetFloat8(lower);

	return Float8GetDatum(from +
						  (proportion * (DatumGetFloat8(upper) - from)));
}

static Datum
number_percentiles(const uint64 *keys, int64 count, ArrayType *array)
{
	Wanted		wanted;
	uint64	   *selected;
	uint64	   *scratch;
	Datum	   *values;

	read_wanted(&wanted, array, count);
	selected = palloc((wanted.nranks + 1) * sizeof(uint64));
	values = palloc((wanted.nranks + 1) * sizeof(Datum));
	scratch = MemoryContextAllocHuge(CurrentMemoryContext,
									 (ietp_select_scratch(count) + 1) *
									 sizeof(uint64));
	ietp_select_keys(keys, count, wanted.ranks, wanted.nranks, selected,
					 scratch, ietp_pause);
	pfree(scratch);
	for (int i = 0; i < wanted.nranks; i++)
		values[i] = Float8GetDatum(ietp_double_of_key(selected[i]));
	return make_result(&wanted, values, FLOAT8OID, between_numbers);
}


/* Intervals */

static Interval *
interval_of_span(const Span *span)
{
	Interval   *value = palloc(sizeof(Interval));

	value->time = span->time;
	value->day = (int32) (uint32) (span->days & 0xFFFFFFFF);
	value->month = (int32) (uint32) ((uint64) span->days >> 32);
	return value;
}

/* The length, in microseconds, by which intervals are compared. */
static INT128
span_length(const Span *span)
{
	int64		days = (int64) (int32) (uint32) ((uint64) span->days >> 32) *
	DAYS_PER_MONTH + (int32) (uint32) (span->days & 0xFFFFFFFF);
	INT128		length = int64_to_int128(span->time);

	int128_add_int64_mul_int64(&length, days, USECS_PER_DAY);
	return length;
}

/* Months and days as one number, so that those with fewer come first. */
static int64
days_order(const Span *span)
{
	return span->days ^ INT64CONST(0x80000000);
}

/*
 * By length, then by how it is written, so that the order of the rows makes no
 * difference.
 */
static int
compare_spans(const Span *a, const Span *b)
{
	int			result = int128_compare(span_length(a), span_length(b));

	if (result == 0)
		result = (days_order(a) > days_order(b)) -
			(days_order(a) < days_order(b));
	return result;
}

#define ST_SORT sort_spans
#define ST_ELEMENT_TYPE Span
#define ST_COMPARE(a, b) compare_spans(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

static Datum
between_intervals(Datum lower, Datum upper, double proportion)
{
	Datum		way = DirectFunctionCall2(interval_mi, upper, lower);

	way = DirectFunctionCall2(interval_mul, way, Float8GetDatum(proportion));
	return DirectFunctionCall2(interval_pl, way, lower);
}

static Datum
interval_percentiles(Span *spans, int64 count, ArrayType *array)
{
	Wanted		wanted;
	Datum	   *values;

	read_wanted(&wanted, array, count);
	values = palloc((wanted.nranks + 1) * sizeof(Datum));
	sort_spans(spans, count);
	for (int i = 0; i < wanted.nranks; i++)
		values[i] =
			IntervalPGetDatum(interval_of_span(&spans[wanted.ranks[i]]));
	return make_result(&wanted, values, INTERVALOID, between_intervals);
}


/* Results */

/*
 * ietp.percentiles_final(internal)
 */
Datum
ietp_percentiles_final(PG_FUNCTION_ARGS)
{
	const State *state = STATE_ARG(0);

	if (state == NULL)
		PG_RETURN_NULL();
	return number_percentiles((const uint64 *) state->items, state->count,
							  (ArrayType *) state->argument);
}

/*
 * Sorting in place leaves the state, which is a multiset, what it was.
 */
Datum
ietp_percentiles_final_interval(PG_FUNCTION_ARGS)
{
	State	   *state = STATE_ARG(0);

	if (state == NULL)
		PG_RETURN_NULL();
	return interval_percentiles((Span *) state->items, state->count,
								(ArrayType *) state->argument);
}

/*
 * ietp.percentiles_state_final(internal) - all the values, stored
 */
Datum
ietp_percentiles_state_final(PG_FUNCTION_ARGS)
{
	const State *state = STATE_ARG(0);

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(ietp_store_state(state));
}

/*
 * ietp.percentiles_merge_transition(internal, percentiles_state)
 */
Datum
ietp_percentiles_merge_transition(PG_FUNCTION_ARGS)
{
	State	   *state = STATE_ARG(0);
	const StoredState *stored;

	if (!PG_ARGISNULL(1))
	{
		stored = STORED_STATE_ARG(1);
		state = ietp_add_stored(fcinfo, state, stored,
								item_size(stored->unit));
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* A stored state with values of the unit; NULL where it has no values. */
static const StoredState *
stored_values(FunctionCallInfo fcinfo, StateUnit unit)
{
	const StoredState *stored = STORED_STATE_ARG(0);

	if (STORED_STATE_WORDS(stored) == 0)
		return NULL;
	if (stored->unit != unit)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the state has values of another type"),
				 errhint("percentiles() answers for numbers, interval_percentiles() for intervals.")));
	return stored;
}

/*
 * ietp.percentiles(percentiles_state, double precision[])
 */
Datum
ietp_percentiles(PG_FUNCTION_ARGS)
{
	const StoredState *stored = stored_values(fcinfo, UNIT_NONE);

	if (stored == NULL)
		PG_RETURN_NULL();
	return number_percentiles(stored->words, STORED_STATE_WORDS(stored),
							  PG_GETARG_ARRAYTYPE_P(1));
}

/*
 * ietp.interval_percentiles(percentiles_state, double precision[])
 */
Datum
ietp_interval_percentiles(PG_FUNCTION_ARGS)
{
	const StoredState *stored = stored_values(fcinfo, UNIT_MICROSECOND);
	int64		count;
	Span	   *spans;

	if (stored == NULL)
		PG_RETURN_NULL();
	count = STORED_STATE_WORDS(stored) / 2;
	spans = MemoryContextAllocHuge(CurrentMemoryContext,
								   count * sizeof(Span));
	memcpy(spans, stored->words, count * sizeof(Span));
	return interval_percentiles(spans, count, PG_GETARG_ARRAYTYPE_P(1));
}
