/* SPDX-License-Identifier: MIT */
#include "sip/feature.h"
#include "sip/chars.h"
#include "sip/value.h"

/* Compares without case, the escapes of `name` undone: some stacks write "%2Bg.oma.sip-im". */
static bool name_is(struct slice name, const char *tag)
{
	if (slice_is_nocase(name, tag))
		return true;
	if (!name.len || !memchr(name.p, '%', name.len))
		return false;
	for (; name.len && *tag; tag++) {
		int escaped = sip_unescape(name);
		size_t used = escaped < 0 ? 1 : 3;

		if (sip_lower(escaped < 0 ? name.p[0] : (char)escaped) != sip_lower(*tag))
			return false;
		name.p += used;
		name.len -= used;
	}
	return name.len == 0 && *tag == '\0';
}

/* RFC 3840 9: no value means TRUE; a list is true where one of its elements is. */
static bool is_true(struct slice value)
{
	struct slice list = sip_unquote(value), element;

	if (!value.p)
		return true;
	while (sip_list_next(&list, &element))
		if (slice_is_nocase(element, "TRUE"))
			return true;
	return false;
}

bool sip_feature_in(struct slice params, const char *tag, struct slice *ret_at)
{
	struct sip_param param;

	while (sip_param_next(&params, &param)) {
		if (!name_is(param.name, tag) || !is_true(param.value))
			continue;
		if (ret_at)
			*ret_at =
				param.value.p ? slice_range(param.name.p, param.value.p + param.value.len) : param.name;
		return true;
	}
	return false;
}

/* Contact is an address with parameters. In Accept-Contact and Reject-Contact a "*" should stand there (RFC 3841 9.2),
 * and in the field it is missing, or any word, or a URI: nothing of it can be taken for the tag but the tag. */
static struct slice feature_params(const struct sip_msg *msg, struct slice value, enum sip_header id)
{
	struct slice target, params;
	struct sip_addr addr;

	if (id == SIP_HEADER_CONTACT)
		return sip_contact_read(msg, value, &addr) == 0 ? addr.params : SLICE_NONE;
	sip_value_split(value, &target, &params);
	if (!memchr(target.p, '<', target.len))
		return value;
	return sip_addr_read(value, &addr) == 0 ? addr.params : SLICE_NONE;
}

bool sip_feature_found(const struct sip_msg *msg, enum sip_header id, const char *tag, const struct sip_line **ret_line,
		       struct slice *ret_at)
{
	struct sip_values it;
	struct slice value;

	sip_values_start(&it, msg, id);
	while (sip_values_next(&it, &value)) {
		if (!sip_feature_in(feature_params(msg, value, id), tag, ret_at))
			continue;
		if (ret_line)
			*ret_line = it.line;
		return true;
	}
	return false;
}

bool sip_feature_plain(const struct sip_msg *msg, enum sip_header id, const char *tag)
{
	const struct sip_line *line = sip_msg_line(msg, id);
	struct slice name, value, target, params, at;

	if (!line || sip_msg_line_next(msg, line) || line->flags || sip_values_count(msg, id) != 1)
		return false;
	name = (struct slice){msg->raw.p + line->offset, line->name_len};
	value = sip_line_value(msg, line);
	sip_value_split(value, &target, &params);
	if (!slice_is(name, sip_header_name(id)) || (id != SIP_HEADER_CONTACT && !slice_is(target, "*")))
		return false;
	return sip_feature_in(feature_params(msg, value, id), tag, &at) && slice_is(at, tag);
}
