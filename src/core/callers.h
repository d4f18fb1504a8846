/*-------------------------------------------------------------------------
 *
 * callers.h
 *		Sets of those who called: of 64-bit keys, and of strings of bytes.
 *
 * Keys are a list, of which a part is sorted; sorting reads and writes memory
 * in order, where a hash table larger than the processor's caches waits for it
 * with every key.  Strings are in a hash table with linear probing, of which
 * at least a quarter is free.
 *
 * Memory is the caller's.
 *
 * IDENTIFICATION
 *		src/core/callers.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_CALLERS_H
#define IETP_CORE_CALLERS_H

#include <stddef.h>

#include "order.h"

/*
 * Makes a list of keys, of which the first "sorted" ascend, strictly, one in
 * which all do, and returns how many those are.  "scratch" has room for
 * "count" keys.
 */
extern int64_t ietp_settle_keys(uint64_t *keys, int64_t sorted, int64_t count,
								uint64_t *scratch, IetpPause pause);

/*
 * How many keys ietp_settle_keys() would leave; nothing is moved.  "scratch"
 * has room for twice the keys that are not sorted.
 */
extern int64_t ietp_count_keys(const uint64_t *keys, int64_t sorted,
							   int64_t count, uint64_t *scratch,
							   IetpPause pause);

#define IETP_LEAST_BITS		3
#define IETP_MOST_BITS		32

/* How many strings a table of 2^bits slots takes. */
#define IETP_SET_ROOM(bits)		((INT64_C(1) << (bits)) / 4 * 3)

/* The most words of all strings of a set. */
#define IETP_MOST_WORDS		(INT64_C(0xFFFFFFFF) - 1)

/* No string is at this place. */
#define IETP_NO_PLACE		UINT32_MAX

/*
 * Strings, each at a place of its own by which it is known: the index of a
 * word behind the slots, in which its length is.  Its bytes follow, then zeros
 * up to a whole word.
 */
typedef struct IetpStringSet
{
	uint64_t	seed;			/* of the hash that the caller computes */
	int64_t		count;
	int64_t		used;			/* words behind the slots */
	int64_t		room;			/* as many as there are */
	int64_t		bits;			/* of the number of slots */
	uint64_t	slots[];		/* hash * 2^32 + place + 1; 0: free */
} IetpStringSet;

static inline size_t
ietp_string_set_size(int bits, int64_t room)
{
	return sizeof(IetpStringSet) + (sizeof(uint64_t) << bits) +
		(size_t) room * sizeof(uint64_t);
}

/* Words that a string of so many bytes takes, with its length. */
static inline int64_t
ietp_string_words(uint64_t length)
{
	return (int64_t) (1 + length / sizeof(uint64_t) +
					  (length % sizeof(uint64_t) != 0));
}

/* The words behind the slots. */
static inline uint64_t *
ietp_words_of_strings(const IetpStringSet *set)
{
	return (uint64_t *) set->slots + (UINT64_C(1) << set->bits);
}

extern void ietp_init_strings(IetpStringSet *set, int bits, int64_t room,
							  uint64_t seed);

/* "to" is empty and has room for them; the places remain the same. */
extern void ietp_copy_strings(IetpStringSet *to, const IetpStringSet *from);

/*
 * The place of the string, which is added if it is not there; IETP_NO_PLACE:
 * it is not, and the set is full.  "hash" is one of the bytes, always the same
 * one.
 */
extern uint32_t ietp_add_string(IetpStringSet *set, uint32_t hash,
								const char *bytes, uint64_t length);

/* Compares the strings at two words, by their bytes, then by their lengths. */
extern int	ietp_compare_strings(const uint64_t *a, const uint64_t *b);

/*
 * The places of all strings, in that order.  "scratch" has as much room as "places".
 */
extern void ietp_list_strings(const IetpStringSet *set, uint32_t *places,
							  uint32_t *scratch, IetpPause pause);

#endif							/* IETP_CORE_CALLERS_H */
