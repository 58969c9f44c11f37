/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "harness/user_internal.h"

#include <inttypes.h>
#include <stdlib.h>

static struct user *user_make(struct core *core)
{
	struct user *user = mem_alloc(sizeof(*user));

	user->core = core;
	user->plans[0] = &user_plan_default;
	user->plan_count = 1;
	return user;
}

/* The contact is the core's own address: a real one lies behind it, and whoever forgets the route still gets there. */
static void user_sit_down(struct user *user)
{
	char host[NET_ADDR_TEXT_MAX];

	user->contact = arena_printf(&user->arena, "%s:ue-%s@%s%s", core_scheme(user->core), user->name,
				     net_addr_format(host, core_addr(user->core)), core_transport_text(user->core));
	user_reachable(user, slice_of(user->address));
	user_reachable(user, slice_of(user->contact));
	if (user->tel)
		user_reachable(user, slice_of(user->tel));
}

struct user *user_new(struct core *core, const char *name, uint64_t unique)
{
	struct user *user = user_make(core);

	user->name = arena_printf(&user->arena, "%s-%09" PRIx64, name, (uint64_t)(unique & USER_UNIQUE_MAX));
	user->address = arena_printf(&user->arena, "sip:%s@%s", user->name, core_domain(core));
	user->tel = arena_printf(&user->arena, "tel:+8835%011" PRIu64, (uint64_t)(unique & USER_UNIQUE_MAX));
	user_sit_down(user);
	return user;
}

struct user *user_new_known(struct core *core, const char *name, const char *address)
{
	struct user *user = user_make(core);

	user->known = true;
	user->name = arena_printf(&user->arena, "%s", name);
	user->address = arena_printf(&user->arena, "%s", address);
	user_sit_down(user);
	return user;
}

void user_reachable(struct user *user, struct slice uri)
{
	core_seat_take(user->core, uri, &user_seat_events, user);
}

void user_hang_up(struct user *user)
{
	for (struct user_session *s = user->sessions; s; s = s->next)
		if (s->call == CALL_UP)
			session_hang_up(s);
}

void user_free(struct user *user)
{
	if (!user)
		return;
	user->on_event = NULL;
	user_hang_up(user);
	while (user->sessions) {
		struct user_session *s = user->sessions;

		user->sessions = s->next;
		session_free(s);
	}
	core_seats_leave(user->core, user);
	arena_done(&user->arena);
	free(user);
}

static const struct user_answer default_answers[] = {{.status = 180, .allow = USER_ALLOW},
						     {.status = 200, .allow = USER_ALLOW}};
const struct user_plan user_plan_default = {
	.answers = default_answers, .count = ARRAY_LEN(default_answers), .refreshes = true};

bool user_plan_add(struct user *user, const struct user_plan *plan, bool more)
{
	struct user_plan *copy;

	if (!more)
		user->plan_count = 0;
	if (user->plan_count == USER_PLANS_MAX)
		return false;
	copy = arena_alloc(&user->arena, sizeof(*copy));
	*copy = *plan;
	user->plans[user->plan_count++] = copy;
	return true;
}
