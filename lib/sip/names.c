/* SPDX-License-Identifier: MIT
 *
 * Names of methods and header fields, both ways. */
#include "sip/names.h"
#include "sip/chars.h"
#include "sip/scan.h"

#define X(id, name, compact) [SIP_HEADER_##id] = {(name), sizeof(name) - 1},
static const struct slice header_names[SIP_HEADER_COUNT] = {[SIP_HEADER_OTHER] = {"", 0}, SIP_HEADERS(X)};
#undef X

#define X(id, name, compact) [SIP_HEADER_##id] = (compact),
static const char compact_names[SIP_HEADER_COUNT] = {SIP_HEADERS(X)};
#undef X

static const char *const method_names[SIP_METHOD_COUNT] = {
	[SIP_METHOD_NONE] = "",           [SIP_METHOD_OTHER] = "other",       [SIP_METHOD_ACK] = "ACK",
	[SIP_METHOD_BYE] = "BYE",         [SIP_METHOD_CANCEL] = "CANCEL",     [SIP_METHOD_INFO] = "INFO",
	[SIP_METHOD_INVITE] = "INVITE",   [SIP_METHOD_MESSAGE] = "MESSAGE",   [SIP_METHOD_NOTIFY] = "NOTIFY",
	[SIP_METHOD_OPTIONS] = "OPTIONS", [SIP_METHOD_PRACK] = "PRACK",       [SIP_METHOD_PUBLISH] = "PUBLISH",
	[SIP_METHOD_REFER] = "REFER",     [SIP_METHOD_REGISTER] = "REGISTER", [SIP_METHOD_SUBSCRIBE] = "SUBSCRIBE",
	[SIP_METHOD_UPDATE] = "UPDATE",
};

enum { SLOTS = 256 };
static uint8_t slots[SLOTS]; /* open addressing by slot_of(); SIP_HEADER_OTHER ends a run */
static uint8_t letters[32];  /* compact forms, by the low five bits of the letter */

/* Few enough bytes to be quick; the factors are such that no two of the names there are share a slot. */
static inline unsigned slot_of(struct slice name)
{
	unsigned first = name.p[0] | 0x20, middle = name.p[name.len / 2] | 0x20, last = name.p[name.len - 1] | 0x20;

	return ((unsigned)name.len * 2 + first * 6 + last + middle * 17) % SLOTS;
}

enum { WIDE = 2 * SIP_SCAN_WIDTH };
#define X(id, name, compact) _Static_assert(sizeof(name) - 1 <= WIDE, name);
SIP_HEADERS(X)
#undef X

/* The names in lower case, and which bits of a byte tell: all but the one of the letter's case; behind the name none.
 */
static struct wide_name {
	char text[WIDE], mask[WIDE];
} wide_names[SIP_HEADER_COUNT];

static void wide_name_fill(struct wide_name *wide, struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		wide->text[i] = sip_lower(name.p[i]);
		wide->mask[i] = sip_is_alpha(name.p[i]) ? (char)~0x20 : (char)0xff;
	}
}

enum { METHOD_SLOTS = 64 };
static uint8_t method_slots[METHOD_SLOTS]; /* as slots */

static inline unsigned method_slot_of(const char *name)
{
	return ((unsigned char)name[0] * 3u + (unsigned char)name[2]) % METHOD_SLOTS;
}

/* Before main(), so that threads never see it half done. */
__attribute__((constructor)) static void tables_fill(void)
{
	for (unsigned method = SIP_METHOD_ACK; method < SIP_METHOD_COUNT; method++) {
		unsigned slot = method_slot_of(method_names[method]);

		while (method_slots[slot])
			slot = (slot + 1) % METHOD_SLOTS;
		method_slots[slot] = (uint8_t)method;
	}
	for (unsigned id = SIP_HEADER_OTHER + 1; id < SIP_HEADER_COUNT; id++) {
		unsigned slot = slot_of(header_names[id]);

		while (slots[slot])
			slot = (slot + 1) % SLOTS;
		slots[slot] = (uint8_t)id;
		wide_name_fill(&wide_names[id], header_names[id]);
		if (compact_names[id])
			letters[compact_names[id] & 31] = (uint8_t)id;
	}
}

enum sip_header sip_header_of(struct slice name)
{
	if (name.len <= 1)
		return name.len && sip_is_alpha(name.p[0]) ? letters[name.p[0] & 31] : SIP_HEADER_OTHER;
	for (unsigned slot = slot_of(name); slots[slot]; slot = (slot + 1) % SLOTS) {
		struct slice known = header_names[slots[slot]];

		if (slice_eq_nocase(known, name))
			return slots[slot];
	}
	return SIP_HEADER_OTHER;
}

enum sip_header sip_header_at(struct slice name, const char *end)
{
	if (name.len <= 1 || end - name.p < WIDE)
		return sip_header_of(name);
	for (unsigned slot = slot_of(name); slots[slot]; slot = (slot + 1) % SLOTS) {
		const struct wide_name *wide = &wide_names[slots[slot]];

		if (header_names[slots[slot]].len == name.len && sip_scan_same(name.p, wide->text, wide->mask) &&
		    (name.len <= SIP_SCAN_WIDTH ||
		     sip_scan_same(name.p + SIP_SCAN_WIDTH, wide->text + SIP_SCAN_WIDTH, wide->mask + SIP_SCAN_WIDTH)))
			return slots[slot];
	}
	return SIP_HEADER_OTHER;
}

const char *sip_header_name(enum sip_header id)
{
	return header_names[id].p;
}

const char *sip_method_name(enum sip_method method)
{
	return method_names[method];
}

enum sip_method sip_method_of(struct slice token)
{
	if (token.len < 3)
		return token.len ? SIP_METHOD_OTHER : SIP_METHOD_NONE;
	for (unsigned slot = method_slot_of(token.p); method_slots[slot]; slot = (slot + 1) % METHOD_SLOTS)
		if (slice_is(token, method_names[method_slots[slot]]))
			return method_slots[slot];
	return SIP_METHOD_OTHER;
}
