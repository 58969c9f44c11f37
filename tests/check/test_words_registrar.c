/* SPDX-License-Identifier: MIT
 *
 * The words of words_register.c about users with several devices, about servers that are registrars, and about what
 * these can read. */
#include "check/stage.h"

#include <criterion/criterion.h>

#define REGISTER "REGISTER sip:im.example SIP/2.0\n"

TestSuite(check_registrar, .init = stage_init, .fini = stage_done);

#define BINDING(uri, call_id, cseq) REGISTER "Contact: <" uri ">\nCall-ID: " call_id "\nCSeq: " cseq " REGISTER\n"

/* One registers from "client", in call d with CSeq 8; then words look at another REGISTER. */
static struct txn *then_refresh(const char *way, const char *head)
{
	struct event *first = stage_say(SECOND, "client core", BINDING("sip:a@10.1.0.1", "d", "8"), NULL);
	struct event *final = stage_say(2 * SECOND, "core client", "SIP/2.0 200 OK\nCSeq: 8 REGISTER\n", NULL);
	struct txn *own = stage_txn(OCCASION_REGISTER, first, final);

	stage_txn(OCCASION_REGISTER, stage_say(3 * SECOND, way, head, NULL), NULL);
	stage.txn->before.call_id = SLICE("c");
	stage.txn->before.cseq = 5;
	stage.txn->before.contact = SLICE("sip:b@10.1.0.2");
	return own;
}

Test(check_registrar, same_registration_of_this_device)
{
	then_refresh("client core", BINDING("sip:a@10.1.0.1", "d", "9"));
	expect_word("rebinds", "yes");
	expect_word("same_registration", "yes");
	then_refresh("client core", BINDING("sip:a@10.1.0.1", "d", "8"));
	expect_word("same_registration", "no: CSeq 8 after 8");
	then_refresh("client core", BINDING("sip:a@10.1.0.1", "c", "9"));
	expect_word("same_registration", "no: another Call-ID than the registration's");
}

/* What the last registration was counts where it was not this device's own. */
static void expect_others(void)
{
	expect_word("rebinds", "no");
	expect_word("same_registration", "yes");
}

#define AS_OTHERS BINDING("sip:a@10.1.0.1", "c", "6")

Test(check_registrar, same_registration_only_while_it_is_in_force)
{
	struct txn *own = then_refresh("client core", BINDING("sip:a@10.1.0.1", "d", "9"));

	own->after.registered_until = 3 * SECOND + 1;
	expect_word("rebinds", "yes");
	own->after.registered_until = 3 * SECOND;
	expect_word("rebinds", "no");
}

Test(check_registrar, same_registration_if_it_was_no_removal)
{
	struct event *removal =
		stage_say(SECOND, "client core", BINDING("sip:a@10.1.0.1", "d", "8") "Expires: 0\n", NULL);
	struct event *final = stage_say(2 * SECOND, "core client", "SIP/2.0 200 OK\nCSeq: 8 REGISTER\n", NULL);

	stage_txn(OCCASION_REGISTER, removal, final);
	stage_txn(OCCASION_REGISTER, stage_say(3 * SECOND, "client core", AS_OTHERS, NULL), NULL);
	stage.txn->before.contact = SLICE("sip:b@10.1.0.2");
	expect_word("rebinds", "no");
}

Test(check_registrar, same_registration_of_another_device)
{
	struct txn *own = then_refresh("client core", AS_OTHERS);

	((struct event *)own->final)->msg.status = 300;
	expect_others();
	((struct event *)own->final)->msg.status = 199;
	expect_others();
	own->final = NULL;
	expect_others();
	own = then_refresh("client core", AS_OTHERS);
	own->occasion = OCCASION_OTHER;
	expect_others();
	own = then_refresh("client core", AS_OTHERS);
	((struct event *)own->request)->number = stage.event->number + 1;
	expect_others();
}

Test(check_registrar, same_registration_of_another_host_or_contact)
{
	then_refresh("core server", AS_OTHERS);
	expect_others();
	then_refresh("client core", BINDING("sip:b@10.1.0.2", "c", "6"));
	expect_word("rebinds", "yes"); /* the one in force */
	expect_word("same_registration", "yes");
	stage.txn->before.contact = SLICE_NONE;
	expect_word("rebinds", "yes"); /* none is known */
	stage.txn->before.contact = SLICE("sip:c@10.1.0.3");
	expect_word("rebinds", "no");
}

Test(check_registrar, at_server)
{
	stage_txn(OCCASION_REGISTER, stage_say(SECOND, "client server", REGISTER, NULL), NULL);
	expect_word("at_server", "yes");
	stage_txn(OCCASION_REGISTER, stage_say(SECOND, "client core", REGISTER, NULL), NULL);
	expect_word("at_server", "no");
}

#define FROM "From: <sip:scscf@im.example>;tag=a\n"

static struct event *registers(const char *head)
{
	struct event *event = stage_say(SECOND, "core server", head, NULL);

	stage_txn(OCCASION_THIRD_PARTY, event, NULL);
	return event;
}

Test(check_registrar, readable)
{
	registers(REGISTER FROM "Contact: *\n");
	expect_word("readable", "yes");
	registers(REGISTER FROM "Contact: <sip:a@10.1.0.1>, \"A\" <sip:a@10.1.0.2>;q=1\n");
	expect_word("readable", "yes");
	registers(REGISTER FROM "Contact: <sip:a@10.1.0.1>\nContact: <sip:a@10.1.0.2;expires=\n");
	expect_word("readable", "no: the Contact header can't be read");
	registers(REGISTER FROM "Expires: 4294967296\n");
	expect_word("readable", "yes");
	registers(REGISTER FROM "Expires: soon\n");
	expect_word("readable", "no: the Expires header can't be read");
	registers(REGISTER "From: <sip:\n");
	expect_word("readable", "no: the From header can't be read");
	registers(REGISTER FROM "Contact: <sip:a@10.1.0.2;expires=\n")->cut = true;
	expect_word("readable", "unknown: the message was cut off in the capture");
}
