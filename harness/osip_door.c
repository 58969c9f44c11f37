/* SPDX-License-Identifier: MIT */
#include "harness/osip_door.h"

#include "base/mem.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include <osip2/osip.h>
#include <osip2/osip_time.h>

enum { NS_PER_US = 1000, US_PER_S = 1000000 };
/* The machines' clock does not start at 0, which libosip2 may take for "no time". */
enum { CLOCK_OFFSET_S = 1000000, NEVER_S = 86400 * 300 };

struct osip_door {
	osip_t *osip;
	struct world *world;
};

struct osip_machine {
	struct osip_door *door;
	osip_transaction_t *txn;
	enum osip_role role;
	bool reliable, timed_out;
	void (*send)(void *arg, enum osip_send what);
	void *arg;
};

/* ---- time ---- */

static _Thread_local uint64_t door_now;

/* libosip2 asks this symbol for the time; the program's definition takes precedence over the library's. */
int osip_gettimeofday(struct timeval *tp, void *tz)
{
	uint64_t us = door_now / NS_PER_US;

	tp->tv_sec = (time_t)(CLOCK_OFFSET_S + us / US_PER_S);
	tp->tv_usec = (suseconds_t)(us % US_PER_S);
	return 0;
}

/* ---- the fixed messages ---- */

static struct {
	osip_message_t *request[2][2]; /* by role / 2, reliable */
	osip_message_t *answer[3];     /* 1xx, 2xx, others */
	osip_message_t *ack;
} fixed;
static pthread_once_t fixed_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t init_lock = PTHREAD_MUTEX_INITIALIZER;

static void no_trace(const char *file, int line, osip_trace_level_t level, const char *format, va_list args)
{
}

/* By default it prints its errors to stdout. A level that is merely not shown still costs the formatting of its text, a
 * quarter of all the time that a transaction takes: so each is off. */
static void silence(void)
{
	osip_trace_initialize_func(TRACE_LEVEL0, no_trace);
	for (int level = TRACE_LEVEL0; level < END_TRACE_LEVEL; level++)
		osip_trace_disable_level((osip_trace_level_t)level);
}

static osip_message_t *fixed_message(const char *start, const char *transport, const char *method)
{
	osip_message_t *message = NULL;
	char *text = mem_printf("%s\r\n"
				"Via: SIP/2.0/%s door.invalid;branch=z9hG4bK1\r\n"
				"From: <sip:a@door.invalid>\r\n"
				"To: <sip:b@door.invalid>\r\n"
				"Call-ID: 1@door.invalid\r\n"
				"CSeq: 1 %s\r\n"
				"Content-Length: 0\r\n\r\n",
				start, transport, method);
	int rc = osip_message_init(&message);

	assert(rc == 0);
	rc = osip_message_parse(message, text, strlen(text));
	assert(rc == 0);
	(void)rc;
	free(text);
	return message;
}

static void fixed_init(void)
{
	static const char *const transports[] = {"UDP", "TCP"};

	silence();
	parser_init();
	for (int i = 0; i < 2; i++) {
		fixed.request[0][i] = fixed_message("INVITE sip:b@door.invalid SIP/2.0", transports[i], "INVITE");
		fixed.request[1][i] = fixed_message("OPTIONS sip:b@door.invalid SIP/2.0", transports[i], "OPTIONS");
	}
	fixed.answer[0] = fixed_message("SIP/2.0 180 Ringing", "UDP", "INVITE");
	fixed.answer[1] = fixed_message("SIP/2.0 200 OK", "UDP", "INVITE");
	fixed.answer[2] = fixed_message("SIP/2.0 400 Bad Request", "UDP", "INVITE");
	fixed.ack = fixed_message("ACK sip:b@door.invalid SIP/2.0", "UDP", "ACK");
}

/* ---- the door ---- */

static int door_send(osip_transaction_t *txn, osip_message_t *message, char *host, int port, int socket)
{
	struct osip_machine *machine = osip_transaction_get_your_instance(txn);

	if (MSG_IS_RESPONSE(message))
		machine->send(machine->arg, OSIP_SEND_ANSWER);
	else
		machine->send(machine->arg, MSG_IS_ACK(message) ? OSIP_SEND_ACK : OSIP_SEND_REQUEST);
	return 0;
}

struct osip_door *osip_door_new(struct world *world)
{
	struct osip_door *door = mem_alloc(sizeof(*door));
	int rc;

	pthread_once(&fixed_once, fixed_init);
	door->world = world;
	pthread_mutex_lock(&init_lock);
	rc = osip_init(&door->osip);
	pthread_mutex_unlock(&init_lock);
	assert(rc == 0);
	(void)rc;
	osip_set_cb_send_message(door->osip, door_send);
	return door;
}

void osip_door_free(struct osip_door *door)
{
	if (!door)
		return;
	osip_release(door->osip);
	free(door);
}

/* ---- machines ---- */

static const struct role {
	osip_fsm_type_t type;
	type_t start;
	bool client;
	size_t list; /* of struct osip */
	void (*timers)(osip_t *osip);
	int (*execute)(osip_t *osip);
} roles[] = {
	[OSIP_CLIENT_INVITE] = {ICT, SND_REQINVITE, true, offsetof(osip_t, osip_ict_transactions),
				osip_timers_ict_execute, osip_ict_execute},
	[OSIP_SERVER_INVITE] = {IST, RCV_REQINVITE, false, offsetof(osip_t, osip_ist_transactions),
				osip_timers_ist_execute, osip_ist_execute},
	[OSIP_CLIENT_OTHER] = {NICT, SND_REQUEST, true, offsetof(osip_t, osip_nict_transactions),
			       osip_timers_nict_execute, osip_nict_execute},
	[OSIP_SERVER_OTHER] = {NIST, RCV_REQUEST, false, offsetof(osip_t, osip_nist_transactions),
			       osip_timers_nist_execute, osip_nist_execute},
};

static osip_message_t *machine_request(const struct osip_machine *machine)
{
	return fixed.request[machine->role / 2][machine->reliable];
}

/* libosip2 runs all transactions on its lists whenever it runs one, which is slow with thousands: so only the machine
 * at work is on a list. */
static void machine_enlist(const struct osip_machine *machine)
{
	char *osip = (char *)machine->door->osip;

	osip_list_add((osip_list_t *)(osip + roles[machine->role].list), machine->txn, -1);
	door_now = world_now(machine->door->world);
}

static void machine_delist(const struct osip_machine *machine)
{
	osip_remove_transaction(machine->door->osip, machine->txn);
}

struct osip_machine *osip_machine_new(struct osip_door *door, enum osip_role role, bool reliable,
				      void (*send)(void *arg, enum osip_send what), void *arg)
{
	struct osip_machine *machine = mem_alloc(sizeof(*machine));
	int rc;

	*machine = (struct osip_machine){.door = door, .role = role, .reliable = reliable, .send = send, .arg = arg};
	door_now = world_now(door->world);
	rc = osip_transaction_init(&machine->txn, roles[role].type, door->osip, machine_request(machine));
	assert(rc == 0);
	(void)rc;
	osip_transaction_set_your_instance(machine->txn, machine);
	machine_delist(machine);
	return machine;
}

void osip_machine_free(struct osip_machine *machine)
{
	if (!machine)
		return;
	/* what is left on the transaction is ours and fixed, but for the ACK that a client made */
	machine->txn->orig_request = NULL;
	machine->txn->last_response = NULL;
	if (!roles[machine->role].client)
		machine->txn->ack = NULL;
	osip_transaction_free2(machine->txn);
	free(machine);
}

static void machine_feed(struct osip_machine *machine, type_t type, osip_message_t *message)
{
	osip_event_t *event = osip_malloc(sizeof(*event));

	assert(event);
	*event = (osip_event_t){.type = type, .transactionid = machine->txn->transactionid, .sip = message};
	machine_enlist(machine);
	osip_transaction_execute(machine->txn, event);
	machine_delist(machine);
}

void osip_machine_start(struct osip_machine *machine)
{
	machine_feed(machine, roles[machine->role].start, machine_request(machine));
}

static bool machine_wants_answer(const struct osip_machine *machine)
{
	switch (machine->txn->state) {
	case ICT_CALLING:
	case ICT_PROCEEDING:
	case IST_PROCEEDING:
	case NICT_TRYING:
	case NICT_PROCEEDING:
	case NIST_TRYING:
	case NIST_PROCEEDING:
		return true;
	default:
		return false;
	}
}

static bool machine_ended(const struct osip_machine *machine)
{
	switch (machine->txn->state) {
	case ICT_TERMINATED:
	case IST_TERMINATED:
	case NICT_TERMINATED:
	case NIST_TERMINATED:
		return true;
	default:
		return false;
	}
}

void osip_machine_answer(struct osip_machine *machine, unsigned status)
{
	static const type_t types[2][3] = {{SND_STATUS_1XX, SND_STATUS_2XX, SND_STATUS_3456XX},
					   {RCV_STATUS_1XX, RCV_STATUS_2XX, RCV_STATUS_3456XX}};
	unsigned kind = status < 200 ? 0 : status < 300 ? 1 : 2;

	/* in other states the machine would free the message, which is fixed */
	assert(machine_wants_answer(machine));
	machine->txn->last_response = NULL;
	machine_feed(machine, types[roles[machine->role].client][kind], fixed.answer[kind]);
}

void osip_machine_ack(struct osip_machine *machine)
{
	assert(machine->txn->state == IST_COMPLETED);
	machine_feed(machine, RCV_REQACK, fixed.ack);
}

void osip_machine_tick(struct osip_machine *machine)
{
	const struct role *role = &roles[machine->role];

	machine_enlist(machine);
	role->timers(machine->door->osip);
	role->execute(machine->door->osip);
	machine_delist(machine);
	/* only the timers that give up end a machine that is at work */
	machine->timed_out = machine_ended(machine);
}

static uint64_t machine_delay(const struct osip_machine *machine)
{
	struct timeval tv;
	uint64_t us;

	machine_enlist(machine);
	osip_timers_gettimeout(machine->door->osip, &tv);
	machine_delist(machine);
	if (tv.tv_sec > NEVER_S)
		return OSIP_NO_TIMER;
	us = (uint64_t)tv.tv_sec * US_PER_S + (uint64_t)tv.tv_usec;
	return us * NS_PER_US;
}

enum osip_state osip_machine_state(const struct osip_machine *machine, uint64_t *ret_delay)
{
	*ret_delay = OSIP_NO_TIMER;
	if (machine_ended(machine))
		return machine->timed_out ? OSIP_TIMED_OUT : OSIP_ENDED;
	switch (machine->txn->state) {
	case ICT_COMPLETED:
	case IST_CONFIRMED:
	case NICT_COMPLETED:
	case NIST_COMPLETED:
		*ret_delay = machine_delay(machine);
		return OSIP_LINGERS;
	default:
		*ret_delay = machine_delay(machine);
		if (*ret_delay == 0) /* the clock of the machines must move on between two ticks */
			*ret_delay = NS_PER_US;
		return OSIP_ACTIVE;
	}
}
