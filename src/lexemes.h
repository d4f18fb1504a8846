/*-------------------------------------------------------------------------
 *
 * lexemes.h
 *		The lexemes under which a token is indexed; free of server headers.
 *
 * IDENTIFICATION
 *		src/lexemes.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_LEXEMES_H
#define IETP_LEXEMES_H

#include "forms.h"

/*
 * Takes the lexemes of a token one by one.  "moves": the lexeme is at the
 * position behind that of the last one, not at the same.  The first lexeme of
 * a token never moves.
 */
typedef void (*TakeLexeme) (void *context, const char *bytes, int length,
							bool moves);

#define CACHED_TOKEN_BYTES	24
#define CACHED_LEXEME_BYTES	70
#define CACHED_TOKENS		8192

/* What the lexemes of a short token are, each behind a byte of its length. */
typedef struct CachedToken
{
	uint8_t		token_length;	/* 0: none is cached */
	uint8_t		lexemes_length;
	char		token[CACHED_TOKEN_BYTES];
	char		lexemes[CACHED_LEXEME_BYTES];
} CachedToken;

typedef struct Lexemes
{
	TakeLexeme	take;
	Stemmer		stem;			/* NULL: no stems */
	void	   *context;		/* of both */
	CachedToken *cache;			/* CACHED_TOKENS of them, zeroed at first */
	CachedToken *filling;		/* the one being filled, or NULL */
} Lexemes;

/* What a Han run goes on from, and whether another goes on from it. */
typedef struct Seam
{
	CodePoint	before;			/* last character of the token before, or 0 */
	bool		continued;
} Seam;

extern void ietp_word_lexemes(Lexemes *lexemes, const char *bytes,
							  int length);
extern void ietp_han_lexemes(Lexemes *lexemes, const char *bytes, int length,
							 Seam seam);
extern int	ietp_han_form(char *bytes, char class, const CodePoint *characters,
						  int count);

#endif							/* IETP_LEXEMES_H */
