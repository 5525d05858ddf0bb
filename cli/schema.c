/* cli/schema.c: `tocsin schema`: the JSON Schema of tocsin.yaml. */
#include "cli/commands.h"

#include "base/limits.h"
#include "config/describe.h"

#include <stdio.h>

int
cmd_schema(int argc, char **argv)
{
	struct str out;

	(void)argv;
	if (argc != 1)
		return cli_usage("schema", "takes no arguments");
	str_init(&out, MiB(1));
	describe_json_schema(&out);
	(void)printf("%s\n", str_c(&out));
	str_done(&out);
	return CLI_DONE;
}
