/*-------------------------------------------------------------------------
 *
 * language.c
 *		The language that a short note is written in.
 *
 * The script settles most notes.  Latin letters are left to tell Vietnamese,
 * with marks or typed without, from English, and that without statistics of
 * anybody's texts: the syllables of Vietnamese are a closed set, into which
 * most words of other languages do not fit, and English is not written without
 * its function words.  Each word speaks for a language, more or less loudly,
 * or for none, as names and codes do.
 *
 * In a mixed note the language of most letters wins.  A Chinese character
 * counts as three letters: so many it takes in Vietnamese and in English to
 * say the same.  Latin words of which we do not know the language count for
 * nothing, so that a factory's name does not hide the note around it.
 *
 * IDENTIFICATION
 *		src/core/language.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "language.h"

#define lengthof(array)		(sizeof(array) / sizeof((array)[0]))

#define NO_CHARACTER		0xFFFFFFFF

/* Letters that one Chinese character counts for. */
#define HAN_LETTERS			3

/* The longest syllable, "nghieng", has 7 letters; English words are longer. */
#define WORD_SIZE			16

/* What words say, in points; see weigh_word(). */
#define POINTS_UNMISTAKABLE	6	/* a syllable with marks of Vietnamese alone */
#define POINTS_MARKED		2	/* with marks that others write, too */
#define POINTS_UNMARKED		1
#define POINTS_PECULIAR		2	/* without marks, but of Vietnamese shape */
#define POINTS_FUNCTION		3	/* a function word of English alone */
#define POINTS_AMBIGUOUS	1	/* one that is a Vietnamese syllable, too */
#define POINTS_OF_WORK		2	/* an English word of the working life */
#define POINTS_TO_TELL		3	/* what a language needs */

typedef enum LanguageScript
{
	SCRIPT_NONE,				/* no letter */
	SCRIPT_LATIN,
	SCRIPT_MARK,				/* a mark on the letter before */
	SCRIPT_HAN,
	SCRIPT_KANA,
	SCRIPT_HANGUL,
	SCRIPT_THAI,
	SCRIPT_LAO,
	SCRIPT_KHMER,
	SCRIPT_OTHER,				/* of which we name no language */
	SCRIPT_COUNT
} LanguageScript;

/* Blocks never move; what is assigned in them later is of the same script. */
typedef struct LanguageBlock
{
	uint32_t	first;
	uint32_t	last;
	LanguageScript script;
} LanguageBlock;

static const LanguageBlock blocks[] = {
	{'A', 'Z', SCRIPT_LATIN}, {'a', 'z', SCRIPT_LATIN},
	{0x00C0, 0x00D6, SCRIPT_LATIN}, {0x00D8, 0x00F6, SCRIPT_LATIN},
	{0x00F8, 0x02AF, SCRIPT_LATIN}, {0x0300, 0x036F, SCRIPT_MARK},
	{0x0370, 0x0DFF, SCRIPT_OTHER}, {0x0E01, 0x0E3A, SCRIPT_THAI},
	{0x0E40, 0x0E4E, SCRIPT_THAI}, {0x0E81, 0x0ECE, SCRIPT_LAO},
	{0x0EDC, 0x0EDF, SCRIPT_LAO}, {0x0F00, 0x10FF, SCRIPT_OTHER},
	{0x1100, 0x11FF, SCRIPT_HANGUL}, {0x1200, 0x177F, SCRIPT_OTHER},
	{0x1780, 0x17D3, SCRIPT_KHMER}, {0x1800, 0x1DBF, SCRIPT_OTHER},
	{0x1E00, 0x1EFF, SCRIPT_LATIN}, {0x1F00, 0x1FFF, SCRIPT_OTHER},
	{0x2C00, 0x2DFF, SCRIPT_OTHER}, {0x3005, 0x3007, SCRIPT_HAN},
	{0x3041, 0x309F, SCRIPT_KANA}, {0x30A1, 0x30FA, SCRIPT_KANA},
	{0x30FC, 0x30FF, SCRIPT_KANA}, {0x3131, 0x318E, SCRIPT_HANGUL},
	{0x3400, 0x4DBF, SCRIPT_HAN}, {0x4E00, 0x9FFF, SCRIPT_HAN},
	{0xA000, 0xABFF, SCRIPT_OTHER}, {0xAC00, 0xD7FB, SCRIPT_HANGUL},
	{0xF900, 0xFAFF, SCRIPT_HAN}, {0xFB1D, 0xFDFF, SCRIPT_OTHER},
	{0xFE70, 0xFEFC, SCRIPT_OTHER}, {0xFF21, 0xFF3A, SCRIPT_LATIN},
	{0xFF41, 0xFF5A, SCRIPT_LATIN}, {0xFF66, 0xFF9F, SCRIPT_KANA},
	{0xFFA0, 0xFFDC, SCRIPT_HANGUL}, {0x10000, 0x1CFFF, SCRIPT_OTHER},
	{0x20000, 0x3FFFF, SCRIPT_HAN}
};

/* Vietnamese vowels: each without a tone, then with the five that have one. */
static const uint16_t vowels[][6] = {
	{'a', 0xE0, 0x1EA3, 0xE3, 0xE1, 0x1EA1},
	{0x103, 0x1EB1, 0x1EB3, 0x1EB5, 0x1EAF, 0x1EB7},
	{0xE2, 0x1EA7, 0x1EA9, 0x1EAB, 0x1EA5, 0x1EAD},
	{'e', 0xE8, 0x1EBB, 0x1EBD, 0xE9, 0x1EB9},
	{0xEA, 0x1EC1, 0x1EC3, 0x1EC5, 0x1EBF, 0x1EC7},
	{'i', 0xEC, 0x1EC9, 0x129, 0xED, 0x1ECB},
	{'o', 0xF2, 0x1ECF, 0xF5, 0xF3, 0x1ECD},
	{0xF4, 0x1ED3, 0x1ED5, 0x1ED7, 0x1ED1, 0x1ED9},
	{0x1A1, 0x1EDD, 0x1EDF, 0x1EE1, 0x1EDB, 0x1EE3},
	{'u', 0xF9, 0x1EE7, 0x169, 0xFA, 0x1EE5},
	{0x1B0, 0x1EEB, 0x1EED, 0x1EEF, 0x1EE9, 0x1EF1},
	{'y', 0x1EF3, 0x1EF7, 0x1EF9, 0xFD, 0x1EF5}
};

/* The letter without any mark of each row. */
static const char vowel_bases[] = "aaaeeiooouuy";

/* Combining marks of Vietnamese: three of letters, five of tones. */
static const uint16_t letter_marks[] = {0x302, 0x306, 0x31B};
static const uint16_t tone_marks[] = {0x300, 0x301, 0x303, 0x309, 0x323};

/*
 * Onsets and rhymes of Vietnamese syllables without their marks, sorted.  The
 * rhymes hold what follows an onset, a glide included; "qu" and "gi" are
 * onsets.
 */
static const char *const onsets[] = {
	"", "b", "c", "ch", "d", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n",
	"ng", "ngh", "nh", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x"
};

static const char *const rhymes[] = {
	"a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au",
	"ay",
	"e", "ec", "ech", "em", "en", "eng", "enh", "eo", "ep", "et", "eu",
	"i", "ia", "ich", "iec", "iem", "ien", "ieng", "iep", "iet", "ieu", "im",
	"in", "inh", "ip", "it", "iu",
	"o", "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao",
	"oat", "oay", "oc", "oe", "oen", "oeo", "oet", "oi", "om", "on", "ong",
	"oong", "op", "ot",
	"u", "ua", "uan", "uang", "uat", "uay", "uc", "ue", "uech", "uenh", "ui",
	"um", "un", "ung", "uo", "uoc", "uoi", "uom", "uon", "uong", "uop", "uot",
	"uou", "up", "ut", "uu", "uy", "uya", "uych", "uyen", "uyet", "uynh",
	"uyt", "uyu",
	"y", "yem", "yen", "yeng", "yet", "yeu"
};

/* Parts of a syllable that are rare outside of Vietnamese. */
static const char *const peculiar_onsets[] = {
	"gi", "kh", "ng", "ngh", "nh"
};

static const char *const peculiar_rhymes[] = {
	"ach", "anh", "enh", "ich", "iec", "iem", "ieng", "iep", "iet", "ieu",
	"inh", "oai", "oanh", "uoc", "uoi", "uom", "uon", "uong", "uop", "uot",
	"uyen", "uyet", "yem", "yeu"
};

/*
 * Frequent function words of English, sorted.  Those that Latin scripts of
 * Europe share ("in", "so", "was") are few or fit into Vietnamese.
 */
static const char *const function_words[] = {
	"a", "about", "after", "all", "am", "an", "and", "any", "are", "as", "at",
	"be", "because", "been", "before", "being", "between", "but", "by", "can",
	"could", "did", "do", "does", "during", "each", "every", "for", "from",
	"had", "has", "have", "he", "her", "him", "his", "how", "i", "if", "in",
	"into", "is", "it", "its", "many", "may", "me", "more", "most", "much",
	"my", "no", "not", "of", "on", "one", "only", "or", "other", "our", "out",
	"over", "said", "says", "she", "should", "so", "some", "than", "that",
	"the", "their", "them", "then", "there", "these", "they", "this", "those",
	"to", "too", "under", "up", "us", "very", "was", "we", "were", "what",
	"when", "where", "which", "while", "who", "whose", "why", "will", "with",
	"without", "would", "you", "your"
};

/*
 * What English notes of a helpline are about, sorted: these alone make a note
 * like "unpaid wages".  None of them is a Vietnamese syllable.
 */
static const char *const work_words[] = {
	"abuse", "accident", "boss", "company", "complaint", "contract", "days",
	"deduction", "dismissal", "dismissed", "dormitory", "employee",
	"employer", "employment", "factory", "fired", "harassment", "hours",
	"injury", "insurance", "labor", "labour", "leave", "maternity", "manager",
	"minimum", "money", "month", "months", "night", "overtime", "paid", "pay",
	"payment", "pregnant", "refused", "resignation", "resigned", "safety",
	"salary", "shift", "sick", "supervisor", "unpaid", "wage", "wages",
	"week", "withheld", "work", "worker", "workers", "working", "year"
};

/* A word without its marks. */
typedef struct LanguageWord
{
	char		letters[WORD_SIZE];
	int			length;			/* may be more than fits */
	int			marks;			/* letters with a mark */
	int			tones;
	bool		vietnamese;		/* has a mark of Vietnamese alone */
	bool		foreign;		/* has a letter that Vietnamese has not */
	bool		capital;		/* begins with one, as names do */
} LanguageWord;

typedef struct LanguageCount
{
	LanguageTest tests[2];		/* traditional, simplified */
	int64_t		letters[SCRIPT_COUNT];
	int64_t		telling[2];		/* characters that pass the tests */
	LanguageWord word;			/* the one being read */
	int64_t		words;
	int64_t		strangers;		/* no names, and not Vietnamese */
	int64_t		unmistakable;	/* with marks of Vietnamese alone */
	int64_t		vietnamese;		/* points */
	int64_t		english;
	int64_t		vietnamese_letters;
	int64_t		english_letters;
} LanguageCount;

/* The next character; what is no UTF-8 is NO_CHARACTER, a byte at a time. */
static uint32_t
next_character(const unsigned char **at, const unsigned char *end)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	uint32_t	c = *(*at)++;
	int			more = c < 0x80 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
	int			i;

	if (more == 0)
		return c;
	if (c < 0xC0 || c >= 0xF8 || end - *at < more)
		return NO_CHARACTER;
	c &= 0x3F >> more;
	for (i = 0; i < more; i++)
	{
		if (((*at)[i] & 0xC0) != 0x80)
			return NO_CHARACTER;
		c = c << 6 | ((*at)[i] & 0x3F);
	}
	if (c < least[more] || c > 0x10FFFF)
		return NO_CHARACTER;
	*at += more;
	return c;
}

static LanguageScript
script_of(uint32_t c)
{
	size_t		low = 0;
	size_t		high = lengthof(blocks);

	while (low < high)
	{
		size_t		middle = (low + high) / 2;

		if (c < blocks[middle].first)
			high = middle;
		else if (c > blocks[middle].last)
			low = middle + 1;
		else
			return blocks[middle].script;
	}
	return SCRIPT_NONE;
}

/*
 * A Latin letter in lower case and half width.  Other capitals than those of
 * Vietnamese may come out as they are.
 */
static uint32_t
lower(uint32_t c)
{
	if (c >= 0xFF21)
		c -= 0xFF21 - 'A';
	if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE))
		return c + 0x20;
	if ((c >= 0x100 && c <= 0x17F) || c >= 0x1E00)
		return c | 1;
	return c == 0x1A0 || c == 0x1AF ? c + 1 : c;
}

static bool
is_listed(const char *word, const char *const *list, size_t count)
{
	size_t		i;

	for (i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

#define IS_LISTED(word, list) is_listed(word, list, lengthof(list))

static bool
is_mark(uint32_t c, const uint16_t *marks, size_t count)
{
	size_t		i;

	for (i = 0; i < count; i++)
		if (c == marks[i])
			return true;
	return false;
}

static void
append_letter(LanguageWord *word, char letter)
{
	if (word->length < WORD_SIZE - 1)
		word->letters[word->length] = letter;
	word->length++;
}

/* Adds a vowel of Vietnamese without its marks.  False: it is none. */
static bool
append_vowel(LanguageWord *word, uint32_t c)
{
	size_t		row;
	int			tone;

	for (row = 0; row < lengthof(vowels); row++)
		for (tone = 0; tone < 6; tone++)
			if (vowels[row][tone] == c)
			{
				append_letter(word, vowel_bases[row]);
				word->marks += c > 0x7F;
				word->tones += tone > 0;
				/* Only the first 256 characters are written elsewhere. */
				word->vietnamese |= c > 0xFF;
				return true;
			}
	return false;
}

static void
append_latin(LanguageWord *word, uint32_t c)
{
	if (word->length == 0)
		word->capital = lower(c) != c && c < 0xFF41;
	c = lower(c);
	if (append_vowel(word, c))
		return;
	if (c == 0x111)
	{
		append_letter(word, 'd');
		word->marks++;
		word->vietnamese = true;
		return;
	}
	append_letter(word, c <= 'z' ? (char) c : '?');
	word->foreign |= c > 'z';
}

static void
append_mark(LanguageWord *word, uint32_t c)
{
	bool		tone = is_mark(c, tone_marks, lengthof(tone_marks));

	word->marks++;
	word->tones += tone;
	if (!tone && !is_mark(c, letter_marks, lengthof(letter_marks)))
		word->foreign = true;
	/* Hook, dot below and horn; the others are written elsewhere, too. */
	word->vietnamese |= c == 0x309 || c == 0x323 || c == 0x31B;
}

/* "c", "ch", "p" and "t" end a syllable. */
static bool
is_stopped(const char *rhyme)
{
	size_t		length = strlen(rhyme);

	return strchr("cpt", rhyme[length - 1]) != NULL ||
		(length > 2 && strcmp(rhyme + length - 2, "ch") == 0);
}

/* What may follow an onset by the rules of spelling. */
static bool
fit(const char *onset, const char *rhyme)
{
	bool		front = strchr("eiy", rhyme[0]) != NULL;

	if (rhyme[0] == 'y' && rhyme[1] != '\0')
		return onset[0] == '\0';
	if (strcmp(onset, "k") == 0 || strcmp(onset, "gh") == 0 ||
		strcmp(onset, "ngh") == 0)
		return front;
	if (strcmp(onset, "c") == 0 || strcmp(onset, "ng") == 0)
		return !front;
	if (strcmp(onset, "g") == 0)
		return !front || rhyme[0] == 'i';
	return true;
}

/*
 * Is the word a syllable of Vietnamese?  Marks are looked at as far as they
 * must be: there is one tone, and a stopped syllable that bears marks has one.
 */
static bool
is_syllable(const LanguageWord *word, bool *peculiar)
{
	char		onset[4];
	int			i;

	*peculiar = false;
	if (word->foreign || word->tones > 1 || word->length > 7)
		return false;
	for (i = 0; i < 4 && i < word->length; i++)
	{
		const char *rhyme = word->letters + i;

		memcpy(onset, word->letters, i);
		onset[i] = '\0';
		if (!IS_LISTED(onset, onsets) || !IS_LISTED(rhyme, rhymes) ||
			!fit(onset, rhyme) ||
			(is_stopped(rhyme) && word->marks > 0 && word->tones == 0))
			continue;
		*peculiar = IS_LISTED(onset, peculiar_onsets) ||
			IS_LISTED(rhyme, peculiar_rhymes);
		return true;
	}
	return false;
}

/* Ends the word that is being read: what does it say? */
static void
weigh_word(LanguageCount *count)
{
	LanguageWord *word = &count->word;
	bool		peculiar;
	bool		syllable;

	if (word->length == 0)
		return;
	word->letters[word->length < WORD_SIZE ? word->length : WORD_SIZE - 1] = 0;
	syllable = is_syllable(word, &peculiar);
	count->words++;
	count->strangers += !syllable && !word->capital;
	count->unmistakable += syllable && word->vietnamese;
	if (word->marks == 0 && IS_LISTED(word->letters, function_words))
		count->english += syllable ? POINTS_AMBIGUOUS : POINTS_FUNCTION;
	else if (word->marks == 0 && IS_LISTED(word->letters, work_words))
		count->english += POINTS_OF_WORK;
	else if (syllable)
		count->vietnamese += word->vietnamese ? POINTS_UNMISTAKABLE :
			word->marks > 0 ? POINTS_MARKED :
			peculiar ? POINTS_PECULIAR : POINTS_UNMARKED;
	if (syllable)
		count->vietnamese_letters += word->length;
	if (word->marks == 0)
		count->english_letters += word->length;
	memset(word, 0, sizeof(*word));
}

static void
count_character(LanguageCount *count, uint32_t c)
{
	LanguageScript script = script_of(c);
	int			i;

	if (script == SCRIPT_LATIN)
		append_latin(&count->word, c);
	else if (script == SCRIPT_MARK && count->word.length > 0)
		append_mark(&count->word, c);
	else
		weigh_word(count);
	count->letters[script]++;
	if (script == SCRIPT_HAN)
		for (i = 0; i < 2; i++)
			count->telling[i] += count->tests[i] (c);
}

/*
 * Single words may fit by chance, so most must.  Vietnamese suffers more words
 * of other languages where marks make sure of it, English many names.
 */
static const char *
latin_language(const LanguageCount *count, int64_t *letters)
{
	int			share = count->unmistakable > 0 ? 2 : 4;

	*letters = 0;
	if (count->vietnamese >= POINTS_TO_TELL &&
		count->vietnamese > count->english &&
		count->strangers * share <= count->words)
	{
		*letters = count->vietnamese_letters;
		return "vi";
	}
	if (count->english >= POINTS_TO_TELL &&
		count->english > count->vietnamese &&
		count->english * 4 >= count->words)
	{
		*letters = count->english_letters;
		return "en";
	}
	return NULL;
}

/* Japanese is never long without kana; Chinese borrows a few. */
static const char *
han_language(const LanguageCount *count)
{
	if (count->letters[SCRIPT_KANA] * 4 >= count->letters[SCRIPT_HAN])
		return "ja";
	if (count->telling[0] > count->telling[1])
		return "zh-Hant";
	if (count->telling[1] > count->telling[0])
		return "zh-Hans";
	return "zh";
}

static const char *
most_letters(const LanguageCount *count)
{
	static const struct
	{
		LanguageScript script;
		const char *language;
	}			others[] = {
		{SCRIPT_HANGUL, "ko"}, {SCRIPT_THAI, "th"}, {SCRIPT_LAO, "lo"},
		{SCRIPT_KHMER, "km"}, {SCRIPT_OTHER, NULL}
	};
	int64_t		most;
	const char *language = latin_language(count, &most);
	int64_t		letters = HAN_LETTERS * count->letters[SCRIPT_HAN] +
	count->letters[SCRIPT_KANA];
	size_t		i;

	if (letters > most)
	{
		most = letters;
		language = han_language(count);
	}
	for (i = 0; i < lengthof(others); i++)
		if (count->letters[others[i].script] > most)
		{
			most = count->letters[others[i].script];
			language = others[i].language;
		}
	return language;
}

const char *
ietp_find_language(const char *note, size_t length, LanguageTest traditional,
				   LanguageTest simplified)
{
	const unsigned char *at = (const unsigned char *) note;
	const unsigned char *end = at + length;
	LanguageCount count;

	memset(&count, 0, sizeof(count));
	count.tests[0] = traditional;
	count.tests[1] = simplified;
	while (at < end)
		count_character(&count, next_character(&at, end));
	weigh_word(&count);
	return most_letters(&count);
}
