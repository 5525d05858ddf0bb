/* filters/nfc.h: a text in Unicode's normalization form C, with the way back.
 */
#ifndef FILTERS_NFC_H
#define FILTERS_NFC_H

#include "base/mem.h"

/* From `at` on, until the next step, the text stands in the original from
 * `origin` on, byte by byte; or, `changed`, stands for what is there as a
 * whole. */
struct nfc_step {
	uint32_t at, origin;
	bool changed;
};

struct nfc {
	struct sv text; /* valid UTF-8 */
	struct nfc_step *steps; /* none: the text is the original */
	size_t nsteps, capsteps;
	char *bytes;
	size_t nbytes, capbytes;
};

/* Normalizes `v`, of less than 4 GiB; what is ill-formed becomes U+FFFD.
 * Borrows `v` when nothing changes.  Memory is kept for the next text.  More
 * than NFC_MARKS marks in a row are taken in pieces. */
void nfc_set(struct nfc *n, struct sv v);
void nfc_done(struct nfc *n);

/* The place in the original of a place in the text: of one inside something
 * that changed its beginning, or its end. */
size_t nfc_origin(const struct nfc *n, size_t at, bool end);

#endif
