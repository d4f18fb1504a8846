/*-------------------------------------------------------------------------
 *
 * concurrency.c
 *		How many of a number of half-open spans of time run at once.
 *
 * Starts and ends are dealt out into slices of time of equal width, a few
 * thousand into each where they are spread evenly, and each slice is sorted
 * while it fits into the processor's cache.  A line sweeps over them: at a
 * moment at which some spans end and others begin, the number afterwards
 * counts, and none in between.
 *
 * IDENTIFICATION
 *		src/core/concurrency.c
 *
 *-------------------------------------------------------------------------
 */
#include "concurrency.h"

#define MOST_SLICES		2048

/* What is wanted of each slice. */
#define SLICE_KEYS		4096

/* Keys, sorted into slices of time, one behind the other. */
typedef struct Moments
{
	uint64_t   *keys;
	int64_t		ends[MOST_SLICES];	/* where each slice ends */
} Moments;

typedef struct Slices
{
	uint64_t	least;			/* key with which the first slice begins */
	int			shift;			/* each is 2^shift wide */
	int			number;
	Moments		starts;
	Moments		ends;			/* without those at IETP_NEVER */
} Slices;

/* The line, and what it has seen. */
typedef struct Sweep
{
	int64_t		running;
	uint64_t	moment;
	IetpConcurrency *result;
} Sweep;

/* Always is in the first slice, before all other keys. */
static int
slice_of(const Slices *slices, uint64_t key)
{
	return key == IETP_ALWAYS ? 0 :
		(int) ((key - slices->least) >> slices->shift);
}

/* Chooses slices that cover all moments but always and never. */
static void
choose_slices(Slices *slices, const IetpSpan *spans, int64_t count,
			  IetpPause pause)
{
	uint64_t	least = IETP_NEVER;
	uint64_t	greatest = IETP_ALWAYS;
	uint64_t	most = 1;

	for (int64_t i = 0; i < count; i++)
	{
		uint64_t	since = spans[i].since;
		uint64_t	until = spans[i].until;

		/* Of the moments of a span, the first is the less one. */
		since = since == IETP_ALWAYS ? until : since;
		until = until == IETP_NEVER ? spans[i].since : until;
		least = since < least ? since : least;
		greatest = until > greatest ? until : greatest;
		if (i % IETP_PAUSE_KEYS == 0)
			pause();
	}
	while (most < MOST_SLICES && (int64_t) most * SLICE_KEYS < count)
		most *= 2;
	slices->least = least;
	slices->shift = 0;
	slices->number = 1;
	if (least >= greatest)
		return;
	while (slices->shift < 63 &&
		   ((greatest - least) >> slices->shift) >= most)
		slices->shift++;
	slices->number = (int) ((greatest - least) >> slices->shift) + 1;
}

/* Turns counts of keys into the places at which the slices begin. */
static void
place_slices(Moments *moments, int number)
{
	int64_t		sum = 0;

	for (int slice = 0; slice < number; slice++)
	{
		int64_t		here = moments->ends[slice];

		moments->ends[slice] = sum;
		sum += here;
	}
}

static void
deal_out(Slices *slices, const IetpSpan *spans, int64_t count,
		 IetpPause pause)
{
	memset(slices->starts.ends, 0, slices->number * sizeof(int64_t));
	memset(slices->ends.ends, 0, slices->number * sizeof(int64_t));
	for (int64_t i = 0; i < count; i++)
	{
		slices->starts.ends[slice_of(slices, spans[i].since)]++;
		if (spans[i].until != IETP_NEVER)
			slices->ends.ends[slice_of(slices, spans[i].until)]++;
	}
	pause();
	place_slices(&slices->starts, slices->number);
	place_slices(&slices->ends, slices->number);
	for (int64_t i = 0; i < count; i++)
	{
		uint64_t	since = spans[i].since;
		uint64_t	until = spans[i].until;
		Moments    *to = &slices->starts;

		to->keys[to->ends[slice_of(slices, since)]++] = since;
		to = &slices->ends;
		if (until != IETP_NEVER)
			to->keys[to->ends[slice_of(slices, until)]++] = until;
		if (i % IETP_PAUSE_KEYS == 0)
			pause();
	}
}

/* Moves the line on to a moment from which on so many are running. */
static void
move_on(Sweep *sweep, uint64_t moment, int64_t running)
{
	IetpConcurrency *result = sweep->result;

	if (sweep->running > 0 && sweep->moment != IETP_ALWAYS)
		result->busy += moment - sweep->moment;
	if (running > result->peak)
	{
		result->peak = running;
		result->at = moment;
		result->until = IETP_NEVER;
	}
	else if (running < result->peak && result->until == IETP_NEVER)
		result->until = moment;
	sweep->running = running;
	sweep->moment = moment;
}

/* Moves the line over sorted starts and ends. */
static void
sweep_over(Sweep *sweep, const uint64_t *starts, int64_t nstarts,
		   const uint64_t *ends, int64_t nends)
{
	const uint64_t *last_start = starts + nstarts;
	const uint64_t *last_end = ends + nends;

	while (starts < last_start || ends < last_end)
	{
		uint64_t	start = starts < last_start ? *starts : IETP_NEVER;
		uint64_t	end = ends < last_end ? *ends : IETP_NEVER;
		uint64_t	moment = start < end ? start : end;
		int64_t		running = sweep->running;

		for (; ends < last_end && *ends == moment; ends++)
			running--;
		for (; starts < last_start && *starts == moment; starts++)
			running++;
		move_on(sweep, moment, running);
	}
}

void
ietp_measure_concurrency(const IetpSpan *spans, int64_t count,
						 uint64_t *scratch, IetpConcurrency *result,
						 IetpPause pause)
{
	Slices		slices;
	Sweep		sweep = {0, IETP_ALWAYS, result};
	int64_t		start = 0;
	int64_t		end = 0;

	result->peak = 0;
	result->at = result->until = IETP_NEVER;
	result->busy = 0;
	slices.starts.keys = scratch;
	slices.ends.keys = scratch + count;
	scratch += 2 * count;
	choose_slices(&slices, spans, count, pause);
	deal_out(&slices, spans, count, pause);
	for (int slice = 0; slice < slices.number; slice++)
	{
		uint64_t   *starts = slices.starts.keys + start;
		uint64_t   *ends = slices.ends.keys + end;
		int64_t		nstarts = slices.starts.ends[slice] - start;
		int64_t		nends = slices.ends.ends[slice] - end;

		ietp_sort_keys(starts, scratch, nstarts, pause);
		ietp_sort_keys(ends, scratch, nends, pause);
		sweep_over(&sweep, starts, nstarts, ends, nends);
		start += nstarts;
		end += nends;
		pause();
	}
}
