/*-------------------------------------------------------------------------
 *
 * ref_test.c
 *		Unit test of the codec of references.
 *
 * The oracles are published identifiers for the check digits, long decimal
 * numbers for the rule that a whole reference is 1 mod 97, lists of code
 * points for what is forgiven, and numbers packed by hand for the layout.
 *
 * IDENTIFICATION
 *		test/core/ref_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdint.h>
#include <stdlib.h>

#include "check.h"
#include "ref.h"

#define CASE_TEXT "CN-2021-4837-2059-77"
#define CASE_NUMBER INT64_C(65202148372059)
#define CALL_TEXT "CALL-CN-2021-4837-2059-84"
#define CALL_NUMBER INT64_C(1065202148372059)

#define SAMPLES 500
#define LAST_CODE_POINT 0x10FFFF

static const IetpRefKind both_kinds[] = {IETP_REF_CASE, IETP_REF_CALL};

static IetpRefResult
parse(const char *ref, IetpRefKind kind, int64_t *value)
{
	return ietp_ref_parse(ref, strlen(ref), kind, value);
}

static IetpRefResult
result_of(const char *ref, IetpRefKind kind)
{
	int64_t		value;

	return parse(ref, kind, &value);
}

/* A repeatable sequence of numbers; the constants are those of MMIX. */
static uint64_t
next_random(void)
{
	static uint64_t state = 2021;

	state = state * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return state >> 16;
}

/* The number of some reference: the lowest, the highest, then random ones. */
static int64_t
sample(int i, IetpRefKind kind)
{
	int64_t		base = kind == IETP_REF_CALL ? INT64_C(1000000000000000) : 0;
	int64_t		range = INT64_C(676000000000000);

	if (i == 0)
		return base;
	if (i == 1)
		return base + range - 1;
	return base + (int64_t) (next_random() % (uint64_t) range);
}

/*
 * Check digits of identifiers whose owners published them.  An IBAN or an ISO
 * 11649 reference puts country and check digits first, but computes as if
 * they came last; an LEI ends in its check digits as ours do.
 */
static void
test_published(void)
{
	static const struct
	{
		const char *symbols;
		int			check;
	}			published[] = {
		{"WEST12345698765432GB", 82},
		{"NWBK60161331926819GB", 29},
		{"370400440532013000DE", 89},
		{"20041010050500013M02606FR", 14},
		{"539007547034BE", 68},
		{"86011117947NO", 93},
		{"539007547034RF", 18},
		{"969500KSV493XWY0PS", 33},
		{"5493001KJTIIGC8Y1R", 12},
		{"54930084UKLVMY22DS", 16},
		{"213800WSGIIZCXF1P5", 72},
	};
	size_t		i;

	for (i = 0; i < sizeof(published) / sizeof(published[0]); i++)
		CHECK_INT(ietp_ref_check_digits(published[i].symbols,
										strlen(published[i].symbols)),
				  published[i].check);
}

/* Texts and numbers put together by hand. */
static void
test_layout(void)
{
	static const struct
	{
		const char *ref;
		IetpRefKind kind;
		int64_t		value;
	}			known[] = {
		{CASE_TEXT, IETP_REF_CASE, CASE_NUMBER},
		{"AA-0000-0000-0000-15", IETP_REF_CASE, 0},
		{"ZZ-9999-9999-9999-97", IETP_REF_CASE, INT64_C(675999999999999)},
		{CALL_TEXT, IETP_REF_CALL, CALL_NUMBER},
		{"CALL-AA-0000-0000-0000-22", IETP_REF_CALL,
		INT64_C(1000000000000000)},
		{"CALL-ZZ-9999-9999-9999-07", IETP_REF_CALL,
		INT64_C(1675999999999999)},
	};
	size_t		i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
	{
		char		ref[IETP_REF_TEXT_SIZE];
		int64_t		value = -1;

		CHECK_INT(parse(known[i].ref, known[i].kind, &value), IETP_REF_OK);
		CHECK_INT(value, known[i].value);
		ietp_ref_format(known[i].value, known[i].kind, ref);
		CHECK_TEXT(ref, known[i].ref);
	}
}

static void
test_valid(void)
{
	CHECK(ietp_ref_valid(0, IETP_REF_CASE));
	CHECK(ietp_ref_valid(INT64_C(675999999999999), IETP_REF_CASE));
	CHECK(!ietp_ref_valid(-1, IETP_REF_CASE));
	CHECK(!ietp_ref_valid(INT64_C(676000000000000), IETP_REF_CASE));
	CHECK(!ietp_ref_valid(INT64_MIN, IETP_REF_CASE));
	CHECK(ietp_ref_valid(INT64_C(1000000000000000), IETP_REF_CALL));
	CHECK(ietp_ref_valid(INT64_C(1675999999999999), IETP_REF_CALL));
	CHECK(!ietp_ref_valid(INT64_C(999999999999999), IETP_REF_CALL));
	CHECK(!ietp_ref_valid(INT64_C(1676000000000000), IETP_REF_CALL));
	CHECK(!ietp_ref_valid(INT64_MAX, IETP_REF_CALL));
	CHECK(!ietp_ref_valid(CASE_NUMBER, IETP_REF_CALL));
	CHECK(!ietp_ref_valid(CALL_NUMBER, IETP_REF_CASE));
}

static bool
can_make(const char *country, int32_t year, int32_t serial)
{
	int64_t		value = -1;
	bool		made = ietp_ref_make(IETP_REF_CASE, country, strlen(country),
									 year, serial, &value);

	CHECK(made == (value != -1));
	return made;
}

static void
test_make(void)
{
	int64_t		value;

	CHECK(ietp_ref_make(IETP_REF_CASE, "CN", 2, 2021, 48372059, &value));
	CHECK_INT(value, CASE_NUMBER);
	CHECK(ietp_ref_make(IETP_REF_CALL, "cN", 2, 2021, 48372059, &value));
	CHECK_INT(value, CALL_NUMBER);
	CHECK(can_make("AA", 0, 0));
	CHECK(can_make("zz", 9999, 99999999));
	CHECK(!can_make("ZZ", -1, 0));
	CHECK(!can_make("ZZ", 10000, 0));
	CHECK(!can_make("ZZ", 2021, -1));
	CHECK(!can_make("ZZ", 2021, 100000000));
	CHECK(!can_make("", 2021, 0));
	CHECK(!can_make("C", 2021, 0));
	CHECK(!can_make("CHN", 2021, 0));
	CHECK(!can_make("C1", 2021, 0));
	CHECK(!can_make(" N", 2021, 0));
	CHECK(!can_make("@N", 2021, 0));
	CHECK(!can_make("[N", 2021, 0));
	CHECK(!can_make("C\xC3", 2021, 0));
}

static void
test_parts(void)
{
	char		country[IETP_REF_COUNTRY_SIZE];

	ietp_ref_country(CASE_NUMBER, country);
	CHECK_TEXT(country, "CN");
	ietp_ref_country(CALL_NUMBER, country);
	CHECK_TEXT(country, "CN");
	ietp_ref_country(INT64_C(1675999999999999), country);
	CHECK_TEXT(country, "ZZ");
	CHECK_INT(ietp_ref_year(CASE_NUMBER), 2021);
	CHECK_INT(ietp_ref_year(CALL_NUMBER), 2021);
	CHECK_INT(ietp_ref_year(0), 0);
	CHECK_INT(ietp_ref_year(INT64_C(675999999999999)), 9999);
}

/*
 * The text as one long decimal number, A written as 10 and Z as 35, modulo 97.
 * Its last 18 digits are the 16 symbols from the country on.
 */
static int
long_number_mod_97(const char *ref)
{
	char		digits[64] = "";
	char		tail[19];
	size_t		n = 0;
	size_t		front;

	for (; *ref != '\0'; ref++)
	{
		if (*ref >= 'A')
			n += (size_t) sprintf(digits + n, "%d", *ref - 'A' + 10);
		else if (*ref != '-')
			digits[n++] = *ref;
	}
	digits[n] = '\0';
	front = n - 18;
	memcpy(tail, digits + front, sizeof(tail));
	digits[front] = '\0';
	return (int) ((strtoull(digits, NULL, 10) *
				   (UINT64_C(1000000000000000000) % 97) +
				   strtoull(tail, NULL, 10) % 97) % 97);
}

static void
test_round_trip(void)
{
	int			i;
	int			k;

	for (i = 0; i < SAMPLES; i++)
	{
		for (k = 0; k < 2; k++)
		{
			int64_t		value = sample(i, both_kinds[k]);
			int64_t		again = -1;
			char		ref[IETP_REF_TEXT_SIZE];

			ietp_ref_format(value, both_kinds[k], ref);
			CHECK_INT(parse(ref, both_kinds[k], &again), IETP_REF_OK);
			CHECK_INT(again, value);
			CHECK_INT(result_of(ref, both_kinds[1 - k]),
					  IETP_REF_OTHER_KIND);
			CHECK_INT(long_number_mod_97(ref), 1);
		}
	}
}

/* Any pair of numbers is ordered as their texts are. */
static void
test_order(void)
{
	int			i;
	int			k;

	for (i = 0; i < SAMPLES; i++)
	{
		for (k = 0; k < 2; k++)
		{
			int64_t		a = sample(i, both_kinds[k]);
			int64_t		b = i % 2 == 0 ? sample(i + 1, both_kinds[k]) : a - 1;
			char		a_text[IETP_REF_TEXT_SIZE];
			char		b_text[IETP_REF_TEXT_SIZE];

			ietp_ref_format(a, both_kinds[k], a_text);
			ietp_ref_format(b, both_kinds[k], b_text);
			CHECK((a < b) == (strcmp(a_text, b_text) < 0));
			CHECK((a > b) == (strcmp(a_text, b_text) > 0));
		}
	}
}

/* Every symbol replaced by every other one. */
static void
check_substitutions(const char *ref, IetpRefKind kind)
{
	static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	char		changed[IETP_REF_TEXT_SIZE];
	const char *symbol;
	size_t		i;

	for (i = 0; ref[i] != '\0'; i++)
	{
		for (symbol = symbols; *symbol != '\0'; symbol++)
		{
			if (ref[i] == '-' || ref[i] == *symbol)
				continue;
			strcpy(changed, ref);
			changed[i] = *symbol;
			CHECK(result_of(changed, kind) == IETP_REF_SYNTAX ||
				  result_of(changed, kind) == IETP_REF_CHECK);
		}
	}
}

/* Every pair of neighbouring symbols swapped, over a hyphen as well. */
static void
check_transpositions(const char *ref, IetpRefKind kind)
{
	char		changed[IETP_REF_TEXT_SIZE];
	size_t		i;

	for (i = 0; ref[i + 1] != '\0'; i++)
	{
		size_t		j = ref[i + 1] == '-' ? i + 2 : i + 1;

		if (ref[i] == '-' || ref[i] == ref[j])
			continue;
		strcpy(changed, ref);
		changed[i] = ref[j];
		changed[j] = ref[i];

		CHECK(result_of(changed, kind) == IETP_REF_SYNTAX ||
			  result_of(changed, kind) == IETP_REF_CHECK);
	}
}

static void
test_detection(void)
{
	int			i;
	int			k;

	for (i = 0; i < SAMPLES; i++)
	{
		for (k = 0; k < 2; k++)
		{
			char		ref[IETP_REF_TEXT_SIZE];

			ietp_ref_format(sample(i, both_kinds[k]), both_kinds[k], ref);
			check_substitutions(ref, both_kinds[k]);
			check_transpositions(ref, both_kinds[k]);
		}
	}
}

/*
 * CALL added to a case's text, or dropped from a call's, never passes.  With
 * R for the symbols after it, CALL adds 12102121 * 10^18 to the number R;
 * both would be 1 mod 97 only if 97 divided that.  Serials 0 to 999 go
 * through every remainder as well.
 */
static void
test_call_added_or_dropped(void)
{
	char		ref[IETP_REF_TEXT_SIZE + sizeof("CALL-")];
	int64_t		value;
	int32_t		serial;

	CHECK(12102121 % 97 != 0 && UINT64_C(1000000000000000000) % 97 != 0);
	for (serial = 0; serial < 1000; serial++)
	{
		CHECK(ietp_ref_make(IETP_REF_CASE, "BD", 2, 2019, serial, &value));
		strcpy(ref, "CALL-");
		ietp_ref_format(value, IETP_REF_CASE, ref + strlen("CALL-"));
		CHECK_INT(result_of(ref, IETP_REF_CALL), IETP_REF_CHECK);
		CHECK_INT(result_of(ref, IETP_REF_CASE), IETP_REF_SYNTAX);

		CHECK(ietp_ref_make(IETP_REF_CALL, "BD", 2, 2019, serial, &value));
		ietp_ref_format(value, IETP_REF_CALL, ref);
		CHECK_INT(result_of(ref + strlen("CALL-"), IETP_REF_CASE),
				  IETP_REF_CHECK);
		CHECK_INT(result_of(ref + strlen("CALL-"), IETP_REF_CALL),
				  IETP_REF_SYNTAX);
	}
}

/* Congruent check digits outside 02 to 98 are wrong, and so are all others. */
static void
test_check_digits(void)
{
	char		ref[IETP_REF_TEXT_SIZE];
	int32_t		serial;
	int			check;

	for (serial = 0; serial < 200; serial++)
	{
		int			accepted = 0;

		for (check = 0; check < 100; check++)
		{
			sprintf(ref, "VN-2022-0000-%04d-%02d", (int) serial, check);
			if (result_of(ref, IETP_REF_CASE) != IETP_REF_OK)
				continue;
			accepted++;
			CHECK(check >= 2 && check <= 98);
		}
		CHECK_INT(accepted, 1);
	}
}

static void
test_forgiven(void)
{
	static const char *const spellings[] = {
		"cn-2021-4837-2059-77",
		"Cn-2021-4837-2059-77",
		"CN2021 4837 2059 77",
		"CN2021483720" "5977",
		"CN-20214837205977",
		"CN2021-4837205977",
		"CN 20 21 48 37 20 59 77",
		"C N - 2 0 2 1 - 4 8 3 7 - 2 0 5 9 - 7 7",
		"  CN-2021-4837-2059-77  ",
		"\t\n\v\f\r CN-2021-4837-2059-77 \t\n\v\f\r",
		"\r\nCN-2021-4837-2059-77\r\n",
		"CN -2021- 4837 - 2059-77",
		"CN\xE2\x80\x91" "2021\xE2\x80\x93" "4837\xE2\x88\x92" "2059\xC2\xAD" "77",
		"CN\xC2\xA0" "2021\xE2\x80\xAF" "4837\xE3\x80\x80" "2059-77",
		"\xEF\xBC\xA3\xEF\xBC\xAE\xEF\xBC\x8D\xEF\xBC\x92\xEF\xBC\x90"
		"\xEF\xBC\x92\xEF\xBC\x91-4837-2059-77",
		"\xEF\xBD\x83\xEF\xBD\x8E-2021-4837-2059-77",
	};
	static const char *const call_spellings[] = {
		"call-cn-2021-4837-2059-84",
		"CALLCN202148372059" "84",
		"Call CN 2021 4837 2059 84",
		"C A L L-CN-2021-4837-2059-84",
		"\xEF\xBC\xA3\xEF\xBC\xA1LL\xE2\x80\x94" "CN-2021-4837-2059-84",
	};
	int64_t		value;
	size_t		i;

	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
	{
		CHECK_INT(parse(spellings[i], IETP_REF_CASE, &value), IETP_REF_OK);
		CHECK_INT(value, CASE_NUMBER);
	}
	for (i = 0; i < sizeof(call_spellings) / sizeof(call_spellings[0]); i++)
	{
		CHECK_INT(parse(call_spellings[i], IETP_REF_CALL, &value),
				  IETP_REF_OK);
		CHECK_INT(value, CALL_NUMBER);
	}
}

static void
test_refused(void)
{
	static const char *const spellings[] = {
		"", " ", "-", "\n", "CN", "C", "77", "CALL", "CALL-", "NULL",
		"CN-2021-4837-2059",	/* no check digits */
		"CN-2021-4837-2059-7",
		"CN-2021-4837-2059-777",	/* one digit too many */
		"CN-2021-4837-2059-77-",	/* trailing garbage */
		"CN-2021-4837-2059-77x",
		"CN-2021-4837-2059-77.",
		"CN-2021-4837-2059-77\n1",
		"CN-2021-4837-2059-77 CN",
		"-CN-2021-4837-2059-77",	/* dashes where none belongs */
		"C-N-2021-4837-2059-77",
		"CN-20-21-4837-2059-77",
		"CN-2021-4837-2059-7-7",
		"CN--2021-4837-2059-77",
		"CN-\xC2\xAD" "2021-4837-2059-77",
		"CN- -2021-4837-2059-77",
		"CN_2021_4837_2059_77", /* other separators */
		"CN.2021.4837.2059.77",
		"CN/2021/4837/2059/77",
		"CN-2021-4837\t2059-77",	/* a tab or line end inside */
		"CN-2021-\n4837-2059-77",
		"CN-\n2021-4837-2059-77",
		"CN-2O21-4837-2059-77", /* O for 0, l for 1 */
		"CN-202l-4837-2059-77",
		"C1-2021-4837-2059-77",
		"2021-4837-2059-77",
		"CHN-2021-4837-2059-77",
		"CASE-CN-2021-4837-2059-77",
		"#CN-2021-4837-2059-77",
		"\"CN-2021-4837-2059-77\"",
		"\xD0\xA1N-2021-4837-2059-77",	/* Cyrillic S */
		"CN-2021-4837-2059-\xD9\xA7\xD9\xA7",	/* Arabic digits */
		"CN\xE3\x83\xBC" "2021-4837-2059-77",	/* U+30FC */
		"CN-2021-4837-2059-77\xE2\x80\x8B", /* zero width space */
		"\xEF\xBB\xBF" "CN-2021-4837-2059-77",	/* byte order mark */
		"CN-2021-4837-2059-7\xF0\x9D\x9F\x95",	/* mathematical 7 */
		"CN\xC0\xAD" "2021-4837-2059-77",	/* overlong U+002D */
		"CN\xE0\x80\xAD" "2021-4837-2059-77",
		"CN\xC1\x8E" "2021-4837-2059-77",
		"CN\xC2-2021-4837-2059-77", /* a byte too early */
		"CN\xE2\x80P2021-4837-2059-77",
		"CN\xE2@\x90" "2021-4837-2059-77",
		"CN\x80" "2021-4837-2059-77",	/* not UTF-8 */
		"CN\xFF" "2021-4837-2059-77",
		"CN-2021-4837-2059-77\xC2", /* cut short */
		"CN-2021-4837-2059-77\xE2\x80",
		"CALL-CALL-CN-2021-4837-2059-84",
		"CALM-CN-2021-4837-2059-84",
		"CA-LL-CN-2021-4837-2059-84",
		"-CALL-CN-2021-4837-2059-84",
		"CALL--CN-2021-4837-2059-84",
		"CALL-CN-2021-4837-2059-84-",
		"CN-2021-4837-2059-84-CALL",
	};
	int64_t		value = -1;
	size_t		i;

	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
	{
		CHECK_INT(parse(spellings[i], IETP_REF_CASE, &value),
				  IETP_REF_SYNTAX);
		CHECK_INT(parse(spellings[i], IETP_REF_CALL, &value),
				  IETP_REF_SYNTAX);
	}
	CHECK_INT(parse("CN-2021-4837-2059-78", IETP_REF_CASE, &value),
			  IETP_REF_CHECK);
	CHECK_INT(value, -1);
}

/* Writes a code point in UTF-8, without a terminating zero. */
static size_t
put_code_point(int32_t code, char *s)
{
	if (code < 0x80)
	{
		s[0] = (char) code;
		return 1;
	}
	if (code < 0x800)
	{
		s[0] = (char) (0xC0 | code >> 6);
		s[1] = (char) (0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000)
	{
		s[0] = (char) (0xE0 | code >> 12);
		s[1] = (char) (0x80 | (code >> 6 & 0x3F));
		s[2] = (char) (0x80 | (code & 0x3F));
		return 3;
	}
	s[0] = (char) (0xF0 | code >> 18);
	s[1] = (char) (0x80 | (code >> 12 & 0x3F));
	s[2] = (char) (0x80 | (code >> 6 & 0x3F));
	s[3] = (char) (0x80 | (code & 0x3F));
	return 4;
}

static bool
is_listed(int32_t code, const int32_t *list)
{
	while (*list >= 0)
	{
		if (*list++ == code)
			return true;
	}
	return false;
}

/*
 * Puts each character of Unicode between before and after: exactly the listed
 * ones give the case of CASE_TEXT.
 */
static void
check_every_character(const char *before, const char *after,
					  const int32_t *accepted)
{
	int32_t		code;

	for (code = 0; code <= LAST_CODE_POINT; code++)
	{
		char		ref[64];
		size_t		len = strlen(before);
		int64_t		value = -1;
		bool		ok;

		memcpy(ref, before, len);
		len += put_code_point(code, ref + len);
		memcpy(ref + len, after, strlen(after));
		len += strlen(after);
		ok = ietp_ref_parse(ref, len, IETP_REF_CASE, &value) == IETP_REF_OK;
		CHECK_INT(ok ? code : -1, is_listed(code, accepted) ? code : -1);
		CHECK_INT(value, ok ? CASE_NUMBER : -1);
	}
}

#define SPACES \
	0x20, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, \
	0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x202F, 0x205F, 0x3000
#define DASHES \
	0x2D, 0xAD, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, \
	0xFE58, 0xFE63, 0xFF0D
#define EDGES 0x09, 0x0A, 0x0B, 0x0C, 0x0D

static void
test_every_character(void)
{
	static const int32_t separators[] = {SPACES, DASHES, -1};
	static const int32_t spaces[] = {SPACES, -1};
	static const int32_t ends[] = {SPACES, EDGES, -1};
	static const int32_t eights[] = {'8', 0xFF18, -1};
	static const int32_t letters[] = {'N', 'n', 0xFF2E, 0xFF4E, -1};

	check_every_character("CN", "2021-4837-2059-77", separators);
	check_every_character("CN-2021-48", "37-2059-77", spaces);
	check_every_character("CN-", "2021-4837-2059-77", spaces);
	check_every_character("", CASE_TEXT, ends);
	check_every_character(CASE_TEXT, "", ends);
	check_every_character("CN-2021-4", "37-2059-77", eights);
	check_every_character("C", "-2021-4837-2059-77", letters);
}

/* The length counts, not a terminating zero. */
static void
test_length(void)
{
	static const char longer[] = CASE_TEXT "99 and more";
	static const char zero[] = CASE_TEXT "\0";
	size_t		len = strlen(CASE_TEXT);
	int64_t		value = -1;
	size_t		i;

	for (i = 0; i < len; i++)
		CHECK_INT(ietp_ref_parse(CASE_TEXT, i, IETP_REF_CASE, &value),
				  IETP_REF_SYNTAX);
	CHECK_INT(ietp_ref_parse(longer, len, IETP_REF_CASE, &value),
			  IETP_REF_OK);
	CHECK_INT(value, CASE_NUMBER);
	CHECK_INT(ietp_ref_parse(zero, len + 1, IETP_REF_CASE, &value),
			  IETP_REF_SYNTAX);
}

int
main(void)
{
	test_published();
	test_layout();
	test_valid();
	test_make();
	test_parts();
	test_round_trip();
	test_order();
	test_detection();
	test_call_added_or_dropped();
	test_check_digits();
	test_forgiven();
	test_refused();
	test_every_character();
	test_length();
	return check_done("ref");
}
