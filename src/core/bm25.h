/*-------------------------------------------------------------------------
 *
 * bm25.h
 *		The arithmetic of BM25, and the best of many scores.
 *
 * IDENTIFICATION
 *		src/core/bm25.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_BM25_H
#define IETP_CORE_BM25_H

#include <stdint.h>

/* A scored document, by its number. */
typedef struct Scored
{
	double		score;
	uint32_t	document;
} Scored;

/* The best "room" documents; a heap whose root is the worst of them. */
typedef struct Best
{
	Scored	   *items;
	uint32_t	count;
	uint32_t	room;
} Best;

extern double ietp_bm25_idf(double total, double documents);
extern double ietp_bm25_saturation(double frequency, double norm);
extern double ietp_bm25_limit(void);
extern double ietp_bm25_norm(double length, double mean_length);

extern void ietp_best_add(Best *best, Scored scored);
extern void ietp_best_sort(Best *best);

#endif							/* IETP_CORE_BM25_H */
