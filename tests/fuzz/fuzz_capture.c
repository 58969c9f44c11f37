/* SPDX-License-Identifier: MIT
 *
 * The bytes are a capture file: its format, links, tunnels, fragments and streams. What is in the messages is better
 * reached by fuzz_talk. */
#include "fuzz/audit_all.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	audit_all((struct slice){(const char *)data, size});
	return 0;
}
