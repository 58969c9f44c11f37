/* SPDX-License-Identifier: MIT
 *
 * What was done in a run was done in its evidence, too: audited as somebody else's capture would be, told nothing but
 * that it holds the beginning (--from-start), it has to give the verdicts of the run. */
#define _GNU_SOURCE /* memfd_create */
#include "base/mem.h"
#include "harness/audit.h"
#include "harness/prove_audit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* --- a capture in memory --- */

int prove_capture_init(struct prove_capture *capture, struct err *err)
{
	*capture = (struct prove_capture){.fd = memfd_create("imconform-evidence", MFD_CLOEXEC)};
	if (capture->fd < 0)
		return err_set(err, -ENOMEM, "no memory for the evidence of a campaign");
	capture->path = mem_printf("/proc/self/fd/%d", capture->fd);
	return evidence_log_new(capture->path, 0, &capture->log, err);
}

void prove_capture_done(struct prove_capture *capture)
{
	evidence_log_free(capture->log, NULL);
	free(capture->path);
	if (capture->fd >= 0)
		close(capture->fd);
}

static bool find_password(void *arg, struct slice username, struct slice realm, struct slice *ret_password)
{
	*ret_password = slice_of(runner_password(arg, username));
	return true;
}

/* The references all have one, and the runs knew. */
static bool has_password(void *arg, struct slice user)
{
	return true;
}

bool prove_find_keys(void *arg, struct slice username, struct milenage *ret_keys)
{
	runner_keys_make(username, ret_keys);
	return true;
}

static struct judge judge_of(const struct prove_stage *stage, const struct prove_job *job,
			     const struct secrets *secrets)
{
	return (struct judge){
		.catalogue = &stage->catalogue,
		.profile = &stage->profile,
		.timers = TIMERS_DEFAULT,
		.secrets = secrets,
		.server = job->side->actor == ACTOR_SERVER,
		.client = job->side->actor == ACTOR_CLIENT,
		.ims = job->side->ims,
	};
}

struct campaign *prove_capture_audit(struct prove_capture *capture, const struct prove_stage *stage,
				     const struct prove_job *job, struct err *err)
{
	struct arena arena = {0};
	const struct secrets secrets = {
		.find = find_password, .able = has_password, .find_aka = prove_find_keys, .arg = &arena};
	const struct judge judge = judge_of(stage, job, &secrets);
	const char *path = capture->path;
	struct audit_config config = {.judge = &judge, .files = &path, .file_count = 1, .from_start = true, .jobs = 1};
	struct audit_inputs inputs;
	int rc = evidence_log_free(capture->log, err);

	capture->log = NULL;
	if (job->direct && capture->server.bits) /* as --server: a registrar in the traffic may be anybody's */
		config.server = (struct audit_patterns){&capture->server, 1, 1};
	config.campaign = campaign_new(CAMPAIGN_AUDIT, &stage->catalogue, job->side->actor, false);
	config.campaign->complete = true;
	config.campaign->passes_max = 1;
	if (rc == 0)
		rc = audit_run(&config, &inputs, err);
	arena_done(&arena);
	if (rc == 0) {
		campaign_settle(config.campaign);
		return config.campaign;
	}
	campaign_free(config.campaign);
	return NULL;
}

/* --- what the judge says of the flows of a run --- */

static bool count(void *arg, size_t requirement, enum verdict verdict)
{
	struct prove_live *live = arg;

	live->counts[requirement][verdict]++;
	return true;
}

void prove_live_init(struct prove_live *live, const struct prove_stage *stage, const struct prove_job *job)
{
	live->stage = stage;
	live->secrets = (struct secrets){
		.find = find_password, .able = has_password, .find_aka = prove_find_keys, .arg = &live->arena};
	live->judge = judge_of(stage, job, &live->secrets);
	live->judge.on_count = count;
	live->judge.arg = live;
	live->counts = mem_alloc(stage->catalogue.requirement_count * sizeof(*live->counts));
}

void prove_live_done(struct prove_live *live)
{
	arena_done(&live->arena);
	free(live->counts);
}

void prove_live_flow(void *arg, const struct play *play, struct flow *flow)
{
	struct prove_live *live = arg;

	judge_flow(&live->judge, flow, NULL);
	if (live->on_flow)
		live->on_flow(live->arg, play, flow);
}

/* --- the same? --- */

/* What messages don't show, and the run knows by other means: the audit leaves it open. */
static const char tester_tells[] = "that the client is alive, its upper tester tells, and no message";

const struct prove_unseen prove_unseen[] = {
	{"5.2.2-ims", "faults ims-no-reg", tester_tells},
	{NULL, NULL, NULL},
};

static const char *unseen(const char *id, const char *name)
{
	for (const struct prove_unseen *u = prove_unseen; u->id; u++)
		if (!strcmp(u->id, id) && !strcmp(u->name, name))
			return u->why;
	return NULL;
}

static enum verdict worst(const uint64_t counts[VERDICT_COUNT])
{
	enum verdict verdict = VERDICT_COUNT;

	while (--verdict > VERDICT_NONE && !counts[verdict])
		;
	return verdict;
}

/* A case ends when its play does, the capture later: what the run left open, or had not come to, may be decided in it.
 * More than the run has left open can't be wrong. */
static bool is_seen_longer(const uint64_t live[VERDICT_COUNT], const struct campaign_requirement *audited)
{
	const uint64_t *now = audited->counts;

	return worst(live) <= VERDICT_INCONC && worst(live) != VERDICT_PASS && audited->verdict != VERDICT_INCONC &&
	       now[VERDICT_FAIL] <= live[VERDICT_FAIL] + live[VERDICT_INCONC] &&
	       now[VERDICT_WARN] <= live[VERDICT_WARN] + live[VERDICT_INCONC];
}

/* Why it may be so; NULL: it may not. */
static const char *agreement(const struct campaign_requirement *run, const uint64_t live[VERDICT_COUNT],
			     const struct campaign_requirement *audited, enum proof_kind kind, const char *name)
{
	if (audited->verdict == run->verdict)
		return "as in the run";
	/* the rest of a campaign's verdicts is made of what it knows of its cases: controls, and what each is for */
	if (audited->verdict == worst(live))
		return "as of each flow of the run";
	if (is_seen_longer(live, audited))
		return "the capture goes on where the case ended";
	if (audited->verdict == VERDICT_NONE && kind == PROOF_NULLS)
		return "nothing in the capture speaks of IM";
	if (audited->verdict == VERDICT_INCONC && run->verdict == VERDICT_NONE && kind == PROOF_NULLS)
		return "the capture goes on where the case ended, and decides nothing";
	return audited->verdict == VERDICT_INCONC ? unseen(run->requirement->id, name) : NULL;
}

static uint64_t total(const uint64_t counts[VERDICT_COUNT])
{
	uint64_t sum = 0;

	for (size_t i = 0; i < VERDICT_COUNT; i++)
		sum += counts[i];
	return sum;
}

/* With --only, flows may be left in which nobody speaks IM: a capture gives no reason to judge them. */
static const char *selection(const struct prove_live *live, size_t place, const struct campaign_requirement *audited)
{
	bool fewer = total(audited->counts) < total(live->counts[place]);

	return live->stage->options->only.count && fewer ? "of the selected cases some show no IM" : NULL;
}

static char *name_of(const struct prove_job *job)
{
	if (job->kind == PROOF_BROKEN)
		return mem_strdup(job->direct ? "the reference without a core" : "the reference");
	return mem_printf("%s %s", proof_kind_name(job->kind), job->side->tables[job->kind]->list[job->number].name);
}

static void compare(const struct prove_live *live, struct prove_job *job, const struct campaign_requirement *run,
		    const struct campaign_requirement *audited)
{
	size_t place = prove_stage_place(live->stage, run->requirement->id);
	char *name = name_of(job);
	const char *why = agreement(run, live->counts[place], audited, job->kind, name);

	why = why ? why : selection(live, place, audited);
	proofs_add(&job->proofs, PROOF_AUDIT, place, why != NULL, name,
		   why ? mem_printf("%s: %s", verdict_name(audited->verdict), why)
		       : mem_printf("%s in the run (%s), %s in its capture (%s)", verdict_name(run->verdict),
				    run->reason, verdict_name(audited->verdict), audited->reason));
}

void prove_agreement(const struct prove_live *live, struct prove_job *job, const struct campaign *run,
		     const struct campaign *audited)
{
	for (size_t i = 0; i < run->requirement_count; i++) {
		const struct campaign_requirement *r = &run->requirements[i];

		if (prove_side_has(job->side, live->stage, prove_stage_place(live->stage, r->requirement->id)))
			compare(live, job, r, campaign_find(audited, r->requirement->id));
	}
}

/* --- a flow as a capture --- */

static const struct flow_peer *other_peer(const struct flow *flow, const struct flow_peer *peer)
{
	for (size_t i = 0; i < flow->peer_count; i++)
		if (&flow->peers[i] != peer)
			return &flow->peers[i];
	return peer;
}

/* Of a flow's hosts only the last sign of life is known: here it is one. */
static void put_alive(const struct flow *flow, const struct flow_peer *peer, uint64_t time, struct evidence_log *log)
{
	const struct event_path path = {peer->addr, other_peer(flow, peer)->addr, NET_UDP};

	evidence_log_add(
		log, time, &path,
		SLICE("OPTIONS sip:nobody.example SIP/2.0\r\n"
		      "Via: SIP/2.0/UDP nobody.example;branch=z9hG4bKalive\r\nFrom: <sip:nobody.example>;tag=1\r\n"
		      "To: <sip:nobody.example>\r\nCall-ID: alive\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"));
}

/* Whoever registers or publishes is the client, on whatever connection. */
static bool is_client(const struct flow *flow, const struct flow_peer *peer)
{
	for (size_t i = 0; i < flow->count; i++) {
		const struct sip_msg *msg = &flow->events[i]->msg;

		if (msg->is_request && (msg->method == SIP_METHOD_REGISTER || msg->method == SIP_METHOD_PUBLISH) &&
		    net_addr_eq(&flow->events[i]->path.src, &peer->addr))
			return true;
	}
	return false;
}

/* What the run was told by other means than SIP. */
static void put_note(const struct flow *flow, const struct flow_note *note, struct evidence_log *log)
{
	for (size_t i = 0; note->kind == FLOW_NOTE_CLIENT_ALIVE && i < flow->peer_count; i++)
		if (is_client(flow, &flow->peers[i]))
			put_alive(flow, &flow->peers[i], note->time, log);
}

static void put_alive_between(const struct flow *flow, uint64_t after, uint64_t until, struct evidence_log *log)
{
	for (size_t i = 0; i < flow->peer_count; i++)
		if (flow->peers[i].alive > after && flow->peers[i].alive <= until)
			put_alive(flow, &flow->peers[i], flow->peers[i].alive, log);
}

void prove_capture_flow(struct prove_capture *capture, const struct flow *flow)
{
	const struct event_path nobody = {net_addr_v4((const uint8_t[]){192, 0, 2, 1}, 9),
					  net_addr_v4((const uint8_t[]){192, 0, 2, 2}, 9), NET_UDP};
	uint64_t last = 0;

	for (size_t i = 0; i < flow->peer_count; i++)
		if (flow->peers[i].server)
			capture->server = (struct net_pattern){flow->peers[i].addr,
							       flow->peers[i].addr.family == NET_FAMILY_V4 ? 32 : 128};
	for (size_t i = 0; i < flow->count; i++) {
		const struct event *event = flow->events[i];

		put_alive_between(flow, last, event->time, capture->log);
		evidence_log_add(capture->log, event->time, &event->path, event->msg.raw);
		last = event->time;
	}
	put_alive_between(flow, last, UINT64_MAX, capture->log);
	for (size_t i = 0; i < flow->note_count; i++)
		put_note(flow, &flow->notes[i], capture->log);
	evidence_log_add(capture->log, flow->watched_until, &nobody, SLICE("\r\n"));
}
