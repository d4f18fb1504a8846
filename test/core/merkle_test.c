/*-------------------------------------------------------------------------
 *
 * merkle_test.c
 *		Unit test of Merkle trees, with SHA-256 from libcrypto.
 *
 * The builder and the verification are compared with the definitions of RFC
 * 6962, section 2.1, written down here as they stand there, recursively.
 *
 * IDENTIFICATION
 *		test/core/merkle_test.c
 *
 *-------------------------------------------------------------------------
 */
#include <openssl/evp.h>

#include "check.h"
#include "merkle.h"

#define MAX_SIZE	150

/* Up to this size every bit of every path is flipped. */
#define FLIP_SIZE	33

/* The data of a leaf of the trees that we make up. */
typedef struct Leaf
{
	uint8_t		data[48];
	size_t		length;
} Leaf;

static Leaf leaves[MAX_SIZE + 1];

/* A path and the side on which each of its hashes stands. */
typedef struct Path
{
	IetpDigest	hashes[IETP_MERKLE_MAX_DEPTH];
	bool		from_left[IETP_MERKLE_MAX_DEPTH];
	int			count;
} Path;

/* A hash function that fails once it has been called so many times. */
typedef struct Failing
{
	int			calls_left;
} Failing;

static bool
sha256(void *arg, const uint8_t *data, size_t len, uint8_t out[IETP_HASH_SIZE])
{
	Failing    *failing = arg;

	if (failing != NULL && failing->calls_left-- == 0)
		return false;
	return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1;
}

/* Leaves of all lengths, no two of them alike. */
static void
make_leaves(void)
{
	for (int i = 0; i <= MAX_SIZE; i++)
	{
		memset(leaves[i].data, i, sizeof(leaves[i].data));
		leaves[i].length = 1 + (size_t) i % sizeof(leaves[i].data);
	}
}

/* k of RFC 6962: the largest power of two less than n. */
static int
split(int n)
{
	int			k = 1;

	while (2 * k < n)
		k *= 2;
	return k;
}

/* MTH(D[n]) of RFC 6962. */
static IetpDigest
mth(const Leaf *d, int n)
{
	uint8_t		input[1 + 2 * IETP_HASH_SIZE] = {0x00};
	size_t		length = 0;
	IetpDigest	out;

	if (n == 1)
	{
		memcpy(input + 1, d[0].data, d[0].length);
		length = 1 + d[0].length;
	}
	else if (n > 1)
	{
		IetpDigest	left = mth(d, split(n));
		IetpDigest	right = mth(d + split(n), n - split(n));

		input[0] = 0x01;
		memcpy(input + 1, left.bytes, IETP_HASH_SIZE);
		memcpy(input + 1 + IETP_HASH_SIZE, right.bytes, IETP_HASH_SIZE);
		length = sizeof(input);
	}
	CHECK(sha256(NULL, input, length, out.bytes));
	return out;
}

/* PATH(m, D[n]) of RFC 6962, appended to *path. */
static void
path_of(int m, const Leaf *d, int n, Path *path)
{
	int			k = split(n);

	if (n == 1)
		return;
	path_of(m < k ? m : m - k, m < k ? d : d + k, m < k ? k : n - k, path);
	path->hashes[path->count] = m < k ? mth(d + k, n - k) : mth(d, k);
	path->from_left[path->count++] = m >= k;
}

/* The sides of the path alone; its hashes are not computed. */
static void
sides_of(int m, int n, Path *path)
{
	int			k = split(n);

	if (n == 1)
		return;
	sides_of(m < k ? m : m - k, m < k ? k : n - k, path);
	path->from_left[path->count++] = m >= k;
}

static bool
same_sides(const Path *a, const Path *b)
{
	return a->count == b->count &&
		memcmp(a->from_left, b->from_left,
			   (size_t) a->count * sizeof(a->from_left[0])) == 0;
}

static bool
same_digest(const IetpDigest *a, const IetpDigest *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static IetpDigest
build(IetpMerkleTree *tree, const Leaf *d, int n, int64_t wanted)
{
	IetpDigest	root = {{0}};

	ietp_merkle_init(tree, sha256, NULL, wanted);
	for (int i = 0; i < n; i++)
		CHECK(ietp_merkle_add(tree, d[i].data, d[i].length));
	CHECK(ietp_merkle_root(tree, &root));
	return root;
}

static void
to_hex(const IetpDigest *digest, char *hex)
{
	for (int i = 0; i < IETP_HASH_SIZE; i++)
		sprintf(hex + 2 * i, "%02x", digest->bytes[i]);
}

/*
 * The eight leaves with which implementations of Certificate Transparency are
 * tested, first in cpp/merkletree/merkle_tree_test.cc of Google's
 * certificate-transparency, and the roots of the first 0 to 8 of them.  We
 * computed the roots anew from the definition, with another language's
 * SHA-256.
 */
static const Leaf ct_leaves[] = {
	{{0}, 0},
	{{0x00}, 1},
	{{0x10}, 1},
	{{0x20, 0x21}, 2},
	{{0x30, 0x31}, 2},
	{{0x40, 0x41, 0x42, 0x43}, 4},
	{{0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57}, 8},
	{{0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67,
	0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f}, 16}
};

static const char *const ct_roots[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
};

static void
test_known_roots(void)
{
	int			count = (int) (sizeof(ct_roots) / sizeof(ct_roots[0]));

	for (int n = 0; n < count; n++)
	{
		IetpMerkleTree tree;
		IetpDigest	root = build(&tree, ct_leaves, n, IETP_MERKLE_NO_LEAF);
		char		hex[2 * IETP_HASH_SIZE + 1];

		to_hex(&root, hex);
		CHECK_TEXT(hex, ct_roots[n]);
		CHECK_INT(tree.path_count, 0);
	}
}

/* Verifies with the leaf at the index, whatever tree the path is from. */
static IetpMerkleResult
verify(int64_t index, int64_t size, const Leaf *leaf, const Path *path,
	   const IetpDigest *root)
{
	return ietp_merkle_verify(sha256, NULL, leaf->data, leaf->length, index,
							  size, path->hashes, (size_t) path->count, root);
}

/* A path that is longer, shorter, of another leaf or under another root. */
static void
refuse_altered(int m, int n, Path path, const IetpDigest *root)
{
	IetpDigest	other = *root;

	other.bytes[m % IETP_HASH_SIZE] ^= 1;
	CHECK_INT(verify(m, n, &leaves[m], &path, &other), IETP_MERKLE_REFUSED);
	CHECK_INT(verify(m, n, &leaves[m + 1], &path, root), IETP_MERKLE_REFUSED);
	path.hashes[path.count++] = *root;
	CHECK_INT(verify(m, n, &leaves[m], &path, root), IETP_MERKLE_REFUSED);
	path.count -= 2;
	if (path.count >= 0)
		CHECK_INT(verify(m, n, &leaves[m], &path, root), IETP_MERKLE_REFUSED);
}

/*
 * Another index of the same tree never passes.  Another size does where the
 * leaf's path has the same form there, and nowhere else.
 */
static void
refuse_other_places(int m, int n, const Path *path, const IetpDigest *root)
{
	for (int other = -2; other < n + 3; other++)
	{
		if (other != m)
			CHECK_INT(verify(other, n, &leaves[m], path, root),
					  IETP_MERKLE_REFUSED);
	}
	for (int size = -1; size <= n + 3; size++)
	{
		Path		there = {.count = 0};

		if (size > m)
			sides_of(m, size, &there);
		CHECK_INT(verify(m, size, &leaves[m], path, root),
				  size > m && same_sides(path, &there) ?
				  IETP_MERKLE_OK : IETP_MERKLE_REFUSED);
	}
	CHECK_INT(verify(m, INT64_MIN, &leaves[m], path, root),
			  IETP_MERKLE_REFUSED);
	CHECK_INT(verify(INT64_MAX - 1, INT64_MAX, &leaves[m], path, root),
			  IETP_MERKLE_REFUSED);
}

static void
refuse_flipped_bits(int m, int n, const Path *path, const IetpDigest *root)
{
	for (int i = 0; i < path->count; i++)
	{
		for (int bit = 0; bit < 8 * IETP_HASH_SIZE; bit++)
		{
			Path		flipped = *path;

			flipped.hashes[i].bytes[bit / 8] ^= (uint8_t) (1 << bit % 8);
			CHECK_INT(verify(m, n, &leaves[m], &flipped, root),
					  IETP_MERKLE_REFUSED);
		}
	}
}

static void
test_leaf(int m, int n, const IetpDigest *root)
{
	IetpMerkleTree tree;
	IetpDigest	built = build(&tree, leaves, n, m);
	Path		path = {.count = 0};

	path_of(m, leaves, n, &path);
	CHECK(same_digest(&built, root));
	CHECK_INT(tree.path_count, path.count);
	for (int i = 0; i < path.count; i++)
		CHECK(same_digest(&tree.path[i], &path.hashes[i]));
	CHECK_INT(verify(m, n, &leaves[m], &path, root), IETP_MERKLE_OK);
	refuse_altered(m, n, path, root);
	if (n <= FLIP_SIZE)
	{
		refuse_flipped_bits(m, n, &path, root);
		refuse_other_places(m, n, &path, root);
	}
}

/* All leaves of all trees, and leaves that are not there. */
static void
test_all_sizes(void)
{
	for (int n = 0; n <= MAX_SIZE; n++)
	{
		IetpMerkleTree tree;
		IetpDigest	root = mth(leaves, n);
		IetpDigest	built = build(&tree, leaves, n, n);

		CHECK(same_digest(&built, &root));
		CHECK_INT(tree.path_count, 0);
		for (int m = 0; m < n; m++)
			test_leaf(m, n, &root);
	}
}

/* Builds a tree with a hash function that fails at one of its calls. */
static bool
build_failing(IetpMerkleTree *tree, int n, int calls)
{
	Failing		failing = {calls};
	IetpDigest	root;
	bool		ok = true;

	ietp_merkle_init(tree, sha256, &failing, 0);
	for (int i = 0; i < n && ok; i++)
		ok = ietp_merkle_add(tree, leaves[i].data, leaves[i].length);
	ok = ok && ietp_merkle_root(tree, &root);
	CHECK(!ietp_merkle_add(tree, leaves[0].data, leaves[0].length));
	CHECK(!ietp_merkle_root(tree, &root));
	return ok;
}

/*
 * A tree of n leaves takes 2n - 1 hashes, an empty one takes one; a path takes
 * one for the leaf and one for each hash.
 */
static void
test_failing_hash(void)
{
	IetpMerkleTree tree;
	IetpDigest	root;
	Failing		failing;

	for (int n = 0; n <= 40; n++)
	{
		int			calls = n == 0 ? 1 : 2 * n - 1;

		for (int i = 0; i < calls; i++)
			CHECK(!build_failing(&tree, n, i));
		CHECK(build_failing(&tree, n, calls));
	}
	root = build(&tree, leaves, 40, 5);
	for (int i = 0; i <= tree.path_count + 1; i++)
	{
		failing.calls_left = i;
		CHECK_INT(ietp_merkle_verify(sha256, &failing, leaves[5].data,
									 leaves[5].length, 5, 40, tree.path,
									 (size_t) tree.path_count, &root),
				  i > tree.path_count ? IETP_MERKLE_OK : IETP_MERKLE_FAILED);
	}
}

/* The longest data of a leaf, and one byte more. */
static void
test_long_leaf(void)
{
	uint8_t		data[IETP_MERKLE_MAX_LEAF + 1] = {0};
	IetpMerkleTree tree;
	IetpDigest	root;

	ietp_merkle_init(&tree, sha256, NULL, 0);
	CHECK(ietp_merkle_add(&tree, data, IETP_MERKLE_MAX_LEAF));
	CHECK(ietp_merkle_root(&tree, &root));
	CHECK_INT(ietp_merkle_verify(sha256, NULL, data, IETP_MERKLE_MAX_LEAF,
								 0, 1, NULL, 0, &root), IETP_MERKLE_OK);
	CHECK_INT(ietp_merkle_verify(sha256, NULL, data, sizeof(data),
								 0, 1, NULL, 0, &root), IETP_MERKLE_REFUSED);
	ietp_merkle_init(&tree, sha256, NULL, 0);
	CHECK(!ietp_merkle_add(&tree, data, sizeof(data)));
	CHECK(!ietp_merkle_root(&tree, &root));
}

int
main(void)
{
	make_leaves();
	test_known_roots();
	test_all_sizes();
	test_failing_hash();
	test_long_leaf();
	return check_done("merkle");
}
