/*-------------------------------------------------------------------------
 *
 * occurrence.h
 *		How often the terms of a query are in a document's vector.
 *
 * IDENTIFICATION
 *		src/occurrence.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_OCCURRENCE_H
#define IETP_OCCURRENCE_H

#include "tsearch/ts_type.h"

#include "query.h"

/* Where an operand is in a vector: its entries, most often one or none. */
typedef struct Entries
{
	int			first;
	int			count;
} Entries;

typedef struct Occurrences
{
	const SearchQuery *query;
	int			count;			/* operands of terms; a condition adds others */
	int		   *sorted;			/* operands in the order of a vector */
	Entries    *entries;		/* of the vector at hand, by operand */
} Occurrences;

extern void ietp_begin_occurrences(Occurrences *occurrences,
								   const SearchQuery *query);
extern void ietp_find_operands(Occurrences *occurrences, TSVector vector);
extern int	ietp_term_frequency(const Occurrences *occurrences,
								TSVector vector, const Term *term);

#endif							/* IETP_OCCURRENCE_H */
