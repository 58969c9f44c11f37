/* SPDX-License-Identifier: MIT */
#include "trace/edit.h"
#include "base/mem.h"
#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>

struct piece { /* one message of the copy */
	uint64_t time;
	const struct event *from;
	struct buf raw;
	bool dropped;
	bool swapped; /* goes the other way than `from` */
	struct event_path path;
};

struct copy {
	struct piece *pieces;
	size_t count, cap;
};

const char *edit_target_name(enum edit_target target)
{
	static const char *const names[] = {"request",   "answer",     "ack",          "end",    "refresh",
					    "push",      "cause",      "cause_answer", "invite", "deposits",
					    "publishes", "subscribes", "dialog",       "before", "later"};

	return names[target];
}

const char *edit_op_name(enum edit_op op)
{
	static const char *const names[] = {"status", "header", "remove",      "replace",       "body",
					    "unset",  "uri",    "host",        "drop",          "delay",
					    "copy",   "repeat", "insert_push", "insert_deposit"};

	return names[op];
}

/* The one message that a target names; NULL for targets that name many, and where it is not there. */
static const struct event *find_target(const struct txn *txn, enum edit_target target)
{
	switch (target) {
	case EDIT_REQUEST:
		return txn->request;
	case EDIT_ANSWER:
		return txn->final;
	case EDIT_ACK:
		return txn->ack;
	case EDIT_END:
		return txn->end;
	case EDIT_REFRESH:
		return txn->refresh;
	case EDIT_PUSH:
	case EDIT_INVITE:
		return txn->push ? txn->push->request : NULL;
	case EDIT_CAUSE:
		return txn->cause ? txn->cause->request : NULL;
	case EDIT_CAUSE_ANSWER:
		return txn->cause ? txn->cause->final : NULL;
	default:
		return NULL;
	}
}

static bool is_target(const struct story *story, const struct txn *txn, enum edit_target target,
		      const struct event *event)
{
	const struct txn *of = story->of_event[event->first->number];

	if (target == EDIT_DEPOSITS)
		return of && of->occasion == OCCASION_DEPOSIT;
	if (target == EDIT_PUBLISHES)
		return event->msg.method == SIP_METHOD_PUBLISH;
	if (target == EDIT_SUBSCRIBES)
		return event->msg.method == SIP_METHOD_SUBSCRIBE;
	if (target == EDIT_DIALOG)
		return txn->push && event_same_call_id(event, txn->push->request);
	if (target == EDIT_BEFORE)
		return event->number < txn->request->number;
	if (target == EDIT_LATER)
		return event->msg.method == txn->request->msg.method && event->number > txn->request->number && of &&
		       of->request != txn->request;
	return event->first == find_target(txn, target);
}

/* --- changes of one message's text --- */

static void splice(struct buf *raw, size_t from, size_t to, struct slice text)
{
	struct buf out = {0};

	buf_add(&out, (struct slice){raw->p, from});
	buf_add(&out, text);
	buf_add(&out, (struct slice){raw->p + to, raw->len - to});
	buf_done(raw);
	*raw = out;
}

static bool index_of(struct buf *raw, struct arena *arena, struct sip_msg *ret)
{
	return sip_msg_index(ret, buf_slice(raw), arena, NULL) == 0;
}

static const struct sip_line *line_named(const struct sip_msg *msg, const char *name)
{
	enum sip_header id = sip_header_of(slice_of(name));

	return id != SIP_HEADER_OTHER ? sip_msg_line(msg, id) : sip_msg_line_named(msg, slice_of(name), NULL);
}

static size_t line_end(const struct sip_msg *msg, const struct sip_line *line)
{
	size_t at = line->value + line->value_len;

	while (at < msg->head_len && msg->raw.p[at] != '\n')
		at++;
	return at + 1;
}

static void set_header(struct buf *raw, struct arena *arena, const char *name, const char *value)
{
	const struct sip_line *line;
	struct sip_msg msg;
	char *text;

	if (!index_of(raw, arena, &msg))
		return;
	line = line_named(&msg, name);
	if (line) {
		splice(raw, line->value, line->value + line->value_len, slice_of(value));
		return;
	}
	text = mem_printf("%s: %s\r\n", name, value);
	splice(raw, msg.head_len - 2, msg.head_len - 2, slice_of(text));
	free(text);
}

static void remove_header(struct buf *raw, struct arena *arena, const char *name)
{
	const struct sip_line *line;
	struct sip_msg msg;

	while (index_of(raw, arena, &msg) && (line = line_named(&msg, name)))
		splice(raw, line->offset, line_end(&msg, line), SLICE_NONE);
}

static void mend_length(struct buf *raw, struct arena *arena, size_t body_len)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", body_len);
	set_header(raw, arena, "Content-Length", text);
}

static void set_body(struct buf *raw, struct arena *arena, const char *body)
{
	struct sip_msg msg;

	if (!index_of(raw, arena, &msg))
		return;
	splice(raw, msg.head_len, raw->len, slice_of(body));
	mend_length(raw, arena, strlen(body));
}

/* Cuts the setting's tag out of a document that is the whole body; a tag that holds its value is the whole element. */
static void unset(struct buf *raw, struct arena *arena, const struct story *story, const struct event *event,
		  const char *name)
{
	const struct settings *settings;
	enum settings_item item = 0;
	struct sip_msg msg;
	size_t at;

	while (settings_item_words[item] && strcmp(settings_item_words[item], name))
		item++;
	settings = settings_item_words[item] ? story_settings(story, event) : NULL;
	if (!settings || !settings->item[item].len || !index_of(raw, arena, &msg))
		return;
	at = msg.head_len + settings->item[item].offset;
	splice(raw, at, at + settings->item[item].len, SLICE_NONE);
	mend_length(raw, arena, raw->len - msg.head_len);
}

static void replace_text(struct buf *raw, struct arena *arena, const char *old, const char *text)
{
	const char *at;
	struct sip_msg msg;

	for (size_t from = 0; (at = slice_find((struct slice){raw->p + from, raw->len - from}, slice_of(old)));) {
		size_t start = (size_t)(at - raw->p);
		splice(raw, start, start + strlen(old), slice_of(text));
		from = start + strlen(text);
	}
	if (index_of(raw, arena, &msg) && msg.head_len < raw->len)
		mend_length(raw, arena, raw->len - msg.head_len);
}

static void set_start(struct buf *raw, struct arena *arena, const struct edit *edit)
{
	struct sip_msg msg;
	char code[8];

	if (!index_of(raw, arena, &msg))
		return;
	if (edit->op == EDIT_URI && msg.is_request) {
		splice(raw, (size_t)(msg.uri.p - raw->p), (size_t)(msg.uri.p - raw->p) + msg.uri.len,
		       slice_of(edit->value));
	} else if (edit->op == EDIT_STATUS && !msg.is_request) {
		size_t at = strlen("SIP/2.0 ");
		snprintf(code, sizeof(code), "%03d", (int)edit->number % 1000);
		splice(raw, at, at + 3, slice_of(code));
	}
}

static void change_text(struct piece *piece, struct arena *arena, const struct story *story, const struct edit *edit)
{
	switch (edit->op) {
	case EDIT_STATUS:
	case EDIT_URI:
		set_start(&piece->raw, arena, edit);
		break;
	case EDIT_HEADER:
		set_header(&piece->raw, arena, edit->name, edit->value);
		break;
	case EDIT_REMOVE:
		remove_header(&piece->raw, arena, edit->name);
		break;
	case EDIT_REPLACE:
		replace_text(&piece->raw, arena, edit->name, edit->value);
		break;
	case EDIT_UNSET:
		unset(&piece->raw, arena, story, piece->from, edit->value);
		break;
	case EDIT_BODY:
		set_body(&piece->raw, arena, edit->value);
		break;
	default:
		break;
	}
}

/* --- changes of the order --- */

static uint64_t shifted(uint64_t time, int64_t ms)
{
	int64_t ns = ms * (int64_t)MILLISECOND;

	return ns < 0 && (uint64_t)-ns > time ? 0 : time + (uint64_t)ns;
}

static struct piece *add_piece(struct copy *copy, const struct event *from, uint64_t time, struct slice raw)
{
	struct piece *piece;

	MEM_GROW(copy->pieces, copy->count, copy->cap);
	piece = &copy->pieces[copy->count++];
	*piece = (struct piece){.time = time, .from = from, .path = from->path};
	buf_add(&piece->raw, raw);
	return piece;
}

/* The same thing a second time: another call, another transaction. */
static void add_second(struct copy *copy, const struct event *event, struct arena *arena, int64_t ms)
{
	struct piece *piece = add_piece(copy, event, shifted(event->time, ms), event->msg.raw);
	struct slice call = sip_msg_value(&event->msg, SIP_HEADER_CALL_ID);
	char *text = mem_printf("second-%.*s", SLICE_F(call));

	set_header(&piece->raw, arena, "Call-ID", text);
	replace_text(&piece->raw, arena, "branch=z9hG4bK", "branch=z9hG4bK2nd");
	free(text);
}

static void add_repeats(struct copy *copy, const struct event *event, int64_t times)
{
	for (int64_t i = 1; i <= times; i++)
		add_piece(copy, event, shifted(event->time, i * 10), event->msg.raw);
}

/* The push that should not have been: plain and right, from the server of this flow to the one who asked it. */
static void add_push(struct copy *copy, const struct story *story, const struct event *event, int64_t ms)
{
	static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
				  "m=message 2855 TCP/MSRP *\r\na=accept-types:text/plain\r\n"
				  "a=path:msrp://192.0.2.1:2855/inserted;tcp\r\na=sendonly\r\n";
	struct slice user = story->flow->user;
	struct piece *piece;
	char *text =
		mem_printf("INVITE %.*s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKinserted%u\r\n"
			   "Max-Forwards: 70\r\nFrom: <sip:server@192.0.2.1>;tag=inserted\r\nTo: <%.*s>\r\n"
			   "Call-ID: inserted-%u\r\nCSeq: 1 INVITE\r\nContact: <sip:session@192.0.2.1>;automata;%s\r\n"
			   "Accept-Contact: *;%s\r\nUser-Agent: %s/OMA1.0\r\nAllow: INVITE, ACK, CANCEL, BYE\r\n"
			   "Supported: timer\r\nSession-Expires: 1800;refresher=uac\r\n"
			   "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
			   SLICE_F(user), event->number, SLICE_F(user), event->number, story->profile->feature_tag,
			   story->profile->feature_tag, story->profile->server_product, sizeof(sdp) - 1, sdp);

	piece = add_piece(copy, event, shifted(event->time, ms), slice_of(text));
	piece->swapped = event->msg.is_request;
	free(text);
}

/* The deferred message that should not have come like this. */
static void add_deposit(struct copy *copy, const struct story *story, const struct event *event, int64_t ms)
{
	struct slice user = story->flow->user;
	const struct txn *deposit = NULL;
	const struct sip_msg *msg;
	struct piece *piece;
	char *text;

	for (size_t i = 0; i < story->count && !deposit; i++)
		if (story->txns[i]->occasion == OCCASION_DEPOSIT)
			deposit = story->txns[i];
	if (!deposit)
		return;
	msg = &deposit->request->msg;
	text = mem_printf("MESSAGE %.*s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKhanded%u\r\n"
			  "Max-Forwards: 70\r\nFrom: %.*s\r\nTo: <%.*s>\r\nCall-ID: handed-%u\r\nCSeq: 1 MESSAGE\r\n"
			  "Content-Type: %.*s\r\nContent-Length: %zu\r\n\r\n%.*s",
			  SLICE_F(user), event->number, SLICE_F(sip_msg_value(msg, SIP_HEADER_FROM)), SLICE_F(user),
			  event->number, SLICE_F(sip_msg_value(msg, SIP_HEADER_CONTENT_TYPE)), msg->body.len,
			  SLICE_F(msg->body));
	piece = add_piece(copy, event, shifted(event->time, ms), slice_of(text));
	piece->swapped = event->msg.is_request;
	free(text);
}

/* What is later takes its answers along. */
static bool goes_along(const struct story *story, const struct event *target, const struct event *event)
{
	const struct txn *txn = target ? story->of_event[target->number] : NULL;

	return txn && target == txn->request && !event->msg.is_request && story->of_event[event->first->number] == txn;
}

static bool apply_one(struct copy *copy, struct arena *arena, const struct story *story, const struct txn *txn,
		      const struct edit *edit)
{
	const struct event *target = find_target(txn, edit->target);
	size_t count = copy->count;
	bool changed = false;

	if (target && edit->op == EDIT_COPY)
		add_second(copy, target, arena, edit->number);
	else if (target && edit->op == EDIT_REPEAT)
		add_repeats(copy, target, edit->number);
	else if (target && edit->op == EDIT_INSERT_PUSH)
		add_push(copy, story, target, edit->number);
	else if (target && edit->op == EDIT_INSERT_DEPOSIT)
		add_deposit(copy, story, target, edit->number);
	if (copy->count > count)
		return true;
	for (size_t i = 0; i < count; i++) {
		struct piece *piece = &copy->pieces[i];
		if (edit->op == EDIT_DELAY && goes_along(story, target, piece->from))
			piece->time = shifted(piece->time, edit->number);
		if (!is_target(story, txn, edit->target, piece->from))
			continue;
		piece->dropped = piece->dropped || edit->op == EDIT_DROP;
		if (edit->op == EDIT_DELAY)
			piece->time = shifted(piece->time, edit->number);
		if (edit->op == EDIT_HOST)
			net_addr_parse_ip(slice_of(edit->value), piece->path.dst.port, &piece->path.dst);
		change_text(piece, arena, story, edit);
		changed = changed || piece->dropped || !net_addr_eq(&piece->path.dst, &piece->from->path.dst) ||
			  (edit->op == EDIT_DELAY && edit->number) ||
			  !slice_eq(buf_slice(&piece->raw), piece->from->msg.raw);
	}
	return changed;
}

static int by_time(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->from->number < y->from->number ? -1 : x->from->number > y->from->number;
}

static void append_piece(struct flow *flow, const struct piece *piece)
{
	const struct event_path *path = &piece->path;
	struct event_path back = {path->dst, path->src, path->transport};

	if (!piece->dropped)
		flow_append(flow, piece->time, piece->swapped ? &back : path, piece->from->place,
			    buf_slice(&piece->raw), NULL);
}

static struct flow *flow_of(const struct flow *old, struct copy *copy)
{
	struct flow *flow = flow_new(old->user);

	flow->begin = old->begin;
	flow->gaps = old->gaps;
	flow->im = old->im;
	flow->roles_told = old->roles_told;
	flow->label = arena_copy(&flow->arena, old->label);
	for (size_t i = 0; i < old->identity_count; i++)
		flow_add_identity(flow, old->identities[i]);
	for (size_t i = 0; i < old->note_count; i++)
		flow_add_note(flow, old->notes[i].time, old->notes[i].kind);
	qsort(copy->pieces, copy->count, sizeof(*copy->pieces), by_time);
	for (size_t i = 0; i < copy->count; i++)
		append_piece(flow, &copy->pieces[i]);
	for (size_t i = 0; i < flow->peer_count; i++) {
		const struct flow_peer *peer = flow_peer(old, &flow->peers[i].addr);
		if (!peer)
			continue;
		if (peer->alive > flow->peers[i].alive)
			flow->peers[i].alive = peer->alive;
		flow->peers[i].server = peer->server;
		flow->peers[i].role = peer->role;
	}
	if (old->watched_until > flow->watched_until)
		flow->watched_until = old->watched_until;
	return flow;
}

int edit_apply(const struct story *story, const struct txn *txn, const struct edit *edits, size_t count,
	       struct flow **ret_flow, struct err *err)
{
	const struct flow *old = story->flow;
	struct arena scratch = {0};
	struct copy copy = {0};
	int ret = 0;

	for (size_t i = 0; i < old->count; i++)
		add_piece(&copy, old->events[i], old->events[i]->time, old->events[i]->msg.raw);
	for (size_t i = 0; i < count && ret == 0; i++) {
		bool one = edits[i].target < EDIT_DEPOSITS;
		if (one && !find_target(txn, edits[i].target))
			ret = err_set(err, -ENOENT, "there is no %s to edit", edit_target_name(edits[i].target));
		else if (!apply_one(&copy, &scratch, story, txn, &edits[i]))
			ret = err_set(err, -EINVAL, "the edit \"%s\" changes nothing", edit_op_name(edits[i].op));
	}
	if (ret == 0)
		*ret_flow = flow_of(old, &copy);
	for (size_t i = 0; i < copy.count; i++)
		buf_done(&copy.pieces[i].raw);
	free(copy.pieces);
	arena_done(&scratch);
	return ret;
}
