/* SPDX-License-Identifier: MIT */
#include "harness/evidence.h"
#include "base/mem.h"
#include "net/pcapng_write.h"

#include <stdio.h>
#include <stdlib.h>

struct evidence_log {
	struct pcapng_writer writer;
	struct buf out;
	uint64_t epoch;
	char *path; /* NULL: kept nowhere */
	FILE *file;
	int code; /* first failure of a write; 0: none */
};

static void flush(struct evidence_log *log)
{
	if (log->file && !log->code &&
	    (fwrite(log->out.p, 1, log->out.len, log->file) != log->out.len || fflush(log->file)))
		log->code = errno ? -errno : -EIO;
	buf_clear(&log->out);
}

int evidence_log_new(const char *path, uint64_t epoch, struct evidence_log **ret_log, struct err *err)
{
	struct evidence_log *log;
	FILE *file = NULL;
	int code;

	if (path) {
		file = fopen(path, "wbe");
		code = -errno;
		if (!file)
			return err_set(err, code, "%s: %s", path, strerror(-code));
	}
	log = mem_alloc(sizeof(*log));
	log->file = file;
	log->path = mem_strdup(path);
	log->epoch = epoch;
	pcapng_writer_init(&log->writer, &log->out, "imconform");
	flush(log);
	*ret_log = log;
	return 0;
}

uint64_t evidence_log_add(struct evidence_log *log, uint64_t time, const struct event_path *path, struct slice bytes)
{
	struct pcapng_message message = {
		.time = log->epoch + time,
		.src = path->src,
		.dst = path->dst,
		.transport = path->transport,
		.bytes = bytes,
	};
	int frame = pcapng_write_message(&log->writer, &message);

	flush(log);
	return frame > 0 ? (uint64_t)frame : 0;
}

void evidence_log_secret(struct evidence_log *log, const char *line)
{
	struct buf text = {0};

	buf_printf(&text, "%s\n", line);
	pcapng_write_tls_secrets(&log->writer, buf_slice(&text));
	buf_done(&text);
	flush(log);
}

int evidence_log_free(struct evidence_log *log, struct err *err)
{
	int code;

	if (!log)
		return 0;
	code = log->code;
	if (log->file && fclose(log->file) && !code)
		code = -errno;
	if (code)
		err_set(err, code, "%s: %s", log->path, strerror(-code));
	pcapng_writer_done(&log->writer);
	buf_done(&log->out);
	free(log->path);
	free(log);
	return code;
}
