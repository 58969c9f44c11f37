/* SPDX-License-Identifier: MIT */
#include "net/addr.h"
#include "base/mem.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>

static const char *const transport_names[NET_TRANSPORT_COUNT] = {
	[NET_UDP] = "udp", [NET_TCP] = "tcp", [NET_SCTP] = "sctp",
	[NET_TLS] = "tls", [NET_WS] = "ws",   [NET_WSS] = "wss",
};

const char *net_transport_name(enum net_transport transport)
{
	return transport_names[transport];
}

bool net_transport_parse(struct slice name, enum net_transport *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(transport_names); i++) {
		if (slice_is_nocase(name, transport_names[i])) {
			*ret = (enum net_transport)i;
			return true;
		}
	}
	return false;
}

struct net_addr net_addr_v4(const uint8_t ip[4], uint16_t port)
{
	struct net_addr a = {.port = port, .family = NET_FAMILY_V4};

	memcpy(a.ip, ip, 4);
	return a;
}

struct net_addr net_addr_v6(const uint8_t ip[16], uint16_t port)
{
	struct net_addr a = {.port = port, .family = NET_FAMILY_V6};

	memcpy(a.ip, ip, 16);
	return a;
}

bool net_addr_is_loopback(const struct net_addr *a)
{
	static const uint8_t v6[16] = {[15] = 1};

	if (a->family == NET_FAMILY_V6)
		return !memcmp(a->ip, v6, sizeof(v6));
	return a->family == NET_FAMILY_V4 && a->ip[0] == 127;
}

int net_addr_cmp(const struct net_addr *a, const struct net_addr *b)
{
	int d = a->family - b->family;

	if (!d)
		d = memcmp(a->ip, b->ip, sizeof(a->ip));
	return d ? d : a->port - b->port;
}

bool net_addr_parse_ip(struct slice text, uint16_t port, struct net_addr *ret)
{
	struct net_addr a = {.port = port};
	char host[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof(host) || memchr(text.p, '\0', text.len))
		return false;
	memcpy(host, text.p, text.len);
	host[text.len] = '\0';
	if (inet_pton(AF_INET, host, a.ip) == 1)
		a.family = NET_FAMILY_V4;
	else if (inet_pton(AF_INET6, host, a.ip) == 1)
		a.family = NET_FAMILY_V6;
	else
		return false;
	*ret = a;
	return true;
}

static bool port_parse(struct slice text, uint16_t *ret)
{
	uint64_t value;

	if (!slice_to_u64(text, &value) || value == 0 || value > 65535)
		return false;
	*ret = (uint16_t)value;
	return true;
}

static int refuse(struct err *err, struct slice text, const char *what)
{
	char clean[128];

	return err_set(err, -EINVAL, "\"%s\": %s", text_clean_fixed(clean, sizeof(clean), text), what);
}

/* Takes the host off the front of *text: "[v6]", or all up to '/' or the only ':'; bare IPv6 has no port behind it. */
static struct slice host_take(struct slice *text)
{
	const char *end = text->p + text->len, *stop, *colon;
	struct slice host;

	if (text->len && text->p[0] == '[' && (stop = memchr(text->p, ']', text->len))) {
		host = slice_range(text->p + 1, stop);
		*text = slice_range(stop + 1, end);
		return host;
	}
	stop = text->len ? memchr(text->p, '/', text->len) : NULL;
	if (!stop) {
		colon = text->len ? memchr(text->p, ':', text->len) : NULL;
		stop = colon && !memchr(colon + 1, ':', (size_t)(end - colon - 1)) ? colon : end;
	}
	host = slice_range(text->p, stop);
	*text = slice_range(stop, end);
	return host;
}

static bool host_parse(struct slice host, bool bracket, struct net_addr *ret)
{
	return net_addr_parse_ip(host, 0, ret) && (!bracket || ret->family == NET_FAMILY_V6);
}

int net_addr_parse(struct slice text, uint16_t default_port, struct net_addr *ret, struct err *err)
{
	struct slice rest = text, host = host_take(&rest);
	struct net_addr a;

	if (!host_parse(host, text.len && text.p[0] == '[', &a))
		return refuse(err, text, "expected a numeric ADDRESS:PORT or [IPv6]:PORT");
	a.port = default_port;
	if (rest.len ? rest.p[0] != ':' || !port_parse(slice_range(rest.p + 1, rest.p + rest.len), &a.port) : !a.port)
		return refuse(err, text, "expected a port from 1 to 65535 behind the address");
	*ret = a;
	return 0;
}

static char *put_number(char *to, unsigned number)
{
	char digits[5]; /* a port has no more */
	int n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while (number /= 10);
	while (n)
		*to++ = digits[--n];
	return to;
}

/* Every message that goes out has its addresses in it, so that they are written by hand. */
static char *format_v4(char to[NET_ADDR_TEXT_MAX], const struct net_addr *addr)
{
	char *p = put_number(to, addr->ip[0]);

	for (int i = 1; i < 4; i++) {
		*p++ = '.';
		p = put_number(p, addr->ip[i]);
	}
	if (addr->port) {
		*p++ = ':';
		p = put_number(p, addr->port);
	}
	*p = '\0';
	return to;
}

char *net_addr_format(char to[NET_ADDR_TEXT_MAX], const struct net_addr *addr)
{
	char host[INET6_ADDRSTRLEN];

	if (addr->family == NET_FAMILY_V4)
		return format_v4(to, addr);
	if (addr->family != NET_FAMILY_V6 || !inet_ntop(AF_INET6, addr->ip, host, sizeof(host)))
		return strcpy(to, "?");
	if (addr->port)
		snprintf(to, NET_ADDR_TEXT_MAX, "[%s]:%u", host, addr->port);
	else
		strcpy(to, host);
	return to;
}

/* "/BITS" off the front of *rest, where it stands there. */
static bool bits_take(struct slice *rest, uint8_t most, uint8_t *ret)
{
	const char *end = rest->p + rest->len, *stop;
	uint64_t value;

	*ret = most;
	if (!rest->len || rest->p[0] != '/')
		return true;
	stop = memchr(rest->p, ':', rest->len);
	if (!slice_to_u64(slice_range(rest->p + 1, stop ? stop : end), &value) || value > most)
		return false;
	*rest = slice_range(stop ? stop : end, end);
	*ret = (uint8_t)value;
	return true;
}

int net_pattern_parse(struct slice text, struct net_pattern *ret, struct err *err)
{
	struct slice rest = text, host = host_take(&rest);
	struct net_pattern p;

	if (!host_parse(host, text.len && text.p[0] == '[', &p.addr))
		return refuse(err, text, "expected ADDRESS[/BITS][:PORT] with a numeric address");
	if (!bits_take(&rest, p.addr.family == NET_FAMILY_V4 ? 32 : 128, &p.bits))
		return refuse(err, text, "expected at most as many bits behind the slash as the address has");
	if (rest.len && (rest.p[0] != ':' || !port_parse(slice_range(rest.p + 1, rest.p + rest.len), &p.addr.port)))
		return refuse(err, text, "expected a port from 1 to 65535 behind the colon");
	*ret = p;
	return 0;
}

bool net_pattern_match(const struct net_pattern *pattern, const struct net_addr *addr)
{
	unsigned int whole = pattern->bits / 8, rest = pattern->bits % 8;

	if (pattern->addr.family != addr->family || (pattern->addr.port && pattern->addr.port != addr->port))
		return false;
	if (memcmp(pattern->addr.ip, addr->ip, whole) != 0)
		return false;
	return rest == 0 || ((pattern->addr.ip[whole] ^ addr->ip[whole]) & (0xff00u >> rest) & 0xff) == 0;
}
