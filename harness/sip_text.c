/* SPDX-License-Identifier: MIT */
#include "harness/sip_text.h"
#include "sip/uri.h"
#include "sip/value.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIP_PORT = 5060, SIPS_PORT = 5061 };

char *sip_text_branch(struct world *world, char to[SIP_TEXT_ID_MAX])
{
	snprintf(to, SIP_TEXT_ID_MAX, "z9hG4bK%016" PRIx64, world_random(world));
	return to;
}

char *sip_text_word(struct world *world, char to[SIP_TEXT_ID_MAX])
{
	snprintf(to, SIP_TEXT_ID_MAX, "%016" PRIx64, world_random(world));
	return to;
}

void sip_text_request(struct buf *to, const char *method, struct slice uri)
{
	buf_printf(to, "%s ", method);
	buf_add(to, uri);
	buf_puts(to, " SIP/2.0\r\n");
}

void sip_text_via(struct buf *to, enum net_transport transport, const struct net_addr *from, const char *branch)
{
	static const char *const tokens[NET_TRANSPORT_COUNT] = {"UDP", "TCP", "SCTP", "TLS", "WS", "WSS"};
	char host[NET_ADDR_TEXT_MAX];

	sip_text_header(to, "Via", "SIP/2.0/%s %s;branch=%s%s", tokens[transport], net_addr_format(host, from), branch,
			transport == NET_TLS ? ";alias" : "");
}

const char *sip_text_transport(enum net_transport transport)
{
	static const char *const ends[NET_TRANSPORT_COUNT] = {
		[NET_UDP] = "",
		[NET_TCP] = ";transport=tcp",
		[NET_SCTP] = ";transport=sctp",
		[NET_TLS] = ";transport=tls",
		[NET_WS] = ";transport=ws",
		[NET_WSS] = ";transport=wss",
	};

	return ends[transport];
}

void sip_text_header(struct buf *to, const char *name, const char *format, ...)
{
	va_list args;

	buf_puts(to, name);
	buf_puts(to, ": ");
	va_start(args, format);
	buf_vprintf(to, format, args);
	va_end(args);
	buf_puts(to, "\r\n");
}

void sip_text_header_slice(struct buf *to, const char *name, struct slice value)
{
	buf_puts(to, name);
	buf_puts(to, ": ");
	buf_add(to, value);
	buf_puts(to, "\r\n");
}

void sip_text_body(struct buf *to, const char *content_type, struct slice body)
{
	if (content_type)
		sip_text_header(to, "Content-Type", "%s", content_type);
	sip_text_header(to, "Content-Length", "%zu", body.len);
	buf_puts(to, "\r\n");
	buf_add(to, body);
}

static void line_copy(struct buf *to, const struct sip_msg *from, const struct sip_line *line)
{
	const char *end = from->raw.p + line->value + line->value_len;

	buf_add(to, slice_range(from->raw.p + line->offset, end));
	buf_puts(to, "\r\n");
}

void sip_text_copy(struct buf *to, const struct sip_msg *from, enum sip_header id)
{
	for (const struct sip_line *l = sip_msg_line(from, id); l; l = sip_msg_line_next(from, l))
		line_copy(to, from, l);
}

static bool header_in(enum sip_header id, const enum sip_header *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == id)
			return true;
	return false;
}

void sip_text_copy_others(struct buf *to, const struct sip_msg *from, const enum sip_header *skip, size_t count)
{
	for (uint16_t i = 0; i < from->line_count; i++)
		if (!header_in(from->lines[i].id, skip, count))
			line_copy(to, from, &from->lines[i]);
}

static void to_copy(struct buf *to, const struct sip_msg *request, const char *tag)
{
	const struct sip_line *line = sip_msg_line(request, SIP_HEADER_TO);

	if (!line)
		return;
	line_copy(to, request, line);
	if (!tag || sip_msg_tag(request, SIP_HEADER_TO).p)
		return;
	to->len -= 2;
	buf_printf(to, ";tag=%s\r\n", tag);
}

void sip_text_answer(struct buf *to, const struct sip_msg *request, unsigned status, const char *to_tag)
{
	buf_printf(to, "SIP/2.0 %u %s\r\n", status, sip_text_reason(status));
	sip_text_copy(to, request, SIP_HEADER_VIA);
	if (status > 100 && status < 300)
		sip_text_copy(to, request, SIP_HEADER_RECORD_ROUTE);
	sip_text_copy(to, request, SIP_HEADER_FROM);
	to_copy(to, request, status == 100 ? NULL : to_tag);
	sip_text_copy(to, request, SIP_HEADER_CALL_ID);
	sip_text_copy(to, request, SIP_HEADER_CSEQ);
}

const char *sip_text_reason(unsigned status)
{
	static const struct {
		unsigned status;
		const char *reason;
	} reasons[] = {
		{100, "Trying"},
		{180, "Ringing"},
		{181, "Call Is Being Forwarded"},
		{182, "Queued"},
		{183, "Session Progress"},
		{200, "OK"},
		{202, "Accepted"},
		{204, "No Notification"},
		{301, "Moved Permanently"},
		{302, "Moved Temporarily"},
		{305, "Use Proxy"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{402, "Payment Required"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{406, "Not Acceptable"},
		{407, "Proxy Authentication Required"},
		{408, "Request Timeout"},
		{410, "Gone"},
		{412, "Conditional Request Failed"},
		{413, "Request Entity Too Large"},
		{415, "Unsupported Media Type"},
		{420, "Bad Extension"},
		{421, "Extension Required"},
		{422, "Session Interval Too Small"},
		{423, "Interval Too Brief"},
		{480, "Temporarily Unavailable"},
		{481, "Call/Transaction Does Not Exist"},
		{482, "Loop Detected"},
		{483, "Too Many Hops"},
		{484, "Address Incomplete"},
		{486, "Busy Here"},
		{487, "Request Terminated"},
		{488, "Not Acceptable Here"},
		{489, "Bad Event"},
		{491, "Request Pending"},
		{500, "Server Internal Error"},
		{501, "Not Implemented"},
		{503, "Service Unavailable"},
		{504, "Server Time-out"},
		{505, "Version Not Supported"},
		{513, "Message Too Large"},
		{600, "Busy Everywhere"},
		{603, "Decline"},
	};
	static const char *const classes[] = {"Progress", "Success", "Redirection", "Refused", "Failure", "Declined"};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return status >= 100 && status < 700 ? classes[status / 100 - 1] : "Unknown";
}

void sip_text_cancel(struct buf *to, const struct sip_msg *invite)
{
	uint32_t number = 0;
	struct slice method;

	sip_msg_cseq(invite, &number, &method);
	sip_text_request(to, "CANCEL", invite->uri);
	line_copy(to, invite, sip_msg_line(invite, SIP_HEADER_VIA));
	sip_text_header(to, "Max-Forwards", "70");
	sip_text_copy(to, invite, SIP_HEADER_ROUTE);
	sip_text_copy(to, invite, SIP_HEADER_FROM);
	sip_text_copy(to, invite, SIP_HEADER_TO);
	sip_text_copy(to, invite, SIP_HEADER_CALL_ID);
	sip_text_header(to, "CSeq", "%" PRIu32 " CANCEL", number);
	sip_text_body(to, NULL, SLICE_NONE);
}

static enum net_transport uri_transport(const struct sip_uri *uri)
{
	enum net_transport transport = uri->scheme == SIP_SCHEME_SIPS ? NET_TLS : NET_UDP;
	struct slice name;

	if (sip_param_find(uri->params, "transport", &name))
		net_transport_parse(name, &transport);
	return transport;
}

static struct slice host_bare(struct slice host)
{
	if (host.len > 2 && host.p[0] == '[')
		return (struct slice){host.p + 1, host.len - 2};
	return host;
}

bool sip_text_host(struct slice host, uint16_t port, struct net_addr *ret)
{
	return net_addr_parse_ip(host_bare(host), port, ret);
}

int sip_text_hop(struct slice text, struct net_addr *ret_addr, enum net_transport *ret_transport, struct err *err)
{
	struct net_addr addr;
	struct sip_uri uri;
	uint16_t port;
	int rc = sip_uri_read(text, &uri, err);

	if (rc < 0)
		return rc;
	if (uri.scheme != SIP_SCHEME_SIP && uri.scheme != SIP_SCHEME_SIPS)
		return err_set(err, -EBADMSG, "the next hop is no SIP URI");
	port = uri.port ? uri.port : uri.scheme == SIP_SCHEME_SIPS ? SIPS_PORT : SIP_PORT;
	if (!sip_text_host(uri.host, port, &addr))
		return err_set(err, -EAFNOSUPPORT, "the next hop is a name, and names are not looked up");
	if (ret_addr)
		*ret_addr = addr;
	if (ret_transport)
		*ret_transport = uri_transport(&uri);
	return 0;
}
