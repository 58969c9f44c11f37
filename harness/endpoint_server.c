/* SPDX-License-Identifier: MIT */
#include "harness/endpoint_private.h"

#include "base/mem.h"
#include <stdlib.h>

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

void server_txn_send(void *arg, enum osip_send what)
{
	struct server_txn *txn = arg;
	const struct port *stream = txn->endpoint->stream;

	/* RFC 3261 18.2.2: the connection of the request, or where that has ended a new one to who sent it */
	if (txn->path.transport != NET_UDP && stream && !port_has_connection(stream, &txn->reply))
		txn->reply = server_txn_sent_by(&txn->request, &txn->path);
	txn->sent = endpoint_transmit(txn->endpoint, txn->path.transport, &txn->reply, 0, buf_slice(&txn->answer),
				      txn->err);
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

void server_txn_follow(struct server_txn *txn)
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
	server_txn_send(txn, OSIP_SEND_ANSWER);
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
			server_txn_follow(txn);
	}
}

void server_txn_dialog_ack(struct endpoint *endpoint, const struct sip_msg *msg)
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
	server_txn_follow(txn);
	return txn->sent;
}
