/* SPDX-License-Identifier: MIT
 *
 * Header fields with a grammar of their own: numbers, CSeq, Event, Via, addresses. */
#include "sip/chars.h"
#include "sip/scan.h"
#include "sip/value.h"

/* Headers besides From and To that hold one address, whose display name may have a comma that its sender forgot to
 * quote. */
static bool is_single_address(enum sip_header id)
{
	return id == SIP_HEADER_P_CALLED_PARTY_ID || id == SIP_HEADER_P_SERVED_USER;
}

static int first_addr_read(const struct sip_msg *msg, enum sip_header id, struct sip_addr *ret)
{
	struct sip_values it;
	struct slice value;

	sip_values_start(&it, msg, id);
	return sip_values_next(&it, &value) ? sip_addr_read(value, ret) : -EBADMSG;
}

/* Is it ";tag=1" and nothing more, with no blanks around? */
static bool is_only_tag(struct slice s, struct slice *ret_tag)
{
	static const char front[] = ";tag=";

	if (!slice_begins(s, SLICE(front)) || s.len < sizeof(front))
		return false;
	*ret_tag = slice_range(s.p + sizeof(front) - 1, s.p + s.len);
	return (unsigned char)ret_tag->p[0] > ' ' && (unsigned char)s.p[s.len - 1] > ' ' &&
	       !sip_scan_any(ret_tag->p, s.p + s.len, ';', '"', '<', '<');
}

/* "<sip:alice@im.example>;tag=1", as most of From and To are written, read at once. False says nothing. */
static bool plain_party_read(struct slice value, struct sip_party *ret)
{
	const char *uri, *end = value.p + value.len, *close;
	struct slice params = SLICE_NONE, tag = SLICE_NONE;

	if (value.len < 3 || value.p[0] != '<')
		return false;
	uri = value.p + 1;
	close = sip_scan_any(uri, end, '>', '"', '>', '"');
	if (!close || *close == '"' || close == uri || (unsigned char)uri[0] <= ' ' || (unsigned char)close[-1] <= ' ')
		return false;
	if (close + 1 < end) {
		if (!is_only_tag(slice_range(close + 1, end), &tag))
			return false;
		params = slice_range(close + 2, end);
	}
	*ret = (struct sip_party){
		SIP_PARTY_GOOD, {.uri = slice_range(uri, close), .params = params, .brackets = true}, tag};
	return true;
}

const struct sip_party *sip_party_read(const struct sip_msg *msg, enum sip_header id)
{
	/* what is remembered changes nothing that anybody sees */
	struct sip_party *party = (struct sip_party *)sip_party_of(msg, id);
	struct slice value = sip_msg_value(msg, id);
	struct sip_addr addr;

	if (id != SIP_HEADER_CONTACT && plain_party_read(value, party))
		return party;
	*party = (struct sip_party){.state = SIP_PARTY_BAD};
	if ((id == SIP_HEADER_CONTACT ? first_addr_read(msg, id, &addr) : sip_addr_read(value, &addr)) < 0)
		return party;
	party->state = SIP_PARTY_GOOD;
	party->addr = addr;
	if (id != SIP_HEADER_CONTACT)
		sip_param_find(addr.params, "tag", &party->tag);
	return party;
}

int sip_msg_addr(const struct sip_msg *msg, enum sip_header id, struct sip_addr *ret)
{
	const struct sip_party *party;

	if (!sip_msg_has(msg, id))
		return -ENOENT;
	if (sip_party_of(msg, id)) {
		party = sip_msg_party(msg, id);
		*ret = party->addr;
		return party->state == SIP_PARTY_GOOD ? 0 : -EBADMSG;
	}
	return is_single_address(id) ? sip_addr_read(sip_msg_value(msg, id), ret) : first_addr_read(msg, id, ret);
}

struct slice sip_msg_other_uri(const struct sip_msg *msg, enum sip_header id)
{
	struct sip_addr addr;

	return sip_msg_addr(msg, id, &addr) == 0 ? addr.uri : SLICE_NONE;
}

/* Digits in front of *s, which is left behind them. False without digits or beyond 64 bits. */
static bool take_number(struct slice *s, uint64_t *ret)
{
	const char *p = s->p, *end = p + s->len, *sure = s->len > 19 ? p + 19 : end; /* so many digits always fit */
	uint64_t number = 0;

	for (; p < sure && sip_is_digit(*p); p++)
		number = number * 10 + (uint64_t)(*p - '0');
	for (; p < end && sip_is_digit(*p); p++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*p - '0'), &number))
			return false;
	*ret = number;
	if (p == s->p)
		return false;
	*s = slice_range(p, end);
	return true;
}

int sip_msg_number(const struct sip_msg *msg, enum sip_header id, uint64_t *ret)
{
	struct slice value = sip_msg_value(msg, id);
	uint64_t number;

	if (!sip_msg_has(msg, id))
		return -ENOENT;
	if (!take_number(&value, &number))
		return -EBADMSG;
	if (value.len && !sip_is_blank(value.p[0]) && value.p[0] != ';' && value.p[0] != '(')
		return -EBADMSG;
	*ret = number;
	return 0;
}

int sip_msg_cseq(const struct sip_msg *msg, uint32_t *ret_number, struct slice *ret_method)
{
	struct slice value = sip_msg_value(msg, SIP_HEADER_CSEQ);
	uint64_t number;

	if (!sip_msg_has(msg, SIP_HEADER_CSEQ))
		return -ENOENT;
	if (!take_number(&value, &number) || number > UINT32_MAX || value.len == 0 || !sip_is_blank(value.p[0]))
		return -EBADMSG;
	value = slice_trim(sip_skip_blanks(value));
	if (sip_method_of(value) <= SIP_METHOD_OTHER && !sip_is_token(value)) /* known ones are tokens */
		return -EBADMSG;
	*ret_number = (uint32_t)number;
	if (ret_method)
		*ret_method = value;
	return 0;
}

struct slice sip_msg_event(const struct sip_msg *msg)
{
	struct slice event, params;

	if (!sip_msg_has(msg, SIP_HEADER_EVENT))
		return SLICE_NONE;
	sip_value_split(sip_msg_value(msg, SIP_HEADER_EVENT), &event, &params);
	return event;
}

/* The next element of a list in which nothing is quoted. */
static bool list_cut(struct slice *list, struct slice *ret_element)
{
	while (list->len) {
		struct slice rest = sip_cut(list, ',');
		*ret_element = slice_trim(*list);
		*list = rest;
		if (ret_element->len)
			return true;
	}
	return false;
}

static bool is_listed(struct slice list, struct slice token, bool with_case)
{
	bool plain = !sip_scan_any(list.p, list.p + list.len, ';', '"', '<', '<');
	struct slice element, params;

	while (plain ? list_cut(&list, &element) : sip_list_next(&list, &element)) {
		if (!plain)
			sip_value_split(element, &element, &params);
		if (with_case ? slice_eq(element, token) : slice_eq_nocase(element, token))
			return true;
	}
	return false;
}

bool sip_msg_lists(const struct sip_msg *msg, enum sip_header id, struct slice token)
{
	bool with_case = id == SIP_HEADER_ALLOW || id == SIP_HEADER_ALLOW_EVENTS;

	for (const struct sip_line *line = sip_msg_line(msg, id); line; line = sip_msg_line_next(msg, line))
		if (is_listed(sip_line_value(msg, line), token, with_case))
			return true;
	return false;
}

/* A token and the slash behind it, with blanks around both (RFC 3261 25.1: SLASH). */
static bool take_slashed(struct slice *s, struct slice *ret_token)
{
	*s = sip_skip_blanks(*s);
	*ret_token = sip_take_until(s, "/");
	*s = sip_skip_blanks(*s);
	if (!sip_is_token(*ret_token) || s->len == 0 || s->p[0] != '/')
		return false;
	s->p++;
	s->len--;
	return true;
}

static bool sent_by_read(struct slice sent_by, struct sip_via *ret)
{
	const char *close = sent_by.len && sent_by.p[0] == '[' ? memchr(sent_by.p, ']', sent_by.len) : sent_by.p;
	const char *colon;

	if (!close || sent_by.len == 0)
		return false;
	colon = memchr(close, ':', (size_t)(sent_by.p + sent_by.len - close));
	ret->host = slice_trim(slice_range(sent_by.p, colon ? colon : sent_by.p + sent_by.len));
	if (colon)
		ret->port = slice_trim(slice_range(colon + 1, sent_by.p + sent_by.len));
	for (size_t i = 0; i < ret->port.len; i++)
		if (!sip_is_digit(ret->port.p[i]))
			return false;
	for (size_t i = 0; i < ret->host.len; i++)
		if (sip_is_blank(ret->host.p[i]))
			return false;
	return ret->host.len > 0 && (!colon || ret->port.len > 0);
}

/* "SIP/2.0/UDP host:5060;branch=z9hG4bK1": as nearly all are written. False says nothing. */
static bool plain_via_read(struct slice value, struct sip_via *ret)
{
	const char *p, *from, *end = value.p + value.len;

	if (!slice_begins(value, SLICE("SIP/2.0/")))
		return false;
	for (p = from = value.p + 8; p < end && sip_is_token_char(*p);)
		p++;
	if (p == from || p == end || *p != ' ')
		return false;
	ret->transport = slice_range(from, p);
	from = ++p;
	for (p = sip_scan_host(p, end); p < end && sip_is(*p, SIP_CHAR_HOST);)
		p++;
	ret->host = slice_range(from, p);
	if (p < end && *p == ':') {
		for (from = ++p; p < end && sip_is_digit(*p);)
			p++;
		ret->port = slice_range(from, p);
	}
	if (p < end)
		ret->params = slice_range(p + 1, end);
	return ret->host.len && (!ret->port.p || ret->port.len) && (p == end || *p == ';');
}

/* RFC 3261 20.42 */
static bool via_read(struct slice value, struct sip_via *ret)
{
	struct slice head, word;

	*ret = (struct sip_via){0};
	sip_value_split(value, &head, &ret->params);
	if (!take_slashed(&head, &word) || !slice_is_nocase(word, "SIP") || !take_slashed(&head, &word))
		return false;
	head = sip_skip_blanks(head);
	ret->transport = sip_take_until(&head, "");
	return sip_is_token(ret->transport) && sent_by_read(slice_trim(head), ret);
}

int sip_via_read(struct slice value, struct sip_via *ret)
{
	*ret = (struct sip_via){0};
	if (!plain_via_read(value, ret) && !via_read(value, ret))
		return -EBADMSG;
	sip_param_find(ret->params, "branch", &ret->branch);
	return 0;
}

int sip_msg_via(const struct sip_msg *msg, struct sip_via *ret)
{
	struct sip_values it;
	struct slice value;

	if (!sip_msg_has(msg, SIP_HEADER_VIA))
		return -ENOENT;
	sip_values_start(&it, msg, SIP_HEADER_VIA);
	return sip_values_next(&it, &value) ? sip_via_read(value, ret) : -EBADMSG;
}

/* "SIP/2.0/UDP host;branch=z9hG4bK1;rport": as nearly always, and whatever stands before. Absent says nothing. */
static struct slice plain_branch(struct slice via)
{
	const char *p = via.p, *end = p + via.len, *stop;

	while ((p = sip_scan_any(p, end, ';', ',', '"', '<')) && *p == ';') {
		if (!slice_begins(slice_range(p, end), SLICE(";branch="))) {
			p++;
			continue;
		}
		p += strlen(";branch=");
		stop = sip_scan_any(p, end, ';', ',', '"', '<');
		if (!stop)
			stop = end;
		if (p == stop || (unsigned char)p[0] <= ' ' || (unsigned char)stop[-1] <= ' ')
			return SLICE_NONE;
		return stop == end || *stop == ';' || *stop == ',' ? slice_range(p, stop) : SLICE_NONE;
	}
	return SLICE_NONE;
}

struct slice sip_msg_branch(const struct sip_msg *msg)
{
	struct slice branch = plain_branch(sip_msg_value(msg, SIP_HEADER_VIA));
	struct sip_via via = {0};

	if (branch.p)
		return branch;
	return sip_msg_via(msg, &via) == 0 ? via.branch : SLICE_NONE;
}
