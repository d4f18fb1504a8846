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
#include "utils/relcache.h"

/* VARSIZE_ANY_EXHDR and its kin have had a header of their own since 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

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

/*
 * Reports an error of an input function and returns "dummy".  From PostgreSQL
 * 16 on the caller may pass a context that takes the error instead of throwing
 * it (pg_input_is_valid, COPY ... ON_ERROR); before, it is always thrown.
 */
#if PG_VERSION_NUM < 160000
#define ietp_ereturn(context, dummy, ...) ereport(ERROR, __VA_ARGS__)
#else
#define ietp_ereturn(context, dummy, ...) \
	ereturn(context, dummy, __VA_ARGS__)
#endif

/*
 * The index of a table's primary key, unless it is deferrable, or InvalidOid.
 */
#if PG_VERSION_NUM < 180000
#define ietp_primary_key_index(rel) RelationGetPrimaryKeyIndex(rel)
#else
#define ietp_primary_key_index(rel) RelationGetPrimaryKeyIndex(rel, false)
#endif

/*
 * The parts of a qualified name; from PostgreSQL 16 on errors may be taken.
 */
#if PG_VERSION_NUM < 160000
#define ietp_qualified_name(name) stringToQualifiedNameList(name)
#else
#define ietp_qualified_name(name) stringToQualifiedNameList(name, NULL)
#endif

#endif							/* IETP_COMPAT_H */
