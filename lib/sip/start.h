/* SPDX-License-Identifier: MIT
 *
 * The start line (RFC 3261 7.1, 7.2). Internal: sip/msg.h is what others read. */
#ifndef SIP_START_H
#define SIP_START_H

#include "sip/msg.h"

/* Fills method, method_text, uri, status, reason and is_request, and raises `odd`, from the line without its line end.
 * False where it is no SIP start line. */
bool sip_start_read(struct sip_msg *msg, struct slice line);

#endif
