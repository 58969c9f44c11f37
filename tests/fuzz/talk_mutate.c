/* SPDX-License-Identifier: MIT
 *
 * Mutations that know what a talk is: whole messages and whole header lines change places, times and hops; bytes are
 * left to libFuzzer, inside one message. Most of the time lengths of bodies are put right afterwards. */
#include "fuzz/fuzz.h"
#include "fuzz/talk.h"
#include "base/hash.h"

#include <inttypes.h>
#include <stdlib.h>

enum { TEXT_MAX = 8192, ROUNDS_MAX = 4, RIGHT_LENGTHS_OF = 8 };

struct mutation {
	struct talk talk;
	uint64_t rng;
	struct buf texts[ROUNDS_MAX * 2]; /* of messages that were changed */
	size_t text_count;
};

static size_t below(struct mutation *m, size_t n)
{
	return (size_t)rng_below(&m->rng, n);
}

static struct talk_message *any(struct mutation *m)
{
	return &m->talk.messages[below(m, m->talk.count)];
}

/* A new text for the message: what the buffer then has is the message's. */
static struct buf *text_begin(struct mutation *m)
{
	struct buf *text = &m->texts[m->text_count++];

	buf_clear(text);
	return text;
}

/* --- messages --- */

static void drop(struct mutation *m)
{
	size_t at = below(m, m->talk.count);

	if (m->talk.count > 1)
		memmove(&m->talk.messages[at], &m->talk.messages[at + 1],
			(--m->talk.count - at) * sizeof(m->talk.messages[0]));
}

static void repeat(struct mutation *m)
{
	struct talk_message copy = *any(m);
	size_t at = below(m, m->talk.count + 1);

	if (m->talk.count == TALK_MESSAGES_MAX)
		return;
	memmove(&m->talk.messages[at + 1], &m->talk.messages[at], (m->talk.count++ - at) * sizeof(copy));
	m->talk.messages[at] = copy;
}

static void exchange(struct mutation *m)
{
	struct talk_message *a = any(m), *b = any(m), was = *a;

	*a = *b;
	*b = was;
}

static void change_time(struct mutation *m)
{
	static const uint64_t steps[] = {0, 1, 500, 4000, 32000, 33000, 64000, 3600000, 3601000, 7200000};

	any(m)->step = steps[below(m, sizeof(steps) / sizeof(steps[0]))];
}

static void change_hop(struct mutation *m)
{
	struct talk_message *to = any(m), *from = any(m);
	struct net_addr src = to->src;

	if (below(m, 2)) {
		to->src = to->dst;
		to->dst = src;
	} else if (from->src.family == to->src.family) {
		*(below(m, 2) ? &to->src : &to->dst) = from->src;
	}
}

static void change_transport(struct mutation *m)
{
	static const uint64_t pieces[] = {0, 1, 7, 100, 1400};
	struct talk_message *to = any(m);

	to->transport = (enum net_transport)below(m, NET_SCTP + 1);
	to->piece = pieces[below(m, sizeof(pieces) / sizeof(pieces[0]))];
}

/* --- lines --- */

static const char *const lines[] = {
	"Accept-Contact: *;+g.oma.sip-im",
	"Accept-Contact: *;automata;require;explicit",
	"Accept-Contact: *;+g.oma.sip-im=\"TRUE\"",
	"Contact: *",
	"Contact: <sip:a@10.1.0.1>;expires=0;+g.oma.sip-im",
	"Contact: <sip:b@10.1.0.1>, <sip:c@10.1.0.2>;q=0.5",
	"Expires: 0",
	"Expires: 4294967295",
	"Expires: 99999999999999999999",
	"Expires: -1",
	"Min-Expires: 7200",
	"Event: presence",
	"Event: poc-settings",
	"Event: reg",
	"SIP-ETag: e",
	"SIP-If-Match: e",
	"Call-ID: x",
	"CSeq: 1 INVITE",
	"CSeq: 2 PUBLISH",
	"CSeq: 1 ACK",
	"CSeq: 4294967296 BYE",
	"Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1",
	"Via: SIP/2.0/TCP [::1]:5060",
	"Route: <sip:10.0.0.2;lr>",
	"Record-Route: <sip:10.0.0.2;lr>",
	"Path: <sip:10.0.0.2;lr>",
	"P-Asserted-Identity: <sip:a@b>",
	"P-Asserted-Identity: \"x\" <tel:+1-23>",
	"P-Served-User: <sip:a@b>;sescase=orig;regstate=unreg",
	"P-Preferred-Identity: <sip:a@b>",
	"Authorization: Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\"",
	"WWW-Authenticate: Digest realm=\"b\", nonce=\"c\", qop=\"auth,auth-int\", algorithm=MD5",
	"Content-Type: multipart/mixed;boundary=b",
	"Content-Type: application/sdp",
	"Content-Type: message/cpim",
	"Content-Type: text/plain",
	"Content-Type: application/poc-settings+xml",
	"Content-Type: application/reginfo+xml",
	"Content-Encoding: gzip",
	"Content-Length: 0",
	"Content-Length: 1",
	"Content-Length: 99999",
	"l: 10",
	"Subscription-State: terminated;reason=x",
	"Subscription-State: active",
	"To: <sip:a@b>;tag=t",
	"From: <sip:a@b>",
	"f: sip:a@b;tag=1",
	"Require: 100rel, timer",
	"Supported: timer,outbound",
	"RSeq: 1",
	"RAck: 1 1 INVITE",
	"Session-Expires: 90;refresher=uas",
	"Retry-After: 5",
	"User-Agent: IM-client/OMA1.0",
	"Server: IM-serv/OMA1.0",
	"Warning: 399 a \"b\"",
	"Privacy: id",
	"a=sendonly",
	"a=recvonly",
	"a=inactive",
	"a=path:msrp://10.0.0.2:2855/s;tcp",
	"m=message 0 TCP/MSRP *",
	"a=setup:active",
};

struct line {
	const char *p, *end; /* with its line end */
};

/* A line of the message, after which there may be others; false where it has none. */
static bool any_line(struct mutation *m, struct slice text, struct line *ret)
{
	size_t at;

	if (!text.len)
		return false;
	at = below(m, text.len);
	ret->p = text.p + at;
	while (ret->p > text.p && ret->p[-1] != '\n')
		ret->p--;
	ret->end = memchr(text.p + at, '\n', text.len - at);
	ret->end = ret->end ? ret->end + 1 : text.p + text.len;
	return true;
}

/* What stands in place of [p, end) of the message's text. */
static void replace(struct mutation *m, struct talk_message *message, const char *p, const char *end, struct slice with)
{
	struct buf *text = text_begin(m);

	buf_add(text, slice_range(message->text.p, p));
	buf_add(text, with);
	buf_add(text, slice_range(end, message->text.p + message->text.len));
	message->text = buf_slice(text);
}

static void put_known_line(struct mutation *m)
{
	struct talk_message *message = any(m);
	struct buf known = {0};
	struct line line;

	buf_printf(&known, "%s\r\n", lines[below(m, sizeof(lines) / sizeof(lines[0]))]);
	if (any_line(m, message->text, &line))
		replace(m, message, line.p, below(m, 2) ? line.p : line.end, buf_slice(&known));
	buf_done(&known);
}

static void put_foreign_line(struct mutation *m)
{
	struct talk_message *message = any(m);
	struct line line, foreign;

	if (any_line(m, message->text, &line) && any_line(m, any(m)->text, &foreign))
		replace(m, message, line.p, below(m, 2) ? line.p : line.end, slice_range(foreign.p, foreign.end));
}

static void drop_line(struct mutation *m)
{
	struct talk_message *message = any(m);
	struct line line;

	if (any_line(m, message->text, &line))
		replace(m, message, line.p, line.end, SLICE_NONE);
}

/* --- bytes --- */

static void change_bytes(struct mutation *m)
{
	struct talk_message *message = any(m);
	struct buf *text = text_begin(m);
	size_t len = message->text.len < TEXT_MAX / 2 ? message->text.len : TEXT_MAX / 2;

	buf_reserve(text, TEXT_MAX);
	if (len)
		memcpy(text->p, message->text.p, len);
	text->len = LLVMFuzzerMutate((uint8_t *)text->p, len, TEXT_MAX);
	message->text = buf_slice(text);
}

/* In one line only: what is around it stays whole. */
static void change_line(struct mutation *m)
{
	struct talk_message *message = any(m);
	struct line line;
	uint8_t bytes[512];
	size_t len;

	if (!any_line(m, message->text, &line) || line.end - line.p > (ptrdiff_t)sizeof(bytes) / 2)
		return;
	len = (size_t)(line.end - line.p);
	memcpy(bytes, line.p, len);
	while (len && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
		len--;
	len = LLVMFuzzerMutate(bytes, len, sizeof(bytes) - 2);
	bytes[len++] = '\r';
	bytes[len++] = '\n';
	replace(m, message, line.p, line.end, (struct slice){(const char *)bytes, len});
}

/* --- all of it --- */

static void (*const ways[])(struct mutation *m) = {
	drop,       repeat,           repeat,         exchange,       change_time,
	change_hop, change_transport, put_known_line, put_known_line, put_foreign_line,
	drop_line,  change_line,      change_line,    change_line,    change_bytes,
};

/* Content-Length as it is, where there is one. */
static void write_right(struct buf *to, const struct talk_message *message)
{
	struct slice text = message->text;
	const char *blank = slice_find(text, SLICE("\r\n\r\n")), *name, *end;
	struct talk_message right = *message;
	struct buf changed = {0};

	name = blank ? slice_find_nocase(slice_range(text.p, blank + 2), SLICE("\r\nContent-Length:")) : NULL;
	if (name) {
		name += sizeof("\r\nContent-Length:") - 1;
		end = memchr(name, '\r', (size_t)(blank + 2 - name));
		buf_add(&changed, slice_range(text.p, name));
		buf_printf(&changed, " %td", text.p + text.len - (blank + 4));
		buf_add(&changed, slice_range(end, text.p + text.len));
		right.text = buf_slice(&changed);
	}
	talk_write(to, &right);
	buf_done(&changed);
}

static size_t write_talk(struct mutation *m, uint8_t *data, size_t max_size)
{
	bool right = below(m, RIGHT_LENGTHS_OF) != 0;
	struct buf to = {0};
	size_t len = 0;

	for (size_t i = 0; i < m->talk.count; i++) {
		if (right)
			write_right(&to, &m->talk.messages[i]);
		else
			talk_write(&to, &m->talk.messages[i]);
		if (to.len > max_size)
			break;
		len = to.len;
	}
	if (len)
		memcpy(data, to.p, len);
	buf_done(&to);
	return len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static struct mutation m;
	size_t rounds, len;

	m.rng = seed;
	m.text_count = 0;
	talk_read(&m.talk, (struct slice){(const char *)data, size});
	if (!m.talk.count)
		return LLVMFuzzerMutate(data, size, max_size);
	rounds = 1 + below(&m, ROUNDS_MAX);
	for (size_t i = 0; i < rounds; i++)
		ways[below(&m, sizeof(ways) / sizeof(ways[0]))](&m);
	len = write_talk(&m, data, max_size);
	return len ? len : LLVMFuzzerMutate(data, size, max_size);
}

/* The first messages of one, and the last ones of the other; or both at once. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, uint8_t *to,
				 size_t max_size, unsigned seed)
{
	static struct mutation m;
	static struct talk first, second;
	size_t i = 0, j;
	bool zip;

	m.rng = seed;
	talk_read(&first, (struct slice){(const char *)a, a_len});
	talk_read(&second, (struct slice){(const char *)b, b_len});
	zip = below(&m, 2);
	j = zip ? 0 : below(&m, second.count + 1);
	if (!zip)
		first.count = below(&m, first.count + 1);
	for (m.talk.count = 0; m.talk.count < TALK_MESSAGES_MAX && (i < first.count || j < second.count);) {
		bool left = j == second.count || (i < first.count && (!zip || below(&m, 2)));
		m.talk.messages[m.talk.count++] = left ? first.messages[i++] : second.messages[j++];
	}
	return write_talk(&m, to, max_size);
}
