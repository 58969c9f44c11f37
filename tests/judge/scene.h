/* SPDX-License-Identifier: MIT
 *
 * A scene: the shipped catalogue and profile, and a flow that a test writes message by message as plain text. */
#ifndef TESTS_JUDGE_SCENE_H
#define TESTS_JUDGE_SCENE_H

#include "judge/judge.h"
#include "script/profile.h"
#include "script/script.h"

struct scene {
	struct catalogue catalogue;
	struct script *script;
	struct arena arena;
	struct profile profile;
	struct settings_reader *reader;
	struct flow *flow;
	uint64_t now;             /* ns */
	bool passworded;          /* it is known that the client has a password */
	struct finding *findings; /* of the last judging */
	size_t count, cap;
};

extern const char SCENE_SETTINGS_ON[], SCENE_SETTINGS_OFF[]; /* documents with all six settings */

void scene_init(struct scene *scene); /* a live flow of sip:alice@im.example */
/* The same of a capture that begins late. */
void scene_init_capture(struct scene *scene);
void scene_done(struct scene *scene);

/* One message from "core", "server", "server's other port", "client", the user's "tablet" or "core-side of the client's
 * hop" ("proxy") to another, `ms` after the one before. `head` is the message with LF line ends, without
 * Content-Length; `body` may be NULL. */
void scene_say(struct scene *scene, unsigned ms, const char *from, const char *to, const char *head, const char *body);
/* The server shows that it is alive, `ms` later. */
void scene_probe(struct scene *scene, unsigned ms);
/* One of them alone does, if it has said or got anything. */
void scene_probe_host(struct scene *scene, unsigned ms, const char *name);

/* Judges a flow (NULL: the scene's) and keeps the findings. */
void scene_judge(struct scene *scene, struct flow *flow, bool server, bool client);
/* The scene's flow as a capture has it that keeps only so many bytes of each message. flow_free() it. */
struct flow *scene_snapped(const struct scene *scene, size_t bytes);
/* Worst verdict of a requirement in the last judging; `rule` may be NULL. */
enum verdict scene_verdict(const struct scene *scene, const char *id, const char *rule);

/* Nothing failed in the last judging, no warning either. */
void scene_expect_no_blame(const struct scene *scene);

/* A request about the user, and its answer 5 ms later. What is left away is that of alice's own at her hop. */
struct scene_request {
	const char *from, *to;        /* hosts: "client", "proxy" */
	const char *method, *by;      /* From: "sip:alice@im.example" */
	const char *call;             /* Call-ID: the method */
	unsigned cseq;                /* 1 */
	const char *more, *body;      /* lines; what the settings are, with their type */
	const char *status, *granted; /* of the answer, and its lines; without a status there is none */
};
void scene_ask(struct scene *scene, struct scene_request request);

/* Well-known stretches, all of them conforming. */
void scene_register(struct scene *scene); /* third-party REGISTER, 200 */
void scene_deposit(struct scene *scene);  /* a friend's MESSAGE, 202 */
void scene_publish(struct scene *scene, const char *body, const char *more_head, const char *status, const char *etag);
void scene_push(struct scene *scene); /* INVITE 180 200 ACK BYE 200 */

#endif
