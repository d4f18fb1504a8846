/*-------------------------------------------------------------------------
 *
 * ref.c
 *		The types case_ref and call_ref.
 *
 * Both are 8 bytes by value and hold the packed number of src/core/ref.h.
 * Equality, order and hash are those of bigint and need no code here.
 *
 * IDENTIFICATION
 *		src/ref.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "ietp_helpline.h"
#include "core/ref.h"

/* What messages say of each kind. */
typedef struct RefWords
{
	const char *type;			/* name of the SQL type */
	const char *noun;
	const char *form;			/* hint on the form */
	const char *other;			/* hint on a text of the other kind */
} RefWords;

static const RefWords ref_words[] = {
	[IETP_REF_CASE] = {
		"case_ref",
		"case reference",
		"A case reference reads like CN-2021-4837-2059-77: two letters, a year, eight digits and two check digits.",
		"This is the reference of a call."
	},
	[IETP_REF_CALL] = {
		"call_ref",
		"call reference",
		"A call reference reads like CALL-CN-2021-4837-2059-84: CALL, two letters, a year, eight digits and two check digits.",
		"This is the reference of a case."
	}
};

IETP_FUNCTION(case_ref_in);
IETP_FUNCTION(case_ref_out);
IETP_FUNCTION(case_ref_recv);
IETP_FUNCTION(case_ref_send);
IETP_FUNCTION(call_ref_in);
IETP_FUNCTION(call_ref_out);
IETP_FUNCTION(call_ref_recv);
IETP_FUNCTION(call_ref_send);
IETP_FUNCTION(try_case_ref);
IETP_FUNCTION(try_call_ref);
IETP_FUNCTION(new_case_ref);
IETP_FUNCTION(new_call_ref);
IETP_FUNCTION(country);
IETP_FUNCTION(year);

/*
 * The reference that a text reads as.  No message repeats the text: it may be
 * a phone number that was put into the wrong field.
 */
static Datum
ref_in(FunctionCallInfo fcinfo, IetpRefKind kind)
{
	const RefWords *words = &ref_words[kind];
	const char *input = PG_GETARG_CSTRING(0);
	int64_t		value;
	IetpRefResult result;

	result = ietp_ref_parse(input, strlen(input), kind, &value);
	if (result == IETP_REF_OK)
		PG_RETURN_INT64(value);
	if (result == IETP_REF_CHECK)
		ietp_ereturn(fcinfo->context, (Datum) 0,
					 (errcode(ERRCODE_IETP_CHECK_DIGITS),
					  errmsg("check digits of the %s do not match",
							 words->noun),
					  errhint("A character was probably misheard or swapped. Ask for the reference again.")));
	ietp_ereturn(fcinfo->context, (Datum) 0,
				 (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				  errmsg("invalid input syntax for type %s", words->type),
				  errhint("%s", result == IETP_REF_OTHER_KIND ?
						  words->other : words->form)));
}

/* The canonical text, palloc'd. */
static Datum
ref_out(FunctionCallInfo fcinfo, IetpRefKind kind)
{
	int64		value = PG_GETARG_INT64(0);
	char	   *result = palloc(IETP_REF_TEXT_SIZE);

	Assert(ietp_ref_valid(value, kind));
	ietp_ref_format(value, kind, result);
	PG_RETURN_CSTRING(result);
}

/* Every number in range has one text, so the range is all there is to check. */
static Datum
ref_recv(FunctionCallInfo fcinfo, IetpRefKind kind)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int64		value = pq_getmsgint64(buf);

	if (!ietp_ref_valid(value, kind))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s",
						ref_words[kind].type)));
	PG_RETURN_INT64(value);
}

static Datum
ref_send(FunctionCallInfo fcinfo)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_INT64(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* The reference, or NULL where ref_in would fail. */
static Datum
try_ref(FunctionCallInfo fcinfo, IetpRefKind kind)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	int64_t		value;

	if (ietp_ref_parse(VARDATA_ANY(input), VARSIZE_ANY_EXHDR(input),
					   kind, &value) != IETP_REF_OK)
		PG_RETURN_NULL();
	PG_RETURN_INT64(value);
}

/*
 * A serial that nobody can guess, each equally likely.  Numbers above the last
 * whole multiple of IETP_REF_SERIALS would favour the low serials; they are
 * drawn again.
 */
static int32
random_serial(void)
{
	const uint32 limit = PG_UINT32_MAX - PG_UINT32_MAX % IETP_REF_SERIALS;
	uint32		bits;

	do
	{
		if (!pg_strong_random(&bits, sizeof(bits)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate random values")));
	} while (bits >= limit);
	return (int32) (bits % IETP_REF_SERIALS);
}

/* A fresh reference.  It is not looked up: a unique index has to do that. */
static Datum
new_ref(FunctionCallInfo fcinfo, IetpRefKind kind)
{
	text	   *country = PG_GETARG_TEXT_PP(0);
	int32		year = PG_GETARG_INT32(1);
	int64_t		value;

	if (year < 0 || year > IETP_REF_MAX_YEAR)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("year of a %s is out of range",
						ref_words[kind].noun),
				 errhint("A year lies between 0 and %d.",
						 IETP_REF_MAX_YEAR)));
	if (!ietp_ref_make(kind, VARDATA_ANY(country), VARSIZE_ANY_EXHDR(country),
					   year, random_serial(), &value))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_MALFORMED_VALUE),
				 errmsg("country of a %s is malformed",
						ref_words[kind].noun),
				 errhint("A country is two letters from A to Z.")));
	PG_RETURN_INT64(value);
}

Datum
ietp_case_ref_in(PG_FUNCTION_ARGS)
{
	return ref_in(fcinfo, IETP_REF_CASE);
}

Datum
ietp_case_ref_out(PG_FUNCTION_ARGS)
{
	return ref_out(fcinfo, IETP_REF_CASE);
}

Datum
ietp_case_ref_recv(PG_FUNCTION_ARGS)
{
	return ref_recv(fcinfo, IETP_REF_CASE);
}

Datum
ietp_case_ref_send(PG_FUNCTION_ARGS)
{
	return ref_send(fcinfo);
}

Datum
ietp_call_ref_in(PG_FUNCTION_ARGS)
{
	return ref_in(fcinfo, IETP_REF_CALL);
}

Datum
ietp_call_ref_out(PG_FUNCTION_ARGS)
{
	return ref_out(fcinfo, IETP_REF_CALL);
}

Datum
ietp_call_ref_recv(PG_FUNCTION_ARGS)
{
	return ref_recv(fcinfo, IETP_REF_CALL);
}

Datum
ietp_call_ref_send(PG_FUNCTION_ARGS)
{
	return ref_send(fcinfo);
}

Datum
ietp_try_case_ref(PG_FUNCTION_ARGS)
{
	return try_ref(fcinfo, IETP_REF_CASE);
}

Datum
ietp_try_call_ref(PG_FUNCTION_ARGS)
{
	return try_ref(fcinfo, IETP_REF_CALL);
}

Datum
ietp_new_case_ref(PG_FUNCTION_ARGS)
{
	return new_ref(fcinfo, IETP_REF_CASE);
}

Datum
ietp_new_call_ref(PG_FUNCTION_ARGS)
{
	return new_ref(fcinfo, IETP_REF_CALL);
}

/* The country of a reference of either kind, as text. */
Datum
ietp_country(PG_FUNCTION_ARGS)
{
	char		country[IETP_REF_COUNTRY_SIZE];

	ietp_ref_country(PG_GETARG_INT64(0), country);
	PG_RETURN_TEXT_P(cstring_to_text(country));
}

/* The year of a reference of either kind. */
Datum
ietp_year(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(ietp_ref_year(PG_GETARG_INT64(0)));
}
