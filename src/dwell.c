/*-------------------------------------------------------------------------
 *
 * dwell.c
 *		How long a case was in each status.
 *
 * A case stays in the status that a move leads to until its next move; moves
 * are ordered by their time and by their number, whatever order the rows come
 * in.
 *
 * IDENTIFICATION
 *		src/dwell.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "callers.h"
#include "ietp_helpline.h"

/* The first allocation of moves. */
#define FIRST_MOVES		8

typedef struct StatusMove
{
	int64		since;
	int64		n;
	uint64		status;			/* place in the set of statuses */
} StatusMove;

/* The moves of a case. */
typedef struct Dwell
{
	bool		ends;			/* the last status, at "until" */
	TimestampTz until;
	text	   *calendar;		/* NULL: none */
	IetpStringSet *statuses;
	StatusMove *moves;
	int64		count;
	int64		capacity;
} Dwell;

/* What a status amounts to. */
typedef struct StatusTime
{
	uint64		status;
	int64		entries;
	uint64		duration;		/* microseconds */
	int64		working_time;
} StatusTime;

/* In a message between processes. */
typedef struct DwellMessage
{
	int32		vl_len_;		/* varlena header, do not touch directly */
	bool		ends;
	bool		has_calendar;
	TimestampTz until;
	int64		count;			/* moves, which follow */
	int64		words;			/* of statuses, which follow them */
	char		contents[FLEXIBLE_ARRAY_MEMBER];	/* at last, the calendar */
} DwellMessage;

extern PGDLLEXPORT Datum ietp_working_time(PG_FUNCTION_ARGS);

IETP_FUNCTION(time_in_status_transition);
IETP_FUNCTION(time_in_status_combine);
IETP_FUNCTION(time_in_status_serialize);
IETP_FUNCTION(time_in_status_final);


/* The state */

static Dwell *
make_dwell(FunctionCallInfo fcinfo, bool ends, TimestampTz until,
		   const text *calendar)
{
	MemoryContext context = ietp_aggregate_context(fcinfo);
	Dwell	   *dwell;

	dwell = MemoryContextAllocZero(context, sizeof(Dwell));
	dwell->ends = ends;
	dwell->until = until;
	if (calendar != NULL)
	{
		dwell->calendar = MemoryContextAlloc(context, VARSIZE_ANY(calendar));
		memcpy(dwell->calendar, calendar, VARSIZE_ANY(calendar));
	}
	dwell->statuses = ietp_make_strings(context);
	dwell->capacity = FIRST_MOVES;
	dwell->moves = MemoryContextAlloc(context,
									  FIRST_MOVES * sizeof(StatusMove));
	return dwell;
}

/* What must be the same for all rows. */
static void
check_arguments(const Dwell *dwell, bool ends, TimestampTz until,
				const text *calendar)
{
	if (dwell->ends != ends || dwell->until != until ||
		!ietp_same_argument(dwell->calendar, calendar))
		ietp_refuse_argument();
}

static void
add_move(Dwell *dwell, TimestampTz since, int64 n, uint64 status)
{
	StatusMove *move;

	if (dwell->count == dwell->capacity)
	{
		if (dwell->capacity > (int64) (MaxAllocHugeSize / sizeof(StatusMove) / 2))
			ietp_refuse_size();
		dwell->capacity *= 2;
		dwell->moves = repalloc_huge(dwell->moves,
									 dwell->capacity * sizeof(StatusMove));
	}
	move = &dwell->moves[dwell->count++];
	move->since = since;
	move->n = n;
	move->status = status;
}


/* Rows */

static void
check_row(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_MISSING_VALUE),
				 errmsg("number of a move is null")));
	if (TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(2)) ||
		(!PG_ARGISNULL(4) && TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(4))))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("moment of a move is infinite"),
				 errhint("Leave such rows out, for example with FILTER.")));
}

/*
 * ietp.time_in_status_transition(internal, text, timestamptz, bigint,
 * timestamptz [, text])
 */
Datum
ietp_time_in_status_transition(PG_FUNCTION_ARGS)
{
	Dwell	   *dwell = PG_ARGISNULL(0) ? NULL :
	(Dwell *) PG_GETARG_POINTER(0);
	bool		ends = !PG_ARGISNULL(4);
	TimestampTz until = ends ? PG_GETARG_TIMESTAMPTZ(4) : 0;
	const text *calendar = PG_NARGS() < 6 || PG_ARGISNULL(5) ? NULL :
	PG_GETARG_TEXT_PP(5);
	Token		status;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (dwell == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(dwell);
	}
	check_row(fcinfo);
	if (dwell == NULL)
		dwell = make_dwell(fcinfo, ends, until, calendar);
	check_arguments(dwell, ends, until, calendar);
	ietp_token_arg(fcinfo, 1, TOKEN_TEXT, &status);
	add_move(dwell, PG_GETARG_TIMESTAMPTZ(2), PG_GETARG_INT64(3),
			 ietp_keep_string(&dwell->statuses, status.bytes, status.length));
	PG_RETURN_POINTER(dwell);
}


/* Between processes */

/*
 * ietp.time_in_status_serialize(internal)
 */
Datum
ietp_time_in_status_serialize(PG_FUNCTION_ARGS)
{
	const Dwell *dwell = (Dwell *) PG_GETARG_POINTER(0);
	Size		moves = dwell->count * sizeof(StatusMove);
	Size		words = dwell->statuses->used * sizeof(uint64);
	Size		calendar = dwell->calendar == NULL ? 0 :
	VARSIZE_ANY(dwell->calendar);
	Size		size = offsetof(DwellMessage, contents) + moves + words + calendar;
	DwellMessage *message;

	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_STATE_TOO_LARGE),
				 errmsg("too many values for one group of the aggregate in a parallel query"),
				 errhint("Set max_parallel_workers_per_gather to 0.")));
	message = palloc0(size);
	SET_VARSIZE(message, size);
	message->ends = dwell->ends;
	message->has_calendar = dwell->calendar != NULL;
	message->until = dwell->until;
	message->count = dwell->count;
	message->words = dwell->statuses->used;
	memcpy(message->contents, dwell->moves, moves);
	memcpy(message->contents + moves, ietp_words_of_strings(dwell->statuses),
		   words);
	if (dwell->calendar != NULL)
		memcpy(message->contents + moves + words, dwell->calendar, calendar);
	PG_RETURN_POINTER(message);
}

/*
 * ietp.time_in_status_combine(internal, internal) - the second one is what
 * message_deserialize() returns
 */
Datum
ietp_time_in_status_combine(PG_FUNCTION_ARGS)
{
	Dwell	   *dwell = PG_ARGISNULL(0) ? NULL :
	(Dwell *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1))
	{
		const DwellMessage *message = (DwellMessage *) PG_GETARG_POINTER(1);
		const StatusMove *moves = (const StatusMove *) message->contents;
		const uint64 *words = (const uint64 *) (moves + message->count);
		const text *calendar = message->has_calendar ?
		(const text *) (words + message->words) : NULL;

		if (dwell == NULL)
			dwell = make_dwell(fcinfo, message->ends, message->until,
							   calendar);
		check_arguments(dwell, message->ends, message->until, calendar);
		for (int64 i = 0; i < message->count; i++)
		{
			const uint64 *status = words + moves[i].status;

			add_move(dwell, moves[i].since, moves[i].n,
					 ietp_keep_string(&dwell->statuses,
									  (const char *) (status + 1),
									  status[0]));
		}
	}
	if (dwell == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(dwell);
}


/* The result */

/* Moves that nothing else tells apart are ordered by their status. */
static int
compare_moves(const StatusMove *a, const StatusMove *b, const uint64 *words)
{
	if (a->since != b->since)
		return a->since < b->since ? -1 : 1;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return ietp_compare_strings(words + a->status, words + b->status);
}

#define ST_SORT sort_moves
#define ST_ELEMENT_TYPE StatusMove
#define ST_COMPARE(a, b, words) compare_moves(a, b, words)
#define ST_COMPARE_ARG_TYPE const uint64
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/* ietp.working_time(), which keeps what it looks up between two calls. */
static FmgrInfo *
working_time_function(FunctionCallInfo fcinfo)
{
	FmgrInfo   *function = fcinfo->flinfo->fn_extra;

	if (function == NULL)
	{
		function = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
										  sizeof(FmgrInfo));
		function->fn_addr = ietp_working_time;
		function->fn_nargs = 3;
		function->fn_strict = true;
		function->fn_mcxt = fcinfo->flinfo->fn_mcxt;
		fcinfo->flinfo->fn_extra = function;
	}
	return function;
}

static int64
working_time(FunctionCallInfo fcinfo, const Dwell *dwell, TimestampTz since,
			 TimestampTz until)
{
	Datum		result;

	if (dwell->calendar == NULL || since == until)
		return 0;
	result = FunctionCall3(working_time_function(fcinfo),
						   TimestampTzGetDatum(since),
						   TimestampTzGetDatum(until),
						   PointerGetDatum(dwell->calendar));
	return DatumGetIntervalP(result)->time;
}

static void *
alloc_zeros(Size size)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/*
 * Sums up by status, in the order in which they were entered first; "times"
 * has room for all.  How many were entered?
 */
static int
sum_up(FunctionCallInfo fcinfo, const Dwell *dwell, StatusTime *times)
{
	/* Of the status at each place: 1 more than the index of its sum. */
	int		   *entered = alloc_zeros(dwell->statuses->used * sizeof(int));
	int			count = 0;

	for (int64 i = 0; i < dwell->count; i++)
	{
		const StatusMove *move = &dwell->moves[i];
		bool		is_last = i + 1 == dwell->count;
		TimestampTz until = is_last ? dwell->until : move[1].since;
		StatusTime *time;

		if (dwell->ends && move->since > dwell->until)
			break;
		if (entered[move->status] == 0)
		{
			times[count].status = move->status;
			entered[move->status] = ++count;
		}
		time = &times[entered[move->status] - 1];
		time->entries += i == 0 || move[-1].status != move->status;
		if (is_last && !dwell->ends)
			break;
		if (dwell->ends)
			until = Min(until, dwell->until);
		time->duration += (uint64) until - (uint64) move->since;
		time->working_time += working_time(fcinfo, dwell, move->since, until);
		CHECK_FOR_INTERRUPTS();
	}
	return count;
}

/* One row of the result; durations are written with days of 24 hours. */
static Datum
make_row(TupleDesc desc, const Dwell *dwell, const StatusTime *time)
{
	const uint64 *status = ietp_words_of_strings(dwell->statuses) +
	time->status;
	Datum		values[4];
	bool		nulls[4] = {false};

	values[0] = PointerGetDatum(cstring_to_text_with_len((const char *) (status + 1),
														 status[0]));
	values[1] = Int64GetDatum(time->entries);
	values[2] = ietp_form_interval(time->duration / USECS_PER_DAY,
								   time->duration % USECS_PER_DAY);
	values[3] = ietp_form_interval(0, time->working_time);
	nulls[3] = dwell->calendar == NULL;
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

/*
 * ietp.time_in_status_final(internal)
 */
Datum
ietp_time_in_status_final(PG_FUNCTION_ARGS)
{
	Dwell	   *dwell;
	StatusTime *times;
	Datum	   *rows;
	Oid			row_type;
	TupleDesc	desc;
	int			count;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	dwell = (Dwell *) PG_GETARG_POINTER(0);
	row_type = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));
	desc = lookup_rowtype_tupdesc(row_type, -1);
	sort_moves(dwell->moves, dwell->count,
			   ietp_words_of_strings(dwell->statuses));
	times = alloc_zeros(dwell->statuses->count * sizeof(StatusTime));
	count = sum_up(fcinfo, dwell, times);
	rows = alloc_zeros(count * sizeof(Datum));
	for (int i = 0; i < count; i++)
		rows[i] = make_row(desc, dwell, &times[i]);
	ReleaseTupleDesc(desc);
	PG_RETURN_ARRAYTYPE_P(construct_array(rows, count, row_type, -1, false,
										  TYPALIGN_DOUBLE));
}
