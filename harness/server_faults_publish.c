/* SPDX-License-Identifier: MIT */
#include "harness/server_private.h"
#include "sip/feature.h"
#include "sip/value.h"

#include <stdio.h>

/* The four faults of one check stand side by side in the table: 400, 401, 404, 406. */
unsigned server_faults_status(const struct server *s, enum server_fault of_400, unsigned right)
{
	static const unsigned statuses[] = {400, 401, 404, 406};

	for (unsigned i = 0; i < 4; i++)
		if (server_has_fault(s, of_400 + i))
			return statuses[i];
	return right;
}

void server_faults_order(const struct server *s, size_t order[PUBLISH_STEPS])
{
	static const struct {
		enum server_fault fault;
		size_t a, b;
	} swaps[] = {
		{FAULT_ORDER_TAG_EVENT, 0, 1},        {FAULT_ORDER_TAG_ORIGINATOR, 0, 2},
		{FAULT_ORDER_EVENT_ORIGINATOR, 1, 2}, {FAULT_ORDER_TAG_PROCESS, 0, 3},
		{FAULT_ORDER_EVENT_PROCESS, 1, 3},    {FAULT_ORDER_ORIGINATOR_PROCESS, 2, 3},
		{FAULT_PUSH_BEFORE_200, 5, 6},
	};

	for (size_t i = 0; i < sizeof(swaps) / sizeof(swaps[0]); i++)
		if (server_has_fault(s, swaps[i].fault)) {
			size_t a = order[swaps[i].a];
			order[swaps[i].a] = order[swaps[i].b];
			order[swaps[i].b] = a;
		}
}

static bool tag_on_line(const struct sip_msg *msg, const struct sip_line *line, const char *tag, bool any_case)
{
	struct slice value = line ? sip_line_value(msg, line) : SLICE_NONE;

	return any_case ? slice_find_nocase(value, slice_of(tag)) != NULL : slice_find(value, slice_of(tag)) != NULL;
}

static bool tag_anywhere(const struct sip_msg *msg, const char *tag, bool any_case)
{
	for (const struct sip_line *l = sip_msg_line(msg, SIP_HEADER_ACCEPT_CONTACT); l; l = sip_msg_line_next(msg, l))
		if (tag_on_line(msg, l, tag, any_case))
			return true;
	return false;
}

bool server_faults_tag_found(const struct server *s, const struct sip_msg *msg, bool right)
{
	const char *tag = s->config.profile->feature_tag;
	const struct sip_line *first = sip_msg_line(msg, SIP_HEADER_ACCEPT_CONTACT), *found;
	struct slice at;

	if (server_has_fault(s, FAULT_TAG_IGNORED))
		return true;
	if (server_has_fault(s, FAULT_TAG_SUBSTRING))
		return tag_anywhere(msg, tag, true);
	if (server_has_fault(s, FAULT_TAG_FIRST_LINE))
		return sip_feature_found(msg, SIP_HEADER_ACCEPT_CONTACT, tag, &found, &at) && found == first;
	if (server_has_fault(s, FAULT_TAG_CASE))
		return right && tag_anywhere(msg, tag, false);
	if (server_has_fault(s, FAULT_TAG_CONTACT))
		return right || sip_feature_found(msg, SIP_HEADER_CONTACT, tag, &found, &at);
	if (server_has_fault(s, FAULT_TAG_COMPACT))
		return right && !(first->flags & SIP_LINE_COMPACT);
	return right;
}

bool server_faults_event_right(const struct server *s, struct slice event, bool right)
{
	struct slice wanted = slice_of(s->config.profile->event);

	if (server_has_fault(s, FAULT_EVENT_IGNORED))
		return true;
	if (server_has_fault(s, FAULT_EVENT_PREFIX))
		return event.len >= wanted.len && slice_eq((struct slice){event.p, wanted.len}, wanted);
	if (server_has_fault(s, FAULT_EVENT_CASE))
		return slice_eq_nocase(event, wanted);
	return right;
}

bool server_faults_reads_refused(const struct server *s, struct publish *p)
{
	if (!server_has_fault(s, FAULT_STORE_REFUSED))
		return false;
	settings_read(s->reader, p->msg->body, &p->settings);
	p->has_settings = true;
	p->expires = s->config.max_expires;
	return true;
}

static void raise_expires(struct publish *p)
{
	snprintf(p->number, sizeof(p->number), "%llu", (unsigned long long)p->expires + 60);
	p->answer.expires = slice_of(p->number);
}

static void spoil_success(const struct server *s, struct publish *p)
{
	if (server_has_fault(s, FAULT_PUBLISH_202))
		p->answer.status = 202;
	if (server_has_fault(s, FAULT_PUBLISH_204))
		p->answer.status = 204;
	if (server_has_fault(s, FAULT_ETAG_MISSING))
		p->answer.etag = NULL;
	if (server_has_fault(s, FAULT_EXPIRES_MISSING))
		p->answer.expires = SLICE_NONE;
	if (server_has_fault(s, FAULT_EXPIRES_RAISED) && p->expires)
		raise_expires(p);
}

void server_faults_publish_answer(const struct server *s, struct publish *p)
{
	if (p->answer.status == 200)
		spoil_success(s, p);
	if (server_has_fault(s, FAULT_EVENT_NO_ALLOW_EVENTS))
		p->answer.allow_events = NULL;
	if (server_has_fault(s, FAULT_UNSUPPORTED_MISSING))
		p->answer.unsupported = SLICE_NONE;
	if (server_has_fault(s, FAULT_MIN_EXPIRES_MISSING))
		p->answer.min_expires = NULL;
	if (server_has_fault(s, FAULT_ACCEPT_MISSING))
		p->answer.accept = NULL;
}
