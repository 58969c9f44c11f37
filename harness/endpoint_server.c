/* SPDX-License-Identifier: MIT */
#include "harness/endpoint_private.h"

#include "base/mem.h"
#include "harness/sip_text.h"
#include "sip/value.h"

#include <stdlib.h>

enum { SIP_PORT = 5060 };

enum server_phase {
	SERVER_WORKS,	 /* no final answer yet */
	SERVER_FAILED,	 /* INVITE with a failure: the machine repeats it until its ACK */
	SERVER_ACCEPTED, /* INVITE with a 2xx: repeated here until its ACK (RFC 3261 13.3.1.4, RFC 6026 7.1) */
	SERVER_DONE,	 /* repetitions of the request are answered or absorbed */
};

struct server_txn {
	struct endpoint *endpoint;
	struct server_txn *next, **at;
	struct osip_machine *machine;
	struct world_timer timer;
	enum server_phase phase;
	bool is_invite, own; /* own: a CANCEL, which the endpoint answers itself */
	bool acked;
	struct event_path path;
	struct net_addr reply; /* where the answers go */
	struct buf answer;     /* the last one */
	int sent;	       /* how the last sending went, its error to *err */
	struct err *err;
	uint64_t interval, deadline; /* of the 2xx */
	struct slice key, dialog;    /* dialog: absent but while accepted; heap */
	struct sip_msg request;
	void *arg;
	char bytes[]; /* lines of the request, its bytes, the key */
};

static void server_unlink(struct server_txn *txn)
{
	struct endpoint *endpoint = txn->endpoint;

	map_remove(&endpoint->servers, txn->key);
	if (txn->dialog.p && map_get(&endpoint->accepted, txn->dialog) == txn)
		map_remove(&endpoint->accepted, txn->dialog);
	world_timer_stop(&txn->timer);
	osip_machine_free(txn->machine);
	*txn->at = txn->next;
	if (txn->next)
		txn->next->at = txn->at;
}

static void server_release(struct server_txn *txn)
{
	buf_done(&txn->answer);
	free((char *)txn->dialog.p);
	free(txn);
}

void server_txn_free_all(struct endpoint *endpoint)
{
	struct server_txn *txn;

	while ((txn = endpoint->first_server)) {
		server_unlink(txn);
		server_release(txn);
	}
}

void server_txn_set_arg(struct server_txn *txn, void *arg)
{
	txn->arg = arg;
}

void *server_txn_arg(const struct server_txn *txn)
{
	return txn->arg;
}

const struct event_path *server_txn_path(const struct server_txn *txn)
{
	return &txn->path;
}

const struct sip_msg *server_txn_request(const struct server_txn *txn)
{
	return &txn->request;
}

/* ---- the course of a transaction ---- */

static void server_end(struct server_txn *txn, bool ack_missing)
{
	const struct endpoint_events *events = txn->endpoint->events;

	server_unlink(txn);
	if (events->on_txn_end && !txn->own)
		events->on_txn_end(txn->endpoint->arg, txn, ack_missing);
	server_release(txn);
}

static void server_timer(void *arg);

static void server_start_timer(struct server_txn *txn, uint64_t delay)
{
	world_timer_start(txn->endpoint->world, &txn->timer, delay, server_timer, txn);
}

/* What fails here is as good as lost; the timers of the transaction deal with it. */
static void server_send(void *arg, enum osip_send what)
{
	struct server_txn *txn = arg;

	txn->sent =
	    endpoint_transmit(txn->endpoint, txn->path.transport, &txn->reply, buf_slice(&txn->answer), txn->err);
}

static void server_accept(struct server_txn *txn)
{
	struct endpoint *endpoint = txn->endpoint;
	struct buf key = {0};

	osip_machine_free(txn->machine);
	txn->machine = NULL;
	txn->phase = SERVER_ACCEPTED;
	txn->deadline = world_now(endpoint->world) + SIP_HORIZON;
	txn->interval = SIP_T1;
	server_start_timer(txn, txn->interval);
	if (!endpoint_dialog_key(endpoint, &txn->request))
		return;
	buf_add(&key, buf_slice(&endpoint->key));
	txn->dialog.len = key.len;
	txn->dialog.p = buf_take(&key);
	map_set(&endpoint->accepted, txn->dialog, txn);
}

/* Follows the machine after whatever it did. */
static void server_follow(struct server_txn *txn)
{
	uint64_t delay;
	enum osip_state state = osip_machine_state(txn->machine, &delay);

	if (state == OSIP_ACTIVE) {
		if (delay != OSIP_NO_TIMER)
			server_start_timer(txn, delay);
		return;
	}
	osip_machine_free(txn->machine);
	txn->machine = NULL;
	txn->phase = SERVER_DONE;
	server_start_timer(txn, state == OSIP_LINGERS ? delay : 0);
}

static void accepted_timer(struct server_txn *txn)
{
	uint64_t now = world_now(txn->endpoint->world);

	if (now >= txn->deadline) {
		server_end(txn, !txn->acked);
		return;
	}
	server_send(txn, OSIP_SEND_ANSWER);
	txn->interval = txn->interval * 2 < SIP_T2 ? txn->interval * 2 : SIP_T2;
	if (txn->interval > txn->deadline - now)
		txn->interval = txn->deadline - now;
	server_start_timer(txn, txn->interval);
}

static void server_timer(void *arg)
{
	struct server_txn *txn = arg;
	uint64_t delay;

	if (txn->phase == SERVER_ACCEPTED) {
		accepted_timer(txn);
	} else if (txn->phase == SERVER_DONE) {
		server_end(txn, false);
	} else {
		osip_machine_tick(txn->machine);
		if (osip_machine_state(txn->machine, &delay) == OSIP_TIMED_OUT)
			server_end(txn, true);
		else
			server_follow(txn);
	}
}

/* The status of "SIP/2.0 NNN …", however malformed the rest is; 0 where there is none. */
static unsigned status_of(struct slice raw)
{
	const char *space = memchr(raw.p, ' ', raw.len);
	uint64_t status = 0;

	if (raw.len < 4 || memcmp(raw.p, "SIP/", 4) != 0 || !space || raw.p + raw.len - space < 4)
		return 0;
	slice_to_u64((struct slice){space + 1, 3}, &status);
	return status >= 100 && status < 700 ? (unsigned)status : 0;
}

int endpoint_answer(struct server_txn *txn, struct slice raw, struct err *err)
{
	unsigned status = status_of(raw);

	if (!status)
		return err_set(err, -EBADMSG, "an answer was to be sent, and this is none");
	if (txn->phase != SERVER_WORKS)
		return err_set(err, -EALREADY, "the request has its final answer already");
	buf_clear(&txn->answer);
	buf_add(&txn->answer, raw);
	txn->err = err;
	osip_machine_answer(txn->machine, status);
	txn->err = NULL;
	if (txn->is_invite && status / 100 == 2) {
		server_accept(txn);
		return txn->sent;
	}
	if (status >= 200)
		txn->phase = SERVER_FAILED;
	server_follow(txn);
	return txn->sent;
}

/* ---- new ones ---- */

/* RFC 3261 18.2.2 and RFC 3581 4: over UDP to where it came from, at the port that Via tells unless it says rport. */
static struct net_addr reply_addr(const struct sip_msg *msg, const struct event_path *path)
{
	struct net_addr addr = path->src;
	uint64_t port = SIP_PORT;
	struct slice value;
	struct sip_via via;

	if (path->transport != NET_UDP || sip_msg_via(msg, &via) || sip_param_find(via.params, "rport", &value))
		return addr;
	if (!via.port.p || (slice_to_u64(via.port, &port) && port && port <= UINT16_MAX))
		addr.port = (uint16_t)port;
	return addr;
}

static struct slice rebase(struct slice s, const char *from, const char *to)
{
	return s.p ? (struct slice){to + (s.p - from), s.len} : s;
}

/* The request with its index, in the transaction's own memory. */
static void copy_request(struct sip_msg *to, const struct sip_msg *from, struct sip_line *lines, char *raw)
{
	memcpy(raw, from->raw.p, from->raw.len);
	memcpy(lines, from->lines, from->line_count * sizeof(*lines));
	*to = *from;
	to->lines = lines;
	to->raw.p = raw;
	to->method_text = rebase(from->method_text, from->raw.p, raw);
	to->uri = rebase(from->uri, from->raw.p, raw);
	to->reason = rebase(from->reason, from->raw.p, raw);
	to->body = rebase(from->body, from->raw.p, raw);
}

static struct server_txn *server_new(struct endpoint *endpoint, const struct sip_msg *msg,
				     const struct event_path *path)
{
	size_t lines_len = msg->line_count * sizeof(struct sip_line);
	struct slice key = buf_slice(&endpoint->key);
	struct server_txn *txn = mem_alloc(sizeof(*txn) + lines_len + msg->raw.len + key.len);
	char *raw = txn->bytes + lines_len;

	txn->endpoint = endpoint;
	copy_request(&txn->request, msg, (struct sip_line *)txn->bytes, raw);
	txn->key = (struct slice){memcpy(raw + msg->raw.len, key.p, key.len), key.len};
	txn->path = *path;
	txn->reply = reply_addr(msg, path);
	txn->is_invite = msg->method == SIP_METHOD_INVITE;
	txn->next = endpoint->first_server;
	txn->at = &endpoint->first_server;
	if (txn->next)
		txn->next->at = &txn->next;
	endpoint->first_server = txn;
	map_set(&endpoint->servers, txn->key, txn);
	txn->machine = osip_machine_new(endpoint->door, txn->is_invite ? OSIP_SERVER_INVITE : OSIP_SERVER_OTHER,
					path->transport != NET_UDP, server_send, txn);
	osip_machine_start(txn->machine);
	return txn;
}

/* ---- what comes ---- */

static struct server_txn *server_find(struct endpoint *endpoint, const struct sip_msg *msg, struct slice method)
{
	return endpoint_server_key(endpoint, msg, method) ? map_get(&endpoint->servers, buf_slice(&endpoint->key))
							  : NULL;
}

static const struct slice invite_name = SLICE("INVITE");

/* 9.2: the To tag should be that of the INVITE's answers. */
static void answer_cancel(struct server_txn *txn, const struct server_txn *invite)
{
	char word[SIP_TEXT_ID_MAX];
	struct arena arena = {0};
	struct buf text = {0};
	struct sip_msg answer;
	struct slice tag = SLICE_NONE;

	if (invite && invite->answer.len && !sip_msg_index(&answer, buf_slice(&invite->answer), &arena, NULL))
		tag = arena_copy(&arena, sip_msg_tag(&answer, SIP_HEADER_TO));
	sip_text_answer(&text, &txn->request, invite ? 200 : 481,
			tag.len ? tag.p : sip_text_word(txn->endpoint->world, word));
	sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_answer(txn, buf_slice(&text), NULL);
	buf_done(&text);
	arena_done(&arena);
}

/* RFC 3261 9.2. The key of the CANCEL itself is in endpoint->key. */
static void receive_cancel(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path)
{
	struct server_txn *txn = server_new(endpoint, msg, path);
	struct server_txn *invite = server_find(endpoint, msg, invite_name);

	txn->own = true;
	answer_cancel(txn, invite);
	if (invite && invite->phase == SERVER_WORKS && endpoint->events->on_cancel)
		endpoint->events->on_cancel(endpoint->arg, invite);
}

/* The ACK to a 2xx has a branch of its own and is known by its dialog (RFC 3261 13.3.1.4). */
static void receive_dialog_ack(struct endpoint *endpoint, const struct sip_msg *msg)
{
	struct server_txn *txn = NULL;

	if (endpoint_dialog_key(endpoint, msg))
		txn = map_get(&endpoint->accepted, buf_slice(&endpoint->key));
	if (!txn || txn->acked)
		return;
	/* RFC 6026 timer L: stays to absorb what is left of the INVITE */
	txn->acked = true;
	server_start_timer(txn, txn->deadline - world_now(endpoint->world));
}

static void receive_ack(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path)
{
	struct server_txn *txn = server_find(endpoint, msg, invite_name);

	if (txn && txn->phase == SERVER_FAILED) {
		osip_machine_ack(txn->machine);
		server_follow(txn);
	} else if (!txn || txn->phase != SERVER_DONE) {
		receive_dialog_ack(endpoint, msg);
		endpoint->events->on_request(endpoint->arg, NULL, msg, path);
	}
}

static void receive_again(struct server_txn *txn)
{
	bool absorbed = txn->is_invite && (txn->phase == SERVER_ACCEPTED || txn->phase == SERVER_DONE);

	if (txn->answer.len && !absorbed)
		server_send(txn, OSIP_SEND_ANSWER);
}

void server_txn_receive(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path)
{
	struct server_txn *txn;

	if (msg->method == SIP_METHOD_ACK) {
		receive_ack(endpoint, msg, path);
		return;
	}
	if (!endpoint_server_key(endpoint, msg, msg->method_text)) {
		endpoint_stray(endpoint, path, msg->raw);
		return;
	}
	txn = map_get(&endpoint->servers, buf_slice(&endpoint->key));
	if (txn) {
		receive_again(txn);
	} else if (msg->method == SIP_METHOD_CANCEL) {
		receive_cancel(endpoint, msg, path);
	} else {
		txn = server_new(endpoint, msg, path);
		endpoint->events->on_request(endpoint->arg, txn, &txn->request, &txn->path);
	}
}
