/*-------------------------------------------------------------------------
 *
 * callers_test.c
 *		Unit test of the sets of keys and of strings.
 *
 * Both are compared with lists that are searched from end to end.
 *
 * IDENTIFICATION
 *		test/core/callers_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "callers.h"
#include "check.h"

#define MOST		400

static uint64_t seed = 7;

static void
pause_now(void)
{
}

static uint64_t
draw(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

static int64_t
count_slowly(const uint64_t *keys, int64_t count)
{
	int64_t		different = 0;

	for (int64_t i = 0; i < count; i++)
	{
		int64_t		j = 0;

		while (keys[j] != keys[i])
			j++;
		different += j == i;
	}
	return different;
}

static bool
ascends(const uint64_t *keys, int64_t count)
{
	for (int64_t i = 1; i < count; i++)
		if (keys[i - 1] >= keys[i])
			return false;
	return true;
}

/* Keys among so many come in portions; each portion is settled or counted. */
static void
test_keys(uint64_t among)
{
	uint64_t	keys[MOST];
	uint64_t	all[MOST];
	uint64_t	scratch[2 * MOST];
	int64_t		sorted = 0;
	int64_t		count = 0;
	int64_t		drawn = 0;

	while (drawn < MOST)
	{
		int64_t		portion = 1 + (int64_t) draw(40);

		for (; portion > 0 && drawn < MOST; portion--)
		{
			uint64_t	key = draw(among) * UINT64_C(0x10000000001);

			all[drawn++] = key;
			keys[count++] = key;
		}
		CHECK_INT(ietp_count_keys(keys, sorted, count, scratch, pause_now),
				  count_slowly(all, drawn));
		if (draw(2) == 0)
			continue;
		count = ietp_settle_keys(keys, sorted, count, scratch, pause_now);
		sorted = count;
		CHECK_INT(count, count_slowly(all, drawn));
		CHECK(ascends(keys, count));
	}
}

/* A string of up to eleven bytes, of which few differ. */
static uint64_t
draw_string(char *string)
{
	uint64_t	length = draw(12);

	for (uint64_t i = 0; i < length; i++)
		string[i] = (char) (draw(3) == 0 ? 0 : 'a' + draw(2));
	return length;
}

/* With hashes among so many: with one, all strings clash. */
static uint32_t
hash_of(const char *string, uint64_t length, uint32_t among)
{
	uint32_t	hash = 2166136261u;

	for (uint64_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char) string[i]) * 16777619u;
	return among == 0 ? hash : hash % among;
}

static IetpStringSet *
make_strings(int bits, int64_t room)
{
	IetpStringSet *set = malloc(ietp_string_set_size(bits, room));

	ietp_init_strings(set, bits, room, 0);
	return set;
}

/* Adds a string, to a larger set where there is no room. */
static uint32_t
add_string(IetpStringSet **set, const char *string, uint64_t length,
		   uint32_t hash)
{
	uint32_t	place = ietp_add_string(*set, hash, string, length);
	IetpStringSet *larger;

	if (place != IETP_NO_PLACE)
		return place;
	CHECK((*set)->count == IETP_SET_ROOM((*set)->bits) ||
		  (*set)->room - (*set)->used < ietp_string_words(length));
	larger = make_strings((int) (*set)->bits + 1, (*set)->room * 2);
	ietp_copy_strings(larger, *set);
	free(*set);
	*set = larger;
	return ietp_add_string(*set, hash, string, length);
}

static void
check_order(const IetpStringSet *set)
{
	const uint64_t *words = ietp_words_of_strings(set);
	uint32_t	places[MOST];
	uint32_t	scratch[MOST];

	ietp_list_strings(set, places, scratch, pause_now);
	for (int64_t i = 1; i < set->count; i++)
		CHECK(ietp_compare_strings(words + places[i - 1],
								   words + places[i]) < 0);
}

static void
test_strings(uint32_t hashes)
{
	IetpStringSet *set = make_strings(IETP_LEAST_BITS, 4);
	char		strings[MOST][12];
	uint64_t	lengths[MOST];
	uint32_t	places[MOST];
	int64_t		different = 0;

	for (int i = 0; i < MOST; i++)
	{
		int			j = 0;

		lengths[i] = draw_string(strings[i]);
		places[i] = add_string(&set, strings[i], lengths[i],
							   hash_of(strings[i], lengths[i], hashes));
		while (lengths[j] != lengths[i] ||
			   memcmp(strings[j], strings[i], lengths[i]) != 0)
			j++;
		different += j == i;
		CHECK_INT(places[i], places[j]);
		CHECK_INT(set->count, different);
	}
	/* All are still where they were. */
	for (int i = 0; i < MOST; i++)
		CHECK_INT(add_string(&set, strings[i], lengths[i],
							 hash_of(strings[i], lengths[i], hashes)),
				  places[i]);
	CHECK_INT(set->count, different);
	check_order(set);
	free(set);
}

int
main(void)
{
	for (int round = 0; round < 200; round++)
		test_keys(1 + draw(2 * MOST));
	for (int round = 0; round < 20; round++)
	{
		test_strings(0);
		test_strings(1);
		test_strings(5);
	}
	CHECK_INT(ietp_string_words(0), 1);
	CHECK_INT(ietp_string_words(8), 2);
	CHECK_INT(ietp_string_words(9), 3);
	return check_done("callers");
}
