/* SPDX-License-Identifier: MIT */
#include "trace/ledger_parts.h"
#include "base/hash.h"

/* --- what messages have in common --- */

/* Of an answer's bytes half are its request's, and of a request's a quarter those of the one before in its dialog. */
static const uint8_t numbers[SIP_HEADER_COUNT] = {
	[SIP_HEADER_VIA] = 1,
	[SIP_HEADER_FROM] = 2,
	[SIP_HEADER_TO] = 3,
	[SIP_HEADER_CALL_ID] = 4,
};

/* The next line, from there on, that is the first one of such a header. */
static const struct sip_line *find_line(const struct sip_msg *msg, const struct sip_line *line)
{
	for (; line < msg->lines + msg->line_count; line++)
		if (numbers[line->id] && sip_msg_line(msg, line->id) == line)
			return line;
	return NULL;
}

struct repeats {
	struct record_repeat all[RECORD_HEADERS];
	struct slice values[RECORD_HEADERS];
	uint8_t count;
};

/* That other values share a hash is as good as impossible (base/hash.h); that the lengths are the same keeps who reads
 * within the tape even then. */
static struct repeats find_repeats(struct record_writer *writer, const struct sip_msg *msg)
{
	struct repeats repeats = {.count = 0};

	for (const struct sip_line *line = msg->lines; (line = find_line(msg, line)); line++) {
		unsigned header = numbers[line->id] - 1u;
		struct slice value = sip_line_value(msg, line);
		uint64_t hash = hash_slice(value, ('r' << 8) + header);
		if (hash == writer->last[header] && value.len == writer->lens[header] && line->value <= UINT16_MAX) {
			repeats.values[repeats.count] = value;
			repeats.all[repeats.count++] = (struct record_repeat){(uint16_t)line->value, (uint16_t)header};
		}
		writer->last[header] = hash;
		writer->lens[header] = (uint16_t)value.len; /* of a line that an outline tells */
	}
	return repeats;
}

void record_note(struct record_reader *reader, const struct record *record, const struct sip_msg *msg)
{
	if (!record->outline_len)
		return;
	for (const struct sip_line *line = msg->lines; (line = find_line(msg, line)); line++)
		reader->last[numbers[line->id] - 1] = sip_line_value(msg, line);
}

/* --- writing --- */

/* Returns the bytes of the outline; 0: there is none, or the branch is where no record can tell. */
static size_t outline_of(const struct sip_msg *msg, struct slice bytes, struct slice branch, struct sip_outline *ret)
{
	if (msg->raw.len != bytes.len)
		return 0;
	if (branch.p && (branch.p - bytes.p > UINT16_MAX || branch.len > UINT16_MAX))
		return 0;
	return sip_outline_of(msg, ret);
}

static void put_text(struct tape *tape, struct tape_pool *pool, struct slice bytes, const struct repeats *repeats)
{
	const char *p = bytes.p;

	for (unsigned i = 0; i < repeats->count; i++) {
		tape_append(tape, pool, p, (size_t)(repeats->values[i].p - p));
		p = repeats->values[i].p + repeats->values[i].len;
	}
	tape_append(tape, pool, p, (size_t)(bytes.p + bytes.len - p));
}

void record_put(struct record_writer *writer, struct tape *tape, struct tape_pool *pool, struct record *record,
		const struct sip_msg *msg, struct slice bytes, const struct event_marks *marks)
{
	struct sip_outline outline;
	struct repeats repeats = {.count = 0};

	record->key = marks->key;
	record->cseq = marks->cseq;
	record->branch = marks->branch.p ? (uint16_t)(marks->branch.p - bytes.p) : 0;
	record->branch_len = (uint16_t)marks->branch.len;
	record->len = (uint32_t)bytes.len;
	record->outline_len = (uint8_t)outline_of(msg, bytes, marks->branch, &outline);
	if (record->outline_len)
		repeats = find_repeats(writer, msg);
	record->repeat_count = repeats.count;
	tape_append(tape, pool, record, sizeof(*record));
	tape_append(tape, pool, repeats.all, repeats.count * sizeof(*repeats.all));
	tape_append(tape, pool, &outline, record->outline_len);
	put_text(tape, pool, bytes, &repeats);
}

/* --- reading --- */

struct record_reader record_begin(const struct tape *tape)
{
	return (struct record_reader){.tape = tape_begin(tape)};
}

static void get_text(struct record_reader *reader, const struct record_repeat *repeats, unsigned count, char *text,
		     size_t len)
{
	size_t at = 0;

	for (unsigned i = 0; i < count; i++) {
		struct slice value = reader->last[repeats[i].header];
		tape_read(&reader->tape, text + at, repeats[i].at - at);
		memcpy(text + repeats[i].at, value.p, value.len);
		at = repeats[i].at + value.len;
	}
	tape_read(&reader->tape, text + at, len - at);
}

struct flow_lent record_get(struct record_reader *reader, struct record *ret, struct arena *arena)
{
	struct record_repeat repeats[RECORD_HEADERS];
	char *outline, *text;
	struct slice branch;

	tape_read(&reader->tape, ret, sizeof(*ret));
	tape_read(&reader->tape, repeats, ret->repeat_count * sizeof(*repeats));
	outline = arena_longer(arena, NULL, 0, ret->outline_len + ret->len);
	text = outline + ret->outline_len;
	tape_read(&reader->tape, outline, ret->outline_len);
	get_text(reader, repeats, ret->repeat_count, text, ret->len);
	branch = (struct slice){text + ret->branch, ret->branch_len};
	return (struct flow_lent){
		.raw = {text, ret->len},
		.outline = ret->outline_len ? (const void *)outline : NULL,
		.marks = {.key = ret->key, .branch = ret->branch ? branch : SLICE_NONE, .cseq = ret->cseq},
	};
}
