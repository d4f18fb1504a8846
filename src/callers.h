/*-------------------------------------------------------------------------
 *
 * callers.h
 *		What aggregates over those who called have in common: the tokens that
 *		stand for a caller.
 *
 * IDENTIFICATION
 *		src/callers.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CALLERS_H
#define IETP_CALLERS_H

#include "core/callers.h"
#include "state.h"

/* What the tokens are; stored, so never to be renumbered. */
typedef enum TokenType
{
	TOKEN_BIGINT = 1,
	TOKEN_UUID = 2,
	TOKEN_BYTEA = 3,
	TOKEN_TEXT = 4
} TokenType;

/* The bytes of a token that is not a bigint. */
typedef struct Token
{
	const char *bytes;
	uint64		length;
} Token;

/*
 * Where one is in stored words, in which a token that is a bigint is a key of
 * core/order.h, and any other one its length and its bytes, most significant
 * first, in as many words as they need, the last one filled up with zeros.
 */
typedef struct StoredReader
{
	TokenType	type;
	const uint64 *words;
	int64		left;
} StoredReader;

extern IetpStringSet *ietp_make_strings(MemoryContext context);
extern uint32 ietp_keep_string(IetpStringSet **set, const char *bytes,
							   uint64 length);
extern void ietp_token_arg(FunctionCallInfo fcinfo, int argno,
						   TokenType type, Token *token);

extern uint64 *ietp_store_string(uint64 *words, const IetpStringSet *set,
								 uint32 place);
extern bool ietp_begin_stored(StoredReader *reader, const uint64 *words,
							  int64 count);
extern bool ietp_skip_token(StoredReader *reader, const uint64 **token);
extern bool ietp_token_follows(TokenType type, const uint64 *before,
							   const uint64 *token);
extern uint32 ietp_keep_stored_string(IetpStringSet **set,
									  const uint64 *token);
extern void ietp_check_token_type(TokenType type, TokenType other);

#endif							/* IETP_CALLERS_H */
