/* SPDX-License-Identifier: MIT
 *
 * What contradicts itself is said before the first packet, by its place. */
#include "harness/ixit_review.h"

#include "base/buf.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct desk {
	char ixit_path[32], ics_path[32];
	struct options options;
	struct ixit ixit;
	struct catalogue catalogue;
	struct buf told; /* "error PLACE: …", a line each; the files are "IXIT" and "ICS" */
};

static struct requirement requirements[] = {
	{.id = "5.3-support", .actor = ACTOR_SERVER, .level = LEVEL_SHOULD},
	{.id = "5.3-response", .actor = ACTOR_SERVER, .level = LEVEL_SHALL},
	{.id = "6.1.1.5-ims", .actor = ACTOR_SERVER, .level = LEVEL_SHALL, .condition = CONDITION_IMS},
	{.id = "5.2.4-1", .actor = ACTOR_CLIENT, .level = LEVEL_SHALL},
};

static const char *put_file(char path[32], const char *text)
{
	int fd;

	strcpy(path, "/tmp/imconform-rev-XXXXXX");
	fd = mkstemp(path);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

static void desk_open(struct desk *desk, const char *ixit, const char *ics)
{
	struct err err = {0};

	memset(desk, 0, sizeof(*desk));
	desk->options.iut = "server";
	desk->options.ixit = ixit ? put_file(desk->ixit_path, ixit) : NULL;
	desk->options.ics = ics ? put_file(desk->ics_path, ics) : NULL;
	catalogue_init(&desk->catalogue);
	for (size_t i = 0; i < sizeof(requirements) / sizeof(requirements[0]); i++)
		catalogue_add(&desk->catalogue, &requirements[i]);
	cr_assert_eq(ixit_load(&desk->ixit, &desk->options, &err), 0, "%s", err.text);
}

static void desk_close(struct desk *desk)
{
	if (desk->options.ixit)
		unlink(desk->ixit_path);
	if (desk->options.ics)
		unlink(desk->ics_path);
	ixit_done(&desk->ixit);
	catalogue_done(&desk->catalogue);
	buf_done(&desk->told);
}

static void take(void *arg, enum review_kind kind, const char *text)
{
	static const char *const kinds[] = {"note", "fail", "error"};
	struct desk *desk = arg;
	const char *file = "";

	if (desk->options.ics && !strncmp(text, desk->ics_path, strlen(desk->ics_path))) {
		text += strlen(desk->ics_path);
		file = "ICS";
	} else if (desk->options.ixit && !strncmp(text, desk->ixit_path, strlen(desk->ixit_path))) {
		text += strlen(desk->ixit_path);
		file = "IXIT";
	}
	buf_printf(&desk->told, "%s %s%s\n", kinds[kind], file, text);
}

static void expect_told(const char *ixit, const char *ics, int worst, const char *told)
{
	struct desk desk;

	desk_open(&desk, ixit, ics);
	cr_expect_eq(ixit_review(&desk.ixit, &desk.catalogue, take, &desk), worst, "%s", told);
	cr_expect_str_eq(desk.told.p ? desk.told.p : "", told);
	desk_close(&desk);
}

Test(harness_ixit_review, nothing_to_say)
{
	expect_told(NULL, NULL, -1, "");
	expect_told(
		"return { iut = { address = '127.0.0.1:5070' }, core = { address = '127.0.0.1:5060' } }",
		"return { roles = { server = { status = 'm', support = 'yes' } }, items = {\n"
		"{ id = '5.3-support', status = 'o', support = 'no' }, { id = '5.3', status = 'm', support = 'yes' },\n"
		"{ id = '6.1.1.5-ims', status = 'n/a', support = 'no' } } }",
		-1, "");
}

Test(harness_ixit_review, mandatory_and_not_claimed)
{
	expect_told(NULL, "return { items = { { id = '5.3-response', support = 'no' } } }", REVIEW_FAIL,
		    "fail ICS: 5.3-response is mandatory, and not claimed\n");
	expect_told("return { core = { ims = true } }", "return { items = { { id = '6.1.1.5-ims', support = 'no' } } }",
		    REVIEW_FAIL, "fail ICS: 6.1.1.5-ims is mandatory, and not claimed\n");
}

Test(harness_ixit_review, contradictions_in_the_ics)
{
	expect_told(NULL, "return { items = {\n{ id = '5.3', support = 'yes' },\n{ id = '5.3', support = 'no' } } }",
		    REVIEW_ERROR,
		    "error ICS:3: items.2 answers 5.3, and items.1 does, too\n"
		    "fail ICS: 5.3-response is mandatory, and not claimed\n");
	expect_told(NULL, "return { items = {\n{ id = '5.3-support', status = 'n/a', support = 'yes' } } }",
		    REVIEW_ERROR, "error ICS:2: items.1 (5.3-support) does not apply, and is answered yes\n");
	expect_told(
		NULL,
		"return { items = {\n{ id = '5.3-response', status = 'o', support = 'yes' },\n"
		"{ id = '5.3-support', status = 'm', support = 'yes' },\n"
		"{ id = '6.1.1.5-ims', status = 'm', support = 'unknown' } } }",
		REVIEW_ERROR,
		"error ICS:2: items.1.status of 5.3-response contradicts the specification, expected \"m\": SHALL\n"
		"error ICS:3: items.2.status of 5.3-support contradicts the specification, expected \"o\": SHOULD\n"
		"error ICS:4: items.3.status of 6.1.1.5-ims contradicts the specification, expected \"c\": SHALL\n");
	expect_told(
		NULL,
		"return { roles = { client = { support = 'no' } }, items = {\n{ id = '5.2.4-1', support = 'yes' } } }",
		REVIEW_ERROR, "error ICS:2: items.1 (5.2.4-1) is answered yes, and its role client no\n");
	expect_told(NULL, "return { roles = {\nserver = { support = 'no' } } }", REVIEW_ERROR,
		    "error ICS:2: roles.server is answered no, and this is the role that is tested\n");
	expect_told(NULL, "return { items = {\n{ id = '6.1.1.5-ims', support = 'yes' } } }", REVIEW_NOTE,
		    "note ICS:2: 6.1.1.5-ims is claimed and will not be judged: the core is no IMS (core.ims)\n");
}

Test(harness_ixit_review, contradictions_in_the_ixit)
{
	expect_told("return { iut = { address = '127.0.0.1:5060' }, core = { address = '127.0.0.1:5060' } }", NULL,
		    REVIEW_ERROR, "error 127.0.0.1:5060 is the address of the IUT and of the core\n");
	expect_told("return { iut = { address = '[::1]:5070' } }", NULL, REVIEW_ERROR,
		    "error the IUT at [::1]:5070 can't be reached from the core's address: one is IPv4, one IPv6\n");
	expect_told("return { hooks = {\nregister = 'r', deposit = 'd' } }", NULL, REVIEW_NOTE,
		    "note IXIT:2: hooks.register makes a client act, and the IUT is a server: it is not used\n");
	expect_told("return { iut = { role = 'client' }, hooks = {\ndeposit = 'd',\nstart = 's', tester = 't' } }",
		    NULL, REVIEW_ERROR,
		    "note IXIT:2: hooks.deposit is for a server, and the IUT is a client: it is not used\n"
		    "error IXIT:3: hooks.start stands beside hooks.tester, expected one of them\n");
}
