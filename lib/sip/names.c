/* SPDX-License-Identifier: MIT
 *
 * Names of methods and header fields, both ways. */
#include "sip/names.h"
#include "sip/chars.h"

#define X(id, name, compact) [SIP_HEADER_##id] = {(name), sizeof(name) - 1},
static const struct slice header_names[SIP_HEADER_COUNT] = {[SIP_HEADER_OTHER] = {"", 0}, SIP_HEADERS(X)};
#undef X

#define X(id, name, compact) [SIP_HEADER_##id] = (compact),
static const char compact_names[SIP_HEADER_COUNT] = {SIP_HEADERS(X)};
#undef X

#define METHOD(name)                                                                                                   \
	{                                                                                                              \
		(name), sizeof(name) - 1                                                                               \
	}
static const struct slice method_names[SIP_METHOD_COUNT] = {
	[SIP_METHOD_NONE] = METHOD(""),
	[SIP_METHOD_OTHER] = METHOD("other"),
	[SIP_METHOD_ACK] = METHOD("ACK"),
	[SIP_METHOD_BYE] = METHOD("BYE"),
	[SIP_METHOD_CANCEL] = METHOD("CANCEL"),
	[SIP_METHOD_INFO] = METHOD("INFO"),
	[SIP_METHOD_INVITE] = METHOD("INVITE"),
	[SIP_METHOD_MESSAGE] = METHOD("MESSAGE"),
	[SIP_METHOD_NOTIFY] = METHOD("NOTIFY"),
	[SIP_METHOD_OPTIONS] = METHOD("OPTIONS"),
	[SIP_METHOD_PRACK] = METHOD("PRACK"),
	[SIP_METHOD_PUBLISH] = METHOD("PUBLISH"),
	[SIP_METHOD_REFER] = METHOD("REFER"),
	[SIP_METHOD_REGISTER] = METHOD("REGISTER"),
	[SIP_METHOD_SUBSCRIBE] = METHOD("SUBSCRIBE"),
	[SIP_METHOD_UPDATE] = METHOD("UPDATE"),
};
#undef METHOD

uint8_t sip_name_slots[SIP_NAME_SLOTS];
struct sip_wide_name sip_wide_names[SIP_HEADER_COUNT];
static uint8_t letters[32]; /* compact forms, by the low five bits of the letter */

#define X(id, name, compact) _Static_assert(sizeof(name) <= SIP_NAME_WIDE, name);
SIP_HEADERS(X)
#undef X

static void wide_name_fill(struct sip_wide_name *wide, struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		wide->text[i] = sip_lower(name.p[i]);
		wide->mask[i] = sip_is_alpha(name.p[i]) ? (char)~0x20 : (char)0xff;
	}
	wide->text[name.len] = ':';
	wide->mask[name.len] = (char)0xff;
}

static unsigned slot_of(struct slice name)
{
	char four[4];

	for (size_t i = 0; i < sizeof(four); i++)
		four[i] = (char)(i < name.len ? name.p[i] : i == name.len ? ':' : ' ');
	return sip_name_slot(four, name.len);
}

enum { METHOD_SLOTS = 32 };
static uint8_t method_slots[METHOD_SLOTS]; /* no two share one */

static inline unsigned method_slot_of(const char *name)
{
	return ((unsigned char)name[0] * 2u + (unsigned char)name[1] * 4u + (unsigned char)name[2]) % METHOD_SLOTS;
}

/* Before main(), so that threads never see it half done. */
__attribute__((constructor)) static void tables_fill(void)
{
	for (unsigned method = SIP_METHOD_ACK; method < SIP_METHOD_COUNT; method++)
		method_slots[method_slot_of(method_names[method].p)] = (uint8_t)method;
	for (unsigned id = SIP_HEADER_OTHER + 1; id < SIP_HEADER_COUNT; id++) {
		sip_name_slots[slot_of(header_names[id])] = (uint8_t)id;
		wide_name_fill(&sip_wide_names[id], header_names[id]);
		if (compact_names[id])
			letters[compact_names[id] & 31] = (uint8_t)id;
	}
}

enum sip_header sip_header_of(struct slice name)
{
	unsigned id;

	if (name.len <= 1)
		return name.len && sip_is_alpha(name.p[0]) ? letters[name.p[0] & 31] : SIP_HEADER_OTHER;
	id = sip_name_slots[slot_of(name)];
	return slice_eq_nocase(header_names[id], name) ? id : SIP_HEADER_OTHER;
}

const char *sip_header_name(enum sip_header id)
{
	return header_names[id].p;
}

const char *sip_method_name(enum sip_method method)
{
	return method_names[method].p;
}

/* Of three to sixteen bytes: as two parts of them, which may overlap. */
static inline bool is_same(const char *a, const char *b, size_t len)
{
	if (len >= 8)
		return memcmp(a, b, 8) == 0 && memcmp(a + len - 8, b + len - 8, 8) == 0;
	if (len >= 4)
		return memcmp(a, b, 4) == 0 && memcmp(a + len - 4, b + len - 4, 4) == 0;
	return memcmp(a, b, 3) == 0;
}

enum sip_method sip_method_of(struct slice token)
{
	struct slice name;
	unsigned method;

	if (token.len < 3)
		return token.len ? SIP_METHOD_OTHER : SIP_METHOD_NONE;
	method = method_slots[method_slot_of(token.p)];
	name = method_names[method];
	return token.len == name.len && is_same(token.p, name.p, name.len) ? method : SIP_METHOD_OTHER;
}
