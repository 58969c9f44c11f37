/* SPDX-License-Identifier: MIT
 *
 * Words about a client's REGISTERs: what every request has, and who it says that it is. */
#include "base/mem.h"
#include "check/words.h"

#include <errno.h>

/* --- any request: RFC 3261 8.1.1 --- */

static enum tri fault(const struct look *look, enum sip_header id, const char *what)
{
	return look_no(look, look->event, sip_msg_value(MSG(look), id), "the %s header %s", sip_header_name(id), what);
}

/* sent-protocol of the topmost Via, in which blanks and folds may stand around the slashes (RFC 3261 25.1) */
static bool is_sip_2(const struct sip_msg *msg)
{
	static const char wanted[] = "SIP/2.0/";
	struct slice via = sip_msg_value(msg, SIP_HEADER_VIA);
	size_t matched = 0;

	if (slice_begins(via, SLICE(wanted))) /* as nearly always */
		return true;
	for (size_t i = 0; i < via.len && wanted[matched]; i++) {
		if (memchr(" \t\r\n", via.p[i], 4))
			continue;
		if (!slice_eq_nocase((struct slice){via.p + i, 1}, (struct slice){wanted + matched, 1}))
			return false;
		matched++;
	}
	return !wanted[matched];
}

/* RFC 3261 19.1.1: headers and a method stand in the URIs of Contact and of pages, not in these. NULL: all is well. */
static const char *out_of_place(struct slice text)
{
	struct slice key, method;
	struct sip_uri uri;

	if (sip_uri_plain_key(text, &key)) /* as nearly always */
		return NULL;
	if (sip_uri_read(text, &uri, NULL) < 0)
		return "a fault";
	if (uri.headers.p)
		return "headers";
	return uri.scheme != SIP_SCHEME_TEL && sip_param_find(uri.params, "method", &method) ? "a method" : NULL;
}

static enum tri uris_valid(const struct look *look)
{
	const struct {
		const char *where;
		struct slice uri;
	} uris[] = {{"the Request-URI", MSG(look)->uri},
		    {"the URI of From", sip_msg_uri(MSG(look), SIP_HEADER_FROM)},
		    {"the URI of To", sip_msg_uri(MSG(look), SIP_HEADER_TO)}};
	const char *what;

	for (size_t i = 0; i < ARRAY_LEN(uris); i++)
		if ((what = out_of_place(uris[i].uri)))
			return look_no(look, look->event, uris[i].uri, "%s in %s", what, uris[i].where);
	return TRI_YES;
}

/* Of those a Call-ID has none, whatever else it holds (RFC 3261 25.1). */
static bool has_blanks(struct slice value)
{
	for (const char *blank = " \t\r\n"; value.len && *blank; blank++)
		if (memchr(value.p, *blank, value.len))
			return true;
	return false;
}

enum tri look_valid_request(const struct look *look)
{
	static const enum sip_header once[] = {
		SIP_HEADER_FROM,           SIP_HEADER_TO,           SIP_HEADER_CALL_ID,
		SIP_HEADER_CSEQ,           SIP_HEADER_MAX_FORWARDS, SIP_HEADER_EVENT,
		SIP_HEADER_CONTENT_LENGTH, SIP_HEADER_CONTENT_TYPE, SIP_HEADER_USER_AGENT};
	const struct sip_msg *msg = MSG(look);
	struct slice method;
	struct sip_via via;
	uint64_t number;
	uint32_t cseq;

	if (look->event->cut)
		return look_cut(look);
	if (!sip_msg_uri(msg, SIP_HEADER_FROM).len || !sip_msg_tag(msg, SIP_HEADER_FROM).len)
		return fault(look, SIP_HEADER_FROM, "is missing, can't be read or has no tag");
	if (!sip_msg_uri(msg, SIP_HEADER_TO).len || sip_msg_tag(msg, SIP_HEADER_TO).p)
		return fault(look, SIP_HEADER_TO, "is missing, can't be read or has a tag");
	if (uris_valid(look) != TRI_YES)
		return TRI_NO;
	if (msg->odd & SIP_ODD_VERSION) /* RFC 3261 7.1: to be sent in upper case */
		return look_no(look, look->event, SLICE_NONE, "a first line that is not of SIP/2.0");
	if (msg->odd & SIP_ODD_LENGTH_LONG)
		return fault(look, SIP_HEADER_CONTENT_LENGTH, "is larger than the body");
	if (!is_sip_2(msg))
		return fault(look, SIP_HEADER_VIA, "is missing, or not of SIP/2.0");
	if (sip_msg_via(msg, &via) < 0 || via.branch.len <= 7 || memcmp(via.branch.p, "z9hG4bK", 7) != 0)
		return fault(look, SIP_HEADER_VIA, "has no branch of RFC 3261");
	if (!sip_msg_value(msg, SIP_HEADER_CALL_ID).len)
		return fault(look, SIP_HEADER_CALL_ID, "is missing");
	if (has_blanks(slice_trim(sip_msg_value(msg, SIP_HEADER_CALL_ID))))
		return fault(look, SIP_HEADER_CALL_ID, "has blanks in it");
	if (sip_msg_cseq(msg, &cseq, &method) < 0 || !slice_eq(method, msg->method_text) || cseq > INT32_MAX)
		return fault(look, SIP_HEADER_CSEQ, "has no number below 2^31 and the request's method");
	if (sip_msg_number(msg, SIP_HEADER_MAX_FORWARDS, &number) < 0 || number > 255)
		return fault(look, SIP_HEADER_MAX_FORWARDS, "is missing or no number up to 255");
	for (unsigned i = 0; i < ARRAY_LEN(once); i++)
		if (sip_msg_repeats(msg, once[i]))
			return fault(look, once[i], "stands more than once");
	return TRI_YES;
}

static enum tri eval_valid_request(const struct check *check, const struct look *look)
{
	return look_valid_request(look);
}

/* --- REGISTER --- */

/* A request that can't be read may be dropped: RFC 3261 has a 400 for it, but does not demand an answer. */
static enum tri eval_readable(const struct check *check, const struct look *look)
{
	struct sip_values it;
	struct slice value;
	struct sip_addr addr;
	uint64_t seconds;

	if (look->event->cut)
		return look_cut(look);
	if (!sip_msg_uri(MSG(look), SIP_HEADER_FROM).len)
		return fault(look, SIP_HEADER_FROM, "can't be read");
	if (sip_msg_number(MSG(look), SIP_HEADER_EXPIRES, &seconds) == -EBADMSG)
		return fault(look, SIP_HEADER_EXPIRES, "can't be read");
	sip_values_start(&it, MSG(look), SIP_HEADER_CONTACT);
	while (sip_values_next(&it, &value))
		if (!slice_is(value, "*") && sip_contact_read(MSG(look), value, &addr) < 0)
			return fault(look, SIP_HEADER_CONTACT, "can't be read");
	return TRI_YES;
}

/* qvalue of RFC 3261 25.1: from 0 to 1, with up to three digits behind the point. */
static bool is_q(struct slice s)
{
	if (s.len < 1 || s.len > 5 || (s.p[0] != '0' && s.p[0] != '1') || (s.len > 1 && s.p[1] != '.'))
		return false;
	for (size_t i = 2; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > (s.p[0] == '1' ? '0' : '9'))
			return false;
	return true;
}

/* What is wrong with one of the Contacts; NULL: nothing. */
static const char *contact_fault(const struct sip_msg *msg, struct slice value)
{
	struct sip_addr addr;
	struct sip_uri uri;
	struct slice q;

	if (sip_contact_read(msg, value, &addr) < 0 || sip_uri_read(addr.uri, &uri, NULL) < 0)
		return "a Contact without a URI";
	return sip_param_find(addr.params, "q", &q) && !is_q(q) ? "a Contact whose q is not from 0 to 1" : NULL;
}

/* RFC 3261 10.3, step 6: "*" removes all bindings at once, and nothing else may stand with it. */
static bool is_removal_of_all(const struct sip_msg *msg)
{
	return sip_msg_is_for_no_time(msg) && sip_values_count(msg, SIP_HEADER_CONTACT) == 1;
}

static enum tri eval_contacts_allowed(const struct check *check, const struct look *look)
{
	struct sip_values it;
	const char *wrong;
	struct slice value;
	bool star = false;

	sip_values_start(&it, MSG(look), SIP_HEADER_CONTACT);
	while (sip_values_next(&it, &value)) {
		star |= slice_is(value, "*");
		if (!slice_is(value, "*") && (wrong = contact_fault(MSG(look), value)))
			return look_no(look, look->event, value, "%s", wrong);
	}
	if (!star || is_removal_of_all(MSG(look)))
		return TRI_YES;
	return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_CONTACT),
		       "a Contact of * that is not alone, or without Expires: 0");
}

/* RFC 3261 10.2: the Request-URI names a domain; userinfo and "@" must not be there. */
static enum tri eval_domain_uri(const struct check *check, const struct look *look)
{
	struct sip_uri uri;

	if (sip_uri_read(MSG(look)->uri, &uri, NULL) == 0 && !uri.user.p && uri.host.len &&
	    (uri.scheme == SIP_SCHEME_SIP || uri.scheme == SIP_SCHEME_SIPS))
		return TRI_YES;
	return look_no(look, look->event, MSG(look)->uri, "Request-URI %s", look_text(MSG(look)->uri));
}

bool look_time_asked(const struct sip_msg *msg, uint64_t *ret, struct slice *ret_at)
{
	struct sip_addr contact;

	if (sip_msg_addr(msg, SIP_HEADER_CONTACT, &contact) == 0 && sip_param_find(contact.params, "expires", ret_at) &&
	    slice_to_u64(*ret_at, ret))
		return true;
	*ret_at = sip_msg_value(msg, SIP_HEADER_EXPIRES);
	return sip_msg_number(msg, SIP_HEADER_EXPIRES, ret) == 0;
}

/* Does it ask for bindings, and not for their removal or their list? */
static bool binds(const struct sip_msg *msg)
{
	struct sip_addr contact;
	struct slice at;
	uint64_t asked;

	if (sip_msg_addr(msg, SIP_HEADER_CONTACT, &contact) < 0 || slice_is(contact.uri, "*"))
		return false;
	return !look_time_asked(msg, &asked, &at) || asked != 0;
}

static enum tri eval_binds(const struct check *check, const struct look *look)
{
	return tri_of(binds(MSG(look)));
}

/* Where there is no core, users register with the IM Server itself. */
static enum tri eval_at_server(const struct check *check, const struct look *look)
{
	return tri_of(story_is_server(look->story, &look->txn->request->path.dst));
}

static bool is_own_contact(const struct look *look, struct slice contact)
{
	return sip_uri_equal(contact, sip_msg_uri(MSG(look), SIP_HEADER_CONTACT));
}

/* Neither taken back nor over. */
static bool is_in_force(const struct txn *registration, uint64_t now)
{
	uint64_t until = registration->after.registered_until;

	return binds(&registration->request->msg) && (!until || now < until);
}

/* The last time that this device registered: a user may have several, each with a Contact and Call-IDs of its own. */
static const struct txn *own_registration(const struct look *look)
{
	const struct txn *last = NULL;

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == OCCASION_REGISTER && event_after(look->event, txn->request) &&
		    txn_succeeded(txn) && net_addr_eq_ip(&txn->request->path.src, &look->event->path.src) &&
		    is_own_contact(look, sip_msg_uri(&txn->request->msg, SIP_HEADER_CONTACT)) &&
		    slice_eq(story_reg_id(&txn->request->msg), story_reg_id(MSG(look))))
			last = txn;
	}
	return last && is_in_force(last, look->event->time) ? last : NULL;
}

/* Where another device's registration is the one in force, this REGISTER refreshes nothing. */
static enum tri eval_rebinds(const struct check *check, const struct look *look)
{
	const struct state *before = &look->txn->before;

	if (own_registration(look) || !before->contact.len)
		return TRI_YES;
	return tri_of(is_own_contact(look, before->contact) && slice_eq(before->reg_id, story_reg_id(MSG(look))));
}

/* RFC 3261 10.2.4: a refresh keeps the Call-ID and raises CSeq. */
static enum tri eval_same_registration(const struct check *check, const struct look *look)
{
	const struct txn *own = own_registration(look);
	struct slice call_id = sip_msg_value(MSG(look), SIP_HEADER_CALL_ID), before = look->txn->before.call_id;
	uint32_t cseq = 0, last = own ? own->request->marks.cseq : look->txn->before.cseq;

	before = own ? sip_msg_value(&own->request->msg, SIP_HEADER_CALL_ID) : before;
	if (!before.len)
		return look_unknown(look, "the registration in force was not seen");
	sip_msg_cseq(MSG(look), &cseq, NULL);
	if (!slice_eq(before, call_id))
		return look_no(look, look->event, call_id, "another Call-ID than the registration's");
	if (cseq <= last)
		return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_CSEQ), "CSeq %u after %u", cseq,
			       last);
	return TRI_YES;
}

const struct word words_register[] = {
	{"valid_request", "", WORD_LEAF, "a valid request (RFC 3261 8.1.1)",
	 "the headers that every request has are there and right", eval_valid_request},
	{"readable", "", WORD_LEAF, "a REGISTER that can be read",
	 "its From, Expires and each of its Contacts can be read", eval_readable},
	{"contacts_allowed", "", WORD_LEAF, "Contacts that are valid and go together",
	 "of a REGISTER: each Contact has a URI, and a q from 0 to 1 if any; one of * is alone and comes with "
	 "Expires: 0 (RFC 3261 10.3, 25.1)",
	 eval_contacts_allowed},
	{"domain_uri", "", WORD_LEAF, "a Request-URI without user",
	 "of a REGISTER: the Request-URI is a domain (RFC 3261 10.2)", eval_domain_uri},
	{"binds", "", WORD_LEAF, "a REGISTER that asks for a binding", "a REGISTER with a Contact and a time above 0",
	 eval_binds},
	{"at_server", "", WORD_LEAF, "a request to the IM Server itself", "the request went to the IM Server itself",
	 eval_at_server},
	{"rebinds", "", WORD_LEAF, "a registration by the same device",
	 "the Contact is that of a registration of the same device, or none is known", eval_rebinds},
	{"same_registration", "", WORD_LEAF, "the registration's Call-ID and a higher CSeq",
	 "a re-registration keeps Call-ID and raises CSeq", eval_same_registration},
	{0},
};
