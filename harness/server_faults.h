/* SPDX-License-Identifier: MIT
 *
 * What the reference IM Server can be made to do wrong, each fault alone. The self-proof runs every scenario against
 * each of them; `serve --fault NAME` lets a client's developer meet one. The places where they bite are one line each
 * in the server, or gathered in server_faults*.c where they only change what is written. */
#ifndef HARNESS_SERVER_FAULTS_H
#define HARNESS_SERVER_FAULTS_H

#include "harness/manners.h"

/* X(id, "name", "requirement that it breaks", "what the server does") */
/* clang-format off */
#define SERVER_FAULTS(X)                                                                                               \
	/* 5.3 */                                                                                                      \
	X(REGISTER_EXPIRES_UNEQUAL, "register-expires-unequal", "5.3-expires",                                         \
	  "answers REGISTER with half the Expires it received")                                                        \
	X(REGISTER_EXPIRES_MISSING, "register-expires-missing", "5.3-expires", "answers REGISTER without Expires")     \
	X(REGISTER_EXPIRES_CAPPED, "register-expires-capped", "5.3-expires",                                           \
	  "answers REGISTER with at most an hour")                                                                     \
	X(REGISTER_UNSUPPORTED, "register-unsupported", "5.3-support", "answers REGISTER with 405")                    \
	X(REGISTER_302, "register-302", "5.3-response", "answers REGISTER with 302")                                   \
	X(REGISTER_SILENT, "register-silent", "5.3-response", "does not answer REGISTER")                              \
	/* 6.1.1.5 steps 1 to 3 */                                                                                     \
	X(TAG_IGNORED, "tag-ignored", "6.1.1.5-1", "does not look for the feature tag")                                \
	X(TAG_SUBSTRING, "tag-substring", "6.1.1.5-1",                                                                 \
	  "takes the feature tag wherever its letters stand, in a longer tag too")                                     \
	X(TAG_FIRST_LINE, "tag-first-line", "6.1.1.5-1",                                                               \
	  "looks for the feature tag on the first Accept-Contact line only")                                           \
	X(TAG_CASE, "tag-case", "6.1.1.5-1", "compares the feature tag with letter case")                              \
	X(TAG_CONTACT, "tag-contact", "6.1.1.5-1", "is content with the feature tag in Contact")                       \
	X(TAG_COMPACT, "tag-compact", "6.1.1.5-1", "does not know the compact form of Accept-Contact")                 \
	X(TAG_400, "tag-400", "6.1.1.5-1", "answers 400 where the feature tag is missing")                             \
	X(TAG_401, "tag-401", "6.1.1.5-1", "answers 401 where the feature tag is missing")                             \
	X(TAG_404, "tag-404", "6.1.1.5-1", "answers 404 where the feature tag is missing")                             \
	X(TAG_406, "tag-406", "6.1.1.5-1", "answers 406 where the feature tag is missing")                             \
	X(EVENT_IGNORED, "event-ignored", "6.1.1.5-2", "does not look at Event")                                       \
	X(EVENT_PREFIX, "event-prefix", "6.1.1.5-2", "takes every Event that begins with poc-settings")                \
	X(EVENT_CASE, "event-case", "6.1.1.5-2", "compares Event without letter case")                                 \
	X(EVENT_400, "event-400", "6.1.1.5-2", "answers 400 to a wrong Event")                                         \
	X(EVENT_401, "event-401", "6.1.1.5-2", "answers 401 to a wrong Event")                                         \
	X(EVENT_404, "event-404", "6.1.1.5-2", "answers 404 to a wrong Event")                                         \
	X(EVENT_406, "event-406", "6.1.1.5-2", "answers 406 to a wrong Event")                                         \
	X(EVENT_NO_ALLOW_EVENTS, "event-no-allow-events", "6.1.1.5-2", "answers 489 without Allow-Events")             \
	X(ORIGINATOR_IGNORED, "originator-ignored", "6.1.1.5-3", "lets everybody publish for everybody")               \
	X(ORIGINATOR_400, "originator-400", "6.1.1.5-3", "answers 400 to an originator who is not authorised")         \
	X(ORIGINATOR_401, "originator-401", "6.1.1.5-3", "answers 401 to an originator who is not authorised")         \
	X(ORIGINATOR_404, "originator-404", "6.1.1.5-3", "answers 404 to an originator who is not authorised")         \
	X(ORIGINATOR_406, "originator-406", "6.1.1.5-3", "answers 406 to an originator who is not authorised")         \
	X(ORDER_TAG_EVENT, "order-tag-event", "6.1.1.5-order", "checks Event before the feature tag")                  \
	X(ORDER_TAG_ORIGINATOR, "order-tag-originator", "6.1.1.5-order",                                               \
	  "exchanges the checks of feature tag and originator")                                                        \
	X(ORDER_EVENT_ORIGINATOR, "order-event-originator", "6.1.1.5-order", "checks the originator before Event")     \
	X(ORDER_TAG_PROCESS, "order-tag-process", "6.1.1.5-order",                                                     \
	  "exchanges the check of the feature tag and RFC 3903's processing")                                          \
	X(ORDER_EVENT_PROCESS, "order-event-process", "6.1.1.5-order",                                                 \
	  "exchanges the check of Event and RFC 3903's processing")                                                    \
	X(ORDER_ORIGINATOR_PROCESS, "order-originator-process", "6.1.1.5-3",                                           \
	  "processes by RFC 3903 before checking the originator")                                                      \
	/* 6.1.1.5 step 4 */                                                                                           \
	X(REQUIRE_IGNORED, "require-ignored", "6.1.1.5-4", "does not look at Require")                                 \
	X(UNSUPPORTED_MISSING, "unsupported-missing", "6.1.1.5-4", "answers 420 without Unsupported")                  \
	X(IF_MATCH_SEVERAL, "if-match-several", "6.1.1.5-4", "takes the first of several entity tags")                 \
	X(IF_MATCH_UNKNOWN, "if-match-unknown", "6.1.1.5-4", "takes an entity tag that it never gave")                 \
	X(ETAG_OLD_VALID, "etag-old-valid", "6.1.1.5-4", "takes an entity tag that was superseded")                    \
	X(ETAG_REFUSED, "etag-refused", "6.1.1.5-4", "answers 412 to the entity tag in force")                         \
	X(MIN_EXPIRES_MISSING, "min-expires-missing", "6.1.1.5-4", "answers 423 without Min-Expires")                  \
	X(MIN_EXPIRES_LOW, "min-expires-low", "6.1.1.5-4", "answers 423 with the Min-Expires that it refuses")         \
	X(BODY_MISSING, "body-missing", "6.1.1.5-4", "takes an initial publication without a body")                    \
	X(BODY_TYPE, "body-type", "6.1.1.5-4", "takes a body of any type")                                             \
	X(BODY_BROKEN, "body-broken", "6.1.1.5-4", "takes a body that is no valid settings document")                  \
	X(ACCEPT_MISSING, "accept-missing", "6.1.1.5-4", "answers 415 without Accept")                                 \
	X(REFRESH_NEEDS_BODY, "refresh-needs-body", "6.1.1.5-4", "answers 400 to a refresh without a body")            \
	X(PUSH_REFUSED, "push-refused", "6.1.1.5-4", "pushes at a PUBLISH that it refuses")                            \
	/* 6.1.1.5 steps 5 and 6 */                                                                                    \
	X(STORE_NOTHING, "store-nothing", "6.1.1.5-5", "answers 200 and stores no settings")                           \
	X(STORE_REFUSED, "store-refused", "6.1.1.5-1", "stores settings that it refuses for want of the feature tag")  \
	X(STORE_FIRST_WINS, "store-first-wins", "6.1.1.5-5", "keeps the first settings when they are modified")        \
	X(STORE_REFRESH_LOSES, "store-refresh-loses", "6.1.1.5-5", "forgets the settings at a refresh")                \
	X(STORE_NEVER_EXPIRES, "store-never-expires", "6.1.1.5-5", "keeps settings beyond their expiry")               \
	X(STORE_NEVER_REMOVES, "store-never-removes", "6.1.1.5-5", "keeps settings at a removal")                      \
	X(PUBLISH_202, "publish-202", "6.1.1.5-6", "answers 202 to a good PUBLISH")                                    \
	X(PUBLISH_204, "publish-204", "6.1.1.5-6", "answers 204 to a good PUBLISH")                                    \
	X(ETAG_MISSING, "etag-missing", "6.1.1.5-6", "answers PUBLISH without SIP-ETag")                               \
	X(ETAG_SAME, "etag-same", "6.1.1.5-4", "gives the same entity tag again")                                      \
	X(EXPIRES_RAISED, "expires-raised", "6.1.1.5-6", "grants a longer Expires than was asked")                     \
	X(EXPIRES_MISSING, "expires-missing", "6.1.1.5-6", "answers PUBLISH without Expires")                          \
	/* 12.2.2.2, when */                                                                                           \
	X(PUSH_ON_REGISTER, "push-on-register", "5.3-no-push", "pushes at the REGISTER")                               \
	X(PUSH_ON_REGISTER_SETTINGS, "push-on-register-settings", "5.3-no-push",                                       \
	  "pushes at the REGISTER of a user whose stored settings are on")                                             \
	X(MESSAGE_ON_REGISTER, "message-on-register", "5.3-no-push",                                                   \
	  "hands out by MESSAGE at the REGISTER what is stored")                                                       \
	X(MESSAGE_ON_REGISTER_REMARK, "message-on-register-remark", "5.3-no-push",                                     \
	  "hands out by MESSAGE at the REGISTER what is stored, with a remark in front")                               \
	X(PUSH_BEFORE_200, "push-before-200", "6.1.1.5-7", "pushes before it answers the PUBLISH")                     \
	X(PUSH_UNREGISTERED, "push-unregistered", "12.2.2.2-trigger", "pushes at a PUBLISH without a registration")    \
	X(PUSH_INACTIVE, "push-inactive", "12.2.2.2-1", "pushes though offline delivery is not active")                \
	X(PUSH_ABSENT, "push-absent", "12.2.2.2-1", "pushes though the settings do not hold offline delivery")         \
	X(PUSH_EMPTY, "push-empty", "12.2.2.2-1", "pushes without deferred messages")                                  \
	X(PUSH_REFRESH_EMPTY, "push-refresh-empty", "12.2.2.2-1",                                                      \
	  "pushes at each refresh, without deferred messages too")                                                     \
	X(PUSH_OTHER_USER, "push-other-user", "12.2.2.2-2i", "pushes to another user")                                 \
	X(PUSH_TWICE, "push-twice", "12.2.2.2-2i", "pushes twice")                                                     \
	X(PUSH_NEVER, "push-never", "12.2.2.2-trigger", "never pushes")                                                \
	X(PUSH_ONCE, "push-once", "12.2.2.2-trigger", "pushes after the first registration of a user only")            \
	/* 12.2.2.2, steps 2a to 2i */                                                                                 \
	X(INVITE_NO_MAX_FORWARDS, "invite-no-max-forwards", "12.2.2.2-2", "pushes without Max-Forwards")               \
	X(INVITE_TO_TAG, "invite-to-tag", "12.2.2.2-2", "pushes with a tag in To, in no dialog")                       \
	X(INVITE_BRANCH, "invite-branch", "12.2.2.2-2", "pushes with a branch of RFC 2543")                            \
	X(INVITE_NO_CONTACT, "invite-no-contact", "12.2.2.2-2", "pushes without Contact")                              \
	X(INVITE_URI, "invite-uri", "12.2.2.2-2a", "pushes to a Request-URI that is its own")                          \
	X(INVITE_URI_HOST, "invite-uri-host", "12.2.2.2-2a", "pushes to the user at the address of the core")          \
	X(INVITE_NO_ACCEPT_CONTACT, "invite-no-accept-contact", "12.2.2.2-2b", "pushes without Accept-Contact")        \
	X(INVITE_ACCEPT_CONTACT_LONGER, "invite-accept-contact-longer", "12.2.2.2-2b",                                 \
	  "pushes with a longer tag in Accept-Contact")                                                                \
	X(INVITE_NO_USER_AGENT, "invite-no-user-agent", "12.2.2.2-2c", "pushes with Server in place of User-Agent")    \
	X(INVITE_RELEASE, "invite-release", "12.2.2.2-2c", "pushes with the release token of the PoC enabler")         \
	X(INVITE_NO_ALLOW, "invite-no-allow", "12.2.2.2-2d", "pushes without Allow")                                   \
	X(INVITE_ALLOW_SHORT, "invite-allow-short", "12.2.2.2-2d", "pushes with INVITE alone in Allow")                \
	X(INVITE_CONTACT_NO_TAG, "invite-contact-no-tag", "12.2.2.2-2e", "pushes without the feature tag in Contact")  \
	X(INVITE_CONTACT_TAG_IN_URI, "invite-contact-tag-in-uri", "12.2.2.2-2e",                                       \
	  "writes the feature tag as a parameter of the URI")                                                          \
	X(INVITE_NO_AUTOMATA, "invite-no-automata", "12.2.2.2-2f", "pushes without automata in Contact")               \
	X(INVITE_AUTOMATA_FALSE, "invite-automata-false", "12.2.2.2-2f", "says that it is no automaton")               \
	X(INVITE_NO_SESSION_EXPIRES, "invite-no-session-expires", "12.2.2.2-2g", "pushes without Session-Expires")     \
	X(INVITE_REFRESHER_UAS, "invite-refresher-uas", "12.2.2.2-2g", "pushes with refresher=uas")                    \
	X(INVITE_NO_SDP, "invite-no-sdp", "12.2.2.2-2h", "pushes without an offer")                                    \
	X(INVITE_RECVONLY, "invite-recvonly", "12.2.2.2-2h", "offers recvonly")                                        \
	X(INVITE_SENDRECV, "invite-sendrecv", "12.2.2.2-2h", "offers sendrecv")                                        \
	X(INVITE_NO_DIRECTION, "invite-no-direction", "12.2.2.2-2h", "offers without a direction")                     \
	X(INVITE_OTHER_MEDIA, "invite-other-media", "12.2.2.2-2h", "offers sendonly for another media than message")   \
	X(INVITE_DIRECTION_UNDONE, "invite-direction-undone", "12.2.2.2-2h",                                           \
	  "offers sendonly, undone by the media's sendrecv")                                                           \
	/* 12.2.2.2, on receipt of answers */                                                                          \
	X(ACK_NEVER, "ack-never", "12.2.2.2-ok-3", "does not acknowledge the 200")                                     \
	X(ACK_AOR, "ack-aor", "12.2.2.2-ok-3", "sends the ACK to the address of record")                               \
	X(ACK_CSEQ, "ack-cseq", "12.2.2.2-ok-3", "sends the ACK with a CSeq of its own")                               \
	X(ACK_TO_TAG, "ack-to-tag", "12.2.2.2-ok-3", "sends the ACK with another tag in To")                           \
	X(ACK_BRANCH, "ack-branch", "12.2.2.2-ok-3", "sends the ACK to a 200 with the branch of the INVITE")           \
	X(BYE_AOR, "bye-aor", "12.2.2.2-any-2", "sends the BYE to the address of record")                              \
	X(BYE_CALL_ID, "bye-call-id", "12.2.2.2-ok-3", "sends the BYE with another Call-ID")                           \
	X(BYE_FROM_TAG, "bye-from-tag", "12.2.2.2-ok-3", "sends the BYE with another tag in From")                     \
	X(BYE_TO_TAG, "bye-to-tag", "12.2.2.2-ok-3", "sends the BYE with another tag in To")                           \
	X(BYE_NO_TO_TAG, "bye-no-to-tag", "12.2.2.2-ok-3", "sends the BYE without a tag in To")                        \
	X(CSEQ_SAME, "cseq-same", "12.2.2.2-ok-3", "sends all of a dialog with the CSeq of its INVITE")                \
	X(ROUTE_IGNORED, "route-ignored", "12.2.2.2-ok-3", "does not follow Record-Route")                             \
	X(CONTACT_FIRST, "contact-first", "12.2.2.2-any-2", "keeps the Contact of the first answer for good")          \
	X(ALLOW_EARLY_IGNORED, "allow-early-ignored", "12.2.2.2-any-1", "does not look at Allow in provisional answers")\
	X(ALLOW_FIRST, "allow-first", "12.2.2.2-ok-2", "keeps the Allow of the first answer for good")                 \
	X(UPDATE_FORBIDDEN, "update-forbidden", "12.2.2.2-ok-2", "refreshes by UPDATE where Allow does not list it")   \
	X(REFRESH_NEVER, "refresh-never", "12.2.2.2-ok-1", "does not refresh the session")                             \
	X(REFRESHER_WRONG, "refresher-wrong", "12.2.2.2-ok-1",                                                         \
	  "takes the client's part in refreshing, and leaves it its own")                                              \
	X(EXPIRY_IGNORED, "expiry-ignored", "12.2.2.2-ok-1", "sends no BYE when the refresh of the client fails to come")\
	/* where the core is an IMS */                                                                                 \
	X(IMS_CHARGED_NONE, "ims-charged-none", "6.1.1.5-ims", "answers REGISTER without P-Charging-Vector")           \
	X(IMS_CHARGED_OTHER, "ims-charged-other", "6.1.1.5-ims", "gives another orig-ioi back")                        \
	X(IMS_BODY, "ims-body", "6.1.1.5-ims", "refuses a REGISTER with a body")                                       \
	X(IMS_SERVED_USER, "ims-served-user", "6.1.1.5-ims", "does not look at P-Served-User")                         \
	X(IMS_ICID_NONE, "ims-icid-none", "12.2.2.2-ims", "pushes without P-Charging-Vector")                          \
	X(IMS_ICID_SAME, "ims-icid-same", "12.2.2.2-ims", "has one icid-value for all its pushes")                     \
	X(IMS_ASSERTED_NONE, "ims-asserted-none", "12.2.2.2-ims", "pushes without P-Asserted-Identity")                \
	X(IMS_ROUTE, "ims-route", "12.2.2.2-ims", "does not follow Record-Route")

/* X(fault, "requirement that falls with the one that it breaks", "because …") */
#define SERVER_FAULTS_ELSEWHERE(X)                                                                                     \
	X(REGISTER_UNSUPPORTED, "6.1.1.5-5", "who refuses the registration knows of none to push to")                  \
	X(REGISTER_UNSUPPORTED, "12.2.2.2-trigger", "who refuses the registration knows of none to push to")           \
	X(TAG_IGNORED, "6.1.1.5-order", "of several faults the first is the one that is not looked for")               \
	X(TAG_FIRST_LINE, "6.1.1.5-6", "a good PUBLISH is refused")                                                    \
	X(TAG_CASE, "6.1.1.5-6", "a good PUBLISH is refused")                                                          \
	X(TAG_COMPACT, "6.1.1.5-6", "a good PUBLISH is refused")                                                       \
	X(TAG_400, "6.1.1.5-order", "the answer is wrong where other faults come along, too")                          \
	X(TAG_401, "6.1.1.5-order", "the answer is wrong where other faults come along, too")                          \
	X(TAG_404, "6.1.1.5-order", "the answer is wrong where other faults come along, too")                          \
	X(TAG_406, "6.1.1.5-order", "the answer is wrong where other faults come along, too")                          \
	X(EVENT_IGNORED, "6.1.1.5-order", "of two faults the first is the one that is not looked for")                 \
	X(EVENT_400, "6.1.1.5-order", "the answer is wrong where another fault comes along, too")                      \
	X(EVENT_401, "6.1.1.5-order", "the answer is wrong where another fault comes along, too")                      \
	X(EVENT_404, "6.1.1.5-order", "the answer is wrong where another fault comes along, too")                      \
	X(EVENT_406, "6.1.1.5-order", "the answer is wrong where another fault comes along, too")                      \
	X(ORDER_TAG_PROCESS, "6.1.1.5-1", "what has no right body either is refused for its body")                     \
	X(ORDER_TAG_PROCESS, "6.1.1.5-2", "what has no right body either is refused for its body")                     \
	X(ORDER_TAG_PROCESS, "6.1.1.5-3", "what has no right body either is refused for its body")                     \
	X(ORDER_EVENT_PROCESS, "6.1.1.5-2", "what has no right body either is refused for its body")                   \
	X(ORDER_EVENT_PROCESS, "6.1.1.5-3", "what has no right body either is refused for its body")                   \
	X(IF_MATCH_UNKNOWN, "6.1.1.5-5", "tags of settings that are gone are unknown, too")                            \
	X(ETAG_REFUSED, "6.1.1.5-5", "the settings of the tag seem to be gone")                                        \
	X(ETAG_REFUSED, "6.1.1.5-6", "a good PUBLISH is refused")                                                      \
	X(REFRESH_NEEDS_BODY, "6.1.1.5-6", "a good PUBLISH is refused")                                                \
	X(STORE_NOTHING, "6.1.1.5-4", "the entity tag that was given names nothing")                                   \
	X(STORE_NOTHING, "6.1.1.5-6", "a good PUBLISH with that tag is refused")                                       \
	X(STORE_NOTHING, "12.2.2.2-trigger", "without settings nothing is pushed")                                     \
	X(STORE_REFUSED, "6.1.1.5-5", "settings that were refused are in force")                                       \
	X(STORE_REFUSED, "12.2.2.2-1", "settings that were refused let it push")                                       \
	X(STORE_FIRST_WINS, "12.2.2.2-1", "settings of before let it push")                                            \
	X(STORE_NEVER_REMOVES, "12.2.2.2-1", "settings that were removed let it push")                                 \
	X(PUSH_REFUSED, "6.1.1.5-1", "each refusal asks that no more be done")                                         \
	X(PUSH_REFUSED, "6.1.1.5-2", "each refusal asks that no more be done")                                         \
	X(PUSH_REFUSED, "6.1.1.5-3", "each refusal asks that no more be done")                                         \
	X(PUSH_REFUSED, "12.2.2.2-1", "no settings are in force that could ask for it")                                \
	X(INVITE_NO_CONTACT, "12.2.2.2-2e", "there is no Contact to carry the tag")                                    \
	X(INVITE_NO_CONTACT, "12.2.2.2-2f", "there is no Contact to carry the tag")                                    \
	X(PUSH_BEFORE_200, "12.2.2.2-1", "the settings are not in force before they are answered")                     \
	X(PUSH_INACTIVE, "6.1.1.5-5", "stored settings that are off hold nothing back")                                \
	X(PUSH_ABSENT, "6.1.1.5-5", "stored settings without the element hold nothing back")                           \
	X(PUSH_OTHER_USER, "5.3-no-push", "the other user has only registered")                                        \
	X(PUSH_OTHER_USER, "6.1.1.5-5", "the user himself gets no push")                                               \
	X(PUSH_OTHER_USER, "12.2.2.2-trigger", "the user himself gets no push")                                        \
	X(PUSH_NEVER, "6.1.1.5-5", "stored settings do not lead to a push, either")                                    \
	X(PUSH_ONCE, "6.1.1.5-5", "stored settings do not lead to a push, either")                                     \
	X(ACK_AOR, "12.2.2.2-any-2", "the ACK ignores the Contact that had to be kept")                                \
	X(BYE_AOR, "12.2.2.2-ok-3", "the session identity of the 200 is not used, either")                             \
	X(CONTACT_FIRST, "12.2.2.2-ok-3", "the session identity of the 200 is not used, either")                       \
	X(ALLOW_FIRST, "12.2.2.2-any-1", "the Allow of an earlier answer stands in the way of a later one")            \
	X(UPDATE_FORBIDDEN, "12.2.2.2-any-1", "the Allow of earlier answers is not heeded, either")                     \
	X(CSEQ_SAME, "12.2.2.2-any-2", "a PRACK is of the early dialog")                                               \
	X(IMS_ROUTE, "12.2.2.2-ok-3", "behind the 200 it is the way of the Contact that was kept")
/* clang-format on */

enum server_fault {
#define X(id, name, breaks, text) FAULT_##id,
	SERVER_FAULTS(X)
#undef X
		SERVER_FAULT_COUNT
};

extern const struct manners server_faults;

struct server_faults { /* zeroed: none */
	uint64_t set[MANNER_WORDS(SERVER_FAULT_COUNT)];
};

static inline void server_faults_set(struct server_faults *faults, enum server_fault fault)
{
	manner_add(faults->set, fault);
}

static inline bool server_faults_has(const struct server_faults *faults, enum server_fault fault)
{
	return manner_is_in(faults->set, fault);
}

#endif
