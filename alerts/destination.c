/* alerts/destination.c: every kind of destination, one row each. */
#include "alerts/destination.h"

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
