/*-------------------------------------------------------------------------
 *
 * csv.c
 *		Splitting one record of comma-separated values (RFC 4180).
 *
 * A field either stands in double quotes, in which a quote is written twice,
 * or holds no quote at all.  Bytes are not looked into: the delimiter and the
 * quote are ASCII, so every encoding in which ASCII bytes stand for ASCII
 * alone, as UTF-8, passes unharmed.
 *
 * IDENTIFICATION
 *		src/core/csv.c
 *
 *-------------------------------------------------------------------------
 */
#include "csv.h"

#include <string.h>

/*
 * Begins to read a record of "length" bytes.  An empty record is one empty
 * field.
 */
void
ietp_csv_start(CsvReader *reader, const char *record, size_t length,
			   char delimiter)
{
	reader->next = record;
	reader->end = record + length;
	reader->delimiter = delimiter;
	reader->done = false;
}

/* Steps over the delimiter, or notes that the field was the last. */
static bool
finish_field(CsvReader *reader)
{
	if (reader->next == reader->end)
		reader->done = true;
	else if (*reader->next == reader->delimiter)
		reader->next++;
	else
		return false;
	return true;
}

static CsvResult
read_plain(CsvReader *reader, char *field, size_t *length)
{
	const char *start = reader->next;

	while (reader->next < reader->end && *reader->next != reader->delimiter)
	{
		if (*reader->next == '"')
			return CSV_MALFORMED;
		reader->next++;
	}
	*length = (size_t) (reader->next - start);
	memcpy(field, start, *length);
	finish_field(reader);
	return CSV_FIELD;
}

static CsvResult
read_quoted(CsvReader *reader, char *field, size_t *length)
{
	*length = 0;
	for (reader->next++; reader->next < reader->end; reader->next++)
	{
		if (*reader->next == '"')
		{
			reader->next++;
			if (reader->next == reader->end || *reader->next != '"')
				return finish_field(reader) ? CSV_FIELD : CSV_MALFORMED;
		}
		field[(*length)++] = *reader->next;
	}
	return CSV_OPEN;
}

/*
 * Reads the next field into "field", which must have room for as many bytes
 * as the record has, without a terminating zero.
 */
CsvResult
ietp_csv_next(CsvReader *reader, char *field, size_t *length, bool *quoted)
{
	if (reader->done)
		return CSV_END;
	*quoted = reader->next < reader->end && *reader->next == '"';
	return *quoted ? read_quoted(reader, field, length) :
		read_plain(reader, field, length);
}
