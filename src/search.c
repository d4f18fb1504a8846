/*-------------------------------------------------------------------------
 *
 * search.c
 *		What is kept of a document so that it is found.
 *
 * IDENTIFICATION
 *		src/search.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
#include "nodes/makefuncs.h"
#include "tsearch/ts_utils.h"
#include "utils/builtins.h"

#include "ietp_helpline.h"
#include "parser.h"

/*
 * Bytes of a document that are indexed.  Positions end at 16,383, and every
 * one takes 3 bytes of text in Chinese; the vector stays far below the 1 MB at
 * which to_tsvector() fails.
 */
#define INDEXED_BYTES	49152

IETP_FUNCTION(icu_version);
Datum
ietp_icu_version(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	PG_RETURN_TEXT_P(cstring_to_text(ietp_text_version()));
}

static Oid
configuration(const char *name)
{
	return get_ts_config_oid(list_make2(makeString("ietp"),
										makeString(pstrdup(name))), false);
}

IETP_FUNCTION(search_entry);
Datum
ietp_search_entry(PG_FUNCTION_ARGS)
{
	struct varlena *document = PG_GETARG_TEXT_PP(0);
	int			length = VARSIZE_ANY_EXHDR(document);
	int			indexed = pg_mbcliplen(VARDATA_ANY(document), length,
									   INDEXED_BYTES);
	ParsedText	parsed = {0};
	Datum		values[3];
	bool		nulls[3] = {false, false, false};

	parsed.lenwords = indexed / 4 + 8;
	parsed.words = palloc(sizeof(ParsedWord) * parsed.lenwords);
	parsetext(configuration("multilingual"), &parsed,
			  VARDATA_ANY(document), indexed);
	values[1] = Int32GetDatum(parsed.pos);
	values[0] = TSVectorGetDatum(make_tsvector(&parsed));
	values[2] = BoolGetDatum(indexed < length);
	return ietp_form_row(fcinfo, values, nulls);
}
