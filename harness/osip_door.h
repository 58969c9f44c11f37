/* SPDX-License-Identifier: MIT
 *
 * The one door to libosip2. It lends its four transaction machines (RFC 3261 17) for their timers, retransmission and
 * states, and nothing else: it never sees a byte that came from outside or that we send. What the machines are fed are
 * fixed clean messages made here; what they want to send is told as a kind, and the endpoint sends bytes of its own.
 *
 * A machine lasts while a transaction works. The quiet waiting behind it (timers D, I, J, K) is told as a state and is
 * the endpoint's: libosip2's transaction takes 15 KiB, too much for thousands that only wait. Time is the world's. */
#ifndef HARNESS_OSIP_DOOR_H
#define HARNESS_OSIP_DOOR_H

#include "harness/world.h"

enum osip_role { OSIP_CLIENT_INVITE, OSIP_SERVER_INVITE, OSIP_CLIENT_OTHER, OSIP_SERVER_OTHER };
enum osip_send { OSIP_SEND_REQUEST, OSIP_SEND_ACK, OSIP_SEND_ANSWER }; /* the last answer that was given */
enum osip_state {
	OSIP_ACTIVE,  /* delay is the time to the next osip_machine_tick, or OSIP_NO_TIMER */
	OSIP_LINGERS, /* its work is done; repetitions are to be expected for `delay` more, 0 on reliable transports */
	OSIP_TIMED_OUT, /* no final answer (timers B, F), or no ACK (timer H) */
	OSIP_ENDED,
};
#define OSIP_NO_TIMER UINT64_MAX

struct osip_door; /* one a endpoint */
struct osip_door *osip_door_new(struct world *world);
void osip_door_free(struct osip_door *door); /* after its machines */

struct osip_machine;
/* `send` is called from within the functions below, and must not call them for the same machine. */
struct osip_machine *osip_machine_new(struct osip_door *door, enum osip_role role, bool reliable,
				      void (*send)(void *arg, enum osip_send what), void *arg);
void osip_machine_free(struct osip_machine *machine);

/* The request goes out (clients: this sends) or has come in. */
void osip_machine_start(struct osip_machine *machine);
/* An answer has come, or goes out (servers: this sends). Not once it lingers or has ended. */
void osip_machine_answer(struct osip_machine *machine, unsigned status);
/* The ACK to a failure has come. */
void osip_machine_ack(struct osip_machine *machine);
/* Its time has come. */
void osip_machine_tick(struct osip_machine *machine);
enum osip_state osip_machine_state(const struct osip_machine *machine, uint64_t *ret_delay);

#endif
