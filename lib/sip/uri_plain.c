/* SPDX-License-Identifier: MIT
 *
 * URIs that are written as nearly all are, whose key needs no copy. */
#include "sip/scan.h"
#include "sip/uri.h"

enum { KEY_MAX = 64 };

/* Which bytes, as bits, are no letters in lower case, digits, '-' or '.'. Of 16 to KEY_MAX: the last ones are looked at
 * together with those before them. */
static uint64_t others(struct slice s)
{
	size_t last = s.len - SIP_SCAN_WIDTH;
	uint64_t found = (uint64_t)sip_scan_not_plain(s.p + last) << last;

	for (size_t i = 0; i < last; i += SIP_SCAN_WIDTH)
		found |= (uint64_t)sip_scan_not_plain(s.p + i) << i;
	return found;
}

/* The only other one is the '@': no escape in the user, no letter in upper case in the host, nothing behind it. */
static bool is_user_and_host(struct slice s)
{
	char few[SIP_SCAN_WIDTH];
	uint64_t found;
	size_t at;

	if (s.len > KEY_MAX)
		return false;
	if (s.len < sizeof(few)) {
		memset(few, 'a', sizeof(few));
		found = sip_scan_not_plain(memcpy(few, s.p, s.len));
	} else {
		found = others(s);
	}
	if (found == 0 || (found & (found - 1)))
		return false;
	at = (size_t)__builtin_ctzll(found);
	return s.p[at] == '@' && at > 0 && at + 1 < s.len;
}

static bool is_global_number(struct slice s)
{
	for (size_t i = 1; i < s.len; i++)
		if (!sip_is_digit(s.p[i]))
			return false;
	return s.len > 1 && s.p[0] == '+';
}

bool sip_uri_plain_key(struct slice uri, struct slice *ret_key)
{
	if (uri.len <= 4)
		return false;
	*ret_key = (struct slice){uri.p + 4, uri.len - 4};
	if (memcmp(uri.p, "sip:", 4) == 0)
		return is_user_and_host(*ret_key);
	return memcmp(uri.p, "tel:", 4) == 0 && is_global_number(*ret_key);
}
