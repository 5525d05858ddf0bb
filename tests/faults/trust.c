/* tests/faults/trust.c: preloaded into the daemon, has it trust the
 * certificates in the file $TRUSTED instead of the system's. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef FILE *open_fn(const char *path, const char *mode);

static FILE *
open_instead(const char *name, const char *path, const char *mode)
{
	open_fn *real = (open_fn *)dlsym(RTLD_NEXT, name);
	const char *trusted = getenv("TRUSTED");

	if (trusted != NULL && strstr(path, "/ca-certificates.crt") != NULL)
		path = trusted;
	return real(path, mode);
}

FILE *
fopen(const char *restrict path, const char *restrict mode)
{
	return open_instead("fopen", path, mode);
}

FILE *
fopen64(const char *restrict path, const char *restrict mode)
{
	return open_instead("fopen64", path, mode);
}
