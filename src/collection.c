/*-------------------------------------------------------------------------
 *
 * collection.c
 *		A collection of documents: a SELECT that returns key, vector, length.
 *
 * The caller is connected to SPI.  The SELECT runs with the rights of whoever
 * calls, so it can do nothing that they could not.
 *
 * IDENTIFICATION
 *		src/collection.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/rls.h"
#include "utils/selfuncs.h"
#include "utils/syscache.h"

#include "collection.h"
#include "ietp_helpline.h"

static void
wrong_documents(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_NO_DOCUMENTS),
			 errmsg("\"%s\" is not a SELECT of documents", "collection"),
			 errdetail("%s", detail),
			 errhint("It returns a key, a tsvector and, if there is one, the length of the document, an integer.")));
}

static SPIPlanPtr
prepare(const char *sql)
{
	Oid			types[1] = {TSQUERYOID};
	SPIPlanPtr	plan = SPI_prepare(sql, 1, types);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s",
			 SPI_result_code_string(SPI_result));
	if (list_length(SPI_plan_get_plan_sources(plan)) != 1)
		wrong_documents("It is more than one statement.");
	return plan;
}

static CachedPlanSource *
plan_source(SPIPlanPtr plan)
{
	return (CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan));
}

/*
 * Where a column of the result comes from.  Statistics of a table on which row
 * security hides rows from the caller would tell of those, so they are not
 * looked at.
 */
static Origin
column_origin(SPIPlanPtr plan, int column)
{
	Query	   *query = linitial_node(Query, plan_source(plan)->query_list);
	TargetEntry *entry = list_nth_node(TargetEntry, query->targetList,
									   column - 1);
	Origin		origin = {entry->resorigtbl, entry->resorigcol};

	if (OidIsValid(origin.table) &&
		check_enable_rls(origin.table, InvalidOid, true) == RLS_ENABLED)
		origin.table = InvalidOid;
	return origin;
}

static void
check_columns(TupleDesc desc, Collection *collection)
{
	Oid			length = desc->natts > 2 ?
	getBaseType(TupleDescAttr(desc, 2)->atttypid) : InvalidOid;

	if (desc->natts < 2 || desc->natts > 3)
		wrong_documents("It does not return two or three columns.");
	if (getBaseType(TupleDescAttr(desc, 1)->atttypid) != TSVECTOROID)
		wrong_documents("Its second column is no tsvector.");
	if (OidIsValid(length) && length != INT2OID && length != INT4OID &&
		length != INT8OID)
		wrong_documents("Its third column is no integer.");
	collection->key_type = TupleDescAttr(desc, 0)->atttypid;
	collection->length_type = length;
}

/* Rows of a table when it was last analyzed; negative if it never was. */
static double
table_rows(Oid table)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	double		rows = -1;

	if (HeapTupleIsValid(tuple))
	{
		rows = ((Form_pg_class) GETSTRUCT(tuple))->reltuples;
		ReleaseSysCache(tuple);
	}
	return rows;
}

/* Of a table with children those that count these in. */
static HeapTuple
column_statistics(Origin origin)
{
	HeapTuple	tuple;

	if (!OidIsValid(origin.table) || origin.column == 0)
		return NULL;
	tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(origin.table),
							Int16GetDatum(origin.column), BoolGetDatum(true));
	if (!HeapTupleIsValid(tuple))
		tuple = SearchSysCache3(STATRELATTINH,
								ObjectIdGetDatum(origin.table),
								Int16GetDatum(origin.column),
								BoolGetDatum(false));
	return tuple;
}

/* A value of one of the integer types. */
double
ietp_integer_value(Oid type, Datum value)
{
	return type == INT2OID ? DatumGetInt16(value) :
		type == INT4OID ? DatumGetInt32(value) :
		(double) DatumGetInt64(value);
}

/* Mean of the values that are not the most common ones, by the histogram. */
static double
histogram_mean(HeapTuple tuple)
{
	AttStatsSlot slot;
	double		sum = 0;
	int			bins;

	if (!get_attstatsslot(&slot, tuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
						  ATTSTATSSLOT_VALUES))
		return 0;
	bins = slot.nvalues - 1;
	for (int i = 0; i < bins; i++)
		sum += (ietp_integer_value(slot.valuetype, slot.values[i]) +
				ietp_integer_value(slot.valuetype, slot.values[i + 1])) / 2;
	free_attstatsslot(&slot);
	return bins > 0 ? sum / bins : 0;
}

/* The share of the most common values, and the sum of value times share. */
static double
common_share(HeapTuple tuple, double *sum)
{
	AttStatsSlot slot;
	double		share = 0;

	*sum = 0;
	if (!get_attstatsslot(&slot, tuple, STATISTIC_KIND_MCV, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return 0;
	for (int i = 0; i < slot.nvalues; i++)
	{
		share += slot.numbers[i];
		*sum += slot.numbers[i] * ietp_integer_value(slot.valuetype,
													 slot.values[i]);
	}
	free_attstatsslot(&slot);
	return share;
}

/* The mean of an integer column as ANALYZE saw it, or 0. */
static double
column_mean(Origin origin)
{
	HeapTuple	tuple = column_statistics(origin);
	double		share;
	double		others;
	double		sum;
	double		rest;

	if (!HeapTupleIsValid(tuple))
		return 0;
	share = common_share(tuple, &sum);
	rest = histogram_mean(tuple);
	others = rest > 0 ?
		1 - ((Form_pg_statistic) GETSTRUCT(tuple))->stanullfrac - share : 0;
	ReleaseSysCache(tuple);
	others = Max(others, 0);
	return share + others > 0 ?
		(sum + rest * others) / (share + others) : 0;
}

/* Opens a collection; everything lives until SPI_finish(). */
void
ietp_open_collection(Collection *collection, const char *documents)
{
	Origin		none = {InvalidOid, 0};

	collection->documents = documents;
	collection->plan =
		prepare(psprintf("SELECT * FROM (%s\n) AS d (key, vector) "
						 "WHERE d.vector OPERATOR(pg_catalog.@@) $1",
						 documents));
	check_columns(plan_source(collection->plan)->resultDesc, collection);
	collection->vector = column_origin(collection->plan, 2);
	collection->length = OidIsValid(collection->length_type) ?
		column_origin(collection->plan, 3) : none;
	collection->total = OidIsValid(collection->vector.table) ?
		table_rows(collection->vector.table) : -1;
	collection->mean_length = column_mean(collection->length);
}

/* Counts the documents, and means their lengths, by reading them all. */
void
ietp_measure_collection(Collection *collection)
{
	bool		has_length = OidIsValid(collection->length_type);
	char	   *sql = psprintf("SELECT pg_catalog.count(*), "
							   "pg_catalog.avg(%s)::pg_catalog.float8 "
							   "FROM (%s\n) AS d (key, vector%s)",
							   has_length ? "d.length" :
							   "pg_catalog.length(d.vector)",
							   collection->documents,
							   has_length ? ", length" : "");
	bool		isnull;
	Datum		value;

	if (SPI_execute(sql, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not count documents");
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
						  &isnull);
	collection->total = (double) DatumGetInt64(value);
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2,
						  &isnull);
	collection->mean_length = isnull ? 0 : DatumGetFloat8(value);
}

/* A lexeme among the most common ones, in the order of ANALYZE: by length. */
static int
find_common(const AttStatsSlot *slot, Lexeme lexeme)
{
	int			from = 0;
	int			to = slot->nvalues;

	while (from < to)
	{
		int			middle = from + (to - from) / 2;
		struct varlena *value = DatumGetTextPP(slot->values[middle]);
		int			length = VARSIZE_ANY_EXHDR(value);
		int			order = lexeme.length != length ? lexeme.length - length :
		memcmp(lexeme.bytes, VARDATA_ANY(value), length);

		if (order == 0)
			return middle;
		if (order > 0)
			from = middle + 1;
		else
			to = middle;
	}
	return -1;
}

/* The share of documents that have a term of one step, as far as known. */
static double
known_share(const AttStatsSlot *slot, const SearchQuery *query,
			const Term *term)
{
	double		share = 0;

	if (term->n_steps != 1)
		return 0;
	for (int i = 0; i < term->steps[0].count; i++)
	{
		const Operand *operand = &query->operands[term->steps[0].operands[i]];
		int			found = operand->prefix ? -1 :
		find_common(slot, operand->lexeme);

		if (found >= 0)
			share = Max(share, slot->numbers[found]);
	}
	return share;
}

/*
 * The share of all documents that have each term, from the statistics of the
 * column of vectors; 0 where it is not among the most common ones.
 */
double	   *
ietp_known_shares(const Collection *collection, const SearchQuery *query)
{
	double	   *shares = palloc0(sizeof(double) * query->n_terms);
	HeapTuple	tuple = column_statistics(collection->vector);
	AttStatsSlot slot;

	if (!HeapTupleIsValid(tuple))
		return shares;
	if (get_attstatsslot(&slot, tuple, STATISTIC_KIND_MCELEM, InvalidOid,
						 ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
	{
		for (int i = 0; i < query->n_terms; i++)
			shares[i] = known_share(&slot, query, &query->terms[i]);
		free_attstatsslot(&slot);
	}
	ReleaseSysCache(tuple);
	return shares;
}

/* The rarest of the terms that are cut, or -1. */
static int
rarest_cut(const SearchQuery *query, const double *shares, const bool *cut)
{
	int			rarest = -1;

	for (int i = 0; i < query->n_terms; i++)
		if (cut[i] && (rarest < 0 || shares[i] < shares[rarest]))
			rarest = i;
	return rarest;
}

/*
 * Which terms of a question do not retrieve documents: those that more than a
 * share of all documents have, but for so many that two terms do.
 */
bool	   *
ietp_cut_terms(const SearchQuery *query, const double *shares, double most)
{
	bool	   *cut = palloc0(sizeof(bool) * query->n_terms);
	int			left = 0;
	int			rarest;

	for (int i = 0; i < query->n_terms; i++)
	{
		cut[i] = query->terms[i].retrieves && shares[i] > most;
		left += query->terms[i].retrieves && !cut[i];
	}
	while (left < 2 && (rarest = rarest_cut(query, shares, cut)) >= 0)
	{
		cut[rarest] = false;
		left++;
	}
	return cut;
}

/* Hands the documents that satisfy a condition to "dest". */
void
ietp_scan_collection(Collection *collection, TSQuery condition,
					 DestReceiver *dest)
{
	SPIExecuteOptions options = {0};
	ParamListInfo params = makeParamList(1);
	int			result;

	params->params[0].value = TSQueryGetDatum(condition);
	params->params[0].isnull = false;
	params->params[0].pflags = PARAM_FLAG_CONST;
	params->params[0].ptype = TSQUERYOID;
	options.params = params;
	options.read_only = true;
	options.dest = dest;
	result = SPI_execute_plan_extended(collection->plan, &options);
	if (result < 0)
		elog(ERROR, "SPI_execute_plan_extended failed: %s",
			 SPI_result_code_string(result));
}
