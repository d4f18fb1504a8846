/*-------------------------------------------------------------------------
 *
 * occurrence.c
 *		How often the terms of a query are in a document's vector.
 *
 * IDENTIFICATION
 *		src/occurrence.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "occurrence.h"

static const SearchQuery *compared;

/*
 * In the order of a vector.  Most differ within a few bytes, for which
 * memcmp() is not worth its call.
 */
static inline int
compare_lexemes(Lexeme a, const char *bytes, int length)
{
	int			shorter = Min(a.length, length);

	for (int i = 0; i < shorter; i++)
		if (a.bytes[i] != bytes[i])
			return (unsigned char) a.bytes[i] - (unsigned char) bytes[i];
	return a.length - length;
}

static int
compare_operands(const void *a, const void *b)
{
	const Operand *left = &compared->operands[*(const int *) a];
	const Operand *right = &compared->operands[*(const int *) b];
	int			result = compare_lexemes(left->lexeme, right->lexeme.bytes,
										 right->lexeme.length);

	return result != 0 ? result : (int) left->prefix - (int) right->prefix;
}

/* Begins to look for the operands of a query. */
void
ietp_begin_occurrences(Occurrences *occurrences, const SearchQuery *query)
{
	int			n = query->n_operands;

	occurrences->query = query;
	occurrences->count = n;
	occurrences->sorted = palloc(sizeof(int) * n);
	occurrences->entries = palloc(sizeof(Entries) * n);
	for (int i = 0; i < n; i++)
		occurrences->sorted[i] = i;
	compared = query;
	qsort(occurrences->sorted, n, sizeof(int), compare_operands);
}

/* The first entry, between two, that is not before the lexeme. */
static int
lower_bound(TSVector vector, Lexeme lexeme, int from, int to)
{
	WordEntry  *entries = ARRPTR(vector);
	char	   *strings = STRPTR(vector);

	while (from < to)
	{
		int			middle = from + (to - from) / 2;

		if (compare_lexemes(lexeme, strings + entries[middle].pos,
							entries[middle].len) > 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool
matches(TSVector vector, const Operand *operand, int entry)
{
	WordEntry  *item = ARRPTR(vector) + entry;
	int			length = operand->lexeme.length;

	return (operand->prefix ? (int) item->len >= length :
			(int) item->len == length) &&
		memcmp(STRPTR(vector) + item->pos, operand->lexeme.bytes,
			   length) == 0;
}

/* Notes the entries of an operand, the first of which can only be "first". */
static void
note_entries(Occurrences *occurrences, TSVector vector, int operand,
			 int first)
{
	const Operand *sought = &occurrences->query->operands[operand];
	int			to = first;

	while (to < vector->size && matches(vector, sought, to) &&
		   (sought->prefix || to == first))
		to++;
	occurrences->entries[operand].first = first;
	occurrences->entries[operand].count = to - first;
}

/*
 * Finds some of the sorted operands among some of the entries: the one in the
 * middle, and then those before it among the entries before, and those after
 * it among those after.  Where no entry is left only a prefix can match, as
 * the beginning of what the operand after it is.
 */
static void
find_between(Occurrences *occurrences, TSVector vector, int first, int last,
			 int from, int to)
{
	while (first < last)
	{
		int			middle = first + (last - first) / 2;
		int			operand = occurrences->sorted[middle];
		const Operand *sought = &occurrences->query->operands[operand];
		int			at = lower_bound(vector, sought->lexeme, from, to);

		if (from < to || sought->prefix)
			note_entries(occurrences, vector, operand, at);
		else
			occurrences->entries[operand].count = 0;
		find_between(occurrences, vector, first, middle, from, at);
		first = middle + 1;
		from = at;
	}
}

/* Finds all operands in a vector; both are in one order. */
void
ietp_find_operands(Occurrences *occurrences, TSVector vector)
{
	find_between(occurrences, vector, 0, occurrences->count, 0,
				 vector->size);
}

/* Positions of an entry; a vector without any has each lexeme once. */
static int
entry_frequency(TSVector vector, int entry)
{
	WordEntry  *item = ARRPTR(vector) + entry;

	return item->haspos ? Max(POSDATALEN(vector, item), 1) : 1;
}

static int
step_frequency(const Occurrences *occurrences, TSVector vector, const Step *step)
{
	int			frequency = 0;

	for (int i = 0; i < step->count; i++)
	{
		Entries		entries = occurrences->entries[step->operands[i]];

		for (int j = 0; j < entries.count; j++)
			frequency += entry_frequency(vector, entries.first + j);
	}
	return frequency;
}

static bool
entry_is_at(TSVector vector, int entry, int position)
{
	WordEntry  *item = ARRPTR(vector) + entry;
	int			count = item->haspos ? POSDATALEN(vector, item) : 0;
	WordEntryPos *positions = count ? POSDATAPTR(vector, item) : NULL;

	for (int i = 0; i < count; i++)
		if (WEP_GETPOS(positions[i]) == position)
			return true;
	return false;
}

static bool
step_is_at(const Occurrences *occurrences, TSVector vector, const Step *step,
		   int position)
{
	for (int i = 0; i < step->count; i++)
	{
		Entries		entries = occurrences->entries[step->operands[i]];

		for (int j = 0; j < entries.count; j++)
			if (entry_is_at(vector, entries.first + j, position))
				return true;
	}
	return false;
}

static bool
rest_is_at(const Occurrences *occurrences, TSVector vector, const Term *term,
		   int position)
{
	for (int i = 1; i < term->n_steps; i++)
		if (!step_is_at(occurrences, vector, &term->steps[i],
						position + i))
			return false;
	return true;
}

/* How often the rest of a term follows an entry of its first step. */
static int
entry_phrases(const Occurrences *occurrences, TSVector vector, const Term *term,
			  int entry)
{
	WordEntry  *item = ARRPTR(vector) + entry;
	int			count = item->haspos ? POSDATALEN(vector, item) : 0;
	WordEntryPos *positions = count ? POSDATAPTR(vector, item) : NULL;
	int			frequency = 0;

	for (int i = 0; i < count; i++)
		frequency += rest_is_at(occurrences, vector, term,
								WEP_GETPOS(positions[i]));
	return frequency;
}

static bool
has_all_steps(const Occurrences *occurrences, const Term *term)
{
	for (int i = 0; i < term->n_steps; i++)
	{
		const Step *step = &term->steps[i];
		int			count = 0;

		for (int j = 0; j < step->count; j++)
			count += occurrences->entries[step->operands[j]].count;
		if (count == 0)
			return false;
	}
	return true;
}

/* How often a term is in the vector in which the operands were found. */
int
ietp_term_frequency(const Occurrences *occurrences, TSVector vector,
					const Term *term)
{
	const Step *first = &term->steps[0];
	int			frequency = 0;

	if (term->n_steps == 1)
		return step_frequency(occurrences, vector, first);
	if (!has_all_steps(occurrences, term))
		return 0;
	for (int i = 0; i < first->count; i++)
	{
		Entries		entries = occurrences->entries[first->operands[i]];

		for (int j = 0; j < entries.count; j++)
			frequency += entry_phrases(occurrences, vector, term,
									   entries.first + j);
	}
	return frequency;
}
