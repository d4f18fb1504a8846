/*-------------------------------------------------------------------------
 *
 * plain.c
 *		Word boundaries that are plain to see in UTF-8.
 *
 * These are cases of the rules of UAX #29 in which two or three bytes decide.
 * A word is a run of Latin letters, all of the class ALetter, a number one of
 * digits; each ends before a blank, before punctuation with a blank behind it,
 * since neither joins what stands on its two sides then, and before a Han
 * character, which joins nothing.  A blank is plain if a letter, a digit or a
 * Han character follows it, which does not join it.  All else is left to ICU.
 *
 * IDENTIFICATION
 *		src/core/plain.c
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "ascii.h"
#include "plain.h"

/* Longer runs are left to the caller, who cuts them. */
#define MAX_PLAIN	500

typedef unsigned char Byte;

/* Bytes of the Latin letter that is here, or 0. */
static int
letter_bytes(const Byte *bytes, int length)
{
	if (length < 1)
		return 0;
	if (ietp_is_ascii_letter(bytes[0]))
		return 1;
	if (length < 2 || bytes[0] < 0xC3)
		return 0;

	/* U+00C0 to U+00FF but for the signs of multiplication and division. */
	if (bytes[0] == 0xC3)
		return bytes[1] != 0x97 && bytes[1] != 0xB7 ? 2 : 0;

	/* U+0100 to U+027F. */
	if (bytes[0] <= 0xC9)
		return 2;

	/* U+1E00 to U+1EFF. */
	return bytes[0] == 0xE1 && bytes[1] >= 0xB8 && bytes[1] <= 0xBB &&
		length >= 3 ? 3 : 0;
}

/* Do these bytes begin a character from U+4000 to U+9FFF, as Han are? */
static bool
is_han(const Byte *bytes, int length)
{
	return length >= 3 && bytes[0] >= 0xE4 && bytes[0] <= 0xE9;
}

static bool
is_blank(Byte c)
{
	return c == ' ' || c == '\n';
}

static bool
is_punctuation(Byte c)
{
	return c != 0 && strchr(",.;:!?)\"", c) != NULL;
}

/* The ideographic comma and full stop, and full-width , : ! ? */
static bool
is_wide_punctuation(const Byte *bytes, int length)
{
	if (length < 3)
		return false;
	if (bytes[0] == 0xE3)
		return bytes[1] == 0x80 && (bytes[2] == 0x81 || bytes[2] == 0x82);
	return bytes[0] == 0xEF && bytes[1] == 0xBC &&
		(bytes[2] == 0x8C || bytes[2] == 0x9A || bytes[2] == 0x81 ||
		 bytes[2] == 0x9F);
}

/* Is there a boundary before these bytes, behind a letter or digit? */
static bool
ends_word(const Byte *bytes, int length)
{
	if (length == 0 || is_blank(bytes[0]) || is_han(bytes, length))
		return true;
	if (is_punctuation(bytes[0]))
		return length == 1 || is_blank(bytes[1]);
	return is_wide_punctuation(bytes, length) &&
		is_han(bytes + 3, length - 3);
}

/* Length of the plain word with which the text begins, or 0. */
int
ietp_plain_word(const char *utf8, int length)
{
	const Byte *bytes = (const Byte *) utf8;
	int			at = 0;
	int			letter;

	while (at < MAX_PLAIN &&
		   (letter = letter_bytes(bytes + at, length - at)) > 0)
		at += letter;
	return at > 0 && at < MAX_PLAIN && ends_word(bytes + at, length - at) ?
		at : 0;
}

/* Length of the plain number with which the text begins, or 0. */
int
ietp_plain_number(const char *utf8, int length)
{
	const Byte *bytes = (const Byte *) utf8;
	int			at = 0;

	while (at < length && at < MAX_PLAIN && ietp_is_digit(bytes[at]))
		at++;
	return at > 0 && at < MAX_PLAIN && ends_word(bytes + at, length - at) ?
		at : 0;
}

/* Does a letter, digit or Han character begin here? */
static bool
begins_word(const Byte *bytes, int length)
{
	return length > 0 &&
		(ietp_is_digit(bytes[0]) || is_han(bytes, length) ||
		 letter_bytes(bytes, length) > 0);
}

/*
 * Length of the plain blank with which the text begins, or 0: white space,
 * punctuation, or one and then the other, which are one blank if "merged".
 */
int
ietp_plain_blank(const char *utf8, int length, bool merged)
{
	const Byte *bytes = (const Byte *) utf8;

	if (length > 1 && bytes[0] == ' ')
		return begins_word(bytes + 1, length - 1) ? 1 : 0;
	if (length > 2 && is_punctuation(bytes[0]) && bytes[1] == ' ')
		return !begins_word(bytes + 2, length - 2) ? 0 : merged ? 2 : 1;
	return is_wide_punctuation(bytes, length) &&
		is_han(bytes + 3, length - 3) ? 3 : 0;
}
