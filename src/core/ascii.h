/*-------------------------------------------------------------------------
 *
 * ascii.h
 *		Classes of ASCII characters, whatever the locale.
 *
 * They take bytes, signed or not, as well as code points.
 *
 * IDENTIFICATION
 *		src/core/ascii.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_ASCII_H
#define IETP_CORE_ASCII_H

#include <stdbool.h>
#include <stdint.h>

static inline bool
ietp_is_digit(int32_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ietp_is_ascii_letter(int32_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

#endif							/* IETP_CORE_ASCII_H */
