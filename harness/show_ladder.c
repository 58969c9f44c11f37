/* SPDX-License-Identifier: MIT */
#include "harness/show_ladder.h"
#include "trace/wire.h"
#include "reports/ladder.h"
#include "reports/words.h"
#include "base/arena.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

struct show {
	const struct campaign *campaign; /* NULL: none */
	uint32_t file;
	struct arena arena; /* of the texts below */
	struct arena index; /* of the message at hand */
	struct map seen;    /* messages by what a retransmission repeats */
	struct ladder_arrow *arrows;
	struct net_addr (*ends)[2]; /* of each arrow */
	size_t count, cap, ends_cap;
	uint64_t more;
};

static const char *label_of(struct show *show, const struct sip_msg *msg)
{
	char what[120];
	struct buf status = {0};
	const char *label;

	if (msg->is_request) {
		buf_printf(&status, "%.*s %.*s", SLICE_F(msg->method_text), SLICE_F(msg->uri));
	} else {
		buf_printf(&status, "%u %.*s", msg->status, SLICE_F(msg->reason));
	}
	label = arena_printf(&show->arena, "%s", text_clean_fixed(what, sizeof(what), buf_slice(&status)));
	buf_done(&status);
	return label;
}

/* The same top Via, Call-ID, CSeq and status over the same hop: said again. */
static bool is_again(struct show *show, const struct wire_message *message, const struct sip_msg *msg)
{
	static const enum sip_header told[] = {SIP_HEADER_VIA, SIP_HEADER_CALL_ID, SIP_HEADER_CSEQ};
	struct buf key = {0};
	bool again;

	buf_add(&key, (struct slice){(const char *)&message->path.src, sizeof(message->path.src)});
	buf_add(&key, (struct slice){(const char *)&message->path.dst, sizeof(message->path.dst)});
	buf_printf(&key, "%u", msg->status);
	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		buf_putc(&key, '\n');
		buf_add(&key, sip_msg_value(msg, told[i]));
	}
	again = map_set(&show->seen, buf_slice(&key), show) != NULL;
	buf_done(&key);
	return again;
}

static void note_finding(struct buf *note, const struct show *show, const struct finding *f, uint64_t frame)
{
	for (unsigned i = 0; i < f->evidence_count; i++) {
		const struct evidence *e = &f->evidence[i];

		if (e->file != show->file || e->frame != frame)
			continue;
		if (note->len)
			buf_putc(note, '\n');
		words_sentence(note, f);
		return;
	}
}

/* What did not pass at this frame; NULL for nothing. */
static const char *note_of(struct show *show, uint64_t frame)
{
	struct buf note = {0};
	const char *text = NULL;

	for (size_t i = 0; show->campaign && i < show->campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &show->campaign->requirements[i];

		for (size_t j = 0; j < r->count; j++)
			if (r->findings[j].verdict > VERDICT_PASS)
				note_finding(&note, show, &r->findings[j], frame);
	}
	if (note.len)
		text = arena_copy(&show->arena, buf_slice(&note)).p;
	buf_done(&note);
	return text;
}

static void on_message(void *arg, const struct wire_message *message)
{
	struct show *show = arg;
	struct ladder_arrow *arrow;
	struct sip_msg msg;

	if (show->count == SHOW_MESSAGES_MAX) {
		show->more++;
		return;
	}
	arena_rewind(&show->index);
	if (sip_msg_index(&msg, message->bytes, &show->index, NULL) < 0)
		return;
	MEM_GROW(show->arrows, show->count, show->cap);
	MEM_GROW(show->ends, show->count, show->ends_cap);
	show->ends[show->count][0] = message->path.src;
	show->ends[show->count][1] = message->path.dst;
	arrow = &show->arrows[show->count++];
	*arrow = (struct ladder_arrow){.time = message->time, .label = label_of(show, &msg)};
	arrow->note = note_of(show, message->place.frame);
	arrow->mark = arrow->note ? LADDER_WRONG : is_again(show, message, &msg) ? LADDER_AGAIN : LADDER_PLAIN;
}

static int read_capture(struct show *show, const char *path, uint64_t *ret_packets, struct err *err)
{
	struct capture_packet packet;
	struct capture *capture;
	struct wire *wire;
	int r = capture_open(path, NULL, &capture, err);

	*ret_packets = 0;
	if (r < 0)
		return r;
	wire = wire_new(NULL, &(struct wire_sink){.arg = show, .message = on_message});
	while ((r = capture_next(capture, &packet, err)) > 0 || r == -EAGAIN || r == -EINTR) {
		if (r < 0)
			continue;
		wire_feed(wire, &packet, 0);
		++*ret_packets;
	}
	wire_finish(wire);
	wire_free(wire);
	capture_free(capture);
	return r;
}

/* Hosts with their ports, where a column for each fits; else the hosts alone. */
static bool are_ports_shown(const struct show *show)
{
	struct net_addr known[LADDER_COLUMNS_MAX];
	unsigned n = 0;

	for (size_t i = 0; i < 2 * show->count; i++) {
		const struct net_addr *end = &show->ends[i / 2][i % 2];
		unsigned j = 0;

		while (j < n && !net_addr_eq(&known[j], end))
			j++;
		if (j == LADDER_COLUMNS_MAX)
			return false;
		if (j == n)
			known[n++] = *end;
	}
	return true;
}

static const char *party_of(struct show *show, struct net_addr end, bool port)
{
	const struct campaign *campaign = show->campaign;
	char text[NET_ADDR_TEXT_MAX];

	net_addr_format(text, &end);
	if (campaign && strcmp(text, campaign->iut_address) == 0)
		return arena_printf(&show->arena, "IUT %s", text);
	if (!port)
		end.port = 0;
	return arena_printf(&show->arena, "%s", net_addr_format(text, &end));
}

static void draw(struct show *show, struct buf *to, uint64_t packets)
{
	const struct ladder_options options = {.times = true};
	bool ports = are_ports_shown(show);

	for (size_t i = 0; i < show->count; i++) {
		show->arrows[i].from = party_of(show, show->ends[i][0], ports);
		show->arrows[i].to = party_of(show, show->ends[i][1], ports);
	}
	ladder_draw(to, show->arrows, show->count, &options);
	if (show->count == 0)
		buf_printf(to, "no SIP message in %llu packets\n", (unsigned long long)packets);
	if (show->more)
		buf_printf(to, "%llu more messages\n", (unsigned long long)show->more);
}

int show_ladder(struct buf *to, const char *path, const struct campaign *campaign, uint32_t file, struct err *err)
{
	struct show show = {.campaign = campaign, .file = file};
	uint64_t packets;
	int r = read_capture(&show, path, &packets, err);

	if (packets || r == 0)
		draw(&show, to, packets);
	arena_done(&show.arena);
	arena_done(&show.index);
	map_done(&show.seen);
	free(show.arrows);
	free(show.ends);
	return r;
}
