/*-------------------------------------------------------------------------
 *
 * compound_fuzz.c
 *		Any bytes at all, to core/compound.c.
 *
 * What is matched is within the text, of ASCII, and of a bounded length; and
 * it is found again where the text ends with it.
 *
 * IDENTIFICATION
 *		test/fuzz/compound_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compound.h"

#define LONGEST		254

typedef int (*Match) (const char *bytes, int length);

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
check(Match match, const uint8_t *data, size_t size)
{
	int			length = match((const char *) data, (int) size);
	char	   *alone;

	require(length >= 0 && (size_t) length <= size && length <= LONGEST);
	for (int i = 0; i < length; i++)
		require(data[i] > 0x1F && data[i] < 0x7F);
	alone = malloc(length + 1);
	require(alone != NULL);
	memcpy(alone, data, length);
	require(match(alone, length) == length);
	free(alone);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(ietp_match_email, data, size);
	check(ietp_match_phone, data, size);
	check(ietp_match_code, data, size);
	return 0;
}
