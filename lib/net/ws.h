/* SPDX-License-Identifier: MIT
 *
 * One direction of a WebSocket connection that carries SIP (RFC 6455, RFC 7118): the HTTP head of its handshake, then
 * frames. Fed by tcp.c with bytes in order; yields whole messages. */
#ifndef NET_WS_H
#define NET_WS_H

#include "base/buf.h"

struct ws {
	bool open;        /* the handshake's head is over */
	bool whole;       /* `message` was yielded */
	struct buf input; /* from input_at on: a head or frame that is not whole yet */
	size_t input_at;
	struct buf message; /* of the frames before */
};

/* Zeroed: at the start of the handshake. */
void ws_done(struct ws *ws);

/* Can a handshake start with these bytes, as a client's or as a server's? */
bool ws_starts(struct slice bytes);

/* Takes the next bytes in order. */
void ws_add(struct ws *ws, struct slice bytes);
/* 1 with the next whole message, valid until the next call; 0 where more bytes are needed; -EPROTONOSUPPORT after a
 * handshake for something else than SIP; -EBADMSG for broken frames, or ones that can't be read (compressed); -EMSGSIZE
 * for a message over `max`. After an error nothing more comes. */
int ws_next(struct ws *ws, size_t max, struct slice *ret);

#endif
