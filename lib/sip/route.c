/* SPDX-License-Identifier: MIT */
#include "sip/route.h"
#include "sip/uri.h"
#include "sip/value.h"

static bool is_loose(struct slice text)
{
	struct sip_uri uri;
	struct slice value;

	return sip_uri_read(text, &uri, NULL) == 0 && sip_param_find(uri.params, "lr", &value);
}

bool sip_same_hop(struct slice a, struct slice b)
{
	struct sip_addr x, y;

	return sip_addr_read(a, &x) == 0 && sip_addr_read(b, &y) == 0 && sip_uri_equal(x.uri, y.uri) &&
	       is_loose(x.uri) == is_loose(y.uri);
}
