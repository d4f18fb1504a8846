/*-------------------------------------------------------------------------
 *
 * tone.c
 *		Where a Vietnamese syllable bears its tone mark.
 *
 * Typists put the mark of hoà or hòa, thuỵ or thụy, quả or qủa on either
 * vowel, and mean the same syllable.  Here the mark moves to one place that
 * depends on the other letters alone, so that all ways of typing become one:
 * the vowel with a quality mark (ê, ơ ...); else the last vowel, if a
 * consonant follows; else the second vowel of oa, oe, uy and of three; else
 * the first.  The u of qu and the i of gi count as consonants if a vowel
 * follows.
 *
 * IDENTIFICATION
 *		src/core/tone.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "tone.h"

#define MAX_SYLLABLE	24		/* units of a decomposed syllable, and more */

#define HORN			0x31B
#define DOT_BELOW		0x323

static bool
is_tone(uint16_t c)
{
	return c == 0x300 || c == 0x301 || c == 0x303 || c == 0x309 ||
		c == DOT_BELOW;
}

/* Circumflex, breve and horn make other vowels. */
static bool
is_quality(uint16_t c)
{
	return c == 0x302 || c == 0x306 || c == HORN;
}

static bool
is_vowel(uint16_t c)
{
	return c < 0x80 && strchr("aeiouy", c) != NULL && c != 0;
}

/* A syllable without its tone. */
typedef struct Syllable
{
	uint16_t	units[MAX_SYLLABLE];
	int			length;
	uint16_t	tone;			/* 0: none found */
	int			vowels[MAX_SYLLABLE];	/* where each begins, in order */
	int			n_vowels;
	int			marked;			/* the last vowel with a quality mark, or -1 */
	bool		closed;			/* a consonant follows the vowels */
} Syllable;

/*
 * Takes one unit into the syllable.  Returns false if this can be none: two
 * tones, other marks, vowels on both sides of a consonant.
 */
static bool
take_unit(Syllable *syllable, uint16_t c)
{
	int			last = syllable->n_vowels - 1;

	if (is_tone(c))
	{
		if (syllable->tone != 0 || last < 0)
			return false;
		syllable->tone = c;
		return true;
	}
	if (is_quality(c))
	{
		if (last < 0 || syllable->closed)
			return false;
		syllable->marked = last;
	}
	else if (is_vowel(c))
	{
		if (syllable->closed)
			return false;
		syllable->vowels[syllable->n_vowels++] = syllable->length;
	}
	else if (c >= 'a' && c <= 'z')
		syllable->closed = last >= 0;
	else if (c != 0x111)		/* d with stroke */
		return false;
	syllable->units[syllable->length++] = c;
	return true;
}

static bool
read_syllable(Syllable *syllable, const uint16_t *units, int length)
{
	memset(syllable, 0, sizeof(*syllable));
	syllable->marked = -1;
	if (length > MAX_SYLLABLE)
		return false;
	for (int i = 0; i < length; i++)
		if (!take_unit(syllable, units[i]))
			return false;
	return syllable->tone != 0 && syllable->n_vowels > 0;
}

/* The first vowel that counts as one: 1 after qu and gi, else 0. */
static int
first_vowel(const Syllable *syllable)
{
	const uint16_t *units = syllable->units;

	if (syllable->n_vowels < 2 || syllable->vowels[0] != 1)
		return 0;
	return (units[0] == 'q' && units[1] == 'u') ||
		(units[0] == 'g' && units[1] == 'i') ? 1 : 0;
}

/* Do the two vowels bear the tone on the second one? */
static bool
second_of_two(uint16_t first, uint16_t second)
{
	return (first == 'o' && (second == 'a' || second == 'e')) ||
		(first == 'u' && second == 'y');
}

static int
toned_vowel(const Syllable *syllable)
{
	int			first = first_vowel(syllable);
	int			count = syllable->n_vowels - first;
	const int  *vowels = syllable->vowels + first;

	if (syllable->marked >= first)
		return syllable->marked;
	if (syllable->closed)
		return syllable->n_vowels - 1;
	if (count >= 3 ||
		(count == 2 && second_of_two(syllable->units[vowels[0]],
									 syllable->units[vowels[1]])))
		return first + 1;
	return first;
}

/*
 * Where the tone mark stands in canonical order: behind the letter and its
 * horn; behind its circumflex or breve too, unless it is the dot below, which
 * is of a lower class than these.
 */
static int
tone_place(const Syllable *syllable)
{
	int			at = syllable->vowels[toned_vowel(syllable)] + 1;

	if (at < syllable->length && is_quality(syllable->units[at]) &&
		(syllable->units[at] == HORN || syllable->tone != DOT_BELOW))
		at++;
	return at;
}

/*
 * Moves the tone mark of a syllable, in lower case and decomposed (NFD), to
 * its place.  Whatever is no syllable stays as it is.
 */
void
ietp_place_tone(uint16_t *units, int length)
{
	Syllable	syllable;
	int			at;
	int			n = 0;

	if (!read_syllable(&syllable, units, length))
		return;
	at = tone_place(&syllable);
	for (int i = 0; i < syllable.length; i++)
	{
		if (i == at)
			units[n++] = syllable.tone;
		units[n++] = syllable.units[i];
	}
	if (at == syllable.length)
		units[n] = syllable.tone;
}
