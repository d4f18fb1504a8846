/*-------------------------------------------------------------------------
 *
 * service.c
 *		Service levels: how many calls were answered, and how soon.
 *
 * Waits are intervals, which are summed exactly in microseconds, or numbers
 * of any unit, whose sum is right to one unit in the last place.  As with
 * ratios, the state of the aggregates is a fixed-length SQL type that is
 * changed in place.
 *
 * IDENTIFICATION
 *		src/service.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "common/int.h"
#include "libpq/pqformat.h"
#include "utils/float.h"
#include "utils/syscache.h"

#include "core/confidence.h"
#include "core/sum.h"
#include "duration.h"
#include "ietp_helpline.h"

#define CONFIDENCE 0.95

/* Of the binary form of a state. */
#define IMAGE_SIZE 75

/* What waits are counted in. */
typedef enum Unit
{
	UNIT_NONE,					/* of a state to which nothing was added */
	UNIT_NUMBER,
	UNIT_MICROSECOND
} Unit;

/* How abandoned calls count; the order is that of the enum. */
typedef enum Rule
{
	RULE_NONE,
	ABANDONED_MISSED,
	ABANDONED_IGNORED,
	EARLY_ABANDONED_MET,
	EARLY_ABANDONED_IGNORED
} Rule;

static const char *const rule_labels[] = {
	[ABANDONED_MISSED] = "abandoned_missed",
	[ABANDONED_IGNORED] = "abandoned_ignored",
	[EARLY_ABANDONED_MET] = "early_abandoned_met",
	[EARLY_ABANDONED_IGNORED] = "early_abandoned_ignored"
};

/* Of the doubles that these begin with: infinity, and -0. */
#define BITS_OF_INFINITY UINT64CONST(0x7FF0000000000000)
#define BITS_OF_NEGATIVE UINT64CONST(0x8000000000000000)

typedef union Wait
{
	double		number;
	int64		microseconds;
	uint64		bits;
} Wait;

/*
 * What must be the same in all rows.  The kind is one number, since a
 * processor is slow to read together what was written piece by piece.
 */
typedef struct Terms
{
	uint64		kind;			/* 0: nothing was added yet */
	Wait		threshold;
	Wait		cut;			/* zero where there is none */
} Terms;

/* ietp.service_state; its size stands in service.sql. */
typedef struct ServiceState
{
	Terms		terms;
	int64		answered;
	int64		abandoned;
	int64		answered_within;	/* the threshold */
	int64		abandoned_within;
	int64		abandoned_short;	/* within the cut */
	union
	{
		IetpSum		numbers;
		struct
		{
			uint64		low;
			int64		high;
		}			microseconds;
	}			sum;			/* of the waits of answered calls */
} ServiceState;

/* The rule that an enum value stands for, as long as a query runs. */
typedef struct KnownRule
{
	Oid			value;
	Rule		rule;
	bool		terms_are_constant; /* in the query's text */
} KnownRule;

StaticAssertDecl(sizeof(ServiceState) == 88, "service.sql says 88");

IETP_FUNCTION(service_state_in);
IETP_FUNCTION(service_state_out);
IETP_FUNCTION(service_state_recv);
IETP_FUNCTION(service_state_send);
IETP_FUNCTION(service_add_number);
IETP_FUNCTION(service_remove_number);
IETP_FUNCTION(service_add_interval);
IETP_FUNCTION(service_remove_interval);
IETP_FUNCTION(service_combine);
IETP_FUNCTION(service_level);
IETP_FUNCTION(connect_rate);

static inline uint64
make_kind(Unit unit, Rule rule, bool has_cut)
{
	return (uint64) unit | (uint64) rule << 8 | (uint64) has_cut << 16;
}

static inline Unit
unit_of(const Terms *terms)
{
	return terms->kind & 0xFF;
}

static inline Rule
rule_of(const Terms *terms)
{
	return terms->kind >> 8 & 0xFF;
}

static inline bool
has_cut(const Terms *terms)
{
	return terms->kind >> 16 != 0;
}

static Rule
rule_from_label(const char *label)
{
	for (Rule rule = ABANDONED_MISSED; rule <= EARLY_ABANDONED_IGNORED; rule++)
		if (strcmp(label, rule_labels[rule]) == 0)
			return rule;
	elog(ERROR, "unknown service level rule");
}

static Rule
look_up_rule(Oid value)
{
	HeapTuple	tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));
	Rule		rule;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for enum value %u", value);
	rule = rule_from_label(NameStr(((Form_pg_enum)
									GETSTRUCT(tuple))->enumlabel));
	ReleaseSysCache(tuple);
	return rule;
}

static KnownRule *
make_known_rule(FunctionCallInfo fcinfo)
{
	KnownRule  *known = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
											   sizeof(KnownRule));

	known->terms_are_constant = ietp_is_constant_argument(fcinfo, 3) &&
		ietp_is_constant_argument(fcinfo, 4) &&
		(PG_NARGS() < 6 || ietp_is_constant_argument(fcinfo, 5));
	return known;
}

static inline Rule
get_rule(FunctionCallInfo fcinfo, int argument)
{
	Oid			value = PG_GETARG_OID(argument);
	KnownRule  *known = fcinfo->flinfo->fn_extra;

	if (known == NULL)
		known = fcinfo->flinfo->fn_extra = make_known_rule(fcinfo);
	if (known->value != value)
	{
		known->rule = look_up_rule(value);
		known->value = value;
	}
	return known->rule;
}

static void
wait_out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
			 errmsg("a wait, threshold or cut is out of range"),
			 errhint("It is neither negative nor infinite nor NaN, and an interval is less than 2^63 microseconds.")));
}

/*
 * Not negative, as -0 is, and of numbers neither infinite nor NaN: their bits
 * are ordered as the numbers are, and those of negative ones come last.
 */
static inline bool
wait_is_valid(Wait wait, Unit unit)
{
	return wait.bits < (unit == UNIT_NUMBER ? BITS_OF_INFINITY :
						BITS_OF_NEGATIVE);
}

static inline Wait
get_wait(FunctionCallInfo fcinfo, int argument, Unit unit)
{
	Wait		wait;

	if (unit == UNIT_NUMBER)
		wait.number = PG_GETARG_FLOAT8(argument);
	else if (!ietp_interval_microseconds(PG_GETARG_INTERVAL_P(argument),
										 &wait.microseconds))
		wait_out_of_range();
	if (wait_is_valid(wait, unit))
		return wait;
	if (wait.bits != BITS_OF_NEGATIVE || unit != UNIT_NUMBER)
		wait_out_of_range();
	wait.bits = 0;				/* of -0 */
	return wait;
}

static inline bool
is_within(Wait wait, Wait limit, Unit unit)
{
	return unit == UNIT_NUMBER ? wait.number <= limit.number :
		wait.microseconds <= limit.microseconds;
}

/* Fails unless there is an argument that decides what is counted. */
static inline void
require_argument(FunctionCallInfo fcinfo, int argument, const char *name)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_MISSING_VALUE),
				 errmsg("missing value for \"%s\"", name)));
}

/*
 * Takes the terms of a row for those of the state, or compares the two; the
 * row's are compared one by one, as most rows have nothing new in them.
 */
static inline void
check_terms(ServiceState *state, const Terms *terms)
{
	Terms	   *known = &state->terms;

	if (known->kind == 0)
		*known = *terms;
	else if (known->kind != terms->kind ||
			 known->threshold.bits != terms->threshold.bits ||
			 known->cut.bits != terms->cut.bits)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_ARGUMENT_DIFFERS),
				 errmsg("threshold, rule and short-abandon cut must be the same in all rows"),
				 errhint("Put what they depend on into GROUP BY.")));
}

/* Terms of a row: arguments 3 and 4, and 5 where there is a cut. */
static pg_attribute_always_inline void
get_terms(FunctionCallInfo fcinfo, Unit unit, Terms *terms)
{
	bool		cut = PG_NARGS() > 5 && !PG_ARGISNULL(5);

	require_argument(fcinfo, 3, "threshold");
	require_argument(fcinfo, 4, "rule");
	terms->kind = make_kind(unit, get_rule(fcinfo, 4), cut);
	terms->threshold = get_wait(fcinfo, 3, unit);
	terms->cut.bits = 0;
	if (cut)
		terms->cut = get_wait(fcinfo, 5, unit);
}

/* A sum that overflows is NaN or infinite. */
static inline void
check_sum(const IetpSum *sum)
{
	if (!isfinite(sum->value))
		float_overflow_error();
}

static void
add_wait(ServiceState *state, Wait wait, Unit unit)
{
	if (unit == UNIT_NUMBER)
	{
		ietp_sum_add(&state->sum.numbers, wait.number);
		check_sum(&state->sum.numbers);
		return;
	}
	state->sum.microseconds.low += (uint64) wait.microseconds;
	if (state->sum.microseconds.low < (uint64) wait.microseconds)
		state->sum.microseconds.high++;
}

/* False where the sum must be made anew. */
static bool
remove_wait(ServiceState *state, Wait wait)
{
	if (state->answered == 0)
	{
		memset(&state->sum, 0, sizeof(state->sum));
		return true;
	}
	if (unit_of(&state->terms) == UNIT_NUMBER)
		return ietp_sum_remove(&state->sum.numbers, wait.number);
	if (state->sum.microseconds.low < (uint64) wait.microseconds)
		state->sum.microseconds.high--;
	state->sum.microseconds.low -= (uint64) wait.microseconds;
	return true;
}

/* Counts a call, or takes one out: by is 1 or -1. */
static inline void
count_call(ServiceState *state, Wait wait, Unit unit, bool answered, int by)
{
	int			within = is_within(wait, state->terms.threshold, unit) ?
	by : 0;

	if (answered)
	{
		state->answered += by;
		state->answered_within += within;
		return;
	}
	state->abandoned += by;
	state->abandoned_within += within;
	if (has_cut(&state->terms) && is_within(wait, state->terms.cut, unit))
		state->abandoned_short += by;
}

/*
 * Arguments: state, wait, answered, threshold, rule, perhaps the cut for short
 * abandoned calls.  A row without wait or answered does not count.
 */
static pg_attribute_always_inline Datum
add_call(FunctionCallInfo fcinfo, Unit unit)
{
	ServiceState *state;
	const KnownRule *known;
	Terms		terms;
	Wait		wait;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return PG_GETARG_DATUM(0);
	state = ietp_own_state(fcinfo, sizeof(ServiceState));
	known = fcinfo->flinfo->fn_extra;
	if (known == NULL || !known->terms_are_constant || state->terms.kind == 0)
	{
		get_terms(fcinfo, unit, &terms);
		check_terms(state, &terms);
	}
	wait = get_wait(fcinfo, 1, unit);
	count_call(state, wait, unit, PG_GETARG_BOOL(2), 1);
	if (PG_GETARG_BOOL(2))
		add_wait(state, wait, unit);
	PG_RETURN_POINTER(state);
}

static bool
counts_are_valid(const ServiceState *state)
{
	return state->answered_within >= 0 && state->abandoned_within >= 0 &&
		state->abandoned_short >= 0 &&
		state->answered_within <= state->answered &&
		state->abandoned_within <= state->abandoned &&
		state->abandoned_short <= state->abandoned &&
		state->answered <= IETP_MAX_COUNT - state->abandoned;
}

/* The inverse; NULL where the sum must be made anew. */
static Datum
remove_call(FunctionCallInfo fcinfo, Unit unit)
{
	ServiceState *state;
	Wait		wait;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return PG_GETARG_DATUM(0);
	state = ietp_own_state(fcinfo, sizeof(ServiceState));
	wait = get_wait(fcinfo, 1, unit);
	if (unit_of(&state->terms) == unit)
		count_call(state, wait, unit, PG_GETARG_BOOL(2), -1);
	if (unit_of(&state->terms) != unit || !counts_are_valid(state))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("the call was never added to the state")));
	/* The terms leave with the last call, so that others may follow. */
	if (state->answered + state->abandoned == 0)
		memset(state, 0, sizeof(ServiceState));
	else if (PG_GETARG_BOOL(2) && !remove_wait(state, wait))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

Datum
ietp_service_add_number(PG_FUNCTION_ARGS)
{
	return add_call(fcinfo, UNIT_NUMBER);
}

Datum
ietp_service_remove_number(PG_FUNCTION_ARGS)
{
	return remove_call(fcinfo, UNIT_NUMBER);
}

Datum
ietp_service_add_interval(PG_FUNCTION_ARGS)
{
	return add_call(fcinfo, UNIT_MICROSECOND);
}

Datum
ietp_service_remove_interval(PG_FUNCTION_ARGS)
{
	return remove_call(fcinfo, UNIT_MICROSECOND);
}

static void
merge_sum(ServiceState *state, const ServiceState *other)
{
	if (unit_of(&state->terms) == UNIT_NUMBER)
	{
		ietp_sum_merge(&state->sum.numbers, &other->sum.numbers);
		check_sum(&state->sum.numbers);
		return;
	}
	state->sum.microseconds.low += other->sum.microseconds.low;
	state->sum.microseconds.high += other->sum.microseconds.high +
		(state->sum.microseconds.low < other->sum.microseconds.low);
}

Datum
ietp_service_combine(PG_FUNCTION_ARGS)
{
	ServiceState *state = ietp_own_state(fcinfo, sizeof(ServiceState));
	ServiceState *other = (ServiceState *) PG_GETARG_POINTER(1);

	if (other->terms.kind == 0)
		PG_RETURN_POINTER(state);
	check_terms(state, &other->terms);
	ietp_check_count(state->answered + state->abandoned +
					 other->answered + other->abandoned);
	state->answered += other->answered;
	state->abandoned += other->abandoned;
	state->answered_within += other->answered_within;
	state->abandoned_within += other->abandoned_within;
	state->abandoned_short += other->abandoned_short;
	merge_sum(state, other);
	PG_RETURN_POINTER(state);
}

static void
write_wait(StringInfo buf, Wait wait, Unit unit)
{
	if (unit == UNIT_NUMBER)
		pq_sendfloat8(buf, wait.number);
	else
		pq_sendint64(buf, wait.microseconds);
}

static Wait
read_wait(StringInfo buf, Unit unit)
{
	Wait		wait;

	if (unit == UNIT_NUMBER)
		wait.number = pq_getmsgfloat8(buf);
	else
		wait.microseconds = pq_getmsgint64(buf);
	return wait;
}

static void
write_state(StringInfo buf, const ServiceState *state)
{
	const Terms *terms = &state->terms;
	Unit		unit = unit_of(terms);

	pq_sendbyte(buf, unit);
	pq_sendbyte(buf, rule_of(terms));
	pq_sendbyte(buf, has_cut(terms));
	write_wait(buf, terms->threshold, unit);
	write_wait(buf, terms->cut, unit);
	pq_sendint64(buf, state->answered);
	pq_sendint64(buf, state->abandoned);
	pq_sendint64(buf, state->answered_within);
	pq_sendint64(buf, state->abandoned_within);
	pq_sendint64(buf, state->abandoned_short);
	if (unit == UNIT_NUMBER)
	{
		pq_sendfloat8(buf, state->sum.numbers.value);
		pq_sendfloat8(buf, state->sum.numbers.rest);
		return;
	}
	pq_sendint64(buf, state->sum.microseconds.high);
	pq_sendint64(buf, state->sum.microseconds.low);
}

/* Reads what write_state() wrote; whether it makes sense is another matter. */
static void
read_state(StringInfo buf, ServiceState *state)
{
	Unit		unit = pq_getmsgbyte(buf);
	Rule		rule = pq_getmsgbyte(buf);
	uint64		cut = pq_getmsgbyte(buf);

	memset(state, 0, sizeof(ServiceState));
	state->terms.kind = unit | rule << 8 | cut << 16;
	state->terms.threshold = read_wait(buf, unit);
	state->terms.cut = read_wait(buf, unit);
	state->answered = pq_getmsgint64(buf);
	state->abandoned = pq_getmsgint64(buf);
	state->answered_within = pq_getmsgint64(buf);
	state->abandoned_within = pq_getmsgint64(buf);
	state->abandoned_short = pq_getmsgint64(buf);
	if (unit == UNIT_NUMBER)
	{
		state->sum.numbers.value = pq_getmsgfloat8(buf);
		state->sum.numbers.rest = pq_getmsgfloat8(buf);
		state->sum.numbers.peak = state->sum.numbers.value;
		return;
	}
	state->sum.microseconds.high = pq_getmsgint64(buf);
	state->sum.microseconds.low = pq_getmsgint64(buf);
}

static bool
terms_are_valid(const Terms *terms)
{
	Unit		unit = unit_of(terms);
	Rule		rule = rule_of(terms);

	return (unit == UNIT_NUMBER || unit == UNIT_MICROSECOND) &&
		rule >= ABANDONED_MISSED && rule <= EARLY_ABANDONED_IGNORED &&
		terms->kind >> 16 <= 1 &&
		wait_is_valid(terms->threshold, unit) &&
		wait_is_valid(terms->cut, unit) &&
		(has_cut(terms) || terms->cut.bits == 0);
}

static bool
sum_is_valid(const ServiceState *state)
{
	const IetpSum *numbers = &state->sum.numbers;
	int64		high = state->sum.microseconds.high;

	if (unit_of(&state->terms) == UNIT_MICROSECOND)
		return high >= 0 && high <= state->answered &&
			(state->answered > 0 || state->sum.microseconds.low == 0);
	return numbers->value >= 0.0 && !isinf(numbers->value) &&
		numbers->value + numbers->rest == numbers->value &&
		(state->answered > 0 || numbers->value == 0.0);
}

/* Can this have come from adding calls? */
static bool
state_is_valid(const ServiceState *state)
{
	static const ServiceState empty = {0};
	const Terms *terms = &state->terms;

	if (memcmp(state, &empty, sizeof(ServiceState)) == 0)
		return true;
	if (!terms_are_valid(terms) || !counts_are_valid(state) ||
		!sum_is_valid(state))
		return false;
	if (!has_cut(terms))
		return state->abandoned_short == 0;
	return is_within(terms->cut, terms->threshold, unit_of(terms)) ?
		state->abandoned_short <= state->abandoned_within :
		state->abandoned_short >= state->abandoned_within;
}

static int
hexadecimal_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes from their hexadecimal digits; false unless they are IMAGE_SIZE. */
static bool
read_image(const char *digits, StringInfo image)
{
	if (strlen(digits) != 2 * IMAGE_SIZE)
		return false;
	for (; *digits != '\0'; digits += 2)
	{
		int			high = hexadecimal_digit(digits[0]);
		int			low = hexadecimal_digit(digits[1]);

		if (high < 0 || low < 0)
			return false;
		appendStringInfoChar(image, (char) (high << 4 | low));
	}
	return true;
}

/* The text is "empty", or the binary form in hexadecimal digits. */
Datum
ietp_service_state_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	ServiceState *state = palloc0(sizeof(ServiceState));
	StringInfoData image;
	bool		valid = strcmp(input, "empty") == 0;

	initStringInfo(&image);
	if (!valid && read_image(input, &image))
	{
		read_state(&image, state);
		valid = state_is_valid(state);
	}
	if (!valid)
		ietp_ereturn(fcinfo->context, (Datum) 0,
					 (errcode(ERRCODE_IETP_MALFORMED_STATE),
					  errmsg("malformed value of type %s", "service_state")));
	PG_RETURN_POINTER(state);
}

Datum
ietp_service_state_out(PG_FUNCTION_ARGS)
{
	ServiceState *state = (ServiceState *) PG_GETARG_POINTER(0);
	StringInfoData image;
	StringInfoData text_form;

	if (state->terms.kind == 0)
		PG_RETURN_CSTRING(pstrdup("empty"));
	initStringInfo(&image);
	write_state(&image, state);
	initStringInfo(&text_form);
	for (int i = 0; i < image.len; i++)
		appendStringInfo(&text_form, "%02x", (unsigned char) image.data[i]);
	PG_RETURN_CSTRING(text_form.data);
}

Datum
ietp_service_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	ServiceState *state = palloc(sizeof(ServiceState));

	read_state(buf, state);
	if (!state_is_valid(state))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_MALFORMED_STATE),
				 errmsg("malformed value of type %s", "service_state")));
	PG_RETURN_POINTER(state);
}

Datum
ietp_service_state_send(PG_FUNCTION_ARGS)
{
	ServiceState *state = (ServiceState *) PG_GETARG_POINTER(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	write_state(&buf, state);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* How many calls were served well, of how many, by the state's rule. */
static void
served_of(const ServiceState *state, int64 offered, int64 *served, int64 *of)
{
	*served = state->answered_within;
	*of = offered;
	switch (rule_of(&state->terms))
	{
		case RULE_NONE:
		case ABANDONED_MISSED:
			break;
		case ABANDONED_IGNORED:
			*of = state->answered;
			break;
		case EARLY_ABANDONED_MET:
			*served += state->abandoned_within;
			break;
		case EARLY_ABANDONED_IGNORED:
			*of -= state->abandoned_within;
			break;
	}
}

/* Mean wait of the answered calls: seconds, or the unit of the numbers. */
static double
mean_wait(const ServiceState *state)
{
	double		answered = (double) state->answered;

	if (unit_of(&state->terms) == UNIT_NUMBER)
		return state->sum.numbers.value / answered;
	return (ldexp((double) state->sum.microseconds.high, 64) +
			(double) state->sum.microseconds.low) /
		(answered * USECS_PER_SEC);
}

/* Columns of ietp.service_figures. */
enum
{
	SERVICE_LEVEL,
	LOWER,
	UPPER,
	OFFERED,
	ANSWERED,
	ABANDONED,
	ANSWERED_WITHIN,
	ABANDONED_WITHIN,
	ABANDONED_SHORT,
	ASA,
	ABANDONMENT,
	COLUMNS
};

static void
set_number(Datum *values, bool *nulls, int column, double value)
{
	values[column] = Float8GetDatum(value);
	nulls[column] = false;
}

/* The columns that are shares or means, where there is something to divide. */
static void
set_shares(const ServiceState *state, int64 offered,
		   Datum *values, bool *nulls)
{
	int64		not_short = offered - state->abandoned_short;
	int64		served;
	int64		of;

	served_of(state, offered, &served, &of);
	if (of > 0)
	{
		IetpBounds	bounds = ietp_wilson_bounds(served, of, CONFIDENCE);

		set_number(values, nulls, SERVICE_LEVEL,
				   (double) served / (double) of);
		set_number(values, nulls, LOWER, bounds.lower);
		set_number(values, nulls, UPPER, bounds.upper);
	}
	if (state->answered > 0)
		set_number(values, nulls, ASA, mean_wait(state));
	if (not_short > 0)
		set_number(values, nulls, ABANDONMENT,
				   (double) (state->abandoned - state->abandoned_short) /
				   (double) not_short);
}

Datum
ietp_service_level(PG_FUNCTION_ARGS)
{
	ServiceState *state = (ServiceState *) PG_GETARG_POINTER(0);
	int64		offered = state->answered + state->abandoned;
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS] = {0};

	values[OFFERED] = Int64GetDatum(offered);
	values[ANSWERED] = Int64GetDatum(state->answered);
	values[ABANDONED] = Int64GetDatum(state->abandoned);
	values[ANSWERED_WITHIN] = Int64GetDatum(state->answered_within);
	values[ABANDONED_WITHIN] = Int64GetDatum(state->abandoned_within);
	values[ABANDONED_SHORT] = Int64GetDatum(state->abandoned_short);
	nulls[SERVICE_LEVEL] = nulls[LOWER] = nulls[UPPER] = true;
	nulls[ASA] = nulls[ABANDONMENT] = true;
	set_shares(state, offered, values, nulls);
	return ietp_form_row(fcinfo, values, nulls);
}

/* Calls that reached an agent or self-service, of all that were offered. */
Datum
ietp_connect_rate(PG_FUNCTION_ARGS)
{
	int64		agent = PG_GETARG_INT64(0);
	int64		self_service = PG_GETARG_INT64(1);
	int64		abandoned = PG_GETARG_INT64(2);
	int64		connected;
	int64		offered;

	if (agent < 0 || self_service < 0 || abandoned < 0 ||
		pg_add_s64_overflow(agent, self_service, &connected) ||
		pg_add_s64_overflow(connected, abandoned, &offered))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("a number of calls is out of range"),
				 errhint("None is negative, and their sum is a bigint.")));
	return ietp_make_proportion(fcinfo, connected, offered);
}
