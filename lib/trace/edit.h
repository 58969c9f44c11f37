/* SPDX-License-Identifier: MIT
 *
 * The smallest lie: a copy of a flow in which one thing is not as it was. The self-proof applies a rule's `broken`
 * edits to an occasion on which the rule passed, and the rule must then fail. */
#ifndef TRACE_EDIT_H
#define TRACE_EDIT_H

#include "trace/story.h"

enum edit_target {                    /* relative to the occasion that passed */
		   EDIT_REQUEST,      /* its request */
		   EDIT_ANSWER,       /* its final answer */
		   EDIT_ACK,          /* PUSH: the ACK */
		   EDIT_END,          /* PUSH: the BYE */
		   EDIT_REFRESH,      /* PUSH: the first refresh of its session */
		   EDIT_PUSH,         /* PUBLISH, REGISTER: the INVITE of the push that it caused */
		   EDIT_CAUSE,        /* PUSH: the request that caused it */
		   EDIT_CAUSE_ANSWER, /* PUSH: the final answer to that */
		   EDIT_INVITE,       /* PUSH_REQUEST: the INVITE of its dialog */
		   EDIT_DEPOSITS,     /* everything of every deposit */
		   EDIT_PUBLISHES,    /* everything of every PUBLISH */
		   EDIT_SUBSCRIBES,   /* everything of every SUBSCRIBE */
		   EDIT_DIALOG,       /* everything of the call of the push that it caused */
		   EDIT_BEFORE,       /* everything before the request */
		   EDIT_LATER,        /* everything of later requests with its method */
		   EDIT_TARGET_COUNT
};

enum edit_op {
	EDIT_STATUS,         /* number: another status code */
	EDIT_HEADER,         /* name, value: set the header's (first) value, add the line if absent */
	EDIT_REMOVE,         /* name: remove all lines of a header */
	EDIT_REPLACE,        /* name → value: replace text anywhere in the message; Content-Length is mended */
	EDIT_BODY,           /* value: another body; Content-Length is mended */
	EDIT_UNSET,          /* value: the settings document without this setting, by its word in settings_item_words */
	EDIT_URI,            /* value: another Request-URI */
	EDIT_HOST,           /* value: sent to another host, as an IP address */
	EDIT_DROP,           /* the message was never sent */
	EDIT_DELAY,          /* number: ms later (negative: earlier), and in that order; a request with its answers */
	EDIT_COPY,           /* number: sent a second time, ms later, as a new transaction and call */
	EDIT_REPEAT,         /* number: sent so many times more, 10 ms apart, byte for byte */
	EDIT_INSERT_PUSH,    /* number: a push for the user comes from the server, ms after the target */
	EDIT_INSERT_DEPOSIT, /* number: what was deposited first comes from the server by MESSAGE, ms after the target
			      */
	EDIT_OP_COUNT
};

struct edit {
	enum edit_target target;
	enum edit_op op;
	const char *name, *value; /* NULL where the op has none */
	int64_t number;
};

const char *edit_target_name(enum edit_target target); /* "request", "answer", "ack", … "before" */
const char *edit_op_name(enum edit_op op);             /* "status", "header", … "insert_deposit" */

/* A new flow, independent of the old one, with the edits applied around `txn` of the story. -ENOENT: the target is not
 * there; -EINVAL: the edit changes nothing. */
int edit_apply(const struct story *story, const struct txn *txn, const struct edit *edits, size_t count,
	       struct flow **ret_flow, struct err *err);

#endif
