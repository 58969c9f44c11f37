/* SPDX-License-Identifier: MIT
 *
 * 5.2.2 IM service registration and re-registration: "When the IM Client sends a SIP REGISTER or SIP re-REGISTER
 * request to the SIP/IP Core the IM Client" does steps 1 and 2 below. */
#include "harness/client_private.h"
#include "sip/value.h"

#include <inttypes.h>

static void send_register(struct client *c);

static struct slice registrar_uri(struct client *c)
{
	if (client_has_fault(c, CLIENT_FAULT_REGISTER_URI_USER))
		return slice_of(c->config.address);
	return slice_of(arena_printf(&c->registration.arena, "sip:%s", c->config.domain));
}

static uint32_t time_asked(const struct client *c)
{
	return c->registration.removing ? 0 : c->registration.expires;
}

static void write_contact(struct client *c, struct buf *to)
{
	const char *tag = c->config.profile->feature_tag;

	if (client_has_fault(c, CLIENT_FAULT_REGISTER_NO_TAG))
		sip_text_header(to, "Contact", "<%s>", c->contact);
	else if (client_has_fault(c, CLIENT_FAULT_REGISTER_TAG_IN_URI))
		sip_text_header(to, "Contact", "<%s;%s>", c->contact, tag);
	else if (c->registration.removing && client_has_variant(c, CLIENT_VARIANT_DEREGISTER_ALL))
		sip_text_header(to, "Contact", "*");
	else if (client_has_variant(c, CLIENT_VARIANT_EXPIRES_IN_CONTACT))
		sip_text_header(to, "Contact", "<%s>;%s;expires=%" PRIu32, c->contact, tag, time_asked(c));
	else
		sip_text_header(to, "Contact", "<%s>;%s", c->contact, tag);
}

/* It is owed in an IMS only (TS 24.229 5.1.1.2.1). */
static bool supports_path(const struct client *c)
{
	if (!c->config.ims && client_has_variant(c, CLIENT_VARIANT_REGISTER_BARE))
		return false;
	return !client_has_fault(c, CLIENT_FAULT_IMS_NO_PATH);
}

/* "1. SHALL generate a SIP REGISTER request as specified in subclause 5.2.1": RFC 3261 10.2, the feature tag in
 * Contact. "2. SHALL insert in the SIP REGISTER request any necessary security parameters (e.g. Digest response)". */
static void write_register(struct client *c, struct buf *to)
{
	write_contact(c, to);
	sip_text_header(to, "Expires", "%" PRIu32, time_asked(c));
	if (supports_path(c))
		sip_text_header(to, "Supported", "path");
	sip_text_header(to, "Allow", "%s", client_methods);
	sip_text_header(to, "User-Agent", "%s", c->product);
	client_ims_access(c, to);
	client_ims_authorization(c, to);
	client_credentials(c, to, "REGISTER", registrar_uri(c), SLICE_NONE);
	sip_text_body(to, NULL, SLICE_NONE);
}

/* --- what is granted --- */

static bool contact_expires(const struct client *c, const struct sip_msg *answer, uint64_t *ret)
{
	struct sip_values it;
	struct slice value, expires;
	struct sip_addr addr;

	sip_values_start(&it, answer, SIP_HEADER_CONTACT);
	while (sip_values_next(&it, &value))
		if (sip_addr_read(value, &addr) == 0 && slice_is(addr.uri, c->contact) &&
		    sip_param_find(addr.params, "expires", &expires) && slice_to_u64(expires, ret))
			return true;
	return false;
}

/* RFC 3261 10.2.4: of the bindings told, ours; else the Expires header; else what was asked for. */
static uint32_t time_granted(const struct client *c, const struct sip_msg *answer)
{
	uint64_t granted = c->registration.expires;

	if (!contact_expires(c, answer, &granted))
		sip_msg_number(answer, SIP_HEADER_EXPIRES, &granted);
	return granted < UINT32_MAX ? (uint32_t)granted : UINT32_MAX;
}

static void routes_take(struct client *c, const struct sip_msg *answer)
{
	struct client_registration *r = &c->registration;
	struct sip_values it;
	struct slice value;

	arena_rewind(&r->arena);
	r->route_count = 0;
	sip_values_start(&it, answer, SIP_HEADER_SERVICE_ROUTE);
	while (r->route_count < SIP_DIALOG_ROUTES_MAX && sip_values_next(&it, &value))
		r->routes[r->route_count++] = arena_copy(&r->arena, value);
}

/* --- time --- */

static void refresh(void *arg)
{
	struct client *c = arg;

	if (client_has_fault(c, CLIENT_FAULT_REFRESH_CALL_ID))
		sip_text_word(c->world, c->registration.call_id);
	if (client_has_fault(c, CLIENT_FAULT_REFRESH_CSEQ))
		c->registration.cseq--;
	c->registration.tries = 0;
	send_register(c);
}

static void try_again(void *arg)
{
	send_register(arg);
}

/* "NOTE 2: Periodical application level re-registration": 600 s before the end of long ones (TS 24.229 5.1.1.4.1),
 * after half of short ones. */
static void refresh_plan(struct client *c)
{
	struct client_registration *r = &c->registration;
	uint64_t after = r->granted > 1200 ? (uint64_t)(r->granted - 600) * SECOND : r->granted * SECOND / 2;

	after = client_variants_refresh(c, r->granted, after);
	if (client_has_fault(c, CLIENT_FAULT_IMS_REFRESH_LATE))
		after = r->granted * SECOND / 10 * 9;
	if (r->granted && !client_has_fault(c, CLIENT_FAULT_REFRESH_NEVER))
		world_timer_start(c->world, &r->timer, after, refresh, c);
}

/* --- the answer --- */

/* De-registered, or refused to be: a registration that was asked for meanwhile follows. */
static void left(struct client *c)
{
	bool again = c->registration.again;

	c->registration.removing = c->registration.leaving = c->registration.again = false;
	if (again)
		client_register(c);
}

static void on_success(struct client *c, const struct sip_msg *answer)
{
	struct client_registration *r = &c->registration;
	bool initial = !r->up;

	r->tries = 0;
	if (r->removing) {
		r->up = false;
		left(c);
		return;
	}
	r->up = true;
	r->granted = time_granted(c, answer);
	routes_take(c, answer);
	client_ims_identities(c, answer);
	refresh_plan(c);
	if (!initial)
		return;
	r->count++;
	client_ims_registered(c);
	/* "Each time the IM Client has successfully performed an initial registration the IM Client SHALL publish the
	 * IM service settings". */
	if (r->count == 1 || !client_has_fault(c, CLIENT_FAULT_PUBLISH_ONCE))
		client_publish(c);
}

static void on_brief(struct client *c, const struct sip_msg *answer)
{
	uint64_t least;

	if (sip_msg_number(answer, SIP_HEADER_MIN_EXPIRES, &least) < 0 || least > UINT32_MAX)
		return;
	if (least > c->registration.expires)
		c->registration.expires = (uint32_t)least;
	send_register(c);
}

static void on_refused(struct client *c, const struct sip_msg *answer)
{
	bool again = answer->status == 503 || answer->status == 500 || answer->status == 480;
	struct client_registration *r = &c->registration;
	bool leaving = r->leaving;

	if (client_has_fault(c, CLIENT_FAULT_PUBLISH_REFUSED))
		client_publish(c);
	if (again && !client_has_variant(c, CLIENT_VARIANT_STAYS_AWAY))
		world_timer_start(c->world, &r->timer, client_retry_after(answer, 30 * SECOND), try_again, c);
	else
		r->up = false;
	r->removing = false;
	if (leaving)
		left(c);
}

static void answer_challenge(struct client *c)
{
	if (!client_variants_later(c, CLIENT_VARIANT_AUTH_LATE, &c->registration.timer, try_again))
		send_register(c);
}

static void on_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct client *c = arg;
	struct client_registration *r = &c->registration;

	if (msg && msg->status < 200)
		return;
	r->asking = NULL;
	if (!msg) {
		world_timer_start(c->world, &r->timer, 30 * SECOND, try_again, c); /* RFC 5626 4.5 */
	} else if (msg->status < 300) {
		on_success(c, msg);
	} else if (++r->tries >= CLIENT_TRIES_MAX) {
		on_refused(c, msg);
	} else if (sip_status_challenges(msg->status) && client_challenged(c, msg, r->tries)) {
		answer_challenge(c);
	} else if (msg->status == 423) {
		on_brief(c, msg);
	} else {
		on_refused(c, msg);
	}
}

static void send_register(struct client *c)
{
	struct client_registration *r = &c->registration;
	struct client_request request = {
		.method = "REGISTER",
		.uri = registrar_uri(c),
		.call_id = r->call_id,
		.from_tag = r->from_tag,
		.more = write_register,
		.no_max_forwards = client_has_fault(c, CLIENT_FAULT_REGISTER_NO_MAX_FORWARDS),
	};

	if (r->asking)
		return;
	request.cseq = r->cseq = client_variants_cseq(c, r->cseq);
	r->asking = client_send(c, &request, on_answer, NULL);
}

void client_register(struct client *c)
{
	struct client_registration *r = &c->registration;

	if (r->leaving) {
		r->again = true;
		return;
	}
	world_timer_stop(&r->timer);
	r->tries = 0;
	if (!r->up) { /* an initial registration: what the core asked for before is over */
		client_auth_forget(c);
		r->cseq = 0;
		r->expires = c->config.expires;
		sip_text_word(c->world, r->call_id);
		sip_text_word(c->world, r->from_tag);
	}
	send_register(c);
	if (client_has_fault(c, CLIENT_FAULT_PUBLISH_EARLY))
		client_publish(c);
}

void client_deregister(struct client *c)
{
	world_timer_stop(&c->registration.timer);
	c->registration.leaving = true;
	client_unsubscribe(c);
	client_unpublish(c);
}

void client_deregister_now(struct client *c)
{
	if (!c->registration.up) {
		left(c);
		return;
	}
	c->registration.removing = true;
	c->registration.tries = 0;
	send_register(c);
}
