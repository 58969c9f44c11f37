/* SPDX-License-Identifier: MIT
 *
 * The look-up that reading a message consists of. Internal: sip/msg.h is what others read. */
#ifndef SIP_NAMES_H
#define SIP_NAMES_H

#include "sip/msg.h"

/* As sip_header_of, and quicker: what stands behind the name may be read, up to `end`. */
enum sip_header sip_header_at(struct slice name, const char *end);

#endif
