/* SPDX-License-Identifier: MIT
 *
 * 5.2.4, the PUBLISH step by step; the steps stand here in the order of the text, and RFC 3903's four kinds of request
 * (initial, refresh, modify, remove) decide what of them is written. */
#include "harness/client_private.h"
#include "body/settings.h"

#include <inttypes.h>

static const char *xs_boolean(bool value)
{
	return value ? "true" : "false";
}

static bool has_body(const struct client *c)
{
	enum publish_kind kind = c->publication.kind;

	if (kind == PUBLISH_INITIAL && client_has_fault(c, CLIENT_FAULT_PUBLISH_NO_BODY))
		return false;
	return kind == PUBLISH_INITIAL || kind == PUBLISH_MODIFY;
}

/* RFC 3903 4.1: all but the initial one name the event state that they are about. */
static void write_if_match(struct client *c, struct buf *to)
{
	const struct client_publication *p = &c->publication;

	if (client_has_fault(c, CLIENT_FAULT_ETAG_OLD) && p->etag)
		sip_text_header(to, "SIP-If-Match", "%s", p->first_etag);
	else if (p->etag && p->kind != PUBLISH_INITIAL)
		sip_text_header(to, "SIP-If-Match", "%s", p->etag);
	else if (client_has_fault(c, CLIENT_FAULT_ETAG_INVENTED))
		sip_text_header(to, "SIP-If-Match", "of-my-own");
}

/* "3. SHALL include the IM Address of the IM User as the Authenticated Originator's IM Address". */
static void step_3_originator(struct client *c, struct buf *to)
{
	if (client_has_fault(c, CLIENT_FAULT_PREFERRED_OTHER))
		sip_text_header(to, "P-Preferred-Identity", "<sip:somebody-else@nowhere.example>");
	else if (c->registration.preferred.p) /* TS 24.229 5.1.1.2.1 */
		sip_text_header(to, "P-Preferred-Identity", "<%.*s>", SLICE_F(c->registration.preferred));
	else
		sip_text_header(to, "P-Preferred-Identity", "<%s>", c->config.address);
}

/* "4. SHALL include an Accept-Contact header with the IM feature tag '+g.oma.sip-im'". */
static void step_4_feature_tag(struct client *c, struct buf *to)
{
	const char *tag = c->config.profile->feature_tag;

	if (client_has_fault(c, CLIENT_FAULT_ACCEPT_CONTACT_LONGER))
		sip_text_header(to, "Accept-Contact", "*;%s.large-message", tag);
	else if (client_has_fault(c, CLIENT_FAULT_ACCEPT_CONTACT_FALSE))
		sip_text_header(to, "Accept-Contact", "*;%s=\"FALSE\"", tag);
	else if (!client_has_fault(c, CLIENT_FAULT_ACCEPT_CONTACT_NONE))
		sip_text_header(to, "Accept-Contact", "*;%s", tag);
}

/* "5. SHALL include a User-Agent header to indicate the IM release version". */
static void step_5_release(struct client *c, struct buf *to)
{
	if (client_has_fault(c, CLIENT_FAULT_USER_AGENT_POC))
		sip_text_header(to, "User-Agent", "PoC-client/OMA1.0");
	else if (client_has_fault(c, CLIENT_FAULT_USER_AGENT_LATE))
		sip_text_header(to, "User-Agent", "Vendor/3.1 %s", c->product);
	else if (!client_has_fault(c, CLIENT_FAULT_USER_AGENT_NONE))
		sip_text_header(to, "User-Agent", "%s", c->product);
}

/* "6. SHALL set the Event header to the value 'poc-settings'". */
static void step_6_event(struct client *c, struct buf *to)
{
	if (client_has_fault(c, CLIENT_FAULT_EVENT_PRESENCE))
		sip_text_header(to, "Event", "presence");
	else if (!client_has_fault(c, CLIENT_FAULT_EVENT_NONE))
		sip_text_header(to, "Event", "%s", c->config.profile->event);
}

/* "7. SHALL set IM Service Settings expiration timer in expires header […], in the same range as the registration timer
 * recommended by SIP/IP Core". */
static void step_7_expires(struct client *c, struct buf *to)
{
	const struct client_publication *p = &c->publication;

	if (client_has_fault(c, CLIENT_FAULT_EXPIRES_FAR) && p->kind != PUBLISH_REMOVE)
		sip_text_header(to, "Expires", "%" PRIu32, p->expires * 10);
	else if (!client_has_fault(c, CLIENT_FAULT_EXPIRES_NONE))
		sip_text_header(to, "Expires", "%" PRIu32, p->kind == PUBLISH_REMOVE ? 0 : p->expires);
}

/* "8. SHALL include the IM Service Settings as follows", a to f. */
static void step_8_settings(struct client *c, struct buf *body)
{
	static const struct {
		enum settings_item item;
		enum client_fault left_out;
	} items[] = {
		{SETTINGS_SESSION_BARRING, CLIENT_FAULT_NO_SESSION_BARRING},   /* a */
		{SETTINGS_PAGER_BARRING, CLIENT_FAULT_NO_PAGER_BARRING},       /* b */
		{SETTINGS_INVISIBILITY, CLIENT_FAULT_NO_INVISIBILITY},         /* c */
		{SETTINGS_OFFLINE_DELIVERY, CLIENT_FAULT_NO_OFFLINE_DELIVERY}, /* d */
		{SETTINGS_SESSION_STORING, CLIENT_FAULT_NO_SESSION_STORING},   /* e */
		{SETTINGS_PAGER_STORING, CLIENT_FAULT_NO_PAGER_STORING},       /* f */
	};
	struct settings_values values = {.entity_id = c->config.address};

	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		if (!client_has_fault(c, items[i].left_out))
			values.item[items[i].item] = "false";
	if (values.item[SETTINGS_OFFLINE_DELIVERY])
		values.item[SETTINGS_OFFLINE_DELIVERY] = xs_boolean(c->offline_delivery);
	if (client_has_fault(c, CLIENT_FAULT_BODY_VALUE))
		values.item[SETTINGS_INVISIBILITY] = "yes";
	settings_write(body, &c->config.profile->settings, &values);
	if (client_has_fault(c, CLIENT_FAULT_BODY_BROKEN))
		body->len -= 4;
}

static void write_body(struct client *c, struct buf *to, const struct buf *body)
{
	const char *type = c->config.profile->settings.mime;

	if (client_has_fault(c, CLIENT_FAULT_BODY_TYPE))
		type = "text/xml";
	sip_text_body(to, body->len ? type : NULL, buf_slice(body));
}

void client_settings_write(struct client *c, struct buf *to)
{
	struct buf body = {0};

	if (has_body(c))
		step_8_settings(c, &body);
	if (body.len)
		client_variants_body(c, &body);
	step_3_originator(c, to);
	step_4_feature_tag(c, to);
	step_5_release(c, to);
	step_6_event(c, to);
	step_7_expires(c, to);
	write_if_match(c, to);
	client_ims_access(c, to);
	if (client_has_fault(c, CLIENT_FAULT_PUBLISH_CONTACT))
		sip_text_header(to, "Contact", "<%s>", c->contact);
	client_credentials(c, to, "PUBLISH", slice_of(c->config.address), buf_slice(&body));
	write_body(c, to, &body);
	buf_done(&body);
}
