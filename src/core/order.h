/*-------------------------------------------------------------------------
 *
 * order.h
 *		Keys that order as doubles do; sorting and selecting among keys.
 *
 * No server headers: usable and testable alone.
 *
 * IDENTIFICATION
 *		src/core/order.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_ORDER_H
#define IETP_CORE_ORDER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Called now and then by whatever takes long.  It may leave by longjmp(): what
 * runs holds nothing but the memory that its caller gave it.
 */
typedef void (*IetpPause) (void);

/* Keys that are looked through between two calls of IetpPause. */
#define IETP_PAUSE_KEYS 65536

#define IETP_SIGN_BIT	UINT64_C(0x8000000000000000)

/*
 * The key of a double: unsigned order of keys is the order of doubles, with -0
 * before 0 and every NaN, as one and the same, after all others.
 */
static inline uint64_t
ietp_key_of_double(double value)
{
	uint64_t	bits;

	if (value != value)
		return UINT64_MAX;
	memcpy(&bits, &value, sizeof(bits));
	return bits & IETP_SIGN_BIT ? ~bits : bits | IETP_SIGN_BIT;
}

static inline double
ietp_double_of_key(uint64_t key)
{
	uint64_t	bits = key & IETP_SIGN_BIT ? key & ~IETP_SIGN_BIT : ~key;
	double		value;

	if (key == UINT64_MAX)
		bits = UINT64_C(0x7FF8000000000000);
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* The key of a signed number, whose unsigned order is that of the numbers. */
static inline uint64_t
ietp_key_of_int(int64_t value)
{
	return (uint64_t) value ^ IETP_SIGN_BIT;
}

static inline int64_t
ietp_int_of_key(uint64_t key)
{
	return (int64_t) (key ^ IETP_SIGN_BIT);
}

/* Sorts ascending; "scratch" has room for as many keys. */
extern void ietp_sort_keys(uint64_t *keys, uint64_t *scratch, int64_t count,
						   IetpPause pause);

/*
 * Sets selected[i] to the key that would stand at ranks[i], from 0 on, if the
 * keys were sorted.  The ranks ascend and are below "count", which is above 0.
 * The keys stay as they are; "scratch" has room for ietp_select_scratch(count)
 * of them.  Linear in "count" whatever the keys are.
 */
extern void ietp_select_keys(const uint64_t *keys, int64_t count,
							 const int64_t *ranks, int nranks,
							 uint64_t *selected, uint64_t *scratch,
							 IetpPause pause);
extern int64_t ietp_select_scratch(int64_t count);

#endif							/* IETP_CORE_ORDER_H */
