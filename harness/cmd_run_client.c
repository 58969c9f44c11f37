/* SPDX-License-Identifier: MIT */
#include "harness/cmd_run_parts.h"

#include <unistd.h>

static struct tester *reference(struct campaigning *c)
{
	struct tester_reference_config config = {
		.world = c->world,
		.core = *runner_core(c->runner),
		.transport = c->ixit.iut_transport,
		.profile = &c->profile,
		.domain = c->ixit.domain,
		.ims = c->ixit.ims,
	};

	return tester_new_reference(&config);
}

/* Hooks where there are any; else a person, if one sits there; else the client has to act by itself. */
static int choose(struct campaigning *c, struct err *err)
{
	const struct ixit_hooks *hooks = &c->ixit.hooks;
	const struct net_addr *core = runner_core(c->runner);

	if (hooks->tester)
		return tester_new_child(c->world, &c->ixit, core, &c->tester, err);
	if (hooks->start || hooks->on_register)
		return tester_new_shell(c->world, &c->ixit, core, &c->tester, err);
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		c->tester = tester_new_person(c->world, core);
	else
		c->tester = tester_new_waiting(c->world);
	return 0;
}

int campaigning_start_tester(struct campaigning *c, struct err *err)
{
	int rc = 0;

	if (c->ixit.reference)
		c->tester = reference(c);
	else
		rc = choose(c, err);
	if (rc == 0)
		runner_set_tester(c->runner, c->tester);
	return rc;
}
