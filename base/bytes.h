/* base/bytes.h: numbers as bytes in a fixed order, the least first, for what is
 * kept on disk. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* The lowest `bytes` bytes of `v`, at most 8; returns the place behind them. */
static inline unsigned char *
bytes_put(unsigned char *at, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		*at++ = (unsigned char)(v >> 8 * i);
	return at;
}

/* The number there; `*at` goes behind it. */
static inline uint64_t
bytes_get(const unsigned char **at, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes; i++)
		v |= (uint64_t) * (*at)++ << 8 * i;
	return v;
}

#endif
