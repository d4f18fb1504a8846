/*-------------------------------------------------------------------------
 *
 * concurrency.h
 *		How many of a number of half-open spans of time run at once.
 *
 * Moments are the keys of microseconds (core/order.h); below and above all
 * others stand one that means "always" and one that means "never".
 *
 * IDENTIFICATION
 *		src/core/concurrency.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_CONCURRENCY_H
#define IETP_CORE_CONCURRENCY_H

#include "order.h"

#define IETP_ALWAYS		UINT64_C(0)
#define IETP_NEVER		UINT64_MAX

/* [since, until), never empty. */
typedef struct IetpSpan
{
	uint64_t	since;
	uint64_t	until;
} IetpSpan;

typedef struct IetpConcurrency
{
	int64_t		peak;			/* the most spans at once; 0: there are none */
	uint64_t	at;				/* the first moment with so many */
	uint64_t	until;			/* the first one after it with fewer */

	/*
	 * Microseconds with at least one, from the first to the last moment, of
	 * those but always and never, at which a span begins or ends.
	 */
	uint64_t	busy;
} IetpConcurrency;

/*
 * The spans may be in any order and stay as they are; "scratch" has room for
 * three times as many keys.
 */
extern void ietp_measure_concurrency(const IetpSpan *spans, int64_t count,
									 uint64_t *scratch,
									 IetpConcurrency *result,
									 IetpPause pause);

#endif							/* IETP_CORE_CONCURRENCY_H */
