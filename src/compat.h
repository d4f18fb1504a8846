/*-------------------------------------------------------------------------
 *
 * compat.h
 *		Differences between the PostgreSQL releases that we build for.
 *
 * The only file in which PG_VERSION_NUM may be tested.
 *
 * IDENTIFICATION
 *		src/compat.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_COMPAT_H
#define IETP_COMPAT_H

#include "fmgr.h"

/*
 * We compile with -fvisibility=hidden.  Before PostgreSQL 16 PGDLLEXPORT is
 * empty outside Windows, so the symbols the server looks up would be hidden.
 */
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

/*
 * Declares the SQL-callable function "name", whose C symbol is ietp_name.
 * The prototype stands before PG_FUNCTION_INFO_V1 because the one in there
 * lacks PGDLLEXPORT before PostgreSQL 16.
 */
#define IETP_FUNCTION(name) \
	extern PGDLLEXPORT Datum CppConcat(ietp_, name) (PG_FUNCTION_ARGS); \
	PG_FUNCTION_INFO_V1(CppConcat(ietp_, name))

#endif							/* IETP_COMPAT_H */
