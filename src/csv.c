/*-------------------------------------------------------------------------
 *
 * csv.c
 *		Records of comma-separated values as text arrays.
 *
 * COPY reads such files too, but stops at the first bad record and shows it
 * in the error's context.  Lines that were copied whole are split here, one
 * by one, and a bad one is just a NULL.
 *
 * IDENTIFICATION
 *		src/csv.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "ietp_helpline.h"
#include "core/csv.h"

/* Above any real file; keeps a line of commas from filling the memory. */
#define MAX_FIELDS		1600

static char
get_delimiter(text *given)
{
	char		delimiter;

	if (VARSIZE_ANY_EXHDR(given) == 1)
	{
		delimiter = *VARDATA_ANY(given);
		if ((delimiter > ' ' || delimiter == '\t') && delimiter != '"')
			return delimiter;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("delimiter must be a single ASCII character other than a quote or a space")));
	return 0;					/* not reached */
}

/*
 * Splits the record into at most MAX_FIELDS fields, as COPY would: an empty
 * field without quotes is a null.  The fields are new in the current context.
 */
static CsvResult
split(CsvReader *reader, char *buffer, Datum *fields, bool *nulls, int *count)
{
	CsvResult	result;
	size_t		length;
	bool		quoted;

	for (*count = 0;; (*count)++)
	{
		result = ietp_csv_next(reader, buffer, &length, &quoted);
		if (result == CSV_END)
			return CSV_END;
		if (result != CSV_FIELD || *count == MAX_FIELDS)
			return result == CSV_FIELD ? CSV_MALFORMED : result;
		nulls[*count] = length == 0 && !quoted;
		fields[*count] = nulls[*count] ? (Datum) 0 :
			PointerGetDatum(cstring_to_text_with_len(buffer, (int) length));
	}
}

/*
 * ietp.csv_fields(line text, delimiter text) returns text[]
 *
 * NULL where the line is no record.
 */
IETP_FUNCTION(csv_fields);
Datum
ietp_csv_fields(PG_FUNCTION_ARGS)
{
	text	   *line = PG_GETARG_TEXT_PP(0);
	Size		length = VARSIZE_ANY_EXHDR(line);
	CsvReader	reader;
	Datum		fields[MAX_FIELDS];
	bool		nulls[MAX_FIELDS];
	int			count;
	int			lower = 1;

	ietp_csv_start(&reader, VARDATA_ANY(line), length,
				   get_delimiter(PG_GETARG_TEXT_PP(1)));
	if (split(&reader, palloc(length + 1), fields, nulls, &count) != CSV_END)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(construct_md_array(fields, nulls, 1, &count, &lower,
											 TEXTOID, -1, false,
											 TYPALIGN_INT));
}

/*
 * ietp.csv_open(line text, delimiter text) returns boolean
 *
 * Does the line end inside quotes, so that the record goes on in the next?
 */
IETP_FUNCTION(csv_open);
Datum
ietp_csv_open(PG_FUNCTION_ARGS)
{
	text	   *line = PG_GETARG_TEXT_PP(0);
	Size		length = VARSIZE_ANY_EXHDR(line);
	char	   *buffer = palloc(length + 1);
	CsvReader	reader;
	CsvResult	result;
	bool		quoted;

	ietp_csv_start(&reader, VARDATA_ANY(line), length,
				   get_delimiter(PG_GETARG_TEXT_PP(1)));
	do
		result = ietp_csv_next(&reader, buffer, &length, &quoted);
	while (result == CSV_FIELD);
	PG_RETURN_BOOL(result == CSV_OPEN);
}
