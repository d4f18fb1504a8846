/*-------------------------------------------------------------------------
 *
 * survival.c
 *		Kaplan-Meier estimates, their bounds, and the log-rank test.
 *
 * Formulas: E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete
 * observations", JASA 53 (1958); Greenwood's variance and the log-log bounds
 * as in J. D. Kalbfleisch, R. L. Prentice, "The statistical analysis of
 * failure time data"; restricted mean and log-rank test as in J. P. Klein, M.
 * L. Moeschberger, "Survival analysis", 4.5 and 7.3.
 *
 * IDENTIFICATION
 *		src/core/survival.c
 *
 *-------------------------------------------------------------------------
 */
#include "survival.h"

#include <math.h>

/*
 * How much an estimate may be above 1 - p and yet count as having reached it:
 * more than rounding adds up to, less than what ends first of 10^11 takes.
 */
#define TOLERANCE	1e-12

static bool
is_repeat(uint64_t word)
{
	return word >= IETP_SURVIVAL_REPEAT;
}

static double
time_of(uint64_t key)
{
	uint64_t	bits = key >> 1;
	double		time;

	memcpy(&time, &bits, sizeof(time));
	return time;
}

/*
 * Writes sorted keys as a sample, for which "words" has room for as many and
 * the header; returns the number of words.
 */
int64_t
ietp_survival_pack(const uint64_t *keys, int64_t count, uint64_t *words)
{
	int64_t		used = IETP_SURVIVAL_HEADER;
	int64_t		ended = 0;

	for (int64_t i = 0; i < count;)
	{
		int64_t		first = i;

		while (i < count && keys[i] == keys[first])
			i++;
		words[used++] = keys[first];
		if (i - first > 1)
			words[used++] = IETP_SURVIVAL_REPEAT | (uint64_t) (i - first);
		if (!(keys[first] & IETP_SURVIVAL_CENSORED))
			ended += i - first;
	}
	words[0] = (uint64_t) count;
	words[1] = (uint64_t) ended;
	return used;
}

/* Takes a key and how often it occurs. */
static int64_t
take(const uint64_t **next, const uint64_t *end, uint64_t *key)
{
	*key = *(*next)++;
	if (*next < end && is_repeat(**next))
		return (int64_t) (*(*next)++ & ~IETP_SURVIVAL_REPEAT);
	return 1;
}

/* Are words from anywhere a sample?  The same sample has but one form. */
bool
ietp_survival_valid(const uint64_t *words, int64_t count)
{
	const uint64_t *next = words + IETP_SURVIVAL_HEADER;
	const uint64_t *end = words + count;
	uint64_t	total = 0;
	uint64_t	ended = 0;
	uint64_t	before = 0;

	if (count < IETP_SURVIVAL_HEADER)
		return false;
	for (bool first = true; next < end; first = false)
	{
		uint64_t	key = *next;
		bool		repeated = next + 1 < end && is_repeat(next[1]);
		int64_t		times;

		if (is_repeat(key) || (!first && key <= before))
			return false;
		times = take(&next, end, &key);
		if (repeated && times < 2)
			return false;
		total += (uint64_t) times;
		if (total > ~IETP_SURVIVAL_REPEAT)
			return false;
		if (!(key & IETP_SURVIVAL_CENSORED))
			ended += (uint64_t) times;
		before = key;
	}
	return words[0] == total && words[1] == ended;
}

void
ietp_survival_begin(IetpSurvival *curve, const uint64_t *words, int64_t count,
					IetpPause pause)
{
	memset(curve, 0, sizeof(*curve));
	curve->next = words + IETP_SURVIVAL_HEADER;
	curve->end = words + count;
	curve->pause = pause;
	curve->total = (int64_t) words[0];
	curve->total_ended = (int64_t) words[1];
	curve->at_risk = curve->total;
	curve->survival = 1;
	curve->base = 1;
	curve->base_at_risk = curve->total;
}

/* What ended at this time takes its share of the estimate. */
static void
end_some(IetpSurvival *curve, int64_t ended)
{
	int64_t		left = curve->at_risk - ended;

	curve->ended = ended;
	curve->survival = curve->base * ((double) left /
									 (double) curve->base_at_risk);
	curve->greenwood += (double) ended /
		((double) curve->at_risk * (double) left);
}

/* Goes on to the next time; false where there is none. */
bool
ietp_survival_next(IetpSurvival *curve)
{
	uint64_t	key;
	int64_t		times;

	curve->at_risk -= curve->ended + curve->censored;
	if (curve->censored > 0)
	{
		curve->base = curve->survival;
		curve->base_at_risk = curve->at_risk;
	}
	curve->ended = 0;
	curve->censored = 0;
	if (curve->next >= curve->end)
		return false;
	if (++curve->steps % IETP_PAUSE_KEYS == 0)
		curve->pause();
	times = take(&curve->next, curve->end, &key);
	curve->time = time_of(key);
	if (!(key & IETP_SURVIVAL_CENSORED))
	{
		end_some(curve, times);
		if (curve->next < curve->end &&
			*curve->next == (key | IETP_SURVIVAL_CENSORED))
			curve->censored = take(&curve->next, curve->end, &key);
	}
	else
		curve->censored = times;
	return true;
}


/* Bounds */

/* Greenwood's standard error. */
double
ietp_survival_error(const IetpSurvival *curve)
{
	return curve->survival > 0 ?
		curve->survival * sqrt(curve->greenwood) : NAN;
}

/* Within 0 and 1; z is the normal quantile of the confidence. */
IetpInterval
ietp_survival_plain(const IetpSurvival *curve, double z)
{
	double		distance = z * ietp_survival_error(curve);
	IetpInterval result = {NAN, NAN};

	if (isnan(distance))
		return result;
	result.lower = fmax(curve->survival - distance, 0);
	result.upper = fmin(curve->survival + distance, 1);
	return result;
}

IetpInterval
ietp_survival_log_log(const IetpSurvival *curve, double z)
{
	double		log_s = log(curve->survival);
	IetpInterval result = {NAN, NAN};

	if (curve->survival <= 0 || curve->survival >= 1)
		return result;
	result.lower = exp(log_s * exp(-z * sqrt(curve->greenwood) / log_s));
	result.upper = exp(log_s * exp(z * sqrt(curve->greenwood) / log_s));
	return result;
}


/* Quantiles */

static bool
has_reached(double survival, double p)
{
	return survival <= (1 - p) * (1 + TOLERANCE);
}

/* The first time of an end from which on the estimate is at most 1 - p. */
double
ietp_survival_quantile(const uint64_t *words, int64_t count, double p,
					   IetpPause pause)
{
	IetpSurvival curve;

	ietp_survival_begin(&curve, words, count, pause);
	while (ietp_survival_next(&curve))
		if (curve.ended > 0 && has_reached(curve.survival, p))
			return curve.time;
	return NAN;
}

/* Where the log-log bounds of the estimate reach 1 - p. */
IetpInterval
ietp_survival_quantile_bounds(const uint64_t *words, int64_t count, double p,
							  double z, IetpPause pause)
{
	IetpInterval result = {NAN, NAN};
	IetpSurvival curve;

	ietp_survival_begin(&curve, words, count, pause);
	while (isnan(result.upper) && ietp_survival_next(&curve))
	{
		IetpInterval bounds = ietp_survival_log_log(&curve, z);

		/* NaN reaches nothing. */
		if (curve.ended == 0)
			continue;
		if (isnan(result.lower) && has_reached(bounds.lower, p))
			result.lower = curve.time;
		if (has_reached(bounds.upper, p))
			result.upper = curve.time;
	}
	return result;
}

/* The estimate at a time; unknown after the last one, unless all had ended. */
double
ietp_survival_estimate(const uint64_t *words, int64_t count, double time,
					   IetpPause pause)
{
	double		survival = 1;
	IetpSurvival curve;

	ietp_survival_begin(&curve, words, count, pause);
	while (ietp_survival_next(&curve))
	{
		if (curve.time > time)
			return survival;
		survival = curve.survival;
		if (curve.time == time)
			return survival;
	}
	return curve.total > 0 && survival == 0 ? 0 : NAN;
}

double
ietp_survival_last(const uint64_t *words, int64_t count)
{
	uint64_t	key;

	if (count <= IETP_SURVIVAL_HEADER)
		return NAN;
	key = words[count - 1];
	return time_of(is_repeat(key) ? words[count - 2] : key);
}


/* Restricted mean */

/*
 * The area under the estimate from 0 to a time, and of what that was when each
 * end took its share, the variance's sum, given the area in all.  One walk
 * with "whole" 0 finds the area, a second one the variance.
 */
static double
walk_area(const uint64_t *words, int64_t count, double horizon, double whole,
		  double *variance, IetpPause pause)
{
	double		area = 0;
	double		since = 0;
	double		survival = 1;
	IetpSurvival curve;

	*variance = 0;
	ietp_survival_begin(&curve, words, count, pause);
	while (ietp_survival_next(&curve) && curve.time < horizon)
	{
		double		left = (double) (curve.at_risk - curve.ended);
		double		rest;

		area += survival * (curve.time - since);
		since = curve.time;
		survival = curve.survival;
		rest = whole - area;
		/* Where nobody is left no area is either. */
		if (curve.ended > 0 && left > 0)
			*variance += rest * rest * (double) curve.ended /
				((double) curve.at_risk * left);
	}
	return area + survival * (horizon - since);
}

/*
 * The mean time, of which what goes beyond the horizon counts as the horizon,
 * and its standard error; NaN where the horizon is beyond what was seen.
 */
double
ietp_survival_mean(const uint64_t *words, int64_t count, double horizon,
				   double *error, IetpPause pause)
{
	double		mean;
	double		variance;

	*error = NAN;
	if (isnan(ietp_survival_estimate(words, count, horizon, pause)))
		return NAN;
	mean = walk_area(words, count, horizon, 0, &variance, pause);
	walk_area(words, count, horizon, mean, &variance, pause);
	*error = sqrt(variance);
	return mean;
}


/* Log-rank test */

/* How many a sample has at risk at a time, and how many of them end then. */
static int64_t
risk_at(const IetpSurvival *curve, bool going, double time, int64_t *ended)
{
	*ended = going && curve->time == time ? curve->ended : 0;
	return going ? curve->at_risk : 0;
}

/* Adds what one time with ends tells. */
static void
add_time(IetpLogRank *test, double n1, double n2, double d1, double d2)
{
	double		n = n1 + n2;
	double		d = d1 + d2;

	test->observed += d1;
	test->expected += d * n1 / n;
	if (n > 1)
		test->variance += d * (n1 / n) * (n2 / n) * ((n - d) / (n - 1));
}

IetpLogRank
ietp_log_rank_test(const uint64_t *a, int64_t a_count, const uint64_t *b,
				   int64_t b_count, IetpPause pause)
{
	IetpLogRank test = {0, 0, 0, NAN, NAN};
	IetpSurvival one;
	IetpSurvival two;
	bool		one_goes;
	bool		two_goes;

	ietp_survival_begin(&one, a, a_count, pause);
	ietp_survival_begin(&two, b, b_count, pause);
	one_goes = ietp_survival_next(&one);
	two_goes = ietp_survival_next(&two);
	while (one_goes || two_goes)
	{
		double		time = !two_goes || (one_goes && one.time <= two.time) ?
		one.time : two.time;
		int64_t		d1;
		int64_t		d2;
		int64_t		n1 = risk_at(&one, one_goes, time, &d1);
		int64_t		n2 = risk_at(&two, two_goes, time, &d2);

		if (d1 + d2 > 0)
			add_time(&test, (double) n1, (double) n2, (double) d1,
					 (double) d2);
		if (one_goes && one.time == time)
			one_goes = ietp_survival_next(&one);
		if (two_goes && two.time == time)
			two_goes = ietp_survival_next(&two);
	}
	if (test.variance > 0)
	{
		double		distance = test.observed - test.expected;

		test.chi_square = distance * distance / test.variance;
		test.p_value = erfc(sqrt(test.chi_square / 2));
	}
	return test;
}
