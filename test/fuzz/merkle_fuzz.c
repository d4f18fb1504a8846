/*-------------------------------------------------------------------------
 *
 * merkle_fuzz.c
 *		Fuzzer of the verification of inclusion paths.
 *
 * The input chooses the size of a tree and one of its leaves, then alters the
 * index, the path and the data step by step.  What comes out must verify if
 * and only if it is what the builder said.
 *
 * IDENTIFICATION
 *		test/fuzz/merkle_fuzz.c
 *
 *-------------------------------------------------------------------------
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "merkle.h"

/* Longer than any path here, so that paths may grow too long. */
#define MAX_PATH 16

/* What is verified; compared as bytes, so it starts out as all zeros. */
typedef struct Claim
{
	int64_t		index;
	size_t		path_count;
	IetpDigest	path[MAX_PATH];
	uint8_t		data[8];
} Claim;

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static bool
sha256(void *arg, const uint8_t *data, size_t len, uint8_t out[IETP_HASH_SIZE])
{
	(void) arg;
	return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1;
}

/* Builds a tree of that many leaves; the claim is what it says of one. */
static void
build(int64_t size, Claim *claim, IetpDigest *root)
{
	IetpMerkleTree tree;

	ietp_merkle_init(&tree, sha256, NULL, claim->index);
	for (int64_t i = 0; i < size; i++)
	{
		uint8_t		data[sizeof(claim->data)] = {(uint8_t) i};

		require(ietp_merkle_add(&tree, data, sizeof(data)));
	}
	require(ietp_merkle_root(&tree, root));
	require(tree.path_count >= 0 && tree.path_count < MAX_PATH);
	claim->data[0] = (uint8_t) claim->index;
	claim->path_count = (size_t) tree.path_count;
	memcpy(claim->path, tree.path, claim->path_count * sizeof(IetpDigest));
}

/* One alteration, chosen by three bytes; many undo others. */
static void
alter(Claim *claim, const uint8_t *choice)
{
	size_t		last = claim->path_count - 1;
	size_t		place = claim->path_count > 0 ? choice[1] % (last + 1) : 0;
	IetpDigest	moved = claim->path[place];

	if (choice[0] % 6 == 0)
		claim->index = (int8_t) choice[1] + choice[2];
	else if (choice[0] % 6 == 1)
		claim->data[choice[1] % sizeof(claim->data)] ^= choice[2];
	else if (choice[0] % 6 == 2 && claim->path_count < MAX_PATH)
		claim->path[claim->path_count++].bytes[0] = choice[2];
	else if (choice[0] % 6 == 3 && claim->path_count > 0)
		memset(&claim->path[--claim->path_count], 0, sizeof(IetpDigest));
	else if (choice[0] % 6 == 4 && claim->path_count > 0)
		claim->path[place].bytes[choice[2] % IETP_HASH_SIZE] ^= 1;
	else if (claim->path_count > 0)
	{
		claim->path[place] = claim->path[last];
		claim->path[last] = moved;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Claim		built;
	Claim		claim;
	IetpDigest	root;
	int64_t		leaves;
	bool		is_built;

	if (size < 2)
		return 0;
	memset(&built, 0, sizeof(built));
	leaves = 1 + data[0];
	built.index = data[1] % leaves;
	build(leaves, &built, &root);
	claim = built;
	for (size_t i = 2; i + 3 <= size; i += 3)
		alter(&claim, data + i);
	is_built = memcmp(&claim, &built, sizeof(claim)) == 0;
	require((ietp_merkle_verify(sha256, NULL, claim.data, sizeof(claim.data),
								claim.index, leaves, claim.path,
								claim.path_count, &root) == IETP_MERKLE_OK)
			== is_built);
	return 0;
}
