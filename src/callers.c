/*-------------------------------------------------------------------------
 *
 * callers.c
 *		How many different callers there are, exactly.
 *
 * A caller is whom a token stands for: a bigint, a uuid, a bytea or a text,
 * and two of them are the same if their bytes are.  The state is a set of them
 * (core/callers.h); where it is a hash table, a seed that nobody outside knows
 * keeps those who choose tokens from choosing such as clash.
 *
 * A stored state has the type of the tokens in its first word, then the tokens
 * in ascending order, so that equal sets are stored alike.  Between the
 * processes of a parallel query a state travels in the same form; the process
 * that receives it adds the tokens to its own set, straight out of the
 * message.
 *
 * IDENTIFICATION
 *		src/callers.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/uuid.h"

#include "callers.h"
#include "ietp_helpline.h"

/* The first allocation of a set of strings, in bytes. */
#define FIRST_SIZE	512

/* The first allocation of a list of keys, in keys. */
#define FIRST_KEYS	8

/* Those who called. */
typedef struct Callers
{
	TokenType	type;

	/* If the tokens are bigints: a list for ietp_settle_keys(). */
	uint64	   *keys;
	int64		count;
	int64		sorted;
	int64		capacity;

	IetpStringSet *strings;		/* if they are not */
} Callers;

IETP_FUNCTION(callers_transition_bigint);
IETP_FUNCTION(callers_transition_uuid);
IETP_FUNCTION(callers_transition_bytea);
IETP_FUNCTION(callers_transition_text);
IETP_FUNCTION(callers_merge_transition);
IETP_FUNCTION(callers_combine);
IETP_FUNCTION(callers_serialize);
IETP_FUNCTION(callers_final);
IETP_FUNCTION(callers_state_final);
IETP_FUNCTION(distinct_callers);


/* Tokens */

static void
refuse_size(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_STATE_TOO_LARGE),
			 errmsg("too many callers for one group of the aggregate")));
}

void
ietp_check_token_type(TokenType type, TokenType other)
{
	if (type != other)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("states of tokens of different types cannot be combined")));
}

/* The bytes of an argument that is not null. */
void
ietp_token_arg(FunctionCallInfo fcinfo, int argno, TokenType type,
			   Token *token)
{
	if (type == TOKEN_UUID)
	{
		token->bytes = (const char *) PG_GETARG_UUID_P(argno)->data;
		token->length = UUID_LEN;
	}
	else
	{
		struct varlena *value = PG_GETARG_VARLENA_PP(argno);

		token->bytes = VARDATA_ANY(value);
		token->length = VARSIZE_ANY_EXHDR(value);
	}
}

static IetpStringSet *
make_strings(MemoryContext context, int bits, int64 room, uint64 seed)
{
	Size		size = ietp_string_set_size(bits, room);
	IetpStringSet *set;

	if (bits > IETP_MOST_BITS || room > IETP_MOST_WORDS)
		refuse_size();
	set = MemoryContextAllocHuge(context, size);
	ietp_init_strings(set, bits, room, seed);
	return set;
}

IetpStringSet *
ietp_make_strings(MemoryContext context)
{
	int64		room = (FIRST_SIZE - ietp_string_set_size(IETP_LEAST_BITS, 0)) /
	sizeof(uint64);

	return make_strings(context, IETP_LEAST_BITS, room,
						pg_prng_uint64(&pg_global_prng_state));
}

/* Makes the set larger, so that it takes one more string of so many bytes. */
static IetpStringSet *
grow_strings(IetpStringSet *set, uint64 length)
{
	int			bits = set->bits;
	int64		room = set->room;
	IetpStringSet *grown;

	if (set->count >= IETP_SET_ROOM(bits))
		bits++;
	while (room - set->used < ietp_string_words(length))
		room *= 2;
	grown = make_strings(GetMemoryChunkContext(set), bits, room, set->seed);
	ietp_copy_strings(grown, set);
	pfree(set);
	return grown;
}

/* The place of a string, which is added if it is not there. */
uint32
ietp_keep_string(IetpStringSet **set, const char *bytes, uint64 length)
{
	uint32		hash = (uint32) hash_bytes_extended((const unsigned char *) bytes,
													length, (*set)->seed);
	uint32		place = ietp_add_string(*set, hash, bytes, length);

	if (place != IETP_NO_PLACE)
		return place;
	*set = grow_strings(*set, length);
	return ietp_add_string(*set, hash, bytes, length);
}


/* Stored tokens */

/* Writes a string down; returns where the next one goes. */
uint64	   *
ietp_store_string(uint64 *words, const IetpStringSet *set, uint32 place)
{
	const uint64 *string = ietp_words_of_strings(set) + place;
	int64		count = ietp_string_words(string[0]);

	words[0] = string[0];
	for (int64 i = 1; i < count; i++)
		words[i] = pg_ntoh64(string[i]);
	return words + count;
}

/*
 * Begins to read so many words, of which the first is the type of the tokens;
 * false: it is none that we know.
 */
bool
ietp_begin_stored(StoredReader *reader, const uint64 *words, int64 count)
{
	reader->words = words + 1;
	reader->left = count - 1;
	reader->type = (TokenType) (count < 1 ? 0 : words[0]);
	return count >= 1 && words[0] >= TOKEN_BIGINT && words[0] <= TOKEN_TEXT;
}

/*
 * Reads a token; false: there is none, or it is malformed, in which case some
 * words are left.
 */
bool
ietp_skip_token(StoredReader *reader, const uint64 **token)
{
	int64		count = 1;
	uint64		length;

	if (reader->left == 0)
		return false;
	*token = reader->words;
	length = reader->words[0];
	if (reader->type != TOKEN_BIGINT)
	{
		if (reader->type == TOKEN_UUID && length != UUID_LEN)
			return false;
		if (length / sizeof(uint64) >= (uint64) reader->left)
			return false;
		count = ietp_string_words(length);
		if (count > reader->left)
			return false;
		/* Behind the last byte are zeros. */
		if (length % sizeof(uint64) != 0 &&
			reader->words[count - 1] << (length % sizeof(uint64) * 8) != 0)
			return false;
	}
	reader->words += count;
	reader->left -= count;
	return true;
}

/* Is a token greater than the one before? */
bool
ietp_token_follows(TokenType type, const uint64 *before, const uint64 *token)
{
	int64		common;

	if (before == NULL || type == TOKEN_BIGINT)
		return before == NULL || token[0] > before[0];
	common = Min(ietp_string_words(before[0]), ietp_string_words(token[0]));
	for (int64 i = 1; i < common; i++)
		if (token[i] != before[i])
			return token[i] > before[i];
	return token[0] > before[0];
}

/* Adds a stored string, unless it is there. */
uint32
ietp_keep_stored_string(IetpStringSet **set, const uint64 *token)
{
	int64		count = ietp_string_words(token[0]);
	uint64		few[8] = {0};
	uint64	   *bytes = count <= (int64) lengthof(few) ? few :
	palloc(count * sizeof(uint64));
	uint32		place;

	for (int64 i = 1; i < count; i++)
		bytes[i - 1] = pg_hton64(token[i]);
	place = ietp_keep_string(set, (const char *) bytes, token[0]);
	if (bytes != few)
		pfree(bytes);
	return place;
}

static bool
check_stored(const StoredState *stored)
{
	StoredReader reader;
	const uint64 *before = NULL;
	const uint64 *token;

	if (stored->unit != UNIT_NONE ||
		!ietp_begin_stored(&reader, stored->words,
						   STORED_STATE_WORDS(stored)))
		return false;
	while (ietp_skip_token(&reader, &token))
	{
		if (!ietp_token_follows(reader.type, before, token))
			return false;
		before = token;
	}
	return reader.left == 0;
}

IETP_STORED_STATE(callers_state, STATE_CALLERS, check_stored);


/* The set */

static Callers *
make_callers(FunctionCallInfo fcinfo, TokenType type)
{
	MemoryContext context = ietp_aggregate_context(fcinfo);
	Callers    *callers;

	callers = MemoryContextAllocZero(context, sizeof(Callers));
	callers->type = type;
	if (type != TOKEN_BIGINT)
		callers->strings = ietp_make_strings(context);
	else
	{
		callers->capacity = FIRST_KEYS;
		callers->keys = MemoryContextAlloc(context,
										   FIRST_KEYS * sizeof(uint64));
	}
	return callers;
}

static uint64 *
alloc_keys(int64 count)
{
	return MemoryContextAllocHuge(CurrentMemoryContext,
								  (count + 1) * sizeof(uint64));
}

/* Sorts the keys and drops what is there twice. */
static void
settle(Callers *callers)
{
	uint64	   *scratch;

	if (callers->sorted == callers->count)
		return;
	scratch = alloc_keys(callers->count);
	callers->count = ietp_settle_keys(callers->keys, callers->sorted,
									  callers->count, scratch, ietp_pause);
	callers->sorted = callers->count;
	pfree(scratch);
}

/*
 * Makes room for so many further keys, and for at least as many as there are:
 * settling takes time with all of them.
 */
static void
make_room(Callers *callers, int64 more)
{
	int64		capacity = callers->capacity;

	if (callers->count + more <= capacity)
		return;
	settle(callers);
	while (Max(more, callers->count) > capacity - callers->count)
	{
		if (capacity > (int64) (MaxAllocHugeSize / sizeof(uint64) / 4))
			refuse_size();
		capacity *= 4;
	}
	if (capacity > callers->capacity)
		callers->keys = repalloc_huge(callers->keys,
									  capacity * sizeof(uint64));
	callers->capacity = capacity;
}

static inline void
add_key(Callers *callers, uint64 key)
{
	if (callers->count == callers->capacity)
		make_room(callers, 1);
	callers->keys[callers->count++] = key;
}

/*
 * How many keys?  Over windows, where a few of them may have come since this
 * was asked for the last time, those alone are looked up, until that would
 * take longer than settling.
 */
static int64
count_keys(Callers *callers)
{
	int64		rest = callers->count - callers->sorted;
	int64		result;
	uint64	   *scratch;

	if (rest > callers->sorted || rest * rest > callers->sorted)
	{
		settle(callers);
		return callers->count;
	}
	scratch = alloc_keys(2 * rest);
	result = ietp_count_keys(callers->keys, callers->sorted, callers->count,
							 scratch, ietp_pause);
	pfree(scratch);
	return result;
}


/* Rows */

static Callers *
callers_arg(FunctionCallInfo fcinfo, TokenType type)
{
	return PG_ARGISNULL(0) ? make_callers(fcinfo, type) :
		(Callers *) PG_GETARG_POINTER(0);
}

/* NULL tokens change nothing. */
static Datum
unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/*
 * ietp.callers_transition(internal, bigint)
 */
Datum
ietp_callers_transition_bigint(PG_FUNCTION_ARGS)
{
	Callers    *callers;

	if (PG_ARGISNULL(1))
		return unchanged(fcinfo);
	callers = callers_arg(fcinfo, TOKEN_BIGINT);
	add_key(callers, ietp_key_of_int(PG_GETARG_INT64(1)));
	PG_RETURN_POINTER(callers);
}

static Datum
add_string(FunctionCallInfo fcinfo, TokenType type)
{
	Callers    *callers;
	Token		token;

	if (PG_ARGISNULL(1))
		return unchanged(fcinfo);
	callers = callers_arg(fcinfo, type);
	ietp_token_arg(fcinfo, 1, type, &token);
	ietp_keep_string(&callers->strings, token.bytes, token.length);
	PG_RETURN_POINTER(callers);
}

/*
 * ietp.callers_transition(internal, uuid), and of bytea and text
 */
Datum
ietp_callers_transition_uuid(PG_FUNCTION_ARGS)
{
	return add_string(fcinfo, TOKEN_UUID);
}

Datum
ietp_callers_transition_bytea(PG_FUNCTION_ARGS)
{
	return add_string(fcinfo, TOKEN_BYTEA);
}

Datum
ietp_callers_transition_text(PG_FUNCTION_ARGS)
{
	return add_string(fcinfo, TOKEN_TEXT);
}

/* Adds the tokens of a stored state. */
static Callers *
add_stored(FunctionCallInfo fcinfo, Callers *callers,
		   const StoredState *stored)
{
	StoredReader reader;
	const uint64 *token;

	ietp_begin_stored(&reader, stored->words, STORED_STATE_WORDS(stored));
	if (callers == NULL)
		callers = make_callers(fcinfo, reader.type);
	ietp_check_token_type(callers->type, reader.type);
	if (callers->type == TOKEN_BIGINT)
	{
		make_room(callers, reader.left);
		memcpy(callers->keys + callers->count, reader.words,
			   reader.left * sizeof(uint64));
		callers->count += reader.left;
		return callers;
	}
	for (int64 i = 1; ietp_skip_token(&reader, &token); i++)
	{
		ietp_keep_stored_string(&callers->strings, token);
		if (i % IETP_PAUSE_KEYS == 0)
			CHECK_FOR_INTERRUPTS();
	}
	return callers;
}

/*
 * ietp.callers_merge_transition(internal, callers_state)
 */
Datum
ietp_callers_merge_transition(PG_FUNCTION_ARGS)
{
	Callers    *callers;

	if (PG_ARGISNULL(1))
		return unchanged(fcinfo);
	callers = PG_ARGISNULL(0) ? NULL : (Callers *) PG_GETARG_POINTER(0);
	PG_RETURN_POINTER(add_stored(fcinfo, callers, STORED_STATE_ARG(1)));
}

/*
 * ietp.callers_combine(internal, internal) - the second one is what
 * message_deserialize() returns
 */
Datum
ietp_callers_combine(PG_FUNCTION_ARGS)
{
	Callers    *callers;

	if (PG_ARGISNULL(1))
		return unchanged(fcinfo);
	callers = PG_ARGISNULL(0) ? NULL : (Callers *) PG_GETARG_POINTER(0);
	PG_RETURN_POINTER(add_stored(fcinfo, callers,
								 (StoredState *) PG_GETARG_POINTER(1)));
}


/* Results */

static void
store_strings(const IetpStringSet *set, uint64 *words)
{
	Size		size = (set->count + 1) * sizeof(uint32);
	uint32	   *places = MemoryContextAllocHuge(CurrentMemoryContext, size);
	uint32	   *scratch = MemoryContextAllocHuge(CurrentMemoryContext, size);

	ietp_list_strings(set, places, scratch, ietp_pause);
	for (int64 i = 0; i < set->count; i++)
		words = ietp_store_string(words, set, places[i]);
	pfree(places);
	pfree(scratch);
}

static StoredState *
store_callers(Callers *callers)
{
	StoredState *stored;

	if (callers->type == TOKEN_BIGINT)
		settle(callers);
	stored = ietp_make_stored(STATE_CALLERS, UNIT_NONE, 1 +
							  (callers->type == TOKEN_BIGINT ?
							   callers->count : callers->strings->used));
	stored->words[0] = callers->type;
	if (callers->type == TOKEN_BIGINT)
		memcpy(stored->words + 1, callers->keys,
			   callers->count * sizeof(uint64));
	else
		store_strings(callers->strings, stored->words + 1);
	return stored;
}

/*
 * ietp.callers_serialize(internal)
 */
Datum
ietp_callers_serialize(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(store_callers((Callers *) PG_GETARG_POINTER(0)));
}

/*
 * ietp.callers_final(internal)
 */
Datum
ietp_callers_final(PG_FUNCTION_ARGS)
{
	Callers    *callers;

	if (PG_ARGISNULL(0))
		PG_RETURN_INT64(0);
	callers = (Callers *) PG_GETARG_POINTER(0);
	PG_RETURN_INT64(callers->type == TOKEN_BIGINT ? count_keys(callers) :
					callers->strings->count);
}

/*
 * ietp.callers_state_final(internal)
 */
Datum
ietp_callers_state_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(store_callers((Callers *) PG_GETARG_POINTER(0)));
}

/*
 * ietp.distinct_callers(callers_state)
 */
Datum
ietp_distinct_callers(PG_FUNCTION_ARGS)
{
	const StoredState *stored = STORED_STATE_ARG(0);
	StoredReader reader;
	const uint64 *token;
	int64		count = 0;

	ietp_begin_stored(&reader, stored->words, STORED_STATE_WORDS(stored));
	while (ietp_skip_token(&reader, &token))
		count++;
	PG_RETURN_INT64(count);
}
