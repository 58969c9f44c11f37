/* SPDX-License-Identifier: MIT */
#include "harness/audit_parts.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"
#include "reports/journal.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

/* --- what was lost on the way --- */

/* Which of the losses of lib/net may hide a message from the judge, and how; others were made good, or are told by the
 * sink with their hosts. */
static uint32_t gap_of(enum net_reason reason)
{
	switch (reason) {
	case NET_LOST_LINK_UNKNOWN:
	case NET_LOST_BROKEN:
	case NET_LOST_TOO_DEEP:
	case NET_LOST_WS_BROKEN:
		return FLOW_GAP_UNREADABLE;
	case NET_LOST_SNAPPED:
		return FLOW_GAP_CUT;
	case NET_LOST_FRAGMENTS_UNFINISHED:
	case NET_LOST_FRAGMENTS_EVICTED:
	case NET_LOST_TCP_EVICTED:
	case NET_LOST_SCTP_UNFINISHED:
		return FLOW_GAP_LOST;
	default:
		return 0;
	}
}

static void mark_tls(struct audit *audit, const struct net_stats *stats)
{
	for (size_t i = 0; i < stats->tls_count; i++)
		audit_take_gap(audit->intake, audit->latest, &stats->tls[i].client, &stats->tls[i].server,
			       FLOW_GAP_UNREADABLE);
	if (stats->tls_count == NET_TLS_PAIRS_MAX)
		audit_take_gap(audit->intake, audit->latest, NULL, NULL, FLOW_GAP_UNREADABLE);
}

static void mark_losses(struct audit *audit)
{
	const struct net_stats *stats = wire_stats(audit->wire);

	if (stats->lost == audit->known_lost)
		return;
	audit->known_lost = stats->lost;
	for (unsigned i = 0; i < NET_REASON_COUNT; i++)
		if (stats->reasons[i] != audit->known_reasons[i] && gap_of((enum net_reason)i))
			audit_take_gap(audit->intake, audit->latest, NULL, NULL, gap_of((enum net_reason)i));
	if (stats->reasons[NET_LOST_TLS] != audit->known_reasons[NET_LOST_TLS])
		mark_tls(audit, stats);
	memcpy(audit->known_reasons, stats->reasons, sizeof(stats->reasons));
}

/* --- messages --- */

static void take_message(void *arg, const struct wire_message *message)
{
	struct audit *audit = arg;

	audit_take_message(audit->intake, message);
}

static void take_gap(void *arg, uint64_t time, const struct net_addr *a, const struct net_addr *b, enum flow_gap gap)
{
	struct audit *audit = arg;

	audit->junk += gap == FLOW_GAP_UNREADABLE;
	audit_take_gap(audit->intake, time, a, b, gap);
}

/* --- reading --- */

static bool stopped(const struct audit *audit)
{
	return audit->config->stop && *audit->config->stop;
}

enum { PROGRESS_EVERY = 1024 /* packets */, RECORD_LEN = 16 /* bytes of a file around each packet, about */ };

static void tell_progress(struct audit *audit, const struct capture_packet *packet)
{
	const struct audit_config *config = audit->config;

	audit->bytes += packet->caplen + RECORD_LEN;
	if (config->on_progress && ++audit->packets % PROGRESS_EVERY == 0)
		config->on_progress(config->arg, audit->bytes, ledger_stats(audit->ledger)->messages);
}

#define SET_BACK SECOND /* frames of two interfaces may be out of order by less */

static void mark_clock(struct audit *audit, uint64_t time)
{
	if (time + SET_BACK < audit->previous)
		audit_take_gap(audit->intake, audit->latest, NULL, NULL, FLOW_GAP_CLOCK);
	audit->previous = time;
}

static void feed(struct audit *audit, const struct capture_packet *packet, uint32_t file)
{
	tell_progress(audit, packet);
	mark_clock(audit, packet->time);
	if (packet->time > audit->latest)
		audit->latest = packet->time;
	wire_feed(audit->wire, packet, audit->file_index[file]);
	mark_losses(audit);
}

static void keep_first(int *result, int ret, struct err *first, const struct err *err)
{
	if (*result == 0 && ret < 0) {
		*result = ret;
		if (first)
			*first = *err;
	}
}

/* A file that fails in its middle has given what came before; the others go on. */
static int read_files(struct audit *audit, struct merge *merge, struct err *err)
{
	struct campaign *campaign = audit->config->campaign;
	const struct capture_packet *packet;
	struct err own;
	uint32_t file;
	int ret, result = 0;

	while (!stopped(audit) && (ret = merge_next(merge, &packet, &file, &own)) != 0) {
		if (ret == -EINTR || ret == -EAGAIN)
			continue;
		if (ret > 0) {
			feed(audit, packet, file);
			continue;
		}
		keep_first(&result, ret, err, &own);
		audit->inputs->broken++;
		campaign->input.truncated = true;
		campaign_add_note(campaign, own.text);
		audit_take_gap(audit->intake, audit->latest, NULL, NULL, FLOW_GAP_LOST);
	}
	return result;
}

/* A run leaves a journal and a capture of nearly the same name. */
static int add_file(struct merge *merge, const char *path, struct err *err)
{
	int ret = merge_add(merge, path, err);
	char name[200];

	if (ret != -EBADMSG || !journal_probe(path))
		return ret;
	return err_set(err, ret, "%s: a journal, expected a capture; imconform report reads journals",
		       text_clean_fixed(name, sizeof(name), slice_of(path)));
}

static int open_files(struct audit *audit, struct merge *merge, struct err *err)
{
	const struct audit_config *config = audit->config;
	struct audit_inputs *inputs = audit->inputs;
	struct err own;
	int ret, result = 0;

	audit->file_index = mem_alloc((config->file_count + 1) * sizeof(*audit->file_index));
	for (size_t i = 0; i < config->file_count; i++) {
		ret = add_file(merge, config->files[i], &own);
		keep_first(&result, ret, err, &own);
		if (ret == -EINTR)
			break;
		if (ret < 0) {
			inputs->refused++;
			campaign_add_note(config->campaign, own.text);
		} else {
			audit->file_index[inputs->opened++] = campaign_add_file(config->campaign, config->files[i]);
		}
	}
	return result;
}

static int audit_files(struct audit *audit, struct err *err)
{
	struct merge *merge = merge_new(NULL);
	struct err own;
	int result = open_files(audit, merge, err);

	keep_first(&result, read_files(audit, merge, &own), err, &own);
	for (uint32_t i = 0; i < audit->inputs->opened; i++) {
		if (!merge_note(merge, i))
			continue;
		campaign_add_note(audit->config->campaign, merge_note(merge, i)); /* begins with its name */
		audit->config->campaign->input.truncated = true;
	}
	merge_free(merge);
	return result;
}

static int audit_interface(struct audit *audit, struct err *err)
{
	const struct audit_config *config = audit->config;
	struct capture_packet packet;
	struct capture *capture;
	int ret = capture_open_live(config->interface, NULL, &capture, err);

	if (ret < 0)
		return ret;
	audit->inputs->opened = 1;
	audit->file_index = mem_alloc(sizeof(*audit->file_index));
	audit->file_index[0] = campaign_add_file(config->campaign, config->interface);
	while (!stopped(audit) && (ret = capture_next(capture, &packet, err)) != 0) {
		uint64_t dropped = capture_live_dropped(capture);
		if (dropped != audit->known_dropped)
			audit_take_gap(audit->intake, audit->latest, NULL, NULL, FLOW_GAP_LOST);
		audit->known_dropped = dropped;
		if (ret > 0) {
			feed(audit, &packet, 0);
			audit_intake_flush(audit->intake); /* findings are told as they happen */
		} else if (ret != -EINTR && ret != -EAGAIN)
			break;
	}
	capture_free(capture);
	return ret < 0 && ret != -EINTR && ret != -EAGAIN ? ret : 0;
}

/* --- what the report says of the input --- */

static void note_forgotten(struct audit *audit, uint64_t users)
{
	char *line;

	if (!users)
		return;
	line = mem_printf(
		"%llu users of whom nothing was open were forgotten (--limit-users): of what they do later the "
		"beginning is not known",
		(unsigned long long)users);
	campaign_add_note(audit->config->campaign, line);
	free(line);
}

static void add_input(struct audit *audit)
{
	struct campaign *campaign = audit->config->campaign;
	const struct net_stats *stats = wire_stats(audit->wire);
	const struct ledger_stats *ledger = ledger_stats(audit->ledger);
	const struct {
		const char *reason;
		uint64_t count;
	} own[] = {
		{"SIP messages that can't be read", ledger->unreadable},
		{"junk in SIP streams", audit->junk},
		{"messages that concern no user", ledger->strangers},
		{"chapters ended by a limit", ledger->evicted},
		{"packets dropped by the interface", audit->known_dropped},
	};

	if (audit->config->from_start)
		campaign_add_note(campaign,
				  "users begin with nothing registered, published or stored: --from-start says "
				  "that nothing of theirs was before the capture");
	note_forgotten(audit, ledger->forgotten);
	campaign->input.packets += stats->packets;
	campaign->input.sip_messages += ledger->messages;
	campaign->input.flows += ledger->users;
	for (unsigned i = 0; i < NET_REASON_COUNT; i++)
		if (stats->reasons[i])
			campaign_add_dropped(campaign, net_reason_name((enum net_reason)i), stats->reasons[i]);
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (own[i].count)
			campaign_add_dropped(campaign, own[i].reason, own[i].count);
}

enum { WORTH_WAKING = 16 }; /* of what just happened on an interface each is, which is told at once */

static unsigned threads_wanted(unsigned jobs)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (jobs == 0)
		jobs = cpus > 4 ? 4 : cpus > 0 ? (unsigned)cpus : 1;
	return jobs < CREW_MAX ? jobs : CREW_MAX;
}

int audit_run(const struct audit_config *config, struct audit_inputs *ret_inputs, struct err *err)
{
	struct audit audit = {.config = config, .inputs = ret_inputs};
	const struct wire_sink sink = {&audit, take_message, take_gap};
	struct net_config net = {.ports = config->ports, .port_count = config->port_count};
	struct ledger_config ledger = {
		.profile = config->judge->profile,
		.open_max = config->open_max,
		.users_max = config->users_max,
		.chapter_len_max = config->chapter_len_max,
		.len_max = config->len_max,
		.from_start = config->from_start,
		.role = audit_role,
		.on_chapter = audit_judge_chapter,
		.arg = &audit,
	};
	struct err own;
	int result, ret;

	ledger.roles_told = (config->server.count ? 1u << FLOW_ROLE_SERVER : 0) |
			    (config->client.count ? 1u << FLOW_ROLE_CLIENT : 0);
	*ret_inputs = (struct audit_inputs){0};
#ifdef M_ARENA_MAX /* glibc: what one thread frees is not to lie idle while another one asks for more */
	mallopt(M_ARENA_MAX, 1);
#endif
	audit.wire = wire_new(&net, &sink);
	audit.ledger = ledger_new(&ledger);
	audit.crew = crew_new(threads_wanted(config->jobs), config->interface ? 1 : WORTH_WAKING);
	audit.intake = audit_intake_new(&audit);
	audit.judging = audit_judging_new(&audit);
	result = config->interface ? audit_interface(&audit, err) : audit_files(&audit, err);
	wire_finish(audit.wire);
	mark_losses(&audit);
	audit_intake_flush(audit.intake);
	ledger_finish(audit.ledger, audit.latest);
	ret = audit_judging_finish(audit.judging, &own);
	keep_first(&result, ret, err, &own);
	add_input(&audit);
	audit_note_roles(&audit);
	crew_free(audit.crew);
	audit_intake_free(audit.intake);
	ledger_free(audit.ledger);
	wire_free(audit.wire);
	free(audit.file_index);
	return result;
}
