/*-------------------------------------------------------------------------
 *
 * ref.c
 *		Codec of the references that workers dictate over the phone.
 *
 * Reading goes in two steps.  The first turns what was typed into bare
 * symbols, A to Z and 0 to 9, and remembers where the dashes stood; all that
 * is forgiven is forgiven there.  The second compares the symbols with the
 * form of a reference and the check digits with the rest.
 *
 * Nothing here allocates, and no byte beyond the given length is read.
 *
 * IDENTIFICATION
 *		src/core/ref.c
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "ascii.h"
#include "ref.h"

/* What stands before the body of a call's reference. */
#define PREFIX "CALL"
#define PREFIX_LENGTH 4

/* The body: 2 letters, then 4 + 8 digits, then 2 check digits. */
#define YEAR_START 2
#define SERIAL_START 6
#define CHECK_START 14
#define BODY_LENGTH 16
#define MAX_SYMBOLS (PREFIX_LENGTH + BODY_LENGTH)

/* Bit i: a hyphen belongs before symbol i of the body. */
#define BODY_DASHES (1 << 2 | 1 << 6 | 1 << 10 | 1 << 14)

/* Units of the packed number. */
#define YEAR_UNIT INT64_C(100000000)
#define COUNTRY_UNIT INT64_C(1000000000000)
#define KIND_UNIT INT64_C(1000000000000000)
#define COUNTRIES (26 * 26)

/* What fold() makes of characters that are no symbols. */
#define FOLD_SPACE ' '
#define FOLD_EDGE '\n'
#define FOLD_DASH '-'
#define FOLD_NONE '\0'

/* A text while it is read. */
typedef struct RefText
{
	char		symbols[MAX_SYMBOLS];	/* A to Z and 0 to 9 */
	int			count;			/* how many symbols so far */
	int			dashes;			/* bit i: a dash stands before symbol i */
	bool		ended;			/* only white space may follow */
} RefText;

static bool
is_tail(unsigned char byte)
{
	return (byte & 0xC0) == 0x80;
}

/*
 * The code point at *next, which advances; -1 for what is not UTF-8 or lies
 * beyond U+FFFF, where nothing that we accept is found.  Overlong forms are
 * not UTF-8.
 */
static int32_t
next_code_point(const unsigned char **next, const unsigned char *end)
{
	const unsigned char *s = *next;
	int32_t		code;

	if (s[0] < 0x80)
	{
		*next += 1;
		return s[0];
	}
	if (s[0] >= 0xC2 && s[0] <= 0xDF && end - s >= 2 && is_tail(s[1]))
	{
		*next += 2;
		return (s[0] & 0x1F) << 6 | (s[1] & 0x3F);
	}
	if ((s[0] & 0xF0) == 0xE0 && end - s >= 3 &&
		is_tail(s[1]) && is_tail(s[2]))
	{
		*next += 3;
		code = (s[0] & 0x0F) << 12 | (s[1] & 0x3F) << 6 | (s[2] & 0x3F);
		return code >= 0x800 ? code : -1;
	}
	return -1;
}

/*
 * The hyphens and dashes that keyboards, word processors and typesetters put
 * where somebody meant a hyphen.  Not here: the hyphens of other scripts
 * (Armenian, Hebrew, Mongolian, Canadian), wave dashes, and U+30FC, which
 * lengthens a Japanese vowel.  Full-width U+FF0D arrives here as U+002D.
 */
static bool
is_dash(int32_t code)
{
	return code == '-' ||
		code == 0x00AD ||		/* soft hyphen */
		(code >= 0x2010 && code <= 0x2015) ||	/* hyphen to horizontal bar */
		code == 0x2212 ||		/* minus sign */
		code == 0xFE58 ||		/* small em dash */
		code == 0xFE63;			/* small hyphen-minus */
}

/* The space separators of Unicode, category Zs. */
static bool
is_space(int32_t code)
{
	return code == ' ' ||
		code == 0x00A0 ||		/* no-break space */
		code == 0x1680 ||		/* ogham space mark */
		(code >= 0x2000 && code <= 0x200A) ||	/* en quad to hair space */
		code == 0x202F ||		/* narrow no-break space */
		code == 0x205F ||		/* medium mathematical space */
		code == 0x3000;			/* ideographic space */
}

static bool
is_letter(int32_t code)
{
	return code >= 'A' && code <= 'Z';
}

/*
 * The symbol that a code point stands for, or one of the FOLD_ values.  U+FF01
 * to U+FF5E are the full-width twins of ASCII, in the same order.
 */
static char
fold(int32_t code)
{
	if (code >= 0xFF01 && code <= 0xFF5E)
		code -= 0xFF01 - '!';
	if (code >= 'a' && code <= 'z')
		code -= 'a' - 'A';
	if (is_letter(code) || ietp_is_digit(code))
		return (char) code;
	if (is_dash(code))
		return FOLD_DASH;
	if (is_space(code))
		return FOLD_SPACE;
	if (code >= '\t' && code <= '\r')
		return FOLD_EDGE;
	return FOLD_NONE;
}

/*
 * Adds one folded character; false where it cannot stand there.  Tabs and
 * line ends belong to the ends of the text: the first one after a symbol ends
 * it.  Of dashes there is one at most between two symbols; whether it belongs
 * there is has_form()'s business.
 */
static bool
add_character(RefText *typed, char c)
{
	if (c == FOLD_SPACE)
		return true;
	if (c == FOLD_EDGE)
	{
		typed->ended = typed->count > 0;
		return true;
	}
	if (c == FOLD_NONE || typed->ended || typed->count == MAX_SYMBOLS)
		return false;
	if (c != FOLD_DASH)
		typed->symbols[typed->count++] = c;
	else if ((typed->dashes & 1 << typed->count) != 0)
		return false;
	else
		typed->dashes |= 1 << typed->count;
	return true;
}

/* Reads len bytes into *typed; false where some character is not forgiven. */
static bool
read_text(const char *s, size_t len, RefText *typed)
{
	const unsigned char *next = (const unsigned char *) s;
	const unsigned char *end = next + len;

	memset(typed, 0, sizeof(*typed));
	while (next < end)
	{
		int32_t		code = next_code_point(&next, end);

		if (code < 0 || !add_character(typed, fold(code)))
			return false;
	}
	return true;
}

static int
prefix_length(IetpRefKind kind)
{
	return kind == IETP_REF_CALL ? PREFIX_LENGTH : 0;
}

/* Bit i: a hyphen belongs before symbol i of a reference of this kind. */
static int
dash_places(IetpRefKind kind)
{
	if (kind == IETP_REF_CALL)
		return BODY_DASHES << PREFIX_LENGTH | 1 << PREFIX_LENGTH;
	return BODY_DASHES;
}

/* Has the text the form of this kind, whatever its check digits say? */
static bool
has_form(const RefText *typed, IetpRefKind kind)
{
	int			start = prefix_length(kind);
	int			i;

	if (typed->count != start + BODY_LENGTH ||
		memcmp(typed->symbols, PREFIX, (size_t) start) != 0 ||
		(typed->dashes & ~dash_places(kind)) != 0)
		return false;
	for (i = 0; i < BODY_LENGTH; i++)
	{
		char		c = typed->symbols[start + i];

		if (i < YEAR_START ? !is_letter(c) : !ietp_is_digit(c))
			return false;
	}
	return true;
}

static int32_t
get_digits(const char *symbols, int count)
{
	int32_t		number = 0;
	int			i;

	for (i = 0; i < count; i++)
		number = number * 10 + (symbols[i] - '0');
	return number;
}

static void
put_digits(char *symbols, int count, int32_t number)
{
	while (count-- > 0)
	{
		symbols[count] = (char) ('0' + number % 10);
		number /= 10;
	}
}

/* The packed number; the letters must be capitals. */
static int64_t
pack(IetpRefKind kind, const char *letters, int32_t year, int32_t serial)
{
	int			country = 26 * (letters[0] - 'A') + (letters[1] - 'A');

	return (kind == IETP_REF_CALL ? KIND_UNIT : 0) +
		country * COUNTRY_UNIT + year * YEAR_UNIT + serial;
}

/*
 * The number of a text of the right form; false where the check digits are
 * wrong.  We compare digits instead of testing the remainder: 00, 01 and 99
 * would pass as 97, 98 and 02.
 */
static bool
decode(const RefText *typed, IetpRefKind kind, int64_t *value)
{
	const char *body = typed->symbols + prefix_length(kind);
	size_t		covered = (size_t) typed->count - 2;

	if (get_digits(body + CHECK_START, 2) !=
		ietp_ref_check_digits(typed->symbols, covered))
		return false;
	*value = pack(kind, body, get_digits(body + YEAR_START, 4),
				  get_digits(body + SERIAL_START, 8));
	return true;
}

/*
 * Reads a reference from len bytes, which need no terminating zero; *value is
 * set on IETP_REF_OK alone.
 */
IetpRefResult
ietp_ref_parse(const char *s, size_t len, IetpRefKind kind, int64_t *value)
{
	IetpRefKind other = kind == IETP_REF_CASE ? IETP_REF_CALL : IETP_REF_CASE;
	RefText		typed;
	int64_t		ignored;

	if (!read_text(s, len, &typed))
		return IETP_REF_SYNTAX;
	if (has_form(&typed, kind))
		return decode(&typed, kind, value) ? IETP_REF_OK : IETP_REF_CHECK;
	if (has_form(&typed, other) && decode(&typed, other, &ignored))
		return IETP_REF_OTHER_KIND;
	return IETP_REF_SYNTAX;
}

/* The number without its kind. */
static int64_t
without_kind(int64_t value)
{
	return value % KIND_UNIT;
}

/*
 * Writes the symbols of a reference without hyphens, without a terminating
 * zero; returns how many.
 */
static int
put_symbols(int64_t value, IetpRefKind kind, char *symbols)
{
	int64_t		number = without_kind(value);
	int			start = prefix_length(kind);
	char	   *body = symbols + start;
	char		country[IETP_REF_COUNTRY_SIZE];

	ietp_ref_country(value, country);
	memcpy(symbols, PREFIX, (size_t) start);
	memcpy(body, country, YEAR_START);
	put_digits(body + YEAR_START, 4, ietp_ref_year(value));
	put_digits(body + SERIAL_START, 8, (int32_t) (number % YEAR_UNIT));
	put_digits(body + CHECK_START, 2,
			   ietp_ref_check_digits(symbols, (size_t) start + CHECK_START));
	return start + BODY_LENGTH;
}

/*
 * Writes the canonical text of a valid number into buf, which has room for
 * IETP_REF_TEXT_SIZE bytes.
 */
void
ietp_ref_format(int64_t value, IetpRefKind kind, char *buf)
{
	char		symbols[MAX_SYMBOLS];
	int			count = put_symbols(value, kind, symbols);
	int			places = dash_places(kind);
	int			i;

	for (i = 0; i < count; i++)
	{
		if ((places & 1 << i) != 0)
			*buf++ = '-';
		*buf++ = symbols[i];
	}
	*buf = '\0';
}

/* Is this the number of a reference of this kind?  Every number in range is. */
bool
ietp_ref_valid(int64_t value, IetpRefKind kind)
{
	int64_t		lowest = kind == IETP_REF_CALL ? KIND_UNIT : 0;

	return value >= lowest && value < lowest + COUNTRIES * COUNTRY_UNIT;
}

/*
 * Makes a reference of its parts; false, with *value untouched, unless country
 * is two ASCII letters of either case, year 0 to IETP_REF_MAX_YEAR, and serial
 * 0 to IETP_REF_SERIALS - 1.
 */
bool
ietp_ref_make(IetpRefKind kind, const char *country, size_t len,
			  int32_t year, int32_t serial, int64_t *value)
{
	char		letters[YEAR_START];
	int			i;

	if (len != YEAR_START || year < 0 || year > IETP_REF_MAX_YEAR ||
		serial < 0 || serial >= IETP_REF_SERIALS)
		return false;
	for (i = 0; i < YEAR_START; i++)
	{
		letters[i] = fold((unsigned char) country[i]);
		if (!is_letter(letters[i]))
			return false;
	}
	*value = pack(kind, letters, year, serial);
	return true;
}

/* Writes the country of a valid number: two letters and a zero. */
void
ietp_ref_country(int64_t value, char *country)
{
	int			number = (int) (without_kind(value) / COUNTRY_UNIT);

	country[0] = (char) ('A' + number / 26);
	country[1] = (char) ('A' + number % 26);
	country[2] = '\0';
}

/* The year of a valid number. */
int32_t
ietp_ref_year(int64_t value)
{
	return (int32_t) (without_kind(value) / YEAR_UNIT %
					  (IETP_REF_MAX_YEAR + 1));
}

/*
 * The ISO 7064 MOD 97-10 check digits, 2 to 98, of symbols A to Z, which count
 * as 10 to 35, and 0 to 9: appended as two digits they make the whole number 1
 * mod 97.
 */
int32_t
ietp_ref_check_digits(const char *symbols, size_t count)
{
	int32_t		remainder = 0;
	size_t		i;

	for (i = 0; i < count; i++)
	{
		if (is_letter(symbols[i]))
			remainder = (remainder * 100 + (symbols[i] - 'A' + 10)) % 97;
		else
			remainder = (remainder * 10 + (symbols[i] - '0')) % 97;
	}
	return 98 - remainder * 100 % 97;
}
