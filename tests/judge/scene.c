/* SPDX-License-Identifier: MIT */
#include "judge/scene.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define DOCUMENT(active)                                                                                               \
	"<poc-settings xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\" "                                              \
	"xmlns:im=\"urn:oma:xml:im:service-settings\">\n"                                                              \
	"<entity id=\"do39s8zk\"><isb-settings><incoming-session-barring active=\"false\" "                            \
	"im:service-id=\"session-mode\"/>\n"                                                                           \
	"<incoming-session-barring active=\"false\" im:service-id=\"pager-large-mode\"/></isb-settings>\n"             \
	"<im:vis-settings><im:vis-status active=\"false\"/></im:vis-settings>\n"                                       \
	"<im:deferred-settings><im:offline-delivery active=\"" active "\"/></im:deferred-settings>\n"                  \
	"<im:hist-settings><im:hist-activation active=\"false\" im:service-id=\"session-mode\"/>\n"                    \
	"<im:hist-activation active=\"false\" "                                                                        \
	"im:service-id=\"pager-large-mode\"/></im:hist-settings></entity></poc-settings>\n"

const char SCENE_SETTINGS_ON[] = DOCUMENT("true");
const char SCENE_SETTINGS_OFF[] = DOCUMENT("false");

static const struct {
	const char *name, *addr;
} hosts[] = {
	{"client", "10.1.0.1:5060"}, {"tablet", "10.1.0.2:5060"}, {"proxy", "10.0.0.1:5060"},
	{"core", "10.0.0.1:5060"},   {"server", "10.0.0.2:5060"}, {"server's other port", "10.0.0.2:5999"},
};

static const char *const clauses[] = {
	SOURCE_ROOT "/scenarios/12.2.2.2-deferred-push.lua", SOURCE_ROOT "/scenarios/5.2.2-registration.lua",
	SOURCE_ROOT "/scenarios/5.2.4-settings-client.lua",  SOURCE_ROOT "/scenarios/5.3-client-status.lua",
	SOURCE_ROOT "/scenarios/6.1.1.5-settings.lua",
};

static struct net_addr host(const char *name)
{
	struct net_addr addr;

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (strcmp(hosts[i].name, name) == 0) {
			net_addr_parse(slice_of(hosts[i].addr), 0, &addr, NULL);
			return addr;
		}
	cr_assert_fail("no host %s", name);
	return addr;
}

void scene_init(struct scene *scene)
{
	struct err err = {0};

	memset(scene, 0, sizeof(*scene));
	settings_init();
	catalogue_init(&scene->catalogue);
	scene->script = script_new(&scene->catalogue);
	for (size_t i = 0; i < ARRAY_LEN(clauses); i++)
		cr_assert_eq(script_load_file(scene->script, clauses[i], &err), 0, "%s", err.text);
	cr_assert_eq(profile_load(SOURCE_ROOT "/scenarios/profiles/default.lua", &scene->arena, &scene->profile, &err),
		     0, "%s", err.text);
	cr_assert_eq(settings_reader_new(&scene->profile.settings, &scene->reader, &err), 0, "%s", err.text);
	scene->profile.reader = scene->reader;
	scene->flow = flow_new(SLICE("sip:alice@im.example"));
	flow_add_identity(scene->flow, SLICE("alice@im.example"));
	flow_add_identity(scene->flow, SLICE("+4420555"));
	scene->flow->begin = (struct state){.delivery = DELIVERY_NONE, .publications_complete = true};
	scene->flow->im = true;
	scene->now = 1000000000;
}

static void forget_findings(struct scene *scene)
{
	for (size_t i = 0; i < scene->count; i++)
		finding_done(&scene->findings[i]);
	scene->count = 0;
}

void scene_init_capture(struct scene *scene)
{
	scene_init(scene);
	scene->flow->label = SLICE_NONE;
	scene->flow->begin.registered = scene->flow->begin.published = TRI_UNKNOWN;
	scene->flow->gaps = FLOW_GAP_START;
}

void scene_done(struct scene *scene)
{
	forget_findings(scene);
	free(scene->findings);
	flow_free(scene->flow);
	settings_reader_free(scene->reader);
	script_free(scene->script);
	catalogue_done(&scene->catalogue);
	arena_done(&scene->arena);
}

void scene_say(struct scene *scene, unsigned ms, const char *from, const char *to, const char *head, const char *body)
{
	struct event_path path = {host(from), host(to), NET_UDP};
	struct buf raw = {0};
	struct err err = {0};

	for (const char *p = head; *p; p++)
		if (*p == '\n')
			buf_puts(&raw, "\r\n");
		else
			buf_putc(&raw, *p);
	buf_printf(&raw, "Content-Length: %zu\r\n\r\n%s", body ? strlen(body) : 0, body ? body : "");
	scene->now += ms * 1000000ull;
	cr_assert_not_null(flow_append(scene->flow, scene->now, &path, (struct event_place){0, scene->flow->count + 1},
				       buf_slice(&raw), &err),
			   "%s", err.text);
	buf_done(&raw);
}

void scene_probe(struct scene *scene, unsigned ms)
{
	scene->now += ms * 1000000ull;
	for (size_t i = 0; i < scene->flow->peer_count; i++)
		scene->flow->peers[i].alive = scene->now;
	scene->flow->watched_until = scene->now;
}

void scene_probe_host(struct scene *scene, unsigned ms, const char *name)
{
	const struct net_addr addr = host(name);
	struct flow_peer *peer = flow_peer(scene->flow, &addr);

	scene->now += ms * 1000000ull;
	if (peer)
		peer->alive = scene->now;
	scene->flow->watched_until = scene->now;
}

static void keep(void *arg, struct finding *finding)
{
	struct scene *scene = arg;

	MEM_GROW(scene->findings, scene->count, scene->cap);
	scene->findings[scene->count++] = *finding;
}

static bool find_none(void *arg, struct slice username, struct slice realm, struct slice *ret_password)
{
	return false;
}

static bool is_able(void *arg, struct slice user)
{
	return ((struct scene *)arg)->passworded;
}

void scene_judge(struct scene *scene, struct flow *flow, bool server, bool client)
{
	struct secrets secrets = {.find = find_none, .able = is_able, .arg = scene};
	struct judge judge = {.secrets = &secrets,
			      .catalogue = &scene->catalogue,
			      .profile = &scene->profile,
			      .timers = TIMERS_DEFAULT,
			      .server = server,
			      .client = client,
			      .on_finding = keep,
			      .arg = scene};

	forget_findings(scene);
	judge_flow(&judge, flow ? flow : scene->flow, NULL);
}

struct flow *scene_snapped(const struct scene *scene, size_t bytes)
{
	const struct flow *whole = scene->flow;
	struct flow *flow = flow_new(whole->user);

	for (size_t i = 0; i < whole->identity_count; i++)
		flow_add_identity(flow, whole->identities[i]);
	flow->begin = whole->begin;
	flow->im = whole->im;
	for (size_t i = 0; i < whole->count; i++) {
		const struct event *event = whole->events[i];
		struct slice raw = event->msg.raw;
		if (raw.len > bytes) {
			raw.len = bytes;
			flow->gaps |= FLOW_GAP_CUT;
		}
		flow_append(flow, event->time, &event->path, event->place, raw, NULL);
	}
	for (size_t i = 0; i < flow->peer_count; i++)
		flow->peers[i].alive = flow_peer(whole, &flow->peers[i].addr)->alive;
	flow->watched_until = whole->watched_until;
	return flow;
}

enum verdict scene_verdict(const struct scene *scene, const char *id, const char *rule)
{
	enum verdict verdict = VERDICT_NONE;

	for (size_t i = 0; i < scene->count; i++)
		if (strcmp(scene->findings[i].requirement, id) == 0 &&
		    (!rule || strcmp(scene->findings[i].rule, rule) == 0))
			verdict = verdict_worse(verdict, scene->findings[i].verdict);
	return verdict;
}

void scene_expect_no_blame(const struct scene *scene)
{
	for (size_t i = 0; i < scene->count; i++) {
		const struct finding *f = &scene->findings[i];
		cr_expect(f->verdict != VERDICT_FAIL && f->verdict != VERDICT_WARN, "%s (%s): expected %s, seen %s",
			  f->requirement, f->rule, f->expected, f->seen);
	}
}

/* --- one request --- */

static const char *or_else(const char *text, const char *other)
{
	return text ? text : other;
}

static void put_ids(char ret[600], const struct scene_request *r, const char *tag)
{
	const char *call = or_else(r->call, r->method);
	const struct net_addr from = host(or_else(r->from, "client"));
	char addr[NET_ADDR_TEXT_MAX];

	snprintf(ret, 600,
		 "Via: SIP/2.0/UDP %s;branch=z9hG4bK%s%u\nFrom: <%s>;tag=%s\nTo: <sip:alice@im.example>%s\n"
		 "Call-ID: %s\nCSeq: %u %s\n",
		 net_addr_format(addr, &from), call, r->cseq, or_else(r->by, "sip:alice@im.example"), call, tag, call,
		 r->cseq, r->method);
}

void scene_ask(struct scene *scene, struct scene_request r)
{
	const char *from = or_else(r.from, "client"), *to = or_else(r.to, "proxy");
	const char *user = strcmp(r.method, "REGISTER") ? "alice@" : "";
	char ids[600], text[2048];

	r.cseq = r.cseq ? r.cseq : 1;
	put_ids(ids, &r, "");
	snprintf(text, sizeof(text), "%s sip:%sim.example SIP/2.0\n%sMax-Forwards: 70\n%s%s", r.method, user, ids,
		 or_else(r.more, ""), r.body ? "Content-Type: application/poc-settings+xml\n" : "");
	scene_say(scene, 10, from, to, text, r.body);
	if (!r.status)
		return;
	put_ids(ids, &r, ";tag=t");
	snprintf(text, sizeof(text), "SIP/2.0 %s\n%s%s", r.status, ids, or_else(r.granted, ""));
	scene_say(scene, 5, to, from, text, NULL);
}

/* --- conforming stretches --- */

static unsigned next_number(struct scene *scene)
{
	return (unsigned)scene->flow->count;
}

void scene_register(struct scene *scene)
{
	unsigned n = next_number(scene);
	char request[1024], answer[1024];

	snprintf(request, sizeof(request),
		 "REGISTER sip:im-as.im.example SIP/2.0\nVia: SIP/2.0/UDP "
		 "10.0.0.1:5060;branch=z9hG4bKr%u\nMax-Forwards: 70\n"
		 "From: <sip:scscf.im.example>;tag=s%u\nTo: <sip:alice@im.example>\nCall-ID: reg%u\nCSeq: 1 REGISTER\n"
		 "Contact: <sip:scscf.im.example>\nExpires: 3600\n",
		 n, n, n);
	snprintf(answer, sizeof(answer),
		 "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKr%u\nFrom: "
		 "<sip:scscf.im.example>;tag=s%u\n"
		 "To: <sip:alice@im.example>;tag=t%u\nCall-ID: reg%u\nCSeq: 1 REGISTER\nExpires: 3600\n",
		 n, n, n, n);
	scene_say(scene, 10, "core", "server", request, NULL);
	scene_say(scene, 1, "server", "core", answer, NULL);
}

void scene_deposit(struct scene *scene)
{
	unsigned n = next_number(scene);
	char request[1024], answer[1024];

	snprintf(request, sizeof(request),
		 "MESSAGE sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKm%u\n"
		 "Via: SIP/2.0/UDP 10.1.0.9:5060;branch=z9hG4bKu%u\nMax-Forwards: 69\nFrom: "
		 "<sip:bob@im.example>;tag=b%u\n"
		 "To: <sip:alice@im.example>\nCall-ID: dep%u\nCSeq: 1 MESSAGE\nP-Asserted-Identity: "
		 "<sip:bob@im.example>\n"
		 "Content-Type: text/plain\n",
		 n, n, n, n);
	snprintf(answer, sizeof(answer),
		 "SIP/2.0 202 Accepted\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKm%u\n"
		 "Via: SIP/2.0/UDP 10.1.0.9:5060;branch=z9hG4bKu%u\nFrom: <sip:bob@im.example>;tag=b%u\n"
		 "To: <sip:alice@im.example>;tag=t%u\nCall-ID: dep%u\nCSeq: 1 MESSAGE\n",
		 n, n, n, n, n);
	scene_say(scene, 10, "core", "server", request, "hello");
	scene_say(scene, 1, "server", "core", answer, NULL);
}

void scene_publish(struct scene *scene, const char *body, const char *more_head, const char *status, const char *etag)
{
	unsigned n = next_number(scene);
	char request[2048], answer[1024];

	snprintf(request, sizeof(request),
		 "PUBLISH sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKp%u\n"
		 "Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKu%u\nMax-Forwards: 69\nFrom: "
		 "<sip:alice@im.example>;tag=a%u\n"
		 "To: <sip:alice@im.example>\nCall-ID: pub%u\nCSeq: 1 PUBLISH\nExpires: 3600\n%s%s",
		 n, n, n, n, more_head, body ? "Content-Type: application/poc-settings+xml\n" : "");
	snprintf(answer, sizeof(answer),
		 "SIP/2.0 %s\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKp%u\nVia: SIP/2.0/UDP "
		 "10.1.0.1:5060;branch=z9hG4bKu%u\n"
		 "From: <sip:alice@im.example>;tag=a%u\nTo: <sip:alice@im.example>;tag=t%u\nCall-ID: pub%u\nCSeq: 1 "
		 "PUBLISH\n%s%s%s",
		 status, n, n, n, n, n, etag ? "Expires: 3600\nSIP-ETag: " : "", etag ? etag : "", etag ? "\n" : "");
	scene_say(scene, 10, "core", "server", request, body);
	scene_say(scene, 2, "server", "core", answer, NULL);
}

static const char offer[] =
	"v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=message 2855 TCP/MSRP *\r\n"
	"a=accept-types:text/plain\r\na=path:msrp://10.0.0.2:2855/a;tcp\r\na=sendonly\r\n";

void scene_push(struct scene *scene)
{
	unsigned n = next_number(scene);
	char text[2048];

#define DIALOG "From: <sip:im@im.example>;tag=f%u\nTo: <sip:alice@im.example>%s\nCall-ID: push%u\nCSeq: %u %s\n"
#define VIA    "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK%s%u\n"
	snprintf(
		text, sizeof(text),
		"INVITE sip:alice@im.example SIP/2.0\n" VIA "Max-Forwards: 70\n" DIALOG
		"Contact: <sip:s%u@10.0.0.2>;+g.oma.sip-im;automata\nAccept-Contact: *;+g.oma.sip-im;require;explicit\n"
		"User-Agent: IM-serv/OMA1.0 scene/1\nAllow: INVITE, ACK, CANCEL, BYE, UPDATE\nSupported: timer\n"
		"Session-Expires: 1800;refresher=uac\nContent-Type: application/sdp\n",
		"i", n, n, "", n, 1, "INVITE", n);
	scene_say(scene, 20, "server", "core", text, offer);
	snprintf(text, sizeof(text), "SIP/2.0 180 Ringing\n" VIA DIALOG "Contact: <sip:alice@10.1.0.1>\n", "i", n, n,
		 ";tag=u", n, 1, "INVITE");
	scene_say(scene, 5, "core", "server", text, NULL);
	snprintf(text, sizeof(text),
		 "SIP/2.0 200 OK\n" VIA DIALOG
		 "Contact: <sip:alice@10.1.0.1;x=1>\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE\n"
		 "Session-Expires: 1800;refresher=uac\n",
		 "i", n, n, ";tag=u", n, 1, "INVITE");
	scene_say(scene, 5, "core", "server", text, NULL);
	snprintf(text, sizeof(text), "ACK sip:alice@10.1.0.1;x=1 SIP/2.0\n" VIA DIALOG, "k", n, n, ";tag=u", n, 1,
		 "ACK");
	scene_say(scene, 1, "server", "core", text, NULL);
	snprintf(text, sizeof(text), "BYE sip:alice@10.1.0.1;x=1 SIP/2.0\n" VIA "Max-Forwards: 70\n" DIALOG, "b", n, n,
		 ";tag=u", n, 2, "BYE");
	scene_say(scene, 50, "server", "core", text, NULL);
	snprintf(text, sizeof(text), "SIP/2.0 200 OK\n" VIA DIALOG, "b", n, n, ";tag=u", n, 2, "BYE");
	scene_say(scene, 1, "core", "server", text, NULL);
#undef DIALOG
#undef VIA
}
