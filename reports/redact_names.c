/* SPDX-License-Identifier: MIT
 *
 * A name is first seen, in the campaign's order; once all are, each gets a number. */
#include "reports/redact_private.h"
#include "base/mem.h"

#include <stdlib.h>

enum {
	SHORT = 3,  /* shorter names are no words to look for: they are everywhere */
	DIGITS = 6, /* numbers shorter than that are statuses, ports and times */
	BEGIN = 24, /* of a long text, so much tells it where it was cut */
};

bool redact_is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (unsigned char)c >= 0x80 ||
	       (c && strchr("._+-%~", c));
}

/* A dot ends it: names of files and hosts begin with names, too. */
static struct slice first_word(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && redact_is_word(*q) && *q != '.')
		q++;
	return (struct slice){p, q > p ? (size_t)(q - p) : 1};
}

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

enum { WORD_MAX = 64 }; /* further letters make no difference */

static struct slice word_key(const char *p, const char *end, char key[WORD_MAX])
{
	struct slice word = first_word(p, end);

	word.len = word.len < WORD_MAX ? word.len : WORD_MAX;
	for (size_t i = 0; i < word.len; i++)
		key[i] = small(word.p[i]);
	return (struct slice){key, word.len};
}

/* What the reports say themselves is no name, whoever is called so. */
static bool is_ours(struct slice text)
{
	static const char *const words[] = {"plain",  "again",   "wrong",   "REGISTER",  "PUBLISH",
					    "INVITE", "ACK",     "BYE",     "INFO",      "SUBSCRIBE",
					    "NOTIFY", "MESSAGE", "OPTIONS", "CANCEL",    "PRACK",
					    "UPDATE", "REFER",   "SIP",     "imconform", "expected"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (slice_is(text, words[i]))
			return true;
	return false;
}

static bool is_looked_for(const struct redact_name *name)
{
	size_t digits = 0;

	for (size_t i = 0; i < name->text.len; i++)
		digits += name->text.p[i] >= '0' && name->text.p[i] <= '9';
	return name->text.len >= SHORT && (digits < name->text.len || digits >= DIGITS) && !is_ours(name->text);
}

static void look_for(struct redaction *redaction, struct redact_name *name)
{
	char key[WORD_MAX];
	struct slice word = word_key(name->text.p, name->text.p + name->text.len, key);

	if (name->kind != REDACT_SECRET && is_looked_for(name))
		name->other = map_set(&redaction->words, word, name);
}

static char *form(struct redaction *redaction, enum redact_kind kind, unsigned n)
{
	static const char *const forms[] = {
		[REDACT_USER] = "user-%u",         [REDACT_PHONE] = "+999%06u",
		[REDACT_HOST] = "host-%u.invalid", [REDACT_CALL] = "call-%u",
		[REDACT_V6] = "2001:db8::%x",      [REDACT_NAME] = "name-%u",
		[REDACT_TEXT] = "text-%u",         [REDACT_VALUE] = "value-%u",
		[REDACT_SECRET] = "****",          [REDACT_DEVICE] = "00000000-0000-4000-8000-%012u",
	};

	if (kind == REDACT_V4)
		return arena_printf(&redaction->arena, "198.%u.%u.%u", 18 + (n >> 16), n >> 8 & 255, n & 255);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return arena_printf(&redaction->arena, forms[kind], n);
#pragma GCC diagnostic pop
}

static bool is_original(const struct redaction *redaction, const char *pseudonym)
{
	char key[WORD_MAX];
	const struct redact_name *name =
		map_get(&redaction->words, word_key(pseudonym, pseudonym + strlen(pseudonym), key));

	while (name && !slice_is(name->text, pseudonym))
		name = name->other;
	return name;
}

static void give_number(struct redaction *redaction, struct redact_name *name)
{
	do
		name->pseudonym = form(redaction, name->kind, ++redaction->numbers[name->kind]);
	while (is_original(redaction, name->pseudonym));
}

void redact_number(struct redaction *redaction)
{
	for (size_t i = 0; i < redaction->count; i++)
		give_number(redaction, redaction->list[i]);
	redaction->numbered = true;
}

static struct slice key_of(struct redaction *redaction, enum redact_kind kind, struct slice text,
			   struct slice *ret_text)
{
	char *key = arena_printf(&redaction->arena, "%c%.*s", 'A' + (int)kind, SLICE_F(text));

	for (char *p = key + 1; kind == REDACT_HOST && *p; p++)
		*p = small(*p);
	*ret_text = (struct slice){key + 1, text.len};
	return (struct slice){key, text.len + 1};
}

const char *redact_name(struct redaction *redaction, enum redact_kind kind, struct slice text)
{
	struct slice key = key_of(redaction, kind, text, &text);
	struct redact_name *name = map_get(&redaction->names, key);

	if (!text.len)
		return "";
	if (!name) {
		name = arena_alloc(&redaction->arena, sizeof(*name));
		*name = (struct redact_name){.kind = kind, .text = text};
		map_set(&redaction->names, key, name);
		MEM_GROW(redaction->list, redaction->count, redaction->cap);
		redaction->list[redaction->count++] = name;
		look_for(redaction, name);
		if (redaction->numbered)
			give_number(redaction, name);
	}
	return name->pseudonym ? name->pseudonym : "";
}

/* The length of `name` at p, 0 if it is not there. Hosts are kept in small letters. */
static size_t match(const struct redact_name *name, const char *p, const char *end)
{
	size_t n = 0, rest = (size_t)(end - p);

	while (n < name->text.len && n < rest && (name->kind == REDACT_HOST ? small(p[n]) : p[n]) == name->text.p[n])
		n++;
	if (n < name->text.len)
		return n >= BEGIN ? n : 0;
	return n < rest && redact_is_word(p[n - 1]) && redact_is_word(p[n]) && p[n] != '.' ? 0 : n;
}

size_t redact_find(const struct redaction *redaction, const char *p, const char *end, const struct redact_name **ret)
{
	char key[WORD_MAX];
	const struct redact_name *name = redaction->numbered ? map_get(&redaction->words, word_key(p, end, key)) : NULL;
	size_t best = 0;

	for (*ret = NULL; name; name = name->other) {
		size_t n = match(name, p, end);

		if (n > best) {
			best = n;
			*ret = name;
		}
	}
	return best;
}
