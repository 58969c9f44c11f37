/* SPDX-License-Identifier: MIT
 *
 * What the IXIT says, for the report of ISO 9646: as it holds, wherever it came from. No password is read for it. */
#define _GNU_SOURCE /* vasprintf */
#include "harness/ixit_facts.h"
#include "base/text.h"
#include "base/time.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

__attribute__((format(printf, 4, 5))) static void add(struct campaign *campaign, const char *group, const char *name,
						      const char *format, ...)
{
	struct buf clean = {0};
	char *text = NULL;
	va_list list;

	va_start(list, format);
	if (vasprintf(&text, format, list) < 0)
		text = NULL;
	va_end(list);
	text_clean(&clean, slice_of(text ? text : ""), TEXT_LINE_MAX);
	campaign_add_fact(campaign, group, name, clean.len ? clean.p : "");
	buf_done(&clean);
	free(text);
}

static void add_some(struct campaign *campaign, const char *group, const char *name, const char *text)
{
	if (text)
		add(campaign, group, name, "%s", text);
}

static void add_peer(const struct ixit *ixit, struct campaign *campaign)
{
	char addr[NET_ADDR_TEXT_MAX];

	add(campaign, "ixit", "iut.role", "%s", actor_name(ixit->iut_role));
	add(campaign, "ixit", "iut.address", "%s",
	    ixit->reference    ? "the built-in reference"
	    : ixit->iut_name   ? ixit->iut_name
	    : ixit->iut.family ? net_addr_format(addr, &ixit->iut)
			       : "not needed: the client comes to the core");
	add(campaign, "ixit", "iut.transport", "%s", net_transport_name(ixit->iut_transport));
	add(campaign, "ixit", "core.address", "%s%s", net_addr_format(addr, &ixit->core),
	    ixit->core.port ? "" : ", any free port");
	add(campaign, "ixit", "core.trusted_by_iut", "%s", ixit->core_trusted ? "yes" : "no");
	add(campaign, "ixit", "core.ims", "%s", ixit->ims ? "yes" : "no");
	add(campaign, "ixit", "core.direct", "%s", ixit->direct ? "yes: users come to the IUT themselves" : "no");
	add(campaign, "ixit", "domain", "%s", ixit->domain);
}

static void add_users(const struct ixit *ixit, struct campaign *campaign)
{
	char name[40];

	if (!ixit->user_count)
		add(campaign, "ixit", "users", "made up, fresh in every case");
	for (size_t i = 0; i < ixit->user_count; i++) {
		snprintf(name, sizeof(name), "users.%zu", i + 1);
		add(campaign, "ixit", name, "%s, private identity %s, %s", ixit->users[i].address,
		    ixit->users[i].private_id, ixit->users[i].password_file ? "with a password" : "without a password");
	}
}

/* Their commands may hold passwords. */
static void add_hooks(const struct ixit *ixit, struct campaign *campaign)
{
	const struct ixit_hooks *hooks = &ixit->hooks;
	const struct {
		const char *name, *command;
	} all[] = {
		{"hooks.start", hooks->start},           {"hooks.register", hooks->on_register},
		{"hooks.deregister", hooks->deregister}, {"hooks.set_offline_delivery", hooks->set_offline_delivery},
		{"hooks.deposit", hooks->deposit},       {"hooks.stop", hooks->stop},
		{"hooks.tester", hooks->tester},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		add_some(campaign, "ixit", all[i].name, all[i].command ? "set" : NULL);
}

static void add_system(const struct ixit *ixit, struct campaign *campaign)
{
	const struct ixit_report *report = &ixit->report;

	add_some(campaign, "system", "implementation", report->implementation);
	add_some(campaign, "system", "version", report->version);
	add_some(campaign, "system", "supplier", report->supplier);
	add_some(campaign, "system", "laboratory", report->laboratory);
	add_some(campaign, "system", "client", report->client);
	add_some(campaign, "system", "date", report->date);
}

/* When, where reports may differ from run to run. The IXIT's date goes first. */
static void add_date(struct campaign *campaign)
{
	time_t now = time(NULL);
	struct tm parts;
	char text[32];

	strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", gmtime_r(&now, &parts));
	add(campaign, "system", "date", "%s", text);
}

void ixit_tell(const struct ixit *ixit, const struct options *options, struct campaign *campaign)
{
	add_system(ixit, campaign);
	if (options->times && campaign->kind == CAMPAIGN_RUN)
		add_date(campaign);
	add_some(campaign, "ixit", "files: IXIT", options->ixit);
	add_some(campaign, "ixit", "files: ICS", options->ics);
	add_some(campaign, "ixit", "files: profile", options->profile);
	add(campaign, "ixit", "timers.answer_ms", "%" PRIu64, ixit->timers.answer / MILLISECOND);
	add(campaign, "ixit", "timers.quiet_ms", "%" PRIu64, ixit->timers.quiet / MILLISECOND);
	if (campaign->kind == CAMPAIGN_AUDIT)
		return;
	add_peer(ixit, campaign);
	add_users(ixit, campaign);
	add_hooks(ixit, campaign);
	add(campaign, "ixit", "deposit", "%s",
	    ixit->deposit == IXIT_DEPOSIT_HOOK ? "by the hook" : "MESSAGE to an offline user");
}
