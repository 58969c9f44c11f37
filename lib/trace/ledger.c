/* SPDX-License-Identifier: MIT */
#include "trace/ledger_parts.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "sip/feature.h"
#include "sip/uri.h"
#include "sip/value.h"
#include "trace/served.h"

#include <stdlib.h>

struct ledger *ledger_new(const struct ledger_config *config)
{
	struct ledger *ledger = mem_alloc(sizeof(*ledger));

	ledger->config = *config;
	ledger->alive = mem_alloc(sizeof(*ledger->alive));
	ledger->recent = mem_alloc(sizeof(*ledger->recent));
	return ledger;
}

void ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	for (struct chapter *chapter = ledger->born_first, *next; chapter; chapter = next) {
		next = chapter->behind;
		ledger_user_release(chapter->user, &ledger->pool);
		chapter_free(chapter);
	}
	for (struct ledger_user *user = ledger->idle_oldest, *next; user; user = next) {
		next = user->newer;
		ledger_user_release(user, &ledger->pool);
	}
	hash_index_done(&ledger->index);
	free(ledger->alive);
	free(ledger->recent);
	tape_pool_done(&ledger->pool);
	buf_done(&ledger->copy);
	free(ledger);
}

const struct ledger_stats *ledger_stats(const struct ledger *ledger)
{
	return &ledger->stats;
}

const struct ledger_server *ledger_servers(const struct ledger *ledger, size_t *ret_count)
{
	*ret_count = ledger->server_count;
	return ledger->servers;
}

/* --- where their clients are --- */

static struct ledger_user several; /* stands for the users of an address that more than one has registered from */

static void leave_host(struct ledger *ledger, struct ledger_user *user)
{
	if (user->host && ledger_find(ledger, user->host) == user)
		hash_index_remove(&ledger->index, user->host);
	user->host = 0;
}

/* A client's own REGISTER, which this is, tells where he is, as far as one hop shows it. */
static void learn_host(struct ledger *ledger, struct ledger_user *user, const struct sip_msg *msg,
		       const struct net_addr *src)
{
	uint64_t host;
	struct ledger_user *there;

	if (sip_values_count(msg, SIP_HEADER_VIA) != 1)
		return;
	host = net_addr_hash(src, 'h');
	there = ledger_find(ledger, host);
	if (there == user)
		return;
	leave_host(ledger, user);
	hash_index_set(&ledger->index, host, there ? &several : user);
	user->host = there ? 0 : host;
}

/* A number may be registered along with another identity (5.2.2, NOTE 3): what a client publishes first, under one that
 * nobody has heard of, is the user's who has registered from there, if it is only one, and has not published under the
 * name that he registered. What goes between may be there in the place of many, and of them others may have come
 * before.
 */
static struct ledger_user *find_by_host(struct ledger *ledger, const struct sip_msg *msg, const struct net_addr *src)
{
	struct ledger_user *user = NULL;

	if (sip_values_count(msg, SIP_HEADER_VIA) == 1 && !sip_msg_has(msg, SIP_HEADER_SIP_IF_MATCH))
		user = ledger_find(ledger, net_addr_hash(src, 'h'));
	if (!user || user == &several || user->publishes)
		return NULL;
	ledger_add_identity(ledger, user, msg->uri);
	return user;
}

/* Of a number that nobody has registered: the registered user whom the same PUBLISH names, or from whose place it
 * comes.
 */
static struct ledger_user *find_registered(struct ledger *ledger, const struct sip_msg *msg,
					   const struct slice uris[SERVED_URIS], const struct net_addr *src)
{
	struct ledger_user *user;

	if (msg->method != SIP_METHOD_PUBLISH || !msg->is_request || !ledger_user_key(ledger, msg->uri) ||
	    ledger->key.text.p[0] != '+')
		return NULL;
	for (unsigned i = 0; i < SERVED_URIS; i++)
		if (uris[i].len && (user = ledger_find(ledger, ledger_user_key(ledger, uris[i]))) && user->registers)
			return user;
	return find_by_host(ledger, msg, src);
}

/* Who publishes under his name, from where he registered, sets his own settings (5.2.4), though the Request-URI be
 * somebody else's. */
static struct ledger_user *find_publisher(struct ledger *ledger, const struct sip_msg *msg,
					  const struct slice uris[SERVED_URIS], const struct net_addr *src)
{
	struct ledger_user *user;

	if (msg->method != SIP_METHOD_PUBLISH || !msg->is_request || slice_eq(uris[SERVED_TARGET], uris[SERVED_FROM]) ||
	    sip_values_count(msg, SIP_HEADER_VIA) != 1)
		return NULL;
	user = ledger_find(ledger, net_addr_hash(src, 'h'));
	return user && (ledger_find(ledger, ledger_user_key(ledger, uris[SERVED_FROM])) == user ||
			ledger_find(ledger, ledger_user_key(ledger, uris[SERVED_PREFERRED])) == user)
		       ? user
		       : NULL;
}

/* Who names himself in To as in From has a Request-URI that is wrong, or another name of his. */
static bool publishes_elsewhere(const struct sip_msg *msg, const struct slice uris[SERVED_URIS])
{
	return msg->method == SIP_METHOD_PUBLISH && msg->is_request &&
	       !slice_eq(uris[SERVED_TARGET], uris[SERVED_FROM]) &&
	       !sip_uri_same_user(uris[SERVED_TARGET], uris[SERVED_FROM]) &&
	       sip_uri_same_user(uris[SERVED_TO], uris[SERVED_FROM]);
}

void ledger_user_forget(struct ledger *ledger, struct ledger_user *user)
{
	leave_host(ledger, user);
	for (uint32_t i = 0; i < user->key_count; i++)
		hash_index_remove(&ledger->index, user->keys[i]);
	ledger_idle_unlink(ledger, user);
	ledger_user_release(user, &ledger->pool);
}

static struct ledger_user *find_served(struct ledger *ledger, const struct sip_msg *msg, uint64_t call,
				       const struct net_addr *src)
{
	uint64_t by_name = ledger_user_key(ledger, served_by_name(msg));
	struct ledger_user *user = ledger_find(ledger, by_name ? by_name : call);
	struct slice uris[SERVED_URIS];

	if (user)
		return user;
	served_uris(msg, uris);
	if ((user = find_registered(ledger, msg, uris, src)) || (user = find_publisher(ledger, msg, uris, src)))
		return user;
	for (unsigned i = 0; i < SERVED_URIS; i++)
		if (uris[i].len && (user = ledger_find(ledger, ledger_user_key(ledger, uris[i]))))
			return user;
	/* the IM Server may address the device, or the user may be named by its own side only */
	if ((user = ledger_find(ledger, ledger_contact_key(ledger, msg->uri))) ||
	    (user = ledger_find(ledger, ledger_user_key(ledger, served_sender(msg)))))
		return user;
	if (!served_makes_user(msg))
		return NULL;
	if (publishes_elsewhere(msg, uris) && (user = ledger_user_new(ledger, uris[SERVED_FROM])))
		return user;
	for (unsigned i = 0; i < SERVED_URIS; i++)
		if ((user = ledger_user_new(ledger, uris[i])))
			return user;
	return NULL;
}

/* --- learning --- */

struct lesson {
	struct ledger *ledger;
	struct ledger_user *user;
};

static bool knows(void *arg, struct slice uri)
{
	struct lesson *lesson = arg;

	return ledger_find(lesson->ledger, ledger_user_key(lesson->ledger, uri)) == lesson->user;
}

static void learn_identity(void *arg, struct slice uri)
{
	struct lesson *lesson = arg;

	ledger_add_identity(lesson->ledger, lesson->user, uri);
}

static void learn_contact(void *arg, struct slice uri)
{
	struct lesson *lesson = arg;

	if (lesson->user->key_count < LEDGER_KEYS_MAX)
		ledger_add_key(lesson->ledger, lesson->user, ledger_contact_key(lesson->ledger, uri));
}

/* The Call-ID leads to the user as long as the chapter is open. Messages that have none are not of one call. */
static void learn_call(struct ledger *ledger, struct ledger_user *user, const struct arrival *arrival)
{
	uint64_t call = arrival->marks.call;

	if (!sip_msg_has(&arrival->msg, SIP_HEADER_CALL_ID) || ledger_find(ledger, call))
		return;
	hash_index_set(&ledger->index, call, user);
	open_list_put(&user->open->calls, call);
}

/* --- who is the server? --- */

static void count_push(struct ledger *ledger, const struct net_addr *addr)
{
	for (size_t i = 0; i < ledger->server_count; i++)
		if (net_addr_eq(&ledger->servers[i].addr, addr)) {
			ledger->servers[i].pushes++;
			return;
		}
	if (ledger->server_count < LEDGER_SERVERS_MAX)
		ledger->servers[ledger->server_count++] = (struct ledger_server){*addr, 1};
}

static bool begins_session(const struct sip_msg *msg)
{
	return msg->is_request && msg->method == SIP_METHOD_INVITE && !sip_msg_tag(msg, SIP_HEADER_TO).p;
}

/* A push tells its sender for certain. Whoever takes PUBLISHes may be a proxy before the server: the story, which sees
 * all hops of a flow, tells that there. */
static void look_for_server(struct ledger *ledger, const struct sip_msg *msg, const struct event_path *path)
{
	if (!begins_session(msg))
		return;
	if (sip_values_count(msg, SIP_HEADER_VIA) == 1 &&
	    sip_feature_found(msg, SIP_HEADER_CONTACT, ledger->config.profile->feature_tag, NULL, NULL) &&
	    sip_feature_found(msg, SIP_HEADER_CONTACT, "automata", NULL, NULL))
		count_push(ledger, &path->src);
}

/* --- whose a number is that nobody registered --- */

/* Where only the core's REGISTERs are seen, a number that publishes may be any user's (5.2.2, NOTE 3) who has not
 * published himself: what comes to one of those then may follow that. And what is stored for a number may be stored for
 * any of them. */
static bool may_have_number(const struct ledger *ledger, const struct ledger_user *user)
{
	return user->registers && !user->at_client &&
	       ((user->fresh && ledger->number_written) ||
		(!user->publishes && ledger->number_published > user->open->began));
}

static void doubt_owner(struct ledger *ledger, struct ledger_user *user, const struct sip_msg *msg, uint64_t time)
{
	bool of_number = msg->is_request && !user->registers && !strncmp(user->names, "tel:", 4);

	if (of_number && msg->method == SIP_METHOD_PUBLISH)
		ledger->number_published = time;
	else if (of_number && msg->method == SIP_METHOD_MESSAGE)
		ledger->number_written = true;
	else if (begins_session(msg) && may_have_number(ledger, user))
		user->open->gaps |= FLOW_GAP_NAMED;
}

/* Whose settings a PUBLISH to another user's address has changed, the server knows. */
static void doubt_target(struct ledger *ledger, struct ledger_user *user, const struct sip_msg *msg)
{
	struct ledger_user *other = NULL;

	if (msg->method == SIP_METHOD_PUBLISH && msg->is_request)
		other = ledger_find(ledger, ledger_user_key(ledger, msg->uri));
	if (!other || other == user)
		return;
	user->open->gaps |= FLOW_GAP_NAMED;
	*(other->open ? &other->open->gaps : &other->gaps) |= FLOW_GAP_NAMED;
}

/* --- a message --- */

static bool speaks_im(const struct ledger *ledger, const struct sip_msg *msg)
{
	const char *tag = ledger->config.profile->feature_tag;

	return sip_feature_found(msg, SIP_HEADER_CONTACT, tag, NULL, NULL) ||
	       sip_feature_found(msg, SIP_HEADER_ACCEPT_CONTACT, tag, NULL, NULL) ||
	       (msg->method == SIP_METHOD_PUBLISH && slice_is(sip_msg_event(msg), ledger->config.profile->event));
}

/* Returns false where the message is a repetition from a chapter that is over. */
static bool append(struct ledger *ledger, struct ledger_user *user, const struct arrival *arrival, uint32_t had)
{
	uint64_t time = arrival->message.time;
	struct chapter *chapter = user->open;

	if (ledger_chapter_is_over(ledger, chapter, time)) { /* nothing has looked since */
		ledger_chapter_close(ledger, chapter, time);
		chapter = NULL;
	}
	if (had && (!chapter || had != (uint32_t)chapter->number + 1))
		return false;
	if (!chapter) {
		ledger_idle_unlink(ledger, user);
		ledger_chapter_open(ledger, user, time);
	}
	ledger->open_len -= user->open->len;
	chapter_append(user->open, &arrival->message, &arrival->msg, &arrival->marks);
	if (ledger->config.roles_told && arrival->msg.is_request)
		ledger_chapter_tell(ledger, user->open, arrival);
	ledger->open_len += user->open->len;
	return true;
}

static void learn(struct ledger *ledger, struct ledger_user *user, const struct arrival *arrival)
{
	const struct served_pupil pupil = {&(struct lesson){ledger, user}, knows, learn_identity, learn_contact};
	struct chapter *chapter = user->open;

	recent_note(ledger->recent, arrival->copy_key, chapter->number);
	learn_call(ledger, user, arrival);
	served_teach(&arrival->msg, &pupil);
	user->registers |= arrival->msg.method == SIP_METHOD_REGISTER;
	user->publishes |= arrival->msg.method == SIP_METHOD_PUBLISH;
	if (served_registers_self(&arrival->msg)) {
		user->at_client = true;
		learn_host(ledger, user, &arrival->msg, &arrival->message.path.src);
	}
	look_for_server(ledger, &arrival->msg, &arrival->message.path);
	doubt_owner(ledger, user, &arrival->msg, arrival->message.time);
	doubt_target(ledger, user, &arrival->msg);
	chapter->im = chapter->im || speaks_im(ledger, &arrival->msg);
	chapter_follow(chapter, &arrival->msg, &arrival->marks, ledger->config.profile);
}

void ledger_file_message(struct ledger *ledger, const struct arrival *arrival)
{
	uint32_t had = recent_chapter(ledger->recent, arrival->copy_key);
	struct ledger_user *user;

	ledger->key = arrival->key;
	alive_note(ledger->alive, arrival->src_hash, &arrival->message.path.src, arrival->message.time);
	user = find_served(ledger, &arrival->msg, arrival->marks.call, &arrival->message.path.src);
	if (!user) {
		ledger->stats.strangers++;
		return;
	}
	if (!append(ledger, user, arrival, had))
		return;
	if (!had)
		learn(ledger, user, arrival);
	ledger_chapter_used(ledger, user->open);
	ledger_sweep(ledger, user->open, arrival->message.time);
}
