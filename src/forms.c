/*-------------------------------------------------------------------------
 *
 * forms.c
 *		The forms under which words and Han characters are found; free of
 *		server headers.
 *
 * A word is found in its exact form, NFKC_Casefold with the tone mark of a
 * Vietnamese syllable in its one place; without its marks; and by its English
 * stem.  A run of Han characters is found by its characters in simplified
 * form, in pairs, and by the words that ICU's dictionary sees in them.
 *
 * IDENTIFICATION
 *		src/forms.c
 *
 *-------------------------------------------------------------------------
 */
#include <stddef.h>
#include <string.h>

#include "core/ascii.h"
#include "core/tone.h"
#include "forms.h"

/* Units of a part; a longer one is no word and has no form. */
#define MAX_PART_UNITS	640

bool
ietp_same_form(const Form *a, const Form *b)
{
	return a->length == b->length &&
		memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Leaves no form where it would not fit. */
static void
set_form(Form *form, const Unit *units, int length)
{
	int			n = ietp_to_bytes(units, length, form->bytes, MAX_FORM - 1);

	form->length = n < 0 ? 0 : n;
}

/* The next run of letters, digits and marks; false if there is none. */
static bool
find_part(const Unit *units, int length, int *from, int *to)
{
	int			at = *from;
	int			next = at;

	while (at < length &&
		   !ietp_is_word_part(ietp_next_in_units(units, length, &next)))
		at = next;
	*from = *to = next = at;
	while (next < length &&
		   ietp_is_word_part(ietp_next_in_units(units, length, &next)))
		*to = next;
	return *to > *from;
}

/*
 * Do the units write one number in groups?  Thousands do, 5,000,000 and
 * 5.000.000, and so does a phone number.
 */
static bool
is_grouped_number(const Unit *units, int length)
{
	int			digits = 0;
	int			group = 0;
	bool		thousands = true;
	bool		first = true;

	for (int i = 0; i <= length; i++)
	{
		if (i < length && ietp_is_digit(units[i]))
		{
			digits++;
			group++;
			continue;
		}
		if (i < length && (units[i] > 0x7F ||
						   strchr("+ -.,", units[i]) == NULL))
			return false;
		thousands = thousands && (first ? group <= 3 : group == 3);
		first = group == 0 && first;
		group = 0;
	}
	return thousands || digits >= 9 || units[0] == '+';
}

/* The whole of a word of several parts: of a number its digits alone. */
static void
set_whole(Word *word)
{
	Unit		digits[MAX_PART_UNITS];
	int			n = 0;

	if (word->length > MAX_PART_UNITS ||
		!is_grouped_number(word->units, word->length))
	{
		set_form(&word->whole, word->units, word->length);
		return;
	}
	for (int i = 0; i < word->length; i++)
		if (ietp_is_digit(word->units[i]))
			digits[n++] = word->units[i];
	set_form(&word->whole, digits, n);
}

/* Begins to read a token that is no Han run; false if it holds no word. */
bool
ietp_begin_word(Word *word, const char *bytes, int length)
{
	Unit		units[MAX_TOKEN_BYTES];
	int			n = ietp_to_units(bytes, length, units, MAX_TOKEN_BYTES);
	int			from = 0;
	int			to;

	word->at = word->n_parts = word->whole.length = 0;
	word->length = n < 0 ? -1 :
		ietp_casefold(units, n, word->units, 2 * MAX_TOKEN_BYTES);
	if (word->length < 0 ||
		!find_part(word->units, word->length, &from, &to))
		return false;
	word->at = from;
	from = to;
	if (find_part(word->units, word->length, &from, &to))
		set_whole(word);
	return true;
}

/* Letters with a stroke, which Unicode does not decompose. */
static Unit
without_stroke(Unit c)
{
	switch (c)
	{
		case 0x111:				/* d of Vietnamese */
		case 0xF0:				/* eth, typed for it */
			return 'd';
		case 0x142:
			return 'l';
		case 0xF8:
			return 'o';
		case 0x127:
			return 'h';
		case 0x131:				/* dotless i */
			return 'i';
		default:
			return c;
	}
}

/* Takes the marks off Latin letters; those of other scripts are letters. */
static int
drop_marks(const Unit *units, int length, Unit *plain)
{
	bool		latin = false;
	int			n = 0;

	for (int i = 0; i < length; i++)
	{
		if (latin && ietp_is_mark(units[i]))
			continue;
		latin = ietp_is_latin(units[i]);
		plain[n++] = without_stroke(units[i]);
	}
	return n;
}

/* Are all units a to z, as words with an English stem are? */
static bool
is_plain(const Form *form)
{
	for (int i = 0; i < form->length; i++)
		if (form->bytes[i] < 'a' || form->bytes[i] > 'z')
			return false;
	return form->length > 0;
}

static bool
is_ascii(const Unit *units, int length)
{
	for (int i = 0; i < length; i++)
		if (units[i] > 0x7F)
			return false;
	return true;
}

/* Exact and folded form of a part with letters outside ASCII. */
static void
set_marked_forms(Part *part, const Unit *units, int length)
{
	Unit		decomposed[4 * MAX_PART_UNITS];
	Unit		composed[4 * MAX_PART_UNITS];
	int			n = ietp_decompose(units, length, decomposed,
								   4 * MAX_PART_UNITS);
	int			m;

	if (n < 0)
		return;
	ietp_place_tone(decomposed, n);
	m = ietp_compose(decomposed, n, composed, 4 * MAX_PART_UNITS);
	if (m >= 0)
		set_form(&part->exact, composed, m);
	n = drop_marks(decomposed, n, decomposed);
	m = ietp_compose(decomposed, n, composed, 4 * MAX_PART_UNITS);
	if (m >= 0)
		set_form(&part->folded, composed, m);
}

static void
set_forms(Part *part, const Unit *units, int length)
{
	part->exact.length = part->folded.length = part->stem.length = 0;
	if (length > MAX_PART_UNITS)
		return;
	if (is_ascii(units, length))
	{
		set_form(&part->exact, units, length);
		part->folded.length = part->exact.length;
		memcpy(part->folded.bytes, part->exact.bytes, part->exact.length);
	}
	else
		set_marked_forms(part, units, length);
}

/* Reads the next part of a word; false if there is none. */
bool
ietp_next_part(Word *word, Stemmer stemmer, void *context, Part *part)
{
	int			to;

	if (!find_part(word->units, word->length, &word->at, &to))
		return false;
	set_forms(part, word->units + word->at, to - word->at);
	word->at = to;
	word->n_parts += part->exact.length > 0;
	if (stemmer != NULL && is_plain(&part->folded))
		part->stem.length = stemmer(context, part->folded.bytes,
									part->folded.length, part->stem.bytes);
	return true;
}

/* Reads a run of Han characters; what is joined to one is left out. */
void
ietp_read_han_run(HanRun *run, const char *bytes, int length)
{
	int			at = 0;

	run->length = 0;
	while (at < length && run->length < MAX_RUN)
	{
		CodePoint	c = ietp_next_code_point(bytes, length, &at);

		if (!ietp_is_han(c))
			continue;
		run->raw[run->length] = c;
		run->folded[run->length++] = ietp_simplified(c);
	}
}

/*
 * Finds the words of a run in simplified form, so that both ways of writing
 * have the same: how many characters the word has that begins at each
 * character, 0 where none does.
 */
void
ietp_find_han_words(const HanRun *run, int *words)
{
	Unit		units[2 * MAX_RUN];
	uint16_t	ends[2 * MAX_RUN];
	int			length = 0;
	int			at = 0;
	int			character = 0;
	int			n;

	for (int i = 0; i < run->length; i++)
	{
		length += ietp_put_units(units + length, run->folded[i]);
		words[i] = 0;
	}
	n = ietp_break_words(units, length, ends);
	for (int i = 0; i < n; i++)
	{
		int			first = character;

		while (at < ends[i])
			at += run->folded[character++] > 0xFFFF ? 2 : 1;
		words[first] = character - first;
	}
}
