/*-------------------------------------------------------------------------
 *
 * ref.h
 *		Codec of the references that workers dictate over the phone.
 *
 * A case's reference reads CN-2021-4837-2059-77: two letters for the country,
 * a year, eight random digits, and two ISO 7064 MOD 97-10 check digits over
 * all of it.  A call's reads CALL-CN-2021-4837-2059-84; its check digits cover
 * CALL as well.  CALL itself counts as 13 mod 97, not 0, so that one text
 * with CALL added or dropped never passes as a reference of the other kind.
 *
 * As a number a reference is
 *
 *		kind * 10^15 + ((country * 10^4 + year) * 10^8 + serial)
 *
 * with country = 26 * first letter + second letter (0 to 675) and kind = 0
 * for a case, 1 for a call.  Numbers of the two kinds are disjoint, and within
 * a kind the order of the numbers is the bytewise order of the texts.
 *
 * IDENTIFICATION
 *		src/core/ref.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_REF_H
#define IETP_CORE_REF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum IetpRefKind
{
	IETP_REF_CASE,
	IETP_REF_CALL
} IetpRefKind;

typedef enum IetpRefResult
{
	IETP_REF_OK,
	IETP_REF_SYNTAX,			/* not the text of a reference */
	IETP_REF_CHECK,				/* right form, wrong check digits */
	IETP_REF_OTHER_KIND			/* faultless reference of the other kind */
} IetpRefResult;

/* Room for the longest text, a call's, and its terminating zero. */
#define IETP_REF_TEXT_SIZE 26

/* Room for the two letters of a country and a terminating zero. */
#define IETP_REF_COUNTRY_SIZE 3

#define IETP_REF_MAX_YEAR 9999

/* A serial is any number from 0 to one less than this. */
#define IETP_REF_SERIALS 100000000

extern IetpRefResult ietp_ref_parse(const char *s, size_t len,
									IetpRefKind kind, int64_t *value);
extern void ietp_ref_format(int64_t value, IetpRefKind kind, char *buf);
extern bool ietp_ref_valid(int64_t value, IetpRefKind kind);
extern bool ietp_ref_make(IetpRefKind kind, const char *country, size_t len,
						  int32_t year, int32_t serial, int64_t *value);
extern void ietp_ref_country(int64_t value, char *country);
extern int32_t ietp_ref_year(int64_t value);
extern int32_t ietp_ref_check_digits(const char *symbols, size_t count);

#endif							/* IETP_CORE_REF_H */
