/*-------------------------------------------------------------------------
 *
 * word_break.c
 *		Measures how long ICU itself takes to break text into words.
 *
 * word_break < FILE prints processor seconds and the number of pieces.  FILE
 * is UTF-8, one text a line; all lines are read and turned into UTF-16 before
 * the clock starts, and each is given to the same break iterator.
 *
 * IDENTIFICATION
 *		test/bench/word_break.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <unicode/ubrk.h>
#include <unicode/ustring.h>

/* All lines one after the other; line i ends where line i + 1 begins. */
typedef struct
{
	UChar	   *units;
	size_t		length;
	size_t		room;
	size_t	   *begins;
	size_t		count;
	size_t		begins_room;
} Lines;

static void
stop(const char *why)
{
	fprintf(stderr, "word_break: %s\n", why);
	exit(1);
}

static void *
larger(void *memory, size_t count, size_t size)
{
	memory = realloc(memory, count * size);
	if (memory == NULL)
		stop("out of memory");
	return memory;
}

/* Notes that a line begins, or the last one ends, here. */
static void
add_begin(Lines *lines)
{
	if (lines->count == lines->begins_room)
	{
		lines->begins_room = lines->begins_room * 2 + 1024;
		lines->begins = larger(lines->begins, lines->begins_room,
							   sizeof(size_t));
	}
	lines->begins[lines->count++] = lines->length;
}

/* UTF-16 never has more units than UTF-8 has bytes. */
static void
add_line(Lines *lines, const char *line, size_t bytes)
{
	UErrorCode	status = U_ZERO_ERROR;
	int32_t		units;

	if (lines->length + bytes + 1 > lines->room)
	{
		lines->room = (lines->length + bytes + 1) * 2;
		lines->units = larger(lines->units, lines->room, sizeof(UChar));
	}
	add_begin(lines);
	u_strFromUTF8(lines->units + lines->length, (int32_t) bytes + 1, &units,
				  line, (int32_t) bytes, &status);
	if (U_FAILURE(status))
		stop("a line is not UTF-8");
	lines->length += (size_t) units;
}

static void
read_lines(Lines *lines)
{
	char	   *line = NULL;
	size_t		room = 0;
	ssize_t		bytes;

	while ((bytes = getline(&line, &room, stdin)) > 0)
		add_line(lines, line, (size_t) bytes - (line[bytes - 1] == '\n'));
	add_begin(lines);
	free(line);
}

static long
count_pieces(UBreakIterator *iterator, const Lines *lines)
{
	long		pieces = 0;

	for (size_t i = 0; i + 1 < lines->count; i++)
	{
		size_t		begin = lines->begins[i];
		UErrorCode	status = U_ZERO_ERROR;

		ubrk_setText(iterator, lines->units + begin,
					 (int32_t) (lines->begins[i + 1] - begin), &status);
		if (U_FAILURE(status))
			stop(u_errorName(status));
		while (ubrk_next(iterator) != UBRK_DONE)
			pieces++;
	}
	return pieces;
}

/* ICU loads the dictionary of Han when it first meets Han. */
static void
load_dictionary(UBreakIterator *iterator)
{
	static const UChar wages[] = {0x5de5, 0x8d44};
	UErrorCode	status = U_ZERO_ERROR;

	ubrk_setText(iterator, wages, 2, &status);
	ubrk_next(iterator);
}

static double
seconds_of_processor(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

int
main(void)
{
	Lines		lines = {0};
	UErrorCode	status = U_ZERO_ERROR;
	UBreakIterator *iterator = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
	double		started;
	long		pieces;

	if (U_FAILURE(status))
		stop(u_errorName(status));
	read_lines(&lines);
	load_dictionary(iterator);
	started = seconds_of_processor();
	pieces = count_pieces(iterator, &lines);
	printf("%.6f %ld\n", seconds_of_processor() - started, pieces);
	ubrk_close(iterator);
	free(lines.units);
	free(lines.begins);
	return 0;
}
