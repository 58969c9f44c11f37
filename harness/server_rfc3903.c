/* SPDX-License-Identifier: MIT
 *
 * 6.1.1.5 step 4: RFC 3903 section 6 for the event package of RFC 4354, in that section's order; in front of it what
 * RFC 3261 8.2.2.3 asks of every request. Each check that does not hold has answered and returns false. */
#include "body/multipart.h"
#include "harness/server_private.h"
#include "sip/value.h"

#include <stdio.h>

/* RFC 3261 8.2.2.3: no extension is needed here, so none is supported. */
static bool check_require(struct publish *p)
{
	if (!sip_msg_has(p->msg, SIP_HEADER_REQUIRE) || server_has_fault(p->server, FAULT_REQUIRE_IGNORED))
		return true;
	p->answer.unsupported = sip_msg_value(p->msg, SIP_HEADER_REQUIRE);
	return publish_refuse(p, 420);
}

/* RFC 3903 6, step 1 */
static bool check_request_uri(struct publish *p)
{
	return p->user ? true : publish_refuse(p, 404);
}

static bool if_match_is_one_tag(const struct publish *p)
{
	return sip_values_count(p->msg, SIP_HEADER_SIP_IF_MATCH) == 1 &&
	       sip_is_token(sip_msg_value(p->msg, SIP_HEADER_SIP_IF_MATCH));
}

static struct slice if_match_first(const struct publish *p)
{
	struct slice tag = SLICE_NONE;
	struct sip_values it;

	sip_values_start(&it, p->msg, SIP_HEADER_SIP_IF_MATCH);
	sip_values_next(&it, &tag);
	return tag;
}

/* RFC 3903 6, step 3: one tag that names a publication, or none. */
static bool check_if_match(struct publish *p)
{
	struct server *s = p->server;

	if (!sip_msg_has(p->msg, SIP_HEADER_SIP_IF_MATCH))
		return true;
	if (!if_match_is_one_tag(p) && !server_has_fault(s, FAULT_IF_MATCH_SEVERAL))
		return publish_refuse(p, 400);
	p->publication = server_publication_find(s, p->user, if_match_first(p));
	if (!p->publication && server_has_fault(s, FAULT_IF_MATCH_UNKNOWN))
		return true;
	if (!p->publication || server_has_fault(s, FAULT_ETAG_REFUSED))
		return publish_refuse(p, 412);
	return true;
}

static bool refuse_brief(struct publish *p, uint64_t asked)
{
	uint64_t least = server_has_fault(p->server, FAULT_MIN_EXPIRES_LOW) ? asked : p->server->config.min_expires;

	snprintf(p->number, sizeof(p->number), "%llu", (unsigned long long)least);
	p->answer.min_expires = p->number;
	return publish_refuse(p, 423);
}

/* RFC 3903 6, step 4: 423 only for what is above 0 and below the minimum; never more than was asked. */
static bool check_expires(struct publish *p)
{
	struct server_config *config = &p->server->config;
	uint64_t asked = config->max_expires;
	int rc = sip_msg_number(p->msg, SIP_HEADER_EXPIRES, &asked);

	if (rc == -EBADMSG)
		return publish_refuse(p, 400);
	if (asked > 0 && asked < config->min_expires)
		return refuse_brief(p, asked);
	p->expires = server_variants_expires(p->server, asked < config->max_expires ? asked : config->max_expires);
	return true;
}

static bool refuse_type(struct publish *p)
{
	p->answer.accept = p->server->config.profile->settings.mime;
	return publish_refuse(p, 415);
}

static bool check_encoding(struct publish *p)
{
	struct slice encoding = sip_msg_value(p->msg, SIP_HEADER_CONTENT_ENCODING);

	if (!encoding.p || slice_is_nocase(encoding, "identity"))
		return true;
	p->answer.accept_encoding = "identity";
	return publish_refuse(p, 415);
}

/* A refresh or a removal has no body; everything else has one (RFC 3903 4.1). */
static bool check_no_body(struct publish *p)
{
	bool may_lack = sip_msg_has(p->msg, SIP_HEADER_SIP_IF_MATCH) || server_has_fault(p->server, FAULT_BODY_MISSING);

	if (!may_lack || (p->expires && server_has_fault(p->server, FAULT_REFRESH_NEEDS_BODY)))
		return publish_refuse(p, 400);
	return true;
}

/* RFC 3903 6, step 5: some clients send the document as a part of a multipart body. */
static bool check_document(struct publish *p, struct slice content_type)
{
	const char *mime = p->server->config.profile->settings.mime;
	struct slice document = p->msg->body;

	if (!multipart_find(content_type, p->msg->body, mime, &p->arena, &document) &&
	    !server_has_fault(p->server, FAULT_BODY_TYPE))
		return refuse_type(p);
	settings_read(p->server->reader, document, &p->settings);
	if (!p->settings.valid && !server_has_fault(p->server, FAULT_BODY_BROKEN))
		return publish_refuse(p, 400);
	p->has_settings = true;
	return true;
}

static bool check_body(struct publish *p)
{
	struct slice content_type = sip_msg_value(p->msg, SIP_HEADER_CONTENT_TYPE);

	if (p->msg->odd & (SIP_ODD_LENGTH_BAD | SIP_ODD_LENGTH_LONG))
		return publish_refuse(p, 400);
	if (p->msg->body.len == 0)
		return check_no_body(p);
	if (!content_type.p)
		return publish_refuse(p, 400);
	return check_encoding(p) && check_document(p, content_type);
}

bool publish_process(struct publish *p)
{
	return check_require(p) && check_request_uri(p) && check_if_match(p) && check_expires(p) && check_body(p);
}
