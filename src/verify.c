/*-------------------------------------------------------------------------
 *
 * verify.c
 *		Whether the ledger, and what it tells of, is as it was written.
 *
 * One pass reads all events by case and number, and beside them, in the same
 * order, the cases and the tables whose rows belong to cases.  For each case
 * it computes the chain anew; what the events say last of each column and row
 * must be what the tables hold.  Memory does not grow with the number of
 * cases, but with the history of one.
 *
 * Without a seal this finds whatever does not fit together.  Whoever can write
 * the tables past the triggers can make things fit - a tail that is cut off, a
 * chain that is computed anew; a seal that was kept elsewhere finds that.
 *
 * Findings name cases, numbers, tables and columns, and no values.
 *
 * IDENTIFICATION
 *		src/verify.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "core/ref.h"
#include "history.h"
#include "ietp_helpline.h"
#include "seal.h"

/* A row of a table beside the events, as an event tells it. */
typedef struct ToldRow
{
	int			table;
	int64		key;
	int32		n;				/* event that tells it */
	bool		is_there;		/* and not erased */
	uint8		digest[HASH_SIZE];
} ToldRow;

/* JSON that the event has, not terminated. */
typedef struct Slice
{
	const char *start;
	int			len;
} Slice;

/* A table beside the events, with its row that comes next. */
typedef struct Beside
{
	Stream		stream;
	HeapTuple	row;			/* NULL: at the end */
	int			case_column;	/* numbers from 1 */
	int			key_column;
} Beside;

typedef struct Verification
{
	ReturnSetInfo *result;
	int64		only;			/* case that is asked about; 0: all */
	bool		has_events;		/* of what is asked about */
	SealedHeads *heads;			/* NULL: without a seal */
	pg_cryptohash_ctx *hashing;
	StringInfoData fields;
	Beside		cases;
	Beside		tables[IETP_ROW_TABLES];

	/* The case under way; the memory is emptied after each. */
	MemoryContext memory;
	int64		case_ref;		/* 0: none yet */
	int32		n;
	TimestampTz occurred_at;	/* of event n */
	uint8		head[HASH_SIZE];
	bool		is_broken;		/* the event before is missing */
	Slice		status;
	Slice	   *columns;		/* last value told of each; start NULL: none */
	ToldRow    *told;
	int			told_count;
	int			told_size;
} Verification;

/* Is this case's history read in full, or only for the seal's tree? */
static bool
is_asked(const Verification *v, int64 case_ref)
{
	return v->only == 0 || v->only == case_ref;
}

static void
find(Verification *v, int32 n, const char *finding, const char *detail)
{
	Datum		values[4];
	bool		nulls[4] = {false};

	if (v->case_ref != 0 && !is_asked(v, v->case_ref))
		return;
	values[0] = Int64GetDatum(v->case_ref);
	nulls[0] = v->case_ref == 0;
	values[1] = Int32GetDatum(n);
	nulls[1] = n == 0;
	values[2] = CStringGetTextDatum(finding);
	nulls[3] = detail == NULL;
	if (detail != NULL)
		values[3] = CStringGetTextDatum(detail);
	tuplestore_putvalues(v->result->setResult, v->result->setDesc, values,
						 nulls);
}


/* Reading our own JSON */

/* The string, object, array or word that begins here; NULL if none does. */
static const char *
end_of_value(const char *at, const char *end)
{
	int			depth = 0;
	bool		in_string = false;

	for (; at < end; at++)
	{
		if (in_string)
		{
			if (*at == '\\')
				at++;
			else if (*at == '"')
				in_string = false;
		}
		else if (*at == '"')
			in_string = true;
		else if (*at == '[' || *at == '{')
			depth++;
		else if (depth == 0 && (*at == ',' || *at == ']' || *at == '}' ||
								*at == ':'))
			return at;
		else if (*at == ']' || *at == '}')
			depth--;
	}
	return depth == 0 && !in_string ? Min(at, end) : NULL;
}

/*
 * Takes the next part of a list, up to a comma, colon or closing bracket, off
 * "rest"; false at its end.
 */
static bool
next_part(Slice *rest, Slice *part)
{
	const char *end = rest->start + rest->len;
	const char *stop = end_of_value(rest->start, end);

	if (rest->len == 0 || stop == NULL)
		return false;
	part->start = rest->start;
	part->len = stop - rest->start;
	rest->start = Min(stop + 1, end);
	rest->len = end - rest->start;
	return true;
}

/* What is within the brackets or quotes around a value. */
static Slice
within(Slice value)
{
	Slice		inner = {value.start + 1, value.len - 2};

	if (value.len < 2)
		inner.len = 0;
	return inner;
}

static bool
says(Slice slice, const char *text)
{
	return slice.len == (int) strlen(text) &&
		memcmp(slice.start, text, slice.len) == 0;
}


/* What events tell */

/* A text of the event that outlives it until the end of the case. */
static Slice
kept_text(const Verification *v, const Event *event, EventText text)
{
	Slice		kept = {NULL, event->lengths[text]};
	char	   *copy;

	if (event->texts[text] == NULL)
		return kept;
	copy = MemoryContextAlloc(v->memory, kept.len + 1);
	memcpy(copy, event->texts[text], kept.len);
	copy[kept.len] = '\0';
	kept.start = copy;
	return kept;
}

static int
find_column(TupleDesc desc, Slice name)
{
	for (int i = 0; i < desc->natts; i++)
		if (says(name, NameStr(TupleDescAttr(desc, i)->attname)))
			return i;
	return -1;
}

/* Keeps the new values of {"column":[old,new],...}. */
static void
keep_changes(Verification *v, const Event *event)
{
	TupleDesc	desc = v->cases.stream.table->tupdesc;
	Slice		changes = kept_text(v, event, EVENT_CHANGES);
	Slice		name;
	Slice		sides;

	if (changes.start == NULL)
		return;
	changes = within(changes);
	while (next_part(&changes, &name) && next_part(&changes, &sides))
	{
		int			i = find_column(desc, within(name));
		Slice		both = within(sides);
		Slice		old;
		Slice		new;

		if (i >= 0 && sides.start[0] == '[' && next_part(&both, &old) &&
			next_part(&both, &new))
			v->columns[i] = new;
	}
}

static int64
parse_key(Slice value)
{
	Slice		inner = within(value);
	int64		key = 0;

	if (value.len > 0 && value.start[0] == '"')
	{
		if (ietp_ref_parse(inner.start, inner.len, IETP_REF_CALL, &key) !=
			IETP_REF_OK)
			key = 0;
		return key;
	}
	for (int i = 0; i < value.len && value.start[i] >= '0' &&
		 value.start[i] <= '9' && i < 18; i++)
		key = key * 10 + (value.start[i] - '0');
	return key;
}

static ToldRow *
add_told_row(Verification *v)
{
	if (v->told_count == v->told_size)
	{
		v->told_size = Max(16, 2 * v->told_size);
		v->told = v->told == NULL ?
			MemoryContextAllocHuge(v->memory,
								   v->told_size * sizeof(ToldRow)) :
			repalloc_huge(v->told, v->told_size * sizeof(ToldRow));
	}
	return &v->told[v->told_count++];
}

/* Whoever rewrote an event may have written anything. */
static bool
is_digest(Slice value)
{
	return value.len == 2 * HASH_SIZE + 2 &&
		strspn(value.start + 1, "0123456789abcdef") == 2 * HASH_SIZE;
}

/* Keeps {"key":...,...,"digest":...} of a row. */
static void
keep_row(Verification *v, int table, Slice row, int32 n)
{
	ToldRow    *told = add_told_row(v);
	Slice		name;
	Slice		value;

	told->table = table;
	told->n = n;
	told->key = 0;
	told->is_there = false;
	while (next_part(&row, &name) && next_part(&row, &value))
	{
		if (says(within(name), ietp_row_tables[table].key))
			told->key = parse_key(value);
		else if (says(within(name), "digest") && is_digest(value))
		{
			told->is_there = true;
			hex_decode(value.start + 1, 2 * HASH_SIZE, (char *) told->digest);
		}
	}
}

/* Keeps the rows of {"table":[row,...]}. */
static void
keep_records(Verification *v, const Event *event)
{
	Slice		records = {event->texts[EVENT_RECORDS],
	event->lengths[EVENT_RECORDS]};
	Slice		name;
	Slice		list;

	if (records.start == NULL)
		return;
	records = within(records);
	while (next_part(&records, &name) && next_part(&records, &list))
	{
		Slice		rows = within(list);
		Slice		row;

		for (int table = 0; table < IETP_ROW_TABLES; table++)
			while (says(within(name), ietp_row_tables[table].table) &&
				   next_part(&rows, &row))
				keep_row(v, table, within(row), event->n);
	}
}


/* Tables beside the events */

/* A column of numbers that are passed by value, as keys are. */
static int
column_of(TupleDesc desc, const char *table, const char *column)
{
	int			number = SPI_fnumber(desc, column);

	if (number <= 0 || !TupleDescAttr(desc, number - 1)->attbyval)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_DESK_OWNERSHIP),
				 errmsg("\"desk.%s\" is not the table that the owner of the desk was given",
						table),
				 errhint("Give the table its columns and their types back, as create_desk made them.")));
	return number;
}

static void
open_beside(Beside *beside, const char *table, const char *key, int64 only,
			Oid type)
{
	const char *filter = only == 0 ? "" : " WHERE case_ref = $1";
	TupleDesc	desc;

	ietp_open_stream(&beside->stream,
					 psprintf("SELECT * FROM desk.%s%s ORDER BY case_ref%s%s",
							  table, filter, key == NULL ? "" : ", ",
							  key == NULL ? "" : key), only, type);
	beside->row = ietp_next_row(&beside->stream);
	desc = beside->stream.table->tupdesc;
	beside->case_column = column_of(desc, table, "case_ref");
	beside->key_column = key == NULL ? 0 : column_of(desc, table, key);
}

static int64
number_of(const Beside *beside, int column)
{
	TupleDesc	desc = beside->stream.table->tupdesc;
	bool		isnull;
	Datum		value = SPI_getbinval(beside->row, desc, column, &isnull);

	return SPI_gettypeid(desc, column) == INT4OID ? DatumGetInt32(value) :
		DatumGetInt64(value);
}

static int64
case_of(const Beside *beside)
{
	return number_of(beside, beside->case_column);
}

static void
next_beside(Beside *beside)
{
	beside->row = ietp_next_row(&beside->stream);
}

static RowValues
values_of(const Beside *beside)
{
	TupleDesc	desc = beside->stream.table->tupdesc;
	RowValues	row;

	row.values = palloc(desc->natts * sizeof(Datum));
	row.nulls = palloc(desc->natts * sizeof(bool));
	heap_deform_tuple(beside->row, desc, row.values, row.nulls);
	return row;
}


/* One case */

static void
begin_case(Verification *v, int64 case_ref)
{
	TupleDesc	desc = v->cases.stream.table->tupdesc;

	MemoryContextReset(v->memory);
	v->case_ref = case_ref;
	v->n = 0;
	v->is_broken = false;
	v->status.start = NULL;
	v->columns = MemoryContextAllocZero(v->memory,
										desc->natts * sizeof(Slice));
	v->told = NULL;
	v->told_count = 0;
	v->told_size = 0;
}

/* Does the case's row hold in this column what its history says? */
static bool
is_as_told(const Verification *v, const RowValues *row, int i)
{
	Form_pg_attribute attribute = TupleDescAttr(v->cases.stream.table->tupdesc,
												i);
	StringInfoData json;

	if (strcmp(NameStr(attribute->attname), "status") == 0)
		return !row->nulls[i] && v->status.start != NULL &&
			attribute->atttypid == TEXTOID &&
			says(v->status, TextDatumGetCString(row->values[i]));
	if (ietp_case_column_use(NameStr(attribute->attname)) != COLUMN_SHOWN)
		return true;
	if (row->nulls[i])
		return v->columns[i].start == NULL || says(v->columns[i], "null");
	if (v->columns[i].start == NULL)
		return false;
	initStringInfo(&json);
	ietp_append_value(&json, row->values[i], attribute->atttypid);
	return says(v->columns[i], json.data);
}

/* A column of the case's row that must be of this type; NULL gives "none". */
static Datum
case_column(const Verification *v, const char *column, Oid type, Datum none)
{
	TupleDesc	desc = v->cases.stream.table->tupdesc;
	int			number = SPI_fnumber(desc, column);
	bool		isnull = true;
	Datum		value = 0;

	if (number > 0 && SPI_gettypeid(desc, number) == type)
		value = SPI_getbinval(v->cases.row, desc, number, &isnull);
	return isnull ? none : value;
}

/* Does the case's row say that its history ends where it does? */
static bool
is_head(const Verification *v)
{
	Datum		hash = case_column(v, "event_hash", BYTEAOID, (Datum) 0);
	const uint8 *head = hash == (Datum) 0 ? NULL : ietp_hash_of(hash);

	return head != NULL && memcmp(head, v->head, HASH_SIZE) == 0 &&
		DatumGetInt32(case_column(v, "event_n", INT4OID,
								  Int32GetDatum(0))) == v->n &&
		DatumGetTimestampTz(case_column(v, "event_at", TIMESTAMPTZOID,
										TimestampTzGetDatum(DT_NOBEGIN))) ==
		v->occurred_at;
}

/* The row of the case must be where its history has led. */
static void
check_case_row(Verification *v)
{
	TupleDesc	desc = v->cases.stream.table->tupdesc;
	RowValues	row = values_of(&v->cases);

	if (!is_head(v))
		find(v, v->n, "head_differs",
			 "The row of the case has another head than its last event.");
	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped && !is_as_told(v, &row, i))
			find(v, 0, "case_differs",
				 psprintf("desk.cases.%s is not what the history says.",
						  NameStr(TupleDescAttr(desc, i)->attname)));
}

static int
compare_told(const void *a, const void *b)
{
	const ToldRow *x = a;
	const ToldRow *y = b;

	if (x->table != y->table)
		return x->table - y->table;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

static void
find_row(Verification *v, int table, int64 key, int32 n, const char *finding)
{
	if (strcmp(ietp_row_tables[table].key, "n") == 0)
		find(v, n, finding, psprintf("Row n = " INT64_FORMAT " of desk.%s.",
									 key, ietp_row_tables[table].table));
	else
		find(v, n, finding, psprintf("A row of desk.%s.",
									 ietp_row_tables[table].table));
}

/* The next row of a table, against what was told of it last; may be NULL. */
static void
check_row(Verification *v, int table, const ToldRow *told)
{
	Beside	   *beside = &v->tables[table];
	RowValues	row;
	uint8		digest[HASH_SIZE];

	if (told == NULL || !told->is_there)
	{
		find_row(v, table, number_of(beside, beside->key_column), 0,
				 "row_unrecorded");
		return;
	}
	row = values_of(beside);
	ietp_row_digest(ietp_row_tables[table].table, beside->stream.table->tupdesc,
					&row, digest);
	if (memcmp(digest, told->digest, HASH_SIZE) != 0)
		find_row(v, table, told->key, told->n, "row_differs");
}

/* The last that was told of the row at "i", or of those like it. */
static const ToldRow *
last_told(const Verification *v, int *i)
{
	const ToldRow *told = &v->told[*i];

	while (++*i < v->told_count && v->told[*i].table == told->table &&
		   v->told[*i].key == told->key)
		told = &v->told[*i];
	return told;
}

/* The rows of one table that belong to the case: both sides are sorted. */
static void
check_rows(Verification *v, int table, int *i)
{
	Beside	   *beside = &v->tables[table];

	for (;;)
	{
		bool		has_told = *i < v->told_count &&
		v->told[*i].table == table;
		bool		has_row = beside->row != NULL &&
		case_of(beside) == v->case_ref;
		int64		key = has_row ? number_of(beside, beside->key_column) : 0;

		if (!has_told && !has_row)
			return;
		if (has_told && (!has_row || v->told[*i].key < key))
		{
			const ToldRow *told = last_told(v, i);

			if (told->is_there)
				find_row(v, table, told->key, told->n, "row_missing");
			continue;
		}
		check_row(v, table, has_told && v->told[*i].key == key ?
				  last_told(v, i) : NULL);
		next_beside(beside);
	}
}

/* Rows of cases that have no event at all. */
static void
skip_rows_before(Verification *v, int64 case_ref)
{
	for (int table = 0; table < IETP_ROW_TABLES; table++)
		while (v->tables[table].row != NULL &&
			   case_of(&v->tables[table]) < case_ref)
		{
			CHECK_FOR_INTERRUPTS();
			v->case_ref = case_of(&v->tables[table]);
			check_row(v, table, NULL);
			next_beside(&v->tables[table]);
		}
}

/* Cases that have no event at all. */
static void
skip_cases_before(Verification *v, int64 case_ref)
{
	while (v->cases.row != NULL && case_of(&v->cases) < case_ref)
	{
		CHECK_FOR_INTERRUPTS();
		v->case_ref = case_of(&v->cases);
		find(v, 0, "events_missing", "The case has no history.");
		next_beside(&v->cases);
	}
}

/* What is beside the events, up to the case under way. */
static void
finish_case(Verification *v)
{
	int64		case_ref = v->case_ref;
	MemoryContext before;
	int			i = 0;

	if (case_ref == 0 || !is_asked(v, case_ref))
		return;
	before = MemoryContextSwitchTo(v->memory);
	skip_cases_before(v, case_ref);
	skip_rows_before(v, case_ref);
	v->case_ref = case_ref;
	if (v->cases.row == NULL || case_of(&v->cases) != case_ref)
		find(v, 0, "case_missing", "There are events, but no case.");
	else
	{
		check_case_row(v);
		next_beside(&v->cases);
	}
	if (v->told_count > 1)
		qsort(v->told, v->told_count, sizeof(ToldRow), compare_told);
	for (int table = 0; table < IETP_ROW_TABLES; table++)
		check_rows(v, table, &i);
	MemoryContextSwitchTo(before);
}

/* The event's place and hash in the chain. */
static void
check_event(Verification *v, const Event *event, const uint8 *hash)
{
	uint8		computed[HASH_SIZE];

	if (event->n <= v->n)
	{
		find(v, event->n, "event_doubled", NULL);
		return;
	}
	if (event->n != v->n + 1)
	{
		find(v, v->n + 1, "event_missing", NULL);
		v->is_broken = true;
	}
	resetStringInfo(&v->fields);
	ietp_encode_event(&v->fields, event);
	ietp_hash_fields(v->hashing, &v->fields, v->n == 0 ? NULL : v->head,
					 computed);
	if (hash == NULL ||
		(!v->is_broken && memcmp(computed, hash, HASH_SIZE) != 0))
		find(v, event->n, "event_differs",
			 "Its hash is not that of what it says and of the event before it.");
	v->is_broken = hash == NULL;
	v->n = event->n;
	v->occurred_at = event->occurred_at;
	if (hash != NULL)
		memcpy(v->head, hash, HASH_SIZE);
}

/* What the event tells, for the comparison at the end of the case. */
static void
keep_event(Verification *v, const Event *event)
{
	if (event->texts[EVENT_TO] != NULL)
		v->status = kept_text(v, event, EVENT_TO);
	keep_changes(v, event);
	keep_records(v, event);
}

static void
take_event(Verification *v, HeapTuple tuple, TupleDesc desc)
{
	Event		event;
	const uint8 *hash;

	ietp_event_of_row(tuple, desc, &event, &hash);
	if (v->heads != NULL)
		ietp_add_event(v->heads, &event, hash);
	if (event.case_ref != v->case_ref)
	{
		finish_case(v);
		begin_case(v, event.case_ref);
	}
	if (!is_asked(v, event.case_ref))
		return;
	v->has_events = true;
	check_event(v, &event, hash);
	keep_event(v, &event);
}


/* The whole */

/* What the database itself says of the seal. */
static void
check_seal(Verification *v, const Seal *seal)
{
	Oid			types[] = {INT4OID, TEXTOID};
	Datum		values[2];
	uint64		next = U64FromFullTransactionId(ReadNextFullTransactionId());
	int32		here = ietp_current_incarnation(false);

	values[0] = Int32GetDatum((int32) seal->number);
	values[1] = CStringGetTextDatum(seal->line);
	v->case_ref = 0;
	SPI_execute_with_args("SELECT FROM desk.seals"
						  " WHERE seal = $1 AND line = $2", 2, types, values,
						  NULL, true, 1);
	if (SPI_processed == 0)
		find(v, 0, "seal_unknown",
			 "This database does not know the seal: it is another one, or older.");
	if (here != 0 && (seal->incarnation > here ||
					  (seal->incarnation == here && seal->xmax > next)))
		find(v, 0, "rolled_back",
			 "The seal was made later than anything here was written.");
	if (!ietp_heads_agree(v->heads))
		find(v, 0, "seal_differs",
			 psprintf("Sealed: " INT64_FORMAT " cases, " INT64_FORMAT
					  " events. Found: " INT64_FORMAT ", " INT64_FORMAT
					  "%s.", seal->cases, seal->events,
					  v->heads->tree.count, v->heads->events,
					  seal->cases == v->heads->tree.count &&
					  seal->events == v->heads->events ?
					  ", with other heads" : ""));
}

static void
open_all(Verification *v, Stream *events, Oid type)
{
	int64		read = v->heads == NULL ? v->only : 0;

	ietp_open_stream(events,
					 psprintf("%s%s ORDER BY case_ref, n",
							  ietp_events_query,
							  read == 0 ? "" : " WHERE case_ref = $1"),
					 read, type);
	open_beside(&v->cases, "cases", NULL, v->only, type);
	for (int table = 0; table < IETP_ROW_TABLES; table++)
		open_beside(&v->tables[table], ietp_row_tables[table].table,
					ietp_row_tables[table].key, v->only, type);
}

/* Who asks about a case has its reference from somewhere. */
static void
check_is_known(Verification *v)
{
	if (v->only == 0 || v->has_events || v->cases.row != NULL)
		return;
	v->case_ref = v->only;
	find(v, 0, "case_missing", "There is neither a case nor a history.");
}

static void
close_all(Verification *v, Stream *events)
{
	SPI_cursor_close(events->portal);
	SPI_cursor_close(v->cases.stream.portal);
	for (int table = 0; table < IETP_ROW_TABLES; table++)
		SPI_cursor_close(v->tables[table].stream.portal);
}

static void
verify(Verification *v, Oid type)
{
	Stream		events;
	HeapTuple	tuple;
	MemoryContext row_memory = AllocSetContextCreate(CurrentMemoryContext,
													 "ietp_helpline event",
													 ALLOCSET_DEFAULT_SIZES);
	MemoryContext before;

	open_all(v, &events, type);
	while ((tuple = ietp_next_row(&events)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		before = MemoryContextSwitchTo(row_memory);
		take_event(v, tuple, events.table->tupdesc);
		MemoryContextSwitchTo(before);
		MemoryContextReset(row_memory);
	}
	finish_case(v);
	check_is_known(v);
	skip_cases_before(v, PG_INT64_MAX);
	skip_rows_before(v, PG_INT64_MAX);
	close_all(v, &events);
	if (v->heads != NULL)
		check_seal(v, v->heads->seal);
}

/*
 * ietp.verify_ledger(case_ref ietp.case_ref, seal text) returns setof record
 */
IETP_FUNCTION(verify_ledger);
Datum
ietp_verify_ledger(PG_FUNCTION_ARGS)
{
	Verification v = {0};
	SealedHeads heads;
	OwnerWork	work;

	ietp_check_ledger_reader("verify_ledger");
	InitMaterializedSRF(fcinfo, 0);
	v.result = (ReturnSetInfo *) fcinfo->resultinfo;
	v.only = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT64(0);
	if (!PG_ARGISNULL(1))
	{
		ietp_begin_heads(&heads,
						 ietp_parse_seal(text_to_cstring(PG_GETARG_TEXT_PP(1))),
						 0);
		v.heads = &heads;
	}
	v.memory = AllocSetContextCreate(CurrentMemoryContext,
									 "ietp_helpline case",
									 ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&v.fields);
	v.hashing = pg_cryptohash_create(PG_SHA256);
	ietp_begin_as_owner(&work);
	SPI_connect();
	verify(&v, get_fn_expr_argtype(fcinfo->flinfo, 0));
	SPI_finish();
	ietp_end_as_owner(&work);
	pg_cryptohash_free(v.hashing);
	PG_RETURN_NULL();
}
