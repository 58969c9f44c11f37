/* SPDX-License-Identifier: MIT
 *
 * Users and chapters lie all over memory, which is slow to answer: each message waits for a few others before it is
 * filed, and what it will need is fetched meanwhile, one step after the other. */
#include "trace/ledger_parts.h"
#include "sip/uri.h"
#include "trace/served.h"

enum { CACHE_LINE = 64, BYTES_KEPT = 1 << 16 /* memory that earlier messages have left */ };

void waiting_done(struct waiting *waiting)
{
	buf_done(&waiting->bytes);
	arena_done(&waiting->lines);
}

static struct waiting *waiting_at(struct ledger *ledger, unsigned behind)
{
	return &ledger->waiting[(ledger->turn + behind) % WAITING_MAX];
}

static void prefetch(const void *p, size_t size)
{
	for (size_t at = 0; at < size; at += CACHE_LINE)
		__builtin_prefetch((const char *)p + at);
}

static const struct ledger_user *probable_user(const struct ledger *ledger, const struct waiting *waiting)
{
	const struct ledger_user *user = NULL;

	if (waiting->full && !(user = ledger_find(ledger, waiting->marks.call)))
		user = ledger_find(ledger, waiting->key.hash);
	return user;
}

static void fetch_user(const struct ledger *ledger, const struct waiting *waiting)
{
	const struct ledger_user *user = probable_user(ledger, waiting);

	if (user)
		prefetch(user, sizeof(*user));
}

static void fetch_chapter(const struct ledger *ledger, const struct waiting *waiting)
{
	const struct ledger_user *user = probable_user(ledger, waiting);

	if (user && user->open)
		prefetch(user->open, sizeof(*user->open));
}

/* Where its user is found first, if his URI is plain. */
static struct user_key probable_key(const struct sip_msg *msg)
{
	struct slice uri = msg->method == SIP_METHOD_REGISTER ? served_by_name(msg) : msg->uri, key;

	return uri.len && sip_uri_plain_key(uri, &key) ? user_key_of(uri, key) : (struct user_key){0};
}

static int take(struct waiting *waiting, const struct wire_message *message, struct err *err)
{
	const struct event_path *path = &message->path;

	if (waiting->bytes.cap > BYTES_KEPT)
		buf_done(&waiting->bytes);
	buf_clear(&waiting->bytes);
	buf_add(&waiting->bytes, message->bytes);
	arena_rewind(&waiting->lines);
	waiting->message = *message;
	waiting->message.bytes = buf_slice(&waiting->bytes);
	waiting->full = sip_msg_index(&waiting->msg, waiting->message.bytes, &waiting->lines, err) == 0;
	if (!waiting->full)
		return -EBADMSG;
	waiting->marks = event_marks_of(&waiting->msg);
	waiting->key = probable_key(&waiting->msg);
	waiting->src_hash = net_addr_hash(&path->src, 0);
	waiting->copy_key = net_addr_hash(&path->dst, net_addr_hash(&path->src, waiting->marks.key));
	return 0;
}

static void file_oldest(struct ledger *ledger)
{
	struct waiting *oldest = waiting_at(ledger, 0);

	ledger->turn++;
	if (oldest->full)
		ledger_file(ledger, oldest);
	oldest->full = false;
}

void ledger_catch_up(struct ledger *ledger)
{
	for (unsigned i = 0; i < WAITING_MAX; i++)
		file_oldest(ledger);
}

int ledger_add(struct ledger *ledger, const struct wire_message *message, struct err *err)
{
	struct waiting *waiting = waiting_at(ledger, 0);
	int ret;

	file_oldest(ledger);
	ret = take(waiting, message, err);
	if (ret < 0)
		return ret;
	hash_index_prefetch(&ledger->index, waiting->marks.call);
	hash_index_prefetch(&ledger->index, waiting->key.hash);
	alive_prefetch(ledger->alive, waiting->src_hash);
	recent_prefetch(ledger->recent, waiting->copy_key);
	fetch_user(ledger, waiting_at(ledger, WAITING_MAX / 2));
	fetch_chapter(ledger, waiting_at(ledger, WAITING_MAX / 4));
	return 0;
}
