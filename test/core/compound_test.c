/*-------------------------------------------------------------------------
 *
 * compound_test.c
 *		What core/compound.c takes for codes, addresses and phone numbers.
 *
 * Each text is copied into memory of its very size, so that a sanitizer or
 * valgrind sees a byte read too many.
 *
 * IDENTIFICATION
 *		test/core/compound_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "compound.h"

#include "check.h"

typedef int (*Match) (const char *bytes, int length);

/* What of the text is matched at its beginning. */
static const char *
matched(Match match, const char *written)
{
	static char result[2048];
	size_t		length = strlen(written);
	char	   *copy = malloc(length > 0 ? length : 1);
	int			end;

	if (copy == NULL)
		abort();
	memcpy(copy, written, length);
	end = match(copy, (int) length);
	free(copy);
	if (end < 0 || (size_t) end > length)
		return "out of the text";
	memcpy(result, written, end);
	result[end] = '\0';
	return result;
}

#define EMAIL(written) matched(ietp_match_email, written)
#define PHONE(written) matched(ietp_match_phone, written)
#define CODE(written) matched(ietp_match_code, written)

static void
test_emails(void)
{
	CHECK_TEXT(EMAIL("a@b.vn"), "a@b.vn");
	CHECK_TEXT(EMAIL("hr.dept+1@mail.example-firm.com.cn, or call"),
			   "hr.dept+1@mail.example-firm.com.cn");
	CHECK_TEXT(EMAIL("worker@example.org."), "worker@example.org");
	CHECK_TEXT(EMAIL("worker@example"), "");
	CHECK_TEXT(EMAIL("worker@"), "");
	CHECK_TEXT(EMAIL("@example.org"), "");
	CHECK_TEXT(EMAIL("worker"), "");
	CHECK_TEXT(EMAIL(".a@example.org"), "");
	CHECK_TEXT(EMAIL("a b@example.org"), "");
	CHECK_TEXT(EMAIL("a@10.0.0.1"), "");
	CHECK_TEXT(EMAIL(""), "");
}

static void
test_phones(void)
{
	CHECK_TEXT(PHONE("+84 912 345 678"), "+84 912 345 678");
	CHECK_TEXT(PHONE("+8613800138000."), "+8613800138000");
	CHECK_TEXT(PHONE("0912.345.678"), "0912.345.678");
	CHECK_TEXT(PHONE("138-0013-8000"), "138-0013-8000");
	CHECK_TEXT(PHONE("0912345678 0987654321"), "0912345678");
	CHECK_TEXT(PHONE("+84 12"), "");
	CHECK_TEXT(PHONE("+"), "");
	CHECK_TEXT(PHONE("01-02-2021"), "");
	CHECK_TEXT(PHONE("2021-11-26"), "");
	CHECK_TEXT(PHONE("1,500,000"), "");
	CHECK_TEXT(PHONE("0912345678a"), "");
	CHECK_TEXT(PHONE("12345678901"), "");
	CHECK_TEXT(PHONE(""), "");
}

static void
test_codes(void)
{
	CHECK_TEXT(CODE("A-123"), "A-123");
	CHECK_TEXT(CODE("CN-2021-4837-2059-77 is"), "CN-2021-4837-2059-77");
	CHECK_TEXT(CODE("B2/17-x."), "B2/17-x");
	CHECK_TEXT(CODE("COVID-19"), "COVID-19");
	CHECK_TEXT(CODE("A-123-"), "A-123");
	CHECK_TEXT(CODE("A123"), "");
	CHECK_TEXT(CODE("well-known"), "");
	CHECK_TEXT(CODE("10-11"), "");
	CHECK_TEXT(CODE("A--1"), "");
	CHECK_TEXT(CODE("-A1"), "");
	CHECK_TEXT(CODE("A-1_2"), "");
	CHECK_TEXT(CODE(""), "");
}

/* What is longer than anybody writes is nothing of the kind. */
static void
test_long(void)
{
	static char written[1001];

	for (int i = 0; i < 1000; i++)
		written[i] = "a-1"[i % 3];
	CHECK_TEXT(CODE(written), "");
	for (int i = 0; i < 1000; i++)
		written[i] = "ab.@"[i % 4];
	CHECK_TEXT(EMAIL(written), "");
	memset(written, '1', 1000);
	written[0] = '+';
	CHECK_TEXT(PHONE(written), "");
}

int
main(void)
{
	test_emails();
	test_phones();
	test_codes();
	test_long();
	return check_done("compound");
}
