/* alerts/destination.c: every kind of destination, one row each. */
#include "alerts/destination.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const struct destination_type *
destination_type(enum config_desttype type)
{
	static const struct destination_type *const types[] = {
		&destination_spool,
		&destination_webhook,
		&destination_exec,
		&destination_feed,
		&destination_smtp,
		&destination_stdout,
	};

	for (size_t i = 0; i < COUNTOF(types); i++)
		if (types[i]->type == type)
			return types[i];
	BUG("a type of destination without a row");
}

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static bool
stat_directory(const char *path, struct stat *st)
{
	size_t n = (size_t)(last_name(path) - path);
	char *dir = mem_svdup(n != 0 ? (struct sv) { path, n } : SV("."));
	bool is_there = stat(dir, st) == 0;

	free(dir);
	return is_there;
}

/* The file need not be there yet: what counts is its directory, in whatever way
 * it is written. */
static bool
is_same_file(const char *a, const char *b)
{
	struct stat dir_a, dir_b;

	if (strcmp(a, b) == 0)
		return true;
	return strcmp(last_name(a), last_name(b)) == 0 &&
	    stat_directory(a, &dir_a) && stat_directory(b, &dir_b) &&
	    dir_a.st_dev == dir_b.st_dev && dir_a.st_ino == dir_b.st_ino;
}

/* Two that write alerts in pieces, or keep so many of them, in one place. */
static bool
is_same_place(
    const struct config_destination *a, const struct config_destination *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == DEST_FEED)
		return a->file != NULL && b->file != NULL &&
		    is_same_file(a->file, b->file);
	return a->type == DEST_STDOUT;
}

static void
check_place(const struct config *c, size_t nth, struct diags *d)
{
	const struct config_destination *dest = &c->destinations[nth];

	for (size_t i = 0; i < nth; i++) {
		if (!is_same_place(&c->destinations[i], dest))
			continue;
		diag_add_text(d, DIAG_ERROR, &dest->where, 0,
		    dest->where.text.len, NULL,
		    "'%s' writes to the same place: they would spoil each "
		    "other's alerts",
		    c->destinations[i].name);
		return;
	}
}

bool
destinations_check(const struct config *c, enum config_use use, struct diags *d)
{
	size_t errors = diags_count(d, DIAG_ERROR);
	struct err e;

	for (size_t i = 0; i < c->ndestinations; i++) {
		const struct config_destination *dest = &c->destinations[i];
		const struct destination_type *t = destination_type(dest->type);

		check_place(c, i, d);
		if (t->check == NULL || t->check(dest, &e))
			continue;
		diag_add_text(d,
		    use == CONFIG_TO_CHECK && dest->type == DEST_EXEC
			? DIAG_WARNING
			: DIAG_ERROR,
		    &dest->where, 0, dest->where.text.len, NULL, "%s", e.msg);
	}
	return diags_count(d, DIAG_ERROR) == errors;
}
