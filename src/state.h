/*-------------------------------------------------------------------------
 *
 * state.h
 *		States of aggregates that keep every value.
 *
 * While rows are read, a state is one allocation in the aggregate's memory
 * context, this header and the items behind it; once those are full, the items
 * have an allocation of their own, twice the size whenever they are full again.
 * Stored, it is a varlena: a short header and the items.
 *
 * IDENTIFICATION
 *		src/state.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_STATE_H
#define IETP_STATE_H

#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/float.h"

#include "compat.h"
#include "duration.h"

/* What the items of a state are; stored, so never to be renumbered. */
typedef enum StateKind
{
	STATE_PERCENTILES = 1,		/* keys of core/order.h, or intervals */
	STATE_HISTOGRAM = 2,
	STATE_SURVIVAL = 3,			/* words of core/survival.h */
	STATE_CONCURRENCY = 4,
	STATE_CALLERS = 5,
	STATE_REPEATS = 6,
	STATE_BACKLOG = 7
} StateKind;

/* What durations are counted in; stored, so never to be renumbered. */
typedef enum StateUnit
{
	UNIT_NONE = 0,				/* float8, whatever its user means by it */
	UNIT_MICROSECOND = 1		/* interval */
} StateUnit;

/*
 * Items are of 8-byte words each.  A state that came from a worker has its
 * items at any address: copy them, do nothing else with them.
 */
typedef struct State
{
	uint8		kind;
	uint8		unit;
	uint16		item_size;		/* bytes */
	bool		argument_is_constant;	/* in the query's text */
	int64		count;			/* items */
	int64		capacity;		/* items there is room for */
	char	   *items;			/* behind this header, or apart */

	/*
	 * What the aggregate was called with that is the same for all rows, a
	 * copy in the memory of the state; NULL where there is no such thing.
	 */
	struct varlena *argument;
} State;

typedef struct StoredState
{
	int32		vl_len_;		/* varlena header, do not touch directly */
	uint8		version;		/* of this form: 1 */
	uint8		kind;
	uint8		unit;
	uint8		reserved;		/* 0 */
	uint64		words[FLEXIBLE_ARRAY_MEMBER];
} StoredState;

#define STORED_STATE_VERSION	1
#define STORED_STATE_WORDS(stored) \
	((int64) ((VARSIZE(stored) - offsetof(StoredState, words)) / \
			  sizeof(uint64)))

/* Checks the words of a stored state; false: they are none of this kind. */
typedef bool (*StoredStateCheck) (const StoredState *stored);

extern MemoryContext ietp_aggregate_context(FunctionCallInfo fcinfo);
extern State *ietp_make_state(FunctionCallInfo fcinfo, StateKind kind,
							  StateUnit unit, Size item_size);
extern State *ietp_grow_state(State *state, int64 more);
extern void ietp_check_argument(FunctionCallInfo fcinfo, State *state,
								int argno);
extern State *ietp_add_stored(FunctionCallInfo fcinfo, State *state,
							  const StoredState *stored, Size item_size);
extern StoredState *ietp_store_state(const State *state);
extern bool ietp_same_argument(const struct varlena *a,
							   const struct varlena *b);
extern void ietp_refuse_argument(void);
extern void ietp_refuse_null_argument(void);
extern void ietp_refuse_size(void);
extern void ietp_check_unit(uint8 unit, uint8 other);

extern void ietp_refuse_duration(void);

extern StoredState *ietp_make_stored(StateKind kind, StateUnit unit,
									 int64 words);
extern Datum ietp_stored_in(FunctionCallInfo fcinfo, StateKind kind,
							StoredStateCheck check);
extern Datum ietp_stored_recv(FunctionCallInfo fcinfo, StateKind kind,
							  StoredStateCheck check);
extern Datum ietp_stored_out(FunctionCallInfo fcinfo);
extern Datum ietp_stored_send(FunctionCallInfo fcinfo);

extern void ietp_check_percentile(double p);
extern double ietp_from_unit(const StoredState *stored, double value);
extern Datum ietp_quantiles(const StoredState *stored, ArrayType *array,
							double (*quantile) (const StoredState *stored,
												double p));

extern void ietp_pause(void);

/* The state that a transition function was called with; NULL at first. */
#define STATE_ARG(n) \
	(PG_ARGISNULL(n) ? NULL : (State *) PG_GETARG_POINTER(n))
#define STORED_STATE_ARG(n) \
	((const StoredState *) PG_DETOAST_DATUM(PG_GETARG_DATUM(n)))

/* One allocation for the next item; moves the state when that is full. */
static inline void *
ietp_add_item(State **state, Size item_size)
{
	if ((*state)->count == (*state)->capacity)
		*state = ietp_grow_state(*state, 1);
	return (*state)->items + item_size * (*state)->count++;
}

/*
 * Keeps the varlena that an aggregate was called with besides its values, and
 * sees to it that all rows have the same.
 */
static inline void
ietp_keep_argument(FunctionCallInfo fcinfo, State *state, int argno)
{
	if (state->argument == NULL || !state->argument_is_constant)
		ietp_check_argument(fcinfo, state, argno);
}

/* Intervals are below this, so that a double holds their microseconds. */
#define MAX_MICROSECONDS	(INT64CONST(1) << 53)

/*
 * A duration that an aggregate was called with, in its unit: microseconds of
 * an interval, or a float8.  Never -0, whose key is another one.
 */
static inline double
ietp_duration_arg(FunctionCallInfo fcinfo, int argno, StateUnit unit)
{
	double		value;
	int64		microseconds;

	if (unit == UNIT_NONE)
	{
		value = PG_GETARG_FLOAT8(argno);
		/* NaN fails every comparison. */
		if (unlikely(!(value >= 0 && value < get_float8_infinity())))
			ietp_refuse_duration();
		return value + 0.0;
	}
	if (unlikely(!ietp_interval_microseconds(PG_GETARG_INTERVAL_P(argno),
											 &microseconds) ||
				 microseconds < 0 || microseconds >= MAX_MICROSECONDS))
		ietp_refuse_duration();
	return (double) microseconds;
}

/*
 * The four functions of input and output of a type of stored states, of which
 * "check" tells whether the words are sound.
 */
#define IETP_STORED_STATE(type, kind, check) \
	IETP_FUNCTION(type##_in); \
	Datum CppConcat(ietp_, type##_in) (PG_FUNCTION_ARGS) \
	{ return ietp_stored_in(fcinfo, kind, check); } \
	IETP_FUNCTION(type##_out); \
	Datum CppConcat(ietp_, type##_out) (PG_FUNCTION_ARGS) \
	{ return ietp_stored_out(fcinfo); } \
	IETP_FUNCTION(type##_recv); \
	Datum CppConcat(ietp_, type##_recv) (PG_FUNCTION_ARGS) \
	{ return ietp_stored_recv(fcinfo, kind, check); } \
	IETP_FUNCTION(type##_send); \
	Datum CppConcat(ietp_, type##_send) (PG_FUNCTION_ARGS) \
	{ return ietp_stored_send(fcinfo); } \
	extern int	no_such_variable

#endif							/* IETP_STATE_H */
