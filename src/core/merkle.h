/*-------------------------------------------------------------------------
 *
 * merkle.h
 *		Merkle tree hashes of RFC 6962, section 2.1, and inclusion paths.
 *
 * A leaf is H(0x00 || data), a node H(0x01 || left || right), the root of an
 * empty tree H of no bytes; the first byte keeps a node from passing as a
 * leaf.  Of n > 1 leaves, the left half is the largest power of two less than
 * n.  H is the caller's: the server and stand-alone programs each have
 * their own SHA-256.
 *
 * A root says nothing of the number of leaves: a path may lead to the same
 * root for more than one size.  Whoever verifies must have the size from where
 * the root comes from.
 *
 * IDENTIFICATION
 *		src/core/merkle.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_MERKLE_H
#define IETP_CORE_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IETP_HASH_SIZE 32

/* Of the subtrees that stand side by side, and of the hashes in a path. */
#define IETP_MERKLE_MAX_DEPTH 64

/* No leaf's data is longer, so that nothing here need allocate. */
#define IETP_MERKLE_MAX_LEAF 256

/* For a tree of which no inclusion path is wanted. */
#define IETP_MERKLE_NO_LEAF INT64_C(-1)

/* Hashes len bytes into out; false where it could not. */
typedef bool (*IetpHash) (void *arg, const uint8_t *data, size_t len,
						  uint8_t out[IETP_HASH_SIZE]);

typedef struct IetpDigest
{
	uint8_t		bytes[IETP_HASH_SIZE];
} IetpDigest;

/* A tree while its leaves come in, one after the other. */
typedef struct IetpMerkleTree
{
	IetpHash	hash;
	void	   *arg;			/* passed to hash */
	bool		open;			/* neither failed nor finished */
	int64_t		count;			/* leaves so far */
	IetpDigest	subtrees[IETP_MERKLE_MAX_DEPTH];	/* [i]: of 2^i leaves,
													 * where count has bit i */
	int64_t		wanted;			/* leaf whose path is recorded, from 0 */
	int			path_count;
	IetpDigest	path[IETP_MERKLE_MAX_DEPTH];	/* from the leaf upwards */
} IetpMerkleTree;

typedef enum IetpMerkleResult
{
	IETP_MERKLE_OK,				/* the leaf is in the tree */
	IETP_MERKLE_REFUSED,		/* the path does not show that it is */
	IETP_MERKLE_FAILED			/* the hash function failed */
} IetpMerkleResult;

extern void ietp_merkle_init(IetpMerkleTree *tree, IetpHash hash, void *arg,
							 int64_t wanted);
extern bool ietp_merkle_add(IetpMerkleTree *tree, const uint8_t *data,
							size_t len);
extern bool ietp_merkle_root(IetpMerkleTree *tree, IetpDigest *root);
extern IetpMerkleResult ietp_merkle_verify(IetpHash hash, void *arg,
										   const uint8_t *data, size_t len,
										   int64_t index, int64_t size,
										   const IetpDigest *path,
										   size_t path_count,
										   const IetpDigest *root);

#endif							/* IETP_CORE_MERKLE_H */
