// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "server.h"

/* Legal ways to do it. */
static const char *const styles[] = {
	"compact",
	"contact-user",
	"contact-values",
	"contact-more",
	"contact-upper",
	"contact-lines",
	"accept-require",
	"accept-lines",
	"accept-more",
	"route",
	"sdp-session",
	"sdp-media-first",
	"sdp-multipart",
	"sdp-two-media",
	"sdp-bandwidth",
	"timer-upper",
	"timer-90",
	"min-se",
	"100rel",
	"slow-publish",
	"slow-register",
	"push-late",
	"push-later",
	"one-publication",
	"register-contact",
	"register-headers",
	"headers",
	"from-user",
	"from-anonymous",
	"refresh-invite",
	"refresh-early",
	"refresh-late",
	"refresh-unasked",
	"no-422",
	"min-expires-60",
	"msrp-passive",
	"keep-session",
	"identity",
	"options",
	"subscribe-reg",
	"events-more",
	"no-register",
	"expires-short",
	"etag-odd",
	"reasons",
	"cancels",
	"each-registration",
	"refuse-unknown",
	"release-last",
	"release-comment",
	"session-each",
	"retry-later",
	"tel",
	"multipart-alternative",
	NULL,
};

/* Wrong ones; the requirement that each breaks is in `verdicts`. */
static const char *const faults[] = {
	"register-no-expires",
	"register-expires-less",
	"register-expires-3600",
	"register-silent",
	"register-500",
	"push-on-register",
	"tag-ignored",
	"tag-in-contact",
	"tag-400",
	"tag-false",
	"tag-403-stores",
	"event-ignored",
	"event-prefix",
	"event-403",
	"no-allow-events",
	"event-no-case",
	"originator-ignored",
	"originator-401",
	"originator-preferred",
	"originator-from",
	"event-first",
	"originator-first",
	"etag-unchecked",
	"body-unchecked",
	"body-absent-taken",
	"require-ignored",
	"no-min-expires",
	"etag-kept",
	"etags-taken",
	"type-unchecked",
	"no-accept",
	"refresh-no-longer",
	"refresh-forgets",
	"modify-ignored",
	"remove-ignored",
	"expiry-ignored",
	"failure-stores",
	"no-etag",
	"no-expires",
	"expires-more",
	"publish-202",
	"push-first",
	"no-push",
	"push-once-only",
	"push-off",
	"push-empty",
	"push-unregistered",
	"uri-server",
	"no-accept-contact",
	"accept-another",
	"no-release",
	"release-client",
	"release-other",
	"no-allow",
	"allow-short",
	"contact-no-tag",
	"contact-longer-tag",
	"tag-inside",
	"no-automata",
	"automata-false",
	"no-timer",
	"refresher-uas",
	"sdp-none",
	"sdp-sendrecv",
	"sdp-overridden",
	"sdp-recvonly",
	"sdp-audio",
	"sdp-no-origin",
	"sdp-wrong-type",
	"push-twice",
	"push-to-another",
	"to-tag",

	"update-anyway",
	"no-ack",
	"no-refresh",
	"no-bye",
	"target-ignored",
	"target-early",
	NULL,
};

static const char *chosen[16];
static unsigned chosen_len;

static bool stands_in(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (!strcmp(*list, word))
			return true;
	return false;
}

/* 0, or -1: no such word, or too many. */
int words_take(const char *word)
{
	if ((!stands_in(styles, word) && !stands_in(faults, word)) || chosen_len == 15)
		return -1;
	chosen[chosen_len++] = word;
	return 0;
}

bool is(const char *word)
{
	return stands_in(chosen, word);
}

void words_print(void)
{
	for (const char *const *word = styles; *word; word++)
		printf("style %s\n", *word);
	for (const char *const *word = faults; *word; word++)
		printf("fault %s\n", *word);
}
