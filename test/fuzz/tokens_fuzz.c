/*-------------------------------------------------------------------------
 *
 * tokens_fuzz.c
 *		Any text at all, through the tokenizer and the lexemes.
 *
 * The text is the valid UTF-8 that is in the input, since the server
 * guarantees that.  Tokens and lexemes are valid UTF-8 of the sizes that text
 * search allows, and a token has the same lexemes from the cache as when it was
 * met first.  The words of a text without Han characters that fits into a
 * window are those that ICU finds in the whole of it.
 *
 * IDENTIFICATION
 *		test/fuzz/tokens_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "lexemes.h"

/* Texts are repeated up to here, so that floods are met. */
#define MAX_TEXT		6000

#define NO_CHARACTER	0xFFFD
#define LEXEME_LIMIT	2046

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The lexemes of a token, as one hash. */
typedef struct Taken
{
	uint64_t	hash;
	int			count;
} Taken;

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
require_valid(const char *bytes, int length)
{
	char		again[4];
	int			at = 0;

	while (at < length)
	{
		int			from = at;
		CodePoint	c = ietp_next_code_point(bytes, length, &at);

		require(c > 0 && ietp_put_code_point(again, c) == at - from &&
				memcmp(again, bytes + from, at - from) == 0);
	}
}

static void
take(void *context, const char *bytes, int length, bool moves)
{
	Taken	   *taken = context;

	require(length > 0 && length <= LEXEME_LIMIT);
	require(taken->count > 0 || !moves);
	require_valid(bytes, length);
	for (int i = 0; i < length; i++)
		taken->hash = (taken->hash ^ (unsigned char) bytes[i]) *
			UINT64_C(1099511628211);
	taken->hash += length * 2 + moves;
	taken->count++;
}

/* No stemmer of the server: the word without its last letter. */
static int
stem(void *context, const char *word, int length, char *form)
{
	(void) context;
	memcpy(form, word, length);
	return length > 2 ? length - 1 : length;
}

static Taken
lexemes_of(const Token *token, Seam seam)
{
	static CachedToken cache[CACHED_TOKENS];
	Taken		taken = {0};
	Lexemes		lexemes = {
		.take = take,
		.stem = stem,
		.context = &taken,
		.cache = cache
	};
	char	   *copy = malloc(token->length);

	/* Of its very size, so that no byte too many is read. */
	require(copy != NULL);
	memcpy(copy, token->bytes, token->length);
	if (token->type == TOKEN_HAN)
		ietp_han_lexemes(&lexemes, copy, token->length, seam);
	else
		ietp_word_lexemes(&lexemes, copy, token->length);
	free(copy);
	return taken;
}

/* The last character of a Han run, from which the next one may go on. */
static CodePoint
last_han(const Token *token)
{
	CodePoint	last = 0;
	int			at = 0;

	while (at < token->length)
	{
		CodePoint	c = ietp_next_code_point(token->bytes, token->length,
											 &at);

		if (ietp_is_han(c))
			last = c;
	}
	return last;
}

static void
check_token(const Token *token, CodePoint before)
{
	Seam		seam = {before, token->continued};
	Taken		first;
	Taken		second;

	require(token->type > TOKEN_END && token->type <= TOKEN_BLANK);
	require(token->length > 0 && token->length <= MAX_TOKEN_BYTES);
	require(token->type == TOKEN_HAN ||
			(!token->continues && !token->continued));
	require(token->continues == (before != 0));
	require_valid(token->bytes, token->length);
	if (token->type == TOKEN_BLANK)
		return;
	first = lexemes_of(token, seam);
	second = lexemes_of(token, seam);
	require(first.hash == second.hash && first.count == second.count);
}

static void
check_text(const char *bytes, int length, bool compounds)
{
	Tokens		tokens;
	Token		token;
	CodePoint	before = 0;
	int			at = 0;

	ietp_begin_tokens(&tokens, bytes, length, compounds);
	while (ietp_next_token(&tokens, &token) != TOKEN_END)
	{
		require(token.bytes == bytes + at);
		at += token.length;
		require(at <= length);
		check_token(&token, before);
		before = token.continued ? last_han(&token) : 0;
	}
	require(at == length && before == 0);
}

/* Has it a Han character? */
static bool
has_han(const char *bytes, int length)
{
	int			at = 0;

	while (at < length)
		if (ietp_is_han(ietp_next_code_point(bytes, length, &at)))
			return true;
	return false;
}

/* No short cut and no window moves a boundary. */
static void
check_boundaries(const char *bytes, int length)
{
	Tokens		tokens;
	Token		token;
	Unit		units[WINDOW_UNITS];
	Segment		segments[WINDOW_UNITS];
	int			n_units = ietp_to_units(bytes, length, units,
										WINDOW_UNITS - 2);
	int			count = n_units < 0 || has_han(bytes, length) ? -1 :
	ietp_find_segments(units, n_units, segments);
	int			at = 0;

	ietp_begin_tokens(&tokens, bytes, length, false);
	for (int i = 0; i < count; i++)
	{
		require(ietp_next_token(&tokens, &token) != TOKEN_END);
		at += ietp_to_units(token.bytes, token.length, units, WINDOW_UNITS);
		require(at == segments[i].end);
		require((token.type == TOKEN_BLANK) ==
				(segments[i].kind == SEGMENT_BLANK));
	}
	require(count < 0 || ietp_next_token(&tokens, &token) == TOKEN_END);
}

/* Keeps what is valid, and no zero; returns the length. */
static int
make_valid(const char *bytes, int length, char *valid)
{
	int			at = 0;
	int			n = 0;

	while (at < length)
	{
		CodePoint	c = ietp_next_code_point(bytes, length, &at);

		if (c > 0 && c != NO_CHARACTER)
			n += ietp_put_code_point(valid + n, c);
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int			times = size > 0 ? 1 << (data[0] % 12) : 1;
	char	   *bytes = malloc(MAX_TEXT);
	int			length = 0;

	require(bytes != NULL && ietp_text_open() == NULL);
	while (size > 1 && times-- > 0 && length + size - 1 <= MAX_TEXT)
	{
		memcpy(bytes + length, data + 1, size - 1);
		length += (int) size - 1;
	}
	length = make_valid(bytes, length, bytes);
	/* Of its very size, too. */
	bytes = realloc(bytes, length > 0 ? length : 1);
	require(bytes != NULL);
	check_text(bytes, length, true);
	check_text(bytes, length, false);
	check_boundaries(bytes, length);
	free(bytes);
	return 0;
}
