/*-------------------------------------------------------------------------
 *
 * state.c
 *		States of aggregates that keep every value: how they grow, travel
 *		between processes and are stored.
 *
 * Between the processes of a parallel query a state travels as a bytea: the
 * header, the items and the argument.  The process that receives it makes no
 * copy of its own; it appends the items to its state, straight out of the
 * message.
 *
 * Stored states come from whoever may write the column, and their binary form
 * from any client: every byte is checked when it is read, so that those who
 * use them need not.
 *
 * IDENTIFICATION
 *		src/state.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "ietp_helpline.h"
#include "state.h"

/* The first allocation of a state, in bytes. */
#define FIRST_SIZE	128

/* The most items; a stored state may say that it has more than anybody saw. */
#define MOST_ITEMS	PG_INT32_MAX

/* A state on its way between two processes; items and argument follow. */
typedef struct Parcel
{
	int32		vl_len_;		/* varlena header, do not touch directly */
	uint8		kind;
	uint8		unit;
	uint16		item_size;
	int64		count;
	int64		argument_size;	/* 0: none */
	char		contents[FLEXIBLE_ARRAY_MEMBER];
} Parcel;

IETP_FUNCTION(state_serialize);
IETP_FUNCTION(state_deserialize);
IETP_FUNCTION(state_combine);
IETP_FUNCTION(message_deserialize);

/* What long work of src/core calls now and then. */
void
ietp_pause(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* The memory in which an aggregate's states live. */
MemoryContext
ietp_aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext result;

	if (!AggCheckCallContext(fcinfo, &result))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return result;
}

/* An empty state in the memory of the aggregate. */
State	   *
ietp_make_state(FunctionCallInfo fcinfo, StateKind kind, StateUnit unit,
				Size item_size)
{
	State	   *state = MemoryContextAlloc(ietp_aggregate_context(fcinfo),
										   FIRST_SIZE);

	state->kind = kind;
	state->unit = unit;
	state->item_size = item_size;
	state->count = 0;
	state->capacity = (FIRST_SIZE - sizeof(State)) / item_size;
	state->items = (char *) (state + 1);
	state->argument = NULL;
	state->argument_is_constant = false;
	return state;
}

void
ietp_refuse_size(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_STATE_TOO_LARGE),
			 errmsg("too many values for one group of the aggregate")));
}

/*
 * Makes room for so many further items.  Sizes are powers of two, as the
 * allocator rounds them up anyway.  From the second allocation on the items
 * are apart from the header: large chunks begin at like addresses, of which
 * the processor's caches hold only a few at a time, and a header is wanted
 * with every row.
 */
State	   *
ietp_grow_state(State *state, int64 more)
{
	Size		wanted = state->item_size * (Size) (state->count + more);
	Size		size = 2 * FIRST_SIZE;
	char	   *items;

	if (more <= state->capacity - state->count)
		return state;
	if (more > MOST_ITEMS - state->count)
		ietp_refuse_size();
	while (size < wanted)
		size *= 2;
	if (state->items != (char *) (state + 1))
		items = repalloc_huge(state->items, size);
	else
	{
		items = MemoryContextAllocHuge(GetMemoryChunkContext(state), size);
		memcpy(items, state->items, state->count * state->item_size);
	}
	state->capacity = size / state->item_size;
	state->items = items;
	return state;
}

/* Are two varlenas the same, byte for byte? */
bool
ietp_same_argument(const struct varlena *a, const struct varlena *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

void
ietp_refuse_argument(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_ARGUMENT_DIFFERS),
			 errmsg("an argument of the aggregate that must be the same for all rows of a group is not")));
}

void
ietp_refuse_null_argument(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_MISSING_VALUE),
			 errmsg("an argument of the aggregate that must be the same for all rows of a group is null")));
}

/*
 * Is the argument a constant of the query, so that later rows have the same?
 * Not known of window functions.
 */
bool
ietp_is_constant_argument(FunctionCallInfo fcinfo, int argno)
{
	const		Aggref *aggref = AggGetAggref(fcinfo);
	const TargetEntry *entry;

	if (aggref == NULL || list_length(aggref->args) < argno)
		return false;
	entry = list_nth_node(TargetEntry, aggref->args, argno - 1);
	return IsA(entry->expr, Const);
}

/*
 * Keeps the argument with the first row, and compares it afterwards; use
 * ietp_keep_argument().
 */
void
ietp_check_argument(FunctionCallInfo fcinfo, State *state, int argno)
{
	MemoryContext before;

	if (PG_ARGISNULL(argno))
		ietp_refuse_null_argument();
	if (state->argument != NULL)
	{
		if (!ietp_same_argument(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno)),
								state->argument))
			ietp_refuse_argument();
		return;
	}
	before = MemoryContextSwitchTo(ietp_aggregate_context(fcinfo));
	state->argument = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(argno));
	state->argument_is_constant = ietp_is_constant_argument(fcinfo, argno);
	MemoryContextSwitchTo(before);
}

/* Durations given as interval and as float8 do not add up. */
void
ietp_check_unit(uint8 unit, uint8 other)
{
	if (unit != other)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("states of intervals and of numbers cannot be combined")));
}


/* Durations */

void
ietp_refuse_duration(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
			 errmsg("duration is out of range"),
			 errdetail("A duration is finite and not negative; an interval, shorter than 285 years."),
			 errhint("Leave such rows out, for example with FILTER.")));
}


/* Between processes */

/*
 * ietp.state_serialize(internal) - a state as a message
 */
Datum
ietp_state_serialize(PG_FUNCTION_ARGS)
{
	const State *state = (State *) PG_GETARG_POINTER(0);
	Size		items = (Size) state->count * state->item_size;
	Size		argument = state->argument == NULL ? 0 :
	VARSIZE(state->argument);
	Size		size = offsetof(Parcel, contents) + items + argument;
	Parcel	   *parcel;

	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_STATE_TOO_LARGE),
				 errmsg("too many values for one group of the aggregate in a parallel query"),
				 errhint("Set max_parallel_workers_per_gather to 0, or use duration_histogram, whose state does not grow with the rows.")));
	parcel = palloc(size);
	SET_VARSIZE(parcel, size);
	parcel->kind = state->kind;
	parcel->unit = state->unit;
	parcel->item_size = state->item_size;
	parcel->count = state->count;
	parcel->argument_size = argument;
	memcpy(parcel->contents, state->items, items);
	if (argument > 0)
		memcpy(parcel->contents + items, state->argument, argument);
	PG_RETURN_BYTEA_P(parcel);
}

/*
 * ietp.state_deserialize(bytea, internal) - a message as a state, whose items
 * stay where they are
 */
Datum
ietp_state_deserialize(PG_FUNCTION_ARGS)
{
	struct varlena *message = PG_GETARG_VARLENA_PP(0);
	const char *contents = VARDATA_ANY(message);
	Parcel		header;
	State	   *state = palloc(sizeof(State));

	/* A short header shifts all that follows. */
	memcpy((char *) &header + VARHDRSZ, contents,
		   offsetof(Parcel, contents) - VARHDRSZ);
	state->kind = header.kind;
	state->unit = header.unit;
	state->item_size = header.item_size;
	state->count = header.count;
	state->capacity = header.count;
	state->items = (char *) contents + offsetof(Parcel, contents) - VARHDRSZ;
	state->argument = NULL;
	state->argument_is_constant = false;
	if (header.argument_size > 0)
	{
		state->argument = palloc(header.argument_size);
		memcpy(state->argument,
			   state->items + header.count * header.item_size,
			   header.argument_size);
	}
	PG_RETURN_POINTER(state);
}

/*
 * ietp.message_deserialize(bytea, internal) - the message itself, for states
 * that are combined from it: a copy, since it may lie at any address
 */
Datum
ietp_message_deserialize(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0)));
}

/* A state in the aggregate's memory that is like another, but has no items. */
static State *
make_alike(FunctionCallInfo fcinfo, const State *other)
{
	State	   *state = ietp_make_state(fcinfo, other->kind, other->unit,
										other->item_size);
	Size		size;

	if (other->argument == NULL)
		return state;
	size = VARSIZE(other->argument);
	state->argument = MemoryContextAlloc(ietp_aggregate_context(fcinfo), size);
	memcpy(state->argument, other->argument, size);
	return state;
}

/*
 * ietp.state_combine(internal, internal) - the items of both
 */
Datum
ietp_state_combine(PG_FUNCTION_ARGS)
{
	State	   *state = STATE_ARG(0);
	const State *other = STATE_ARG(1);

	if (other == NULL)
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
		state = make_alike(fcinfo, other);
	ietp_check_unit(state->unit, other->unit);
	if (!ietp_same_argument(state->argument, other->argument))
		ietp_refuse_argument();
	state = ietp_grow_state(state, other->count);
	memcpy(state->items + state->count * state->item_size, other->items,
		   other->count * state->item_size);
	state->count += other->count;
	PG_RETURN_POINTER(state);
}


/* Stored */

/* A stored state whose words are yet to be written. */
StoredState *
ietp_make_stored(StateKind kind, StateUnit unit, int64 words)
{
	Size		size = offsetof(StoredState, words) + words * sizeof(uint64);
	StoredState *stored;

	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_STATE_TOO_LARGE),
				 errmsg("too many values for one stored state"),
				 errhint("Store the states of smaller groups, or use duration_histogram, whose state does not grow with the rows.")));
	stored = palloc(size);
	SET_VARSIZE(stored, size);
	stored->version = STORED_STATE_VERSION;
	stored->kind = kind;
	stored->unit = unit;
	stored->reserved = 0;
	return stored;
}

/* All the items of a state, stored as they are. */
StoredState *
ietp_store_state(const State *state)
{
	Size		size = state->count * state->item_size;
	StoredState *stored = ietp_make_stored(state->kind, state->unit,
										   size / sizeof(uint64));

	memcpy(stored->words, state->items, size);
	return stored;
}

/*
 * Adds the items of a stored state to a state, which may yet be NULL.
 */
State	   *
ietp_add_stored(FunctionCallInfo fcinfo, State *state,
				const StoredState *stored, Size item_size)
{
	int64		count = STORED_STATE_WORDS(stored) * sizeof(uint64) /
	item_size;

	if (state == NULL)
		state = ietp_make_state(fcinfo, stored->kind, stored->unit,
								item_size);
	ietp_check_unit(state->unit, stored->unit);
	state = ietp_grow_state(state, count);
	memcpy(state->items + state->count * item_size, stored->words,
		   count * item_size);
	state->count += count;
	return state;
}

/*
 * A stored state from its binary form: version, kind and unit, a byte each,
 * and the words, most significant byte first.
 */
static StoredState *
read_stored(StringInfo buf, StateKind kind, StoredStateCheck check)
{
	int			length = buf->len - buf->cursor;
	StoredState *stored = NULL;

	if (length >= 3 && (length - 3) % sizeof(uint64) == 0 &&
		pq_getmsgbyte(buf) == STORED_STATE_VERSION &&
		pq_getmsgbyte(buf) == (int) kind)
	{
		int			unit = pq_getmsgbyte(buf);
		int64		words = (length - 3) / sizeof(uint64);

		if (unit == UNIT_NONE || unit == UNIT_MICROSECOND)
			stored = ietp_make_stored(kind, unit, words);
		for (int64 i = 0; stored != NULL && i < words; i++)
			stored->words[i] = (uint64) pq_getmsgint64(buf);
	}
	if (stored == NULL || !check(stored))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_MALFORMED_STATE),
				 errmsg("malformed state of an aggregate"),
				 errhint("States are made by the aggregates whose names end in \"_state\", and by those that return one.")));
	return stored;
}

static void
write_stored(StringInfo buf, const StoredState *stored)
{
	int64		words = STORED_STATE_WORDS(stored);

	pq_begintypsend(buf);
	pq_sendbyte(buf, stored->version);
	pq_sendbyte(buf, stored->kind);
	pq_sendbyte(buf, stored->unit);
	enlargeStringInfo(buf, words * sizeof(uint64));
	for (int64 i = 0; i < words; i++)
		pq_sendint64(buf, stored->words[i]);
}

Datum
ietp_stored_recv(FunctionCallInfo fcinfo, StateKind kind,
				 StoredStateCheck check)
{
	PG_RETURN_POINTER(read_stored((StringInfo) PG_GETARG_POINTER(0), kind,
								  check));
}

Datum
ietp_stored_send(FunctionCallInfo fcinfo)
{
	StringInfoData buf;

	write_stored(&buf, STORED_STATE_ARG(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* The text is the binary form as bytea writes it. */
Datum
ietp_stored_in(FunctionCallInfo fcinfo, StateKind kind,
			   StoredStateCheck check)
{
	bytea	   *binary = DatumGetByteaPP(DirectFunctionCall1(byteain,
															 PG_GETARG_DATUM(0)));
	StringInfoData buf;

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, VARDATA_ANY(binary),
						   VARSIZE_ANY_EXHDR(binary));
	PG_RETURN_POINTER(read_stored(&buf, kind, check));
}

Datum
ietp_stored_out(FunctionCallInfo fcinfo)
{
	StringInfoData buf;

	write_stored(&buf, STORED_STATE_ARG(0));
	return DirectFunctionCall1(byteaout,
							   PointerGetDatum(pq_endtypsend(&buf)));
}


/* What is asked of stored states */

/* Not by a range, which NaN would pass. */
void
ietp_check_percentile(double p)
{
	if (!(p >= 0 && p <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("percentile is not between 0 and 1")));
}

/* What was given as intervals is told in seconds. */
double
ietp_from_unit(const StoredState *stored, double value)
{
	return stored->unit == UNIT_MICROSECOND ? value / USECS_PER_SEC : value;
}

/* An array of the same shape, with NULL where a quantile is NaN. */
Datum
ietp_quantiles(const StoredState *stored, ArrayType *array,
			   double (*quantile) (const StoredState *stored, double p))
{
	Datum	   *values;
	bool	   *nulls;
	int			count;

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &values, &nulls, &count);
	if (count == 0)
		return PointerGetDatum(construct_empty_array(FLOAT8OID));
	for (int i = 0; i < count; i++)
	{
		double		value;

		if (nulls[i])
			continue;
		value = quantile(stored, DatumGetFloat8(values[i]));
		nulls[i] = isnan(value);
		values[i] = Float8GetDatum(value);
	}
	return PointerGetDatum(construct_md_array(values, nulls, ARR_NDIM(array),
											  ARR_DIMS(array),
											  ARR_LBOUND(array), FLOAT8OID,
											  sizeof(float8), FLOAT8PASSBYVAL,
											  TYPALIGN_DOUBLE));
}
