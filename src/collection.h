/*-------------------------------------------------------------------------
 *
 * collection.h
 *		A collection of documents: a SELECT that returns key, vector, length.
 *
 * IDENTIFICATION
 *		src/collection.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_COLLECTION_H
#define IETP_COLLECTION_H

#include "executor/spi.h"
#include "tcop/dest.h"
#include "tsearch/ts_type.h"

#include "query.h"

/* A column of a table, from which a column of the SELECT comes. */
typedef struct Origin
{
	Oid			table;			/* InvalidOid: not known, or rows are hidden */
	AttrNumber	column;
} Origin;

typedef struct Collection
{
	const char *documents;		/* the SELECT */
	SPIPlanPtr	plan;
	Oid			key_type;
	Oid			length_type;	/* InvalidOid: it has no third column */
	Origin		vector;
	Origin		length;
	double		total;			/* documents, negative: not known */
	double		mean_length;	/* 0: not known */
} Collection;

extern double ietp_integer_value(Oid type, Datum value);
extern void ietp_open_collection(Collection *collection,
								 const char *documents);
extern double *ietp_known_shares(const Collection *collection,
								 const SearchQuery *query);
extern bool *ietp_cut_terms(const SearchQuery *query, const double *shares,
							double most);
extern void ietp_scan_collection(Collection *collection, TSQuery condition,
								 DestReceiver *dest);
extern void ietp_measure_collection(Collection *collection);

#endif							/* IETP_COLLECTION_H */
