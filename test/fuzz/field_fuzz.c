/*-------------------------------------------------------------------------
 *
 * field_fuzz.c
 *		Any bytes at all, to every reader of core/field.c.
 *
 * Beyond not reading past the end, each result must keep what field.h
 * promises, and white space around a value must not change it.
 *
 * IDENTIFICATION
 *		test/fuzz/field_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "field.h"

/* Ideographic space, no-break space, blank. */
#define BLANKS			"\xE3\x80\x80\xC2\xA0 "
#define BLANKS_LENGTH	6

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts, which the fuzzer reports with the input. */
static void
require(bool condition)
{
	if (!condition)
		abort();
}

/* What every reader made of one text. */
typedef struct FuzzResult
{
	bool		date[3];
	FieldDate	dates[3];
	bool		moment;
	FieldMoment moments;
	bool		amount;
	FieldAmount amounts;
	size_t		phone[2];
	char		phones[2][FIELD_PHONE_SIZE];
} FuzzResult;

/* All of *result is set, so that two of them can be compared. */
static void
read_all(const char *text, size_t length, FuzzResult *result)
{
	int			order;

	memset(result, 0, sizeof(*result));
	for (order = FIELD_YMD; order <= FIELD_MDY; order++)
		result->date[order] = ietp_field_date(text, length, order,
											  &result->dates[order]);
	result->moment = ietp_field_moment(text, length, FIELD_DMY,
									   &result->moments);
	result->amount = ietp_field_amount(text, length, &result->amounts);
	result->phone[0] = ietp_field_phone(text, length, NULL, 0,
										result->phones[0]);
	result->phone[1] = ietp_field_phone(text, length, "86", 2,
										result->phones[1]);
}

static void
require_date(const FieldDate *date)
{
	require(date->year >= 0 && date->year <= 9999);
	require(date->month >= 0 && date->month <= 99);
	require(date->day >= 0 && date->day <= 99);
}

static void
require_moment(const FieldMoment *moment)
{
	require_date(&moment->date);
	require(moment->hour >= 0 && moment->hour <= 23);
	require(moment->minute >= 0 && moment->minute <= 59);
	require(moment->second >= 0 && moment->second <= 59);
	require(moment->microsecond >= 0 && moment->microsecond <= 999999);
	require(moment->has_offset || moment->offset == 0);
	require(abs(moment->offset) < 16 * 3600 && moment->offset % 60 == 0);
}

static void
require_amount(const FieldAmount *amount)
{
	static const int limit[] = {1, 10, 100, 1000, 10000};

	require(amount->scale >= 0 && amount->scale <= FIELD_FRACTION_DIGITS);
	require(amount->whole >= 0 &&
			amount->whole <= INT64_C(999999999999999));
	require(amount->fraction >= 0 && amount->fraction < limit[amount->scale]);
}

static void
require_phone(const char *number, size_t length)
{
	size_t		i;

	require(length > FIELD_PHONE_MIN_DIGITS &&
			length <= FIELD_PHONE_MAX_DIGITS + 1);
	require(number[0] == '+' && number[1] != '0');
	for (i = 1; i < length; i++)
		require(number[i] >= '0' && number[i] <= '9');
}

static void
require_promises(const FuzzResult *result)
{
	int			i;

	for (i = 0; i < 3; i++)
		if (result->date[i])
			require_date(&result->dates[i]);
	if (result->moment)
		require_moment(&result->moments);
	if (result->amount)
		require_amount(&result->amounts);
	for (i = 0; i < 2; i++)
		if (result->phone[i] > 0)
			require_phone(result->phones[i], result->phone[i]);
	/* A date of its own is a moment, too. */
	require(result->moment || !result->date[FIELD_DMY]);
	/* A number that needs no country is the same in any. */
	require(result->phone[0] == 0 ||
			(result->phone[0] == result->phone[1] &&
			 memcmp(result->phones[0], result->phones[1],
					result->phone[0]) == 0));
}

/* The text between blanks.  The caller frees it. */
static char *
between_blanks(const char *text, size_t length)
{
	char	   *padded = malloc(length + 2 * BLANKS_LENGTH);

	require(padded != NULL);
	memcpy(padded, BLANKS, BLANKS_LENGTH);
	memcpy(padded + BLANKS_LENGTH, text, length);
	memcpy(padded + BLANKS_LENGTH + length, BLANKS, BLANKS_LENGTH);
	return padded;
}

/* Trimming takes nothing but the ends, and leaves nothing more to trim. */
static void
require_trim(const char *text, size_t length)
{
	const char *start = text;
	size_t		rest = ietp_field_trim(&start, length);
	const char *again = start;

	require(start >= text &&start + rest <= text +length);
	require(ietp_field_trim(&again, rest) == rest && again == start);
	require(!ietp_field_code(start, rest) ||
			(rest > 0 && rest <= FIELD_CODE_SIZE));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data;
	char	   *padded = between_blanks(text, size);
	FuzzResult	plain;
	FuzzResult	spaced;

	read_all(text, size, &plain);
	require_promises(&plain);
	require_trim(text, size);
	read_all(padded, size + 2 * BLANKS_LENGTH, &spaced);
	require(memcmp(&plain, &spaced, sizeof(plain)) == 0);
	free(padded);
	return 0;
}
