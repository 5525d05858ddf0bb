/* net/work.c: work that would keep the loop for too long. */
#include "net/work.h"

#include "base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct work {
	loop_fn *work, *done;
	void *arg;
	pthread_t thread;
	int fd; /* readable when the work is done */
	struct loop_io *io;
};

static void *
run(void *arg)
{
	struct work *w = arg;
	const uint64_t one = 1;

	w->work(w->arg);
	if (write(w->fd, &one, sizeof(one)) != sizeof(one))
		BUG("an eventfd cannot be written");
	return NULL;
}

static void
on_done(void *arg)
{
	struct work *w = arg;

	loop_io_free(w->io);
	w->io = NULL;
	w->done(w->arg); /* last: may free w */
}

/* Signals are the loop's. */
static void
start_thread(struct work *w)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&w->thread, NULL, run, w) != 0)
		BUG("no thread");
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct work *
work_start(struct loop *l, loop_fn *work, loop_fn *done, void *arg)
{
	struct work *w = mem_calloc(1, sizeof(*w));

	*w = (struct work) { .work = work, .done = done, .arg = arg };
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd < 0)
		BUG("no eventfd");
	w->io = loop_io_new(l, w->fd, true, false, on_done, w);
	start_thread(w);
	return w;
}

void
work_free(struct work *w)
{
	if (w == NULL)
		return;
	loop_io_free(w->io);
	(void)pthread_join(w->thread, NULL);
	(void)close(w->fd);
	free(w);
}
