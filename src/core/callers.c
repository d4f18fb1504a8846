/*-------------------------------------------------------------------------
 *
 * callers.c
 *		Sets of those who called: of 64-bit keys, and of strings of bytes.
 *
 * Nothing here allocates.
 *
 * IDENTIFICATION
 *		src/core/callers.c
 *
 *-------------------------------------------------------------------------
 */
#include "callers.h"

/*
 * Merges sorted keys of which "a" ascend strictly, leaving out what is there
 * already; how many are there?
 */
static int64_t
merge_keys(const uint64_t *a, int64_t na, const uint64_t *b, int64_t nb,
		   uint64_t *to)
{
	const uint64_t *a_end = a + na;
	const uint64_t *b_end = b + nb;
	uint64_t   *next = to;

	while (a < a_end || b < b_end)
	{
		uint64_t	key;

		if (b == b_end || (a < a_end && *a <= *b))
			key = *a++;
		else
			key = *b++;
		if (next == to || key != next[-1])
			*next++ = key;
	}
	return next - to;
}

int64_t
ietp_settle_keys(uint64_t *keys, int64_t sorted, int64_t count,
				 uint64_t *scratch, IetpPause pause)
{
	int64_t		kept;

	ietp_sort_keys(keys + sorted, scratch, count - sorted, pause);
	kept = merge_keys(keys, sorted, keys + sorted, count - sorted, scratch);
	memcpy(keys, scratch, (size_t) kept * sizeof(uint64_t));
	return kept;
}

/* Is the key among the sorted ones? */
static bool
has_key(const uint64_t *keys, int64_t sorted, uint64_t key)
{
	int64_t		low = 0;
	int64_t		high = sorted;

	while (low < high)
	{
		int64_t		middle = low + (high - low) / 2;

		if (keys[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sorted && keys[low] == key;
}

int64_t
ietp_count_keys(const uint64_t *keys, int64_t sorted, int64_t count,
				uint64_t *scratch, IetpPause pause)
{
	int64_t		rest = count - sorted;
	int64_t		result = sorted;

	memcpy(scratch, keys + sorted, (size_t) rest * sizeof(uint64_t));
	ietp_sort_keys(scratch, scratch + rest, rest, pause);
	for (int64_t i = 0; i < rest; i++)
		if ((i == 0 || scratch[i] != scratch[i - 1]) &&
			!has_key(keys, sorted, scratch[i]))
			result++;
	return result;
}

void
ietp_init_strings(IetpStringSet *set, int bits, int64_t room, uint64_t seed)
{
	set->seed = seed;
	set->count = 0;
	set->used = 0;
	set->room = room;
	set->bits = bits;
	memset(set->slots, 0, sizeof(uint64_t) << bits);
}

/* The slot in which the search for a hash begins. */
static uint64_t
string_slot(const IetpStringSet *set, uint32_t hash)
{
	return hash >> (32 - set->bits);
}

void
ietp_copy_strings(IetpStringSet *to, const IetpStringSet *from)
{
	uint64_t	mask = (UINT64_C(1) << to->bits) - 1;

	for (uint64_t i = 0; i < UINT64_C(1) << from->bits; i++)
	{
		uint64_t	content = from->slots[i];
		uint64_t	slot = string_slot(to, (uint32_t) (content >> 32));

		if (content == 0)
			continue;
		while (to->slots[slot] != 0)
			slot = (slot + 1) & mask;
		to->slots[slot] = content;
	}
	memcpy(ietp_words_of_strings(to), ietp_words_of_strings(from),
		   (size_t) from->used * sizeof(uint64_t));
	to->count = from->count;
	to->used = from->used;
}

static bool
is_string(const IetpStringSet *set, uint32_t place, const char *bytes,
		  uint64_t length)
{
	const uint64_t *string = ietp_words_of_strings(set) + place;

	return string[0] == length &&
		(length == 0 || memcmp(string + 1, bytes, length) == 0);
}

uint32_t
ietp_add_string(IetpStringSet *set, uint32_t hash, const char *bytes,
				uint64_t length)
{
	uint64_t	mask = (UINT64_C(1) << set->bits) - 1;
	uint64_t	slot = string_slot(set, hash);
	uint32_t	place = (uint32_t) set->used;
	uint64_t   *words = ietp_words_of_strings(set) + set->used;
	int64_t		taken = ietp_string_words(length);

	for (; set->slots[slot] != 0; slot = (slot + 1) & mask)
	{
		uint32_t	other = (uint32_t) set->slots[slot] - 1;

		if (set->slots[slot] >> 32 == hash &&
			is_string(set, other, bytes, length))
			return other;
	}
	if (set->count >= IETP_SET_ROOM(set->bits) ||
		taken > set->room - set->used)
		return IETP_NO_PLACE;
	set->slots[slot] = (uint64_t) hash << 32 | (place + 1);
	words[taken - 1] = 0;
	words[0] = length;
	if (length > 0)
		memcpy(words + 1, bytes, length);
	set->used += taken;
	set->count++;
	return place;
}

int
ietp_compare_strings(const uint64_t *a, const uint64_t *b)
{
	uint64_t	common = a[0] < b[0] ? a[0] : b[0];
	int			result = memcmp(a + 1, b + 1, common);

	if (result == 0)
		result = (a[0] > b[0]) - (a[0] < b[0]);
	return result;
}

/* Merges two sorted runs that stand side by side, "left" and "right" long. */
static void
merge_places(const IetpStringSet *set, const uint32_t *from, uint32_t *to,
			 int64_t left, int64_t right)
{
	const uint64_t *words = ietp_words_of_strings(set);
	const uint32_t *a = from;
	const uint32_t *b = from + left;
	const uint32_t *a_end = b;
	const uint32_t *b_end = b + right;

	while (a < a_end && b < b_end)
		*to++ = ietp_compare_strings(words + *b, words + *a) < 0 ? *b++ : *a++;
	while (a < a_end)
		*to++ = *a++;
	while (b < b_end)
		*to++ = *b++;
}

/* By merging: so many comparisons and no more, whatever the strings are. */
void
ietp_list_strings(const IetpStringSet *set, uint32_t *places,
				  uint32_t *scratch, IetpPause pause)
{
	uint32_t   *from = places;
	uint32_t   *to = scratch;
	int64_t		place = 0;

	for (int64_t i = 0; i < set->count; i++)
	{
		places[i] = (uint32_t) place;
		place += ietp_string_words(ietp_words_of_strings(set)[place]);
	}
	for (int64_t run = 1; run < set->count; run *= 2)
	{
		uint32_t   *merged = to;

		for (int64_t i = 0; i < set->count; i += 2 * run)
		{
			int64_t		rest = set->count - i;
			int64_t		left = run < rest ? run : rest;
			int64_t		right = run < rest - left ? run : rest - left;

			merge_places(set, from + i, to + i, left, right);
			pause();
		}
		to = from;
		from = merged;
	}
	if (from != places)
		memcpy(places, from, (size_t) set->count * sizeof(uint32_t));
}
