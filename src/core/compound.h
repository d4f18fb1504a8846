/*-------------------------------------------------------------------------
 *
 * compound.h
 *		Codes, e-mail addresses and phone numbers at the beginning of a text.
 *
 * IDENTIFICATION
 *		src/core/compound.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_COMPOUND_H
#define IETP_CORE_COMPOUND_H

extern int	ietp_match_email(const char *bytes, int length);
extern int	ietp_match_phone(const char *bytes, int length);
extern int	ietp_match_code(const char *bytes, int length);

#endif							/* IETP_CORE_COMPOUND_H */
