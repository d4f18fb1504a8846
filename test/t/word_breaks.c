/*-------------------------------------------------------------------------
 *
 * word_breaks.c
 *		The word boundaries that ICU itself finds, for word_break.pl.
 *
 * Reads lines of code points in hexadecimal and writes each line again with
 * "|" where there is a boundary.  Shares nothing with the extension.
 *
 * IDENTIFICATION
 *		test/t/word_breaks.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/utf16.h>

#define MAX_UNITS	256

/* Appends the code points of a line; returns how many units they are. */
static int
read_units(char *line, UChar *units)
{
	char	   *end;
	int			length = 0;

	for (;;)
	{
		long		c = strtol(line, &end, 16);

		if (end == line || length + 2 > MAX_UNITS)
			return length;
		U16_APPEND_UNSAFE(units, length, c);
		line = end;
	}
}

static void
write_breaks(UBreakIterator *breaks, const UChar *units, int length)
{
	int			at = 0;
	UChar32		c;

	while (at < length)
	{
		printf("%s ", ubrk_isBoundary(breaks, at) ? "|" : "");
		U16_NEXT(units, at, length, c);
		printf("%04X ", (unsigned) c);
	}
	printf("|\n");
}

int
main(void)
{
	UErrorCode	status = U_ZERO_ERROR;
	UBreakIterator *breaks = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
	UChar		units[MAX_UNITS];
	char		line[8 * MAX_UNITS];

	while (U_SUCCESS(status) && fgets(line, sizeof(line), stdin) != NULL)
	{
		int			length = read_units(line, units);

		ubrk_setText(breaks, units, length, &status);
		write_breaks(breaks, units, length);
	}
	ubrk_close(breaks);
	return U_FAILURE(status);
}
