/* SPDX-License-Identifier: MIT
 *
 * What a correct IM Client may do otherwise than the reference does: each of these is legal by RFC 3261, 3264, 3608,
 * 3903, 4028, 6665 or 7616 and by the change request, and must pass everything but what it leaves out, which then is a
 * warning or not judged at all. The self-proof runs every scenario against each; `serve` knows none of them.
 *
 *   client_variants.c       their names, and what they do at one line each of the client
 *   client_variants_text.c  what they write otherwise */
#ifndef HARNESS_CLIENT_VARIANTS_H
#define HARNESS_CLIENT_VARIANTS_H

#include "harness/manners.h"

/* X(id, "name", "requirements that it leaves out", "what the client does") */
/* clang-format off */
#define CLIENT_VARIANTS(X)                                                                                             \
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
	X(PARAMETERS, "parameters", "", "adds parameters that nobody knows")                                           \
	X(DISPLAY_NAMES, "display-names", "", "has display names in From and To, each another")                        \
	X(NO_RPORT, "no-rport", "", "does not ask for rport")                                                          \
	X(MAX_FORWARDS_LESS, "max-forwards-less", "", "begins with 10 hops")                                           \
	X(CALL_ID_HOST, "call-id-host", "", "has Call-IDs with a host")                                                \
	X(CSEQ_JUMPS, "cseq-jumps", "", "raises CSeq by 7 each time")                                                  \
	X(TCP, "tcp", "", "reaches the core by TCP")                                                                   \
	/* 5.2.2 */                                                                                                    \
	X(EXPIRES_SHORT, "expires-short", "5.2.2-ims", "asks for 10 minutes")                                                   \
	X(EXPIRES_LONG, "expires-long", "5.2.2-ims", "asks for two hours")                                                      \
	X(EXPIRES_WEEK, "expires-week", "", "asks for the 600000 s of an IMS")                                         \
	X(EXPIRES_IN_CONTACT, "expires-in-contact", "", "asks for its time in Contact, without Expires")               \
	X(CONTACT_MORE, "contact-more", "", "has further features in Contact")                                         \
	X(CONTACT_AND_OTHER, "contact-and-other", "", "registers a telephone of the user's along, behind its own Contact")      \
	X(CONTACT_BEHIND_OTHER, "contact-behind-other", "", "registers a telephone of the user's along, before its own Contact") \
	X(CONTACT_LINES, "contact-lines", "", "registers a second instance of IM along, on a line of its own")         \
	X(OUTBOUND, "outbound", "", "registers its instance and flow (RFC 5626)")                                      \
	X(CONTACT_NAME, "contact-name", "", "has a display name and a preference in Contact")                          \
	X(CONTACT_TRUE, "contact-true", "", "writes the feature tag in Contact with =\"TRUE\"")                        \
	X(REGISTER_BARE, "register-bare", "", "registers without Supported, Allow and User-Agent")                     \
	X(DEREGISTER_ALL, "deregister-all", "", "leaves with Contact: *")                                              \
	X(LEAVES_SETTINGS, "leaves-settings", "", "leaves without taking its settings back")                           \
	X(REFRESH_EARLY, "refresh-early", "", "refreshes at a third of its time")                                      \
	X(REFRESH_LATE, "refresh-late", "", "refreshes at nine tenths of its time")                                    \
	X(STAYS_AWAY, "stays-away", "", "does not come again after a 503")                                             \
	X(AUTH_EACH_TIME, "auth-each-time", "", "gives credentials only where it is asked for them")                   \
	X(AUTH_LAST, "auth-last", "", "answers the last challenge that it can")                                        \
	X(AUTH_ORDER, "auth-order", "", "writes the parameters of its credentials in another order")                   \
	X(AUTH_DENSE, "auth-dense", "", "writes no blanks between the parameters of its credentials")                  \
	X(AUTH_LATE, "auth-late", "", "takes 3.2 s to answer a challenge of its REGISTER")                             \
	/* 5.2.4 */                                                                                                    \
	X(PUBLISH_LATE, "publish-late", "", "takes 3.2 s from the registration to the PUBLISH")                        \
	X(PUBLISH_CALL_IDS, "publish-call-ids", "", "takes a new Call-ID for each PUBLISH")                            \
	X(PUBLISH_WHOLE, "publish-whole", "", "modifies its settings to what they are in place of a refresh")          \
	X(PUBLISH_HALF, "publish-half", "", "publishes for half of the registration's time")                           \
	X(PUBLISH_TWICE, "publish-twice", "", "publishes for twice the registration's time")                           \
	X(PREFERRED_NONE, "preferred-none", "", "gives no P-Preferred-Identity")                                       \
	X(PREFERRED_NAME, "preferred-name", "", "has a display name in P-Preferred-Identity")                          \
	X(TAG_TRUE, "tag-true", "", "writes the feature tag in Accept-Contact with =\"TRUE\"")                         \
	X(TAG_UPPER_CASE, "tag-upper-case", "", "writes the feature tag in upper case")                                \
	X(ACCEPT_CONTACT_EXPLICIT, "accept-contact-explicit", "", "asks with require and explicit")                    \
	X(ACCEPT_CONTACT_SECOND, "accept-contact-second", "", "has the tag in the second value of Accept-Contact")     \
	X(ACCEPT_CONTACT_LINES, "accept-contact-lines", "", "has the tag in the second Accept-Contact line")           \
	X(USER_AGENT_MORE, "user-agent-more", "", "names further products in User-Agent")                              \
	X(EVENT_PARAMETER, "event-parameter", "", "has a parameter in Event")                                          \
	X(CONTENT_PARAMETER, "content-parameter", "", "has a parameter in the document's Content-Type")                \
	X(CONTENT_MORE, "content-more", "", "says more about the document: language, disposition, MIME version")       \
	X(BODY_MULTIPART, "body-multipart", "", "wraps the document in multipart/mixed")                               \
	X(BODY_COMMENT, "body-comment", "", "has comments and an instruction in the document")                         \
	X(BODY_QUOTES, "body-quotes", "", "quotes values in the document with apostrophes")                            \
	X(BODY_DENSE, "body-dense", "", "writes the document without white space and declaration")                     \
	X(BODY_DIGITS, "body-digits", "", "writes booleans as 0 and 1")                                                \
	X(ROUTE_PROXY, "route-proxy", "", "puts the outbound proxy before the Service-Route")                          \
	X(ROUTE_JOINED, "route-joined", "", "writes the Service-Route on one line")                                    \
	/* what follows */                                                                                             \
	X(SUBSCRIBE_LATE, "subscribe-late", "", "takes 3.2 s from the PUBLISH to the SUBSCRIBE")                       \
	X(SUBSCRIBE_OTHER, "subscribe-other", "", "subscribes by the second event package of the profile")             \
	X(SUBSCRIBE_BRIEF, "subscribe-brief", "", "subscribes for 5 minutes at a time")                                \
	X(RINGS_NOT, "rings-not", "", "takes pushes without a provisional answer")                                     \
	X(PROGRESS, "progress", "", "answers pushes 183 first")                                                        \
	X(NO_SESSION_TIMER, "no-session-timer", "", "knows no session timer")                                          \
	X(PUSH_REFUSED, "push-refused", "", "is busy when a push comes")                                               \
	X(OPTIONS_REFUSED, "options-refused", "", "does not know OPTIONS")                                             \
	X(SDP_SESSION, "sdp-session", "", "says recvonly at session level")                                            \
	X(SDP_MORE, "sdp-more", "", "has further lines and attributes in the SDP answer")
/* clang-format on */

enum client_variant {
#define X(id, name, leaves_out, text) CLIENT_VARIANT_##id,
	CLIENT_VARIANTS(X)
#undef X
		CLIENT_VARIANT_COUNT
};

extern const struct manners client_variants;

struct client_variants { /* zeroed: none */
	uint64_t set[MANNER_WORDS(CLIENT_VARIANT_COUNT)];
};

static inline void client_variants_set(struct client_variants *variants, enum client_variant variant)
{
	manner_add(variants->set, variant);
}

static inline bool client_variants_has(const struct client_variants *variants, enum client_variant variant)
{
	return manner_is_in(variants->set, variant);
}

#endif
