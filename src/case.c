/*-------------------------------------------------------------------------
 *
 * case.c
 *		What a case's row says of itself.
 *
 * ietp.stamp_case() is the BEFORE ROW trigger of desk.cases.  It decides
 * nothing: it writes down since when, by whom and in which cycle a case has
 * its status, and when and why it was first and last resolved and closed, so
 * that these are true whatever statement moved the case.  What a statement
 * writes there itself is overwritten.  The judge (judge.c) then sees the row.
 *
 * Each change also becomes an event of the case's history.  The stamp counts
 * it, and writes the hash of its chain into the row; ietp.record_case(), AFTER
 * ROW, makes the event anew of the row as every trigger left it, and refuses
 * it if that is not what was stamped.  So there is one version of the row for
 * each change, and none whose head is not that of its history.
 *
 * IDENTIFICATION
 *		src/case.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "replication/logicalworker.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "history.h"
#include "ietp_helpline.h"
#include "ledger.h"
#include "lifecycle.h"

#define LIFECYCLE	"case"

/* Columns of desk.cases that are read or stamped here. */
typedef enum CaseColumn
{
	/* Nobody but the stamp writes these. */
	STATUS_SINCE, MOVED_BY, CYCLE, CLOSED_AT, CLOSED_ON, CLOSING_REASON,
	FIRST_RESOLVED_AT, LAST_RESOLVED_AT, FIRST_CLOSED_AT, LAST_CLOSED_AT,
	FIRST_CLOSING_REASON, LAST_CLOSING_REASON, HIGHEST_SEVERITY,
	CONSENT_USED, EVENT_N, EVENT_AT, EVENT_HASH,
#define STAMPED_COLUMNS (EVENT_HASH + 1)
	CASE_REF, FACTORY, SEVERITY, STATUS, STATUS_REASON, LIFECYCLE_VERSION, OPENED_AT,
	OPENED_ON, LINE, SOURCE, ESCALATION_LEVEL, DUPLICATE_OF, HANDLER, TEAM,
	INVESTIGATOR, CURRENCY, AMOUNT_CLAIMED, AMOUNT_ASSESSED, AMOUNT_RECOVERED,
#define CASE_COLUMNS (AMOUNT_RECOVERED + 1)
} CaseColumn;

static const char *const column_names[CASE_COLUMNS] = {
	"status_since", "moved_by", "cycle", "closed_at", "closed_on",
	"closing_reason", "first_resolved_at", "last_resolved_at",
	"first_closed_at", "last_closed_at", "first_closing_reason",
	"last_closing_reason", "highest_severity", "consent_used", "event_n",
	"event_at", "event_hash", "case_ref", "factory", "severity", "status",
	"status_reason", "lifecycle_version", "opened_at", "opened_on", "line",
	"source", "escalation_level", "duplicate_of", "handler", "team",
	"investigator", "currency", "amount_claimed", "amount_assessed",
	"amount_recovered"
};

/* Where they were found last; looked up again when they are not there. */
static int	column_numbers[CASE_COLUMNS];

typedef struct Stamp
{
	Row			row;
	RowValues	old;			/* values is NULL at creation */
	RowValues	new;
	bool		any_changed;	/* have we changed columns of "new"? */
	bool		is_own;			/* has this transaction written "old"? */
	const Transition *rule;		/* that the case makes; NULL: none */
} Stamp;

/* Index of the column in the arrays. */
static int
at(const Stamp *stamp, CaseColumn column)
{
	TupleDesc	desc = stamp->row.desc;
	int			number = column_numbers[column];

	if (number < 1 || number > desc->natts ||
		strcmp(NameStr(TupleDescAttr(desc, number - 1)->attname),
			   column_names[column]) != 0)
		column_numbers[column] = number =
			ietp_column_number(&stamp->row, column_names[column]);
	return number - 1;
}

static RowValues
take_apart(HeapTuple tuple, TupleDesc desc)
{
	RowValues	row;

	row.values = palloc(desc->natts * sizeof(Datum));
	row.nulls = palloc(desc->natts * sizeof(bool));
	heap_deform_tuple(tuple, desc, row.values, row.nulls);
	return row;
}

/* The row with its new values, as heap_modify_tuple() would make it. */
static HeapTuple
put_together(const Stamp *stamp)
{
	HeapTuple	tuple = heap_form_tuple(stamp->row.desc, stamp->new.values,
										stamp->new.nulls);

	tuple->t_data->t_ctid = stamp->row.tuple->t_data->t_ctid;
	tuple->t_self = stamp->row.tuple->t_self;
	tuple->t_tableOid = stamp->row.tuple->t_tableOid;
	return tuple;
}

static bool
is_null(const Stamp *stamp, const RowValues *row, CaseColumn column)
{
	return row->nulls[at(stamp, column)];
}

static Datum
value_of(const Stamp *stamp, const RowValues *row, CaseColumn column)
{
	return row->values[at(stamp, column)];
}

static char *
text_of(const Stamp *stamp, const RowValues *row, CaseColumn column)
{
	if (is_null(stamp, row, column))
		return NULL;
	return TextDatumGetCString(value_of(stamp, row, column));
}

static void
set_value(Stamp *stamp, CaseColumn column, Datum value, bool isnull)
{
	int			i = at(stamp, column);

	stamp->new.values[i] = value;
	stamp->new.nulls[i] = isnull;
	stamp->any_changed = true;
}

static void
set_time(Stamp *stamp, CaseColumn column, TimestampTz value)
{
	set_value(stamp, column, TimestampTzGetDatum(value), false);
}

static void
set_text(Stamp *stamp, CaseColumn column, const char *value)
{
	set_value(stamp, column, value == NULL ? (Datum) 0 :
			  CStringGetTextDatum(value), value == NULL);
}

static bool
is_unchanged(const Stamp *stamp, CaseColumn column)
{
	return !ietp_has_changed(TupleDescAttr(stamp->row.desc, at(stamp, column)),
							 &stamp->old, &stamp->new);
}

/* As it was before the statement. */
static void
keep_stamped(Stamp *stamp)
{
	for (int column = 0; column < STAMPED_COLUMNS; column++)
		if (!is_unchanged(stamp, column))
			set_value(stamp, column, value_of(stamp, &stamp->old, column),
					  is_null(stamp, &stamp->old, column));
}

/*
 * The day of the line on which something happened, but not before the day the
 * case was opened: the line's zone may have changed since.
 */
static DateADT
day_of(const Stamp *stamp, TimestampTz moment)
{
	Oid			types[] = {TEXTOID, TIMESTAMPTZOID};
	Datum		args[2];
	bool		isnull;
	DateADT		opened_on = DatumGetDateADT(value_of(stamp, &stamp->new,
													 OPENED_ON));
	DateADT		day;

	if (is_null(stamp, &stamp->new, LINE))
		return opened_on;		/* the column's constraint refuses it */
	args[0] = value_of(stamp, &stamp->new, LINE);
	args[1] = TimestampTzGetDatum(moment);
	day = DatumGetDateADT(ietp_call_as_owner("local_day", DATEOID, 2, types, args,
											 &isnull));
	return isnull ? opened_on : Max(day, opened_on);
}

/* Enters a value that only the first of its kind sets. */
static void
set_first(Stamp *stamp, CaseColumn first, CaseColumn last)
{
	if (is_null(stamp, &stamp->new, first))
		set_value(stamp, first, value_of(stamp, &stamp->new, last),
				  is_null(stamp, &stamp->new, last));
}

static void
stamp_closing(Stamp *stamp, TimestampTz closed_at, const char *reason)
{
	bool		first = is_null(stamp, &stamp->new, FIRST_CLOSED_AT);

	set_time(stamp, CLOSED_AT, closed_at);
	set_value(stamp, CLOSED_ON, DateADTGetDatum(day_of(stamp, closed_at)),
			  false);
	set_text(stamp, CLOSING_REASON, reason);
	set_time(stamp, LAST_CLOSED_AT, closed_at);
	set_text(stamp, LAST_CLOSING_REASON, reason);
	set_first(stamp, FIRST_CLOSED_AT, LAST_CLOSED_AT);
	if (first)
		set_text(stamp, FIRST_CLOSING_REASON, reason);
}

static void
stamp_resolution(Stamp *stamp, TimestampTz resolved_at)
{
	set_time(stamp, LAST_RESOLVED_AT, resolved_at);
	set_first(stamp, FIRST_RESOLVED_AT, LAST_RESOLVED_AT);
}

static void
clear_closing(Stamp *stamp)
{
	set_value(stamp, CLOSED_AT, (Datum) 0, true);
	set_value(stamp, CLOSED_ON, (Datum) 0, true);
	set_value(stamp, CLOSING_REASON, (Datum) 0, true);
}

/*
 * When a move happens: now, but not before the one before it, which may have
 * been made by a transaction that began later.
 */
static TimestampTz
moment_of_move(const Stamp *stamp)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	TimestampTz since = DatumGetTimestampTz(value_of(stamp, &stamp->old,
													 STATUS_SINCE));

	return Max(now, since);
}

/* The gravest that the case was ever judged to be; enums order by value. */
static void
stamp_severity(Stamp *stamp)
{
	Oid			type = TupleDescAttr(stamp->row.desc,
									 at(stamp, SEVERITY))->atttypid;
	TypeCacheEntry *order = lookup_type_cache(type, TYPECACHE_CMP_PROC_FINFO);
	Datum		severity = value_of(stamp, &stamp->new, SEVERITY);

	if (is_null(stamp, &stamp->new, SEVERITY) ||
		(!is_null(stamp, &stamp->new, HIGHEST_SEVERITY) &&
		 DatumGetInt32(FunctionCall2(&order->cmp_proc_finfo, severity,
									 value_of(stamp, &stamp->new,
											  HIGHEST_SEVERITY))) <= 0))
		return;
	set_value(stamp, HIGHEST_SEVERITY, severity, false);
}

/* The reason given for this move; one left from an earlier move is none. */
static const char *
stamp_reason(Stamp *stamp)
{
	if (is_unchanged(stamp, STATUS_REASON))
		set_value(stamp, STATUS_REASON, (Datum) 0, true);
	return text_of(stamp, &stamp->new, STATUS_REASON);
}

static void
stamp_move(Stamp *stamp, const Lifecycle *rules, const Status *from,
		   const Status *to)
{
	TimestampTz moment = moment_of_move(stamp);
	const char *reason;

	keep_stamped(stamp);
	reason = stamp_reason(stamp);
	set_time(stamp, STATUS_SINCE, moment);
	set_text(stamp, MOVED_BY, ietp_actor_name());
	if (ietp_begins_cycle(rules, from, to))
		set_value(stamp, CYCLE,
				  Int32GetDatum(DatumGetInt32(value_of(stamp, &stamp->old,
													   CYCLE)) + 1), false);
	if (to->stops_clock && !from->stops_clock)
		stamp_resolution(stamp, moment);
	if (to->terminal && !from->terminal)
		stamp_closing(stamp, Max(moment,
								 DatumGetTimestampTz(value_of(stamp,
															  &stamp->new,
															  OPENED_AT))),
					  ietp_is_reason(rules, from, to, reason) ?
					  reason : NULL);
	else if (from->terminal && !to->terminal)
		clear_closing(stamp);
}

/* A case that keeps its status; its reason may be cleared, to give it again. */
static void
stamp_unmoved(Stamp *stamp)
{
	keep_stamped(stamp);
	if (!is_null(stamp, &stamp->new, STATUS_REASON) &&
		!is_unchanged(stamp, STATUS_REASON))
		set_value(stamp, STATUS_REASON,
				  value_of(stamp, &stamp->old, STATUS_REASON),
				  is_null(stamp, &stamp->old, STATUS_REASON));
}

static void
stamp_update(Stamp *stamp)
{
	const Lifecycle *rules;
	const Status *from;
	const Status *to;

	if (!is_unchanged(stamp, CASE_REF))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_APPEND_ONLY),
				 errmsg("the reference of a case does not change")));
	if (!is_unchanged(stamp, LIFECYCLE_VERSION) ||
		is_unchanged(stamp, STATUS))
	{
		stamp_unmoved(stamp);
		return;
	}
	rules = ietp_require_lifecycle(LIFECYCLE,
								   DatumGetInt32(value_of(stamp, &stamp->old,
														  LIFECYCLE_VERSION)));
	from = ietp_find_status(rules, text_of(stamp, &stamp->old, STATUS));
	to = ietp_find_status(rules, text_of(stamp, &stamp->new, STATUS));
	/* The judge refuses a status that is not of the version. */
	if (from != NULL && to != NULL)
		stamp_move(stamp, rules, from, to);
}

/*
 * The status of a new case that was given none: the initial one, or, where an
 * import says when it was closed, the terminal one that may be created.
 */
static const Status *
stamp_first_status(Stamp *stamp, const Lifecycle *rules)
{
	const Status *status = ietp_first_status(rules,
											 !is_null(stamp, &stamp->new,
													  CLOSED_AT));

	if (is_null(stamp, &stamp->new, STATUS) && status != NULL)
		set_text(stamp, STATUS, status->name);
	return ietp_find_status(rules, text_of(stamp, &stamp->new, STATUS));
}

/* What was closed before it came here keeps when and why it was. */
static void
stamp_imported_closing(Stamp *stamp)
{
	TimestampTz closed_at = DatumGetTimestampTz(value_of(stamp, &stamp->new,
														 CLOSED_AT));

	set_time(stamp, STATUS_SINCE, closed_at);
	if (is_null(stamp, &stamp->new, STATUS_REASON))
		set_value(stamp, STATUS_REASON,
				  value_of(stamp, &stamp->new, CLOSING_REASON),
				  is_null(stamp, &stamp->new, CLOSING_REASON));
	stamp_resolution(stamp, closed_at);
	stamp_closing(stamp, closed_at, text_of(stamp, &stamp->new,
											CLOSING_REASON));
}

static void
stamp_insert(Stamp *stamp)
{
	const Lifecycle *rules;
	const Status *status;
	bool		closed = !is_null(stamp, &stamp->new, CLOSED_AT);

	for (CaseColumn column = FIRST_RESOLVED_AT;
		 column <= CONSENT_USED; column++)
		set_value(stamp, column, (Datum) 0, true);
	rules = ietp_require_lifecycle(LIFECYCLE,
								   is_null(stamp, &stamp->new,
										   LIFECYCLE_VERSION) ? 0 :
								   DatumGetInt32(value_of(stamp, &stamp->new,
														  LIFECYCLE_VERSION)));
	set_value(stamp, LIFECYCLE_VERSION, Int32GetDatum(rules->version), false);
	set_text(stamp, MOVED_BY, ietp_actor_name());
	set_value(stamp, CYCLE, Int32GetDatum(1), false);
	set_value(stamp, STATUS_SINCE, value_of(stamp, &stamp->new, OPENED_AT),
			  is_null(stamp, &stamp->new, OPENED_AT));
	status = stamp_first_status(stamp, rules);
	if (status == NULL)
		return;					/* the judge refuses it */
	if (status->terminal && closed)
		stamp_imported_closing(stamp);
	else if (closed)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("value out of range for \"closed_at\""),
				 errhint("A case that is open has not been closed.")));
}

/* Columns of which the history tells the values; sorted for bsearch(). */
static const char *const shown_columns[] = {
	"amount_assessed", "amount_claimed", "amount_recovered", "closed_at",
	"closed_on", "closing_reason", "complainant_role", "currency", "cycle",
	"duplicate_of", "escalated_at", "escalated_on", "escalation_level",
	"factory", "first_closed_at", "first_closing_reason",
	"first_resolved_at", "handler", "highest_severity", "identity_mode",
	"investigator", "language", "last_closed_at", "last_closing_reason",
	"last_resolved_at", "lifecycle_version", "line", "migrant_worker",
	"moved_by", "opened_at", "opened_on", "recorded_at", "retaliation_risk",
	"severity", "source", "status_reason", "status_since", "synthetic", "team", "workers_affected"
};

/* Told by the event itself, or no matter of the history's. */
static const char *const silent_columns[] = {
	"case_ref", "consent_n", "consent_used", "event_at", "event_hash",
	"event_n", "status"
};

static int
compare_names(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *) element);
}

#define IS_AMONG(name, names) \
	(bsearch(name, names, lengthof(names), sizeof(names[0]), \
			 compare_names) != NULL)

/*
 * Of all other columns no value is told: what came with an imported row, or
 * stands in a column that a DBA added, may be anything.
 */
ColumnUse
ietp_case_column_use(const char *column)
{
	if (IS_AMONG(column, shown_columns))
		return COLUMN_SHOWN;
	return IS_AMONG(column, silent_columns) ? COLUMN_SILENT : COLUMN_HIDDEN;
}

static bool
is_new(const Stamp *stamp)
{
	return stamp->old.values == NULL;
}

/* Has one of the columns from "first" to "last" changed? */
static bool
any_changed(const Stamp *stamp, CaseColumn first, CaseColumn last)
{
	for (CaseColumn column = first; column <= last; column++)
		if (!is_unchanged(stamp, column))
			return true;
	return false;
}

/* The transition that the case makes, or NULL. */
static const Transition *
transition_of(const Stamp *stamp)
{
	const Lifecycle *rules;
	const Status *from;
	const Status *to;

	if (is_new(stamp) || is_unchanged(stamp, STATUS) ||
		!is_unchanged(stamp, LIFECYCLE_VERSION))
		return NULL;
	rules = ietp_require_lifecycle(LIFECYCLE,
								   DatumGetInt32(value_of(stamp, &stamp->new,
														  LIFECYCLE_VERSION)));
	from = ietp_find_status(rules, text_of(stamp, &stamp->old, STATUS));
	to = ietp_find_status(rules, text_of(stamp, &stamp->new, STATUS));
	if (from == NULL || to == NULL)
		return NULL;			/* the judge refuses it */
	return ietp_choose_transition(rules, from, to, &stamp->row);
}

/* What was done; of several things at once the one that matters most. */
static const char *
action_of(const Stamp *stamp)
{
	if (is_new(stamp))
		return is_null(stamp, &stamp->new, SOURCE) ? "opened" : "imported";
	if (stamp->rule != NULL)
		return stamp->rule->action;
	if (!is_unchanged(stamp, LIFECYCLE_VERSION))
		return "adopted";
	if (!is_unchanged(stamp, DUPLICATE_OF))
		return is_null(stamp, &stamp->new, DUPLICATE_OF) ?
			"unmarked_duplicate" : "marked_duplicate";
	if (!is_unchanged(stamp, ESCALATION_LEVEL))
		return "escalated";
	if (!is_unchanged(stamp, SEVERITY))
		return "severity_changed";
	if (any_changed(stamp, HANDLER, INVESTIGATOR))
		return "assigned";
	if (any_changed(stamp, CURRENCY, AMOUNT_RECOVERED))
		return "valued";
	return "changed";
}

static int64
case_ref_of(const Stamp *stamp)
{
	return DatumGetInt64(value_of(stamp, &stamp->new, CASE_REF));
}

/* Number of the last event that a version of the row knows. */
static int32
event_n_of(const Stamp *stamp, const RowValues *row)
{
	if (row->values == NULL || is_null(stamp, row, EVENT_N))
		return 0;
	return DatumGetInt32(value_of(stamp, row, EVENT_N));
}

/* The hash of that event, or NULL. */
static const uint8 *
event_hash_of(const Stamp *stamp, const RowValues *row)
{
	if (row->values == NULL || is_null(stamp, row, EVENT_HASH))
		return NULL;
	return ietp_hash_of(value_of(stamp, row, EVENT_HASH));
}

/* The event's time: now, but not before the event before it. */
static TimestampTz
moment_of_event(const Stamp *stamp)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	if (is_new(stamp) || is_null(stamp, &stamp->old, EVENT_AT))
		return now;
	return Max(now, DatumGetTimestampTz(value_of(stamp, &stamp->old,
												 EVENT_AT)));
}

/*
 * The purpose for which the change needs a consent, or NULL: that of the
 * transition; and while the factory is spoken with, for another version of the
 * rules or another factory, to contact it.
 */
static const char *
consent_needed(const Stamp *stamp)
{
	const Lifecycle *rules;
	const Status *status;

	if (stamp->rule != NULL)
		return stamp->rule->consent;
	if (is_new(stamp) || (is_unchanged(stamp, LIFECYCLE_VERSION) &&
						  is_unchanged(stamp, FACTORY)))
		return NULL;
	rules = ietp_require_lifecycle(LIFECYCLE,
								   DatumGetInt32(value_of(stamp, &stamp->new,
														  LIFECYCLE_VERSION)));
	status = ietp_find_status(rules, text_of(stamp, &stamp->new, STATUS));
	return status != NULL && status->factory_contact ?
		"contact_factory" : NULL;
}

/* Enters the statuses that the case left and got, and the consent for it. */
static void
describe_move(const Stamp *stamp, Event *event)
{
	if (consent_needed(stamp) != NULL &&
		!is_null(stamp, &stamp->new, CONSENT_USED))
		event->consent_n = DatumGetInt32(value_of(stamp, &stamp->new,
												  CONSENT_USED));
	if (!is_new(stamp) && is_unchanged(stamp, STATUS))
		return;
	if (!is_new(stamp))
		ietp_set_text(event, EVENT_FROM, text_of(stamp, &stamp->old, STATUS));
	ietp_set_text(event, EVENT_TO, text_of(stamp, &stamp->new, STATUS));
}

/*
 * Event n of the case, which tells how the row has changed and what else the
 * statement wrote.  False where there is nothing to tell.
 */
static bool
describe(const Stamp *stamp, int32 n, Event *event)
{
	const char *changes = ietp_changes(stamp->row.desc, &stamp->old,
									   &stamp->new, ietp_case_column_use);
	Step	   *step = ietp_find_step(case_ref_of(stamp));
	bool		moves = is_new(stamp) || !is_unchanged(stamp, STATUS);

	if (step != NULL && step->n != n)
		step = NULL;
	if (changes == NULL && step == NULL && !moves)
		return false;
	memset(event, 0, sizeof(*event));
	event->case_ref = case_ref_of(stamp);
	event->n = n;
	event->occurred_at = moment_of_event(stamp);
	event->lifecycle_version = DatumGetInt32(value_of(stamp, &stamp->new,
													  LIFECYCLE_VERSION));
	describe_move(stamp, event);
	ietp_set_text(event, EVENT_ACTION, changes == NULL && !moves ?
				  step->action : action_of(stamp));
	ietp_set_text(event, EVENT_CHANGES, changes);
	if (step != NULL)
	{
		ietp_set_text(event, EVENT_RECORDS, ietp_records_of(step));
		if (step->consent_n != 0)
			event->consent_n = step->consent_n;
	}
	ietp_sign_event(event);
	return true;
}

/*
 * Enters the entry of the consent ledger that the change uses: the one that
 * the judge will find, too.
 */
static void
stamp_consent(Stamp *stamp, const char *purpose)
{
	Oid			types[] = {InvalidOid, TEXTOID, TEXTOID};
	Datum		args[3];
	Datum		used;
	bool		isnull;

	types[0] = TupleDescAttr(stamp->row.desc, at(stamp, CASE_REF))->atttypid;
	args[0] = value_of(stamp, &stamp->new, CASE_REF);
	args[1] = CStringGetTextDatum(purpose);
	args[2] = is_null(stamp, &stamp->new, FACTORY) ? CStringGetTextDatum("") :
		value_of(stamp, &stamp->new, FACTORY);
	used = ietp_call_as_owner("consent_used", INT4OID, 3, types, args,
							  &isnull);
	set_value(stamp, CONSENT_USED, isnull ? (Datum) 0 : used, isnull);
}

/*
 * Has the statement's step found its event already?  Then this is an UPDATE
 * by a trigger that fired since.  Else it is the row that the step waits for,
 * perhaps once more, after the statement waited for another transaction.
 */
static bool
is_taken(const Stamp *stamp, const Step *step)
{
	return step->n < 0 || (step->n > 0 && stamp->is_own);
}

/*
 * The row with the event of its change stamped, as the statement shall write
 * it.  Where there is nothing to tell, it keeps the head that it has.
 */
static HeapTuple
stamp_event(Stamp *stamp)
{
	int32		n = event_n_of(stamp, &stamp->old) + 1;
	Step	   *step = ietp_find_step(case_ref_of(stamp));
	const char *purpose;
	Event		event;
	bytea	   *hash = palloc(VARHDRSZ + HASH_SIZE);

	if (step != NULL && is_taken(stamp, step))
		step = NULL;
	if (step != NULL)
		step->n = n;
	/* A rule may ask for what was just stamped. */
	if (stamp->any_changed)
		stamp->row.tuple = put_together(stamp);
	stamp->rule = transition_of(stamp);
	purpose = consent_needed(stamp);
	if (purpose != NULL)
		stamp_consent(stamp, purpose);
	else if (!is_new(stamp) && !is_unchanged(stamp, STATUS))
		set_value(stamp, CONSENT_USED, (Datum) 0, true);
	if (!describe(stamp, n, &event))
		return stamp->row.tuple;
	SET_VARSIZE(hash, VARHDRSZ + HASH_SIZE);
	ietp_hash_event(&event, event_hash_of(stamp, &stamp->old),
					(uint8 *) VARDATA(hash));
	set_value(stamp, EVENT_N, Int32GetDatum(n), false);
	set_time(stamp, EVENT_AT, event.occurred_at);
	set_value(stamp, EVENT_HASH, PointerGetDatum(hash), false);
	return put_together(stamp);
}

/* What is not that of a version's own event. */
static bool
is_other_head(const Stamp *stamp, const Event *event, const uint8 *hash)
{
	const uint8 *stamped = event_hash_of(stamp, &stamp->new);

	return event->n != event_n_of(stamp, &stamp->old) + 1 ||
		event->occurred_at != DatumGetTimestampTz(value_of(stamp,
														   &stamp->new,
														   EVENT_AT)) ||
		stamped == NULL || memcmp(hash, stamped, HASH_SIZE) != 0;
}

/* Writes the event of the row, once it is the one that was stamped. */
static void
record_event(Stamp *stamp, Relation rel)
{
	Event		event;
	uint8		hash[HASH_SIZE];
	int32		n = event_n_of(stamp, &stamp->new);
	Step	   *step = ietp_find_step(case_ref_of(stamp));
	bool		is_told;

	stamp->rule = transition_of(stamp);
	is_told = describe(stamp, n, &event);
	if (is_told)
		ietp_hash_event(&event, event_hash_of(stamp, &stamp->old), hash);
	if (is_told ? is_other_head(stamp, &event, hash) :
		n != event_n_of(stamp, &stamp->old))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_OTHER_HEAD),
				 errmsg("row of \"%s\" was changed after its history was stamped",
						RelationGetRelationName(rel)),
				 errhint("A BEFORE trigger that changes the row needs a name that sorts before zz_stamp."),
				 errtable(rel)));
	if (!is_told)
		return;
	ietp_insert_event(&event, hash);
	if (step != NULL && step->n == n)
		step->n = -1;			/* told */
}

/* Tells desk.duplicates of the case, if it points elsewhere than before. */
static void
keep_duplicates(const Stamp *stamp)
{
	Datum		args[1] = {value_of(stamp, &stamp->new, CASE_REF)};
	Oid			types[1] = {TupleDescAttr(stamp->row.desc,
										  at(stamp, CASE_REF))->atttypid};
	bool		isnull;

	if (is_new(stamp) ? !is_null(stamp, &stamp->new, DUPLICATE_OF) :
		!is_unchanged(stamp, DUPLICATE_OF))
		(void) ietp_call_as_owner("keep_duplicates", BOOLOID, 1, types, args,
								  &isnull);
}

static void
check_protocol(FunctionCallInfo fcinfo, const char *name, bool before)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		TRIGGER_FIRED_BEFORE(trigger->tg_event) != before ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event) ||
		trigger->tg_trigger->tgqual != NULL ||
		!ietp_is_cases(trigger->tg_relation))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired %s ROW for INSERT or UPDATE on desk.cases",
						name, before ? "BEFORE" : "AFTER")));
}

/* Takes the versions of the trigger's row apart. */
static Stamp
begin_stamp(const TriggerData *trigger)
{
	Stamp		stamp = {0};
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);

	stamp.row.desc = RelationGetDescr(trigger->tg_relation);
	stamp.row.tuple = update ? trigger->tg_newtuple : trigger->tg_trigtuple;
	stamp.new = take_apart(stamp.row.tuple, stamp.row.desc);
	if (update)
	{
		HeapTuple	old = trigger->tg_trigtuple;

		stamp.old = take_apart(old, stamp.row.desc);
		stamp.is_own = TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(old->t_data));
	}
	return stamp;
}

/*
 * ietp.stamp_case() returns trigger
 */
IETP_FUNCTION(stamp_case);
Datum
ietp_stamp_case(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Stamp		stamp;

	check_protocol(fcinfo, "stamp_case", true);
	if (IsLogicalWorker())
		return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
							   trigger->tg_newtuple : trigger->tg_trigtuple);
	stamp = begin_stamp(trigger);
	if (is_new(&stamp))
		stamp_insert(&stamp);
	else
		stamp_update(&stamp);
	stamp_severity(&stamp);
	return PointerGetDatum(stamp_event(&stamp));
}

/*
 * ietp.record_case() returns trigger
 */
IETP_FUNCTION(record_case);
Datum
ietp_record_case(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Stamp		stamp;

	check_protocol(fcinfo, "record_case", false);
	if (!IsLogicalWorker())
	{
		stamp = begin_stamp(trigger);
		record_event(&stamp, trigger->tg_relation);
		keep_duplicates(&stamp);
	}
	return PointerGetDatum(NULL);
}
