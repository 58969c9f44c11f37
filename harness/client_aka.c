/* SPDX-License-Identifier: MIT
 *
 * 3GPP TS 24.229 5.1.1.5: an AKA challenge, as the card in the client answers it. A genuine and new one gets RES, an
 * old one AUTS, and a network that is none gets nothing. */
#include "harness/client_private.h"
#include "sip/aka.h"

static bool takes(const struct client *c, const struct aka_reading *reading)
{
	return reading->sqn > c->auth.sqn || client_has_fault(c, CLIENT_FAULT_AKA_REPLAY);
}

bool client_aka_challenged(struct client *c, const struct sip_digest *challenge)
{
	struct aka_reading reading;

	if (!c->config.keys || aka_read(c->config.keys, challenge->nonce, &reading, NULL) < 0)
		return false;
	if (reading.sign == AKA_FORGED && !client_has_fault(c, CLIENT_FAULT_AKA_FORGED))
		c->auth.aka = CLIENT_AKA_NOTHING;
	else if (!takes(c, &reading))
		c->auth.aka = CLIENT_AKA_AUTS;
	else
		c->auth.aka = CLIENT_AKA_RES;
	if (c->auth.aka == CLIENT_AKA_RES && reading.sign == AKA_GENUINE && reading.sqn > c->auth.sqn)
		c->auth.sqn = reading.sqn;
	return true;
}

/* "no authentication challenge response": everything but that. */
static void write_nothing(const struct client *c, const struct sip_digest *challenge, struct slice uri, struct buf *to)
{
	buf_printf(
		to,
		"Digest username=\"%s\", realm=\"%.*s\", nonce=\"%.*s\", uri=\"%.*s\", response=\"\", algorithm=%.*s",
		c->config.username, SLICE_F(challenge->realm), SLICE_F(challenge->nonce), SLICE_F(uri),
		SLICE_F(challenge->algorithm));
	if (challenge->opaque.p)
		buf_printf(to, ", opaque=\"%.*s\"", SLICE_F(challenge->opaque));
}

void client_aka_answer(struct client *c, const struct sip_digest *challenge, struct sip_digest_request *request,
		       struct buf *to)
{
	struct sip_digest asked = *challenge;
	struct aka_reading reading;
	char auts[AKA_AUTS_TEXT];

	if (aka_read(c->config.keys, challenge->nonce, &reading, NULL) < 0)
		return;
	if (c->auth.aka == CLIENT_AKA_NOTHING) {
		write_nothing(c, challenge, request->uri, to);
		return;
	}
	request->password = (struct slice){(const char *)reading.res, sizeof(reading.res)};
	if (c->auth.aka == CLIENT_AKA_AUTS && aka_auts_write(c->config.keys, reading.rand, c->auth.sqn, auts) == 0) {
		if (client_has_fault(c, CLIENT_FAULT_AKA_AUTS))
			auts[0] = auts[0] == 'A' ? 'B' : 'A';
		asked.auts = slice_of(auts);
		request->password = SLICE(""); /* RFC 3310 3.4 */
	}
	if (client_has_fault(c, CLIENT_FAULT_AKA_RES))
		request->password = slice_of(c->config.password);
	sip_digest_answer(&asked, request, to, NULL);
}
