/*-------------------------------------------------------------------------
 *
 * tone_fuzz.c
 *		Any units at all, to core/tone.c.
 *
 * Units only change their places, of them but a tone mark, and a mark that is
 * in its place stays there.
 *
 * IDENTIFICATION
 *		test/fuzz/tone_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tone.h"

/* What syllables are written with; a byte beyond it is itself. */
static const uint16_t letters[] = {
	'a', 'e', 'i', 'o', 'u', 'y', 'g', 'h', 'n', 'q', 't', 0x111,
	0x300, 0x301, 0x303, 0x309, 0x323, 0x302, 0x306, 0x31B, 0x308, 0
};

#define N_LETTERS	(sizeof(letters) / sizeof(letters[0]))

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static bool
is_tone(uint16_t c)
{
	return c == 0x300 || c == 0x301 || c == 0x303 || c == 0x309 ||
		c == 0x323;
}

/* Copies all but tone marks; returns how many units these are. */
static size_t
without_tones(const uint16_t *units, size_t length, uint16_t *others)
{
	size_t		n = 0;

	for (size_t i = 0; i < length; i++)
		if (!is_tone(units[i]))
			others[n++] = units[i];
	return n;
}

static void
require_same_letters(const uint16_t *a, const uint16_t *b, size_t length)
{
	uint16_t   *others = malloc(2 * length * sizeof(uint16_t) + 1);
	size_t		n = without_tones(a, length, others);

	require(without_tones(b, length, others + length) == n);
	require(memcmp(others, others + length, n * sizeof(uint16_t)) == 0);
	free(others);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t		bytes = size * sizeof(uint16_t);
	uint16_t   *typed = malloc(bytes + 1);
	uint16_t   *units = malloc(bytes + 1);

	for (size_t i = 0; i < size; i++)
		typed[i] = data[i] < N_LETTERS ? letters[data[i]] : data[i];
	memcpy(units, typed, bytes);
	ietp_place_tone(units, (int) size);
	require_same_letters(typed, units, size);
	memcpy(typed, units, bytes);
	ietp_place_tone(units, (int) size);
	require(memcmp(typed, units, bytes) == 0);
	free(units);
	free(typed);
	return 0;
}
