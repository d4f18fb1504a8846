/*-------------------------------------------------------------------------
 *
 * elements.h
 *		The words and Han characters of a query, one for each position.
 *
 * IDENTIFICATION
 *		src/elements.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_ELEMENTS_H
#define IETP_ELEMENTS_H

#include "text.h"

typedef struct Lexeme
{
	const char *bytes;
	int			length;			/* 0: there is none */
} Lexeme;

/* What takes one position in a document. */
typedef struct Element
{
	bool		apart;			/* white space is before it */
	bool		han;			/* a Han character, else a part of a word */
	bool		follows;		/* ... of the run that the one before is of */
	CodePoint	raw;
	CodePoint	simplified;
	int			word;			/* characters of the word that begins here */
	Lexeme		exact;			/* forms of a part of a word */
	Lexeme		folded;
	Lexeme		stem;
	Lexeme		whole;			/* word whose first part this is */
	int			parts;			/* of that word */
} Element;

typedef struct Elements
{
	Element    *items;
	int			count;
	bool		marked;			/* do so many words bear marks that the others
								 * are without on purpose? */
} Elements;

extern Elements ietp_read_elements(const char *bytes, int length);
extern bool ietp_same_lexeme(Lexeme a, Lexeme b);
extern bool ietp_has_letter(Lexeme lexeme);
extern bool ietp_element_is_marked(const Element *element);

#endif							/* IETP_ELEMENTS_H */
