/*-------------------------------------------------------------------------
 *
 * clock.h
 *		A clock that signs start, pause and stop.
 *
 * IDENTIFICATION
 *		src/core/clock.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CLOCK_H
#define IETP_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* What a sign does to a clock; it may do several of these. */
#define CLOCK_START		1		/* starts, unless it runs */
#define CLOCK_STOP		2		/* ends the run: what was to be done is done */
#define CLOCK_CANCEL	4		/* ends the run for nothing */
#define CLOCK_RESET		8		/* ends the run, if any, and begins another */
#define CLOCK_PAUSE		16		/* time does not count from here */
#define CLOCK_RESUME	32		/* it counts again */
#define CLOCK_REVIVE	64		/* what was cancelled was not, unless it began
								 * anew */
#define CLOCK_ALL		127

/* Of a run, or a pause, that goes on. */
#define CLOCK_OPEN		INT64_MAX

typedef struct ClockPause
{
	int64_t		from;
	int64_t		until;			/* CLOCK_OPEN, or after "from" */
} ClockPause;

/* From one start of a clock to its end; signs are numbered from 0. */
typedef struct ClockRun
{
	int64_t		began_at;
	int64_t		ended_at;		/* CLOCK_OPEN while it runs */
	int			began_by;		/* place of the sign in the list */
	int			ended_by;		/* -1 while it runs */
	bool		kept;			/* ended by a stop */
	int			pause_count;
} ClockRun;

typedef struct Clock
{
	const int64_t *at;			/* times of the signs, in order */
	const uint8_t *effects;		/* what each of them does */
	int			count;
	int			next;			/* sign to be read */
	int			begins;			/* sign that begins a run which is due; -1 */
	bool		running;
	bool		halted;			/* paused, be it running or not */
	ClockRun	run;			/* that is under way */
	ClockPause *pauses;			/* of that run; room for count + 1 */
} Clock;

extern void ietp_clock_start(Clock *clock, const int64_t *at,
							 const uint8_t *effects, int count,
							 ClockPause *pauses);
extern bool ietp_clock_next(Clock *clock, ClockRun *run);

#endif							/* IETP_CLOCK_H */
