/*-------------------------------------------------------------------------
 *
 * ietp_helpline.h
 *		What the files of the extension share.
 *
 * IDENTIFICATION
 *		src/ietp_helpline.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_HELPLINE_H
#define IETP_HELPLINE_H

#include "compat.h"

/*
 * Our own SQLSTATEs.  Classes from I on are free for applications; ours is
 * IE.  doc/reference.md lists them all, with cause and remedy.
 */
#define ERRCODE_IETP_NO_DESK				MAKE_SQLSTATE('I','E','0','0','1')
#define ERRCODE_IETP_DESK_VERSION			MAKE_SQLSTATE('I','E','0','0','2')
#define ERRCODE_IETP_DESK_OWNERSHIP			MAKE_SQLSTATE('I','E','0','0','3')
#define ERRCODE_IETP_DESK_EXISTS			MAKE_SQLSTATE('I','E','0','0','4')
#define ERRCODE_IETP_MISSING_VALUE			MAKE_SQLSTATE('I','E','1','0','1')
#define ERRCODE_IETP_MALFORMED_VALUE		MAKE_SQLSTATE('I','E','1','0','2')
#define ERRCODE_IETP_UNKNOWN_CODE			MAKE_SQLSTATE('I','E','1','0','3')
#define ERRCODE_IETP_VALUE_OUT_OF_RANGE		MAKE_SQLSTATE('I','E','1','0','4')
#define ERRCODE_IETP_CHECK_DIGITS			MAKE_SQLSTATE('I','E','1','0','5')
#define ERRCODE_IETP_FINAL					MAKE_SQLSTATE('I','E','2','0','2')
#define ERRCODE_IETP_NO_CONSENT				MAKE_SQLSTATE('I','E','2','0','3')
#define ERRCODE_IETP_NO_TRANSITION			MAKE_SQLSTATE('I','E','2','1','1')
#define ERRCODE_IETP_REQUIRED_COLUMN		MAKE_SQLSTATE('I','E','2','1','2')
#define ERRCODE_IETP_REQUIRED_RECORD		MAKE_SQLSTATE('I','E','2','1','4')
#define ERRCODE_IETP_REQUIRED_REASON		MAKE_SQLSTATE('I','E','2','1','5')
#define ERRCODE_IETP_ROLE					MAKE_SQLSTATE('I','E','2','1','6')
#define ERRCODE_IETP_FOUR_EYES				MAKE_SQLSTATE('I','E','2','1','7')
#define ERRCODE_IETP_TOO_LATE				MAKE_SQLSTATE('I','E','2','1','9')
#define ERRCODE_IETP_HALTED					MAKE_SQLSTATE('I','E','2','2','0')
#define ERRCODE_IETP_NO_LIFECYCLE			MAKE_SQLSTATE('I','E','2','2','1')
#define ERRCODE_IETP_VERSION_CHANGE			MAKE_SQLSTATE('I','E','2','2','4')
#define ERRCODE_IETP_APPEND_ONLY			MAKE_SQLSTATE('I','E','2','2','5')
#define ERRCODE_IETP_ACTOR_COLUMN			MAKE_SQLSTATE('I','E','2','2','6')
#define ERRCODE_IETP_OTHER_HEAD				MAKE_SQLSTATE('I','E','2','4','1')
#define ERRCODE_IETP_MALFORMED_SEAL			MAKE_SQLSTATE('I','E','2','4','2')
#define ERRCODE_IETP_SEAL_DIFFERS			MAKE_SQLSTATE('I','E','2','4','3')
#define ERRCODE_IETP_TOKEN_INVALID			MAKE_SQLSTATE('I','E','3','0','1')
#define ERRCODE_IETP_TOKEN_EXPIRED			MAKE_SQLSTATE('I','E','3','0','2')
#define ERRCODE_IETP_SIGNING_KEY			MAKE_SQLSTATE('I','E','3','0','3')
#define ERRCODE_IETP_NO_CALENDAR			MAKE_SQLSTATE('I','E','5','0','1')
#define ERRCODE_IETP_NEVER_OPENS			MAKE_SQLSTATE('I','E','5','0','2')
#define ERRCODE_IETP_MISSING_YEAR			MAKE_SQLSTATE('I','E','5','0','3')
#define ERRCODE_IETP_ARGUMENT_DIFFERS		MAKE_SQLSTATE('I','E','5','1','1')
#define ERRCODE_IETP_MALFORMED_STATE		MAKE_SQLSTATE('I','E','5','1','2')
#define ERRCODE_IETP_STATE_TOO_LARGE		MAKE_SQLSTATE('I','E','5','1','3')
#define ERRCODE_IETP_NO_UNICODE_DATA			MAKE_SQLSTATE('I','E','6','0','1')
#define ERRCODE_IETP_QUERY_TOO_LONG			MAKE_SQLSTATE('I','E','6','0','2')
#define ERRCODE_IETP_NO_DOCUMENTS			MAKE_SQLSTATE('I','E','6','0','3')

/* state.c */
extern bool ietp_is_constant_argument(FunctionCallInfo fcinfo, int argno);

/* result.c */
extern Datum ietp_form_row(FunctionCallInfo fcinfo, const Datum *values,
						   const bool *nulls);

/* cache.c */
extern void ietp_cache_init(void);
extern uint64 ietp_cache_generation(void);
extern void ietp_cache_watch(Oid relid);
extern Oid	ietp_cached_table(const char *schema, const char *table,
							  Oid owner, const Oid *types, int count);

/* desk.c */

/*
 * Version of the desk that this library works with.  It rises with every
 * change of sql/desk/ that a laid desk must be migrated for.
 */
#define IETP_DESK_VERSION 1

/* The entry of the desk in ietp.desk. */
typedef struct Desk
{
	Oid			owner;			/* InvalidOid: no desk, or its owner is gone */
	int32		version;		/* 0: no desk */
} Desk;

/* Who worked before the desk's owner did; see ietp_begin_as_owner(). */
typedef struct OwnerWork
{
	Oid			caller;
	int			sec_context;
	int			settings;		/* nest level */
} OwnerWork;

extern const Desk *ietp_get_desk(void);
extern void ietp_check_desk_version(void);
extern void ietp_begin_as_owner(OwnerWork *work);
extern void ietp_end_as_owner(const OwnerWork *work);
extern Datum ietp_call_as_owner(const char *function, Oid result_type,
								int nargs, const Oid *types,
								const Datum *args, bool *isnull);

/* calendar.c */
extern void ietp_calendar_init(void);

/* guard.c */
extern bool ietp_guard_lowered;

/* actor.c */
extern char *ietp_signing_key_file;
extern void ietp_actor_init(void);
extern int	ietp_kind_from_name(const char *name);
extern bool ietp_actor_has_kind(int kinds);
extern const char *ietp_actor_name(void);
extern bool ietp_may_be_actor(const char *name);

/* intake.c */
extern void ietp_intake_init(void);
extern void ietp_import_batch_changed(const char *newval, void *extra);

/* ratio.c */

/* Stored counts end here, so that no table has the rows to overflow one. */
#define IETP_MAX_COUNT (PG_INT64_MAX / 2)

extern Datum ietp_make_proportion(FunctionCallInfo fcinfo, int64 k, int64 n);
extern void ietp_check_confidence(double confidence);
extern void ietp_check_count(int64 count);

/*
 * Argument 0 for a function that changes it: as it is inside of an aggregate,
 * a copy elsewhere, where others may look at it.
 */
static inline void *
ietp_own_state(FunctionCallInfo fcinfo, size_t size)
{
	void	   *state = PG_GETARG_POINTER(0);

	/* The first question is part of the second, without a call. */
	if ((fcinfo->context != NULL && IsA(fcinfo->context, AggState)) ||
		AggCheckCallContext(fcinfo, NULL))
		return state;
	return memcpy(palloc(size), state, size);
}

#endif							/* IETP_HELPLINE_H */
