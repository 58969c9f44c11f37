/* SPDX-License-Identifier: MIT
 *
 * Live interfaces, the one file that libpcap is for. */
#include "net/capture_format.h"
#include "base/time.h"
#include "net/link.h"
#include "base/mem.h"
#include "base/text.h"

#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>

enum { LIVE_SNAP = CAPTURE_PACKET_MAX, LIVE_BUFFER = 16 * 1024 * 1024, LIVE_WAIT_MS = 100 };

struct capture_live {
	pcap_t *pcap;
	uint32_t link, fraction_ns;
};

void capture_live_free(struct capture_live *live)
{
	if (!live)
		return;
	pcap_close(live->pcap);
	free(live);
}

/* Where nothing comes, libpcap would wait for ever, whatever its timeout and whoever is interrupted: so the waiting is
 * done here. */
static int next_packet(pcap_t *pcap, struct pcap_pkthdr **ret_head, const u_char **ret_bytes)
{
	struct pollfd fd = {.fd = pcap_get_selectable_fd(pcap), .events = POLLIN};
	int r = pcap_next_ex(pcap, ret_head, ret_bytes);

	if (r != 0 || poll(&fd, 1, LIVE_WAIT_MS) <= 0)
		return r;
	return pcap_next_ex(pcap, ret_head, ret_bytes);
}

static int next_live(struct capture *c, struct capture_packet *ret, struct err *err)
{
	struct pcap_pkthdr *head;
	const u_char *bytes;
	int r = next_packet(c->live->pcap, &head, &bytes);

	if (r == 0 || r == PCAP_ERROR_BREAK)
		return -EAGAIN;
	if (r < 0)
		return err_set(err, -EIO, "%s", pcap_geterr(c->live->pcap));
	ret->time = (uint64_t)head->ts.tv_sec * SECOND + (uint64_t)head->ts.tv_usec * c->live->fraction_ns;
	ret->frame = ++c->frames;
	ret->offset = 0;
	ret->p = bytes;
	ret->caplen = head->caplen;
	ret->origlen = head->len;
	ret->link = c->live->link;
	return 1;
}

static int set_up(struct capture_live *live, const char *filter, struct err *err)
{
	char text[PCAP_ERRBUF_SIZE];
	struct bpf_program program;
	int r;

	pcap_set_snaplen(live->pcap, LIVE_SNAP);
	pcap_set_promisc(live->pcap, 0);
	pcap_set_timeout(live->pcap, LIVE_WAIT_MS);
	pcap_set_buffer_size(live->pcap, LIVE_BUFFER);
	live->fraction_ns = pcap_set_tstamp_precision(live->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0 ? 1 : 1000;
	r = pcap_activate(live->pcap);
	if (r < 0)
		return err_set(err, r == PCAP_ERROR_PERM_DENIED ? -EPERM : -ENODEV, "%s", pcap_statustostr(r));
	if (pcap_setnonblock(live->pcap, 1, text) < 0)
		return err_set(err, -EIO, "%s", text);
	live->link = (uint32_t)pcap_datalink(live->pcap);
	if (!link_known(live->link))
		return err_set(err, -EPROTONOSUPPORT, "unknown link type %u", live->link);
	if (!filter)
		return 0;
	if (pcap_compile(live->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return err_set(err, -EINVAL, "filter: %s", pcap_geterr(live->pcap));
	r = pcap_setfilter(live->pcap, &program);
	pcap_freecode(&program);
	return r < 0 ? err_set(err, -EINVAL, "filter: %s", pcap_geterr(live->pcap)) : 0;
}

int capture_open_live(const char *interface, const char *filter, struct capture **ret, struct err *err)
{
	char text[PCAP_ERRBUF_SIZE] = "", clean[64];
	struct capture_live *live;
	int r;

	text_clean_fixed(clean, sizeof(clean), slice_of(interface));
	live = mem_alloc(sizeof(*live));
	live->pcap = pcap_create(interface, text);
	if (!live->pcap) {
		free(live);
		return err_set(err, -ENODEV, "%s: %s", clean, text);
	}
	r = set_up(live, filter, err);
	if (r < 0) {
		capture_live_free(live);
		return err_prefix(err, r, "%s", clean);
	}
	*ret = capture_new(interface);
	(*ret)->live = live;
	(*ret)->next = next_live;
	return 0;
}

uint64_t capture_live_dropped(struct capture *c)
{
	struct pcap_stat stat;

	return c->live && pcap_stats(c->live->pcap, &stat) == 0 ? stat.ps_drop : 0;
}
