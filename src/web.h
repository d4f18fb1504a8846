/*-------------------------------------------------------------------------
 *
 * web.h
 *		The pieces of a query in the syntax of web search engines.
 *
 * IDENTIFICATION
 *		src/web.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_WEB_H
#define IETP_WEB_H

#include <stdbool.h>

typedef struct WebPiece
{
	const char *bytes;
	int			length;
	bool		quoted;
	bool		negated;
	bool		or;				/* "or" is before it */
} WebPiece;

extern bool ietp_next_web_piece(const char *bytes, int length, int *at,
								WebPiece *piece);
extern char *ietp_web_asking(const char *bytes, int length);

#endif							/* IETP_WEB_H */
