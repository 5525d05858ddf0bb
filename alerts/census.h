/* alerts/census.h: how many files wait in a directory, and how large they are,
 * counted a little at a time: one of a hundred thousand files takes a while. */
#ifndef ALERTS_CENSUS_H
#define ALERTS_CENSUS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

struct census {
	DIR *dir; /* NULL: none is under way */
	int64_t files, bytes; /* so far */
};

enum census_progress {
	CENSUS_MORE,
	CENSUS_ENDED,
	CENSUS_FAILED, /* errno says why */
};

/* Begins anew with the directory that `fd` (borrowed) stands for; false: errno.
 */
bool census_begin(struct census *c, int fd);

/* Counts on for a few milliseconds.  Names that begin with a dot and what is no
 * file do not count. */
enum census_progress census_step(struct census *c);

/* Breaks off; the numbers stay. */
void census_end(struct census *c);

#endif
