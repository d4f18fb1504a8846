/*-------------------------------------------------------------------------
 *
 * confidence.h
 *		Confidence intervals of proportions and of rates.
 *
 * IDENTIFICATION
 *		src/core/confidence.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_CONFIDENCE_H
#define IETP_CORE_CONFIDENCE_H

#include <stdint.h>

typedef struct IetpBounds
{
	double		lower;
	double		upper;
} IetpBounds;

extern IetpBounds ietp_wilson_bounds(int64_t k, int64_t n, double confidence);
extern IetpBounds ietp_poisson_bounds(int64_t events, double confidence);

#endif							/* IETP_CORE_CONFIDENCE_H */
