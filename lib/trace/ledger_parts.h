/* SPDX-License-Identifier: MIT
 *
 * The inside of the ledger, shared by its files and by nobody else.
 *
 *   ledger.c          users, and which of them a message concerns
 *   ledger_file.c     a batch of messages
 *   ledger_close.c    when chapters end: by rest, by limits, by gaps in the evidence
 *   ledger_open.c     what of a chapter is open
 *   ledger_chapter.c  the bytes of a chapter, and the flow that is made of them
 *   ledger_record.c   messages on a tape
 *   ledger_index.c    tables of hashes */
#ifndef TRACE_LEDGER_PARTS_H
#define TRACE_LEDGER_PARTS_H

#include "trace/ledger.h"
#include "base/tape.h"

/* --- ledger_index.c --- */

/* From hashes of 64 bits to pointers. That two of a million keys share a hash happens once in 40 million captures, and
 * would mix two users: a price for a fifth of the memory. Nobody can bring it about who does not know the hashes'
 * secret (base/hash.h). */
struct hash_slot {
	uint64_t hash;
	void *value; /* NULL: free */
};
struct hash_index {
	struct hash_slot *slots;
	size_t count, cap;
};
void hash_index_done(struct hash_index *index);
void *hash_index_get(const struct hash_index *index, uint64_t hash);
void hash_index_set(struct hash_index *index, uint64_t hash, void *value);
void hash_index_remove(struct hash_index *index, uint64_t hash);

/* The last time at which an address sent something; of many addresses the most recent ones stay. Which, follows from
 * their hashes, and verdicts follow from that: these are the same everywhere. */
enum { ALIVE_SETS = 4096, ALIVE_WAYS = 4 };
struct alive_entry {
	struct net_addr addr;
	uint64_t time;
};
struct alive_table {
	struct alive_entry entries[ALIVE_SETS][ALIVE_WAYS];
};
/* `hash`: net_addr_hash_stable of it */
void alive_note(struct alive_table *table, uint64_t hash, const struct net_addr *addr, uint64_t time);
void alive_prefetch(const struct alive_table *table, uint64_t hash);
uint64_t alive_time(const struct alive_table *table, const struct net_addr *addr); /* 0: not known */

/* Messages of late, and in which chapter they were: a repetition of one whose chapter is over is nothing new. So many,
 * whatever their keys are: what is known must not depend on a hash. */
enum { RECENT_COUNT = 1 << 16, RECENT_HEADS = 4 * RECENT_COUNT /* so that few share one */ };
struct recent_entry {
	uint64_t key;
	uint32_t chapter;
	uint32_t before; /* number of the one with the same head, from 1; 0: none. Those that are gone come last */
};
struct recent_table {
	uint32_t noted;
	uint32_t heads[RECENT_HEADS];
	struct recent_entry entries[RECENT_COUNT]; /* a ring */
};
/* Which chapter had the message (its number's low bits, plus one)? 0: none, it is new. */
uint32_t recent_chapter(const struct recent_table *table, uint64_t key);
void recent_note(struct recent_table *table, uint64_t key, uint64_t chapter);
/* The second after the first has had its time. */
void recent_prefetch(const struct recent_table *table, uint64_t key);
void recent_prefetch_entry(const struct recent_table *table, uint64_t key);

void hash_index_prefetch(const struct hash_index *index, uint64_t hash);

/* --- ledger_record.c --- */

struct record { /* a message on a tape, before its repeats, the bytes of its outline, and its own */
	uint64_t time;
	uint64_t frame;
	uint64_t key; /* of its marks, */
	uint32_t cseq;
	uint16_t branch, branch_len; /* where it is in the message; at 0: none */
	uint32_t file, len;
	uint16_t src, dst; /* of the chapter's addresses */
	uint8_t transport, cut;
	uint8_t outline_len;  /* 0: it has none */
	uint8_t repeat_count; /* values that it has in common with the message before: these bytes are not there again
			       */
};
enum { RECORD_HEADERS = 4 };
struct record_repeat {
	uint16_t at;     /* in the message */
	uint16_t header; /* as ledger_record.c counts them */
};
struct record_writer {                 /* of a tape; a zeroed one for an empty one */
	uint64_t last[RECORD_HEADERS]; /* hashes of the values that these headers had last, */
	uint16_t lens[RECORD_HEADERS]; /* and their bytes */
};
/* A copy of the message and its marks; of *record the rest is the caller's. */
void record_put(struct record_writer *writer, struct tape *tape, struct tape_pool *pool, struct record *record,
		const struct sip_msg *msg, struct slice bytes, const struct event_marks *marks);

struct record_reader {
	struct tape_reader tape;
	struct slice last[RECORD_HEADERS];
};
struct record_reader record_begin(const struct tape *tape);
/* The next message, copied to the arena. */
struct flow_lent record_get(struct record_reader *reader, struct record *ret, struct arena *arena);
/* The index of the message, before the next one. */
void record_note(struct record_reader *reader, const struct record *record, const struct sip_msg *msg);

/* --- ledger_chapter.c --- */

struct ledger_user {
	struct tape known;  /* of state_write, at the end of the last chapter that was judged; empty: nothing is */
	void *last_chapter; /* chapter_last */
	struct ledger_user *past; /* another name of his, whose story he goes on with: both of the above are there;
				     NULL: none */
	char *names;              /* URI for people, then the identities; each ends with NUL */
	uint32_t names_len;
	uint32_t key_count;
	uint64_t *keys; /* in the index: identities and contacts */
	struct chapter *open;
	struct ledger_user *older, *newer; /* of those without an open chapter, by last use */
	uint64_t ended;                    /* ns; last message of the chapter before */
	uint64_t registered_call;          /* hash of the Call-ID of the client's registration, and of the core's */
	uint64_t reported_call;
	uint64_t host;    /* hash of the address that his client registered from last; 0: not seen */
	uint32_t holders; /* chapters that are not freed, and the ledger; atomic */
	uint32_t gaps;    /* for the next chapter: it goes on where a limit cut */
	bool im;          /* IM was spoken */
	bool registers;   /* a REGISTER of his was seen, */
	bool publishes;   /* a PUBLISH, */
	bool at_client;   /* his client's own REGISTER */
	bool fresh;       /* nothing of him was before the observation */
};
void ledger_user_release(struct ledger_user *user, struct tape_pool *pool);

enum { CHAPTER_ADDRS_NEAR = 6, CHAPTER_NEAR = 2, CHAPTER_CALLS_NEAR = 6 };

/* What of a chapter is open, as hashes. */
struct open_list {
	uint64_t *items; /* near, or on the heap where there are more */
	uint64_t *near;
	uint32_t count, cap;
};

enum window { /* what a time to wait is for */
	      WINDOW_NONE,
	      WINDOW_CLIENT, /* something of the client's has to follow */
	      WINDOW_SERVER, /* something of the server's may follow */
};

enum rest {               /* how long, after its last message, a chapter stays open */
	    REST_SETTLED, /* nothing is open: only as long as copies of the last message may come */
	    REST_WAITING, /* a transaction or a time to wait is open */
	    REST_LONG,    /* a session is up, or a client has not done yet what it owes */
	    REST_COUNT
};

struct chapter {
	struct ledger_user *user;
	uint64_t number;
	struct tape_pool *pool; /* the ledger's */
	struct tape_pool left;  /* the judging side's: what is not needed any more, and for what it has to write */
	struct tape tape;       /* `count` records */
	struct record_writer writer;
	size_t len;
	uint32_t count, gaps;
	uint16_t asked; /* the address that got the last REGISTER or PUBLISH, plus one; 0: there was none */
	uint16_t addr_count, addr_cap;
	struct flow_peer *addrs; /* addr_near, or on the heap where there are more */
	uint64_t began, latest;  /* ns; of the first and last message */
	uint64_t watched_until;
	uint32_t roles_told;
	char *names; /* the user's, as of the end */
	uint32_t names_len;
	bool im;
	/* while it is open: */
	enum rest rest;
	enum window window;
	bool turned_off; /* the last PUBLISH has offline delivery off */
	bool published;  /* a PUBLISH came behind the last new registration's request, */
	bool pushed;     /* and an INVITE behind the last PUBLISH, whenever their answers come */
	struct open_list txns, dialogs, calls;
	struct chapter *older, *newer;   /* by last use, of those that rest like it */
	struct chapter *before, *behind; /* by birth */
	struct flow_peer addr_near[CHAPTER_ADDRS_NEAR];
	uint64_t txns_near[CHAPTER_NEAR], dialogs_near[CHAPTER_NEAR], calls_near[CHAPTER_CALLS_NEAR];
};
struct chapter *chapter_new(struct ledger_user *user, struct tape_pool *pool, uint64_t number, uint64_t time);
void chapter_append(struct chapter *chapter, const struct wire_message *message, const struct sip_msg *msg,
		    const struct event_marks *marks);

/* --- ledger_names.c --- */

/* Identities and devices of one user: nobody has more, but for those who want to do harm. */
enum { LEDGER_KEYS_MAX = 64 };
/* Keys of the index; 0: the URI names no user. */
uint64_t ledger_user_key(struct ledger *ledger, struct slice uri);
uint64_t ledger_contact_key(struct ledger *ledger, struct slice uri);
/* Those of somebody else stay his. */
void ledger_add_key(struct ledger *ledger, struct ledger_user *user, uint64_t key);
/* The URI is one of the user's, too. */
void ledger_add_identity(struct ledger *ledger, struct ledger_user *user, struct slice uri);
/* One who was never heard of, without an open chapter; NULL: the URI names nobody. */
struct ledger_user *ledger_user_new(struct ledger *ledger, struct slice uri);

/* --- ledger_open.c --- */

void open_list_init(struct open_list *list, uint64_t *near, uint32_t cap);
void open_list_done(struct open_list *list);
void open_list_put(struct open_list *list, uint64_t item);
void open_list_add(struct open_list *list, uint64_t item); /* once */
bool open_list_remove(struct open_list *list, uint64_t item);
/* The message opens or ends transactions, dialogs and times to wait. */
void chapter_follow(struct chapter *chapter, const struct sip_msg *msg, const struct event_marks *marks,
		    const struct profile *profile);
enum rest chapter_rest(const struct chapter *chapter);

/* --- ledger_close.c --- */

enum { GAPS_MAX = 64 };
struct gap {
	uint64_t time;
	struct net_addr a, b; /* family NONE: everywhere */
	uint32_t gaps;
};
struct chapter_list {
	struct chapter *oldest, *newest;
	uint64_t due; /* ns; none of them is over before: saves a look at the oldest with each message */
};

struct ledger {
	struct ledger_config config;
	struct tape_pool pool;
	struct hash_index index; /* identities, contacts, calls → struct ledger_user */
	struct alive_table *alive;
	struct recent_table *recent;
	struct chapter_list lists[REST_COUNT]; /* open chapters, each by last use */
	struct chapter *born_first, *born_last;
	struct ledger_user *idle_oldest, *idle_newest;
	size_t open_count, idle_count;
	size_t open_len;           /* bytes of the open chapters, as their `len` */
	uint64_t chapters;         /* begun so far */
	uint64_t number_published; /* ns; when a number that nobody registered was last seen to publish; 0: never */
	bool number_written;       /* to such a one there was a MESSAGE */
	struct gap gaps[GAPS_MAX];
	size_t gap_count;
	struct ledger_server servers[LEDGER_SERVERS_MAX];
	size_t server_count;
	struct ledger_stats stats;
	struct user_key key; /* that was asked for last */
	struct buf copy;     /* of its text, where that does not stand in the URI as it is */
};

static inline struct ledger_user *ledger_find(const struct ledger *ledger, uint64_t key)
{
	return key ? hash_index_get(&ledger->index, key) : NULL;
}

/* Files a message under its user. */
void ledger_file_message(struct ledger *ledger, const struct arrival *arrival);
/* Something is missing. */
void ledger_file_gap(struct ledger *ledger, const struct arrival *arrival);

void ledger_idle_append(struct ledger *ledger, struct ledger_user *user);
void ledger_idle_unlink(struct ledger *ledger, struct ledger_user *user);
void ledger_chapter_open(struct ledger *ledger, struct ledger_user *user, uint64_t time);
/* Its place among the open ones, after a message. */
void ledger_chapter_used(struct ledger *ledger, struct chapter *chapter);
/* A request may leave from a port of the moment, as over TCP: whoever listens where its Via says sent it (RFC 3261
 * 18.1.1), or where the Contact of his INVITE does (8.1.1.8), and has the role that was told of that. */
void ledger_chapter_tell(const struct ledger *ledger, struct chapter *chapter, const struct arrival *arrival);
void ledger_chapter_close(struct ledger *ledger, struct chapter *chapter, uint64_t now);
/* Has it come to rest by now? NULL has not. One whose silence nobody could read yet, because the server has not been
 * seen alive behind it, rests longer. */
bool ledger_chapter_is_over(struct ledger *ledger, struct chapter *chapter, uint64_t now);
/* Ends what has come to rest by now, and what is over the limits; `current` is in use. */
void ledger_sweep(struct ledger *ledger, struct chapter *current, uint64_t now);
void ledger_user_forget(struct ledger *ledger, struct ledger_user *user);

#endif
