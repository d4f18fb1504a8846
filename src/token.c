/*-------------------------------------------------------------------------
 *
 * token.c
 *		Work tokens: who is at work behind an application's one login.
 *
 * A token is "1.EXPIRES.MAC.ACCOUNT": EXPIRES in seconds since 1970-01-01
 * UTC, MAC the lower-case hexadecimal HMAC-SHA-256, under the signing key, of
 *
 *		ietp_helpline 1 LF database LF login LF EXPIRES LF ACCOUNT
 *
 * so that a token is good for one database, one login and a short time.  The
 * key is a file that only the server's user can read, outside the data
 * directory, where it would travel with every base backup.  It is read for
 * each token and wiped at once.
 *
 * IDENTIFICATION
 *		src/token.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/dbcommands.h"
#include "common/hmac.h"
#include "common/sha2.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/timestamp.h"

#include "ietp_helpline.h"
#include "core/secret.h"
#include "token.h"

/* Shorter keys can be guessed; longer files are not keys. */
#define MIN_KEY_LENGTH		32
#define MAX_KEY_LENGTH		1024

/* The longest that a token may still be good for, in seconds. */
#define MAX_TOKEN_LIFE		3600

#define MAC_LENGTH			PG_SHA256_DIGEST_LENGTH
#define MAC_HEX_LENGTH		(2 * MAC_LENGTH)

char	   *ietp_signing_key_file = NULL;

/*
 * The reason goes to the log alone: it may name the file, which is nothing
 * for the application to know.
 */
static void
refuse_key(const char *reason)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_SIGNING_KEY),
			 errmsg("signing key of the helpline cannot be used"),
			 errdetail_log("%s", reason),
			 errhint("The DBA finds the reason in the server's log.")));
}

/*
 * The key travels with base backups if its file is below the data directory.
 * realpath() wants PATH_MAX bytes, and aborts under _FORTIFY_SOURCE with less.
 */
static void
check_key_path(const char *path)
{
	char		real[PATH_MAX];
	char		data[PATH_MAX];

	if (path == NULL || path[0] == '\0')
		refuse_key("The setting ietp_helpline.signing_key_file is empty.");
	if (!is_absolute_path(path) || strlen(path) >= MAXPGPATH)
		refuse_key("The setting ietp_helpline.signing_key_file is not an absolute path.");
	if (realpath(path, real) == NULL || realpath(DataDir, data) == NULL)
		refuse_key("The file that ietp_helpline.signing_key_file names cannot be found.");
	if (path_is_prefix_of_path(data, real))
		refuse_key("The file that ietp_helpline.signing_key_file names is inside the data directory.");
}

static void
check_key_file(int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		refuse_key("The file that ietp_helpline.signing_key_file names is not a regular file.");
	if (status.st_size >= MAX_KEY_LENGTH)
		refuse_key("The signing key must have 32 to 1023 bytes.");
	if (status.st_uid != geteuid() || (status.st_mode & 077) != 0)
		refuse_key("The file that ietp_helpline.signing_key_file names must belong to the server's user, with mode 0600 or less.");
}

/*
 * Reads the key into "key", of MAX_KEY_LENGTH bytes, and returns its length.
 * White space at the end does not belong to it: editors and echo add it.
 */
static int
read_key(uint8 *key)
{
	int			fd;
	int			length;

	check_key_path(ietp_signing_key_file);
	/* A FIFO, refused below, must not keep us waiting in open(). */
	fd = OpenTransientFile(ietp_signing_key_file,
						   O_RDONLY | O_NONBLOCK | PG_BINARY);
	if (fd < 0)
		refuse_key("The file that ietp_helpline.signing_key_file names cannot be opened.");
	check_key_file(fd);
	length = read(fd, key, MAX_KEY_LENGTH);
	CloseTransientFile(fd);
	while (length > 0 && memchr(" \t\r\n", key[length - 1], 4) != NULL)
		length--;
	if (length < MIN_KEY_LENGTH || length == MAX_KEY_LENGTH)
		refuse_key("The signing key must have 32 to 1023 bytes.");
	return length;
}

/* HMAC-SHA-256 of the message, in lower-case hexadecimal. */
static void
sign(const char *message, char *hex)
{
	uint8		key[MAX_KEY_LENGTH];
	int			length = read_key(key);
	uint8		mac[MAC_LENGTH];
	pg_hmac_ctx *hmac = pg_hmac_create(PG_SHA256);
	bool		done;

	done = hmac != NULL &&
		pg_hmac_init(hmac, key, length) >= 0 &&
		pg_hmac_update(hmac, (const uint8 *) message, strlen(message)) >= 0 &&
		pg_hmac_final(hmac, mac, sizeof(mac)) >= 0;
	explicit_bzero(key, sizeof(key));
	pg_hmac_free(hmac);
	if (!done)
		elog(ERROR, "could not compute HMAC");
	for (int i = 0; i < MAC_LENGTH; i++)
		sprintf(hex + 2 * i, "%02x", mac[i]);
}

static void
refuse_token(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_IETP_TOKEN_INVALID),
			 errmsg("work token is not valid"),
			 errhint("It must be signed for this database and login, and for at most an hour.")));
}

/*
 * Splits "1.EXPIRES.MAC.ACCOUNT" in place; false when it has another form.
 */
static bool
split_token(char *token, char **expires, char **mac, char **account)
{
	if (strncmp(token, "1.", 2) != 0)
		return false;
	*expires = token + 2;
	*mac = strchr(*expires, '.');
	if (*mac == NULL)
		return false;
	*(*mac)++ = '\0';
	*account = strchr(*mac, '.');
	if (*account == NULL)
		return false;
	*(*account)++ = '\0';
	return strlen(*expires) > 0 && strlen(*expires) <= 11 &&
		strspn(*expires, "0123456789") == strlen(*expires) &&
		strlen(*mac) == MAC_HEX_LENGTH &&
		**account != '\0' && strchr(*account, '\n') == NULL;
}

static void
check_token_time(const char *expires)
{
	int64		left = strtoll(expires, NULL, 10) -
	(int64) timestamptz_to_time_t(GetCurrentTimestamp());

	if (left <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_IETP_TOKEN_EXPIRED),
				 errmsg("work token has expired"),
				 errhint("Have the application sign a new one.")));
	if (left > MAX_TOKEN_LIFE)
		refuse_token();
}

/*
 * Verifies the token for this database and login.  Returns the account that
 * it names, a part of "token", which is overwritten.
 */
const char *
ietp_verify_token(char *token)
{
	char	   *expires;
	char	   *mac;
	char	   *account;
	char		expected[MAC_HEX_LENGTH + 1];

	if (!split_token(token, &expires, &mac, &account))
		refuse_token();
	sign(psprintf("ietp_helpline 1\n%s\n%s\n%s\n%s",
				  get_database_name(MyDatabaseId),
				  GetUserNameFromId(GetSessionUserId(), false),
				  expires, account),
		 expected);
	if (!secret_equal(mac, expected, MAC_HEX_LENGTH))
		refuse_token();
	check_token_time(expires);
	return account;
}
