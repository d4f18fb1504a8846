/*-------------------------------------------------------------------------
 *
 * compound.c
 *		Codes, e-mail addresses and phone numbers at the beginning of a text.
 *
 * Each of them is one thing to whoever searches for it, and several words to
 * the rules of Unicode.  They are written in ASCII.  What is matched ends
 * where a word ends; the caller sees to it that it begins where one begins.
 * Nothing looks further than MAX_COMPOUND bytes, so a text without blanks is
 * still read in linear time.
 *
 * IDENTIFICATION
 *		src/core/compound.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <string.h>

#include "ascii.h"
#include "compound.h"

#define MAX_COMPOUND	254		/* bytes, the longest e-mail address */
#define MAX_PART		64		/* bytes before the @, and of a code */

static bool
is_alphanumeric(char c)
{
	return ietp_is_digit(c) || ietp_is_ascii_letter(c);
}

/* Does a word of ASCII go on at "at"?  The caller looks at other letters. */
static bool
word_goes_on(const char *bytes, int length, int at)
{
	return at < length &&
		(is_alphanumeric(bytes[at]) || bytes[at] == '_');
}

/* End of the label of a domain that begins at "from". */
static int
label_end(const char *bytes, int length, int from)
{
	int			at = from;

	while (at < length && (is_alphanumeric(bytes[at]) ||
						   (bytes[at] == '-' && at > from)))
		at++;
	while (at > from && bytes[at - 1] == '-')
		at--;
	return at;
}

/* End of a domain of at least two labels, the last one of letters, or 0. */
static int
domain_end(const char *bytes, int length, int from)
{
	int			end = 0;
	int			at = from;

	for (int labels = 1;; labels++)
	{
		int			label = at;

		at = label_end(bytes, length, label);
		if (at == label)
			return end;
		if (labels > 1 && at - label > 1 && ietp_is_ascii_letter(bytes[label]))
			end = at;
		if (at >= length || bytes[at] != '.')
			return word_goes_on(bytes, length, at) ? 0 : end;
		at++;
	}
}

/* Length of the e-mail address with which the text begins, or 0. */
int
ietp_match_email(const char *bytes, int length)
{
	int			at = 0;

	if (length > MAX_COMPOUND)
		length = MAX_COMPOUND;
	while (at < length && at <= MAX_PART &&
		   (is_alphanumeric(bytes[at]) ||
			(at > 0 && strchr("._%+-", bytes[at]) != NULL &&
			 bytes[at] != '\0')))
		at++;
	if (at == 0 || at > MAX_PART || at >= length || bytes[at] != '@')
		return 0;
	return domain_end(bytes, length, at + 1);
}

/* What the groups of digits of a phone number are like. */
typedef struct Groups
{
	int			digits;
	int			count;
	int			lengths[8];
} Groups;

/* Length of groups of digits with one separator between each two. */
static int
read_groups(const char *bytes, int length, int from, Groups *groups)
{
	int			at = from;
	int			end = from;

	memset(groups, 0, sizeof(*groups));
	while (groups->count < 8 && at < length)
	{
		int			group = at;

		while (at < length && ietp_is_digit(bytes[at]))
			at++;
		if (at == group || groups->digits + at - group > 15)
			break;
		groups->digits += at - group;
		groups->lengths[groups->count++] = at - group;
		end = at;
		if (at >= length || bytes[at] == '\0' ||
			strchr(" -.", bytes[at]) == NULL)
			break;
		at++;
	}
	return end;
}

/* Days such as 01-02-2021 begin with a 0 as well. */
static bool
is_date(const Groups *groups)
{
	return groups->count == 3 && groups->lengths[0] == 2 &&
		groups->lengths[1] == 2 &&
		(groups->lengths[2] == 4 || groups->lengths[2] == 2);
}

/*
 * Length of the phone number with which the text begins, or 0: an
 * international one, a national one that begins with 0, or a Chinese mobile
 * number.  Other digits may be anything, so they stay numbers.
 */
int
ietp_match_phone(const char *bytes, int length)
{
	bool		international = length > 0 && bytes[0] == '+';
	Groups		groups;
	int			end;

	if (length > MAX_COMPOUND)
		length = MAX_COMPOUND;
	end = read_groups(bytes, length, international, &groups);
	if (word_goes_on(bytes, length, end))
		return 0;
	if (international)
		return groups.digits >= 7 ? end : 0;
	if (groups.digits == 11 && bytes[0] == '1' && bytes[1] >= '3')
		return end;
	return groups.digits >= 9 && bytes[0] == '0' && !is_date(&groups) ?
		end : 0;
}

/*
 * Length of the code with which the text begins, or 0: pieces of letters and
 * digits, both of them, with one hyphen or slash between each two.
 */
int
ietp_match_code(const char *bytes, int length)
{
	bool		letters = false;
	bool		digits = false;
	bool		joined = false;
	int			at = 0;

	/* As far as tells whether a longer one goes on behind a hyphen. */
	if (length > MAX_PART + 2)
		length = MAX_PART + 2;
	while (at < length)
	{
		if (ietp_is_ascii_letter(bytes[at]))
			letters = true;
		else if (ietp_is_digit(bytes[at]))
			digits = true;
		else if ((bytes[at] == '-' || bytes[at] == '/') && at > 0 &&
				 at + 1 < length && is_alphanumeric(bytes[at + 1]))
			joined = true;
		else
			break;
		at++;
	}
	if (at > MAX_PART || (at < length && word_goes_on(bytes, length, at)))
		return 0;
	return letters && digits && joined ? at : 0;
}
