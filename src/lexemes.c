/*-------------------------------------------------------------------------
 *
 * lexemes.c
 *		The lexemes under which a token is indexed; free of server headers.
 *
 * A word: exact; folded and stem where they differ.  A word of several parts:
 * whole, and its parts one position after another.  A Han run: at each
 * position the simplified bigram, and as it was written where simplifying
 * changed it; and the last character alone.  Words of the dictionary are not
 * among them: a query finds those as bigrams one behind another, just as well,
 * and a vector does not grow old with the dictionary.
 *
 * Most tokens of a text are words seen before, so the lexemes of short ones
 * are kept in a cache, each token at the place of its hash.
 *
 * IDENTIFICATION
 *		src/lexemes.c
 *
 *-------------------------------------------------------------------------
 */
#include <stddef.h>
#include <string.h>

#include "lexemes.h"

#define MOVES	0x80			/* in the byte of a cached lexeme's length */

/* Keeps a lexeme of the token being filled, unless there is no room. */
static void
cache_lexeme(Lexemes *lexemes, const char *bytes, int length, bool moves)
{
	CachedToken *filling = lexemes->filling;
	int			at = filling->lexemes_length;

	if (at + 1 + length > CACHED_LEXEME_BYTES || length >= MOVES)
	{
		filling->token_length = filling->lexemes_length = 0;
		lexemes->filling = NULL;
		return;
	}
	filling->lexemes[at] = (char) (length | (moves ? MOVES : 0));
	memcpy(filling->lexemes + at + 1, bytes, length);
	filling->lexemes_length = (uint8_t) (at + 1 + length);
}

static void
put_lexeme(Lexemes *lexemes, const char *bytes, int length, bool moves)
{
	if (lexemes->filling != NULL)
		cache_lexeme(lexemes, bytes, length, moves);
	lexemes->take(lexemes->context, bytes, length, moves);
}

static void
put_form(Lexemes *lexemes, char class, const Form *form)
{
	char		bytes[MAX_FORM + 1];

	bytes[0] = class;
	memcpy(bytes + 1, form->bytes, form->length);
	put_lexeme(lexemes, bytes, form->length + 1, false);
}

static void
put_part(Lexemes *lexemes, const Part *part, bool moves)
{
	put_lexeme(lexemes, part->exact.bytes, part->exact.length, moves);
	if (part->folded.length > 0 &&
		!ietp_same_form(&part->folded, &part->exact))
		put_form(lexemes, CLASS_FOLDED, &part->folded);
	if (part->stem.length > 0 && !ietp_same_form(&part->stem, &part->folded))
		put_form(lexemes, CLASS_STEM, &part->stem);
}

static void
put_word(Lexemes *lexemes, const char *bytes, int length)
{
	Word		word;
	Part		part;

	if (!ietp_begin_word(&word, bytes, length))
		return;
	if (word.whole.length > 0)
		put_lexeme(lexemes, word.whole.bytes, word.whole.length, false);
	while (ietp_next_part(&word, lexemes->stem, lexemes->context, &part))
		if (part.exact.length > 0)
			put_part(lexemes, &part, word.n_parts > 1);
}

/* The place of a token in the cache, by the hash FNV-1a. */
static CachedToken *
find_place(const Lexemes *lexemes, const char *bytes, int length)
{
	uint32_t	hash = 2166136261u;

	for (int i = 0; i < length; i++)
		hash = (hash ^ (unsigned char) bytes[i]) * 16777619u;
	return lexemes->cache + ((hash ^ (hash >> 15)) & (CACHED_TOKENS - 1));
}

static void
put_cached(const Lexemes *lexemes, const CachedToken *cached)
{
	int			at = 0;

	while (at < cached->lexemes_length)
	{
		int			length = (unsigned char) cached->lexemes[at] & ~MOVES;

		lexemes->take(lexemes->context, cached->lexemes + at + 1, length,
					  (cached->lexemes[at] & MOVES) != 0);
		at += 1 + length;
	}
}

/* Hands over the lexemes of a token that is no Han run. */
void
ietp_word_lexemes(Lexemes *lexemes, const char *bytes, int length)
{
	CachedToken *place;

	lexemes->filling = NULL;
	if (length > CACHED_TOKEN_BYTES)
	{
		put_word(lexemes, bytes, length);
		return;
	}
	place = find_place(lexemes, bytes, length);
	if (place->token_length == length &&
		memcmp(place->token, bytes, length) == 0)
	{
		put_cached(lexemes, place);
		return;
	}

	/* Should the caller be thrown out meanwhile, nothing is cached. */
	place->token_length = place->lexemes_length = 0;
	lexemes->filling = place;
	put_word(lexemes, bytes, length);
	if (lexemes->filling == NULL)
		return;
	memcpy(place->token, bytes, length);
	place->token_length = (uint8_t) length;
	lexemes->filling = NULL;
}

/* Writes characters behind the byte of their class, if any. */
int
ietp_han_form(char *bytes, char class, const CodePoint *characters, int count)
{
	int			n = 0;

	if (class != '\0')
		bytes[n++] = class;
	for (int i = 0; i < count; i++)
		n += ietp_put_code_point(bytes + n, characters[i]);
	return n;
}

static void
put_bigram(Lexemes *lexemes, const CodePoint *raw, const CodePoint *folded,
		   bool moves)
{
	char		bytes[9];

	put_lexeme(lexemes, bytes, ietp_han_form(bytes, '\0', folded, 2), moves);
	if (raw[0] != folded[0] || raw[1] != folded[1])
		put_lexeme(lexemes, bytes, ietp_han_form(bytes, CLASS_SCRIPT, raw, 2),
				   false);
}

/* The bigram of the last character before and the first of this run. */
static void
put_seam(Lexemes *lexemes, CodePoint before, const HanRun *run)
{
	CodePoint	raw[2] = {before, run->raw[0]};
	CodePoint	folded[2] = {ietp_simplified(before), run->folded[0]};

	put_bigram(lexemes, raw, folded, false);
}

static void
put_last(Lexemes *lexemes, CodePoint folded)
{
	char		bytes[4];

	put_lexeme(lexemes, bytes, ietp_han_form(bytes, '\0', &folded, 1), false);
}

/*
 * Hands over the lexemes of a Han run.  The last character is at the position
 * of the last bigram, as long as there is one: so what follows the run is one
 * position behind that bigram, for which alone a query asks.  Where a run was
 * cut into tokens the second one begins with the bigram across the seam, and
 * the first one has no last character.
 */
void
ietp_han_lexemes(Lexemes *lexemes, const char *bytes, int length, Seam seam)
{
	HanRun		run;
	bool		moves = false;

	lexemes->filling = NULL;
	ietp_read_han_run(&run, bytes, length);
	if (seam.before != 0 && run.length > 0)
	{
		put_seam(lexemes, seam.before, &run);
		moves = true;
	}
	for (int i = 0; i < run.length; i++)
	{
		if (i + 1 < run.length)
			put_bigram(lexemes, run.raw + i, run.folded + i, moves);
		else if (!seam.continued)
			put_last(lexemes, run.folded[i]);
		moves = true;
	}
}
