/*-------------------------------------------------------------------------
 *
 * record.h
 *		Rows of the desk's tables as C code reads them.
 *
 * IDENTIFICATION
 *		src/record.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_RECORD_H
#define IETP_RECORD_H

#include "access/htup.h"
#include "access/tupdesc.h"

/* A list of strings; NULL and 0 where the column is NULL. */
typedef struct Strings
{
	char	  **items;
	int			count;
} Strings;

/* One row while a table is read. */
typedef struct Record
{
	HeapTuple	tuple;
	TupleDesc	desc;
} Record;

extern void ietp_read_table(const char *name, const Oid *types, int count,
							void (*read_record) (const Record *record));
extern Datum ietp_record_value(const Record *record, int column,
							   bool *isnull);
extern char *ietp_record_text(const Record *record, int column);
extern char *ietp_record_label(const Record *record, int column);
extern bool ietp_record_bool(const Record *record, int column);
extern int32 ietp_record_int(const Record *record, int column);
extern Strings ietp_record_strings(const Record *record, int column);

#endif							/* IETP_RECORD_H */
