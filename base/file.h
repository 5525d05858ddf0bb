/* base/file.h: whole small files, read and made durable. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"
#include "base/str.h"

/* Appends the file to `out`; larger than `out->max` is an error. */
bool file_read(const char *path, struct str *out, struct err *e);

/* Reads a stream until its end in the same way. */
bool file_read_fd(int fd, const char *name, struct str *out, struct err *e);

/* At the begin of a program: puts something into the place of a standard stream
 * that it was started without, so that no file of ours gets there.  Reading or
 * writing it fails, as before. */
void file_keep_standard(void);

/* Is it a terminal, and does NO_COLOR not forbid colours? */
bool file_wants_colour(int fd);

bool file_write_all(int fd, struct sv bytes); /* false: errno */

/* Makes a directory and its parents; an existing one is fine. */
bool file_mkdirs(const char *path, unsigned mode, struct err *e);

#endif
