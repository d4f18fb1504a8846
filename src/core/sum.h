/*-------------------------------------------------------------------------
 *
 * sum.h
 *		Sums of non-negative double numbers, to one unit in the last place.
 *
 * A sum is kept in two numbers, so that 2^30 steps of adding and removing, in
 * any order, leave it right to one unit in the last place.
 *
 * IDENTIFICATION
 *		src/core/sum.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_SUM_H
#define IETP_CORE_SUM_H

#include <stdbool.h>
#include <stdint.h>

/* All zeros: the sum of nothing. */
typedef struct IetpSum
{
	double		value;			/* the sum, rounded */
	double		rest;			/* what is added to it */
	double		peak;			/* the largest it has been */
} IetpSum;

extern void ietp_sum_add(IetpSum *sum, double x);
extern void ietp_sum_add_all(IetpSum *sum, const double *x, int64_t count);
extern bool ietp_sum_remove(IetpSum *sum, double x);
extern void ietp_sum_merge(IetpSum *sum, const IetpSum *other);

#endif							/* IETP_CORE_SUM_H */
