/* SPDX-License-Identifier: MIT
 *
 * A talk: SIP messages with their ways and times, in a form whose mutations stay talks. Each message is behind a line
 *
 *   @@ 20 tcp 10.0.0.1:5060 10.0.0.2:5060 512
 *
 * that says how many ms after the one before it went, how, from where, where to, and in pieces of at most how many
 * bytes it went by TCP (0, or nothing: in one). What can't be read of the line is as in the line before. fuzz_talk
 * makes packets of it, with lengths and checksums that are right; talk_seeds makes it of captures. */
#ifndef TESTS_FUZZ_TALK_H
#define TESTS_FUZZ_TALK_H

#include "base/buf.h"
#include "net/addr.h"

enum { TALK_MESSAGES_MAX = 256 };

struct talk_message {
	uint64_t step; /* ms */
	enum net_transport transport;
	struct net_addr src, dst;
	uint64_t piece;
	struct slice text; /* of the bytes that were read */
};

struct talk {
	struct talk_message messages[TALK_MESSAGES_MAX];
	size_t count;
};

/* Never fails; what is behind the last message that there is room for is left out. */
void talk_read(struct talk *ret, struct slice bytes);
/* Appends the form above. */
void talk_write(struct buf *to, const struct talk_message *message);
/* Appends a capture of it. */
void talk_capture(struct buf *to, const struct talk *talk);

#endif
