/* SPDX-License-Identifier: MIT */
#include "body/sdp_write.h"
#include "harness/user_internal.h"

#include <stdlib.h>

/* A withheld answer keeps the session up: the server's SEND stays under way. */
static unsigned on_message(void *arg, struct msrp_session *msrp, struct slice content_type, struct slice body)
{
	struct user_session *s = arg;

	if (s->plan.hold)
		return 0;
	s->user->messages++;
	session_tell(s, USER_MESSAGE);
	return 200;
}

static const struct msrp_session_events msrp_events = {.on_message = on_message};

/* Who connects (RFC 4975 5.4, RFC 6135 4): the offerer, unless a=setup leaves it to us. To hold the session up we
 * rather are the one who connects, and then don't. */
static const char *setup_answer(const struct sdp_msrp *offer, bool hold)
{
	if (slice_is(offer->setup, "passive"))
		return "active";
	if (slice_is(offer->setup, "actpass") && hold)
		return "active";
	return "passive";
}

static void answer_text(struct user_session *s, const struct sdp_msrp *offer, const char *setup)
{
	char host[NET_ADDR_TEXT_MAX];
	struct net_addr addr = *msrp_session_addr(s->msrp);
	struct sdp_msrp_values values = {
		.session_id = 1,
		.session_version = ++s->sdp_version,
		.port = addr.port,
		.path = msrp_session_path(s->msrp),
		.setup = offer->setup.p ? setup : NULL,
		.accept_types = "*",
		.direction = sdp_direction_answer(offer->direction),
	};
	struct buf text = {0};

	addr.port = 0;
	net_addr_format(host, &addr);
	values.address = host;
	sdp_msrp_write(&text, &values);
	free(s->sdp);
	s->sdp = buf_take(&text);
}

static int offer_answer(struct user_session *s, const struct sdp_msrp *offer, struct err *err)
{
	const char *setup = setup_answer(offer, s->plan.hold);
	bool active = slice_is(slice_of(setup), "active");
	struct net_addr bind = *core_addr(s->user->core);
	int rc;

	bind.port = 0;
	session_media_close(s);
	rc = msrp_session_new(core_world(s->user->core), &bind, &msrp_events, s, &s->msrp, err);
	if (rc < 0)
		return rc;
	answer_text(s, offer, setup);
	if (active && s->plan.hold)
		return 0;
	return msrp_session_start(s->msrp, offer->path, active, err);
}

int session_media_answer(struct user_session *s, const struct sip_msg *invite, struct err *err)
{
	struct slice type = sip_msg_value(invite, SIP_HEADER_CONTENT_TYPE);
	struct arena arena = {0};
	struct sdp_msrp offer;
	int rc = sdp_msrp_find(type, invite->body, &arena, &offer, err);

	if (rc == 0)
		rc = offer_answer(s, &offer, err);
	arena_done(&arena);
	return rc;
}

void session_media_close(struct user_session *s)
{
	msrp_session_free(s->msrp);
	s->msrp = NULL;
}
