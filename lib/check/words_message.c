/* SPDX-License-Identifier: MIT
 *
 * Words about one message: its start line, headers, feature tags. */
#include "check/words.h"

static enum tri other_status(const struct look *look)
{
	struct slice raw = MSG(look)->raw;
	const char *end = memchr(raw.p, '\n', raw.len);

	return look_no(look, look->event, slice_trim(slice_range(raw.p, end ? end : raw.p + raw.len)), "%u %s",
		       MSG(look)->status, look_text(MSG(look)->reason));
}

static enum tri eval_status(const struct check *check, const struct look *look)
{
	for (unsigned i = 0; i < check->arg_count; i++)
		if (MSG(look)->status == check->args[i].number)
			return TRI_YES;
	return other_status(look);
}

static enum tri eval_class(const struct check *check, const struct look *look)
{
	for (unsigned i = 0; i < check->arg_count; i++)
		if (MSG(look)->status / 100 == check->args[i].number)
			return TRI_YES;
	return other_status(look);
}

static enum tri eval_has(const struct check *check, const struct look *look)
{
	if (sip_msg_has(MSG(look), check->args[0].header))
		return TRI_YES;
	return look_missing(look, look->event, "no %s header", sip_header_name(check->args[0].header));
}

static enum tri no_feature(const struct look *look, enum sip_header id)
{
	return look->event->cut ? look_cut(look) : look_other(look, id);
}

static enum tri eval_tagged(const struct check *check, const struct look *look)
{
	enum sip_header id = check->args[0].header;

	return story_is_tagged(look->story, look->event, id) ? TRI_YES : no_feature(look, id);
}

static enum tri eval_feature(const struct check *check, const struct look *look)
{
	enum sip_header id = check->args[0].header;

	return sip_feature_found(MSG(look), id, check->args[1].text, NULL, NULL) ? TRI_YES : no_feature(look, id);
}

static enum tri eval_tagged_plainly(const struct check *check, const struct look *look)
{
	return tri_of(sip_feature_plain(MSG(look), check->args[0].header, look->profile->feature_tag));
}

static enum tri eval_lists(const struct check *check, const struct look *look)
{
	enum sip_header id = check->args[0].header;

	for (unsigned i = 1; i < check->arg_count; i++)
		if (!sip_msg_lists(MSG(look), id, slice_of(check->args[i].text)))
			return look_other(look, id);
	return TRI_YES;
}

/* RFC 3261 7.3.1: no parameter stands more than once. */
static bool has_once(struct slice params, const char *name, const char *value)
{
	struct sip_param param;
	unsigned count = 0, right = 0;

	while (sip_param_next(&params, &param)) {
		if (!slice_is_nocase(param.name, name))
			continue;
		count++;
		right += slice_is_nocase(param.value, value);
	}
	return count == 1 && right == 1;
}

static enum tri eval_param_is(const struct check *check, const struct look *look)
{
	enum sip_header id = check->args[0].header;
	struct slice main, params;

	sip_value_split(sip_msg_value(MSG(look), id), &main, &params);
	if (has_once(params, check->args[1].text, check->args[2].text))
		return TRI_YES;
	return look_other(look, id);
}

static const char *const release_names[] = {"server", "client", NULL};

/* The release version (Appendix F) of "client" or "server", anywhere among the products. */
static bool release(const struct check *check, const struct look *look, bool *ret_exact, bool *ret_first)
{
	bool client = check->args[0].number == 1;

	return sip_product_find(sip_msg_value(MSG(look), SIP_HEADER_USER_AGENT),
				client ? look->profile->client_product : look->profile->server_product,
				look->profile->version, ret_exact, ret_first);
}

static enum tri eval_released(const struct check *check, const struct look *look)
{
	return release(check, look, NULL, NULL) ? TRI_YES : look_other(look, SIP_HEADER_USER_AGENT);
}

static enum tri eval_released_plainly(const struct check *check, const struct look *look)
{
	bool exact = false, first = false;

	if (release(check, look, &exact, &first) && exact && first)
		return TRI_YES;
	return look_other(look, SIP_HEADER_USER_AGENT);
}

static enum tri eval_number(const struct check *check, const struct look *look)
{
	enum sip_header id = check->args[0].header;
	uint64_t value;

	return tri_of(!sip_msg_repeats(MSG(look), id) && sip_msg_number(MSG(look), id, &value) == 0 &&
		      value <= UINT32_MAX);
}

static enum tri eval_at_least(const struct check *check, const struct look *look)
{
	enum sip_header id = check->args[0].header;
	uint64_t value;

	if (sip_msg_number(MSG(look), id, &value) == 0 && value >= (uint64_t)check->args[1].number)
		return TRI_YES;
	return look_other(look, id);
}

static enum tri eval_method(const struct check *check, const struct look *look)
{
	for (unsigned i = 0; i < check->arg_count; i++)
		if (slice_is(MSG(look)->method_text, check->args[i].text))
			return TRI_YES;
	return TRI_NO;
}

static enum tri eval_one_token(const struct check *check, const struct look *look)
{
	enum sip_header id = check->args[0].header;
	struct slice value = sip_msg_value(MSG(look), id);

	if (sip_msg_repeats(MSG(look), id))
		return look_no(look, look->event, value, "several %s headers", sip_header_name(id));
	return sip_is_token(value) ? TRI_YES : look_other(look, id);
}

/* Values that are to say something begin with a token, whatever parameters come behind it. */
static enum tri eval_named(const struct check *check, const struct look *look)
{
	enum sip_header id = check->args[0].header;
	struct slice value, main, params;
	struct sip_values it;
	unsigned count = 0;

	sip_values_start(&it, MSG(look), id);
	for (; sip_values_next(&it, &value); count++) {
		sip_value_split(value, &main, &params);
		if (!sip_is_token(main))
			return look_no(look, look->event, value, "%s: %s", sip_header_name(id), look_text(value));
	}
	if (count)
		return TRI_YES;
	if (!sip_msg_has(MSG(look), id))
		return look_missing(look, look->event, "no %s header", sip_header_name(id));
	return look_no(look, look->event, sip_msg_value(MSG(look), id), "an empty %s header", sip_header_name(id));
}

/* 5.3: "Expires value equal to the value received"; registrars also give it as a parameter of the Contact. */
static bool granted_expires(const struct sip_msg *msg, uint64_t *ret, struct slice *ret_at)
{
	struct sip_addr contact;
	struct slice value;

	*ret_at = sip_msg_value(msg, SIP_HEADER_EXPIRES);
	if (sip_msg_number(msg, SIP_HEADER_EXPIRES, ret) == 0)
		return true;
	if (ret_at->p || sip_msg_addr(msg, SIP_HEADER_CONTACT, &contact) < 0 ||
	    !sip_param_find(contact.params, "expires", &value) || !slice_to_u64(value, ret))
		return false;
	*ret_at = value;
	return true;
}

static enum tri eval_expires_equal(const struct check *check, const struct look *look)
{
	uint64_t asked, granted;
	struct slice at;

	if (sip_msg_number(&look->txn->request->msg, SIP_HEADER_EXPIRES, &asked) < 0)
		return look_unknown(look, "the request has no Expires to compare with");
	if (!granted_expires(MSG(look), &granted, &at))
		return at.p ? look_no(look, look->event, at, "Expires: %s", look_text(at))
			    : look_missing(look, look->event, "no Expires in the answer");
	if (sip_msg_repeats(MSG(look), SIP_HEADER_EXPIRES)) /* nobody knows which one is meant */
		return look_no(look, look->event, at, "several Expires headers");
	if (asked == granted)
		return TRI_YES;
	return look_no(look, look->event, at, "Expires %llu where %llu was received", (unsigned long long)granted,
		       (unsigned long long)asked);
}

/* RFC 3903 6, step 6: the time granted is there, and never above what was asked. */
static enum tri eval_expires_granted(const struct check *check, const struct look *look)
{
	struct slice at = sip_msg_value(MSG(look), SIP_HEADER_EXPIRES);
	uint64_t asked, granted;

	if (!at.p)
		return look_missing(look, look->event, "no Expires in the answer");
	if (sip_msg_number(MSG(look), SIP_HEADER_EXPIRES, &granted) < 0)
		return look_no(look, look->event, at, "Expires: %s", look_text(at));
	if (sip_msg_repeats(MSG(look), SIP_HEADER_EXPIRES))
		return look_no(look, look->event, at, "several Expires headers");
	if (sip_msg_number(&look->txn->request->msg, SIP_HEADER_EXPIRES, &asked) < 0 || granted <= asked)
		return TRI_YES;
	return look_no(look, look->event, at, "Expires %llu where %llu was asked for", (unsigned long long)granted,
		       (unsigned long long)asked);
}

/* A 423 tells the least it would take, and that is more than what was asked (RFC 3261 21.4.17, RFC 3903 6). */
static enum tri eval_min_expires_above(const struct check *check, const struct look *look)
{
	struct slice at = sip_msg_value(MSG(look), SIP_HEADER_MIN_EXPIRES);
	uint64_t asked, least;

	if (!at.p)
		return look_missing(look, look->event, "no Min-Expires in the 423");
	if (sip_msg_number(MSG(look), SIP_HEADER_MIN_EXPIRES, &least) < 0)
		return look_no(look, look->event, at, "Min-Expires: %s", look_text(at));
	if (sip_msg_number(&look->txn->request->msg, SIP_HEADER_EXPIRES, &asked) < 0 || (asked > 0 && asked < least))
		return TRI_YES;
	return look_no(look, look->event, at, "423 with Min-Expires %llu to a request for %llu s",
		       (unsigned long long)least, (unsigned long long)asked);
}

/* RFC 6665 8.2.2: the event packages that the server knows. */
static enum tri eval_event_allowed(const struct check *check, const struct look *look)
{
	if (sip_msg_lists(MSG(look), SIP_HEADER_ALLOW_EVENTS, slice_of(look->profile->event)))
		return TRI_YES;
	return look_other(look, SIP_HEADER_ALLOW_EVENTS);
}

static bool takes_settings(const struct profile *profile, struct slice range)
{
	struct slice type, params;

	sip_value_split(range, &type, &params);
	return media_type_is(range, profile->settings.mime) || slice_is(type, "*/*") ||
	       slice_is_nocase(type, "application/*");
}

/* RFC 3261 21.4.13: of the types that would be taken one is that of settings, be it by a wildcard. */
static enum tri eval_settings_accepted(const struct check *check, const struct look *look)
{
	struct sip_values it;
	struct slice type;

	sip_values_start(&it, MSG(look), SIP_HEADER_ACCEPT);
	while (sip_values_next(&it, &type))
		if (takes_settings(look->profile, type))
			return TRI_YES;
	return look_other(look, SIP_HEADER_ACCEPT);
}

const struct word words_message[] = {
	{"status", "n*", WORD_LEAF, "%+", "the answer has one of these status codes", eval_status},
	{"class", "n*", WORD_LEAF, "a status of class %+", "the answer's status begins with one of these digits",
	 eval_class},
	{"has", "h", WORD_LEAF, "a %1 header", "the header is there", eval_has},
	{"tagged", "h", WORD_LEAF, "%1 with the IM feature tag",
	 "a value of the header carries the profile's feature tag (RFC 3840, RFC 3841)", eval_tagged},
	{"tagged_plainly", "h", WORD_LEAF, "%1 with nothing but the IM feature tag, plainly written",
	 "the feature tag stands there in the plainest form", eval_tagged_plainly},
	{"feature", "ht", WORD_LEAF, "%1 with the feature tag %2", "a value of the header carries this feature tag",
	 eval_feature},
	{"lists", "ht*", WORD_LEAF, "%+ all given (header first)", "the header's comma list has each of the tokens",
	 eval_lists},
	{"param_is", "htt", WORD_LEAF, "%1 with the parameter %2=%3",
	 "the header's parameter is there once, and has this value", eval_param_is},
	{"released", "e", WORD_LEAF, "User-Agent with the IM release version of a %1",
	 "User-Agent holds the release token (Appendix F) of a: server client", eval_released, release_names},
	{"released_plainly", "e", WORD_LEAF,
	 "User-Agent beginning with the IM release version of a %1 in its letter case",
	 "the release token is the first product, in its letter case, of a: server client", eval_released_plainly,
	 release_names},
	{"number", "h", WORD_LEAF, "one %1 with a number", "the header is there once, and a number below 2^32",
	 eval_number},
	{"at_least", "hn", WORD_LEAF, "a %1 of at least %2", "the header's number is not below this", eval_at_least},
	{"method", "t*", WORD_LEAF, "method %+", "the request has one of these methods", eval_method},
	{"one_token", "h", WORD_LEAF, "one %1 header with one token", "the header stands once and is a token",
	 eval_one_token},
	{"named", "h", WORD_LEAF, "a %1 that names something",
	 "the header has values, and each of them begins with a token", eval_named},
	{"expires_equal", "", WORD_LEAF, "the Expires value received", "the answer's Expires equals the request's",
	 eval_expires_equal},
	{"expires_granted", "", WORD_LEAF, "an Expires not above the one asked for",
	 "the answer's Expires is there and at most the request's", eval_expires_granted},
	{"min_expires_above", "", WORD_LEAF, "Min-Expires above the time asked for, which is not 0",
	 "the 423 says a least time that the request was below", eval_min_expires_above},
	{"event_allowed", "", WORD_LEAF, "Allow-Events with the event of settings",
	 "Allow-Events lists the profile's event", eval_event_allowed},
	{"settings_accepted", "", WORD_LEAF, "an Accept that takes settings",
	 "Accept lists the profile's type of settings, or a wildcard that has it in it", eval_settings_accepted},
	{0},
};
