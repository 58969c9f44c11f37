/* SPDX-License-Identifier: MIT
 *
 * Who plays a role that somebody told for the port at which he listens. */
#include "trace/ledger_feed.h"
#include "base/buf.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const struct profile profile = {.feature_tag = "+g.oma.sip-im", .event = "poc-settings"};
static struct chapter *kept;

static void keep(void *arg, struct chapter *chapter)
{
	cr_assert(!kept);
	kept = chapter;
}

static const struct net_addr *server(void)
{
	static struct net_addr addr;

	addr = net_addr_v4((const uint8_t[4]){10, 0, 0, 2}, 5060);
	return &addr;
}

static enum flow_role listens(void *arg, const struct net_addr *addr)
{
	return net_addr_eq(addr, server()) ? FLOW_ROLE_SERVER : FLOW_ROLE_UNTOLD;
}

/* Whom an INVITE with this Via and Contact is from, which left the server's host from another port than the one that
 * was told. */
static enum flow_role role_of(const char *via, const char *contact, bool told)
{
	const struct ledger_config config = {
		.profile = &profile,
		.on_chapter = keep,
		.roles_told = told ? 1u << FLOW_ROLE_SERVER : 0,
		.role = told ? listens : NULL,
	};
	struct wire_message message = {.time = 1000000000};
	struct ledger *ledger = ledger_new(&config);
	struct arena spare = {0};
	enum flow_role role;
	char text[512];

	snprintf(text, sizeof(text),
		 "INVITE sip:alice@im.example SIP/2.0\r\nVia: %s\r\nFrom: <sip:im@im.example>;tag=a\r\n"
		 "To: <sip:alice@im.example>\r\nCall-ID: i\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
		 "Contact: %s\r\nContent-Length: 0\r\n\r\n",
		 via, contact);
	message.bytes = slice_of(text);
	message.path.src = net_addr_v4((const uint8_t[4]){10, 0, 0, 2}, 41000);
	message.path.dst = net_addr_v4((const uint8_t[4]){10, 0, 0, 1}, 5060);
	message.path.transport = NET_TCP;
	feed_message(ledger, &message);
	ledger_finish(ledger, message.time + 1);
	cr_assert(kept);
	role = flow_peer(chapter_flow(kept, &spare), &message.path.src)->role;
	chapter_free(kept);
	kept = NULL;
	ledger_free(ledger);
	arena_done(&spare);
	return role;
}

static enum flow_role role_by(const char *via, bool told)
{
	return role_of(via, "<sip:im@im.example>", told);
}

Test(trace_ledger_roles, a_request_from_a_port_of_the_moment)
{
	cr_expect_eq(role_by("SIP/2.0/TCP 10.0.0.2:5060;branch=z9hG4bK1", true), FLOW_ROLE_SERVER);
	cr_expect_eq(role_by("SIP/2.0/TCP im.example;branch=z9hG4bK1", true), FLOW_ROLE_SERVER); /* 5060 by itself */
	cr_expect_eq(role_by("SIP/2.0/TCP 10.0.0.2:5070;branch=z9hG4bK1", true), FLOW_ROLE_UNTOLD);
	cr_expect_eq(role_by("SIP/2.0/TLS im.example;branch=z9hG4bK1", true), FLOW_ROLE_UNTOLD); /* 5061 */
	cr_expect_eq(role_by("SIP/2.0/TCP 10.0.0.2:70596;branch=z9hG4bK1", true), FLOW_ROLE_UNTOLD);
	cr_expect_eq(role_by("SIP/2.0/TCP 10.0.0.3;branch=z9hG4bK1", true), FLOW_ROLE_UNTOLD);
	cr_expect_eq(role_by("SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK1", true), FLOW_ROLE_UNTOLD);
	cr_expect_eq(role_by("SIP/2.0/TCP 10.0.0.2:5060;branch=z9hG4bK1", false), FLOW_ROLE_UNTOLD);
}

#define OTHER_PORT "SIP/2.0/UDP 10.0.0.2:41000;branch=z9hG4bK1"

/* It goes on from the port that it names, and is called at the one that was told. */
Test(trace_ledger_roles, a_request_that_asks_back_at_the_port)
{
	cr_expect_eq(role_of(OTHER_PORT, "<sip:im@10.0.0.2:5060>;automata", true), FLOW_ROLE_SERVER);
	cr_expect_eq(role_of(OTHER_PORT, "<sip:im@10.0.0.2>", true), FLOW_ROLE_SERVER);
	cr_expect_eq(role_of(OTHER_PORT, "<sip:im@10.0.0.2:5070>", true), FLOW_ROLE_UNTOLD);
	cr_expect_eq(role_of(OTHER_PORT, "<sip:im@im.example>", true), FLOW_ROLE_UNTOLD);
	cr_expect_eq(role_of(OTHER_PORT, "<tel:+4420>", true), FLOW_ROLE_UNTOLD);
	cr_expect_eq(role_of(OTHER_PORT, "<sip:im@10.0.0.3:5060>", true), FLOW_ROLE_UNTOLD); /* of another host */
	cr_expect_eq(role_of(OTHER_PORT ", SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK0", "<sip:im@10.0.0.2>", true),
		     FLOW_ROLE_UNTOLD); /* passed on */
	cr_expect_eq(role_of(OTHER_PORT, "<sip:im@10.0.0.2>", false), FLOW_ROLE_UNTOLD);
}
