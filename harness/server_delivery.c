/* SPDX-License-Identifier: MIT
 *
 * The media of a push: the SDP offer, and the deferred messages over MSRP, one after the other. A message leaves the
 * store when the user's side has answered it 200; the session ends when none is left to try. */
#include "body/sdp.h"
#include "harness/server_session.h"

static void deliver_next(struct server_session *session);

static void give_up(void *arg)
{
	session_bye(arg);
}

static void wait_for_media(struct server_session *session)
{
	struct server *s = session->server;

	world_timer_start(s->world, &session->patience, s->config.stream, give_up, session);
}

static void on_open(void *arg, struct msrp_session *msrp)
{
	struct server_session *session = arg;

	world_timer_stop(&session->patience);
}

/* An answer that is only late (408) may mean that the user's device is slow: the session stays, but nothing more is
 * sent, until patience ends. */
static void on_sent(void *arg, struct msrp_session *msrp, void *cookie, unsigned status)
{
	struct server_session *session = arg;

	if (status == 200)
		server_deferred_remove(session->user, cookie);
	if (status == 408)
		wait_for_media(session);
	else
		deliver_next(session);
}

static void on_end(void *arg, struct msrp_session *msrp, const struct err *err)
{
	session_bye(arg);
}

static const struct msrp_session_events events = {.on_open = on_open, .on_sent = on_sent, .on_end = on_end};

/* h) "add either a session 'sendonly' attribute or a media 'sendonly' attribute that modifies the "m=message" line": the
 * media's. Either side may connect (actpass): the listener behind the path is open already. */
int session_offer_make(struct server_session *session, struct err *err)
{
	struct server *s = session->server;
	struct net_addr any_port = *endpoint_addr(s->endpoint);
	uint64_t id = world_random(s->world) >> 1;
	struct buf text = {0};
	int rc;

	any_port.port = 0;
	rc = msrp_session_new(s->world, &any_port, &events, session, &session->msrp, err);
	if (rc < 0)
		return rc;
	struct net_addr host = *msrp_session_addr(session->msrp);
	char address[NET_ADDR_TEXT_MAX];
	struct sdp_msrp_values offer = {
		.session_id = id, .session_version = id, .port = host.port, .setup = "actpass",
		.path = msrp_session_path(session->msrp), .direction = SDP_SENDONLY,
	};
	host.port = 0;
	offer.address = net_addr_format(address, &host);
	server_faults_offer(s, &offer);
	sdp_msrp_write(&text, &offer);
	session->sdp = arena_copy(&session->arena, buf_slice(&text)).p;
	buf_done(&text);
	return 0;
}

/* One word of a=accept-types: "*", a type and "/" and "*", or a whole type, without parameters. */
static bool type_matches(struct slice word, struct slice type)
{
	if (slice_is(word, "*"))
		return true;
	if (word.len > 2 && word.p[word.len - 1] == '*' && word.p[word.len - 2] == '/')
		return type.len >= word.len && slice_eq_nocase((struct slice){word.p, word.len - 1},
							       (struct slice){type.p, word.len - 1});
	return slice_eq_nocase(word, type);
}

static bool is_acceptable(const struct server_session *session, const struct server_deferred *d)
{
	struct slice rest = session->accept_types, type = slice_of(d->content_type);
	const char *params = slice_find(type, SLICE(";"));

	if (params)
		type = slice_trim(slice_range(type.p, params));
	while (rest.len) {
		const char *blank = slice_find(rest, SLICE(" "));
		struct slice word = blank ? slice_range(rest.p, blank) : rest;

		if (type_matches(word, type))
			return true;
		rest = blank ? slice_range(blank + 1, rest.p + rest.len) : SLICE_NONE;
	}
	return false;
}

static struct server_deferred *next_untried(struct server_session *session)
{
	for (struct server_deferred *d = session->user->deferred; d; d = d->next)
		if (d->tried != session->serial && is_acceptable(session, d))
			return d;
	return NULL;
}

static void deliver_next(struct server_session *session)
{
	struct server_deferred *d = next_untried(session);

	if (!d) {
		session_bye(session);
		return;
	}
	d->tried = session->serial;
	msrp_session_send(session->msrp, d->content_type, d->body, d);
}

/* The answerer chooses who connects (RFC 4145 4.1); without a word from it, we do (RFC 4975 5.4). */
static int media_start(struct server_session *session, const struct sip_msg *answer)
{
	struct sdp_msrp media;
	struct sdp sdp;

	if (sdp_read(&sdp, answer->body, &session->arena, NULL) < 0 || sdp_msrp_read(&sdp, &media, NULL) < 0)
		return -EBADMSG;
	if (media.port == 0 || media.tls || !sdp_direction_answers(SDP_SENDONLY, media.direction) ||
	    media.direction == SDP_INACTIVE)
		return -ENOTSUP;
	session->accept_types = arena_copy(&session->arena, media.accept_types);
	return msrp_session_start(session->msrp, media.path, !slice_is_nocase(media.setup, "active"), NULL);
}

void session_deliver(struct server_session *session, const struct sip_msg *answer)
{
	if (media_start(session, answer) < 0) {
		session_bye(session);
		return;
	}
	if (!msrp_session_is_open(session->msrp))
		wait_for_media(session);
	deliver_next(session);
}
