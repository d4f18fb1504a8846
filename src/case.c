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
#include "utils/datum.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "ietp_helpline.h"
#include "lifecycle.h"

#define LIFECYCLE	"case"

/* Columns of desk.cases that are read or stamped here. */
typedef enum CaseColumn
{
	/* Nobody but the stamp writes these. */
	STATUS_SINCE, MOVED_BY, CYCLE, CLOSED_AT, CLOSED_ON, CLOSING_REASON,
	FIRST_RESOLVED_AT, LAST_RESOLVED_AT, FIRST_CLOSED_AT, LAST_CLOSED_AT,
	FIRST_CLOSING_REASON, LAST_CLOSING_REASON, HIGHEST_SEVERITY,
#define STAMPED_COLUMNS (HIGHEST_SEVERITY + 1)
	SEVERITY, STATUS, STATUS_REASON, LIFECYCLE_VERSION, OPENED_AT, OPENED_ON, LINE,
#define CASE_COLUMNS (LINE + 1)
} CaseColumn;

static const char *const column_names[CASE_COLUMNS] = {
	"status_since", "moved_by", "cycle", "closed_at", "closed_on",
	"closing_reason", "first_resolved_at", "last_resolved_at",
	"first_closed_at", "last_closed_at", "first_closing_reason",
	"last_closing_reason", "highest_severity", "severity", "status", "status_reason", "lifecycle_version",
	"opened_at", "opened_on", "line"
};

/* Where they were found last; looked up again when they are not there. */
static int	column_numbers[CASE_COLUMNS];

/* A version of the row, taken apart. */
typedef struct CaseRow
{
	Datum	   *values;
	bool	   *nulls;
} CaseRow;

typedef struct Stamp
{
	Row			row;
	CaseRow		old;			/* values is NULL at creation */
	CaseRow		new;
	bool		any_changed;	/* have we changed columns of "new"? */
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

static CaseRow
take_apart(HeapTuple tuple, TupleDesc desc)
{
	CaseRow		row;

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
is_null(const Stamp *stamp, const CaseRow *row, CaseColumn column)
{
	return row->nulls[at(stamp, column)];
}

static Datum
value_of(const Stamp *stamp, const CaseRow *row, CaseColumn column)
{
	return row->values[at(stamp, column)];
}

static char *
text_of(const Stamp *stamp, const CaseRow *row, CaseColumn column)
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
	int			i = at(stamp, column);
	Form_pg_attribute attribute = TupleDescAttr(stamp->row.desc, i);

	if (stamp->old.nulls[i] || stamp->new.nulls[i])
		return stamp->old.nulls[i] == stamp->new.nulls[i];
	return datum_image_eq(stamp->old.values[i], stamp->new.values[i],
						  attribute->attbyval, attribute->attlen);
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
		 column <= HIGHEST_SEVERITY; column++)
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

static void
check_protocol(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"stamp_case\" must be fired BEFORE ROW for INSERT or UPDATE")));
}

/*
 * ietp.stamp_case() returns trigger
 */
IETP_FUNCTION(stamp_case);
Datum
ietp_stamp_case(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Stamp		stamp = {0};
	HeapTuple	tuple;

	check_protocol(fcinfo);
	tuple = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
		trigger->tg_newtuple : trigger->tg_trigtuple;
	if (IsLogicalWorker())
		return PointerGetDatum(tuple);
	stamp.row.tuple = tuple;
	stamp.row.desc = RelationGetDescr(trigger->tg_relation);
	stamp.new = take_apart(tuple, stamp.row.desc);
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
	{
		stamp.old = take_apart(trigger->tg_trigtuple, stamp.row.desc);
		stamp_update(&stamp);
	}
	else
		stamp_insert(&stamp);
	stamp_severity(&stamp);
	return PointerGetDatum(stamp.any_changed ? put_together(&stamp) : tuple);
}
