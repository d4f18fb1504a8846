/*-------------------------------------------------------------------------
 *
 * csv.h
 *		Splitting one record of comma-separated values (RFC 4180).
 *
 * IDENTIFICATION
 *		src/core/csv.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_CSV_H
#define IETP_CORE_CSV_H

#include <stdbool.h>
#include <stddef.h>

/* Where the reader stands in a record, which it does not own. */
typedef struct CsvReader
{
	const char *next;			/* first byte not read yet */
	const char *end;			/* byte after the record */
	char		delimiter;		/* one byte of ASCII, not a quote */
	bool		done;			/* the last field has been read */
} CsvReader;

typedef enum CsvResult
{
	CSV_FIELD,					/* a field was read */
	CSV_END,					/* there is no further field */
	CSV_OPEN,					/* the record ends inside quotes */
	CSV_MALFORMED				/* a quote where none may be */
} CsvResult;

extern void ietp_csv_start(CsvReader *reader, const char *record,
						   size_t length, char delimiter);
extern CsvResult ietp_csv_next(CsvReader *reader, char *field, size_t *length,
							   bool *quoted);

#endif							/* IETP_CORE_CSV_H */
