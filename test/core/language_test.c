/*-------------------------------------------------------------------------
 *
 * language_test.c
 *		What core/language.c takes short notes for.
 *
 * The characters that tell traditional from simplified here are the few that
 * the notes have; the server's come from ICU.  No note has a byte 0x80 in it,
 * which pg_bsd_indent would break.  Each note is copied into memory of its very
 * size, so that a sanitizer or valgrind sees a byte read too many.
 *
 * IDENTIFICATION
 *		test/core/language_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "language.h"

#include "check.h"

/* 資 錢 說 */
static bool
traditional(uint32_t c)
{
	return c == 0x8CC7 || c == 0x9322 || c == 0x8AAA;
}

/* 资 钱 说 */
static bool
simplified(uint32_t c)
{
	return c == 0x8D44 || c == 0x94B1 || c == 0x8BF4;
}

static const char *
language_of_bytes(const char *note, size_t length)
{
	char	   *copy = malloc(length > 0 ? length : 1);
	const char *language;

	if (copy == NULL)
		abort();
	memcpy(copy, note, length);
	language = ietp_find_language(copy, length, traditional, simplified);
	free(copy);
	return language != NULL ? language : "none";
}

static const char *
language_of(const char *note)
{
	return language_of_bytes(note, strlen(note));
}

static void
test_chinese(void)
{
	CHECK_TEXT(language_of("公司拖欠工资"), "zh-Hans");
	CHECK_TEXT(language_of("公司拖欠工資"), "zh-Hant");
	CHECK_TEXT(language_of("拖欠"), "zh");
	CHECK_TEXT(language_of("工"), "zh");
	/* The more of them; as many of both tell nothing. */
	CHECK_TEXT(language_of("资说資"), "zh-Hans");
	CHECK_TEXT(language_of("资資說"), "zh-Hant");
	CHECK_TEXT(language_of("资資"), "zh");
	/* A borrowed kana makes no Japanese; compatibility and rare characters. */
	CHECK_TEXT(language_of("工人の家庭生活"), "zh");
	CHECK_TEXT(language_of("\xEF\xA4\x80"), "zh");
	CHECK_TEXT(language_of("\xF0\xA0\x80\x80"), "zh");
}

static void
test_vietnamese(void)
{
	CHECK_TEXT(language_of("Công ty nợ lương công nhân 3 tháng"), "vi");
	CHECK_TEXT(language_of("CÔNG TY NỢ LƯƠNG"), "vi");
	CHECK_TEXT(language_of("lương"), "vi");
	CHECK_TEXT(language_of("đi"), "vi");
	/* The same with combining marks, all of them or tones alone. */
	CHECK_TEXT(language_of("lu\xCC\x9Bo\xCC\x9Bng"), "vi");
	CHECK_TEXT(language_of("n\xC6\xA1\xCC\xA3"), "vi");
	CHECK_TEXT(language_of("hỏi chuyện nghiêng ngả quyết giết"), "vi");
	/* Names and loan words of others are suffered. */
	CHECK_TEXT(language_of("Luke Kuechly đã làm gì ở Foxconn?"), "vi");
	CHECK_TEXT(language_of("nợ lương overtime"), "vi");
}

static void
test_without_marks(void)
{
	CHECK_TEXT(language_of("cong ty no luong cong nhan 3 thang"), "vi");
	CHECK_TEXT(language_of("chu khong tra luong"), "vi");
	CHECK_TEXT(language_of("Tang ca khong duoc tra tien"), "vi");
	CHECK_TEXT(language_of("nghi ngang"), "vi");
	CHECK_TEXT(language_of("\xEF\xBD\x8E\xEF\xBD\x87\xEF\xBD\x88\xEF\xBD\x89 "
						   "\xEF\xBC\xAE\xEF\xBC\xA7\xEF\xBC\xA1"), "vi");
	/* One syllable, or two of no peculiar shape, may be anything. */
	CHECK_TEXT(language_of("luong"), "none");
	CHECK_TEXT(language_of("tang ca"), "none");
	/* Pinyin, Tagalog, Malay. */
	CHECK_TEXT(language_of("lao ban tuo qian gong zi san ge yue"), "none");
	CHECK_TEXT(language_of("Hindi kami binayaran ng tatlong buwan"), "none");
	CHECK_TEXT(language_of("Majikan tidak bayar gaji tiga bulan"), "none");
}

static void
test_english(void)
{
	CHECK_TEXT(language_of("The factory has not paid us since May"), "en");
	CHECK_TEXT(language_of("they fired me"), "en");
	CHECK_TEXT(language_of("NO PAY FOR THREE MONTHS"), "en");
	CHECK_TEXT(language_of("I don't know what to do"), "en");
	/* All of it function words that are Vietnamese syllables, too. */
	CHECK_TEXT(language_of("so to me it can not do"), "en");
	/* Without a function word two words of the working life tell. */
	CHECK_TEXT(language_of("unpaid wages"), "en");
	CHECK_TEXT(language_of("overtime"), "none");
	CHECK_TEXT(language_of("southern border region"), "none");
	CHECK_TEXT(language_of("Foxconn Technology Group"), "none");
	CHECK_TEXT(language_of("A-123"), "none");
}

static void
test_other_languages(void)
{
	CHECK_TEXT(language_of("給料が払われない"), "ja");
	CHECK_TEXT(language_of("カタカナ"), "ja");
	CHECK_TEXT(language_of("월급을 못 받았어요"), "ko");
	CHECK_TEXT(language_of("ไม่ได้รับค่าจ้าง"), "th");
	CHECK_TEXT(language_of("ບໍ່ໄດ້ຮັບຄ່າຈ້າງ"), "lo");
	CHECK_TEXT(language_of("មិនបានទទួល"), "km");
	/* Scripts of several languages. */
	CHECK_TEXT(language_of("нам не платят"), "none");
	CHECK_TEXT(language_of("বেতন দেয় না"), "none");
	CHECK_TEXT(language_of("काम का पैसा"), "none");
	CHECK_TEXT(language_of("لا يدفعون الأجور"), "none");
	/* Latin letters of neither language. */
	CHECK_TEXT(language_of("Die Firma zahlt keinen Lohn"), "none");
	CHECK_TEXT(language_of("El jefe no nos ha pagado en tres meses"), "none");
	CHECK_TEXT(language_of("O patrão não paga o salário há três meses"),
			   "none");
	CHECK_TEXT(language_of("Szef nie płaci nam od trzech miesięcy"), "none");
	CHECK_TEXT(language_of("Patron üç aydır maaş vermiyor"), "none");
}

static void
test_mixed_notes(void)
{
	CHECK_TEXT(language_of("Foxconn Technology 欠资"), "zh-Hans");
	CHECK_TEXT(language_of("The worker complained about 加班 and 社保"), "en");
	CHECK_TEXT(language_of("工人说公司 nợ lương"), "zh-Hans");
	CHECK_TEXT(language_of("công nhân hỏi về 社保"), "vi");
	CHECK_TEXT(language_of("Worker: công ty nợ lương, no overtime pay"), "vi");
	/* A character weighs three letters: 15 against 16, and against 14. */
	CHECK_TEXT(language_of("工人工人工 nghiêng nghiêng ai"), "vi");
	CHECK_TEXT(language_of("工人工人工 nghiêng nghiêng"), "zh");
	/* What no language is named for counts too. */
	CHECK_TEXT(language_of("нам не платят 工"), "none");
}

static void
test_no_letters(void)
{
	CHECK_TEXT(language_of(""), "none");
	CHECK_TEXT(language_of(" 138-0013-8000, 2021!"), "none");
	CHECK_TEXT(language_of("\xF0\x9F\x98\xAD\xE3\x80\x82\xEF\xBC\x81"), "none");
	CHECK_TEXT(language_of("\xCC\x81\xCC\x81"), "none");
	/* No UTF-8: cut, overlong, a surrogate's length, beyond the last. */
	CHECK_TEXT(language_of("\xE5\xB7"), "none");
	CHECK_TEXT(language_of("\xC1\x81\xE0\x81\x81\xF0\x80\x81\x81"), "none");
	CHECK_TEXT(language_of("\xF4\x90\x80\x80\xF8\x88\x80\x80\x80\xFF"), "none");
	CHECK_TEXT(language_of("\xE5\xE5\xB7\xA5"), "zh");
}

/* Words and marks without end are one word, and are read once. */
static void
test_floods(void)
{
	static char note[3000000];
	size_t		i;

	for (i = 0; i < sizeof(note); i++)
		note[i] = "nghi"[i % 4];
	CHECK_TEXT(language_of_bytes(note, sizeof(note)), "none");
	for (i = 1; i + 1 < sizeof(note); i += 2)
		memcpy(note + i, "\xCC\x81", 2);
	CHECK_TEXT(language_of_bytes(note, sizeof(note) - 1), "none");
}

int
main(void)
{
	test_chinese();
	test_vietnamese();
	test_without_marks();
	test_english();
	test_other_languages();
	test_mixed_notes();
	test_no_letters();
	test_floods();
	return check_done("language");
}
