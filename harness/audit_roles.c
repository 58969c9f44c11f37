/* SPDX-License-Identifier: MIT */
#include "harness/audit_parts.h"
#include "base/mem.h"

#include <stdlib.h>

static bool matches(const struct audit_patterns *patterns, const struct net_addr *addr)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (net_pattern_match(&patterns->items[i], addr))
			return true;
	return false;
}

enum flow_role audit_role(void *arg, const struct net_addr *addr)
{
	const struct audit_config *config = ((struct audit *)arg)->config;

	if (matches(&config->server, addr))
		return FLOW_ROLE_SERVER;
	if (matches(&config->client, addr))
		return FLOW_ROLE_CLIENT;
	if (matches(&config->core, addr))
		return FLOW_ROLE_CORE;
	return FLOW_ROLE_UNTOLD;
}

static void note_found(struct audit *audit)
{
	size_t count;
	const struct ledger_server *servers = ledger_servers(audit->ledger, &count);
	char addr[NET_ADDR_TEXT_MAX];
	char *line;

	for (size_t i = 0; i < count; i++) {
		line = mem_printf("IM Server %s: found from the traffic, which sends pushes (%llu)",
				  net_addr_format(addr, &servers[i].addr), (unsigned long long)servers[i].pushes);
		campaign_add_note(audit->config->campaign, line);
		free(line);
	}
	campaign_add_note(audit->config->campaign, "IM Servers: whoever sends a push, or is the last hop of PUBLISHes "
						   "of settings or of third-party REGISTERs");
}

void audit_note_roles(struct audit *audit)
{
	const struct audit_config *config = audit->config;

	if (config->server.count)
		campaign_add_note(config->campaign, "IM Servers: as --server says");
	else
		note_found(audit);
	campaign_add_note(config->campaign, config->client.count
						    ? "IM Clients: as --client says"
						    : "IM Clients: whoever sends a REGISTER or PUBLISH with one Via");
	if (config->core.count)
		campaign_add_note(config->campaign, "SIP/IP core: as --core says");
}
