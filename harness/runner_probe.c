/* SPDX-License-Identifier: MIT
 *
 * Is anybody there? The questions before the first case: does the IUT answer, and does it listen on TCP, too? */
#include "base/mem.h"
#include "harness/runner_internal.h"

#include <errno.h>
#include <stdlib.h>

static void probe(struct runner *runner);

static void ask_first(struct runner *runner);

static void give_up(struct runner *runner, const char *why)
{
	char address[NET_ADDR_TEXT_MAX];
	char *reason =
		mem_printf("the IUT at %s does not answer: %s", net_addr_format(address, &runner->config.target), why);

	runner_give_up(runner, reason, "the IUT does not answer");
	free(reason);
	runner_settle(runner);
	runner_finish(runner);
}

static void leave_tcp(struct runner *runner)
{
	if (runner->tcp)
		stream_close(runner->tcp);
	runner->tcp = NULL;
}

/* RFC 3263 4.3: who can't be reached, does not answer or is out of service gives way to the next one of its name. */
static bool try_next(struct runner *runner, const char *why)
{
	char address[NET_ADDR_TEXT_MAX], next[NET_ADDR_TEXT_MAX];
	const struct resolve_target *target;
	char *note;

	if (runner->target_index + 1 >= runner->config.target_count)
		return false;
	target = &runner->config.targets[++runner->target_index];
	note = mem_printf("%s does not answer (%s): %s over %s is tried",
			  net_addr_format(address, &runner->config.target), why, net_addr_format(next, &target->addr),
			  net_transport_name(target->transport));
	campaign_add_note(runner->config.campaign, note);
	free(note);
	leave_tcp(runner);
	runner->tcp_open = false;
	runner->config.target = target->addr;
	runner->config.transport = target->transport;
	runner->stage.probe = PROBE_OPTIONS;
	campaign_set_address(runner->config.campaign, next);
	ask_first(runner);
	return true;
}

#define NEXT_TRY 200000000ull /* ns */

static void ask_again(void *arg)
{
	struct runner *runner = arg;

	runner->stage.probe = PROBE_OPTIONS;
	ask_first(runner);
}

/* Who was started together with us may not listen yet. */
static bool may_come(const struct runner *runner, const struct err *err)
{
	return err->code == -ECONNREFUSED &&
	       world_now(runner->config.world) < runner->asked_since + runner->config.ixit->timers.answer;
}

static void nobody_there(struct runner *runner, const struct err *err)
{
	if (try_next(runner, err->text))
		return;
	leave_tcp(runner);
	if (may_come(runner, err))
		world_timer_start(runner->config.world, &runner->timer, NEXT_TRY, ask_again, runner);
	else
		give_up(runner, err->text);
}

static void begin(struct runner *runner)
{
	bool large_by_tcp = runner->tcp_open && !runner->config.transport_fixed;

	world_timer_stop(&runner->timer);
	leave_tcp(runner);
	core_set_target(runner->core, &runner->config.target, runner->config.transport, large_by_tcp);
	runner_fill(runner);
}

/* Some keep silent to OPTIONS; the second question is one that the specification itself is about. */
static void ask_otherwise(struct runner *runner, const struct err *err)
{
	if (runner->stage.probe == PROBE_REGISTER) {
		nobody_there(runner, err);
		return;
	}
	runner->stage.probe = PROBE_REGISTER;
	probe(runner);
}

static void on_probe(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct runner *runner = arg;

	if (msg && msg->status < 200)
		return;
	runner->probing = NULL;
	if (runner->finished)
		return;
	world_timer_stop(&runner->timer);
	if (msg && (msg->status != 503 || !try_next(runner, "503")))
		begin(runner);
	else if (!msg)
		ask_otherwise(runner, err);
}

static void on_patience(void *arg)
{
	static const struct err late = {
		-ETIMEDOUT, "no answer to OPTIONS and REGISTER in the time that timers.answer_ms of the IXIT gives it"};
	struct runner *runner = arg;

	client_txn_detach(runner->probing);
	runner->probing = NULL;
	ask_otherwise(runner, &late);
}

static void probe(struct runner *runner)
{
	struct err err;

	if (core_probe(runner->core, runner->stage.probe, on_probe, runner, &runner->probing, &err) < 0) {
		nobody_there(runner, &err);
		return;
	}
	world_timer_start(runner->config.world, &runner->timer, runner->config.ixit->timers.answer, on_patience,
			  runner);
}

static void tcp_on_open(void *arg, struct stream *stream)
{
	((struct runner *)arg)->tcp_open = true;
}

static void tcp_on_bytes(void *arg, struct stream *stream, struct slice bytes)
{
}

static void tcp_on_close(void *arg, struct stream *stream, const struct err *err)
{
	((struct runner *)arg)->tcp = NULL;
}

static void ask_first(struct runner *runner)
{
	static const struct stream_events events = {tcp_on_open, tcp_on_bytes, tcp_on_close};

	core_set_target(runner->core, &runner->config.target, runner->config.transport, false);
	if (runner->config.transport == NET_UDP && !runner->config.transport_fixed)
		stream_connect(runner->config.world, &runner->config.target, &events, runner, &runner->tcp, NULL);
	probe(runner);
}

void runner_start(void *arg)
{
	struct runner *runner = arg;

	if (runner->registrar) /* a client comes by itself, or is made to come */
		runner_fill(runner);
	else {
		runner->asked_since = world_now(runner->config.world);
		ask_first(runner);
	}
}
