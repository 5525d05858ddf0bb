/* tools/gen-man.c: prints a manual page with its option lists made anew. */
#include "base/file.h"
#include "base/limits.h"
#include "config/describe.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
	struct str page, out;
	struct err e;
	bool ok = false;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: gen-man PAGE\n");
		return 2;
	}
	str_init(&page, MiB(1));
	str_init(&out, MiB(1));
	if (!file_read(argv[1], &page, &e))
		(void)fprintf(stderr, "gen-man: %s\n", e.msg);
	else if (!describe_manual_page(&out, str_sv(&page)))
		(void)fprintf(stderr,
		    "gen-man: %s: no lines to put the lists between\n",
		    argv[1]);
	else
		ok = fwrite(str_c(&out), 1, out.len, stdout) == out.len;
	str_done(&page);
	str_done(&out);
	return ok ? 0 : 1;
}
