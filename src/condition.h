/*-------------------------------------------------------------------------
 *
 * condition.h
 *		What a document has to hold to be an answer: a tsquery.
 *
 * IDENTIFICATION
 *		src/condition.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CONDITION_H
#define IETP_CONDITION_H

#include "tsearch/ts_type.h"

#include "query.h"

typedef enum QueryMode
{
	MODE_QUESTION,				/* any term */
	MODE_KEYWORDS,				/* all that stand between white space */
	MODE_PHRASE,				/* all words, one behind another */
	MODE_WEB					/* "quotes", or, - */
} QueryMode;

/* A query that is asked, with its text. */
typedef struct Asked
{
	QueryMode	mode;
	const char *bytes;
	int			length;
	SearchQuery *query;
} Asked;

extern Asked ietp_ask(struct varlena *words, struct varlena *mode);
extern char *ietp_term_text(const SearchQuery *query, const Term *term);
extern TSQuery ietp_condition(const Asked *asked, const bool *cut);

#endif							/* IETP_CONDITION_H */
