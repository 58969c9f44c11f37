/* SPDX-License-Identifier: MIT */
#include "harness/msrp_session.h"
#include "base/mem.h"
#include "base/text.h"
#include "harness/sip_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_MAX = 2048 };                             /* RFC 4975 5.1: longer chunks must be interruptible */
static const uint64_t answer_timeout = 30000000000ull; /* RFC 4975 7.1.1 */

struct outgoing {
	struct outgoing *next;
	void *cookie;
	char *content_type;
	char *body;
	size_t len, sent; /* bytes */
	char id[SIP_TEXT_ID_MAX];
};

struct msrp_session {
	struct world *world;
	const struct msrp_session_events *events;
	void *arg;
	struct listener *listener;
	struct net_addr addr;
	struct stream *stream; /* NULL: none yet, or over */
	bool open;
	char *path, *remote_path;
	struct outgoing *queue, **queue_end;
	char transaction[SIP_TEXT_ID_MAX]; /* of the SEND that waits for its answer; "": none */
	struct world_timer timer;
	struct buf in;
	size_t scanned;
	struct buf message; /* chunks that have come of one message */
	char *content_type; /* of that message */
	bool *freed;        /* told when a callback frees the session */
};

static void queue_pop(struct msrp_session *s)
{
	struct outgoing *o = s->queue;

	s->queue = o->next;
	if (!s->queue)
		s->queue_end = &s->queue;
	free(o->content_type);
	free(o->body);
	free(o);
}

static void stream_drop(struct msrp_session *s)
{
	struct stream *stream = s->stream;

	s->stream = NULL;
	s->open = false;
	world_timer_stop(&s->timer);
	if (stream)
		stream_close(stream);
}

static void session_end(struct msrp_session *s, const struct err *err)
{
	stream_drop(s);
	if (s->events->on_end)
		s->events->on_end(s->arg, s, err);
}

/* Calls that may free the session are made through this, so that the caller can tell. */
#define SESSION_ALIVE_AFTER(s, call)                                                                                   \
	({                                                                                                             \
		bool gone = false, *outer = (s)->freed;                                                                \
		(s)->freed = &gone;                                                                                    \
		call;                                                                                                  \
		if (!gone)                                                                                             \
			(s)->freed = outer;                                                                            \
		else if (outer)                                                                                        \
			*outer = true;                                                                                 \
		!gone;                                                                                                 \
	})

static void send_next(struct msrp_session *s);

static void sent_tell(struct msrp_session *s, unsigned status)
{
	void *cookie = s->queue->cookie;

	s->transaction[0] = '\0';
	world_timer_stop(&s->timer);
	queue_pop(s);
	if (s->events->on_sent && !SESSION_ALIVE_AFTER(s, s->events->on_sent(s->arg, s, cookie, status)))
		return;
	send_next(s);
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

static void send_next(struct msrp_session *s)
{
	if (s->open && s->queue && !s->transaction[0])
		chunk_send(s, s->queue);
}

/* The connecting side speaks first, so that the other one can bind the stream to its session (RFC 4975 5.4). */
static void empty_send(struct msrp_session *s)
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

static void response_take(struct msrp_session *s, const struct msrp *response)
{
	struct outgoing *o = s->queue;

	if (!s->transaction[0] || !slice_is(response->transaction, s->transaction))
		return;
	if (response->status != 200 || o->sent == o->len) {
		sent_tell(s, response->status);
		return;
	}
	s->transaction[0] = '\0';
	send_next(s);
}

/* Chunks of one message come in order on one stream; a chunk that starts at byte 1 begins a new one. */
static void chunk_take(struct msrp_session *s, const struct msrp *send)
{
	if (!send->has_range || send->range_from <= 1) {
		buf_clear(&s->message);
		free(s->content_type);
		s->content_type = mem_printf("%.*s", SLICE_F(send->content_type));
	}
	buf_add(&s->message, send->body);
}

static unsigned message_tell(struct msrp_session *s)
{
	if (!s->events->on_message)
		return 200;
	return s->events->on_message(s->arg, s, slice_of(s->content_type), buf_slice(&s->message));
}

static void send_answer(struct msrp_session *s, const struct msrp *send, unsigned status)
{
	char transaction[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	if (!slice_is(send->failure_report, "no"))
		msrp_response_write(&text, send, status, status == 200 ? "OK" : NULL);
	if (status == 200 && send->flag == '$' && slice_is(send->success_report, "yes"))
		msrp_report_write(&text, send, sip_text_word(s->world, transaction), status);
	if (text.len)
		stream_send(s->stream, buf_slice(&text));
	buf_done(&text);
}

static void send_take(struct msrp_session *s, const struct msrp *send)
{
	unsigned status = 200;

	if (!send->body.p) {
		send_answer(s, send, status);
		return;
	}
	chunk_take(s, send);
	if (s->message.len > MSRP_MESSAGE_MAX)
		status = 413;
	else if (send->flag == '$' && !SESSION_ALIVE_AFTER(s, status = message_tell(s)))
		return;
	if (s->stream && status)
		send_answer(s, send, status);
}

static int message_take(struct msrp_session *s, struct slice bytes, struct err *err)
{
	struct msrp msrp;
	int rc = msrp_read(&msrp, bytes, err);

	if (rc < 0)
		return rc;
	if (msrp.kind == MSRP_RESPONSE)
		response_take(s, &msrp);
	else if (msrp.kind == MSRP_SEND)
		send_take(s, &msrp);
	return 0;
}

/* Takes one message off the front. 0, -EAGAIN, or an error that ends the stream. */
static int front_take(struct msrp_session *s, struct err *err)
{
	struct buf message = {0};
	size_t len;
	int rc = msrp_frame(buf_slice(&s->in), &s->scanned, &len, err);

	if (rc < 0)
		return rc;
	/* a copy: callbacks may free the session */
	buf_add(&message, (struct slice){s->in.p, len});
	buf_drop_front(&s->in, len);
	s->scanned = 0;
	if (!SESSION_ALIVE_AFTER(s, rc = message_take(s, buf_slice(&message), err)))
		rc = -ECANCELED;
	buf_done(&message);
	return rc;
}

static void stream_on_bytes(void *arg, struct stream *stream, struct slice bytes)
{
	struct msrp_session *s = arg;
	struct err err;
	int rc = 0;

	buf_add(&s->in, bytes);
	while (rc == 0 && s->in.len) {
		rc = front_take(s, &err);
		if (rc == -ECANCELED || (rc == 0 && !s->stream))
			return;
	}
	if (rc < 0 && rc != -EAGAIN)
		session_end(s, &err);
}

static void stream_on_open(void *arg, struct stream *stream)
{
	struct msrp_session *s = arg;

	s->open = true;
	if (s->events->on_open && !SESSION_ALIVE_AFTER(s, s->events->on_open(s->arg, s)))
		return;
	if (!s->queue && s->stream)
		empty_send(s);
	send_next(s);
}

static void stream_on_close(void *arg, struct stream *stream, const struct err *err)
{
	struct msrp_session *s = arg;

	s->stream = NULL; /* gone already */
	session_end(s, err);
}

static const struct stream_events stream_events = {stream_on_open, stream_on_bytes, stream_on_close};

/* One stream a session: whoever comes second is turned away. */
static void listener_on_accept(void *arg, struct stream *stream)
{
	struct msrp_session *s = arg;

	stream_set_events(stream, &stream_events, s);
	if (s->stream) {
		stream_close(stream);
		return;
	}
	s->stream = stream;
	s->open = s->remote_path != NULL;
	if (s->open && s->events->on_open && !SESSION_ALIVE_AFTER(s, s->events->on_open(s->arg, s)))
		return;
	send_next(s);
}

int msrp_session_new(struct world *world, const struct net_addr *bind, const struct msrp_session_events *events,
		     void *arg, struct msrp_session **ret_session, struct err *err)
{
	struct net_addr any = net_addr_v4((const uint8_t[]){127, 0, 0, 1}, 0);
	struct msrp_session *s = mem_alloc(sizeof(*s));
	char host[NET_ADDR_TEXT_MAX], id[SIP_TEXT_ID_MAX];
	int rc;

	s->world = world;
	s->events = events;
	s->arg = arg;
	s->queue_end = &s->queue;
	rc = stream_listen(world, bind ? bind : &any, listener_on_accept, s, &s->listener, err);
	if (rc < 0) {
		free(s);
		return rc;
	}
	s->addr = *listener_addr(s->listener);
	s->path = mem_printf("msrp://%s/%s;tcp", net_addr_format(host, &s->addr), sip_text_word(world, id));
	*ret_session = s;
	return 0;
}

void msrp_session_free(struct msrp_session *s)
{
	if (!s)
		return;
	if (s->freed)
		*s->freed = true;
	stream_drop(s);
	listener_close(s->listener);
	while (s->queue)
		queue_pop(s);
	buf_done(&s->in);
	buf_done(&s->message);
	free(s->content_type);
	free(s->path);
	free(s->remote_path);
	free(s);
}

const char *msrp_session_path(const struct msrp_session *session)
{
	return session->path;
}

const struct net_addr *msrp_session_addr(const struct msrp_session *session)
{
	return &session->addr;
}

bool msrp_session_is_open(const struct msrp_session *session)
{
	return session->open;
}

static int path_addr(struct slice path, struct net_addr *ret, struct err *err)
{
	struct msrp_uri uri;
	struct slice host;
	char shown[80];
	int rc = msrp_uri_read(path, &uri, NULL, err);

	if (rc < 0)
		return rc;
	host = uri.host;
	if (host.len > 2 && host.p[0] == '[')
		host = (struct slice){host.p + 1, host.len - 2};
	if (!net_addr_parse_ip(host, uri.port, ret))
		return err_set(err, -EBADMSG, "the MSRP path names the host '%s', and names are not looked up",
			       text_clean_fixed(shown, sizeof(shown), host));
	return 0;
}

int msrp_session_start(struct msrp_session *s, struct slice remote_path, bool active, struct err *err)
{
	struct net_addr dst;
	int rc = path_addr(remote_path, &dst, err);

	if (rc < 0)
		return rc;
	free(s->remote_path);
	s->remote_path = mem_printf("%.*s", SLICE_F(remote_path));
	if (active && !s->stream)
		return stream_connect(s->world, &dst, &stream_events, s, &s->stream, err);
	s->open = s->stream != NULL;
	send_next(s);
	return 0;
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
	send_next(s);
}
