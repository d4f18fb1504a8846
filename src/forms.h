/*-------------------------------------------------------------------------
 *
 * forms.h
 *		The forms under which words and Han characters are found; free of
 *		server headers.
 *
 * IDENTIFICATION
 *		src/forms.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_FORMS_H
#define IETP_FORMS_H

#include "tokens.h"

/*
 * Classes of lexemes, by their first byte.  No word begins with any of these,
 * so that classes never meet; exact words, bigrams and the last character of a
 * run have no such byte.
 */
#define CLASS_FOLDED	'~'		/* a word without its marks */
#define CLASS_STEM		'^'		/* an English stem */
#define CLASS_SCRIPT	'!'		/* a bigram as it was written */

/* Bytes of a lexeme, with the byte of its class; text search allows 2,046. */
#define MAX_FORM		2045

typedef struct Form
{
	int			length;			/* 0: there is none */
	char		bytes[MAX_FORM];
} Form;

/* Writes the stem of a word to "stem", of the word's room, and its length. */
typedef int (*Stemmer) (void *context, const char *word, int length,
						char *stem);

/* One part of a word: "can" and "t" of "can't", all of "work". */
typedef struct Part
{
	Form		exact;
	Form		folded;			/* as exact where it has no marks */
	Form		stem;			/* of folded; none where it is not English */
} Part;

/* A token outside Han while its parts are read. */
typedef struct Word
{
	Unit		units[2 * MAX_TOKEN_BYTES];
	int			length;
	int			at;				/* where the next part is looked for */
	int			n_parts;		/* read so far that have a form */
	Form		whole;			/* none where there is one part */
} Word;

#define MAX_RUN	(MAX_TOKEN_BYTES / 3 + 1)

/* A run of Han characters. */
typedef struct HanRun
{
	int			length;			/* characters */
	CodePoint	raw[MAX_RUN];
	CodePoint	folded[MAX_RUN];	/* to the simplified form */
} HanRun;

extern bool ietp_begin_word(Word *word, const char *bytes, int length);
extern bool ietp_next_part(Word *word, Stemmer stemmer, void *context,
						   Part *part);
extern bool ietp_same_form(const Form *a, const Form *b);
extern void ietp_read_han_run(HanRun *run, const char *bytes, int length);
extern void ietp_find_han_words(const HanRun *run, int *words);

#endif							/* IETP_FORMS_H */
