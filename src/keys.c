/*-------------------------------------------------------------------------
 *
 * keys.c
 *		GIN operator class of tsvector whose keys are numbers.
 *
 * An index build spends most of its time in comparing lexemes, each of which
 * has to be fetched from memory first.  Here eight bytes by value stand for
 * one: the lexeme itself where it has at most seven bytes, as two Han
 * characters with a class before them have, else its first five and three of
 * a hash, whose last is never zero; what such a key finds is checked again.
 * The rest is core's.
 *
 * IDENTIFICATION
 *		src/keys.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/gin.h"
#include "common/hashfn.h"
#include "tsearch/ts_type.h"
#include "utils/builtins.h"

#include "ietp_helpline.h"

/* Keys in the order that GIN wants. */
#define ST_SORT sort_keys
#define ST_ELEMENT_TYPE Datum
#define ST_COMPARE(a, b) \
	(DatumGetInt64(*(a)) < DatumGetInt64(*(b)) ? -1 : \
	 DatumGetInt64(*(a)) > DatumGetInt64(*(b)))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define KEY_BYTES		8
#define WHOLE_BYTES		7		/* longer lexemes are hashed */
#define PREFIX_BYTES	5		/* of these, what a key keeps in clear */

IETP_FUNCTION(keys_of_tsvector);
IETP_FUNCTION(keys_of_tsquery);
IETP_FUNCTION(keys_consistent);
IETP_FUNCTION(keys_compare_partial);

/* The first bytes of a lexeme as a number that sorts as they do. */
static uint64
leading_bytes(const char *bytes, int length)
{
	uint64		key = 0;

	for (int i = 0; i < KEY_BYTES; i++)
		key = key << 8 | (i < length ? (unsigned char) bytes[i] : 0);
	return key;
}

static int64
key_of(const char *lexeme, int length)
{
	uint64		hash;

	if (length <= WHOLE_BYTES)
		return (int64) leading_bytes(lexeme, length);
	hash = hash_bytes((const unsigned char *) lexeme, length);
	return (int64) (leading_bytes(lexeme, PREFIX_BYTES) |
					(hash & 0xffffff) | 1);
}

/* The least key of the lexemes that begin so. */
static int64
key_of_prefix(const char *prefix, int length)
{
	if (length <= PREFIX_BYTES)
		return (int64) leading_bytes(prefix, length);
	return (int64) (leading_bytes(prefix, PREFIX_BYTES) | 1);
}

/* May a key stand for more than one lexeme or prefix? */
static bool
is_shared(int64 key)
{
	return (key & 0xff) != 0;
}

Datum
ietp_keys_of_tsvector(PG_FUNCTION_ARGS)
{
	TSVector	vector = PG_GETARG_TSVECTOR(0);
	int32	   *count = (int32 *) PG_GETARG_POINTER(1);
	Datum	   *keys = NULL;
	WordEntry  *entry = ARRPTR(vector);

	*count = vector->size;
	if (vector->size > 0)
		keys = (Datum *) palloc(sizeof(Datum) * vector->size);
	for (int i = 0; i < vector->size; i++)
		keys[i] = Int64GetDatum(key_of(STRPTR(vector) + entry[i].pos,
									   entry[i].len));
	sort_keys(keys, vector->size);
	PG_FREE_IF_COPY(vector, 0);
	PG_RETURN_POINTER(keys);
}

/* Core's keys, each turned into a number. */
Datum
ietp_keys_of_tsquery(PG_FUNCTION_ARGS)
{
	int32	   *count = (int32 *) PG_GETARG_POINTER(1);
	bool	  **partial = (bool **) PG_GETARG_POINTER(3);
	Datum	   *keys = (Datum *) DatumGetPointer(gin_extract_tsquery(fcinfo));

	for (int i = 0; i < *count; i++)
	{
		text	   *lexeme = DatumGetTextPP(keys[i]);
		const char *bytes = VARDATA_ANY(lexeme);
		int			length = VARSIZE_ANY_EXHDR(lexeme);

		keys[i] = Int64GetDatum((*partial)[i] ? key_of_prefix(bytes, length)
								: key_of(bytes, length));
	}
	PG_RETURN_POINTER(keys);
}

/* What a shared key has found, may be of another lexeme. */
Datum
ietp_keys_consistent(PG_FUNCTION_ARGS)
{
	GinTernaryValue *check = (GinTernaryValue *) PG_GETARG_POINTER(0);
	int32		count = PG_GETARG_INT32(3);
	Datum	   *keys = (Datum *) PG_GETARG_POINTER(5);

	for (int i = 0; i < count; i++)
		if (check[i] == GIN_TRUE && is_shared(DatumGetInt64(keys[i])))
			check[i] = GIN_MAYBE;
	return gin_tsquery_triconsistent(fcinfo);
}

/* Does a key begin as the one searched for, which is no larger? */
Datum
ietp_keys_compare_partial(PG_FUNCTION_ARGS)
{
	uint64		prefix = (uint64) PG_GETARG_INT64(0);
	uint64		key = (uint64) PG_GETARG_INT64(1);
	int			rest = 8 * (KEY_BYTES - 1);

	/* Behind a prefix comes at least one byte that is zero. */

	while ((prefix >> (rest - 8) & 0xff) != 0)
		rest -= 8;
	PG_RETURN_INT32(prefix >> rest == key >> rest ? 0 : 1);
}
