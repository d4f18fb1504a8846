/*-------------------------------------------------------------------------
 *
 * dictionary.c
 *		The text search template ietp.multilingual.
 *
 * A dictionary cannot know whether it serves a document or a query, and the
 * two differ: a document is indexed under all forms of a word at once, a query
 * asks for those that fit the way it is written.  So there are two
 * dictionaries, by the option "purpose".
 *
 * IDENTIFICATION
 *		src/dictionary.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "commands/defrem.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "tsearch/ts_cache.h"
#include "tsearch/ts_public.h"
#include "utils/builtins.h"

#include "ietp_helpline.h"
#include "parser.h"
#include "stem.h"

typedef struct Dictionary
{
	bool		query;			/* for queries, not for documents */
	Stem		stem;
	CachedToken *cache;			/* NULL for queries */
} Dictionary;

/* Lexemes that are collected for the caller. */
typedef struct Collected
{
	Stem	   *stem;
	TSLexeme   *items;
	int			count;
	int			room;
} Collected;

static void
set_purpose(Dictionary *dictionary, const char *purpose)
{
	if (strcmp(purpose, "query") == 0)
		dictionary->query = true;
	else if (strcmp(purpose, "index") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value for parameter \"%s\": \"%s\"",
						"purpose", purpose),
				 errhint("Valid values are \"index\" and \"query\".")));
}

IETP_FUNCTION(multilingual_init);
Datum
ietp_multilingual_init(PG_FUNCTION_ARGS)
{
	List	   *options = (List *) PG_GETARG_POINTER(0);
	Dictionary *dictionary = palloc0(sizeof(Dictionary));
	ListCell   *cell;

	ietp_require_text();
	foreach(cell, options)
	{
		DefElem    *option = (DefElem *) lfirst(cell);

		if (strcmp(option->defname, "purpose") == 0)
			set_purpose(dictionary, defGetString(option));
		else if (strcmp(option->defname, "stem") == 0)
			ietp_open_stem(&dictionary->stem, defGetString(option));
		else
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unrecognized parameter \"%s\" of a multilingual dictionary",
							option->defname)));
	}
	if (!dictionary->query)
		dictionary->cache = palloc0(sizeof(CachedToken) * CACHED_TOKENS);
	PG_RETURN_POINTER(dictionary);
}

/* Adds a lexeme; the caller frees each one by itself. */
static void
add_lexeme(Collected *collected, const char *bytes, int length, int flags,
		   int variant)
{
	TSLexeme   *lexeme;

	if (collected->count + 1 >= collected->room)
	{
		collected->room *= 2;
		collected->items = repalloc(collected->items,
									sizeof(TSLexeme) * collected->room);
	}
	lexeme = &collected->items[collected->count++];
	lexeme->lexeme = palloc(length + 1);
	memcpy(lexeme->lexeme, bytes, length);
	lexeme->lexeme[length] = '\0';
	lexeme->flags = (uint16) flags;
	lexeme->nvariant = (uint16) variant;
}

static void
take_lexeme(void *context, const char *bytes, int length, bool moves)
{
	add_lexeme((Collected *) context, bytes, length,
			   moves ? TSL_ADDPOS : 0, 0);
}

static int
stem_collected(void *context, const char *word, int length, char *stem)
{
	return ietp_stem(((Collected *) context)->stem, word, length, stem);
}

static bool
is_han_token(const char *bytes, int length)
{
	int			at = 0;

	return length > 0 &&
		ietp_is_han(ietp_next_code_point(bytes, length, &at));
}

static void
collect_for_index(Dictionary *dictionary, Collected *collected,
				  const char *bytes, int length)
{
	Lexemes		lexemes = {
		.take = take_lexeme,
		.stem = stem_collected,
		.context = collected,
		.cache = dictionary->cache
	};

	if (is_han_token(bytes, length))
		ietp_han_lexemes(&lexemes, bytes, length,
						 ietp_seam_of(bytes, length));
	else
		ietp_word_lexemes(&lexemes, bytes, length);
}

/* The bigrams of a run; one character alone begins any bigram. */
static void
collect_han_query(Collected *collected, const char *bytes, int length)
{
	HanRun		run;
	char		form[8];

	ietp_read_han_run(&run, bytes, length);
	if (run.length == 1)
		add_lexeme(collected, form,
				   ietp_han_form(form, '\0', run.folded, 1), TSL_PREFIX, 0);
	for (int i = 0; i + 1 < run.length; i++)
		add_lexeme(collected, form,
				   ietp_han_form(form, '\0', run.folded + i, 2),
				   i > 0 ? TSL_ADDPOS : 0, 0);
}

/* An alternative form of the word at the present position. */
static void
add_alternative(Collected *collected, char class, const Form *form,
				int variant)
{
	char		bytes[MAX_FORM + 1];

	bytes[0] = class;
	memcpy(bytes + 1, form->bytes, form->length);
	add_lexeme(collected, bytes, form->length + 1, 0, variant);
}

/*
 * A marked word asks exactly; another asks for words with any marks, and for
 * those of the same stem.
 */
static void
collect_part_query(Collected *collected, const Part *part, bool moves)
{
	add_lexeme(collected, part->exact.bytes, part->exact.length,
			   moves ? TSL_ADDPOS : 0, 1);
	if (!ietp_same_form(&part->exact, &part->folded))
		return;
	add_alternative(collected, CLASS_FOLDED, &part->folded, 2);
	if (part->stem.length == 0)
		return;
	add_alternative(collected, CLASS_STEM, &part->stem, 3);
	if (!ietp_same_form(&part->stem, &part->exact))
		add_lexeme(collected, part->stem.bytes, part->stem.length, 0, 4);
}

static void
collect_word_query(Collected *collected, const char *bytes, int length)
{
	Word		word;
	Part		part;

	if (!ietp_begin_word(&word, bytes, length))
		return;
	while (ietp_next_part(&word, stem_collected, collected, &part))
		if (part.exact.length > 0)
			collect_part_query(collected, &part, word.n_parts > 1);
}

IETP_FUNCTION(multilingual_lexize);
Datum
ietp_multilingual_lexize(PG_FUNCTION_ARGS)
{
	Dictionary *dictionary = (Dictionary *) PG_GETARG_POINTER(0);
	const char *bytes = (const char *) PG_GETARG_POINTER(1);
	int			length = PG_GETARG_INT32(2);
	Collected	collected = {&dictionary->stem, NULL, 0, 8};

	/* A stem may be another such dictionary's business, or this one's. */
	check_stack_depth();
	collected.items = palloc(sizeof(TSLexeme) * collected.room);
	if (length > MAX_TOKEN_BYTES)
		length = pg_mbcliplen(bytes, length, MAX_TOKEN_BYTES);
	if (!dictionary->query)
		collect_for_index(dictionary, &collected, bytes, length);
	else if (is_han_token(bytes, length))
		collect_han_query(&collected, bytes, length);
	else
		collect_word_query(&collected, bytes, length);

	/* What has no form takes no position, as in a query. */
	if (collected.count == 0)
		PG_RETURN_POINTER(NULL);
	memset(&collected.items[collected.count], 0, sizeof(TSLexeme));
	PG_RETURN_POINTER(collected.items);
}
