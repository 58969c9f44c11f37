/* SPDX-License-Identifier: MIT */
#include "check/stage.h"
#include "body/settings_default.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct stage stage;

static const struct {
	const char *name, *addr;
} hosts[] = {{"core", "10.0.0.1:5060"}, {"server", "10.0.0.2:5060"}, {"client", "10.1.0.1:5060"}};

struct net_addr stage_host(const char *name)
{
	struct net_addr addr = {0};

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (strncmp(hosts[i].name, name, strlen(hosts[i].name)) == 0)
			net_addr_parse(slice_of(hosts[i].addr), 0, &addr, NULL);
	cr_assert(addr.family, "no host %s", name);
	return addr;
}

void stage_init(void)
{
	struct err err = {0};

	stage = (struct stage){.timers = TIMERS_DEFAULT,
			       .profile = {.feature_tag = "+g.oma.sip-im",
					   .event = "poc-settings",
					   .client_product = "IM-client",
					   .server_product = "IM-serv",
					   .version = "OMA*",
					   .metadata_events = {"sip-profile"},
					   .metadata_type = "application/list+xml",
					   .metadata_auid = "deferred",
					   .settings = *settings_profile_default()}};
	settings_init();
	cr_assert_eq(settings_reader_new(&stage.profile.settings, &stage.reader, &err), 0, "%s", err.text);
	stage.profile.reader = stage.reader;
	stage.flow = flow_new(SLICE("sip:alice@im.example"));
	flow_add_identity(stage.flow, SLICE("alice@im.example"));
	flow_add_identity(stage.flow, SLICE("+4420555"));
	stage.story = (struct story){.flow = stage.flow, .profile = &stage.profile, .server_count = 1};
	stage.story.servers = arena_alloc(&stage.flow->arena, sizeof(struct net_addr));
	stage.story.servers[0] = stage_host("server");
}

void stage_done(void)
{
	why_done(&stage.why);
	flow_free(stage.flow);
	settings_reader_free(stage.reader);
}

static struct slice lines(const char *head, const char *body)
{
	struct buf raw = {0};
	struct slice copy;

	for (const char *p = head; *p; p++)
		if (*p == '\n')
			buf_puts(&raw, "\r\n");
		else
			buf_putc(&raw, *p);
	buf_printf(&raw, "Content-Length: %zu\r\n\r\n%s", body ? strlen(body) : 0, body ? body : "");
	copy = arena_copy(&stage.flow->arena, buf_slice(&raw));
	buf_done(&raw);
	return copy;
}

struct event *stage_say(uint64_t time, const char *way, const char *head, const char *body)
{
	struct event_path path = {stage_host(way), stage_host(strchr(way, ' ') + 1),
				  strstr(way, " tcp") ? NET_TCP : NET_UDP};
	struct err err = {0};
	struct event *event = flow_append(stage.flow, time, &path, (struct event_place){0}, lines(head, body), &err);

	cr_assert_not_null(event, "%s", err.text);
	return event;
}

struct event *stage_request(const char *method, uint64_t time, const char *lines)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s sip:alice@im.example SIP/2.0\nCSeq: %zu %s\n%s", method, stage.flow->count + 1,
		 method, lines);
	return stage_say(time, "client core", text, NULL);
}

struct event *stage_response(unsigned status, uint64_t time, const char *lines)
{
	char text[512];

	snprintf(text, sizeof(text), "SIP/2.0 %u Text\nCSeq: %zu PUBLISH\n%s", status, stage.flow->count, lines);
	return stage_say(time, "core client", text, NULL);
}

struct txn *stage_txn(enum occasion occasion, struct event *request, struct event *final)
{
	struct arena *arena = &stage.flow->arena;
	struct txn *txn = arena_alloc(arena, sizeof(*txn));

	*txn = (struct txn){.occasion = occasion, .request = request, .final = final, .before = stage.flow->begin};
	if (final) {
		ARENA_GROW(arena, txn->answers, txn->answer_count, txn->answer_cap);
		txn->answers[txn->answer_count++] = final;
	}
	ARENA_GROW(arena, stage.story.txns, stage.story.count, stage.story.cap);
	stage.story.txns[stage.story.count++] = txn;
	stage.txn = txn;
	stage.event = request;
	return txn;
}

struct event *stage_answer(struct txn *txn, struct event *answer)
{
	ARENA_GROW(&stage.flow->arena, txn->answers, txn->answer_count, txn->answer_cap);
	txn->answers[txn->answer_count++] = answer;
	if (answer->msg.status >= 200)
		txn->final = answer;
	return answer;
}

struct event *stage_orphan(uint64_t time, const char *way, const char *head)
{
	struct event *event = stage_say(time, way, head, NULL);
	struct story *story = &stage.story;

	ARENA_GROW(&stage.flow->arena, story->orphans, story->orphan_count, story->orphan_cap);
	story->orphans[story->orphan_count++] = event;
	return event;
}

struct txn *stage_other(enum occasion occasion, struct event *request, struct event *final)
{
	struct txn *txn = stage.txn, *made = stage_txn(occasion, request, final);

	stage.txn = txn;
	stage.event = txn->request;
	return made;
}

struct publication *stage_publication(const char *etag, enum publication_end end, uint64_t until)
{
	struct publication *p = arena_alloc(&stage.flow->arena, sizeof(*p));

	*p = (struct publication){.etag = slice_of(etag), .end = end, .until = until, .sure_until = until};
	p->older = stage.txn->before.publications;
	stage.txn->before.publications = p;
	return p;
}

void stage_alive(const char *host, uint64_t time)
{
	struct net_addr addr = stage_host(host);

	flow_peer(stage.flow, &addr)->alive = time;
}

/* --- asking --- */

static struct check_arg argument(const char *text)
{
	struct check_arg arg = {.kind = CHECK_ARG_TEXT, .text = text};
	uint64_t number;

	if (slice_to_u64(slice_of(text), &number))
		arg = (struct check_arg){.kind = CHECK_ARG_NUMBER, .number = (int64_t)number};
	return arg;
}

static const char *told(enum tri result)
{
	static char text[1200];
	const struct buf *more = result == TRI_NO ? &stage.why.seen : &stage.why.reason;

	if (result == TRI_YES)
		return "yes";
	cr_expect(stage.why.expected.len, "what was expected is told");
	snprintf(text, sizeof(text), "%s%s%.*s", result == TRI_NO ? "no" : "unknown", more->len ? ": " : "",
		 (int)more->len, more->p ? more->p : "");
	return text;
}

struct check *stage_check(const char *words)
{
	struct arena *arena = &stage.flow->arena;
	char *copy = (char *)arena_copy(arena, (struct slice){words, strlen(words) + 1}).p;
	struct check *check = arena_alloc(arena, sizeof(*check));

	*check = (struct check){.word = check_word(slice_of(strtok(copy, " ")))};
	cr_assert_not_null(check->word, "no word %s", words);
	for (char *word = strtok(NULL, " "); word && check->arg_count < CHECK_ARGS_MAX; word = strtok(NULL, " "))
		check->args[check->arg_count++] = argument(word);
	return check;
}

const char *stage_eval(struct check *check)
{
	const struct secrets *secrets = &stage.secrets;
	bool known = secrets->find || secrets->able || secrets->name || secrets->find_aka;
	struct look look = {&stage.story,           stage.txn, stage.event, &stage.profile, &stage.timers,
			    known ? secrets : NULL, NULL,      NULL};
	static struct err err;
	enum tri result;

	if (check_bind(check, &err) < 0)
		return err.text;
	result = check_eval(check, &look); /* the fast way */
	why_done(&stage.why);
	stage.why = (struct why){0};
	look.why = &stage.why;
	cr_expect_eq(check_eval(check, &look), result, "%s: asked for the reasons it comes out otherwise",
		     check->word->name);
	return told(result);
}

const char *stage_ask(const char *words)
{
	return stage_eval(stage_check(words));
}
