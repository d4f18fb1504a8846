/*-------------------------------------------------------------------------
 *
 * tokens.h
 *		Cuts a text into tokens; free of server headers.
 *
 * IDENTIFICATION
 *		src/tokens.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_TOKENS_H
#define IETP_TOKENS_H

#include "text.h"

/* Token types, numbered as text search shows them; 0 ends the tokens. */
typedef enum TokenType
{
	TOKEN_END,
	TOKEN_HAN,					/* a run of Han characters */
	TOKEN_WORD,
	TOKEN_NUMBER,
	TOKEN_CODE,					/* as A-123: letters, digits and hyphens */
	TOKEN_EMAIL,
	TOKEN_PHONE,
	TOKEN_BLANK
} TokenType;

/*
 * No token is longer, so that none reaches the 2,046 bytes at which text
 * search drops one.  A unit of UTF-16 is 3 bytes at the most.
 */
#define MAX_TOKEN_BYTES		1998
#define WINDOW_UNITS		(MAX_TOKEN_BYTES / 3)

typedef struct Token
{
	TokenType	type;
	const char *bytes;
	int			length;
	bool		continues;		/* a Han run that the last token began */
	bool		continued;		/* a Han run that the next token goes on with */
} Token;

/* The tokens of one text.  Its size does not depend on the text's. */
typedef struct Tokens
{
	const char *bytes;
	int			length;
	int			at;				/* first byte that no token has */
	bool		compounds;		/* codes, e-mails and phone numbers too? */
	bool		han_continues;

	/* The segments of a stretch outside Han that begins at "at". */
	Segment		segments[WINDOW_UNITS];
	int			n_segments;
	int			segment;		/* the next one */
	int			unit;			/* where it begins, in units of the window */
} Tokens;

extern void ietp_begin_tokens(Tokens *tokens, const char *bytes, int length,
							  bool compounds);
extern TokenType ietp_next_token(Tokens *tokens, Token *token);


#endif							/* IETP_TOKENS_H */
