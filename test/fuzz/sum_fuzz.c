/*-------------------------------------------------------------------------
 *
 * sum_fuzz.c
 *		Fuzzer of sums of non-negative doubles.
 *
 * Each five bytes of the input are a number to add - 32 bits, shifted by up to
 * 63 - or say that the oldest one is removed.  The sum must be that of whole
 * numbers of 128 bits, to one unit in the last place; where it is given up, it
 * is made anew as the callers do.
 *
 * IDENTIFICATION
 *		test/fuzz/sum_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sum.h"

#define MAX_TERMS 4096

__extension__ typedef __int128 int128;

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static void
check_sum(const IetpSum *sum, int128 exact)
{
	double		nearest = (double) exact;
	double		unit = nextafter(nearest, INFINITY) - nearest;

	require(fabs(sum->value - nearest) <= unit);
	require(sum->value + sum->rest == sum->value);
}

static void
make_anew(IetpSum *sum, const int128 * terms, int count)
{
	int			i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < count; i++)
		ietp_sum_add(sum, (double) terms[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int128 terms[MAX_TERMS];
	IetpSum		sum = {0};
	int128		exact = 0;
	int			first = 0;
	int			count = 0;

	for (; size >= 5 && count < MAX_TERMS; data += 5, size -= 5)
	{
		uint32_t	bits;

		memcpy(&bits, data + 1, sizeof(bits));
		if (data[0] < 128 || first == count)
		{
			terms[count] = (int128) bits << (data[0] & 63);
			ietp_sum_add(&sum, (double) terms[count]);
			exact += terms[count++];
		}
		else
		{
			exact -= terms[first];
			if (!ietp_sum_remove(&sum, (double) terms[first++]))
				make_anew(&sum, terms + first, count - first);
		}
		check_sum(&sum, exact);
	}
	return 0;
}
