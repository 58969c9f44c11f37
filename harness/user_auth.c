/* SPDX-License-Identifier: MIT
 *
 * What a user asks for once more: with credentials, where he comes to the IM Server himself (RFC 3261 22, RFC 7616), of
 * the challenges of an answer the first one that can be answered; or for a longer time, where what he asked for was too
 * brief. */
#include "harness/user_internal.h"
#include "sip/digest.h"
#include "sip/value.h"

#include <inttypes.h>

/* Credentials that were refused are not tried again, unless only their nonce has grown old. */
static bool is_hopeless(const struct draft *draft, const char *name, const struct sip_digest *challenge)
{
	for (size_t i = 0; i < draft->count; i++)
		if (draft->lines[i].name && !strcmp(draft->lines[i].name, name))
			return !slice_is_nocase(challenge->stale, "true");
	return false;
}

static bool answer_one(const struct user *user, const struct user_login *login, struct draft *draft, const char *name,
		       const struct sip_digest *challenge)
{
	char cnonce[SIP_TEXT_ID_MAX];
	struct sip_digest_request request = {slice_of(login->username),
					     slice_of(login->password),
					     slice_of(draft->method),
					     draft->uri,
					     draft->body,
					     slice_of(sip_text_word(core_world(user->core), cnonce)),
					     .nc = 1};
	struct buf text = {0};
	bool done;

	if (is_hopeless(draft, name, challenge))
		return false;
	done = sip_digest_answer(challenge, &request, &text, NULL) == 0;
	if (done)
		draft_set(draft, name, buf_slice(&text));
	buf_done(&text);
	return done;
}

/* Later requests of the call have a higher number than this one. */
static void raise_cseq(struct user *user, struct draft *draft)
{
	uint32_t *counter = !strcmp(draft->method, "REGISTER")  ? &user->register_cseq
			    : !strcmp(draft->method, "PUBLISH") ? &user->publish_cseq
								: &user->message_cseq;

	draft_set(draft, "CSeq", slice_of(arena_printf(draft->arena, "%" PRIu32 " %s", ++*counter, draft->method)));
}

bool user_draft_credentials(struct user *user, const struct user_login *login, struct draft *draft,
			    const struct sip_msg *answer)
{
	const char *name = sip_header_name(sip_credentials_header(answer->status));
	const struct sip_line *line = NULL;
	struct sip_digest challenge;
	bool done = false;

	if (!sip_status_challenges(answer->status) || !login->password)
		return false;
	while (!done && sip_digest_next(answer, sip_challenge_header(answer->status), &line, &challenge))
		done = answer_one(user, login, draft, name, &challenge);
	if (done)
		raise_cseq(user, draft);
	return done;
}

static bool seconds_of(const struct draft *draft, uint64_t *ret)
{
	for (size_t i = 0; i < draft->count; i++)
		if (draft->lines[i].name && !strcmp(draft->lines[i].name, "Expires"))
			return slice_to_u64(draft->lines[i].value, ret);
	return false;
}

/* Credentials are for what they were sent with, and used once. */
bool user_draft_longer(struct user *user, struct draft *draft, const struct sip_msg *answer)
{
	uint64_t asked, least;

	if (answer->status != 423 || sip_msg_number(answer, SIP_HEADER_MIN_EXPIRES, &least) < 0 ||
	    !seconds_of(draft, &asked) || asked == 0 || asked >= least || least > UINT32_MAX)
		return false;
	draft_set(draft, "Expires", slice_of(arena_printf(draft->arena, "%" PRIu64, least)));
	draft_remove(draft, "Authorization");
	draft_remove(draft, "Proxy-Authorization");
	raise_cseq(user, draft);
	return true;
}
