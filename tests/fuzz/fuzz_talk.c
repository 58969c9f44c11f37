/* SPDX-License-Identifier: MIT
 *
 * The bytes are a talk (fuzz/talk.h), which is audited as a capture: messages, how they are filed, and the judge. */
#include "fuzz/audit_all.h"
#include "fuzz/fuzz.h"
#include "fuzz/talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct talk talk;
	struct buf capture = {0};

	talk_read(&talk, (struct slice){(const char *)data, size});
	talk_capture(&capture, &talk);
	audit_all(buf_slice(&capture));
	buf_done(&capture);
	return 0;
}
