/*-------------------------------------------------------------------------
 *
 * language.c
 *		ietp.language_of: the language of a short note.
 *
 * IDENTIFICATION
 *		src/language.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "core/language.h"
#include "ietp_helpline.h"
#include "parser.h"

/*
 * Bytes of a text that are read.  A character that is cut at their end is no
 * letter, and a word that is cut speaks for no other language than the rest.
 */
#define READ_BYTES	8192

static bool
is_traditional(uint32_t c)
{
	return ietp_is_traditional((CodePoint) c);
}

static bool
is_simplified(uint32_t c)
{
	return ietp_is_simplified((CodePoint) c);
}

/*
 * ietp.language_of(document text) returns text
 */
IETP_FUNCTION(language_of);
Datum
ietp_language_of(PG_FUNCTION_ARGS)
{
	struct varlena *document = PG_GETARG_TEXT_P_SLICE(0, 0, READ_BYTES);
	const char *language;

	ietp_require_chinese();
	language = ietp_find_language(VARDATA_ANY(document),
								  VARSIZE_ANY_EXHDR(document),
								  is_traditional, is_simplified);
	if (language == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(language));
}
