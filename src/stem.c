/*-------------------------------------------------------------------------
 *
 * stem.c
 *		Stems by a dictionary of the server.
 *
 * IDENTIFICATION
 *		src/stem.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
#include "tsearch/ts_cache.h"
#include "tsearch/ts_public.h"
#include "utils/builtins.h"
#include "utils/regproc.h"

#include "compat.h"
#include "stem.h"

/*
 * "dictionary" is a qualified name.  It may be there only later: a dump does
 * not know that one dictionary needs another, and creates them by name.
 */
void
ietp_open_stem(Stem *stem, const char *dictionary)
{
	stem->name = ietp_qualified_name(dictionary);
	stem->dictionary = get_ts_dict_oid(stem->name, true);
}

static TSDictionaryCacheEntry *
stem_dictionary(Stem *stem)
{
	if (!OidIsValid(stem->dictionary))
		stem->dictionary = get_ts_dict_oid(stem->name, false);
	return lookup_ts_dictionary_cache(stem->dictionary);
}

/*
 * Writes the stem of a word, which is no longer than the word, and returns its
 * length; 0 if there is none.  A Stemmer whose context is a Stem.
 */
int
ietp_stem(void *context, const char *word, int length, char *stem)
{
	Stem	   *from = (Stem *) context;
	TSDictionaryCacheEntry *dictionary;
	TSLexeme   *found;
	int			n = 0;

	if (from->name == NIL)
		return 0;
	dictionary = stem_dictionary(from);
	found = (TSLexeme *)
		DatumGetPointer(FunctionCall4(&dictionary->lexize,
									  PointerGetDatum(dictionary->dictData),
									  PointerGetDatum(word),
									  Int32GetDatum(length),
									  PointerGetDatum(NULL)));
	if (found != NULL && found->lexeme != NULL)
	{
		n = pg_mbcliplen(found->lexeme, strlen(found->lexeme), length);
		memcpy(stem, found->lexeme, n);
	}
	return n;
}
