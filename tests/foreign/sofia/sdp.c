// SPDX-License-Identifier: MIT
/* Offers and answers of m=message (RFC 4566, 3264, 4975). */
#include <stdio.h>
#include <string.h>

#include "server.h"

static const char *direction(bool answer)
{
	if (is("sdp-sendrecv"))
		return "a=sendrecv\r\n";
	if (is("sdp-recvonly"))
		return "a=recvonly\r\n";
	if (is("sdp-overridden"))
		return "a=sendrecv\r\n";
	if (is("sdp-audio"))
		return "";
	return answer || !is("sdp-session") ? "a=sendonly\r\n" : "";
}

static char *media(const struct session *session, bool answer)
{
	const char *way = direction(answer);

	return su_sprintf(
		server.home,
		"m=message %u TCP/MSRP *\r\n%s%sa=accept-types:message/cpim text/plain *\r\na=path:%s\r\n%s%s",
		session->port, is("sdp-bandwidth") ? "b=AS:64\r\n" : "", is("sdp-media-first") ? way : "",
		session->path, is("msrp-passive") ? "a=setup:passive\r\n" : "a=setup:active\r\n",
		is("sdp-media-first") ? "" : way);
}

/* Whole body; its version goes up with every one that differs. */
char *sdp_write(struct session *session, bool answer)
{
	const char *address = server.ipv6 ? "IP6 ::1" : "IP4 127.0.0.1";
	const char *whole = is("sdp-session") && !answer ? "a=sendonly\r\n"
			    : is("sdp-overridden")       ? "a=sendonly\r\n"
							 : "";
	const char *more = is("sdp-audio")                  ? "m=audio 40000 RTP/AVP 0\r\na=sendonly\r\n"
			   : is("sdp-two-media") && !answer ? "m=audio 0 RTP/AVP 0\r\na=inactive\r\n"
							    : "";

	if (is("sdp-no-origin"))
		return su_sprintf(server.home, "v=0\r\ns=-\r\nc=IN %s\r\nt=0 0\r\n%s", address, media(session, answer));
	return su_sprintf(server.home,
			  "v=0\r\no=IM-serv %u %u IN %s\r\ns=deferred messages\r\n%sc=IN %s\r\nt=0 0\r\n%s%s%s",
			  session->id, session->version, address,
			  is("sdp-bandwidth") ? "i=what was kept\r\nu=http://im.example/\r\n" : "", address, whole,
			  media(session, answer), more);
}
