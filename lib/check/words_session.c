/* SPDX-License-Identifier: MIT
 *
 * Words about the session timer of a push (RFC 4028 7.2, 10). */
#include "check/words.h"
#include "base/time.h"

struct session {
	uint64_t start, interval; /* ns */
	bool server_refreshes;
};

static uint64_t end_of(const struct session *s)
{
	return s->start + s->interval;
}

/* Until when a refresh or a BYE may come: those that are sent at the end are under way for a while. */
static uint64_t last_of(const struct look *look, const struct session *s)
{
	return end_of(s) + look->timers->answer;
}

/* Of the 2xx to an INVITE or UPDATE that the server, or the client, has sent. */
static bool read_session(const struct event *final, bool by_server, struct session *ret)
{
	struct slice main, params, refresher = SLICE_NONE;
	uint64_t seconds;

	if (!final || final->msg.status / 100 != 2 || !sip_msg_has(&final->msg, SIP_HEADER_SESSION_EXPIRES))
		return false;
	sip_value_split(sip_msg_value(&final->msg, SIP_HEADER_SESSION_EXPIRES), &main, &params);
	if (!slice_to_u64(main, &seconds) || seconds < 90 || seconds > UINT32_MAX)
		return false;
	sip_param_find(params, "refresher", &refresher);
	*ret = (struct session){final->time, seconds * SECOND, slice_is_nocase(refresher, by_server ? "uac" : "uas")};
	return slice_is_nocase(refresher, "uac") || slice_is_nocase(refresher, "uas");
}

/* Over TCP, a connection of its own may carry it: the tag tells. */
static bool is_servers(const struct txn *push, const struct event *event)
{
	return slice_eq(sip_msg_tag(&event->msg, SIP_HEADER_FROM), sip_msg_tag(&push->request->msg, SIP_HEADER_FROM));
}

/* Did the server send BYE at the moment at which a side that waits for a refresh gives up: 32 s or a third of the
 * interval before its end (RFC 4028 10)? The side that has to refresh has no reason for that. */
static bool gave_up_waiting(const struct txn *push, const struct session *s)
{
	enum { BEFORE_END_MAX = 32, TOLERANCE = 2 };
	uint64_t early = s->interval / 3 < BEFORE_END_MAX * SECOND ? s->interval / 3 : BEFORE_END_MAX * SECOND;
	uint64_t due = end_of(s) - early;
	const struct event *end = push->end;

	return end && is_servers(push, end) && end->time + TOLERANCE * SECOND >= due &&
	       end->time <= due + TOLERANCE * SECOND;
}

/* An answer to a refresh, or to the BYE, that is not in the evidence. */
static bool request_lost(const struct look *look)
{
	for (size_t i = 0; i < look->story->orphan_count; i++) {
		const struct event *orphan = look->story->orphans[i];
		enum sip_method method = orphan->msg.method;

		if (!orphan->msg.is_request && event_after(orphan, look->txn->final) &&
		    (method == SIP_METHOD_UPDATE || method == SIP_METHOD_INVITE || method == SIP_METHOD_BYE) &&
		    event_same_call_id(orphan, look->txn->request))
			return true;
	}
	return false;
}

static bool is_refresh(const struct txn *push, const struct txn *txn)
{
	const struct event *request = txn->request;

	return event_after(request, push->final) &&
	       (request->msg.method == SIP_METHOD_UPDATE || request->msg.method == SIP_METHOD_INVITE) &&
	       sip_msg_tag(&request->msg, SIP_HEADER_TO).p && event_same_call_id(request, push->request);
}

/* Follows the refreshes up to the one that came too late, else to the last, whose interval *s is then. false: a refresh
 * is open or has failed, or there is no timer after it. */
static bool follow_refreshes(const struct look *look, struct session *s)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];

		if (!is_refresh(look->txn, txn))
			continue;
		if (txn->request->time > last_of(look, s))
			return true;
		if (!read_session(txn->final, is_servers(look->txn, txn->request), s))
			return false;
	}
	return true;
}

/* A session that was refreshed at first is to be refreshed, or ended, in each interval after it, too. */
static bool neglected_later(const struct look *look, struct session *s)
{
	const struct event *end = look->txn->end;
	uint64_t last;

	if (!look->txn->refresh || (look->story->flow->gaps & FLOW_GAP_CLOCK) || !follow_refreshes(look, s) ||
	    s->start == look->txn->final->time)
		return false;
	last = last_of(look, s);
	return !(end && end->time <= last) && look->story->flow->watched_until >= last &&
	       story_server_alive(look->story) >= last && look_complete(look) == TRI_YES && !request_lost(look);
}

static const char *const session_names[] = {"server", "client", NULL};

static enum tri was_watched(const struct look *look, const struct session *s)
{
	return look->story->flow->watched_until >= last_of(look, s) ? TRI_YES : TRI_UNKNOWN;
}

/* Nobody knows what the server would have done in a session that was ended before it had to refresh. */
static enum tri due_of_server(const struct look *look, const struct session *s)
{
	const struct event *end = look->txn->end;

	if (gave_up_waiting(look->txn, s))
		return TRI_YES;
	return end && end->time < end_of(s) ? TRI_NO : was_watched(look, s);
}

/* Where the client has to refresh and does not, the server has to end the session. A BYE of the server's in the first
 * half of the interval has other reasons; if the client ends the session, nobody knows what the server would have done.
 */
static enum tri due_of_client(const struct look *look, const struct session *s)
{
	const struct event *end = look->txn->end;

	if (!end)
		return was_watched(look, s);
	return tri_of(end->time >= (is_servers(look->txn, end) ? s->start + s->interval / 2 : end_of(s)));
}

/* The timer is the server's choice (12.2.2.2-2g is a SHOULD). One that knows nothing of it need not heed what the
 * answer says of it (RFC 4028 4). */
static bool knows_timer(const struct sip_msg *invite)
{
	return sip_msg_lists(invite, SIP_HEADER_SUPPORTED, SLICE("timer")) ||
	       sip_msg_lists(invite, SIP_HEADER_REQUIRE, SLICE("timer")) ||
	       sip_msg_has(invite, SIP_HEADER_SESSION_EXPIRES);
}

static enum tri eval_session_due(const struct check *check, const struct look *look)
{
	bool server = check->args[0].number == 0;
	struct session s;

	if (!knows_timer(&look->txn->request->msg))
		return TRI_NO;
	if (!read_session(look->txn->final, true, &s) || s.server_refreshes != server)
		return TRI_NO;
	if (look->txn->refresh) /* the client did its duty: once, or as long as it was up */
		return server ? TRI_YES : tri_of(neglected_later(look, &s));
	if (request_lost(look))
		return look_unknown(look, "a refresh, or the BYE, is missing from the evidence");
	return server ? due_of_server(look, &s) : due_of_client(look, &s);
}

static enum tri refreshed_by_server(const struct look *look, const struct session *s)
{
	if (look->txn->refresh->time <= end_of(s))
		return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	return look_no(look, look->txn->refresh, SLICE_NONE, "a refresh only after the session's interval of %llu s",
		       (unsigned long long)(s->interval / SECOND));
}

static enum tri eval_session_kept(const struct check *check, const struct look *look)
{
	const struct event *end = look->txn->end;
	struct session s, later;

	if (!read_session(look->txn->final, true, &s))
		return TRI_UNKNOWN;
	later = s;
	if (neglected_later(look, &later))
		return look_no(look, look->txn->final, SLICE_NONE,
			       "refreshed, then neither refresh nor BYE within the %llu s of a later Session-Expires",
			       (unsigned long long)(later.interval / SECOND));
	if (s.server_refreshes && look->txn->refresh)
		return refreshed_by_server(look, &s);
	if (!s.server_refreshes && end && end->time <= last_of(look, &s))
		return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (s.server_refreshes && gave_up_waiting(look->txn, &s))
		return look_no(look, end, SLICE_NONE,
			       "a BYE, as of who waits for a refresh, where the server had to refresh");
	if (story_server_alive(look->story) < last_of(look, &s))
		return look_unknown(look, "no sign of life of the server after the session's interval");
	return look_no(look, look->txn->final, SLICE_NONE,
		       "neither refresh nor BYE within the %llu s of Session-Expires",
		       (unsigned long long)(s.interval / SECOND));
}

const struct word words_session[] = {
	{"session_due", "e", WORD_LEAF, "a session that the %1 has to refresh, up for long enough",
	 "of a push: the session timer runs, its refresher is: server client", eval_session_due, session_names},
	{"session_kept", "", WORD_LEAF, "a refresh by the refresher before the interval ends, else a BYE",
	 "of a push: the session timer was minded", eval_session_kept},
	{0},
};
