/*-------------------------------------------------------------------------
 *
 * merkle.c
 *		Merkle tree hashes of RFC 6962, section 2.1, and inclusion paths.
 *
 * The builder counts in binary: where the number of leaves has bit i, it holds
 * the hash of a full subtree of 2^i leaves, and a new leaf is carried upwards
 * as in adding one.  The root joins what is left, from the smallest subtree,
 * the rightmost, to the largest.
 *
 * Nothing here allocates or recurses.
 *
 * IDENTIFICATION
 *		src/core/merkle.c
 *
 *-------------------------------------------------------------------------
 */
#include "merkle.h"

#include <string.h>

/* What stands before that which is hashed. */
#define LEAF_PREFIX 0x00
#define NODE_PREFIX 0x01

static bool
hash_leaf(IetpHash hash, void *arg, const uint8_t *data, size_t len,
		  IetpDigest *out)
{
	uint8_t		input[1 + IETP_MERKLE_MAX_LEAF];

	if (len > IETP_MERKLE_MAX_LEAF)
		return false;
	input[0] = LEAF_PREFIX;
	if (len > 0)
		memcpy(input + 1, data, len);
	return hash(arg, input, 1 + len, out->bytes);
}

/* out may be left or right. */
static bool
hash_node(IetpHash hash, void *arg, const IetpDigest *left,
		  const IetpDigest *right, IetpDigest *out)
{
	uint8_t		input[1 + 2 * IETP_HASH_SIZE];

	input[0] = NODE_PREFIX;
	memcpy(input + 1, left->bytes, IETP_HASH_SIZE);
	memcpy(input + 1 + IETP_HASH_SIZE, right->bytes, IETP_HASH_SIZE);
	return hash(arg, input, sizeof(input), out->bytes);
}

/*
 * Begins a tree without leaves.  wanted is the index, from 0, of the leaf
 * whose path shall be recorded, or IETP_MERKLE_NO_LEAF.
 */
void
ietp_merkle_init(IetpMerkleTree *tree, IetpHash hash, void *arg,
				 int64_t wanted)
{
	memset(tree, 0, sizeof(*tree));
	tree->hash = hash;
	tree->arg = arg;
	tree->wanted = wanted;
	tree->open = true;
}

/*
 * If the wanted leaf is below one of two that are joined, the other one is the
 * next of its path.  The right one holds the last leaf, so the indexes of the
 * two on their level are those of the last leaf's parent and the one before;
 * a right one that is not full counts as if it were.
 */
static void
record(IetpMerkleTree *tree, int level, const IetpDigest *left,
	   const IetpDigest *right)
{
	int64_t		last = tree->count - 1;

	if (tree->wanted < 0 || tree->wanted > last)
		return;
	if (tree->wanted >> level == last >> level)
		tree->path[tree->path_count++] = *left;
	else if (tree->wanted >> level == (last >> level) - 1)
		tree->path[tree->path_count++] = *right;
}

/* Makes of *right, which ends with the last leaf, the node above it. */
static bool
join(IetpMerkleTree *tree, int level, IetpDigest *right)
{
	const IetpDigest *left = &tree->subtrees[level];

	record(tree, level, left, right);
	return hash_node(tree->hash, tree->arg, left, right, right);
}

/* Does the number have this bit? */
static bool
has_bit(int64_t number, int bit)
{
	return (number >> bit & 1) != 0;
}

/*
 * Adds a leaf; false if its data is too long, or the hash function fails.
 * Afterwards the tree is of no use.
 */
bool
ietp_merkle_add(IetpMerkleTree *tree, const uint8_t *data, size_t len)
{
	int64_t		before = tree->count;
	IetpDigest	carry;
	int			level;

	if (!tree->open || before == INT64_MAX)
		return false;
	tree->open = false;
	if (!hash_leaf(tree->hash, tree->arg, data, len, &carry))
		return false;
	tree->count++;
	for (level = 0; has_bit(before, level); level++)
	{
		if (!join(tree, level, &carry))
			return false;
	}
	tree->subtrees[level] = carry;
	tree->open = true;
	return true;
}

/*
 * Writes the root and finishes the path of the wanted leaf, which means
 * something only if there are that many leaves; false if the hash function
 * fails or failed before.  The tree takes no leaf any more.
 */
bool
ietp_merkle_root(IetpMerkleTree *tree, IetpDigest *root)
{
	static const uint8_t nothing[1];
	int			level = 0;

	if (!tree->open)
		return false;
	tree->open = false;
	if (tree->count == 0)
		return tree->hash(tree->arg, nothing, 0, root->bytes);
	while (!has_bit(tree->count, level))
		level++;
	*root = tree->subtrees[level];
	while (tree->count >> ++level != 0)
	{
		if (has_bit(tree->count, level) && !join(tree, level, root))
			return false;
	}
	return true;
}

/* Where a path has come to: at a node, on the way up to the root. */
typedef struct Climb
{
	int64_t		node;			/* index of the node on its level */
	int64_t		last;			/* index of the last node on that level */
} Climb;

static void
climb_level(Climb *climb)
{
	climb->node >>= 1;
	climb->last >>= 1;
}

/*
 * One step up; true if the next hash of the path belongs to the left.  The
 * last node of a level may have none to its right, and then stands for its
 * parent too, until there is one to its left.
 */
static bool
climb_step(Climb *climb)
{
	bool		is_right;

	is_right = has_bit(climb->node, 0) || climb->node == climb->last;
	if (is_right)
	{
		while (climb->node != 0 && !has_bit(climb->node, 0))
			climb_level(climb);
	}
	climb_level(climb);
	return is_right;
}

/*
 * Does the path lead from the leaf with this data, at this index of a tree of
 * this size, to the root?  RFC 9162, section 2.1.3.2; fn and sn there are node
 * and last here.
 */
IetpMerkleResult
ietp_merkle_verify(IetpHash hash, void *arg, const uint8_t *data, size_t len,
				   int64_t index, int64_t size, const IetpDigest *path,
				   size_t path_count, const IetpDigest *root)
{
	Climb		climb;
	IetpDigest	node;

	if (index < 0 || index >= size || len > IETP_MERKLE_MAX_LEAF)
		return IETP_MERKLE_REFUSED;
	climb.node = index;
	climb.last = size - 1;
	if (!hash_leaf(hash, arg, data, len, &node))
		return IETP_MERKLE_FAILED;
	for (size_t i = 0; i < path_count; i++)
	{
		if (climb.last == 0)
			return IETP_MERKLE_REFUSED;
		if (!(climb_step(&climb) ? hash_node(hash, arg, &path[i], &node, &node)
			  : hash_node(hash, arg, &node, &path[i], &node)))
			return IETP_MERKLE_FAILED;
	}
	return climb.last == 0 && memcmp(&node, root, sizeof(node)) == 0 ?
		IETP_MERKLE_OK : IETP_MERKLE_REFUSED;
}
