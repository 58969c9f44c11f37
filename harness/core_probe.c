/* SPDX-License-Identifier: MIT */
#include "harness/core_probe.h"

#include <stdio.h>

static void write_probe(struct core *core, enum probe_kind kind, struct buf *to)
{
	const char *method = kind == PROBE_OPTIONS ? "OPTIONS" : "REGISTER";
	char target[NET_ADDR_TEXT_MAX], host[NET_ADDR_TEXT_MAX], uri[NET_ADDR_TEXT_MAX + 8];
	char word[SIP_TEXT_ID_MAX];
	struct world *world = core_world(core);

	net_addr_format(host, core_addr(core));
	snprintf(uri, sizeof(uri), "%s:%s%s", core_scheme(core), net_addr_format(target, core_target(core)),
		 core_transport_text(core));
	sip_text_request(to, method, slice_of(uri));
	sip_text_header(to, "Max-Forwards", "70");
	sip_text_header(to, "From", "<sip:scscf@%s>;tag=%s", host, sip_text_word(world, word));
	if (kind == PROBE_OPTIONS)
		sip_text_header(to, "To", "<%s>", uri);
	else
		sip_text_header(to, "To", "<sip:nobody-%s@%s>", sip_text_word(world, word), core_domain(core));
	sip_text_header(to, "Call-ID", "%s", sip_text_word(world, word));
	sip_text_header(to, "CSeq", "1 %s", method);
	sip_text_header(to, "Contact", "<%s:scscf@%s%s>", core_scheme(core), host, core_transport_text(core));
	if (kind == PROBE_REGISTER)
		sip_text_header(to, "Expires", "0");
	sip_text_body(to, NULL, SLICE_NONE);
}

int core_probe(struct core *core, enum probe_kind kind, endpoint_answer_fn *on_answer, void *arg,
	       struct client_txn **ret_txn, struct err *err)
{
	struct core_request request = {0};
	struct buf text = {0};
	int rc;

	write_probe(core, kind, &text);
	request.raw = buf_slice(&text);
	rc = core_forward(core, &request, on_answer, arg, ret_txn, err);
	buf_done(&text);
	return rc;
}
