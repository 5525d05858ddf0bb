/* config/secret.c: secrets, fetched from where the configuration says. */
#include "base/file.h"
#include "base/limits.h"
#include "config/read.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMS "{env: NAME}, {file: PATH} or {credential: NAME}"

/* What a secret is that cannot be had. */
static const char *
missing(struct reader *r, const struct node *n, const struct err *e)
{
	if (r->use == CONFIG_TO_TRY)
		return "";
	node_problem(r->diags, DIAG_ERROR, n, NULL, "%s", e->msg);
	return NULL;
}

static void
warn_of_readers(struct reader *r, const struct node *n, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && (st.st_mode & S_IROTH) != 0)
		node_problem(r->diags, DIAG_WARNING, n, NULL,
		    "everybody can read this secret file (mode %03o); chmod "
		    "600 it",
		    (unsigned)st.st_mode & 0777u);
}

/* A secret is one text: without the line break at its end, and never empty. */
static bool
check_content(struct str *s, const char *path, struct err *e)
{
	struct sv v = str_sv(s);

	if (sv_ends(v, SV("\n")))
		s->p[--s->len] = '\0';
	if (sv_ends(str_sv(s), SV("\r")))
		s->p[--s->len] = '\0';
	if (s->len == 0)
		return err_set(e, "the secret file '%s' is empty", path);
	if (sv_chr(str_sv(s), '\0') != s->len)
		return err_set(
		    e, "the secret file '%s' holds a NUL byte", path);
	return true;
}

static const char *
read_file(struct reader *r, const struct node *n, const char *path, bool ours)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	const char *secret = NULL;
	struct err e;
	struct str s;

	if (fd < 0) {
		(void)err_errno(&e, "cannot read the secret file '%s'", path);
		return missing(r, n, &e);
	}
	if (ours)
		warn_of_readers(r, n, fd);
	str_init(&s, SECRET_BYTES);
	if (file_read_fd(fd, path, &s, &e) && check_content(&s, path, &e))
		secret = arena_sv(r->arena, str_sv(&s)).p;
	else
		secret = missing(r, n, &e);
	if (s.p != NULL)
		explicit_bzero(s.p, s.len);
	str_done(&s);
	(void)close(fd);
	return secret;
}

static const char *
from_file(struct reader *r, const struct node *n)
{
	const char *path = read_path(r, n->text.file, n->text.text);

	return read_file(r, n, path, true);
}

static const char *
no_credentials(struct reader *r, const struct node *n)
{
	struct err e;

	(void)err_set(&e,
	    "$CREDENTIALS_DIRECTORY is not set: credentials come from "
	    "systemd's LoadCredential=");
	if (r->use != CONFIG_TO_CHECK)
		return missing(r, n, &e);
	node_problem(r->diags, DIAG_WARNING, n, NULL,
	    "not looked up: credentials are there inside of the unit only");
	return "";
}

static const char *
from_credential(struct reader *r, const struct node *n)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	const char *secret = NULL;
	struct str path;

	if (strchr(n->text.text.p, '/') != NULL || n->text.text.p[0] == '.') {
		node_problem(r->diags, DIAG_ERROR, n, NULL,
		    "the name of a credential holds no '/' and begins with no "
		    "'.'");
		return NULL;
	}
	if (dir == NULL || dir[0] == '\0')
		return no_credentials(r, n);
	str_init(&path, URL_BYTES);
	(void)str_addf(&path, "%s/%s", dir, n->text.text.p);
	secret = read_file(r, n, str_c(&path), false);
	str_done(&path);
	return secret;
}

static const char *
from_env(struct reader *r, const struct node *n)
{
	const char *value = getenv(n->text.text.p);
	struct err e;

	if (value != NULL && value[0] != '\0')
		return arena_sv(r->arena, sv_of(value)).p;
	(void)err_set(&e, "the environment variable '%s' is %s", n->text.text.p,
	    value == NULL ? "not set" : "empty");
	return missing(r, n, &e);
}

static const char *
from_map(struct reader *r, const struct node *n)
{
	static const char *const keys[] = { "env", "file", "credential" };
	static const char *(*const from[])(struct reader *,
	    const struct node *) = { from_env, from_file, from_credential };
	const struct node *c = n->first;

	if (c == NULL || c->next != NULL) {
		diags_mask(r->diags, n->text.file, n->start, n->end);
		read_form_problem(r, n, "exactly one of " FORMS);
		return NULL;
	}
	for (size_t i = 0; i < COUNTOF(keys); i++) {
		if (!sv_is(c->key->text.text, keys[i]))
			continue;
		if (c->kind == NODE_TEXT && c->text.text.len != 0)
			return from[i](r, c);
		read_form_problem(r, c, "a text");
		return NULL;
	}
	diags_mask(r->diags, c->text.file, c->start, c->end);
	node_problem(r->diags, DIAG_ERROR, c->key,
	    diag_nearest(c->key->text.text, keys, COUNTOF(keys)),
	    "a secret is " FORMS);
	return NULL;
}

const char *
read_secret(struct reader *r, const struct node *n)
{
	if (n->kind == NODE_MAP)
		return from_map(r, n);
	diags_mask(r->diags, n->text.file, n->start, n->end);
	if (n->kind == NODE_LIST || n->text.text.len == 0) {
		read_form_problem(r, n, schema_noun(TYPE_SECRET));
		return NULL;
	}
	node_problem(r->diags, DIAG_WARNING, n, NULL,
	    "a secret stands in the file; better is " FORMS);
	return arena_sv(r->arena, n->text.text).p;
}
