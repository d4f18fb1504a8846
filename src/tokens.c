/*-------------------------------------------------------------------------
 *
 * tokens.c
 *		Cuts a text into tokens; free of server headers.
 *
 * The tokens follow one another without gap or overlap, so a text can be put
 * together from them again; what a search engine finds twice in a text, as
 * overlapping words, is the dictionary's business.
 *
 * A run of Han characters is one token.  What is between such runs is cut at
 * the word boundaries of UAX #29: by ICU in small windows, except where they
 * are plain to see (core/plain.c).  A window ends where there is a boundary
 * anyway, or one that is full before what it may have cut.  Only in a word that
 * is longer than a window it ends anywhere.
 *
 * ietp_text_open() has to be called first.
 *
 * IDENTIFICATION
 *		src/tokens.c
 *
 *-------------------------------------------------------------------------
 */
#include <stddef.h>

#include "core/ascii.h"
#include "core/compound.h"
#include "core/plain.h"
#include "tokens.h"

void
ietp_begin_tokens(Tokens *tokens, const char *bytes, int length,
				  bool compounds)
{
	tokens->bytes = bytes;
	tokens->length = length;
	tokens->at = 0;
	tokens->compounds = compounds;
	tokens->han_continues = false;
	tokens->n_segments = 0;
	tokens->segment = 0;
	tokens->unit = 0;
}

static CodePoint
peek(const Tokens *tokens, int at)
{
	return ietp_next_code_point(tokens->bytes, tokens->length, &at);
}

/*
 * The end of the run of Han characters, with what is joined to them, that
 * begins at "at", or of as much of it as one token holds.
 */
static int
han_run_end(const Tokens *tokens)
{
	int			at = tokens->at;
	int			limit = at + MAX_TOKEN_BYTES - 4;

	while (at < tokens->length && at <= limit)
	{
		int			next = at;
		CodePoint	c = ietp_next_code_point(tokens->bytes, tokens->length,
											 &next);

		if (!ietp_is_han(c) && (at == tokens->at || !ietp_is_joined(c)))
			break;
		at = next;
	}
	return at;
}

/* A flood of joined characters alone is no run. */
static TokenType
take_han(Tokens *tokens, Token *token)
{
	int			end = han_run_end(tokens);

	token->continues = tokens->han_continues;
	token->continued = end < tokens->length && ietp_is_han(peek(tokens, end));
	tokens->han_continues = token->continued;
	tokens->at = end;
	return TOKEN_HAN;
}

/* To UAX #29 the narrow no-break space joins letters, as "_" does. */
#define NARROW_SPACE	0x202F

/*
 * Fills a window with what is before the next Han character, or before the
 * first boundary behind white space: is the next character neither white space
 * nor joined to it, there is a boundary whatever comes before and after.
 * Returns the number of units.
 */
static int
fill_window(const Tokens *tokens, Unit *units)
{
	int			at = tokens->at;
	int			n = 0;
	bool		after_space = false;

	while (at < tokens->length && n + 2 <= WINDOW_UNITS)
	{
		CodePoint	c = ietp_next_code_point(tokens->bytes, tokens->length,
											 &at);
		bool		space = ietp_is_space(c) && c != NARROW_SPACE;

		if (ietp_is_han(c) || (after_space && !space && !ietp_is_joined(c)))
			break;
		after_space = space;
		n += ietp_put_units(units + n, c);
	}
	return n;
}

/*
 * What is cut at the end of a full window goes on in the next one, and so may
 * what is before it: of "1," with a 5 behind it neither byte is a segment.
 */
static void
leave_unfinished(Tokens *tokens)
{
	int			units = tokens->segments[tokens->n_segments - 1].end;

	if (units + 2 <= WINDOW_UNITS)
		return;
	for (int i = 0; i < 2 && tokens->n_segments > 1; i++)
		tokens->n_segments--;
}

static void
open_window(Tokens *tokens)
{
	Unit		units[WINDOW_UNITS];
	int			length = fill_window(tokens, units);

	tokens->n_segments = ietp_find_segments(units, length, tokens->segments);
	tokens->segment = 0;
	tokens->unit = 0;

	/* Should ICU fail, the window is one blank. */
	if (tokens->n_segments <= 0)
	{
		tokens->segments[0].end = (uint16_t) length;
		tokens->segments[0].kind = SEGMENT_BLANK;
		tokens->n_segments = 1;
	}
	leave_unfinished(tokens);
}

/* Bytes of the character that begins with this byte. */
static int
character_bytes(char first)
{
	unsigned char byte = (unsigned char) first;

	return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/*
 * The end, in bytes, of what goes from unit "from" at "at" to unit "to".  It
 * stays within the text even if that is not valid UTF-8.
 */
static int
bytes_to_unit(const Tokens *tokens, int at, int from, int to)
{
	while (from < to && at < tokens->length)
	{
		int			bytes = character_bytes(tokens->bytes[at]);

		from += bytes == 4 ? 2 : 1;
		at += bytes;
	}
	return at < tokens->length ? at : tokens->length;
}

static void
take_segment(Tokens *tokens)
{
	Segment		segment = tokens->segments[tokens->segment++];

	tokens->at = bytes_to_unit(tokens, tokens->at, tokens->unit, segment.end);
	tokens->unit = segment.end;
}

static bool
window_is_open(const Tokens *tokens)
{
	return tokens->segment < tokens->n_segments &&
		tokens->at < tokens->length;
}

/* Does a word end at "at", whatever it is? */
static bool
word_ends(const Tokens *tokens, int at)
{
	CodePoint	c;

	if (at >= tokens->length)
		return true;
	c = peek(tokens, at);
	return c != '_' && !ietp_is_joined(c) &&
		(ietp_is_han(c) || !ietp_is_word_part(c));
}

/* Matches a compound that begins here, and returns its length or 0. */
static int
match_compound(const Tokens *tokens, TokenType *type)
{
	const char *bytes = tokens->bytes + tokens->at;
	int			length = tokens->length - tokens->at;
	int			end;

	if ((end = ietp_match_email(bytes, length)) > 0)
		*type = TOKEN_EMAIL;
	else if ((end = ietp_match_phone(bytes, length)) > 0)
		*type = TOKEN_PHONE;
	else if ((end = ietp_match_code(bytes, length)) > 0)
		*type = TOKEN_CODE;
	return end > 0 && word_ends(tokens, tokens->at + end) ? end : 0;
}

static bool
begins_compound(char c)
{
	return c == '+' || ietp_is_digit(c) || ietp_is_ascii_letter(c);
}

/*
 * Moves to "end".  A window that is open stays so if one of its segments ends
 * there: else it no longer begins where the next token does.
 */
static void
pass_bytes(Tokens *tokens, int end)
{
	while (window_is_open(tokens) && tokens->at < end)
		take_segment(tokens);
	if (tokens->at != end)
		tokens->n_segments = tokens->segment = 0;
	tokens->at = end;
}

static bool
take_compound(Tokens *tokens, TokenType *type)
{
	int			length;

	if (!tokens->compounds || !begins_compound(tokens->bytes[tokens->at]))
		return false;
	length = match_compound(tokens, type);
	if (length == 0)
		return false;
	pass_bytes(tokens, tokens->at + length);
	return true;
}

/* Blanks that follow one another are one, if compounds are. */
static void
take_blanks(Tokens *tokens)
{
	do
		take_segment(tokens);
	while (tokens->compounds && window_is_open(tokens) &&
		   tokens->segments[tokens->segment].kind == SEGMENT_BLANK &&
		   tokens->bytes[tokens->at] != '+');
}

static TokenType
take_from_window(Tokens *tokens)
{
	SegmentKind kind;

	if (!window_is_open(tokens))
		open_window(tokens);
	kind = (SegmentKind) tokens->segments[tokens->segment].kind;
	if (kind == SEGMENT_BLANK)
	{
		take_blanks(tokens);
		return TOKEN_BLANK;
	}
	take_segment(tokens);
	return kind == SEGMENT_NUMBER ? TOKEN_NUMBER : TOKEN_WORD;
}

/*
 * Most of a text is plain: words and numbers between single blanks and common
 * punctuation, where the boundaries are known without ICU.  Returns TOKEN_END
 * where it is not.
 */
static TokenType
take_plain(Tokens *tokens)
{
	const char *bytes = tokens->bytes + tokens->at;
	int			length = tokens->length - tokens->at;
	int			end;

	if ((end = ietp_plain_blank(bytes, length, tokens->compounds)) > 0)
	{
		tokens->at += end;
		return TOKEN_BLANK;
	}
	if ((end = ietp_plain_word(bytes, length)) > 0)
	{
		tokens->at += end;
		return TOKEN_WORD;
	}
	if (tokens->compounds && ietp_is_digit(bytes[0]) &&
		ietp_match_phone(bytes, length) > 0)
		return TOKEN_END;
	if ((end = ietp_plain_number(bytes, length)) > 0)
	{
		tokens->at += end;
		return TOKEN_NUMBER;
	}
	return TOKEN_END;
}

static TokenType
take_token(Tokens *tokens, Token *token)
{
	TokenType	type;

	if (!window_is_open(tokens))
	{
		if (ietp_is_han(peek(tokens, tokens->at)))
			return take_han(tokens, token);
		type = take_plain(tokens);
		if (type != TOKEN_END)
			return type;
	}
	return take_compound(tokens, &type) ? type : take_from_window(tokens);
}

/* The next token; TOKEN_END when there is none. */
TokenType
ietp_next_token(Tokens *tokens, Token *token)
{
	int			from = tokens->at;

	token->bytes = tokens->bytes + from;
	token->continues = token->continued = false;
	token->type = from < tokens->length ? take_token(tokens, token) :
		TOKEN_END;
	token->length = tokens->at - from;
	return token->type;
}
