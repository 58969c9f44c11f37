/* SPDX-License-Identifier: MIT */
#include "harness/msrp_session_private.h"

#include "base/mem.h"
#include "base/time.h"

#include <stdlib.h>

enum { CHUNK_MAX = 2048 };                          /* RFC 4975 5.1: longer chunks must be interruptible */
static const uint64_t answer_timeout = 30 * SECOND; /* RFC 4975 7.1.1 */

void msrp_queue_pop(struct msrp_session *s)
{
	struct outgoing *o = s->queue;

	s->queue = o->next;
	if (!s->queue)
		s->queue_end = &s->queue;
	free(o->content_type);
	free(o->body);
	free(o);
}

static void sent_tell(struct msrp_session *s, unsigned status)
{
	void *cookie = s->queue->cookie;

	s->transaction[0] = '\0';
	world_timer_stop(&s->timer);
	msrp_queue_pop(s);
	if (s->events->on_sent && !SESSION_ALIVE_AFTER(s, s->events->on_sent(s->arg, s, cookie, status)))
		return;
	msrp_send_next(s);
}

static void answer_late(void *arg)
{
	sent_tell(arg, 408);
}

static void transaction_pick(struct msrp_session *s, struct slice body)
{
	do
		sip_text_word(s->world, s->transaction);
	while (!msrp_transaction_fits(slice_of(s->transaction), body));
}

static void chunk_send(struct msrp_session *s, struct outgoing *o)
{
	size_t len = o->len - o->sent > CHUNK_MAX ? CHUNK_MAX : o->len - o->sent;
	struct slice body = {o->body + o->sent, len};
	struct msrp_send send = {
		.transaction = s->transaction,
		.to_path = s->remote_path,
		.from_path = s->path,
		.message_id = o->id,
		.content_type = o->content_type,
		.body = body,
		.range_from = o->sent + 1,
		.range_to = (int64_t)(o->sent + len),
		.range_total = (int64_t)o->len,
		.flag = o->sent + len < o->len ? '+' : '$',
	};
	struct buf text = {0};

	transaction_pick(s, body);
	msrp_send_write(&text, &send);
	o->sent += len;
	world_timer_start(s->world, &s->timer, answer_timeout, answer_late, s);
	stream_send(s->stream, buf_slice(&text));
	buf_done(&text);
}

void msrp_send_next(struct msrp_session *s)
{
	if (s->open && s->queue && !s->transaction[0])
		chunk_send(s, s->queue);
}

void msrp_empty_send(struct msrp_session *s)
{
	char transaction[SIP_TEXT_ID_MAX], id[SIP_TEXT_ID_MAX];
	struct msrp_send send = {
		.transaction = sip_text_word(s->world, transaction),
		.to_path = s->remote_path,
		.from_path = s->path,
		.message_id = sip_text_word(s->world, id),
		.range_from = 1,
		.range_to = 0,
		.range_total = 0,
	};
	struct buf text = {0};

	msrp_send_write(&text, &send);
	stream_send(s->stream, buf_slice(&text));
	buf_done(&text);
}

void msrp_response_take(struct msrp_session *s, const struct msrp *response)
{
	struct outgoing *o = s->queue;

	if (!s->transaction[0] || !slice_is(response->transaction, s->transaction))
		return;
	if (response->status != 200 || o->sent == o->len) {
		sent_tell(s, response->status);
		return;
	}
	s->transaction[0] = '\0';
	msrp_send_next(s);
}

void msrp_session_send(struct msrp_session *s, const char *content_type, struct slice body, void *cookie)
{
	struct outgoing *o = mem_alloc(sizeof(*o));

	o->cookie = cookie;
	o->content_type = mem_strdup(content_type);
	o->body = mem_alloc(body.len + 1);
	memcpy(o->body, body.p ? body.p : "", body.len);
	o->len = body.len;
	sip_text_word(s->world, o->id);
	*s->queue_end = o;
	s->queue_end = &o->next;
	msrp_send_next(s);
}
