/* SPDX-License-Identifier: MIT
 *
 * The yardstick of tests/bench/audit.py: reads a capture through libpcap and does nothing with it. */
#include <pcap/pcap.h>
#include <stdio.h>

static void count(unsigned char *arg, const struct pcap_pkthdr *header, const unsigned char *bytes)
{
	++*(unsigned long *)(void *)arg;
}

int main(int argc, char **argv)
{
	char text[PCAP_ERRBUF_SIZE];
	unsigned long packets = 0;
	pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], text) : NULL;

	if (!pcap || pcap_loop(pcap, 0, count, (unsigned char *)&packets) < 0)
		return 1;
	pcap_close(pcap);
	printf("%lu\n", packets);
	return 0;
}
