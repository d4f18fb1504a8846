/*-------------------------------------------------------------------------
 *
 * guard.c
 *		Nothing but drop_desk() drops the desk.
 *
 * DROP EXTENSION ... CASCADE would silently drop every column of our types,
 * and so would whatever else takes the extension with it: the schema that it
 * was installed into, the language of its functions, its owner.
 *
 * IDENTIFICATION
 *		src/guard.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "commands/event_trigger.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "ietp_helpline.h"

/* True while drop_desk() itself drops the two schemas. */
bool		ietp_guard_lowered = false;

/*
 * Does this database hold a desk to be guarded?  pg_restore --clean drops
 * table by table, then the extension, and the two schemas after it.
 */
static bool
desk_is_laid(void)
{
	Oid			nspid = get_namespace_oid("desk", true);

	return ietp_get_desk()->version != 0 && OidIsValid(nspid) &&
		(OidIsValid(get_relname_relid("cases", nspid)) ||
		 OidIsValid(get_relname_relid("calls", nspid)));
}

/*
 * The schema that the extension is in for the catalogs: where none of its
 * objects are, but whose drop takes them all.
 */
static Oid
extension_schema(void)
{
	Relation	rel = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			nspid = InvalidOid;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber,
				F_NAMEEQ, CStringGetDatum("ietp_helpline"));
	scan = systable_beginscan(rel, ExtensionNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		nspid = ((Form_pg_extension) GETSTRUCT(tuple))->extnamespace;
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return nspid;
}

/* Is any of these names in the list of String nodes? */
static bool
names_include(List *names, const char *one, const char *other)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		const char *name = strVal(lfirst(cell));

		if (strcmp(name, one) == 0 || strcmp(name, other) == 0)
			return true;
	}
	return false;
}

/* Is the schema that the extension is in among these names? */
static bool
names_include_schema(List *names)
{
	const char *schema = get_namespace_name(extension_schema());

	return schema != NULL && names_include(names, schema, schema);
}

/*
 * Would this DROP take the desk, or the types of its columns, with it?  The
 * language of our functions is an extension too.
 */
static bool
drop_hits_desk(DropStmt *drop)
{
	bool		cascade = drop->behavior == DROP_CASCADE;

	if (drop->removeType == OBJECT_EXTENSION)
		return names_include(drop->objects, "ietp_helpline",
							 cascade ? "plpgsql" : "ietp_helpline");
	if (drop->removeType == OBJECT_SCHEMA)
		return cascade &&
			(names_include(drop->objects, "desk", "helpline") ||
			 names_include_schema(drop->objects));
	return false;
}

/* Owner of a schema, or InvalidOid where there is none. */
static Oid
schema_owner(Oid nspid)
{
	HeapTuple	tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(nspid));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

/*
 * DROP OWNED BY the desk's owner drops the desk; by whoever owns the
 * extension, or the schema it is in, the extension.
 */
static bool
drop_owned_hits_desk(DropOwnedStmt *drop)
{
	Oid			installer = schema_owner(get_namespace_oid("ietp", true));
	Oid			host = schema_owner(extension_schema());
	ListCell   *cell;

	foreach(cell, drop->roles)
	{
		Oid			role = get_rolespec_oid(lfirst_node(RoleSpec, cell), true);

		if (role == installer || role == host ||
			role == ietp_get_desk()->owner)
			return true;
	}
	return false;
}

/* Renamed, the desk would no longer be found, and no longer be guarded. */
static bool
rename_hits_desk(RenameStmt * rename)
{
	return rename->renameType == OBJECT_SCHEMA &&
		(strcmp(rename->subname, "desk") == 0 ||
		 strcmp(rename->subname, "helpline") == 0);
}

static bool
statement_hits_desk(Node *statement)
{
	if (IsA(statement, DropStmt))
		return drop_hits_desk((DropStmt *) statement);
	if (IsA(statement, DropOwnedStmt))
		return drop_owned_hits_desk((DropOwnedStmt *) statement);
	if (IsA(statement, RenameStmt))
		return rename_hits_desk((RenameStmt *) statement);
	return false;
}

/*
 * ietp.guard_desk() - event trigger
 */
IETP_FUNCTION(guard_desk);
Datum
ietp_guard_desk(PG_FUNCTION_ARGS)
{
	EventTriggerData *trigger = (EventTriggerData *) fcinfo->context;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"guard_desk\" must be fired by an event trigger")));
	if (!ietp_guard_lowered && desk_is_laid() &&
		statement_hits_desk(trigger->parsetree))
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot run %s while this database holds a desk",
						GetCommandTagName(trigger->tag)),
				 errdetail("It would drop or hide calls and cases, or columns of them."),
				 errhint("Back up, then CALL ietp.drop_desk() first.")));
	PG_RETURN_NULL();
}
