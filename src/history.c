/*-------------------------------------------------------------------------
 *
 * history.c
 *		What the history of a case says of the rows that were written.
 *
 * ietp.record_rows() is an AFTER STATEMENT trigger with transition tables, of
 * the tables whose rows belong to a case: notes, consents, remedies and their
 * like.  All rows of a case that one statement wrote are one event.  The
 * trigger keeps them as a step, and writes the rows of their cases; the
 * triggers of desk.cases find the step and make the event of it.  So a chain
 * has one place where it grows, and an import stays one statement.
 *
 * An event tells of such a row the columns that the trigger's arguments name,
 * codes and numbers, and a digest of the whole row.  Where rows hold words or
 * names, the digest is an HMAC whose key, digest_key, is in the row: whoever
 * erases the row erases what could be guessed from the digest.
 *
 * Values are written as JSON in forms that no setting changes.
 *
 * IDENTIFICATION
 *		src/history.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hmac.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "replication/logicalworker.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/datum.h"
#include "utils/hsearch.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "history.h"
#include "ietp_helpline.h"

#define KEY_COLUMN		"case_ref"
#define DIGEST_COLUMN	"digest_key"
#define CONSENT_COLUMN	"consent_n"

/* Steps of the statement whose cases are being written; NULL: none are. */
static HTAB *steps = NULL;

static void
append_hex(StringInfo json, const uint8 *data, int len)
{
	enlargeStringInfo(json, 2 * len + 2);
	appendStringInfoChar(json, '"');
	json->len += hex_encode((const char *) data, len, json->data + json->len);
	appendStringInfoChar(json, '"');
}

static void
append_time(StringInfo json, Datum value, Oid type)
{
	char		time[MAXDATELEN + 1];
	int			utc = 0;

	appendStringInfo(json, "\"%s\"",
					 JsonEncodeDateTime(time, value, type, &utc));
}

/* Types of which the output depends on settings or holds oids. */
static void
append_sent(StringInfo json, Datum value, Oid type)
{
	Oid			function;
	bool		is_varlena;
	bytea	   *sent;

	getTypeBinaryOutputInfo(type, &function, &is_varlena);
	sent = OidSendFunctionCall(function, value);
	append_hex(json, (const uint8 *) VARDATA_ANY(sent),
			   VARSIZE_ANY_EXHDR(sent));
}

/* As the type's output function writes it. */
static char *
output_of(Datum value, Oid type)
{
	Oid			function;
	bool		is_varlena;

	getTypeOutputInfo(type, &function, &is_varlena);
	return OidOutputFunctionCall(function, value);
}

/* Appends a value that is not NULL. */
void
ietp_append_value(StringInfo json, Datum value, Oid type)
{
	switch (type)
	{
		case BOOLOID:
			appendStringInfoString(json, DatumGetBool(value) ?
								   "true" : "false");
			break;
		case INT2OID:
			appendStringInfo(json, "%d", DatumGetInt16(value));
			break;
		case INT4OID:
			appendStringInfo(json, "%d", DatumGetInt32(value));
			break;
		case INT8OID:
			appendStringInfo(json, INT64_FORMAT, DatumGetInt64(value));
			break;
		case DATEOID:
		case TIMESTAMPTZOID:
			append_time(json, value, type);
			break;
		case TEXTOID:
			escape_json(json, TextDatumGetCString(value));
			break;
		case FLOAT4OID:
		case FLOAT8OID:
		case INTERVALOID:
		case TIMETZOID:
		case BYTEAOID:
			append_sent(json, value, type);
			break;
		default:
			if (type_is_range(type) || type_is_multirange(type) ||
				type_is_rowtype(type))
				append_sent(json, value, type);
			else
				escape_json(json, output_of(value, type));
	}
}

static void
append_side(StringInfo json, const RowValues *row, int i, Oid type)
{
	if (row->values == NULL || row->nulls[i])
		appendStringInfoString(json, "null");
	else
		ietp_append_value(json, row->values[i], type);
}

/* Differs the column, or is it set in a new row? */
bool
ietp_has_changed(Form_pg_attribute attribute, const RowValues *old,
				 const RowValues *new)
{
	int			i = attribute->attnum - 1;

	if (attribute->attisdropped || attribute->attgenerated)
		return false;
	if (old->values == NULL)
		return !new->nulls[i];
	if (old->nulls[i] || new->nulls[i])
		return old->nulls[i] != new->nulls[i];
	return !datum_image_eq(old->values[i], new->values[i],
						   attribute->attbyval, attribute->attlen);
}

/* Begins an object's member: the name, and a comma before all but the first. */
static void
append_name(StringInfo json, const char *name)
{
	if (json->len > 0 && json->data[json->len - 1] != '{')
		appendStringInfoChar(json, ',');
	escape_json(json, name);
	appendStringInfoChar(json, ':');
}

static void
append_change(StringInfo json, Form_pg_attribute attribute,
			  const RowValues *old, const RowValues *new)
{
	int			i = attribute->attnum - 1;

	append_name(json, NameStr(attribute->attname));
	appendStringInfoChar(json, '[');
	append_side(json, old, i, attribute->atttypid);
	appendStringInfoChar(json, ',');
	append_side(json, new, i, attribute->atttypid);
	appendStringInfoChar(json, ']');
}

/*
 * The columns that have changed, {"column":[old,new],...}, or NULL where none
 * has.  A hidden column is "column":null.
 */
char	   *
ietp_changes(TupleDesc desc, const RowValues *old, const RowValues *new,
			 ColumnUse (*use) (const char *column))
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		ColumnUse	column_use;

		if (!ietp_has_changed(attribute, old, new))
			continue;
		column_use = use(NameStr(attribute->attname));
		if (column_use == COLUMN_SHOWN)
			append_change(&json, attribute, old, new);
		else if (column_use == COLUMN_HIDDEN)
		{
			append_name(&json, NameStr(attribute->attname));
			appendStringInfoString(&json, "null");
		}
	}
	if (json.len == 1)
		return NULL;
	appendStringInfoChar(&json, '}');
	return json.data;
}

static void
check_hmac(int result, pg_hmac_ctx *context)
{
	if (result < 0)
		elog(ERROR, "could not compute HMAC: %s", pg_hmac_error(context));
}

static void
keyed_digest(const pg_uuid_t *key, StringInfo row, uint8 *digest)
{
	pg_hmac_ctx *context = pg_hmac_create(PG_SHA256);

	check_hmac(pg_hmac_init(context, key->data, UUID_LEN), context);
	check_hmac(pg_hmac_update(context, (const uint8 *) row->data, row->len),
			   context);
	check_hmac(pg_hmac_final(context, digest, HASH_SIZE), context);
	pg_hmac_free(context);
}

/*
 * Tables whose rows belong to cases, what tells the rows of one apart, and
 * what they have had from the first: a column that a DBA adds or moves shall
 * change no digest.
 */
const RowTable ietp_row_tables[IETP_ROW_TABLES] = {
	{"actions", "n", "case_ref n disclosure_n occurred_at recorded_at kind"
	" reached channel factory referred_to recorded_by"},
	{"case_calls", "call_ref", "case_ref call_ref"},
	{"case_issues", "n", "case_ref n taxonomy topic call_ref call_n"},
	{"case_links", "n", "case_ref n other_case linked_at link linked_by"},
	{"consents", "n", "case_ref n refers_to given_at recorded_at entry purpose"
		" recipient_kind method identity_disclosed recipient wording_version"
	" language legal_basis recorded_by valid_during"},
	{"disclosures", "n", "case_ref n consent_n occurred_at recorded_at purpose"
	" recipient_kind recipient fields recorded_by"},
	{"notes", "n", "case_ref n written_at kind language written_by body"},
	{"recommendations", "n", "case_ref n taxonomy due_on answered_on"
		" verified_on made_at answer verified_through factory topic made_by"
	" verified_by body"},
	{"remedies", "n", "case_ref n cycle due_on delivered_on promised_at"
		" verified_at verified_through remedy_type promised_by_party amount"
	" currency recorded_by delivered_recorded_by verified_by"}
};

static int
column_index(TupleDesc desc, const char *name, size_t len)
{
	for (int i = 0; i < desc->natts; i++)
	{
		const char *column = NameStr(TupleDescAttr(desc, i)->attname);

		if (!TupleDescAttr(desc, i)->attisdropped &&
			strncmp(column, name, len) == 0 && column[len] == '\0')
			return i;
	}
	return -1;
}

static void
append_column(StringInfo json, TupleDesc desc, const RowValues *row, int i)
{
	Form_pg_attribute attribute = TupleDescAttr(desc, i);

	if (attribute->attisdropped || attribute->attgenerated || row->nulls[i])
		return;
	append_name(json, NameStr(attribute->attname));
	ietp_append_value(json, row->values[i], attribute->atttypid);
}

/* The columns of a list, in its order, or of a table of others all. */
static void
append_columns(StringInfo json, const char *table, TupleDesc desc,
			   const RowValues *row)
{
	const char *columns = NULL;
	int			digest = column_index(desc, DIGEST_COLUMN,
									  strlen(DIGEST_COLUMN));

	for (int i = 0; i < IETP_ROW_TABLES; i++)
		if (strcmp(ietp_row_tables[i].table, table) == 0)
			columns = ietp_row_tables[i].columns;
	for (int i = 0; columns == NULL && i < desc->natts; i++)
		if (i != digest)
			append_column(json, desc, row, i);
	while (columns != NULL && *columns != '\0')
	{
		size_t		len = strcspn(columns, " ");
		int			i = column_index(desc, columns, len);

		if (i >= 0)
			append_column(json, desc, row, i);
		columns += len + strspn(columns + len, " ");
	}
}

/*
 * Digest of a row: of the table's name, a colon and a JSON object of its
 * columns that are not NULL.  It is an HMAC if the row has a key for it.
 */
void
ietp_row_digest(const char *table, TupleDesc desc, const RowValues *row,
				uint8 *digest)
{
	int			key = column_index(desc, DIGEST_COLUMN,
								   strlen(DIGEST_COLUMN));
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "%s:{", table);
	append_columns(&json, table, desc, row);
	appendStringInfoChar(&json, '}');
	if (key >= 0 && TupleDescAttr(desc, key)->atttypid == UUIDOID &&
		!row->nulls[key])
		keyed_digest(DatumGetUUIDP(row->values[key]), &json, digest);
	else
		ietp_sha256(json.data, json.len, digest);
	pfree(json.data);
}

/* The step of this case, or NULL. */
Step	   *
ietp_find_step(int64 case_ref)
{
	if (steps == NULL)
		return NULL;
	return hash_search(steps, &case_ref, HASH_FIND, NULL);
}

/* What is told of a table's rows; see ietp_record_rows(). */
typedef struct Telling
{
	const char *table;
	TupleDesc	desc;
	char	  **args;
	int			nargs;
	int			case_column;	/* numbers from 0; -1: no such column */
	int			consent_column;
	MemoryContext memory;		/* of the steps */
} Telling;

static int
require_column(TupleDesc desc, const char *name)
{
	int			i = column_index(desc, name, strlen(name));

	if (i < 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of the arguments of record_rows does not exist",
						name)));
	return i;
}

/*
 * Does a condition, "column" or "column=value", hold?  The column must have
 * changed, and have that value where one is named.
 */
static bool
condition_holds(const Telling *telling, const char *condition,
				const RowValues *old, const RowValues *new)
{
	const char *value = strchr(condition, '=');
	char	   *column = value == NULL ? pstrdup(condition) :
	pnstrdup(condition, value - condition);
	int			i = require_column(telling->desc, column);
	Form_pg_attribute attribute = TupleDescAttr(telling->desc, i);

	if (!ietp_has_changed(attribute, old, new) || new->nulls[i])
		return false;
	return value == NULL ||
		strcmp(output_of(new->values[i], attribute->atttypid), value + 1) == 0;
}

/* The action of the first "condition>action" that holds, or the default. */
static const char *
action_of(const Telling *telling, const RowValues *old, const RowValues *new)
{
	for (int i = 2; i < telling->nargs; i++)
	{
		const char *arrow = strchr(telling->args[i], '>');

		if (arrow != NULL &&
			condition_holds(telling, pnstrdup(telling->args[i],
											  arrow - telling->args[i]),
							old, new))
			return arrow + 1;
	}
	return telling->args[0];
}

/* Appends one row: its key, the columns that are told, and its digest. */
static void
append_row(StringInfo json, const Telling *telling, const RowValues *old,
		   const RowValues *new)
{
	bool		gone = new->values == NULL;
	const RowValues *row = gone ? old : new;
	int			key = require_column(telling->desc, telling->args[1]);
	uint8		digest[HASH_SIZE];

	if (json->len > 0)
		appendStringInfoChar(json, ',');
	appendStringInfoChar(json, '{');
	append_name(json, telling->args[1]);
	append_side(json, row, key, TupleDescAttr(telling->desc, key)->atttypid);
	for (int i = 2; !gone && i < telling->nargs; i++)
	{
		Form_pg_attribute attribute;

		if (strchr(telling->args[i], '>') != NULL)
			continue;
		attribute = TupleDescAttr(telling->desc,
								  require_column(telling->desc,
												 telling->args[i]));
		if (ietp_has_changed(attribute, old, new))
		{
			append_name(json, NameStr(attribute->attname));
			append_side(json, new, attribute->attnum - 1,
						attribute->atttypid);
		}
	}
	append_name(json, "digest");
	if (gone)
		appendStringInfoString(json, "null");
	else
	{
		ietp_row_digest(telling->table, telling->desc, row, digest);
		append_hex(json, digest, HASH_SIZE);
	}
	appendStringInfoChar(json, '}');
}

/* The row's step, which is begun with the first row of the case. */
static Step *
step_of(HTAB *table, const Telling *telling, const RowValues *row,
		const char *action)
{
	int64		case_ref = DatumGetInt64(row->values[telling->case_column]);
	bool		found;
	Step	   *step = hash_search(table, &case_ref, HASH_ENTER, &found);

	if (!found)
	{
		step->n = 0;
		step->consent_n = 0;
		step->table = telling->table;
		step->action = action;
		/* A statement may write a million cases: no more than one row needs. */
		step->rows.maxlen = 128;
		step->rows.data = MemoryContextAlloc(telling->memory,
											 step->rows.maxlen);
		resetStringInfo(&step->rows);
	}
	else if (strcmp(step->action, action) != 0)
		step->action = "changed";	/* several things, which the rows tell */
	return step;
}

/* Has an UPDATE changed anything of the row? */
static bool
is_same_row(const Telling *telling, const RowValues *old,
			const RowValues *new)
{
	if (old->values == NULL || new->values == NULL)
		return false;
	for (int i = 0; i < telling->desc->natts; i++)
		if (ietp_has_changed(TupleDescAttr(telling->desc, i), old, new))
			return false;
	return true;
}

/* Adds a row to the step of its case. */
static void
add_row(HTAB *table, const Telling *telling, const RowValues *old,
		const RowValues *new)
{
	const RowValues *row = new->values == NULL ? old : new;
	int			consent = telling->consent_column;
	Step	   *step;

	if (is_same_row(telling, old, new))
		return;
	step = step_of(table, telling, row, new->values == NULL ?
				   telling->args[0] : action_of(telling, old, new));
	if (consent >= 0 && !row->nulls[consent])
		step->consent_n = DatumGetInt32(row->values[consent]);
	append_row(&step->rows, telling, old, new);
}

/* What the step's event says of the rows, as JSON. */
char	   *
ietp_records_of(const Step *step)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	escape_json(&json, step->table);
	appendStringInfo(&json, ":[%s]}", step->rows.data);
	return json.data;
}

/* Reads a transition table from its beginning, beside whoever else reads it. */
typedef struct Reader
{
	Tuplestorestate *store;
	int			pointer;
	TupleTableSlot *slot;
} Reader;

static void
begin_reading(Reader *reader, Tuplestorestate *store, TupleDesc desc)
{
	reader->store = store;
	if (store == NULL)
		return;
	reader->pointer = tuplestore_alloc_read_pointer(store, EXEC_FLAG_REWIND);
	tuplestore_select_read_pointer(store, reader->pointer);
	tuplestore_rescan(store);
	reader->slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
}

/* False at the end; a table that is not there has rows without values. */
static bool
read_row(Reader *reader, RowValues *row)
{
	row->values = NULL;
	row->nulls = NULL;
	if (reader->store == NULL)
		return true;
	tuplestore_select_read_pointer(reader->store, reader->pointer);
	if (!tuplestore_gettupleslot(reader->store, true, false, reader->slot))
		return false;
	slot_getallattrs(reader->slot);
	row->values = reader->slot->tts_values;
	row->nulls = reader->slot->tts_isnull;
	return true;
}

static void
end_reading(Reader *reader)
{
	if (reader->store != NULL)
		ExecDropSingleTupleTableSlot(reader->slot);
}

/* A hash table of the steps, in the memory of the caller. */
static HTAB *
make_steps(void)
{
	HASHCTL		control = {0};

	control.keysize = sizeof(int64);
	control.entrysize = sizeof(Step);
	control.hcxt = CurrentMemoryContext;
	return hash_create("ietp_helpline steps", 64, &control,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static HTAB *
collect_steps(const TriggerData *trigger, const Telling *telling)
{
	HTAB	   *table = make_steps();
	MemoryContext row_memory = AllocSetContextCreate(telling->memory,
													 "ietp_helpline row",
													 ALLOCSET_DEFAULT_SIZES);
	Reader		before = {0};
	Reader		after = {0};
	RowValues	old;
	RowValues	new;

	begin_reading(&before, trigger->tg_oldtable, telling->desc);
	begin_reading(&after, trigger->tg_newtable, telling->desc);
	while (read_row(&before, &old) && read_row(&after, &new))
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(row_memory);
		add_row(table, telling, &old, &new);
		MemoryContextSwitchTo(telling->memory);
		MemoryContextReset(row_memory);
	}
	end_reading(&before);
	end_reading(&after);
	return table;
}

/* The cases of the steps, as an array. */
static Datum
cases_of_steps(HTAB *table, const Telling *telling)
{
	Oid			type = TupleDescAttr(telling->desc,
									 telling->case_column)->atttypid;
	Datum	   *cases = palloc(hash_get_num_entries(table) * sizeof(Datum));
	int			count = 0;
	HASH_SEQ_STATUS scan;
	Step	   *step;

	hash_seq_init(&scan, table);
	while ((step = hash_seq_search(&scan)) != NULL)
		cases[count++] = Int64GetDatum(step->case_ref);
	return PointerGetDatum(construct_array(cases, count, type, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * Writes the rows of the cases, whose triggers make an event of each step.
 */
static void
write_steps(HTAB *table, const Telling *telling)
{
	HTAB	   *outer = steps;
	long		count = hash_get_num_entries(table);
	Datum		args[1] = {cases_of_steps(table, telling)};
	Oid			types[1] = {get_array_type(TupleDescAttr(telling->desc,
														 telling->case_column)->atttypid)};
	bool		isnull;
	int64		written;

	steps = table;
	PG_TRY();
	{
		written = DatumGetInt64(ietp_call_as_owner("write_steps", INT8OID, 1,
												   types, args, &isnull));
	}
	PG_FINALLY();
	{
		steps = outer;
	}
	PG_END_TRY();
	if (written != count)
		ereport(ERROR,
				(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
				 errmsg("row of \"%s\" belongs to no case", telling->table)));
}

static void
check_protocol(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_STATEMENT(trigger->tg_event) ||
		(trigger->tg_newtable == NULL &&
		 !TRIGGER_FIRED_BY_DELETE(trigger->tg_event)) ||
		(trigger->tg_oldtable == NULL &&
		 !TRIGGER_FIRED_BY_INSERT(trigger->tg_event)) ||
		trigger->tg_trigger->tgnargs < 2 ||
		RelationGetNamespace(trigger->tg_relation) !=
		get_namespace_oid("desk", true))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"record_rows\" must be fired AFTER STATEMENT on a table of schema desk with transition tables, and takes an action and the key column")));
}

/* The columns that are read as what they are in tables of ours. */
static void
check_columns(Telling *telling)
{
	Form_pg_attribute reference = TupleDescAttr(telling->desc,
												telling->case_column);

	if (!reference->attbyval || reference->attlen != sizeof(int64))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" must be of type %s for its history",
						KEY_COLUMN, "ietp.case_ref")));
	if (telling->consent_column >= 0 &&
		TupleDescAttr(telling->desc, telling->consent_column)->atttypid !=
		INT4OID)
		telling->consent_column = -1;
}

/*
 * ietp.record_rows() returns trigger
 *
 * Arguments: the action; the column that tells rows of a case apart; then, in
 * any order, columns that are told when they change, and "column>action" or
 * "column=value>action" for another action when the column has changed.
 */
IETP_FUNCTION(record_rows);
Datum
ietp_record_rows(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	MemoryContext memory;
	MemoryContext before;
	Telling		telling;
	HTAB	   *table;

	check_protocol(fcinfo);
	if (IsLogicalWorker())
		return PointerGetDatum(NULL);
	memory = AllocSetContextCreate(CurrentMemoryContext,
								   "ietp_helpline steps",
								   ALLOCSET_DEFAULT_SIZES);
	before = MemoryContextSwitchTo(memory);
	telling.memory = memory;
	telling.table = RelationGetRelationName(trigger->tg_relation);
	telling.desc = RelationGetDescr(trigger->tg_relation);
	telling.args = trigger->tg_trigger->tgargs;
	telling.nargs = trigger->tg_trigger->tgnargs;
	telling.case_column = require_column(telling.desc, KEY_COLUMN);
	telling.consent_column = column_index(telling.desc, CONSENT_COLUMN,
										  strlen(CONSENT_COLUMN));
	check_columns(&telling);
	table = collect_steps(trigger, &telling);
	if (hash_get_num_entries(table) > 0)
		write_steps(table, &telling);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(memory);
	return PointerGetDatum(NULL);
}
