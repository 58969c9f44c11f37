/* SPDX-License-Identifier: MIT
 *
 * The runner's part where the IUT is a client: the registrar, an account for each user that a play calls in, passwords
 * for the judge, and what happens between two cases: the client is stopped, so that the next case begins anew. */
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "harness/runner_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* --- strangers --- */

static void on_stranger(void *arg, const struct sip_msg *msg, struct slice user)
{
	struct runner *runner = arg;
	char method[40], who[120];
	char *note;

	if (runner->finished)
		return;
	note = mem_printf("a %s came from %s, whom no case was playing: it was refused",
			  text_clean_fixed(method, sizeof(method), msg->method_text),
			  text_clean_fixed(who, sizeof(who), user.p ? user : SLICE("nobody")));
	if (runner->config.campaign->note_count < 20)
		campaign_add_note(runner->config.campaign, note);
	free(note);
}

int client_runner_start(struct runner *runner, struct err *err)
{
	struct registrar_config config = {
		.bind = runner->config.core,
		.domain = runner->config.ixit->domain,
		.profile = runner->config.profile,
		.ims = runner->config.ixit->ims,
		.on_tap = runner_on_tap,
		.on_stranger = on_stranger,
		.on_tls_failed = runner_on_tls_failed,
		.arg = runner,
	};

	runner->busy = mem_alloc(runner->config.ixit->user_count + 1);
	return registrar_new(runner->config.world, &config, &runner->registrar, err);
}

/* --- accounts --- */

/* The first line of the user's password file. */
static const char *read_password(struct runner_case *c, const struct ixit_user *user)
{
	const char *password = ixit_password(&c->arena, user);
	char *note;

	if (!password && user->password_file) {
		note = mem_printf("%s: no password can be read there: response values are not checked",
				  user->password_file);
		campaign_add_note(c->runner->config.campaign, note);
		free(note);
	}
	return password;
}

static bool take_known(struct runner_case *c, struct tester_user *ret)
{
	const struct ixit *ixit = c->runner->config.ixit;

	for (size_t i = 0; i < ixit->user_count; i++) {
		if (c->runner->busy[i])
			continue;
		c->runner->busy[i] = true;
		*ret = (struct tester_user){ixit->users[i].address, ixit->users[i].private_id,
					    read_password(c, &ixit->users[i]), ixit->users[i].keys};
		return true;
	}
	return false;
}

char *runner_password(struct arena *arena, struct slice username)
{
	return arena_printf(arena, "secret of %.*s", SLICE_F(username));
}

void runner_keys_make(struct slice username, struct milenage *ret)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < MILENAGE_BLOCK; i++) {
		hash = hash_stable(username, hash);
		ret->k[i] = (uint8_t)hash;
		ret->opc[i] = (uint8_t)(hash >> 8);
	}
}

static const struct milenage *make_up_keys(struct runner_case *c, const char *user)
{
	struct milenage *keys = arena_alloc(&c->arena, sizeof(*keys));

	runner_keys_make(slice_of(user), keys);
	return keys;
}

/* The same in every order of the cases: decided by the seed, the case and the user's place in it. */
static void make_up(struct runner_case *c, const char *name, unsigned number, struct tester_user *ret)
{
	uint64_t scatter = hash_stable(slice_of(c->play->name), c->runner->config.options->seed);
	const char *user = arena_printf(&c->arena, "%s-%06" PRIx64, name,
					(scatter & 0xfff) << 12 | (c->number << CASE_USERS_BITS | number));

	ret->address = arena_printf(&c->arena, "sip:%s@%s", user, c->runner->config.ixit->domain);
	ret->username = user;
	ret->password = runner_password(&c->arena, slice_of(user));
	ret->keys = make_up_keys(c, user);
}

static void expect_flow(struct runner_case *c, const struct account *account)
{
	struct slice uri = slice_of(account->address);
	struct flow *flow = case_expect_flow(c, account->address, &uri, 1);

	if (account->left_over) { /* by a case before: what he holds is not what this case gave him */
		flow->gaps |= FLOW_GAP_START;
		flow->begin = (struct state){.registered = TRI_UNKNOWN,
					     .published = TRI_UNKNOWN,
					     .subscribed = TRI_UNKNOWN,
					     .waiting = TRI_UNKNOWN,
					     .delivery = DELIVERY_UNKNOWN};
	}
	c->flows[c->flow_count] = flow;
}

struct account *client_make_account(void *arg, const char *name, unsigned number)
{
	struct runner_case *c = arg;
	struct tester_user *user;
	struct account *account;

	if (!c->clients)
		c->clients = arena_alloc(&c->arena, LUA_PLAY_USERS_MAX * sizeof(*c->clients));
	user = &c->clients[c->flow_count].member;
	if (!c->runner->config.ixit->user_count)
		make_up(c, name, number, user);
	else if (!take_known(c, user))
		return NULL;
	account = registrar_open(c->runner->registrar, user->address, user->username, user->password);
	account->keys = user->keys;
	expect_flow(c, account);
	c->clients[c->flow_count++].account = account;
	c->stopping = c->flow_count;
	return account;
}

void client_alive(void *arg, struct account *account)
{
	struct runner_case *c = arg;
	uint64_t now = world_now(c->runner->config.world);
	struct flow *flow = NULL;

	c->runner->client_came = true;
	for (size_t i = 0; i < c->flow_count; i++)
		if (c->clients[i].account == account)
			flow = c->flows[i];
	if (!flow)
		return;
	if (flow->note_count && flow->notes[flow->note_count - 1].kind == FLOW_NOTE_CLIENT_ALIVE)
		flow->notes[flow->note_count - 1].time = now;
	else
		flow_add_note(flow, now, FLOW_NOTE_CLIENT_ALIVE);
}

/* The judge asks in runs against servers, too. */
static size_t client_count(const struct runner_case *c)
{
	return c->clients ? c->flow_count : 0;
}

bool client_secret(void *arg, struct slice username, struct slice realm, struct slice *ret_password)
{
	const struct runner_case *c = arg;

	for (size_t i = 0; i < client_count(c); i++) {
		if (!c->clients[i].member.password || !slice_is(username, c->clients[i].member.username) ||
		    !slice_is(realm, c->runner->config.ixit->domain))
			continue;
		*ret_password = slice_of(c->clients[i].member.password);
		return true;
	}
	return false;
}

static const struct tester_user *member_of(const struct runner_case *c, struct slice user)
{
	for (size_t i = 0; i < client_count(c); i++)
		if (c->clients[i].member.password && slice_is(user, c->clients[i].account->address))
			return &c->clients[i].member;
	return NULL;
}

bool client_able(void *arg, struct slice user)
{
	return member_of(arg, user) != NULL;
}

bool client_name(void *arg, struct slice user, struct slice realm, struct slice *ret_username)
{
	const struct runner_case *c = arg;
	const struct tester_user *member = member_of(c, user);

	if (!member || !slice_is(realm, c->runner->config.ixit->domain))
		return false;
	*ret_username = slice_of(member->username);
	return true;
}

bool client_keys(void *arg, struct slice username, struct milenage *ret_keys)
{
	const struct runner_case *c = arg;

	for (size_t i = 0; i < client_count(c); i++) {
		if (!c->clients[i].member.keys || !slice_is(username, c->clients[i].member.username))
			continue;
		*ret_keys = *c->clients[i].member.keys;
		return true;
	}
	return false;
}

/* --- between cases --- */

/* The one who is waited for in vain in one case does not come in the others either. */
static void give_up(struct runner *runner, const char *why)
{
	char address[NET_ADDR_TEXT_MAX];
	char *reason = mem_printf("no client came to %s: %s", net_addr_format(address, runner_core(runner)), why);

	runner_give_up(runner, reason, "no client came");
	free(reason);
}

static void set_free(struct runner_case *c, const struct tester_user *user)
{
	const struct ixit *ixit = c->runner->config.ixit;

	for (size_t i = 0; i < ixit->user_count; i++)
		if (!strcmp(ixit->users[i].address, user->address))
			c->runner->busy[i] = false;
}

static void stop_next(struct runner_case *c);

static void on_stopped(void *to, enum tester_outcome outcome, const char *why)
{
	struct runner_case *c = to;

	set_free(c, &c->clients[c->stopping].member);
	stop_next(c);
}

static void stop_next(struct runner_case *c)
{
	struct runner *runner = c->runner;
	struct tester *tester = runner->stage.tester;
	struct tester_request request = {.command = TESTER_STOP};

	if (c->stopping) {
		request.user = &c->clients[--c->stopping].member;
		tester->ask(tester, &request, on_stopped, c);
		return;
	}
	if (!runner->client_came && c->end == LUA_PLAY_STUCK && !runner->finished)
		give_up(runner, c->why);
	runner_case_ended(runner);
}

void client_case_end(struct runner_case *c)
{
	stop_next(c);
}

void client_case_drop(struct runner_case *c)
{
	if (c->runner->stage.tester)
		c->runner->stage.tester->forget(c->runner->stage.tester, c);
}
