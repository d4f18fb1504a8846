/*-------------------------------------------------------------------------
 *
 * text.c
 *		What ICU knows of Unicode, for code without ICU's headers.
 *
 * The only file that includes them.  Text comes as valid UTF-8, as the server
 * guarantees; ICU's algorithms work on UTF-16, which is a quarter faster than
 * UText over UTF-8.
 *
 * ICU's objects are opened once and live as long as the process; so does the
 * table of simplified characters.  ICU allocates them with malloc, outside
 * the server's memory contexts, and nothing else is allocated here: all
 * other memory is the caller's.
 *
 * IDENTIFICATION
 *		src/text.c
 *
 *-------------------------------------------------------------------------
 */
#include <stddef.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uset.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>
#include <unicode/uversion.h>

#include "text.h"

/* Han characters whose other forms are kept in tables. */
#define FIRST_HAN	0x3400
#define LAST_HAN	0x9FFF
#define N_HAN		(LAST_HAN - FIRST_HAN + 1)

static UBreakIterator *word_breaks;
static const UNormalizer2 *nfkc_casefold;
static const UNormalizer2 *nfc;
static const UNormalizer2 *nfd;

/* The simplified form of FIRST_HAN + i, and its traditional one. */
static uint16_t simplified[N_HAN];
static uint16_t traditional[N_HAN];
static bool ready;
static bool chinese_ready;

/*
 * Variants that are common in Taiwan and Hong Kong and that ICU leaves as they
 * are, or simplifies to another variant, with the character of the mainland's
 * standard (the table of 2013 and that of variants of 1955).
 */
static const uint16_t variants[][2] = {
	{0x8AEE, 0x54A8}, {0x8C18, 0x54A8}, {0x5CEF, 0x5CF0}, {0x5DBD, 0x5CB3},
	{0x5F6B, 0x96D5}, {0x9D70, 0x96D5}, {0x7431, 0x96D5}, {0x65C2, 0x65D7},
	{0x62DA, 0x62FC}, {0x6371, 0x6328}, {0x6DE9, 0x51CC}, {0x7843, 0x6731},
	{0x8129, 0x4FEE}, {0x9015, 0x5F84}, {0x8FF3, 0x5F84}, {0x95A4, 0x5408},
	{0x9245, 0x5DE8}, {0x949C, 0x5DE8}, {0x9246, 0x94BB}, {0x93C7, 0x65CB},
	{0x955F, 0x65CB}, {0x6FDB, 0x8499}, {0x77C7, 0x8499}, {0x8518, 0x53C2},
	{0x672E, 0x672F}, {0x9EB4, 0x66F2}, {0x97A6, 0x79CB}, {0x97C6, 0x5343},
	{0x56CC, 0x82CF}, {0x938C, 0x9570}, {0x896C, 0x6446}, {0x937C, 0x9488},
	{0x625E, 0x634D}, {0x9076, 0x7ED5}, {0x85F7, 0x85AF}, {0x6BAD, 0x50F5},
	{0x91A3, 0x7CD6}, {0x7274, 0x62B5}, {0x5191, 0x80C4}, {0x5284, 0x672D},
	{0x5BC0, 0x91C7}, {0x7C11, 0x84D1}, {0x8C3F, 0x6EAA}, {0x85B9, 0x82D4},
	{0x83F4, 0x5EB5}, {0x5F54, 0x5F55}, {0x9EAA, 0x9762}, {0x9EAB, 0x9762},
	{0x885E, 0x536B}, {0x654D, 0x53D9}, {0x75FA, 0x75F9}, {0x5641, 0x6076},
	{0x8B6D, 0x6BC1}, {0x654E, 0x6559}, {0x537D, 0x5373}, {0x65E3, 0x65E2},
	{0x7575, 0x753B}, {0x93AD, 0x9547}, {0x6ED9, 0x6C47}, {0x8218, 0x9986},
	{0x67FB, 0x67E5}, {0x67FA, 0x62D0}, {0x7CC9, 0x7CBD}, {0x9980, 0x4F59}
};

static void
replace_variants(void)
{
	int			n = (int) (sizeof(variants) / sizeof(variants[0]));

	for (int i = 0; i < n; i++)
		simplified[variants[i][0] - FIRST_HAN] = variants[i][1];
	for (int i = 0; i < N_HAN; i++)
		simplified[i] = simplified[simplified[i] - FIRST_HAN];
}

/* Appends the characters of the table that are in the set, a line each. */
static int
list_characters(const USet *set, UChar *lines)
{
	int			length = 0;

	for (int i = 0; i < N_HAN; i++)
		if (uset_contains(set, FIRST_HAN + i))
		{
			lines[length++] = (UChar) (FIRST_HAN + i);
			lines[length++] = '\n';
		}
	return length;
}

/*
 * Reads what has become of the lines.  A form of several characters, or
 * outside the table, is not taken.
 */
static void
read_forms(const USet *set, const UChar *lines, int length, uint16_t *forms)
{
	int			at = 0;

	for (int i = 0; i < N_HAN; i++)
	{
		int			from = at;

		forms[i] = (uint16_t) (FIRST_HAN + i);
		if (!uset_contains(set, FIRST_HAN + i))
			continue;
		while (at < length && lines[at] != '\n')
			at++;
		if (at - from == 1 && lines[from] >= FIRST_HAN &&
			lines[from] <= LAST_HAN)
			forms[i] = lines[from];
		at++;
	}
}

/*
 * Fills a table from one of ICU's transliterators.  It is asked of what it may
 * change alone, since it is slow; and each character stands in a line of its
 * own, which keeps rules for more than one character from applying.
 */
static bool
fill_forms(UTransliterator *transliterator, uint16_t *forms)
{
	static UChar lines[2 * N_HAN + 64];
	UErrorCode	status = U_ZERO_ERROR;
	USet	   *set = uset_openEmpty();
	int32_t		length;
	int32_t		limit;

	utrans_getSourceSet(transliterator, false, set, &status);
	length = limit = list_characters(set, lines);
	utrans_transUChars(transliterator, lines, &length,
					   (int32_t) (sizeof(lines) / sizeof(UChar)),
					   0, &limit, &status);
	if (U_SUCCESS(status))
		read_forms(set, lines, limit, forms);
	uset_close(set);
	return U_SUCCESS(status);
}

static bool
open_forms(const char *name, uint16_t *forms)
{
	UErrorCode	status = U_ZERO_ERROR;
	UTransliterator *transliterator;
	UChar		id[32];
	bool		done;

	transliterator = utrans_openU(u_uastrcpy(id, name), -1, UTRANS_FORWARD,
								  NULL, 0, NULL, &status);
	if (U_FAILURE(status))
		return false;
	done = fill_forms(transliterator, forms);
	utrans_close(transliterator);
	return done;
}

static bool
open_simplified(void)
{
	if (!open_forms("Hant-Hans", simplified))
		return false;
	replace_variants();
	return true;
}

static bool
open_normalizers(void)
{
	UErrorCode	status = U_ZERO_ERROR;

	nfkc_casefold = unorm2_getNFKCCasefoldInstance(&status);
	nfc = unorm2_getNFCInstance(&status);
	nfd = unorm2_getNFDInstance(&status);
	return U_SUCCESS(status);
}

static bool
open_word_breaks(void)
{
	UErrorCode	status = U_ZERO_ERROR;

	if (word_breaks == NULL)
		word_breaks = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
	return U_SUCCESS(status);
}

/*
 * Opens what the functions below need; the first time in a process it takes
 * some milliseconds.  Returns NULL, or what of ICU's data could not be loaded.
 */
const char *
ietp_text_open(void)
{
	if (ready)
		return NULL;
	if (!open_normalizers())
		return "normalization";
	if (!open_word_breaks())
		return "word boundaries";
	if (!open_simplified())
		return "transliterator Hant-Hans";
	ready = true;
	return NULL;
}

/*
 * The same for what only tells the two ways of writing Chinese apart, which
 * few processes ask for.
 */
const char *
ietp_chinese_open(void)
{
	const char *failed = ietp_text_open();

	if (failed != NULL || chinese_ready)
		return failed;
	if (!open_forms("Hans-Hant", traditional))
		return "transliterator Hans-Hant";
	chinese_ready = true;
	return NULL;
}

/* The version of ICU, by which its rules and dictionaries go. */
const char *
ietp_text_version(void)
{
	static char string[U_MAX_VERSION_STRING_LENGTH];
	UVersionInfo version;

	u_getVersion(version);
	u_versionToString(version, string);
	return string;
}

/* The code point at *at, which moves behind it; at the end there is none. */
CodePoint
ietp_next_code_point(const char *bytes, int length, int *at)
{
	UChar32		c;

	U8_NEXT_OR_FFFD((const uint8_t *) bytes, *at, length, c);
	return c;
}

/* Writes at most 4 bytes and returns how many. */
int
ietp_put_code_point(char *bytes, CodePoint c)
{
	int			at = 0;

	U8_APPEND_UNSAFE((uint8_t *) bytes, at, c);
	return at;
}

/* Writes at most 2 units and returns how many. */
int
ietp_put_units(Unit *units, CodePoint c)
{
	int			at = 0;

	U16_APPEND_UNSAFE(units, at, c);
	return at;
}

CodePoint
ietp_next_in_units(const Unit *units, int length, int *at)
{
	UChar32		c;

	U16_NEXT(units, *at, length, c);
	return c;
}

/* A character that Chinese words are written with. */
bool
ietp_is_han(CodePoint c)
{
	UErrorCode	status = U_ZERO_ERROR;

	if (c < 0x2E80)
		return false;
	if (c >= 0x4E00 && c <= 0x9FFF)
		return true;
	return u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC) &&
		uscript_getScript(c, &status) == USCRIPT_HAN;
}

/* Does it never begin a segment, but belong to the character before it? */
bool
ietp_is_joined(CodePoint c)
{
	int32_t		class;

	if (c < 0x300)
		return c == 0xAD;
	class = u_getIntPropertyValue(c, UCHAR_WORD_BREAK);
	return class == U_WB_EXTEND || class == U_WB_FORMAT || class == U_WB_ZWJ;
}

bool
ietp_is_space(CodePoint c)
{
	return u_isUWhiteSpace(c);
}

bool
ietp_is_mark(CodePoint c)
{
	return c >= 0x300 && u_charType(c) == U_NON_SPACING_MARK;
}

/* Letters and digits, and the marks on them. */
bool
ietp_is_word_part(CodePoint c)
{
	return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0;
}

bool
ietp_is_latin(CodePoint c)
{
	UErrorCode	status = U_ZERO_ERROR;

	if (c < 0x80)
		return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
	return uscript_getScript(c, &status) == USCRIPT_LATIN;
}

/* The simplified form of a Han character; any other stays what it is. */
CodePoint
ietp_simplified(CodePoint c)
{
	UErrorCode	status = U_ZERO_ERROR;
	UChar		form[4];
	UChar		folded[32];
	UChar32		single;

	if (c >= FIRST_HAN && c <= LAST_HAN)
		return simplified[c - FIRST_HAN];

	/* Compatibility ideographs stand for one of the table. */
	if (unorm2_normalize(nfkc_casefold, form, ietp_put_units(form, c),
						 folded, 32, &status) < 1 || U_FAILURE(status))
		return c;
	U16_GET(folded, 0, 0, 2, single);
	return single >= FIRST_HAN && single <= LAST_HAN ?
		simplified[single - FIRST_HAN] : c;
}

/*
 * Is the character written in one of the two ways of Chinese alone?  Then it
 * has another form in the other, but none in its own.
 */
bool
ietp_is_traditional(CodePoint c)
{
	return c >= FIRST_HAN && c <= LAST_HAN &&
		simplified[c - FIRST_HAN] != c && traditional[c - FIRST_HAN] == c;
}

bool
ietp_is_simplified(CodePoint c)
{
	return c >= FIRST_HAN && c <= LAST_HAN &&
		traditional[c - FIRST_HAN] != c && simplified[c - FIRST_HAN] == c;
}

static SegmentKind
segment_kind(int32_t rule)
{
	if (rule < UBRK_WORD_NUMBER)
		return SEGMENT_BLANK;
	return rule < UBRK_WORD_LETTER ? SEGMENT_NUMBER : SEGMENT_WORD;
}

/*
 * Finds the word boundaries of UAX #29 and, in scripts that do not separate
 * words, those of ICU's dictionaries.  "segments" has room for one per unit;
 * returns how many there are, or -1 if ICU fails.
 */
int
ietp_find_segments(const Unit *units, int length, Segment *segments)
{
	UErrorCode	status = U_ZERO_ERROR;
	int			n = 0;
	int32_t		end;

	ubrk_setText(word_breaks, units, length, &status);
	if (U_FAILURE(status))
		return -1;
	while ((end = ubrk_next(word_breaks)) != UBRK_DONE)
	{
		segments[n].end = (uint16_t) end;
		segments[n++].kind =
			(uint16_t) segment_kind(ubrk_getRuleStatus(word_breaks));
	}
	return n;
}

/*
 * Finds the words of a run of Han characters by ICU's dictionary: where each
 * ends, in units.  Returns how many there are, or -1 if ICU fails.
 */
int
ietp_break_words(const Unit *units, int length, uint16_t *ends)
{
	UErrorCode	status = U_ZERO_ERROR;
	int			n = 0;
	int32_t		end;

	ubrk_setText(word_breaks, units, length, &status);
	if (U_FAILURE(status))
		return -1;
	while ((end = ubrk_next(word_breaks)) != UBRK_DONE)
		ends[n++] = (uint16_t) end;
	return n;
}

/*
 * The functions below return the length of the result, or -1 if it is longer
 * than the capacity.
 */
int
ietp_to_units(const char *bytes, int length, Unit *units, int capacity)
{
	UErrorCode	status = U_ZERO_ERROR;
	int32_t		n;

	u_strFromUTF8(units, capacity, &n, bytes, length, &status);
	return U_FAILURE(status) ? -1 : n;
}

int
ietp_to_bytes(const Unit *units, int length, char *bytes, int capacity)
{
	UErrorCode	status = U_ZERO_ERROR;
	int32_t		n;

	u_strToUTF8(bytes, capacity, &n, units, length, &status);
	return U_FAILURE(status) ? -1 : n;
}

static int
normalize(const UNormalizer2 *form, const Unit *from, int length,
		  Unit *to, int capacity)
{
	UErrorCode	status = U_ZERO_ERROR;
	int32_t		n;

	n = unorm2_normalize(form, from, length, to, capacity, &status);
	return U_FAILURE(status) ? -1 : n;
}

/* NFKC_Casefold: case, width and compatibility forms are folded. */
int
ietp_casefold(const Unit *from, int length, Unit *to, int capacity)
{
	return normalize(nfkc_casefold, from, length, to, capacity);
}

int
ietp_decompose(const Unit *from, int length, Unit *to, int capacity)
{
	return normalize(nfd, from, length, to, capacity);
}

int
ietp_compose(const Unit *from, int length, Unit *to, int capacity)
{
	return normalize(nfc, from, length, to, capacity);
}
