/*-------------------------------------------------------------------------
 *
 * tone_test.c
 *		Where core/tone.c puts tone marks.
 *
 * Marks are written behind their letter: ` ' ~ ? . for the five tones, ^ ( +
 * for circumflex, breve and horn, and D for the d with stroke.
 *
 * IDENTIFICATION
 *		test/core/tone_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "tone.h"

#include "check.h"

static const char marks[] = "`'~?.^(+D";
static const uint16_t units_of_marks[] = {
	0x300, 0x301, 0x303, 0x309, 0x323, 0x302, 0x306, 0x31B, 0x111
};

/* The syllable with its tone in its place, written as above. */
static const char *
placed(const char *syllable)
{
	static char result[64];
	int			length = (int) strlen(syllable);
	uint16_t   *units = malloc(length * sizeof(uint16_t));

	if (units == NULL)
		abort();
	for (int i = 0; i < length; i++)
	{
		const char *mark = strchr(marks, syllable[i]);

		units[i] = mark != NULL ? units_of_marks[mark - marks] : syllable[i];
	}
	ietp_place_tone(units, length);
	for (int i = 0; i < length; i++)
	{
		result[i] = (char) units[i];
		for (int m = 0; marks[m] != '\0'; m++)
			if (units_of_marks[m] == units[i])
				result[i] = marks[m];
	}
	result[length] = '\0';
	free(units);
	return result;
}

/* Both ways of typing become one. */
static void
test_two_places(void)
{
	CHECK_TEXT(placed("ho`a"), "hoa`");
	CHECK_TEXT(placed("hoa`"), "hoa`");
	CHECK_TEXT(placed("kho?e"), "khoe?");
	CHECK_TEXT(placed("thu.y"), "thuy.");
	CHECK_TEXT(placed("qu?a"), "qua?");
	CHECK_TEXT(placed("qu'y"), "quy'");
	CHECK_TEXT(placed("gi'a"), "gia'");
	CHECK_TEXT(placed("mua'"), "mu'a");
	CHECK_TEXT(placed("cui."), "cu.i");
	CHECK_TEXT(placed("ngo`ai"), "ngoa`i");
	CHECK_TEXT(placed("khu?yu"), "khuy?u");
	CHECK_TEXT(placed("to'an"), "toa'n");
	CHECK_TEXT(placed("gi`"), "gi`");
	CHECK_TEXT(placed("gin`"), "gi`n");
}

/* The mark stands where canonical order has it. */
static void
test_marked_vowels(void)
{
	CHECK_TEXT(placed("tie^'ng"), "tie^'ng");
	CHECK_TEXT(placed("ti'e^ng"), "tie^'ng");
	CHECK_TEXT(placed("a('t"), "a('t");
	CHECK_TEXT(placed("vie.^t"), "vie.^t");
	CHECK_TEXT(placed("vi.e^t"), "vie.^t");
	CHECK_TEXT(placed("ma.(c"), "ma.(c");
	CHECK_TEXT(placed("no+."), "no+.");
	CHECK_TEXT(placed("lu+o+`ng"), "lu+o+`ng");
	CHECK_TEXT(placed("lu+`o+ng"), "lu+o+`ng");
	CHECK_TEXT(placed("cu+'u"), "cu+'u");
	CHECK_TEXT(placed("Du+o+.c"), "Du+o+.c");
	CHECK_TEXT(placed("quo^'c"), "quo^'c");
	CHECK_TEXT(placed("gie^'ng"), "gie^'ng");
}

/* What is no syllable, or has no tone, stays. */
static void
test_others(void)
{
	CHECK_TEXT(placed(""), "");
	CHECK_TEXT(placed("'"), "'");
	CHECK_TEXT(placed("'a"), "'a");
	CHECK_TEXT(placed("hoa"), "hoa");
	CHECK_TEXT(placed("b'"), "b'");
	CHECK_TEXT(placed("ho`a'"), "ho`a'");
	CHECK_TEXT(placed("cafe'teria"), "cafe'teria");
	CHECK_TEXT(placed("o`a1"), "o`a1");
	CHECK_TEXT(placed("o`aooooooooooooooooooooooooo"),
			   "o`aooooooooooooooooooooooooo");
}

int
main(void)
{
	test_two_places();
	test_marked_vowels();
	test_others();
	return check_done("tone");
}
