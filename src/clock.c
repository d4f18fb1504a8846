/*-------------------------------------------------------------------------
 *
 * clock.c
 *		The clocks of a case's promises, out of the signs that it gave.
 *
 * ietp.clock_runs() reads the signs of one case once for each rule, so that
 * tens of thousands of cases need no window over every pair of a sign and a
 * rule.  What a sign does to a clock is in core/clock.c.
 *
 * IDENTIFICATION
 *		src/clock.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "ietp_helpline.h"
#include "core/clock.h"

#define RESULT_COLUMNS 8

/* Work of one call; all arrays but "effects" are as long as there are signs. */
typedef struct ClockRuns
{
	TupleDesc	desc;
	int			count;			/* of signs */
	const int64 *at;
	const int32 *signs;
	int			rules;
	int			kinds;			/* of signs, in each row of "effects" */
	const int32 *effects;
	bool		last_only;
	int			rule;			/* that is being read, from 0 */
	uint8	   *of_rule;		/* effects of the signs by that rule */
	ClockPause *pauses;
	Clock		clock;
} ClockRuns;

/* The elements of an array that holds no null. */
static const void *
elements(ArrayType *array, const char *column, int ndim)
{
	if (ARR_NDIM(array) > ndim ||
		(ARR_NDIM(array) < ndim && ARR_NDIM(array) > 0) ||
		array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_MALFORMED_VALUE),
				 errmsg("malformed value for \"%s\"", column),
				 errhint("An array of %d dimensions, without NULL.", ndim)));
	return ARR_DATA_PTR(array);
}

static void
refuse_range(const char *column, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
			 errmsg("value out of range for \"%s\"", column),
			 errhint("%s", hint)));
}

static int
element_count(ArrayType *array)
{
	return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

static void
check_signs(const ClockRuns *runs)
{
	for (int i = 0; i < runs->count; i++)
	{
		if (TIMESTAMP_NOT_FINITE(runs->at[i]) ||
			(i > 0 && runs->at[i] < runs->at[i - 1]))
			refuse_range("at", "Instants, in order.");
		if (runs->signs[i] < 1 || runs->signs[i] > runs->kinds)
			refuse_range("signs", "Numbers of columns of effects.");
	}
	for (int i = 0; i < runs->rules * runs->kinds; i++)
	{
		if (runs->effects[i] < 0 || runs->effects[i] > CLOCK_ALL)
			refuse_range("effects", "0 to 127.");
	}
}

static void
begin_rule(ClockRuns *runs)
{
	const int32 *effects = runs->effects + runs->rule * runs->kinds;

	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < runs->count; i++)
		runs->of_rule[i] = (uint8) effects[runs->signs[i] - 1];
	ietp_clock_start(&runs->clock, runs->at, runs->of_rule, runs->count,
					 runs->pauses);
}

static ClockRuns *
begin_runs(FunctionCallInfo fcinfo)
{
	ClockRuns  *runs = palloc0(sizeof(ClockRuns));
	ArrayType  *at = PG_GETARG_ARRAYTYPE_P(0);
	ArrayType  *signs = PG_GETARG_ARRAYTYPE_P(1);
	ArrayType  *effects = PG_GETARG_ARRAYTYPE_P(2);

	if (get_call_result_type(fcinfo, NULL, &runs->desc) != TYPEFUNC_COMPOSITE ||
		runs->desc->natts != RESULT_COLUMNS)
		elog(ERROR, "unexpected result type of clock_runs");
	runs->desc = BlessTupleDesc(runs->desc);
	runs->at = elements(at, "at", 1);
	runs->signs = elements(signs, "signs", 1);
	runs->effects = elements(effects, "effects", 2);
	runs->count = element_count(at);
	if (element_count(signs) != runs->count)
		refuse_range("signs", "As many as there are instants.");
	if (ARR_NDIM(effects) > 0)
	{
		runs->rules = ARR_DIMS(effects)[0];
		runs->kinds = ARR_DIMS(effects)[1];
	}
	check_signs(runs);
	runs->last_only = PG_GETARG_BOOL(3);
	runs->of_rule = palloc(runs->count + 1);
	runs->pauses = palloc((runs->count + 1) * sizeof(ClockPause));
	if (runs->rules > 0)
		begin_rule(runs);
	return runs;
}

/*
 * The next run; where wanted, the last one of its rule.  A clock that has no
 * more runs, asked again, has none either.
 */
static bool
next_run(ClockRuns *runs, ClockRun *run)
{
	bool		found = false;

	while (runs->rule < runs->rules)
	{
		while ((!found || runs->last_only) &&
			   ietp_clock_next(&runs->clock, run))
			found = true;
		if (found)
			return true;
		if (++runs->rule < runs->rules)
			begin_rule(runs);
	}
	return false;
}

static Datum
pause_times(const ClockRuns *runs, const ClockRun *run, bool until)
{
	Datum	   *times = palloc(run->pause_count * sizeof(Datum));

	for (int i = 0; i < run->pause_count; i++)
	{
		times[i] = TimestampTzGetDatum(until ? runs->pauses[i].until :
									   runs->pauses[i].from);
	}
	return PointerGetDatum(construct_array(times, run->pause_count,
										   TIMESTAMPTZOID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

static Datum
run_as_row(const ClockRuns *runs, const ClockRun *run)
{
	Datum		values[RESULT_COLUMNS];
	bool		nulls[RESULT_COLUMNS] = {false};
	bool		open = run->ended_by < 0;

	values[0] = Int32GetDatum(runs->rule + 1);
	values[1] = TimestampTzGetDatum(run->began_at);
	values[2] = Int32GetDatum(runs->signs[run->began_by]);
	values[3] = TimestampTzGetDatum(run->ended_at);
	values[4] = open ? (Datum) 0 : Int32GetDatum(runs->signs[run->ended_by]);
	values[5] = BoolGetDatum(run->kept);
	nulls[3] = nulls[4] = open;
	nulls[6] = nulls[7] = run->pause_count == 0;
	if (run->pause_count > 0)
	{
		values[6] = pause_times(runs, run, false);
		values[7] = pause_times(runs, run, true);
	}
	return HeapTupleGetDatum(heap_form_tuple(runs->desc, values, nulls));
}

/*
 * ietp.clock_runs(at timestamptz[], signs integer[], effects integer[],
 *		last_only boolean) returns setof record
 */
IETP_FUNCTION(clock_runs);
Datum
ietp_clock_runs(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	ClockRun	run;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext before;

		call = SRF_FIRSTCALL_INIT();
		before = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		call->user_fctx = begin_runs(fcinfo);
		MemoryContextSwitchTo(before);
	}
	call = SRF_PERCALL_SETUP();
	if (next_run(call->user_fctx, &run))
		SRF_RETURN_NEXT(call, run_as_row(call->user_fctx, &run));
	SRF_RETURN_DONE(call);
}
