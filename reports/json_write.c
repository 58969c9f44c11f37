/* SPDX-License-Identifier: MIT */
#include "reports/json_write.h"
#include "base/time.h"
#include "reports/quote.h"

static void put_escaped(FILE *to, unsigned char c)
{
	if (c == '"' || c == '\\')
		fprintf(to, "\\%c", c);
	else if (c == '\n')
		fputs("\\n", to);
	else
		fprintf(to, "\\u%04x", c);
}

static void put_text(FILE *to, const char *text)
{
	fputc('"', to);
	for (const char *p = text; *p;) {
		size_t n = quote_utf8_len(p);

		if (n == 1 && ((unsigned char)*p < 0x20 || *p == '"' || *p == '\\' || *p == 0x7f))
			put_escaped(to, (unsigned char)*p);
		else if (n == 0)
			fputs("\\ufffd", to);
		else
			fwrite(p, 1, n, to);
		p += n ? n : 1;
	}
	fputc('"', to);
}

static void put_key(struct json_writer *json, const char *key, bool composed)
{
	if (json->comma)
		fputc(',', json->to);
	if (json->lines && json->depth && (key || composed))
		fprintf(json->to, "\n%*s", (int)json->depth, "");
	else if (json->comma && json->lines)
		fputc(' ', json->to);
	if (key) {
		put_text(json->to, key);
		fputs(json->lines ? ": " : ":", json->to);
	}
	json->comma = true;
}

void json_begin(struct json_writer *json, const char *key, char open)
{
	put_key(json, key, open == '{');
	fputc(open, json->to);
	json->depth++;
	json->comma = false;
}

void json_end(struct json_writer *json, char close)
{
	json->depth--;
	if (json->lines && json->comma && close == '}')
		fprintf(json->to, "\n%*s", (int)json->depth, "");
	fputc(close, json->to);
	json->comma = true;
}

void json_text(struct json_writer *json, const char *key, const char *text)
{
	put_key(json, key, false);
	if (text)
		put_text(json->to, text);
	else
		fputs("null", json->to);
}

void json_number(struct json_writer *json, const char *key, uint64_t number)
{
	put_key(json, key, false);
	fprintf(json->to, "%llu", (unsigned long long)number);
}

void json_bool(struct json_writer *json, const char *key, bool value)
{
	put_key(json, key, false);
	fputs(value ? "true" : "false", json->to);
}

void json_seconds(struct json_writer *json, const char *key, uint64_t time)
{
	put_key(json, key, false);
	fprintf(json->to, "%llu.%09llu", (unsigned long long)(time / SECOND), (unsigned long long)(time % SECOND));
}
