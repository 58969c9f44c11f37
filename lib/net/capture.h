/* SPDX-License-Identifier: MIT
 *
 * Packets of one capture: classic pcap, pcapng, either of them compressed, from a file, a pipe or a live interface. The
 * merger and the audit read it; what it yields goes to net_feed.
 *
 * Memory is one buffer of 256 KiB, more only for a larger pcapng block (16 MiB at the most). Everything in the file is
 * hostile. A file that ends in the middle of a packet yields all packets before and leaves a note. */
#ifndef NET_CAPTURE_H
#define NET_CAPTURE_H

#include "base/err.h"
#include "base/slice.h"

struct capture_packet {
	uint64_t time;    /* nanoseconds since 1970; a pcapng Simple Packet has none and takes the one before it */
	uint64_t frame;   /* from 1, as Wireshark counts */
	uint64_t offset;  /* of the bytes in the file, in the unpacked one where it is compressed */
	const uint8_t *p; /* valid until the next call for the same capture */
	uint32_t caplen, origlen; /* bytes here, bytes on the wire: caplen <= origlen */
	uint32_t link;            /* LINKTYPE_… of tcpdump.org */
};

/* Against decompression bombs. Zeroed: the defaults. */
struct capture_limits {
	uint64_t unpacked_max; /* bytes; default 64 GiB */
	uint32_t ratio_max;    /* unpacked bytes a packed byte, once 64 MiB are unpacked; default 1000 */
};

struct capture;

/* "-" reads standard input. `limits` may be NULL. *ret is the caller's, for capture_free. Errors start with the path
 * and the byte: -errno of the system, -ENODATA for an empty file, -EBADMSG for what is no capture or has lengths that
 * lie, -EPROTONOSUPPORT for a link type that no packet can be read from. */
int capture_open(const char *path, const struct capture_limits *limits, struct capture **ret, struct err *err);
/* A pipe or file that is open already; `name` stands in errors. Closes fd in capture_free, and where it fails. */
int capture_open_fd(int fd, const char *name, const struct capture_limits *limits, struct capture **ret,
		    struct err *err);
/* A live interface, through libpcap ("any" for all); needs the right to capture. `filter` is a BPF expression or NULL.
 */
int capture_open_live(const char *interface, const char *filter, struct capture **ret, struct err *err);
void capture_free(struct capture *capture);

/* 1 with a packet; 0 at the end. -EBADMSG for bytes that are no packet, -EFBIG for a bomb, -EPROTONOSUPPORT at the end
 * of a file that had nothing but unknown link types: what came before it is good. -EAGAIN and -EINTR (live and pipes,
 * err not filled): nothing has come yet, call again. */
int capture_next(struct capture *capture, struct capture_packet *ret, struct err *err);

/* TLS secrets that a pcapng has (NSS key log lines), before the packets that follow them. */
void capture_on_tls_secrets(struct capture *capture, void (*on_secrets)(void *arg, struct slice key_log), void *arg);

/* NULL, or one line to be shown with the results: that the file is cut, say. Valid until capture_free. */
const char *capture_note(const struct capture *capture);
/* Packets that the interface dropped for want of time, as libpcap tells; 0 for files. */
uint64_t capture_live_dropped(struct capture *capture);

#endif
