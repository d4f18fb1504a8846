/*-------------------------------------------------------------------------
 *
 * concurrency_fuzz.c
 *		Fuzzer of the sweep over spans of time.
 *
 * The input is moments, of one to eight bytes each.  What is found must agree
 * with a count of the spans at every moment.
 *
 * IDENTIFICATION
 *		test/fuzz/concurrency_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "concurrency.h"

#define MOST_SPANS	200

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static IetpSpan spans[MOST_SPANS];
static int	count;

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static void
pause_now(void)
{
}

static int64_t
count_at(uint64_t moment)
{
	int64_t		running = 0;

	for (int i = 0; i < count; i++)
		running += spans[i].since <= moment && moment < spans[i].until;
	return running;
}

/* Is there a moment with more, or one before "at" with as many? */
static void
check_peak(const IetpConcurrency *result)
{
	require(count_at(result->at) == result->peak);
	require(result->until == IETP_NEVER ||
			count_at(result->until) < result->peak);
	for (int i = 0; i < count; i++)
	{
		uint64_t	since = spans[i].since;
		uint64_t	until = spans[i].until;

		require(count_at(since) <= result->peak);
		require(since >= result->at || count_at(since) < result->peak);
		require(until <= result->at || until >= result->until ||
				count_at(until) == result->peak);
	}
}

/* Reads a moment of as many bytes as the size says. */
static uint64_t
read_moment(const uint8_t **data, size_t *size, size_t bytes)
{
	uint64_t	moment = 0;

	for (; bytes > 0 && *size > 0; bytes--, (*size)--)
		moment = moment << 8 | *(*data)++;
	return moment;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t	scratch[3 * MOST_SPANS];
	IetpConcurrency result;
	size_t		bytes;

	if (size == 0)
		return 0;
	bytes = 1 + data[0] % 8;
	data++;
	size--;
	for (count = 0; count < MOST_SPANS && size > 0;)
	{
		spans[count].since = read_moment(&data, &size, bytes);
		spans[count].until = read_moment(&data, &size, bytes);
		count += spans[count].since < spans[count].until;
	}
	ietp_measure_concurrency(spans, count, scratch, &result, pause_now);
	require((result.peak == 0) == (count == 0));
	if (count > 0)
		check_peak(&result);
	return 0;
}
