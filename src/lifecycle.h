/*-------------------------------------------------------------------------
 *
 * lifecycle.h
 *		The rules of a status column, compiled from rows.
 *
 * IDENTIFICATION
 *		src/lifecycle.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_LIFECYCLE_H
#define IETP_LIFECYCLE_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

#include "record.h"

typedef struct Status
{
	const char *name;
	bool		initial;
	bool		terminal;
	bool		stops_clock;
	bool		factory_contact;
	List	   *arrivals;		/* of Transition: those that lead here */
} Status;

typedef struct Transition
{
	const char *action;
	const Status *from;			/* NULL: any status, or creation */
	bool		creation;
	const Status *to;
	int			roles;			/* set of kinds; 0: whoever may write */
	Strings		role_names;
	Strings		required_columns;
	const char *consent;		/* purpose, or NULL */
	Strings		records;
	const char *reason;			/* a code, "*", or NULL */
	bool		four_eyes;
	bool		next_cycle;
	const Interval *allowed_within;
	const char *when_column;
	Strings		when_values;
} Transition;

/* "In this version this status of an earlier one is called otherwise." */
typedef struct StatusMap
{
	int32		from_version;
	const char *from;
	const char *to;
} StatusMap;

typedef struct Lifecycle
{
	const char *name;
	int32		version;
	bool		sealed;
	const char *key_column;		/* NULL where the lifecycle names none */
	const char *actor_column;
	const char *since_column;
	const char *reason_column;
	const char *halt_column;
	bool		has_final;		/* terminal rows are not edited, except: */
	Strings		final_except;
	List	   *statuses;		/* of Status */
	List	   *transitions;	/* of Transition */
	List	   *maps;			/* of StatusMap */
} Lifecycle;

/* A row of whatever table; the tuple is NULL before the row is created. */
typedef struct Row
{
	HeapTuple	tuple;
	TupleDesc	desc;
} Row;

extern const Lifecycle *ietp_find_lifecycle(const char *name, int32 version);
extern const Lifecycle *ietp_require_lifecycle(const char *name,
											   int32 version);
extern const Status *ietp_find_status(const Lifecycle *rules,
									  const char *name);
extern const Status *ietp_first_status(const Lifecycle *rules, bool terminal);
extern bool ietp_begins_cycle(const Lifecycle *rules, const Status *from,
							  const Status *to);
extern bool ietp_is_reason(const Lifecycle *rules, const Status *from,
						   const Status *to, const char *reason);
extern const char *ietp_guard_hint(const char *guard);
extern const Transition *ietp_find_action(const Lifecycle *rules,
										  const char *status,
										  const char *action,
										  const char *reason);
extern bool ietp_leaves(const Lifecycle *rules, const Transition *rule,
						const Status *from);
extern bool ietp_counts_for(const Transition *rule, const Row *row);
extern const Transition *ietp_choose_transition(const Lifecycle *rules,
												const Status *from,
												const Status *to,
												const Row *row);

extern int	ietp_column_number(const Row *row, const char *column);
extern Datum ietp_column_value(const Row *row, const char *column,
							   bool *isnull);
extern char *ietp_column_text(const Row *row, const char *column);

#endif							/* IETP_LIFECYCLE_H */
