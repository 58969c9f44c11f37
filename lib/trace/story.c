/* SPDX-License-Identifier: MIT */
#include "trace/story_parts.h"
#include "body/multipart.h"
#include "sip/feature.h"

const char *occasion_name(enum occasion occasion)
{
	static const char *const names[OCCASION_COUNT] = {
		[OCCASION_OTHER] = "",
		[OCCASION_REGISTER] = "register",
		[OCCASION_THIRD_PARTY] = "third_party_register",
		[OCCASION_PUBLISH] = "publish",
		[OCCASION_CLIENT_PUBLISH] = "client_publish",
		[OCCASION_SUBSCRIBE] = "subscribe",
		[OCCASION_DEPOSIT] = "deposit",
		[OCCASION_PUSH] = "push",
		[OCCASION_PUSH_REQUEST] = "push_request",
	};

	return names[occasion];
}

void story_tell(struct story *story, struct flow *flow, const struct profile *profile)
{
	*story = (struct story){.flow = flow, .profile = profile, .end = flow->begin};
	story->of_event = arena_alloc(&flow->arena, (flow->count + 1) * sizeof(struct txn *));
	story_grow_txns(story);
	story_name_occasions(story);
	story_follow_state(story);
	for (size_t i = 0; i < story->count; i++)
		if (story->txns[i]->occasion == OCCASION_PUSH_REQUEST)
			story_explain_push_request(story, story->txns[i]);
}

uint64_t story_server_alive(const struct story *story)
{
	uint64_t alive = 0;

	for (size_t i = 0; i < story->server_count; i++) {
		const struct flow_peer *peer = flow_peer(story->flow, &story->servers[i]);
		if (peer && peer->alive > alive)
			alive = peer->alive;
	}
	return alive;
}

/* What is remembered changes nothing that anybody sees. */
static uint8_t *tagged_memory(const struct event *event, enum sip_header id)
{
	struct event *memory = (struct event *)event;

	return id == SIP_HEADER_CONTACT          ? &memory->memory.tagged_contact
	       : id == SIP_HEADER_ACCEPT_CONTACT ? &memory->memory.tagged_accept_contact
						 : NULL;
}

bool story_is_tagged(const struct story *story, const struct event *event, enum sip_header id)
{
	uint8_t *memory = tagged_memory(event, id);
	bool tagged;

	if (memory && *memory)
		return *memory - 1 == TRI_YES;
	tagged = sip_feature_found(&event->msg, id, story->profile->feature_tag, NULL, NULL);
	if (memory)
		*memory = (uint8_t)(tri_of(tagged) + 1);
	return tagged;
}

static bool read_settings(const struct story *story, const struct event *publish, struct settings *ret)
{
	const struct sip_msg *msg = &publish->msg;
	struct slice body;

	if (!multipart_find(sip_msg_value(msg, SIP_HEADER_CONTENT_TYPE), msg->body, story->profile->settings.mime,
			    &story->flow->arena, &body))
		return false;
	if (story->flow->settings_cache)
		settings_read_cached(story->profile->reader, story->flow->settings_cache, body, ret);
	else
		settings_read(story->profile->reader, body, ret);
	return true;
}

const struct settings *story_settings(const struct story *story, const struct event *publish)
{
	struct story *memory = (struct story *)story;

	if (story->settings_of != publish) {
		memory->has_settings = read_settings(story, publish, &memory->settings);
		memory->settings_of = publish;
	}
	return story->has_settings ? &story->settings : NULL;
}
