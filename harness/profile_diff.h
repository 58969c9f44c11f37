/* SPDX-License-Identifier: MIT
 *
 * Two profiles, value by value: to say which of them makes a difference. */
#ifndef HARNESS_PROFILE_DIFF_H
#define HARNESS_PROFILE_DIFF_H

#include "base/buf.h"
#include "trace/profile.h"

enum { PROFILE_VALUES = 16 };

const char *profile_value_name(size_t value); /* "feature_tag", "settings.rules": as in the file */
bool profile_value_differs(const struct profile *a, const struct profile *b, size_t value);
/* `"+g.poc.talkburst" instead of "+g.oma.sip-im"`, of b and a; appends nothing for what is no text. */
void profile_value_put(const struct profile *a, const struct profile *b, size_t value, struct buf *to);
/* `to` gets the value of `from`. Its reader is not made anew. */
void profile_value_take(struct profile *to, const struct profile *from, size_t value);

#endif
