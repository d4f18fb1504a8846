/*-------------------------------------------------------------------------
 *
 * callers_fuzz.c
 *		Fuzzer of the sets of keys and of strings.
 *
 * The input is strings, each behind its length, which are keys, too.  Each must
 * be found again, and the sets must have as many as a search finds.
 *
 * IDENTIFICATION
 *		test/fuzz/callers_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "callers.h"

#define MOST	300

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Piece
{
	const char *bytes;
	uint64_t	length;
	uint32_t	place;
	uint64_t	key;
} Piece;

static Piece pieces[MOST];

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static void
pause_now(void)
{
}

static int
read_pieces(const uint8_t *data, size_t size)
{
	int			count = 0;

	while (count < MOST && size > 0)
	{
		Piece	   *piece = &pieces[count++];
		size_t		length = data[0] % 20;

		data++;
		size--;
		length = length < size ? length : size;
		piece->bytes = (const char *) data;
		piece->length = length;
		piece->key = 0;
		memcpy(&piece->key, data, length < 8 ? length : 8);
		data += length;
		size -= length;
	}
	return count;
}

static IetpStringSet *
make_strings(int bits, int64_t room)
{
	IetpStringSet *set = malloc(ietp_string_set_size(bits, room));

	ietp_init_strings(set, bits, room, 0);
	return set;
}

/* With a hash that clashes often. */
static uint32_t
add_string(IetpStringSet **set, const Piece *piece)
{
	uint32_t	hash = (uint32_t) (piece->length * 0x9E3779B9u);
	uint32_t	place = ietp_add_string(*set, hash, piece->bytes,
										piece->length);
	IetpStringSet *larger;

	if (place != IETP_NO_PLACE)
		return place;
	larger = make_strings((int) (*set)->bits + 1, (*set)->room * 2);
	ietp_copy_strings(larger, *set);
	free(*set);
	*set = larger;
	return ietp_add_string(*set, hash, piece->bytes, piece->length);
}

static void
fuzz_strings(int count)
{
	IetpStringSet *set = make_strings(IETP_LEAST_BITS, 4);
	uint32_t	places[MOST];
	uint32_t	scratch[MOST];
	int64_t		different = 0;

	for (int i = 0; i < count; i++)
	{
		int			j = 0;

		pieces[i].place = add_string(&set, &pieces[i]);
		while (pieces[j].length != pieces[i].length ||
			   memcmp(pieces[j].bytes, pieces[i].bytes, pieces[i].length) != 0)
			j++;
		different += j == i;
		require(pieces[j].place == pieces[i].place);
	}
	require(set->count == different);
	ietp_list_strings(set, places, scratch, pause_now);
	for (int64_t i = 1; i < set->count; i++)
		require(ietp_compare_strings(ietp_words_of_strings(set) + places[i - 1],
									 ietp_words_of_strings(set) + places[i]) < 0);
	free(set);
}

static void
fuzz_keys(int count)
{
	uint64_t	keys[MOST];
	uint64_t	scratch[2 * MOST];
	int64_t		sorted = 0;
	int64_t		length = 0;
	int64_t		different = 0;

	for (int i = 0; i < count; i++)
	{
		int			j = 0;

		while (pieces[j].key != pieces[i].key)
			j++;
		different += j == i;
		keys[length++] = pieces[i].key;
		if (pieces[i].length % 4 == 0)
			sorted = length = ietp_settle_keys(keys, sorted, length, scratch,
											   pause_now);
		require(ietp_count_keys(keys, sorted, length, scratch, pause_now) ==
				different);
	}
	for (int64_t i = 1; i < sorted; i++)
		require(keys[i - 1] < keys[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int			count = read_pieces(data, size);

	fuzz_strings(count);
	fuzz_keys(count);
	return 0;
}
