/* SPDX-License-Identifier: MIT
 *
 * Sockets of the real world that carry SIP are read in the order in which the kernel received what waits in them: whose
 * INVITE left before his answer on another connection shall not be taken for one who answered first. The loop calls
 * those that became readable together in any order. uv_tcp.c and uv_udp.c include this. */
#ifndef HARNESS_UV_ORDER_H
#define HARNESS_UV_ORDER_H

#include "harness/uv_world.h"

struct uv_order {                    /* a place in the line */
	struct uv_order *next, **at; /* at NULL: in none */
	uv_handle_t *handle;
	bool (*read)(struct uv_order *order); /* a piece of what waits; false: nothing did */
	uint64_t since;                       /* when what the loop is about to read was received; 0: not known */
};

/* The kernel notes the time of what the socket receives. Called as soon as there is one. */
void uv_order_stamp(uv_handle_t *handle);

void uv_order_join(struct uv_order *order, uv_handle_t *handle, bool (*read)(struct uv_order *order));
void uv_order_leave(struct uv_order *order); /* nothing, if it is in none */

/* The loop is about to read this one; nothing, like what follows, if it is in none. */
void uv_order_note(struct uv_order *order);
/* And has: what waits in others, and was received earlier, is read first. The one that was noted may be closed by who
 * is told; its memory stays. */
void uv_order_earlier(struct uv_order *order);

#endif
