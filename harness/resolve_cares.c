/* SPDX-License-Identifier: MIT
 *
 * The door to c-ares: one question at a time, waited for here. What name servers send is read by the library; of it
 * come numbers, and names that are cleaned where they are shown. */
#include "harness/resolve.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <ares.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>

enum { TRIES = 2, TYPE_NAPTR = 35, TYPE_SRV = 33 };

struct resolver {
	ares_channel channel;
};

struct question {
	struct arena *arena;
	struct resolve_records *records;
	enum resolve_type type;
	bool done;
	int status; /* the library's */
};

/* --- answers --- */

static const char *keep(struct question *q, const void *text)
{
	return arena_copy(q->arena, slice_of(text ? text : "")).p;
}

static void make_room(struct question *q, size_t count)
{
	q->records->list = arena_alloc(q->arena, (count + 1) * sizeof(*q->records->list));
}

static int read_naptr(struct question *q, const unsigned char *bytes, int len)
{
	struct ares_naptr_reply *first = NULL, *r;
	int status = ares_parse_naptr_reply(bytes, len, &first);
	size_t count = 0;

	for (r = first; r; r = r->next)
		count++;
	make_room(q, count);
	for (r = first; r; r = r->next)
		q->records->list[q->records->count++] = (struct resolve_record){
			.order = r->order,
			.weight = r->preference,
			.name = keep(q, r->replacement),
			.service = keep(q, r->service),
			.flags = keep(q, r->flags),
		};
	ares_free_data(first);
	return status;
}

static int read_srv(struct question *q, const unsigned char *bytes, int len)
{
	struct ares_srv_reply *first = NULL, *r;
	int status = ares_parse_srv_reply(bytes, len, &first);
	size_t count = 0;

	for (r = first; r; r = r->next)
		count++;
	make_room(q, count);
	for (r = first; r; r = r->next)
		q->records->list[q->records->count++] = (struct resolve_record){
			.order = r->priority, .weight = r->weight, .port = r->port, .name = keep(q, r->host)};
	ares_free_data(first);
	return status;
}

static void on_records(void *arg, int status, int timeouts, unsigned char *bytes, int len)
{
	struct question *q = arg;

	q->done = true;
	q->status = status;
	if (status == ARES_SUCCESS)
		q->status = q->type == RESOLVE_SRV ? read_srv(q, bytes, len) : read_naptr(q, bytes, len);
}

static void on_hosts(void *arg, int status, int timeouts, struct hostent *host)
{
	struct question *q = arg;
	size_t count = 0;

	q->done = true;
	q->status = status;
	if (status != ARES_SUCCESS)
		return;
	while (host->h_addr_list[count])
		count++;
	make_room(q, count);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *ip = (const uint8_t *)host->h_addr_list[i];

		q->records->list[q->records->count++].addr =
			q->type == RESOLVE_AAAA ? net_addr_v6(ip, 0) : net_addr_v4(ip, 0);
	}
}

/* --- waiting --- */

static void wait_for(ares_channel channel, const struct question *q)
{
	while (!q->done) {
		ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
		struct pollfd fds[ARES_GETSOCK_MAXNUM];
		int bits = ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
		struct timeval room, *timeout = ares_timeout(channel, NULL, &room);
		nfds_t count = 0;

		for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
			short events = (short)((ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) |
					       (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0));
			if (events)
				fds[count++] = (struct pollfd){.fd = sockets[i], .events = events};
		}
		poll(fds, count, timeout ? (int)(timeout->tv_sec * 1000 + timeout->tv_usec / 1000 + 1) : 1000);
		for (nfds_t i = 0; i < count; i++)
			ares_process_fd(channel,
					fds[i].revents & (POLLIN | POLLERR | POLLHUP) ? fds[i].fd : ARES_SOCKET_BAD,
					fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
		ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* what has timed out */
	}
}

static int verdict_of(const struct question *q, const char *name, struct err *err)
{
	static const char *const types[] = {"NAPTR", "SRV", "A", "AAAA"};
	char text[128];

	switch (q->status) {
	case ARES_SUCCESS:
	case ARES_ENODATA:
		return 0;
	case ARES_ENOTFOUND:
		q->records->no_name = true;
		return 0;
	}
	text_clean_fixed(text, sizeof(text), slice_of(name));
	if (q->status == ARES_ETIMEOUT || q->status == ARES_ECONNREFUSED)
		return err_set(err, -ETIMEDOUT, "%s: no name server answers the question for %s", text, types[q->type]);
	return err_set(err, q->status == ARES_EBADNAME ? -EINVAL : -EIO, "%s: the question for %s failed: %s", text,
		       types[q->type], ares_strerror(q->status));
}

static int ask(void *arg, enum resolve_type type, const char *name, struct arena *arena, struct resolve_records *ret,
	       struct err *err)
{
	struct resolver *resolver = arg;
	struct question q = {.arena = arena, .records = ret, .type = type};

	if (type == RESOLVE_A || type == RESOLVE_AAAA)
		ares_gethostbyname(resolver->channel, name, type == RESOLVE_A ? AF_INET : AF_INET6, on_hosts, &q);
	else
		ares_query(resolver->channel, name, C_IN, type == RESOLVE_SRV ? TYPE_SRV : TYPE_NAPTR, on_records, &q);
	wait_for(resolver->channel, &q);
	return verdict_of(&q, name, err);
}

/* --- life --- */

static int set_servers(struct resolver *resolver, const char *const *servers, struct err *err)
{
	char text[NET_ADDR_TEXT_MAX];
	struct net_addr addr;
	struct buf list = {0};
	int rc = 0;

	for (; *servers && rc == 0; servers++) {
		rc = net_addr_parse(slice_of(*servers), 53, &addr, err);
		if (rc == 0)
			buf_printf(&list, "%s%s", list.len ? "," : "", net_addr_format(text, &addr));
	}
	if (rc < 0)
		err_prefix(err, rc, "name server");
	else if (list.len && ares_set_servers_ports_csv(resolver->channel, list.p) != ARES_SUCCESS)
		rc = err_set(err, -EIO, "name server: %.200s can't be used", list.p);
	buf_done(&list);
	return rc;
}

int resolver_new(const char *const *servers, uint64_t timeout, struct resolver **ret, struct err *err)
{
	struct resolver *resolver = mem_alloc(sizeof(*resolver));
	struct ares_options options = {.timeout = (int)(timeout / MILLISECOND), .tries = TRIES};
	int status, rc = 0;

	ares_library_init(ARES_LIB_INIT_ALL);
	status = ares_init_options(&resolver->channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
	if (status != ARES_SUCCESS) {
		free(resolver);
		return err_set(err, -EIO, "c-ares can't be started: %s", ares_strerror(status));
	}
	if (servers)
		rc = set_servers(resolver, servers, err);
	if (rc < 0)
		resolver_free(resolver);
	else
		*ret = resolver;
	return rc;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	ares_destroy(resolver->channel);
	ares_library_cleanup();
	free(resolver);
}

struct resolve_source resolver_source(struct resolver *resolver)
{
	return (struct resolve_source){ask, resolver};
}
