/*-------------------------------------------------------------------------
 *
 * contacts.h
 *		Which contacts were followed by another one of the same caller.
 *
 * Moments are keys of microseconds (core/order.h).
 *
 * IDENTIFICATION
 *		src/core/contacts.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_CONTACTS_H
#define IETP_CORE_CONTACTS_H

#include "order.h"

typedef struct IetpContact
{
	uint64_t	caller;			/* any number that stands for one */
	uint64_t	at;
} IetpContact;

/* Each contact's window has passed. */
#define IETP_LATER		UINT64_MAX

/*
 * What contacts, which come caller by caller and in the order of time, amount
 * to.  Where two of a caller are not further apart than "within", the first
 * was followed and the second repeats it.  Of two at the same moment, one
 * comes first; which one makes no difference.
 */
typedef struct IetpFollowing
{
	uint64_t	within;			/* microseconds */
	uint64_t	as_of;			/* contacts are known up to here */

	int64_t		contacts;
	int64_t		repeats;
	int64_t		callers;
	int64_t		repeating;		/* callers with a repeat */
	int64_t		due;			/* contacts "within" or longer before as_of */
	int64_t		followed;		/* of those */

	uint64_t	before;			/* the contact before */
	bool		has_repeated;	/* its caller */
} IetpFollowing;

extern void ietp_begin_contacts(IetpFollowing *following, uint64_t within,
								uint64_t as_of);
extern void ietp_next_contact(IetpFollowing *following, bool same_caller,
							  uint64_t at);

/* By caller, then in the order of time; "scratch" has as much room. */
extern void ietp_sort_contacts(IetpContact *contacts, IetpContact *scratch,
							   int64_t count, IetpPause pause);

#endif							/* IETP_CORE_CONTACTS_H */
