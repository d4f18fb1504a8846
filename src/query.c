/*-------------------------------------------------------------------------
 *
 * query.c
 *		What the documents that a query finds are scored by.
 *
 * A word that bears marks is asked for exactly: equal weights for exact and
 * folded words would let tones that nobody meant in.  So are all words of a
 * query of which half bear marks.  Another may be Vietnamese typed without
 * them, so it asks for folded words, and for pairs of neighbours, since most Vietnamese words are two
 * syllables.  Han characters are asked for in pairs, which find any part of a
 * word; words of the dictionary count more.
 *
 * IDENTIFICATION
 *		src/query.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lexemes.h"
#include "query.h"
#include "thesaurus.h"

/*
 * Weights of the classes of terms, chosen on questions in three languages.  Of
 * a query with marks:
 */
#define WEIGHT_EXACT			1.0
#define WEIGHT_EXACT_PLAIN		1.4 /* a word without: a name, a number */
#define WEIGHT_UNMARKED			0.1
#define WEIGHT_FOLDED_TOO		0.1
#define WEIGHT_PAIR_TOO			0.3

/* Of one without; the last for a word that has no stem. */
#define WEIGHT_FOLDED			0.5
#define WEIGHT_STEM				0.6
#define WEIGHT_PAIR				0.3
#define WEIGHT_ONLY_FOLDED		1.2

/* Of both. */
#define WEIGHT_WHOLE			0.5
#define WEIGHT_BIGRAM			0.5
#define WEIGHT_BIGRAM_IS_WORD	0.5 /* added to that */
#define WEIGHT_HAN_WORD			0.7 /* of three and more characters */
#define WEIGHT_CHARACTER		0.3 /* that is a word by itself */
#define WEIGHT_SCRIPT			0.15
#define WEIGHT_COUNTERPART		0.3

static int
add_operand(SearchQuery *query, Lexeme lexeme, bool prefix)
{
	for (int i = 0; i < query->n_operands; i++)
		if (query->operands[i].prefix == prefix &&
			ietp_same_lexeme(query->operands[i].lexeme, lexeme))
			return i;
	if (query->n_operands == query->operands_room)
	{
		query->operands_room *= 2;
		query->operands = repalloc(query->operands, sizeof(Operand) *
								   query->operands_room);
	}
	query->operands[query->n_operands].lexeme = lexeme;
	query->operands[query->n_operands].prefix = prefix;
	return query->n_operands++;
}

/* Adds an alternative to a step, unless it is there or is none. */
static void
add_alternative(SearchQuery *query, Step *step, Lexeme lexeme, bool prefix)
{
	int			operand;

	if (lexeme.length == 0)
		return;
	operand = add_operand(query, lexeme, prefix);
	for (int i = 0; i < step->count; i++)
		if (step->operands[i] == operand)
			return;
	step->operands[step->count++] = operand;
}

/* The lexeme of a class; the exact one has none. */
static Lexeme
of_class(char class, Lexeme lexeme)
{
	char	   *bytes = palloc(lexeme.length + 1);
	Lexeme		result = {bytes, lexeme.length + 1};

	bytes[0] = class;
	memcpy(bytes + 1, lexeme.bytes, lexeme.length);
	return result;
}

static Lexeme
han_lexeme(char class, const CodePoint *characters, int count)
{
	char	   *bytes = palloc(4 * count + 1);
	Lexeme		lexeme = {bytes, ietp_han_form(bytes, class, characters, count)};

	return lexeme;
}

static Step
empty_step(void)
{
	Step		step;

	memset(&step, 0, sizeof(step));
	return step;
}

/* The word with these marks or any. */
static Step
folded_step(SearchQuery *query, const Element *element)
{
	Step		step = empty_step();

	add_alternative(query, &step, element->exact, false);
	if (ietp_has_letter(element->folded))
		add_alternative(query, &step, of_class(CLASS_FOLDED, element->folded),
						false);
	add_alternative(query, &step, element->folded, false);
	return step;
}

static void
add_stems(SearchQuery *query, Step *step, const Element *element)
{
	if (element->stem.length == 0)
		return;
	add_alternative(query, step, of_class(CLASS_STEM, element->stem), false);
	add_alternative(query, step, element->stem, false);
}

/* Any word of this stem. */
static Step
stem_step(SearchQuery *query, const Element *element)
{
	Step		step = empty_step();

	add_stems(query, &step, element);
	return step;
}

static Step
exact_step(SearchQuery *query, Lexeme lexeme)
{
	Step		step = empty_step();

	add_alternative(query, &step, lexeme, false);
	return step;
}

static bool
same_steps(const Term *a, const Term *b)
{
	return a->n_steps == b->n_steps &&
		memcmp(a->steps, b->steps, sizeof(Step) * a->n_steps) == 0;
}

static int
append_term(SearchQuery *query, const Term *term)
{
	if (query->n_terms == query->terms_room)
	{
		query->terms_room *= 2;
		query->terms = repalloc(query->terms, sizeof(Term) *
								query->terms_room);
	}
	query->terms[query->n_terms] = *term;
	return query->n_terms++;
}

/*
 * Adds a term and returns its number.  What a query says twice counts once.
 */
static int
add_term(SearchQuery *query, TermClass class, double weight, bool retrieves,
		 const Step *steps, int n_steps)
{
	Term		term = {class, weight, retrieves, -1, NULL, n_steps};

	term.steps = palloc(sizeof(Step) * n_steps);
	memcpy(term.steps, steps, sizeof(Step) * n_steps);
	for (int i = 0; i < query->n_terms; i++)
		if (query->terms[i].class == class &&
			same_steps(&query->terms[i], &term))
			return i;
	return append_term(query, &term);
}

static void
add_exact_word(SearchQuery *query, const Element *element)
{
	Step		step = exact_step(query, element->exact);
	bool		marked = ietp_element_is_marked(element);

	add_term(query, TERM_EXACT, marked ? WEIGHT_EXACT : WEIGHT_EXACT_PLAIN,
			 true, &step, 1);
	if (marked)
	{
		step = exact_step(query, element->folded);
		add_term(query, TERM_UNMARKED, WEIGHT_UNMARKED, true, &step, 1);
	}
	step = folded_step(query, element);
	add_term(query, TERM_FOLDED, WEIGHT_FOLDED_TOO, false, &step, 1);
}

static void
add_folded_word(SearchQuery *query, const Element *element)
{
	Step		step = folded_step(query, element);
	bool		stem = element->stem.length > 0;

	add_term(query, TERM_FOLDED, stem ? WEIGHT_FOLDED : WEIGHT_ONLY_FOLDED,
			 true, &step, 1);
	if (stem)
	{
		step = stem_step(query, element);
		add_term(query, TERM_STEM, WEIGHT_STEM, true, &step, 1);
	}
}

static void
add_word(SearchQuery *query, const Element *element)
{
	if (query->elements.marked || ietp_element_is_marked(element))
		add_exact_word(query, element);
	else
		add_folded_word(query, element);
	if (element->whole.length > 0)
	{
		Step		step = exact_step(query, element->whole);

		add_term(query, TERM_EXACT, WEIGHT_WHOLE, true, &step, 1);
	}
}

/* Two words that are neighbours, with any marks. */
static void
add_pair(SearchQuery *query, const Element *element)
{
	Step		steps[2];

	steps[0] = folded_step(query, element);
	steps[1] = folded_step(query, element + 1);
	add_term(query, TERM_PAIR,
			 query->elements.marked ? WEIGHT_PAIR_TOO : WEIGHT_PAIR,
			 false, steps, 2);
}

static Step
bigram_step(SearchQuery *query, const Element *first)
{
	CodePoint	folded[2] = {first[0].simplified, first[1].simplified};

	return exact_step(query, han_lexeme('\0', folded, 2));
}

static void
add_bigram(SearchQuery *query, const Element *first)
{
	CodePoint	raw[2] = {first[0].raw, first[1].raw};
	Step		step = bigram_step(query, first);

	add_term(query, TERM_BIGRAM, WEIGHT_BIGRAM +
			 (first->word == 2 ? WEIGHT_BIGRAM_IS_WORD : 0), true, &step, 1);
	if (raw[0] == first[0].simplified && raw[1] == first[1].simplified)
		return;
	step = exact_step(query, han_lexeme(CLASS_SCRIPT, raw, 2));
	add_term(query, TERM_SCRIPT, WEIGHT_SCRIPT, false, &step, 1);
}

/*
 * A word of three and more characters is its bigrams one behind another.
 */
static void
add_han_word(SearchQuery *query, int at)
{
	int			characters = query->elements.items[at].word;
	Step	   *steps;
	int			n;

	if (characters < 3)
		return;
	steps = palloc(sizeof(Step) * characters);
	n = ietp_phrase_steps(query, &query->elements, at, at + characters,
						  FORMS_WRITTEN, steps);
	add_term(query, TERM_HAN_WORD, WEIGHT_HAN_WORD, false, steps, n);
}

/* One character begins each bigram that it is in, or is the last of a run. */
static Step
character_step(SearchQuery *query, const Element *element)
{
	Step		step = empty_step();

	add_alternative(query, &step, han_lexeme('\0', &element->simplified, 1),
					true);
	return step;
}

static void
add_character(SearchQuery *query, const Element *element, bool alone)
{
	Step		step = character_step(query, element);

	add_term(query, TERM_CHARACTER, WEIGHT_CHARACTER, alone, &step, 1);
}

static void
add_element_terms(SearchQuery *query, int at)
{
	const Elements *elements = &query->elements;
	const Element *element = &elements->items[at];
	bool		last = at + 1 >= elements->count;

	if (element->han)
	{
		bool		more = !last && element[1].follows;

		if (more)
			add_bigram(query, element);
		add_han_word(query, at);
		if (element->word == 1)
			add_character(query, element, !more && !element->follows);
	}
	else
	{
		add_word(query, element);
		if (!last && !element[1].han)
			add_pair(query, element);
	}
}

/* The step of a word in a phrase. */
static Step
word_step(SearchQuery *query, const Element *element, bool marked,
		  Forms forms)
{
	Step		step;

	if (forms == FORMS_COUNTERPART)
	{
		step = exact_step(query, element->exact);
		add_alternative(query, &step, element->folded, false);
	}
	else if (marked || ietp_element_is_marked(element))
		return exact_step(query, element->exact);
	else
		step = folded_step(query, element);
	if (forms != FORMS_WRITTEN && !ietp_element_is_marked(element))
		add_stems(query, &step, element);
	return step;
}

/*
 * The steps of elements one behind another: of a Han run its bigrams, which
 * hold its last character too.  "steps" has room for one per element; returns
 * how many there are.
 */
int
ietp_phrase_steps(SearchQuery *query, const Elements *elements, int from, int to,
				  Forms forms, Step *steps)
{
	int			n = 0;

	for (int i = from; i < to; i++)
	{
		const Element *element = &elements->items[i];

		if (!element->han)
			steps[n++] = word_step(query, element, elements->marked, forms);
		else if (i + 1 < to && element[1].follows)
			steps[n++] = bigram_step(query, element);
		else if (i == from || !element->follows)
			steps[n++] = character_step(query, element);
	}
	return n;
}

/*
 * Adds elements of the query that the thesaurus knows, for the number of
 * documents that have them, and returns the number of the term.
 */
int
ietp_add_source(SearchQuery *query, int from, int to)
{
	Step	   *steps = palloc(sizeof(Step) * (to - from));
	int			n = ietp_phrase_steps(query, &query->elements, from, to,
									  FORMS_STEMS, steps);

	return add_term(query, TERM_SOURCE, 0, false, steps, n);
}

/* Adds what the thesaurus calls a source, too. */
void
ietp_add_counterpart(SearchQuery *query, const Elements *elements, int source)
{
	Step	   *steps = palloc(sizeof(Step) * elements->count);
	int			n = ietp_phrase_steps(query, elements, 0, elements->count,
									  FORMS_COUNTERPART, steps);
	Term		term = {TERM_COUNTERPART, WEIGHT_COUNTERPART, true, source,
	steps, n};

	/*
	 * What two sources are called alike finds documents of both, but counts
	 * once.
	 */
	for (int i = 0; i < query->n_terms; i++)
		if (query->terms[i].class == TERM_COUNTERPART &&
			same_steps(&query->terms[i], &term))
		{
			if (query->terms[i].source == source)
				return;
			term.weight = 0;
		}
	append_term(query, &term);
}

/* Reads a question; everything is allocated in the present context. */
SearchQuery *
ietp_read_query(const char *bytes, int length)
{
	SearchQuery *query = palloc0(sizeof(SearchQuery));

	query->elements = ietp_read_elements(bytes, length);
	query->operands_room = query->terms_room = 64;
	query->operands = palloc(sizeof(Operand) * query->operands_room);
	query->terms = palloc(sizeof(Term) * query->terms_room);
	for (int i = 0; i < query->elements.count; i++)
		add_element_terms(query, i);
	ietp_add_counterparts(query);
	return query;
}
