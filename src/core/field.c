/*-------------------------------------------------------------------------
 *
 * field.c
 *		Reads one field of a real file: dates, times, amounts, numbers.
 *
 * People type what their keyboard gives: a Chinese input method writes
 * full-width digits and signs.  So a reader hands out one character at a
 * time, with full-width forms folded to ASCII, and small recursive-descent
 * functions take what they know.  Nothing is guessed: what has two readings
 * is refused, unless the caller has named the order of its parts.
 *
 * Only the way a value is written is judged here.  Whether a day exists is
 * for the server's calendar to say.
 *
 * IDENTIFICATION
 *		src/core/field.c
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "ascii.h"
#include "field.h"

#define END_OF_FIELD		(-1)
#define NO_CHARACTER		0xFFFD

#define YEAR_SIGN			0x5E74	/* CJK "year", after the year */
#define MONTH_SIGN			0x6708
#define DAY_SIGN			0x65E5

#define NO_BREAK_SPACE		0x00A0
#define THIN_SPACE			0x2009
#define NARROW_NO_BREAK_SPACE 0x202F
#define HYPHEN				0x2010	/* up to EN_DASH, all look like one */
#define EN_DASH				0x2013
#define MINUS_SIGN			0x2212

#define MAX_OFFSET_HOUR		15	/* as PostgreSQL has it */

/* Room for the digits of a phone number behind an exit code "00". */
#define MAX_DIALLED			(FIELD_PHONE_MAX_DIGITS + 2)

typedef struct FieldReader
{
	const unsigned char *at;	/* first byte behind c */
	const unsigned char *end;
	int32_t		c;				/* the character to be read next, folded */
} FieldReader;

/* What a phone number holds once its punctuation is gone. */
typedef struct FieldDialled
{
	char		digits[MAX_DIALLED];
	int			count;
	bool		plus;
	int			bracket;		/* count at the last "(", or -1 */
} FieldDialled;

static bool
is_continuation(unsigned char byte)
{
	return (byte & 0xC0) == 0x80;
}

/*
 * The character at "at", which is before "end", and its length in bytes.
 * Every character that means anything in a field has at most three bytes in
 * UTF-8; longer, overlong and broken ones all come out as NO_CHARACTER.
 */
static int32_t
decode(const unsigned char *at, const unsigned char *end, int *length)
{
	*length = 1;
	if (at[0] < 0x80)
		return at[0];
	if (at[0] >= 0xC2 && at[0] <= 0xDF &&
		end - at >= 2 && is_continuation(at[1]))
	{
		*length = 2;
		return ((at[0] & 0x1F) << 6) | (at[1] & 0x3F);
	}
	if ((at[0] & 0xF0) == 0xE0 &&
		end - at >= 3 && is_continuation(at[1]) && is_continuation(at[2]))
	{
		int32_t		c = ((at[0] & 0x0F) << 12) | ((at[1] & 0x3F) << 6) |
		(at[2] & 0x3F);

		if (c >= 0x800)
		{
			*length = 3;
			return c;
		}
	}
	return NO_CHARACTER;
}

/* Has c Unicode's property White_Space?  A closed set of 25 characters. */
static bool
is_blank(int32_t c)
{
	if (c < 0x80)
		return c == ' ' || (c >= '\t' && c <= '\r');
	return c == 0x85 || c == NO_BREAK_SPACE || c == 0x1680 ||
		(c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
		c == NARROW_NO_BREAK_SPACE || c == 0x205F || c == 0x3000;
}

/*
 * Length of the blank that the text ends with, 0 where it ends otherwise.
 * A blank of several bytes counts only if its last byte is the text's.
 */
static int
trailing_blank(const unsigned char *start, const unsigned char *end)
{
	int			back = 1;
	int			length;

	while (back < 3 && end - start > back && is_continuation(end[-back]))
		back++;
	return is_blank(decode(end - back, end, &length)) && length == back ?
		back : 0;
}

/*
 * Sets *text behind the white space it begins with and returns the length of
 * what remains without the white space at its end.
 */
size_t
ietp_field_trim(const char **text, size_t length)
{
	const unsigned char *start = (const unsigned char *) *text;
	const unsigned char *end = start + length;
	int			blank;

	while (start < end && is_blank(decode(start, end, &blank)))
		start += blank;
	while (start < end && (blank = trailing_blank(start, end)) > 0)
		end -= blank;
	*text = (const char *) start;
	return (size_t) (end - start);
}

/* Full-width forms become the ASCII they widen, the minus sign a hyphen. */
static int32_t
fold(int32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		return c - 0xFEE0;
	return c == MINUS_SIGN ? '-' : c;
}

static void
advance(FieldReader *reader)
{
	int			length;

	if (reader->at >= reader->end)
		reader->c = END_OF_FIELD;
	else if (*reader->at < 0x80)
		reader->c = *reader->at++;
	else
	{
		reader->c = fold(decode(reader->at, reader->end, &length));
		reader->at += length;
	}
}

/* A reader of the text without the white space around it. */
static FieldReader
open_reader(const char *text, size_t length)
{
	FieldReader reader;

	length = ietp_field_trim(&text, length);
	reader.at = (const unsigned char *) text;

	reader.end = reader.at + length;
	advance(&reader);
	return reader;
}

/* Reads c, if it comes next. */
static bool
take(FieldReader *reader, int32_t c)
{
	if (reader->c != c)
		return false;
	advance(reader);
	return true;
}

/* Reads up to "most" (at most 18) digits and returns how many there were. */
static int
take_digits(FieldReader *reader, int most, int64_t *value)
{
	int			count = 0;

	*value = 0;
	while (count < most && ietp_is_digit(reader->c))
	{
		*value = *value * 10 + (reader->c - '0');
		advance(reader);
		count++;
	}
	return count;
}

/* Reads a number of "least" to "most" (at most 9) digits. */
static bool
take_number(FieldReader *reader, int least, int most, int *number)
{
	int64_t		value;
	int			count = take_digits(reader, most, &value);

	*number = (int) value;
	return count >= least;
}

/* Reads the sign between two parts of a date, and returns it, or 0. */
static int32_t
take_date_sign(FieldReader *reader)
{
	int32_t		sign = reader->c;

	if (sign != '-' && sign != '/' && sign != '.')
		return 0;
	advance(reader);
	return sign;
}

/* What follows the year in "2021-4-30" and in its Chinese form. */
static bool
take_month_and_day(FieldReader *reader, FieldDate *date)
{
	bool		chinese = take(reader, YEAR_SIGN);
	int32_t		sign = chinese ? MONTH_SIGN : take_date_sign(reader);

	return sign != 0 &&
		take_number(reader, 1, 2, &date->month) && take(reader, sign) &&
		take_number(reader, 1, 2, &date->day) &&
		(!chinese || take(reader, DAY_SIGN));
}

/* What follows the first number in "30/4/2021" or "4/30/2021". */
static bool
take_second_and_year(FieldReader *reader, int *second, int *year)
{
	int32_t		sign = take_date_sign(reader);

	return sign != 0 &&
		take_number(reader, 1, 2, second) && take(reader, sign) &&
		take_number(reader, 4, 4, year);
}

/*
 * A year of four digits that stands first can be told from the rest, so that
 * form is good whatever the order.
 */
static bool
take_date(FieldReader *reader, FieldOrder order, FieldDate *date)
{
	int64_t		first;
	int			digits = take_digits(reader, 8, &first);

	if (digits == 8)
	{
		date->year = (int) (first / 10000);
		date->month = (int) (first / 100 % 100);
		date->day = (int) (first % 100);
		return true;
	}
	if (digits == 4)
	{
		date->year = (int) first;
		return take_month_and_day(reader, date);
	}
	if (digits < 1 || digits > 2 || order == FIELD_YMD)
		return false;
	if (order == FIELD_DMY)
	{
		date->day = (int) first;
		return take_second_and_year(reader, &date->month, &date->year);
	}
	date->month = (int) first;
	return take_second_and_year(reader, &date->day, &date->year);
}

/* Sets *date and returns true where the text is one date and nothing else. */
bool
ietp_field_date(const char *text, size_t length, FieldOrder order,
				FieldDate *date)
{
	FieldReader reader = open_reader(text, length);

	return take_date(&reader, order, date) && reader.c == END_OF_FIELD;
}

/*
 * Reads the digits behind the seconds' point.  More than six are refused, as
 * the value could not be kept.
 */
static bool
take_microsecond(FieldReader *reader, int *microsecond)
{
	int64_t		value;
	int			digits = take_digits(reader, 6, &value);

	if (digits == 0)
		return false;
	for (; digits < 6; digits++)
		value *= 10;
	*microsecond = (int) value;
	return true;
}

/*
 * Neither 24:00 nor a leap second: both would come out as another moment
 * than the one written.
 */
static bool
take_time(FieldReader *reader, FieldMoment *moment)
{
	if (!take_number(reader, 1, 2, &moment->hour) || !take(reader, ':') ||
		!take_number(reader, 2, 2, &moment->minute))
		return false;
	if (take(reader, ':'))
	{
		if (!take_number(reader, 2, 2, &moment->second))
			return false;
		if (take(reader, '.') &&
			!take_microsecond(reader, &moment->microsecond))
			return false;
	}
	return moment->hour < 24 && moment->minute < 60 && moment->second < 60;
}

/* Reads +08, +0800 or +08:00. */
static bool
take_signed_offset(FieldReader *reader, FieldMoment *moment)
{
	bool		west = reader->c == '-';
	int			hour;
	int			minute = 0;

	advance(reader);
	if (!take_number(reader, 2, 2, &hour))
		return false;
	if ((take(reader, ':') || ietp_is_digit(reader->c)) &&
		!take_number(reader, 2, 2, &minute))
		return false;
	moment->offset = (hour * 60 + minute) * (west ? -60 : 60);
	return hour <= MAX_OFFSET_HOUR && minute < 60;
}

/* Reads what may follow the time: nothing, Z, or an offset from UTC. */
static bool
take_offset(FieldReader *reader, FieldMoment *moment)
{
	if (reader->c == END_OF_FIELD)
		return true;
	if (is_blank(reader->c))
		advance(reader);
	moment->has_offset = true;
	if (take(reader, 'Z') || take(reader, 'z'))
		return true;
	return (reader->c == '+' || reader->c == '-') &&
		take_signed_offset(reader, moment);
}

/*
 * Sets *moment and returns true where the text is a date, or a date and a
 * time of day, and nothing else.
 */
bool
ietp_field_moment(const char *text, size_t length, FieldOrder order,
				  FieldMoment *moment)
{
	FieldReader reader = open_reader(text, length);

	memset(moment, 0, sizeof(*moment));
	if (!take_date(&reader, order, &moment->date))
		return false;
	if (reader.c == END_OF_FIELD)
		return true;
	if (reader.c != 'T' && reader.c != 't' && !is_blank(reader.c))
		return false;
	advance(&reader);
	return take_time(&reader, moment) && take_offset(&reader, moment) &&
		reader.c == END_OF_FIELD;
}

/* May c stand between thousands?  The point may not: it is the decimal one. */
static bool
is_group_mark(int32_t c)
{
	return c == ',' || c == ' ' || c == NO_BREAK_SPACE || c == THIN_SPACE ||
		c == NARROW_NO_BREAK_SPACE;
}

/*
 * Reads the digits before the decimal point, all of one group or in groups
 * of three behind one and the same mark.  "0,500" is refused: no one groups
 * it so, it is a half with a decimal comma.
 */
static bool
take_whole(FieldReader *reader, int64_t *whole)
{
	bool		leading_zero = reader->c == '0';
	int			digits = take_digits(reader, FIELD_WHOLE_DIGITS, whole);
	int32_t		mark = reader->c;
	int			group;

	if (digits == 0)
		return false;
	if (!is_group_mark(mark))
		return true;
	if (digits > 3 || leading_zero)
		return false;
	while (take(reader, mark))
	{
		digits += 3;
		if (digits > FIELD_WHOLE_DIGITS ||
			!take_number(reader, 3, 3, &group))
			return false;
		*whole = *whole * 1000 + group;
	}
	return true;
}

/*
 * Sets *amount and returns true where the text is one decimal number in
 * plain notation and nothing else.
 */
bool
ietp_field_amount(const char *text, size_t length, FieldAmount *amount)
{
	FieldReader reader = open_reader(text, length);
	int64_t		fraction = 0;

	amount->scale = 0;
	amount->negative = reader.c == '-';
	if (reader.c == '-' || reader.c == '+')
		advance(&reader);
	if (!take_whole(&reader, &amount->whole))
		return false;
	if (take(&reader, '.'))
	{
		amount->scale = take_digits(&reader, FIELD_FRACTION_DIGITS,
									&fraction);
		if (amount->scale == 0)
			return false;
	}
	amount->fraction = (int) fraction;
	return reader.c == END_OF_FIELD;
}

static bool
begins_with_exit_code(const FieldDialled *dialled)
{
	return dialled->count >= 2 &&
		dialled->digits[0] == '0' && dialled->digits[1] == '0';
}

/*
 * In "+44 (0)20 ..." the zero in brackets is dialled only at home; behind a
 * country code it is no part of the number.
 */
static void
drop_trunk_in_brackets(FieldDialled *dialled)
{
	if ((dialled->plus || begins_with_exit_code(dialled)) &&
		dialled->bracket > 0 && dialled->count == dialled->bracket + 1 &&
		dialled->digits[dialled->bracket] == '0')
		dialled->count--;
	dialled->bracket = -1;
}

/* Takes one character of a phone number; false where it cannot be in one. */
static bool
dial(FieldDialled *dialled, int32_t c)
{
	if (ietp_is_digit(c))
	{
		if (dialled->count == MAX_DIALLED)
			return false;
		dialled->digits[dialled->count++] = (char) c;
		return true;
	}
	if (c == '+')
	{
		if (dialled->plus || dialled->count > 0)
			return false;
		dialled->plus = true;
		return true;
	}
	if (c == '(')
		dialled->bracket = dialled->count;
	else if (c == ')')
		drop_trunk_in_brackets(dialled);
	else
		return c == '-' || c == '.' || (c >= HYPHEN && c <= EN_DASH) ||
			is_blank(c);
	return true;
}

/*
 * Writes '+', the country code (which may be empty) and the digits, and
 * returns how many bytes that took, or 0 where it makes no E.164 number.
 */
static size_t
write_phone(const char *country, size_t country_length, const char *digits,
			size_t count, char *number)
{
	size_t		total = country_length + count;

	if (total < FIELD_PHONE_MIN_DIGITS || total > FIELD_PHONE_MAX_DIGITS)
		return 0;
	number[0] = '+';
	if (country_length > 0)
		memcpy(number + 1, country, country_length);
	memcpy(number + 1 + country_length, digits, count);
	return number[1] == '0' ? 0 : total + 1;
}

/*
 * Has a number without a plus its country code already?  National numbers
 * of more than ten digits do not begin with the country's own code, so
 * 8613800138000 has lost its plus.  Ten digits may: 91... is a mobile phone
 * in India, country 91.
 */
static bool
repeats_country_code(const FieldDialled *dialled, const char *country,
					 size_t country_length)
{
	return dialled->count > 10 &&
		memcmp(dialled->digits, country, country_length) == 0;
}

/*
 * Writes the number in E.164 into number[FIELD_PHONE_SIZE], without a
 * terminator, and returns its length, or 0 where the text holds no number.
 * country, 1 to 3 digits or empty, completes a national number.
 *
 * A national number loses one leading zero, the trunk prefix of mainland
 * China, Viet Nam, Bangladesh, Cambodia, India, Indonesia, Myanmar, Pakistan,
 * Thailand, Turkey and most of Europe.  North America, Hong Kong, Macao and
 * Singapore have none, and no number there begins with zero.  Italy keeps the
 * zero of its landlines, which therefore must come with their country code.
 */
size_t
ietp_field_phone(const char *text, size_t length, const char *country,
				 size_t country_length, char *number)
{
	FieldReader reader = open_reader(text, length);
	FieldDialled dialled = {.bracket = -1};
	int			skip = 0;

	for (; reader.c != END_OF_FIELD; advance(&reader))
		if (!dial(&dialled, reader.c))
			return 0;
	if (dialled.plus)
		country_length = 0;
	else if (begins_with_exit_code(&dialled))
	{
		country_length = 0;
		skip = 2;
	}
	else if (country_length == 0 || country_length > 3 ||
			 repeats_country_code(&dialled, country, country_length))
		return 0;
	else if (dialled.count > 0 && dialled.digits[0] == '0')
		skip = 1;
	return write_phone(country, country_length, dialled.digits + skip,
					   (size_t) (dialled.count - skip), number);
}

/*
 * Is the text a code of the desk?  It must have been trimmed.  Full-width
 * letters are refused: a code is a key, and a folded one would be another.
 */
bool
ietp_field_code(const char *text, size_t length)
{
	size_t		i;

	if (length < 1 || length > FIELD_CODE_SIZE)
		return false;
	for (i = 0; i < length; i++)
	{
		char		c = text[i];

		if (ietp_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			continue;
		if (i == 0 || (c != '_' && c != '.' && c != ':' && c != '-'))
			return false;
	}
	return true;
}
