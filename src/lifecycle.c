/*-------------------------------------------------------------------------
 *
 * lifecycle.c
 *		The rules of a status column, compiled from rows.
 *
 * desk.lifecycles and the tables that hang on it are read whole (record.c)
 * into one memory context per backend, when their generation (cache.c) has
 * passed.
 *
 * What callers get stays good until their transaction ends, even if the rules
 * are loaded anew meanwhile: an outdated context is handed to the transaction.
 *
 * IDENTIFICATION
 *		src/lifecycle.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "ietp_helpline.h"
#include "lifecycle.h"

/* Columns of desk.lifecycles, and those of all the tables under it. */
#define Anum_rules_lifecycle	1
#define Anum_rules_version		2
#define Anum_lifecycles_sealed_at	3
#define Anum_lifecycles_key_column	4
#define Anum_lifecycles_actor_column	5
#define Anum_lifecycles_since_column	6
#define Anum_lifecycles_reason_column	7
#define Anum_lifecycles_halt_column	8
#define Anum_lifecycles_final_except	9
/* of desk.statuses */
#define Anum_statuses_status	3
#define Anum_statuses_category	4
#define Anum_statuses_clock		5
#define Anum_statuses_factory_contact	6
/* of desk.transitions */
#define Anum_transitions_from_status	3
#define Anum_transitions_action 4
#define Anum_transitions_to_status	5
#define Anum_transitions_roles	6
#define Anum_transitions_required_columns	7
#define Anum_transitions_consent	8
#define Anum_transitions_records	9
#define Anum_transitions_reason 10
#define Anum_transitions_four_eyes	11
#define Anum_transitions_next_cycle 12
#define Anum_transitions_allowed_within 13
#define Anum_transitions_when_column	14
#define Anum_transitions_when_values	15
/* of desk.lifecycle_maps */
#define Anum_maps_from_version	3
#define Anum_maps_from_status	4
#define Anum_maps_to_status		5
/* of desk.guards */
#define Anum_guards_guard		1
#define Anum_guards_hint		2

static const Oid lifecycles_types[] = {
	TEXTOID, INT4OID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID,
	TEXTOID, TEXTARRAYOID
};
static const Oid statuses_types[] = {
	TEXTOID, INT4OID, TEXTOID, ANYENUMOID, ANYENUMOID, BOOLOID
};
static const Oid transitions_types[] = {
	TEXTOID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID, TEXTARRAYOID,
	ANYENUMOID, TEXTARRAYOID, TEXTOID, BOOLOID, BOOLOID, INTERVALOID, TEXTOID,
	TEXTARRAYOID
};
static const Oid maps_types[] = {TEXTOID, INT4OID, INT4OID, TEXTOID, TEXTOID};
static const Oid guards_types[] = {TEXTOID, TEXTOID};

typedef struct Guard
{
	const char *name;
	const char *hint;
} Guard;

/* The cache; everything below lives in its context. */
static MemoryContext context = NULL;
static uint64 loaded = 0;		/* generation; 0: not loaded */
static List *lifecycles = NIL;	/* of Lifecycle */
static List *guards = NIL;		/* of Guard */

static const Interval *
get_interval(const Record *record, int column)
{
	bool		isnull;
	Datum		value = ietp_record_value(record, column, &isnull);
	Interval   *copy;

	if (isnull)
		return NULL;
	copy = palloc(sizeof(Interval));
	memcpy(copy, DatumGetIntervalP(value), sizeof(Interval));
	return copy;
}

/* The lifecycle and version that a row of a rule table belongs to. */
static Lifecycle *
lifecycle_of(const Record *record)
{
	char	   *name = ietp_record_text(record, Anum_rules_lifecycle);
	int32		version = ietp_record_int(record, Anum_rules_version);
	ListCell   *cell;

	foreach(cell, lifecycles)
	{
		Lifecycle  *rules = lfirst(cell);

		if (rules->version == version && strcmp(rules->name, name) == 0)
			return rules;
	}
	return NULL;
}

static void
read_lifecycle(const Record *record)
{
	Lifecycle  *rules = palloc0(sizeof(Lifecycle));
	bool		open;

	rules->name = ietp_record_text(record, Anum_rules_lifecycle);
	rules->version = ietp_record_int(record, Anum_rules_version);
	(void) ietp_record_value(record, Anum_lifecycles_sealed_at, &open);
	rules->sealed = !open;
	rules->key_column = ietp_record_text(record, Anum_lifecycles_key_column);
	rules->actor_column = ietp_record_text(record, Anum_lifecycles_actor_column);
	rules->since_column = ietp_record_text(record, Anum_lifecycles_since_column);
	rules->reason_column = ietp_record_text(record, Anum_lifecycles_reason_column);
	rules->halt_column = ietp_record_text(record, Anum_lifecycles_halt_column);
	rules->final_except = ietp_record_strings(record, Anum_lifecycles_final_except);
	rules->has_final = rules->final_except.items != NULL;
	lifecycles = lappend(lifecycles, rules);
}

static void
read_status(const Record *record)
{
	Lifecycle  *rules = lifecycle_of(record);
	Status	   *status = palloc0(sizeof(Status));
	char	   *category = ietp_record_label(record, Anum_statuses_category);
	char	   *status_clock = ietp_record_label(record, Anum_statuses_clock);

	if (rules == NULL)
		return;
	status->name = ietp_record_text(record, Anum_statuses_status);
	status->initial = strcmp(category, "initial") == 0;
	status->terminal = strcmp(category, "terminal") == 0;
	status->stops_clock = strcmp(status_clock, "stop") == 0;
	status->factory_contact = ietp_record_bool(record,
											   Anum_statuses_factory_contact);
	rules->statuses = lappend(rules->statuses, status);
}

static int
set_of_kinds(const Strings *names)
{
	int			kinds = 0;

	for (int i = 0; i < names->count; i++)
		kinds |= ietp_kind_from_name(names->items[i]);
	return kinds;
}

/*
 * Keeps a transition with the status that it leads to as well: whoever judges
 * a move knows that, and has few to look through.
 */
static void
add_arrival(const Lifecycle *rules, Transition *rule)
{
	ListCell   *cell;

	foreach(cell, rules->statuses)
	{
		Status	   *status = lfirst(cell);

		if (status == rule->to)
			status->arrivals = lappend(status->arrivals, rule);
	}
}

/*
 * A transition whose statuses are not there is left out: it allows nothing,
 * and lifecycle_check() finds it.
 */
static void
read_transition(const Record *record)
{
	Lifecycle  *rules = lifecycle_of(record);
	Transition *rule = palloc0(sizeof(Transition));
	char	   *from = ietp_record_text(record, Anum_transitions_from_status);

	if (rules == NULL)
		return;
	rule->creation = from == NULL;
	rule->to = ietp_find_status(rules, ietp_record_text(record,
														Anum_transitions_to_status));
	if (from != NULL && strcmp(from, "*") != 0)
	{
		rule->from = ietp_find_status(rules, from);
		if (rule->from == NULL)
			return;
	}
	if (rule->to == NULL)
		return;
	rule->action = ietp_record_text(record, Anum_transitions_action);
	rule->role_names = ietp_record_strings(record, Anum_transitions_roles);
	rule->roles = set_of_kinds(&rule->role_names);
	rule->required_columns = ietp_record_strings(record,
												 Anum_transitions_required_columns);
	rule->consent = ietp_record_label(record, Anum_transitions_consent);
	rule->records = ietp_record_strings(record, Anum_transitions_records);
	rule->reason = ietp_record_text(record, Anum_transitions_reason);
	rule->four_eyes = ietp_record_bool(record, Anum_transitions_four_eyes);
	rule->next_cycle = ietp_record_bool(record, Anum_transitions_next_cycle);
	rule->allowed_within = get_interval(record,
										Anum_transitions_allowed_within);
	rule->when_column = ietp_record_text(record, Anum_transitions_when_column);
	rule->when_values = ietp_record_strings(record, Anum_transitions_when_values);
	rules->transitions = lappend(rules->transitions, rule);
	add_arrival(rules, rule);
}

static void
read_map(const Record *record)
{
	Lifecycle  *rules = lifecycle_of(record);
	StatusMap  *map = palloc0(sizeof(StatusMap));

	if (rules == NULL)
		return;
	map->from_version = ietp_record_int(record, Anum_maps_from_version);
	map->from = ietp_record_text(record, Anum_maps_from_status);
	map->to = ietp_record_text(record, Anum_maps_to_status);
	rules->maps = lappend(rules->maps, map);
}

static void
read_guard(const Record *record)
{
	Guard	   *guard = palloc0(sizeof(Guard));

	guard->name = ietp_record_text(record, Anum_guards_guard);
	guard->hint = ietp_record_text(record, Anum_guards_hint);
	guards = lappend(guards, guard);
}

static void
load_rules(void)
{
	MemoryContext before;

	if (context != NULL)
		MemoryContextSetParent(context, TopTransactionContext);
	context = NULL;
	loaded = 0;
	lifecycles = NIL;
	guards = NIL;
	context = AllocSetContextCreate(TopMemoryContext,
									"ietp_helpline lifecycles",
									ALLOCSET_DEFAULT_SIZES);
	before = MemoryContextSwitchTo(context);
	ietp_read_table("lifecycles", lifecycles_types, lengthof(lifecycles_types),
					read_lifecycle);
	ietp_read_table("statuses", statuses_types, lengthof(statuses_types),
					read_status);
	ietp_read_table("transitions", transitions_types, lengthof(transitions_types),
					read_transition);
	ietp_read_table("lifecycle_maps", maps_types, lengthof(maps_types), read_map);
	ietp_read_table("guards", guards_types, lengthof(guards_types), read_guard);
	MemoryContextSwitchTo(before);
}

static void
refresh_rules(void)
{
	/* Loading takes locks, which may bring news; twice over is enough. */
	for (int i = 0; i < 2 && loaded != ietp_cache_generation(); i++)
	{
		uint64		before = ietp_cache_generation();

		load_rules();
		loaded = before;
	}
}

/*
 * The version of a lifecycle, sealed or not, or the newest sealed one where
 * "version" is 0; NULL where there is none.
 */
const Lifecycle *
ietp_find_lifecycle(const char *name, int32 version)
{
	const Lifecycle *found = NULL;
	ListCell   *cell;

	refresh_rules();
	foreach(cell, lifecycles)
	{
		const Lifecycle *rules = lfirst(cell);

		if (strcmp(rules->name, name) != 0)
			continue;
		if (version == 0 ? rules->sealed &&
			(found == NULL || rules->version > found->version) :
			rules->version == version)
			found = rules;
	}
	return found;
}

/*
 * As ietp_find_lifecycle(), but fails unless there is one, and it is sealed.
 */
const Lifecycle *
ietp_require_lifecycle(const char *name, int32 version)
{
	const Lifecycle *rules = ietp_find_lifecycle(name, version);

	if (rules == NULL || !rules->sealed)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_NO_LIFECYCLE),
				 version == 0 ?
				 errmsg("lifecycle \"%s\" has no sealed version", name) :
				 errmsg("lifecycle \"%s\" has no sealed version %d",
						name, version),
				 errhint("helpline.seal_lifecycle() proves a version and seals it.")));
	return rules;
}

/* The status of this name, or NULL; so also where the name is NULL. */
const Status *
ietp_find_status(const Lifecycle *rules, const char *name)
{
	ListCell   *cell;

	if (name == NULL)
		return NULL;
	foreach(cell, rules->statuses)
	{
		const Status *status = lfirst(cell);

		if (strcmp(status->name, name) == 0)
			return status;
	}
	return NULL;
}

/* What to do when a record guard does not hold. */
const char *
ietp_guard_hint(const char *guard)
{
	ListCell   *cell;

	foreach(cell, guards)
	{
		const Guard *known = lfirst(cell);

		if (strcmp(known->name, guard) == 0)
			return known->hint;
	}
	return NULL;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/*
 * Has the action a transition that begins in this very status, for the same
 * reason as this one from any?
 */
static bool
has_own_transition(const Lifecycle *rules, const Transition *any,
				   const Status *from)
{
	ListCell   *cell;

	foreach(cell, rules->transitions)
	{
		const Transition *rule = lfirst(cell);

		if (rule->from == from && strcmp(rule->action, any->action) == 0 &&
			same_text(rule->reason, any->reason))
			return true;
	}
	return false;
}

/*
 * Does the transition begin in the status?  "from" is NULL before the row is
 * created.
 */
bool
ietp_leaves(const Lifecycle *rules, const Transition *rule,
			const Status *from)
{
	if (from == NULL || rule->creation)
		return from == NULL && rule->creation;
	if (rule->from != NULL)
		return rule->from == from;
	return !from->terminal && !has_own_transition(rules, rule, from);
}

/* Does the transition count for rows like this one? */
bool
ietp_counts_for(const Transition *rule, const Row *row)
{
	char	   *value;

	if (rule->when_column == NULL)
		return true;
	value = ietp_column_text(row, rule->when_column);
	for (int i = 0; value != NULL && i < rule->when_values.count; i++)
		if (strcmp(rule->when_values.items[i], value) == 0)
			return true;
	return false;
}

/*
 * How well a transition fits the reason that was given: 0 not at all, 3 if it
 * asks for this very one.
 */
static int
fit_of_reason(const Transition *rule, const char *reason)
{
	if (rule->reason == NULL)
		return 1;
	if (reason == NULL)
		return 0;
	if (strcmp(rule->reason, reason) == 0)
		return 3;
	return strcmp(rule->reason, "*") == 0 ? 2 : 0;
}

/*
 * The transition by which a row moves between two statuses, or NULL where
 * none allows that for this row and its reason.  A transition for rows like
 * this one alone goes before others, then one that begins in this very status
 * before one from any, then one for this very reason.
 */
const Transition *
ietp_choose_transition(const Lifecycle *rules, const Status *from,
					   const Status *to, const Row *row)
{
	const Transition *best = NULL;
	int			best_fit = 0;
	const char *reason = rules->reason_column == NULL ? NULL :
	ietp_column_text(row, rules->reason_column);
	ListCell   *cell;

	foreach(cell, to->arrivals)
	{
		const Transition *rule = lfirst(cell);
		int			fit;

		if (!ietp_leaves(rules, rule, from))
			continue;
		fit = fit_of_reason(rule, reason);
		if (fit == 0 || !ietp_counts_for(rule, row))
			continue;
		if (rule->from != NULL)
			fit += 4;
		if (rule->when_column != NULL)
			fit += 8;
		if (fit > best_fit)
		{
			best = rule;
			best_fit = fit;
		}
	}
	return best;
}

/*
 * A transition by which the action leaves the status, one for this reason if
 * there is one; NULL where the action does not leave it.
 */
const Transition *
ietp_find_action(const Lifecycle *rules, const char *status,
				 const char *action, const char *reason)
{
	const Transition *best = NULL;
	const Status *from = ietp_find_status(rules, status);
	int			best_fit = -1;
	ListCell   *cell;

	if (from == NULL)
		return NULL;
	foreach(cell, rules->transitions)
	{
		const Transition *rule = lfirst(cell);
		int			fit = fit_of_reason(rule, reason);

		if (fit > best_fit && strcmp(rule->action, action) == 0 &&
			ietp_leaves(rules, rule, from))
		{
			best = rule;
			best_fit = fit;
		}
	}
	return best;
}

/*
 * The first status in which a row may be created: an initial one, or a
 * terminal one that has a transition for creation.
 */
const Status *
ietp_first_status(const Lifecycle *rules, bool terminal)
{
	ListCell   *cell;

	if (!terminal)
	{
		foreach(cell, rules->statuses)
		{
			const Status *status = lfirst(cell);

			if (status->initial)
				return status;
		}
		return NULL;
	}
	foreach(cell, rules->transitions)
	{
		const Transition *rule = lfirst(cell);

		if (rule->creation && rule->to->terminal)
			return rule->to;
	}
	return NULL;
}

/* Does a row that moves between the two begin another cycle? */
bool
ietp_begins_cycle(const Lifecycle *rules, const Status *from, const Status *to)
{
	ListCell   *cell;

	foreach(cell, to->arrivals)
	{
		const Transition *rule = lfirst(cell);

		if (rule->next_cycle && ietp_leaves(rules, rule, from))
			return true;
	}
	return false;
}

/* Is the reason one for which a row may move between the two? */
bool
ietp_is_reason(const Lifecycle *rules, const Status *from, const Status *to,
			   const char *reason)
{
	ListCell   *cell;

	foreach(cell, to->arrivals)
	{
		const Transition *rule = lfirst(cell);

		if (ietp_leaves(rules, rule, from) &&
			fit_of_reason(rule, reason) > 1)
			return true;
	}
	return false;
}

/*
 * Number of a column that a lifecycle or trigger names; fails where the table
 * has none of that name.
 *
 * Where a name was found last is where it is looked for first: comparing it
 * with every column of a wide table cost more than all judging.
 */
int
ietp_column_number(const Row *row, const char *column)
{
	static int	found_last[64];
	uint32		hash = 0;
	int		   *number;

	for (const char *c = column; *c != '\0'; c++)
		hash = hash * 31 + (unsigned char) *c;
	number = &found_last[hash % lengthof(found_last)];
	if (*number >= 1 && *number <= row->desc->natts &&
		strcmp(NameStr(TupleDescAttr(row->desc, *number - 1)->attname),
			   column) == 0)
		return *number;
	*number = SPI_fnumber(row->desc, column);
	if (*number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" that the lifecycle needs does not exist",
						column)));
	return *number;
}

Datum
ietp_column_value(const Row *row, const char *column, bool *isnull)
{
	return heap_getattr(row->tuple, ietp_column_number(row, column),
						row->desc, isnull);
}

/* The value of a column of any type as text; NULL where it is NULL. */
char	   *
ietp_column_text(const Row *row, const char *column)
{
	int			number = ietp_column_number(row, column);
	bool		isnull;
	Datum		value;

	/* Most are text, for which no output function need be looked up. */
	if (TupleDescAttr(row->desc, number - 1)->atttypid != TEXTOID)
		return SPI_getvalue(row->tuple, row->desc, number);
	value = heap_getattr(row->tuple, number, row->desc, &isnull);
	return isnull ? NULL : TextDatumGetCString(value);
}
