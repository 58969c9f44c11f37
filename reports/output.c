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

bool outputs_own_stdout(const struct outputs *outputs)
{
	for (unsigned i = 0; i < outputs->count; i++)
		if (is_stdout(&outputs->list[i]) && strcmp(outputs->list[i].format->name, "text") != 0)
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

/* What is written: one campaign, or several side by side. */
struct written {
	const struct campaign *campaign;
	const struct interop *interop;
	const struct report_options *options;
};

static int output_put(struct output *output, const struct written *what, FILE *to, struct err *err)
{
	struct report_options how = *what->options;

	how.color &= is_stdout(output);
	if (!what->interop)
		return output->format->write(what->campaign, &how, to, err);
	if (output->format->interop)
		return output->format->interop(what->interop, &how, to, err);
	return err_set(err, -EINVAL, "has no form for several implementations; text, markdown and html have one");
}

static int output_write(struct output *output, const struct written *what, struct err *err)
{
	int r = output_put(output, what, is_stdout(output) ? stdout : output->file.to, err);

	if (r == -EIO)
		err_prefix(err, r, "%s", is_stdout(output) ? "standard output" : output->path);
	if (r == 0 && !is_stdout(output))
		r = replacement_commit(&output->file, err);
	return r < 0 ? err_prefix(err, r, "-o %s", output->format->name) : 0;
}

static int write_all(struct outputs *outputs, const struct written *what, struct err *err)
{
	int first = outputs_open(outputs, err);

	if (first < 0)
		return first;
	for (unsigned i = 0; i < outputs->count; i++) {
		int r = output_write(&outputs->list[i], what, first ? NULL : err);

		first = first ? first : r;
	}
	return first;
}

int outputs_write(struct outputs *outputs, const struct campaign *campaign, const struct report_options *options,
		  struct err *err)
{
	return write_all(outputs, &(struct written){.campaign = campaign, .options = options}, err);
}

int outputs_write_interop(struct outputs *outputs, const struct interop *interop, const struct report_options *options,
			  struct err *err)
{
	return write_all(outputs, &(struct written){.interop = interop, .options = options}, err);
}

void outputs_done(struct outputs *outputs)
{
	for (unsigned i = 0; i < outputs->count; i++) {
		replacement_done(&outputs->list[i].file);
		free(outputs->list[i].path);
	}
	*outputs = (struct outputs){0};
}
