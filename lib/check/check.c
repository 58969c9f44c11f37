/* SPDX-License-Identifier: MIT */
#include "check/words.h"
#include "base/mem.h"
#include "base/text.h"
#include "sip/timer.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

static const struct word *const tables[] = {
	words_logic,     words_message,     words_publish,  words_state,  words_push,    words_push_uri,
	words_dialog,    words_session,     words_register, words_client, words_follows, words_subscribe,
	words_challenge, words_credentials, words_aka,      words_ims,    words_isc,     words_of_dialog,
	words_ack,       words_originator,  words_silence};

enum { WORDS_MAX = 160 };

const struct word *const *check_words(size_t *ret_count)
{
	static const struct word *words[WORDS_MAX];
	static size_t count;

	if (!count)
		for (size_t i = 0; i < ARRAY_LEN(tables); i++)
			for (const struct word *word = tables[i]; word->name; word++) {
				assert(count < WORDS_MAX);
				words[count++] = word;
			}
	*ret_count = count;
	return words;
}

const struct word *check_word(struct slice name)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct word *word = tables[i]; word->name; word++)
			if (slice_is(name, word->name))
				return word;
	return NULL;
}

/* --- arguments --- */

static int choice_of(const char *text, const char *const *choices)
{
	for (int i = 0; choices[i]; i++)
		if (strcmp(text, choices[i]) == 0)
			return i;
	return -1;
}

static int bind_one(struct check *check, unsigned at, char letter, struct err *err)
{
	struct check_arg *arg = &check->args[at];
	static const char *const kinds[] = {"nothing", "text", "number", "text"};

	if (letter == 'n' && arg->kind == CHECK_ARG_NUMBER)
		return 0;
	if (letter == 'n')
		return err_set(err, -EINVAL, "%s: argument %u is %s, expected a number", check->word->name, at + 1,
			       kinds[arg->kind]);
	if (arg->kind == CHECK_ARG_NUMBER || arg->kind == CHECK_ARG_NONE)
		return err_set(err, -EINVAL, "%s: argument %u is %s, expected text", check->word->name, at + 1,
			       kinds[arg->kind]);
	if (letter == 'e')
		arg->number = choice_of(arg->text, check->word->choices);
	if (letter == 'e' && arg->number < 0)
		return err_set(err, -EINVAL, "%s: argument %u is not one of its choices, expected %s",
			       check->word->name, at + 1, check->word->help);
	if (letter != 'h')
		return 0;
	arg->header = sip_header_of(slice_of(arg->text));
	if (arg->header == SIP_HEADER_OTHER)
		return err_set(err, -EINVAL, "%s: argument %u is no known header, expected a name like \"Event\"",
			       check->word->name, at + 1);
	arg->kind = CHECK_ARG_HEADER;
	return 0;
}

int check_bind(struct check *check, struct err *err)
{
	const char *letters = check->word->signature;
	bool list = strchr(letters, '*') != NULL;
	unsigned least = 0, most = 0;
	int ret;

	for (const char *l = letters; *l && *l != '*'; l++, most++)
		least += islower((unsigned char)*l) != 0;
	if (check->arg_count < least || (!list && check->arg_count > most))
		return err_set(err, -EINVAL, "%s: %u arguments given, expected %s%u", check->word->name,
			       check->arg_count, list || most > least ? "at least " : "", least);
	if (check->kid_count && check->word->kids == WORD_LEAF)
		return err_set(err, -EINVAL, "%s: takes no checks, expected only arguments", check->word->name);
	for (unsigned i = 0; i < check->arg_count; i++) {
		ret = bind_one(check, i, (char)tolower((unsigned char)letters[i < most ? i : most - 1]), err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* --- evaluation --- */

void why_done(struct why *why)
{
	buf_done(&why->expected);
	buf_done(&why->seen);
	buf_done(&why->reason);
}

enum tri check_ask(const struct check *check, const struct look *look)
{
	enum tri result = check->word->eval(check, look);

	if (look->memory && check->number)
		look->memory[check->number] = (uint8_t)(result + 1);
	/* the innermost word that did not hold names what was expected */
	else if (look->why && result != TRI_YES && !look->why->expected.len)
		check_sentence(check, &look->why->expected);
	return result;
}

static void set_event(struct why *why, const struct event *event, struct slice at)
{
	why->event = event;
	why->from = why->to = 0;
	if (event && at.p && at.p >= event->msg.raw.p && at.p + at.len <= event->msg.raw.p + event->msg.raw.len) {
		why->from = (uint32_t)(at.p - event->msg.raw.p);
		why->to = why->from + (uint32_t)at.len;
	}
}

void look_say_no(const struct look *look, const struct event *event, struct slice at, const char *seen, ...)
{
	char text[1024];
	va_list args;

	va_start(args, seen);
	vsnprintf(text, sizeof(text), seen, args);
	va_end(args);
	buf_clear(&look->why->seen);
	buf_puts(&look->why->seen, text);
	set_event(look->why, event, at);
}

void look_say_unknown(const struct look *look, const char *reason, ...)
{
	char text[512];
	va_list args;

	va_start(args, reason);
	vsnprintf(text, sizeof(text), reason, args);
	va_end(args);
	buf_clear(&look->why->reason);
	buf_puts(&look->why->reason, text);
}

void look_say_missing(const struct look *look, const struct event *event, const char *seen, ...)
{
	char text[512];
	va_list args;

	if (event->cut) {
		look_say_unknown(look, "the message was cut off in the capture");
		return;
	}
	va_start(args, seen);
	vsnprintf(text, sizeof(text), seen, args);
	va_end(args);
	look_say_no(look, event, SLICE_NONE, "%s", text);
}

enum tri look_other(const struct look *look, enum sip_header id)
{
	if (!sip_msg_has(MSG(look), id))
		return look_missing(look, look->event, "no %s header", sip_header_name(id));
	return look_no(look, look->event, sip_msg_value(MSG(look), id), "%s: %s", sip_header_name(id),
		       look_header(look->event, id));
}

const char *look_text(struct slice s)
{
	static _Thread_local char texts[8][256];
	static _Thread_local unsigned at;
	char *text = texts[at++ % ARRAY_LEN(texts)];

	return text_clean_fixed(text, sizeof(texts[0]), s);
}

const char *look_header(const struct event *event, enum sip_header id)
{
	if (!sip_msg_has(&event->msg, id))
		return "absent";
	return look_text(sip_msg_value(&event->msg, id));
}

bool event_after(const struct event *event, const struct event *other)
{
	return event->number > other->number;
}

enum tri look_complete(const struct look *look)
{
	uint32_t gaps = look->story->flow->gaps;

	if (gaps & FLOW_GAP_LOST)
		return look_unknown(look, "packets are missing from the capture");
	if (gaps & FLOW_GAP_UNREADABLE)
		return look_unknown(look, "there is encrypted traffic between the same hosts");
	if (gaps & FLOW_GAP_EVICTED)
		return look_unknown(look, "a limit dropped a part of this flow");
	if (gaps & FLOW_GAP_UNCONNECTED)
		return look_unknown(look, "TLS failed, and what is missing may have been meant to come");
	if (gaps & FLOW_GAP_CUT)
		return look_unknown(look, "packets were cut off in the capture");
	if (gaps & FLOW_GAP_LOSSY)
		return look_unknown(look, "the network loses messages: one may be missing");
	if (gaps & FLOW_GAP_STOPPED)
		return look_unknown(look, "the observer stood still meanwhile");
	if (gaps & FLOW_GAP_NAMED)
		return look_unknown(look, "a part of this flow came before it was known whose it is");
	return TRI_YES;
}

/* Requests of the core are the observer's own. */
static bool is_own(const struct txn *txn)
{
	return txn->occasion == OCCASION_PUBLISH || txn->occasion == OCCASION_THIRD_PARTY ||
	       txn->occasion == OCCASION_DEPOSIT;
}

enum tri look_told(const struct look *look)
{
	if ((look->story->flow->gaps & FLOW_GAPS_OUTSIDE) || !is_own(look->txn))
		return look_complete(look);
	return TRI_YES;
}

enum tri look_silent(const struct look *look, uint64_t since, uint64_t alive)
{
	uint32_t gaps = look->story->flow->gaps;

	if ((gaps & FLOW_GAPS_HOLES) == FLOW_GAP_LOSSY && alive >= since + SIP_HORIZON)
		return TRI_YES;
	return look_complete(look);
}

uint64_t look_quiet_end(const struct look *look)
{
	return look->txn->final->time + look->timers->quiet;
}

uint64_t look_longest_wait(const struct look *look)
{
	return look->timers->answer > look->timers->quiet ? look->timers->answer : look->timers->quiet;
}

bool look_is_user(const struct look *look, struct slice uri)
{
	return flow_is_user(look->story->flow, uri);
}

bool look_names_user(const struct look *look, enum sip_header id, struct slice uri)
{
	struct sip_values it;
	struct slice value;
	struct sip_addr addr;

	sip_values_start(&it, MSG(look), id);
	while (sip_values_next(&it, &value))
		if (sip_addr_read(value, &addr) == 0 && sip_uri_same_user(addr.uri, uri))
			return true;
	return false;
}

bool look_may_be_alias(const struct look *look, struct slice uri)
{
	return sip_uri_is_number(uri) && !flow_is_live(look->story->flow) && !look->txn->before.registered_here;
}

/* --- sentences --- */

static void put_kids(const struct check *check, struct buf *to, const char *between)
{
	for (unsigned i = 0; i < check->kid_count; i++) {
		if (i)
			buf_puts(to, between);
		check_sentence(check->kids[i], to);
	}
}

static void put_args(const struct check *check, struct buf *to)
{
	for (unsigned i = 0; i < check->arg_count; i++) {
		const struct check_arg *arg = &check->args[i];
		if (i)
			buf_puts(to, i + 1 == check->arg_count ? " or " : ", ");
		if (arg->kind == CHECK_ARG_NUMBER)
			buf_printf(to, "%lld", (long long)arg->number);
		else if (arg->kind == CHECK_ARG_HEADER)
			buf_puts(to, sip_header_name(arg->header));
		else
			buf_puts(to, arg->text);
	}
}

void check_sentence(const struct check *check, struct buf *to)
{
	for (const char *s = check->word->sentence; *s; s++) {
		if (s[0] != '%') {
			buf_putc(to, *s);
			continue;
		}
		s++;
		if (*s == '*')
			put_kids(check, to, " and ");
		else if (*s == '|')
			put_kids(check, to, ", or ");
		else if (*s == '+')
			put_args(check, to);
		else if ((unsigned)(*s - '1') < check->arg_count) {
			struct check one = {.args = {check->args[*s - '1']}, .arg_count = 1};
			put_args(&one, to);
		}
	}
}
