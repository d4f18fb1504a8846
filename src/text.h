/*-------------------------------------------------------------------------
 *
 * text.h
 *		What ICU knows of Unicode, for code without ICU's headers.
 *
 * Free of server headers too, so that fuzzers and benches can use it alone.
 *
 * IDENTIFICATION
 *		src/text.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_TEXT_H
#define IETP_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* A code unit of UTF-16, and a code point. */
typedef uint16_t Unit;
typedef int32_t CodePoint;

/* What a segment between two word boundaries is. */
typedef enum SegmentKind
{
	SEGMENT_BLANK,				/* neither letters nor digits */
	SEGMENT_NUMBER,
	SEGMENT_WORD
} SegmentKind;

/* A word boundary: where the segment ends, in units, and its kind. */
typedef struct Segment
{
	uint16_t	end;
	uint16_t	kind;
} Segment;

extern const char *ietp_text_open(void);
extern const char *ietp_chinese_open(void);
extern const char *ietp_text_version(void);

extern CodePoint ietp_next_code_point(const char *bytes, int length, int *at);
extern int	ietp_put_code_point(char *bytes, CodePoint c);
extern int	ietp_put_units(Unit *units, CodePoint c);
extern CodePoint ietp_next_in_units(const Unit *units, int length, int *at);

extern bool ietp_is_han(CodePoint c);
extern bool ietp_is_joined(CodePoint c);
extern bool ietp_is_space(CodePoint c);
extern bool ietp_is_mark(CodePoint c);
extern bool ietp_is_word_part(CodePoint c);
extern bool ietp_is_latin(CodePoint c);
extern CodePoint ietp_simplified(CodePoint c);
extern bool ietp_is_traditional(CodePoint c);
extern bool ietp_is_simplified(CodePoint c);

extern int	ietp_find_segments(const Unit *units, int length,
							   Segment *segments);

extern int	ietp_break_words(const Unit *units, int length,
							 uint16_t *ends);

extern int	ietp_to_units(const char *bytes, int length,
						  Unit *units, int capacity);
extern int	ietp_to_bytes(const Unit *units, int length,
						  char *bytes, int capacity);
extern int	ietp_casefold(const Unit *from, int length,
						  Unit *to, int capacity);
extern int	ietp_decompose(const Unit *from, int length,
						   Unit *to, int capacity);
extern int	ietp_compose(const Unit *from, int length,
						 Unit *to, int capacity);

#endif							/* IETP_TEXT_H */
