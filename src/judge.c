/*-------------------------------------------------------------------------
 *
 * judge.c
 *		Whether a row may move from one status to another.
 *
 * ietp.enforce_lifecycle() is an AFTER ROW trigger: it sees the row as every
 * BEFORE trigger left it, whichever statement wrote it.  It writes nothing,
 * and in a worker of logical replication it does nothing, since the publisher
 * has judged.
 *
 * All guards of a transition are asked, so that whoever is refused learns
 * everything that is missing; ietp.next_actions() asks the same guards about
 * a row that has not moved yet.
 *
 * Messages name statuses, columns and guards, which are configuration, and
 * never a value of the row: a status that the lifecycle does not know might
 * be anything that somebody typed.
 *
 * A row that moves to another partition is deleted here and inserted there,
 * and no UPDATE trigger fires.  The deleted version is marked as moved; it is
 * kept until the INSERT trigger finds it, by transaction, command and key.
 * That needs a trigger that fires for DELETE too, which is asked for on
 * partitions.
 *
 * IDENTIFICATION
 *		src/judge.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "replication/logicalworker.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "ietp_helpline.h"
#include "ledger.h"
#include "lifecycle.h"

/* One thing that is missing. */
typedef struct Failure
{
	int			sqlstate;
	const char *rule;			/* "kind" or "kind:name", for programs */
	const char *hint;			/* for people; may be NULL */
} Failure;

/* Wherever consent is lacking. */
static const char consent_hint[] = "Ask the worker, then record_consent().";

/* What is judged. */
typedef struct Move
{
	const Lifecycle *rules;
	const Status *from;			/* NULL: the row is created */
	const Status *to;			/* NULL: not known yet (next_actions) */
	Row			old;
	Row			new;
} Move;

/* The trigger's arguments. */
typedef struct Terms
{
	const char *lifecycle;
	const char *status_column;
	const char *version_column; /* NULL: rows keep no version */
} Terms;

/* The version of a row that has left its partition. */
typedef struct Departure
{
	Row			row;
	TransactionId xid;
	CommandId	command;
} Departure;

/* Those that have not arrived yet; in the transaction's memory. */
static List *departures = NIL;

/* Is the list emptied with the transaction's memory already? */
static bool departures_watched = false;

static List *
fail(List *failures, int sqlstate, const char *rule, const char *hint)
{
	Failure    *failure = palloc(sizeof(Failure));

	failure->sqlstate = sqlstate;
	failure->rule = rule;
	failure->hint = hint;
	return lappend(failures, failure);
}

static char *
join(const Strings *strings)
{
	StringInfoData joined;

	initStringInfo(&joined);
	for (int i = 0; i < strings->count; i++)
		appendStringInfo(&joined, "%s%s", i == 0 ? "" : ", ",
						 strings->items[i]);
	return joined.data;
}

static bool
contains(const Strings *strings, const char *wanted)
{
	for (int i = 0; i < strings->count; i++)
		if (strcmp(strings->items[i], wanted) == 0)
			return true;
	return false;
}

/* The row before the move; at creation there is only the one after it. */
static const Row *
row_before(const Move *move)
{
	return move->old.tuple != NULL ? &move->old : &move->new;
}

/* The value of a column that must be of this type, since C code reads it. */
static Datum
typed_value(const Row *row, const char *column, Oid type, bool *isnull)
{
	int			number = ietp_column_number(row, column);

	if (SPI_gettypeid(row->desc, number) != type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" must be of type %s for its lifecycle",
						column, format_type_be(type))));
	return heap_getattr(row->tuple, number, row->desc, isnull);
}

static List *
check_role(const Transition *rule, List *failures)
{
	if (rule->roles == 0 || ietp_actor_has_kind(rule->roles))
		return failures;
	return fail(failures, ERRCODE_IETP_ROLE, "role",
				psprintf("One of these kinds may: %s.",
						 join(&rule->role_names)));
}

static List *
check_columns(const Transition *rule, const Move *move, List *failures)
{
	for (int i = 0; i < rule->required_columns.count; i++)
	{
		const char *column = rule->required_columns.items[i];
		bool		isnull;

		(void) ietp_column_value(&move->new, column, &isnull);
		if (isnull)
			failures = fail(failures, ERRCODE_IETP_REQUIRED_COLUMN,
							psprintf("required_column:%s", column),
							psprintf("Enter \"%s\" with the move or before it.",
									 column));
	}
	return failures;
}

/*
 * While the row is halted, it moves only where the halt is asked for, or out
 * of contact with the factory: a withdrawal of consent is never refused.
 */
static List *
check_halt(const Transition *rule, const Move *move, List *failures)
{
	const char *column = move->rules->halt_column;
	bool		isnull = true;

	if (move->from != NULL && move->from->factory_contact &&
		!rule->to->factory_contact)
		return failures;
	if (column != NULL && !contains(&rule->required_columns, column))
		(void) ietp_column_value(&move->new, column, &isnull);
	if (isnull)
		return failures;
	return fail(failures, ERRCODE_IETP_HALTED,
				psprintf("halted:%s", column),
				psprintf("The row moves again when \"%s\" is cleared.",
						 column));
}

static List *
check_time(const Transition *rule, const Move *move, List *failures)
{
	const char *column = move->rules->since_column;
	bool		isnull = true;
	Datum		since = 0;

	if (rule->allowed_within == NULL)
		return failures;
	if (column != NULL)
		since = typed_value(row_before(move), column, TIMESTAMPTZOID,
							&isnull);
	if (!isnull &&
		DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
												since,
												IntervalPGetDatum(rule->allowed_within))) >=
		GetCurrentTransactionStartTimestamp())
		return failures;
	return fail(failures, ERRCODE_IETP_TOO_LATE, "allowed_within",
				psprintf("It is allowed within %s of the move before.",
						 DatumGetCString(DirectFunctionCall1(interval_out,
															 IntervalPGetDatum(rule->allowed_within)))));
}

/* Whoever made the last move may not make this one. */
static List *
check_four_eyes(const Transition *rule, const Move *move, List *failures)
{
	const char *column = move->rules->actor_column;
	char	   *mover = NULL;

	if (!rule->four_eyes || move->from == NULL)
		return failures;
	if (column != NULL)
		mover = ietp_column_text(row_before(move), column);
	if (mover != NULL && !ietp_may_be_actor(mover))
		return failures;
	return fail(failures, ERRCODE_IETP_FOUR_EYES, "four_eyes",
				"Somebody else than who made the last move must make this one.");
}

/* Asks a guard of the schema desk about the row's key, and one thing more. */
static bool
ask_guard(const Move *move, const char *guard, const char *purpose)
{
	const char *column = move->rules->key_column;
	Oid			types[2] = {InvalidOid, TEXTOID};
	Datum		args[2];
	bool		isnull = true;
	Datum		answer;

	if (column != NULL)
		args[0] = ietp_column_value(&move->new, column, &isnull);
	if (isnull)
		return false;
	types[0] = getBaseType(SPI_gettypeid(move->new.desc,
										 ietp_column_number(&move->new,
															column)));
	if (purpose != NULL)
		args[1] = CStringGetTextDatum(purpose);
	answer = ietp_call_as_owner(guard, BOOLOID, purpose == NULL ? 1 : 2,
								types, args, &isnull);
	return !isnull && DatumGetBool(answer);
}

static List *
check_consent(const Transition *rule, const Move *move, List *failures)
{
	if (rule->consent == NULL ||
		ask_guard(move, "has_consent", rule->consent))
		return failures;
	return fail(failures, ERRCODE_IETP_NO_CONSENT,
				psprintf("consent:%s", rule->consent),
				consent_hint);
}

static List *
check_records(const Transition *rule, const Move *move, List *failures)
{
	for (int i = 0; i < rule->records.count; i++)
	{
		const char *guard = rule->records.items[i];

		if (!ask_guard(move, guard, NULL))
			failures = fail(failures, ERRCODE_IETP_REQUIRED_RECORD,
							psprintf("record:%s", guard),
							ietp_guard_hint(guard));
	}
	return failures;
}

/* Everything that keeps the row from making the transition; NIL: nothing. */
static List *
check_transition(const Transition *rule, const Move *move)
{
	List	   *failures = NIL;

	failures = check_halt(rule, move, failures);
	failures = check_role(rule, failures);
	failures = check_columns(rule, move, failures);
	failures = check_time(rule, move, failures);
	failures = check_four_eyes(rule, move, failures);
	failures = check_consent(rule, move, failures);
	return check_records(rule, move, failures);
}

/* All rules that failed but the first, which the error names itself. */
static char *
other_rules(List *failures)
{
	StringInfoData rules;
	ListCell   *cell;

	initStringInfo(&rules);
	for_each_from(cell, failures, 1)
		appendStringInfo(&rules, "%s%s", rules.len == 0 ? "" : ", ",
						 ((Failure *) lfirst(cell))->rule);
	return rules.data;
}

/* What the first failure says of itself. */
static void
refuse(const Move *move, Relation rel, List *failures)
{
	const Failure *first = linitial(failures);

	ereport(ERROR,
			(errcode(first->sqlstate),
			 move->from == NULL ?
			 errmsg("\"%s\" may not be created with status \"%s\": %s",
					RelationGetRelationName(rel), move->to->name,
					first->rule) :
			 errmsg("\"%s\" may not move from status \"%s\" to \"%s\": %s",
					RelationGetRelationName(rel), move->from->name,
					move->to->name, first->rule),
			 list_length(failures) == 1 ? 0 :
			 errdetail("Also: %s.", other_rules(failures)),
			 first->hint == NULL ? 0 : errhint("%s", first->hint),
			 errtable(rel),
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME, first->rule)));
}

/* Refuses for a reason that has no transition to tell it. */
static void
refuse_rule(Relation rel, int sqlstate, const char *rule, const char *hint)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("\"%s\" does not follow its lifecycle: %s",
					RelationGetRelationName(rel), rule),
			 errhint("%s", hint),
			 errtable(rel),
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME, rule)));
}

/* The reasons for which the move would be allowed, for a hint. */
static char *
reasons_between(const Move *move)
{
	StringInfoData reasons;
	ListCell   *cell;

	initStringInfo(&reasons);
	foreach(cell, move->to->arrivals)
	{
		const Transition *rule = lfirst(cell);

		if (rule->reason != NULL &&
			ietp_leaves(move->rules, rule, move->from) &&
			ietp_counts_for(rule, &move->new))
			appendStringInfo(&reasons, "%s%s", reasons.len == 0 ? "" : ", ",
							 rule->reason);
	}
	return reasons.len == 0 ? NULL : reasons.data;
}

static const Transition *
find_transition(const Move *move, Relation rel)
{
	const Transition *rule = ietp_choose_transition(move->rules, move->from,
													move->to, &move->new);
	char	   *reasons;

	if (rule != NULL)
		return rule;
	reasons = reasons_between(move);
	refuse(move, rel, reasons == NULL ?
		   fail(NIL, ERRCODE_IETP_NO_TRANSITION, "no_transition",
				"helpline.next_actions() lists what is possible.") :
		   fail(NIL, ERRCODE_IETP_REQUIRED_REASON, "reason",
				psprintf("One of these codes, * for any: %s.", reasons)));
	return NULL;				/* not reached */
}

/* Who moved the row is what the lifecycle's column must say, and stay. */
static void
check_actor_column(const Move *move, Relation rel, bool moved)
{
	const char *column = move->rules->actor_column;
	char	   *mover;
	const char *due;

	if (column == NULL)
		return;
	mover = ietp_column_text(&move->new, column);
	due = moved ? ietp_actor_name() : ietp_column_text(&move->old, column);
	if (mover == due ||
		(mover != NULL && due != NULL && strcmp(mover, due) == 0))
		return;
	refuse_rule(rel, ERRCODE_IETP_ACTOR_COLUMN,
				psprintf("actor_column:%s", column),
				"It names who made the last move, and nobody else.");
}

static void
judge_move(const Move *move, Relation rel)
{
	List	   *failures;

	if (move->from == NULL && move->to->initial &&
		ietp_choose_transition(move->rules, NULL, move->to,
							   &move->new) == NULL)
		failures = NIL;			/* needs no transition */
	else
		failures = check_transition(find_transition(move, rel), move);
	if (failures != NIL)
		refuse(move, rel, failures);
	check_actor_column(move, rel, true);
}

/* Is the column of this name equal in both versions of the row? */
static bool
column_unchanged(const Move *move, Form_pg_attribute attribute)
{
	bool		old_isnull;
	bool		new_isnull;
	Datum		old_value = ietp_column_value(&move->old,
											  NameStr(attribute->attname),
											  &old_isnull);
	Datum		new_value = heap_getattr(move->new.tuple, attribute->attnum,
										 move->new.desc, &new_isnull);

	if (old_isnull || new_isnull)
		return old_isnull == new_isnull;
	return datum_image_eq(old_value, new_value, attribute->attbyval,
						  attribute->attlen);
}

/*
 * While the factory is spoken with, what the consent was asked for - which
 * factory - changes only with consent for what it becomes.
 */
static void
check_contact(const Move *move, const Status *status, Relation rel)
{
	ListCell   *cell;

	foreach(cell, status->arrivals)
	{
		const Transition *rule = lfirst(cell);

		for (int i = 0;
			 rule->consent != NULL && i < rule->required_columns.count; i++)
		{
			int			number = ietp_column_number(&move->new,
													rule->required_columns.items[i]);

			if (!column_unchanged(move,
								  TupleDescAttr(move->new.desc, number - 1)) &&
				!ask_guard(move, "has_consent", rule->consent))
				refuse_rule(rel, ERRCODE_IETP_NO_CONSENT,
							psprintf("consent:%s", rule->consent),
							consent_hint);
		}
	}
}

/* What has ended is not edited, except by reopening it. */
static void
check_final(const Move *move, const Terms *terms, Relation rel)
{
	for (int i = 0; i < move->new.desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(move->new.desc, i);

		if (attribute->attisdropped ||
			strcmp(NameStr(attribute->attname), terms->status_column) == 0 ||
			contains(&move->rules->final_except,
					 NameStr(attribute->attname)) ||
			(ietp_is_cases(rel) &&
			 ietp_is_head_column(NameStr(attribute->attname))) ||
			column_unchanged(move, attribute))
			continue;
		refuse_rule(rel, ERRCODE_IETP_FINAL,
					psprintf("final:%s", NameStr(attribute->attname)),
					"What is closed is not edited; reopen it first.");
	}
}

/*
 * A row that keeps its status.  Where rows keep no version, that may be one
 * which only an earlier version knew.
 */
static void
judge_unmoved(const Move *move, const Terms *terms, const char *name,
			  Relation rel)
{
	const Status *status = ietp_find_status(move->rules, name);

	check_actor_column(move, rel, false);
	if (status == NULL)
		return;
	if (status->terminal && move->rules->has_final)
		check_final(move, terms, rel);
	if (status->factory_contact)
		check_contact(move, status, rel);
}

/* The version that the row keeps, or 0: the one in force. */
static int32
version_of(const Row *row, const Terms *terms, Relation rel)
{
	bool		isnull;
	int32		version;

	if (terms->version_column == NULL)
		return 0;
	version = DatumGetInt32(typed_value(row, terms->version_column, INT4OID,
										&isnull));
	if (isnull || version < 1)
		refuse_rule(rel, ERRCODE_IETP_NO_LIFECYCLE, "version",
					"A row keeps a sealed version of its lifecycle.");
	return version;
}

/*
 * Does the version map a status of an earlier one (0: of whichever) to the
 * row's?
 */
static bool
is_mapped(const Move *move, int32 old_version, const char *old_status,
		  bool otherwise)
{
	bool		mapped = otherwise;
	ListCell   *cell;

	foreach(cell, move->rules->maps)
	{
		const StatusMap *map = lfirst(cell);

		if ((old_version == 0 || map->from_version == old_version) &&
			strcmp(map->from, old_status) == 0)
			mapped = strcmp(map->to, move->to->name) == 0;
	}
	return mapped;
}

/*
 * May the status of another version become this one?  What has ended stays
 * ended, what is open stays open, and contact with the factory needs consent
 * by whatever way it begins.
 */
static void
check_mapping(const Move *move, const Status *old_status, Relation rel)
{
	if (old_status == NULL || old_status->terminal != move->to->terminal)
		refuse_rule(rel, ERRCODE_IETP_VERSION_CHANGE, "version_map",
					"What has ended stays ended in another version, and what is open stays open.");
	if (move->to->factory_contact && !old_status->factory_contact &&
		!ask_guard(move, "has_consent", "contact_factory"))
		refuse_rule(rel, ERRCODE_IETP_NO_CONSENT, "consent:contact_factory",
					consent_hint);
}

/*
 * The row comes under another version of the lifecycle: it keeps its status,
 * or gets the one that the version maps it to.  Versions go forward, or one
 * could go back to a laxer one for the time of a move.
 */
static void
judge_adoption(const Move *move, const Terms *terms, int32 old_version,
			   const char *old_status, Relation rel)
{
	const Lifecycle *old_rules = ietp_find_lifecycle(terms->lifecycle,
													 old_version);

	if (move->rules->version < old_version ||
		!is_mapped(move, old_version, old_status,
				   strcmp(old_status, move->to->name) == 0))
		refuse_rule(rel, ERRCODE_IETP_VERSION_CHANGE, "version_map",
					"helpline.map_status() says which status takes the place of one; versions go forward.");
	if (!ietp_actor_has_kind(ietp_kind_from_name("supervisor") |
							 ietp_kind_from_name("administrator")))
		refuse_rule(rel, ERRCODE_IETP_ROLE, "role",
					"A supervisor or administrator moves rows to another version.");
	if (old_version != 0 && old_rules != NULL)
		check_mapping(move, ietp_find_status(old_rules, old_status), rel);
	check_actor_column(move, rel, false);
	if (move->to->terminal && move->rules->has_final)
		check_final(move, terms, rel);
}

/* A status must be one of the lifecycle's; NULL is none. */
static void
check_status(const Status *status, Relation rel)
{
	if (status == NULL)
		refuse_rule(rel, ERRCODE_IETP_NO_TRANSITION, "unknown_status",
					"helpline.lifecycle_diagram() shows the statuses of the lifecycle.");
}

static void
judge_update(Move *move, const Terms *terms, Relation rel)
{
	int32		version = version_of(&move->new, terms, rel);
	int32		old_version = version_of(&move->old, terms, rel);
	char	   *status = ietp_column_text(&move->new, terms->status_column);
	char	   *old_status = ietp_column_text(&move->old,
											  terms->status_column);

	move->rules = ietp_require_lifecycle(terms->lifecycle, version);
	if (status != NULL && old_status != NULL &&
		strcmp(status, old_status) == 0 && version == old_version)
	{
		judge_unmoved(move, terms, status, rel);
		return;
	}
	move->to = ietp_find_status(move->rules, status);
	if (move->to == NULL && version != old_version)
		refuse_rule(rel, ERRCODE_IETP_VERSION_CHANGE, "version_map",
					"helpline.map_status() says which status takes the place of one.");
	check_status(move->to, rel);
	/* Where rows keep no version, one may be left with an earlier's status. */
	move->from = ietp_find_status(move->rules, old_status);
	if (old_status != NULL &&
		(version != old_version ||
		 (move->from == NULL && is_mapped(move, 0, old_status, false))))
	{
		judge_adoption(move, terms, old_version, old_status, rel);
		return;
	}
	check_status(move->from, rel);
	judge_move(move, rel);
}

static void
judge_insert(Move *move, const Terms *terms, Relation rel)
{
	move->rules = ietp_require_lifecycle(terms->lifecycle,
										 version_of(&move->new, terms, rel));
	move->to = ietp_find_status(move->rules,
								ietp_column_text(&move->new,
												 terms->status_column));
	check_status(move->to, rel);
	judge_move(move, rel);
}

static void
forget_departures(void *arg)
{
	(void) arg;
	departures = NIL;
	departures_watched = false;
}

/*
 * Keeps the version of a row that leaves its partition.  It arrives with the
 * next call, unless a trigger swallows it or writes other rows in between.
 */
static void
row_leaves(HeapTuple tuple, TupleDesc desc)
{
	MemoryContext before = MemoryContextSwitchTo(TopTransactionContext);
	Departure  *departure = palloc(sizeof(Departure));

	if (!departures_watched)
	{
		MemoryContextCallback *callback =
		palloc0(sizeof(MemoryContextCallback));

		departures_watched = true;
		callback->func = forget_departures;
		MemoryContextRegisterResetCallback(TopTransactionContext, callback);
	}
	departure->xid = HeapTupleHeaderGetUpdateXid(tuple->t_data);
	departure->command = HeapTupleHeaderGetCmax(tuple->t_data);
	departure->row.desc = CreateTupleDescCopy(desc);
	departure->row.tuple = heap_copytuple(tuple);
	departures = lappend(departures, departure);
	MemoryContextSwitchTo(before);
}

/* Have the two versions the same key, as far as the lifecycle names one? */
static bool
same_key(const Row *old, const Row *new, const Terms *terms)
{
	const Lifecycle *rules = ietp_find_lifecycle(terms->lifecycle, 0);
	char	   *old_key;
	char	   *new_key;

	if (rules == NULL || rules->key_column == NULL)
		return true;
	old_key = ietp_column_text(old, rules->key_column);
	new_key = ietp_column_text(new, rules->key_column);
	return old_key != NULL && new_key != NULL && strcmp(old_key, new_key) == 0;
}

/*
 * Did the row that is inserted here leave another partition in the same
 * command?  Then "old" gets that version, which the caller frees: a statement
 * may move any number of rows.
 */
static bool
row_arrives(const Row *new, const Terms *terms, Row *old)
{
	HeapTupleHeader header = new->tuple->t_data;
	ListCell   *cell;

	foreach(cell, departures)
	{
		Departure  *departure = lfirst(cell);

		if (HeapTupleHeaderGetRawXmin(header) == departure->xid &&
			HeapTupleHeaderGetCmin(header) == departure->command &&
			same_key(&departure->row, new, terms))
		{
			*old = departure->row;
			departures = foreach_delete_current(departures, cell);
			pfree(departure);
			return true;
		}
	}
	return false;
}

static void
check_protocol(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	const char *problem = NULL;

	if (!CALLED_AS_TRIGGER(fcinfo))
		problem = "must be called as trigger";
	else if (!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
			 !TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		problem = "must be fired AFTER ROW";
	else if (trigger->tg_trigger->tgnargs < 2 ||
			 trigger->tg_trigger->tgnargs > 3)
		problem = "takes the lifecycle, the status column and, optionally, the version column";
	else if (trigger->tg_trigger->tgdeferrable)
		problem = "must not be deferrable";
	else if (trigger->tg_trigger->tgnattr > 0)
		problem = "must not be fired for UPDATE OF some columns";
	else if (trigger->tg_trigger->tgqual != NULL)
		problem = "must not have a WHEN condition";
	else if (!TRIGGER_FOR_INSERT(trigger->tg_trigger->tgtype) ||
			 !TRIGGER_FOR_UPDATE(trigger->tg_trigger->tgtype))
		problem = "must be fired for INSERT OR UPDATE";
	else if (trigger->tg_relation->rd_rel->relispartition &&
			 !TRIGGER_FOR_DELETE(trigger->tg_trigger->tgtype))
		problem = "must be fired for INSERT OR UPDATE OR DELETE on a partitioned table";
	if (problem != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"enforce_lifecycle\" %s", problem)));
}

static Terms
terms_of(const Trigger *trigger)
{
	Terms		terms;

	terms.lifecycle = trigger->tgargs[0];
	terms.status_column = trigger->tgargs[1];
	terms.version_column = trigger->tgnargs > 2 ? trigger->tgargs[2] : NULL;
	return terms;
}

/*
 * The last move that a statement was allowed, where nothing but the two
 * statuses mattered.  A statement that moves many rows makes the same move over
 * and over; it lives in the memory of the statement's trigger.
 */
typedef struct Precedent
{
	uint64		generation;		/* of the rules */
	int			column;			/* number of the status column */
	struct varlena *from;
	struct varlena *to;
} Precedent;

/*
 * A statement's first move sets this, its second a true one: most statements
 * move one row, and none has generation 0.
 */
static Precedent no_precedent = {0, 0, NULL, NULL};

/* The status as it lies in the row, or NULL unless it is text in one piece. */
static struct varlena *
raw_status(const Row *row, int column)
{
	bool		isnull;
	Datum		value = heap_getattr(row->tuple, column, row->desc, &isnull);
	struct varlena *status = (struct varlena *) DatumGetPointer(value);

	if (isnull || VARATT_IS_EXTERNAL(status) || VARATT_IS_COMPRESSED(status))
		return NULL;
	return status;
}

static bool
same_status(const struct varlena *a, const struct varlena *b)
{
	return a != NULL && VARSIZE_ANY(a) == VARSIZE_ANY(b) &&
		memcmp(a, b, VARSIZE_ANY(a)) == 0;
}

static bool
follows_precedent(const Precedent *precedent, const Move *move)
{
	return precedent != NULL &&
		precedent->generation == ietp_cache_generation() &&
		same_status(raw_status(&move->new, precedent->column),
					precedent->to) &&
		same_status(raw_status(&move->old, precedent->column),
					precedent->from);
}

/* Does nothing but its two statuses decide whether the move is allowed? */
static bool
is_plain(const Move *move, const Terms *terms)
{
	ListCell   *cell;

	if (terms->version_column != NULL || move->from == NULL ||
		move->rules->actor_column != NULL || move->rules->halt_column != NULL)
		return false;
	foreach(cell, move->to->arrivals)
	{
		const Transition *rule = lfirst(cell);

		if (ietp_leaves(move->rules, rule, move->from) &&
			(rule->roles != 0 || rule->required_columns.count > 0 ||
			 rule->consent != NULL || rule->records.count > 0 ||
			 rule->reason != NULL || rule->four_eyes ||
			 rule->allowed_within != NULL || rule->when_column != NULL))
			return false;
	}
	return true;
}

/* Keeps a move that was allowed, if the next one like it can go by it. */
static void
set_precedent(FmgrInfo *flinfo, const Move *move, const Terms *terms)
{
	int			column = ietp_column_number(&move->new, terms->status_column);
	MemoryContext before;
	Precedent  *precedent;

	if (SPI_gettypeid(move->new.desc, column) != TEXTOID ||
		!is_plain(move, terms) ||
		raw_status(&move->old, column) == NULL ||
		raw_status(&move->new, column) == NULL)
		return;
	before = MemoryContextSwitchTo(flinfo->fn_mcxt);
	precedent = palloc(sizeof(Precedent));
	precedent->generation = ietp_cache_generation();
	precedent->column = column;
	precedent->from = (struct varlena *)
		DatumGetPointer(datumCopy(PointerGetDatum(raw_status(&move->old,
															 column)),
								  false, -1));
	precedent->to = (struct varlena *)
		DatumGetPointer(datumCopy(PointerGetDatum(raw_status(&move->new,
															 column)),
								  false, -1));
	flinfo->fn_extra = precedent;
	MemoryContextSwitchTo(before);
}

/*
 * ietp.enforce_lifecycle() returns trigger
 */
IETP_FUNCTION(enforce_lifecycle);
Datum
ietp_enforce_lifecycle(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Move		move = {0};
	Terms		terms;

	check_protocol(fcinfo);
	if (IsLogicalWorker())
		return PointerGetDatum(NULL);
	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
	{
		if (HeapTupleHeaderIndicatesMovedPartitions(trigger->tg_trigtuple->t_data))
			row_leaves(trigger->tg_trigtuple,
					   RelationGetDescr(trigger->tg_relation));
		return PointerGetDatum(NULL);
	}
	terms = terms_of(trigger->tg_trigger);
	move.new.tuple = trigger->tg_trigtuple;
	move.new.desc = RelationGetDescr(trigger->tg_relation);
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
	{
		if (row_arrives(&move.new, &terms, &move.old))
		{
			judge_update(&move, &terms, trigger->tg_relation);
			heap_freetuple(move.old.tuple);
			FreeTupleDesc(move.old.desc);
		}
		else
			judge_insert(&move, &terms, trigger->tg_relation);
		return PointerGetDatum(NULL);
	}
	move.old = move.new;
	move.new.tuple = trigger->tg_newtuple;
	if (follows_precedent(fcinfo->flinfo->fn_extra, &move))
		return PointerGetDatum(NULL);
	judge_update(&move, &terms, trigger->tg_relation);
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra = &no_precedent;
	else if (fcinfo->flinfo->fn_extra == &no_precedent &&
			 move.from != move.to)
		set_precedent(fcinfo->flinfo, &move, &terms);
	return PointerGetDatum(NULL);
}

/*
 * ietp.applies_changes() returns boolean
 */
IETP_FUNCTION(applies_changes);
Datum
ietp_applies_changes(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	PG_RETURN_BOOL(IsLogicalWorker());
}

/* An array of one string of each failure: its rule, or its hint. */
static Datum
array_of_failures(List *failures, bool hints)
{
	Datum	   *elements = palloc(Max(list_length(failures), 1) *
								  sizeof(Datum));
	int			count = 0;
	ListCell   *cell;

	foreach(cell, failures)
	{
		const Failure *failure = lfirst(cell);
		const char *value = hints ? failure->hint : failure->rule;

		elements[count++] = CStringGetTextDatum(value == NULL ? "" : value);
	}
	return PointerGetDatum(construct_array(elements, count, TEXTOID, -1,
										   false, TYPALIGN_INT));
}

static void
put_action(ReturnSetInfo *result, const Transition *rule, List *failures)
{
	Datum		values[6];
	bool		nulls[6] = {false};

	values[0] = CStringGetTextDatum(rule->action);
	values[1] = CStringGetTextDatum(rule->to->name);
	nulls[2] = rule->reason == NULL;
	if (rule->reason != NULL)
		values[2] = CStringGetTextDatum(rule->reason);
	values[3] = BoolGetDatum(failures == NIL);
	values[4] = array_of_failures(failures, false);
	values[5] = array_of_failures(failures, true);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* A composite value as a row; its descriptor is released with the query. */
static void
row_from_datum(Datum datum, Row *row)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(datum);
	TupleDesc	desc;

	desc = lookup_rowtype_tupdesc_copy(HeapTupleHeaderGetTypeId(header),
									   HeapTupleHeaderGetTypMod(header));
	row->desc = desc;
	row->tuple = palloc0(HEAPTUPLESIZE);
	row->tuple->t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&row->tuple->t_self);
	row->tuple->t_tableOid = InvalidOid;
	row->tuple->t_data = header;
}

/*
 * ietp.transition_target(lifecycle text, version integer, status text,
 *						  action text, reason text) returns text
 *
 * Where an action leads, whatever its guards say; NULL where it leads nowhere.
 * Of two targets the one for this very reason counts.
 */
IETP_FUNCTION(transition_target);
Datum
ietp_transition_target(PG_FUNCTION_ARGS)
{
	const Lifecycle *rules;
	const Transition *rule;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) ||
		PG_ARGISNULL(3))
		PG_RETURN_NULL();
	rules = ietp_require_lifecycle(text_to_cstring(PG_GETARG_TEXT_PP(0)),
								   PG_GETARG_INT32(1));
	rule = ietp_find_action(rules, text_to_cstring(PG_GETARG_TEXT_PP(2)),
							text_to_cstring(PG_GETARG_TEXT_PP(3)),
							PG_ARGISNULL(4) ? NULL :
							text_to_cstring(PG_GETARG_TEXT_PP(4)));
	if (rule == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(rule->to->name));
}

/*
 * ietp.next_actions(table_row anyelement, lifecycle text, status_column text,
 *					 version_column text) returns setof record
 */
IETP_FUNCTION(next_actions);
Datum
ietp_next_actions(PG_FUNCTION_ARGS)
{
	Terms		terms = {0};
	Move		move = {0};
	int32		version = 0;
	bool		isnull;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	if (!type_is_rowtype(get_fn_expr_argtype(fcinfo->flinfo, 0)))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("first argument of next_actions must be a row")));
	row_from_datum(PG_GETARG_DATUM(0), &move.old);
	move.new = move.old;
	terms.lifecycle = text_to_cstring(PG_GETARG_TEXT_PP(1));
	terms.status_column = text_to_cstring(PG_GETARG_TEXT_PP(2));
	if (!PG_ARGISNULL(3))
		version = DatumGetInt32(typed_value(&move.new,
											text_to_cstring(PG_GETARG_TEXT_PP(3)),
											INT4OID, &isnull));
	move.rules = ietp_require_lifecycle(terms.lifecycle, version);
	move.from = ietp_find_status(move.rules,
								 ietp_column_text(&move.new,
												  terms.status_column));
	if (move.from == NULL)
		PG_RETURN_NULL();
	foreach(cell, move.rules->transitions)
	{
		const Transition *rule = lfirst(cell);

		if (rule->to != move.from &&
			ietp_leaves(move.rules, rule, move.from) &&
			ietp_counts_for(rule, &move.new))
			put_action((ReturnSetInfo *) fcinfo->resultinfo, rule,
					   check_transition(rule, &move));
	}
	PG_RETURN_NULL();
}
