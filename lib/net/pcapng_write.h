/* SPDX-License-Identifier: MIT
 *
 * Writes evidence as a pcapng capture (draft-ietf-opsawg-pcapng): one section, one interface of raw IP in nanoseconds.
 * The runner and the pcapng report feed it with messages; packets around them are synthesized, and comments on a packet
 * say which requirement it is evidence of. Bytes are appended to the caller's buffer, who writes it where it likes and
 * may clear it between any two calls. */
#ifndef NET_PCAPNG_WRITE_H
#define NET_PCAPNG_WRITE_H

#include "base/buf.h"
#include "base/map.h"
#include "net/addr.h"

enum { PCAPNG_LINKS_MAX = 64 };

struct pcapng_writer {
	struct buf *out;                  /* the caller's */
	struct map streams;               /* address pair -> next sequence numbers */
	struct buf packet;                /* scratch */
	uint32_t frames;                  /* packets written so far */
	uint32_t links[PCAPNG_LINKS_MAX]; /* link types by interface; the first is raw IP */
	uint32_t link_count;
};

struct pcapng_message {
	uint64_t time;                /* nanoseconds since 1970 */
	struct net_addr src, dst;     /* of one family */
	enum net_transport transport; /* whatever is no UDP and no SCTP is shown as plain TCP, TLS and WebSocket too */
	struct slice bytes;
	const char *const *comments; /* each becomes one packet comment, on the last packet of the message */
	size_t comment_count;
};

/* Starts the file: section and interface header. `application` is the name of the writing program, without a version
 * or machine in it, so that runs compare; `out` stays the caller's and outlives the writer. */
void pcapng_writer_init(struct pcapng_writer *w, struct buf *out, const char *application);
/* The same, with comments on the file as a whole. */
void pcapng_writer_init_noted(struct pcapng_writer *w, struct buf *out, const char *application,
			      const char *const *comments, size_t comment_count);
void pcapng_writer_done(struct pcapng_writer *w);

/* One message in as many packets as it needs. Returns the frame number of the last one (as Wireshark counts), or
 * -EMSGSIZE where one datagram can't hold it, -EAFNOSUPPORT where src and dst are not of one family. */
int pcapng_write_message(struct pcapng_writer *w, const struct pcapng_message *message);

/* One packet of raw IP as it is. Returns its frame number. */
int pcapng_write_packet(struct pcapng_writer *w, uint64_t time, struct slice ip_packet, const char *const *comments,
			size_t comment_count);

/* One packet as another capture has it: of any link type, perhaps cut. Returns its frame number, or -ENOSPC where there
 * are more than PCAPNG_LINKS_MAX link types. */
struct pcapng_packet {
	uint64_t time;    /* nanoseconds since 1970 */
	uint32_t link;    /* LINKTYPE_… of tcpdump.org */
	uint32_t origlen; /* bytes on the wire */
	struct slice bytes;
};
int pcapng_copy_packet(struct pcapng_writer *w, const struct pcapng_packet *packet, const char *const *comments,
		       size_t comment_count);

/* TLS secrets in NSS key log lines, as a Decryption Secrets Block; write it before the packets that need it. */
void pcapng_write_tls_secrets(struct pcapng_writer *w, struct slice key_log);

#endif
