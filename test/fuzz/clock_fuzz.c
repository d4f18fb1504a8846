/*-------------------------------------------------------------------------
 *
 * clock_fuzz.c
 *		Any signs at all, to core/clock.c.
 *
 * Runs must come in order, begin and end at signs that do that, and their
 * pauses must be in order, apart from each other and within them.  A slow
 * clock that looks at every sign again tells whether it ran, and was paused,
 * after each of them.
 *
 * IDENTIFICATION
 *		test/fuzz/clock_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define MAX_SIGNS 64

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

/* Does it run after the first "count" signs? */
static bool
runs_after(const uint8_t *effects, int count)
{
	for (int i = count - 1; i >= 0; i--)
	{
		if (effects[i] & (CLOCK_START | CLOCK_RESET))
			return true;
		if (effects[i] & (CLOCK_STOP | CLOCK_CANCEL))
			return false;
	}
	return false;
}

static bool
paused_after(const uint8_t *effects, int count)
{
	for (int i = count - 1; i >= 0; i--)
	{
		if (effects[i] & (CLOCK_PAUSE | CLOCK_RESUME))
			return (effects[i] & CLOCK_PAUSE) != 0;
	}
	return false;
}

static void
check_run(const ClockRun *run, const ClockRun *last, const int64_t *at,
		  const uint8_t *effects, int count)
{
	require(run->began_by >= 0 && run->began_by < count);
	require(run->began_at == at[run->began_by]);
	require(effects[run->began_by] & (CLOCK_START | CLOCK_RESET));
	require(last == NULL || run->began_by >= last->ended_by);
	if (run->ended_by < 0)
	{
		require(run->ended_at == CLOCK_OPEN && !run->kept);
		require(runs_after(effects, count));
		return;
	}
	require(run->ended_by < count && run->ended_by > run->began_by);
	require(run->ended_at == at[run->ended_by]);
	require(run->kept == ((effects[run->ended_by] & CLOCK_STOP) != 0));
	for (int i = run->began_by + 1; i < run->ended_by; i++)
		require((effects[i] & (CLOCK_STOP | CLOCK_CANCEL | CLOCK_RESET)) == 0);
}

static void
check_pauses(const ClockRun *run, const ClockPause *pauses,
			 const uint8_t *effects, int count)
{
	int64_t		last = run->began_at;

	for (int i = 0; i < run->pause_count; i++)
	{
		require(pauses[i].from >= last && pauses[i].until > pauses[i].from);
		require(pauses[i].until <= run->ended_at);
		last = pauses[i].until;
	}
	if (run->ended_by < 0)
		require(paused_after(effects, count) ==
				(run->pause_count > 0 && last == CLOCK_OPEN));
}

/* The effects without the cancels that a later sign takes back. */
static void
take_back(uint8_t *effects, int count)
{
	bool		taken_back = false;

	for (int i = count - 1; i >= 0; i--)
	{
		uint8_t		effect = effects[i];

		if (taken_back &&
			(effect & (CLOCK_START | CLOCK_STOP | CLOCK_RESET)) == 0)
			effects[i] &= ~CLOCK_CANCEL;
		if (effect & CLOCK_REVIVE)
			taken_back = true;
		else if (effect & (CLOCK_START | CLOCK_RESET))
			taken_back = false;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t		at[MAX_SIGNS];
	uint8_t		effects[MAX_SIGNS];
	uint8_t		plain[MAX_SIGNS];
	ClockPause	pauses[MAX_SIGNS + 1];
	int			count = size / 2 < MAX_SIGNS ? (int) (size / 2) : MAX_SIGNS;
	Clock		clock;
	ClockRun	run;
	ClockRun	last;
	int			runs = 0;

	for (int i = 0; i < count; i++)
	{
		effects[i] = data[2 * i] & CLOCK_ALL;
		at[i] = (i == 0 ? 0 : at[i - 1]) + data[2 * i + 1] % 3;
	}
	memcpy(plain, effects, sizeof(effects));
	take_back(plain, count);
	ietp_clock_start(&clock, at, effects, count, pauses);
	while (ietp_clock_next(&clock, &run))
	{
		check_run(&run, runs > 0 ? &last : NULL, at, plain, count);
		check_pauses(&run, pauses, plain, count);
		last = run;
		require(++runs <= count);
	}
	require(runs_after(plain, count) == (runs > 0 && last.ended_by < 0));
	return 0;
}
