/*-------------------------------------------------------------------------
 *
 * ref_fuzz.c
 *		Fuzzer of the codec of references.
 *
 * Reads the input as a text and as a number.  Whatever is accepted must
 * survive the round trip, and a text of one kind is never one of the other.
 *
 * IDENTIFICATION
 *		test/fuzz/ref_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "ref.h"

/* Above the highest call, so that the limits are tried as well. */
#define KINDS_RANGE INT64_C(2000000000000000)

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const IetpRefKind both_kinds[] = {IETP_REF_CASE, IETP_REF_CALL};

static void
require(bool ok)
{
	if (!ok)
		abort();
}

/* The canonical text of a valid number, its parts, and back. */
static void
fuzz_value(int64_t value, int k)
{
	char		ref[IETP_REF_TEXT_SIZE];
	char		country[IETP_REF_COUNTRY_SIZE];
	int64_t		again;
	int64_t		made;

	ietp_ref_format(value, both_kinds[k], ref);
	require(ietp_ref_parse(ref, strlen(ref), both_kinds[k], &again) ==
			IETP_REF_OK);
	require(again == value);
	require(ietp_ref_parse(ref, strlen(ref), both_kinds[1 - k], &again) ==
			IETP_REF_OTHER_KIND);
	ietp_ref_country(value, country);
	require(ietp_ref_make(both_kinds[k], country, strlen(country),
						  ietp_ref_year(value),
						  (int32_t) (value % IETP_REF_SERIALS), &made));
	require(made == value);
}

static void
fuzz_text(const char *s, size_t len, int k)
{
	int64_t		value;

	if (ietp_ref_parse(s, len, both_kinds[k], &value) != IETP_REF_OK)
		return;
	require(ietp_ref_valid(value, both_kinds[k]));
	require(!ietp_ref_valid(value, both_kinds[1 - k]));
	require(ietp_ref_parse(s, len, both_kinds[1 - k], &value) ==
			IETP_REF_OTHER_KIND);
	fuzz_value(value, k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t		value;
	int			k;

	for (k = 0; k < 2; k++)
	{
		fuzz_text((const char *) data, size, k);
		if (size < sizeof(value))
			continue;
		memcpy(&value, data, sizeof(value));
		if (ietp_ref_valid(value, both_kinds[k]))
			fuzz_value(value, k);
		value %= KINDS_RANGE;	/* brings most numbers near the valid ones */
		if (ietp_ref_valid(value, both_kinds[k]))
			fuzz_value(value, k);
	}
	return 0;
}
