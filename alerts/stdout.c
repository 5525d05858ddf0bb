/* alerts/stdout.c: alerts on standard output, for people or as JSON lines. */
#include "alerts/alert.h"
#include "alerts/destination.h"

#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct out {
	bool text, colour;
};

static void *
stdout_open(const struct config_destination *c,
    const struct destination_env *env, struct err *e)
{
	struct out *o = mem_calloc(1, sizeof(*o));

	(void)env;
	(void)e;
	o->text = c->format == FORMAT_TEXT;
	o->colour = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL;
	return o;
}

static void
stdout_send(void *self, const struct delivery *d, delivery_fn *done, void *arg)
{
	struct out *o = self;
	struct outbox_result r = { .kind = DELIVERY_DONE,
		.retry_after_ms = -1 };
	struct str text;

	str_init(&text, 8 * ALERT_BYTES);
	if (!o->text) {
		(void)str_add(&text, d->body);
		(void)str_addc(&text, '\n');
	} else if (!alert_format_text(d->body, o->colour, &text)) {
		r.kind = DELIVERY_REFUSED;
		(void)err_set(&r.why, "it is no alert document");
	}
	if (r.kind == DELIVERY_DONE &&
	    !file_write_all(STDOUT_FILENO, str_sv(&text))) {
		r.kind = DELIVERY_RETRY;
		(void)err_errno(&r.why, "standard output");
	}
	str_done(&text);
	done(&r, arg);
}

static void
stdout_close(void *self)
{
	free(self);
}

const struct destination_type destination_stdout = {
	.type = DEST_STDOUT,
	.open = stdout_open,
	.send = stdout_send,
	.close = stdout_close,
};
