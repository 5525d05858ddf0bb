/* base/mem.h: allocation that cannot fail, and arenas for things that die
 * together. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/sv.h"

/* All of these abort the program when memory runs out: what comes from outside
 * is bounded by limits.h before it is stored. */
void *mem_alloc(size_t size); /* not cleared; free() it */
/* The same at a multiple of `alignment`, of which `size` is a multiple. */
void *mem_aligned(size_t alignment, size_t size);
void *mem_calloc(size_t n, size_t size); /* cleared; aborts on overflow */
void *mem_realloc(void *p, size_t n, size_t size);
char *mem_strdup(const char *s); /* NULL gives NULL */
char *mem_svdup(struct sv v); /* NUL-terminated copy, returns owned */

/* Grows an array of `*cap` elements so that it holds `need`; doubles. */
static inline void *mem_grow(void *p, size_t *cap, size_t need, size_t size);

void *mem_grow_now(void *p, size_t *cap, size_t need, size_t size);

static inline void *
mem_grow(void *p, size_t *cap, size_t need, size_t size)
{
	return need <= *cap ? p : mem_grow_now(p, cap, need, size);
}

/* Gives memory that was freed back to the system, after much of it was: takes
 * milliseconds. */
void mem_give_back(void);

/* Says `what` on stderr and aborts: for lines that cannot be reached. */
_Noreturn void mem_bug(const char *file, int line, const char *what);
#define BUG(what) mem_bug(__FILE__, __LINE__, (what))

/* Everything allocated from an arena is freed or reused at once.  The memory
 * of arena_clear() is kept up to ARENA_KEEP_BYTES. */
struct arena {
	struct arena_block *head;
	size_t used_bytes; /* handed out since the last clear */
};

void arena_init(struct arena *a);
void arena_done(struct arena *a);
void arena_clear(struct arena *a);

void *arena_alloc(struct arena *a, size_t size); /* aligned, not cleared */
void *arena_calloc(struct arena *a, size_t size); /* aligned, cleared */

/* NUL-terminated copy (the NUL is not part of the view). */
struct sv arena_sv(struct arena *a, struct sv v);

#define COUNTOF(array) (sizeof(array) / sizeof((array)[0]))
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

#endif
