/*-------------------------------------------------------------------------
 *
 * thesaurus.c
 *		What else the programme's thesaurus calls the words of a query.
 *
 * The rows of desk.thesaurus are compiled once per backend and change.  A term
 * is found in a query by its key: its elements one after another, in exact
 * form for a query with marks, folded and by stem for one without; Han
 * characters in simplified form for both.
 *
 * Where no desk is laid there is no thesaurus.
 *
 * IDENTIFICATION
 *		src/thesaurus.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "utils/memutils.h"

#include "ietp_helpline.h"
#include "lexemes.h"
#include "record.h"
#include "thesaurus.h"

/* Elements of a term; a longer one is not looked for. */
#define MAX_TERM_ELEMENTS	12

/* Behind each element of a key; no element holds it. */
#define KEY_SEPARATOR		'\x1f'

typedef struct Key
{
	const char *bytes;
	int			length;
} Key;

typedef struct Entry
{
	const char *concept;
	Elements	elements;
	Key			keys[2];		/* folded, and exact */
} Entry;

/* The columns of desk.thesaurus that are read. */
enum
{
	THESAURUS_CONCEPT = 1, THESAURUS_LANGUAGE, THESAURUS_TERM
};

static const Oid thesaurus_types[] = {TEXTOID, TEXTOID, TEXTOID};

/* The cache; everything below lives in its context. */
static MemoryContext context = NULL;
static uint64 loaded = 0;		/* generation; 0: not loaded */
static List *read = NIL;		/* of Entry, while rows are read */
static int	n_entries = 0;
static Entry **sorted[2];		/* by folded, and by exact key */
static int	compared = 0;		/* the key by which qsort sorts */

static void
append_element_key(StringInfo buffer, const Element *element, bool exact)
{
	char		character[4];
	Lexeme		lexeme = exact ? element->exact :
	element->stem.length > 0 ? element->stem : element->folded;

	if (element->han)
	{
		lexeme.bytes = character;
		lexeme.length = ietp_han_form(character, '\0', &element->simplified,
									  1);
	}
	appendBinaryStringInfo(buffer, lexeme.bytes, lexeme.length);
	appendStringInfoChar(buffer, KEY_SEPARATOR);
}

static Key
make_key(const Elements *elements, bool exact)
{
	StringInfoData buffer;
	Key			key;

	initStringInfo(&buffer);
	for (int i = 0; i < elements->count; i++)
		append_element_key(&buffer, &elements->items[i], exact);
	key.bytes = buffer.data;
	key.length = buffer.len;
	return key;
}

static int
compare_keys(Key a, Key b)
{
	int			result = memcmp(a.bytes, b.bytes, Min(a.length, b.length));

	return result != 0 ? result : a.length - b.length;
}

static int
compare_entries(const void *a, const void *b)
{
	const Entry *left = *(const Entry *const *) a;
	const Entry *right = *(const Entry *const *) b;
	int			result = compare_keys(left->keys[compared],
									  right->keys[compared]);

	/* Of equal keys those of one concept, which then come in one order. */
	return result != 0 ? result : strcmp(left->concept, right->concept);
}

static Lexeme
keep_lexeme(Lexeme lexeme)
{
	if (lexeme.length > 0)
		lexeme.bytes = pnstrdup(lexeme.bytes, lexeme.length);
	return lexeme;
}

static Elements
keep_elements(Elements elements)
{
	Element    *items = palloc(sizeof(Element) * elements.count);

	for (int i = 0; i < elements.count; i++)
	{
		items[i] = elements.items[i];
		items[i].exact = keep_lexeme(items[i].exact);
		items[i].folded = keep_lexeme(items[i].folded);
		items[i].stem = keep_lexeme(items[i].stem);
		items[i].whole = keep_lexeme(items[i].whole);
	}
	elements.items = items;
	return elements;
}

static Key
keep_key(Key key)
{
	key.bytes = pnstrdup(key.bytes, key.length);
	return key;
}

/* Keeps a term whose elements were read in a context that is not to stay. */
static void
keep_entry(const char *concept, Elements elements)
{
	Key			folded = make_key(&elements, false);
	Key			exact = make_key(&elements, true);
	MemoryContext before = MemoryContextSwitchTo(context);
	Entry	   *entry = palloc0(sizeof(Entry));

	entry->concept = pstrdup(concept);
	entry->elements = keep_elements(elements);
	entry->keys[0] = keep_key(folded);
	entry->keys[1] = keep_key(exact);
	read = lappend(read, entry);
	MemoryContextSwitchTo(before);
}

static void
read_entry(const Record *record)
{
	MemoryContext row = AllocSetContextCreate(context, "thesaurus row",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext before = MemoryContextSwitchTo(row);
	char	   *concept = ietp_record_text(record, THESAURUS_CONCEPT);
	char	   *term = ietp_record_text(record, THESAURUS_TERM);
	Elements	elements = {NULL, 0, false};

	if (concept != NULL && term != NULL)
		elements = ietp_read_elements(term, strlen(term));
	if (elements.count > 0 && elements.count <= MAX_TERM_ELEMENTS)
		keep_entry(concept, elements);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(row);
}

static void
sort_entries(int key)
{
	ListCell   *cell;
	int			n = 0;

	sorted[key] = palloc(sizeof(Entry *) * (n_entries + 1));
	foreach(cell, read)
		sorted[key][n++] = (Entry *) lfirst(cell);
	compared = key;
	qsort(sorted[key], n_entries, sizeof(Entry *), compare_entries);
}

static void
load(uint64 generation)
{
	MemoryContext before;

	if (context == NULL)
		context = AllocSetContextCreate(TopMemoryContext,
										"ietp_helpline thesaurus",
										ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(context);
	loaded = 0;
	n_entries = 0;
	read = NIL;
	before = MemoryContextSwitchTo(context);
	if (ietp_get_desk()->version != 0)
		ietp_read_table("thesaurus", thesaurus_types,
						lengthof(thesaurus_types), read_entry);
	n_entries = list_length(read);
	sort_entries(0);
	sort_entries(1);
	MemoryContextSwitchTo(before);
	loaded = generation;
}

/* The first entry of a key; -1 if there is none. */
static int
find_entry(Key key, int which)
{
	int			from = 0;
	int			to = n_entries;

	while (from < to)
	{
		int			middle = from + (to - from) / 2;

		if (compare_keys(sorted[which][middle]->keys[which], key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from < n_entries &&
		compare_keys(sorted[which][from]->keys[which], key) == 0 ? from : -1;
}

/*
 * Adds the other terms of a concept.  Those that fold to the same are no
 * others: the query asks for them already.
 */
static void
add_concept(SearchQuery *query, const Entry *known, int source)
{
	for (int i = 0; i < n_entries; i++)
	{
		const Entry *entry = sorted[0][i];

		if (strcmp(entry->concept, known->concept) == 0 &&
			compare_keys(entry->keys[0], known->keys[0]) != 0)
			ietp_add_counterpart(query, &entry->elements, source);
	}
}

/* Elements of the query are a term: adds its counterparts. */
static void
add_source(SearchQuery *query, int from, int to, Key key, int which, int at)
{
	Source	   *source = &query->sources[query->n_sources++];

	source->from = from;
	source->to = to;
	source->term = ietp_add_source(query, from, to);
	for (; at < n_entries; at++)
	{
		if (compare_keys(sorted[which][at]->keys[which], key) != 0)
			return;
		add_concept(query, sorted[which][at], source->term);
	}
}

/*
 * Looks for the longest term that begins at an element, and returns how many
 * elements it has, or 0.  ends[i] is where element i begins in the key of the
 * whole query.
 */
static int
match_at(SearchQuery *query, Key whole, const int *ends, int from, int which)
{
	int			longest = Min(MAX_TERM_ELEMENTS,
							  query->elements.count - from);

	for (int length = longest; length > 0; length--)
	{
		Key			key = {whole.bytes + ends[from],
		ends[from + length] - ends[from]};
		int			at = find_entry(key, which);

		if (at >= 0)
		{
			add_source(query, from, from + length, key, which, at);
			return length;
		}
	}
	return 0;
}

/* Adds what the thesaurus calls the query's words, too. */
void
ietp_add_counterparts(SearchQuery *query)
{
	uint64		generation = ietp_cache_generation();
	int			which = query->elements.marked ? 1 : 0;
	int			count = query->elements.count;
	int		   *ends = palloc(sizeof(int) * (count + 1));
	StringInfoData buffer;

	if (loaded != generation)
		load(generation);
	query->sources = palloc(sizeof(Source) * (count + 1));
	if (n_entries == 0)
		return;
	initStringInfo(&buffer);
	for (int i = 0; i < count; i++)
	{
		ends[i] = buffer.len;
		append_element_key(&buffer, &query->elements.items[i], which == 1);
	}
	ends[count] = buffer.len;
	for (int i = 0; i < count;)
	{
		Key			whole = {buffer.data, buffer.len};

		i += Max(match_at(query, whole, ends, i, which), 1);
	}
}
