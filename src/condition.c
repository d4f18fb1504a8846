/*-------------------------------------------------------------------------
 *
 * condition.c
 *		What a document has to hold to be an answer: a tsquery.
 *
 * The condition is written as text, which the input function of tsquery reads.
 *
 * IDENTIFICATION
 *		src/condition.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "tsearch/ts_utils.h"
#include "utils/builtins.h"

#include "condition.h"
#include "ietp_helpline.h"
#include "web.h"

/*
 * Bytes of a query.  A question may be longer, but no more of it counts; of
 * what has to be there as a whole nothing can be left out.
 */
#define MAX_QUERY_BYTES	1024

static QueryMode
read_mode(struct varlena *mode)
{
	static const char *const names[] =
	{"question", "keywords", "phrase", "web"};
	char	   *name = text_to_cstring(mode);

	for (int i = 0; i < (int) lengthof(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (QueryMode) i;
	ereport(ERROR,
			(errcode(ERRCODE_IETP_UNKNOWN_CODE),
			 errmsg("unknown code for \"%s\"", "mode"),
			 errhint("One of question, keywords, phrase, web.")));
}

/* Reads a query, of which "words" has to stay there. */
Asked
ietp_ask(struct varlena *words, struct varlena *mode)
{
	Asked		asked;

	asked.mode = read_mode(mode);
	asked.bytes = VARDATA_ANY(words);
	asked.length = pg_mbcliplen(asked.bytes, VARSIZE_ANY_EXHDR(words),
								MAX_QUERY_BYTES);
	if (asked.length < (int) VARSIZE_ANY_EXHDR(words) &&
		asked.mode != MODE_QUESTION)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_QUERY_TOO_LONG),
				 errmsg("query is too long"),
				 errdetail("Queries of this mode hold %d bytes at the most.",
						   MAX_QUERY_BYTES),
				 errhint("A question may be longer: its beginning counts.")));
	if (asked.mode == MODE_WEB)
	{
		char	   *asking = ietp_web_asking(asked.bytes, asked.length);

		asked.query = ietp_read_query(asking, strlen(asking));
	}
	else
		asked.query = ietp_read_query(asked.bytes, asked.length);
	return asked;
}

static void
write_operand(StringInfo buffer, const Operand *operand)
{
	appendStringInfoChar(buffer, '\'');
	for (int i = 0; i < operand->lexeme.length; i++)
	{
		char		c = operand->lexeme.bytes[i];

		if (c == '\'' || c == '\\')
			appendStringInfoChar(buffer, c);
		appendStringInfoChar(buffer, c);
	}
	appendStringInfoString(buffer, operand->prefix ? "':*" : "'");
}

static void
write_step(StringInfo buffer, const SearchQuery *query, const Step *step)
{
	if (step->count > 1)
		appendStringInfoChar(buffer, '(');
	for (int i = 0; i < step->count; i++)
	{
		if (i > 0)
			appendStringInfoString(buffer, " | ");
		write_operand(buffer, &query->operands[step->operands[i]]);
	}
	if (step->count > 1)
		appendStringInfoChar(buffer, ')');
}

static void
write_steps(StringInfo buffer, const SearchQuery *query, const Step *steps, int n)
{
	if (n > 1)
		appendStringInfoChar(buffer, '(');
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(buffer, " <-> ");
		write_step(buffer, query, &steps[i]);
	}
	if (n > 1)
		appendStringInfoChar(buffer, ')');
}

/* A term as it stands in a condition. */
char	   *
ietp_term_text(const SearchQuery *query, const Term *term)
{
	StringInfoData buffer;

	initStringInfo(&buffer);
	write_steps(&buffer, query, term->steps, term->n_steps);
	return buffer.data;
}

static void
write_phrase(StringInfo buffer, SearchQuery *query, const Elements *elements,
			 int from, int to, Forms forms)
{
	Step	   *steps = palloc(sizeof(Step) * (to - from));
	int			n = ietp_phrase_steps(query, elements, from, to, forms,
									  steps);

	write_steps(buffer, query, steps, n);
}

static void
write_operator(StringInfo buffer, const char *operator)
{
	if (buffer->len > 0 && buffer->data[buffer->len - 1] != '(')
		appendStringInfoString(buffer, operator);
}

/* Any term that finds documents by itself and is not cut. */
static void
write_question(StringInfo buffer, const SearchQuery *query, const bool *cut)
{
	for (int i = 0; i < query->n_terms; i++)
	{
		const Term *term = &query->terms[i];

		if (!term->retrieves || (cut != NULL && cut[i]))
			continue;
		write_operator(buffer, " | ");
		write_steps(buffer, query, term->steps, term->n_steps);
	}
}

/* The end of the keyword that begins at "from": white space follows it. */
static int
keyword_end(const Elements *elements, int from)
{
	int			to = from + 1;

	while (to < elements->count && !elements->items[to].apart)
		to++;
	return to;
}

/* Is the word of several parts that begins here a number in groups? */
static bool
is_grouped_number(const Element *element)
{
	return element->whole.length > 0 && !ietp_has_letter(element->whole);
}

/* A keyword as a phrase; a number in groups may be written without them. */
static void
write_keyword(StringInfo buffer, SearchQuery *query, const Elements *elements,
			  int from, int to)
{
	const Element *element = &elements->items[from];
	Operand		digits = {element->whole, false};

	if (element->parts != to - from || !is_grouped_number(element))
	{
		write_phrase(buffer, query, elements, from, to, FORMS_STEMS);
		return;
	}
	appendStringInfoChar(buffer, '(');
	write_operand(buffer, &digits);
	appendStringInfoString(buffer, " | ");
	write_phrase(buffer, query, elements, from, to, FORMS_STEMS);
	appendStringInfoChar(buffer, ')');
}

/*
 * The keywords of elements from "from" to "to", which end where keywords do,
 * all of them.
 */
static void
write_all(StringInfo buffer, SearchQuery *query, const Elements *elements,
		  int from, int to)
{
	appendStringInfoChar(buffer, '(');
	while (from < to)
	{
		int			end = Min(keyword_end(elements, from), to);

		write_operator(buffer, " & ");
		write_keyword(buffer, query, elements, from, end);
		from = end;
	}
	appendStringInfoChar(buffer, ')');
}

/* What the thesaurus calls the same as the source's elements. */
static void
write_counterparts(StringInfo buffer, const SearchQuery *query, int source)
{
	for (int i = 0; i < query->n_terms; i++)
		if (query->terms[i].source == source)
		{
			appendStringInfoString(buffer, " | ");
			write_steps(buffer, query, query->terms[i].steps,
						query->terms[i].n_steps);
		}
}

/* The source that begins at an element, if it ends where a keyword does. */
static const Source *
source_at(const SearchQuery *query, int from)
{
	for (int i = 0; i < query->n_sources; i++)
	{
		const Source *source = &query->sources[i];

		if (source->from == from &&
			(source->to == query->elements.count ||
			 query->elements.items[source->to].apart))
			return source;
	}
	return NULL;
}

static void
write_keywords(StringInfo buffer, SearchQuery *query)
{
	const Elements *elements = &query->elements;
	int			from = 0;

	while (from < elements->count)
	{
		const Source *source = source_at(query, from);
		int			to = source ? source->to : keyword_end(elements, from);

		write_operator(buffer, " & ");
		appendStringInfoChar(buffer, '(');
		write_all(buffer, query, elements, from, to);
		if (source)
			write_counterparts(buffer, query, source->term);
		appendStringInfoChar(buffer, ')');
		from = to;
	}
}

/*
 * One piece of a query in web syntax: a phrase if quoted, else keywords.
 * Returns false if there is nothing in it.
 */
static bool
write_piece(StringInfo buffer, SearchQuery *query, const WebPiece *piece)
{
	Elements	elements = ietp_read_elements(piece->bytes, piece->length);

	if (elements.count == 0)
		return false;
	elements.marked = query->elements.marked;
	write_operator(buffer, piece->or ? " | " : " & ");
	if (piece->negated)
		appendStringInfoChar(buffer, '!');
	if (piece->quoted)
		write_phrase(buffer, query, &elements, 0, elements.count,
					 FORMS_WRITTEN);
	else
		write_all(buffer, query, &elements, 0, elements.count);
	return true;
}

static void
write_web(StringInfo buffer, SearchQuery *query, const char *bytes, int length)
{
	WebPiece	piece;
	int			at = 0;
	bool		or = false;

	while (ietp_next_web_piece(bytes, length, &at, &piece))
	{
		piece.or |= or;
		or = !write_piece(buffer, query, &piece) && piece.or;
	}
}

/*
 * The condition of a query; of a question without the terms that are cut.
 * NULL if nothing is asked for.
 */
TSQuery
ietp_condition(const Asked *asked, const bool *cut)
{
	SearchQuery *query = asked->query;
	StringInfoData buffer;

	initStringInfo(&buffer);
	switch (asked->mode)
	{
		case MODE_QUESTION:
			write_question(&buffer, query, cut);
			break;
		case MODE_KEYWORDS:
			write_keywords(&buffer, query);
			break;
		case MODE_PHRASE:
			if (query->elements.count > 0)
				write_phrase(&buffer, query, &query->elements, 0,
							 query->elements.count, FORMS_WRITTEN);
			break;
		case MODE_WEB:
			write_web(&buffer, query, asked->bytes, asked->length);
			break;
	}
	if (buffer.len == 0)
		return NULL;
	return DatumGetTSQuery(DirectFunctionCall1(tsqueryin,
											   CStringGetDatum(buffer.data)));
}

/*
 * ietp.query(query text, mode text) - the condition as a tsquery, empty if
 * nothing is asked for
 */
IETP_FUNCTION(query);
Datum
ietp_query(PG_FUNCTION_ARGS)
{
	Asked		asked = ietp_ask(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1));
	TSQuery		condition = ietp_condition(&asked, NULL);

	if (condition == NULL)
	{
		condition = palloc0(HDRSIZETQ);
		SET_VARSIZE(condition, HDRSIZETQ);
	}
	PG_RETURN_TSQUERY(condition);
}
