/* SPDX-License-Identifier: MIT
 *
 * What the reference IM Client can be made to do wrong, each fault alone. The self-proof runs every scenario against
 * each of them; `serve --role client --fault NAME` lets a core's developer meet one. Where a fault bites is one line in
 * the client. */
#ifndef HARNESS_CLIENT_FAULTS_H
#define HARNESS_CLIENT_FAULTS_H

#include "harness/manners.h"

/* X(id, "name", "requirement that it breaks", "what the client does") */
#define CLIENT_FAULTS(X)                                                                                               \
	/* 5.2.2 */                                                                                                    \
	X(REGISTER_NO_TAG, "register-no-tag", "5.2.2-1", "registers without the feature tag in Contact")               \
	X(REGISTER_TAG_IN_URI, "register-tag-in-uri", "5.2.2-1", "writes the feature tag as a parameter of the URI")   \
	X(REGISTER_URI_USER, "register-uri-user", "5.2.2-1", "registers with a user in the Request-URI")               \
	X(REGISTER_NO_MAX_FORWARDS, "register-no-max-forwards", "5.2.2-1", "registers without Max-Forwards")           \
	X(AUTH_NONE, "auth-none", "5.2.2-2", "repeats the REGISTER without credentials")                               \
	X(AUTH_SILENT, "auth-silent", "5.2.2-2", "leaves a challenge unanswered")                                      \
	X(AUTH_RESPONSE, "auth-response", "5.2.2-2", "computes a wrong response value")                                \
	X(AUTH_REALM, "auth-realm", "5.2.2-2", "answers for a realm that was not asked for")                           \
	X(AUTH_NONCE, "auth-nonce", "5.2.2-2", "keeps the old nonce when it is told that it is stale")                 \
	X(AUTH_OPAQUE, "auth-opaque", "5.2.2-2", "does not give opaque back")                                          \
	X(AUTH_CNONCE, "auth-cnonce", "5.2.2-2", "uses qop without nc and cnonce")                                     \
	X(AUTH_ALGORITHM, "auth-algorithm", "5.2.2-2", "computes MD5 whatever algorithm is asked for")                 \
	X(AUTH_AGAIN, "auth-again", "5.2.2-2", "tries credentials again that were just refused")                       \
	X(PUBLISH_NEVER, "publish-never", "5.2.2-publish", "never publishes")                                          \
	X(PUBLISH_ONCE, "publish-once", "5.2.2-publish", "publishes after its first registration only")                \
	X(PUBLISH_EARLY, "publish-early", "5.2.2-publish", "publishes without waiting for the registration")           \
	X(PUBLISH_REFUSED, "publish-refused", "5.2.2-publish", "publishes though the registration was refused")        \
	X(REFRESH_CALL_ID, "refresh-call-id", "5.2.2-refresh", "re-registers with a new Call-ID")                      \
	X(REFRESH_CSEQ, "refresh-cseq", "5.2.2-refresh", "re-registers with the CSeq before")                          \
	X(REFRESH_NEVER, "refresh-never", "5.2.2-refresh", "lets its registration expire")                             \
	/* 5.2.4 step 1 */                                                                                             \
	X(PUBLISH_NO_MAX_FORWARDS, "publish-no-max-forwards", "5.2.4-1", "publishes without Max-Forwards")             \
	X(PUBLISH_NO_FROM_TAG, "publish-no-from-tag", "5.2.4-1", "publishes without a tag in From")                    \
	X(PUBLISH_NO_BODY, "publish-no-body", "5.2.4-1", "publishes initially without a body")                         \
	X(ETAG_INVENTED, "etag-invented", "5.2.4-1", "publishes initially with an entity tag of its own making")       \
	X(ETAG_OLD, "etag-old", "5.2.4-1", "goes on with the first entity tag that it was given")                      \
	X(ETAG_412, "etag-412", "5.2.4-1", "repeats the stale entity tag after a 412")                                 \
	X(NEVER_ANEW, "never-anew", "5.2.4-1", "gives up after a 412")                                                 \
	X(MIN_EXPIRES, "min-expires", "5.2.4-1", "does not heed Min-Expires after a 423")                              \
	X(PUBLISH_CONTACT, "publish-contact", "5.2.4-1", "publishes with a Contact")                                   \
	X(PUBLISH_NOT_REFRESHED, "publish-not-refreshed", "5.2.4-1", "lets its publication expire")                    \
	/* 5.2.4 steps 2 to 7 */                                                                                       \
	X(PUBLISH_URI, "publish-uri", "5.2.4-2", "publishes to its domain")                                            \
	X(PUBLISH_URI_OTHER, "publish-uri-other", "5.2.4-2", "publishes to another user")                              \
	X(PREFERRED_OTHER, "preferred-other", "5.2.4-3", "prefers another user's identity")                            \
	X(ACCEPT_CONTACT_NONE, "accept-contact-none", "5.2.4-4", "publishes without Accept-Contact")                   \
	X(ACCEPT_CONTACT_LONGER, "accept-contact-longer", "5.2.4-4", "gives a longer tag in Accept-Contact")           \
	X(ACCEPT_CONTACT_FALSE, "accept-contact-false", "5.2.4-4", "gives the tag the value FALSE")                    \
	X(USER_AGENT_NONE, "user-agent-none", "5.2.4-5", "publishes without User-Agent")                               \
	X(USER_AGENT_POC, "user-agent-poc", "5.2.4-5", "gives the release token of the PoC enabler")                   \
	X(USER_AGENT_LATE, "user-agent-late", "5.2.4-5", "gives the release token behind another product")             \
	X(EVENT_NONE, "event-none", "5.2.4-6", "publishes without Event")                                              \
	X(EVENT_PRESENCE, "event-presence", "5.2.4-6", "publishes for the event package presence")                     \
	X(EXPIRES_NONE, "expires-none", "5.2.4-7", "publishes without Expires")                                        \
	X(EXPIRES_FAR, "expires-far", "5.2.4-7", "publishes for a time far beyond the registration's")                 \
	/* 5.2.4 step 8 */                                                                                             \
	X(BODY_BROKEN, "body-broken", "5.2.4-8", "publishes XML that is none")                                         \
	X(BODY_TYPE, "body-type", "5.2.4-8", "gives the document another type")                                        \
	X(BODY_VALUE, "body-value", "5.2.4-8", "writes \"yes\" where the document has a boolean")                      \
	X(NO_SESSION_BARRING, "no-session-barring", "5.2.4-8a", "leaves out session barring")                          \
	X(NO_PAGER_BARRING, "no-pager-barring", "5.2.4-8b", "leaves out pager-mode barring")                           \
	X(NO_INVISIBILITY, "no-invisibility", "5.2.4-8c", "leaves out invisibility")                                   \
	X(NO_OFFLINE_DELIVERY, "no-offline-delivery", "5.2.4-8d", "leaves out offline delivery")                       \
	X(NO_SESSION_STORING, "no-session-storing", "5.2.4-8e", "leaves out storing for session mode")                 \
	X(NO_PAGER_STORING, "no-pager-storing", "5.2.4-8f", "leaves out storing for pager mode")                       \
	/* 5.2.4 step 9 and what follows */                                                                            \
	X(ROUTE_NONE, "route-none", "5.2.4-9", "publishes without the Service-Route")                                  \
	X(ROUTE_FIRST, "route-first", "5.2.4-9", "takes over the first Service-Route only")                            \
	X(SUBSCRIBE_NEVER, "subscribe-never", "5.2.4-subscribe", "never subscribes")                                   \
	X(SUBSCRIBE_ALWAYS, "subscribe-always", "5.2.4-subscribe", "subscribes though offline delivery is active")     \
	X(SUBSCRIBE_ONCE, "subscribe-once", "5.2.4-subscribe", "does not subscribe when the setting is changed")       \
	X(SUBSCRIBE_PRESENCE, "subscribe-presence", "5.2.4-subscribe", "subscribes to presence instead")               \
	/* where the core is an IMS */                                                                                 \
	X(IMS_NO_PATH, "ims-no-path", "5.2.2-ims", "registers without Supported: path")                                \
	X(IMS_NO_AUTHORIZATION, "ims-no-authorization", "5.2.2-ims", "begins to register without Authorization")       \
	X(IMS_EXPIRES, "ims-expires", "5.2.2-ims", "asks for an hour")                                                 \
	X(IMS_REFRESH_LATE, "ims-refresh-late", "5.2.2-ims", "registers again when nine tenths of its time are over")  \
	X(IMS_NO_REG, "ims-no-reg", "5.2.2-ims", "does not subscribe to the state of its registration")                \
	X(AKA_RES, "aka-res", "5.2.2-ims", "answers a challenge of AKA by its password")                               \
	X(AKA_REPLAY, "aka-replay", "5.2.2-ims", "takes a sequence number that it has taken before")                   \
	X(AKA_AUTS, "aka-auts", "5.2.2-ims", "computes a wrong AUTS")                                                  \
	X(AKA_FORGED, "aka-forged", "5.2.2-ims", "answers a network whose AUTN is wrong")                              \
	X(IMS_ROUTE, "ims-route", "5.2.4-ims", "leaves the P-CSCF out of Route")                                       \
	X(IMS_NO_ACCESS, "ims-no-access", "5.2.4-ims", "does not tell its access network")                             \
	X(IMS_BARRED, "ims-barred", "5.2.4-ims", "prefers an identity that is barred")

/* clang-format off */
/* X(fault, "requirement that falls with the one that it breaks", "because …") */
#define CLIENT_FAULTS_ELSEWHERE(X)                                                                                     \
	X(AUTH_NONCE, "5.2.2-publish", "the registration is not refreshed, and what is published later comes from nobody") \
	X(PUBLISH_EARLY, "5.2.4-1", "after the registration it begins anew, as though no 423 had come")                \
	X(PUBLISH_EARLY, "5.2.4-7", "the time that the registration will be granted is not known yet")                 \
	X(PUBLISH_EARLY, "5.2.4-9", "the Service-Route is not known yet")                                              \
	X(REFRESH_NEVER, "5.2.2-publish", "what is published later comes from nobody")                                 \
	X(EXPIRES_NONE, "5.2.4-1", "without Expires it does not heed Min-Expires")                                     \
	X(NO_OFFLINE_DELIVERY, "5.2.4-subscribe", "it subscribes for a setting that it did not publish")               \
	X(AKA_RES, "5.2.2-2", "the response value is wrong")
/* clang-format on */

enum client_fault {
#define X(id, name, breaks, text) CLIENT_FAULT_##id,
	CLIENT_FAULTS(X)
#undef X
		CLIENT_FAULT_COUNT
};

extern const struct manners client_faults;

struct client_faults { /* zeroed: none */
	uint64_t set[MANNER_WORDS(CLIENT_FAULT_COUNT)];
};

static inline void client_faults_set(struct client_faults *faults, enum client_fault fault)
{
	manner_add(faults->set, fault);
}

static inline bool client_faults_has(const struct client_faults *faults, enum client_fault fault)
{
	return manner_is_in(faults->set, fault);
}

#endif
