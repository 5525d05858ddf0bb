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

bool
destinations_check(const struct config *c, enum config_use use, struct diags *d)
{
	size_t errors = diags_count(d, DIAG_ERROR);
	struct err e;

	for (size_t i = 0; i < c->ndestinations; i++) {
		const struct config_destination *dest = &c->destinations[i];
		const struct destination_type *t = destination_type(dest->type);

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
