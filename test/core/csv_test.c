/*-------------------------------------------------------------------------
 *
 * csv_test.c
 *		Unit test of the splitting of records.
 *
 * IDENTIFICATION
 *		test/core/csv_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "check.h"
#include "csv.h"

#define MAX_TEXT	512

/*
 * What the reader makes of a record, written as it is read: a field in
 * brackets, with an asterisk where it was quoted; then OPEN or BAD.
 */
static void
describe(const char *record, size_t length, char delimiter, char *out)
{
	CsvReader	reader;
	CsvResult	result;
	char		field[MAX_TEXT];
	size_t		field_length;
	bool		quoted;

	*out = '\0';
	ietp_csv_start(&reader, record, length, delimiter);
	while ((result = ietp_csv_next(&reader, field, &field_length,
								   &quoted)) == CSV_FIELD)
		out += sprintf(out, "[%s%.*s]", quoted ? "*" : "",
					   (int) field_length, field);
	strcpy(out, result == CSV_OPEN ? "OPEN" :
		   result == CSV_MALFORMED ? "BAD" : "");
}

static void
test_records(void)
{
	static const char *const cases[][2] = {
		{"", "[]"},
		{"a", "[a]"},
		{",", "[][]"},
		{"a,b,c", "[a][b][c]"},
		{"a,,c,", "[a][][c][]"},
		{" a , b ", "[ a ][ b ]"},
		{"\"\"", "[*]"},
		{"\"a\"", "[*a]"},
		{"\"a,b\",c", "[*a,b][c]"},
		{"\"a\"\"b\"", "[*a\"b]"},
		{"\"\"\"\"", "[*\"]"},
		{"\"\"\"a\"\"\"", "[*\"a\"]"},
		{"a,\"b\nc\",d", "[a][*b\nc][d]"},
		{"a,\"b", "[a]OPEN"},
		{"\"", "OPEN"},
		{"\"\"\"", "OPEN"},
		{"\"a\"\"", "OPEN"},
		{"\"a\"b", "BAD"},
		{"\"a\" ,b", "BAD"},
		{"a\"b", "BAD"},
		{"x,a\"\"", "[x]BAD"},
		{" \"a\"", "BAD"},
		{"\xe5\xb7\xa5\xe8\xb5\x84,\xc4\x91", "[\xe5\xb7\xa5\xe8\xb5\x84][\xc4\x91]"},
		{"a;b\tc", "[a;b\tc]"},
	};
	char		actual[MAX_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		describe(cases[i][0], strlen(cases[i][0]), ',', actual);
		CHECK_TEXT(actual, cases[i][1]);
	}
	describe("a;b,c;\"d;e\"", 11, ';', actual);
	CHECK_TEXT(actual, "[a][b,c][*d;e]");
	describe("a,b,c", 3, ',', actual);
	CHECK_TEXT(actual, "[a][b]");
}

/* A small generator of numbers, the same everywhere. */
static unsigned
next_number(unsigned limit)
{
	static unsigned state = 2021;

	state = state * 1103515245u + 12345u;
	return (state >> 16) % limit;
}

/*
 * Writes random fields as the standard says, each quoted where it must be or
 * by chance, and expects them back.
 */
static void
test_round_trip(void)
{
	static const char alphabet[] = "ab,\";\n\r \xc4\x91";

	for (int round = 0; round < 20000; round++)
	{
		char		record[MAX_TEXT];
		char		expected[MAX_TEXT];
		char		actual[MAX_TEXT];
		char	   *r = record;
		char	   *e = expected;
		unsigned	fields = 1 + next_number(5);

		for (unsigned f = 0; f < fields; f++)
		{
			char		value[8];
			unsigned	length = next_number(8);
			bool		quoted = next_number(2) == 0;

			for (unsigned i = 0; i < length; i++)
			{
				value[i] = alphabet[next_number(sizeof(alphabet) - 1)];
				quoted = quoted || value[i] == ',' || value[i] == '"';
			}
			if (f > 0)
				*r++ = ',';
			if (quoted)
				*r++ = '"';
			for (unsigned i = 0; i < length; i++)
			{
				if (value[i] == '"')
					*r++ = '"';
				*r++ = value[i];
			}
			if (quoted)
				*r++ = '"';
			e += sprintf(e, "[%s%.*s]", quoted ? "*" : "",
						 (int) length, value);
		}
		describe(record, (size_t) (r - record), ',', actual);
		CHECK_TEXT(actual, expected);
	}
}

int
main(void)
{
	test_records();
	test_round_trip();
	return check_done("csv");
}
