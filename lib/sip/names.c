/* SPDX-License-Identifier: MIT
 *
 * Names of methods and header fields, both ways. */
#include "sip/chars.h"
#include "sip/msg.h"

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

/* Before main(), so that threads never see it half done. */
__attribute__((constructor)) static void tables_fill(void)
{
	for (unsigned id = SIP_HEADER_OTHER + 1; id < SIP_HEADER_COUNT; id++) {
		unsigned slot = slot_of(header_names[id]);

		while (slots[slot])
			slot = (slot + 1) % SLOTS;
		slots[slot] = (uint8_t)id;
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
	for (enum sip_method method = SIP_METHOD_ACK; method < SIP_METHOD_COUNT; method++) {
		const char *name = method_names[method];

		if (token.len >= 3 && token.p[0] == name[0] && token.p[2] == name[2] && slice_is(token, name))
			return method;
	}
	return token.len ? SIP_METHOD_OTHER : SIP_METHOD_NONE;
}
