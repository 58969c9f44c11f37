/* SPDX-License-Identifier: MIT
 *
 * What the files of the vocabulary share. A word explains its result only if that is not YES, so that the ordinary case
 * formats no text. */
#ifndef CHECK_WORDS_H
#define CHECK_WORDS_H

#include "check/check.h"
#include "base/time.h"
#include "sip/feature.h"
#include "sip/route.h"
#include "sip/uri.h"
#include "sip/value.h"

/* The message that is looked at, and that of the occasion. */
#define MSG(look)     (&(look)->event->msg)
#define REQUEST(look) (&(look)->txn->request->msg)

/* Each file's table; ended by a word without a name. */
extern const struct word words_logic[];       /* words_logic.c: all, any, no, answer, unknown */
extern const struct word words_message[];     /* words_message.c: headers, tags, status */
extern const struct word words_publish[];     /* words_publish.c: RFC 3903, settings */
extern const struct word words_originator[];  /* words_originator.c: identities */
extern const struct word words_state[];       /* words_state.c: what was known */
extern const struct word words_silence[];     /* words_silence.c: what came of it */
extern const struct word words_push[];        /* words_push.c: the INVITE and its offer */
extern const struct word words_push_uri[];    /* words_push_uri.c: whom it is for */
extern const struct word words_dialog[];      /* words_dialog.c: the dialog of a push */
extern const struct word words_ack[];         /* words_ack.c: what a push's final answer is acknowledged by */
extern const struct word words_of_dialog[];   /* words_of_dialog.c: what makes a request one of its dialog */
extern const struct word words_session[];     /* words_session.c: the session timer */
extern const struct word words_register[];    /* words_register.c: a client's REGISTERs */
extern const struct word words_challenge[];   /* words_challenge.c: a challenge to a client */
extern const struct word words_credentials[]; /* words_credentials.c: its answer */
extern const struct word words_client[];      /* words_client.c: its PUBLISHes */
extern const struct word words_follows[];     /* words_follows.c: what it does next */
extern const struct word words_subscribe[];   /* words_subscribe.c: that, where delivery is off */
extern const struct word words_aka[];         /* words_aka.c: AKA as a client answers it */
extern const struct word words_ims[];         /* words_ims.c: what an IMS asks of a client */
extern const struct word words_isc[];         /* words_isc.c: and of an application server */

void look_say_no(const struct look *look, const struct event *event, struct slice at, const char *seen, ...)
	__attribute__((format(printf, 4, 5)));
void look_say_unknown(const struct look *look, const char *reason, ...) __attribute__((format(printf, 2, 3)));
void look_say_missing(const struct look *look, const struct event *event, const char *seen, ...)
	__attribute__((format(printf, 3, 4)));
/* Macros, so that the arguments are evaluated only if somebody wants the text.
 * NO, and what was seen instead: message, bytes of it (absent: the whole), text by printf with clean arguments. */
#define look_no(look, ...) ((look)->why ? look_say_no((look), __VA_ARGS__) : (void)0, TRI_NO)
/* UNKNOWN, and why. */
#define look_unknown(look, ...) ((look)->why ? look_say_unknown((look), __VA_ARGS__) : (void)0, TRI_UNKNOWN)
/* The message that a missing thing is missing from may itself be cut: then UNKNOWN, else NO as look_no. */
#define look_missing(look, event, ...)                                                                                 \
	((look)->why ? look_say_missing((look), (event), __VA_ARGS__) : (void)0, (event)->cut ? TRI_UNKNOWN : TRI_NO)
/* UNKNOWN: what decides may be in the part of the message that was not captured. */
#define look_cut(look) look_unknown(look, "the message was cut off in the capture")
/* The header is another than was asked for, or missing. */
enum tri look_other(const struct look *look, enum sip_header id);
/* The other side of what is told. */
static inline void look_also(const struct look *look, const struct event *event)
{
	if (look->why)
		look->why->also = event;
}
/* Cleaned text of wire bytes for the three above, valid until the next eight calls on this thread. */
const char *look_text(struct slice s);
/* The value of a header's first line as text for people, "absent" where there is none. */
const char *look_header(const struct event *event, enum sip_header id);

/* Was it seen after the other one? */
bool event_after(const struct event *event, const struct event *other);
/* UNKNOWN with the reason, if something may be missing from this flow that would decide; else YES. For absence only. */
enum tri look_complete(const struct look *look);
/* The same for what came before a request of the core's own: whoever observes at the core has seen all that led to it.
 */
enum tri look_told(const struct look *look);
/* The same for silence from `since` on, the other end being alive at `alive`. Where messages are lost, senders repeat
 * theirs until they give up: silence for that long is proved. */
enum tri look_silent(const struct look *look, uint64_t since, uint64_t alive);

/* When silence after the final answer, which is there, has been watched for long enough. */
uint64_t look_quiet_end(const struct look *look);
/* ns; within which what is owed has to come. The text sets no time: it may take as long as an answer may. */
uint64_t look_longest_wait(const struct look *look);

/* Milliseconds between two events; 0 where a clock was set back between them. */
static inline unsigned long long look_ms(const struct event *from, const struct event *to)
{
	return to->time > from->time ? (to->time - from->time) / MILLISECOND : 0;
}

/* Is the URI one of the served user's identities? */
bool look_is_user(const struct look *look, struct slice uri);
/* Is one of the addresses in that header of the message the same user as the URI? */
bool look_names_user(const struct look *look, enum sip_header id, struct slice uri);
/* Is it a number that may be the user's? His own registration, which would tell, was not seen. */
bool look_may_be_alias(const struct look *look, struct slice uri);

/* Was the client alive at that time or later? Another device of the user is another client. (device.c) */
bool look_client_lives(const struct look *look, uint64_t time);
/* Was it sent by another device of the user than what is looked at: from an address that registered with another
 * Contact, instance and Call-ID? (device.c) */
bool look_other_device(const struct look *look, const struct txn *txn);
/* Is it the first REGISTER of a device whose instance (RFC 5626 4.1) is not that of the last registration? (device.c)
 */
bool look_new_device(const struct look *look);
/* What is known of the registration of the very device that sent what is looked at; another one of the user's may have
 * registered after it. NULL: only others have registered. (device.c) */
const struct state *look_registration(const struct look *look);
/* Can the request have gone to the hop of a Route's value? A name is somewhere; an address is where it went, or is not.
 */
bool look_may_be_next_hop(const struct look *look, struct slice value);

/* RFC 2616 3.5: that token says that nothing is encoded. */
static inline bool look_is_encoded(const struct sip_msg *msg)
{
	return sip_msg_has(msg, SIP_HEADER_CONTENT_ENCODING) &&
	       !slice_is_nocase(sip_msg_value(msg, SIP_HEADER_CONTENT_ENCODING), "identity");
}
/* Was a PUBLISH of settings seen between two events, on a hop that is not the IM Server's? (words_silence.c) */
bool look_publish_elsewhere(const struct look *look, const struct event *after, const struct event *until);
/* The first transaction of that occasion after `after`; NULL: none. (words_follows.c) */
const struct txn *look_next(const struct look *look, enum occasion occasion, const struct txn *after);
/* The same of those that the device sent that is looked at. (words_follows.c) */
const struct txn *look_next_of_device(const struct look *look, enum occasion occasion, const struct txn *after);

/* The time that a REGISTER or PUBLISH asks for: of its first Contact, else of Expires; where it says so.
 * (words_register.c)
 */
bool look_time_asked(const struct sip_msg *msg, uint64_t *ret, struct slice *ret_at);

/* What RFC 3261 8.1.1 asks of every request that is in no dialog yet (words_register.c). */
enum tri look_valid_request(const struct look *look);

/* Is there an answer to a request of that method, later than `after` (NULL: at all), without the request? Then it was
 * sent, and is missing from the evidence. (words_follows.c) */
bool look_request_lost(const struct look *look, enum sip_method method, const struct event *after);

/* What has to follow the answer was not seen. NO if it is proved that it did not come, else UNKNOWN (words_follows.c).
 */
enum tri look_did_not_follow(const struct look *look, enum sip_method method);

/* Does a push go to a Contact that the user gave to the server itself? (words_push_uri.c) */
enum tri look_retargeted(const struct look *look);

struct sip_digest;
/* What is wrong with the value of a response to a challenge of AKA; NULL: nothing, or the keys are not known
 * (words_aka.c). */
const char *look_aka_fault(const struct look *look, const struct sip_digest *given);

#endif
