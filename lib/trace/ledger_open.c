/* SPDX-License-Identifier: MIT */
#include "trace/ledger_parts.h"
#include "base/hash.h"
#include "base/mem.h"
#include "trace/served.h"
#include "sip/feature.h"
#include "sip/value.h"

#include <stdlib.h>

void open_list_add(struct open_list *list, uint64_t item)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->items[i] == item)
			return;
	open_list_put(list, item);
}

void open_list_put(struct open_list *list, uint64_t item)
{
	if (list->count == list->cap) {
		uint64_t *old = list->items == list->near ? NULL : list->items;
		list->items = mem_realloc(old, 2 * list->cap * sizeof(*list->items));
		if (!old)
			memcpy(list->items, list->near, list->cap * sizeof(*list->items));
		list->cap *= 2;
	}
	list->items[list->count++] = item;
}

void open_list_init(struct open_list *list, uint64_t *near, uint32_t cap)
{
	*list = (struct open_list){.items = near, .near = near, .cap = cap};
}

void open_list_done(struct open_list *list)
{
	if (list->items != list->near)
		free(list->items);
}

bool open_list_remove(struct open_list *list, uint64_t item)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->items[i] != item)
			continue;
		list->items[i] = list->items[--list->count];
		return true;
	}
	return false;
}

/* Near enough: who publishes that nothing is to be delivered has to subscribe (5.2.4). */
static bool turns_off(const struct sip_msg *msg, const struct profile *profile)
{
	const char *element = NULL, *at, *end;

	for (size_t i = 0; i < profile->settings.rule_count; i++)
		if (profile->settings.rules[i].item == SETTINGS_OFFLINE_DELIVERY)
			element = profile->settings.rules[i].element;
	at = element ? slice_find(msg->body, slice_of(element)) : NULL;
	if (!at)
		return false;
	end = memchr(at, '>', (size_t)(msg->body.p + msg->body.len - at));
	return end && !slice_find(slice_range(at, end), SLICE("true"));
}

/* A refused INVITE is not done before its ACK: the refusal is repeated until then (RFC 3261 17.2.1). */
static uint64_t refusal_of(const struct event_marks *marks)
{
	return hash_slice(SLICE("refused"), marks->call);
}

static void push_came(struct chapter *chapter)
{
	chapter->pushed = true;
	if (chapter->window == WINDOW_SERVER)
		chapter->window = WINDOW_NONE;
}

/* What is published for another service, and says so all over, is not what the client owes. */
static bool is_of_settings(const struct sip_msg *msg, const struct profile *profile)
{
	return !sip_msg_has(msg, SIP_HEADER_EVENT) || slice_is(sip_msg_event(msg), profile->event) ||
	       slice_find_nocase(sip_msg_value(msg, SIP_HEADER_CONTENT_TYPE), slice_of(profile->settings.mime)) ||
	       sip_feature_found(msg, SIP_HEADER_ACCEPT_CONTACT, profile->feature_tag, NULL, NULL);
}

static void publish_came(struct chapter *chapter, const struct sip_msg *msg, const struct profile *profile)
{
	chapter->published = true;
	chapter->pushed = false;
	chapter->turned_off = turns_off(msg, profile);
	chapter->window = WINDOW_NONE;
}

static void request(struct chapter *chapter, const struct sip_msg *msg, const struct event_marks *marks,
		    const struct profile *profile)
{
	bool inside = sip_msg_tag(msg, SIP_HEADER_TO).p != NULL;

	if (msg->method == SIP_METHOD_ACK)
		open_list_remove(&chapter->txns, refusal_of(marks));
	if (msg->method == SIP_METHOD_ACK || msg->method == SIP_METHOD_CANCEL)
		return;
	open_list_add(&chapter->txns, marks->txn);
	if (msg->method == SIP_METHOD_REGISTER && (served_registers_self(msg) || !chapter->user->at_client))
		chapter->published = false;
	if (msg->method == SIP_METHOD_INVITE && !inside)
		push_came(chapter);
	if (msg->method == SIP_METHOD_PUBLISH && is_of_settings(msg, profile))
		publish_came(chapter, msg, profile);
	if (msg->method == SIP_METHOD_SUBSCRIBE && chapter->window == WINDOW_CLIENT && chapter->turned_off &&
	    profile_is_metadata(profile, msg)) /* the client's part is done; the server is still to be silent */
		chapter->window = WINDOW_SERVER;
}

/* A refresh keeps its Call-ID (RFC 3261 10.2.4), of the client as of the core. */
static bool is_refresh(struct chapter *chapter, const struct event_marks *marks)
{
	struct ledger_user *user = chapter->user;

	if (user->registered_call == marks->call || user->reported_call == marks->call)
		return true;
	user->reported_call = user->registered_call;
	user->registered_call = marks->call;
	return false;
}

/* Whatever he subscribes to before. */
static void await_publish(struct chapter *chapter)
{
	chapter->window = WINDOW_CLIENT;
	chapter->turned_off = false;
}

/* An answer may come late, or be captured late: what it asks for may have been done. */
static void registered(struct chapter *chapter, bool good, const struct event_marks *marks)
{
	bool again = !good || is_refresh(chapter, marks);

	if (!again && !chapter->published)
		await_publish(chapter);
	else if (again && chapter->window == WINDOW_NONE)
		chapter->window = WINDOW_SERVER;
}

/* Whose settings are gone, or were asked for too briefly, is to publish once more (RFC 3903 4). */
static enum window behind_publish(const struct chapter *chapter, uint16_t status)
{
	if (chapter->turned_off || chapter->window == WINDOW_CLIENT || status == 412 || status == 423)
		return WINDOW_CLIENT;
	return chapter->pushed ? WINDOW_NONE : WINDOW_SERVER;
}

/* After a new registration the client has to publish; after a PUBLISH the server may push. */
static void answer(struct chapter *chapter, const struct sip_msg *msg, const struct event_marks *marks)
{
	bool good = msg->status / 100 == 2, was_open;

	if (msg->status < 200)
		return;
	was_open = open_list_remove(&chapter->txns, marks->txn);
	if (msg->method == SIP_METHOD_INVITE && !good)
		open_list_add(&chapter->txns, refusal_of(marks));
	if (msg->method == SIP_METHOD_INVITE && good)
		open_list_add(&chapter->dialogs, marks->call);
	else if (msg->method == SIP_METHOD_BYE)
		open_list_remove(&chapter->dialogs, marks->call);
	else if (msg->method == SIP_METHOD_REGISTER && was_open)
		registered(chapter, good, marks);
	else if (msg->method == SIP_METHOD_PUBLISH && was_open)
		chapter->window = behind_publish(chapter, msg->status);
}

void chapter_follow(struct chapter *chapter, const struct sip_msg *msg, const struct event_marks *marks,
		    const struct profile *profile)
{
	if (msg->is_request)
		request(chapter, msg, marks, profile);
	else
		answer(chapter, msg, marks);
}

enum rest chapter_rest(const struct chapter *chapter)
{
	if (chapter->dialogs.count || (chapter->im && chapter->window == WINDOW_CLIENT))
		return REST_LONG;
	return chapter->txns.count || chapter->window != WINDOW_NONE ? REST_WAITING : REST_SETTLED;
}
