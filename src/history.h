/*-------------------------------------------------------------------------
 *
 * history.h
 *		What the history of a case says of the rows that were written.
 *
 * IDENTIFICATION
 *		src/history.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_HISTORY_H
#define IETP_HISTORY_H

#include "access/tupdesc.h"
#include "ledger.h"

/* A version of a row, taken apart; values is NULL where there is none. */
typedef struct RowValues
{
	Datum	   *values;
	bool	   *nulls;
} RowValues;

/* What becomes of a column that has changed. */
typedef enum ColumnUse
{
	COLUMN_SHOWN,				/* both values are told */
	COLUMN_HIDDEN,				/* that it changed, but no value */
	COLUMN_SILENT				/* nothing */
} ColumnUse;

/* What a statement wrote beside the row of a case, for the case's event. */
typedef struct Step
{
	int64		case_ref;		/* key of the hash table */
	int32		n;				/* event that tells it; 0: none yet */
	int32		consent_n;		/* 0: used none */
	const char *table;
	const char *action;
	StringInfoData rows;		/* JSON of the rows, separated by commas */
} Step;

/* A table whose rows belong to cases. */
typedef struct RowTable
{
	const char *table;
	const char *key;			/* tells rows of a case apart */
	const char *columns;		/* of which the digest is */
} RowTable;

#define IETP_ROW_TABLES	9

extern const RowTable ietp_row_tables[IETP_ROW_TABLES];

extern void ietp_append_value(StringInfo json, Datum value, Oid type);
extern bool ietp_has_changed(Form_pg_attribute attribute,
							 const RowValues *old, const RowValues *new);
extern char *ietp_changes(TupleDesc desc, const RowValues *old,
						  const RowValues *new,
						  ColumnUse (*use) (const char *column));
extern void ietp_row_digest(const char *table, TupleDesc desc,
							const RowValues *row, uint8 *digest);
extern Step *ietp_find_step(int64 case_ref);
extern char *ietp_records_of(const Step *step);

/* case.c */
extern ColumnUse ietp_case_column_use(const char *column);

#endif							/* IETP_HISTORY_H */
