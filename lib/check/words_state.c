/* SPDX-License-Identifier: MIT
 *
 * Words about what was known of the user. */
#include "check/words.h"
#include "sip/timer.h"

/* That something was not before is known only where nothing can be missing. */
static enum tri known(const struct look *look, enum tri value, const char *what)
{
	if (value == TRI_NO && look_told(look) != TRI_YES)
		return TRI_UNKNOWN;
	return value == TRI_UNKNOWN ? look_unknown(look, "not known: %s", what) : value;
}

/* The user has it all, this device of his nothing yet. */
static enum tri eval_initial(const struct check *check, const struct look *look)
{
	if (look->txn->initial == TRI_NO && look_new_device(look))
		return TRI_YES;
	return known(look, look->txn->initial, "whether this was an initial registration");
}

/* Would the user's registration be in the evidence? A core may leave third-party REGISTERs away; then nothing of it is
 * seen at the server's hop. */
static bool registrations_show(const struct look *look)
{
	const struct story *story = look->story;

	if (flow_is_live(story->flow) || look->txn->before.epoch)
		return true;
	for (size_t i = 0; i < story->count; i++) {
		const struct txn *txn = story->txns[i];

		if (txn->occasion == OCCASION_REGISTER || txn->occasion == OCCASION_THIRD_PARTY ||
		    (txn->occasion == OCCASION_CLIENT_PUBLISH && story_is_senders_hop(story, txn)))
			return true;
	}
	return false;
}

static enum tri eval_registered(const struct check *check, const struct look *look)
{
	if (look->txn->before.registered == TRI_NO && !registrations_show(look))
		return look_unknown(look, "registrations are not seen here");
	return known(look, look->txn->before.registered, "whether the user was registered");
}

static enum tri eval_published(const struct check *check, const struct look *look)
{
	return known(look, look->txn->before.published,
		     "whether settings were published since the initial registration");
}

static enum tri eval_waiting(const struct check *check, const struct look *look)
{
	return known(look, look->txn->before.waiting, "whether deferred messages were stored for the user");
}

static enum tri eval_waiting_known(const struct check *check, const struct look *look)
{
	return tri_of(look->txn->before.waiting != TRI_UNKNOWN);
}

static const char *const delivery_names[] = {"none", "absent", "off", "on", NULL};

static enum tri delivery_is(const struct check *check, const struct look *look, enum delivery delivery)
{
	if (delivery == DELIVERY_UNKNOWN)
		return look_unknown(look, "not known: the settings in force");
	for (unsigned i = 0; i < check->arg_count; i++)
		if ((int)delivery == DELIVERY_NONE + check->args[i].number)
			return TRI_YES;
	return look_no(look, look->txn->request, SLICE_NONE, "offline delivery was %s",
		       delivery_names[delivery - DELIVERY_NONE]);
}

static enum tri eval_delivery(const struct check *check, const struct look *look)
{
	enum tri result = delivery_is(check, look, look->txn->before.delivery);
	bool outside = look->story->flow->gaps & FLOW_GAPS_OUTSIDE;

	if ((outside || result == TRI_NO) && look_told(look) != TRI_YES) /* a PUBLISH in between may be missing */
		return TRI_UNKNOWN;
	return result;
}

/* Can the client have read the answer? A refusal of a moment before (T1) may have crossed what it sends. */
static bool is_answered(const struct look *look, const struct txn *txn)
{
	return txn->final && event_after(look->event, txn->final) &&
	       (txn->final->msg.status / 100 == 2 || txn->final->time + SIP_T1 < look->event->time);
}

/* A client need not wait for the 200 before it subscribes: it has published when the PUBLISH is under way. */
static bool off_is_on_its_way(const struct look *look)
{
	const struct settings *settings;

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];

		if (txn->request->msg.method == SIP_METHOD_PUBLISH && event_after(look->event, txn->request) &&
		    look->event->time < txn->request->time + SIP_HORIZON && !is_answered(look, txn) &&
		    (settings = story_settings(look->story, txn->request)) &&
		    settings_offline_delivery(settings) == SETTINGS_FALSE)
			return true;
	}
	return false;
}

/* Each of the user's devices has a publication of its own: is one in force that turns delivery off? */
static enum tri eval_off_published(const struct check *check, const struct look *look)
{
	const struct state *before = &look->txn->before;
	bool unsure = false;

	if (off_is_on_its_way(look))
		return TRI_YES;
	for (const struct publication *p = before->publications; p; p = p->older) {
		if (p->end == PUBLICATION_SUPERSEDED || p->end == PUBLICATION_REMOVED ||
		    (p->until && look->event->time >= p->until))
			continue;
		if (p->delivery == DELIVERY_OFF && p->end == PUBLICATION_LIVE)
			return TRI_YES;
		if (p->delivery == DELIVERY_OFF || p->delivery == DELIVERY_UNKNOWN)
			unsure = true;
	}
	if (unsure)
		return look_unknown(look, "not known: the settings in force");
	return look_no(look, look->txn->request, SLICE_NONE, "no settings in force turn it off");
}

static enum tri eval_delivery_after(const struct check *check, const struct look *look)
{
	return delivery_is(check, look, look->txn->after.delivery);
}

/* A server that refuses third-party REGISTERs as such (a SHOULD of 5.3) can't know who is registered. */
static enum tri eval_registers_supported(const struct check *check, const struct look *look)
{
	if (look->txn->before.third_party_refused)
		return TRI_NO;
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == OCCASION_THIRD_PARTY && txn->final &&
		    (txn->final->msg.status == 405 || txn->final->msg.status == 501))
			return TRI_NO;
	}
	return TRI_YES;
}

const struct word words_state[] = {
	{"initial", "", WORD_LEAF, "an initial registration", "the REGISTER is no refresh", eval_initial},
	{"registered", "", WORD_LEAF, "a registered user", "the user was registered before", eval_registered},
	{"published", "", WORD_LEAF, "settings published since the initial registration",
	 "a PUBLISH had succeeded since the initial registration", eval_published},
	{"waiting", "", WORD_LEAF, "deferred messages stored for the user", "deferred messages were stored before",
	 eval_waiting},
	{"waiting_known", "", WORD_LEAF, "it is known whether messages are stored",
	 "deposits and deliveries are all known", eval_waiting_known},
	{"delivery", "e*", WORD_LEAF, "stored settings with offline delivery %+",
	 "settings in force before: none absent off on", eval_delivery, delivery_names},
	{"off_published", "", WORD_LEAF, "settings of another device with offline delivery off",
	 "a publication in force, of whichever device, has offline delivery off", eval_off_published},
	{"delivery_after", "e*", WORD_LEAF, "settings with offline delivery %+ stored by it",
	 "settings in force after the answer: none absent off on", eval_delivery_after, delivery_names},
	{"registers_supported", "", WORD_LEAF, "a server that takes third-party REGISTERs",
	 "no third-party REGISTER was answered 405 or 501", eval_registers_supported},
	{0},
};
