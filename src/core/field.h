/*-------------------------------------------------------------------------
 *
 * field.h
 *		Reads one field of a real file: dates, times, amounts, numbers.
 *
 * IDENTIFICATION
 *		src/core/field.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_FIELD_H
#define IETP_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* '+' and at most 15 digits (E.164); no terminator. */
#define FIELD_PHONE_SIZE		16
#define FIELD_PHONE_MIN_DIGITS	7
#define FIELD_PHONE_MAX_DIGITS	15

#define FIELD_CODE_SIZE			64

/* Digits before and after the decimal point of an amount. */
#define FIELD_WHOLE_DIGITS		15
#define FIELD_FRACTION_DIGITS	4

/* Order of a date's parts where the year does not stand first. */
typedef enum FieldOrder
{
	FIELD_YMD,
	FIELD_DMY,
	FIELD_MDY
} FieldOrder;

/* Parts as they were written, of four and at most two digits; unchecked. */
typedef struct FieldDate
{
	int			year;
	int			month;
	int			day;
} FieldDate;

typedef struct FieldMoment
{
	FieldDate	date;			/* unchecked, as above */
	int			hour;			/* 0 to 23 */
	int			minute;			/* 0 to 59 */
	int			second;			/* 0 to 59 */
	int			microsecond;	/* 0 to 999999 */
	bool		has_offset;
	int			offset;			/* seconds east of UTC, below 16 hours */
} FieldMoment;

typedef struct FieldAmount
{
	bool		negative;		/* may be set for zero, too */
	int64_t		whole;			/* below 10^FIELD_WHOLE_DIGITS */
	int			fraction;		/* in units of 10^-scale */
	int			scale;			/* digits after the decimal point */
} FieldAmount;

/*
 * All take text in UTF-8 that need not end in a zero byte, read it once, and
 * allocate nothing.  Bytes that are no UTF-8 are refused like any other
 * character that has no place in a field.
 */
extern size_t ietp_field_trim(const char **text, size_t length);
extern bool ietp_field_date(const char *text, size_t length, FieldOrder order,
							FieldDate *date);
extern bool ietp_field_moment(const char *text, size_t length,
							  FieldOrder order, FieldMoment *moment);
extern bool ietp_field_amount(const char *text, size_t length,
							  FieldAmount *amount);
extern size_t ietp_field_phone(const char *text, size_t length,
							   const char *country, size_t country_length,
							   char *number);
extern bool ietp_field_code(const char *text, size_t length);

#endif							/* IETP_FIELD_H */
