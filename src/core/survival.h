/*-------------------------------------------------------------------------
 *
 * survival.h
 *		Kaplan-Meier estimates of how long things take that may not have ended.
 *
 * No server headers: usable and testable alone.
 *
 * A sample is a row of words.  The first two are how many durations there are
 * and how many of those ended.  The others are keys: the bits of the duration
 * shifted left by one, which loses nothing since no duration is negative, and
 * 1 in the lowest bit where it was censored, so that at one time what ended
 * stands before what was still going.  They ascend.  A key that occurs more
 * than once is followed by how often: a word that would be infinity or NaN.
 *
 * IDENTIFICATION
 *		src/core/survival.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_SURVIVAL_H
#define IETP_CORE_SURVIVAL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "order.h"

#define IETP_SURVIVAL_CENSORED	UINT64_C(1)

/* Words from here on say how often; what they say is at most 2^53 - 1. */
#define IETP_SURVIVAL_REPEAT	UINT64_C(0xFFE0000000000000)

/* Words before the keys. */
#define IETP_SURVIVAL_HEADER	2

/* The key of a duration, which is finite, not negative and not -0. */
static inline uint64_t
ietp_survival_key(double duration, bool ended)
{
	uint64_t	bits;

	memcpy(&bits, &duration, sizeof(bits));
	return bits << 1 | (ended ? 0 : IETP_SURVIVAL_CENSORED);
}

/* Walks through a sample, one distinct time after the other. */
typedef struct IetpSurvival
{
	const uint64_t *next;
	const uint64_t *end;
	IetpPause	pause;
	int64_t		steps;

	/* of the sample */
	int64_t		total;
	int64_t		total_ended;

	/* at the present time */
	double		time;
	int64_t		at_risk;		/* just before it */
	int64_t		ended;			/* at it */
	int64_t		censored;		/* at it, or after it and before the next */
	double		survival;		/* the estimate from then on */
	double		greenwood;		/* sum of d / (n (n - d)) until then */

	/*
	 * The estimate and those at risk after the last censored one: what ends
	 * from there on leaves a fraction of whole numbers, which is rounded
	 * once.
	 */
	double		base;
	int64_t		base_at_risk;
} IetpSurvival;

typedef struct IetpInterval
{
	double		lower;
	double		upper;
} IetpInterval;

typedef struct IetpLogRank
{
	double		observed;		/* ends in the first sample */
	double		expected;		/* as many, were both alike */
	double		variance;
	double		chi_square;		/* NaN where there is nothing to compare */
	double		p_value;		/* one degree of freedom */
} IetpLogRank;

extern int64_t ietp_survival_pack(const uint64_t *keys, int64_t count,
								  uint64_t *words);
extern bool ietp_survival_valid(const uint64_t *words, int64_t count);

extern void ietp_survival_begin(IetpSurvival *curve, const uint64_t *words,
								int64_t count, IetpPause pause);
extern bool ietp_survival_next(IetpSurvival *curve);

/* Bounds of the estimate; NaN where they are undefined. */
extern double ietp_survival_error(const IetpSurvival *curve);
extern IetpInterval ietp_survival_plain(const IetpSurvival *curve, double z);
extern IetpInterval ietp_survival_log_log(const IetpSurvival *curve,
										  double z);

/* NaN where the sample does not tell. */
extern double ietp_survival_quantile(const uint64_t *words, int64_t count,
									 double p, IetpPause pause);
extern IetpInterval ietp_survival_quantile_bounds(const uint64_t *words,
												  int64_t count, double p,
												  double z, IetpPause pause);
extern double ietp_survival_estimate(const uint64_t *words, int64_t count,
									 double time, IetpPause pause);
extern double ietp_survival_mean(const uint64_t *words, int64_t count,
								 double horizon, double *error,
								 IetpPause pause);
extern double ietp_survival_last(const uint64_t *words, int64_t count);

extern IetpLogRank ietp_log_rank_test(const uint64_t *a, int64_t a_count,
									  const uint64_t *b, int64_t b_count,
									  IetpPause pause);

#endif							/* IETP_CORE_SURVIVAL_H */
