/* SPDX-License-Identifier: MIT
 *
 * Words about a client's PUBLISHes: what they say, and where they go; and about what follows a 423, of REGISTERs, too.
 */
#include "check/words.h"

static enum tri eval_registered_known(const struct check *check, const struct look *look)
{
	return tri_of(look->txn->before.registered != TRI_UNKNOWN);
}

/* --- PUBLISH --- */

/* A user may have several devices, each with a publication of its own. In a run each has registered under our eyes. */
static bool of_same_device(const struct look *look, const struct txn *txn)
{
	const struct event *own = look->txn->request;

	return net_addr_eq(&txn->request->path.src, &own->path.src) || event_same_call_id(txn->request, own) ||
	       (flow_is_live(look->story->flow) && !look_other_device(look, txn));
}

/* Who registers in another call begins anew. */
static bool may_precede(const struct look *look, const struct txn *txn)
{
	const struct txn *own = look->txn;

	if (txn->occasion != own->occasion || !event_after(own->request, txn->request))
		return false;
	return own->occasion == OCCASION_REGISTER ? event_same_call_id(txn->request, own->request)
						  : of_same_device(look, txn);
}

static const struct txn *previous_request(const struct look *look)
{
	const struct txn *previous = NULL;

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (may_precede(look, txn) && (!previous || event_after(txn->request, previous->request)))
			previous = txn;
	}
	return previous;
}

static enum tri eval_after_status(const struct check *check, const struct look *look)
{
	const struct txn *previous = previous_request(look);

	if (previous && !previous->final && !flow_is_live(look->story->flow))
		return look_unknown(look, "the answer to the %s before was not seen",
				    sip_method_name(previous->request->msg.method));
	return tri_of(previous && previous->final && event_after(look->txn->request, previous->final) &&
		      previous->final->msg.status == check->args[0].number);
}

/* RFC 3261 10.3, step 7: a REGISTER that asks for no time gets what the registrar likes. */
static bool leaves_it_to_registrar(const struct look *look)
{
	return look->txn->occasion == OCCASION_REGISTER && !look->event->cut;
}

static enum tri eval_min_expires_met(const struct check *check, const struct look *look)
{
	const struct txn *previous = previous_request(look);
	struct slice at;
	uint64_t least, asked;

	if (!previous || !previous->final || sip_msg_number(&previous->final->msg, SIP_HEADER_MIN_EXPIRES, &least) < 0)
		return look_unknown(look, "the 423 gave no Min-Expires");
	if (!look_time_asked(MSG(look), &asked, &at))
		return leaves_it_to_registrar(look) ? TRI_YES
						    : look_missing(look, look->event, "no Expires to meet Min-Expires");
	if (asked >= least || asked == 0)
		return TRI_YES;
	return look_no(look, look->event, at, "Expires %llu after Min-Expires %llu", (unsigned long long)asked,
		       (unsigned long long)least);
}

/* The IM address of who sends: From names it (5.1), or P-Preferred-Identity, which a core believes (RFC 3325 9.2), and
 * the Request-URI has to be the same. Who has registered is known without them, which may name him by another address.
 */
static enum tri eval_uri_is_sender(const struct check *check, const struct look *look)
{
	struct slice uri = MSG(look)->uri, from = sip_msg_uri(MSG(look), SIP_HEADER_FROM);
	struct sip_uri read;

	if (sip_uri_same_user(uri, from) || look_names_user(look, SIP_HEADER_P_PREFERRED_IDENTITY, uri) ||
	    (look_is_user(look, uri) && (look_is_user(look, from) || look->txn->before.registered_here)))
		return TRI_YES;
	if (sip_uri_read(from, &read, NULL) < 0)
		return look_unknown(look, "From does not tell who sends it");
	if (look_may_be_alias(look, uri) || look_may_be_alias(look, from))
		return look_unknown(look, "nothing tells whose the number is");
	return look_no(look, look->event, uri, "Request-URI %s, From %s", look_text(uri), look_text(from));
}

static bool is_sender(const struct look *look, struct slice uri)
{
	return look_is_user(look, uri) || sip_uri_same_user(uri, MSG(look)->uri);
}

/* RFC 3325 9.2: there may be two, of which one is a tel URI; that may be a number of the user's which nothing here
 * tells. Absent: all are the sender's. */
static struct slice preferred_by_another(const struct look *look)
{
	struct sip_values it;
	struct slice value;
	struct sip_addr addr;
	struct sip_uri uri;
	bool first = true;

	sip_values_start(&it, MSG(look), SIP_HEADER_P_PREFERRED_IDENTITY);
	for (; sip_values_next(&it, &value); first = false)
		if (sip_addr_read(value, &addr) == 0 && !is_sender(look, addr.uri) &&
		    (first || sip_uri_read(addr.uri, &uri, NULL) < 0 || uri.scheme != SIP_SCHEME_TEL))
			return addr.uri;
	return SLICE_NONE;
}

static enum tri eval_originates(const struct check *check, const struct look *look)
{
	struct slice preferred = sip_msg_uri(MSG(look), SIP_HEADER_P_PREFERRED_IDENTITY);
	struct slice from = sip_msg_uri(MSG(look), SIP_HEADER_FROM);
	struct slice uri = preferred.p ? preferred_by_another(look) : from;

	if (preferred.p ? !uri.p : is_sender(look, uri))
		return TRI_YES;
	if (look_may_be_alias(look, uri) || look_may_be_alias(look, MSG(look)->uri))
		return look_unknown(look, "nothing tells whose the number is");
	return look_no(look, look->event, uri, "%s %s for the user %s", preferred.p ? "P-Preferred-Identity" : "From",
		       look_text(uri), look_text(look->story->flow->user));
}

/* "in the same range as the registration timer": read as between half and twice of what was granted. */
static enum tri eval_registration_range(const struct check *check, const struct look *look)
{
	const struct state *registration = look_registration(look);
	uint64_t granted = registration ? registration->registered_for : 0, asked;

	if (!granted)
		return look_unknown(look, "the time granted for the registration is not known");
	if (sip_msg_number(MSG(look), SIP_HEADER_EXPIRES, &asked) < 0 || (asked >= granted / 2 && asked <= granted * 2))
		return TRI_YES;
	return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_EXPIRES),
		       "Expires %llu, the registration having been granted for %llu s", (unsigned long long)asked,
		       (unsigned long long)granted);
}

/* --- the settings document --- */

static enum tri eval_settings_valid(const struct check *check, const struct look *look)
{
	const struct settings *settings;

	if (look->event->cut)
		return look_cut(look);
	if (look_is_encoded(MSG(look)))
		return look_unknown(look, "the body is encoded");
	settings = story_settings(look->story, look->event);
	if (!settings)
		return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_CONTENT_TYPE),
			       "a body of type %s", look_header(look->event, SIP_HEADER_CONTENT_TYPE));
	if (settings->well_formed && !settings->root_known)
		return look_unknown(look, "the profile does not know the document's root: %s", settings->text);
	if (settings->valid)
		return TRI_YES;
	if (settings->doctype)
		return look_unknown(look, "line %u: %s, behind which nothing is read", settings->line, settings->text);
	return look_no(look, look->event, MSG(look)->body, "line %u: %s", settings->line, settings->text);
}

static enum tri eval_setting(const struct check *check, const struct look *look)
{
	const struct settings_seen *seen;
	const struct settings *settings;

	if (look->event->cut)
		return look_cut(look);
	settings = story_settings(look->story, look->event);
	if (!settings || !settings->well_formed)
		return look_unknown(look, "there is no settings document to look into");
	seen = &settings->item[check->args[0].number];
	if (seen->value == SETTINGS_BAD)
		return look_unknown(look, "its value can't be read: %s", seen->text);
	if (seen->value != SETTINGS_ABSENT)
		return TRI_YES;
	if (settings->unknown)
		return look_unknown(look, "absent, but the document has names that the profile does not know: %s",
				    settings->unknown_name);
	return look_no(look, look->event, MSG(look)->body, "a document without the setting");
}

/* --- where it goes --- */

static enum tri eval_first_hop(const struct check *check, const struct look *look)
{
	return tri_of(story_is_senders_hop(look->story, look->txn));
}

static enum tri eval_registered_here(const struct check *check, const struct look *look)
{
	const struct state *registration = look_registration(look);

	return tri_of(registration && registration->registered_here);
}

static enum tri eval_service_route(const struct check *check, const struct look *look)
{
	const struct state *registration = look_registration(look);

	return tri_of(registration && registration->service_route.p);
}

bool look_may_be_next_hop(const struct look *look, struct slice value)
{
	struct net_addr host;
	struct sip_addr addr;
	struct sip_uri uri;

	if (sip_addr_read(value, &addr) < 0 || sip_uri_read(addr.uri, &uri, NULL) < 0 || !uri.host.len)
		return false;
	return net_addr_parse(uri.host, 5060, &host, NULL) < 0 || net_addr_eq_ip(&host, &look->event->path.dst);
}

static enum tri went_as_register(const struct look *look, const struct state *registration)
{
	if (registration->registrar.family == NET_FAMILY_NONE)
		return look_unknown(look, "the REGISTER was not seen as its client sent it");
	if (net_addr_eq_ip(&registration->registrar, &look->event->path.dst))
		return TRI_YES;
	return look_no(look, look->event, SLICE_NONE, "sent to another host than the REGISTER");
}

/* RFC 3608 5: the Service-Route of the registration is the route, the outbound proxy perhaps in front of it. */
static enum tri has_route(const struct look *look, struct slice service_route)
{
	struct slice wanted = service_route, have, want;
	struct sip_values route;

	sip_values_start(&route, MSG(look), SIP_HEADER_ROUTE);
	while (sip_list_next(&wanted, &want)) {
		do {
			if (!sip_values_next(&route, &have))
				return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_ROUTE),
					       "Route: %s, Service-Route having been %s",
					       look_header(look->event, SIP_HEADER_ROUTE), look_text(service_route));
		} while (!sip_same_hop(have, want));
	}
	if (sip_values_next(&route, &have))
		return look_no(look, look->event, have, "a Route to %s behind the Service-Route", look_text(have));
	return TRI_YES;
}

/* Where no Service-Route was given, the PUBLISH leaves by the way on which the REGISTER went; else that is the way to
 * the outbound proxy, which need not stand in Route: without it, to Route's first hop (RFC 3261 8.1.2). */
static enum tri eval_routed(const struct check *check, const struct look *look)
{
	const struct state *registration = look_registration(look);
	struct sip_values route;
	struct slice first;
	enum tri right;

	if (!registration)
		return look_unknown(look, "the device that sent it is not registered");
	if (!registration->service_route.p)
		return went_as_register(look, registration);
	right = has_route(look, registration->service_route);
	sip_values_start(&route, MSG(look), SIP_HEADER_ROUTE);
	if (right != TRI_YES || !sip_values_next(&route, &first) || look_may_be_next_hop(look, first) ||
	    registration->registrar.family == NET_FAMILY_NONE)
		return right;
	return went_as_register(look, registration);
}

/* --- the metadata of deferred messages (12.1.2.2) --- */

static enum tri eval_metadata(const struct check *check, const struct look *look)
{
	return tri_of(profile_names_metadata(look->profile, MSG(look)));
}

const struct word words_client[] = {
	{"registered_known", "", WORD_LEAF, "it is known whether the user was registered",
	 "registrations are all known", eval_registered_known},
	{"after_status", "n", WORD_LEAF, "a request after one of its kind that was answered %1",
	 "the PUBLISH before, or the REGISTER of the same call before, had this answer", eval_after_status},
	{"min_expires_met", "", WORD_LEAF, "at least the Min-Expires of the 423",
	 "the time asked for meets the Min-Expires told before", eval_min_expires_met},
	{"uri_is_sender", "", WORD_LEAF, "the sender's own IM address as Request-URI",
	 "Request-URI and From name one user", eval_uri_is_sender},
	{"originates", "", WORD_LEAF, "the user's own address as originator",
	 "P-Preferred-Identity, or From where that is absent, is the user", eval_originates},
	{"registration_range", "", WORD_LEAF, "an Expires between half and twice the registration's",
	 "Expires is in the range of the registration timer", eval_registration_range},
	{"settings_valid", "", WORD_LEAF, "a valid settings document", "the body is a document of the profile",
	 eval_settings_valid},
	{"setting", "e", WORD_LEAF, "the setting %1",
	 "the document has: session-barring pager-barring invisibility offline-delivery session-storing pager-storing",
	 eval_setting, settings_item_words},
	{"first_hop", "", WORD_LEAF, "a request as its client sent it", "no proxy has changed the request yet",
	 eval_first_hop},
	{"registered_here", "", WORD_LEAF, "a registration in the evidence",
	 "the client's successful REGISTER was seen", eval_registered_here},
	{"service_route", "", WORD_LEAF, "a registration that gave a Service-Route",
	 "the registration gave a Service-Route", eval_service_route},
	{"routed", "", WORD_LEAF, "the way that the registration gave",
	 "Route follows Service-Route, or the REGISTER's way", eval_routed},
	{"metadata", "", WORD_LEAF, "a SUBSCRIBE to the metadata of deferred messages",
	 "Event and Accept or AUID point at the deferred list", eval_metadata},
	{0},
};
