/* SPDX-License-Identifier: MIT */
#include "body/msrp.h"

#include "body/cut.h"

static bool cut_scheme(struct slice *rest, bool *ret_secure)
{
	struct slice scheme;

	if (!cut_at(rest, ':', &scheme) || rest->len < 2 || memcmp(rest->p, "//", 2) != 0)
		return false;
	*rest = (struct slice){rest->p + 2, rest->len - 2};
	*ret_secure = slice_is_nocase(scheme, "msrps");
	return *ret_secure || slice_is_nocase(scheme, "msrp");
}

/* "[user@]host[:port]" */
static bool authority_read(struct slice authority, struct msrp_uri *ret)
{
	struct slice rest = authority, part, port;
	const char *end;
	uint64_t number;

	cut_at(&rest, '@', &part);
	if (rest.p)
		authority = rest;
	ret->host = authority;
	end = authority.len && authority.p[0] == '[' ? memchr(authority.p, ']', authority.len) : authority.p;
	if (!end)
		return false;
	port = slice_range(end, authority.p + authority.len);
	cut_at(&port, ':', &part);
	ret->host = slice_range(authority.p, part.p + part.len);
	ret->port = 2855;
	if (!port.p)
		return ret->host.len > 0;
	if (!is_digits(port) || !slice_to_u64(port, &number) || number == 0 || number > 65535)
		return false;
	ret->port = (uint16_t)number;
	return ret->host.len > 0;
}

int msrp_uri_read(struct slice path, struct msrp_uri *ret, struct slice *ret_rest, struct err *err)
{
	struct slice uri = SLICE_NONE, authority;

	*ret = (struct msrp_uri){0};
	cut_at(&path, ' ', &uri);
	if (ret_rest)
		*ret_rest = path;
	if (!cut_scheme(&uri, &ret->secure))
		return err_set(err, -EBADMSG, "the MSRP URI does not begin with msrp:// or msrps://");
	if (!cut_at(&uri, '/', &authority) || !uri.p || !authority_read(authority, ret))
		return err_set(err, -EBADMSG, "the MSRP URI's host, port or session is missing or bad");
	cut_at(&uri, ';', &ret->session);
	if (ret->session.len == 0 || !cut_at(&uri, ';', &ret->transport) || !is_token(ret->transport, ""))
		return err_set(err, -EBADMSG, "the MSRP URI's session or transport is missing");
	return 0;
}
