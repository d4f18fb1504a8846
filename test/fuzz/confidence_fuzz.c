/*-------------------------------------------------------------------------
 *
 * confidence_fuzz.c
 *		Fuzzer of confidence intervals.
 *
 * Whatever the counts and the confidence, the bounds hold what was observed
 * between them, and those of a higher confidence hold those of a lower one.
 *
 * IDENTIFICATION
 *		test/fuzz/confidence_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "confidence.h"

/* How much rounding may put a bound off, as a part of it. */
#define ROUNDING	1e-9

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Input
{
	uint64_t	n;
	uint64_t	k;
	uint32_t	confidence;
	uint8_t		n_shift;
	uint8_t		k_shift;
} Input;

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static void
check_bounds(IetpBounds narrow, IetpBounds wide, double observed)
{
	double		slack = ROUNDING * (observed + 1e-300);

	require(narrow.lower >= 0 && narrow.lower <= observed + slack);
	require(narrow.upper >= observed - slack);
	require(wide.lower <= narrow.lower * (1 + ROUNDING));
	require(wide.upper >= narrow.upper * (1 - ROUNDING));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {0};
	int64_t		n;
	int64_t		k;
	double		confidence;

	memcpy(&input, data, size < sizeof(input) ? size : sizeof(input));
	n = (int64_t) (input.n >> (2 + input.n_shift % 61)) + 1;
	k = (int64_t) (input.k >> (2 + input.k_shift % 61)) % (n + 1);
	confidence = (input.confidence + 1.0) / 4294967298.0;
	check_bounds(ietp_wilson_bounds(k, n, confidence),
				 ietp_wilson_bounds(k, n, (1 + confidence) / 2),
				 (double) k / (double) n);
	require(ietp_wilson_bounds(k, n, confidence).upper <= 1);
	check_bounds(ietp_poisson_bounds(k, confidence),
				 ietp_poisson_bounds(k, (1 + confidence) / 2), (double) k);
	return 0;
}
