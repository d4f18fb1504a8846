/*-------------------------------------------------------------------------
 *
 * distribution.h
 *		The normal and the gamma distribution, for confidence intervals and
 *		tests.
 *
 * P and Q are the regularised incomplete gamma functions (NIST Digital
 * Library of Mathematical Functions, 8.2): P(a, x) is the probability that a
 * gamma variable of shape a and scale 1 is at most x, Q = 1 - P.  For a whole
 * number k, Q(k, x) is the probability that a Poisson variable of mean x is
 * less than k.
 *
 * Shapes are at least 0.5; of P and Q, at most IETP_MAX_SHAPE.  Nothing here
 * takes longer than a few milliseconds, whatever its arguments.
 *
 * IDENTIFICATION
 *		src/core/distribution.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_DISTRIBUTION_H
#define IETP_CORE_DISTRIBUTION_H

#define IETP_MAX_SHAPE 1e8

extern double ietp_normal_cdf(double z);
extern double ietp_normal_quantile(double p);
extern double ietp_gamma_p(double shape, double x);
extern double ietp_gamma_q(double shape, double x);
extern double ietp_gamma_p_inverse(double shape, double p);
extern double ietp_gamma_q_inverse(double shape, double q);
extern double ietp_chi_square_survival(double x, double degrees);

#endif							/* IETP_CORE_DISTRIBUTION_H */
