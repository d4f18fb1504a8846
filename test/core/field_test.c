/*-------------------------------------------------------------------------
 *
 * field_test.c
 *		What core/field.c takes and what it refuses.
 *
 * Each value is copied into memory of its very size, so that a sanitizer or
 * valgrind sees a byte read too many.
 *
 * IDENTIFICATION
 *		test/core/field_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "field.h"

#include "check.h"

/* The same bytes without a terminator.  The caller frees them. */
static char *
unterminated(const char *value)
{
	size_t		length = strlen(value);
	char	   *copy = malloc(length > 0 ? length : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, value, length);
	return copy;
}

/* yyyymmdd as one number, or -1. */
static int
date_of(const char *value, FieldOrder order)
{
	char	   *copy = unterminated(value);
	FieldDate	date;
	int			result = -1;

	if (ietp_field_date(copy, strlen(value), order, &date))
		result = date.year * 10000 + date.month * 100 + date.day;
	free(copy);
	return result;
}

static bool
moment_of(const char *value, FieldMoment *moment)
{
	char	   *copy = unterminated(value);
	bool		result;

	result = ietp_field_moment(copy, strlen(value), FIELD_YMD, moment);
	free(copy);
	return result;
}

/* Is the amount of the value as told?  scale -1: it should be refused. */
static bool
amount_is(const char *value, bool negative, int64_t whole, int fraction,
		  int scale)
{
	char	   *copy = unterminated(value);
	FieldAmount amount;
	bool		taken = ietp_field_amount(copy, strlen(value), &amount);

	free(copy);
	if (scale < 0 || !taken)
		return scale < 0 && !taken;
	return amount.negative == negative && amount.whole == whole &&
		amount.fraction == fraction && amount.scale == scale;
}

/* Is the phone number of the value as told?  "": it should be refused. */
static bool
phone_is(const char *value, const char *country, const char *expected)
{
	char	   *copy = unterminated(value);
	char		number[FIELD_PHONE_SIZE];
	size_t		length = ietp_field_phone(copy, strlen(value), country,
										  strlen(country), number);

	free(copy);
	return length == strlen(expected) &&
		memcmp(number, expected, length) == 0;
}

static bool
trimmed_is(const char *value, const char *expected)
{
	char	   *copy = unterminated(value);
	const char *start = copy;
	size_t		length = ietp_field_trim(&start, strlen(value));
	bool		result = length == strlen(expected) &&
	memcmp(start, expected, length) == 0;

	free(copy);
	return result;
}

static void
test_trim(void)
{
	CHECK(trimmed_is("", ""));
	CHECK(trimmed_is("a", "a"));
	CHECK(trimmed_is(" \t\n\v\f\ra b ", "a b"));
	CHECK(trimmed_is("\xE3\x80\x80", ""));
	CHECK(trimmed_is("\xC2\x85\xC2\xA0x\xE1\x9A\x80\xE2\x80\x8A", "x"));
	CHECK(trimmed_is("\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAF\xE2\x81\x9F", ""));
	/* Zero width space and byte order mark are no white space. */
	CHECK(trimmed_is("\xE2\x80\x8B", "\xE2\x80\x8B"));
	CHECK(trimmed_is("\xEF\xBB\xBF", "\xEF\xBB\xBF"));
	/* Broken bytes stay: a cut, a lone continuation, an overlong blank. */
	CHECK(trimmed_is(" \xE3\x80 ", "\xE3\x80"));
	CHECK(trimmed_is(" \x80\x80\x80\x80 ", "\x80\x80\x80\x80"));
	CHECK(trimmed_is("\xC0\xA0", "\xC0\xA0"));
	CHECK(trimmed_is("\xE0\x80\xA0", "\xE0\x80\xA0"));
	/* A blank with a byte too many is none at the end. */
	CHECK(trimmed_is("x\xC2\xA0\x80", "x\xC2\xA0\x80"));
}

static void
test_date(void)
{
	CHECK(date_of("2021-04-30", FIELD_YMD) == 20210430);
	CHECK(date_of(" 2021/4/3 ", FIELD_DMY) == 20210403);
	CHECK(date_of("2021.04.30", FIELD_MDY) == 20210430);
	CHECK(date_of("20210430", FIELD_DMY) == 20210430);
	CHECK(date_of("30/04/2021", FIELD_DMY) == 20210430);
	CHECK(date_of("4-30-2021", FIELD_MDY) == 20210430);
	/* 2021 nian 4 yue 30 ri, the digits of the month full-width */
	CHECK(date_of("2021\xE5\xB9\xB4\xEF\xBC\x94\xE6\x9C\x88"
				  "30\xE6\x97\xA5", FIELD_YMD) == 20210430);
	/* Which days exist is not judged here. */
	CHECK(date_of("0000-99-00", FIELD_YMD) == 9900);

	CHECK(date_of("", FIELD_YMD) == -1);
	CHECK(date_of("2021", FIELD_YMD) == -1);
	CHECK(date_of("2021-", FIELD_YMD) == -1);
	CHECK(date_of("2021-04", FIELD_YMD) == -1);
	CHECK(date_of("2021-04/30", FIELD_YMD) == -1);
	CHECK(date_of("2021-04-301", FIELD_YMD) == -1);
	CHECK(date_of("202104300", FIELD_YMD) == -1);
	CHECK(date_of("30/04/2021", FIELD_YMD) == -1);
	CHECK(date_of("30/04/21", FIELD_DMY) == -1);
	CHECK(date_of("2021\xE5\xB9\xB4" "4\xE6\x9C\x88" "30", FIELD_YMD) == -1);
	CHECK(date_of("2021-04-30\xEF", FIELD_YMD) == -1);
}

static void
test_moment(void)
{
	FieldMoment moment;

	CHECK(moment_of("2021-04-30", &moment));
	CHECK(moment.hour == 0 && moment.second == 0 && !moment.has_offset);
	CHECK(moment_of("2021-04-30T9:05:06.25", &moment));
	CHECK(moment.hour == 9 && moment.minute == 5 && moment.second == 6);
	CHECK(moment.microsecond == 250000 && !moment.has_offset);
	CHECK(moment_of("2021-04-30 23:59:59.999999Z", &moment));
	CHECK(moment.microsecond == 999999);
	CHECK(moment.has_offset && moment.offset == 0);
	CHECK(moment_of("2021-04-30 00:00 -0930", &moment));
	CHECK(moment.has_offset && moment.offset == -34200);
	CHECK(moment_of("2021-04-30 00:00+15:59", &moment));
	CHECK(moment.offset == 57540);

	CHECK(!moment_of("2021-04-30T", &moment));
	CHECK(!moment_of("2021-04-30x09:05", &moment));
	CHECK(!moment_of("2021-04-30T905", &moment));
	CHECK(!moment_of("2021-04-30 09:5", &moment));
	CHECK(!moment_of("2021-04-30 09:05:6", &moment));
	CHECK(!moment_of("2021-04-30 09:05:06.", &moment));
	CHECK(!moment_of("2021-04-30 09:05+08:0", &moment));
	CHECK(!moment_of("2021-02 09:05", &moment));
	CHECK(!moment_of("2021-04-30 24:00", &moment));
	CHECK(!moment_of("2021-04-30 23:60", &moment));
	CHECK(!moment_of("2021-04-30 23:59:60", &moment));
	CHECK(!moment_of("2021-04-30 09:05:06.1234567", &moment));
	CHECK(!moment_of("2021-04-30 09:05+16:00", &moment));
	CHECK(!moment_of("2021-04-30 09:05+08:60", &moment));
	CHECK(!moment_of("2021-04-30 09:05+8", &moment));
	CHECK(!moment_of("2021-04-30 09:05 x", &moment));
}

static void
test_amount(void)
{
	CHECK(amount_is("0", false, 0, 0, 0));
	CHECK(amount_is("-0.00", true, 0, 0, 2));
	CHECK(amount_is("+12.0500", false, 12, 500, 4));
	CHECK(amount_is("1,234,567.8", false, 1234567, 8, 1));
	CHECK(amount_is("1 234", false, 1234, 0, 0));
	CHECK(amount_is("1\xE2\x80\x89" "234", false, 1234, 0, 0));
	CHECK(amount_is("\xE2\x88\x92" "5", true, 5, 0, 0));
	CHECK(amount_is("999999999999999.9999", false,
					INT64_C(999999999999999), 9999, 4));
	CHECK(amount_is("999,999,999,999,999", false,
					INT64_C(999999999999999), 0, 0));

	CHECK(amount_is("", false, 0, 0, -1));
	CHECK(amount_is(".5", false, 0, 0, -1));
	CHECK(amount_is("5.", false, 0, 0, -1));
	CHECK(amount_is("1.23456", false, 0, 0, -1));
	CHECK(amount_is("0,500", false, 0, 0, -1));
	CHECK(amount_is("1,23", false, 0, 0, -1));
	CHECK(amount_is("1,234 567", false, 0, 0, -1));
	CHECK(amount_is("1234,567", false, 0, 0, -1));
	CHECK(amount_is("1234567890123456", false, 0, 0, -1));
	CHECK(amount_is("1,000,000,000,000,000", false, 0, 0, -1));
	CHECK(amount_is("1e3", false, 0, 0, -1));
}

static void
test_phone(void)
{
	CHECK(phone_is("+86 138-0013-8000", "", "+8613800138000"));
	CHECK(phone_is("0086 (138) 0013.8000", "84", "+8613800138000"));
	CHECK(phone_is("+44 (0)20 7946 0000", "", "+442079460000"));
	CHECK(phone_is("0769-2345 6789", "86", "+8676923456789"));
	CHECK(phone_is("4001-583580", "86", "+864001583580"));
	CHECK(phone_is("123456789012345", "", ""));
	CHECK(phone_is("+123456789012345", "", "+123456789012345"));
	CHECK(phone_is("00123456789012345", "", "+123456789012345"));
	CHECK(phone_is("+1234567", "", "+1234567"));
	CHECK(phone_is("9123456789", "91", "+919123456789"));

	CHECK(phone_is("", "86", ""));
	CHECK(phone_is("0", "86", ""));
	CHECK(phone_is("00", "86", ""));
	CHECK(phone_is("+", "86", ""));
	CHECK(phone_is("+123456", "", ""));
	CHECK(phone_is("+1234567890123456", "", ""));
	CHECK(phone_is("123456789012345678", "86", ""));
	CHECK(phone_is("+0123456789", "", ""));
	CHECK(phone_is("1+3800138000", "86", ""));
	CHECK(phone_is("8613800138000", "86", ""));
	CHECK(phone_is("13800138000x", "86", ""));
	CHECK(phone_is("13800138000", "8613", ""));
}

static void
test_code(void)
{
	char		longest[FIELD_CODE_SIZE + 1];

	memset(longest, 'a', sizeof(longest));
	CHECK(ietp_field_code("9.a_B:c-d", 9));
	CHECK(ietp_field_code(longest, FIELD_CODE_SIZE));

	CHECK(!ietp_field_code("", 0));
	CHECK(!ietp_field_code(longest, FIELD_CODE_SIZE + 1));
	CHECK(!ietp_field_code("-a", 2));
	CHECK(!ietp_field_code("a b", 3));
	CHECK(!ietp_field_code("\xEF\xBC\xA1", 3));
}

int
main(void)
{
	test_trim();
	test_date();
	test_moment();
	test_amount();
	test_phone();
	test_code();
	return check_done("field");
}
