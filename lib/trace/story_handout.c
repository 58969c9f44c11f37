/* SPDX-License-Identifier: MIT
 *
 * Deferred messages that come by MESSAGE. A push is an INVITE (12.2.2.2), but comments I185 and I186 are about the
 * messages: what was stored while the user was away and is handed out to him is known by who wrote it and by what. */
#include "trace/story_parts.h"

bool story_from_server(const struct story *story, const struct event_path *path)
{
	if (story_is_server(story, &path->dst))
		return false;
	return story_is_server(story, &path->src) ||
	       (path->transport != NET_UDP && story_is_server_host(story, &path->src)); /* a connection of its own */
}

/* What was written, without the wrapping of RFC 3862: two heads, each with a blank line behind it. */
static struct slice written(const struct sip_msg *msg)
{
	struct slice body = msg->body;

	if (!slice_find_nocase(sip_msg_value(msg, SIP_HEADER_CONTENT_TYPE), SLICE("message/cpim")))
		return body;
	for (unsigned heads = 0; heads < 2; heads++) {
		const char *blank = slice_find(body, SLICE("\r\n\r\n"));
		if (!blank)
			return msg->body;
		body = slice_range(blank + 4, body.p + body.len);
	}
	return body;
}

/* Servers put a remark before or behind it, or another wrapping around. In a run nobody else writes to the user. */
static enum tri brings(const struct story *story, const struct event *event, const struct stored_message *stored)
{
	if (!flow_is_live(story->flow) && !sip_uri_same_user(sip_msg_uri(&event->msg, SIP_HEADER_FROM), stored->writer))
		return TRI_NO;
	if (event->cut || stored->cut)
		return TRI_UNKNOWN;
	return tri_of(stored->text.len && slice_find(event->msg.body, stored->text));
}

static struct stored_message as_stored(const struct txn *txn)
{
	return (struct stored_message){
		.writer = sip_msg_uri(&txn->request->msg, SIP_HEADER_FROM),
		.text = written(&txn->request->msg),
		.cut = txn->request->cut,
		.place = txn->request->place,
		.request = txn->request,
	};
}

void story_store(struct story *story, struct state *state, const struct txn *deposit)
{
	struct stored_message *m = arena_alloc(&story->flow->arena, sizeof(*m));

	*m = as_stored(deposit);
	m->away = state->registered == TRI_NO;
	m->older = state->stored;
	state->stored = m;
}

/* Somebody's MESSAGE that went to the server now, and is not stored, or was not when it came. */
static bool may_be_said_again(const struct story *story, const struct txn *txn, const struct txn *message)
{
	struct stored_message said;

	if (txn->request->msg.method != SIP_METHOD_MESSAGE || story_from_server(story, &txn->request->path))
		return false;
	for (const struct stored_message *m = message->before.stored; m; m = m->older)
		if (m->request && m->request->marks.cseq == txn->request->marks.cseq &&
		    story_same_call(m->request, txn->request))
			return false; /* that one, or the hop before it */
	said = as_stored(txn);
	return brings(story, message->request, &said) != TRI_NO;
}

/* Of what a run's hook has stored nobody knows how the server writes it. */
static bool is_hooked(const struct flow *flow)
{
	for (size_t i = 0; i < flow->note_count; i++)
		if (flow->notes[i].kind == FLOW_NOTE_DEPOSITED)
			return true;
	return false;
}

bool story_is_message(const struct story *story, const struct txn *txn)
{
	return txn->occasion == OCCASION_OTHER && txn->request->msg.method == SIP_METHOD_MESSAGE &&
	       !sip_msg_tag(&txn->request->msg, SIP_HEADER_TO).p && story_from_server(story, &txn->request->path);
}

bool story_takes_away(const struct story *story, const struct txn *message)
{
	for (const struct stored_message *m = message->before.stored; m; m = m->older)
		if (brings(story, message->request, m) != TRI_NO)
			return true;
	return is_hooked(story->flow);
}

/* Whoever was there may get it by and by: that the server took it says no more. */
enum tri story_handout(const struct story *story, const struct txn *message, const struct stored_message **ret_stored)
{
	bool doubt = is_hooked(story->flow);

	*ret_stored = NULL;
	for (const struct stored_message *m = message->before.stored; m; m = m->older) {
		enum tri same = brings(story, message->request, m);
		if (same == TRI_YES && m->away)
			*ret_stored = m;
		else
			doubt |= same != TRI_NO;
	}
	if (!doubt && !*ret_stored)
		return TRI_NO;
	for (size_t i = 0; i < story->count && story->txns[i]->request->number < message->request->number; i++)
		doubt |= may_be_said_again(story, story->txns[i], message);
	return doubt ? TRI_UNKNOWN : tri_of(*ret_stored != NULL);
}
