/*-------------------------------------------------------------------------
 *
 * clock.c
 *		A clock that signs start, pause and stop.
 *
 * Signs are read in the order of time, and what one does depends on nothing
 * but whether the clock runs and whether it is paused.  A clock may be paused
 * while it stands still: a run that begins then begins paused.  Runs come one
 * after the other; the pauses of a run are those within it.
 *
 * IDENTIFICATION
 *		src/core/clock.c
 *
 *-------------------------------------------------------------------------
 */
#include "clock.h"

/* "pauses" has room for count + 1. */
void
ietp_clock_start(Clock *clock, const int64_t *at, const uint8_t *effects,
				 int count, ClockPause *pauses)
{
	clock->at = at;
	clock->effects = effects;
	clock->count = count;
	clock->next = 0;
	clock->begins = -1;
	clock->running = false;
	clock->halted = false;
	clock->pauses = pauses;
}

static void
open_pause(Clock *clock, int64_t at)
{
	ClockPause *pause = &clock->pauses[clock->run.pause_count++];

	pause->from = at;
	pause->until = CLOCK_OPEN;
}

/* One that took no time is none. */
static void
close_pause(Clock *clock, int64_t at)
{
	ClockPause *pause = &clock->pauses[clock->run.pause_count - 1];

	pause->until = at;
	if (pause->from == at)
		clock->run.pause_count--;
}

static void
begin_run(Clock *clock, int place)
{
	clock->running = true;
	clock->run.began_at = clock->at[place];
	clock->run.began_by = place;
	clock->run.pause_count = 0;
	if (clock->halted)
		open_pause(clock, clock->at[place]);
}

static void
end_run(Clock *clock, int place)
{
	clock->running = false;
	clock->run.ended_at = clock->at[place];
	clock->run.ended_by = place;
	clock->run.kept = (clock->effects[place] & CLOCK_STOP) != 0;
	if (clock->halted)
		close_pause(clock, clock->at[place]);
}

/* A sign that does both pauses. */
static void
halt(Clock *clock, int place)
{
	bool		halted = clock->halted;

	if (clock->effects[place] & CLOCK_PAUSE)
		clock->halted = true;
	else if (clock->effects[place] & CLOCK_RESUME)
		clock->halted = false;
	if (clock->halted == halted || !clock->running)
		return;
	if (clock->halted)
		open_pause(clock, clock->at[place]);
	else
		close_pause(clock, clock->at[place]);
}

/*
 * Does a later sign take back what cancels the run, before anything begins
 * another?
 */
static bool
is_taken_back(const Clock *clock, int place)
{
	if (clock->effects[place] & (CLOCK_STOP | CLOCK_RESET | CLOCK_START))
		return false;
	for (int i = place + 1; i < clock->count; i++)
	{
		if (clock->effects[i] & CLOCK_REVIVE)
			return true;
		if (clock->effects[i] & (CLOCK_START | CLOCK_RESET))
			return false;
	}
	return false;
}

/* Has a run ended?  One that begins then waits for its pauses to be read. */
static bool
read_sign(Clock *clock)
{
	int			place = clock->next++;
	uint8_t		effect = clock->effects[place];
	bool		ends = clock->running &&
	(effect & (CLOCK_STOP | CLOCK_CANCEL | CLOCK_RESET)) != 0 &&
	!((effect & CLOCK_CANCEL) != 0 && is_taken_back(clock, place));

	if (ends)
		end_run(clock, place);
	halt(clock, place);
	if ((effect & CLOCK_RESET) != 0 ||
		((effect & CLOCK_START) != 0 && !clock->running))
		clock->begins = place;
	return ends;
}

/*
 * The next run, of which the pauses are in clock->pauses until the next call;
 * false where there is none.
 */
bool
ietp_clock_next(Clock *clock, ClockRun *run)
{
	bool		ended = false;

	while (!ended && (clock->begins >= 0 || clock->next < clock->count))
	{
		if (clock->begins >= 0)
			begin_run(clock, clock->begins);
		clock->begins = -1;
		ended = clock->next < clock->count && read_sign(clock);
	}
	if (!ended)
	{
		if (!clock->running)
			return false;
		clock->running = false;
		clock->run.ended_at = CLOCK_OPEN;
		clock->run.ended_by = -1;
		clock->run.kept = false;
	}
	*run = clock->run;
	return true;
}
