/*-------------------------------------------------------------------------
 *
 * desk.c
 *		Laying, migrating, dropping and guarding the desk.
 *
 * The desk (schema "desk", the tables) and the counter (schema "helpline",
 * the functions that applications call) are not members of the extension:
 * member tables lose on dump and restore what a DBA adds to them, and
 * DROP EXTENSION would drop every case.  They belong to a role that cannot
 * log in.  The one row of ietp.desk says that a desk was laid, whose it is
 * and of which version; only a superuser can write it, so that nobody's
 * planted schema passes for the desk.
 *
 * The statements run as the desk's owner, while the outer user stays the one
 * who called: ietp.actor() names him, and row security lets him pass.
 *
 * IDENTIFICATION
 *		src/desk.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_proc.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "ietp_helpline.h"

/* Columns of ietp.desk */
#define Anum_desk_owner		1
#define Anum_desk_version	2

/* What the desk's owner may call and others may not. */
#define OWNER_FUNCTIONS \
	"ietp.begin_work(text), ietp.invalidate_cache()," \
	" ietp.enforce_lifecycle(), ietp.stamp_case()," \
	" ietp.record_case(), ietp.record_rows(), ietp.guard_ledger()," \
	" ietp.flush_changes()," \
	" ietp.next_actions(anyelement, text, text, text)"

/*
 * Fills *desk from the one row of ietp.desk as it is committed now, or as
 * this transaction has changed it; leaves it zeroed where there is no row.
 */
static void
read_desk(Desk *desk, Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, NULL,
										  0, NULL);
	HeapTuple	tuple = systable_getnext(scan);
	bool		isnull;

	if (HeapTupleIsValid(tuple))
	{
		Name		owner = DatumGetName(heap_getattr(tuple, Anum_desk_owner,
													  RelationGetDescr(rel),
													  &isnull));

		desk->owner = get_role_oid(NameStr(*owner), true);
		desk->version = DatumGetInt32(heap_getattr(tuple, Anum_desk_version,
												   RelationGetDescr(rel),
												   &isnull));
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
}

/*
 * The desk's entry, from the backend's cache.  The result is only good until
 * the next call.
 */
const Desk *
ietp_get_desk(void)
{
	static Desk desk;
	static uint64 loaded = 0;

	/* Loading takes locks, which may bring news; twice over is enough. */
	for (int i = 0; i < 2 && loaded != ietp_cache_generation(); i++)
	{
		uint64		before = ietp_cache_generation();
		Oid			nspid = get_namespace_oid("ietp", true);
		Oid			relid = OidIsValid(nspid) ?
		get_relname_relid("desk", nspid) : InvalidOid;

		memset(&desk, 0, sizeof(desk));
		if (OidIsValid(relid))
		{
			ietp_cache_watch(relid);
			read_desk(&desk, relid);
		}
		loaded = before;
	}
	return &desk;
}

/* Refuses unless a desk of the library's version is laid. */
void
ietp_check_desk_version(void)
{
	const Desk *desk = ietp_get_desk();

	if (desk->version == 0)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_NO_DESK),
				 errmsg("no desk has been laid in this database"),
				 errhint("CALL ietp.create_desk(owner).")));
	if (desk->version != IETP_DESK_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_DESK_VERSION),
				 errmsg("the desk has version %d, but the installed ietp_helpline works with version %d",
						desk->version, IETP_DESK_VERSION),
				 desk->version < IETP_DESK_VERSION ?
				 errhint("CALL ietp.migrate_desk().") :
				 errhint("Install the release of ietp_helpline that the desk was laid with, or a later one.")));
}

/*
 * ietp.require_desk() - refuses unless the counter may work
 *
 * Every function of the counter calls this first.  It runs as that function's
 * owner, which must be the desk's: after a restore without the roles the
 * functions belong to the superuser who restored, and would run as that.
 */
IETP_FUNCTION(require_desk);
Datum
ietp_require_desk(PG_FUNCTION_ARGS)
{
	const Desk *desk = ietp_get_desk();

	(void) fcinfo;
	ietp_check_desk_version();
	if (desk->owner != GetUserId() || superuser_arg(desk->owner))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_DESK_OWNERSHIP),
				 errmsg("function of the helpline does not run as the owner of the desk"),
				 errdetail("The owner is the role that ietp.desk names, and no superuser."),
				 errhint("Restore the roles before the database, so that the functions belong to their owner.")));
	PG_RETURN_VOID();
}

/*
 * ietp.check_desk() - refuses unless this database has a desk in order
 *
 * What a DBA calls asks this before it touches a table of the desk: a trigger
 * on one that somebody planted would run as the DBA.
 */
IETP_FUNCTION(check_desk);
Datum
ietp_check_desk(PG_FUNCTION_ARGS)
{
	const Desk *desk = ietp_get_desk();
	Oid			owner = desk->owner;

	(void) fcinfo;
	ietp_check_desk_version();
	(void) ietp_cached_table("desk", "kind_functions", owner, NULL, 0);
	(void) ietp_cached_table("desk", "kind_roles", owner, NULL, 0);
	PG_RETURN_VOID();
}

static void
check_superuser(const char *procedure)
{
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be superuser to call %s", procedure)));
}

/*
 * The desk's owner shall be nobody: a role without login, whom row security
 * binds.
 */
static void
check_desk_owner(Oid owner)
{
	HeapTuple	tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(owner));
	bool		fit;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for role %u", owner);
	fit = owner >= FirstNormalObjectId &&
		!((Form_pg_authid) GETSTRUCT(tuple))->rolcanlogin &&
		!((Form_pg_authid) GETSTRUCT(tuple))->rolsuper &&
		!((Form_pg_authid) GETSTRUCT(tuple))->rolbypassrls;
	ReleaseSysCache(tuple);
	if (!fit)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("role \"%s\" cannot own the desk",
						GetUserNameFromId(owner, false)),
				 errdetail("The owner must not be predefined, and must have none of LOGIN, SUPERUSER and BYPASSRLS."),
				 errhint("CREATE ROLE ... NOLOGIN, and give that one.")));
}

static void
check_no_schema(const char *name)
{
	if (OidIsValid(get_namespace_oid(name, true)))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_SCHEMA),
				 errmsg("schema \"%s\" already exists", name),
				 errdetail("It was not laid by create_desk, so nothing in it can be trusted."),
				 errhint("Find out whose it is, then rename or drop it.")));
}

/* Executes statements inside SPI, as whoever is the current user. */
static void
execute(const char *statements)
{
	int			result = SPI_execute(statements, false, 0);

	if (result < 0)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
}

/*
 * Executes the statements of a script one by one, so that the context of an
 * error shows the one that failed, and not the whole script.
 */
static void
execute_script(const char *script)
{
	ListCell   *cell;

	foreach(cell, pg_parse_query(script))
	{
		RawStmt    *statement = lfirst_node(RawStmt, cell);
		const char *start = script + statement->stmt_location;

		execute(statement->stmt_len == 0 ? start :
				pnstrdup(start, statement->stmt_len));
	}
}

/*
 * Executes one statement as the desk's owner, who could otherwise have left a
 * trigger or rule on a table to run as the DBA.
 */
static void
execute_restricted(Oid owner, const char *statement)
{
	Oid			caller;
	int			context;

	GetUserIdAndSecContext(&caller, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	execute(statement);
	SetUserIdAndSecContext(caller, context);
}

/* A function of the schema desk, which must be its owner's. */
static Oid
find_function(const char *name, Oid result, int nargs, const Oid *types,
			  Oid owner)
{
	Oid			funcid = LookupFuncName(list_make2(makeString("desk"),
												   makeString(pstrdup(name))),
										nargs, types, false);
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	bool		fit;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcid);
	fit = ((Form_pg_proc) GETSTRUCT(tuple))->proowner == owner &&
		((Form_pg_proc) GETSTRUCT(tuple))->prorettype == result;
	ReleaseSysCache(tuple);
	if (!fit)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_DESK_OWNERSHIP),
				 errmsg("function \"desk.%s\" does not belong to the owner of the desk, or returns another type",
						name)));
	return funcid;
}

/*
 * From here to ietp_end_as_owner() the desk's owner works, whoever called.
 *
 * Row security does not bind it meanwhile, as it does not bind the checks of
 * foreign keys: what it finds must not depend on what the actor may see.
 * row_security is off, because a plan that was made where policies count is
 * told from one made here by that setting alone.  On error the transaction's
 * abort brings user and setting back.
 */
void
ietp_begin_as_owner(OwnerWork *work)
{
	Oid			owner = ietp_get_desk()->owner;

	work->settings = NewGUCNestLevel();
	GetUserIdAndSecContext(&work->caller, &work->sec_context);
	SetUserIdAndSecContext(owner, work->sec_context |
						   SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_NOFORCE_RLS);
	(void) set_config_option("row_security", "off", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

void
ietp_end_as_owner(const OwnerWork *work)
{
	AtEOXact_GUC(true, work->settings);
	SetUserIdAndSecContext(work->caller, work->sec_context);
}

/*
 * Calls a function of the schema desk, as its owner, that takes at most three
 * arguments of these types.
 */
Datum
ietp_call_as_owner(const char *function, Oid result_type, int nargs,
				   const Oid *types, const Datum *args, bool *isnull)
{
	Oid			owner = ietp_get_desk()->owner;
	OwnerWork	work;
	FmgrInfo	flinfo;
	Datum		result;

	LOCAL_FCINFO(call, 3);

	ietp_begin_as_owner(&work);
	fmgr_info(find_function(function, result_type, nargs, types, owner),
			  &flinfo);
	InitFunctionCallInfoData(*call, &flinfo, nargs, DEFAULT_COLLATION_OID,
							 NULL, NULL);
	for (int i = 0; i < nargs; i++)
	{
		call->args[i].value = args[i];
		call->args[i].isnull = false;
	}
	result = FunctionCallInvoke(call);
	ietp_end_as_owner(&work);
	*isnull = call->isnull;
	return result;
}

/*
 * ietp.execute_as_owner(statement text)
 *
 * For those who could SET ROLE to the desk's owner anyway.
 */
IETP_FUNCTION(execute_as_owner);
Datum
ietp_execute_as_owner(PG_FUNCTION_ARGS)
{
	const Desk *desk = ietp_get_desk();
	Oid			owner = desk->owner;

	ietp_check_desk_version();
	if (!is_member_of_role(GetUserId(), owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be member of the role that owns the desk")));
	SPI_connect();
	execute_restricted(owner, text_to_cstring(PG_GETARG_TEXT_PP(0)));
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * Executes a script as the desk's owner.  SET ROLE is not used, for it would
 * change the outer user, whom ietp.actor() names.  On error the transaction's
 * abort brings the user back.
 */
static void
execute_script_as(Oid owner, const char *script)
{
	Oid			caller;
	int			context;

	GetUserIdAndSecContext(&caller, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE);
	execute_script(script);
	SetUserIdAndSecContext(caller, context);
}

/* First column of the first row as text, in SPI's memory; NULL where none. */
static char *
query_text(const char *query)
{
	execute(query);
	if (SPI_processed == 0)
		return NULL;
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

/*
 * ietp.create_desk(owner name)
 */
IETP_FUNCTION(create_desk);
Datum
ietp_create_desk(PG_FUNCTION_ARGS)
{
	const char *name;
	const char *quoted;
	Oid			owner;

	check_superuser("ietp.create_desk");
	if (PG_ARGISNULL(0))		/* a procedure cannot be STRICT */
		ereport(ERROR,
				(errcode(ERRCODE_IETP_MISSING_VALUE),
				 errmsg("missing value for \"owner\""),
				 errhint("Give the role that shall own the desk.")));
	name = NameStr(*PG_GETARG_NAME(0));
	quoted = quote_identifier(name);
	SPI_connect();
	/* Of two at a time the second waits, and finds the desk of the first. */
	execute("LOCK TABLE ietp.desk IN SHARE ROW EXCLUSIVE MODE");
	if (ietp_get_desk()->version != 0)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_DESK_EXISTS),
				 errmsg("a desk has already been laid in this database")));
	owner = get_role_oid(name, false);
	check_desk_owner(owner);
	check_no_schema("desk");
	check_no_schema("helpline");

	execute(psprintf("CREATE SCHEMA desk AUTHORIZATION %s;"
					 "CREATE SCHEMA helpline AUTHORIZATION %s;"
					 "GRANT EXECUTE ON FUNCTION " OWNER_FUNCTIONS " TO %s;"
					 "INSERT INTO ietp.desk (owner, version) VALUES (%s, %d)",
					 quoted, quoted, quoted,
					 quote_literal_cstr(name), IETP_DESK_VERSION));
	execute_script_as(owner, query_text("SELECT ietp.desk_script()"));
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * ietp.migrate_desk()
 *
 * There has been no other version yet: nothing to migrate from.
 */
IETP_FUNCTION(migrate_desk);
Datum
ietp_migrate_desk(PG_FUNCTION_ARGS)
{
	const Desk *desk = ietp_get_desk();

	(void) fcinfo;
	check_superuser("ietp.migrate_desk");
	if (desk->version != 0 && desk->version < IETP_DESK_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_DESK_VERSION),
				 errmsg("no migration is known from version %d of the desk",
						desk->version)));
	ietp_check_desk_version();
	ereport(NOTICE,
			(errmsg("the desk has version %d already", desk->version)));
	PG_RETURN_VOID();
}

/*
 * Refuses when a view, foreign key or function of somebody's outside the desk
 * depends on it: CASCADE would take it away without a word.
 */
static void
check_no_dependents(void)
{
	char	   *dependent = query_text("SELECT ietp.desk_dependents() LIMIT 1");

	if (dependent != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot drop the desk because other objects depend on it"),
				 errdetail("%s depends on it.", dependent),
				 errhint("SELECT ietp.desk_dependents() lists them all; drop them first.")));
}

/*
 * ietp.drop_desk()
 */
IETP_FUNCTION(drop_desk);
Datum
ietp_drop_desk(PG_FUNCTION_ARGS)
{
	const Desk *desk = ietp_get_desk();
	Oid			owner = desk->owner;

	(void) fcinfo;
	check_superuser("ietp.drop_desk");
	if (desk->version == 0)
		ietp_check_desk_version();
	SPI_connect();
	check_no_dependents();
	ietp_guard_lowered = true;
	PG_TRY();
	{
		execute("DROP SCHEMA IF EXISTS helpline, desk CASCADE");
	}
	PG_FINALLY();
	{
		ietp_guard_lowered = false;
	}
	PG_END_TRY();
	if (OidIsValid(owner))
	{
		const char *name = GetUserNameFromId(owner, false);

		execute(psprintf("REVOKE EXECUTE ON FUNCTION " OWNER_FUNCTIONS
						 " FROM %s",
						 quote_identifier(name)));
	}
	execute("DELETE FROM ietp.desk");
	SPI_finish();
	PG_RETURN_VOID();
}
