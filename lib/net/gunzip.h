/* SPDX-License-Identifier: MIT
 *
 * gzip streams (RFC 1952) through zlib. Unlike libarchive's reader this one gives every byte that came before a cut. */
#ifndef NET_GUNZIP_H
#define NET_GUNZIP_H

#include <stddef.h>
#include <stdint.h>

struct gunzip;

/* More of the compressed bytes, valid until the next call: their number, 0 at the end, a negative errno. */
typedef int64_t gunzip_more(void *arg, const uint8_t **ret);

struct gunzip *gunzip_new(gunzip_more *more, void *arg);
void gunzip_free(struct gunzip *g);

/* Up to `len` (at least 1) bytes of all members, one after the other: their number; 0 at the end. Once all that could
 * be unpacked was given: -ENODATA where the file ends within a member, -EBADMSG where it is broken, or what `more`
 * said; a `more` that failed is asked again. Behind the last member, what is no member is padding. */
int64_t gunzip_read(struct gunzip *g, void *to, size_t len);
/* zlib's words for -EBADMSG. */
const char *gunzip_why(const struct gunzip *g);

#endif
