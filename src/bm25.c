/*-------------------------------------------------------------------------
 *
 * bm25.c
 *		Ranking of documents by BM25.
 *
 * One pass over the documents that satisfy the condition of a query counts how
 * often each of its terms is in each of them, and so in how many documents it
 * is at all; then they are scored.
 *
 * Documents that have only frequent terms of a question are many and hardly
 * ever among the best.  So at first only terms that few documents have
 * retrieve any.  If what documents without them do not exceed is less than the
 * last of the best then has, none of those is missed (Turtle and Flood, Query
 * Evaluation: Strategies and Optimizations, 1995, call it MaxScore); else the
 * pass is made once more, with all but the most frequent terms.  What ANALYZE
 * knows of the table tells which terms are frequent.
 *
 * IDENTIFICATION
 *		src/bm25.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "executor/spi.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "tsearch/ts_utils.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "collection.h"
#include "condition.h"
#include "core/bm25.h"
#include "ietp_helpline.h"
#include "occurrence.h"

/*
 * Terms that more than these shares of all documents have do not retrieve
 * documents, at first and at all.
 */
#define RARE		0.05
#define FREQUENT	0.3

/* How often a term is in a document. */
typedef struct Posting
{
	uint16		term;
	uint16		frequency;
} Posting;

typedef struct Document
{
	Datum		key;
	float4		length;
	uint32		n_postings;
	uint64		postings;		/* number of the first one */
} Document;

typedef struct Ranking
{
	DestReceiver dest;			/* takes the documents; must be first */
	MemoryContext context;		/* of all that is collected */
	Asked		asked;
	Collection	collection;
	double		given_total;	/* -1: not given */
	double		given_mean_length;	/* 0: not given */
	Occurrences occurrences;
	double	   *documents;		/* that have a term, by term */
	double	   *shares;			/* of all documents, as far as known, by term */
	bool	   *cut;			/* terms that do not retrieve, by term */

	Document   *items;
	uint32		count;
	uint32		room;
	Posting    *postings;
	uint64		n_postings;
	uint64		postings_room;

	int16		key_length;
	bool		key_by_value;
} Ranking;

static void
add_posting(Ranking *ranking, int term, int frequency)
{
	if (ranking->n_postings == ranking->postings_room)
	{
		ranking->postings_room *= 2;
		ranking->postings = repalloc_huge(ranking->postings, sizeof(Posting) *
										  ranking->postings_room);
	}
	ranking->postings[ranking->n_postings].term = (uint16) term;
	ranking->postings[ranking->n_postings++].frequency =
		(uint16) Min(frequency, PG_UINT16_MAX);
	ranking->documents[term]++;
}

static Document *
add_document(Ranking *ranking)
{
	if (ranking->count == ranking->room)
	{
		ranking->room *= 2;
		ranking->items = repalloc_huge(ranking->items,
									   sizeof(Document) * ranking->room);
	}
	return &ranking->items[ranking->count++];
}

static void
collect_document(Ranking *ranking, Datum key, TSVector vector, double length)
{
	const SearchQuery *query = ranking->asked.query;
	Document   *document = add_document(ranking);

	document->key = datumCopy(key, ranking->key_by_value,
							  ranking->key_length);
	document->length = (float4) length;
	document->postings = ranking->n_postings;
	ietp_find_operands(&ranking->occurrences, vector);
	for (int i = 0; i < query->n_terms; i++)
	{
		int			frequency = ietp_term_frequency(&ranking->occurrences,
													vector, &query->terms[i]);

		if (frequency > 0)
			add_posting(ranking, i, frequency);
	}
	document->n_postings = (uint32) (ranking->n_postings -
									 document->postings);
}

/* Without a column for it, the length is the number of different lexemes. */
static double
document_length(const Ranking *ranking, TupleTableSlot *slot,
				TSVector vector)
{
	Oid			type = ranking->collection.length_type;

	if (!OidIsValid(type) || slot->tts_isnull[2])
		return vector->size;
	return Max(ietp_integer_value(type, slot->tts_values[2]), 0);
}

static bool
receive_document(TupleTableSlot *slot, DestReceiver *self)
{
	Ranking    *ranking = (Ranking *) self;
	MemoryContext before;
	TSVector	vector;

	slot_getallattrs(slot);
	if (slot->tts_isnull[0] || slot->tts_isnull[1])
		return true;
	before = MemoryContextSwitchTo(ranking->context);
	vector = DatumGetTSVector(slot->tts_values[1]);
	collect_document(ranking, slot->tts_values[0], vector,
					 document_length(ranking, slot, vector));
	if ((Pointer) vector != DatumGetPointer(slot->tts_values[1]))
		pfree(vector);
	MemoryContextSwitchTo(before);
	return true;
}

static void
start_documents(DestReceiver *self, int operation, TupleDesc desc)
{
	(void) self;
	(void) operation;
	(void) desc;
}

static void
end_documents(DestReceiver *self)
{
	(void) self;
}

static void
open_documents(Ranking *ranking, struct varlena *collection)
{
	ietp_open_collection(&ranking->collection, text_to_cstring(collection));
	get_typlenbyval(ranking->collection.key_type, &ranking->key_length,
					&ranking->key_by_value);
}

static Ranking *
begin_ranking(Asked asked)
{
	Ranking    *ranking = palloc0(sizeof(Ranking));

	ranking->dest.receiveSlot = receive_document;
	ranking->dest.rStartup = start_documents;
	ranking->dest.rShutdown = end_documents;
	ranking->dest.rDestroy = end_documents;
	ranking->dest.mydest = DestNone;
	ranking->context = CurrentMemoryContext;
	ranking->asked = asked;
	ranking->given_total = -1;
	ranking->documents = palloc0(sizeof(double) * asked.query->n_terms);
	ranking->room = 64;
	ranking->items = palloc(sizeof(Document) * ranking->room);
	ranking->postings_room = 1024;
	ranking->postings = palloc(sizeof(Posting) * ranking->postings_room);
	ietp_begin_occurrences(&ranking->occurrences, asked.query);
	return ranking;
}

/*
 * Terms that the counterparts of the thesaurus stand for limit what those
 * count: another language's word is not rarer because the language is.
 */
static double
term_idf(const Ranking *ranking, int i)
{
	const Term *term = &ranking->asked.query->terms[i];
	double		total = ranking->collection.total;
	double		idf = ietp_bm25_idf(total, ranking->documents[i]);

	if (term->source < 0)
		return idf;
	return Min(idf, ietp_bm25_idf(total, ranking->documents[term->source]));
}

static double
score_document(const Ranking *ranking, const Document *document,
			   const double *weights, double mean_length)
{
	double		norm = ietp_bm25_norm(document->length, mean_length);
	double		score = 0;

	for (uint32 i = 0; i < document->n_postings; i++)
	{
		Posting		posting = ranking->postings[document->postings + i];

		score += weights[posting.term] *
			ietp_bm25_saturation(posting.frequency, norm);
	}
	return score;
}

static Best
score_documents(const Ranking *ranking, uint32 most)
{
	const SearchQuery *query = ranking->asked.query;
	double	   *weights = palloc(sizeof(double) * query->n_terms);
	Best		best = {NULL, 0, Min(most, ranking->count)};

	best.items = MemoryContextAllocHuge(CurrentMemoryContext,
										sizeof(Scored) * (best.room + 1));
	for (int i = 0; i < query->n_terms; i++)
		weights[i] = query->terms[i].weight * term_idf(ranking, i);
	for (uint32 i = 0; i < ranking->count; i++)
	{
		Scored		scored;

		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		scored.document = i;
		scored.score = score_document(ranking, &ranking->items[i], weights,
									  ranking->collection.mean_length);
		ietp_best_add(&best, scored);
	}
	ietp_best_sort(&best);
	return best;
}

static void
return_best(FunctionCallInfo fcinfo, const Ranking *ranking, Best best)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			output;
	bool		is_varlena;

	getTypeOutputInfo(ranking->collection.key_type, &output, &is_varlena);
	for (uint32 i = 0; i < best.count; i++)
	{
		Scored		scored = best.items[i];
		Datum		key = ranking->items[scored.document].key;
		Datum		values[2];
		bool		nulls[2] = {false, false};

		values[0] = CStringGetTextDatum(OidOutputFunctionCall(output, key));
		values[1] = Float8GetDatum(scored.score);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
}

/* Measures the collection, but for what the caller knows of it. */
static void
measure_collection(Ranking *ranking)
{
	Collection *collection = &ranking->collection;

	ietp_measure_collection(collection);
	if (ranking->given_total >= ranking->count)
		collection->total = ranking->given_total;
	if (ranking->given_mean_length > 0)
		collection->mean_length = ranking->given_mean_length;
}

/*
 * Completes what the pass over the documents did not tell: the size of the
 * collection, and in how many documents a frequent term is, since it did not
 * retrieve them.
 */
static void
finish_counts(Ranking *ranking)
{
	Collection *collection = &ranking->collection;

	if (collection->total < ranking->count || collection->mean_length <= 0)
		measure_collection(ranking);
	for (int i = 0; i < ranking->asked.query->n_terms; i++)
	{
		double		known = ranking->shares[i] * collection->total;

		if (ranking->documents[i] < known)
			ranking->documents[i] = known;
	}
}

/* Collects the documents that satisfy a query; needs SPI. */
static void
collect_documents(Ranking *ranking, bool *cut)
{
	const SearchQuery *query = ranking->asked.query;
	TSQuery		condition = ietp_condition(&ranking->asked, cut);

	ranking->cut = cut;
	ranking->count = 0;
	ranking->n_postings = 0;
	memset(ranking->documents, 0, sizeof(double) * query->n_terms);
	if (condition != NULL)
		ietp_scan_collection(&ranking->collection, condition, &ranking->dest);
	finish_counts(ranking);
}

/* The operands of which each retrieves documents by itself. */
static bool *
retrieving_operands(const Ranking *ranking)
{
	const SearchQuery *query = ranking->asked.query;
	bool	   *retrieving = palloc0(sizeof(bool) * query->n_operands);

	for (int i = 0; i < query->n_terms; i++)
	{
		const Term *term = &query->terms[i];

		if (!term->retrieves || ranking->cut[i] || term->n_steps > 1)
			continue;
		for (int j = 0; j < term->steps[0].count; j++)
			retrieving[term->steps[0].operands[j]] = true;
	}
	return retrieving;
}

/* Has a document with the term an operand that retrieves it? */
static bool
is_covered(const Term *term, const bool *retrieving)
{
	for (int i = 0; i < term->n_steps; i++)
	{
		const Step *step = &term->steps[i];
		int			count = 0;

		while (count < step->count && retrieving[step->operands[count]])
			count++;
		if (count == step->count)
			return true;
	}
	return false;
}

/*
 * What the score of a document that was not retrieved does not exceed.  At
 * least as many documents have a term as were counted, or as the statistics
 * know, so that its inverse frequency is no higher.  Frequent words that stand
 * together in none of those that were retrieved are left out: they would weigh
 * as the rarest of all, and most often stand together nowhere.
 */
static double
missed_score(Ranking *ranking)
{
	const SearchQuery *query = ranking->asked.query;
	bool	   *retrieving = retrieving_operands(ranking);
	double		score = 0;

	for (int i = 0; i < query->n_terms; i++)
	{
		const Term *term = &query->terms[i];

		if ((term->retrieves && !ranking->cut[i]) ||
			(term->n_steps > 1 && ranking->documents[i] == 0) ||
			is_covered(term, retrieving))
			continue;
		score += term->weight * ietp_bm25_limit() * term_idf(ranking, i);
	}
	return score;
}

/* The share of all documents that the terms which are not cut retrieve. */
static double
expected_share(const Ranking *ranking, const bool *cut)
{
	const SearchQuery *query = ranking->asked.query;
	double		missed = 1;

	for (int i = 0; i < query->n_terms; i++)
		if (query->terms[i].retrieves && !cut[i])
			missed *= 1 - Min(ranking->shares[i], 1);
	return 1 - missed;
}

/*
 * Ranks by the documents that the rare terms of a question retrieve.  False if
 * that misses some, or is not worth trying, since the pass with the frequent
 * terms would hardly take longer.
 */
static bool
rank_by_rare(Ranking *ranking, const bool *cut, uint32 most, Best *best)
{
	bool	   *rare = ietp_cut_terms(ranking->asked.query, ranking->shares,
									  RARE);

	if (expected_share(ranking, rare) >= expected_share(ranking, cut) / 2)
		return false;
	collect_documents(ranking, rare);
	*best = score_documents(ranking, most);
	return best->count > 0 && best->count == most &&
		best->items[most - 1].score >= missed_score(ranking);
}

static bool
cuts_any(const SearchQuery *query, const bool *cut)
{
	for (int i = 0; i < query->n_terms; i++)
		if (cut[i])
			return true;
	return false;
}

/* Ranks the best documents, "most" of them if there are so many; needs SPI. */
static Best
rank_documents(Ranking *ranking, uint32 most)
{
	const SearchQuery *query = ranking->asked.query;
	Best		best;
	bool	   *cut;

	ranking->shares = ietp_known_shares(&ranking->collection, query);
	if (ranking->asked.mode == MODE_QUESTION && most != PG_UINT32_MAX)
	{
		cut = ietp_cut_terms(query, ranking->shares, FREQUENT);
		if (rank_by_rare(ranking, cut, most, &best))
			return best;
		collect_documents(ranking, cut);
		if (ranking->count >= most || !cuts_any(query, cut))
			return score_documents(ranking, most);
	}
	collect_documents(ranking, ietp_cut_terms(query, ranking->shares, 1.0));
	return score_documents(ranking, most);
}

static void
require_range(bool in_range, const char *argument, const char *hint)
{
	if (!in_range)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("value out of range for \"%s\"", argument),
				 errhint("%s", hint)));
}

static uint32
read_most(FunctionCallInfo fcinfo)
{
	int32		most;

	if (PG_ARGISNULL(3))
		return PG_UINT32_MAX;
	most = PG_GETARG_INT32(3);
	require_range(most >= 0, "most",
				  "The number of documents, or NULL for all.");
	return (uint32) most;
}

/* Reads what the caller knows of the size of the collection. */
static void
read_size(FunctionCallInfo fcinfo, Ranking *ranking)
{
	if (!PG_ARGISNULL(4))
	{
		ranking->given_total = (double) PG_GETARG_INT64(4);
		require_range(ranking->given_total >= 0, "total",
					  "The number of documents in the collection, or NULL.");
		ranking->collection.total = ranking->given_total;
	}
	if (!PG_ARGISNULL(5))
	{
		ranking->given_mean_length = PG_GETARG_FLOAT8(5);
		require_range(ranking->given_mean_length >= 0 &&
					  !isinf(ranking->given_mean_length), "mean_length",
					  "The mean length of the documents, or NULL.");
		ranking->collection.mean_length = ranking->given_mean_length;
	}
}

/*
 * ietp.bm25(collection text, query text, mode text, most integer,
 *			 total bigint, mean_length float8)
 */
IETP_FUNCTION(bm25);
Datum
ietp_bm25(PG_FUNCTION_ARGS)
{
	Ranking    *ranking;
	Best		best;
	uint32		most;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return (Datum) 0;
	most = read_most(fcinfo);
	ranking = begin_ranking(ietp_ask(PG_GETARG_TEXT_PP(1),
									 PG_GETARG_TEXT_PP(2)));
	SPI_connect();
	open_documents(ranking, PG_GETARG_TEXT_PP(0));
	read_size(fcinfo, ranking);
	best = rank_documents(ranking, most);
	return_best(fcinfo, ranking, best);
	SPI_finish();
	return (Datum) 0;
}

static const char *const class_names[] = {
	"exact", "unmarked", "folded", "stem", "pair", "bigram", "character",
	"han_word", "script", "source", "counterpart"
};

static void
explain_term(FunctionCallInfo fcinfo, const Ranking *ranking, int i)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const Term *term = &ranking->asked.query->terms[i];
	Datum		values[6];
	bool		nulls[6] = {false};

	values[0] = CStringGetTextDatum(ietp_term_text(ranking->asked.query,
												   term));
	values[1] = CStringGetTextDatum(class_names[term->class]);
	values[2] = BoolGetDatum(term->retrieves && !ranking->cut[i]);
	values[3] = Int64GetDatum((int64) rint(ranking->documents[i]));
	values[4] = Float8GetDatum(term_idf(ranking, i));
	values[5] = Float8GetDatum(term->weight);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * ietp.search_explain(collection text, query text, mode text)
 */
IETP_FUNCTION(search_explain);
Datum
ietp_search_explain(PG_FUNCTION_ARGS)
{
	Ranking    *ranking;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return (Datum) 0;
	ranking = begin_ranking(ietp_ask(PG_GETARG_TEXT_PP(1),
									 PG_GETARG_TEXT_PP(2)));
	SPI_connect();
	open_documents(ranking, PG_GETARG_TEXT_PP(0));
	rank_documents(ranking, PG_UINT32_MAX);
	for (int i = 0; i < ranking->asked.query->n_terms; i++)
		explain_term(fcinfo, ranking, i);
	SPI_finish();
	return (Datum) 0;
}
