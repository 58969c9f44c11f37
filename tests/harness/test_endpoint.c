/* SPDX-License-Identifier: MIT */
#include "endpoint_talk.h"

#include "harness/sip_text.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(harness_endpoint, request_is_answered_and_ends)
{
	struct talk talk = {.statuses = {100, 200}};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "OPTIONS", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_str_eq(talk.diary.p, "0 a> OPTIONS sip:b@127.0.0.1 SIP/2.0\n"
				       "0 b< OPTIONS sip:b@127.0.0.1 SIP/2.0\n"
				       "0 b> SIP/2.0 100 Trying\n"
				       "0 b> SIP/2.0 200 OK\n"
				       "0 a< SIP/2.0 100 Trying\n"
				       "0 told SIP/2.0 100 Trying\n"
				       "0 a< SIP/2.0 200 OK\n"
				       "0 told SIP/2.0 200 OK\n"
				       "32000 end OPTIONS sip:b@127.0.0.1 SIP/2.0\n");
	talk_end(&talk);
}

Test(harness_endpoint, unanswered_request_is_repeated_and_times_out)
{
	struct talk talk = {.silent = true};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "OPTIONS", "z9hG4bK1");
	world_run(talk.world);
	static const unsigned times[] = {0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500};
	struct buf want = {0};

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		buf_printf(&want, "%u a> OPTIONS sip:b@127.0.0.1 SIP/2.0\n%u b< OPTIONS sip:b@127.0.0.1 SIP/2.0\n",
			   times[i], times[i]);
	buf_puts(&want, "32000 told no final answer to OPTIONS from 127.0.0.1:5070 within 32 s\n");
	cr_assert_str_eq(talk.diary.p, want.p);
	cr_assert_eq(talk.requests, 1);
	buf_done(&want);
	talk_end(&talk);
}

Test(harness_endpoint, unanswered_invite_is_repeated_and_times_out)
{
	struct talk talk = {.silent = true};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "INVITE", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_not_null(strstr(talk.diary.p, "\n500 a> INVITE"));
	cr_assert_not_null(strstr(talk.diary.p, "\n1500 a> INVITE"));
	cr_assert_not_null(strstr(talk.diary.p, "\n3500 a> INVITE"));
	cr_assert_not_null(strstr(talk.diary.p, "\n7500 a> INVITE"));
	cr_assert_not_null(strstr(talk.diary.p, "\n15500 a> INVITE"));
	cr_assert_not_null(strstr(talk.diary.p, "\n31500 a> INVITE"));
	cr_assert_eq(talk_count(&talk, "a> INVITE"), 7);
	cr_assert_not_null(
		strstr(talk.diary.p, "\n32000 told no final answer to INVITE from 127.0.0.1:5070 within 32 s\n"));
	talk_end(&talk);
}

Test(harness_endpoint, loss_is_overcome)
{
	struct weather weather = {.delay = 10 * MS, .jitter = 20 * MS, .loss = 300, .duplicate = 50};

	for (uint64_t seed = 0; seed < 20; seed++) {
		struct talk talk = {.statuses = {200}};

		talk_start(&talk, seed, &weather);
		talk_ask(&talk, "OPTIONS", "z9hG4bK1");
		world_run(talk.world);
		cr_assert_eq(talk.requests, 1);
		cr_assert_eq(talk_count(&talk, "told SIP/2.0 200 OK"), 1, "seed %d: %s", (int)seed, talk.diary.p);
		talk_end(&talk);
	}
}

Test(harness_endpoint, invite_is_acknowledged_by_its_owner)
{
	struct talk talk = {.statuses = {180, 200}};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "INVITE", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_eq(talk.acks, 1);
	cr_assert_eq(talk_count(&talk, "b> SIP/2.0 200"), 1);
	cr_assert_eq(talk.ends, 1);
	cr_assert_eq(talk.missing, 0);
	talk_end(&talk);
}

Test(harness_endpoint, accepted_invite_is_repeated_until_the_ack)
{
	struct talk talk = {.statuses = {200}, .no_ack = true};
	static const unsigned times[] = {0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500};
	char line[64];

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "INVITE", "z9hG4bK1");
	world_run(talk.world);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		snprintf(line, sizeof(line), "\n%u b> SIP/2.0 200 OK\n", times[i]);
		cr_assert_not_null(strstr(talk.diary.p, line), "%s", line);
	}
	cr_assert_eq(talk_count(&talk, "b> SIP/2.0 200"), 11);
	/* each is told: each wants an ACK */
	cr_assert_eq(talk_count(&talk, "told SIP/2.0 200"), 11);
	cr_assert_not_null(strstr(talk.diary.p, "\n32000 end without ack INVITE"));
	talk_end(&talk);
}

Test(harness_endpoint, refused_invite_is_acknowledged_here)
{
	struct talk talk = {.statuses = {486}};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "INVITE", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_eq(talk.acks, 0);
	cr_assert_eq(talk_count(&talk, "b< ACK sip:b@127.0.0.1 SIP/2.0"), 1);
	cr_assert_eq(talk_count(&talk, "b> SIP/2.0 486"), 1);
	cr_assert_eq(talk.outcomes, 1);
	/* timer I */
	cr_assert_not_null(strstr(talk.diary.p, "\n5000 end INVITE"));
	talk_end(&talk);
}

Test(harness_endpoint, refusal_without_ack_is_repeated)
{
	struct talk talk = {.statuses = {486}};
	struct buf text;

	talk_start(&talk, 1, NULL);
	text = talk_request(&talk, "INVITE", "z9hG4bK1");
	endpoint_send(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint), buf_slice(&text), NULL);
	world_run(talk.world);
	cr_assert_eq(talk_count(&talk, "b> SIP/2.0 486"), 11);
	cr_assert_eq(talk_count(&talk, "stray SIP/2.0 486"), 11);
	cr_assert_not_null(strstr(talk.diary.p, "\n32000 end without ack INVITE"));
	buf_done(&text);
	talk_end(&talk);
}

Test(harness_endpoint, cancel_is_answered_and_told)
{
	struct talk talk = {.statuses = {180}};
	struct sip_msg invite;
	struct arena arena = {0};
	struct buf text, cancel = {0};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "INVITE", "z9hG4bK1");
	text = talk_request(&talk, "INVITE", "z9hG4bK1");
	sip_msg_index(&invite, buf_slice(&text), &arena, NULL);
	sip_text_cancel(&cancel, &invite);
	cr_assert_eq(endpoint_request(talk.a.endpoint,
				      &(struct endpoint_request){NET_UDP, endpoint_addr(talk.b.endpoint),
								 buf_slice(&cancel), talk_on_answer, &talk},
				      NULL, NULL),
		     0);
	world_run(talk.world);
	cr_assert_eq(talk_count(&talk, "told SIP/2.0 200 OK"), 1);
	cr_assert_eq(talk_count(&talk, "told SIP/2.0 487"), 1);
	cr_assert_eq(talk_count(&talk, "b< ACK"), 1);
	cr_assert_eq(talk.requests, 1);
	cr_assert_eq(talk.ends, 1);
	buf_done(&text);
	buf_done(&cancel);
	arena_done(&arena);
	talk_end(&talk);
}

Test(harness_endpoint, cancel_of_nothing_is_refused)
{
	struct talk talk = {0};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "CANCEL", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_eq(talk_count(&talk, "told SIP/2.0 481"), 1);
	cr_assert_eq(talk.requests, 0);
	cr_assert_eq(talk.ends, 0);
	talk_end(&talk);
}

Test(harness_endpoint, tcp_does_not_repeat)
{
	struct talk talk = {.transport = NET_TCP, .statuses = {200}, .answer_delay = 3000 * MS};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "OPTIONS", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_str_eq(talk.diary.p, "0 a> OPTIONS sip:b@127.0.0.1 SIP/2.0\n"
				       "0 b< OPTIONS sip:b@127.0.0.1 SIP/2.0\n"
				       "3000 b> SIP/2.0 200 OK\n"
				       "3000 a< SIP/2.0 200 OK\n"
				       "3000 told SIP/2.0 200 OK\n"
				       "3000 end OPTIONS sip:b@127.0.0.1 SIP/2.0\n");
	talk_end(&talk);
}

Test(harness_endpoint, transport_errors_are_told)
{
	struct talk talk = {0};
	struct buf text;
	struct net_addr nobody = loopback4(9);

	talk_start(&talk, 1, NULL);
	for (int i = 0; i < 2; i++) {
		talk.transport = i ? NET_TCP : NET_UDP;
		text = talk_request(&talk, "OPTIONS", i ? "z9hG4bK1" : "z9hG4bK2");
		cr_assert_eq(endpoint_request(talk.a.endpoint,
					      &(struct endpoint_request){talk.transport, &nobody, buf_slice(&text),
									 talk_on_answer, &talk},
					      NULL, NULL),
			     0);
		buf_done(&text);
	}
	world_run(talk.world);
	cr_assert_eq(talk.outcomes, 2);
	cr_assert_eq(talk_count(&talk, "told cannot send to 127.0.0.1:9: Connection refused"), 1);
	cr_assert_eq(talk_count(&talk, "told cannot connect to 127.0.0.1:9: Connection refused"), 1);
	talk_end(&talk);
}

Test(harness_endpoint, repeated_request_is_answered_again)
{
	struct talk talk = {.statuses = {202}};
	struct buf text;

	talk_start(&talk, 1, NULL);
	text = talk_request(&talk, "MESSAGE", "z9hG4bK1");
	for (int i = 0; i < 3; i++)
		endpoint_send(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint), buf_slice(&text), NULL);
	world_run(talk.world);
	cr_assert_eq(talk.requests, 1);
	cr_assert_eq(talk_count(&talk, "b> SIP/2.0 202"), 3);
	buf_done(&text);
	talk_end(&talk);
}

Test(harness_endpoint, requests_without_cookie_match_by_the_old_rules)
{
	struct talk talk = {.statuses = {486}};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "INVITE", "old1");
	world_run(talk.world);
	cr_assert_eq(talk.acks, 0);
	cr_assert_eq(talk_count(&talk, "b> SIP/2.0 486"), 1);
	talk_end(&talk);
}
