/*-------------------------------------------------------------------------
 *
 * secret.h
 *		Comparison of secrets.
 *
 * IDENTIFICATION
 *		src/core/secret.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_SECRET_H
#define IETP_CORE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Are both of these "length" bytes the same?  Takes the same time whatever
 * they are, so that nobody learns by timing how far a guess was right.
 */
static inline bool
secret_equal(const char *a, const char *b, size_t length)
{
	volatile unsigned char difference = 0;

	for (size_t i = 0; i < length; i++)
		difference |= (unsigned char) a[i] ^ (unsigned char) b[i];
	return difference == 0;
}

#endif							/* IETP_CORE_SECRET_H */
