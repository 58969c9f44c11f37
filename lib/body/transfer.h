/* SPDX-License-Identifier: MIT
 *
 * Transfer encodings of the parts of a multipart (RFC 2045 6). Fed by body/multipart with what stands in a part;
 * nobody else asks. */
#ifndef BODY_TRANSFER_H
#define BODY_TRANSFER_H

#include "base/arena.h"
#include "base/slice.h"

/* The bytes behind a Content-Transfer-Encoding: base64 and quoted-printable are undone in `arena`, in 7bit, 8bit,
 * binary and where no encoding is named they are `body` itself. Returns false, and leaves *ret as it is, where the
 * encoding is another one or not minded. */
bool transfer_decode(struct slice encoding, struct slice body, struct arena *arena, struct slice *ret);

#endif
