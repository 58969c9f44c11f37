/* SPDX-License-Identifier: MIT */
#include "net/capture.h"
#include "net/capture_format.h"
#include "net/link.h"
#include "base/mem.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int next_end(struct capture *c, struct capture_packet *ret, struct err *err)
{
	return 0;
}

int capture_cut(struct capture *c)
{
	bool cut = c->in.cut || c->in.end > c->in.start;

	if (cut && !c->note)
		c->note = mem_printf("%s: byte %llu: the file is cut off here, after %llu whole packets", c->name,
				     (unsigned long long)(c->in.offset + (c->in.end - c->in.start)),
				     (unsigned long long)c->frames);
	return 0;
}

int capture_bad(struct capture *c, struct err *err, const char *format, ...)
{
	char text[160];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	c->next = next_end;
	return err_set(err, -EBADMSG, "byte %llu: %s", (unsigned long long)c->in.offset, text);
}

static int init_format(struct capture *c, struct err *err)
{
	int r = input_need(&c->in, 4, err);
	const uint8_t *p = input_at(&c->in);
	size_t n = c->in.end - c->in.start;
	char hex[16] = "";

	if (r < 0)
		return r;
	if (n == 0 && c->in.cut)
		return err_set(err, -ENODATA, "the compressed file was cut before anything could be unpacked");
	if (n == 0)
		return err_set(err, -ENODATA, c->in.unpack ? "the compressed file holds nothing" : "empty file");
	if (r && memcmp(p, "\x0a\x0d\x0d\x0a", 4) == 0)
		return capture_pcapng_init(c, err);
	if (r && capture_pcap_init(c, err) == 0)
		return 0;
	if (err->code)
		return err->code;
	for (size_t i = 0; i < n && i < 4; i++)
		snprintf(hex + 3 * i, 4, " %02x", p[i]);
	return capture_bad(c, err, "not a capture: it starts with%s", hex);
}

struct capture *capture_new(const char *name)
{
	struct capture *c = mem_alloc(sizeof(*c));
	struct buf clean = {0};

	text_clean(&clean, slice_of(name), TEXT_LINE_MAX / 2);
	c->name = buf_take(&clean);
	c->in.fd = -1;
	c->link_unknown = CAPTURE_LINK_NONE;
	return c;
}

int capture_open_fd(int fd, const char *name, const struct capture_limits *limits, struct capture **ret,
		    struct err *err)
{
	struct capture *c = capture_new(name);
	struct err own = {0};
	int r = input_init(&c->in, fd, limits ? limits : &(struct capture_limits){0}, &own);

	if (r == 0)
		r = init_format(c, &own);
	if (r == 0) {
		*ret = c;
		return 0;
	}
	err_set(err, r, "%s: %s", c->name, own.text);
	capture_free(c);
	return r;
}

int capture_open(const char *path, const struct capture_limits *limits, struct capture **ret, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	char clean[256];

	if (fd >= 0)
		return capture_open_fd(fd, is_stdin ? "standard input" : path, limits, ret, err);
	return err_set(err, -errno, "%s: %s", text_clean_fixed(clean, sizeof(clean), slice_of(path)), strerror(errno));
}

void capture_free(struct capture *c)
{
	if (!c)
		return;
	capture_live_free(c->live);
	capture_pcapng_done(c);
	input_done(&c->in);
	free(c->name);
	free(c->note);
	free(c);
}

/* At the end: a file that had packets, and none of a link type that anybody could read, is an error, no empty result.
 */
static int check_links(struct capture *c, struct err *err)
{
	c->next = next_end;
	if (c->link_known || c->link_unknown == CAPTURE_LINK_NONE)
		return 0;
	return err_set(err, -EPROTONOSUPPORT, "%s: byte %llu: unknown link type %u", c->name,
		       (unsigned long long)c->link_unknown_at, c->link_unknown);
}

static void note_link(struct capture *c, const struct capture_packet *packet)
{
	if (link_known(packet->link)) {
		c->link_known++;
	} else if (c->link_unknown == CAPTURE_LINK_NONE) {
		c->link_unknown = packet->link;
		c->link_unknown_at = packet->offset;
	}
}

int capture_next(struct capture *c, struct capture_packet *ret, struct err *err)
{
	struct err own;
	int r = c->next(c, ret, &own);

	if (r > 0) {
		note_link(c, ret);
		return r;
	}
	if (r == 0)
		return check_links(c, err);
	if (r != -EINTR && r != -EAGAIN) {
		c->next = next_end;
		err_set(err, r, "%s: %s", c->name, own.text);
	}
	return r;
}

void capture_on_tls_secrets(struct capture *c, void (*on_secrets)(void *arg, struct slice key_log), void *arg)
{
	c->on_secrets = on_secrets;
	c->secrets_arg = arg;
}

const char *capture_note(const struct capture *c)
{
	return c->note;
}
