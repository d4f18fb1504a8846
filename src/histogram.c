/*-------------------------------------------------------------------------
 *
 * histogram.c
 *		The aggregate duration_histogram, and what its result can be asked.
 *
 * A state keeps up to IETP_HISTOGRAM_FEW durations as they are, and from then
 * on counts so many at once in buckets (core/histogram.h).  The counters are
 * one array over the buckets from the least to the greatest one in use; they
 * have 32 bits, and beside them others for what is carried, which next to no
 * state needs.
 *
 * Where there are thousands of groups each counter is far away in memory.  One
 * by one the rows would wait for it; of those that are counted together the
 * processor fetches many at a time.
 *
 * For moving windows the state keeps the durations too, in the order in which
 * they came and will leave, so that what it says of the window is what it
 * would say of its rows alone.
 *
 * IDENTIFICATION
 *		src/histogram.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "core/histogram.h"
#include "core/order.h"
#include "ietp_helpline.h"
#include "state.h"

/* Counters beyond those that are needed, on either side: half an octave. */
#define SLACK	64

typedef struct Histogram
{
	double	   *values;			/* that are not counted yet */
	int			pending;		/* how many those are */
	int			room;			/* for how many */
	int64		count;			/* and sum, min and max: without those */
	IetpSum		sum;
	double		min;
	double		max;
	int32		first;			/* bucket of the first counter */
	int32		size;			/* counters; 0: not counting yet */
	uint32	   *counters;
	uint32	   *carried;		/* NULL: nothing was */
	int64		zeros;			/* the first bucket's, apart from the array */
	uint8		unit;
	MemoryContext context;
} Histogram;

/* The indexes of a window in one direction: each with a more extreme value. */
typedef struct Extremes
{
	int64	   *indexes;		/* of durations, modulo the capacity */
	int64		head;			/* the oldest, which is the most extreme */
	int64		tail;			/* behind the newest */
} Extremes;

/* What a moving aggregate keeps beside the counters. */
typedef struct Window
{
	Histogram  *histogram;		/* counts from its first duration on */
	double	   *durations;		/* a ring */
	int64		capacity;		/* a power of two */
	int64		head;			/* number of the oldest */
	int64		tail;			/* number of the next to come */
	Extremes	least;
	Extremes	greatest;
} Window;

IETP_FUNCTION(duration_histogram_transition);
IETP_FUNCTION(duration_histogram_transition_interval);
IETP_FUNCTION(duration_histogram_merge_transition);
IETP_FUNCTION(duration_histogram_combine);
IETP_FUNCTION(duration_histogram_serialize);
IETP_FUNCTION(duration_histogram_final);
IETP_FUNCTION(duration_histogram_enter);
IETP_FUNCTION(duration_histogram_enter_interval);
IETP_FUNCTION(duration_histogram_leave);
IETP_FUNCTION(duration_histogram_leave_interval);
IETP_FUNCTION(duration_histogram_window);
IETP_FUNCTION(duration_histogram_add);
IETP_FUNCTION(duration_histogram_subtract);
IETP_FUNCTION(histogram_percentile);
IETP_FUNCTION(histogram_percentiles);
IETP_FUNCTION(histogram_at_most);
IETP_FUNCTION(histogram_summary);
IETP_FUNCTION(histogram_buckets);

static bool
check_stored(const StoredState *stored)
{
	return ietp_histogram_valid(stored->words, STORED_STATE_WORDS(stored));
}

IETP_STORED_STATE(duration_histogram, STATE_HISTOGRAM, check_stored);


/* Counters */

static Histogram *
make_histogram(MemoryContext context, StateUnit unit)
{
	Histogram  *histogram = MemoryContextAllocZero(context,
												   sizeof(Histogram));

	histogram->min = get_float8_infinity();
	histogram->unit = unit;
	histogram->context = context;
	return histogram;
}

/* Moves counters into an array for "size" buckets from "first" on. */
static uint32 *
move_counters(const Histogram *histogram, const uint32 *counters,
			  int32 first, int32 size)
{
	uint32	   *moved = MemoryContextAllocZero(histogram->context,
											   size * sizeof(uint32));

	if (histogram->size > 0)
		memcpy(moved + (histogram->first - first), counters,
			   histogram->size * sizeof(uint32));
	return moved;
}

/*
 * Extends the counters so that there is one for each bucket between the two.
 */
static void
extend(Histogram *histogram, int32 least, int32 greatest)
{
	int32		slack = SLACK + histogram->size / 4;
	int32		first = Max(least - slack, 0);
	int32		end = Min(greatest + slack, IETP_BUCKETS);
	uint32	   *counters;

	if (histogram->size > 0)
	{
		/* The side that is wide enough stays as it is. */
		if (least >= histogram->first)
			first = histogram->first;
		if (greatest < histogram->first + histogram->size)
			end = histogram->first + histogram->size;
	}
	counters = move_counters(histogram, histogram->counters, first,
							 end - first);
	if (histogram->carried != NULL)
	{
		uint32	   *carried = move_counters(histogram, histogram->carried,
											first, end - first);

		pfree(histogram->carried);
		histogram->carried = carried;
	}
	if (histogram->counters != NULL)
		pfree(histogram->counters);
	histogram->counters = counters;
	histogram->first = first;
	histogram->size = end - first;
}

/* The number of the bucket's counter, which there is from now on. */
static inline int32
counter_of(Histogram *histogram, int32 bucket)
{
	if (unlikely((uint32) (bucket - histogram->first) >=
				 (uint32) histogram->size))
		extend(histogram, bucket, bucket + 1);
	return bucket - histogram->first;
}

static int64
get_count(const Histogram *histogram, int32 bucket)
{
	int32		counter = bucket - histogram->first;
	int64		carried = 0;

	if (bucket == 0)
		return histogram->zeros;
	if (counter < 0 || counter >= histogram->size)
		return 0;
	if (histogram->carried != NULL)
		carried = (int64) histogram->carried[counter] << 32;
	return carried + histogram->counters[counter];
}

static void
set_count(Histogram *histogram, int32 bucket, int64 count)
{
	int32		counter;

	if (count > IETP_BUCKET_COUNT_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_STATE_TOO_LARGE),
				 errmsg("too many durations for one histogram")));
	if (bucket == 0)
	{
		histogram->zeros = count;
		return;
	}
	counter = counter_of(histogram, bucket);
	histogram->counters[counter] = (uint32) count;
	if (count > PG_UINT32_MAX && histogram->carried == NULL)
		histogram->carried = MemoryContextAllocZero(histogram->context,
													histogram->size *
													sizeof(uint32));
	if (histogram->carried != NULL)
		histogram->carried[counter] = (uint32) (count >> 32);
}

static inline void
count_one(Histogram *histogram, double duration)
{
	int32		bucket = ietp_bucket_of(duration);
	int32		counter;

	if (unlikely(bucket == 0))
	{
		histogram->zeros++;
		return;
	}
	counter = counter_of(histogram, bucket);
	if (likely(histogram->counters[counter] != PG_UINT32_MAX))
		histogram->counters[counter]++;
	else
		set_count(histogram, bucket, get_count(histogram, bucket) + 1);
}

/* Takes in the extremes and the sum of the values that are pending. */
static void
sum_up_pending(Histogram *histogram)
{
	for (int i = 0; i < histogram->pending; i++)
	{
		double		value = histogram->values[i];

		histogram->min = Min(histogram->min, value);
		histogram->max = Max(histogram->max, value);
	}
	ietp_sum_add_all(&histogram->sum, histogram->values, histogram->pending);
	histogram->count += histogram->pending;
}

/* Makes the first counters, where there are none. */
static void
begin_counting(Histogram *histogram)
{
	int32		least = IETP_BUCKETS;
	int32		greatest = 0;

	if (histogram->size > 0)
		return;
	for (int i = 0; i < histogram->pending; i++)
	{
		int32		bucket = ietp_bucket_of(histogram->values[i]);

		if (bucket == 0)
			continue;
		least = Min(least, bucket);
		greatest = Max(greatest, bucket);
	}
	if (least > greatest)
		least = greatest = ietp_bucket_of(1);
	extend(histogram, least, greatest + 1);
}

/* Counts what is pending; from then on the durations are not known singly. */
static void
count_pending(Histogram *histogram)
{
	begin_counting(histogram);
	sum_up_pending(histogram);
	for (int i = 0; i < histogram->pending; i++)
		count_one(histogram, histogram->values[i]);
	histogram->pending = 0;
}

/* Makes room for a further value. */
static void
make_room(Histogram *histogram)
{
	if (histogram->room == IETP_HISTOGRAM_FEW)
		count_pending(histogram);
	else if (histogram->room == 0)
	{
		histogram->room = 8;
		histogram->values = MemoryContextAlloc(histogram->context,
											   histogram->room *
											   sizeof(double));
	}
	else
	{
		histogram->room *= 2;
		histogram->values = repalloc(histogram->values,
									 histogram->room * sizeof(double));
	}
}

static inline void
add_duration(Histogram *histogram, double duration)
{
	if (unlikely(histogram->pending == histogram->room))
		make_room(histogram);
	histogram->values[histogram->pending++] = duration;
}

/* What a histogram says of itself, but for the items. */
static void
describe(const Histogram *histogram, IetpHistogram *header)
{
	header->count = histogram->count;
	header->min = histogram->min;
	header->max = histogram->max;
	header->sum = histogram->sum.value;
	header->rest = histogram->sum.rest;
	header->bucketed = histogram->size > 0;
}


/* Stored histograms */

static int64
count_buckets(const Histogram *histogram)
{
	int64		buckets = histogram->zeros > 0;

	for (int32 i = 0; i < histogram->size; i++)
		if (get_count(histogram, histogram->first + i) > 0 &&
			histogram->first + i > 0)
			buckets++;
	return buckets;
}

static StoredState *
store_buckets(const Histogram *histogram)
{
	StoredState *stored = ietp_make_stored(STATE_HISTOGRAM, histogram->unit,
										   IETP_HISTOGRAM_HEADER +
										   count_buckets(histogram));
	uint64	   *word = stored->words + IETP_HISTOGRAM_HEADER;

	if (histogram->zeros > 0)
		*word++ = ietp_bucket_word(0, histogram->zeros);
	for (int32 i = 0; i < histogram->size; i++)
	{
		int64		count = get_count(histogram, histogram->first + i);

		if (count > 0 && histogram->first + i > 0)
			*word++ = ietp_bucket_word(histogram->first + i, count);
	}
	return stored;
}

/*
 * Durations as they are, of which there are few.  What the header says is
 * found from them in their order, so that the same durations are stored in the
 * same bytes.
 */
static StoredState *
store_values(const double *values, int count, StateUnit unit,
			 IetpHistogram *header)
{
	StoredState *stored = ietp_make_stored(STATE_HISTOGRAM, unit,
										   IETP_HISTOGRAM_HEADER + count);
	uint64		scratch[IETP_HISTOGRAM_FEW];
	uint64	   *words = stored->words + IETP_HISTOGRAM_HEADER;
	Histogram	sorted = {0};

	for (int i = 0; i < count; i++)
		words[i] = ietp_bits_of(values[i]);
	ietp_sort_keys(words, scratch, count, ietp_pause);
	sorted.values = (double *) words;
	sorted.pending = count;
	sorted.min = get_float8_infinity();
	sum_up_pending(&sorted);
	describe(&sorted, header);
	return stored;
}

static void
check_sum(const IetpHistogram *header)
{
	if (!isfinite(header->sum))
		ereport(ERROR,
				(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
				 errmsg("sum of the durations is out of range")));
}

static StoredState *
store(Histogram *histogram)
{
	IetpHistogram header;
	StoredState *stored;

	if (histogram->size > 0)
	{
		count_pending(histogram);
		describe(histogram, &header);
		stored = store_buckets(histogram);
	}
	else
		stored = store_values(histogram->values, histogram->pending,
							  histogram->unit, &header);
	check_sum(&header);
	ietp_histogram_write(&header, stored->words);
	return stored;
}

static void
read_stored(const StoredState *stored, IetpHistogram *histogram)
{
	ietp_histogram_read(stored->words, STORED_STATE_WORDS(stored), histogram);
}

/* Adds what a stored histogram has counted. */
static void
add_stored(Histogram *histogram, const StoredState *stored)
{
	IetpHistogram other;
	IetpSum		sum = {0};

	ietp_check_unit(histogram->unit, stored->unit);
	read_stored(stored, &other);
	if (!other.bucketed)
	{
		for (int64 i = 0; i < other.nitems; i++)
			add_duration(histogram, ietp_double_of(other.items[i]));
		return;
	}
	count_pending(histogram);
	for (int64 i = 0; i < other.nitems; i++)
	{
		int32		bucket = ietp_word_bucket(other.items[i]);

		set_count(histogram, bucket, get_count(histogram, bucket) +
				  ietp_word_count(other.items[i]));
	}
	histogram->count += other.count;
	histogram->min = Min(histogram->min, other.min);
	histogram->max = Max(histogram->max, other.max);
	sum.value = other.sum;
	sum.rest = other.rest;
	ietp_sum_merge(&histogram->sum, &sum);
}

static const StoredState *
stored_arg(FunctionCallInfo fcinfo, int argno)
{
	return STORED_STATE_ARG(argno);
}


/* The aggregate */

static Histogram *
state_arg(FunctionCallInfo fcinfo, StateUnit unit)
{
	if (!PG_ARGISNULL(0))
		return (Histogram *) PG_GETARG_POINTER(0);
	return make_histogram(ietp_aggregate_context(fcinfo), unit);
}

/* The state as it was, before anything was counted perhaps none. */
static Datum
same_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(PG_GETARG_POINTER(0));
}

static inline Datum
add_row(FunctionCallInfo fcinfo, StateUnit unit)
{
	Histogram  *histogram;

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	histogram = state_arg(fcinfo, unit);
	add_duration(histogram, ietp_duration_arg(fcinfo, 1, unit));
	PG_RETURN_POINTER(histogram);
}

/*
 * ietp.duration_histogram_transition(internal, double precision)
 */
Datum
ietp_duration_histogram_transition(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, UNIT_NONE);
}

Datum
ietp_duration_histogram_transition_interval(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, UNIT_MICROSECOND);
}

/*
 * ietp.duration_histogram_merge_transition(internal, duration_histogram)
 */
Datum
ietp_duration_histogram_merge_transition(PG_FUNCTION_ARGS)
{
	const StoredState *stored;
	Histogram  *histogram;

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	stored = stored_arg(fcinfo, 1);
	histogram = state_arg(fcinfo, stored->unit);
	add_stored(histogram, stored);
	PG_RETURN_POINTER(histogram);
}

/*
 * ietp.duration_histogram_serialize(internal) - between processes a state
 * travels stored
 */
Datum
ietp_duration_histogram_serialize(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(store((Histogram *) PG_GETARG_POINTER(0)));
}

/*
 * ietp.duration_histogram_combine(internal, internal) - the second one is as
 * message_deserialize() leaves it
 */
Datum
ietp_duration_histogram_combine(PG_FUNCTION_ARGS)
{
	const StoredState *stored;
	Histogram  *histogram;

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	stored = (StoredState *) PG_GETARG_POINTER(1);
	histogram = state_arg(fcinfo, stored->unit);
	add_stored(histogram, stored);
	PG_RETURN_POINTER(histogram);
}

/*
 * ietp.duration_histogram_final(internal)
 */
Datum
ietp_duration_histogram_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(store((Histogram *) PG_GETARG_POINTER(0)));
}


/* Moving windows */

#define RING(window, number)	((number) & ((window)->capacity - 1))

static double
duration_at(const Window *window, int64 number)
{
	return window->durations[RING(window, number)];
}

static Window *
make_window(FunctionCallInfo fcinfo, StateUnit unit)
{
	MemoryContext context = ietp_aggregate_context(fcinfo);
	Window	   *window;

	window = MemoryContextAllocZero(context, sizeof(Window));
	window->histogram = make_histogram(context, unit);
	begin_counting(window->histogram);
	window->capacity = 64;
	window->durations = MemoryContextAlloc(context, 64 * sizeof(double));
	window->least.indexes = MemoryContextAlloc(context, 64 * sizeof(int64));
	window->greatest.indexes = MemoryContextAlloc(context,
												  64 * sizeof(int64));
	return window;
}

/* Doubles a ring of words, each of which keeps its number. */
static void *
double_ring(const Window *window, void *ring, int64 head, int64 tail)
{
	uint64	   *old = ring;
	uint64	   *grown = MemoryContextAllocHuge(window->histogram->context,
											   2 * window->capacity *
											   sizeof(uint64));

	for (int64 number = head; number < tail; number++)
		grown[number & (2 * window->capacity - 1)] =
			old[RING(window, number)];
	pfree(ring);
	return grown;
}

static void
grow_window(Window *window)
{
	window->durations = double_ring(window, window->durations, window->head,
									window->tail);
	window->least.indexes = double_ring(window, window->least.indexes,
										window->least.head,
										window->least.tail);
	window->greatest.indexes = double_ring(window, window->greatest.indexes,
										   window->greatest.head,
										   window->greatest.tail);
	window->capacity *= 2;
}

/*
 * Enters the newest duration among the extremes, whose older ones that are
 * less extreme can never count again.  "sign" is 1 for the least, -1 for the
 * greatest.
 */
static void
enter_extremes(const Window *window, Extremes *extremes, int sign)
{
	double		duration = sign * duration_at(window, window->tail - 1);

	while (extremes->tail > extremes->head &&
		   sign * duration_at(window,
							  extremes->indexes[RING(window,
													 extremes->tail - 1)]) >=
		   duration)
		extremes->tail--;
	extremes->indexes[RING(window, extremes->tail++)] = window->tail - 1;
}

/* The oldest duration, whose number this was, has left. */
static void
leave_extremes(const Window *window, Extremes *extremes, int64 number)
{
	if (extremes->indexes[RING(window, extremes->head)] == number)
		extremes->head++;
}

static Datum
enter_row(FunctionCallInfo fcinfo, StateUnit unit)
{
	Window	   *window;
	double		duration;

	/* PostgreSQL takes no NULL from the transition of a moving aggregate. */
	window = PG_ARGISNULL(0) ? make_window(fcinfo, unit) :
		(Window *) PG_GETARG_POINTER(0);
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(window);
	duration = ietp_duration_arg(fcinfo, 1, unit);
	if (window->tail - window->head == window->capacity)
		grow_window(window);
	window->durations[RING(window, window->tail++)] = duration;
	enter_extremes(window, &window->least, 1);
	enter_extremes(window, &window->greatest, -1);
	count_one(window->histogram, duration);
	ietp_sum_add(&window->histogram->sum, duration);
	PG_RETURN_POINTER(window);
}

/* Adds up what is in the window, where taking away has cost precision. */
static void
sum_up(Window *window)
{
	IetpSum		sum = {0};

	for (int64 number = window->head; number < window->tail; number++)
		ietp_sum_add(&sum, duration_at(window, number));
	window->histogram->sum = sum;
}

/* PostgreSQL has rows leave in the order in which they entered. */
static Datum
leave_row(FunctionCallInfo fcinfo, StateUnit unit)
{
	Window	   *window = (Window *) PG_GETARG_POINTER(0);
	Histogram  *histogram = window->histogram;
	double		duration;
	int32		bucket;

	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(window);
	duration = ietp_duration_arg(fcinfo, 1, unit);
	if (window->head == window->tail ||
		duration_at(window, window->head) != duration)
		elog(ERROR, "a row leaves the window that did not enter it first");
	leave_extremes(window, &window->least, window->head);
	leave_extremes(window, &window->greatest, window->head);
	window->head++;
	bucket = ietp_bucket_of(duration);
	set_count(histogram, bucket, get_count(histogram, bucket) - 1);
	if (!ietp_sum_remove(&histogram->sum, duration))
		sum_up(window);
	PG_RETURN_POINTER(window);
}

/*
 * ietp.duration_histogram_enter(internal, double precision)
 */
Datum
ietp_duration_histogram_enter(PG_FUNCTION_ARGS)
{
	return enter_row(fcinfo, UNIT_NONE);
}

Datum
ietp_duration_histogram_enter_interval(PG_FUNCTION_ARGS)
{
	return enter_row(fcinfo, UNIT_MICROSECOND);
}

/*
 * ietp.duration_histogram_leave(internal, double precision)
 */
Datum
ietp_duration_histogram_leave(PG_FUNCTION_ARGS)
{
	return leave_row(fcinfo, UNIT_NONE);
}

Datum
ietp_duration_histogram_leave_interval(PG_FUNCTION_ARGS)
{
	return leave_row(fcinfo, UNIT_MICROSECOND);
}

/* The few durations of a window. */
static StoredState *
store_few(const Window *window, IetpHistogram *header)
{
	double		values[IETP_HISTOGRAM_FEW];
	int			count = (int) (window->tail - window->head);

	for (int i = 0; i < count; i++)
		values[i] = duration_at(window, window->head + i);
	return store_values(values, count, window->histogram->unit, header);
}

/* The many durations of a window. */
static StoredState *
store_many(const Window *window, IetpHistogram *header)
{
	const int64 *least = window->least.indexes;
	const int64 *greatest = window->greatest.indexes;

	describe(window->histogram, header);
	header->count = window->tail - window->head;
	header->min = duration_at(window, least[RING(window,
												 window->least.head)]);
	header->max = duration_at(window, greatest[RING(window,
													window->greatest.head)]);
	return store_buckets(window->histogram);
}

/*
 * ietp.duration_histogram_window(internal) - the histogram of the window
 */
Datum
ietp_duration_histogram_window(PG_FUNCTION_ARGS)
{
	const Window *window;
	IetpHistogram header;
	StoredState *stored;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	window = (Window *) PG_GETARG_POINTER(0);
	if (window->tail == window->head)
		PG_RETURN_NULL();
	if (window->tail - window->head <= IETP_HISTOGRAM_FEW)
		stored = store_few(window, &header);
	else
		stored = store_many(window, &header);
	check_sum(&header);
	ietp_histogram_write(&header, stored->words);
	PG_RETURN_POINTER(stored);
}


/* Operators */

static Histogram *
load(const StoredState *stored)
{
	Histogram  *histogram = make_histogram(CurrentMemoryContext,
										   stored->unit);

	add_stored(histogram, stored);
	return histogram;
}

/*
 * duration_histogram + duration_histogram
 */
Datum
ietp_duration_histogram_add(PG_FUNCTION_ARGS)
{
	Histogram  *histogram = load(stored_arg(fcinfo, 0));

	add_stored(histogram, stored_arg(fcinfo, 1));
	PG_RETURN_POINTER(store(histogram));
}

static void
refuse_subtraction(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_VALUE_OUT_OF_RANGE),
			 errmsg("histogram to be subtracted is not part of the other one")));
}

/* Takes so many durations out of a bucket. */
static void
take_count(Histogram *histogram, int32 bucket, int64 count)
{
	int64		there = get_count(histogram, bucket);

	if (count > there)
		refuse_subtraction();
	set_count(histogram, bucket, there - count);
}

/* Takes out durations that both have as they are; the values are sorted. */
static Histogram *
subtract_values(const StoredState *stored, const IetpHistogram *from,
				const IetpHistogram *other)
{
	Histogram  *left = make_histogram(CurrentMemoryContext, stored->unit);
	int64		taken = 0;

	for (int64 i = 0; i < from->nitems; i++)
	{
		if (taken < other->nitems && other->items[taken] == from->items[i])
			taken++;
		else
			add_duration(left, ietp_double_of(from->items[i]));
	}
	if (taken < other->nitems)
		refuse_subtraction();
	return left;
}

/*
 * What is left of a sum by subtraction may have lost all its digits, but lies
 * between so many times the least and the greatest.
 */
static void
bound_sum(Histogram *histogram)
{
	double		least = histogram->count * histogram->min;
	double		greatest = histogram->count * histogram->max;

	if (histogram->sum.value >= least && histogram->sum.value <= greatest)
		return;
	histogram->sum.value = histogram->sum.value < least ? least : greatest;
	histogram->sum.rest = 0;
}

/*
 * The least and the greatest that are left are known as their buckets are, and
 * by what they were before.
 */
static void
bound_extremes(Histogram *histogram)
{
	int32		least = -1;
	int32		greatest = -1;

	if (histogram->zeros > 0)
		least = greatest = 0;
	for (int32 i = 0; i < histogram->size; i++)
	{
		int32		bucket = histogram->first + i;

		if (bucket == 0 || get_count(histogram, bucket) == 0)
			continue;
		if (least < 0)
			least = bucket;
		greatest = bucket;
	}
	histogram->min = Max(histogram->min, ietp_bucket_lower(least));
	histogram->max = Min(histogram->max,
						 ietp_double_of(ietp_bits_of(ietp_bucket_upper(greatest)) - 1));
	bound_sum(histogram);
}

/* Takes another histogram out of one that counts. */
static void
subtract_counts(Histogram *histogram, const IetpHistogram *other)
{
	for (int64 i = 0; i < other->nitems; i++)
	{
		uint64		item = other->items[i];

		if (other->bucketed)
			take_count(histogram, ietp_word_bucket(item),
					   ietp_word_count(item));
		else
			take_count(histogram, ietp_bucket_of(ietp_double_of(item)), 1);
	}
	histogram->count -= other->count;
	/* There is nothing to add up again where this costs precision. */
	(void) ietp_sum_remove(&histogram->sum, other->sum);
	(void) ietp_sum_remove(&histogram->sum, other->rest);
}

/*
 * duration_histogram - duration_histogram
 */
Datum
ietp_duration_histogram_subtract(PG_FUNCTION_ARGS)
{
	const StoredState *stored = stored_arg(fcinfo, 0);
	const StoredState *other = stored_arg(fcinfo, 1);
	IetpHistogram a;
	IetpHistogram b;
	Histogram  *histogram;

	ietp_check_unit(stored->unit, other->unit);
	read_stored(stored, &a);
	read_stored(other, &b);
	if (!a.bucketed && !b.bucketed)
		PG_RETURN_POINTER(store(subtract_values(stored, &a, &b)));
	histogram = load(stored);
	count_pending(histogram);
	subtract_counts(histogram, &b);
	if (histogram->count == 0)
		histogram = make_histogram(CurrentMemoryContext, stored->unit);
	else
		bound_extremes(histogram);
	PG_RETURN_POINTER(store(histogram));
}


/* What is asked of it */

static double
percentile_of(const StoredState *stored, double p)
{
	IetpHistogram histogram;

	ietp_check_percentile(p);
	read_stored(stored, &histogram);
	return ietp_from_unit(stored, ietp_histogram_quantile(&histogram, p));
}

/*
 * ietp.histogram_percentile(duration_histogram, double precision)
 */
Datum
ietp_histogram_percentile(PG_FUNCTION_ARGS)
{
	double		percentile = percentile_of(stored_arg(fcinfo, 0),
										   PG_GETARG_FLOAT8(1));

	if (isnan(percentile))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(percentile);
}

/*
 * ietp.histogram_percentiles(duration_histogram, double precision[])
 */
Datum
ietp_histogram_percentiles(PG_FUNCTION_ARGS)
{
	return ietp_quantiles(stored_arg(fcinfo, 0), PG_GETARG_ARRAYTYPE_P(1),
						  percentile_of);
}

/*
 * ietp.histogram_at_most(duration_histogram, double precision)
 */
Datum
ietp_histogram_at_most(PG_FUNCTION_ARGS)
{
	const StoredState *stored = stored_arg(fcinfo, 0);
	double		duration = PG_GETARG_FLOAT8(1);
	IetpHistogram histogram;
	double		proportion;

	if (isnan(duration))
		ietp_refuse_duration();
	if (stored->unit == UNIT_MICROSECOND)
		duration *= USECS_PER_SEC;
	read_stored(stored, &histogram);
	proportion = ietp_histogram_proportion(&histogram, duration);
	if (isnan(proportion))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(proportion);
}

/*
 * ietp.histogram_summary(duration_histogram)
 */
Datum
ietp_histogram_summary(PG_FUNCTION_ARGS)
{
	const StoredState *stored = stored_arg(fcinfo, 0);
	IetpHistogram histogram;
	Datum		values[6];
	bool		nulls[6] = {false};

	read_stored(stored, &histogram);
	values[0] = Int64GetDatum(histogram.count);
	values[1] = Float8GetDatum(ietp_from_unit(stored, histogram.sum));
	values[2] = Float8GetDatum(ietp_from_unit(stored, histogram.sum /
											  histogram.count));
	values[3] = Float8GetDatum(ietp_from_unit(stored, histogram.min));
	values[4] = Float8GetDatum(ietp_from_unit(stored, histogram.max));
	values[5] = BoolGetDatum(!histogram.bucketed);
	nulls[2] = nulls[3] = nulls[4] = histogram.count == 0;
	return ietp_form_row(fcinfo, values, nulls);
}

/*
 * ietp.histogram_buckets(duration_histogram)
 */
Datum
ietp_histogram_buckets(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const StoredState *stored = stored_arg(fcinfo, 0);
	IetpHistogram histogram;

	InitMaterializedSRF(fcinfo, 0);
	read_stored(stored, &histogram);
	for (int64 i = 0; i < histogram.nitems; i++)
	{
		uint64		item = histogram.items[i];
		int32		bucket = histogram.bucketed ? ietp_word_bucket(item) :
		ietp_bucket_of(ietp_double_of(item));
		Datum		values[3];
		bool		nulls[3] = {false};
		int64		count = histogram.bucketed ? ietp_word_count(item) : 1;

		/* Durations that are known one by one, but share a bucket. */
		while (!histogram.bucketed && i + 1 < histogram.nitems &&
			   ietp_bucket_of(ietp_double_of(histogram.items[i + 1])) ==
			   bucket)
		{
			count++;
			i++;
		}
		values[0] = Float8GetDatum(ietp_from_unit(stored,
												  ietp_bucket_lower(bucket)));
		values[1] = Float8GetDatum(ietp_from_unit(stored,
												  ietp_bucket_upper(bucket)));
		values[2] = Int64GetDatum(count);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
	return (Datum) 0;
}
