/* filters/stems.h: words without the particles that some scripts attach. */
#ifndef FILTERS_STEMS_H
#define FILTERS_STEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `is_short`: what is left is no word to look for but beside others. */
typedef void stem_fn(const uint32_t *cps, size_t n, bool is_short, void *arg);

/* Calls `fn` for each word that the folded word may be with proclitics (Arabic,
 * Hebrew) or a particle (Korean) attached; not for the word itself. */
void stems_find(const uint32_t *cps, size_t n, stem_fn *fn, void *arg);

#endif
