/*-------------------------------------------------------------------------
 *
 * survival_test.c
 *		Unit test of Kaplan-Meier estimates.
 *
 * Oracles: the remission times of 6-mercaptopurine and placebo of Freireich
 * and others (Blood 21, 1963), which every textbook works through, and the
 * definitions written down as loops over single durations.
 *
 * IDENTIFICATION
 *		test/core/survival_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "survival.h"

#define MOST	3000
#define Z95		1.959963984540054

typedef struct Sample
{
	double		durations[MOST];
	bool		ended[MOST];
	int			count;
	uint64_t	words[MOST + IETP_SURVIVAL_HEADER];
	int64_t		used;
} Sample;

static void
no_pause(void)
{
}

static int
compare_words(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

static void
pack(Sample *sample)
{
	static uint64_t keys[MOST];

	for (int i = 0; i < sample->count; i++)
		keys[i] = ietp_survival_key(sample->durations[i], sample->ended[i]);
	qsort(keys, sample->count, sizeof(uint64_t), compare_words);
	sample->used = ietp_survival_pack(keys, sample->count, sample->words);
	CHECK(ietp_survival_valid(sample->words, sample->used));
}

/* Durations as textbooks write them: negative ones are censored. */
static void
set_sample(Sample *sample, const double *durations, int count)
{
	for (int i = 0; i < count; i++)
	{
		sample->durations[i] = fabs(durations[i]);
		sample->ended[i] = durations[i] > 0;
	}
	sample->count = count;
	pack(sample);
}

static bool
near(double a, double b, double tolerance)
{
	return (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance;
}

static const double mercaptopurine[] = {
	6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32,
	-32, -34, -35
};
static const double placebo[] = {
	1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23
};

/*
 * As printed in Klein and Moeschberger's and Kleinbaum's books: estimates,
 * Greenwood's standard errors, median 23, and the log-rank test of the two.
 */
static void
check_published(void)
{
	static const double times[] = {6, 7, 10, 13, 16, 22, 23};
	static const double estimates[] = {
		0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482
	};
	static const double errors[] = {
		0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346
	};
	static Sample drug;
	static Sample other;
	IetpSurvival curve;
	IetpLogRank test;
	int			row = 0;

	set_sample(&drug, mercaptopurine, 21);
	set_sample(&other, placebo, 21);
	ietp_survival_begin(&curve, drug.words, drug.used, no_pause);
	CHECK_INT(curve.total, 21);
	CHECK_INT(curve.total_ended, 9);
	while (ietp_survival_next(&curve))
	{
		if (curve.ended == 0)
			continue;
		CHECK(curve.time == times[row]);
		CHECK(near(curve.survival, estimates[row], 0.00006));
		CHECK(near(ietp_survival_error(&curve), errors[row], 0.00006));
		row++;
	}
	CHECK_INT(row, 7);
	CHECK(ietp_survival_quantile(drug.words, drug.used, 0.5, no_pause) == 23);
	CHECK(ietp_survival_quantile(other.words, other.used, 0.5,
								 no_pause) == 8);
	CHECK(isnan(ietp_survival_quantile(drug.words, drug.used, 0.9,
									   no_pause)));
	test = ietp_log_rank_test(drug.words, drug.used, other.words, other.used,
							  no_pause);
	CHECK(test.observed == 9);
	CHECK(near(test.expected, 19.25, 0.005));
	CHECK(near(test.chi_square, 16.79, 0.005));
	CHECK(near(test.p_value, 0.0000417, 0.0000001));
}

/* Where nothing is censored the estimate is what is left, to the bit. */
static void
check_uncensored(void)
{
	static Sample sample;

	sample.count = 1000;
	for (int i = 0; i < sample.count; i++)
	{
		sample.durations[i] = (i * 7919) % 1000 + 1;
		sample.ended[i] = true;
	}
	pack(&sample);
	for (int i = 1; i <= sample.count; i++)
		CHECK(ietp_survival_estimate(sample.words, sample.used, i,
									 no_pause) == (1000 - i) / 1000.0);
	CHECK(ietp_survival_quantile(sample.words, sample.used, 0.3,
								 no_pause) == 300);
	CHECK(ietp_survival_quantile(sample.words, sample.used, 0,
								 no_pause) == 1);
	CHECK(ietp_survival_quantile(sample.words, sample.used, 1,
								 no_pause) == 1000);
	CHECK(ietp_survival_estimate(sample.words, sample.used, 0, no_pause) == 1);
	CHECK(ietp_survival_estimate(sample.words, sample.used, 1e9, no_pause) == 0);
}

/* The product over all times until one, of definitions alone, in long double. */
static long double
product_until(const Sample *sample, double until, long double *greenwood)
{
	long double survival = 1;

	*greenwood = 0;
	for (int i = 0; i < sample->count; i++)
	{
		double		time = sample->durations[i];
		int			ended = 0;
		int			at_risk = 0;
		bool		first = true;

		for (int j = 0; j < sample->count; j++)
		{
			if (sample->durations[j] == time && j < i)
				first = false;
			if (sample->durations[j] == time && sample->ended[j])
				ended++;
			if (sample->durations[j] >= time)
				at_risk++;
		}
		if (!first || time > until || ended == 0)
			continue;
		survival *= 1 - (long double) ended / at_risk;
		*greenwood += (long double) ended / at_risk / (at_risk - ended);
	}
	return survival;
}

/* Sums the area by every distinct time, in an order of its own. */
static long double
area_from(const Sample *sample, double from, double to)
{
	long double area = 0;
	long double greenwood;

	while (from < to)
	{
		double		next = to;

		for (int i = 0; i < sample->count; i++)
			if (sample->durations[i] > from && sample->durations[i] < next)
				next = sample->durations[i];
		area += product_until(sample, from, &greenwood) * (next - from);
		from = next;
	}
	return area;
}

static long double
mean_variance(const Sample *sample, double horizon)
{
	long double variance = 0;
	long double before = 0;

	for (double time = 0; time < horizon; time++)
	{
		long double sum;
		long double rest;

		(void) product_until(sample, time, &sum);
		rest = area_from(sample, time, horizon);
		if (sum > before && rest > 0)
			variance += rest * rest * (sum - before);
		before = sum;
	}
	return variance;
}

static void
check_time(const Sample *sample, const IetpSurvival *curve)
{
	long double greenwood;
	long double survival = product_until(sample, curve->time, &greenwood);
	IetpInterval bounds = ietp_survival_log_log(curve, Z95);
	IetpInterval plain = ietp_survival_plain(curve, Z95);
	double		width = Z95 * (double) (sqrtl(greenwood) / logl(survival));

	CHECK(near(curve->survival, (double) survival, 1e-12));
	CHECK(near(ietp_survival_estimate(sample->words, sample->used, curve->time,
									  no_pause), (double) survival, 1e-12));
	if (survival <= 0)
	{
		CHECK(isnan(bounds.lower) && isnan(plain.upper));
		return;
	}
	CHECK(near(ietp_survival_error(curve),
			   (double) (survival * sqrtl(greenwood)), 1e-12));
	CHECK(plain.lower >= 0 && plain.upper <= 1);
	if (survival < 1)
	{
		CHECK(near(bounds.lower, pow((double) survival, exp(-width)), 1e-11));
		CHECK(near(bounds.upper, pow((double) survival, exp(width)), 1e-11));
	}
	else
		CHECK(isnan(bounds.lower) && isnan(bounds.upper));
}

/* Made-up samples with ties, against the definitions. */
static void
check_definitions(void)
{
	static Sample sample;
	unsigned	seed = 1;

	for (int round = 0; round < 40; round++)
	{
		IetpSurvival curve;
		double		error;
		double		mean;

		sample.count = round + 1;
		for (int i = 0; i < sample.count; i++)
		{
			seed = seed * 1103515245 + 12345;
			sample.durations[i] = (seed >> 16) % 30;
			sample.ended[i] = (seed >> 8) % 4 > 0;
		}
		pack(&sample);
		ietp_survival_begin(&curve, sample.words, sample.used, no_pause);
		while (ietp_survival_next(&curve))
			check_time(&sample, &curve);
		mean = ietp_survival_mean(sample.words, sample.used, 12, &error,
								  no_pause);
		if (isnan(mean))
			continue;
		CHECK(near(mean, (double) area_from(&sample, 0, 12), 1e-10));
		CHECK(near(error, (double) sqrtl(mean_variance(&sample, 12)), 1e-9));
	}
}

/* What is no sample is refused, whichever word is wrong. */
static void
check_validity(void)
{
	static Sample sample;
	uint64_t	words[MOST];

	set_sample(&sample, mercaptopurine, 21);
	for (int64_t cut = 0; cut < sample.used; cut++)
		CHECK(!ietp_survival_valid(sample.words, cut));
	for (int64_t i = 0; i < sample.used; i++)
	{
		memcpy(words, sample.words, sample.used * sizeof(uint64_t));
		words[i] = IETP_SURVIVAL_REPEAT;
		CHECK(!ietp_survival_valid(words, sample.used));
		words[i] = UINT64_MAX;
		CHECK(!ietp_survival_valid(words, sample.used));
		words[i] = sample.words[i] + 1000000;
		CHECK(i >= IETP_SURVIVAL_HEADER ||
			  !ietp_survival_valid(words, sample.used));
	}
	words[0] = 0;
	words[1] = 0;
	CHECK(ietp_survival_valid(words, 2));
	CHECK(isnan(ietp_survival_last(words, 2)));
	CHECK(isnan(ietp_survival_estimate(words, 2, 0, no_pause)));
}

int
main(void)
{
	check_published();
	check_uncensored();
	check_definitions();
	check_validity();
	return check_done("survival");
}
