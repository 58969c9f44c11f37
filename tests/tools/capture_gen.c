/* SPDX-License-Identifier: MIT */
#include "tools/capture_gen.h"
#include "base/hash.h"
#include "net/packet_build.h"

#include <inttypes.h>

enum { LINK_RAW = 101 };
enum host { CLIENT, CORE, SERVER };

struct shape { /* of a message: what all of its kind have in common */
	const char *method;
	uint16_t status; /* 0: a request */
	enum host from, to;
	char call; /* which of the session's calls */
	uint8_t cseq, branch;
};

static const struct shape shapes[GEN_MESSAGES] = {
	{"MESSAGE", 0, CORE, SERVER, 'm', 1, 0},   {"MESSAGE", 202, SERVER, CORE, 'm', 1, 0},
	{"REGISTER", 0, CLIENT, CORE, 'r', 1, 1},  {"REGISTER", 401, CORE, CLIENT, 'r', 1, 1},
	{"REGISTER", 0, CLIENT, CORE, 'r', 2, 2},  {"REGISTER", 200, CORE, CLIENT, 'r', 2, 2},
	{"REGISTER", 0, CORE, SERVER, 't', 1, 3},  {"REGISTER", 200, SERVER, CORE, 't', 1, 3},
	{"PUBLISH", 0, CLIENT, CORE, 'p', 1, 4},   {"PUBLISH", 0, CORE, SERVER, 'p', 1, 5},
	{"PUBLISH", 200, SERVER, CORE, 'p', 1, 5}, {"PUBLISH", 200, CORE, CLIENT, 'p', 1, 4},
	{"INVITE", 0, SERVER, CORE, 'i', 1, 6},    {"INVITE", 100, CORE, SERVER, 'i', 1, 6},
	{"INVITE", 180, CORE, SERVER, 'i', 1, 6},  {"INVITE", 200, CORE, SERVER, 'i', 1, 6},
	{"ACK", 0, SERVER, CORE, 'i', 1, 7},       {"BYE", 0, SERVER, CORE, 'i', 2, 8},
	{"BYE", 200, CORE, SERVER, 'i', 2, 8},
};

static struct net_addr host_addr(enum host host, uint32_t number)
{
	const uint8_t client[4] = {10, 1, (uint8_t)(number >> 8), (uint8_t)number}, core[4] = {10, 0, 0, 1},
		      server[4] = {10, 0, 0, 2};

	return net_addr_v4(host == CLIENT ? client : host == CORE ? core : server, 5060);
}

static const char *reason_of(uint16_t status)
{
	switch (status) {
	case 100:
		return "Trying";
	case 180:
		return "Ringing";
	case 202:
		return "Accepted";
	case 401:
		return "Unauthorized";
	default:
		return "OK";
	}
}

/* --- bodies --- */

static void put_settings(struct buf *to)
{
	buf_puts(to, "<?xml version=\"1.0\"?>\n<poc-settings xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\" "
		     "xmlns:im=\"urn:oma:xml:im:service-settings\"><entity id=\"x\">"
		     "<isb-settings><incoming-session-barring active=\"false\" im:service-id=\"session-mode\"/>"
		     "<incoming-session-barring active=\"false\" im:service-id=\"pager-large-mode\"/></isb-settings>"
		     "<im:vis-settings><im:vis-status active=\"false\"/></im:vis-settings>"
		     "<im:deferred-settings><im:offline-delivery active=\"true\"/></im:deferred-settings>"
		     "<im:hist-settings><im:hist-activation active=\"true\" im:service-id=\"session-mode\"/>"
		     "<im:hist-activation active=\"true\" im:service-id=\"pager-large-mode\"/></im:hist-settings>"
		     "</entity></poc-settings>\n");
}

static void put_sdp(struct buf *to, const struct gen_session *s, bool offer)
{
	const char *direction = !offer ? "recvonly" : s->fault == GEN_SENDRECV ? "sendrecv" : "sendonly";

	buf_printf(
		to,
		"v=0\r\no=- %u 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=message 2855 TCP/MSRP *\r\n"
		"a=accept-types:text/plain\r\na=path:msrp://10.0.0.2:2855/%c%u;tcp\r\na=%s\r\n",
		s->number, offer ? 'o' : 'a', s->number, direction);
}

static const char *put_body(struct buf *to, const struct gen_session *s, const struct shape *shape)
{
	bool request = !shape->status;

	if (request && shape->call == 'p') {
		put_settings(to);
		return "application/poc-settings+xml";
	}
	if (shape->branch == 6 && (request || shape->status == 200)) {
		put_sdp(to, s, request);
		return "application/sdp";
	}
	if (request && !strcmp(shape->method, "MESSAGE")) {
		buf_printf(to, "Message for %u", s->number);
		return "text/plain";
	}
	return NULL;
}

/* --- headers --- */

static void put_via(struct buf *to, const struct gen_session *s, const struct shape *shape)
{
	bool two_hops = shape->call == 'm' || shape->branch == 5;
	const char *transport = s->tcp ? "TCP" : "UDP";

	if (shape->call == 'i')
		buf_printf(to, "Via: SIP/2.0/%s 10.0.0.2:5060;branch=z9hG4bKs%u-%u\r\n", transport, s->number,
			   shape->branch);
	else if (two_hops || shape->call == 't')
		buf_printf(to, "Via: SIP/2.0/%s 10.0.0.1:5060;branch=z9hG4bKc%u-%u\r\n", transport, s->number,
			   shape->branch);
	if (shape->call != 'i' && shape->call != 't')
		buf_printf(to, "Via: SIP/2.0/%s 10.1.0.0:5060;branch=z9hG4bKu%u-%u\r\n", transport, s->number,
			   shape->branch == 5 ? 4 : shape->branch);
}

static void put_addresses(struct buf *to, const struct gen_session *s, const struct shape *shape)
{
	bool inside = shape->branch > 6 && shape->call == 'i';

	if (shape->call == 'i')
		buf_printf(to, "From: <sip:im@ims.example>;tag=s%u\r\n", s->number);
	else if (shape->call == 't')
		buf_printf(to, "From: <sip:core.ims.example>;tag=t%u\r\n", s->number);
	else if (shape->call == 'm')
		buf_printf(to, "From: <sip:friend@ims.example>;tag=m%u\r\n", s->number);
	else
		buf_printf(to, "From: <sip:user%u@ims.example>;tag=u%u\r\n", s->number, s->number);
	buf_printf(to, "To: <sip:user%u@ims.example>", s->number);
	if (shape->status > 100 || inside)
		buf_printf(to, ";tag=%c%u", shape->call, s->number);
	buf_printf(to, "\r\nCall-ID: %c%u@gen\r\nCSeq: %u %s\r\n", shape->call, s->number, shape->cseq, shape->method);
}

static void put_register(struct buf *to, const struct gen_session *s, const struct shape *shape)
{
	bool request = !shape->status;

	if (shape->call == 't') {
		buf_printf(to, "Expires: %u\r\n", s->fault == GEN_EXPIRES && !request ? 1800 : 3600);
		if (request)
			buf_puts(to, "Contact: <sip:core.ims.example>\r\n");
		return;
	}
	if (shape->status == 401) {
		buf_printf(to, "WWW-Authenticate: Digest realm=\"ims\", nonce=\"n%u\", algorithm=MD5, qop=\"auth\"\r\n",
			   s->number);
		return;
	}
	if (request && shape->cseq == 2)
		buf_printf(to,
			   "Authorization: Digest username=\"u%u\", realm=\"ims\", uri=\"sip:ims.example\", "
			   "nonce=\"n%u\", "
			   "response=\"%032x\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"c\"\r\n",
			   s->number, s->number, s->number);
	buf_printf(to, "Contact: <sip:user%u@10.1.%u.%u:5060>;+g.oma.sip-im;expires=3600\r\n", s->number,
		   s->number >> 8 & 255, s->number & 255);
	if (!request)
		buf_printf(to, "P-Associated-URI: <sip:user%u@ims.example>, <tel:+44%u>\r\n", s->number, s->number);
}

static void put_publish(struct buf *to, const struct gen_session *s, const struct shape *shape)
{
	if (shape->status) {
		buf_printf(to, "SIP-ETag: e%u\r\nExpires: 3600\r\n", s->number);
		return;
	}
	buf_puts(to, "Event: poc-settings\r\nExpires: 3600\r\nUser-Agent: IM-client/OMA1.0 gen/1\r\n");
	if (s->fault != GEN_NO_TAG)
		buf_puts(to, "Accept-Contact: *;+g.oma.sip-im\r\n");
	if (shape->branch == 5)
		buf_printf(to, "P-Asserted-Identity: <sip:user%u@ims.example>\r\n", s->number);
}

static void put_push(struct buf *to, const struct gen_session *s, const struct shape *shape)
{
	if (!shape->status)
		buf_puts(to, "User-Agent: IM-serv/OMA1.0 gen/1\r\n");
	if (shape->branch != 6 || shape->status == 100)
		return;
	if (shape->status) {
		buf_printf(to,
			   "Contact: <sip:user%u@10.1.0.0:5060>;+g.oma.sip-im\r\nAllow: INVITE, ACK, CANCEL, BYE\r\n",
			   s->number);
		return;
	}
	buf_printf(to, "Contact: <sip:session%u@10.0.0.2>;+g.oma.sip-im%s\r\n", s->number,
		   s->fault == GEN_NO_AUTOMATA ? "" : ";automata");
	buf_puts(to, "Accept-Contact: *;+g.oma.sip-im\r\nAllow: INVITE, ACK, CANCEL, BYE\r\n"
		     "Supported: timer\r\nSession-Expires: 1800;refresher=uac\r\n");
}

static void put_start(struct buf *to, const struct gen_session *s, const struct shape *shape)
{
	if (shape->status)
		buf_printf(to, "SIP/2.0 %u %s\r\n", shape->status, reason_of(shape->status));
	else if (!strcmp(shape->method, "REGISTER"))
		buf_puts(to, "REGISTER sip:ims.example SIP/2.0\r\n");
	else if (shape->branch > 6 && shape->call == 'i')
		buf_printf(to, "%s sip:user%u@10.1.0.0:5060 SIP/2.0\r\n", shape->method, s->number);
	else
		buf_printf(to, "%s sip:user%u@ims.example SIP/2.0\r\n", shape->method, s->number);
}

void gen_message(const struct gen_session *session, unsigned at, struct buf *to, struct net_addr *src,
		 struct net_addr *dst)
{
	const struct shape *shape = &shapes[at];
	struct buf body = {0};
	const char *type = put_body(&body, session, shape);

	*src = host_addr(shape->from, session->number);
	*dst = host_addr(shape->to, session->number);
	put_start(to, session, shape);
	put_via(to, session, shape);
	if (!shape->status)
		buf_puts(to, "Max-Forwards: 70\r\n");
	put_addresses(to, session, shape);
	if (!strcmp(shape->method, "REGISTER"))
		put_register(to, session, shape);
	else if (shape->call == 'p')
		put_publish(to, session, shape);
	else if (shape->call == 'i')
		put_push(to, session, shape);
	if (type)
		buf_printf(to, "Content-Type: %s\r\n", type);
	buf_printf(to, "Content-Length: %zu\r\n\r\n", body.len);
	buf_add(to, buf_slice(&body));
	buf_done(&body);
}

/* --- captures --- */

static void put32(struct buf *to, uint32_t value)
{
	buf_add(to, (struct slice){(const char *)&value, 4});
}

void gen_capture_begin(struct buf *capture)
{
	put32(capture, 0xa1b23c4d); /* nanoseconds, in this machine's byte order */
	put32(capture, 2 | 4 << 16);
	put32(capture, 0);
	put32(capture, 0);
	put32(capture, 65535);
	put32(capture, LINK_RAW);
}

void gen_capture_record(struct buf *capture, uint64_t time, struct slice packet)
{
	put32(capture, (uint32_t)(time / 1000000000));
	put32(capture, (uint32_t)(time % 1000000000));
	put32(capture, (uint32_t)packet.len);
	put32(capture, (uint32_t)packet.len);
	buf_add(capture, packet);
}

void gen_capture_packet(struct buf *capture, uint64_t time, const struct net_addr *src, const struct net_addr *dst,
			struct slice message)
{
	struct buf packet = {0};

	packet_build_udp(&packet, src, dst, message);
	gen_capture_record(capture, time, buf_slice(&packet));
	buf_done(&packet);
}
