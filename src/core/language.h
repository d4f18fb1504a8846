/*-------------------------------------------------------------------------
 *
 * language.h
 *		The language that a short note is written in.
 *
 * IDENTIFICATION
 *		src/core/language.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_LANGUAGE_H
#define IETP_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A question about one character. */
typedef bool (*LanguageTest) (uint32_t c);

/*
 * The tag (BCP 47) of the language, or NULL where the text does not tell.  The
 * text is UTF-8 that need not end in a zero byte; what is no UTF-8 counts as
 * no letter.  The tests know the characters that only traditional or only
 * simplified Chinese is written with.  Reads the text once, allocates nothing.
 */
extern const char *ietp_find_language(const char *note, size_t length,
									  LanguageTest traditional,
									  LanguageTest simplified);

#endif							/* IETP_LANGUAGE_H */
