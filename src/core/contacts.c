/*-------------------------------------------------------------------------
 *
 * contacts.c
 *		Which contacts were followed by another one of the same caller.
 *
 * IDENTIFICATION
 *		src/core/contacts.c
 *
 *-------------------------------------------------------------------------
 */
#include "contacts.h"

#define DIGIT_BITS		11
#define DIGITS			(1 << DIGIT_BITS)

/* So few contacts are sorted by insertion, and so few by merging. */
#define FEW				8
#define SOME			1024

void
ietp_begin_contacts(IetpFollowing *following, uint64_t within, uint64_t as_of)
{
	memset(following, 0, sizeof(IetpFollowing));
	following->within = within;
	following->as_of = as_of;
}

void
ietp_next_contact(IetpFollowing *following, bool same_caller, uint64_t at)
{
	uint64_t	within = following->within;
	uint64_t	as_of = following->as_of;

	following->contacts++;
	following->callers += !same_caller;
	following->has_repeated &= same_caller;
	if (same_caller && at - following->before <= within)
	{
		uint64_t	before = following->before;

		following->repeats++;
		following->repeating += !following->has_repeated;
		following->has_repeated = true;
		following->followed += as_of == IETP_LATER ||
			(before <= as_of && as_of - before >= within);
	}
	following->due += as_of == IETP_LATER ||
		(at <= as_of && as_of - at >= within);
	following->before = at;
}

static bool
is_after(const IetpContact *a, const IetpContact *b)
{
	return a->caller != b->caller ? a->caller > b->caller : a->at > b->at;
}

static void
sort_few(IetpContact *contacts, int64_t count)
{
	for (int64_t i = 1; i < count; i++)
	{
		IetpContact contact = contacts[i];
		int64_t		j = i;

		for (; j > 0 && is_after(&contacts[j - 1], &contact); j--)
			contacts[j] = contacts[j - 1];
		contacts[j] = contact;
	}
}

static void
merge_runs(const IetpContact *from, IetpContact *to, int64_t left,
		   int64_t right)
{
	const IetpContact *a = from;
	const IetpContact *b = from + left;
	const IetpContact *a_end = b;
	const IetpContact *b_end = b + right;

	while (a < a_end && b < b_end)
		*to++ = is_after(a, b) ? *b++ : *a++;
	while (a < a_end)
		*to++ = *a++;
	while (b < b_end)
		*to++ = *b++;
}

static int64_t
at_most(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Sorts runs of FEW contacts, then merges neighbours until one is left. */
static void
sort_some(IetpContact *contacts, IetpContact *scratch, int64_t count)
{
	IetpContact *from = contacts;
	IetpContact *to = scratch;

	for (int64_t i = 0; i < count; i += FEW)
		sort_few(contacts + i, at_most(FEW, count - i));
	for (int64_t run = FEW; run < count; run *= 2)
	{
		IetpContact *merged = to;

		for (int64_t i = 0; i < count; i += 2 * run)
		{
			int64_t		left = at_most(run, count - i);

			merge_runs(from + i, to + i, left,
					   at_most(run, count - i - left));
		}
		to = from;
		from = merged;
	}
	if (from != contacts)
		memcpy(contacts, from, (size_t) count * sizeof(IetpContact));
}

static int
digit_of(const IetpContact *contact, bool of_caller, int shift)
{
	return ((of_caller ? contact->caller : contact->at) >> shift) &
		(DIGITS - 1);
}

/* One pass: sorts by the digit that begins at bit "shift", stably. */
static void
sort_by_digit(const IetpContact *from, IetpContact *to, int64_t count,
			  bool of_caller, int shift, IetpPause pause)
{
	int64_t		place[DIGITS] = {0};
	int64_t		sum = 0;

	for (int64_t i = 0; i < count; i++)
		place[digit_of(&from[i], of_caller, shift)]++;
	pause();
	for (int digit = 0; digit < DIGITS; digit++)
	{
		int64_t		here = place[digit];

		place[digit] = sum;
		sum += here;
	}
	for (int64_t i = 0; i < count; i++)
	{
		to[place[digit_of(&from[i], of_caller, shift)]++] = from[i];
		if (i % IETP_PAUSE_KEYS == 0)
			pause();
	}
}

/* Bits in which some contacts differ; none where they are sorted already. */
static IetpContact
differing_bits(const IetpContact *contacts, int64_t count, IetpPause pause)
{
	IetpContact bits = {0};
	bool		sorted = true;

	for (int64_t i = 1; i < count; i++)
	{
		bits.caller |= contacts[i].caller ^ contacts[0].caller;
		bits.at |= contacts[i].at ^ contacts[0].at;
		sorted &= !is_after(&contacts[i - 1], &contacts[i]);
		if (i % IETP_PAUSE_KEYS == 0)
			pause();
	}
	if (sorted)
		bits.caller = bits.at = 0;
	return bits;
}

/*
 * Sorts by those digits of one of the two words in which some contacts differ.
 * Returns where the contacts are then; the other place is scratch.
 */
static IetpContact *
sort_by_word(IetpContact *from, IetpContact *to, int64_t count,
			 bool of_caller, uint64_t bits, IetpPause pause)
{
	for (int shift = 0; shift < 64; shift += DIGIT_BITS)
	{
		IetpContact *sorted = to;

		if (((bits >> shift) & (DIGITS - 1)) == 0)
			continue;
		sort_by_digit(from, to, count, of_caller, shift, pause);
		to = from;
		from = sorted;
	}
	return from;
}

void
ietp_sort_contacts(IetpContact *contacts, IetpContact *scratch,
				   int64_t count, IetpPause pause)
{
	IetpContact bits;
	IetpContact *sorted;

	if (count <= SOME)
	{
		sort_some(contacts, scratch, count);
		return;
	}
	bits = differing_bits(contacts, count, pause);
	/* By time first, as sorting by caller keeps that order. */
	sorted = sort_by_word(contacts, scratch, count, false, bits.at, pause);
	sorted = sort_by_word(sorted, sorted == contacts ? scratch : contacts,
						  count, true, bits.caller, pause);
	if (sorted != contacts)
		memcpy(contacts, sorted, (size_t) count * sizeof(IetpContact));
}
