/*-------------------------------------------------------------------------
 *
 * plain.h
 *		Word boundaries that are plain to see in UTF-8.
 *
 * IDENTIFICATION
 *		src/core/plain.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_PLAIN_H
#define IETP_CORE_PLAIN_H

#include <stdbool.h>

extern int	ietp_plain_word(const char *bytes, int length);
extern int	ietp_plain_number(const char *bytes, int length);
extern int	ietp_plain_blank(const char *bytes, int length, bool merged);

#endif							/* IETP_CORE_PLAIN_H */
