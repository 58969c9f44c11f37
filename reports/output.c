/* SPDX-License-Identifier: MIT */
#include "reports/output.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

static bool is_stdout(const struct output *output)
{
	return strcmp(output->path, "-") == 0;
}

int outputs_add(struct outputs *outputs, const char *value, struct err *err)
{
	const char *colon = strchr(value, ':');
	struct slice name = colon ? slice_range(value, colon) : slice_of(value);
	const struct report_format *format = report_format_find(name);
	char clean[200];

	text_clean_fixed(clean, sizeof(clean), slice_of(value));
	if (!format)
		return err_set(err, -EINVAL, "-o %s: unknown format; formats are %s", clean, report_format_names());
	if (!colon || !colon[1])
		return err_set(err, -EINVAL, "-o %s: wants FORMAT:PATH, with '-' for standard output", clean);
	for (unsigned i = 0; i < outputs->count; i++)
		if (strcmp(outputs->list[i].path, colon + 1) == 0)
			return err_set(err, -EINVAL, "-o %s: another report goes there already", clean);
	if (outputs->count == OUTPUTS_MAX)
		return err_set(err, -EINVAL, "-o %s: more than %d reports", clean, OUTPUTS_MAX);
	outputs->list[outputs->count++] = (struct output){.format = format, .path = mem_strdup(colon + 1)};
	return 0;
}

bool outputs_use_stdout(const struct outputs *outputs)
{
	for (unsigned i = 0; i < outputs->count; i++)
		if (is_stdout(&outputs->list[i]))
			return true;
	return false;
}

int outputs_open(struct outputs *outputs, struct err *err)
{
	for (unsigned i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->list[i];
		int r;

		if (is_stdout(output) || output->file.to)
			continue;
		r = replacement_open(&output->file, output->path, err);
		if (r < 0)
			return err_prefix(err, r, "-o %s", output->format->name);
	}
	return 0;
}

static int output_write(struct output *output, const struct campaign *campaign, const struct report_options *options,
			struct err *err)
{
	struct report_options plain = *options;
	int r;

	if (is_stdout(output)) {
		r = output->format->write(campaign, options, stdout, err);
	} else {
		plain.color = false;
		r = output->format->write(campaign, &plain, output->file.to, err);
		if (r == 0)
			r = replacement_commit(&output->file, err);
	}
	return r < 0 ? err_prefix(err, r, "-o %s", output->format->name) : 0;
}

int outputs_write(struct outputs *outputs, const struct campaign *campaign, const struct report_options *options,
		  struct err *err)
{
	int first = outputs_open(outputs, err);

	if (first < 0)
		return first;
	for (unsigned i = 0; i < outputs->count; i++) {
		int r = output_write(&outputs->list[i], campaign, options, first ? NULL : err);

		first = first ? first : r;
	}
	return first;
}

void outputs_done(struct outputs *outputs)
{
	for (unsigned i = 0; i < outputs->count; i++) {
		replacement_done(&outputs->list[i].file);
		free(outputs->list[i].path);
	}
	*outputs = (struct outputs){0};
}
