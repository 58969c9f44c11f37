/* SPDX-License-Identifier: MIT */
#include "trace/served.h"
#include "sip/uri.h"
#include "sip/value.h"

/* RFC 5502: on the sender's side the core names him by the identity that it serves him by. */
static struct slice served_user(const struct sip_msg *msg)
{
	struct sip_addr addr;
	struct slice session_case;

	return sip_msg_addr(msg, SIP_HEADER_P_SERVED_USER, &addr) == 0 &&
			       sip_param_find(addr.params, "sescase", &session_case) &&
			       slice_is_nocase(session_case, "orig")
		       ? addr.uri
		       : SLICE_NONE;
}

/* RFC 3325 9.1: there may be two, a SIP URI and a tel URI, in any order. */
static void asserted_uris(const struct sip_msg *msg, struct slice uris[2])
{
	struct sip_values it;
	struct slice value;
	struct sip_addr addr;

	sip_values_start(&it, msg, SIP_HEADER_P_ASSERTED_IDENTITY);
	for (unsigned i = 0; i < 2 && sip_values_next(&it, &value);)
		if (sip_addr_read(value, &addr) == 0)
			uris[i++] = addr.uri;
}

void served_uris(const struct sip_msg *msg, struct slice uris[SERVED_URIS])
{
	memset(uris, 0, SERVED_URIS * sizeof(*uris));
	switch (msg->method) {
	case SIP_METHOD_REGISTER:
		uris[0] = sip_msg_uri(msg, SIP_HEADER_TO);
		if (!sip_msg_has(msg, SIP_HEADER_TO)) /* wrong as it is, it is somebody's */
			uris[0] = sip_msg_uri(msg, SIP_HEADER_FROM);
		break;
	case SIP_METHOD_SUBSCRIBE:
		uris[0] = sip_msg_uri(msg, SIP_HEADER_FROM);
		asserted_uris(msg, uris + 1);
		uris[3] = served_user(msg);
		break;
	case SIP_METHOD_PUBLISH:
		uris[SERVED_TARGET] = msg->is_request ? msg->uri : sip_msg_uri(msg, SIP_HEADER_TO);
		uris[SERVED_FROM] = sip_msg_uri(msg, SIP_HEADER_FROM);
		asserted_uris(msg, uris + 2);
		uris[4] = served_user(msg);
		uris[SERVED_PREFERRED] = sip_msg_uri(msg, SIP_HEADER_P_PREFERRED_IDENTITY);
		uris[SERVED_TO] = sip_msg_uri(msg, SIP_HEADER_TO);
		break;
	default: /* towards the user */
		uris[0] = msg->is_request ? msg->uri : sip_msg_uri(msg, SIP_HEADER_TO);
		uris[1] = sip_msg_uri(msg, SIP_HEADER_P_CALLED_PARTY_ID);
		uris[2] = sip_msg_uri(msg, SIP_HEADER_TO);
		break;
	}
}

struct slice served_by_name(const struct sip_msg *msg)
{
	return msg->method == SIP_METHOD_REGISTER ? sip_msg_uri(msg, SIP_HEADER_TO) : SLICE_NONE;
}

bool served_registers_self(const struct sip_msg *msg)
{
	return msg->method == SIP_METHOD_REGISTER && msg->is_request &&
	       sip_uri_same_user(sip_msg_uri(msg, SIP_HEADER_FROM), sip_msg_uri(msg, SIP_HEADER_TO));
}

struct slice served_sender(const struct sip_msg *msg)
{
	bool inside =
		msg->method == SIP_METHOD_BYE || msg->method == SIP_METHOD_ACK || msg->method == SIP_METHOD_UPDATE;

	return inside ? sip_msg_uri(msg, SIP_HEADER_FROM) : SLICE_NONE;
}

bool served_makes_user(const struct sip_msg *msg)
{
	return msg->method == SIP_METHOD_REGISTER || msg->method == SIP_METHOD_PUBLISH ||
	       msg->method == SIP_METHOD_INVITE || msg->method == SIP_METHOD_MESSAGE ||
	       msg->method == SIP_METHOD_SUBSCRIBE;
}

enum { PORT_DIGITS = 5, PORT_DEFAULT = 5060 };

/* Takes ":5060" away from the end. 0: no port stands there. */
static uint16_t take_port(struct slice *uri)
{
	uint64_t port = 0;
	size_t n = 1;

	while (n <= PORT_DIGITS && n < uri->len && uri->p[uri->len - 1 - n] != ':')
		n++;
	if (n > PORT_DIGITS || n >= uri->len || !slice_to_u64((struct slice){uri->p + uri->len - n, n}, &port) ||
	    port == 0 || port > UINT16_MAX)
		return 0;
	uri->len -= n + 1;
	return (uint16_t)port;
}

/* "sip:alice@192.0.2.1:5060", as most are written: its user and host stand together. False says nothing. */
static bool plain_contact_read(struct slice uri, struct slice *ret_user_at_host, uint16_t *ret_port)
{
	*ret_port = take_port(&uri);
	return slice_begins(uri, SLICE("sip:")) && sip_uri_plain_key(uri, ret_user_at_host);
}

/* The port's two bytes as they are: nobody reads the key, and every REGISTER makes some. */
bool served_contact_key(struct slice uri, struct buf *to)
{
	struct slice user_at_host;
	struct sip_uri read;
	uint16_t port;

	if (plain_contact_read(uri, &user_at_host, &port)) {
		buf_add(to, user_at_host);
	} else {
		if (sip_uri_read(uri, &read, NULL) < 0 || !read.host.len)
			return false;
		buf_add(to, read.user);
		buf_putc(to, '@');
		buf_add(to, read.host);
		port = read.port;
	}
	port = port ? port : PORT_DEFAULT;
	buf_add(to, (struct slice){(const char *)&port, sizeof(port)});
	return true;
}

static void teach_list(const struct sip_msg *msg, enum sip_header id, void *arg,
		       void (*take)(void *arg, struct slice uri))
{
	struct sip_values it;
	struct slice value;
	struct sip_addr addr;

	sip_values_start(&it, msg, id);
	while (sip_values_next(&it, &value))
		if (sip_addr_read(value, &addr) == 0)
			take(arg, addr.uri);
}

/* One of the asserted identities is a known one: then all of them are this user's. */
static bool asserts_known(const struct sip_msg *msg, const struct served_pupil *pupil)
{
	struct sip_values it;
	struct slice value;
	struct sip_addr addr;

	if (pupil->knows(pupil->arg, served_user(msg)))
		return true;
	sip_values_start(&it, msg, SIP_HEADER_P_ASSERTED_IDENTITY);
	while (sip_values_next(&it, &value))
		if (sip_addr_read(value, &addr) == 0 && pupil->knows(pupil->arg, addr.uri))
			return true;
	return false;
}

void served_teach(const struct sip_msg *msg, const struct served_pupil *pupil)
{
	struct slice to;

	if (msg->method == SIP_METHOD_REGISTER) {
		to = sip_msg_uri(msg, SIP_HEADER_TO);
		pupil->identity(pupil->arg, to);
		if (msg->status / 100 == 2)
			teach_list(msg, SIP_HEADER_P_ASSOCIATED_URI, pupil->arg, pupil->identity);
		if (sip_uri_same_user(sip_msg_uri(msg, SIP_HEADER_FROM), to)) /* else the Contact is the core's */
			teach_list(msg, SIP_HEADER_CONTACT, pupil->arg, pupil->contact);
	} else if (msg->method == SIP_METHOD_PUBLISH && msg->is_request && asserts_known(msg, pupil)) {
		teach_list(msg, SIP_HEADER_P_ASSERTED_IDENTITY, pupil->arg, pupil->identity);
	}
}
