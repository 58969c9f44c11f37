/* SPDX-License-Identifier: MIT
 *
 * Requests that come in: new ones, repeated ones, CANCEL and ACK (RFC 3261 9.2, 17.2). */
#include "harness/endpoint_private.h"

#include "base/mem.h"
#include "harness/sip_text.h"
#include "sip/value.h"

enum { SIP_PORT = 5060 };

/* ---- new ones ---- */

struct net_addr server_txn_sent_by(const struct sip_msg *msg, const struct event_path *path)
{
	struct net_addr addr = path->src;
	uint64_t port = SIP_PORT;
	struct sip_via via;

	if (sip_msg_via(msg, &via))
		return addr;
	if (!via.port.p || (slice_to_u64(via.port, &port) && port && port <= UINT16_MAX))
		addr.port = (uint16_t)port;
	return addr;
}

/* RFC 3261 18.2.2 and RFC 3581 4: over UDP to where it came from, at the port that Via tells unless it says rport. */
static struct net_addr reply_addr(const struct sip_msg *msg, const struct event_path *path)
{
	struct slice value;
	struct sip_via via;

	if (path->transport != NET_UDP || sip_msg_via(msg, &via) || sip_param_find(via.params, "rport", &value))
		return path->src;
	return server_txn_sent_by(msg, path);
}

static struct server_txn *server_new(struct endpoint *endpoint, const struct sip_msg *msg,
				     const struct event_path *path)
{
	size_t lines_len = msg->line_count * sizeof(struct sip_line);
	struct slice key = buf_slice(&endpoint->key);
	struct server_txn *txn = mem_alloc(sizeof(*txn) + lines_len + msg->raw.len + key.len);
	char *raw = txn->bytes + lines_len;

	txn->endpoint = endpoint;
	sip_msg_copy(&txn->request, msg, (struct sip_line *)txn->bytes, raw);
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
					path->transport != NET_UDP, server_txn_send, txn);
	osip_machine_start(txn->machine);
	return txn;
}

/* ---- connections that are used for both directions ---- */

enum { SIPS_PORT = 5061 };

/* RFC 5923 5: a client that says "alias" is reached by this connection at the address that its Via has. A host that is
 * a name would have to be looked up: it is left. */
static void take_alias(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path)
{
	uint64_t port = SIPS_PORT;
	struct net_addr alias;
	struct slice value;
	struct sip_via via;

	if (path->transport != NET_TLS || sip_msg_via(msg, &via) || !sip_param_find(via.params, "alias", &value))
		return;
	if (via.port.p && (!slice_to_u64(via.port, &port) || !port || port > UINT16_MAX))
		return;
	if (sip_text_host(via.host, (uint16_t)port, &alias))
		port_alias(endpoint->stream, &path->src, &alias);
}

/* ---- what comes ---- */

static struct server_txn *server_find(struct endpoint *endpoint, const struct sip_msg *msg, struct slice method)
{
	return endpoint_server_key(endpoint, msg, method) ? map_get(&endpoint->servers, buf_slice(&endpoint->key))
							  : NULL;
}

static const struct slice invite_name = SLICE("INVITE");

/* RFC 3261 9.2. The key of the CANCEL itself is in endpoint->key. */
static void receive_cancel(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path)
{
	struct server_txn *txn = server_new(endpoint, msg, path);
	struct server_txn *invite = server_find(endpoint, msg, invite_name);
	struct slice answered;
	struct buf text = {0};

	txn->own = true;
	if (invite)
		answered = buf_slice(&invite->answer);
	endpoint_make_cancel_answer(&text, endpoint->world, msg, invite ? &answered : NULL);
	endpoint_answer(txn, buf_slice(&text), NULL);
	buf_done(&text);
	if (invite && invite->phase == SERVER_WORKS && endpoint->events->on_cancel)
		endpoint->events->on_cancel(endpoint->arg, invite);
}

static void receive_ack(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path)
{
	struct server_txn *txn = server_find(endpoint, msg, invite_name);

	if (txn && txn->phase == SERVER_FAILED) {
		osip_machine_ack(txn->machine);
		server_txn_follow(txn);
	} else if (!txn || txn->phase != SERVER_DONE) {
		server_txn_dialog_ack(endpoint, msg);
		endpoint->events->on_request(endpoint->arg, NULL, msg, path);
	}
}

static void receive_again(struct server_txn *txn)
{
	bool absorbed = txn->is_invite && (txn->phase == SERVER_ACCEPTED || txn->phase == SERVER_DONE);

	if (txn->answer.len && !absorbed)
		server_txn_send(txn, OSIP_SEND_ANSWER);
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
		take_alias(endpoint, msg, path);
		txn = server_new(endpoint, msg, path);
		endpoint->events->on_request(endpoint->arg, txn, &txn->request, &txn->path);
	}
}
