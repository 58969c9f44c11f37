/* SPDX-License-Identifier: MIT
 *
 * RFC 3261 22, RFC 7616, RFC 8760: of the challenges that an answer brings, the first one for the user's realm whose
 * algorithm is known is answered; later requests bring credentials along, with a higher nonce count. */
#include "harness/client_private.h"
#include "base/mem.h"
#include "sip/aka.h"
#include "sip/value.h"

#include <stdlib.h>

static bool can_answer(const struct client *c, const struct sip_digest *challenge)
{
	char hex[65];
	struct sip_digest probe;

	if (!slice_is(challenge->realm, c->config.domain))
		return false;
	if (slice_is_nocase(challenge->algorithm, AKA_ALGORITHM))
		return c->config.keys != NULL && aka_is_nonce(challenge->nonce);
	probe = (struct sip_digest){.username = SLICE("u"),
				    .realm = challenge->realm,
				    .nonce = challenge->nonce,
				    .uri = SLICE("sip:u"),
				    .algorithm = challenge->algorithm,
				    .cnonce = SLICE("c")};
	return sip_digest_response(&probe, SLICE("p"), SLICE("REGISTER"), SLICE_NONE, hex, NULL) == 0;
}

/* The challenge as it was written; absent: there is none to answer. */
static struct slice choose(const struct client *c, const struct sip_msg *answer, struct sip_digest *ret)
{
	const struct sip_line *line = NULL;
	struct slice chosen = SLICE_NONE;
	struct sip_digest challenge;

	while (sip_digest_next(answer, sip_challenge_header(answer->status), &line, &challenge)) {
		if (!can_answer(c, &challenge))
			continue;
		if (chosen.p && !client_has_variant(c, CLIENT_VARIANT_AUTH_LAST))
			break;
		chosen = sip_line_value(answer, line);
		*ret = challenge;
	}
	return chosen;
}

/* A second challenge means a wrong password, unless it says that only the nonce has grown old (RFC 7616 3.3). */
static bool is_hopeless(const struct client *c, const struct sip_digest *challenge, unsigned tries)
{
	bool other_card = slice_is_nocase(challenge->algorithm, AKA_ALGORITHM) && c->auth.aka != CLIENT_AKA_RES;

	return tries > 1 && !slice_is_nocase(challenge->stale, "true") && !other_card &&
	       !client_has_fault(c, CLIENT_FAULT_AUTH_AGAIN);
}

bool client_challenged(struct client *c, const struct sip_msg *answer, unsigned tries)
{
	struct sip_digest challenge;
	struct slice value = choose(c, answer, &challenge);
	char *kept;

	if (!value.p || is_hopeless(c, &challenge, tries) || client_has_fault(c, CLIENT_FAULT_AUTH_SILENT))
		return false;
	if (c->auth.challenge && client_has_fault(c, CLIENT_FAULT_AUTH_NONCE))
		return true;
	kept = mem_printf("%.*s", SLICE_F(value));
	free(c->auth.challenge);
	c->auth = (struct client_auth){.challenge = kept, .proxy = answer->status == 407, .sqn = c->auth.sqn};
	if (slice_is_nocase(challenge.algorithm, AKA_ALGORITHM))
		return client_aka_challenged(c, &challenge);
	return true;
}

void client_auth_forget(struct client *c)
{
	free(c->auth.challenge);
	c->auth = (struct client_auth){.sqn = c->auth.sqn};
}

/* A digit changed: the right form, and the wrong value. */
static void spoil(struct buf *value, const char *name)
{
	struct slice s = buf_slice(value);
	const char *at = slice_find(s, slice_of(name));

	if (at)
		value->p[at - s.p + (ptrdiff_t)strlen(name)] ^= 1;
}

static void cut_out(struct buf *value, const char *name)
{
	const char *at = slice_find(buf_slice(value), slice_of(name)), *end;
	size_t from, to;

	if (!at)
		return;
	from = (size_t)(at - value->p);
	end = memchr(at + 1, ',', value->len - from - 1);
	to = end ? (size_t)(end - value->p) : value->len;
	memmove(value->p + from, value->p + to, value->len - to);
	value->len -= to - from;
}

static void faults_apply(struct client *c, struct buf *value)
{
	if (client_has_fault(c, CLIENT_FAULT_AUTH_RESPONSE))
		spoil(value, "response=\"");
	if (client_has_fault(c, CLIENT_FAULT_AUTH_OPAQUE))
		cut_out(value, ", opaque=");
	if (client_has_fault(c, CLIENT_FAULT_AUTH_CNONCE))
		cut_out(value, ", cnonce=");
}

void client_credentials(struct client *c, struct buf *to, const char *method, struct slice uri, struct slice body)
{
	struct sip_digest_request request;
	struct sip_digest challenge;
	char cnonce[SIP_TEXT_ID_MAX];
	struct buf value = {0};

	if (!c->auth.challenge || client_has_fault(c, CLIENT_FAULT_AUTH_NONE) ||
	    sip_digest_read(slice_of(c->auth.challenge), &challenge, NULL) < 0)
		return;
	if (client_has_fault(c, CLIENT_FAULT_AUTH_ALGORITHM))
		challenge.algorithm = SLICE("MD5");
	if (client_has_fault(c, CLIENT_FAULT_AUTH_REALM))
		challenge.realm = SLICE("elsewhere.example");
	request = (struct sip_digest_request){slice_of(c->config.username),
					      slice_of(c->config.password),
					      slice_of(method),
					      uri,
					      body,
					      slice_of(sip_text_word(c->world, cnonce)),
					      .nc = ++c->auth.nc};
	if (slice_is_nocase(challenge.algorithm, AKA_ALGORITHM))
		client_aka_answer(c, &challenge, &request, &value);
	else
		sip_digest_answer(&challenge, &request, &value, NULL);
	if (value.len) {
		faults_apply(c, &value);
		client_variants_credentials(c, &value);
		sip_text_header_slice(to, c->auth.proxy ? "Proxy-Authorization" : "Authorization", buf_slice(&value));
	}
	buf_done(&value);
	if (client_has_variant(c, CLIENT_VARIANT_AUTH_EACH_TIME))
		client_auth_forget(c);
}
