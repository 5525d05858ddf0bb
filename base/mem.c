/* base/mem.c: allocation that cannot fail, and arenas. */
#include "base/mem.h"

#include "base/limits.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	_Alignas(max_align_t) char data[];
};

static void *
check(void *p)
{
	if (p == NULL)
		BUG("out of memory");
	return p;
}

void
mem_bug(const char *file, int line, const char *what)
{
	(void)fprintf(stderr, "%s:%d: %s\n", file, line, what);
	abort();
}

void *
mem_alloc(size_t size)
{
	return check(malloc(size != 0 ? size : 1));
}

void *
mem_aligned(size_t alignment, size_t size)
{
	return check(aligned_alloc(alignment, size));
}

void *
mem_calloc(size_t n, size_t size)
{
	return check(calloc(n != 0 ? n : 1, size != 0 ? size : 1));
}

void *
mem_realloc(void *p, size_t n, size_t size)
{
	return check(reallocarray(p, n != 0 ? n : 1, size != 0 ? size : 1));
}

char *
mem_strdup(const char *s)
{
	return s != NULL ? check(strdup(s)) : NULL;
}

char *
mem_svdup(struct sv v)
{
	char *s = mem_alloc(v.len + 1);

	if (v.len != 0)
		memcpy(s, v.p, v.len);
	s[v.len] = '\0';
	return s;
}

void *
mem_grow_now(void *p, size_t *cap, size_t need, size_t size)
{
	size_t n = *cap != 0 ? *cap : 8;

	while (n < need)
		if (__builtin_mul_overflow(n, 2u, &n))
			BUG("array too large");
	*cap = n;
	return mem_realloc(p, n, size);
}

void
mem_give_back(void)
{
	(void)malloc_trim(0);
}

void
arena_init(struct arena *a)
{
	*a = (struct arena) { NULL, 0 };
}

void
arena_done(struct arena *a)
{
	struct arena_block *b;

	while ((b = a->head) != NULL) {
		a->head = b->next;
		free(b);
	}
	a->used_bytes = 0;
}

/* Keeps one block, if it is of a size worth keeping. */
void
arena_clear(struct arena *a)
{
	struct arena_block *keep = a->head;

	if (keep == NULL || keep->size > ARENA_KEEP_BYTES) {
		arena_done(a);
		return;
	}
	a->head = keep->next;
	arena_done(a);
	keep->next = NULL;
	keep->used = 0;
	a->head = keep;
}

static struct arena_block *
add_block(struct arena *a, size_t need)
{
	size_t size = a->head != NULL ? a->head->size * 2 : ARENA_FIRST_BYTES;
	struct arena_block *b;

	if (size > ARENA_KEEP_BYTES)
		size = ARENA_KEEP_BYTES;
	if (size < need)
		size = need;
	b = mem_alloc(sizeof(*b) + size);
	*b = (struct arena_block) { .next = a->head, .size = size };
	a->head = b;
	return b;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b = a->head;
	void *p;

	if (size > SIZE_MAX / 2)
		BUG("allocation too large");
	size = (size + align - 1) & ~(align - 1);
	if (b == NULL || b->size - b->used < size)
		b = add_block(a, size);
	p = b->data + b->used;
	b->used += size;
	a->used_bytes += size;
	return p;
}

void *
arena_calloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

struct sv
arena_sv(struct arena *a, struct sv v)
{
	char *p = arena_alloc(a, v.len + 1);

	if (v.len != 0)
		memcpy(p, v.p, v.len);
	p[v.len] = '\0';
	return (struct sv) { p, v.len };
}
