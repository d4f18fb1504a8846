/*-------------------------------------------------------------------------
 *
 * token.h
 *		Verification of work tokens.
 *
 * IDENTIFICATION
 *		src/token.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_TOKEN_H
#define IETP_TOKEN_H

extern const char *ietp_verify_token(char *token);

#endif							/* IETP_TOKEN_H */
