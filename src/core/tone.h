/*-------------------------------------------------------------------------
 *
 * tone.h
 *		Where a Vietnamese syllable bears its tone mark.
 *
 * IDENTIFICATION
 *		src/core/tone.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef IETP_CORE_TONE_H
#define IETP_CORE_TONE_H

#include <stdint.h>

extern void ietp_place_tone(uint16_t *units, int length);

#endif							/* IETP_CORE_TONE_H */
