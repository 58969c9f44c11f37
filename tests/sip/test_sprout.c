/* SPDX-License-Identifier: MIT
 *
 * Accept-Contact lines, with the reading that another parser's authors agreed on, where somebody put them beside the
 * source (../shared/torture/sprout_vectors.json). */
#include "sip_test.h"

#include <jansson.h>

#include "sip/feature.h"

#define VECTORS SOURCE_ROOT "/../shared/torture/sprout_vectors.json"

static struct sip_msg message_of(const json_t *vector)
{
	return indexed(arena_printf(&test_arena, "ACK sip:a SIP/2.0\r\n%s\r\n",
				    json_string_value(json_object_get(vector, "raw"))));
}

/* Every parameter of the normal form stands in the value as it was sent. */
static void assert_normal_form(struct slice value, const char *normal)
{
	struct slice sent, expected, head, found;
	struct sip_param param;

	sip_value_split(value, &head, &sent);
	sip_value_split(slice_of(normal), &head, &expected);
	while (sip_param_next(&expected, &param)) {
		char *name = arena_printf(&test_arena, "%.*s", SLICE_F(param.name));

		cr_expect(sip_param_find(sent, name, &found), "%s in %.*s", name, SLICE_F(value));
		cr_expect(slice_eq_nocase(found, param.value), "%s in %.*s", name, SLICE_F(value));
	}
}

static void assert_vector(const json_t *vector)
{
	const json_t *expected = json_object_get(vector, "expected");
	struct sip_msg msg = message_of(vector);
	struct sip_values it;
	struct slice value;
	size_t n = 0;

	cr_expect_eq(msg.line_count, 1);
	cr_expect_eq(msg.lines[0].id, SIP_HEADER_ACCEPT_CONTACT);
	cr_expect_not(sip_feature_found(&msg, SIP_HEADER_ACCEPT_CONTACT, "+g.oma.sip-im", NULL, NULL));
	sip_values_start(&it, &msg, SIP_HEADER_ACCEPT_CONTACT);
	for (; sip_values_next(&it, &value); n++)
		if (json_array_get(expected, n))
			assert_normal_form(value, json_string_value(json_array_get(expected, n)));
	cr_expect(json_is_null(expected) ? n > 0 : n == json_array_size(expected), "%zu: %.*s", n, SLICE_F(msg.raw));
}

Test(sip, sprout_vectors)
{
	json_t *vectors = json_load_file(VECTORS, 0, NULL);

	if (!vectors)
		cr_skip_test("no vectors in " VECTORS);
	cr_assert_gt(json_array_size(vectors), 20);
	for (size_t i = 0; i < json_array_size(vectors); i++)
		assert_vector(json_array_get(vectors, i));
	json_decref(vectors);
}
