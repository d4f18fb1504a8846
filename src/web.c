/*-------------------------------------------------------------------------
 *
 * web.c
 *		The pieces of a query in the syntax of web search engines.
 *
 * As in websearch_to_tsquery(): a piece in "quotes" is a phrase, one with a
 * hyphen before it must not be there, "or" between two lets either do, and no
 * query is wrong.  Typographic quotes, also those of Chinese, are quotes too.
 *
 * IDENTIFICATION
 *		src/web.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "text.h"
#include "web.h"

static bool
is_quote(CodePoint c)
{
	return c == '"' || c == 0x201C || c == 0x201D ||
		(c >= 0x300C && c <= 0x300F) || c == 0xFF02;
}

static bool
is_hyphen(CodePoint c)
{
	return c == '-' || c == 0xFF0D;
}

static bool
ends_bare_piece(CodePoint c)
{
	return ietp_is_space(c) || is_quote(c);
}

/* Moves behind the characters before the next that satisfies "ends". */
static void
skip_until(const char *bytes, int length, int *at, bool (*ends) (CodePoint))
{
	int			next = *at;

	while (next < length && !ends(ietp_next_code_point(bytes, length, &next)))
		*at = next;
}

static bool
is_no_space(CodePoint c)
{
	return !ietp_is_space(c);
}

/* Takes the next character if it is of a kind. */
static bool
take_if(const char *bytes, int length, int *at, bool (*is) (CodePoint))
{
	int			next = *at;

	if (next >= length || !is(ietp_next_code_point(bytes, length, &next)))
		return false;
	*at = next;
	return true;
}

static bool
is_or(const WebPiece *piece)
{
	return !piece->quoted && !piece->negated && piece->length == 2 &&
		pg_strncasecmp(piece->bytes, "or", 2) == 0;
}

/* Reads what stands between white space or quotes. */
static bool
take_piece(const char *bytes, int length, int *at, WebPiece *piece)
{
	skip_until(bytes, length, at, is_no_space);
	if (*at >= length)
		return false;
	piece->negated = take_if(bytes, length, at, is_hyphen);
	piece->quoted = take_if(bytes, length, at, is_quote);
	piece->bytes = bytes + *at;
	skip_until(bytes, length, at, piece->quoted ? is_quote : ends_bare_piece);
	piece->length = bytes + *at - piece->bytes;
	if (piece->quoted)
		take_if(bytes, length, at, is_quote);
	return true;
}

/* The next piece; false if there is none. */
bool
ietp_next_web_piece(const char *bytes, int length, int *at, WebPiece *piece)
{
	piece->or = false;
	while (take_piece(bytes, length, at, piece))
	{
		if (!is_or(piece))
			return true;
		piece->or = true;
	}
	return false;
}

/* What a query asks for, without what must not be there. */
char	   *
ietp_web_asking(const char *bytes, int length)
{
	StringInfoData asking;
	WebPiece	piece;
	int			at = 0;

	initStringInfo(&asking);
	while (ietp_next_web_piece(bytes, length, &at, &piece))
	{
		if (piece.negated)
			continue;
		appendStringInfoChar(&asking, ' ');
		appendBinaryStringInfo(&asking, piece.bytes, piece.length);
	}
	return asking.data;
}
