/*-------------------------------------------------------------------------
 *
 * order.c
 *		Sorting and selecting among 64-bit keys.
 *
 * Sorting is by radix, from the least significant digit on, over the uppermost
 * of those bits in which the keys differ: so many that few keys agree in all of
 * them.  Keys that do are neighbours then, and are sorted by themselves.
 *
 * Selection counts how many keys lie in each of up to 2048 ranges of equal
 * width between the least and the greatest one, and goes on with the keys of
 * those ranges alone that hold a wanted rank.  Every such step narrows a range
 * by eleven bits or ends with a few keys to be sorted, so that six steps are
 * the most, whatever the keys are; nothing is moved about, so that keys can be
 * added afterwards as if nothing had been.
 *
 * Nothing here allocates.
 *
 * IDENTIFICATION
 *		src/core/order.c
 *
 *-------------------------------------------------------------------------
 */
#include "order.h"

#define DIGIT_BITS		11
#define DIGITS			(1 << DIGIT_BITS)

/* So few keys are sorted by insertion, and so few by merging. */
#define FEW				16
#define SOME			1024

/* The most keys that selection sorts rather than counts. */
#define SORT_AT_ONCE	64

/* The most ranks that one search looks for. */
#define MOST_RANKS		64

/* A range of keys of which no rank is wanted. */
#define UNWANTED		(-1)

/* A part of the keys, and the ranks among all keys that are wanted of it. */
typedef struct Search
{
	const uint64_t *keys;
	int64_t		count;
	uint64_t	low;			/* those between these bounds count */
	uint64_t	high;
	int64_t		below;			/* how many of all keys are below "low" */
	const int64_t *ranks;
	int			nranks;
	uint64_t   *selected;
	uint64_t   *scratch;
	int64_t		room;			/* of scratch, in keys */
	IetpPause	pause;
} Search;

/* Ranges of equal width, and how many keys lie in each. */
typedef struct Ranges
{
	uint64_t	least;			/* key with which the first range begins */
	uint64_t	greatest;
	int			shift;			/* each is 2^shift wide */
	int			number;
	int64_t		counts[DIGITS];
} Ranges;

static void
sort_few(uint64_t *keys, int64_t count)
{
	for (int64_t i = 1; i < count; i++)
	{
		uint64_t	key = keys[i];
		int64_t		j = i;

		for (; j > 0 && keys[j - 1] > key; j--)
			keys[j] = keys[j - 1];
		keys[j] = key;
	}
}

static void
merge_runs(const uint64_t *from, uint64_t *to, int64_t left, int64_t right)
{
	const uint64_t *a = from;
	const uint64_t *b = from + left;
	const uint64_t *a_end = b;
	const uint64_t *b_end = b + right;

	while (a < a_end && b < b_end)
		*to++ = *b < *a ? *b++ : *a++;
	while (a < a_end)
		*to++ = *a++;
	while (b < b_end)
		*to++ = *b++;
}

static int64_t
at_most(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Sorts runs of FEW keys, then merges neighbours until one is left. */
static void
sort_some(uint64_t *keys, uint64_t *scratch, int64_t count)
{
	uint64_t   *from = keys;
	uint64_t   *to = scratch;

	for (int64_t i = 0; i < count; i += FEW)
		sort_few(keys + i, at_most(FEW, count - i));
	for (int64_t run = FEW; run < count; run *= 2)
	{
		uint64_t   *merged = to;

		for (int64_t i = 0; i < count; i += 2 * run)
		{
			int64_t		left = at_most(run, count - i);

			merge_runs(from + i, to + i, left,
					   at_most(run, count - i - left));
		}
		to = from;
		from = merged;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof(uint64_t));
}

/*
 * Bits in which some keys differ; 0 where the keys are sorted already, as they
 * often are.
 */
static uint64_t
differing_bits(const uint64_t *keys, int64_t count, IetpPause pause)
{
	uint64_t	bits = 0;
	bool		sorted = true;

	for (int64_t i = 1; i < count; i++)
	{
		bits |= keys[i] ^ keys[0];
		sorted &= keys[i - 1] <= keys[i];
		if (i % IETP_PAUSE_KEYS == 0)
			pause();
	}
	return sorted ? 0 : bits;
}

/* One pass: sorts by the digit that begins at bit "shift", stably. */
static void
sort_by_digit(const uint64_t *from, uint64_t *to, int64_t count, int shift,
			  IetpPause pause)
{
	int64_t		place[DIGITS] = {0};
	int64_t		sum = 0;

	for (int64_t i = 0; i < count; i++)
		place[(from[i] >> shift) & (DIGITS - 1)]++;
	pause();
	for (int digit = 0; digit < DIGITS; digit++)
	{
		int64_t		here = place[digit];

		place[digit] = sum;
		sum += here;
	}
	for (int64_t i = 0; i < count; i++)
	{
		to[place[(from[i] >> shift) & (DIGITS - 1)]++] = from[i];
		if (i % IETP_PAUSE_KEYS == 0)
			pause();
	}
}

/* Number of the uppermost bit that is set, which there is. */
static int
upper_bit(uint64_t bits)
{
	int			bit = 0;

	while (bits >>= 1)
		bit++;
	return bit;
}

/*
 * How many digits tell nearly all of so many keys apart, if their bits are as
 * good as random?
 */
static int
telling_digits(int64_t count)
{
	return (upper_bit((uint64_t) count) + 8 + DIGIT_BITS - 1) / DIGIT_BITS;
}

/* Sorts, by themselves, keys that agree in all bits from "shift" on. */
static void
sort_ties(uint64_t *keys, uint64_t *scratch, int64_t count, int shift,
		  IetpPause pause)
{
	for (int64_t i = 0; i < count;)
	{
		int64_t		first = i;

		while (i < count && keys[i] >> shift == keys[first] >> shift)
		{
			if (++i % IETP_PAUSE_KEYS == 0)
				pause();
		}
		if (i - first <= FEW)
			sort_few(keys + first, i - first);
		else
			ietp_sort_keys(keys + first, scratch, i - first, pause);
	}
}

void
ietp_sort_keys(uint64_t *keys, uint64_t *scratch, int64_t count,
			   IetpPause pause)
{
	uint64_t   *from = keys;
	uint64_t   *to = scratch;
	uint64_t	bits;
	int			top;
	int			bottom;

	if (count <= SOME)
	{
		sort_some(keys, scratch, count);
		return;
	}
	bits = differing_bits(keys, count, pause);
	if (bits == 0)
		return;
	top = upper_bit(bits) + 1;
	bottom = top - DIGIT_BITS * telling_digits(count);
	if (bottom < 0)
		bottom = 0;
	for (int shift = bottom; shift < top; shift += DIGIT_BITS)
	{
		uint64_t   *sorted = to;

		if (((bits >> shift) & (DIGITS - 1)) == 0)
			continue;
		sort_by_digit(from, to, count, shift, pause);
		to = from;
		from = sorted;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof(uint64_t));
	if (bits & ((UINT64_C(1) << bottom) - 1))
		sort_ties(keys, scratch, count, bottom, pause);
}

static bool
counts(const Search *search, uint64_t key)
{
	return key - search->low <= search->high - search->low;
}

/* The range that a key of the search lies in. */
static int
range_of(const Ranges *ranges, uint64_t key)
{
	return (int) ((key - ranges->least) >> ranges->shift);
}

static void
find_bounds(const Search *search, Ranges *ranges)
{
	uint64_t	least = UINT64_MAX;
	uint64_t	greatest = 0;

	for (int64_t i = 0; i < search->count; i++)
	{
		uint64_t	key = search->keys[i];

		if (counts(search, key))
		{
			least = key < least ? key : least;
			greatest = key > greatest ? key : greatest;
		}
		if (i % IETP_PAUSE_KEYS == 0)
			search->pause();
	}
	ranges->least = least;
	ranges->greatest = greatest;
}

/* Chooses the width, so that there are about half as many ranges as keys. */
static void
choose_ranges(const Search *search, Ranges *ranges)
{
	uint64_t	span = ranges->greatest - ranges->least;
	int			most = 64;

	while (most < DIGITS && most < search->count / 2)
		most *= 2;
	ranges->shift = 0;
	while ((span >> ranges->shift) >= (uint64_t) most)
		ranges->shift++;
	ranges->number = (int) (span >> ranges->shift) + 1;
}

static void
count_keys(const Search *search, Ranges *ranges)
{
	memset(ranges->counts, 0, ranges->number * sizeof(int64_t));
	for (int64_t i = 0; i < search->count; i++)
	{
		uint64_t	key = search->keys[i];

		if (counts(search, key))
			ranges->counts[range_of(ranges, key)]++;
		if (i % IETP_PAUSE_KEYS == 0)
			search->pause();
	}
}

/*
 * Makes a search of each range that holds wanted ranks, and says how many keys
 * those hold in all.  "parts" has room for as many searches as ranks.
 */
static int64_t
split_search(const Search *search, const Ranges *ranges, Search *parts,
			 int *nparts)
{
	int64_t		below = search->below;
	int64_t		wanted = 0;
	int			done = 0;

	*nparts = 0;
	for (int range = 0; done < search->nranks; range++)
	{
		int64_t		above = below + ranges->counts[range];
		int			first = done;

		while (done < search->nranks && search->ranks[done] < above)
			done++;
		if (done > first)
		{
			Search	   *part = &parts[(*nparts)++];

			*part = *search;
			part->low = ranges->least + ((uint64_t) range << ranges->shift);
			/* The last range may end beyond the search, even beyond 2^64. */
			if (search->high - part->low >= UINT64_C(1) << ranges->shift)
				part->high = part->low + ((UINT64_C(1) << ranges->shift) - 1);
			part->below = below;
			part->ranks += first;
			part->selected += first;
			part->nranks = done - first;
			wanted += ranges->counts[range];
		}
		below = above;
	}
	return wanted;
}

/*
 * Copies the keys of the parts' ranges into the scratch, one part behind the
 * other.  ranges->counts tells afterwards where each part ends.
 */
static void
gather(const Search *search, Ranges *ranges, Search *parts, int nparts)
{
	int64_t		place = 0;
	int			next = 0;

	for (int range = 0; range < ranges->number; range++)
	{
		int64_t		count = ranges->counts[range];

		ranges->counts[range] = UNWANTED;
		if (next == nparts || parts[next].low != ranges->least +
			((uint64_t) range << ranges->shift))
			continue;
		parts[next].keys = search->scratch + place;
		parts[next++].count = count;
		ranges->counts[range] = place;
		place += count;
	}
	for (int64_t i = 0; i < search->count; i++)
	{
		uint64_t	key = search->keys[i];
		int64_t    *end;

		if (i % IETP_PAUSE_KEYS == 0)
			search->pause();
		if (!counts(search, key))
			continue;
		end = &ranges->counts[range_of(ranges, key)];
		if (*end != UNWANTED)
			search->scratch[(*end)++] = key;
	}
}

/* Answers a search among few keys. */
static void
sort_out(const Search *search)
{
	uint64_t	keys[SORT_AT_ONCE];
	int64_t		count = 0;

	for (int64_t i = 0; i < search->count; i++)
		if (counts(search, search->keys[i]))
			keys[count++] = search->keys[i];
	sort_few(keys, count);
	for (int i = 0; i < search->nranks; i++)
		search->selected[i] = keys[search->ranks[i] - search->below];
}

/*
 * Answers a search.  Where the scratch has no room for what is wanted of the
 * keys, the next step looks through all of them again.
 */
static void
narrow(const Search *search)
{
	Ranges		ranges;
	Search		parts[MOST_RANKS];
	int			nparts;
	int64_t		wanted;

	if (search->count <= SORT_AT_ONCE)
	{
		sort_out(search);
		return;
	}
	find_bounds(search, &ranges);
	if (ranges.least == ranges.greatest)
	{
		for (int i = 0; i < search->nranks; i++)
			search->selected[i] = ranges.least;
		return;
	}
	choose_ranges(search, &ranges);
	count_keys(search, &ranges);
	wanted = split_search(search, &ranges, parts, &nparts);
	if (wanted <= search->room)
		gather(search, &ranges, parts, nparts);
	else
		wanted = 0;
	for (int i = 0; i < nparts; i++)
	{
		parts[i].scratch = search->scratch + wanted;
		parts[i].room = search->room - wanted;
		narrow(&parts[i]);
	}
}

int64_t
ietp_select_scratch(int64_t count)
{
	return count <= SORT_AT_ONCE ? 0 : count / 4 + 1024;
}

void
ietp_select_keys(const uint64_t *keys, int64_t count, const int64_t *ranks,
				 int nranks, uint64_t *selected, uint64_t *scratch,
				 IetpPause pause)
{
	Search		search;

	search.keys = keys;
	search.count = count;
	search.low = 0;
	search.high = UINT64_MAX;
	search.below = 0;
	search.scratch = scratch;
	search.room = ietp_select_scratch(count);
	search.pause = pause;
	for (int i = 0; i < nranks; i += MOST_RANKS)
	{
		search.ranks = ranks + i;
		search.selected = selected + i;
		search.nranks = (int) at_most(MOST_RANKS, nranks - i);
		narrow(&search);
	}
}
