/*-------------------------------------------------------------------------
 *
 * contacts.c
 *		How often callers called again: repeat calls, and contacts after which
 *		none followed.
 *
 * The state keeps every contact: who and when.  Callers that are not bigints
 * are kept once, in a set of strings (core/callers.h), and known by their
 * place in it.
 *
 * A stored state has the type of the tokens in its first word, then, for each
 * caller in ascending order, the token, the number of contacts and their
 * moments in order, so that equal ones are stored alike.  Between the
 * processes of a parallel query a state travels in the same form, with the
 * window in front.
 *
 * IDENTIFICATION
 *		src/contacts.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "callers.h"
#include "core/confidence.h"
#include "core/contacts.h"
#include "ietp_helpline.h"

/* The first allocation of contacts. */
#define FIRST_CONTACTS	8

/* What the aggregates are called with that is the same for all rows. */
typedef struct ContactWindow
{
	uint64		within;			/* microseconds; IETP_LATER: no window is kept */
	uint64		as_of;
} ContactWindow;

/* Words of a window in a message between processes. */
#define WINDOW_WORDS	2

/* The contacts of a group. */
typedef struct Contacts
{
	TokenType	type;
	ContactWindow window;
	IetpStringSet *strings;		/* NULL if the tokens are bigints */
	IetpContact *items;			/* of which the caller is a key, or a place */
	int64		count;
	int64		capacity;
} Contacts;

IETP_FUNCTION(contacts_transition_bigint);
IETP_FUNCTION(contacts_transition_uuid);
IETP_FUNCTION(contacts_transition_bytea);
IETP_FUNCTION(contacts_transition_text);
IETP_FUNCTION(contacts_merge_transition);
IETP_FUNCTION(contacts_combine);
IETP_FUNCTION(contacts_serialize);
IETP_FUNCTION(contacts_state_final);
IETP_FUNCTION(repeat_callers_final);
IETP_FUNCTION(repeat_callers);
IETP_FUNCTION(resolution_final);
IETP_FUNCTION(first_contact_resolution);


/* Stored contacts */

/*
 * Reads a caller and the number of contacts, of which the first is the next
 * word; false as of ietp_skip_token().
 */
static bool
next_caller(StoredReader *reader, const uint64 **token, int64 *count)
{
	if (!ietp_skip_token(reader, token) || reader->left == 0 ||
		reader->words[0] > (uint64) reader->left - 1)
		return false;
	*count = reader->words[0];
	reader->words++;
	reader->left--;
	return true;
}

static void
skip_contacts(StoredReader *reader, int64 count)
{
	reader->words += count;
	reader->left -= count;
}

static bool
are_moments(const uint64 *keys, int64 count)
{
	for (int64 i = 0; i < count; i++)
	{
		TimestampTz moment = ietp_int_of_key(keys[i]);

		if (TIMESTAMP_NOT_FINITE(moment) || !IS_VALID_TIMESTAMP(moment) ||
			(i > 0 && keys[i] < keys[i - 1]))
			return false;
	}
	return true;
}

static bool
check_stored(const StoredState *stored)
{
	StoredReader reader;
	const uint64 *before = NULL;
	const uint64 *token;
	int64		count;

	if (stored->unit != UNIT_NONE ||
		!ietp_begin_stored(&reader, stored->words,
						   STORED_STATE_WORDS(stored)))
		return false;
	while (reader.left > 0)
	{
		if (!next_caller(&reader, &token, &count) || count == 0 ||
			!ietp_token_follows(reader.type, before, token) ||
			!are_moments(reader.words, count))
			return false;
		skip_contacts(&reader, count);
		before = token;
	}
	return true;
}

IETP_STORED_STATE(contacts_state, STATE_REPEATS, check_stored);


/* The state */

static Contacts *
make_contacts(FunctionCallInfo fcinfo, TokenType type,
			  const ContactWindow *window)
{
	MemoryContext context = ietp_aggregate_context(fcinfo);
	Contacts   *contacts;

	contacts = MemoryContextAllocZero(context, sizeof(Contacts));
	contacts->type = type;
	contacts->window = *window;
	if (type != TOKEN_BIGINT)
		contacts->strings = ietp_make_strings(context);
	contacts->capacity = FIRST_CONTACTS;
	contacts->items = MemoryContextAlloc(context,
										 FIRST_CONTACTS * sizeof(IetpContact));
	return contacts;
}

static void
make_room(Contacts *contacts, int64 more)
{
	int64		capacity = contacts->capacity;

	while (more > capacity - contacts->count)
	{
		if (capacity > (int64) (MaxAllocHugeSize / sizeof(IetpContact) / 2))
			ietp_refuse_size();
		capacity *= 2;
	}
	if (capacity > contacts->capacity)
		contacts->items = repalloc_huge(contacts->items,
										capacity * sizeof(IetpContact));
	contacts->capacity = capacity;
}

static void
add_contact(Contacts *contacts, uint64 caller, uint64 at)
{
	IetpContact *contact;

	make_room(contacts, 1);
	contact = &contacts->items[contacts->count++];
	contact->caller = caller;
	contact->at = at;
}

static void
sort_contacts(Contacts *contacts)
{
	IetpContact *scratch = MemoryContextAllocHuge(CurrentMemoryContext,
												  (contacts->count + 1) *
												  sizeof(IetpContact));

	ietp_sort_contacts(contacts->items, scratch, contacts->count, ietp_pause);
	pfree(scratch);
}


/* Rows */

static void
refuse_moment(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
			 errmsg("moment of a contact is infinite"),
			 errhint("Leave such rows out, for example with FILTER.")));
}

/*
 * The window that is given from the argument on: how long, and as of when; or
 * neither.
 */
static void
read_window(FunctionCallInfo fcinfo, int argno, ContactWindow *window)
{
	window->within = window->as_of = IETP_LATER;
	for (int i = argno; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			ietp_refuse_null_argument();
	if (argno < PG_NARGS())
		window->within = (uint64) ietp_duration_arg(fcinfo, argno,
													UNIT_MICROSECOND);
	if (argno + 1 < PG_NARGS())
		window->as_of = ietp_key_of_int(PG_GETARG_TIMESTAMPTZ(argno + 1));
}

static void
check_window(const ContactWindow *window, const ContactWindow *other)
{
	if (window->within != other->within || window->as_of != other->as_of)
		ietp_refuse_argument();
}

static Datum
add_row(FunctionCallInfo fcinfo, TokenType type)
{
	Contacts   *contacts = PG_ARGISNULL(0) ? NULL :
	(Contacts *) PG_GETARG_POINTER(0);
	ContactWindow window;
	TimestampTz at;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (contacts == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(contacts);
	}
	read_window(fcinfo, 3, &window);
	if (contacts == NULL)
		contacts = make_contacts(fcinfo, type, &window);
	check_window(&contacts->window, &window);
	at = PG_GETARG_TIMESTAMPTZ(2);
	if (TIMESTAMP_NOT_FINITE(at))
		refuse_moment();
	if (type == TOKEN_BIGINT)
		add_contact(contacts, ietp_key_of_int(PG_GETARG_INT64(1)),
					ietp_key_of_int(at));
	else
	{
		Token		token;

		ietp_token_arg(fcinfo, 1, type, &token);
		add_contact(contacts, ietp_keep_string(&contacts->strings, token.bytes,
											   token.length),
					ietp_key_of_int(at));
	}
	PG_RETURN_POINTER(contacts);
}

/*
 * ietp.contacts_transition(internal, token, timestamptz [, interval
 * [, timestamptz]]), of each type of tokens
 */
Datum
ietp_contacts_transition_bigint(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, TOKEN_BIGINT);
}

Datum
ietp_contacts_transition_uuid(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, TOKEN_UUID);
}

Datum
ietp_contacts_transition_bytea(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, TOKEN_BYTEA);
}

Datum
ietp_contacts_transition_text(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, TOKEN_TEXT);
}

/* Adds stored contacts to a state, which may yet be NULL. */
static Contacts *
add_stored(FunctionCallInfo fcinfo, Contacts *contacts,
		   const ContactWindow *window, StoredReader *reader)
{
	const uint64 *token;
	int64		count;

	if (contacts == NULL)
		contacts = make_contacts(fcinfo, reader->type, window);
	ietp_check_token_type(contacts->type, reader->type);
	check_window(&contacts->window, window);
	while (next_caller(reader, &token, &count))
	{
		uint64		caller = contacts->type == TOKEN_BIGINT ? token[0] :
		ietp_keep_stored_string(&contacts->strings, token);

		make_room(contacts, count);
		for (int64 i = 0; i < count; i++)
			add_contact(contacts, caller, reader->words[i]);
		skip_contacts(reader, count);
		CHECK_FOR_INTERRUPTS();
	}
	return contacts;
}

/*
 * ietp.contacts_merge_transition(internal, contacts_state)
 */
Datum
ietp_contacts_merge_transition(PG_FUNCTION_ARGS)
{
	Contacts   *contacts = PG_ARGISNULL(0) ? NULL :
	(Contacts *) PG_GETARG_POINTER(0);
	const ContactWindow none = {IETP_LATER, IETP_LATER};

	if (!PG_ARGISNULL(1))
	{
		const StoredState *stored = STORED_STATE_ARG(1);
		StoredReader reader;

		ietp_begin_stored(&reader, stored->words, STORED_STATE_WORDS(stored));
		contacts = add_stored(fcinfo, contacts, &none, &reader);
	}
	if (contacts == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(contacts);
}


/* Between processes, and stored */

/* How many contacts from this one on are of its caller? */
static int64
count_run(const Contacts *contacts, int64 first)
{
	int64		next = first;

	while (next < contacts->count &&
		   contacts->items[next].caller == contacts->items[first].caller)
		next++;
	return next - first;
}

/* The first of the sorted contacts of the string. */
static int64
find_run(const Contacts *contacts, uint32 place)
{
	int64		low = 0;
	int64		high = contacts->count;

	while (low < high)
	{
		int64		middle = low + (high - low) / 2;

		if (contacts->items[middle].caller < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Writes down the contacts of one caller; returns where the next one goes. */
static uint64 *
store_run(const Contacts *contacts, int64 first, uint64 *words)
{
	const IetpContact *run = contacts->items + first;
	int64		count = count_run(contacts, first);

	if (contacts->type == TOKEN_BIGINT)
		*words++ = run->caller;
	else
		words = ietp_store_string(words, contacts->strings, run->caller);
	*words++ = count;
	for (int64 i = 0; i < count; i++)
		*words++ = run[i].at;
	return words;
}

static void
store_by_string(const Contacts *contacts, uint64 *words)
{
	int64		count = contacts->strings->count;
	Size		size = (count + 1) * sizeof(uint32);
	uint32	   *places = MemoryContextAllocHuge(CurrentMemoryContext, size);
	uint32	   *scratch = MemoryContextAllocHuge(CurrentMemoryContext, size);

	ietp_list_strings(contacts->strings, places, scratch, ietp_pause);
	for (int64 i = 0; i < count; i++)
		words = store_run(contacts, find_run(contacts, places[i]), words);
	pfree(places);
	pfree(scratch);
}

static int64
count_callers(const Contacts *contacts)
{
	int64		count = 0;

	for (int64 i = 0; i < contacts->count; i += count_run(contacts, i))
		count++;
	return count;
}

/*
 * The contacts in stored form, behind so many words that the caller of this
 * writes.
 */
static StoredState *
store_contacts(Contacts *contacts, int64 behind)
{
	int64		size = behind + 1 + contacts->count;
	StoredState *stored;
	uint64	   *words;

	sort_contacts(contacts);
	if (contacts->type == TOKEN_BIGINT)
		size += 2 * count_callers(contacts);
	else
		size += contacts->strings->used + contacts->strings->count;
	stored = ietp_make_stored(STATE_REPEATS, UNIT_NONE, size);
	words = stored->words + behind;
	*words++ = contacts->type;
	if (contacts->type == TOKEN_BIGINT)
		for (int64 i = 0; i < contacts->count; i += count_run(contacts, i))
			words = store_run(contacts, i, words);
	else
		store_by_string(contacts, words);
	return stored;
}

/*
 * ietp.contacts_serialize(internal)
 */
Datum
ietp_contacts_serialize(PG_FUNCTION_ARGS)
{
	Contacts   *contacts = (Contacts *) PG_GETARG_POINTER(0);
	StoredState *message = store_contacts(contacts, WINDOW_WORDS);

	message->words[0] = contacts->window.within;
	message->words[1] = contacts->window.as_of;
	PG_RETURN_POINTER(message);
}

/*
 * ietp.contacts_combine(internal, internal) - the second one is what
 * message_deserialize() returns
 */
Datum
ietp_contacts_combine(PG_FUNCTION_ARGS)
{
	Contacts   *contacts = PG_ARGISNULL(0) ? NULL :
	(Contacts *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1))
	{
		const StoredState *message = (StoredState *) PG_GETARG_POINTER(1);
		ContactWindow window = {message->words[0], message->words[1]};
		StoredReader reader;

		ietp_begin_stored(&reader, message->words + WINDOW_WORDS,
						  STORED_STATE_WORDS(message) - WINDOW_WORDS);
		contacts = add_stored(fcinfo, contacts, &window, &reader);
	}
	if (contacts == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(contacts);
}

/*
 * ietp.contacts_state_final(internal)
 */
Datum
ietp_contacts_state_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(store_contacts((Contacts *) PG_GETARG_POINTER(0), 0));
}


/* Results */

/* What the contacts of a state, which may be NULL, amount to. */
static void
follow_state(FunctionCallInfo fcinfo, IetpFollowing *following)
{
	Contacts   *contacts;

	if (PG_ARGISNULL(0))
	{
		ietp_begin_contacts(following, 0, 0);
		return;
	}
	contacts = (Contacts *) PG_GETARG_POINTER(0);
	ietp_begin_contacts(following, contacts->window.within,
						contacts->window.as_of);
	sort_contacts(contacts);
	for (int64 i = 0; i < contacts->count; i++)
	{
		const IetpContact *item = &contacts->items[i];

		ietp_next_contact(following, i > 0 && item->caller == item[-1].caller,
						  item->at);
		if (i % IETP_PAUSE_KEYS == 0)
			CHECK_FOR_INTERRUPTS();
	}
}

/* What those of a stored state amount to, with the window behind it. */
static void
follow_stored(FunctionCallInfo fcinfo, IetpFollowing *following)
{
	const StoredState *stored = STORED_STATE_ARG(0);
	ContactWindow window;
	StoredReader reader;
	const uint64 *token;
	int64		count;

	read_window(fcinfo, 1, &window);
	ietp_begin_contacts(following, window.within, window.as_of);
	ietp_begin_stored(&reader, stored->words, STORED_STATE_WORDS(stored));
	while (next_caller(&reader, &token, &count))
	{
		for (int64 i = 0; i < count; i++)
			ietp_next_contact(following, i > 0, reader.words[i]);
		skip_contacts(&reader, count);
	}
}

static Datum
make_repeats(FunctionCallInfo fcinfo, const IetpFollowing *following)
{
	Datum		values[7];
	bool		nulls[7] = {false};

	values[0] = Int64GetDatum(following->contacts);
	values[1] = Int64GetDatum(following->repeats);
	values[2] = Int64GetDatum(following->callers);
	values[3] = Int64GetDatum(following->repeating);
	nulls[4] = nulls[5] = nulls[6] = following->contacts == 0;
	if (following->contacts > 0)
	{
		IetpBounds	bounds = ietp_wilson_bounds(following->repeats,
												following->contacts, 0.95);

		values[4] = Float8GetDatum((double) following->repeats /
								   following->contacts);
		values[5] = Float8GetDatum(bounds.lower);
		values[6] = Float8GetDatum(bounds.upper);
	}
	return ietp_form_row(fcinfo, values, nulls);
}

static Datum
make_resolution(FunctionCallInfo fcinfo, const IetpFollowing *following)
{
	return ietp_make_proportion(fcinfo, following->due - following->followed,
								following->due);
}

/*
 * ietp.repeat_callers_final(internal)
 */
Datum
ietp_repeat_callers_final(PG_FUNCTION_ARGS)
{
	IetpFollowing following;

	follow_state(fcinfo, &following);
	return make_repeats(fcinfo, &following);
}

/*
 * ietp.repeat_callers(contacts_state, interval)
 */
Datum
ietp_repeat_callers(PG_FUNCTION_ARGS)
{
	IetpFollowing following;

	follow_stored(fcinfo, &following);
	return make_repeats(fcinfo, &following);
}

/*
 * ietp.resolution_final(internal)
 */
Datum
ietp_resolution_final(PG_FUNCTION_ARGS)
{
	IetpFollowing following;

	follow_state(fcinfo, &following);
	return make_resolution(fcinfo, &following);
}

/*
 * ietp.first_contact_resolution(contacts_state, interval [, timestamptz])
 */
Datum
ietp_first_contact_resolution(PG_FUNCTION_ARGS)
{
	IetpFollowing following;

	follow_stored(fcinfo, &following);
	return make_resolution(fcinfo, &following);
}
