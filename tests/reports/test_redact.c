/* SPDX-License-Identifier: MIT
 *
 * Redaction: nobody's name is left in any format, and what was marked stays marked. */
#include "reports/redact.h"
#include "reports/sample.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/addr.h"
#include "net/pcapng_write.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* Everything that tells who, where and what. */
static const char *const identities[] = {
	"alice",        "Smith",      "Smithy",        "bob-1",        "4912345",      "5550199",
	"203.0.113.7",  "10.9.8.7",   "2001:db8:a::9", "pbx.corp",     "corp.example", "host.corp",
	"a84b4c76e667", "hunter2",    "f81d4fae",      "353879",       "Meet at noon", "Jäger",
	"secret plan",  "cellar",     "cell-4711",     "0a1b2c3d4e5f", "Ben",          "laptop",
	"Weekly",       "carol",      "dave",          "evil twin",    "AB:CD:EF",     "do39s8zksn2d98x",
	"Nice Name",    "comment of", "eve%40",        "/srv/mallory", "frank",        "group chat",
	"10.9.8.6",     "desktop-of",
};

static const char message[] =
	"PUBLISH sip:alice:hunter2@pbx.corp.example;user=phone SIP/2.0\r\n"
	"Via: SIP/2.0/UDP host.corp.example:5062;branch=z9hG4bK-10.9.8.7-1;received=203.0.113.7;rport=5062,\r\n"
	"\tSIP/2.0/TCP [2001:db8:a::9]:5060;branch=z9hG4bK2\r\n"
	"From: \"Alice \\\"A\\\" Smith\" <sip:alice@PBX.corp.example>;tag=1\r\n"
	"To: Jäger Ben <tel:+49-12345;phone-context=corp.example>\r\n"
	"Contact: "
	"<sip:+4912345@203.0.113.7:5070>;+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\",\r\n"
	" Nice Name <sips:bob-1@[2001:db8:a::9]>;+sip.instance=\"<urn:gsma:imei:353879-123456-7>\"\r\n"
	"Call-ID: a84b4c76e667@desktop-of-bob\r\n"
	"Refer-To: <sip:x@corp.example?P-Asserted-Identity=sip%3Aeve%40corp.example>\r\n"
	"Authorization: Digest username=\"alice\", realm=\"corp.example\", uri=\"sip:pbx.corp.example\",\r\n"
	" response=\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\"\r\n"
	"P-Access-Network-Info: 3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=cell-4711\r\n"
	"Subject: Meet at noon\r\n"
	"X-Seat: cellar\r\n"
	"Event: odd\r\n"
	"Content-Type: multipart/mixed; boundary=\"b\"\r\n"
	"Content-Length: 1222\r\n"
	"\r\n"
	"--b\r\n"
	"Content-Type: application/sdp\r\n"
	"\r\n"
	"v=0\r\no=carol 1 1 IN IP4 10.9.8.6\r\ns=Weekly group chat\r\nc=IN IP4 laptop.corp.example\r\nt=0 0\r\n"
	"m=message 7394 TCP/MSRP *\r\na=path:msrp://dave@203.0.113.7:7394/2s93i93idj;tcp\r\n"
	"a=fingerprint:SHA-1 AB:CD:EF:01\r\n"
	"--b\r\n"
	"Content-Type: application/poc-settings+xml\r\n"
	"\r\n"
	"<?xml version=\"1.0\"?><!-- comment of frank --><poc-settings "
	"xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\">\r\n"
	"\t<entity id=\"do39s8zksn2d98x\"><isb-settings><incoming-session-barring "
	"active=\"true\"/></isb-settings></entity>\r\n"
	"\t<display-name>evil twin</display-name><entry uri=\"sip:dave@corp.example\"/></poc-settings>\r\n"
	"--b\r\n"
	"Content-Type: message/cpim\r\n"
	"\r\n"
	"From: Alice Smithy <im:alice@corp.example>\r\nSubject: secret plan\r\n"
	"\r\n"
	"Content-Type: text/plain\r\n"
	"\r\n"
	"call +1 5550199, the secret plan is on\r\n"
	"--b--\r\n";

static void write_capture(const char *path)
{
	struct pcapng_message m = {.transport = NET_UDP, .time = 1, .bytes = SLICE(message)};
	struct pcapng_writer writer;
	struct buf out = {0};
	FILE *to = fopen(path, "wb");

	cr_assert_eq(net_addr_parse(SLICE("203.0.113.7:5070"), 0, &m.src, NULL), 0);
	cr_assert_eq(net_addr_parse(SLICE("10.9.8.7:5062"), 0, &m.dst, NULL), 0);
	m.comments = (const char *const[]){"alice said so"};
	m.comment_count = 1;
	pcapng_writer_init(&writer, &out, "test");
	cr_assert_eq(pcapng_write_message(&writer, &m), 1);
	pcapng_writer_done(&writer);
	fwrite(out.p, 1, out.len, to);
	fclose(to);
	buf_done(&out);
}

static struct finding finding_of(const char *place, size_t len)
{
	struct finding f =
		sample_finding("6.1.1.5-1", VERDICT_FAIL, 1, "\"Jäger Ben\" of sip:bob-1@corp.example, not alice");
	struct buf raw = {0};
	uint32_t from = place ? (uint32_t)(place - message) : 0;

	text_clean_lines(&raw, SLICE(message), TEXT_NO_MAX);
	f.expected = mem_strdup("Subject Meet at noon, from 203.0.113.7:5070 or [2001:db8:a::9]:5060");
	f.reason = mem_strdup("im:bob-1@corp.example is unknown at laptop.CORP.example, and so is evil twin");
	f.case_name = mem_strdup("publish-untagged");
	f.evidence[0] =
		(struct evidence){0,
				  1,
				  1,
				  from,
				  from + (uint32_t)len,
				  mem_strdup("PUBLISH sip:alice@pbx.corp.example 203.0.113.7:5070 → 10.9.8.7:5062"),
				  buf_take(&raw)};
	f.evidence_count = 1;
	return f;
}

static void redact_sample_init(struct sample *sample, const char *place, size_t len)
{
	const char *capture = sample_path("alice.pcapng");
	struct finding f = finding_of(place, len);
	struct campaign_case *c;

	write_capture(capture);
	sample_init(sample, CAMPAIGN_RUN);
	campaign_set_address(sample->campaign, "203.0.113.7:5070");
	campaign_add_file(sample->campaign, capture);
	campaign_add_note(sample->campaign, "read /srv/mallory/alice.pcapng of bob-1");
	c = campaign_add_case(sample->campaign, 1, "publish-untagged", NULL);
	c->verdict = VERDICT_FAIL;
	campaign_set_text(&c->user, "sip:alice@pbx.corp.example");
	campaign_set_text(&c->reason, "alice at host.corp.example was not refused");
	campaign_set_text(&c->repeat, "imconform run --target 'sip:10.9.8.7' --ixit /srv/mallory/x.lua --seed 7");
	campaign_set_text(&c->ladder,
			  "@ 0 wrong\n< alice\n> 10.9.8.7:5062\n= PUBLISH sip:alice@pbx.corp.example\n! bob-1\n");
	cr_assert_eq(campaign_add_finding(sample->campaign, &f, NULL), 0);
	sample->campaign->complete = true;
	campaign_settle(sample->campaign);
}

static char *report_of(const char *format, const struct campaign *campaign, struct redaction *redaction,
		       size_t *ret_len)
{
	const struct report_options options = {.redaction = redaction, .times = true};
	char *text = NULL;
	FILE *to = open_memstream(&text, ret_len);
	struct err err = {0};

	cr_assert_eq(report_format_find(slice_of(format))->write(campaign, &options, to, &err), 0, "%s", err.text);
	fclose(to);
	return text;
}

/* Every format, searched for every identity; the packets are as they would be on a wire. */
Test(reports, redaction_leaves_nobody_in_any_format)
{
	struct redaction *redaction;
	struct sample sample;

	redact_sample_init(&sample, NULL, 0);
	redaction = redaction_new(sample.campaign);
	for (const struct report_format *format = report_formats; format->name; format++) {
		size_t len;
		char *text = report_of(format->name, sample.campaign, redaction, &len);

		cr_expect_gt(len, 100, "%s", format->name);
		for (size_t i = 0; i < ARRAY_LEN(identities); i++) {
			const char *found = slice_find_nocase((struct slice){text, len}, slice_of(identities[i]));

			cr_expect_null(found, "%s: %s is there: %.60s", format->name, identities[i], found);
		}
		free(text);
	}
	redaction_free(redaction);
	sample_done(&sample);
}

/* The test's own: without redaction every one of them is found, somewhere. */
Test(reports, without_redaction_everybody_is_there)
{
	struct sample sample;
	size_t pages, packets;
	char *page, *capture;

	redact_sample_init(&sample, NULL, 0);
	page = report_of("html", sample.campaign, NULL, &pages);
	capture = report_of("pcapng", sample.campaign, NULL, &packets);
	for (size_t i = 0; i < ARRAY_LEN(identities); i++)
		cr_expect(slice_find_nocase((struct slice){page, pages}, slice_of(identities[i])) ||
				  slice_find_nocase((struct slice){capture, packets}, slice_of(identities[i])),
			  "%s", identities[i]);
	free(page);
	free(capture);
	sample_done(&sample);
}

/* What stays: the protocol, and who is the same as whom. */
Test(reports, redaction_keeps_what_is_judged)
{
	static const char *const kept[] = {
		"PUBLISH sip:",
		"Event: odd",
		"SIP/2.0/UDP host-",
		"rport=5062",
		"branch=z9hG4bK2",
		"Content-Type: application/sdp",
		"m=message 7394 TCP/MSRP *",
		"t=0 0",
		"&lt;incoming-session-barring active=&quot;true&quot;/&gt;",
		"xmlns=&quot;urn:oma:params:xml:ns:poc:poc-settings&quot;",
		"X-Seat: value-",
		"Digest username=",
		"response=&quot;****&quot;",
		":5062",
		":5070",
		"imconform run --target &#39;sip:198.18.0.",
		"--seed 7",
	};
	struct sample sample;
	size_t len;
	char *page;

	redact_sample_init(&sample, NULL, 0);
	redaction_free(redaction_new(sample.campaign));
	page = report_of("html", sample.campaign, NULL, &len);
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		cr_expect(strstr(page, kept[i]), "%s is gone", kept[i]);
	cr_expect_str_eq(sample.campaign->file_names[0], "user-1.pcapng");
	free(page);
	sample_done(&sample);
}

static void expect_marked(const char *marked, const char *shown)
{
	const char *place = strstr(message, marked);
	struct sample sample;
	size_t len;
	char *page, *whole = mem_printf("<mark>%s</mark>", shown);

	cr_assert_not_null(place, "%s", marked);
	redact_sample_init(&sample, place, strlen(marked));
	redaction_free(redaction_new(sample.campaign));
	page = report_of("html", sample.campaign, NULL, &len);
	cr_expect(strstr(page, whole), "%s: %.200s", whole, strstr(page, "<mark>"));
	free(page);
	free(whole);
	sample_done(&sample);
}

/* The offending bytes are the same ones, before a name, behind many, around one, within one. */
Test(reports, redaction_moves_marks)
{
	expect_marked("PUBLISH sip", "PUBLISH sip");
	expect_marked("Event: odd", "Event: odd");
	expect_marked("rport=5062", "rport=5062");
	expect_marked("bob-1", "user-4");
	expect_marked("ob-", "user-4");
	expect_marked("active=\"true\"", "active=&quot;true&quot;");
	expect_marked("t=0 0", "t=0 0");
	expect_marked("--b--", "--b--");
}

/* A number of the kind that pseudonyms have may be somebody's name. */
Test(reports, redaction_gives_nobody_the_name_of_another)
{
	struct sample sample;
	struct finding f = sample_finding("6.1.1.5-1", VERDICT_FAIL, 1, "sip:zoe@a.example and sip:user-1@b.example");

	sample_init(&sample, CAMPAIGN_AUDIT);
	f.user[0] = '\0';
	cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	campaign_settle(sample.campaign);
	redaction_free(redaction_new(sample.campaign));
	cr_expect_str_eq(sample.campaign->requirements[0].findings[0].seen,
			 "sip:user-2@host-1.invalid and sip:user-3@host-2.invalid");
	sample_done(&sample);
}

static void expect_text(const char *text, const char *redacted)
{
	struct sample sample;
	struct finding f = sample_finding("6.1.1.5-1", VERDICT_FAIL, 1, text);

	sample_init(&sample, CAMPAIGN_AUDIT);
	f.user[0] = '\0';
	cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	campaign_settle(sample.campaign);
	redaction_free(redaction_new(sample.campaign));
	cr_expect_str_eq(sample.campaign->requirements[0].findings[0].seen, redacted);
	sample_done(&sample);
}

Test(reports, redaction_of_texts)
{
	expect_text("200 OK", "200 OK");
	expect_text("answers 200 to sip:200@a", "answers 200 to sip:+999000001@host-1.invalid");
	expect_text("<sip:bob@a>, bob, Bob and bobby", "<sip:user-1@host-1.invalid>, user-1, Bob and bobby");
	expect_text("im:deferred-settings of urn:oma:xml:im:service", "im:deferred-settings of urn:oma:xml:im:service");
	expect_text("1.2.3.400 and 1.2.3.4.", "1.2.3.400 and 198.18.0.1.");
	expect_text("6.1.1.5-1 of 6.1.1.5 and 12.2.2.2-2g", "6.1.1.5-1 of 6.1.1.5 and 12.2.2.2-2g");
	expect_text("::1 [::1]:5060 12:30:00", "2001:db8::1 [2001:db8::1]:5060 12:30:00");
	expect_text("sip:anonymous@anonymous.invalid", "sip:anonymous@anonymous.invalid");
	expect_text("\"a b\" and \"Al\" <sip:c>", "\"a b\" and \"name-1\" <sip:host-1.invalid>");
	expect_text("branch=z9hG4bK7710.0.0.1;tag=4", "branch=z9hG4bKvalue-1;tag=4");
	expect_text("f: \\\\\"ari\\\\\" <sip:c>", "f: \\\\\"name-1\" <sip:host-1.invalid>");
	expect_text("tel:", "tel:");
	expect_text("sip:", "sip:");
	expect_text("sip:@", "sip:@");
	expect_text("\"", "\"");
	expect_text("username=\"", "username=\"");
	expect_text("[", "[");
}

/* Every beginning of the message is read without a step out of it, and becomes no less than what it was. */
Test(reports, redaction_of_every_prefix)
{
	struct sample sample;
	struct redaction *redaction;

	sample_init(&sample, CAMPAIGN_AUDIT);
	campaign_settle(sample.campaign);
	redaction = redaction_new(sample.campaign);
	for (size_t len = 1; len < sizeof(message); len++) {
		char *copy = mem_alloc(len);
		struct buf out = {0};

		memcpy(copy, message, len);
		redaction_message(redaction, (struct slice){copy, len}, &out);
		cr_expect_gt(out.len, 0);
		free(copy);
		buf_done(&out);
	}
	redaction_free(redaction);
	sample_done(&sample);
}

/* Content-Length is as right, or as wrong, as it was. */
Test(reports, redaction_keeps_what_content_length_says)
{
	static const char *const texts[][2] = {
		{"MESSAGE sip:a@b SIP/2.0\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
		 "\r\nContent-Length: 6\r\n\r\ntext-1"},
		{"MESSAGE sip:a@b SIP/2.0\r\nl: 7\r\n\r\nhello", "\r\nl: 8\r\n\r\ntext-1"},
		{"MESSAGE sip:a@b SIP/2.0\r\nl: 7\r\n\r\nhello\r\n", "\r\nl: 8\r\n\r\ntext-1\r\n"},
		{"MESSAGE sip:a@b SIP/2.0\r\nl: 6\r\n\r\nhello\n", "\r\nl: 7\r\n\r\ntext-1\n"},
		{"MESSAGE sip:a@b SIP/2.0\r\nl: x\r\n\r\nhello", "\r\nl: x\r\n\r\ntext-1"},
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct sample sample;
		struct redaction *redaction;
		struct buf out = {0};

		sample_init(&sample, CAMPAIGN_AUDIT);
		campaign_settle(sample.campaign);
		redaction = redaction_new(sample.campaign);
		redaction_message(redaction, slice_of(texts[i][0]), &out);
		cr_expect(strstr(out.p, texts[i][1]), "%zu: %s", i, out.p);
		buf_done(&out);
		redaction_free(redaction);
		sample_done(&sample);
	}
}

/* Names of cases and ids stay, and so does a campaign without users. */
Test(reports, redaction_of_the_sample)
{
	struct sample sample;

	sample_init(&sample, CAMPAIGN_RUN);
	sample_fill(&sample, "");
	redaction_free(redaction_new(sample.campaign));
	sample_golden("redacted.txt", sample_report("text", sample.campaign, &(struct report_options){0}));
	sample_done(&sample);
}
