/*-------------------------------------------------------------------------
 *
 * order_test.c
 *		Unit test of keys, sorting and selecting; the oracle is qsort().
 *
 * IDENTIFICATION
 *		test/core/order_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "order.h"

#define MOST	200000

static uint64_t keys[MOST];
static uint64_t sorted[MOST];
static uint64_t scratch[MOST];
static long pauses = 0;

static void
pause_counting(void)
{
	pauses++;
}

static uint64_t
random_word(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static int
compare_words(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* In doubles' own order, which -0 and 0 do not have, then by sign. */
static void
check_keys(void)
{
	static const double ordered[] = {
		-INFINITY, -DBL_MAX, -1e300, -2, -1, -DBL_MIN, -4.9e-324, -0.0, 0.0,
		4.9e-324, DBL_MIN, 1, 1 + DBL_EPSILON, 2, 1e300, DBL_MAX, INFINITY
	};
	int			count = (int) (sizeof(ordered) / sizeof(ordered[0]));

	for (int i = 0; i < count; i++)
	{
		double		back = ietp_double_of_key(ietp_key_of_double(ordered[i]));

		CHECK(memcmp(&back, &ordered[i], sizeof(back)) == 0);
		CHECK(i == 0 || ietp_key_of_double(ordered[i - 1]) <
			  ietp_key_of_double(ordered[i]));
		CHECK(ietp_key_of_double(ordered[i]) < ietp_key_of_double(NAN));
		CHECK(ietp_key_of_double(ordered[i]) < ietp_key_of_double(-NAN));
	}
	CHECK(ietp_key_of_double(NAN) == ietp_key_of_double(-NAN));
	CHECK(isnan(ietp_double_of_key(ietp_key_of_double(NAN))));
	CHECK(ietp_key_of_int(INT64_MIN) < ietp_key_of_int(-1));
	CHECK(ietp_key_of_int(-1) < ietp_key_of_int(0));
	CHECK(ietp_key_of_int(0) < ietp_key_of_int(INT64_MAX));
	CHECK_INT(ietp_int_of_key(ietp_key_of_int(-7)), -7);
}

/* Ways in which keys may lie. */
typedef uint64_t (*Shape) (int64_t i, int64_t count);

static uint64_t
any(int64_t i, int64_t count)
{
	(void) i;
	(void) count;
	return random_word();
}

static uint64_t
ascending(int64_t i, int64_t count)
{
	(void) count;
	return (uint64_t) i * 3;
}

static uint64_t
descending(int64_t i, int64_t count)
{
	return (uint64_t) (count - i);
}

static uint64_t
all_equal(int64_t i, int64_t count)
{
	(void) i;
	(void) count;
	return 42;
}

static uint64_t
few_values(int64_t i, int64_t count)
{
	(void) count;
	return (uint64_t) (i * 7919 % 5) << 60;
}

/* Agree in all but their lowest bits. */
static uint64_t
low_bits(int64_t i, int64_t count)
{
	(void) i;
	(void) count;
	return UINT64_C(0xABCDEF0000000000) | (random_word() & 0xFFF);
}

/* Each narrower than the one before: the worst for ranges of equal width. */
static uint64_t
nested(int64_t i, int64_t count)
{
	(void) count;
	return random_word() >> (i % 64);
}

/* One far away from all others, in the uppermost bit. */
static uint64_t
one_far(int64_t i, int64_t count)
{
	return i == count / 2 ? UINT64_MAX : random_word() & 0xFFFFF;
}

/* Most at the upper end, where a range of keys may reach beyond it. */
static uint64_t
upper_end(int64_t i, int64_t count)
{
	(void) count;
	if (i == 1)
		return UINT64_MAX - (UINT64_C(1) << 52);
	return i % 400 == 0 ? (uint64_t) i : UINT64_MAX;
}

static uint64_t
doubles(int64_t i, int64_t count)
{
	(void) i;
	(void) count;
	return ietp_key_of_double(exp((double) (random_word() % 100000) / 9000));
}

static const Shape shapes[] = {
	any, ascending, descending, all_equal, few_values, low_bits, nested,
	one_far, upper_end, doubles
};

static const int64_t counts[] = {
	1, 2, 3, 15, 16, 17, 24, 25, 63, 64, 65, 100, 127, 128, 129, 1000, 1023,
	1024, 1025, 2047, 2048, 2049, 4097, 65536, MOST
};

static void
check_sorting(int64_t count)
{
	static uint64_t result[MOST];

	memcpy(result, keys, count * sizeof(uint64_t));
	ietp_sort_keys(result, scratch, count, pause_counting);
	CHECK(memcmp(result, sorted, count * sizeof(uint64_t)) == 0);
}

/* Every rank of few keys, and of many some, up to the most at once and more. */
static void
check_selecting(int64_t count)
{
	static uint64_t before[MOST];
	int64_t		ranks[300];
	uint64_t	selected[300];
	int			nranks = 0;
	int64_t		step = count / 280 + 1;

	memcpy(before, keys, count * sizeof(uint64_t));
	CHECK(ietp_select_scratch(count) <= MOST);
	for (int64_t rank = 0; rank < count; rank += step)
		ranks[nranks++] = rank;
	if (ranks[nranks - 1] != count - 1)
		ranks[nranks++] = count - 1;
	for (int only = 0; only < nranks; only += nranks / 3 + 1)
	{
		ietp_select_keys(keys, count, ranks + only, 1, selected, scratch,
						 pause_counting);
		CHECK(selected[0] == sorted[ranks[only]]);
	}
	ietp_select_keys(keys, count, ranks, nranks, selected, scratch,
					 pause_counting);
	for (int i = 0; i < nranks; i++)
		CHECK(selected[i] == sorted[ranks[i]]);
	CHECK(memcmp(before, keys, count * sizeof(uint64_t)) == 0);
}

int
main(void)
{
	check_keys();
	for (size_t shape = 0; shape < sizeof(shapes) / sizeof(shapes[0]); shape++)
		for (size_t n = 0; n < sizeof(counts) / sizeof(counts[0]); n++)
		{
			for (int64_t i = 0; i < counts[n]; i++)
				keys[i] = shapes[shape] (i, counts[n]);
			memcpy(sorted, keys, counts[n] * sizeof(uint64_t));
			qsort(sorted, counts[n], sizeof(uint64_t), compare_words);
			check_sorting(counts[n]);
			check_selecting(counts[n]);
		}
	CHECK(pauses > 0);
	return check_done("order");
}
