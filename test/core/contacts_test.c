/*-------------------------------------------------------------------------
 *
 * contacts_test.c
 *		Unit test of what follows contacts.
 *
 * What is found is compared with a search among all contacts, for each.
 *
 * IDENTIFICATION
 *		test/core/contacts_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "check.h"
#include "contacts.h"

#define MOST	3000

static IetpContact contacts[MOST];
static IetpContact scratch[MOST];
static uint64_t seed = 11;

static void
pause_now(void)
{
}

static uint64_t
draw(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

/* Is there one of the same caller within the time after, or before? */
static bool
has_other(int count, int i, uint64_t within, bool after)
{
	for (int j = 0; j < count; j++)
	{
		const IetpContact *from = &contacts[after ? i : j];
		const IetpContact *to = &contacts[after ? j : i];

		if (i == j || from->caller != to->caller || from->at > to->at ||
			to->at - from->at > within)
			continue;
		/* Of those at the same moment, the one in front comes first. */
		if (from->at == to->at && from > to)
			continue;
		return true;
	}
	return false;
}

static bool
is_first(int i)
{
	for (int j = 0; j < i; j++)
		if (contacts[j].caller == contacts[i].caller)
			return false;
	return true;
}

static bool
repeats_ever(int count, int i, uint64_t within)
{
	for (int j = 0; j < count; j++)
		if (contacts[j].caller == contacts[i].caller &&
			has_other(count, j, within, false))
			return true;
	return false;
}

static void
follow_slowly(int count, IetpFollowing *result)
{
	for (int i = 0; i < count; i++)
	{
		bool		due = result->as_of == IETP_LATER ||
		(contacts[i].at <= result->as_of &&
		 result->as_of - contacts[i].at >= result->within);

		result->contacts++;
		result->repeats += has_other(count, i, result->within, false);
		result->due += due;
		result->followed += due &&
			has_other(count, i, result->within, true);
		if (is_first(i))
		{
			result->callers++;
			result->repeating += repeats_ever(count, i, result->within);
		}
	}
}

static void
compare(int count, uint64_t within, uint64_t as_of)
{
	IetpFollowing slow;
	IetpFollowing fast;

	ietp_begin_contacts(&slow, within, as_of);
	follow_slowly(count, &slow);
	ietp_begin_contacts(&fast, within, as_of);
	ietp_sort_contacts(contacts, scratch, count, pause_now);
	for (int i = 0; i < count; i++)
		ietp_next_contact(&fast, i > 0 &&
						  contacts[i].caller == contacts[i - 1].caller,
						  contacts[i].at);
	CHECK_INT(fast.contacts, slow.contacts);
	CHECK_INT(fast.repeats, slow.repeats);
	CHECK_INT(fast.callers, slow.callers);
	CHECK_INT(fast.repeating, slow.repeating);
	CHECK_INT(fast.due, slow.due);
	CHECK_INT(fast.followed, slow.followed);
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

/* Callers and moments among so many, times a step. */
static void
draw_contacts(int count, uint64_t callers, uint64_t moments, uint64_t step)
{
	for (int i = 0; i < count; i++)
		contacts[i] = (IetpContact)
	{
		draw(callers) * step, draw(moments) * step
	};
}

static void
test_sorting(int count)
{
	static IetpContact sorted[MOST];

	draw_contacts(count, 1 + draw(1000), 1 + draw(1000),
				  UINT64_C(1) << draw(54));
	memcpy(sorted, contacts, sizeof(sorted));
	qsort(sorted, count, sizeof(IetpContact), compare_contacts);
	ietp_sort_contacts(contacts, scratch, count, pause_now);
	CHECK(memcmp(sorted, contacts, count * sizeof(IetpContact)) == 0);
	ietp_sort_contacts(contacts, scratch, count, pause_now);
	CHECK(memcmp(sorted, contacts, count * sizeof(IetpContact)) == 0);
}

int
main(void)
{
	for (int round = 0; round < 2000; round++)
	{
		int			count = (int) draw(40);

		draw_contacts(count, 1 + draw(12), 1 + draw(50), 1);
		compare(count, draw(20),
				draw(3) == 0 ? IETP_LATER : draw(60));
	}
	for (int round = 0; round < 100; round++)
		test_sorting((int) draw(MOST));
	test_sorting(MOST);
	return check_done("contacts");
}
