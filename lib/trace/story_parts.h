/* SPDX-License-Identifier: MIT
 *
 * What the files of the story share with each other and with nobody else. */
#ifndef TRACE_STORY_PARTS_H
#define TRACE_STORY_PARTS_H

#include "sip/uri.h"
#include "sip/value.h"
#include "trace/story.h"

/* story_txn.c: messages to transactions and dialogs */
void story_grow_txns(struct story *story);
/* Same call, and sent by the same side of it: both requests, or a request and an answer to such a request. */
bool story_same_call(const struct event *a, const struct event *b);

/* story_hop.c: the same request, nearer to its origin or farther from it */
bool story_seen_nearer(const struct story *story, const struct txn *txn);
bool story_seen_farther(const struct story *story, const struct txn *txn);
/* Was it sent on to the next hop before it was answered? */
bool story_handed_on(const struct story *story, const struct txn *txn);
/* Where the first copy of a request was not seen at one hop, it was at another: later copies of it come after its
 * effect. Itself where there is none. */
const struct txn *story_first_seen(const struct story *story, const struct txn *txn);
/* Was it answered before it came here? The observers at the two hops have clocks that differ then. */
bool story_came_answered(const struct story *story, const struct txn *txn);
/* A REGISTER that a core has made, in whosever name. */
bool story_is_cores_register(const struct story *story, const struct txn *txn);
/* An INVITE as a proxy or B2BUA sends it on. */
bool story_is_far_invite(const struct story *story, const struct txn *txn);

/* story_in_dialog.c: what is meant for the dialog of a push */
bool story_has_to_tag(const struct event *event);
/* Is it of a dialog that has nothing to do with a push, and whose beginning was seen: a call, a subscription? */
bool story_dialog_began(const struct story *story, const struct event *event);
/* The push in whose call it is, NULL if in none. */
const struct txn *story_dialog_of(const struct story *story, const struct event *event);
void story_name_in_dialog(struct story *story, struct txn *txn);

/* story_device.c: is a REGISTER of a device that is no IM Client? */
bool story_is_foreign(const struct story *story, const struct txn *txn);

/* story_kind.c: which transaction is which occasion, who the server is */
void story_name_occasions(struct story *story);
bool story_is_server_host(const struct story *story, const struct net_addr *addr); /* on whatever port */

/* story_handout.c: what is stored, and what the server sends */
/* The server took that MESSAGE for the user. */
void story_store(struct story *story, struct state *state, const struct txn *deposit);
bool story_from_server(const struct story *story, const struct event_path *path);
/* May nothing be stored any more after that MESSAGE? */
bool story_takes_away(const struct story *story, const struct txn *message);

/* story_state.c: what is known of the user, moment by moment */
void story_follow_state(struct story *story);

/* story_news.c: the core's news of registrations, where they cross a PUBLISH */
/* May the server not have heard of the registration that the PUBLISH belongs to? */
bool story_news_comes_late(const struct story *story, const struct txn *publish);
/* Was it published for this registration, though before the server heard of it? */
bool story_is_late_news(const struct story *story, const struct txn *txn);
/* At the PUBLISH's final answer: what was known of the user before it, where it was not known then. */
void story_settle_order(const struct story *story, const struct state *state, struct txn *publish);

/* story_register.c: what REGISTERs tell */
enum tri story_is_initial(const struct story *story, const struct txn *txn, const struct state *state);
/* After its final answer, or at the request where none was seen. */
void story_after_register(struct story *story, struct state *state, const struct txn *txn);

/* story_push.c: what a push follows, and what is sent in its dialog */
void story_explain_push(struct story *story, struct txn *push);
/* Of an accepted PUBLISH that its push may have overtaken: whichever left first, the push acts on settings that ask for
 * it, if these do. */
void story_settle_overtaken(const struct state *state, const struct txn *publish);
/* What a push that comes after the flow would follow, for story->end. */
void story_remember_cause(struct story *story);
void story_explain_push_request(const struct story *story, struct txn *txn);

#endif
