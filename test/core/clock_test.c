/*-------------------------------------------------------------------------
 *
 * clock_test.c
 *		Runs and pauses of made-up signs, told by hand.
 *
 * A sign is written as its time, a digit, and letters: s start, k stop (kept),
 * c cancel, r reset, p pause, u resume.
 *
 * IDENTIFICATION
 *		test/core/clock_test.c
 *
 *-------------------------------------------------------------------------
 */
#include "check.h"
#include "clock.h"

#define MAX_SIGNS 20

static uint8_t
effect_of(char letter)
{
	switch (letter)
	{
		case 's':
			return CLOCK_START;
		case 'k':
			return CLOCK_STOP;
		case 'c':
			return CLOCK_CANCEL;
		case 'r':
			return CLOCK_RESET;
		case 'p':
			return CLOCK_PAUSE;
		case 'v':
			return CLOCK_REVIVE;
		default:
			return CLOCK_RESUME;
	}
}

static int
read_signs(const char *signs, int64_t *at, uint8_t *effects)
{
	int			count = 0;

	for (; *signs != '\0'; signs++)
	{
		if (*signs >= '0' && *signs <= '9')
		{
			at[count] = *signs - '0';
			effects[count++] = 0;
		}
		else if (*signs != ' ')
			effects[count - 1] |= effect_of(*signs);
	}
	return count;
}

static int
append_time(char *out, int64_t at)
{
	return at == CLOCK_OPEN ? sprintf(out, "-") :
		sprintf(out, "%d", (int) at);
}

/* Runs as "1-3k(2-3)": from, to, whether it was kept, and pauses. */
static const char *
runs_of(const char *signs)
{
	static char text[400];
	int64_t		at[MAX_SIGNS];
	uint8_t		effects[MAX_SIGNS];
	ClockPause	pauses[MAX_SIGNS + 1];
	char	   *out = text;
	Clock		clock;
	ClockRun	run;

	*out = '\0';
	ietp_clock_start(&clock, at, effects, read_signs(signs, at, effects),
					 pauses);
	while (ietp_clock_next(&clock, &run))
	{
		out += sprintf(out, "%s%d.", out == text ? "" : " ",
					   (int) run.began_at);
		out += append_time(out, run.ended_at);
		out += sprintf(out, "%s", run.kept ? "k" : "");
		for (int i = 0; i < run.pause_count; i++)
		{
			out += sprintf(out, "(%d.", (int) pauses[i].from);
			out += append_time(out, pauses[i].until);
			out += sprintf(out, ")");
		}
	}
	return text;
}

int
main(void)
{
	/* Starting and ending */
	CHECK_TEXT(runs_of(""), "");
	CHECK_TEXT(runs_of("1k 2c 3p 4u"), "");
	CHECK_TEXT(runs_of("1s"), "1.-");
	CHECK_TEXT(runs_of("1s 2s 3k"), "1.3k");
	CHECK_TEXT(runs_of("1s 2c 3k"), "1.2");
	CHECK_TEXT(runs_of("1k 2s 3k 4k 5s"), "2.3k 5.-");
	CHECK_TEXT(runs_of("1s 2k 3k 4s 5s 6c"), "1.2k 4.6");
	CHECK_TEXT(runs_of("1s 1k"), "1.1k");
	/* Stop and cancel at once: it was kept. */
	CHECK_TEXT(runs_of("1s 2kc"), "1.2k");

	/* Beginning anew */
	CHECK_TEXT(runs_of("1r"), "1.-");
	CHECK_TEXT(runs_of("1s 2r 3r 4k"), "1.2 2.3 3.4k");
	CHECK_TEXT(runs_of("1s 2kr 3kr"), "1.2k 2.3k 3.-");
	CHECK_TEXT(runs_of("1s 2ks 3k"), "1.2k 2.3k");
	CHECK_TEXT(runs_of("1sk 2sk 3s"), "1.2k 2.-");

	/* Pauses */
	CHECK_TEXT(runs_of("1s 2p 3u 4p 5u 6k"), "1.6k(2.3)(4.5)");
	CHECK_TEXT(runs_of("1s 2p 3p 4u 5u"), "1.-(2.4)");
	CHECK_TEXT(runs_of("1s 2p"), "1.-(2.-)");
	CHECK_TEXT(runs_of("1s 2p 4k"), "1.4k(2.4)");
	CHECK_TEXT(runs_of("1s 2p 2u 3k"), "1.3k");
	CHECK_TEXT(runs_of("1s 2p 2k"), "1.2k");
	CHECK_TEXT(runs_of("1s 2pk"), "1.2k");
	CHECK_TEXT(runs_of("1p 2s 3u 4k"), "2.4k(2.3)");
	CHECK_TEXT(runs_of("1p 2s 2u 4k"), "2.4k");
	CHECK_TEXT(runs_of("1s 2p 3k 4s 5u 6k"), "1.3k(2.3) 4.6k(4.5)");
	CHECK_TEXT(runs_of("1s 2p 3r 4u"), "1.3(2.3) 3.-(3.4)");
	CHECK_TEXT(runs_of("1sp 2ur 3pr 4k"), "1.2(1.2) 2.3 3.4k(3.4)");
	/* Of both a sign pauses. */
	CHECK_TEXT(runs_of("1s 2pu 3u"), "1.-(2.3)");

	/* Taking back what cancelled */
	CHECK_TEXT(runs_of("1s 2c 3v"), "1.-");
	CHECK_TEXT(runs_of("1s 2c 3v 4k"), "1.4k");
	CHECK_TEXT(runs_of("1s 2c 3k 4v"), "1.3k");
	CHECK_TEXT(runs_of("1s 2c 3c 4v 5c"), "1.5");
	CHECK_TEXT(runs_of("1s 2c 3s 4v"), "1.2 3.-");
	CHECK_TEXT(runs_of("1s 2c 3r 4v"), "1.2 3.-");
	CHECK_TEXT(runs_of("1s 2kc 3v"), "1.2k");
	CHECK_TEXT(runs_of("1s 2k 3v"), "1.2k");
	CHECK_TEXT(runs_of("1v 2s 3c"), "2.3");
	CHECK_TEXT(runs_of("1s 2p 3c 4v 5u"), "1.-(2.5)");
	return check_done("clock");
}
