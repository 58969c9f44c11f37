/* SPDX-License-Identifier: MIT */
#include "body/sdp_write.h"

static void attribute(struct buf *to, const char *name, const char *value)
{
	if (value)
		buf_printf(to, "a=%s:%s\r\n", name, value);
}

static void direction(struct buf *to, enum sdp_direction direction)
{
	if (direction != SDP_DIRECTION_NONE)
		buf_printf(to, "a=%s\r\n", sdp_direction_name(direction));
}

static void session(struct buf *to, const struct sdp_msrp_values *values)
{
	const char *address = values->address ? values->address : "127.0.0.1";
	const char *type = strchr(address, ':') ? "IP6" : "IP4";

	buf_printf(to,
		   "v=0\r\n"
		   "o=%s %llu %llu IN %s %s\r\n"
		   "s=-\r\n"
		   "c=IN %s %s\r\n"
		   "t=0 0\r\n",
		   values->user ? values->user : "-", (unsigned long long)values->session_id,
		   (unsigned long long)values->session_version, type, address, type, address);
	direction(to, values->session_direction);
	if (values->direction_at_session)
		direction(to, values->direction);
}

void sdp_msrp_write(struct buf *to, const struct sdp_msrp_values *values)
{
	session(to, values);
	buf_printf(to, "m=message %u %s *\r\n", values->port, values->tls ? "TCP/TLS/MSRP" : "TCP/MSRP");
	attribute(to, "accept-types", values->accept_types ? values->accept_types : "*");
	attribute(to, "accept-wrapped-types", values->accept_wrapped_types);
	attribute(to, "path", values->path);
	attribute(to, "setup", values->setup);
	if (!values->direction_at_session)
		direction(to, values->direction);
	if (values->more)
		buf_puts(to, values->more);
}
