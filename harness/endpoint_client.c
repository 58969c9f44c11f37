/* SPDX-License-Identifier: MIT */
#include "harness/endpoint_private.h"

#include "base/mem.h"
#include "base/text.h"
#include "sip/value.h"

#include <stdlib.h>

enum { CLIENT_LOST_MAX = 8 };

enum client_phase {
	CLIENT_WORKS,    /* the machine runs */
	CLIENT_ACCEPTED, /* INVITE with a 2xx: more may come (RFC 6026 7.2) */
	CLIENT_DONE,     /* repetitions of the final answer are absorbed; an INVITE's are acknowledged again */
};

struct client_txn {
	struct endpoint *endpoint;
	struct client_txn *next, **at;
	struct osip_machine *machine;
	struct world_timer timer;
	enum client_phase phase;
	enum net_transport transport;
	struct net_addr dst;
	unsigned lane;
	bool is_invite;
	bool is_harmless;              /* sent twice */
	bool answered;                 /* provisionally at least */
	unsigned lost;                 /* connections that ended before any answer */
	endpoint_answer_fn *on_answer; /* NULL: nobody listens any more */
	void *arg;
	struct err *failed; /* to be told when the timer fires */
	struct buf ack;
	struct slice raw; /* heap; while it works */
	struct slice key; /* in the memory behind */
	char bytes[];
};

/* What only a transaction at work needs. */
static void client_rest(struct client_txn *txn)
{
	if (txn->machine)
		txn->endpoint->working--;
	osip_machine_free(txn->machine);
	txn->machine = NULL;
	free((char *)txn->raw.p);
	txn->raw = SLICE_NONE;
}

/* Out of the endpoint's books, which may go before the memory does. */
static void client_unlink(struct client_txn *txn)
{
	map_remove(&txn->endpoint->clients, txn->key);
	world_timer_stop(&txn->timer);
	client_rest(txn);
	*txn->at = txn->next;
	if (txn->next)
		txn->next->at = txn->at;
}

static void client_release(struct client_txn *txn)
{
	buf_done(&txn->ack);
	free(txn->failed);
	free(txn);
}

static void client_free(struct client_txn *txn)
{
	client_unlink(txn);
	client_release(txn);
}

void client_txn_free_all(struct endpoint *endpoint)
{
	while (endpoint->first_client)
		client_free(endpoint->first_client);
}

void client_txn_detach(struct client_txn *txn)
{
	txn->on_answer = NULL;
}

static void client_tell(struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	if (txn->on_answer)
		txn->on_answer(txn->arg, txn, msg, err);
}

static void client_timer(void *arg);

static void client_start_timer(struct client_txn *txn, uint64_t delay)
{
	world_timer_start(txn->endpoint->world, &txn->timer, delay, client_timer, txn);
}

/* The failure is told from the timer, never from within what the owner or the machine is doing. */
static void client_break(struct client_txn *txn, const struct err *err)
{
	if (txn->phase != CLIENT_WORKS || txn->failed)
		return;
	txn->failed = mem_alloc(sizeof(*err));
	*txn->failed = *err;
	client_start_timer(txn, 0);
}

void client_txn_fail(struct endpoint *endpoint, enum net_transport transport, const struct net_addr *peer,
		     const struct err *err)
{
	for (struct client_txn *txn = endpoint->first_client; txn; txn = txn->next)
		if (txn->transport == transport && net_addr_eq(&txn->dst, peer))
			client_break(txn, err);
}

static void client_send(void *arg, enum osip_send what)
{
	struct client_txn *txn = arg;
	struct slice bytes = what == OSIP_SEND_ACK ? buf_slice(&txn->ack) : txn->raw;
	struct err err;

	if (endpoint_transmit(txn->endpoint, txn->transport, &txn->dst, txn->lane, bytes, &err))
		client_break(txn, &err);
}

/* A server may end a connection over a request that it can't read, and with it falls what came behind. What does no
 * harm when it is done twice is sent again, as a retransmission would be; the rest may be answered by another
 * connection. */
void client_txn_lost(struct endpoint *endpoint, const struct net_addr *peer, unsigned lane, const struct err *err)
{
	for (struct client_txn *txn = endpoint->first_client; txn; txn = txn->next) {
		if (txn->phase != CLIENT_WORKS || txn->failed || txn->transport == NET_UDP || txn->lane != lane ||
		    !net_addr_eq(&txn->dst, peer))
			continue;
		if (txn->is_harmless && !txn->answered && txn->lost++ < CLIENT_LOST_MAX)
			client_send(txn, OSIP_SEND_REQUEST);
		else if (err)
			client_break(txn, err);
	}
}

/* Follows the machine after whatever it did. */
static void client_follow(struct client_txn *txn)
{
	uint64_t delay;
	enum osip_state state = osip_machine_state(txn->machine, &delay);

	if (txn->failed)
		return; /* the timer is set */
	if (state == OSIP_LINGERS || state == OSIP_ENDED) {
		client_rest(txn);
		txn->phase = CLIENT_DONE;
		client_start_timer(txn, state == OSIP_LINGERS ? delay : 0);
	} else if (delay == OSIP_NO_TIMER) {
		world_timer_stop(&txn->timer);
	} else {
		client_start_timer(txn, delay);
	}
}

/* The owner hears the end, if there is an error to hear of; it may free the endpoint. */
static void client_end(struct client_txn *txn, const struct err *err)
{
	client_unlink(txn);
	if (err)
		client_tell(txn, NULL, err);
	client_release(txn);
}

static void client_timed_out(struct client_txn *txn)
{
	char method[64], addr[NET_ADDR_TEXT_MAX];
	const char *space = memchr(txn->raw.p, ' ', txn->raw.len);
	struct slice word = {txn->raw.p, space ? (size_t)(space - txn->raw.p) : txn->raw.len};
	struct err err;

	err_set(&err, -ETIMEDOUT, "no final answer to %s from %s within 32 s",
		text_clean_fixed(method, sizeof(method), word), net_addr_format(addr, &txn->dst));
	client_end(txn, &err);
}

static void client_timer(void *arg)
{
	struct client_txn *txn = arg;
	uint64_t delay;

	if (txn->phase != CLIENT_WORKS) {
		client_end(txn, NULL);
		return;
	}
	if (txn->failed) {
		client_end(txn, txn->failed);
		return;
	}
	osip_machine_tick(txn->machine);
	if (osip_machine_state(txn->machine, &delay) == OSIP_TIMED_OUT)
		client_timed_out(txn);
	else
		client_follow(txn);
}

static void client_accept(struct client_txn *txn)
{
	client_rest(txn);
	txn->phase = CLIENT_ACCEPTED;
	client_start_timer(txn, SIP_HORIZON);
}

static void client_answer(struct client_txn *txn, const struct sip_msg *msg)
{
	bool final = msg->status >= 200, accepted = txn->is_invite && final && msg->status < 300;
	endpoint_answer_fn *on_answer = txn->on_answer;

	if (txn->is_invite && final && !accepted)
		endpoint_make_ack(&txn->ack, txn->raw, msg);
	txn->answered = true;
	osip_machine_answer(txn->machine, msg->status);
	if (accepted)
		client_accept(txn);
	else
		client_follow(txn);
	if (final && !accepted)
		txn->on_answer = NULL;
	if (on_answer)
		on_answer(txn->arg, txn, msg, NULL);
}

void client_txn_receive(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path)
{
	struct client_txn *txn = NULL;

	if (endpoint_client_key(endpoint, msg))
		txn = map_get(&endpoint->clients, buf_slice(&endpoint->key));
	if (!txn || txn->failed)
		endpoint_stray(endpoint, path, msg->raw);
	else if (txn->phase == CLIENT_WORKS)
		client_answer(txn, msg);
	else if (txn->phase == CLIENT_ACCEPTED && msg->status / 100 == 2)
		client_tell(txn, msg, NULL);
	else if (txn->phase == CLIENT_ACCEPTED)
		endpoint_stray(endpoint, path, msg->raw);
	else if (txn->is_invite && msg->status >= 300)
		client_send(txn, OSIP_SEND_ACK);
}

static struct client_txn *client_new(struct endpoint *endpoint, struct slice key, struct slice raw)
{
	struct client_txn *txn = mem_alloc(sizeof(*txn) + key.len);

	txn->endpoint = endpoint;
	txn->key = (struct slice){memcpy(txn->bytes, key.p, key.len), key.len};
	txn->raw = (struct slice){memcpy(mem_alloc(raw.len), raw.p, raw.len), raw.len};
	txn->next = endpoint->first_client;
	txn->at = &endpoint->first_client;
	if (txn->next)
		txn->next->at = &txn->next;
	endpoint->first_client = txn;
	map_set(&endpoint->clients, txn->key, txn);
	return txn;
}

/* Reads what the transaction is known by into endpoint->key. */
static int request_check(struct endpoint *endpoint, struct slice raw, enum sip_method *ret_method, struct err *err)
{
	struct arena arena = {0};
	struct sip_msg msg;
	int rc = sip_msg_index(&msg, raw, &arena, err);

	if (!rc && !msg.is_request)
		rc = err_set(err, -EBADMSG, "a request was to be sent, and this is a response");
	else if (!rc && msg.method == SIP_METHOD_ACK)
		rc = err_set(err, -EINVAL, "an ACK makes no transaction");
	else if (!rc && (!sip_msg_has(&msg, SIP_HEADER_CALL_ID) || !endpoint_client_key(endpoint, &msg)))
		rc = err_set(err, -EBADMSG, "no Via branch, CSeq or Call-ID to know the transaction by");
	else if (!rc && map_get(&endpoint->clients, buf_slice(&endpoint->key)))
		rc = err_set(err, -EEXIST, "another transaction has the same branch and method");
	*ret_method = rc ? SIP_METHOD_OTHER : msg.method;
	arena_done(&arena);
	return rc;
}

int endpoint_request(struct endpoint *endpoint, const struct endpoint_request *request, struct client_txn **ret_txn,
		     struct err *err)
{
	struct client_txn *txn;
	enum sip_method method;
	int rc = request_check(endpoint, request->raw, &method, err);

	if (rc)
		return rc;
	txn = client_new(endpoint, buf_slice(&endpoint->key), request->raw);
	txn->transport = request->transport;
	txn->dst = *request->dst;
	txn->lane = request->lane;
	txn->is_invite = method == SIP_METHOD_INVITE;
	txn->is_harmless = method == SIP_METHOD_REGISTER || method == SIP_METHOD_OPTIONS;
	txn->machine = osip_machine_new(endpoint->door, txn->is_invite ? OSIP_CLIENT_INVITE : OSIP_CLIENT_OTHER,
					request->transport != NET_UDP, client_send, txn);
	endpoint->working++;
	osip_machine_start(txn->machine);
	if (txn->failed) {
		rc = err_set(err, txn->failed->code, "%s", txn->failed->text);
		client_free(txn);
		return rc;
	}
	txn->on_answer = request->on_answer;
	txn->arg = request->arg;
	client_follow(txn);
	if (ret_txn)
		*ret_txn = txn;
	return 0;
}
