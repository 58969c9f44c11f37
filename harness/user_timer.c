/* SPDX-License-Identifier: MIT */
#include "harness/user_internal.h"
#include "base/time.h"
#include "sip/value.h"

#include <inttypes.h>

static void clock_start(struct user_session *s);

static bool is_ours(const char *refresher, bool we_ask)
{
	return slice_is_nocase(slice_of(refresher), we_ask ? "uac" : "uas");
}

static const char *refresher_offered(const struct sip_msg *msg)
{
	struct slice main, params, who;

	sip_value_split(sip_msg_value(msg, SIP_HEADER_SESSION_EXPIRES), &main, &params);
	if (!sip_param_find(params, "refresher", &who))
		return NULL;
	return slice_is_nocase(who, "uas") ? "uas" : "uac";
}

/* RFC 4028 9: nobody may be made to refresh who did not say that he can; and never below his Min-SE. */
void session_timer_headers(struct user_session *s, struct buf *to, const struct user_answer *answer)
{
	const struct sip_msg *invite = server_txn_request(s->txn);
	bool can = sip_msg_lists(invite, SIP_HEADER_SUPPORTED, SLICE("timer"));
	const char *offered = refresher_offered(invite);
	const char *refresher = answer->refresher ? answer->refresher : offered ? offered : "uac";
	uint64_t interval = 0, floor = 0;

	sip_msg_number(invite, SIP_HEADER_SESSION_EXPIRES, &interval);
	sip_msg_number(invite, SIP_HEADER_MIN_SE, &floor);
	if (answer->session_expires)
		interval = answer->session_expires > floor ? answer->session_expires : floor;
	if (!interval || interval > UINT32_MAX || (!can && !is_ours(refresher, false)))
		return;
	s->interval = (uint32_t)interval;
	s->refresher = is_ours(refresher, false);
	if (!s->refresher)
		sip_text_header(to, "Require", "timer");
	sip_text_header(to, "Supported", "timer");
	sip_text_header(to, "Session-Expires", "%" PRIu32 ";refresher=%s", s->interval, refresher);
}

static void write_refresh(struct user_session *s, struct buf *to)
{
	sip_text_header(to, "Contact", "<%s>;%s", s->user->contact, core_tag(s->user->core));
	sip_text_header(to, "Supported", "timer");
	sip_text_header(to, "Session-Expires", "%" PRIu32 ";refresher=uac", s->interval);
	if (s->peer_updates || !s->sdp)
		sip_text_body(to, NULL, SLICE_NONE);
	else
		sip_text_body(to, "application/sdp", slice_of(s->sdp));
}

static void ack_refresh(struct user_session *s, const struct sip_msg *answer)
{
	struct net_addr from = *core_addr(s->user->core), dst;
	enum net_transport transport = NET_UDP;
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};
	uint32_t cseq = 0;
	struct slice method;

	sip_dialog_retarget(&s->dialog, answer);
	if (sip_msg_cseq(answer, &cseq, &method) < 0 || sip_dialog_hop(&s->dialog, &dst, &transport, NULL) < 0)
		return;
	sip_dialog_ack(&text, &s->dialog, cseq, transport, &from, sip_text_branch(core_world(s->user->core), branch));
	sip_text_body(&text, NULL, SLICE_NONE);
	core_send(s->user->core, transport, &dst, buf_slice(&text));
	buf_done(&text);
}

static void repeats_end(void *arg)
{
	struct user_session *s = arg;

	world_timer_stop(&s->repeats);
	if (s->repeated)
		client_txn_detach(s->repeated);
	s->repeated = NULL;
}

/* The transaction is gone, silently, at the horizon: we let go of it before. */
static void repeats_start(struct user_session *s, struct client_txn *txn)
{
	if (s->repeated == txn)
		return;
	repeats_end(s);
	s->repeated = txn;
	world_timer_start(core_world(s->user->core), &s->repeats, SIP_HORIZON - SIP_T1, repeats_end, s);
}

static void on_refreshed(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct user_session *s = arg;

	if (msg && msg->status < 200)
		return;
	s->asking = NULL;
	if (!msg || msg->status >= 300)
		return; /* the interval goes on; when it is over, so is the session */
	if (msg->method == SIP_METHOD_INVITE) {
		repeats_start(s, txn);
		ack_refresh(s, msg);
	}
	clock_start(s);
}

static void on_half(void *arg)
{
	struct user_session *s = arg;

	session_request(s, s->peer_updates ? "UPDATE" : "INVITE", write_refresh, on_refreshed);
}

/* RFC 4028 10: the side that does not refresh gives up when the interval is over; a little later, so that nobody can
 * say that it was not. */
static void on_expired(void *arg)
{
	session_hang_up(arg);
}

static void clock_start(struct user_session *s)
{
	uint64_t interval = s->interval * SECOND;

	if (s->call != CALL_UP || !s->interval)
		return;
	if (!s->refresher)
		world_timer_start(core_world(s->user->core), &s->clock, interval + SIP_T1, on_expired, s);
	else if (s->plan.refreshes)
		world_timer_start(core_world(s->user->core), &s->clock, interval / 2, on_half, s);
}

void session_timer_start(struct user_session *s)
{
	clock_start(s);
}

void session_timer_stop(struct user_session *s)
{
	world_timer_stop(&s->clock);
	repeats_end(s);
}

void session_timer_refreshed(struct user_session *s, const struct sip_msg *msg, struct buf *to)
{
	const char *refresher = refresher_offered(msg);
	uint64_t interval = 0;

	sip_msg_number(msg, SIP_HEADER_SESSION_EXPIRES, &interval);
	if (!interval || interval > UINT32_MAX)
		return;
	s->interval = (uint32_t)interval;
	s->refresher = refresher && is_ours(refresher, false);
	sip_text_header(to, "Supported", "timer");
	sip_text_header(to, "Session-Expires", "%" PRIu32 ";refresher=%s", s->interval, refresher ? refresher : "uac");
	clock_start(s);
}
