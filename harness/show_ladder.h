/* SPDX-License-Identifier: MIT
 *
 * The SIP messages of a capture as a ladder. For cmd_show. */
#ifndef HARNESS_SHOW_LADDER_H
#define HARNESS_SHOW_LADDER_H

#include "judge/campaign.h"

enum { SHOW_MESSAGES_MAX = 5000 }; /* drawn; further ones are counted */

/* Appends the ladder of the capture. With a campaign, findings that did not pass are noted at their frames of its file
 * `file`, and the IUT's column is named. Errors as capture_open and capture_next; what came before one is drawn. */
int show_ladder(struct buf *to, const char *path, const struct campaign *campaign, uint32_t file, struct err *err);

#endif
