/* SPDX-License-Identifier: MIT
 *
 * What a correct IM Server may do otherwise than the reference does: each of these is legal by RFC 3261, 3264, 3903,
 * 4028 or 4566, and must pass everything but what it leaves out, which then is a warning or not judged at all. The
 * self-proof runs every scenario against each; `serve` knows none of them.
 *
 *   server_variants.c       their names, and what they do at one line each of the server
 *   server_variants_text.c  what they write otherwise */
#ifndef HARNESS_SERVER_VARIANTS_H
#define HARNESS_SERVER_VARIANTS_H

#include "harness/manners.h"

/* X(id, "name", "requirements that it leaves out", "what the server does") */
/* clang-format off */
#define SERVER_VARIANTS(X)                                                                                             \
	/* form: RFC 3261 7.3 and 25 */                                                                                \
	X(COMPACT, "compact", "", "writes compact names of headers")                                                   \
	X(LOWER_CASE, "lower-case", "", "writes names of headers in lower case")                                       \
	X(UPPER_CASE, "upper-case", "", "writes names of headers in upper case")                                       \
	X(FOLDED, "folded", "", "folds its header lines")                                                              \
	X(SPACED, "spaced", "", "writes blanks before the colon and behind the value")                                 \
	X(DENSE, "dense", "", "writes no blank behind the colon")                                                      \
	X(REVERSED, "reversed", "", "writes its headers in the reverse order")                                         \
	X(LENGTH_ZEROS, "length-zeros", "", "writes Content-Length with leading zeros")                                \
	X(REASON_OTHER, "reason-other", "", "has reason phrases of its own")                                           \
	X(REASON_EMPTY, "reason-empty", "", "leaves the reason phrase empty")                                          \
	X(REASON_UTF8, "reason-utf8", "", "has a reason phrase beyond ASCII")                                          \
	X(HEADERS_UNKNOWN, "headers-unknown", "", "adds headers that nobody knows")                                    \
	X(HEADERS_INFORMATIVE, "headers-informative", "", "adds Date, Organization and Timestamp")                     \
	X(ANSWERS_TALKATIVE, "answers-talkative", "", "adds Allow, Supported and Warning to its answers")              \
	X(ANSWERS_TERSE, "answers-terse", "", "names no product in its answers")                                       \
	X(PARAMETERS, "parameters", "", "adds parameters that nobody knows")                                           \
	/* what it asks and grants */                                                                                  \
	X(TCP, "tcp", "", "reaches the core by TCP")                                                                   \
	X(EXPIRES_AT_MOST, "expires-at-most", "", "grants publications of at most 10 minutes")                         \
	X(EXPIRES_HALF, "expires-half", "", "grants half of the time that is asked for")                               \
	X(EXPIRES_PARAM, "expires-param", "", "answers REGISTER with a Contact that has the time, too")                \
	X(MIN_EXPIRES_MORE, "min-expires-more", "", "takes no publication of less than 3 s")                           \
	X(MIN_EXPIRES_HOURS, "min-expires-hours", "", "takes no publication of less than two hours")                   \
	X(REGISTER_BRIEF, "register-brief", "", "takes no registration of less than half an hour (RFC 3261 10.3)")     \
	X(SESSION_SHORT, "session-short", "", "asks for a session of 90 s, with Min-SE")                               \
	X(SESSION_LONG, "session-long", "", "asks for a session of a day")                                             \
	X(ETAG_ODD, "etag-odd", "", "gives entity tags of all characters that a token may have")                       \
	X(ALLOW_EVENTS_MORE, "allow-events-more", "", "knows other event packages, too")                               \
	X(ACCEPT_MORE, "accept-more", "", "names further types in Accept")                                             \
	/* what RFC 3261, 3903 and the text leave open */                                                            \
	X(REGISTER_LENIENT, "register-lenient", "", "takes an Expires that it can't read for its default")             \
	X(REGISTER_UNSUPPORTED, "register-unsupported", "5.3-support 5.3-expires 5.3-no-push",                         \
	  "knows no third-party REGISTER: 405")                                                                        \
	X(WELCOME, "welcome", "", "greets by MESSAGE who registers")                                                   \
	X(SLOW, "slow", "", "takes 1.2 s for everything")                                                              \
	X(SLOW_PUSH, "slow-push", "", "takes 1.5 s from the 200 to the push")                                          \
	X(PUSH_FIRST_ONLY, "push-first-only", "6.1.1.5-5", "pushes for the first PUBLISH of a registration only")      \
	/* the INVITE */                                                                                               \
	X(NO_ALLOW, "no-allow", "12.2.2.2-2d", "pushes without Allow")                                                 \
	X(NO_SESSION_TIMER, "no-session-timer", "12.2.2.2-2g", "pushes without Session-Expires")                       \
	X(NO_SHOULD, "no-should", "12.2.2.2-2d 12.2.2.2-2g", "leaves out Allow and Session-Expires")                   \
	X(NO_ROUTE, "no-route", "", "sends the INVITE to the core without a Route")                                    \
	X(NO_ASSERTED, "no-asserted", "12.2.2.2-ims", "asserts no identity of its own")                                            \
	X(DISPLAY_NAMES, "display-names", "", "has display names in From and To")                                      \
	X(TAG_TRUE, "tag-true", "", "writes feature tags with =\"TRUE\"")                                              \
	X(TAG_UPPER_CASE, "tag-upper-case", "", "writes feature tags in upper case")                                   \
	X(ACCEPT_CONTACT_EXPLICIT, "accept-contact-explicit", "", "asks with require and explicit")                    \
	X(ACCEPT_CONTACT_SECOND, "accept-contact-second", "", "has the tag in the second value of Accept-Contact")     \
	X(ACCEPT_CONTACT_LINES, "accept-contact-lines", "", "has the tag in the second Accept-Contact line")           \
	X(CONTACT_MORE, "contact-more", "", "has further features in Contact")                                         \
	X(USER_AGENT_MORE, "user-agent-more", "", "names further products in User-Agent")                              \
	X(ALLOW_LINES, "allow-lines", "", "writes Allow on several lines")                                             \
	X(ALLOW_LEAST, "allow-least", "", "allows what a dialog needs and no more")                                    \
	/* the offer: RFC 3264, 4566 */                                                                                \
	X(SDP_SESSION, "sdp-session", "", "says sendonly at session level")                                            \
	X(SDP_BOTH, "sdp-both", "", "says sendonly at both levels")                                                    \
	X(SDP_OVERRIDDEN, "sdp-overridden", "", "says sendrecv at session level, sendonly at the media's")             \
	X(SDP_MORE, "sdp-more", "", "has further lines and attributes in the offer")                                   \
	X(SDP_UNUSED, "sdp-unused", "", "offers an audio stream that is not used, too")                                \
	X(SDP_TYPE_PARAMETER, "sdp-type-parameter", "", "has a parameter in the Content-Type of the offer")            \
	/* the session: RFC 4028, RFC 3261 8.1.3.4 */                                                                  \
	X(REFRESH_INVITE, "refresh-invite", "", "refreshes by INVITE where UPDATE is allowed, too")                    \
	X(REFRESH_EARLY, "refresh-early", "", "refreshes at a third of the interval")                                  \
	X(REDIRECT_IGNORED, "redirect-ignored", "", "does not follow a 302")                                           \
	X(SESSION_KEPT, "session-kept", "", "leaves it to the user to end a session, and pushes in no other meanwhile")   \
	X(BYE_REASON, "bye-reason", "", "gives a Reason with its requests")
/* clang-format on */

enum server_variant {
#define X(id, name, leaves_out, text) VARIANT_##id,
	SERVER_VARIANTS(X)
#undef X
		SERVER_VARIANT_COUNT
};

extern const struct manners server_variants;

struct server_variants { /* zeroed: none */
	uint64_t set[MANNER_WORDS(SERVER_VARIANT_COUNT)];
};

static inline bool server_variants_has(const struct server_variants *variants, enum server_variant variant)
{
	return manner_is_in(variants->set, variant);
}

struct server_config;
/* Makes the server that will be started by this configuration such a one. */
void server_variants_set(struct server_config *config, enum server_variant variant);

#endif
