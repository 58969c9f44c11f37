/* SPDX-License-Identifier: MIT
 *
 * The lines of a JSON upper tester. To it, one object a line:
 *   {"id": 7, "command": "set_offline_delivery", "active": false, "user": "sip:alice@im.example",
 *    "username": "alice", "password": "…", "core": "127.0.0.1:5060", "transport": "udp"}
 * and from it, in any order:
 *   {"id": 7, "result": "done"}  or "cannot" or "failed", both with "why": "…" if it likes. */
#ifndef HARNESS_TESTER_JSON_H
#define HARNESS_TESTER_JSON_H

#include "base/buf.h"
#include "harness/tester.h"

struct tester_json {
	uint64_t id;
	const char *command;
	const struct tester_user *user; /* NULL: about nobody */
	bool active;
	const char *core, *transport;
};
void tester_json_write(struct buf *to, const struct tester_json *line);

struct tester_reply {
	uint64_t id;
	enum tester_outcome outcome;
	char why[200]; /* clean */
};
/* -EBADMSG with what was expected. */
int tester_json_read(struct slice line, struct tester_reply *ret, struct err *err);

#endif
