/* SPDX-License-Identifier: MIT
 *
 * What a failure of TLS is worth: nothing against the IUT's SIP. What did not come may have been on its way, so that
 * absence proves nothing, until a request has come again. */
#include "base/mem.h"
#include "harness/runner_internal.h"

enum { NOTES_MAX = 20 };

static bool is_iut(const struct runner *runner, const struct net_addr *peer)
{
	return runner->registrar || net_addr_eq_ip(peer, &runner->config.target);
}

void runner_on_tls_failed(void *arg, const struct net_addr *peer, const struct err *err)
{
	struct runner *runner = arg;

	if (runner->finished)
		return;
	/* of the first question, its asker is told */
	if (runner->config.campaign->note_count < NOTES_MAX && !runner->probing)
		campaign_add_note(runner->config.campaign, err->text);
	if (!is_iut(runner, peer))
		return;
	runner->tls_failed = true;
	for (size_t i = 0; i < runner->case_count; i++)
		for (size_t j = 0; runner->cases[i].state == CASE_RUNNING && j < runner->cases[i].flow_count; j++)
			runner->cases[i].flows[j]->gaps |= FLOW_GAP_UNCONNECTED;
}

void runner_heard(struct runner *runner, struct slice bytes)
{
	static const struct slice answer = SLICE("SIP/");

	if (runner->tls_failed && (bytes.len < answer.len || memcmp(bytes.p, answer.p, answer.len) != 0))
		runner->tls_failed = false;
}
