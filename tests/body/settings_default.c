/* SPDX-License-Identifier: MIT */
#include "body/settings_default.h"
#include "base/mem.h"

#define BARRING "isb-settings", "incoming-session-barring", "active", NULL, "service-id"
#define STORING "hist-settings", "hist-activation", "active", NULL, "service-id"

static const struct settings_rule default_rules[] = {
	{SETTINGS_SESSION_BARRING, BARRING, "session-mode", true, true}, /* RFC 4354 has it without a service-id */
	{SETTINGS_PAGER_BARRING, BARRING, "pager-large-mode", false, true},
	{SETTINGS_INVISIBILITY, "vis-settings", "vis-status", "active"},
	{SETTINGS_OFFLINE_DELIVERY, "deferred-settings", "offline-delivery", "active"},
	{SETTINGS_SESSION_STORING, STORING, "session-mode"},
	{SETTINGS_PAGER_STORING, STORING, "pager-large-mode"},
	{SETTINGS_ITEM_NONE, "am-settings", "answer-mode", NULL, "automatic manual"},
	{SETTINGS_ITEM_NONE, "ipab-settings", "incoming-personal-alert-barring", "active"},
	{SETTINGS_ITEM_NONE, "sss-settings", "simultaneous-sessions-support", "active"},
	{SETTINGS_ITEM_NONE, "ext-app", "parallel-streams", "active"}, /* an extension seen in the field */
};

static const struct settings_profile default_profile = {
	.mime = "application/poc-settings+xml",
	.root = "poc-settings",
	.root_ns = "urn:oma:params:xml:ns:poc:poc-settings",
	.im_ns = "urn:oma:xml:im:service-settings",
	.entity = "entity",
	.entity_id = "id",
	.rules = default_rules,
	.rule_count = ARRAY_LEN(default_rules),
};

const struct settings_profile *settings_profile_default(void)
{
	return &default_profile;
}
