/* tests/fuzz/fuzz_control.c: whatever line reaches the control socket, it is a
 * command with as many arguments as it takes, or told why not. */
#include "daemon/control.h"

#include "base/limits.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARGUMENTS(name, least, most, help) { (least), (most) },
static const struct {
	size_t least, most;
} arguments[] = { CONTROL_COMMANDS(ARGUMENTS) };
#undef ARGUMENTS

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request q = { 0 };
	struct err e = { "" };
	int command;

	if (size > LINES_REQUEST_BYTES)
		return 0;
	arena_init(&q.arena);
	command = control_read(
	    (struct sv) { (const char *)data, size }, &q, &e);
	assert(command < (int)COUNTOF(arguments));
	assert((command < 0) == (e.msg[0] != '\0'));
	if (command >= 0) {
		assert(q.nargs >= arguments[command].least);
		assert(q.nargs <= arguments[command].most);
	}
	for (size_t i = 0; command >= 0 && i < q.nargs; i++)
		assert(strlen(q.args[i]) < size);
	arena_done(&q.arena);
	return 0;
}
