/* SPDX-License-Identifier: MIT
 *
 * A user whom the harness plays behind its core (harness/core.h): fresh identities, the requests that his client and
 * his S-CSCF send for him, and how his client answers pushes. What he does is told by a play (harness/lua_play.h) and
 * never judged here.
 *
 *   user.c          identities and life
 *   user_request.c  texts of REGISTER, PUBLISH, MESSAGE
 *   user_auth.c     and the same once more: with credentials, or for a longer time
 *   user_session.c  an INVITE: its answers by plan, our requests inside its dialog
 *   user_dialog.c   what else the IUT asks of him
 *   user_timer.c    the session timer (RFC 4028) in either role
 *   user_media.c    the SDP answer, and MSRP on the path it names
 *
 * One thread, one world. The user owns its sessions; everything a plan points to lies in the user's arena. */
#ifndef HARNESS_USER_H
#define HARNESS_USER_H

#include "body/settings.h"
#include "harness/core.h"
#include "harness/core_draft.h"

/* What his client says that it can do, unless a play says otherwise. */
#define USER_ALLOW "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, MESSAGE"

enum { USER_ANSWERS_MAX = 8, USER_PLANS_MAX = 4, USER_HEADERS_MAX = 8 };

struct user_answer { /* one answer to an INVITE */
	unsigned status;
	uint64_t after;                        /* ns since the one before, or the INVITE */
	const char *allow;                     /* NULL: no Allow */
	const char *contact;                   /* the whole value; NULL: none */
	struct slice body;                     /* p not NULL: instead of the SDP answer of a 2xx */
	const char *headers[USER_HEADERS_MAX]; /* further lines as they are, NULL-ended unless full */
	bool reliable;                         /* 1xx: asks for a PRACK (RFC 3262), where the INVITE supports it */
	uint32_t session_expires;              /* s; 0: as offered, or none where the server has no session timer */
	const char *refresher;                 /* "uac", "uas"; NULL: as offered, else "uac" */
};

struct user_plan { /* what a user does with an INVITE */
	const struct user_answer *answers;
	size_t count;       /* 0: no answer at all */
	bool hold;          /* MSRP: no message is acknowledged, so that the session stays up */
	bool refreshes;     /* refreshes the session where that is his part */
	uint64_t bye_after; /* ns from the ACK (or the 2xx) to his BYE; 0: the server ends it */
};

enum user_event {
	USER_PUSHED,   /* an INVITE came */
	USER_ANSWERED, /* an INVITE has its final answer */
	USER_MESSAGE,  /* a deferred message came over MSRP or as MESSAGE */
	USER_ASKED,    /* a request inside a dialog came */
	USER_ENDED,    /* an INVITE or its session came to its end */
};

struct user_session;

struct user_login { /* of Digest; NULL: there is none */
	const char *username, *password;
};

struct user_text {
	struct user_text *next;
	struct slice text;
};

struct user {
	struct core *core;
	struct arena arena;
	const char *name;        /* "alice-05f2c9031": unique in the campaign */
	const char *address;     /* "sip:alice-05f2c9031@im.example" */
	const char *tel;         /* "tel:+4420…"; NULL: none */
	struct user_login login; /* where there is no core */
	const char *contact;     /* URI of his client, as registered: "sip:ue-alice-05f2c9031@127.0.0.1:5060" */
	char register_call_id[SIP_TEXT_ID_MAX], publish_call_id[SIP_TEXT_ID_MAX];
	uint32_t register_cseq, publish_cseq, message_cseq;
	bool known;       /* to the IUT, from before */
	bool registered;  /* the IUT took his last third-party REGISTER, and it was no de-registration */
	const char *etag; /* of his last PUBLISH that was taken; NULL: none */
	const struct user_plan *plans[USER_PLANS_MAX]; /* for the first INVITE, the second …; the last one stays */
	size_t plan_count;
	struct user_text *texts;                                               /* that were deposited for him */
	uint32_t deposits, pushes, messages, asked, ended;                     /* counted since he came to be */
	struct user_session *sessions;                                         /* newest first; kept until user_free */
	void (*on_event)(void *arg, struct user *user, enum user_event event); /* may be NULL */
	void *arg;
};

/* 36 bits are 11 decimal digits: with a prefix, as long as E.164 allows. */
#define USER_UNIQUE_MAX ((1ull << 36) - 1)

/* `unique`, up to USER_UNIQUE_MAX, makes the identities: a name and a number that nobody else has. The user takes his
 * seats at the core. */
struct user *user_new(struct core *core, const char *name, uint64_t unique);
/* For identities that the IUT knows beforehand (IXIT users). */
struct user *user_new_known(struct core *core, const char *name, const char *address);
/* The same request to or from him once more, with credentials for the challenge (RFC 3261 22) and the next CSeq. False:
 * there is no password, or it can't be answered. `draft` is as it was sent. */
bool user_draft_credentials(struct user *user, const struct user_login *login, struct draft *draft,
			    const struct sip_msg *challenge);
/* The same REGISTER or PUBLISH once more, for as long as a 423 wants it (RFC 3261 10.2.8, RFC 3903 4.1). False: it is
 * none that asks for more than `draft` does. */
bool user_draft_longer(struct user *user, struct draft *draft, const struct sip_msg *answer);
/* Leaves: sessions that are up get a BYE, nothing is told any more. NULL is fine. */
void user_free(struct user *user);

/* Takes a seat for another URI of his: every Contact that he names. */
void user_reachable(struct user *user, struct slice uri);

/* Good requests, to be changed by plays before they go. `draft` is empty, with an arena. */
/* Third-party REGISTER, as an S-CSCF sends it: From and Contact are the core's. Where there is no core, his client's
 * own, with the tag in Contact. `expires` s. A new Call-ID where he is not registered. */
void user_draft_register(struct user *user, struct draft *draft, uint64_t expires);
enum register_body { REGISTER_PLAIN, REGISTER_MESSAGE_SIP, REGISTER_SERVICE_INFO, REGISTER_MULTIPART };
void user_draft_register_body(struct user *user, struct draft *draft, enum register_body kind, uint64_t expires);

/* PUBLISH of settings. `active`: "true", "false", other words as they are; NULL: without that element. `etag` NULL: an
 * initial publication; `with_body` false: a refresh or a removal. */
struct user_publish {
	const char *active;
	const char *etag;
	bool with_body;
	bool whole; /* all six settings, not two */
	uint64_t expires;
};
void user_draft_publish(struct user *user, struct draft *draft, const struct settings_profile *profile,
			const struct user_publish *publish);
/* A text is on its way to be stored for him: a MESSAGE that brings it counts as one of `messages`. */
void user_expect_text(struct user *user, struct slice text);
/* MESSAGE from somebody else to this user. */
void user_draft_message(struct user *user, struct draft *draft, const char *from, struct slice text);

/* The plan of a user that nobody told anything: 180, then 200 with everything that is right. */
extern const struct user_plan user_plan_default;
/* `more` false: for all INVITEs from now on; true: for the one after those planned. More than USER_PLANS_MAX: false.
 * Copies the plan, not its answers. */
bool user_plan_add(struct user *user, const struct user_plan *plan, bool more);

/* Sends BYE in every session that is up. */
void user_hang_up(struct user *user);

#endif
