/*-------------------------------------------------------------------------
 *
 * vocabulary.c
 *		Labels of enum types, for values that may be anything.
 *
 * IDENTIFICATION
 *		src/vocabulary.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_enum.h"
#include "fmgr.h"
#include "storage/procarray.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/syscache.h"

#include "ietp_helpline.h"

IETP_FUNCTION(try_enum);

/*
 * May the label be used?  One that this transaction added to an older type
 * may not: were it rolled back, an index could still hold it.  This is the
 * rule of core's enum_in(), whose own function for it is static and raises.
 */
static bool
label_is_safe(HeapTuple tuple)
{
	TransactionId xmin;

	if (HeapTupleHeaderXminCommitted(tuple->t_data))
		return true;
	xmin = HeapTupleHeaderGetXmin(tuple->t_data);
	if (!TransactionIdIsInProgress(xmin) && TransactionIdDidCommit(xmin))
		return true;
	return !EnumUncommitted(((Form_pg_enum) GETSTRUCT(tuple))->oid);
}

static bool
is_ascii_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Copies the value, without the ASCII blanks around it, into label, and
 * returns false where it is too long for a label (or nothing).
 */
static bool
trim_label(const text *value, char *label)
{
	const char *start = VARDATA_ANY(value);
	const char *end = start + VARSIZE_ANY_EXHDR(value);

	while (start < end && is_ascii_blank(*start))
		start++;
	while (start < end && is_ascii_blank(end[-1]))
		end--;
	if (end == start || end - start >= NAMEDATALEN)
		return false;
	memcpy(label, start, end - start);
	label[end - start] = '\0';
	return true;
}

static void
lower_ascii(char *label)
{
	for (; *label != '\0'; label++)
		if (*label >= 'A' && *label <= 'Z')
			*label += 'a' - 'A';
}

/* The label's tuple in a list of one enum type's labels, or NULL. */
static HeapTuple
find_label(CatCList *list, const char *label)
{
	int			i;

	for (i = 0; i < list->n_members; i++)
	{
		HeapTuple	tuple = &list->members[i]->tuple;
		Form_pg_enum row = (Form_pg_enum) GETSTRUCT(tuple);

		if (strcmp(NameStr(row->enumlabel), label) == 0)
			return tuple;
	}
	return NULL;
}

/*
 * The OID of the label as written, else as written in lower case, or
 * InvalidOid.  Walks the list of the type's labels: a search for the label
 * alone would leave an entry in the catalog cache for each value that is not
 * there, and a bad file has a million of those.
 */
static Oid
label_oid(Oid type, char *label)
{
	Oid			result = InvalidOid;
	CatCList   *list;
	HeapTuple	tuple;

	list = SearchSysCacheList1(ENUMTYPOIDNAME, ObjectIdGetDatum(type));
	tuple = find_label(list, label);
	if (tuple == NULL)
	{
		lower_ascii(label);
		tuple = find_label(list, label);
	}
	if (tuple != NULL && label_is_safe(tuple))
		result = ((Form_pg_enum) GETSTRUCT(tuple))->oid;
	ReleaseSysCacheList(list);
	return result;
}

/* The second argument gives its type alone; its value is usually NULL. */
Datum
ietp_try_enum(PG_FUNCTION_ARGS)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 1);
	char		label[NAMEDATALEN];
	Oid			result;

	if (!OidIsValid(type))
		elog(ERROR, "could not determine actual enum type");
	if (PG_ARGISNULL(0) || !trim_label(PG_GETARG_TEXT_PP(0), label))
		PG_RETURN_NULL();
	result = label_oid(type, label);
	if (!OidIsValid(result))
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}
