/*-------------------------------------------------------------------------
 *
 * headline.c
 *		ts_headline() for the multilingual parsers.
 *
 * The server gives the tokens of a text and tells which of them match the
 * query.  A Han run is a token, of which a few characters match; so it is cut
 * into characters here, those in a bigram that is asked for are marked, and
 * neighbours that are marked become one piece again.  What is shown are bytes
 * of the text as they are: a query in simplified characters marks traditional
 * ones, and one without marks marks words with them.
 *
 * IDENTIFICATION
 *		src/headline.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "commands/defrem.h"
#include "miscadmin.h"
#include "tsearch/ts_public.h"
#include "tsearch/ts_utils.h"
#include "utils/builtins.h"

#include "ietp_helpline.h"
#include "lexemes.h"

/* A token, or one Han character with what is joined to it. */
typedef struct Piece
{
	const char *bytes;
	int			length;
	int			half_words;		/* 2 a word, 1 a Han character, 0 a blank */
	bool		han;
	bool		in;				/* in a fragment that is shown */
	CodePoint	raw;			/* of a Han character */
	CodePoint	simplified;
	int			operand;		/* number of one that it matches, or -1 */
} Piece;

typedef struct Options
{
	int			max_words;
	int			min_words;
	int			max_fragments;
	bool		highlight_all;
	bool		escape_html;
} Options;

typedef struct Headline
{
	HeadlineParsedText *parsed;
	TSQuery		query;
	Options		options;
	Piece	   *pieces;
	int			count;
	bool	   *wanted;			/* by item of the query: an operand that is
								 * not under a NOT */
	int		   *seen;			/* by item: the fragment that counted it */
	int			fragment;		/* number of the fragment being measured */
} Headline;

/* More is no headline, and twice as much must not overflow. */
#define MAX_OPTION	1000000

static int
read_number(DefElem *option, int least)
{
	int			number = pg_strtoint32(defGetString(option));

	if (number < least || number > MAX_OPTION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("headline parameter \"%s\" must be between %d and %d",
						option->defname, least, MAX_OPTION)));
	return number;
}

/* Does the option have this name?  Names are in any case. */
static bool
is_option(const DefElem *option, const char *name)
{
	return pg_strcasecmp(option->defname, name) == 0;
}

/* A boolean is true as in the server's own headlines. */
static bool
read_boolean(DefElem *option)
{
	char	   *value = defGetString(option);

	return pg_strcasecmp(value, "1") == 0 || pg_strcasecmp(value, "on") == 0 ||
		pg_strcasecmp(value, "true") == 0 || pg_strcasecmp(value, "t") == 0 ||
		pg_strcasecmp(value, "y") == 0 || pg_strcasecmp(value, "yes") == 0;
}

/* ShortWord is known, and means nothing here: no word is too short to show. */
static void
read_option(Headline *headline, DefElem *option)
{
	Options    *options = &headline->options;

	if (is_option(option, "MaxWords"))
		options->max_words = read_number(option, 1);
	else if (is_option(option, "MinWords"))
		options->min_words = read_number(option, 1);
	else if (is_option(option, "ShortWord"))
		(void) read_number(option, 0);
	else if (is_option(option, "MaxFragments"))
		options->max_fragments = read_number(option, 0);
	else if (is_option(option, "StartSel"))
		headline->parsed->startsel = pstrdup(defGetString(option));
	else if (is_option(option, "StopSel"))
		headline->parsed->stopsel = pstrdup(defGetString(option));
	else if (is_option(option, "FragmentDelimiter"))
		headline->parsed->fragdelim = pstrdup(defGetString(option));
	else if (is_option(option, "HighlightAll"))
		options->highlight_all = read_boolean(option);
	else if (is_option(option, "EscapeHTML"))
		options->escape_html = read_boolean(option);
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unrecognized headline parameter: \"%s\"",
						option->defname)));
}

static void
set_default(char **value, const char *preset)
{
	if (*value == NULL)
		*value = pstrdup(preset);
}

static void
read_options(Headline *headline, List *list)
{
	Options    *options = &headline->options;
	ListCell   *cell;

	options->max_words = 35;
	options->min_words = 15;
	foreach(cell, list)
		read_option(headline, (DefElem *) lfirst(cell));
	if (options->min_words > options->max_words)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("headline parameter \"MinWords\" must not be greater than \"MaxWords\"")));
	set_default(&headline->parsed->startsel, "<b>");
	set_default(&headline->parsed->stopsel, "</b>");
	set_default(&headline->parsed->fragdelim, " ... ");
	headline->parsed->startsellen = strlen(headline->parsed->startsel);
	headline->parsed->stopsellen = strlen(headline->parsed->stopsel);
	headline->parsed->fragdelimlen = strlen(headline->parsed->fragdelim);
}

/* Finds the operands that are asked for; what follows a NOT is not. */
static void
find_wanted(Headline *headline, int item)
{
	QueryItem  *items = GETQUERY(headline->query);

	check_stack_depth();
	if (items[item].type == QI_VAL)
		headline->wanted[item] = true;
	else if (items[item].qoperator.oper != OP_NOT)
	{
		find_wanted(headline, item + 1);
		find_wanted(headline, item + items[item].qoperator.left);
	}
}

/* The first wanted operand that a lexeme matches, or -1. */
static int
match_lexeme(const Headline *headline, const char *bytes, int length)
{
	QueryItem  *items = GETQUERY(headline->query);
	char	   *operands = GETOPERAND(headline->query);

	for (int i = 0; i < headline->query->size; i++)
	{
		QueryOperand *operand = &items[i].qoperand;

		if (headline->wanted[i] &&
			(operand->prefix ? (int) operand->length <= length :
			 (int) operand->length == length) &&
			memcmp(operands + operand->distance, bytes,
				   operand->length) == 0)
			return i;
	}
	return -1;
}

static Piece *
add_piece(Headline *headline, const char *bytes, int length, int half_words)
{
	Piece	   *piece = &headline->pieces[headline->count++];

	memset(piece, 0, sizeof(*piece));
	piece->bytes = bytes;
	piece->length = length;
	piece->half_words = half_words;
	piece->operand = -1;
	return piece;
}

/* Cuts a Han run; what is joined to a character stays with it. */
static void
add_characters(Headline *headline, const HeadlineWordEntry *word)
{
	Piece	   *piece = NULL;
	int			at = 0;

	while (at < word->len)
	{
		int			from = at;
		CodePoint	c = ietp_next_code_point(word->word, word->len, &at);

		if (piece != NULL && !ietp_is_han(c))
		{
			piece->length += at - from;
			continue;
		}
		piece = add_piece(headline, word->word + from, at - from, 1);
		piece->han = true;
		piece->raw = c;
		piece->simplified = ietp_simplified(c);
	}
}

/* Its number if a word matches an operand that is wanted. */
static int
wanted_item(const Headline *headline, const HeadlineWordEntry *word)
{
	int			item;

	if (word->item == NULL)
		return -1;
	item = (QueryItem *) word->item - GETQUERY(headline->query);
	return headline->wanted[item] ? item : -1;
}

static void
add_word(Headline *headline, const HeadlineWordEntry *word)
{
	if (word->repeated)
	{
		Piece	   *piece = &headline->pieces[headline->count - 1];

		if (!piece->han && piece->operand < 0)
			piece->operand = wanted_item(headline, word);
	}
	else if (word->type == TOKEN_HAN)
		add_characters(headline, word);
	else
		add_piece(headline, word->word, word->len,
				  word->type == TOKEN_BLANK ? 0 : 2)->operand =
			wanted_item(headline, word);
}

/* Each byte makes one piece at the most. */
static void
cut_pieces(Headline *headline)
{
	HeadlineParsedText *parsed = headline->parsed;
	Size		room = 0;

	for (int i = 0; i < parsed->curwords; i++)
		room += parsed->words[i].repeated ? 0 :
			parsed->words[i].type == TOKEN_HAN ? parsed->words[i].len : 1;
	headline->pieces = MemoryContextAllocHuge(CurrentMemoryContext,
											  sizeof(Piece) * (room + 1));
	for (int i = 0; i < parsed->curwords; i++)
		add_word(headline, &parsed->words[i]);
}

/* A match marks all characters of the lexeme, however many were asked for. */
static void
match_bigram(Headline *headline, Piece *piece, char class, bool raw)
{
	CodePoint	characters[2] = {raw ? piece[0].raw : piece[0].simplified,
	raw ? piece[1].raw : piece[1].simplified};
	char		bytes[9];
	int			length = ietp_han_form(bytes, class, characters, 2);
	int			operand = match_lexeme(headline, bytes, length);

	if (operand < 0)
		return;
	piece[0].operand = operand;
	if ((int) GETQUERY(headline->query)[operand].qoperand.length == length)
		piece[1].operand = operand;
}

static void
match_last(Headline *headline, Piece *piece)
{
	char		bytes[4];
	int			length = ietp_han_form(bytes, '\0', &piece->simplified, 1);
	int			operand = match_lexeme(headline, bytes, length);

	if (operand >= 0)
		piece->operand = operand;
}

static void
match_characters(Headline *headline)
{
	for (int i = 0; i < headline->count; i++)
	{
		Piece	   *piece = &headline->pieces[i];

		if (!piece->han)
			continue;
		CHECK_FOR_INTERRUPTS();
		if (i + 1 >= headline->count || !piece[1].han)
		{
			match_last(headline, piece);
			continue;
		}
		match_bigram(headline, piece, '\0', false);
		match_bigram(headline, piece, CLASS_SCRIPT, true);
	}
}

/*
 * What a piece adds to a fragment: its operand's bytes, since short words are
 * the frequent ones, and little if the fragment has that operand already.
 */
static int
piece_worth(Headline *headline, const Piece *piece)
{
	int			worth = 1;

	if (piece->operand < 0)
		return 0;
	if (headline->seen[piece->operand] != headline->fragment)
		worth += 4 *
			GETQUERY(headline->query)[piece->operand].qoperand.length;
	headline->seen[piece->operand] = headline->fragment;
	return worth;
}

/* The worth of the longest fragment that begins at a piece, and its end. */
static int
measure_fragment(Headline *headline, int from, int *to)
{
	int			half_words = 0;
	int			worth = 0;

	headline->fragment++;
	*to = from;
	for (int i = from; i < headline->count && !headline->pieces[i].in; i++)
	{
		half_words += headline->pieces[i].half_words;
		if (half_words > 2 * headline->options.max_words)
			break;
		if (headline->pieces[i].operand < 0)
			continue;
		worth += piece_worth(headline, &headline->pieces[i]);
		*to = i + 1;
	}
	return worth;
}

/* The best fragment that nothing shown is in; false if nothing matches. */
static bool
find_fragment(Headline *headline, int *from, int *to)
{
	int			best = 0;

	for (int i = 0; i < headline->count; i++)
	{
		int			end;
		int			worth;

		if (headline->pieces[i].in || headline->pieces[i].operand < 0)
			continue;
		CHECK_FOR_INTERRUPTS();
		worth = measure_fragment(headline, i, &end);
		if (worth > best)
		{
			best = worth;
			*from = i;
			*to = end;
		}
	}
	return best > 0;
}

static int
count_half_words(const Headline *headline, int from, int to)
{
	int			half_words = 0;

	for (int i = from; i < to; i++)
		half_words += headline->pieces[i].half_words;
	return half_words;
}

static bool
is_free(const Headline *headline, int piece)
{
	return piece >= 0 && piece < headline->count &&
		!headline->pieces[piece].in;
}

/* Grows a fragment on both sides until it has the least number of words. */
static void
grow_fragment(const Headline *headline, int *from, int *to)
{
	int			lack = 2 * headline->options.min_words -
	count_half_words(headline, *from, *to);
	bool		grows = true;

	while (lack > 0 && grows)
	{
		grows = false;
		if (is_free(headline, *from - 1))
		{
			lack -= headline->pieces[--*from].half_words;
			grows = true;
		}
		if (lack > 0 && is_free(headline, *to))
		{
			lack -= headline->pieces[(*to)++].half_words;
			grows = true;
		}
	}
}

static void
show_fragment(Headline *headline, int from, int to)
{
	while (from < to && headline->pieces[from].half_words == 0)
		from++;
	while (from < to && headline->pieces[to - 1].half_words == 0)
		to--;
	for (int i = from; i < to; i++)
		headline->pieces[i].in = true;
}

/* Without any match the beginning is shown. */
static void
choose_fragments(Headline *headline)
{
	int			fragments = Max(headline->options.max_fragments, 1);
	int			from = 0;
	int			to = 0;

	if (headline->options.highlight_all)
	{
		for (int i = 0; i < headline->count; i++)
			headline->pieces[i].in = true;
		return;
	}
	for (int i = 0; i < fragments; i++)
	{
		if (!find_fragment(headline, &from, &to) && i > 0)
			break;
		grow_fragment(headline, &from, &to);
		show_fragment(headline, from, to);
	}
}

/* How HTML writes a character that has a meaning there, or NULL. */
static const char *
html_entity(char c)
{
	switch (c)
	{
		case '&':
			return "&amp;";
		case '<':
			return "&lt;";
		case '>':
			return "&gt;";
		case '"':
			return "&quot;";
		case '\'':
			return "&#39;";
		default:
			return NULL;
	}
}

/* Writes bytes for HTML, unless "to" is NULL, and returns how many. */
static int
escape_html(char *to, const char *bytes, int length)
{
	int			n = 0;

	for (int i = 0; i < length; i++)
	{
		const char *entity = html_entity(bytes[i]);
		int			added = entity ? strlen(entity) : 1;

		if (to != NULL)
			memcpy(to + n, entity ? entity : &bytes[i], added);
		n += added;
	}
	return n;
}

static char *
shown_bytes(const Headline *headline, const char *bytes, int *length)
{
	char	   *shown;
	int			n;

	if (!headline->options.escape_html)
		return pnstrdup(bytes, *length);
	n = escape_html(NULL, bytes, *length);
	shown = palloc(n + 1);
	escape_html(shown, bytes, *length);
	*length = n;
	return shown;
}

/* Bytes of a piece put together of Han characters; a word has 16 bits. */
#define MAX_SHOWN_BYTES	30000

/* Is a piece shown together with the one before it? */
static bool
continues_shown(const Piece *piece, int length)
{
	return piece[0].han && piece[-1].han && piece[0].in && piece[-1].in &&
		(piece[0].operand >= 0) == (piece[-1].operand >= 0) &&
		length + piece[0].length <= MAX_SHOWN_BYTES;
}

/* Makes the word that shows some pieces; the server frees its bytes. */
static void
put_shown(const Headline *headline, HeadlineWordEntry *word, const Piece *piece,
		  int length)
{
	memset(word, 0, sizeof(*word));
	if (!piece->in)
		length = 0;
	word->in = piece->in;
	word->selected = piece->in && piece->operand >= 0;
	word->word = shown_bytes(headline, piece->bytes, &length);
	word->len = length;
}

/*
 * Replaces the server's words by what is shown.  Characters of one token lie
 * one behind another, so that those which go together are one string; of two
 * tokens they may not.
 */
static void
put_words(Headline *headline)
{
	HeadlineParsedText *parsed = headline->parsed;
	Piece	   *pieces = headline->pieces;
	int			from = 0;

	parsed->words = MemoryContextAllocHuge(CurrentMemoryContext,
										   sizeof(HeadlineWordEntry) *
										   (headline->count + 1));
	parsed->curwords = 0;
	while (from < headline->count)
	{
		int			to = from + 1;
		int			length = pieces[from].length;

		while (to < headline->count && continues_shown(&pieces[to], length) &&
			   pieces[to].bytes == pieces[from].bytes + length)
			length += pieces[to++].length;
		if (pieces[from].in || from == 0 || pieces[from - 1].in)
			put_shown(headline, &parsed->words[parsed->curwords++],
					  &pieces[from], length);
		from = to;
	}
	parsed->lenwords = headline->count + 1;
}

IETP_FUNCTION(multilingual_headline);
Datum
ietp_multilingual_headline(PG_FUNCTION_ARGS)
{
	Headline	headline = {0};

	headline.parsed = (HeadlineParsedText *) PG_GETARG_POINTER(0);
	headline.query = PG_GETARG_TSQUERY(2);
	headline.wanted = palloc0(sizeof(bool) * (headline.query->size + 1));
	headline.seen = palloc0(sizeof(int) * (headline.query->size + 1));
	read_options(&headline, (List *) PG_GETARG_POINTER(1));
	if (headline.query->size > 0)
		find_wanted(&headline, 0);
	cut_pieces(&headline);
	match_characters(&headline);
	choose_fragments(&headline);
	put_words(&headline);
	PG_RETURN_POINTER(headline.parsed);
}
