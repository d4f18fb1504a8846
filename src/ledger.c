/*-------------------------------------------------------------------------
 *
 * ledger.c
 *		Events of a case, each with the hash of the one before it.
 *
 * An event's hash covers the hash of the event before it and everything that
 * its row in desk.events says.  The fields are encoded as in a binary COPY - a
 * length of 4 bytes, -1 for NULL, and the bytes that the type's send function
 * gives - so that whoever has the row can compute it anew, without us.
 *
 * Events are written from here alone, past the executor: no trigger can change
 * one on its way, and an INSERT by anybody is refused like an UPDATE.  Workers
 * of logical replication, which bring what the publisher wrote, are let pass.
 *
 * A transaction id orders events only within one cluster.  The rows of
 * desk.incarnations count the clusters that the desk has lived in: the first
 * event after a restore or an upgrade begins another one.
 *
 * IDENTIFICATION
 *		src/ledger.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "access/xlog_internal.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "replication/logicalworker.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "ietp_helpline.h"
#include "ledger.h"

/* Keeps the hashes of events apart from all others, zero byte included. */
static const char event_tag[] = "ietp-event-1";

static const Oid incarnations_types[] = {INT4OID, INT8OID};

#define Anum_incarnations_incarnation		1
#define Anum_incarnations_system_identifier	2

static void
check_hash(int result, pg_cryptohash_ctx *context)
{
	if (result < 0)
		elog(ERROR, "could not compute SHA-256: %s",
			 pg_cryptohash_error(context));
}

void
ietp_sha256(const void *data, size_t len, uint8 *hash)
{
	pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);

	check_hash(pg_cryptohash_init(context), context);
	check_hash(pg_cryptohash_update(context, data, len), context);
	check_hash(pg_cryptohash_final(context, hash, HASH_SIZE), context);
	pg_cryptohash_free(context);
}

/* The hash that a bytea holds, or NULL where it holds something else. */
const uint8 *
ietp_hash_of(Datum value)
{
	bytea	   *hash = DatumGetByteaPP(value);

	return VARSIZE_ANY_EXHDR(hash) == HASH_SIZE ?
		(const uint8 *) VARDATA_ANY(hash) : NULL;
}

/* Is this the table of the cases, whose history the ledger is? */
bool
ietp_is_cases(Relation rel)
{
	return strcmp(RelationGetRelationName(rel), "cases") == 0 &&
		RelationGetNamespace(rel) == get_namespace_oid("desk", true);
}

/* Columns of a case that say how far its history goes. */
bool
ietp_is_head_column(const char *column)
{
	return strcmp(column, "event_n") == 0 ||
		strcmp(column, "event_at") == 0 || strcmp(column, "event_hash") == 0;
}

void
ietp_set_text(Event *event, EventText text, const char *value)
{
	event->texts[text] = value;
	event->lengths[text] = value == NULL ? 0 : strlen(value);
}

/*
 * The cluster that the desk lives in now, as the last row of the table says,
 * or 0 where that row is of another cluster.
 */
static int32
read_incarnation(Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, NULL,
										  0, NULL);
	HeapTuple	tuple;
	int32		last = 0;
	int64		cluster = 0;
	bool		isnull;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		int32		number = DatumGetInt32(heap_getattr(tuple,
														Anum_incarnations_incarnation,
														RelationGetDescr(rel),
														&isnull));

		if (number < last)
			continue;
		last = number;
		cluster = DatumGetInt64(heap_getattr(tuple,
											 Anum_incarnations_system_identifier,
											 RelationGetDescr(rel), &isnull));
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return cluster == (int64) GetSystemIdentifier() ? last : 0;
}

/*
 * Number of the cluster that the desk lives in now.  Where nothing was written
 * in it yet, it gets one if "begin", else the result is 0.
 */
int32
ietp_current_incarnation(bool begin)
{
	static int32 current = 0;
	static uint64 loaded = 0;
	Oid			types[] = {INT8OID};
	Datum		args[1];
	bool		isnull;

	if (current == 0 || loaded != ietp_cache_generation())
	{
		Oid			relid = ietp_cached_table("desk", "incarnations",
											  ietp_get_desk()->owner,
											  incarnations_types,
											  lengthof(incarnations_types));
		uint64		before = ietp_cache_generation();

		current = OidIsValid(relid) ? read_incarnation(relid) : 0;
		loaded = before;
	}
	if (current != 0 || !begin)
		return current;
	args[0] = Int64GetDatum((int64) GetSystemIdentifier());
	return DatumGetInt32(ietp_call_as_owner("begin_incarnation", INT4OID, 1,
											types, args, &isnull));
}

/* The role that was logged in; SET SESSION AUTHORIZATION is no other login. */
static const char *
login_name(void)
{
	Oid			login = GetAuthenticatedUserId();

	return GetUserNameFromId(OidIsValid(login) ? login : GetSessionUserId(),
							 false);
}

/*
 * Who records the event, when, and in which transaction.  What this enters is
 * the same throughout a statement, since the event is hashed before the row is
 * written and once more after.
 */
void
ietp_sign_event(Event *event)
{
	event->recorded_at = Max(GetCurrentStatementStartTimestamp(),
							 event->occurred_at);
	event->incarnation = ietp_current_incarnation(true);
	event->xid = U64FromFullTransactionId(GetTopFullTransactionId());
	ietp_set_text(event, EVENT_ACTOR, ietp_actor_name());
	ietp_set_text(event, EVENT_DATABASE_ROLE, login_name());
}

static void
encode_int32(StringInfo fields, int32 value)
{
	pq_sendint32(fields, 4);
	pq_sendint32(fields, value);
}

static void
encode_int64(StringInfo fields, int64 value)
{
	pq_sendint32(fields, 8);
	pq_sendint64(fields, value);
}

/* Appends the event's fields, in the order that doc/reference.md gives. */
void
ietp_encode_event(StringInfo fields, const Event *event)
{
	encode_int64(fields, event->case_ref);
	encode_int32(fields, event->n);
	encode_int64(fields, event->occurred_at);
	encode_int64(fields, event->recorded_at);
	encode_int32(fields, event->incarnation);
	encode_int64(fields, event->xid);
	encode_int32(fields, event->lifecycle_version);
	if (event->consent_n == 0)
		pq_sendint32(fields, -1);
	else
		encode_int32(fields, event->consent_n);
	for (int i = 0; i < EVENT_TEXTS; i++)
	{
		pq_sendint32(fields, event->texts[i] == NULL ? -1 :
					 event->lengths[i]);
		if (event->texts[i] != NULL)
			appendBinaryStringInfo(fields, event->texts[i],
								   event->lengths[i]);
	}
}

/*
 * "previous" is NULL for the first event of a case: 32 zero bytes.  The
 * context, of SHA-256, may be used again.
 */
void
ietp_hash_fields(pg_cryptohash_ctx *context, StringInfo fields,
				 const uint8 *previous, uint8 *hash)
{
	static const uint8 nothing[HASH_SIZE] = {0};
	uint8		head[sizeof(event_tag) + HASH_SIZE];

	memcpy(head, event_tag, sizeof(event_tag));
	memcpy(head + sizeof(event_tag), previous == NULL ? nothing : previous,
		   HASH_SIZE);
	check_hash(pg_cryptohash_init(context), context);
	check_hash(pg_cryptohash_update(context, head, sizeof(head)), context);
	check_hash(pg_cryptohash_update(context, (const uint8 *) fields->data,
									fields->len), context);
	check_hash(pg_cryptohash_final(context, hash, HASH_SIZE), context);
}

void
ietp_hash_event(const Event *event, const uint8 *previous, uint8 *hash)
{
	pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);
	StringInfoData fields;

	initStringInfo(&fields);
	ietp_encode_event(&fields, event);
	ietp_hash_fields(context, &fields, previous, hash);
	pg_cryptohash_free(context);
	pfree(fields.data);
}

static Datum
bytea_datum(const uint8 *data, int len)
{
	return PointerGetDatum(cstring_to_text_with_len((const char *) data, len));
}

static void
fill_slot(TupleTableSlot *slot, const Event *event, const uint8 *hash)
{
	Datum	   *values = slot->tts_values;
	bool	   *nulls = slot->tts_isnull;

	/* What a DBA has added stays NULL. */
	memset(nulls, true, slot->tts_tupleDescriptor->natts * sizeof(bool));
	memset(nulls, false, EVENTS_COLUMNS * sizeof(bool));
	values[EVENTS_CASE_REF] = Int64GetDatum(event->case_ref);
	values[EVENTS_OCCURRED_AT] = TimestampTzGetDatum(event->occurred_at);
	values[EVENTS_RECORDED_AT] = TimestampTzGetDatum(event->recorded_at);
	values[EVENTS_XID] = UInt64GetDatum(event->xid);
	values[EVENTS_N] = Int32GetDatum(event->n);
	values[EVENTS_INCARNATION] = Int32GetDatum(event->incarnation);
	values[EVENTS_LIFECYCLE_VERSION] = Int32GetDatum(event->lifecycle_version);
	values[EVENTS_CONSENT_N] = Int32GetDatum(event->consent_n);
	nulls[EVENTS_CONSENT_N] = event->consent_n == 0;
	for (int i = 0; i < EVENT_TEXTS; i++)
	{
		nulls[EVENTS_TEXTS + i] = event->texts[i] == NULL;
		if (event->texts[i] != NULL)
			values[EVENTS_TEXTS + i] = bytea_datum((const uint8 *) event->texts[i],
												   event->lengths[i]);
	}
	values[EVENTS_HASH] = bytea_datum(hash, HASH_SIZE);
	ExecStoreVirtualTuple(slot);
}

/*
 * Opens desk.events.  It must be the desk owner's, with columns as its script
 * made them, since its rows are formed and read by column number.
 */
Relation
ietp_open_events(LOCKMODE mode)
{
	static const Oid types[EVENTS_COLUMNS] = {
		InvalidOid, TIMESTAMPTZOID, TIMESTAMPTZOID, XID8OID, INT4OID, INT4OID,
		INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID,
		JSONOID, JSONOID, BYTEAOID
	};
	Oid			relid = get_relname_relid("events",
										  get_namespace_oid("desk", false));
	Relation	rel = OidIsValid(relid) ? table_open(relid, mode) : NULL;
	bool		fit = rel != NULL &&
	rel->rd_rel->relkind == RELKIND_RELATION &&
	rel->rd_rel->relowner == ietp_get_desk()->owner &&
	RelationGetNumberOfAttributes(rel) >= EVENTS_COLUMNS;

	for (int i = EVENTS_CASE_REF + 1; fit && i < EVENTS_COLUMNS; i++)
		fit = TupleDescAttr(RelationGetDescr(rel), i)->atttypid == types[i];
	if (!fit)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_DESK_OWNERSHIP),
				 errmsg("\"desk.events\" is not the table that the owner of the desk was given"),
				 errhint("Restore the roles before the database, or give the table its owner and the types of its columns back, as create_desk made it.")));
	return rel;
}

/*
 * Writes an event past the executor's triggers: nothing changes it on its way.
 */
void
ietp_insert_event(const Event *event, const uint8 *hash)
{
	Relation	rel = ietp_open_events(RowExclusiveLock);
	EState	   *estate = CreateExecutorState();
	MemoryContext before = MemoryContextSwitchTo(estate->es_query_cxt);
	ResultRelInfo *target = makeNode(ResultRelInfo);
	TupleTableSlot *slot;

	InitResultRelInfo(target, rel, 0, NULL, 0);
	target->ri_TrigDesc = NULL;
	ExecOpenIndices(target, false);
	estate->es_output_cid = GetCurrentCommandId(true);
	slot = MakeSingleTupleTableSlot(RelationGetDescr(rel), &TTSOpsVirtual);
	fill_slot(slot, event, hash);
	ExecSimpleRelationInsert(target, estate, slot);
	ExecDropSingleTupleTableSlot(slot);
	ExecCloseIndices(target);
	table_close(rel, NoLock);
	MemoryContextSwitchTo(before);
	FreeExecutorState(estate);
}

/*
 * ietp.guard_ledger() returns trigger
 */
IETP_FUNCTION(guard_ledger);
Datum
ietp_guard_ledger(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_BEFORE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"guard_ledger\" must be fired BEFORE")));
	if (!IsLogicalWorker())
		ereport(ERROR,
				(errcode(ERRCODE_IETP_APPEND_ONLY),
				 errmsg("rows of \"%s\" are written by the ledger alone",
						RelationGetRelationName(trigger->tg_relation)),
				 errhint("Change the case: its history follows.")));
	if (TRIGGER_FIRED_FOR_STATEMENT(trigger->tg_event))
		return PointerGetDatum(NULL);
	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
						   trigger->tg_newtuple : trigger->tg_trigtuple);
}

/*
 * ietp.incarnation() returns integer
 */
IETP_FUNCTION(incarnation);
Datum
ietp_incarnation(PG_FUNCTION_ARGS)
{
	int32		current;

	(void) fcinfo;
	ietp_check_desk_version();
	current = ietp_current_incarnation(false);
	if (current == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(current);
}

/*
 * ietp.flush_changes()
 *
 * Puts on disk whatever is committed now.  A transaction that commits with
 * synchronous_commit = off is seen before it is there: were an event handed
 * out then, a crash could undo it, and its number be used again.
 */
IETP_FUNCTION(flush_changes);
Datum
ietp_flush_changes(PG_FUNCTION_ARGS)
{
	XLogRecPtr	end;
	uint64		header;

	(void) fcinfo;
	if (RecoveryInProgress())
		PG_RETURN_VOID();
	end = GetXLogInsertRecPtr();
	/* At the beginning of a page it is behind a header not yet written. */
	header = XLogSegmentOffset(end, wal_segment_size) < XLOG_BLCKSZ ?
		SizeOfXLogLongPHD : SizeOfXLogShortPHD;
	if (end % XLOG_BLCKSZ == header)
		end -= header;
	XLogFlush(end);
	PG_RETURN_VOID();
}
