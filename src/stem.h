/*-------------------------------------------------------------------------
 *
 * stem.h
 *		Stems by a dictionary of the server.
 *
 * IDENTIFICATION
 *		src/stem.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_STEM_H
#define IETP_STEM_H

typedef struct Stem
{
	List	   *name;			/* NIL: no stems */
	Oid			dictionary;		/* InvalidOid: not there yet */
} Stem;

extern void ietp_open_stem(Stem *stem, const char *dictionary);
extern int	ietp_stem(void *context, const char *word, int length,
					  char *stem);

#endif							/* IETP_STEM_H */
