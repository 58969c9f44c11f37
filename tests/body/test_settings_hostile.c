/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <criterion/redirect.h>

#include "base/buf.h"
#include "body/settings_default.h"
#include "base/mem.h"
#include "settings_help.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define BOMB                                                                                                           \
	"<!DOCTYPE p [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;\">]>"   \
	"<poc-settings xmlns=\"" POC "\"><entity id=\"&c;\">&c;</entity></poc-settings>"

static void doctype_refused(const char *body)
{
	struct settings settings = settings_of(slice_of(body));

	cr_assert(settings.doctype && !settings.well_formed && !settings.valid);
	cr_assert_str_eq(settings.text, "the document has a DOCTYPE");
	cr_assert_eq(settings_offline_delivery(&settings), SETTINGS_ABSENT);
}

Test(body_settings_hostile, doctypes_are_refused)
{
	doctype_refused(BOMB);
	doctype_refused("<!DOCTYPE poc-settings>" DOC(DELIVERY("true")));
	doctype_refused("<!DOCTYPE p SYSTEM \"file:///etc/passwd\">" DOC(DELIVERY("true")));
	doctype_refused("<!DOCTYPE p [<!ENTITY x SYSTEM \"/etc/passwd\">]>" DOC("<entity id=\"a\">&x;</entity>"));
	doctype_refused("<!DOCTYPE p [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/x\">%x;]>" DOC(""));
}

#define ODD_XMLDECL                                                                                                    \
	"<?xml version=\"1.0\"x?><!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d SYSTEM \"/etc/passwd\">]><a>&b;&d;</a>"

/* each: a body that is not well-formed, and the first breach */
static const char *const broken[][2] = {
	{"", "the document is empty"},
	{" ", "Start tag expected, '<' not found"},
	{"x", "Start tag expected, '<' not found"},
	{"<a", "Couldn't find end of Start Tag a line 1"},
	{DOC("<entity id=\"&x;\"/>"), "Entity 'x' not defined"},
	{DOC("&x;"), "Entity 'x' not defined"},
	{DOC("<a></b>"), "Opening and ending tag mismatch: a line 1 and b"},
	{DOC("<entity id=\"a\" id=\"b\"/>"), "Attribute id redefined"},
	{DOC("") "x", "Extra content at the end of the document"},
	{DOC("\x01"), "PCDATA invalid Char value 1"},
};

Test(body_settings_hostile, not_well_formed)
{
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct settings settings = settings_of(slice_of(broken[i][0]));

		cr_assert(!settings.well_formed && !settings.valid && !settings.doctype, "case %zu", i);
		cr_assert_eq(settings_offline_delivery(&settings), SETTINGS_ABSENT);
		cr_assert_str_eq(settings.text, broken[i][1]);
	}
}

Test(body_settings_hostile, a_prefix_that_is_bound_to_nothing)
{
	struct settings settings = settings_of(SLICE(DOC("<n:deferred-settings/>")));

	cr_assert(settings.well_formed && !settings.valid && settings.unknown);
	cr_assert_str_eq(settings.text, "Namespace prefix n on deferred-settings is not defined");
}

Test(body_settings_hostile, nuls_and_bytes_that_are_no_utf8)
{
	struct settings settings = settings_of(SLICE(DOC("") "\0junk"));

	cr_assert(!settings.well_formed);
	cr_assert_str_eq(settings.text, "the document holds a NUL");
	settings = settings_of(SLICE(DOC("<entity id=\"\xff\"/>")));
	cr_assert(!settings.well_formed);
	settings = settings_of(SLICE("\xff\xfe<\0r\0/\0>\0\0\0x\0"));
	cr_assert(!settings.well_formed);
}

Test(body_settings_hostile, deep_nesting)
{
	struct buf buf = {0};
	struct settings settings;

	buf_puts(&buf, ROOT);
	for (int i = 0; i < 100; i++)
		buf_puts(&buf, "<x>");
	for (int i = 0; i < 100; i++)
		buf_puts(&buf, "</x>");
	buf_puts(&buf, DELIVERY("true") "</poc-settings>");
	settings = settings_of(buf_slice(&buf));
	cr_assert(settings.valid && settings_offline_delivery(&settings) == SETTINGS_TRUE);
	buf_clear(&buf);
	for (int i = 0; i < 100000; i++)
		buf_puts(&buf, "<x>");
	settings = settings_of(buf_slice(&buf));
	cr_assert(!settings.well_formed && !settings.valid);
	buf_done(&buf);
}

Test(body_settings_hostile, huge_attributes_and_names)
{
	struct buf buf = {0};
	struct settings settings;

	buf_puts(&buf, ROOT "<entity id=\"");
	for (int i = 0; i < 500000; i++)
		buf_putc(&buf, 'x');
	buf_puts(&buf, "\"/>" DELIVERY("true") "</poc-settings>");
	settings = settings_of(buf_slice(&buf));
	cr_assert(settings.valid && settings_offline_delivery(&settings) == SETTINGS_TRUE, "%s", settings.text);
	cr_assert_eq(memcmp(buf.p + settings.item[SETTINGS_OFFLINE_DELIVERY].offset, "<im:offline", 11), 0);
	buf_clear(&buf);
	buf_puts(&buf, ROOT "<");
	for (int i = 0; i < 40000; i++)
		buf_putc(&buf, 'y');
	buf_puts(&buf, "/></poc-settings>");
	settings = settings_of(buf_slice(&buf));
	cr_assert(settings.valid && settings.unknown);
	cr_assert(strlen(settings.unknown_name) < sizeof(settings.unknown_name));
	buf_done(&buf);
}

Test(body_settings_hostile, many_attributes_and_settings)
{
	struct buf buf = {0};
	struct settings settings;

	buf_puts(&buf, ROOT "<im:deferred-settings>");
	for (int i = 0; i < 10000; i++)
		buf_puts(&buf, "<im:offline-delivery active=\"1\"/>");
	buf_puts(&buf, "<im:offline-delivery ");
	for (int i = 0; i < 2000; i++)
		buf_printf(&buf, "a%d='' ", i);
	buf_puts(&buf, "active='true'/></im:deferred-settings></poc-settings>");
	settings = settings_of(buf_slice(&buf));
	cr_assert(settings.valid && settings_offline_delivery(&settings) == SETTINGS_TRUE, "%s", settings.text);
	cr_assert_eq(settings.item[SETTINGS_OFFLINE_DELIVERY].count, 10001);
	buf_done(&buf);
}

Test(body_settings_hostile, over_one_mebibyte)
{
	struct buf buf = {0};
	struct settings settings;

	buf_puts(&buf, DOC(""));
	memset(buf_reserve(&buf, SETTINGS_LEN_MAX), ' ', SETTINGS_LEN_MAX);
	buf.len = SETTINGS_LEN_MAX;
	settings = settings_of(buf_slice(&buf));
	cr_assert(settings.valid);
	buf.len++;
	settings = settings_of(buf_slice(&buf));
	cr_assert(settings.too_big && !settings.valid && !settings.well_formed);
	cr_assert_str_eq(settings.text, "the document is over 1048576 bytes");
	buf_done(&buf);
}

Test(body_settings_hostile, long_texts_are_no_values)
{
	struct settings settings = settings_of(
		SLICE(DOC("<am-settings><answer-mode>automatic                                              "
			  "                                 x</answer-mode></am-settings>")));

	cr_assert_not(settings.valid);
}

Test(body_settings_hostile, every_prefix_stays_in_bounds)
{
	static const char text[] =
		DOC("<entity id=\"a\"><isb-settings><incoming-session-barring active='1'/></isb-settings>"
		    "<am-settings><answer-mode>manual</answer-mode></am-settings></entity>" DELIVERY("true"));

	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		char *copy = mem_alloc(len ? len : 1);
		struct settings settings;

		memcpy(copy, text, len);
		settings = settings_of((struct slice){copy, len});
		cr_assert(!settings.well_formed && !settings.valid && settings.text[0]);
		free(copy);
	}
}

Test(body_settings_hostile, nothing_is_printed, .init = cr_redirect_stdout)
{
	cr_redirect_stderr();
	settings_of(SLICE("<a><b></a>"));
	settings_of(SLICE("<!DOCTYPE p SYSTEM \"http://127.0.0.1:9/x\"><p/>"));
	settings_of(SLICE(DOC("<n:x/>")));
	fflush(NULL);
	cr_assert_stdout_eq_str("");
	cr_assert_stderr_eq_str("");
}

static void *read_often(void *data)
{
	long wrong = 0;

	for (int i = 0; i < 300; i++) {
		struct settings settings;

		settings_read(data, SLICE(DOC(DELIVERY("true"))), &settings);
		wrong += !settings.valid || settings_offline_delivery(&settings) != SETTINGS_TRUE;
		settings_read(data, SLICE("<a><b></a>"), &settings);
		wrong += settings.valid;
	}
	return (void *)wrong;
}

Test(body_settings_hostile, one_reader_serves_several_threads)
{
	struct settings_reader *reader;
	pthread_t threads[4];

	settings_init();
	cr_assert_eq(settings_reader_new(settings_profile_default(), &reader, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, read_often, reader), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *wrong = reader;

		pthread_join(threads[i], &wrong);
		cr_assert_null(wrong);
	}
	settings_reader_free(reader);
}
