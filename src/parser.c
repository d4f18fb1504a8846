/*-------------------------------------------------------------------------
 *
 * parser.c
 *		The text search parsers ietp.multilingual and
 *		ietp.multilingual_words.
 *
 * A dictionary is given a token and nothing else.  But where a long Han run
 * was cut, the token's neighbours decide about its bigrams, so the parser
 * keeps what the dictionary has to know of the token it handed out last.
 *
 * IDENTIFICATION
 *		src/parser.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "tsearch/ts_public.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "ietp_helpline.h"
#include "parser.h"

/* The Han token handed out last; it ends with the parser that has it. */
static struct
{
	const char *bytes;			/* NULL: none */
	int			length;
	Seam		seam;
}			handed;

typedef struct Parser
{
	Tokens		tokens;
	MemoryContextCallback forget;
	CodePoint	last;			/* last character of the token before, if it
								 * is continued, else 0 */
} Parser;

/* Did all of ICU's data load?  "failed" is what did not. */
static void
require_loaded(const char *failed)
{
	if (failed != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_NO_UNICODE_DATA),
				 errmsg("could not load the Unicode data of ICU"),
				 errdetail("What failed: %s.", failed),
				 errhint("Install the data of the ICU release that the library was built with.")));
}

/* Makes sure that ICU's data is loaded. */
void
ietp_require_text(void)
{
	require_loaded(ietp_text_open());
}

/* The same for what tells the two ways of writing Chinese apart. */
void
ietp_require_chinese(void)
{
	require_loaded(ietp_chinese_open());
}

static void
forget_token(void *arg)
{
	(void) arg;
	handed.bytes = NULL;
}

/*
 * What the token that is here goes on from, and is gone on with.  A text that
 * no parser is just handing out has no neighbours.
 */
Seam
ietp_seam_of(const char *bytes, int length)
{
	Seam		none = {0, false};

	return handed.bytes == bytes && handed.length == length ?
		handed.seam : none;
}

static Datum
start_parser(FunctionCallInfo fcinfo, bool compounds)
{
	Parser	   *parser = palloc(sizeof(Parser));

	ietp_require_text();
	ietp_begin_tokens(&parser->tokens, (char *) PG_GETARG_POINTER(0),
					  PG_GETARG_INT32(1), compounds);
	parser->last = 0;
	parser->forget.func = forget_token;
	parser->forget.arg = NULL;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &parser->forget);
	PG_RETURN_POINTER(parser);
}

IETP_FUNCTION(multilingual_start);
Datum
ietp_multilingual_start(PG_FUNCTION_ARGS)
{
	return start_parser(fcinfo, true);
}

IETP_FUNCTION(multilingual_words_start);
Datum
ietp_multilingual_words_start(PG_FUNCTION_ARGS)
{
	return start_parser(fcinfo, false);
}

static CodePoint
last_han(const Token *token)
{
	CodePoint	last = 0;
	int			at = 0;

	while (at < token->length)
	{
		CodePoint	c = ietp_next_code_point(token->bytes, token->length, &at);

		if (ietp_is_han(c))
			last = c;
	}
	return last;
}

static void
hand_out(Parser *parser, const Token *token)
{
	handed.bytes = token->type == TOKEN_HAN ? token->bytes : NULL;
	handed.length = token->length;
	handed.seam.before = token->continues ? parser->last : 0;
	handed.seam.continued = token->continued;
	if (token->continued)
		parser->last = last_han(token);
}

IETP_FUNCTION(multilingual_next);
Datum
ietp_multilingual_next(PG_FUNCTION_ARGS)
{
	Parser	   *parser = (Parser *) PG_GETARG_POINTER(0);
	char	  **bytes = (char **) PG_GETARG_POINTER(1);
	int		   *length = (int *) PG_GETARG_POINTER(2);
	Token		token;

	CHECK_FOR_INTERRUPTS();
	if (ietp_next_token(&parser->tokens, &token) == TOKEN_END)
	{
		handed.bytes = NULL;
		PG_RETURN_INT32(0);
	}
	hand_out(parser, &token);
	*bytes = unconstify(char *, token.bytes);
	*length = token.length;
	PG_RETURN_INT32(token.type);
}

/*
 * The parser itself is not freed: its context has a callback that lies in it.
 */
IETP_FUNCTION(multilingual_end);
Datum
ietp_multilingual_end(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	handed.bytes = NULL;
	PG_RETURN_VOID();
}

IETP_FUNCTION(multilingual_token_types);
Datum
ietp_multilingual_token_types(PG_FUNCTION_ARGS)
{
	static const struct
	{
		int			id;
		const char *alias;
		const char *description;
	}			types[] = {
		{TOKEN_HAN, "han", "Run of Han characters"},
		{TOKEN_WORD, "word", "Word"},
		{TOKEN_NUMBER, "number", "Number"},
		{TOKEN_CODE, "code", "Code of letters, digits and hyphens"},
		{TOKEN_EMAIL, "email", "Email address"},
		{TOKEN_PHONE, "phone", "Phone number"},
		{TOKEN_BLANK, "blank", "White space and punctuation"},
	};
	LexDescr   *descriptions = palloc0(sizeof(LexDescr) *
									   (lengthof(types) + 1));

	(void) fcinfo;
	for (int i = 0; i < (int) lengthof(types); i++)
	{
		descriptions[i].lexid = types[i].id;
		descriptions[i].alias = pstrdup(types[i].alias);
		descriptions[i].descr = pstrdup(types[i].description);
	}
	PG_RETURN_POINTER(descriptions);
}
