/* SPDX-License-Identifier: MIT
 *
 * Reports before those who read them: prove and tshark where they are installed, and the JSON Schema. */
#include "reports/sample.h"
#include "base/mem.h"
#include "net/capture.h"
#include "net/pcapng_write.h"

#include <criterion/criterion.h>
#include "reports/json_read.h"
#include <stdlib.h>
#include <sys/wait.h>

static bool is_installed(const char *program)
{
	char command[64];

	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", program);
	return system(command) == 0;
}

static void expect_prove(const struct campaign *campaign)
{
	const char *path = sample_path("prove.tap");
	char *text = sample_report("tap", campaign, &(struct report_options){0});
	char *command = mem_printf("prove -Q -e cat '%s' >/dev/null 2>&1", path);
	int status;

	sample_write(path, text);
	status = system(command);
	cr_expect_eq(WEXITSTATUS(status) == 0, campaign_exit_status(campaign) == 0, "%s", text);
	free(command);
	free(text);
}

/* prove says "PASS" exactly where the exit status is 0. */
Test(reports, tap_means_to_prove_what_the_exit_status_says)
{
	if (!is_installed("prove"))
		cr_skip_test("prove is not installed");
	for (unsigned v = 0; v < VERDICT_COUNT; v++) {
		struct sample sample;
		struct finding pass = {0}, f = {0};

		sample_init(&sample, CAMPAIGN_AUDIT);
		pass = sample_finding("6.1.1.5-1", VERDICT_PASS, 0,
				      "x # TO"
				      "DO y");
		f = sample_finding("6.1.1.5-2", (enum verdict)v, 0, "x # SKIP y");
		cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
		sample.campaign->complete = true;
		campaign_settle(sample.campaign);
		expect_prove(sample.campaign);
		cr_assert_eq(campaign_add_finding(sample.campaign, &pass, NULL), 0);
		campaign_settle(sample.campaign);
		expect_prove(sample.campaign);
		sample.campaign->strict = true;
		expect_prove(sample.campaign);
		sample.campaign->complete = false;
		expect_prove(sample.campaign);
		sample_done(&sample);
	}
}

/* Two messages, the second of them evidence of the sample's first finding. */
static void write_evidence(const char *path)
{
	struct pcapng_message message = {.transport = NET_UDP, .bytes = SLICE("OPTIONS sip:a SIP/2.0\r\n\r\n")};
	struct pcapng_writer writer;
	struct buf out = {0};
	FILE *to = fopen(path, "wb");

	cr_assert_eq(net_addr_parse(SLICE("127.0.0.1:5060"), 0, &message.src, NULL), 0);
	cr_assert_eq(net_addr_parse(SLICE("127.0.0.1:5070"), 0, &message.dst, NULL), 0);
	pcapng_writer_init(&writer, &out, "test");
	for (message.time = 1; message.time <= 18; message.time++)
		cr_assert_eq(pcapng_write_message(&writer, &message), (int)message.time);
	pcapng_writer_done(&writer);
	fwrite(out.p, 1, out.len, to);
	fclose(to);
	buf_done(&out);
}

static void write_report(const struct campaign *campaign, const char *path)
{
	struct err err = {0};
	FILE *to = fopen(path, "wb");

	cr_assert_eq(report_pcapng(campaign, &(struct report_options){0}, to, &err), 0, "%s", err.text);
	fclose(to);
}

static const char comment[] = "6.1.1.5-1 fail; expected: the answer has status 403; seen: PUBLISH → 200; case "
			      "publish-untagged";

static void expect_packets(const char *path, const char *original)
{
	struct capture *a, *b;
	struct capture_packet x, y;

	cr_assert_eq(capture_open(path, NULL, &a, NULL), 0);
	cr_assert_eq(capture_open(original, NULL, &b, NULL), 0);
	for (unsigned i = 0; i < 18; i++) {
		cr_assert_eq(capture_next(a, &x, NULL), 1);
		cr_assert_eq(capture_next(b, &y, NULL), 1);
		cr_expect_eq(x.time, y.time);
		cr_expect_eq(x.link, y.link);
		cr_assert_eq(x.caplen, y.caplen);
		cr_expect_eq(memcmp(x.p, y.p, x.caplen), 0);
	}
	cr_expect_eq(capture_next(a, &x, NULL), 0);
	capture_free(a);
	capture_free(b);
}

static void expect_tshark(const char *path)
{
	char *command = mem_printf(
		"tshark -r '%s' -Y frame.comment -T fields -e frame.number -e frame.comment 2>/dev/null", path);
	char line[512] = "", *expected = mem_printf("18\t%s\n", comment);
	FILE *from = popen(command, "r");

	cr_expect_not_null(fgets(line, sizeof(line), from));
	cr_expect_str_eq(line, expected);
	cr_expect_null(fgets(line, sizeof(line), from));
	pclose(from);
	free(expected);
	free(command);
}

Test(reports, pcapng_has_the_packets_and_a_comment_on_the_right_one)
{
	const char *evidence = sample_path("evidence.pcapng"), *path = sample_path("report.pcapng");
	struct sample sample;

	write_evidence(evidence);
	sample_init(&sample, CAMPAIGN_RUN);
	campaign_add_file(sample.campaign, evidence);
	sample_fill(&sample, "");
	sample.campaign->file_count = 1; /* the sample's own file does not exist */
	write_report(sample.campaign, path);
	expect_packets(path, evidence);
	if (is_installed("tshark"))
		expect_tshark(path);
	sample.campaign->file_count = 2;
	sample_done(&sample);
}

/* Wireshark's script shows what the JSON report says of a frame; texts that want to be more stay texts. */
Test(reports, wireshark_shows_verdicts)
{
	static const char wire[] = "\"}]\t\\u0000 <script> \xe2\x82\xac";
	const char *evidence = sample_path("wireshark.pcapng"), *json = sample_path("wireshark.json");
	char *command =
		mem_printf("tshark -X lua_script:'%s/reports/wireshark/imconform.lua' -X lua_script1:'%s' -r '%s' "
			   "-Y imconform.verdict==fail -T fields -e frame.number -e imconform.requirement "
			   "-e imconform.reason 2>/dev/null",
			   SOURCE_ROOT, json, evidence);
	struct sample sample;
	char line[512] = "", *report;
	FILE *from;

	if (!is_installed("tshark"))
		cr_skip_test("tshark is not installed");
	write_evidence(evidence);
	sample_init(&sample, CAMPAIGN_RUN);
	sample_fill(&sample, wire);
	report = sample_report("json", sample.campaign, &(struct report_options){0});
	sample_write(json, report);
	from = popen(command, "r");
	cr_expect_not_null(fgets(line, sizeof(line), from));
	cr_expect_eq(strncmp(line, "18\t6.1.1.5-1\texpected the answer has status 403, seen PUBLISH → 200 ", 70), 0,
		     "%s", line);
	cr_expect(strstr(line, "<script> €"), "%s", line);
	cr_expect_null(fgets(line, sizeof(line), from));
	pclose(from);
	free(report);
	free(command);
	sample_done(&sample);
}

Test(reports, pcapng_says_what_it_can_not_read)
{
	struct sample sample;
	struct err err = {0};
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	sample_init(&sample, CAMPAIGN_AUDIT);
	cr_expect_eq(report_pcapng(sample.campaign, &(struct report_options){0}, to, &err), -ENODATA);
	cr_expect_str_eq(err.text, "there is no capture to annotate");
	campaign_add_file(sample.campaign, "-");
	cr_expect_eq(report_pcapng(sample.campaign, &(struct report_options){0}, to, &err), -EINVAL);
	cr_expect_str_eq(err.text, "standard input can't be read a second time");
	sample_done(&sample);
	fclose(to);
	free(text);
}

/* --- JSON Schema: the words that reports/schema.json uses, and no others --- */

static bool is_type(const json_t *value, const char *type)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return strcmp(type, "object") == 0;
	case JSON_ARRAY:
		return strcmp(type, "array") == 0;
	case JSON_STRING:
		return strcmp(type, "string") == 0;
	case JSON_INTEGER:
		return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
	case JSON_REAL:
		return strcmp(type, "number") == 0;
	case JSON_NULL:
		return strcmp(type, "null") == 0;
	default:
		return strcmp(type, "boolean") == 0;
	}
}

static bool has_type(const json_t *value, const json_t *type)
{
	const json_t *one;
	size_t i;

	if (json_is_string(type))
		return is_type(value, json_string_value(type));
	json_array_foreach(type, i, one) if (is_type(value, json_string_value(one))) return true;
	return false;
}

static const json_t *resolve(const json_t *root, const json_t *schema)
{
	const char *ref = json_string_value(json_object_get(schema, "$ref"));

	return ref ? json_object_get(json_object_get(root, "$defs"), ref + strlen("#/$defs/")) : schema;
}

static void check(const json_t *root, const json_t *schema, const json_t *value, const char *path);

static void check_object(const json_t *root, const json_t *schema, const json_t *value, const char *path)
{
	const json_t *properties = json_object_get(schema, "properties"), *rest, *one;
	const char *key;
	size_t i;

	json_array_foreach(json_object_get(schema, "required"), i, one) cr_assert_not_null(
		json_object_get(value, json_string_value(one)), "%s.%s", path, json_string_value(one));
	rest = json_object_get(schema, "additionalProperties");
	json_object_foreach((json_t *)value, key, one)
	{
		const json_t *of = json_object_get(properties, key);
		char *below = mem_printf("%s.%s", path, key);

		cr_assert(of || (rest && !json_is_false(rest)), "%s is not in the schema", below);
		check(root, of ? of : rest, one, below);
		free(below);
	}
}

static void check(const json_t *root, const json_t *schema, const json_t *value, const char *path)
{
	const json_t *choices, *one;
	bool chosen = false;
	size_t i;

	schema = resolve(root, schema);
	cr_assert(has_type(value, json_object_get(schema, "type")), "type of %s", path);
	choices = json_object_get(schema, "enum");
	json_array_foreach(choices, i, one) chosen |= json_equal(one, value);
	cr_assert(chosen || !choices, "%s is none of the values", path);
	if (json_is_object(value))
		check_object(root, schema, value, path);
	json_array_foreach(value, i, one) check(root, json_object_get(schema, "items"), one, path);
}

static void expect_valid(const json_t *schema, const struct campaign *campaign)
{
	char *text = sample_report("json", campaign, &(struct report_options){.times = true});
	json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	cr_assert_not_null(report);
	check(schema, schema, report, "report");
	json_decref(report);
	free(text);
}

Test(reports, json_is_what_its_schema_says)
{
	char *text = sample_read(SOURCE_ROOT "/reports/schema.json");
	json_t *schema = json_loads(text, 0, NULL);
	struct sample sample;

	cr_assert_not_null(schema);
	sample_init(&sample, CAMPAIGN_AUDIT);
	campaign_settle(sample.campaign);
	expect_valid(schema, sample.campaign);
	sample_done(&sample);
	sample_init(&sample, CAMPAIGN_RUN);
	sample_fill(&sample, "");
	expect_valid(schema, sample.campaign);
	sample_done(&sample);
	json_decref(schema);
	free(text);
}
