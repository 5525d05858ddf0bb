/* tests/sim/crash.c: a daemon that dies at any instant. */
#include "tests/sim/crash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

void *
crash_share(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	return memory;
}

void
crash_unshare(void *memory, size_t bytes)
{
	assert_int_equal(munmap(memory, bytes), 0);
}

unsigned
crash_chance(struct crash *c, unsigned n)
{
	c->dice = c->dice * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (unsigned)(c->dice >> 33) % n;
}

static void
die(void *arg)
{
	struct crash *c = arg;

	c->wall_ms = sim_wall_ms();
	_exit(0);
}

void
crash_may_come(struct crash *c)
{
	if (c->exchanges != 0 && --c->exchanges == 0)
		die(c);
}

void
crash_live(struct world *w, struct crash *c, const char *config)
{
	int status;
	pid_t child;

	(void)fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		c->exchanges = crash_chance(c, 2) * (1 + crash_chance(c, 60));
		sim_at(c->exchanges != 0 ? DAY_MS
					 : 1 + crash_chance(c, 40 * MIN_MS),
		    die, c);
		world_live(w, config, DAY_MS + SEC_MS);
		_exit(1);
	}
	w->lives++;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	c->exchanges = 0;
	sim_begin(c->wall_ms);
}
