/*-------------------------------------------------------------------------
 *
 * confidence.c
 *		Confidence intervals of proportions and of rates.
 *
 * IDENTIFICATION
 *		src/core/confidence.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "confidence.h"
#include "distribution.h"

/*
 * The score interval of E. B. Wilson, Probable Inference, the Law of
 * Succession, and Statistical Inference (1927), for k of n, 0 <= k <= n and
 * n > 0: the two p with (k/n - p)^2 = z^2 p (1 - p) / n.  The smaller one
 * comes from their product, as a difference would lose digits.
 */
IetpBounds
ietp_wilson_bounds(int64_t k, int64_t n, double confidence)
{
	double		z = -ietp_normal_quantile(0.5 * (1.0 - confidence));
	double		half = 0.5 * z * z;
	double		share = (double) k / (double) n;
	double		reach = (double) k + half +
	z * sqrt(share * (double) (n - k) + 0.5 * half);
	IetpBounds	bounds;

	bounds.lower = fmin(share * (double) k / reach, share);
	bounds.upper = fmax(fmin(reach / ((double) n + z * z), 1.0), share);
	return bounds;
}

/*
 * The exact interval of F. Garwood, Fiducial Limits for the Poisson
 * Distribution (1936), for the mean behind that many events.
 */
IetpBounds
ietp_poisson_bounds(int64_t events, double confidence)
{
	double		tail = 0.5 * (1.0 - confidence);
	double		count = (double) events;
	IetpBounds	bounds;

	bounds.lower = events == 0 ? 0.0 : ietp_gamma_p_inverse(count, tail);
	bounds.upper = ietp_gamma_q_inverse(count + 1.0, tail);
	return bounds;
}
