/* cli/schema.c: `tocsin schema`: the JSON Schema of tocsin.yaml, or of alerts.
 */
#include "cli/commands.h"

#include "alerts/schema.h"
#include "base/limits.h"
#include "config/describe.h"

#include <stdio.h>
#include <string.h>

int
cmd_schema(int argc, char **argv)
{
	bool alert = argc == 2 && strcmp(argv[1], "alert") == 0;
	struct str out;

	if (argc != 1 && !alert)
		return cli_usage("schema", "takes no argument but alert");
	str_init(&out, MiB(1));
	if (alert)
		alert_schema(&out);
	else
		describe_json_schema(&out);
	(void)printf("%s\n", str_c(&out));
	str_done(&out);
	return CLI_DONE;
}
