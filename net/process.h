/* net/process.h: a program that is run once: fed, listened to, waited for and
 * stopped, never blocking the loop. */
#ifndef NET_PROCESS_H
#define NET_PROCESS_H

#include "base/err.h"
#include "net/loop.h"

struct process;

struct process_request {
	const char *path; /* of the program */
	char *const *argv, *const *env; /* NULL at their ends */
	struct sv input; /* on its standard input; borrowed until the end */
	int64_t timeout_ms, grace_ms; /* see PROCESS_TIMEOUT */
};

struct process_end {
	enum {
		PROCESS_EXITED,
		PROCESS_KILLED, /* by a signal */
		/* Not within timeout_ms: its process group got SIGTERM and,
		 * grace_ms later or when it had ended, SIGKILL. */
		PROCESS_TIMEOUT,
		PROCESS_LOST, /* somebody else waited for it */
	} kind;
	int code; /* exit status or signal */
};

struct process_events {
	/* A line of its standard error, cut at PROCESS_LINE_BYTES.  Of more
	 * than PROCESS_LINES nobody is told. */
	void (*on_line)(struct sv line, void *arg);
	/* Exactly once, never before process_start() returned; the process is
	 * gone afterwards. */
	void (*on_end)(const struct process_end *e, void *arg);
};

/* Runs the program in a process group of its own, with standard output to
 * /dev/null, every signal as by default, and no descriptor of ours.  It need
 * not read its input.  Children that it leaves behind when it ends in time are
 * its own affair.  `ev` is borrowed until the end.  NULL: it cannot be run. */
struct process *process_start(struct loop *l, const struct process_request *r,
    const struct process_events *ev, void *arg, struct err *e);

/* Tells the process group to end, which is to be cancelled: several that are
 * told first are waited for at once.  NULL is fine. */
void process_warn(struct process *p);

/* No callback will come any more.  The process group is told to end and, a
 * fraction of a second later, killed; this waits no longer for it.  NULL is
 * fine. */
void process_cancel(struct process *p);

#endif
