/* SPDX-License-Identifier: MIT
 *
 * News of registrations: the core tells the server of one after it has told the client, and a PUBLISH may overtake it.
 */
#include "trace/story_parts.h"
#include "base/time.h"

/* What the harness sends, it sends in its order. */
static bool may_have_overtaken_news(const struct story *story, const struct txn *publish, const struct txn *news)
{
	enum { LATE = 4 };

	if (flow_is_live(story->flow) || publish->occasion != OCCASION_PUBLISH ||
	    news->occasion != OCCASION_THIRD_PARTY)
		return false;
	if (news->request->number < publish->request->number) /* the server had it, and took its time */
		return news->final && news->final->number > publish->request->number;
	return news->request->time < publish->request->time + LATE * SECOND;
}

bool story_news_comes_late(const struct story *story, const struct txn *publish)
{
	for (size_t i = 0; i < story->count; i++)
		if (may_have_overtaken_news(story, publish, story->txns[i]))
			return true;
	return false;
}

bool story_is_late_news(const struct story *story, const struct txn *txn)
{
	for (size_t i = 0; i < story->count; i++)
		if (may_have_overtaken_news(story, story->txns[i], txn) &&
		    story->txns[i]->before.registered == TRI_UNKNOWN)
			return true;
	return false;
}

/* The server had the news first, and confirmed it before it answered the PUBLISH: in that order both have succeeded. */
static bool news_came_first(const struct story *story, const struct txn *publish, const struct txn *news)
{
	return may_have_overtaken_news(story, publish, news) && news->request->number < publish->request->number &&
	       news->final->number < publish->final->number;
}

void story_settle_order(const struct story *story, const struct state *state, struct txn *publish)
{
	if (publish->before.registered != TRI_UNKNOWN || state->registered != TRI_YES)
		return;
	for (size_t i = 0; i < story->count; i++) {
		if (!news_came_first(story, publish, story->txns[i]))
			continue;
		publish->before.registered = TRI_YES;
		if (story->txns[i]->initial == TRI_YES)
			publish->before.published = TRI_NO;
	}
}
