/*-------------------------------------------------------------------------
 *
 * result.c
 *		Rows as results of functions.
 *
 * IDENTIFICATION
 *		src/result.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"

#include "ietp_helpline.h"

/* A row of the type that the function returns. */
Datum
ietp_form_row(FunctionCallInfo fcinfo, const Datum *values, const bool *nulls)
{
	TupleDesc	descriptor;

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor),
											 (Datum *) values,
											 (bool *) nulls));
}
