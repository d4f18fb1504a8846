/*-------------------------------------------------------------------------
 *
 * ietp_helpline.c
 *		Entry of the library, and its settings.
 *
 * IDENTIFICATION
 *		src/ietp_helpline.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/guc.h"

#include "ietp_helpline.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

/* Read by the default of the staging tables' column "batch", not by C. */
static char *import_batch = NULL;

void
_PG_init(void)
{
	DefineCustomStringVariable("ietp_helpline.signing_key_file",
							   "File with the key that signs work tokens.",
							   "An absolute path outside the data directory; only the server's user may read the file.",
							   &ietp_signing_key_file,
							   "",
							   PGC_SIGHUP, GUC_SUPERUSER_ONLY,
							   NULL, NULL, NULL);
	DefineCustomStringVariable("ietp_helpline.import_batch",
							   "Batch that rows copied into the staging tables belong to.",
							   NULL,
							   &import_batch,
							   "",
							   PGC_USERSET, 0,
							   NULL, ietp_import_batch_changed, NULL);
	MarkGUCPrefixReserved("ietp_helpline");
	ietp_cache_init();
	ietp_actor_init();
	ietp_calendar_init();
	ietp_intake_init();
}
