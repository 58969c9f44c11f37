/* SPDX-License-Identifier: MIT
 *
 * The media of a push: the SDP offer, and the deferred messages over MSRP, one after the other. A message leaves the
 * store when the user's side has answered it 200; the session ends when none is left to try. */
#include "body/sdp.h"
#include "harness/server_push.h"

static void deliver_next(struct push *push);

static void give_up(void *arg)
{
	push_bye(arg);
}

static void wait_for_media(struct push *push)
{
	struct server *s = push->server;

	world_timer_start(s->world, &push->patience, s->config.stream, give_up, push);
}

static void on_open(void *arg, struct msrp_session *msrp)
{
	struct push *push = arg;

	world_timer_stop(&push->patience);
}

/* An answer that is only late (408) may mean that the user's device is slow: the session stays, but nothing more is
 * sent, until patience ends. */
static void on_sent(void *arg, struct msrp_session *msrp, void *cookie, unsigned status)
{
	struct push *push = arg;

	if (status == 200)
		server_deferred_remove(push->user, (uintptr_t)cookie);
	if (status == 408)
		wait_for_media(push);
	else
		deliver_next(push);
}

static void on_end(void *arg, struct msrp_session *msrp, const struct err *err)
{
	push_bye(arg);
}

static const struct msrp_session_events events = {.on_open = on_open, .on_sent = on_sent, .on_end = on_end};

/* h) "add either a session 'sendonly' attribute or a media 'sendonly' attribute that modifies the "m=message" line":
 * the media's. */
static const char *media_text(struct push *push, const char *setup)
{
	struct net_addr host = *msrp_session_addr(push->msrp);
	char address[NET_ADDR_TEXT_MAX];
	struct buf text = {0};
	struct sdp_msrp_values media = {
		.session_id = push->sdp_id,
		.session_version = push->sdp_id,
		.port = host.port,
		.setup = setup,
		.path = msrp_session_path(push->msrp),
		.direction = SDP_SENDONLY,
	};

	host.port = 0;
	media.address = net_addr_format(address, &host);
	server_faults_offer(push->server, &media);
	sdp_msrp_write(&text, &media);
	struct slice kept = arena_copy(&push->arena, buf_slice(&text));
	buf_done(&text);
	return kept.p;
}

/* Either side may connect (actpass): the listener behind the path is open already. */
int push_offer_make(struct push *push, struct err *err)
{
	struct server *s = push->server;
	struct net_addr any_port = *endpoint_addr(s->endpoint);
	int rc;

	any_port.port = 0;
	rc = msrp_session_new(s->world, &any_port, &events, push, &push->msrp, err);
	if (rc < 0)
		return rc;
	push->sdp_id = world_random(s->world) >> 1;
	push->sdp = media_text(push, "actpass");
	return 0;
}

/* Against an offer of the other side the stream stays as it is (RFC 4145 4.1: an answer chooses). */
const char *push_media_answer(struct push *push)
{
	return media_text(push, push->connects ? "active" : "passive");
}

/* One word of a=accept-types: "*", a type and "/" and "*", or a whole type, without parameters. */
static bool type_matches(struct slice word, struct slice type)
{
	if (slice_is(word, "*"))
		return true;
	if (word.len > 2 && word.p[word.len - 1] == '*' && word.p[word.len - 2] == '/')
		return type.len >= word.len &&
		       slice_eq_nocase((struct slice){word.p, word.len - 1}, (struct slice){type.p, word.len - 1});
	return slice_eq_nocase(word, type);
}

static bool is_acceptable(const struct push *push, const struct server_deferred *d)
{
	struct slice rest = push->accept_types, type = slice_of(d->content_type);
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

static struct server_deferred *next_untried(struct push *push)
{
	for (struct server_deferred *d = push->user->deferred; d; d = d->next)
		if (d->tried != push->serial && is_acceptable(push, d))
			return d;
	return NULL;
}

static void deliver_next(struct push *push)
{
	struct server_deferred *d = next_untried(push);

	if (!d) {
		if (!server_has_variant(push->server, VARIANT_SESSION_KEPT))
			push_bye(push);
		return;
	}
	d->tried = push->serial;
	msrp_session_send(push->msrp, d->content_type, d->body, (void *)(uintptr_t)d->id);
}

/* The answerer chooses who connects (RFC 4145 4.1); without a word from it, we do (RFC 4975 5.4). */
static int media_start(struct push *push, const struct sip_msg *answer)
{
	struct sdp_msrp media;
	struct sdp sdp;

	if (sdp_read(&sdp, answer->body, &push->arena, NULL) < 0 || sdp_msrp_read(&sdp, &media, NULL) < 0)
		return -EBADMSG;
	if (media.port == 0 || media.tls || !sdp_direction_answers(SDP_SENDONLY, media.direction) ||
	    media.direction == SDP_INACTIVE)
		return -ENOTSUP;
	push->accept_types = arena_copy(&push->arena, media.accept_types);
	push->connects = !slice_is_nocase(media.setup, "active");
	return msrp_session_start(push->msrp, media.path, push->connects, NULL);
}

void push_deliver(struct push *push, const struct sip_msg *answer)
{
	if (media_start(push, answer) < 0) {
		push_bye(push);
		return;
	}
	if (!msrp_session_is_open(push->msrp))
		wait_for_media(push);
	deliver_next(push);
}
