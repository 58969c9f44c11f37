/* SPDX-License-Identifier: MIT
 *
 * The look-up that reading a message consists of. Internal: sip/msg.h is what others read. */
#ifndef SIP_NAMES_H
#define SIP_NAMES_H

#include "sip/msg.h"
#include "sip/scan.h"

enum { SIP_NAME_SLOTS = 256, SIP_NAME_WIDE = 2 * SIP_SCAN_WIDTH };

extern uint8_t sip_name_slots[SIP_NAME_SLOTS];
extern const uint8_t sip_name_lens[SIP_HEADER_COUNT];

/* A name in lower case with its colon, and which bits of a byte tell: all but the one of a letter's case; behind the
 * colon none. */
extern struct sip_wide_name {
	char text[SIP_NAME_WIDE], mask[SIP_NAME_WIDE];
} sip_wide_names[SIP_HEADER_COUNT];

/* Of a name's first four bytes, which of a short one are its colon and blank, too, and its length. The factor is such
 * that no two names share a slot. */
static SIP_SCAN_INLINE unsigned sip_name_slot(const char *four, size_t len)
{
	uint32_t front;

	memcpy(&front, four, sizeof(front));
	return (((front | 0x20202020u) + (uint32_t)len) * 0xe623464bu) >> 24;
}

/* As sip_header_of, and quicker, where a colon and a blank stand behind the name. What comes then may be read, too, up
 * to `end`. */
static SIP_SCAN_INLINE enum sip_header sip_header_at(struct slice name, const char *end)
{
	const struct sip_wide_name *wide;
	bool is_long = name.len >= SIP_SCAN_WIDTH;
	uint8_t id;

	if (name.len <= 1 || end - name.p < (is_long ? SIP_NAME_WIDE : SIP_SCAN_WIDTH))
		return sip_header_of(name);
	id = sip_name_slots[sip_name_slot(name.p, name.len)];
	wide = &sip_wide_names[id];
	if (!sip_scan_same(name.p, wide->text, wide->mask))
		return SIP_HEADER_OTHER;
	if (is_long &&
	    !sip_scan_same(name.p + SIP_SCAN_WIDTH, wide->text + SIP_SCAN_WIDTH, wide->mask + SIP_SCAN_WIDTH))
		return SIP_HEADER_OTHER;
	return id;
}

#endif
