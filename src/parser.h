/*-------------------------------------------------------------------------
 *
 * parser.h
 *		What the parser tells the dictionary of the token it is at.
 *
 * IDENTIFICATION
 *		src/parser.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_PARSER_H
#define IETP_PARSER_H

#include "lexemes.h"

extern void ietp_require_text(void);
extern void ietp_require_chinese(void);
extern Seam ietp_seam_of(const char *bytes, int length);

#endif							/* IETP_PARSER_H */
