/* SPDX-License-Identifier: MIT */
#include "endpoint_talk.h"

#include "harness/sip_text.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void note(struct talk *talk, const char *what, struct slice line)
{
	const char *end = line.len ? memchr(line.p, '\r', line.len) : NULL;

	buf_printf(&talk->diary, "%llu %s %.*s\n", (unsigned long long)(world_now(talk->world) / MS), what,
		   end ? (int)(end - line.p) : (int)line.len, line.len ? line.p : "");
}

static void on_tap(void *arg, const struct event_path *path, struct slice bytes, bool sent)
{
	struct side *side = arg;
	char what[8];

	snprintf(what, sizeof(what), "%s%s", side->name, sent ? ">" : "<");
	note(side->talk, what, bytes);
}

static void on_stray(void *arg, const struct event_path *path, struct slice bytes)
{
	note(((struct side *)arg)->talk, "stray", bytes);
}

void talk_answer(struct talk *talk, unsigned status)
{
	struct buf text = {0};

	sip_text_answer(&text, server_txn_request(talk->waiting), status, "b");
	sip_text_body(&text, NULL, SLICE_NONE);
	cr_assert(endpoint_answer(talk->waiting, buf_slice(&text), NULL) == 0 || talk->damaged);
	buf_done(&text);
}

static void answer_all(void *arg)
{
	struct talk *talk = arg;

	for (size_t i = 0; i < 4 && talk->statuses[i]; i++)
		talk_answer(talk, talk->statuses[i]);
}

static void on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
	struct side *side = arg;

	if (!txn) {
		cr_assert_eq(msg->method, SIP_METHOD_ACK);
		side->talk->acks++;
		return;
	}
	cr_assert_null(server_txn_arg(txn));
	server_txn_set_arg(txn, side->talk);
	side->talk->requests++;
	side->talk->waiting = txn;
	if (side->talk->silent)
		return;
	if (side->talk->answer_delay)
		world_timer_start(side->talk->world, &side->talk->later, side->talk->answer_delay, answer_all,
				  side->talk);
	else
		answer_all(side->talk);
}

static void on_cancel(void *arg, struct server_txn *invite)
{
	struct talk *talk = ((struct side *)arg)->talk;

	cr_assert(invite == talk->waiting || talk->damaged);
	cr_assert_eq(server_txn_arg(invite), talk);
	talk_answer(talk, 487);
}

static void on_txn_end(void *arg, struct server_txn *txn, bool ack_missing)
{
	struct talk *talk = ((struct side *)arg)->talk;

	talk->ends++;
	talk->missing += ack_missing;
	note(talk, ack_missing ? "end without ack" : "end", server_txn_request(txn)->raw);
}

const struct endpoint_events talk_events = {on_request, on_cancel, on_txn_end, on_stray, on_tap};

static void send_ack(struct talk *talk, const struct sip_msg *msg)
{
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	sip_text_request(&text, "ACK", SLICE("sip:b@127.0.0.1"));
	sip_text_via(&text, talk->transport, endpoint_addr(talk->a.endpoint), sip_text_branch(talk->world, branch));
	sip_text_copy(&text, msg, SIP_HEADER_FROM);
	sip_text_copy(&text, msg, SIP_HEADER_TO);
	sip_text_copy(&text, msg, SIP_HEADER_CALL_ID);
	sip_text_header(&text, "CSeq", "1 ACK");
	sip_text_body(&text, NULL, SLICE_NONE);
	cr_assert_eq(endpoint_send(talk->a.endpoint, talk->transport, endpoint_addr(talk->b.endpoint), buf_slice(&text),
				   NULL),
		     0);
	buf_done(&text);
}

void talk_on_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct talk *talk = arg;

	talk->outcomes++;
	if (!msg) {
		note(talk, "told", slice_of(err->text));
		return;
	}
	note(talk, "told", msg->raw);
	if (msg->method == SIP_METHOD_INVITE && msg->status / 100 == 2 && !talk->no_ack)
		send_ack(talk, msg);
}

struct buf talk_request(struct talk *talk, const char *method, const char *branch)
{
	struct buf text = {0};

	sip_text_request(&text, method, SLICE("sip:b@127.0.0.1"));
	sip_text_via(&text, talk->transport, endpoint_addr(talk->a.endpoint), branch);
	sip_text_header(&text, "Max-Forwards", "70");
	sip_text_header(&text, "From", "<sip:a@127.0.0.1>;tag=a");
	sip_text_header(&text, "To", "<sip:b@127.0.0.1>");
	sip_text_header(&text, "Call-ID", "call of %s", branch);
	sip_text_header(&text, "CSeq", "1 %s", method);
	sip_text_body(&text, NULL, SLICE_NONE);
	return text;
}

void talk_ask(struct talk *talk, const char *method, const char *branch)
{
	struct buf text = talk_request(talk, method, branch);
	struct err err = {0};

	cr_assert_eq(endpoint_request(talk->a.endpoint,
				      &(struct endpoint_request){talk->transport, endpoint_addr(talk->b.endpoint),
								 buf_slice(&text), talk_on_answer, talk},
				      &talk->invite, &err),
		     0, "%s", err.text);
	buf_done(&text);
}

void talk_side_open(struct talk *talk, struct side *side, const char *name, struct net_addr bind)
{
	struct err err = {0};

	side->talk = talk;
	side->name = name;
	cr_assert_eq(endpoint_new(talk->world, &bind, &talk_events, side, &side->endpoint, &err), 0, "%s", err.text);
}

void talk_open(struct talk *talk, struct world *world, struct net_addr a, struct net_addr b)
{
	talk->world = world;
	talk_side_open(talk, &talk->a, "a", a);
	talk_side_open(talk, &talk->b, "b", b);
}

void talk_start(struct talk *talk, uint64_t seed, const struct weather *weather)
{
	talk_open(talk, world_new_virtual(seed, weather), loopback4(5060), loopback4(5070));
}

void talk_end(struct talk *talk)
{
	world_timer_stop(&talk->later);
	endpoint_free(talk->a.endpoint);
	endpoint_free(talk->b.endpoint);
	world_free(talk->world);
	buf_done(&talk->diary);
}

unsigned talk_count(const struct talk *talk, const char *what)
{
	unsigned n = 0;

	for (const char *p = talk->diary.p; p && (p = strstr(p, what)); p++)
		n++;
	return n;
}
