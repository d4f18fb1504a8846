/*-------------------------------------------------------------------------
 *
 * rate.c
 *		Rates and percentages as reports print them.
 *
 * IDENTIFICATION
 *		src/rate.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <float.h>

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "core/confidence.h"
#include "ietp_helpline.h"

#define MAX_DIGITS 100

IETP_FUNCTION(poisson_rate);
IETP_FUNCTION(percent);

static bool
is_positive(double value)
{
	return value > 0.0 && value <= DBL_MAX;
}

static void
check_rate_arguments(int64 events, double exposure, double per,
					 double confidence)
{
	ietp_check_confidence(confidence);
	if (events < 0 || (exposure != 0.0 && !is_positive(exposure)) ||
		!is_positive(per))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("events, exposure or unit of a rate is out of range"),
				 errhint("None is negative, infinite or NaN, and the unit is not 0.")));
}

/* A row of ietp.event_rate; its rates are NULL where the exposure is 0. */
Datum
ietp_poisson_rate(PG_FUNCTION_ARGS)
{
	int64		events = PG_GETARG_INT64(0);
	double		exposure = PG_GETARG_FLOAT8(1);
	double		per = PG_GETARG_FLOAT8(2);
	double		confidence = PG_GETARG_FLOAT8(3);
	bool		none = exposure == 0.0;
	Datum		values[5] = {Int64GetDatum(events), Float8GetDatum(exposure)};
	bool		nulls[5] = {false, false, none, none, none};

	check_rate_arguments(events, exposure, per, confidence);
	if (!none)
	{
		IetpBounds	bounds = ietp_poisson_bounds(events, confidence);

		values[2] = Float8GetDatum((double) events * per / exposure);
		values[3] = Float8GetDatum(bounds.lower * per / exposure);
		values[4] = Float8GetDatum(bounds.upper * per / exposure);
	}
	return ietp_form_row(fcinfo, values, nulls);
}

/* 10 to the power of exponent, exactly. */
static Datum
power_of_ten(int exponent)
{
	return DirectFunctionCall3(numeric_in,
							   CStringGetDatum(psprintf("1e%d", exponent)),
							   ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

/*
 * 100 * part / whole, rounded once.  The quotient is cut, exactly, one digit
 * behind the last that is wanted, and that digit decides.
 */
Datum
ietp_percent(PG_FUNCTION_ARGS)
{
	Datum		part = PG_GETARG_DATUM(0);
	Datum		whole = PG_GETARG_DATUM(1);
	int32		digits = PG_GETARG_INT32(2);
	Datum		quotient;

	if (digits < 0 || digits > MAX_DIGITS)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("\"digits\" is out of range"),
				 errhint("It lies between %d and %d.", 0, MAX_DIGITS)));
	if (DatumGetBool(DirectFunctionCall2(numeric_eq, whole,
										 DirectFunctionCall1(int4_numeric,
															 Int32GetDatum(0)))))
		PG_RETURN_NULL();
	quotient = DirectFunctionCall2(numeric_div_trunc,
								   DirectFunctionCall2(numeric_mul, part,
													   power_of_ten(digits + 3)),
								   whole);
	return DirectFunctionCall2(numeric_round,
							   DirectFunctionCall2(numeric_mul, quotient,
												   power_of_ten(-digits - 1)),
							   Int32GetDatum(digits));
}
