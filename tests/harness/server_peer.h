/* SPDX-License-Identifier: MIT
 *
 * What the tests of the reference IM Server talk to it with: one address in a virtual world that is the core and the
 * user's client in one, and does what its fields say. */
#ifndef TESTS_SERVER_PEER_H
#define TESTS_SERVER_PEER_H

#include "harness/endpoint.h"
#include "harness/msrp_session.h"
#include "harness/server.h"
#include "harness/sip_text_dialog.h"

#define ALICE "sip:alice@im.example"
#define SEC   1000000000ull

struct came { /* a request of the server */
	uint64_t time;
	enum sip_method method;
	char *text;
};

struct server_peer {
	struct world *world;
	struct server *server;
	struct endpoint *endpoint;
	unsigned status;      /* of the last answer to a request of ours; 0: none came */
	char *answer;         /* its text; NULL: none */
	uint64_t answered_at; /* ns */
	char etag[64];        /* of the last answer that had one */
	struct came *came;
	size_t count, cap;
	unsigned serial; /* of our requests, for branches */

	/* how INVITEs are answered: statuses in turn, 0 ends; the last one stays */
	unsigned plan[4];
	size_t turn;
	const char *headers;     /* further lines of the final answer; NULL: none */
	const char *contact;     /* NULL: <sip:ue@address> */
	const char *setup;       /* of the SDP answer; NULL: passive */
	bool hold;               /* don't connect, though setup is active; take no message */
	unsigned refresh_status; /* to UPDATE and INVITE in the dialog; 0: 200 */
	const char *refresh_headers;

	bool silent;  /* MESSAGEs are not answered */
	bool ack_not; /* no ACK to the 200 of our INVITE */

	struct server_txn *invite;
	struct sip_dialog dialog;
	struct msrp_session *msrp;
	struct buf delivered; /* MSRP messages, each followed by '|' */
};

struct server_peer *server_peer_new(const char *fault, const struct server_config *more);
void server_peer_free(struct server_peer *peer);
const struct profile *server_peer_profile(void);

void peer_run(struct server_peer *peer, double seconds);
/* Sends a request and waits for its final answer. `headers`: lines with their CRLF. Returns the status. */
unsigned peer_request(struct server_peer *peer, const char *method, const char *uri, const char *headers,
		      const char *content_type, const char *body);
unsigned peer_register(struct server_peer *peer, const char *expires);
unsigned peer_deposit(struct server_peer *peer, const char *text);

struct peer_publish { /* NULL: what is right; "": left out */
	const char *accept_contact, *event, *identity, *if_match, *expires, *type, *body, *more, *uri;
};
unsigned peer_publish(struct server_peer *peer, const struct peer_publish *publish);
#define PUBLISH(peer, ...) peer_publish(peer, &(struct peer_publish){__VA_ARGS__})
/* A settings document; active NULL: without the element. Static storage. */
const char *peer_settings(const char *active);

/* How many requests of that method came; the nth of them (from 0), or NULL. */
size_t peer_count(const struct server_peer *peer, enum sip_method method);
const struct came *peer_came(const struct server_peer *peer, enum sip_method method, size_t nth);
bool peer_has(const struct came *came, const char *text);
/* Does the last answer hold the text? */
bool peer_answer_has(const struct server_peer *peer, const char *text);
/* One message stored, registered, published; and a peer that has done so, with what followed in 5 s. */
void peer_push(struct server_peer *peer);
struct server_peer *peer_pushed(const char *fault);
/* In the dialog of the INVITE. Returns the status. */
unsigned peer_in_dialog(struct server_peer *peer, const char *method, const char *headers);
void peer_answer_invite(struct server_peer *peer, unsigned status);

#endif
