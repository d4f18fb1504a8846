/*-------------------------------------------------------------------------
 *
 * check_proof.c
 *		Checks the proof of a case against a seal kept outside the database.
 *
 * Usage: check_proof PROOF SEAL
 *
 * SEAL is a file with the one line that the database printed when it was
 * sealed.  PROOF, "-" for standard input, holds all events of one case and the
 * inclusion path of its last event in the tree of that seal.  What the
 * database says today counts for nothing here: the events are hashed anew, and
 * the root is the kept one's.
 *
 * The events are printed, and the exit status is 0, once all of it holds.
 * Otherwise the answer is "not proved: " and a reason, with status 1.  Status
 * 2 is for trouble that says nothing about the proof: wrong usage, a file that
 * cannot be read, no memory.
 *
 * A proof may come from anybody.  Whatever it says is checked before use, no
 * part of it but the texts of events is printed, and those without control
 * characters.  No line may be longer than MAX_LINE; of the events we keep only
 * what will be printed.
 *
 * IDENTIFICATION
 *		src/bin/check_proof.c
 *
 *-------------------------------------------------------------------------
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "merkle.h"
#include "ref.h"

#define MAX_LINE (16 * 1024 * 1024)

#define HEX_DIGITS (2 * IETP_HASH_SIZE)

/* The last word of a seal: so many digits of the hash of what precedes it. */
#define CHECK_DIGITS 8

/* A seal's words between its first two, "ietp-seal 1", and its check. */
#define SEAL_WORDS 7

/* What an event's hash begins with, its terminating zero included. */
#define EVENT_PREFIX "ietp-event-1"

/* Data of a leaf: the case, the number of its last event, and that's hash. */
#define LEAF_SIZE (8 + 4 + IETP_HASH_SIZE)

/* The length before each field, which is another one for NULL. */
#define LENGTH_SIZE 4
#define NULL_LENGTH (-1)

#define DAY_MICROSECONDS INT64_C(86400000000)

/* A text file while it is read line by line. */
typedef struct ProofInput
{
	FILE	   *file;
	const char *what;			/* to name it in a reason */
	char	   *line;			/* the latest line, without its end */
	size_t		length;
	size_t		room;
	int64_t		number;			/* of the latest line, from 1 */
} ProofInput;

/* The kept seal. */
typedef struct ProofSeal
{
	char	   *line;			/* all of it */
	char	   *words;			/* a copy, cut into its words */
	int64_t		number;
	const char *time;
	int64_t		cases;
	IetpDigest	root;
} ProofSeal;

/* What is known of the case so far. */
typedef struct ProofCase
{
	int64_t		case_ref;
	char		ref[IETP_REF_TEXT_SIZE];
	int64_t		leaf;
	IetpDigest	path[IETP_MERKLE_MAX_DEPTH];
	size_t		path_count;
	int64_t		events;
	IetpDigest	last_hash;
	FILE	   *listing;		/* lines to print if all of it holds */
} ProofCase;

/* A field of an event; bytes are NULL for NULL. */
typedef struct ProofField
{
	const uint8_t *bytes;
	size_t		length;
} ProofField;

/* The fields of an event, in their order. */
enum
{
	FIELD_CASE_REF,
	FIELD_N,
	FIELD_OCCURRED_AT,
	FIELD_RECORDED_AT,
	FIELD_INCARNATION,
	FIELD_XID,
	FIELD_LIFECYCLE_VERSION,
	FIELD_CONSENT_N,
	FIELD_ACTION,
	FIELD_FROM_STATUS,
	FIELD_TO_STATUS,
	FIELD_ACTOR,
	FIELD_DATABASE_ROLE,
	FIELD_CHANGES,
	FIELD_RECORDS,
	FIELD_COUNT
};

/* How each of them may look: its bytes, 0 for a text, and whether NULL. */
static const struct
{
	size_t		width;
	bool		nullable;
}			field_rules[FIELD_COUNT] =

{
	[FIELD_CASE_REF] = {8, false},
	[FIELD_N] = {4, false},
	[FIELD_OCCURRED_AT] = {8, false},
	[FIELD_RECORDED_AT] = {8, false},
	[FIELD_INCARNATION] = {4, false},
	[FIELD_XID] = {8, false},
	[FIELD_LIFECYCLE_VERSION] = {4, false},
	[FIELD_CONSENT_N] = {4, true},
	[FIELD_ACTION] = {0, false},
	[FIELD_FROM_STATUS] = {0, true},
	[FIELD_TO_STATUS] = {0, true},
	[FIELD_ACTOR] = {0, false},
	[FIELD_DATABASE_ROLE] = {0, false},
	[FIELD_CHANGES] = {0, true},
	[FIELD_RECORDS] = {0, true}
};

static void not_proved(const char *format,...)
			__attribute__((noreturn, format(printf, 1, 2)));
static void trouble(const char *what, const char *why)
			__attribute__((noreturn));
static void bad_line(const ProofInput *in, const char *why)
			__attribute__((noreturn));

/* The end for whatever says nothing about the proof. */
static void
trouble(const char *what, const char *why)
{
	fprintf(stderr, "check_proof: %s: %s\n", what, why);
	exit(2);
}

/* A verdict that could not be written is none. */
static void
flush_output(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		trouble("standard output", strerror(errno));
}

/* The end for a proof that does not hold. */
static void
not_proved(const char *format,...)
{
	va_list		args;

	fputs("not proved: ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	flush_output();
	exit(1);
}

/* The same, for what a line shows. */
static void
bad_line(const ProofInput *in, const char *why)
{
	not_proved("line %" PRId64 " of %s %s", in->number, in->what, why);
}

static void
open_input(ProofInput *in, const char *name, const char *what)
{
	memset(in, 0, sizeof(*in));
	in->what = what;
	in->file = name == NULL ? stdin : fopen(name, "rb");
	if (in->file == NULL)
		trouble(name, strerror(errno));
}

static void
close_input(ProofInput *in)
{
	if (in->file != stdin)
		fclose(in->file);
	free(in->line);
}

/* Room for one more character of the line and the zero that ends it. */
static void
make_room(ProofInput *in)
{
	if (in->length + 2 <= in->room)
		return;
	in->room = in->room == 0 ? 1024 : 2 * in->room;
	in->line = realloc(in->line, in->room);
	if (in->line == NULL)
		trouble(in->what, "out of memory");
}

/*
 * Reads the next line without its end, which may be LF, CR LF, or that of the
 * file; false if there is none.  It holds no zero but the one that ends it.
 */
static bool
read_line(ProofInput *in)
{
	int			c;

	in->length = 0;
	in->number++;
	make_room(in);
	while ((c = getc(in->file)) != EOF && c != '\n')
	{
		if (c == '\0')
			bad_line(in, "holds a zero byte");
		if (in->length == MAX_LINE)
			bad_line(in, "is too long");
		make_room(in);
		in->line[in->length++] = (char) c;
	}
	if (ferror(in->file))
		trouble(in->what, strerror(errno));
	if (c == EOF && in->length == 0)
		return false;
	while (in->length > 0 && in->line[in->length - 1] == '\r')
		in->length--;
	in->line[in->length] = '\0';
	return true;
}

/* Reads a line that has to be there. */
static void
need_line(ProofInput *in)
{
	if (!read_line(in))
		not_proved("%s ends before its line %" PRId64, in->what, in->number);
}

/* What follows the prefix; NULL if the text begins otherwise. */
static char *
skip_prefix(char *string, const char *prefix)
{
	size_t		length = strlen(prefix);

	return strncmp(string, prefix, length) == 0 ? string + length : NULL;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads a number from 0 up, written as we write one; all of the text. */
static bool
parse_number(const char *string, int64_t *number)
{
	int64_t		value = 0;

	if (*string == '\0' || (string[0] == '0' && string[1] != '\0'))
		return false;
	for (; *string != '\0'; string++)
	{
		int			digit = *string - '0';

		if (!is_digit(*string) || value > (INT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return true;
}

/* The value of a lower-case hex digit, or -1. */
static int
hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Reads all of the text as hex.  out may begin at the text or before it: what
 * is written stays behind what is read.
 */
static bool
parse_hex(const char *string, size_t length, uint8_t *out)
{
	if (length % 2 != 0)
		return false;
	for (size_t i = 0; i < length; i += 2)
	{
		int			high = hex_digit(string[i]);
		int			low = hex_digit(string[i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i / 2] = (uint8_t) (high << 4 | low);
	}
	return true;
}

static bool
parse_digest(const char *string, IetpDigest *digest)
{
	return strlen(string) == HEX_DIGITS &&
		parse_hex(string, HEX_DIGITS, digest->bytes);
}

static bool
sha256(void *arg, const uint8_t *data, size_t len, uint8_t out[IETP_HASH_SIZE])
{
	(void) arg;
	return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1;
}

/* Is the last word of the line the check of what stands before it? */
static bool
check_holds(const char *line)
{
	const char *space = strrchr(line, ' ');
	uint8_t		check[CHECK_DIGITS / 2];
	IetpDigest	hash;

	if (space == NULL || strlen(space + 1) != CHECK_DIGITS ||
		!parse_hex(space + 1, CHECK_DIGITS, check))
		return false;
	if (!sha256(NULL, (const uint8_t *) line, (size_t) (space - line),
				hash.bytes))
		trouble("libcrypto", "no SHA-256");
	return memcmp(check, hash.bytes, sizeof(check)) == 0;
}

/* A time as seals have it; the check vouches for the digits. */
static bool
is_time(const char *string)
{
	static const char form[] = "0000-00-00T00:00:00.000000Z";

	if (strlen(string) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i] != '\0'; i++)
	{
		if (form[i] == '0' ? !is_digit(string[i]) : string[i] != form[i])
			return false;
	}
	return true;
}

/* A snapshot: number:number: and any numbers with commas between them. */
static bool
is_snapshot(const char *string)
{
	int			colons = 0;
	bool		after_digit = false;

	for (; *string != '\0'; string++)
	{
		bool		separates = *string == (colons < 2 ? ':' : ',');

		if (!is_digit(*string) && (!separates || !after_digit))
			return false;
		if (*string == ':')
			colons++;
		after_digit = is_digit(*string);
	}
	return colons == 2 && (after_digit || string[-1] == ':');
}

/* Cuts the next word off the text, which ends or goes on after one space. */
static char *
next_word(char **string)
{
	char	   *word = *string;
	char	   *space = strchr(word, ' ');

	*string = space == NULL ? word + strlen(word) : space + 1;
	if (space != NULL)
		*space = '\0';
	return word;
}

/* Takes what is between "ietp-seal 1 " and the check apart. */
static bool
parse_seal(char *string, ProofSeal *seal)
{
	char	   *words[SEAL_WORDS];
	int64_t		ignored;

	for (int i = 0; i < SEAL_WORDS - 1; i++)
		words[i] = next_word(&string);
	words[SEAL_WORDS - 1] = string;
	seal->time = words[1];
	return parse_number(words[0], &seal->number) &&
		is_time(words[1]) &&
		parse_number(words[2], &seal->cases) &&
		parse_number(words[3], &ignored) &&
		parse_number(words[4], &ignored) &&
		is_snapshot(words[5]) &&
		parse_digest(words[6], &seal->root);
}

static char *
copy_line(const ProofInput *in)
{
	char	   *copy = strdup(in->line);

	if (copy == NULL)
		trouble(in->what, "out of memory");
	return copy;
}

/*
 * Reads the kept seal, the one line of its file.  The check comes first: who
 * slipped in copying a seal by hand must not read of a forgery.
 */
static void
read_seal(const char *name, ProofSeal *seal)
{
	ProofInput	in;
	char	   *string;

	open_input(&in, name, "the kept seal");
	need_line(&in);
	seal->line = copy_line(&in);
	seal->words = copy_line(&in);
	while (read_line(&in))
	{
		if (in.length > 0)
			bad_line(&in, "is one too many");
	}
	close_input(&in);
	if (!check_holds(seal->line))
		not_proved("the kept seal is mistyped or damaged: "
				   "its check digits differ");
	*strrchr(seal->words, ' ') = '\0';
	string = skip_prefix(seal->words, "ietp-seal 1 ");
	if (string == NULL || !parse_seal(string, seal))
		not_proved("the kept seal has not the form of a seal");
}

/* Reads a line that begins so; returns the rest of it. */
static char *
need_prefix(ProofInput *in, const char *prefix)
{
	char	   *rest;

	need_line(in);
	rest = skip_prefix(in->line, prefix);
	if (rest == NULL)
		not_proved("line %" PRId64 " of %s does not begin with \"%s\"",
				   in->number, in->what, prefix);
	return rest;
}

static void
read_version(ProofInput *in)
{
	if (*need_prefix(in, "ietp-proof 1") != '\0')
		bad_line(in, "names another version than 1");
}

/* The proof's seal must be the kept one to the byte. */
static void
read_same_seal(ProofInput *in, const ProofSeal *seal)
{
	const char *line = need_prefix(in, "seal ");

	if (strcmp(line, seal->line) == 0)
		return;
	if (!check_holds(line))
		bad_line(in, "has a damaged seal: its check digits differ");
	bad_line(in, "has another seal than the kept one");
}

static void
read_case(ProofInput *in, ProofCase *proven)
{
	const char *string = need_prefix(in, "case ");

	if (ietp_ref_parse(string, strlen(string), IETP_REF_CASE,
					   &proven->case_ref) != IETP_REF_OK)
		bad_line(in, "has no reference of a case");
	ietp_ref_format(proven->case_ref, IETP_REF_CASE, proven->ref);
	if (strcmp(string, proven->ref) != 0)
		bad_line(in, "does not write the reference as the database does");
}

static void
read_leaf(ProofInput *in, const ProofSeal *seal, ProofCase *proven)
{
	char	   *string = need_prefix(in, "leaf ");
	const char *leaf = next_word(&string);
	const char *of = next_word(&string);
	int64_t		size;

	if (!parse_number(leaf, &proven->leaf) || strcmp(of, "of") != 0 ||
		!parse_number(string, &size))
		bad_line(in, "is not \"leaf <index> of <size>\"");
	if (size != seal->cases)
		bad_line(in, "has another number of cases than the seal");
	if (proven->leaf >= size)
		bad_line(in, "names no leaf of the tree");
}

/* Reads the path, and the line after it. */
static void
read_path(ProofInput *in, ProofCase *proven)
{
	const char *string;

	need_line(in);
	while ((string = skip_prefix(in->line, "path ")) != NULL)
	{
		if (proven->path_count == IETP_MERKLE_MAX_DEPTH)
			bad_line(in, "makes the path too long");
		if (!parse_digest(string, &proven->path[proven->path_count]))
			bad_line(in, "has no hash");
		proven->path_count++;
		need_line(in);
	}
}

/* The integer in so many bytes, the highest first, in two's complement. */
static int64_t
get_integer(const uint8_t *bytes, size_t width)
{
	uint64_t	value = (bytes[0] & 0x80) != 0 ? UINT64_MAX : 0;

	for (size_t i = 0; i < width; i++)
		value = value << 8 | bytes[i];
	return (int64_t) value;
}

static void
put_integer(uint8_t *bytes, size_t width, int64_t value)
{
	uint64_t	rest = (uint64_t) value;

	while (width-- > 0)
	{
		bytes[width] = (uint8_t) (rest & 0xFF);
		rest >>= 8;
	}
}

static int64_t
field_integer(const ProofField *field)
{
	return get_integer(field->bytes, field->length);
}

/* Takes the next field off the data; false if it may not look so. */
static bool
take_field(const uint8_t **data, size_t *left, int which, ProofField *field)
{
	size_t		width = field_rules[which].width;
	int64_t		length;

	if (*left < LENGTH_SIZE)
		return false;
	length = get_integer(*data, LENGTH_SIZE);
	*data += LENGTH_SIZE;
	*left -= LENGTH_SIZE;
	memset(field, 0, sizeof(*field));
	if (length == NULL_LENGTH)
		return field_rules[which].nullable;
	if (length < 0 || (uint64_t) length > *left ||
		(width != 0 && (size_t) length != width))
		return false;
	field->bytes = *data;
	field->length = (size_t) length;
	*data += length;
	*left -= (size_t) length;
	return true;
}

static bool
parse_fields(const uint8_t *data, size_t length, ProofField *fields)
{
	for (int i = 0; i < FIELD_COUNT; i++)
	{
		if (!take_field(&data, &length, i, &fields[i]))
			return false;
	}
	return length == 0;
}

/* Makes of *hash, that of the event before, the one of this event. */
static void
chain_event(IetpDigest *hash, const uint8_t *fields, size_t length)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (context == NULL ||
		EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
		EVP_DigestUpdate(context, EVENT_PREFIX, sizeof(EVENT_PREFIX)) != 1 ||
		EVP_DigestUpdate(context, hash->bytes, IETP_HASH_SIZE) != 1 ||
		EVP_DigestUpdate(context, fields, length) != 1 ||
		EVP_DigestFinal_ex(context, hash->bytes, NULL) != 1)
		trouble("libcrypto", "no SHA-256");
	EVP_MD_CTX_free(context);
}

/*
 * Writes a date, given in days since 2000-01-01.  We count from 0000-03-01,
 * in eras of 400 years, so that the leap day is the last of its year.
 */
static void
list_date(FILE *out, int64_t days)
{
	int64_t		since = days + 730425;
	int64_t		era = (since >= 0 ? since : since - 146096) / 146097;
	int64_t		day = since - era * 146097;
	int64_t		year;
	int64_t		month;

	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	year += 400 * era + (month < 10 ? 0 : 1);
	fprintf(out, "%04" PRId64 "-%02" PRId64 "-%02" PRId64,
			year, month < 10 ? month + 3 : month - 9, day + 1);
}

/* Writes a time, given in microseconds since 2000-01-01 00:00 UTC. */
static void
list_time(FILE *out, int64_t time)
{
	int64_t		rest = time % DAY_MICROSECONDS;
	int64_t		seconds;

	if (time == INT64_MAX || time == INT64_MIN)
	{
		fputs(time > 0 ? "infinity" : "-infinity", out);
		return;
	}
	if (rest < 0)
		rest += DAY_MICROSECONDS;
	seconds = rest / 1000000;
	list_date(out, time / DAY_MICROSECONDS -
			  (time % DAY_MICROSECONDS < 0 ? 1 : 0));
	fprintf(out, "T%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%06" PRId64 "Z",
			seconds / 3600, seconds / 60 % 60, seconds % 60, rest % 1000000);
}

/*
 * How many bytes from here are a control character: those of ASCII, and those
 * that UTF-8 writes as 0xC2 0x80 to 0xC2 0x9F and terminals obey as well.
 */
static size_t
control_length(const uint8_t *bytes, size_t length)
{
	if (bytes[0] < 0x20 || bytes[0] == 0x7F)
		return 1;
	if (bytes[0] == 0xC2 && length > 1 && (bytes[1] & 0xE0) == 0x80)
		return 2;
	return 0;
}

/* Writes a text so that no terminal takes it for a command. */
static void
list_text(FILE *out, const ProofField *field)
{
	size_t		i = 0;

	if (field->bytes == NULL)
		putc('-', out);
	while (i < field->length)
	{
		size_t		control = control_length(field->bytes + i,
											 field->length - i);

		putc(control > 0 ? '?' : field->bytes[i], out);
		i += control > 0 ? control : 1;
	}
}

/* What an event changed or recorded, on a line of its own if anything. */
static void
list_json(FILE *out, const char *name, const ProofField *field)
{
	if (field->bytes == NULL)
		return;
	fprintf(out, "   %s ", name);
	list_text(out, field);
	putc('\n', out);
}

static void
list_event(FILE *out, const ProofField *fields)
{
	fprintf(out, "%" PRId64 "  ", field_integer(&fields[FIELD_N]));
	list_time(out, field_integer(&fields[FIELD_OCCURRED_AT]));
	fputs("  ", out);
	list_text(out, &fields[FIELD_ACTION]);
	fputs("  ", out);
	list_text(out, &fields[FIELD_FROM_STATUS]);
	fputs(" -> ", out);
	list_text(out, &fields[FIELD_TO_STATUS]);
	fputs("  ", out);
	list_text(out, &fields[FIELD_ACTOR]);
	fputs(" as ", out);
	list_text(out, &fields[FIELD_DATABASE_ROLE]);
	if (fields[FIELD_CONSENT_N].bytes != NULL)
		fprintf(out, "  consent %" PRId64,
				field_integer(&fields[FIELD_CONSENT_N]));
	putc('\n', out);
	list_json(out, "changes", &fields[FIELD_CHANGES]);
	list_json(out, "records", &fields[FIELD_RECORDS]);
}

/* Reads the event in the latest line, whose hex gives way to its bytes. */
static void
read_event(ProofInput *in, ProofCase *proven)
{
	const char *hex = skip_prefix(in->line, "event ");
	uint8_t    *data = (uint8_t *) in->line;
	size_t		length;
	ProofField	fields[FIELD_COUNT];

	if (hex == NULL)
		bad_line(in, "is no event");
	length = strlen(hex);
	if (!parse_hex(hex, length, data))
		bad_line(in, "is not hex");
	length /= 2;
	if (!parse_fields(data, length, fields))
		bad_line(in, "has not the fields of an event");
	if (field_integer(&fields[FIELD_CASE_REF]) != proven->case_ref)
		bad_line(in, "has an event of another case");
	if (field_integer(&fields[FIELD_N]) != proven->events + 1)
		bad_line(in, "has an event out of order");
	proven->events++;
	chain_event(&proven->last_hash, data, length);
	list_event(proven->listing, fields);
}

/* Reads the proof; what it says of the tree is still to be verified. */
static void
read_proof(const char *name, const ProofSeal *seal, ProofCase *proven)
{
	ProofInput	in;

	open_input(&in, strcmp(name, "-") == 0 ? NULL : name, "the proof");
	read_version(&in);
	read_same_seal(&in, seal);
	read_case(&in, proven);
	read_leaf(&in, seal, proven);
	read_path(&in, proven);
	do
	{
		read_event(&in, proven);
	} while (read_line(&in));
	close_input(&in);
}

/* Is the case, up to its last event, a leaf of the sealed tree? */
static void
verify_leaf(const ProofSeal *seal, const ProofCase *proven)
{
	uint8_t		data[LEAF_SIZE];
	IetpMerkleResult result;

	put_integer(data, 8, proven->case_ref);
	put_integer(data + 8, 4, proven->events);
	memcpy(data + 12, proven->last_hash.bytes, IETP_HASH_SIZE);
	result = ietp_merkle_verify(sha256, NULL, data, sizeof(data),
								proven->leaf, seal->cases, proven->path,
								proven->path_count, &seal->root);
	if (result == IETP_MERKLE_FAILED)
		trouble("libcrypto", "no SHA-256");
	if (result != IETP_MERKLE_OK)
		not_proved("these events of the case are not what was sealed: "
				   "the path does not lead to the root of the seal");
}

/* Prints the events and the verdict. */
static void
print_proved(const ProofSeal *seal, const ProofCase *proven,
			 const char *listing, size_t length)
{
	fwrite(listing, 1, length, stdout);
	printf("proved: case %s with %" PRId64 " %s is in seal %" PRId64
		   " of %s\n", proven->ref, proven->events,
		   proven->events == 1 ? "event" : "events",
		   seal->number, seal->time);
	flush_output();
}

int
main(int argc, char **argv)
{
	ProofSeal	seal;
	ProofCase	proven;
	char	   *listing = NULL;
	size_t		length = 0;

	if (argc != 3)
	{
		fputs("usage: check_proof PROOF SEAL\n", stderr);
		return 2;
	}
	memset(&proven, 0, sizeof(proven));
	proven.listing = open_memstream(&listing, &length);
	if (proven.listing == NULL)
		trouble("the list of events", strerror(errno));
	read_seal(argv[2], &seal);
	read_proof(argv[1], &seal, &proven);
	if (ferror(proven.listing) || fclose(proven.listing) != 0)
		trouble("the list of events", "out of memory");
	verify_leaf(&seal, &proven);
	print_proved(&seal, &proven, listing, length);
	free(listing);
	free(seal.line);
	free(seal.words);
	return 0;
}
