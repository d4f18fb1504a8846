/*-------------------------------------------------------------------------
 *
 * actor.c
 *		Who is acting, and as what.
 *
 * The actor is the role set by SET ROLE, or the login where none is set, as
 * seen from outside every SECURITY DEFINER function (current_user is the
 * desk's owner in there, and session_user a pooler's login).  An application
 * with one login names the person with begin_work(token); that holds in this
 * backend's memory until the transaction's end, and only as long as the outer
 * role stays the same.
 *
 * Which kinds the actor has follows from the outer role's membership in the
 * roles that ietp.grant_role() entered in desk.kind_roles.  An account in
 * desk.accounts narrows that to the account's kind, and gives team, factory
 * or buyer.  A token never widens what its login may do.
 *
 * The two tables are read by plain scans, after a check that they belong to
 * the desk's owner: no policy, function or trigger runs in between, so that
 * the policies themselves may ask who is acting.  The scans take a catalog
 * snapshot: it shows what is committed now whatever the isolation level, and
 * unlike GetLatestSnapshot() it can be had while a parallel query runs.
 *
 * IDENTIFICATION
 *		src/actor.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "ietp_helpline.h"
#include "token.h"

/* Labels of ietp.role_kind in their order; a kind is bit i of a set. */
static const char *const kind_names[] = {
	"specialist", "supervisor", "investigator", "programme_staff", "analyst",
	"factory", "buyer", "auditor", "administrator"
};

#define ALL_KINDS	((1 << lengthof(kind_names)) - 1)

/* Columns of desk.kind_roles and desk.accounts */
#define Anum_kind_roles_kind	1
#define Anum_kind_roles_role	2
#define Anum_accounts_account	1
#define Anum_accounts_kind		2
#define Anum_accounts_active	3
#define Anum_accounts_team		4
#define Anum_accounts_factory	5
#define Anum_accounts_buyer		6
#define N_ACCOUNT_TEXTS			3	/* team, factory, buyer */

/* Their types, in that order. */
static const Oid kind_roles_types[] = {ANYENUMOID, NAMEOID};
static const Oid accounts_types[] = {
	TEXTOID, ANYENUMOID, BOOLOID, TEXTOID, TEXTOID, TEXTOID
};

/* Who acts; strings live in the actor's memory context. */
typedef struct Actor
{
	uint64		generation;		/* of the tables when loaded; 0: not loaded */
	Oid			outer_user;		/* for whom it was loaded */
	const char *name;			/* the token's account, or the role's name */
	int			kinds;			/* set of kinds */
	const char *texts[N_ACCOUNT_TEXTS]; /* NULL where none */
} Actor;

static Actor actor;
static MemoryContext actor_context = NULL;

/*
 * The account named by begin_work() in this transaction, or NULL; for which
 * outer user, and in which subtransaction.
 */
static char *work_account = NULL;
static Oid	work_outer_user = InvalidOid;
static SubTransactionId work_subid = InvalidSubTransactionId;

static void
end_work(void)
{
	if (work_account == NULL)
		return;
	pfree(work_account);
	work_account = NULL;
	actor.generation = 0;
}

static void
transaction_ends(XactEvent event, void *arg)
{
	(void) arg;
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_ABORT:
		case XACT_EVENT_PREPARE:
			end_work();
			break;
		default:
			break;
	}
}

static void
subtransaction_ends(SubXactEvent event, SubTransactionId subid,
					SubTransactionId parent, void *arg)
{
	(void) arg;
	if (work_account == NULL || work_subid != subid)
		return;
	if (event == SUBXACT_EVENT_ABORT_SUB)
		end_work();
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		work_subid = parent;
}

/*
 * Called once per backend, when the library is loaded.
 */
void
ietp_actor_init(void)
{
	RegisterXactCallback(transaction_ends, NULL);
	RegisterSubXactCallback(subtransaction_ends, NULL);
}

/* The set with this kind alone; 0 when there is no kind of that name. */
int
ietp_kind_from_name(const char *name)
{
	for (int i = 0; i < (int) lengthof(kind_names); i++)
		if (strcmp(kind_names[i], name) == 0)
			return 1 << i;
	return 0;
}

/* The set with this value of the enum ietp.role_kind alone. */
static int
kind_from_enum(Oid value)
{
	HeapTuple	tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));
	int			kind = 0;

	if (HeapTupleIsValid(tuple))
	{
		kind = ietp_kind_from_name(NameStr(((Form_pg_enum)
											GETSTRUCT(tuple))->enumlabel));
		ReleaseSysCache(tuple);
	}
	return kind;
}

/*
 * The kinds that desk.kind_roles gives to the role and to whatever roles it
 * has the privileges of.
 */
static int
kinds_of_role(Oid role, Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, NULL,
										  0, NULL);
	HeapTuple	tuple;
	bool		isnull;
	int			kinds = 0;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Datum		kind = heap_getattr(tuple, Anum_kind_roles_kind,
										RelationGetDescr(rel), &isnull);
		Name		name = DatumGetName(heap_getattr(tuple,
													 Anum_kind_roles_role,
													 RelationGetDescr(rel),
													 &isnull));
		Oid			granted = get_role_oid(NameStr(*name), true);

		if (OidIsValid(granted) && has_privs_of_role(role, granted))
			kinds |= kind_from_enum(DatumGetObjectId(kind));
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return kinds;
}

/* Takes over one row of desk.accounts. */
static void
narrow_to_account(HeapTuple tuple, TupleDesc desc)
{
	bool		isnull;
	Datum		value;

	value = heap_getattr(tuple, Anum_accounts_kind, desc, &isnull);
	actor.kinds &= kind_from_enum(DatumGetObjectId(value));
	value = heap_getattr(tuple, Anum_accounts_active, desc, &isnull);
	if (!DatumGetBool(value))
		actor.kinds = 0;
	for (int i = 0; i < N_ACCOUNT_TEXTS; i++)
	{
		value = heap_getattr(tuple, Anum_accounts_team + i, desc, &isnull);
		if (!isnull)
			actor.texts[i] = MemoryContextStrdup(actor_context,
												 TextDatumGetCString(value));
	}
}

/*
 * The row of the account of this name, as a copy, or NULL where there is none.
 * The column has collation "C", as the scan key.
 */
static HeapTuple
find_account(const char *name, Relation rel)
{
	Oid			index = ietp_primary_key_index(rel);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_accounts_account, BTEqualStrategyNumber,
				F_TEXTEQ, CStringGetTextDatum(name));
	scan = systable_beginscan(rel, index, OidIsValid(index), NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		tuple = heap_copytuple(tuple);
	systable_endscan(scan);
	return tuple;
}

/*
 * Was the login behind SET ROLE closed to whoever has no token?  An inactive
 * account of the login is the way to make tokens obligatory, and SET ROLE is
 * no way around it.
 */
static bool
login_is_closed(Relation rel)
{
	HeapTuple	tuple;
	bool		isnull;

	if (superuser_arg(GetSessionUserId()))
		return false;
	tuple = find_account(GetUserNameFromId(GetSessionUserId(), false), rel);
	return HeapTupleIsValid(tuple) &&
		!DatumGetBool(heap_getattr(tuple, Anum_accounts_active,
								   RelationGetDescr(rel), &isnull));
}

/*
 * Narrows the kinds by the actor's account, which a token must have.
 */
static void
load_account(Oid relid, bool by_token)
{
	Relation	rel = table_open(relid, AccessShareLock);
	HeapTuple	tuple = find_account(actor.name, rel);

	if (HeapTupleIsValid(tuple))
		narrow_to_account(tuple, RelationGetDescr(rel));
	else if (by_token)
		actor.kinds = 0;
	if (!by_token && login_is_closed(rel))
		actor.kinds = 0;
	table_close(rel, AccessShareLock);
}

/* A superuser and the desk's owner have every kind. */
static bool
has_every_kind(Oid role, const Desk *desk)
{
	return superuser_arg(role) ||
		(OidIsValid(desk->owner) && role == desk->owner);
}

/*
 * Loads the kinds and the account.  Without a desk nobody has a kind except a
 * superuser.
 */
static void
load_actor(bool by_token)
{
	const Desk *desk = ietp_get_desk();
	bool		all = has_every_kind(actor.outer_user, desk);
	Oid			owner = desk->owner;
	Oid			roles = InvalidOid;
	Oid			accounts = InvalidOid;

	if (desk->version != 0)
	{
		roles = ietp_cached_table("desk", "kind_roles", owner,
								  kind_roles_types,
								  lengthof(kind_roles_types));
		accounts = ietp_cached_table("desk", "accounts", owner,
									 accounts_types,
									 lengthof(accounts_types));
	}
	if (all)
		actor.kinds = ALL_KINDS;
	else if (OidIsValid(roles))
		actor.kinds = kinds_of_role(actor.outer_user, roles);
	if (all && !by_token)
		return;
	if (OidIsValid(accounts))
		load_account(accounts, by_token);
	else if (by_token)
		actor.kinds = 0;
}

static void
reset_actor(Oid outer_user, bool by_token)
{
	if (actor_context == NULL)
		actor_context = AllocSetContextCreate(TopMemoryContext,
											  "ietp_helpline actor",
											  ALLOCSET_SMALL_SIZES);
	memset(&actor, 0, sizeof(actor));
	MemoryContextReset(actor_context);
	actor.outer_user = outer_user;
	actor.name = MemoryContextStrdup(actor_context, by_token ? work_account :
									 GetUserNameFromId(outer_user, false));
}

/*
 * Who acts now, from the backend's cache.  The result is only good until the
 * next call.
 */
static const Actor *
get_actor(void)
{
	Oid			outer_user = GetOuterUserId();
	bool		by_token = work_account != NULL &&
	work_outer_user == outer_user;

	/*
	 * ANALYZE, REINDEX and the like call functions of an index as the table's
	 * owner, while the outer user is whoever runs the command, a superuser in
	 * an autovacuum worker.  Nobody acts there.
	 */
	if (InSecurityRestrictedOperation())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("nobody acts within a security-restricted operation")));
	/* Loading takes locks, which may bring news; twice over is enough. */
	for (int i = 0; i < 2 &&
		 (actor.generation != ietp_cache_generation() ||
		  actor.outer_user != outer_user); i++)
	{
		uint64		before = ietp_cache_generation();

		reset_actor(outer_user, by_token);
		load_actor(by_token);
		actor.generation = before;
	}
	return &actor;
}

/* Has the actor one of this set of kinds? */
bool
ietp_actor_has_kind(int kinds)
{
	return (get_actor()->kinds & kinds) != 0;
}

/* The actor's name, good until the next call. */
const char *
ietp_actor_name(void)
{
	return get_actor()->name;
}

/*
 * Can the login behind SET ROLE take the role of this name, too?  It counts
 * only for a login that has kinds itself: that of an application that sets the
 * role of its users has none.
 */
static bool
login_may_be(const char *name)
{
	Oid			login = GetSessionUserId();
	const Desk *desk = ietp_get_desk();
	Oid			role = get_role_oid(name, true);
	Oid			roles;

	if (superuser_arg(login) || desk->version == 0)
		return false;
	roles = ietp_cached_table("desk", "kind_roles", desk->owner,
							  kind_roles_types, lengthof(kind_roles_types));
	if (!OidIsValid(roles) || kinds_of_role(login, roles) == 0)
		return false;
	return role == login ||
		(OidIsValid(role) && is_member_of_role_nosuper(login, role));
}

/*
 * Is the person of this name the actor, or may it be?  Where a second person
 * is needed, one who takes two roles in turn is none.
 */
bool
ietp_may_be_actor(const char *name)
{
	if (strcmp(name, get_actor()->name) == 0)
		return true;
	return work_account == NULL && login_may_be(name);
}

/*
 * ietp.actor_may_be(name text) returns boolean
 */
IETP_FUNCTION(actor_may_be);
Datum
ietp_actor_may_be(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(ietp_may_be_actor(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

static Datum
return_text(FunctionCallInfo fcinfo, const char *value)
{
	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(value));
}

/*
 * ietp.actor() returns text
 */
IETP_FUNCTION(actor);
Datum
ietp_actor(PG_FUNCTION_ARGS)
{
	return return_text(fcinfo, ietp_actor_name());
}

/*
 * ietp.actor_team() returns text
 */
IETP_FUNCTION(actor_team);
Datum
ietp_actor_team(PG_FUNCTION_ARGS)
{
	return return_text(fcinfo, get_actor()->texts[0]);
}

/*
 * ietp.actor_factory() returns text
 */
IETP_FUNCTION(actor_factory);
Datum
ietp_actor_factory(PG_FUNCTION_ARGS)
{
	return return_text(fcinfo, get_actor()->texts[1]);
}

/*
 * ietp.actor_buyer() returns text
 */
IETP_FUNCTION(actor_buyer);
Datum
ietp_actor_buyer(PG_FUNCTION_ARGS)
{
	return return_text(fcinfo, get_actor()->texts[2]);
}

/* The set of the kinds that a text array names. */
static int
kinds_from_array(ArrayType *array)
{
	Datum	   *names;
	bool	   *nulls;
	int			count;
	int			kinds = 0;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT,
					  &names, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		int			kind = nulls[i] ? 0 :
		ietp_kind_from_name(TextDatumGetCString(names[i]));

		if (kind == 0)
			ereport(ERROR,
					(errcode(ERRCODE_IETP_UNKNOWN_CODE),
					 errmsg("unknown kind of role"),
					 errhint("The labels of ietp.role_kind are the kinds.")));
		kinds |= kind;
	}
	return kinds;
}

/*
 * ietp.actor_is(VARIADIC kinds text[]) returns boolean
 */
IETP_FUNCTION(actor_is);
Datum
ietp_actor_is(PG_FUNCTION_ARGS)
{
	int			asked = kinds_from_array(PG_GETARG_ARRAYTYPE_P(0));

	PG_RETURN_BOOL(ietp_actor_has_kind(asked));
}

/*
 * ietp.actor_kinds() returns text[]
 */
IETP_FUNCTION(actor_kinds);
Datum
ietp_actor_kinds(PG_FUNCTION_ARGS)
{
	Datum		names[lengthof(kind_names)];
	int			kinds = get_actor()->kinds;
	int			count = 0;

	(void) fcinfo;
	for (int i = 0; i < (int) lengthof(kind_names); i++)
		if (kinds & (1 << i))
			names[count++] = CStringGetTextDatum(kind_names[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(names, count, TEXTOID, -1, false,
										  TYPALIGN_INT));
}

/*
 * Nobody changes who he is in the middle of a transaction: two persons'
 * steps could otherwise be made by one.
 */
static void
check_work_may_begin(const char *account)
{
	if (!IsTransactionBlock())
		ereport(ERROR,
				(errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
				 errmsg("begin_work can only be called in a transaction block"),
				 errhint("What it sets is gone at the end of the transaction.")));
	if (work_account != NULL &&
		(strcmp(work_account, account) != 0 ||
		 work_outer_user != GetOuterUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("somebody else has begun work in this transaction")));
}

/*
 * ietp.begin_work(token text) returns text
 *
 * Returns the name of the account.  An account that is unknown, inactive, or
 * of a kind that the login does not have is refused like a wrong signature.
 */
IETP_FUNCTION(begin_work);
Datum
ietp_begin_work(PG_FUNCTION_ARGS)
{
	char	   *token = text_to_cstring(PG_GETARG_TEXT_PP(0));
	const char *account = ietp_verify_token(token);
	bool		begins = work_account == NULL;

	check_work_may_begin(account);
	if (begins)
	{
		work_account = MemoryContextStrdup(TopMemoryContext, account);
		work_outer_user = GetOuterUserId();
		work_subid = GetCurrentSubTransactionId();
		actor.generation = 0;
	}
	if (get_actor()->kinds == 0)
	{
		/* Work that began earlier goes on as this account, without rights. */
		if (begins)
			end_work();
		ereport(ERROR,
				(errcode(ERRCODE_IETP_TOKEN_INVALID),
				 errmsg("work token is not valid"),
				 errhint("Its account must be active, and of a kind that the login holds.")));
	}
	PG_RETURN_TEXT_P(cstring_to_text(work_account));
}
