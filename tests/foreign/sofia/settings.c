// SPDX-License-Identifier: MIT
/* 6.1.1.5: the PUBLISH of settings, its checks in the order of the text, and the publications that come of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server.h"

#define GRANTED_AT_MOST 7200

/* What a PUBLISH is answered with. */
struct answer {
	nta_incoming_t *irq;
	struct user *user;
	int status;
	const char *phrase;
	char etag[40];
	const char *unknown; /* the extension of a 420; the request's */
	unsigned long expires;
	bool push;
};

static bool value_true(const char *parameter, size_t name_len)
{
	const char *value = parameter + name_len;

	if (*value == '=')
		value++;
	if (*value == '"')
		value++;
	return !*value || !strncasecmp(value, "TRUE", 4) || (is("tag-false") && !strncasecmp(value, "FALSE", 5));
}

static bool has_tag(const msg_param_t *parameters)
{
	size_t len = strlen(FEATURE_TAG);

	for (; parameters && *parameters; parameters++)
		if (!strncasecmp(*parameters, FEATURE_TAG, len) && strchr("=", (*parameters)[len]) &&
		    value_true(*parameters, len))
			return true;
	return false;
}

static bool tag_found(const sip_t *sip)
{
	for (const sip_accept_contact_t *ac = sip->sip_accept_contact; ac; ac = ac->cp_next)
		if (has_tag(ac->cp_params))
			return true;
	for (const sip_contact_t *m = is("tag-in-contact") ? sip->sip_contact : NULL; m; m = m->m_next)
		if (has_tag(m->m_params))
			return true;
	return is("tag-ignored");
}

static bool event_right(const sip_t *sip)
{
	const char *type = sip->sip_event ? sip->sip_event->o_type : "";

	if (is("event-ignored"))
		return true;
	if (is("event-prefix"))
		return !strncmp(type, "poc-settings", 12);
	if (is("event-no-case"))
		return !strcasecmp(type, "poc-settings");
	return !strcmp(type, "poc-settings");
}

static bool originator_right(const sip_t *sip, const struct user *user)
{
	const sip_p_asserted_identity_t *id = sip_p_asserted_identity(sip);
	const sip_p_preferred_identity_t *preferred = sip_p_preferred_identity(sip);

	if (is("originator-ignored") || (is("originator-from") && url_is_user(sip->sip_from->a_url, user)))
		return true;
	if (is("originator-preferred") && preferred && url_is_user(preferred->ppid_url, user))
		return true;
	for (; id; id = id->paid_next)
		if (url_is_user(id->paid_url, user))
			return true;
	return false;
}

bool settings_active(struct user *user)
{
	const struct publication *latest = NULL;
	uint64_t now = now_ms();

	for (const struct publication *p = user->publications; p; p = p->next)
		if ((p->until > now || is("expiry-ignored")) && (!latest || p->changed > latest->changed))
			latest = p;
	return latest ? latest->active != is("push-off") : is("push-empty");
}

static struct publication *find(struct user *user, const char *etag)
{
	for (struct publication *p = user->publications; p; p = p->next)
		if (!strcmp(p->etag, etag) && (p->until > now_ms() || is("expiry-ignored")))
			return p;
	return NULL;
}

static void new_tag(char *etag, size_t size)
{
	static unsigned count;

	if (is("etag-odd"))
		snprintf(etag, size, "%u.!%%*_+`'~-", ++count);
	else
		snprintf(etag, size, "%08x%u", (unsigned)su_random(), ++count);
}

static void refuse(struct answer *answer, int status, const char *phrase)
{
	answer->status = status;
	answer->phrase = is("reasons") ? "No, not like this; ask the operator (see \"house rules\")" : phrase;
}

static bool check_tag(struct answer *a, const sip_t *sip)
{
	if (!tag_found(sip))
		refuse(a, is("tag-400") ? 400 : 403, sip_403_Forbidden);
	return a->status != 200;
}

static bool check_event(struct answer *a, const sip_t *sip)
{
	if (!event_right(sip))
		refuse(a, is("event-403") ? 403 : 489, sip_489_Bad_event);
	return a->status != 200;
}

static bool check_originator(struct answer *a, const sip_t *sip)
{
	if (!originator_right(sip, a->user))
		refuse(a, is("originator-401") ? 401 : 403, sip_403_Forbidden);
	return a->status != 200;
}

/* Steps 1 to 3: whether one of them refuses it. */
static bool check_first(struct answer *a, const sip_t *sip)
{
	if (is("event-first"))
		return check_event(a, sip) || check_tag(a, sip) || check_originator(a, sip);
	if (is("originator-first"))
		return check_originator(a, sip) || check_tag(a, sip) || check_event(a, sip);
	return check_tag(a, sip) || check_event(a, sip) || check_originator(a, sip);
}

static bool body_there(const sip_t *sip)
{
	return sip->sip_payload && sip->sip_payload->pl_len;
}

static bool check_body(struct answer *a, const sip_t *sip, bool *ret_active)
{
	const char *type = sip->sip_content_type ? sip->sip_content_type->c_type : "";

	*ret_active = false;
	if (strcasecmp(type, "application/poc-settings+xml") && !is("type-unchecked"))
		refuse(a, SIP_415_UNSUPPORTED_MEDIA);
	else if (document_read(sip->sip_payload->pl_data, sip->sip_payload->pl_len, ret_active) &&
		 !is("body-unchecked"))
		refuse(a, 400, sip_400_Bad_request);
	return a->status != 200;
}

static bool check_expires(struct answer *a, const sip_t *sip)
{
	unsigned long least = is("min-expires-60") ? 60 : 2;

	a->expires = sip->sip_expires ? sip->sip_expires->ex_delta : 3600;
	if (a->expires && a->expires < least)
		refuse(a, SIP_423_INTERVAL_TOO_BRIEF);
	if (a->expires > GRANTED_AT_MOST)
		a->expires = GRANTED_AT_MOST;
	if (is("expires-short") && a->expires > 600)
		a->expires = 600;
	return a->status != 200;
}

static void keep(struct answer *a, struct publication *p, const sip_t *sip, bool active)
{
	bool known = p;

	if (!known) {
		if (is("one-publication"))
			a->user->publications = NULL;
		p = calloc(1, sizeof(*p));
		p->next = a->user->publications;
		a->user->publications = p;
		new_tag(p->etag, sizeof(p->etag));
	} else if (!is("etag-kept")) {
		new_tag(p->etag, sizeof(p->etag));
	}
	if (!known || (body_there(sip) && !is("modify-ignored")))
		p->active = active;
	if (known && !body_there(sip) && is("refresh-forgets"))
		p->active = false;
	if (!known || body_there(sip) || !is("refresh-no-longer"))
		p->until = now_ms() + 1000 * (uint64_t)a->expires;
	if (!a->expires && is("remove-ignored"))
		p->until = UINT64_MAX;
	p->changed = ++server.changes;
	memcpy(a->etag, p->etag, sizeof(a->etag));
}

/* What must not be: a refused PUBLISH changes what is stored. */
static void overwrite(struct user *user, const sip_t *sip)
{
	struct publication *known = sip->sip_if_match ? find(user, sip->sip_if_match->g_value) : NULL;

	if (known && body_there(sip))
		document_read(sip->sip_payload->pl_data, sip->sip_payload->pl_len, &known->active);
}

/* Step 4 and 5: RFC 3903, section 6. */
static void process(struct answer *a, const sip_t *sip)
{
	const char *etag = sip->sip_if_match ? sip->sip_if_match->g_value : NULL;
	struct publication *known = NULL;
	bool active = false;

	if (sip->sip_require && is("failure-stores"))
		overwrite(a->user, sip);
	if (sip->sip_require && !is("require-ignored")) {
		a->unknown = sip->sip_require->k_items[0];
		return refuse(a, 420, sip_420_Bad_extension);
	}
	if (etag && (strchr(etag, ',')) && !is("etags-taken"))
		return refuse(a, 400, sip_400_Bad_request);
	if (etag && !(known = find(a->user, etag)) && !is("etag-unchecked"))
		return refuse(a, 412, sip_412_Precondition_failed);
	if (check_expires(a, sip))
		return;
	if (!known && !body_there(sip) && !is("body-absent-taken"))
		return refuse(a, 400, sip_400_Bad_request);
	if (body_there(sip) && check_body(a, sip, &active))
		return;
	keep(a, known, sip, active);
	a->push = a->expires;
	if (is("each-registration") && a->user->published++)
		a->push = false;
}

static void reply(const struct answer *a)
{
	char expires[24];
	bool ok = a->status == 200;

	snprintf(expires, sizeof(expires), "%lu", a->expires + (is("expires-more") ? 100 : 0));
	nta_incoming_treply(
		a->irq, ok && is("publish-202") ? 202 : a->status, a->phrase,
		TAG_IF(ok && !is("no-etag"), SIPTAG_ETAG_STR(a->etag)),
		TAG_IF(ok && !is("no-expires"), SIPTAG_EXPIRES_STR(expires)),
		TAG_IF(a->status == 489 && !is("no-allow-events"),
		       SIPTAG_ALLOW_EVENTS_STR(is("events-more") ? "presence, poc-settings,reg" : "poc-settings")),
		TAG_IF(a->status == 415 && !is("no-accept"), SIPTAG_ACCEPT_STR("application/poc-settings+xml")),
		TAG_IF(a->status == 420, SIPTAG_UNSUPPORTED_STR(a->unknown)),
		TAG_IF(a->status == 423 && !is("no-min-expires"),
		       SIPTAG_MIN_EXPIRES_STR(is("min-expires-60") ? "60" : "2")),
		TAG_IF(is("headers"), SIPTAG_DATE_STR("Sat, 13 Nov 2010 23:29:00 GMT")),
		TAG_IF(is("headers"), SIPTAG_SUPPORTED_STR("timer, path")),
		TAG_IF(is("headers"), SIPTAG_WARNING_STR("399 im.example \"all is well, (really)\"")),
		SIPTAG_SERVER_STR("IM-serv/OMA1.0 sofia-peer/1"), TAG_END());
}

static void consider(void *magic, su_timer_t *timer, void *arg)
{
	(void)magic, (void)timer;
	push_consider(arg);
}

static void pushes(const struct answer *a)
{
	if (!a->push && !is("push-empty"))
		return;
	if (a->status != 200)
		return;
	/* Over TCP the answer and the INVITE may take two connections, and overtake each other. */
	later(is("push-late") ? 1500 : is("push-later") ? 3500 : server.over[0] ? 150 : 1, consider, a->user);
}

static void answer_late(void *magic, su_timer_t *timer, void *arg)
{
	struct answer *a = arg;

	(void)magic, (void)timer;
	reply(a);
	nta_incoming_destroy(a->irq);
	pushes(a);
	free(a);
}

int publish_recv(nta_incoming_t *irq, const sip_t *sip)
{
	struct answer answer = {irq, user_of(sip->sip_request->rq_url), SIP_200_OK, "", 0, false}, *copy;

	if (is("refuse-unknown") && answer.user->registered_until <= now_ms() && !answer.user->messages)
		refuse(&answer, 404, sip_404_Not_found);
	else if (!check_first(&answer, sip))
		process(&answer, sip);
	else if (is("tag-403-stores"))
		overwrite(answer.user, sip);
	if (is("push-first") && answer.push)
		push_consider(answer.user);
	if (is("slow-publish")) {
		nta_incoming_treply(irq, SIP_100_TRYING, TAG_END());
		copy = malloc(sizeof(*copy));
		*copy = answer;
		later(900, answer_late, copy);
		return 0;
	}
	reply(&answer);
	pushes(&answer);
	return answer.status;
}
