// SPDX-License-Identifier: MIT
/* MSRP (RFC 4975), as little as hands over what was kept: one SEND at a time, whole, and its 200. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "server.h"

struct msrp {
	struct session *session;
	char *to_path;
	char id[16];
	int fd;
	int registered; /* index of the wait, 0 for none */
	char read[4096];
	size_t read_len;
};

static int listener = -1;

static void send_next(struct msrp *msrp);

static int socket_at(const char *host, const char *port, bool passive)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | (passive ? AI_PASSIVE : 0), .ai_socktype = SOCK_STREAM},
			*found;
	int fd = -1;

	if (getaddrinfo(host, port, &hints, &found))
		return -1;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (passive ? bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, 64)
		    : connect(fd, found->ai_addr, found->ai_addrlen)) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

static void finish(struct msrp *msrp)
{
	struct session *session = msrp->session;

	msrp_stop(session);
	if (!is("keep-session"))
		session_bye(session);
}

/* One answer to our SEND: what was taken leaves the store. */
static void answered(struct msrp *msrp, const char *line)
{
	struct message *message = msrp->session->user->messages;
	char id[16];
	int status = 0;

	if (sscanf(line, "MSRP %15s %d", id, &status) != 2 || strcmp(id, msrp->id))
		return;
	if (status == 200 && message)
		msrp->session->user->messages = message->next;
	if (status == 200 && msrp->session->user->messages)
		send_next(msrp);
	else
		finish(msrp);
}

static int readable(void *magic, su_wait_t *wait, void *arg)
{
	struct msrp *msrp = arg;
	ssize_t len =
		recv(msrp->fd, msrp->read + msrp->read_len, sizeof(msrp->read) - 1 - msrp->read_len, MSG_DONTWAIT);
	char *end, *line = msrp->read;

	(void)magic, (void)wait;
	if (len <= 0) {
		msrp_stop(msrp->session);
		return 0;
	}
	msrp->read_len += (size_t)len;
	msrp->read[msrp->read_len] = 0;
	end = strstr(line, "\r\n-------");
	if (!end || !strstr(end + 9, "\r\n"))
		return 0;
	msrp->read_len = 0;
	answered(msrp, line);
	return 0;
}

static void send_next(struct msrp *msrp)
{
	const struct message *message = msrp->session->user->messages;
	char *text;

	snprintf(msrp->id, sizeof(msrp->id), "t%08x", (unsigned)su_random());
	text = su_sprintf(server.home,
			  "MSRP %s SEND\r\nTo-Path: %s\r\nFrom-Path: %s\r\nMessage-ID: m%s\r\nByte-Range: 1-%zu/%zu\r\n"
			  "Content-Type: %s\r\n\r\n%s\r\n-------%s$\r\n",
			  msrp->id, msrp->to_path, msrp->session->path, msrp->id, strlen(message->body),
			  strlen(message->body), message->type, message->body, msrp->id);
	if (send(msrp->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		msrp_stop(msrp->session);
}

static void watch(struct msrp *msrp)
{
	su_wait_t wait[1] = {SU_WAIT_INIT};

	su_wait_create(wait, msrp->fd, SU_WAIT_IN);
	msrp->registered = su_root_register(server.root, wait, readable, msrp, 0);
	if (msrp->session->user->messages)
		send_next(msrp);
	else
		finish(msrp);
}

/* Our path, whose port listens for those who want to come to us. */
char *msrp_listen(struct session *session)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);

	if (listener < 0)
		listener = socket_at(server.ipv6 ? "::1" : "127.0.0.1", "0", true);
	getsockname(listener, (struct sockaddr *)&at, &len);
	session->port =
		ntohs(server.ipv6 ? ((struct sockaddr_in6 *)&at)->sin6_port : ((struct sockaddr_in *)&at)->sin_port);
	return su_sprintf(server.home, "msrp://%s:%u/s%08x;tcp", server.host, session->port, (unsigned)su_random());
}

static int connection(void *magic, su_wait_t *wait, void *arg)
{
	struct msrp *msrp = arg;

	(void)magic, (void)wait;
	su_root_deregister(server.root, msrp->registered);
	msrp->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (msrp->fd >= 0)
		watch(msrp);
	return 0;
}

static void wait_for_connection(struct msrp *msrp)
{
	su_wait_t wait[1] = {SU_WAIT_INIT};

	su_wait_create(wait, listener, SU_WAIT_ACCEPT);
	msrp->registered = su_root_register(server.root, wait, connection, msrp, 0);
}

/* The answer's first path, as host and port. */
static bool where(const char *path, char *host, char *port)
{
	if (sscanf(path, "msrp://[%99[^]]]:%9[0-9]", host, port) == 2)
		return true;
	return sscanf(path, "msrp://%*[^@/]@%99[^:]:%9[0-9]", host, port) == 2 ||
	       sscanf(path, "msrp://%99[^:]:%9[0-9]", host, port) == 2;
}

void msrp_start(struct session *session, const char *sdp)
{
	const char *path = sdp ? strstr(sdp, "a=path:") : NULL;
	struct msrp *msrp;
	char host[100], port[10];

	if (!path || session->msrp)
		return;
	session->msrp = msrp = calloc(1, sizeof(*msrp));
	msrp->session = session;
	msrp->fd = -1;
	msrp->to_path = strndup(path + 7, strcspn(path + 7, "\r\n"));
	if (is("msrp-passive") && strstr(sdp, "a=setup:active")) {
		wait_for_connection(msrp);
		return;
	}
	if (where(msrp->to_path, host, port))
		msrp->fd = socket_at(host, port, false);
	if (msrp->fd >= 0)
		watch(msrp);
}

void msrp_stop(struct session *session)
{
	struct msrp *msrp = session->msrp;

	if (!msrp || msrp->fd < 0)
		return;
	su_root_deregister(server.root, msrp->registered);
	close(msrp->fd);
	msrp->fd = -1;
}
