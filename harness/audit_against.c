/* SPDX-License-Identifier: MIT */
#include "harness/audit_against.h"

#include "base/mem.h"
#include "harness/profile_diff.h"

#include <stdlib.h>

struct comparing {
	const struct audit_config *config;
	const struct profile *mine, *other;
	struct campaign *under_other;
	struct campaign *alone[PROFILE_VALUES]; /* with one value of the other profile; NULL: it does not differ */
};

/* What is kept small: only verdicts are compared. */
static int judge_under(struct comparing *c, struct profile *profile, struct campaign **ret, struct err *err)
{
	const struct campaign *mine = c->config->campaign;
	struct audit_config config = *c->config;
	struct judge judge = *config.judge;
	struct settings_reader *reader;
	struct audit_inputs inputs;
	int rc = settings_reader_new(&profile->settings, &reader, err);

	if (rc < 0)
		return rc;
	profile->reader = reader;
	judge.profile = profile;
	*ret = campaign_new(CAMPAIGN_AUDIT, mine->catalogue, mine->iut_role, mine->both_roles);
	(*ret)->ims = mine->ims;
	(*ret)->complete = true;
	config.judge = &judge;
	config.campaign = *ret;
	config.journal = NULL;
	config.on_finding = NULL;
	config.on_progress = NULL;
	rc = audit_run(&config, &inputs, err);
	campaign_settle(*ret);
	settings_reader_free(reader);
	return rc;
}

static int judge_all(struct comparing *c, struct err *err)
{
	struct profile profile = *c->other;
	int rc = judge_under(c, &profile, &c->under_other, err);

	for (size_t i = 0; i < PROFILE_VALUES && rc == 0; i++) {
		if (!profile_value_differs(c->mine, c->other, i))
			continue;
		profile = *c->mine;
		profile_value_take(&profile, c->other, i);
		rc = judge_under(c, &profile, &c->alone[i], err);
	}
	return rc;
}

/* Values that change the verdict by themselves; where none does, they do so together. */
static void put_values(const struct comparing *c, size_t requirement, struct buf *to)
{
	enum verdict mine = c->config->campaign->requirements[requirement].verdict;
	size_t count = 0;

	for (size_t i = 0; i < PROFILE_VALUES; i++) {
		if (!c->alone[i] || c->alone[i]->requirements[requirement].verdict == mine)
			continue;
		buf_printf(to, "%s%s", count++ ? ", and " : "", profile_value_name(i));
		profile_value_put(c->mine, c->other, i, to);
	}
	if (count)
		buf_puts(to, count > 1 ? " make the difference, each" : " makes the difference");
	else
		buf_puts(to, "no value alone, only several together make the difference");
}

static void tell_differences(const struct comparing *c)
{
	struct campaign *campaign = c->config->campaign;
	struct buf note = {0};
	size_t count = 0;

	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *mine = &campaign->requirements[i];
		enum verdict other = c->under_other->requirements[i].verdict;

		if (mine->verdict == other)
			continue;
		buf_clear(&note);
		buf_printf(&note, "%s is %s, and %s under the profile %s: ", mine->requirement->id,
			   verdict_name(mine->verdict), verdict_name(other), c->other->name);
		put_values(c, i, &note);
		campaign_add_note(campaign, note.p);
		count++;
	}
	buf_clear(&note);
	buf_printf(&note, "profile %s against %s: %zu verdict%s", c->mine->name, c->other->name, count,
		   count == 1 ? " differs" : "s differ");
	campaign_add_note(campaign, note.p);
	buf_done(&note);
}

int audit_against_check(const struct audit_config *config, struct err *err)
{
	for (size_t i = 0; i < config->file_count; i++)
		if (!strcmp(config->files[i], "-"))
			return err_set(err, -EINVAL, "--against reads captures again, which standard input can't be");
	if (config->interface)
		return err_set(err, -EINVAL, "--against reads captures again, which an interface can't be");
	return 0;
}

int audit_against(const struct audit_config *config, const struct profile *other, struct err *err)
{
	struct comparing c = {.config = config, .mine = config->judge->profile, .other = other};
	int rc = judge_all(&c, err);

	if (rc == 0)
		tell_differences(&c);
	campaign_settle(config->campaign); /* sorts the notes */
	campaign_free(c.under_other);
	for (size_t i = 0; i < PROFILE_VALUES; i++)
		campaign_free(c.alone[i]);
	return rc;
}
