/*-------------------------------------------------------------------------
 *
 * check.h
 *		Checks for the unit tests of src/core.
 *
 * A test is one program: CHECK... as often as it likes, then
 * "return check_done("name");" at the end of main().  A failed check is
 * reported and counted, and the test goes on.
 *
 * IDENTIFICATION
 *		test/core/check.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CHECK_H
#define IETP_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* After this many reports we only count, so that loops stay readable. */
#define CHECK_MAX_REPORTS 20

static long check_count = 0;
static long check_failures = 0;

/* Counts a check; true where its failure has to be reported. */
static inline bool
check_failed(bool ok)
{
	check_count++;
	if (!ok)
		check_failures++;
	return !ok && check_failures <= CHECK_MAX_REPORTS;
}

static inline void
check_true(bool ok, const char *what, const char *file, int line)
{
	if (check_failed(ok))
		fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
}

static inline void
check_int(int64_t actual, int64_t expected, const char *what,
		  const char *file, int line)
{
	if (check_failed(actual == expected))
		fprintf(stderr, "%s:%d: %s is %" PRId64 ", not %" PRId64 "\n",
				file, line, what, actual, expected);
}

static inline void
check_text(const char *actual, const char *expected, const char *what,
		   const char *file, int line)
{
	if (check_failed(strcmp(actual, expected) == 0))
		fprintf(stderr, "%s:%d: %s is \"%s\", not \"%s\"\n",
				file, line, what, actual, expected);
}

#define CHECK(condition) \
	check_true((condition), #condition, __FILE__, __LINE__)
#define CHECK_INT(actual, expected) \
	check_int((actual), (expected), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) \
	check_text((actual), (expected), #actual, __FILE__, __LINE__)

/* Prints the sum; returns the exit status of the test. */
static inline int
check_done(const char *name)
{
	if (check_failures > 0)
	{
		fprintf(stderr, "core/%s: %ld of %ld checks failed\n",
				name, check_failures, check_count);
		return 1;
	}
	printf("core/%s: %ld checks passed\n", name, check_count);
	return 0;
}

#endif							/* IETP_CHECK_H */
