/*-------------------------------------------------------------------------
 *
 * thesaurus.h
 *		What else the programme's thesaurus calls the words of a query.
 *
 * IDENTIFICATION
 *		src/thesaurus.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_THESAURUS_H
#define IETP_THESAURUS_H

#include "query.h"

extern void ietp_add_counterparts(SearchQuery *query);

#endif							/* IETP_THESAURUS_H */
