/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "harness/user_internal.h"
#include "sip/value.h"

#include <stdlib.h>

void session_tell(struct user_session *s, enum user_event event)
{
	if (s->user->on_event)
		s->user->on_event(s->user->arg, s->user, event);
}

void session_over(struct user_session *s)
{
	if (s->call == CALL_OVER)
		return;
	s->call = CALL_OVER;
	world_timer_stop(&s->step);
	session_timer_stop(s);
	session_media_close(s);
	s->user->ended++;
	session_tell(s, USER_ENDED);
}

void session_free(struct user_session *s)
{
	world_timer_stop(&s->step);
	session_timer_stop(s);
	session_media_close(s);
	if (s->txn && s->call == CALL_RINGING)
		core_refuse(s->txn, 480);
	if (s->asking)
		client_txn_detach(s->asking);
	sip_dialog_done(&s->dialog);
	free(s->sdp);
	free(s);
}

/* --- requests of ours inside the dialog --- */

static void on_asked(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct user_session *s = arg;

	if (!msg || msg->status >= 200)
		s->asking = NULL;
}

int session_request(struct user_session *s, const char *method, void (*more)(struct user_session *s, struct buf *to),
		    endpoint_answer_fn *on_answer)
{
	struct core_request request = {.transport = NET_UDP};
	struct net_addr from = *core_addr(s->user->core), dst;
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};
	int rc;

	if (s->asking)
		return -EBUSY;
	from.port = 5062;
	sip_dialog_request(&text, &s->dialog, method, NET_UDP, &from,
			   sip_text_branch(core_world(s->user->core), branch));
	more(s, &text);
	/* a Contact that names its host by name leads to the IUT as everything else does */
	if (sip_dialog_hop(&s->dialog, &dst, &request.transport, NULL) == 0)
		request.dst = &dst;
	request.raw = buf_slice(&text);
	rc = core_forward(s->user->core, &request, on_answer ? on_answer : on_asked, s, &s->asking, NULL);
	buf_done(&text);
	return rc;
}

static void write_nothing(struct user_session *s, struct buf *to)
{
	sip_text_body(to, NULL, SLICE_NONE);
}

void session_hang_up(struct user_session *s)
{
	if (s->asking)
		client_txn_detach(s->asking);
	s->asking = NULL;
	session_request(s, "BYE", write_nothing, NULL);
	session_over(s);
}

static void hang_up_by_plan(void *arg)
{
	session_hang_up(arg);
}

/* --- answers to the INVITE, by plan --- */

static void step_next(struct user_session *s);

static void write_lines(struct user_session *s, struct buf *to, const struct user_answer *answer)
{
	if (answer->contact) {
		struct sip_addr contact;

		if (sip_addr_read(slice_of(answer->contact), &contact) == 0)
			user_reachable(s->user, contact.uri);
		sip_text_header(to, "Contact", "%s", answer->contact);
	} else if (answer->status < 300 && answer->status > 100) {
		sip_text_header(to, "Contact", "<%s>;%s", s->user->contact, core_tag(s->user->core));
	}
	if (answer->allow)
		sip_text_header(to, "Allow", "%s", answer->allow);
	for (size_t i = 0; i < USER_HEADERS_MAX && answer->headers[i]; i++)
		buf_printf(to, "%s\r\n", answer->headers[i]);
}

static bool may_be_reliable(const struct user_answer *answer, const struct sip_msg *invite)
{
	return answer->reliable && answer->status > 100 && answer->status < 200 &&
	       (sip_msg_lists(invite, SIP_HEADER_SUPPORTED, SLICE("100rel")) ||
		sip_msg_lists(invite, SIP_HEADER_REQUIRE, SLICE("100rel")));
}

static void answer_write(struct user_session *s, struct buf *to, const struct user_answer *answer)
{
	const struct sip_msg *invite = server_txn_request(s->txn);
	bool ok = answer->status >= 200 && answer->status < 300;

	core_answer_head(s->user->core, to, invite, answer->status, s->tag);
	write_lines(s, to, answer);
	if (may_be_reliable(answer, invite)) {
		sip_text_header(to, "Require", "100rel");
		sip_text_header(to, "RSeq", "%zu", s->next_answer);
	}
	if (ok)
		session_timer_headers(s, to, answer);
	if (answer->body.p) {
		sip_text_body(to, "application/sdp", answer->body);
		return;
	}
	if (ok && session_media_answer(s, invite, NULL) == 0)
		sip_text_body(to, "application/sdp", slice_of(s->sdp));
	else
		sip_text_body(to, NULL, SLICE_NONE);
}

static void answered_finally(struct user_session *s)
{
	const struct sip_msg *invite = server_txn_request(s->txn);

	if (s->answer->status >= 300) {
		session_tell(s, USER_ANSWERED);
		session_over(s);
		return;
	}
	s->call = CALL_UP;
	s->peer_updates = sip_msg_lists(invite, SIP_HEADER_ALLOW, SLICE("UPDATE"));
	if (sip_dialog_accepted(&s->dialog, invite, s->tag, NULL) < 0) {
		session_over(s); /* without a Contact there is no way back: the judge has seen it */
		return;
	}
	session_timer_start(s);
	if (s->plan.bye_after)
		world_timer_start(core_world(s->user->core), &s->step, s->plan.bye_after, hang_up_by_plan, s);
	session_tell(s, USER_ANSWERED);
}

static void step_take(void *arg)
{
	struct user_session *s = arg;
	struct buf text = {0};

	if (!s->txn)
		return;
	s->answer = &s->plan.answers[s->next_answer++];
	answer_write(s, &text, s->answer);
	endpoint_answer(s->txn, buf_slice(&text), NULL);
	buf_done(&text);
	if (s->answer->status >= 200)
		answered_finally(s);
	else
		step_next(s);
}

static void step_next(struct user_session *s)
{
	if (s->next_answer == s->plan.count)
		return;
	world_timer_start(core_world(s->user->core), &s->step, s->plan.answers[s->next_answer].after, step_take, s);
}

void session_begin(struct user *user, struct server_txn *txn)
{
	struct user_session *s = mem_alloc(sizeof(*s));
	size_t which = user->pushes < user->plan_count ? user->pushes : user->plan_count - 1;

	s->user = user;
	s->txn = txn;
	s->plan = *user->plans[which];
	sip_text_word(core_world(user->core), s->tag);
	s->next = user->sessions;
	user->sessions = s;
	user->pushes++;
	step_next(s);
	session_tell(s, USER_PUSHED);
}
