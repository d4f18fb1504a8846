/*-------------------------------------------------------------------------
 *
 * query.h
 *		What the documents that a query finds are scored by.
 *
 * IDENTIFICATION
 *		src/query.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_QUERY_H
#define IETP_QUERY_H

#include "elements.h"

/* A lexeme, or all lexemes that begin so. */
typedef struct Operand
{
	Lexeme		lexeme;
	bool		prefix;
} Operand;

#define MAX_ALTERNATIVES	5

/* At one position, any of some lexemes. */
typedef struct Step
{
	int			count;
	int			operands[MAX_ALTERNATIVES]; /* numbers in the query */
} Step;

typedef enum TermClass
{
	TERM_EXACT,
	TERM_UNMARKED,				/* a marked word, typed without its marks */
	TERM_FOLDED,
	TERM_STEM,
	TERM_PAIR,
	TERM_BIGRAM,
	TERM_CHARACTER,
	TERM_HAN_WORD,
	TERM_SCRIPT,
	TERM_SOURCE,				/* words of the query that the thesaurus has */
	TERM_COUNTERPART			/* what else the thesaurus calls them */
} TermClass;

/* What a document is scored by: steps one position behind another. */
typedef struct Term
{
	TermClass	class;
	double		weight;
	bool		retrieves;		/* does it find documents by itself? */
	int			source;			/* number of a counterpart's source, or -1 */
	Step	   *steps;
	int			n_steps;
} Term;

/* Elements of a query that the thesaurus knows. */
typedef struct Source
{
	int			from;
	int			to;
	int			term;			/* its number */
} Source;

typedef struct SearchQuery
{
	Elements	elements;
	Source	   *sources;
	int			n_sources;
	Operand    *operands;
	int			n_operands;
	int			operands_room;
	Term	   *terms;
	int			n_terms;
	int			terms_room;
} SearchQuery;

extern SearchQuery *ietp_read_query(const char *bytes, int length);

/* Which forms of a word a phrase asks for. */
typedef enum Forms
{
	FORMS_WRITTEN,				/* exact if the query is marked, else folded */
	FORMS_STEMS,				/* and its stems if it is not marked */
	FORMS_COUNTERPART			/* exact, without marks, and its stems */
} Forms;

extern int	ietp_add_source(SearchQuery *query, int from, int to);
extern void ietp_add_counterpart(SearchQuery *query, const Elements *elements,
								 int source);
extern int	ietp_phrase_steps(SearchQuery *query, const Elements *elements,
							  int from, int to, Forms forms, Step *steps);

#endif							/* IETP_QUERY_H */
