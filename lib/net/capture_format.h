/* SPDX-License-Identifier: MIT
 *
 * What the readers of the capture formats share. Private to capture*.c. */
#ifndef NET_CAPTURE_FORMAT_H
#define NET_CAPTURE_FORMAT_H

#include "net/capture_input.h"

/* Most bytes that one packet or block may claim, as libpcap has it. */
enum { CAPTURE_PACKET_MAX = 262144, CAPTURE_BLOCK_MAX = 16 * 1024 * 1024 };

struct pcap_state {
	bool swapped;
	uint32_t link, fraction_ns; /* nanoseconds a unit of the fraction of a second */
	size_t head_len;            /* of a packet's header */
};

struct pcapng_interface {
	uint32_t link, snap;
	uint64_t scale, divide; /* ns = ticks * scale / divide */
	int64_t offset_s;
};

struct pcapng_state {
	bool swapped;
	struct pcapng_interface *interfaces; /* of this section */
	size_t count, cap;
};

struct capture_live;
struct capture {
	char *name; /* safe to print */
	struct capture_input in;
	int (*next)(struct capture *c, struct capture_packet *ret, struct err *err);
	struct pcap_state pcap;
	struct pcapng_state ng;
	struct capture_live *live;
	void (*on_secrets)(void *arg, struct slice key_log); /* NULL: nobody wants them */
	void *secrets_arg;
	uint64_t frames, last_time;
	uint64_t link_known;   /* packets of links that can be read */
	uint32_t link_unknown; /* one link type that can't, or CAPTURE_LINK_NONE */
	uint64_t link_unknown_at;
	char *note;
};
#define CAPTURE_LINK_NONE 0xffffffffu

struct capture *capture_new(const char *name);
/* Reads the file's head, which starts with one of the format's magic numbers. */
int capture_pcap_init(struct capture *c, struct err *err);
int capture_pcapng_init(struct capture *c, struct err *err);
void capture_pcapng_done(struct capture *c);

void capture_live_free(struct capture_live *live);

/* The file ends in the middle of something: a note, and 0 for the end. */
int capture_cut(struct capture *c);
/* -EBADMSG at the current byte, and nothing is read any more. */
int capture_bad(struct capture *c, struct err *err, const char *format, ...) __attribute__((format(printf, 3, 4)));

static inline uint64_t capture_u64(bool swapped, const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return swapped ? __builtin_bswap64(v) : v;
}

static inline uint32_t capture_u32(bool swapped, const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return swapped ? __builtin_bswap32(v) : v;
}

static inline uint16_t capture_u16(bool swapped, const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, 2);
	return swapped ? __builtin_bswap16(v) : v;
}

#endif
