/* SPDX-License-Identifier: MIT
 *
 * The IM Server without a core: clients register with it themselves (RFC 3261 10.3), say who they are (22), and are
 * reached at the Contact that they registered. One binding a user: the last one that carries the feature tag. */
#include "base/mem.h"
#include "harness/server_private.h"
#include "sip/digest.h"
#include "sip/feature.h"
#include "sip/uri.h"
#include "sip/value.h"

#include <inttypes.h>
#include <stdlib.h>

const struct net_addr *server_hop(const struct server *s, const struct server_user *user)
{
	return s->config.direct && user->contact ? &user->hop : &s->config.core;
}

/* --- 10.3: the binding --- */

bool server_direct_binds(const struct server *s, const struct sip_msg *msg)
{
	return sip_feature_found(msg, SIP_HEADER_CONTACT, s->config.profile->feature_tag, NULL, NULL);
}

/* A Contact that is a name is where the request came from. */
void server_direct_bind(struct server_user *user, const struct sip_msg *msg, const struct net_addr *from)
{
	struct sip_addr contact;

	if (sip_msg_addr(msg, SIP_HEADER_CONTACT, &contact) < 0)
		return;
	free(user->contact);
	user->contact = mem_printf("%.*s", SLICE_F(contact.uri));
	if (sip_text_hop(contact.uri, &user->hop, NULL, NULL) < 0)
		user->hop = *from;
}

const char *server_direct_contact(const struct server_user *user, uint64_t expires, struct arena *arena)
{
	return user->contact && expires ? arena_printf(arena, "<%s>;expires=%" PRIu64, user->contact, expires) : NULL;
}

/* --- 22: who sends --- */

static struct slice sender(const struct sip_msg *msg)
{
	struct sip_addr from;

	return sip_msg_addr(msg, SIP_HEADER_FROM, &from) == 0 ? from.uri : SLICE_NONE;
}

bool server_direct_sends(const struct server *s, const struct server_user *user, const struct sip_msg *msg)
{
	return server_user_is(s, user, sender(msg));
}

static const struct server_login *login_of(const struct server *s, struct slice uri)
{
	for (size_t i = 0; i < s->config.login_count; i++)
		if (sip_uri_same_user(slice_of(s->config.logins[i].address), uri))
			return &s->config.logins[i];
	return NULL;
}

static bool is_right(const struct server *s, const struct server_login *login, const struct sip_msg *msg)
{
	struct sip_digest given;

	return sip_digest_read(sip_msg_value(msg, SIP_HEADER_AUTHORIZATION), &given, NULL) == 0 &&
	       slice_is(given.nonce, s->nonce) && slice_is(given.username, login->username) &&
	       sip_digest_check(&given, slice_of(login->password), msg->method_text, msg->body, NULL) == 0;
}

bool server_direct_asks(struct server *s, struct server_txn *txn, const struct sip_msg *msg)
{
	const struct server_login *login = s->config.direct ? login_of(s, sender(msg)) : NULL;
	struct arena arena = {0};

	if (!login || is_right(s, login, msg))
		return false;
	server_answer(s, txn,
		      &(struct server_answer){
			      .status = 401,
			      .challenge = arena_printf(
				      &arena, "Digest realm=\"%s\", nonce=\"%s\", algorithm=MD5, qop=\"auth\"",
				      s->config.domain, s->nonce),
		      });
	arena_done(&arena);
	return true;
}
