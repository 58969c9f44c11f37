/* SPDX-License-Identifier: MIT
 *
 * The evidence as a capture: all packets of the files that were judged, or of a run's evidence, with a comment for each
 * finding on the frames that show it. Wireshark finds them with the filter "frame.comment".
 *
 * Redacted, it has their SIP messages only, each in packets of its own: nothing is taken over that has not been read.
 */
#include "reports/report.h"
#include "reports/redact.h"
#include "reports/words.h"
#include "base/mem.h"
#include "net/capture.h"
#include "net/pcapng_write.h"
#include "trace/wire.h"

#include <stdlib.h>

enum { COMMENTS_MAX = 64 }; /* on one frame */

struct mark { /* a finding on a frame */
	uint32_t file;
	uint64_t frame;
	size_t number; /* in the campaign's order */
	const struct finding *finding;
};

struct marks {
	struct mark *list;
	size_t count, cap;
};

struct annotation {
	const struct campaign *campaign;
	struct redaction *redaction; /* NULL: none */
	struct wire *wire;           /* of a redacted capture */
	int failed;                  /* the first message that could not be written */
	struct marks marks;
	size_t next; /* first mark not passed yet */
	struct buf out;
	struct pcapng_writer writer;
	FILE *to;
};

static int compare_marks(const void *pa, const void *pb)
{
	const struct mark *a = pa, *b = pb;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->frame != b->frame)
		return a->frame < b->frame ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static void add_marks(struct marks *marks, const struct finding *f)
{
	for (unsigned i = 0; i < f->evidence_count; i++) {
		if (f->evidence[i].frame == 0)
			continue;
		MEM_GROW(marks->list, marks->count, marks->cap);
		marks->list[marks->count] = (struct mark){f->evidence[i].file, f->evidence[i].frame, marks->count, f};
		marks->count++;
	}
}

static void find_marks(struct marks *marks, const struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->requirement_count; i++)
		for (size_t j = 0; j < campaign->requirements[i].count; j++)
			add_marks(marks, &campaign->requirements[i].findings[j]);
	if (marks->count)
		qsort(marks->list, marks->count, sizeof(*marks->list), compare_marks);
}

static char *comment_of(const struct annotation *annotation, const struct mark *mark)
{
	struct buf text = {0};

	words_sentence(&text, mark->finding);
	if (annotation->campaign->file_count > 1 || annotation->redaction) /* whose frames have other numbers */
		buf_printf(&text, "; frame %llu of %s", (unsigned long long)mark->frame,
			   annotation->campaign->file_names[mark->file]);
	return buf_take(&text);
}

/* Marks are in the order of the packets, so that each is looked at once. */
static size_t take_comments(struct annotation *annotation, uint32_t file, uint64_t frame, char **comments)
{
	size_t n = 0;

	for (; annotation->next < annotation->marks.count; annotation->next++) {
		const struct mark *mark = &annotation->marks.list[annotation->next];

		if (mark->file > file || (mark->file == file && mark->frame > frame))
			break;
		if (mark->file == file && mark->frame == frame && n < COMMENTS_MAX)
			comments[n++] = comment_of(annotation, mark);
	}
	return n;
}

static int copy_packet(struct annotation *annotation, uint32_t file, const struct capture_packet *packet)
{
	const struct pcapng_packet copy = {
		packet->time, packet->link, packet->origlen, {(const char *)packet->p, packet->caplen}};
	char *comments[COMMENTS_MAX];
	size_t n = take_comments(annotation, file, packet->frame, comments);
	int r = pcapng_copy_packet(&annotation->writer, &copy, (const char *const *)comments, n);

	while (n > 0)
		free(comments[--n]);
	words_flush(&annotation->out, annotation->to);
	return r < 0 ? r : 0;
}

/* --- redacted --- */

static void copy_message(void *arg, const struct wire_message *message)
{
	struct annotation *annotation = arg;
	struct net_addr src = message->path.src, dst = message->path.dst;
	char *comments[COMMENTS_MAX];
	size_t n = take_comments(annotation, message->place.file, message->place.frame, comments);
	struct buf bytes = {0};
	int r;

	redaction_message(annotation->redaction, message->bytes, &bytes);
	redaction_addr(annotation->redaction, &src);
	redaction_addr(annotation->redaction, &dst);
	r = pcapng_write_message(&annotation->writer,
				 &(struct pcapng_message){.time = message->time,
							  .src = src,
							  .dst = dst,
							  .transport = message->path.transport,
							  .bytes = buf_slice(&bytes),
							  .comments = (const char *const *)comments,
							  .comment_count = n});
	annotation->failed = annotation->failed ? annotation->failed : r < 0 ? r : 0;
	buf_done(&bytes);
	while (n > 0)
		free(comments[--n]);
	words_flush(&annotation->out, annotation->to);
}

/* --- files --- */

static int take_packet(struct annotation *annotation, uint32_t file, const struct capture_packet *packet)
{
	if (!annotation->redaction)
		return copy_packet(annotation, file, packet);
	wire_feed(annotation->wire, packet, file);
	return annotation->failed;
}

static void copy_secrets(void *arg, struct slice key_log)
{
	struct annotation *annotation = arg;

	pcapng_write_tls_secrets(&annotation->writer, key_log);
}

static int copy_file(struct annotation *annotation, uint32_t file, struct err *err)
{
	const char *path = annotation->campaign->files[file];
	struct capture_packet packet;
	struct capture *capture;
	int r;

	if (strcmp(path, "-") == 0)
		return err_set(err, -EINVAL, "standard input can't be read a second time");
	r = capture_open(path, NULL, &capture, err);
	if (r < 0)
		return r;
	if (!annotation->redaction) /* who has the packets wants to read them */
		capture_on_tls_secrets(capture, copy_secrets, annotation);
	while ((r = capture_next(capture, &packet, err)) > 0)
		if ((r = take_packet(annotation, file, &packet)) < 0) {
			err_set(err, r, "%s: %s", annotation->campaign->file_names[file], strerror(-r));
			break;
		}
	capture_free(capture);
	return r;
}

int report_pcapng(const struct campaign *campaign, const struct report_options *options, FILE *to, struct err *err)
{
	struct annotation annotation = {.campaign = campaign, .redaction = options->redaction, .to = to};
	int r = 0;

	if (campaign->file_count == 0)
		return err_set(err, -ENODATA, "there is no capture to annotate");
	find_marks(&annotation.marks, campaign);
	pcapng_writer_init_noted(&annotation.writer, &annotation.out, "imconform", (const char *const *)campaign->notes,
				 campaign->note_count);
	words_flush(&annotation.out, to);
	if (options->redaction)
		annotation.wire = wire_new(NULL, &(struct wire_sink){.arg = &annotation, .message = copy_message});
	for (uint32_t i = 0; i < campaign->file_count && r == 0; i++)
		r = copy_file(&annotation, i, err);
	if (annotation.wire)
		wire_finish(annotation.wire);
	wire_free(annotation.wire);
	pcapng_writer_done(&annotation.writer);
	buf_done(&annotation.out);
	free(annotation.marks.list);
	return r < 0 ? r : words_end(to, err);
}
