/* SPDX-License-Identifier: MIT */
#include "sip/chars.h"
#include "sip/value.h"

/* Behind the comment, which may nest, that begins at s[0]. */
static struct slice skip_comment(struct slice s)
{
	int depth = 0;
	size_t i = 0;

	for (; i < s.len; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && --depth == 0)
			return (struct slice){s.p + i + 1, s.len - i - 1};
	}
	return (struct slice){s.p + s.len, 0};
}

static bool matches(struct slice s, const char *pattern, bool *exact)
{
	struct slice want = slice_of(pattern);

	if (want.len && want.p[want.len - 1] == '*') {
		want.len--;
		if (s.len < want.len)
			return false;
		s.len = want.len;
	}
	*exact = *exact && slice_eq(s, want);
	return slice_eq_nocase(s, want);
}

/* The next product and its version, which is absent without a slash; blanks may stand around it. */
static bool product_next(struct slice *s, struct slice *ret_name, struct slice *ret_version)
{
	struct slice rest;

	for (;; *s = s->p[0] == '(' ? skip_comment(*s) : (struct slice){s->p + 1, s->len - 1}) {
		*s = sip_skip_blanks(*s);
		if (s->len == 0)
			return false;
		if (sip_is_token_char(s->p[0]) || !strchr("(),;/", s->p[0]) || s->p[0] == '\0')
			break;
	}
	*ret_name = sip_take_until(s, "(),;/");
	*ret_version = SLICE_NONE;
	rest = sip_skip_blanks(*s);
	if (rest.len && rest.p[0] == '/') {
		rest = sip_skip_blanks((struct slice){rest.p + 1, rest.len - 1});
		*ret_version = sip_take_until(&rest, "(),;");
		*s = rest;
	}
	return true;
}

bool sip_product_find(struct slice value, const char *name, const char *version, bool *ret_exact, bool *ret_first)
{
	struct slice product, product_version;

	for (bool first = true; product_next(&value, &product, &product_version); first = false) {
		bool exact = true;

		if (!matches(product, name, &exact) || !matches(product_version, version, &exact))
			continue;
		if (ret_exact)
			*ret_exact = exact;
		if (ret_first)
			*ret_first = first;
		return true;
	}
	return false;
}
