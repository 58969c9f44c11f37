/* SPDX-License-Identifier: MIT
 *
 * The look-up that reading a message consists of. Internal: sip/msg.h is what others read. */
#ifndef SIP_NAMES_H
#define SIP_NAMES_H

#include "sip/msg.h"
#include "sip/scan.h"

enum { SIP_NAME_SLOTS = 256, SIP_NAME_WIDE = 2 * SIP_SCAN_WIDTH };

extern uint8_t sip_name_slots[SIP_NAME_SLOTS];

/* A name in lower case with its colon, and which bits of a byte tell: all but the one of a letter's case; behind the
 * colon none. */
extern struct sip_wide_name {
	_Alignas(SIP_SCAN_WIDTH) char text[SIP_NAME_WIDE], mask[SIP_NAME_WIDE];
} sip_wide_names[SIP_HEADER_COUNT];

/* Of a name's first four bytes, which of a short one are its colon and blank, too, and its length. The factor is such
 * that no two names share a slot. */
static SIP_SCAN_INLINE unsigned sip_name_slot(const char *four, size_t len)
{
	uint32_t front;

	memcpy(&front, four, sizeof(front));
	return (((front | 0x20202020u) + (uint32_t)len) * 0xe623464bu) >> 24;
}

/* The header whose name stands at p, in full, with a colon behind it, `len` bytes on; OTHER where it is none that is
 * known. So many bytes can be read there as are looked at together, and twice as many where the name is as long. */
static SIP_SCAN_INLINE enum sip_header sip_header_at(const char *p, size_t len)
{
	unsigned id = sip_name_slots[sip_name_slot(p, len)];
	const struct sip_wide_name *wide = &sip_wide_names[id];

	if (!sip_scan_same(p, wide->text, wide->mask))
		return SIP_HEADER_OTHER;
	if (len >= SIP_SCAN_WIDTH &&
	    !sip_scan_same(p + SIP_SCAN_WIDTH, wide->text + SIP_SCAN_WIDTH, wide->mask + SIP_SCAN_WIDTH))
		return SIP_HEADER_OTHER;
	return id;
}

#endif
