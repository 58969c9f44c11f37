/* SPDX-License-Identifier: MIT */
#include "sip/route.h"
#include "sip/uri.h"
#include "sip/value.h"

static bool hop_read(struct slice value, struct sip_uri *ret, bool *ret_loose)
{
	struct sip_addr addr;
	struct slice lr;

	if (sip_addr_read(value, &addr) < 0 || sip_uri_read(addr.uri, ret, NULL) < 0)
		return false;
	*ret_loose = sip_param_find(ret->params, "lr", &lr);
	return true;
}

bool sip_same_hop(struct slice a, struct slice b)
{
	struct sip_uri x, y;
	bool loose_x, loose_y;

	return hop_read(a, &x, &loose_x) && hop_read(b, &y, &loose_y) && loose_x == loose_y &&
	       sip_uri_equal_read(&x, &y);
}

bool sip_hop_kept(struct slice recorded, struct slice route)
{
	struct sip_uri x, y;
	bool loose_x, loose_y;

	if (!hop_read(recorded, &x, &loose_x) || !hop_read(route, &y, &loose_y) || loose_x != loose_y)
		return false;
	if (!x.user.len)
		y.user = y.password = SLICE_NONE;
	return sip_uri_equal_read(&x, &y);
}
