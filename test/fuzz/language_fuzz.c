/*-------------------------------------------------------------------------
 *
 * language_fuzz.c
 *		Any bytes at all, to core/language.c.
 *
 * Beyond not reading past the end, the result is one of those that are
 * documented, what is no letter behind the note changes nothing, and a note
 * that tells its language tells one when it is said twice.
 *
 * IDENTIFICATION
 *		test/fuzz/language_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "language.h"

#define STOP		" 1. "
#define STOP_LENGTH	4

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static bool
odd(uint32_t c)
{
	require(c >= 0x3005 && c <= 0x3FFFF);
	return c % 4 == 1;
}

static bool
even(uint32_t c)
{
	return c % 4 == 2;
}

static const char *
language_of(const char *note, size_t length)
{
	static const char *const known[] = {
		"zh-Hans", "zh-Hant", "zh", "vi", "en", "ja", "ko", "th", "lo", "km"
	};
	const char *language = ietp_find_language(note, length, odd, even);
	size_t		i;

	if (language == NULL)
		return "none";
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(language, known[i]) == 0)
			return known[i];
	abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t		length = 2 * (size + STOP_LENGTH);
	char	   *twice = malloc(length);
	const char *once = language_of((const char *) data, size);

	require(twice != NULL);
	memcpy(twice, data, size);
	memcpy(twice + size, STOP, STOP_LENGTH);
	require(strcmp(language_of(twice, size + STOP_LENGTH), once) == 0);
	memcpy(twice + length / 2, twice, length / 2);
	/* More evidence of the same kind may tell another language, but tells. */
	require(strcmp(once, "none") == 0 ||
			strcmp(language_of(twice, length), "none") != 0);
	free(twice);
	return 0;
}
