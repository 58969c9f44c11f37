/* SPDX-License-Identifier: MIT */
#include "net/gunzip.h"
#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <zlib.h>

struct gunzip {
	gunzip_more *more;
	void *arg;
	z_stream z;
	bool within;     /* a member */
	bool over;       /* all members are unpacked, or what follows can't be */
	int64_t outcome; /* once it is over */
};

enum { GZIP_ONLY = 16, MAGIC = 0x1f };

struct gunzip *gunzip_new(gunzip_more *more, void *arg)
{
	struct gunzip *g = mem_alloc(sizeof(*g));

	g->more = more;
	g->arg = arg;
	g->within = true;
	if (inflateInit2(&g->z, GZIP_ONLY + MAX_WBITS) != Z_OK)
		abort(); /* no memory: as mem_alloc */
	return g;
}

void gunzip_free(struct gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}

static void end(struct gunzip *g, int64_t outcome)
{
	g->over = true;
	g->outcome = outcome;
}

/* Sees to it that there is input. 0, or what `more` said; the end of the file may be that of the stream. */
static int64_t take_in(struct gunzip *g)
{
	const uint8_t *p = NULL;
	int64_t n;

	if (g->z.avail_in)
		return 0;
	n = g->more(g->arg, &p);
	if (n < 0)
		return n;
	if (n == 0)
		end(g, g->within ? -ENODATA : 0);
	g->z.next_in = (Bytef *)p;
	g->z.avail_in = (uInt)n;
	return 0;
}

static void inflate_some(struct gunzip *g)
{
	int r;

	if (!g->within) {
		if (*g->z.next_in != MAGIC) {
			end(g, 0);
			return;
		}
		inflateReset(&g->z);
		g->within = true;
	}
	r = inflate(&g->z, Z_NO_FLUSH);
	if (r == Z_STREAM_END)
		g->within = false;
	else if (r != Z_OK && r != Z_BUF_ERROR)
		end(g, -EBADMSG);
}

int64_t gunzip_read(struct gunzip *g, void *to, size_t len)
{
	uInt room = len < INT_MAX ? (uInt)len : INT_MAX;
	int64_t n = 0;

	g->z.next_out = to;
	g->z.avail_out = room;
	while (g->z.avail_out && !g->over && n == 0) {
		n = take_in(g);
		if (n == 0 && !g->over)
			inflate_some(g);
	}
	if (g->z.avail_out < room)
		return room - g->z.avail_out;
	return n ? n : g->outcome;
}

const char *gunzip_why(const struct gunzip *g)
{
	return g->z.msg;
}
