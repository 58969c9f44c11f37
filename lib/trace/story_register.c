/* SPDX-License-Identifier: MIT
 *
 * What REGISTERs tell of the user: the client's own, and those of the core. */
#include "trace/story_parts.h"
#include "base/hash.h"
#include "base/time.h"

static struct slice contact_param(const struct sip_msg *reg, const char *name)
{
	struct sip_addr contact;
	struct slice value = SLICE_NONE;

	if (sip_msg_addr(reg, SIP_HEADER_CONTACT, &contact) == 0)
		sip_param_find(contact.params, name, &value);
	return value;
}

struct slice story_reg_id(const struct sip_msg *reg)
{
	return contact_param(reg, "reg-id");
}

struct slice story_instance(const struct sip_msg *reg)
{
	return contact_param(reg, "+sip.instance");
}

uint64_t story_instance_hash(const struct sip_msg *reg)
{
	struct slice instance = story_instance(reg);

	return instance.p ? hash_stable(instance, 0) : 0;
}

static bool contact_expires(const struct sip_addr *contact, uint64_t *ret)
{
	struct slice value;

	return sip_param_find(contact->params, "expires", &value) && slice_to_u64(value, ret);
}

/* The answer lists all bindings of the user (RFC 3261 10.3, step 8): the one that the request asked for. */
static bool read_granted(const struct sip_msg *request, const struct sip_msg *answer, uint64_t *ret)
{
	struct sip_addr asked, given;
	struct sip_values it;
	struct slice value;

	if (sip_msg_addr(request, SIP_HEADER_CONTACT, &asked) < 0)
		return false;
	sip_values_start(&it, answer, SIP_HEADER_CONTACT);
	while (sip_values_next(&it, &value))
		if (sip_contact_read(answer, value, &given) == 0 && sip_uri_equal(given.uri, asked.uri))
			return contact_expires(&given, ret);
	return false;
}

/* The time that a message tells: Expires, else the expires parameter of the (first) Contact. */
static bool read_expires(const struct sip_msg *msg, uint64_t *ret)
{
	struct sip_addr contact;

	if (sip_msg_number(msg, SIP_HEADER_EXPIRES, ret) == 0)
		return true;
	return sip_msg_addr(msg, SIP_HEADER_CONTACT, &contact) == 0 && contact_expires(&contact, ret);
}

/* What a 2xx gives the client's own binding. Who asked for its end, and is not listed any more, has it, whatever the
 * others that are listed have left. */
static bool read_time(const struct sip_msg *request, const struct sip_msg *answer, uint64_t *ret)
{
	uint64_t asked = 0;
	bool tells;

	if (read_granted(request, answer, ret))
		return true;
	tells = read_expires(request, &asked);
	if (!(tells && asked == 0) && read_expires(answer, ret))
		return true;
	*ret = asked;
	return tells;
}

/* Was this attempt refused, and is the next one the next of its call? What lies between two numbers may have succeeded.
 */
static bool was_refused_before(const struct txn *attempt, const struct txn *next)
{
	return attempt->final && attempt->final->msg.status >= 300 &&
	       attempt->request->marks.cseq + 1 == next->request->marks.cseq;
}

static bool first_of_its_call(const struct txn *txn)
{
	const struct txn *first = txn;

	for (; first->earlier; first = first->earlier)
		if (!was_refused_before(first->earlier, first))
			return false;
	if (first->request->marks.cseq == 1)
		return true;
	/* a refresh would have come with credentials: the first thing that a new client is told is 401 */
	return first != txn && first->final->msg.status == 401 &&
	       !sip_msg_has(&first->request->msg, SIP_HEADER_AUTHORIZATION);
}

/* Numbers go on by one (RFC 3261 10.2): what a capture lacks between two of them may have been granted. */
static bool lacks_one_before(const struct story *story, const struct txn *txn)
{
	return txn->occasion == OCCASION_REGISTER && !flow_is_live(story->flow) && txn->earlier &&
	       txn->request->marks.cseq > txn->earlier->request->marks.cseq + 1;
}

enum tri story_is_initial(const struct story *story, const struct txn *txn, const struct state *state)
{
	if (state->registered == TRI_NO && lacks_one_before(story, txn))
		return TRI_UNKNOWN;
	if (state->registered != TRI_UNKNOWN)
		return tri_of(state->registered == TRI_NO);
	if (txn->occasion == OCCASION_REGISTER && first_of_its_call(txn) && !state->there_before)
		return TRI_YES;
	return TRI_UNKNOWN;
}

/* The values of a header's only line, where it reads as a list of them would be written; absent where it does not. */
static struct slice plain_list(const struct sip_msg *msg, enum sip_header id)
{
	struct slice value, list;
	struct sip_values it;

	sip_values_start(&it, msg, id);
	if (!sip_values_next(&it, &list) || sip_msg_line_next(msg, it.line))
		return SLICE_NONE;
	while (sip_values_next(&it, &value)) {
		const char *end = list.p + list.len;
		if (value.p != end + 2 || end[0] != ',' || end[1] != ' ')
			return SLICE_NONE;
		list = slice_range(list.p, value.p + value.len);
	}
	return list;
}

/* The values of all its lines, as one list. */
static struct slice list_of(struct story *story, const struct sip_msg *msg, enum sip_header id)
{
	struct slice value, copy = plain_list(msg, id);
	struct buf list = {0};
	struct sip_values it;

	if (copy.p || !sip_msg_has(msg, id))
		return copy;
	sip_values_start(&it, msg, id);
	while (sip_values_next(&it, &value))
		buf_printf(&list, "%s%.*s", list.len ? ", " : "", SLICE_F(value));
	copy = list.len ? arena_copy(&story->flow->arena, buf_slice(&list)) : SLICE_NONE;
	buf_done(&list);
	return copy;
}

static void state_deregister(struct state *state)
{
	state->registered = TRI_NO;
	state->published = TRI_NO;
	state->registered_until = 0;
}

/* A new registration: no PUBLISH has followed it. Of an unknown one nothing more is known than before. */
static void state_register(struct story *story, struct state *state, const struct txn *txn, uint64_t now,
			   uint64_t expires, bool timed)
{
	if (txn->initial == TRI_YES) {
		state->published = TRI_NO;
		state->epoch++;
		state->subscribed = TRI_NO; /* who begins anew publishes anew, and subscribes anew */
	}
	state->registered = TRI_YES;
	state->registered_until = timed ? now + expires * SECOND : 0;
	if (txn->occasion == OCCASION_REGISTER) {
		state->registered_for = timed ? expires : 0;
		state->call_id = sip_msg_value(&txn->request->msg, SIP_HEADER_CALL_ID);
		sip_msg_cseq(&txn->request->msg, &state->cseq, NULL);
		state->registered_here = true;
		state->registrar = story_is_senders_hop(story, txn) ? txn->request->path.dst : (struct net_addr){0};
		state->service_route = list_of(story, &txn->final->msg, SIP_HEADER_SERVICE_ROUTE);
		state->associated = list_of(story, &txn->final->msg, SIP_HEADER_P_ASSOCIATED_URI);
		state->registered_as = sip_msg_uri(&txn->request->msg, SIP_HEADER_TO);
		state->device_im = !txn->foreign;
		state->contact = sip_msg_uri(&txn->request->msg, SIP_HEADER_CONTACT);
		state->reg_id = story_reg_id(&txn->request->msg);
		state->instance = story_instance_hash(&txn->request->msg);
	}
}

/* What the client's own registration was like; the one that may have followed it was not seen. */
static void forget_own_registration(struct state *state)
{
	state->registered_here = false;
	state->registered_for = 0;
	state->call_id = state->service_route = state->associated = SLICE_NONE;
}

/* Bindings of other devices that the answer lists (RFC 3261 10.3, step 8): until when the last one of them holds, 0: no
 * other is there. */
static uint64_t others_until(const struct txn *txn)
{
	struct slice own = sip_msg_uri(&txn->request->msg, SIP_HEADER_CONTACT), value;
	uint64_t expires, most = 0;
	struct sip_addr contact;
	struct sip_values it;

	if (txn->occasion != OCCASION_REGISTER || !txn->final)
		return 0;
	sip_values_start(&it, &txn->final->msg, SIP_HEADER_CONTACT);
	while (sip_values_next(&it, &value))
		if (sip_contact_read(&txn->final->msg, value, &contact) == 0 && !sip_uri_equal(contact.uri, own) &&
		    contact_expires(&contact, &expires) && expires <= UINT32_MAX && expires > most)
			most = expires;
	return most ? txn->final->time + most * SECOND : 0;
}

/* The core tells the IM Server of a registration that it has accepted. A server without support (405, 501) changes
 * nothing about that; any other refusal leaves open what the core makes of it. */
void story_after_register(struct story *story, struct state *state, const struct txn *txn)
{
	const struct sip_msg *request = &txn->request->msg, *answer = txn->final ? &txn->final->msg : NULL;
	bool third = txn->occasion == OCCASION_THIRD_PARTY;
	uint16_t status = answer ? answer->status : 0;
	uint64_t expires = 0;
	bool ok = answer && status / 100 == 2;
	/* the core tells what is; what the server makes of it changes nothing */
	bool timed = ok && !third ? read_time(request, answer, &expires) : read_expires(request, &expires);

	if (!third && !sip_msg_has(request, SIP_HEADER_CONTACT))
		return; /* it asks what there is (RFC 3261 10.2.3) */
	state->third_party_refused |= third && (status == 405 || status == 501);
	if (status / 100 == 2 || (third && (status == 405 || status == 501))) {
		uint64_t others = timed && expires == 0 ? others_until(txn) : 0;
		if (others)
			state->registered_until = others;
		else if (timed && expires == 0)
			state_deregister(state);
		else
			state_register(story, state, txn, txn->final->time, expires <= UINT32_MAX ? expires : 0,
				       timed && expires <= UINT32_MAX);
	} else if (!answer || third) {
		state->registered = state->published = TRI_UNKNOWN;
		if (!third)
			forget_own_registration(state);
	} else if (state->registered == TRI_UNKNOWN && txn->initial == TRI_YES) {
		state_deregister(state); /* an initial registration that has not succeeded (yet) */
	}
}
