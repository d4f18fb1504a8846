/*-------------------------------------------------------------------------
 *
 * seal.c
 *		Seals over the heads of all cases.
 *
 * A seal is one line of text with the root of a Merkle tree (RFC 6962), whose
 * leaves are the heads of all cases, their last events, in the order of their
 * references.  Whoever
 * keeps the line elsewhere can tell later whether anything that it covers was
 * changed: a chain of hashes alone does not show that its end was cut off or
 * that it was computed anew.
 *
 * A seal covers what its snapshot saw.  Events bear their transaction, so that
 * the heads of that time are found again without being stored: the last event
 * of each case that the snapshot saw.
 *
 * IDENTIFICATION
 *		src/seal.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/ref.h"
#include "ietp_helpline.h"
#include "seal.h"

#define SEAL_TAG		"ietp-seal"
#define SEAL_FIELDS		10		/* the tag and the check digits included */
#define CHECK_DIGITS	8
#define ROWS_AT_A_TIME	1000

/* In the order of EventColumn. */
const char	ietp_events_query[] =
"SELECT case_ref, occurred_at, recorded_at, xid, n, incarnation,"
" lifecycle_version, consent_n, action, from_status, to_status, actor,"
" database_role, changes, records, hash FROM desk.events";

/* An auditor or administrator may read all of the ledger; so may the DBA. */
void
ietp_check_ledger_reader(const char *function)
{
	ietp_check_desk_version();
	if (!ietp_actor_has_kind(ietp_kind_from_name("auditor") |
							 ietp_kind_from_name("administrator")))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for function %s", function),
				 errhint("An auditor or administrator calls it.")));
	/* Held to the end, so that no column becomes another type meanwhile. */
	table_close(ietp_open_events(AccessShareLock), NoLock);
}

/*
 * Opens a query as of the active snapshot; with a case_ref that is not 0, it
 * is the query's one parameter.
 */
void
ietp_open_stream(Stream *stream, const char *query, int64 case_ref, Oid type)
{
	Datum		values[1] = {Int64GetDatum(case_ref)};
	Oid			types[1] = {type};

	stream->portal = SPI_cursor_open_with_args(NULL, query,
											   case_ref == 0 ? 0 : 1, types,
											   values, NULL, true, 0);
	stream->table = NULL;
	stream->at = 0;
}

/* The next row, good until the one after it; NULL at the end. */
HeapTuple
ietp_next_row(Stream *stream)
{
	if (stream->table == NULL || stream->at == stream->table->numvals)
	{
		if (stream->table != NULL)
			SPI_freetuptable(stream->table);
		SPI_cursor_fetch(stream->portal, true, ROWS_AT_A_TIME);
		stream->table = SPI_tuptable;
		stream->at = 0;
		if (SPI_processed == 0)
			return NULL;
	}
	return stream->table->vals[stream->at++];
}

/* An event as ietp_events_query gives it; texts stay where the row is. */
void
ietp_event_of_row(HeapTuple tuple, TupleDesc desc, Event *event,
				  const uint8 **hash)
{
	Datum		values[EVENTS_COLUMNS];
	bool		nulls[EVENTS_COLUMNS];

	heap_deform_tuple(tuple, desc, values, nulls);
	event->case_ref = DatumGetInt64(values[EVENTS_CASE_REF]);
	event->occurred_at = DatumGetTimestampTz(values[EVENTS_OCCURRED_AT]);
	event->recorded_at = DatumGetTimestampTz(values[EVENTS_RECORDED_AT]);
	event->xid = DatumGetUInt64(values[EVENTS_XID]);
	event->n = DatumGetInt32(values[EVENTS_N]);
	event->incarnation = DatumGetInt32(values[EVENTS_INCARNATION]);
	event->lifecycle_version =
		DatumGetInt32(values[EVENTS_LIFECYCLE_VERSION]);
	event->consent_n = nulls[EVENTS_CONSENT_N] ? 0 :
		DatumGetInt32(values[EVENTS_CONSENT_N]);
	for (int i = 0; i < EVENT_TEXTS; i++)
	{
		text	   *value = nulls[EVENTS_TEXTS + i] ? NULL :
		DatumGetTextPP(values[EVENTS_TEXTS + i]);

		event->texts[i] = value == NULL ? NULL : VARDATA_ANY(value);
		event->lengths[i] = value == NULL ? 0 : VARSIZE_ANY_EXHDR(value);
	}
	*hash = nulls[EVENTS_HASH] ? NULL : ietp_hash_of(values[EVENTS_HASH]);
}

static bool
hash_for_tree(void *arg, const uint8_t *data, size_t len,
			  uint8_t out[IETP_HASH_SIZE])
{
	(void) arg;
	ietp_sha256(data, len, out);
	return true;
}

/* Adds the leaf of a head: reference, number of the event, its hash. */
static void
add_leaf(IetpMerkleTree *tree, int64 case_ref, int32 n, const uint8 *head)
{
	uint8		leaf[sizeof(int64) + sizeof(int32) + HASH_SIZE];
	uint64		reference = pg_hton64((uint64) case_ref);
	uint32		number = pg_hton32((uint32) n);

	memcpy(leaf, &reference, sizeof(reference));
	memcpy(leaf + sizeof(reference), &number, sizeof(number));
	memcpy(leaf + sizeof(reference) + sizeof(number), head, HASH_SIZE);
	(void) ietp_merkle_add(tree, leaf, sizeof(leaf));
}

void
ietp_begin_heads(SealedHeads *heads, const Seal *seal, int64 wanted)
{
	memset(heads, 0, sizeof(*heads));
	heads->seal = seal;
	heads->wanted = wanted;
	ietp_merkle_init(&heads->tree, hash_for_tree, NULL, IETP_MERKLE_NO_LEAF);
}

/* The case's events have come to an end. */
static void
finish_head(SealedHeads *heads)
{
	if (heads->case_ref == 0 || heads->n == 0)
		return;
	if (heads->case_ref == heads->wanted)
		heads->tree.wanted = heads->tree.count;
	heads->events += heads->n;
	add_leaf(&heads->tree, heads->case_ref, heads->n, heads->head);
}

static bool
saw(const Seal *seal, int32 incarnation, uint64 xid)
{
	if (incarnation != seal->incarnation)
		return incarnation < seal->incarnation;
	if (xid < seal->xmin || xid >= seal->xmax)
		return xid < seal->xmin;
	for (int i = 0; i < seal->xip_count; i++)
		if (seal->xip[i] == xid)
			return false;
	return true;
}

/* Takes the next event, in the order of case and number. */
void
ietp_add_event(SealedHeads *heads, const Event *event, const uint8 *hash)
{
	if (event->case_ref != heads->case_ref)
	{
		finish_head(heads);
		heads->case_ref = event->case_ref;
		heads->n = 0;
	}
	if (!saw(heads->seal, event->incarnation, event->xid))
		return;
	heads->n = event->n;
	if (hash == NULL)
		memset(heads->head, 0, HASH_SIZE);
	else
		memcpy(heads->head, hash, HASH_SIZE);
}

/* Ends the tree: are these the heads that were sealed? */
bool
ietp_heads_agree(SealedHeads *heads)
{
	IetpDigest	root;

	finish_head(heads);
	return ietp_merkle_root(&heads->tree, &root) &&
		heads->tree.count == heads->seal->cases &&
		heads->events == heads->seal->events &&
		memcmp(root.bytes, heads->seal->root.bytes, HASH_SIZE) == 0;
}

/* The first digits of the text's SHA-256: against mistyping. */
static void
check_digits_of(const char *text, size_t len, char *digits)
{
	uint8		hash[HASH_SIZE];

	ietp_sha256(text, len, hash);
	hex_encode((const char *) hash, CHECK_DIGITS / 2, digits);
	digits[CHECK_DIGITS] = '\0';
}

static void
refuse_seal(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_MALFORMED_SEAL),
			 errmsg("this is not the line of a seal"),
			 errdetail("%s", detail),
			 errhint("Give the whole line that ietp.seal_ledger() returned.")));
}

/* A number of at most 19 digits, up to "limit"; "end" is what follows it. */
static uint64
parse_number(const char *text, uint64 limit, const char **end)
{
	uint64		value = 0;
	const char *digit = text;

	for (; *digit >= '0' && *digit <= '9' && digit - text <19; digit++)
		value = value * 10 + (*digit - '0');
	if (digit == text ||value > limit)
		refuse_seal("A number is missing or out of range.");
	*end = digit;
	return value;
}

static uint64
parse_field(const char *text, uint64 limit)
{
	const char *end;
	uint64		value = parse_number(text, limit, &end);

	if (*end != '\0')
		refuse_seal("A number holds something else.");
	return value;
}

/* xmin:xmax:xip,xip,... as pg_snapshot is written. */
static void
parse_snapshot(const char *text, Seal *seal)
{
	const char *end;

	seal->xmin = parse_number(text, PG_INT64_MAX, &end);
	if (*end != ':')
		refuse_seal("The snapshot has no end.");
	seal->xmax = parse_number(end + 1, PG_INT64_MAX, &end);
	if (*end != ':')
		refuse_seal("The snapshot has no list.");
	seal->xip = palloc((strlen(end) + 1) * sizeof(uint64));
	if (end[1] == '\0')
		return;
	do
	{
		seal->xip[seal->xip_count++] = parse_number(end + 1, PG_INT64_MAX,
													&end);
	} while (*end == ',');
	if (*end != '\0')
		refuse_seal("The snapshot's list holds something else.");
}

static void
parse_root(const char *text, Seal *seal)
{
	if (strlen(text) != 2 * HASH_SIZE ||
		strspn(text, "0123456789abcdef") != 2 * HASH_SIZE)
		refuse_seal("The root is not of 64 hexadecimal digits.");
	hex_decode(text, 2 * HASH_SIZE, (char *) seal->root.bytes);
}

/* Cuts the line at its blanks; false unless there are as many fields. */
static bool
split_seal(char *line, char *fields[SEAL_FIELDS])
{
	int			count = 0;

	for (char *field = line; field != NULL; count++)
	{
		char	   *blank = strchr(field, ' ');

		if (count == SEAL_FIELDS)
			return false;
		fields[count] = field;
		if (blank != NULL)
			*blank++ = '\0';
		field = blank;
	}
	return count == SEAL_FIELDS;
}

/* The seal that a line says; blanks and line ends around it do not matter. */
Seal	   *
ietp_parse_seal(const char *line)
{
	Seal	   *seal = palloc0(sizeof(Seal));
	char	   *fields[SEAL_FIELDS];
	char	   *copy;
	char		digits[CHECK_DIGITS + 1];
	size_t		len;

	line += strspn(line, " \t\r\n");
	len = strlen(line);
	while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL)
		len--;
	seal->line = pnstrdup(line, len);
	copy = pnstrdup(line, len);
	if (!split_seal(copy, fields) || strcmp(fields[0], SEAL_TAG) != 0 ||
		strcmp(fields[1], "1") != 0)
		refuse_seal("It has other fields.");
	check_digits_of(line, fields[SEAL_FIELDS - 1] - copy - 1, digits);
	if (strcmp(fields[SEAL_FIELDS - 1], digits) != 0)
		refuse_seal("Its check digits differ: something was mistyped.");
	seal->number = parse_field(fields[2], PG_INT32_MAX);
	seal->cases = parse_field(fields[4], PG_INT64_MAX);
	seal->events = parse_field(fields[5], PG_INT64_MAX);
	seal->incarnation = parse_field(fields[6], PG_INT32_MAX);
	parse_snapshot(fields[7], seal);
	parse_root(fields[8], seal);
	return seal;
}

/* One value of a query, as text in SPI's memory. */
static char *
query_text(const char *query)
{
	if (SPI_execute(query, true, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "query returned no row");
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

/*
 * The last event of each case, in the order of their references.  Not from the
 * rows of the cases: should one not be what its history says, the seal is of
 * the history.  The index on case and number leads from one to the next.
 */
static const char heads_query[] =
"WITH RECURSIVE sealed AS ("
"(SELECT case_ref FROM desk.events ORDER BY case_ref LIMIT 1)"
" UNION ALL "
"SELECT (SELECT e.case_ref FROM desk.events AS e"
" WHERE e.case_ref > s.case_ref ORDER BY e.case_ref LIMIT 1)"
" FROM sealed AS s WHERE s.case_ref IS NOT NULL)"
"SELECT s.case_ref, l.n, l.hash FROM sealed AS s"
" CROSS JOIN LATERAL (SELECT e.n, e.hash FROM desk.events AS e"
" WHERE e.case_ref = s.case_ref ORDER BY e.n DESC LIMIT 1) AS l"
" ORDER BY s.case_ref";

static void
hash_heads(IetpDigest *root, int64 *cases, int64 *events)
{
	static const uint8 nothing[HASH_SIZE] = {0};
	Stream		stream;
	IetpMerkleTree tree;
	HeapTuple	tuple;

	*events = 0;
	ietp_merkle_init(&tree, hash_for_tree, NULL, IETP_MERKLE_NO_LEAF);
	ietp_open_stream(&stream, heads_query, 0, InvalidOid);
	while ((tuple = ietp_next_row(&stream)) != NULL)
	{
		TupleDesc	desc = stream.table->tupdesc;
		bool		isnull;
		int32		n = DatumGetInt32(SPI_getbinval(tuple, desc, 2, &isnull));
		Datum		value = SPI_getbinval(tuple, desc, 3, &isnull);
		const uint8 *head = isnull ? NULL : ietp_hash_of(value);

		CHECK_FOR_INTERRUPTS();
		add_leaf(&tree, DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull)),
				 n, head == NULL ? nothing : head);
		*events += n;
	}
	*cases = tree.count;
	(void) ietp_merkle_root(&tree, root);
	SPI_cursor_close(stream.portal);
}

/* The line of a seal that is made now, from the active snapshot. */
static char *
make_line(int64 number, TimestampTz sealed_at)
{
	StringInfoData line;
	IetpDigest	root;
	int64		cases;
	int64		events;
	char		time[MAXDATELEN + 1];
	char		hex[2 * HASH_SIZE + 1] = {0};
	char		digits[CHECK_DIGITS + 1];
	struct pg_tm tm;
	fsec_t		fsec;

	hash_heads(&root, &cases, &events);
	hex_encode((const char *) root.bytes, HASH_SIZE, hex);
	if (timestamp2tm(sealed_at, NULL, &tm, &fsec, NULL, NULL) != 0)
		elog(ERROR, "timestamp out of range");
	snprintf(time, sizeof(time), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
			 tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min,
			 tm.tm_sec, (int) fsec);
	initStringInfo(&line);
	appendStringInfo(&line, SEAL_TAG " 1 " INT64_FORMAT " %s "
					 INT64_FORMAT " " INT64_FORMAT " %d %s %s",
					 number, time, cases, events,
					 ietp_current_incarnation(true),
					 query_text("SELECT pg_current_snapshot()"), hex);
	check_digits_of(line.data, line.len, digits);
	appendStringInfo(&line, " %s", digits);
	return line.data;
}

static void
check_may_seal(void)
{
	ietp_check_ledger_reader("seal_ledger");
	PreventCommandDuringRecovery("ietp.seal_ledger()");
	if (FullTransactionIdIsValid(GetTopFullTransactionIdIfAny()))
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("seal_ledger cannot run in a transaction that has written something"),
				 errhint("What is not committed cannot be sealed.")));
}

static void
keep_seal(int64 number, TimestampTz sealed_at, const char *line)
{
	Oid			types[] = {INT4OID, TIMESTAMPTZOID, TEXTOID, TEXTOID};
	Datum		values[4];

	values[0] = Int32GetDatum((int32) number);
	values[1] = TimestampTzGetDatum(sealed_at);
	values[2] = CStringGetTextDatum(ietp_actor_name());
	values[3] = CStringGetTextDatum(line);
	if (SPI_execute_with_args("INSERT INTO desk.seals"
							  " (seal, sealed_at, sealed_by, line)"
							  " VALUES ($1, $2, $3, $4)", 4, types, values,
							  NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not keep a seal");
}

/*
 * ietp.seal_ledger() returns text
 */
IETP_FUNCTION(seal_ledger);
Datum
ietp_seal_ledger(PG_FUNCTION_ARGS)
{
	OwnerWork	work;
	TimestampTz sealed_at;
	int64		number;
	char	   *line;
	text	   *result;

	(void) fcinfo;
	check_may_seal();
	ietp_begin_as_owner(&work);
	SPI_connect();
	/* One at a time: numbers have no gap, and later seals see more. */
	if (SPI_execute("LOCK TABLE desk.seals IN SHARE ROW EXCLUSIVE MODE",
					false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "could not lock the seals");
	PushActiveSnapshot(GetLatestSnapshot());
	sealed_at = GetCurrentTimestamp();
	number = pg_strtoint64(query_text("SELECT COALESCE(max(seal), 0) + 1"
									  " FROM desk.seals"));
	line = make_line(number, sealed_at);
	PopActiveSnapshot();
	keep_seal(number, sealed_at, line);
	/* Whoever has the line may rely on what it covers being on disk. */
	ForceSyncCommit();
	result = (text *) SPI_palloc(VARHDRSZ + strlen(line));
	SET_VARSIZE(result, VARHDRSZ + strlen(line));
	memcpy(VARDATA(result), line, strlen(line));
	SPI_finish();
	ietp_end_as_owner(&work);
	PG_RETURN_TEXT_P(result);
}

/* Appends the fields of the case's sealed events, a line each. */
static void
append_events(StringInfo proof, int64 case_ref, Oid type, int32 last_n)
{
	Stream		stream;
	HeapTuple	tuple;
	StringInfoData fields;

	initStringInfo(&fields);
	ietp_open_stream(&stream, psprintf("%s WHERE case_ref = $1 ORDER BY n",
									   ietp_events_query), case_ref, type);
	while ((tuple = ietp_next_row(&stream)) != NULL)
	{
		Event		event;
		const uint8 *hash;

		ietp_event_of_row(tuple, stream.table->tupdesc, &event, &hash);
		if (event.n > last_n)
			break;
		resetStringInfo(&fields);
		ietp_encode_event(&fields, &event);
		appendStringInfoString(proof, "\nevent ");
		enlargeStringInfo(proof, 2 * fields.len);
		proof->len += hex_encode(fields.data, fields.len,
								 proof->data + proof->len);
	}
	SPI_cursor_close(stream.portal);
}

/* Finds the heads that the seal covers, and the path of one of them. */
static void
find_path(SealedHeads *heads, int32 *last_n)
{
	Stream		stream;
	HeapTuple	tuple;

	*last_n = 0;
	ietp_open_stream(&stream, psprintf("%s ORDER BY case_ref, n",
									   ietp_events_query), 0, InvalidOid);
	while ((tuple = ietp_next_row(&stream)) != NULL)
	{
		Event		event;
		const uint8 *hash;

		CHECK_FOR_INTERRUPTS();
		ietp_event_of_row(tuple, stream.table->tupdesc, &event, &hash);
		ietp_add_event(heads, &event, hash);
		if (event.case_ref == heads->wanted)
			*last_n = heads->n;
	}
	SPI_cursor_close(stream.portal);
}

static void
append_path(StringInfo proof, SealedHeads *heads)
{
	char		reference[IETP_REF_TEXT_SIZE];
	char		hex[2 * HASH_SIZE + 1] = {0};

	ietp_ref_format(heads->wanted, IETP_REF_CASE, reference);
	appendStringInfo(proof, "ietp-proof 1\nseal %s\ncase %s\nleaf "
					 INT64_FORMAT " of " INT64_FORMAT,
					 heads->seal->line, reference, heads->tree.wanted,
					 heads->tree.count);
	for (int i = 0; i < heads->tree.path_count; i++)
	{
		hex_encode((const char *) heads->tree.path[i].bytes, HASH_SIZE, hex);
		appendStringInfo(proof, "\npath %s", hex);
	}
}

/*
 * ietp.ledger_proof(case_ref ietp.case_ref, seal text) returns text
 */
IETP_FUNCTION(ledger_proof);
Datum
ietp_ledger_proof(PG_FUNCTION_ARGS)
{
	int64		case_ref = PG_GETARG_INT64(0);
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	OwnerWork	work;
	SealedHeads heads;
	StringInfoData proof;
	int32		last_n;

	ietp_check_ledger_reader("ledger_proof");
	initStringInfo(&proof);
	ietp_begin_heads(&heads,
					 ietp_parse_seal(text_to_cstring(PG_GETARG_TEXT_PP(1))),
					 case_ref);
	ietp_begin_as_owner(&work);
	SPI_connect();
	find_path(&heads, &last_n);
	if (!ietp_heads_agree(&heads))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_SEAL_DIFFERS),
				 errmsg("the ledger does not agree with the seal"),
				 errhint("ietp.verify_ledger(seal => ...) tells more.")));
	if (last_n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_SEAL_DIFFERS),
				 errmsg("the seal does not cover the case"),
				 errhint("The case was opened later: take a later seal.")));
	append_path(&proof, &heads);
	append_events(&proof, case_ref, type, last_n);
	SPI_finish();
	ietp_end_as_owner(&work);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(proof.data, proof.len));
}
