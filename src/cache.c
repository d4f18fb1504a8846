/*-------------------------------------------------------------------------
 *
 * cache.c
 *		When the rows behind a per-backend cache have changed.
 *
 * Rules, rights and the desk's own entry are rows, and C code keeps compiled
 * copies of them per backend.  Every such table carries an AFTER ROW trigger
 * (ENABLE ALWAYS) that sends a relcache invalidation for the table; every
 * backend gets it with the transaction that changed the row, or at its end
 * when it rolled back, and moves to a new generation.  A cache remembers the
 * generation under which it was loaded and reloads when that has passed.
 *
 * IDENTIFICATION
 *		src/cache.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "nodes/pg_list.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "ietp_helpline.h"

/* Tables whose rows are cached; lives in TopMemoryContext, a handful long. */
static List *watched = NIL;

/* Never 0, so that a zeroed cache counts as not loaded. */
static uint64 generation = 1;

static void
relation_changed(Datum arg, Oid relid)
{
	(void) arg;
	if (!OidIsValid(relid) || list_member_oid(watched, relid))
		generation++;
}

static void
role_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	(void) arg;
	(void) cacheid;
	(void) hashvalue;
	generation++;
}

/*
 * Called once per backend, when the library is loaded.
 */
void
ietp_cache_init(void)
{
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, role_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, role_changed, (Datum) 0);
}

/*
 * The present generation.  Invalidations otherwise arrive when a lock is taken
 * for the first time in a transaction, so that the later statements of one
 * would go on with rights that were revoked meanwhile.
 */
uint64
ietp_cache_generation(void)
{
	AcceptInvalidationMessages();
	return generation;
}

/*
 * From now on a change of this table's rows begins a new generation.
 */
void
ietp_cache_watch(Oid relid)
{
	MemoryContext before;

	if (list_member_oid(watched, relid))
		return;
	before = MemoryContextSwitchTo(TopMemoryContext);
	watched = lappend_oid(watched, relid);
	MemoryContextSwitchTo(before);
}

/* Has the table, from its first column on, columns of these types? */
static bool
has_columns(Oid relid, const Oid *types, int count)
{
	for (int i = 0; i < count; i++)
	{
		Oid			type = get_atttype(relid, i + 1);

		if (types[i] == ANYENUMOID ? !type_is_enum(type) : type != types[i])
			return false;
	}
	return true;
}

/*
 * Oid of a table that is read by C code, or InvalidOid where there is none.
 *
 * The table must belong to "owner": one that somebody else planted under the
 * desk's name would otherwise decide who may do what.  And since its rows are
 * read by column number, without the executor, it must be a plain table with
 * columns of these types; ANYENUMOID stands for any enum.
 */
Oid
ietp_cached_table(const char *schema, const char *table, Oid owner,
				  const Oid *types, int count)
{
	Oid			nspid = get_namespace_oid(schema, true);
	Oid			relid;
	HeapTuple	tuple;
	bool		fit;

	relid = OidIsValid(nspid) ? get_relname_relid(table, nspid) : InvalidOid;
	if (!OidIsValid(relid))
		return InvalidOid;
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	fit = ((Form_pg_class) GETSTRUCT(tuple))->relowner == owner &&
		((Form_pg_class) GETSTRUCT(tuple))->relkind == RELKIND_RELATION &&
		has_columns(relid, types, count);
	ReleaseSysCache(tuple);
	if (!fit)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_DESK_OWNERSHIP),
				 errmsg("\"%s.%s\" is not the table that the owner of the desk was given",
						schema, table),
				 errhint("Restore the roles before the database, or give the table back to its owner, as create_desk made it.")));
	ietp_cache_watch(relid);
	return relid;
}

/*
 * ietp.invalidate_cache() - AFTER ROW trigger of the tables that are cached
 */
IETP_FUNCTION(invalidate_cache);
Datum
ietp_invalidate_cache(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"invalidate_cache\" must be fired AFTER ROW")));
	CacheInvalidateRelcache(trigger->tg_relation);
	return PointerGetDatum(NULL);
}
