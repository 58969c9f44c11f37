/* SPDX-License-Identifier: MIT */
#include "harness/lua_play_internal.h"

/* Options that name a header: text sets it, false leaves it out, a list of texts gives it several lines. */
static const struct {
	const char *option, *header;
} headers[] = {
	{"accept_contact", "Accept-Contact"},
	{"allow", "Allow"},
	{"call_id", "Call-ID"},
	{"contact", "Contact"},
	{"cseq", "CSeq"},
	{"event", "Event"},
	{"expires", "Expires"},
	{"from", "From"},
	{"if_match", "SIP-If-Match"},
	{"max_forwards", "Max-Forwards"},
	{"require", "Require"},
	{"supported", "Supported"},
	{"to", "To"},
	{"user_agent", "User-Agent"},
};

/* Asserted identities are URIs, one line each as RFC 3325 has them for a sip and a tel one. */
#define DRAFT_OPTIONS                                                                                                  \
	"accept_contact", "allow", "call_id", "contact", "cseq", "event", "expires", "from", "if_match",               \
		"max_forwards", "require", "supported", "to", "user_agent", "asserted", "uri", "headers", "body",      \
		"content_type"

static const char *const draft_options[] = {DRAFT_OPTIONS, NULL};

const char *const *lua_draft_options(void)
{
	return draft_options;
}

struct line_sink {
	struct draft *draft;
	const char *name;
	bool first;
};

static void add_line(void *arg, struct slice text)
{
	struct line_sink *sink = arg;

	if (sink->first)
		draft_set(sink->draft, sink->name, text);
	else
		draft_add(sink->draft, sink->name, text);
	sink->first = false;
}

static void add_raw(void *arg, struct slice text)
{
	draft_add_raw(arg, text);
}

static void add_asserted(void *arg, struct slice uri)
{
	draft_printf(arg, "P-Asserted-Identity", "<%.*s>", SLICE_F(uri));
}

static void apply_header(lua_State *L, int arg, struct draft *draft, const char *option, const char *header)
{
	struct line_sink sink = {draft, header, true};
	int type;

	if (!script_option_has(L, arg, option))
		return;
	if (script_option_off(L, arg, option)) {
		draft_remove(draft, header);
		return;
	}
	lua_pushstring(L, option);
	type = lua_rawget(L, arg);
	lua_pop(L, 1);
	if (type == LUA_TNUMBER)
		draft_set(draft, header,
			  slice_of(arena_printf(
				  draft->arena, "%lld",
				  (long long)script_option_number(L, arg, option, INT64_MIN, INT64_MAX, 0))));
	else {
		script_option_texts(L, arg, option, add_line, &sink);
		draft->odd = true;
	}
}

static void apply_body(lua_State *L, int arg, struct draft *draft)
{
	struct slice type;

	if (script_option_off(L, arg, "body")) {
		draft->body = SLICE_NONE;
		draft->content_type = NULL;
	} else if (script_option_has(L, arg, "body")) {
		draft->body = arena_copy(draft->arena, script_option_text(L, arg, "body", SLICE_NONE));
	}
	if (script_option_off(L, arg, "content_type")) {
		draft->content_type = NULL;
	} else {
		type = script_option_text(L, arg, "content_type", SLICE_NONE);
		if (type.p)
			draft->content_type = arena_copy(draft->arena, type).p;
	}
}

void lua_draft_apply(lua_State *L, int arg, struct draft *draft)
{
	struct slice uri;

	if (!lua_istable(L, arg))
		return;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		apply_header(L, arg, draft, headers[i].option, headers[i].header);
	if (script_option_has(L, arg, "asserted")) {
		draft_remove(draft, "P-Asserted-Identity");
		draft_remove(draft, "P-Served-User"); /* who is served on the sender's side is who is asserted */
		if (!script_option_off(L, arg, "asserted"))
			script_option_texts(L, arg, "asserted", add_asserted, draft);
	}
	uri = script_option_text(L, arg, "uri", SLICE_NONE);
	if (uri.p)
		draft->uri = arena_copy(draft->arena, uri);
	script_option_texts(L, arg, "headers", add_raw, draft);
	draft->odd |= script_option_has(L, arg, "headers");
	apply_body(L, arg, draft);
}
