/* SPDX-License-Identifier: MIT
 *
 * capture_make DIR: writes every sample of samples.c to DIR/NAME.pcap, for tools that read files. */
#include "samples.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: capture_make DIR\n");
		return 2;
	}
	for (size_t i = 0; i < sample_count; i++) {
		struct buf file = {0};
		char path[4096];
		FILE *to;

		snprintf(path, sizeof(path), "%s/%s.pcap", argv[1], samples[i].name);
		to = fopen(path, "wb");
		samples[i].make(&file);
		if (!to || fwrite(file.p, 1, file.len, to) != file.len || fclose(to) != 0) {
			perror(path);
			return 1;
		}
		buf_done(&file);
	}
	return 0;
}
