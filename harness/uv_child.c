/* SPDX-License-Identifier: MIT */
#include "harness/uv_child.h"
#include "base/buf.h"
#include "base/mem.h"
#include "harness/uv_world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct uv_child {
	struct world *world;
	struct uv_child_events events;
	void *arg;
	uv_process_t process;
	uv_pipe_t to, from;
	uv_tty_t terminal;
	uv_stream_t *input; /* `from` or `terminal` */
	bool has_process, running;
	unsigned open; /* handles that are not closed */
	struct buf got;
	char chunk[4096];
	bool over; /* on_end is told, or nobody is to be told */
};

struct writing {
	uv_write_t request;
	struct buf text;
};

static void on_closed(uv_handle_t *handle)
{
	((struct uv_child *)handle->data)->open--;
}

static void close_handle(void *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, on_closed);
}

static void over(struct uv_child *child, const char *why)
{
	if (child->over)
		return;
	child->over = true;
	uv_read_stop(child->input);
	child->events.on_end(child->arg, why);
}

static void on_exit_status(uv_process_t *process, int64_t status, int signal)
{
	struct uv_child *child = process->data;
	char why[80];

	child->running = false;
	snprintf(why, sizeof(why), signal ? "ended by signal %d" : "ended with status %d",
		 signal ? signal : (int)status);
	over(child, why);
}

static void on_alloc(uv_handle_t *handle, size_t want, uv_buf_t *to)
{
	struct uv_child *child = handle->data;

	*to = uv_buf_init(child->chunk, sizeof(child->chunk));
}

/* A callee may free nothing: it is the owner, who does so from outside. */
static void tell_lines(struct uv_child *child)
{
	const char *end;

	while (!child->over && child->got.len && (end = memchr(child->got.p, '\n', child->got.len))) {
		size_t len = (size_t)(end - child->got.p);
		struct slice line = {child->got.p, len && child->got.p[len - 1] == '\r' ? len - 1 : len};

		child->events.on_line(child->arg, line);
		buf_drop_front(&child->got, len + 1);
	}
	if (child->got.len > UV_CHILD_LINE_MAX)
		over(child, "said a line that is too long");
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes)
{
	struct uv_child *child = stream->data;

	if (count < 0) {
		over(child, "closed its output");
		return;
	}
	buf_add(&child->got, (struct slice){bytes->base, (size_t)count});
	tell_lines(child);
}

static struct uv_child *child_new(struct world *world, const struct uv_child_events *events, void *arg)
{
	struct uv_child *child = mem_alloc(sizeof(*child));

	child->world = world;
	child->events = *events;
	child->arg = arg;
	child->process.data = child->to.data = child->from.data = child->terminal.data = child;
	return child;
}

static int spawn(struct uv_child *child, const char *command)
{
	char *args[] = {(char *)"/bin/sh", (char *)"-c", (char *)command, NULL};
	uv_stdio_container_t stdio[] = {
		{.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&child->to},
		{.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->from},
		{.flags = UV_INHERIT_FD, .data.fd = 2}};
	uv_process_options_t options = {.file = args[0],
					.args = args,
					.stdio = stdio,
					.stdio_count = 3,
					.exit_cb = on_exit_status,
					.flags = UV_PROCESS_DETACHED};
	uv_loop_t *loop = uv_world_loop(child->world);
	int rc;

	uv_pipe_init(loop, &child->to, 0);
	uv_pipe_init(loop, &child->from, 0);
	child->input = (uv_stream_t *)&child->from;
	child->has_process = true;
	child->open = 3;
	rc = uv_spawn(loop, &child->process, &options);
	child->process.data = child->to.data = child->from.data = child;
	child->running = rc == 0;
	return rc == 0 ? uv_read_start(child->input, on_alloc, on_read) : rc;
}

int uv_child_new(struct world *world, const char *command, const struct uv_child_events *events, void *arg,
		 struct uv_child **ret, struct err *err)
{
	struct uv_child *child = child_new(world, events, arg);
	int rc = spawn(child, command);

	if (rc < 0) {
		uv_child_free(child);
		return err_set(err, rc, "%s: %s", command, uv_strerror(rc));
	}
	*ret = child;
	return 0;
}

int uv_child_new_terminal(struct world *world, const struct uv_child_events *events, void *arg, struct uv_child **ret,
			  struct err *err)
{
	struct uv_child *child = child_new(world, events, arg);
	int rc = uv_tty_init(uv_world_loop(world), &child->terminal, 0, 1);

	child->terminal.data = child;
	child->input = (uv_stream_t *)&child->terminal;
	child->open = rc == 0;
	if (rc == 0)
		rc = uv_read_start(child->input, on_alloc, on_read);
	if (rc < 0) {
		uv_child_free(child);
		return err_set(err, rc, "standard input: %s", uv_strerror(rc));
	}
	*ret = child;
	return 0;
}

static void on_written(uv_write_t *request, int status)
{
	struct writing *writing = (struct writing *)request;

	buf_done(&writing->text);
	free(writing);
}

void uv_child_write(struct uv_child *child, struct slice line)
{
	struct writing *writing = mem_alloc(sizeof(*writing));
	uv_buf_t bytes;

	buf_add(&writing->text, line);
	buf_putc(&writing->text, '\n');
	bytes = uv_buf_init(writing->text.p, (unsigned)writing->text.len);
	if (uv_write(&writing->request, (uv_stream_t *)&child->to, &bytes, 1, on_written) < 0)
		on_written(&writing->request, 0);
}

void uv_child_free(struct uv_child *child)
{
	if (!child)
		return;
	child->over = true;
	if (child->running)
		kill(-child->process.pid, SIGTERM);
	if (child->has_process) {
		close_handle(&child->process);
		close_handle(&child->to);
		close_handle(&child->from);
	} else if (child->open) {
		close_handle(&child->terminal);
	}
	while (child->open)
		uv_run(uv_world_loop(child->world), UV_RUN_NOWAIT);
	buf_done(&child->got);
	free(child);
}
