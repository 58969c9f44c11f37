/* SPDX-License-Identifier: MIT
 *
 * Words about a PUBLISH: Event, and what RFC 3903 and RFC 4354 make of the rest. */
#include "check/words.h"
#include "base/mem.h"
#include "base/time.h"
#include "body/multipart.h"

static enum tri eval_event_right(const struct check *check, const struct look *look)
{
	struct slice event = sip_msg_event(REQUEST(look));

	if (sip_msg_repeats(REQUEST(look), SIP_HEADER_EVENT)) /* a server may refuse it, or go by either */
		return look_unknown(look, "several Event headers");
	if (slice_is(event, look->profile->event))
		return TRI_YES;
	if (!sip_msg_has(REQUEST(look), SIP_HEADER_EVENT))
		return look_missing(look, look->txn->request, "no Event header");
	return look_no(look, look->txn->request, sip_msg_value(REQUEST(look), SIP_HEADER_EVENT), "Event: %s",
		       look_header(look->txn->request, SIP_HEADER_EVENT));
}

/* --- what is wrong with it by RFC 3903, RFC 3261 and the settings document --- */

enum fault {
	FAULT_REQUIRE = 1,           /* 420: an option tag that nobody knows */
	FAULT_SEVERAL_TAGS = 1 << 1, /* 400 */
	FAULT_STALE_TAG = 1 << 2,    /* 412: no live publication has this entity tag */
	FAULT_NO_BODY = 1 << 3,      /* 400: neither body nor entity tag */
	FAULT_TYPE = 1 << 4,         /* 415 */
	FAULT_BROKEN = 1 << 5,       /* 400: not well-formed */
	FAULT_INVALID = 1 << 6,      /* 400: well-formed, but no settings document */
	FAULT_UNSURE = 1 << 7,       /* something is not known */
};

static const char *const fault_names[] = {"require", "several-tags", "stale-tag", "no-body",
					  "type",    "broken",       "invalid",   NULL};

/* Option tags of the SIP registry; a server may know any of them. */
static bool is_registered_option(struct slice tag)
{
	static const char *const known[] = {"100rel",
					    "199",
					    "answermode",
					    "early-session",
					    "eventlist",
					    "explicitsub",
					    "from-change",
					    "geolocation-http",
					    "geolocation-sip",
					    "gin",
					    "gruu",
					    "histinfo",
					    "ice",
					    "join",
					    "multiple-refer",
					    "norefersub",
					    "nosub",
					    "outbound",
					    "path",
					    "policy",
					    "precondition",
					    "pref",
					    "privacy",
					    "recipient-list-invite",
					    "recipient-list-message",
					    "recipient-list-subscribe",
					    "record-aware",
					    "replaces",
					    "resource-priority",
					    "sdp-anat",
					    "sec-agree",
					    "siprec",
					    "tdialog",
					    "timer",
					    "trickle-ice",
					    "uui"};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (slice_is_nocase(tag, known[i]))
			return true;
	return false;
}

static bool next_unknown_option(struct sip_values *required, struct slice *ret)
{
	while (sip_values_next(required, ret))
		if (!is_registered_option(*ret))
			return true;
	return false;
}

/* RFC 3261 8.2.2.3: a 420 names what was not understood. Of options that a server may know, it may name any. */
static enum tri eval_unsupported_named(const struct check *check, const struct look *look)
{
	struct sip_values it;
	struct slice tag;

	sip_values_start(&it, REQUEST(look), SIP_HEADER_REQUIRE);
	while (next_unknown_option(&it, &tag))
		if (!sip_msg_lists(MSG(look), SIP_HEADER_UNSUPPORTED, tag))
			return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_UNSUPPORTED),
				       "Unsupported: %s, Require having been %s",
				       look_header(look->event, SIP_HEADER_UNSUPPORTED),
				       look_header(look->txn->request, SIP_HEADER_REQUIRE));
	return TRI_YES;
}

static bool requires_unknown(const struct sip_msg *msg)
{
	struct sip_values it;
	struct slice tag;

	sip_values_start(&it, msg, SIP_HEADER_REQUIRE);
	return next_unknown_option(&it, &tag);
}

/* A lifetime that may end while the request is on its way decides nothing. */
#define EXPIRY_BLUR (SECOND / 2)
#define STOPPED_MAX (60 * SECOND)

/* If the observer stood still, the request may have been under way for longer. */
static bool near_expiry(const struct look *look, const struct publication *p)
{
	bool stopped = look->story->flow->gaps & FLOW_GAP_STOPPED;
	const struct event *last = look->txn->final ? look->txn->final : look->txn->request;

	return !p->until || (look->story->flow->gaps & FLOW_GAP_CLOCK) ||
	       last->time + EXPIRY_BLUR + (stopped ? STOPPED_MAX : 0) >= p->sure_until;
}

/* Is an earlier PUBLISH with the same tag unanswered, against RFC 3903 4? Then the server decides which of the two
 * comes first, and ends what the tag stands for. */
static bool tag_is_in_use(const struct look *look)
{
	struct slice tag = sip_msg_value(REQUEST(look), SIP_HEADER_SIP_IF_MATCH);

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *other = look->story->txns[i];
		if (other->occasion == look->txn->occasion && event_after(look->txn->request, other->request) &&
		    other->final && event_after(other->final, look->txn->request) &&
		    other->request->marks.cseq != look->txn->request->marks.cseq &&
		    slice_eq(sip_msg_value(&other->request->msg, SIP_HEADER_SIP_IF_MATCH), tag))
			return true;
	}
	return false;
}

/* The text does not say that settings outlive the registration in which they were published. A server that has dropped
 * them with it answers 412, whereupon the client publishes anew; one that takes the tag has kept them. */
static bool dropped_with_registration(const struct look *look, const struct publication *p)
{
	const struct state *before = &look->txn->before;
	bool over = before->epoch != p->epoch || (before->epoch && before->registered == TRI_NO);

	return over && look->txn->final && look->txn->final->msg.status == 412;
}

static unsigned tag_faults(const struct look *look)
{
	const struct sip_msg *msg = REQUEST(look);
	const struct state *state = &look->txn->before;
	uint64_t now = look->txn->request->time;
	const struct publication *p;
	struct slice tag;

	if (!sip_msg_has(msg, SIP_HEADER_SIP_IF_MATCH))
		return 0;
	if (sip_values_count(msg, SIP_HEADER_SIP_IF_MATCH) > 1)
		return FAULT_SEVERAL_TAGS;
	tag = sip_msg_value(msg, SIP_HEADER_SIP_IF_MATCH);
	if (tag_is_in_use(look) || !sip_is_token(tag)) /* what can't be read may be refused for that, with a 400 */
		return FAULT_UNSURE;
	p = state_publication(state, tag);
	if (!p)
		return state->publications_complete ? FAULT_STALE_TAG : FAULT_UNSURE;
	if (p->end == PUBLICATION_DOUBTFUL || (p->end == PUBLICATION_LIVE && look_told(look) != TRI_YES))
		return FAULT_UNSURE;
	if (p->end != PUBLICATION_LIVE || (p->until && now >= p->until + EXPIRY_BLUR))
		return FAULT_STALE_TAG;
	return near_expiry(look, p) || dropped_with_registration(look, p) ? FAULT_UNSURE : 0;
}

/* RFC 3261 asks nobody to look into a multipart. */
static bool refuses_multipart(const struct look *look)
{
	return look->txn->final && look->txn->final->msg.status == 415 &&
	       media_type_is(sip_msg_value(REQUEST(look), SIP_HEADER_CONTENT_TYPE), "multipart/*");
}

/* RFC 3903 6 has a 400 for neither body nor entity tag, and nothing on a removal that does not say what it removes. */
static unsigned nothing_at_all(const struct sip_msg *msg)
{
	return sip_msg_is_for_no_time(msg) ? FAULT_UNSURE : FAULT_NO_BODY;
}

static unsigned body_faults(const struct look *look)
{
	const struct sip_msg *msg = REQUEST(look);
	struct slice type = sip_msg_value(msg, SIP_HEADER_CONTENT_TYPE);
	const struct settings *settings;

	if (look->txn->request->cut)
		return FAULT_UNSURE;
	if (!msg->body.len)
		return sip_msg_has(msg, SIP_HEADER_SIP_IF_MATCH) ? 0 : nothing_at_all(msg);
	if (look_is_encoded(msg))
		return FAULT_UNSURE;
	settings = story_settings(look->story, look->txn->request);
	if (!settings)
		return media_type_is(type, "multipart/*") ? FAULT_UNSURE : FAULT_TYPE;
	if (settings->doctype || settings->too_big)
		return FAULT_UNSURE; /* not read to its end: it may be right */
	if (refuses_multipart(look))
		return FAULT_UNSURE;
	if (!settings->well_formed)
		return FAULT_BROKEN;
	if (!settings->valid && (!settings->root_known || settings->unknown))
		return FAULT_UNSURE; /* another dialect than the profile's: it may be right there */
	return settings->valid ? 0 : FAULT_INVALID;
}

static unsigned publish_faults(const struct look *look)
{
	unsigned faults = tag_faults(look) | body_faults(look);
	uint64_t expires = 0;

	if (requires_unknown(REQUEST(look)))
		faults |= FAULT_REQUIRE;
	if (sip_msg_number(REQUEST(look), SIP_HEADER_EXPIRES, &expires) == -EBADMSG || expires > UINT32_MAX)
		faults |= FAULT_UNSURE; /* RFC 3261 20.19 */
	return faults;
}

static enum tri eval_sound(const struct check *check, const struct look *look)
{
	unsigned faults = publish_faults(look);

	if (faults & ~(unsigned)FAULT_UNSURE)
		return TRI_NO;
	return faults ? look_unknown(look, "not all that the server knew is known") : TRI_YES;
}

/* Nothing but this is wrong with it. */
static enum tri eval_wrong(const struct check *check, const struct look *look)
{
	unsigned faults = publish_faults(look), only = 1u << check->args[0].number;

	if (faults == only)
		return TRI_YES;
	return faults == (only | FAULT_UNSURE) ? TRI_UNKNOWN : TRI_NO;
}

/* --- entity tags --- */

static const char *const tag_names[] = {"none", "live", "unknown", "superseded", "removed", "expired", NULL};
enum tag { TAG_NONE, TAG_LIVE, TAG_UNKNOWN, TAG_SUPERSEDED, TAG_REMOVED, TAG_EXPIRED };

/* Whatever was given before the capture began: who goes on from an answer that was seen has its tag and no other, and
 * else the server knows what it takes. */
static enum tri unseen_tag(const struct look *look, struct slice tag, enum tag wanted)
{
	const struct txn *earlier = look->txn->earlier, *txn = look->txn;
	struct slice given = SLICE_NONE;

	if (earlier && earlier->final && earlier->request->marks.cseq + 1 == txn->request->marks.cseq)
		given = sip_msg_value(&earlier->final->msg, SIP_HEADER_SIP_ETAG);
	if (given.p)
		return tri_of(wanted == (slice_eq(tag, given) ? TAG_LIVE : TAG_UNKNOWN));
	if (txn->final && txn->final->msg.status / 100 == 2)
		return tri_of(wanted == TAG_LIVE);
	return look_unknown(look, "earlier entity tags are not known");
}

/* What the same PUBLISH made at another hop: two observers whose clocks differ see one of the two too late. */
static const struct publication *own_publication(const struct look *look)
{
	const uint32_t maker = state_maker(&look->txn->request->marks);
	const struct publication *p = look->txn->before.publications;

	while (p && p->maker != maker)
		p = p->older;
	return p;
}

static enum tri eval_tag_is(const struct check *check, const struct look *look)
{
	struct slice tag = sip_msg_value(REQUEST(look), SIP_HEADER_SIP_IF_MATCH);
	const struct state *state = &look->txn->before;
	const struct publication *p = state_publication(state, tag);
	uint64_t now = look->txn->request->time;
	int wanted = check->args[0].number;

	if (!tag.p)
		return tri_of(wanted == TAG_NONE);
	if (tag_is_in_use(look))
		return look_unknown(look, "an earlier PUBLISH with this entity tag was not answered yet");
	if (!p)
		return state->publications_complete ? tri_of(wanted == TAG_UNKNOWN) : unseen_tag(look, tag, wanted);
	if (own_publication(look))
		return look_unknown(look, "what came of the PUBLISH was seen before it, by a clock that differs");
	if (p->end == PUBLICATION_DOUBTFUL)
		return look_unknown(look, "a PUBLISH that may have ended the settings was not seen whole");
	if (p->end == PUBLICATION_LIVE && (look->story->flow->gaps & FLOW_GAPS_OUTSIDE))
		return look_complete(look);
	if (p->end != PUBLICATION_LIVE && look_told(look) != TRI_YES) /* the sender may not know it */
		return TRI_UNKNOWN;
	if (p->end == PUBLICATION_SUPERSEDED)
		return tri_of(wanted == TAG_SUPERSEDED);
	if (p->end == PUBLICATION_REMOVED)
		return tri_of(wanted == TAG_REMOVED);
	if (p->until && now >= p->until + EXPIRY_BLUR)
		return tri_of(wanted == TAG_EXPIRED);
	if (near_expiry(look, p))
		return look_unknown(look, (look->story->flow->gaps & FLOW_GAP_CLOCK)
						  ? "the clock was set back, and the settings may be over"
						  : "the settings were about to expire");
	if (dropped_with_registration(look, p))
		return look_unknown(look, "the user has left since, and the server may have dropped his settings");
	return tri_of(wanted == TAG_LIVE);
}

static enum tri eval_tag_given(const struct check *check, const struct look *look)
{
	for (const struct publication *p = look->txn->before.publications; p; p = p->older)
		if (p->end == PUBLICATION_LIVE && p->etag.len)
			return TRI_YES;
	return TRI_NO;
}

/* Every successful PUBLISH gets a tag that was not given before (RFC 3903 6, step 6). */
static enum tri eval_tag_fresh(const struct check *check, const struct look *look)
{
	struct slice tag = sip_msg_value(MSG(look), SIP_HEADER_SIP_ETAG);
	const struct publication *given = state_publication(&look->txn->before, tag), *own = own_publication(look);

	if (!tag.p)
		return look_missing(look, look->event, "no SIP-ETag");
	if ((given && given != own) || slice_eq(tag, sip_msg_value(REQUEST(look), SIP_HEADER_SIP_IF_MATCH)))
		return look_no(look, look->event, tag, "SIP-ETag %s, which was given before", look_text(tag));
	return TRI_YES;
}

static enum tri eval_body(const struct check *check, const struct look *look)
{
	return look->txn->request->cut ? TRI_UNKNOWN : tri_of(REQUEST(look)->body.len > 0);
}

/* From garbage nobody can know what is to be delivered, whatever a server makes of it. */
static enum tri eval_delivery_told(const struct check *check, const struct look *look)
{
	enum tri body = eval_body(check, look);
	const struct settings *settings;

	if (body != TRI_YES)
		return body;
	if (look_is_encoded(REQUEST(look)))
		return look_unknown(look, "the body is encoded");
	settings = story_settings(look->story, look->txn->request);
	return tri_of(settings && settings->well_formed && settings_offline_delivery(settings) != SETTINGS_BAD);
}

static enum tri eval_removal(const struct check *check, const struct look *look)
{
	return tri_of(sip_msg_is_for_no_time(REQUEST(look)));
}

/* RFC 3903 4.1: the same once more, for the time that the 423 asks for. What became of the first is then in the answer
 * to this one. */
static bool is_same_for(const struct txn *later, const struct txn *first, uint64_t least)
{
	const struct sip_msg *msg = &later->request->msg, *was = &first->request->msg;
	uint64_t asked;

	return later->occasion == OCCASION_PUBLISH && event_after(later->request, first->final) &&
	       event_same_call_id(later->request, first->request) &&
	       slice_eq(sip_msg_value(msg, SIP_HEADER_SIP_IF_MATCH), sip_msg_value(was, SIP_HEADER_SIP_IF_MATCH)) &&
	       slice_eq(msg->body, was->body) && sip_msg_number(msg, SIP_HEADER_EXPIRES, &asked) == 0 && asked >= least;
}

static enum tri eval_asked_again(const struct check *check, const struct look *look)
{
	uint64_t least;

	if (!look->txn->final || sip_msg_number(&look->txn->final->msg, SIP_HEADER_MIN_EXPIRES, &least) < 0)
		return TRI_NO;
	for (size_t i = 0; i < look->story->count; i++)
		if (is_same_for(look->story->txns[i], look->txn, least))
			return TRI_YES;
	return TRI_NO;
}

const struct word words_publish[] = {
	{"asked_again", "", WORD_LEAF, "the same PUBLISH again, for as long as the 423 wants",
	 "of a 423: the same PUBLISH follows, for as long as it wants", eval_asked_again},
	{"event_right", "", WORD_LEAF, "the Event of IM service settings", "the Event token equals the profile's",
	 eval_event_right},
	{"sound", "", WORD_LEAF, "a PUBLISH with nothing wrong in it by RFC 3903 and RFC 4354",
	 "no fault is known in extensions, entity tag and body", eval_sound},
	{"wrong", "e", WORD_LEAF, "one fault only: %1",
	 "exactly this is wrong: require several-tags stale-tag no-body type broken invalid", eval_wrong, fault_names},
	{"unsupported_named", "", WORD_LEAF, "an Unsupported that names the extension",
	 "of an answer: each unknown option tag of the request's Require stands in its Unsupported",
	 eval_unsupported_named},
	{"tag_is", "e", WORD_LEAF, "an entity tag that is %1",
	 "SIP-If-Match is: none live unknown superseded removed expired", eval_tag_is, tag_names},
	{"tag_given", "", WORD_LEAF, "settings in force that have an entity tag",
	 "a PUBLISH of the user's was given an entity tag, and its settings are in force", eval_tag_given},
	{"tag_fresh", "", WORD_LEAF, "a SIP-ETag never given before", "the answer's SIP-ETag is a new one",
	 eval_tag_fresh},
	{"body", "", WORD_LEAF, "a body", "the request has a body", eval_body},
	{"delivery_told", "", WORD_LEAF, "a settings document that can be read",
	 "the body is a settings document, and offline delivery has a value in it that means something or is absent",
	 eval_delivery_told},
	{"removal", "", WORD_LEAF, "Expires: 0", "the request asks for removal", eval_removal},
	{0},
};
