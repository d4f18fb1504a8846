/*-------------------------------------------------------------------------
 *
 * plain_test.c
 *		Which word boundaries are plain to core/plain.c.
 *
 * That no plain boundary differs from ICU's is for test/fuzz/tokens_fuzz.c;
 * here is what has to be plain for the sake of speed, and what never is.
 *
 * IDENTIFICATION
 *		test/core/plain_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "plain.h"

#include "check.h"

/* Copies to memory of its very size; what = 'w', 'n', 'b' or 'm'erged. */
static int
plain(char what, const char *bytes)
{
	int			length = (int) strlen(bytes);
	char	   *copy = malloc(length > 0 ? length : 1);
	int			end;

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, length);
	end = what == 'w' ? ietp_plain_word(copy, length) :
		what == 'n' ? ietp_plain_number(copy, length) :
		ietp_plain_blank(copy, length, what == 'm');
	free(copy);
	return end;
}

static void
test_words(void)
{
	CHECK_INT(plain('w', "luong 3"), 5);
	CHECK_INT(plain('w', "lương"), 7);
	CHECK_INT(plain('w', "wages, and"), 5);
	CHECK_INT(plain('w', "wages."), 5);
	CHECK_INT(plain('w', "HR部"), 2);
	/* Letters, digits, marks, and what may join what stands beside it. */
	CHECK_INT(plain('w', "can't"), 0);
	CHECK_INT(plain('w', "U.S."), 0);
	CHECK_INT(plain('w', "A1"), 0);
	CHECK_INT(plain('w', "a_b"), 0);
	CHECK_INT(plain('w', "o\xCC\x81 "), 0);
	CHECK_INT(plain('w', "a\xE2\x80\x8D "), 0);
	CHECK_INT(plain('w', "3 "), 0);
	CHECK_INT(plain('w', ""), 0);
}

static void
test_numbers(void)
{
	CHECK_INT(plain('n', "2021 "), 4);
	CHECK_INT(plain('n', "3个"), 1);
	CHECK_INT(plain('n', "118."), 3);
	CHECK_INT(plain('n', "1,500"), 0);
	CHECK_INT(plain('n', "3a"), 0);
	CHECK_INT(plain('n', "a"), 0);
}

static void
test_blanks(void)
{
	CHECK_INT(plain('b', " a"), 1);
	CHECK_INT(plain('b', " 工"), 1);
	CHECK_INT(plain('b', ", a"), 1);
	CHECK_INT(plain('m', ", a"), 2);
	CHECK_INT(plain('b', "，工"), 3);
	CHECK_INT(plain('b', "  a"), 0);
	CHECK_INT(plain('b', " \xCC\x81"), 0);
	CHECK_INT(plain('b', " "), 0);
	CHECK_INT(plain('b', "a"), 0);
	CHECK_INT(plain('b', ""), 0);
}

/* A run without end is left to whoever cuts it. */
static void
test_long(void)
{
	static char letters[3000];

	memset(letters, 'a', sizeof(letters) - 1);
	CHECK_INT(plain('w', letters), 0);
	memset(letters, '1', sizeof(letters) - 1);
	CHECK_INT(plain('n', letters), 0);
}

int
main(void)
{
	test_words();
	test_numbers();
	test_blanks();
	test_long();
	return check_done("plain");
}
