/*-------------------------------------------------------------------------
 *
 * ledger.h
 *		Events of a case, each with the hash of the one before it.
 *
 * IDENTIFICATION
 *		src/ledger.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_LEDGER_H
#define IETP_LEDGER_H

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"

#define HASH_SIZE	PG_SHA256_DIGEST_LENGTH

/* What an event says in words of ours or of JSON; any but the first and the
 * two accounts may be NULL. */
typedef enum EventText
{
	EVENT_ACTION, EVENT_FROM, EVENT_TO, EVENT_ACTOR, EVENT_DATABASE_ROLE,
	EVENT_CHANGES, EVENT_RECORDS
#define EVENT_TEXTS (EVENT_RECORDS + 1)
} EventText;

typedef struct Event
{
	int64		case_ref;
	int32		n;
	TimestampTz occurred_at;
	TimestampTz recorded_at;
	int32		incarnation;
	uint64		xid;
	int32		lifecycle_version;
	int32		consent_n;		/* 0: used none */
	const char *texts[EVENT_TEXTS]; /* not terminated; NULL: none */
	int			lengths[EVENT_TEXTS];
} Event;

/* Columns of desk.events */
typedef enum EventColumn
{
	EVENTS_CASE_REF, EVENTS_OCCURRED_AT, EVENTS_RECORDED_AT, EVENTS_XID,
	EVENTS_N, EVENTS_INCARNATION, EVENTS_LIFECYCLE_VERSION, EVENTS_CONSENT_N,
	EVENTS_TEXTS,				/* as many as EVENT_TEXTS */
	EVENTS_HASH = EVENTS_TEXTS + EVENT_TEXTS
#define EVENTS_COLUMNS (EVENTS_HASH + 1)
} EventColumn;

extern void ietp_set_text(Event *event, EventText text, const char *value);
extern void ietp_sign_event(Event *event);
extern void ietp_encode_event(StringInfo fields, const Event *event);
extern void ietp_hash_event(const Event *event, const uint8 *previous,
							uint8 *hash);
extern void ietp_hash_fields(pg_cryptohash_ctx *context, StringInfo fields,
							 const uint8 *previous, uint8 *hash);
extern void ietp_insert_event(const Event *event, const uint8 *hash);
extern void ietp_sha256(const void *data, size_t len, uint8 *hash);
extern const uint8 *ietp_hash_of(Datum value);
extern bool ietp_is_cases(Relation rel);
extern bool ietp_is_head_column(const char *column);
extern Relation ietp_open_events(LOCKMODE mode);
extern int32 ietp_current_incarnation(bool begin);

#endif							/* IETP_LEDGER_H */
