/*-------------------------------------------------------------------------
 *
 * contacts_fuzz.c
 *		Fuzzer of the sorting and counting of contacts.
 *
 * Contacts come out by caller and time, none lost, and what is counted is what
 * a look at each and its neighbour says.
 *
 * IDENTIFICATION
 *		test/fuzz/contacts_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "contacts.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static void
no_pause(void)
{
}

static int
compare_contacts(const void *a, const void *b)
{
	const IetpContact *x = a;
	const IetpContact *y = b;

	if (x->caller != y->caller)
		return x->caller < y->caller ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* Spreads a byte over all widths of numbers. */
static uint64_t
widen(uint8_t byte)
{
	return (uint64_t) (byte & 7) << (byte >> 3 << 1);
}

static void
follow(const IetpContact *contacts, int64_t count, uint64_t within)
{
	IetpFollowing following;
	int64_t		callers = 0;
	int64_t		repeats = 0;

	ietp_begin_contacts(&following, within, IETP_LATER);
	for (int64_t i = 0; i < count; i++)
	{
		bool		same = i > 0 &&
		contacts[i].caller == contacts[i - 1].caller;

		ietp_next_contact(&following, same, contacts[i].at);
		callers += !same;
		repeats += same && contacts[i].at - contacts[i - 1].at <= within;
	}
	require(following.contacts == count && following.callers == callers);
	require(following.repeats == repeats && following.followed == repeats);
	require(following.repeating <= callers && following.due == count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t		count = (int64_t) size / 2;
	IetpContact *contacts = malloc((3 * count + 1) * sizeof(IetpContact));
	IetpContact *expected = contacts + count;

	for (int64_t i = 0; i < count; i++)
	{
		contacts[i].caller = widen(data[2 * i]);
		contacts[i].at = widen(data[2 * i + 1]);
	}
	memcpy(expected, contacts, count * sizeof(IetpContact));
	qsort(expected, count, sizeof(IetpContact), compare_contacts);
	ietp_sort_contacts(contacts, expected + count, count, no_pause);
	require(memcmp(contacts, expected, count * sizeof(IetpContact)) == 0);
	if (count > 0)
		follow(contacts, count, widen(data[0]));
	free(contacts);
	return 0;
}
