/* SPDX-License-Identifier: MIT
 *
 * talk_seeds FOLDER CAPTURE…: writes the SIP messages of each capture as a talk (fuzz/talk.h) to a file of its own in
 * the folder, the first of them where there are many. */
#include "fuzz/talk.h"
#include "trace/wire.h"

#include <stdio.h>

enum { SEED_LEN_MAX = 60000 };

struct seed {
	struct buf talk;
	uint64_t time; /* ns; of the message before */
	size_t count;
};

static void add_message(void *arg, const struct wire_message *message)
{
	struct seed *seed = arg;
	struct talk_message m = {.transport = message->path.transport,
				 .src = message->path.src,
				 .dst = message->path.dst,
				 .text = message->bytes};

	if (seed->count++ && message->time > seed->time)
		m.step = (message->time - seed->time) / 1000000;
	seed->time = message->time;
	if (seed->count <= TALK_MESSAGES_MAX && seed->talk.len + m.text.len < SEED_LEN_MAX)
		talk_write(&seed->talk, &m);
}

static int read_capture(const char *path, struct seed *seed, struct err *err)
{
	const struct wire_sink sink = {seed, add_message, NULL};
	struct wire *wire = wire_new(NULL, &sink);
	struct capture_packet packet;
	struct capture *capture;
	int ret = capture_open(path, NULL, &capture, err);

	if (ret == 0) {
		while ((ret = capture_next(capture, &packet, err)) > 0)
			wire_feed(wire, &packet, 0);
		capture_free(capture);
	}
	wire_finish(wire);
	wire_free(wire);
	return ret;
}

static int write_seed(const char *folder, const char *path, const struct seed *seed)
{
	const char *slash = strrchr(path, '/');
	struct buf name = {0};
	FILE *to;
	int ret;

	buf_printf(&name, "%s/%s.talk", folder, slash ? slash + 1 : path);
	to = fopen(name.p, "w");
	ret = to && fwrite(seed->talk.p, 1, seed->talk.len, to) == seed->talk.len ? 0 : -1;
	if (to && fclose(to) != 0)
		ret = -1;
	if (ret < 0)
		perror(name.p);
	buf_done(&name);
	return ret;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "talk_seeds FOLDER CAPTURE…\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		struct seed seed = {0};
		struct err err;
		if (read_capture(argv[i], &seed, &err) < 0)
			fprintf(stderr, "%s\n", err.text);
		if (seed.talk.len && write_seed(argv[1], argv[i], &seed) < 0)
			return 1;
		buf_done(&seed.talk);
	}
	return 0;
}
