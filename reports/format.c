/* SPDX-License-Identifier: MIT */
#include "reports/interop.h"

/* clang-format off */
const struct report_format report_formats[] = {
	{"text", report_text, interop_text},
	{"json", report_json, NULL},
	{"junit", report_junit, NULL},
	{"tap", report_tap, NULL},
	{"markdown", report_markdown, interop_markdown},
	{"html", report_html, interop_html},
	{"sctr", report_sctr, NULL},
	{"pcapng", report_pcapng, NULL},
	{NULL, NULL, NULL},
};
/* clang-format on */

const struct report_format *report_format_find(struct slice name)
{
	for (const struct report_format *format = report_formats; format->name; format++)
		if (slice_is(name, format->name))
			return format;
	return NULL;
}

const char *report_format_names(void)
{
	return "text json junit tap markdown html sctr pcapng";
}
