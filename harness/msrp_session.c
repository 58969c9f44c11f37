/* SPDX-License-Identifier: MIT */
#include "harness/msrp_session_private.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

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

static void stream_on_bytes(void *arg, struct stream *stream, struct slice bytes)
{
	struct msrp_session *s = arg;
	struct err err;
	int rc = 0;

	buf_add(&s->in, bytes);
	while (rc == 0 && s->in.len) {
		rc = msrp_front_take(s, &err);
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
		msrp_empty_send(s);
	msrp_send_next(s);
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
	msrp_send_next(s);
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
		msrp_queue_pop(s);
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
	msrp_send_next(s);
	return 0;
}
