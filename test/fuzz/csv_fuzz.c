/*-------------------------------------------------------------------------
 *
 * csv_fuzz.c
 *		Fuzzer of the splitting of records.
 *
 * No field is longer than the record, the reader ends, and fields written
 * again, all in quotes, are read back the same.
 *
 * IDENTIFICATION
 *		test/fuzz/csv_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool ok)
{
	if (!ok)
		abort();
}

/* Reads one field that was written in quotes; must be the given one. */
static void
read_back(const char *field, size_t length)
{
	char	   *record = malloc(2 * length + 2);
	char	   *again = malloc(2 * length + 2);
	size_t		size = 0;
	size_t		again_length;
	CsvReader	reader;
	bool		quoted;

	record[size++] = '"';
	for (size_t i = 0; i < length; i++)
	{
		if (field[i] == '"')
			record[size++] = '"';
		record[size++] = field[i];
	}
	record[size++] = '"';
	ietp_csv_start(&reader, record, size, ',');
	require(ietp_csv_next(&reader, again, &again_length, &quoted) ==
			CSV_FIELD);
	require(quoted && again_length == length &&
			memcmp(again, field, length) == 0);
	require(ietp_csv_next(&reader, again, &again_length, &quoted) == CSV_END);
	free(again);
	free(record);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CsvReader	reader;
	char	   *field = malloc(size + 1);
	size_t		length;
	size_t		fields = 0;
	bool		quoted;

	ietp_csv_start(&reader, (const char *) data, size, ',');
	while (ietp_csv_next(&reader, field, &length, &quoted) == CSV_FIELD)
	{
		require(length <= size);
		require(++fields <= size + 1);
		read_back(field, length);
	}
	free(field);
	return 0;
}
