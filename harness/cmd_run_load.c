/* SPDX-License-Identifier: MIT */
#include "harness/cmd_run_parts.h"

static int check_virtual(const struct campaigning *c, struct err *err)
{
	if (!c->options->is_virtual || (c->ixit.reference && c->ixit.deposit == IXIT_DEPOSIT_MESSAGE))
		return 0;
	return err_set(err, -EINVAL, "--virtual is for the built-in reference, without a target, users or hooks");
}

int campaigning_load(struct campaigning *c, struct err *err)
{
	const struct options *options = c->options;
	int rc = ixit_load(&c->ixit, options, err);

	if (rc == 0)
		rc = check_virtual(c, err);
	if (rc == 0)
		rc = scenarios_load(options, &c->catalogue, &c->script, err);
	if (rc < 0)
		return rc;
	lua_play_classes(c->script);
	settings_init();
	rc = ixit_review_check(&c->ixit, &c->catalogue, err);
	if (rc == 0)
		rc = scenarios_check(options, &c->catalogue, err);
	if (rc == 0)
		rc = scenarios_profile(options, &c->arena, &c->profile, err);
	if (rc == 0)
		rc = settings_reader_new(&c->profile.settings, &c->reader, err);
	c->profile.reader = c->reader;
	if (rc == 0)
		rc = reporting_open(options, &c->outputs, err);
	return rc == 0 ? campaigning_resolve(c, err) : rc;
}
