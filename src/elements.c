/*-------------------------------------------------------------------------
 *
 * elements.c
 *		The words and Han characters of a query, one for each position.
 *
 * IDENTIFICATION
 *		src/elements.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "nodes/makefuncs.h"

#include "core/ascii.h"
#include "elements.h"
#include "parser.h"
#include "stem.h"

bool
ietp_same_lexeme(Lexeme a, Lexeme b)
{
	return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

bool
ietp_element_is_marked(const Element *element)
{
	return !element->han &&
		!ietp_same_lexeme(element->exact, element->folded);
}

static Lexeme
copy_form(const Form *form)
{
	Lexeme		lexeme = {pnstrdup(form->bytes, form->length), form->length};

	return lexeme;
}

/* No token has more elements than bytes, so there is room. */
static Element *
add_element(Elements *elements, bool apart)
{
	Element    *element = &elements->items[elements->count++];

	memset(element, 0, sizeof(*element));
	element->apart = apart;
	return element;
}

static void
add_han(Elements *elements, const Token *token, bool apart)
{
	HanRun		run;
	int			words[MAX_RUN];

	ietp_read_han_run(&run, token->bytes, token->length);
	ietp_find_han_words(&run, words);
	for (int i = 0; i < run.length; i++)
	{
		Element    *element = add_element(elements, apart && i == 0);

		element->han = true;
		element->follows = i > 0 || token->continues;
		element->raw = run.raw[i];
		element->simplified = run.folded[i];
		element->word = words[i];
	}
}

static void
add_word(Elements *elements, const Token *token, bool apart, Stem *stem)
{
	int			first = elements->count;
	Word		word;
	Part		part;

	if (!ietp_begin_word(&word, token->bytes, token->length))
		return;
	while (ietp_next_part(&word, ietp_stem, stem, &part))
	{
		Element    *element;

		if (part.exact.length == 0)
			continue;
		element = add_element(elements, apart && word.n_parts == 1);
		element->exact = copy_form(&part.exact);
		element->folded = copy_form(&part.folded);
		element->stem = copy_form(&part.stem);
		if (word.n_parts == 1)
			element->whole = copy_form(&word.whole);
		elements->items[first].parts = word.n_parts;
	}
}

static bool
has_space(const Token *token)
{
	int			at = 0;

	while (at < token->length)
		if (ietp_is_space(ietp_next_code_point(token->bytes, token->length,
											   &at)))
			return true;
	return false;
}

/* Is it more than digits?  These bear no marks. */
bool
ietp_has_letter(Lexeme lexeme)
{
	for (int i = 0; i < lexeme.length; i++)
		if (!ietp_is_digit(lexeme.bytes[i]))
			return true;
	return false;
}

/*
 * Does at least half of the words bear marks, as in Vietnamese that is typed
 * with them?  A name that has them says nothing of the other words.
 */
static bool
is_marked(const Elements *elements)
{
	int			words = 0;
	int			marked = 0;

	for (int i = 0; i < elements->count; i++)
	{
		const Element *element = &elements->items[i];

		words += !element->han && ietp_has_letter(element->folded);
		marked += ietp_element_is_marked(element);
	}
	return marked > 0 && 2 * marked >= words;
}

/* Reads the elements of a text, as the dictionary for documents would. */
Elements
ietp_read_elements(const char *bytes, int length)
{
	Elements	elements = {NULL, 0, false};
	Tokens		tokens;
	Token		token;
	Stem		stem;
	bool		apart = true;

	ietp_require_text();
	ietp_open_stem(&stem, "ietp.english_stem");
	elements.items = palloc(sizeof(Element) * (length + 1));
	ietp_begin_tokens(&tokens, bytes, length, true);
	while (ietp_next_token(&tokens, &token) != TOKEN_END)
	{
		if (token.type == TOKEN_BLANK)
			apart = apart || has_space(&token);
		else
		{
			if (token.type == TOKEN_HAN)
				add_han(&elements, &token, apart);
			else
				add_word(&elements, &token, apart, &stem);
			apart = false;
		}
	}
	elements.marked = is_marked(&elements);
	return elements;
}
