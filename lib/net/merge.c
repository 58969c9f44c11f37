/* SPDX-License-Identifier: MIT */
#include "net/merge.h"
#include "base/mem.h"

#include <stdlib.h>
#include <sys/stat.h>

enum { OPEN_AT_ONCE = 4 }; /* files kept open while they wait for their first packet to be due */

struct input {
	char *path, *note;       /* path: only of one that was closed to wait */
	struct capture *capture; /* NULL: waits closed, or is over */
	struct capture_packet packet;
	uint64_t due;   /* never earlier than what the file gave before */
	uint64_t began; /* time of the first packet */
	int first;      /* what reading the first packet returned */
	struct err err; /* of that */
};

struct merge {
	struct capture_limits limits;
	struct input *inputs;
	size_t count, cap;
	uint32_t *heap; /* inputs that have a packet, the earliest first */
	size_t heap_count;
	uint32_t wants; /* the input whose packet was handed out, or NONE */
};
#define NONE 0xffffffffu

struct merge *merge_new(const struct capture_limits *limits)
{
	struct merge *m = mem_alloc(sizeof(*m));

	if (limits)
		m->limits = *limits;
	m->wants = NONE;
	return m;
}

static void input_close(struct input *in)
{
	if (in->capture && capture_note(in->capture) && !in->note)
		in->note = mem_strdup(capture_note(in->capture));
	capture_free(in->capture);
	in->capture = NULL;
}

void merge_free(struct merge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++) {
		input_close(&m->inputs[i]);
		free(m->inputs[i].path);
		free(m->inputs[i].note);
	}
	free(m->inputs);
	free(m->heap);
	free(m);
}

/* Where a moment's packets lie in two files, those of the file that began before come first: it was rotated then. */
static bool earlier(const struct merge *m, uint32_t a, uint32_t b)
{
	const struct input *x = &m->inputs[a], *y = &m->inputs[b];

	if (x->due != y->due)
		return x->due < y->due;
	return x->began != y->began ? x->began < y->began : a < b;
}

static void heap_push(struct merge *m, uint32_t file)
{
	size_t at = m->heap_count++;

	for (; at && earlier(m, file, m->heap[(at - 1) / 2]); at = (at - 1) / 2)
		m->heap[at] = m->heap[(at - 1) / 2];
	m->heap[at] = file;
}

static uint32_t heap_pop(struct merge *m)
{
	uint32_t top = m->heap[0], last = m->heap[--m->heap_count];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < m->heap_count) {
		if (child + 1 < m->heap_count && earlier(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (!earlier(m, m->heap[child], last))
			break;
		m->heap[at] = m->heap[child];
		at = child;
	}
	m->heap[at] = last;
	return top;
}

/* Reads the input's next packet: 1, or as capture_next. */
static int input_read(struct input *in, struct err *err)
{
	int r = capture_next(in->capture, &in->packet, err);

	if (r == -EINTR)
		return r;
	if (r <= 0) {
		input_close(in);
		return r;
	}
	if (in->packet.time > in->due)
		in->due = in->packet.time;
	return 1;
}

static bool can_reopen(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* A file that is to wait for its time does so closed. */
static void input_park(struct input *in, const char *path)
{
	if (!can_reopen(path))
		return;
	in->path = mem_strdup(path);
	input_close(in);
}

int merge_add(struct merge *m, const char *path, struct err *err)
{
	struct capture *capture;
	struct input *in;
	int r = capture_open(path, &m->limits, &capture, err);

	if (r < 0)
		return r;
	MEM_GROW(m->inputs, m->count, m->cap);
	m->heap = mem_realloc(m->heap, m->cap * sizeof(*m->heap));
	in = &m->inputs[m->count];
	*in = (struct input){.capture = capture};
	do
		in->first = input_read(in, &in->err);
	while (in->first == -EINTR);
	in->began = in->due;
	if (in->first > 0 && m->count >= OPEN_AT_ONCE)
		input_park(in, path);
	heap_push(m, (uint32_t)m->count++);
	return 0;
}

/* An input is due: 1 where its packet is at hand, which a closed one has to read again. */
static int input_wake(struct merge *m, struct input *in, struct err *err)
{
	int r;

	if (in->first <= 0) { /* what its first packet brought is told now */
		if (in->first < 0 && err)
			*err = in->err;
		return in->first;
	}
	if (in->capture)
		return 1;
	r = capture_open(in->path, &m->limits, &in->capture, err);
	return r < 0 ? r : input_read(in, err);
}

int merge_next(struct merge *m, const struct capture_packet **ret, uint32_t *ret_file, struct err *err)
{
	int r;

	if (m->wants != NONE) {
		*ret_file = m->wants;
		r = input_read(&m->inputs[m->wants], err);
		if (r == -EINTR)
			return r;
		if (r > 0)
			heap_push(m, m->wants);
		m->wants = NONE;
		if (r < 0)
			return r;
	}
	while (m->heap_count) {
		*ret_file = heap_pop(m);
		r = input_wake(m, &m->inputs[*ret_file], err);
		if (r < 0)
			return r;
		if (r > 0) {
			*ret = &m->inputs[*ret_file].packet;
			m->wants = *ret_file;
			return 1;
		}
	}
	return 0;
}

const char *merge_note(const struct merge *m, uint32_t file)
{
	const struct input *in = &m->inputs[file];

	return in->note || !in->capture ? in->note : capture_note(in->capture);
}
