/*-------------------------------------------------------------------------
 *
 * record.c
 *		Rows of the desk's tables as C code reads them.
 *
 * Tables of rules are read whole, by plain scans with a catalog snapshot, so
 * that a transaction at REPEATABLE READ, too, works by the rules that are
 * committed now.
 *
 * IDENTIFICATION
 *		src/record.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "ietp_helpline.h"
#include "record.h"

/* Hands every row of a table of the desk to read_record. */
void
ietp_read_table(const char *name, const Oid *types, int count,
				void (*read_record) (const Record *record))
{
	Oid			relid = ietp_cached_table("desk", name,
										  ietp_get_desk()->owner,
										  types, count);
	Relation	rel;
	SysScanDesc scan;
	Record		record;

	if (!OidIsValid(relid))
		return;
	rel = table_open(relid, AccessShareLock);
	record.desc = RelationGetDescr(rel);
	scan = systable_beginscan(rel, InvalidOid, false, NULL, 0, NULL);
	while (HeapTupleIsValid(record.tuple = systable_getnext(scan)))
		read_record(&record);
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
}

Datum
ietp_record_value(const Record *record, int column, bool *isnull)
{
	return heap_getattr(record->tuple, column, record->desc, isnull);
}

char	   *
ietp_record_text(const Record *record, int column)
{
	bool		isnull;
	Datum		value = ietp_record_value(record, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* The label of an enum. */
char	   *
ietp_record_label(const Record *record, int column)
{
	bool		isnull;
	Datum		value = ietp_record_value(record, column, &isnull);

	return isnull ? NULL :
		DatumGetCString(DirectFunctionCall1(enum_out, value));
}

bool
ietp_record_bool(const Record *record, int column)
{
	bool		isnull;
	Datum		value = ietp_record_value(record, column, &isnull);

	return !isnull && DatumGetBool(value);
}

/* An integer or a date; 0 where it is NULL. */
int32
ietp_record_int(const Record *record, int column)
{
	bool		isnull;
	Datum		value = ietp_record_value(record, column, &isnull);

	return isnull ? 0 : DatumGetInt32(value);
}

/* NULL elements are left out. */
Strings
ietp_record_strings(const Record *record, int column)
{
	Strings		strings = {NULL, 0};
	bool		isnull;
	Datum		value = ietp_record_value(record, column, &isnull);
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	if (isnull)
		return strings;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, &nulls, &count);
	strings.items = palloc(Max(count, 1) * sizeof(char *));
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			strings.items[strings.count++] = TextDatumGetCString(elements[i]);
	return strings;
}
