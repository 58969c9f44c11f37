/* SPDX-License-Identifier: MIT
 *
 * Where a SIP message ends: one per datagram on UDP, by Content-Length on streams (RFC 3261 18.3, 7.5). */
#ifndef SIP_FRAME_H
#define SIP_FRAME_H

#include "base/err.h"
#include "base/slice.h"

enum sip_frame {
	SIP_FRAME_MESSAGE,   /* *ret_len bytes from *ret_skip are one message */
	SIP_FRAME_KEEPALIVE, /* *ret_skip bytes of CR and LF; *ret_len 0 */
	SIP_FRAME_MORE,      /* cut off: more bytes are needed, *ret_len in all where the head tells, which is else 0 */
	SIP_FRAME_JUNK,      /* no SIP starts here; *ret_skip bytes may be dropped to try again at the next line */
};

/* What stands at the front of a stream's bytes? One keep-alive at a time: 4 bytes are a ping (CRLFCRLF), 2 a pong (RFC
 * 5626 4.4.1), 1 a stray LF or CR. A message without Content-Length ends with its head: MESSAGE, and *err says -ENOMSG,
 * since RFC 3261 18.3 asks for one on streams. Lengths that are no number or differ, and messages of over `max` bytes:
 * JUNK, *err -EBADMSG, and the head is to be skipped. `err` may be NULL; its code is 0 where nothing is to be said. The
 * bytes are read from the front at each call: a caller that gets them one by one pays with `max` squared. */
enum sip_frame sip_frame_stream(struct slice bytes, size_t max, size_t *ret_skip, size_t *ret_len, struct err *err);

/* A datagram: MESSAGE, KEEPALIVE (RFC 5626; 1 to 4 bytes of anything on a SIP port, or only CR and LF), or JUNK.
 * Leading CRLFs are skipped. */
enum sip_frame sip_frame_datagram(struct slice bytes, size_t *ret_skip, size_t *ret_len);

#endif
