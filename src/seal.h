/*-------------------------------------------------------------------------
 *
 * seal.h
 *		Seals over the heads of all cases.
 *
 * IDENTIFICATION
 *		src/seal.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_SEAL_H
#define IETP_SEAL_H

#include "executor/spi.h"

#include "core/merkle.h"
#include "ledger.h"

/* What a seal says. */
typedef struct Seal
{
	const char *line;			/* as it was given */
	int64		number;
	int64		cases;
	int64		events;
	int32		incarnation;
	uint64		xmin;			/* the snapshot: all before it are in, */
	uint64		xmax;			/* none from it on, */
	uint64	   *xip;			/* and none of these */
	int			xip_count;
	IetpDigest	root;
} Seal;

/* The tree of the heads that were sealed, while events come in by case. */
typedef struct SealedHeads
{
	const Seal *seal;
	IetpMerkleTree tree;
	int64		wanted;			/* case whose path is recorded; 0: none */
	int64		events;			/* up to the heads taken so far */
	int64		case_ref;		/* of the head below; 0: none yet */
	int32		n;				/* 0: none of its events was sealed */
	uint8		head[HASH_SIZE];
} SealedHeads;

/* The rows of a query, one after the other. */
typedef struct Stream
{
	Portal		portal;
	SPITupleTable *table;
	uint64		at;
} Stream;

extern const char ietp_events_query[];

extern void ietp_open_stream(Stream *stream, const char *query,
							 int64 case_ref, Oid type);
extern HeapTuple ietp_next_row(Stream *stream);
extern void ietp_event_of_row(HeapTuple tuple, TupleDesc desc, Event *event,
							  const uint8 **hash);

extern Seal *ietp_parse_seal(const char *line);
extern void ietp_begin_heads(SealedHeads *heads, const Seal *seal,
							 int64 wanted);
extern void ietp_add_event(SealedHeads *heads, const Event *event,
						   const uint8 *hash);
extern bool ietp_heads_agree(SealedHeads *heads);
extern void ietp_check_ledger_reader(const char *function);

#endif							/* IETP_SEAL_H */
