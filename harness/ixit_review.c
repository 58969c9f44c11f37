/* SPDX-License-Identifier: MIT */
#include "harness/ixit_review.h"

#include "base/buf.h"
#include "base/text.h"
#include "harness/ixit_file.h"

#include <stdarg.h>
#include <stdio.h>

struct review {
	const struct ixit *ixit;
	const struct catalogue *catalogue;
	void (*tell)(void *arg, enum review_kind kind, const char *text);
	void *arg;
	int worst;
};

static void tell(struct review *review, enum review_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(struct review *review, enum review_kind kind, const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if ((int)kind > review->worst)
		review->worst = (int)kind;
	review->tell(review->arg, kind, text);
}

/* --- ICS --- */

static int item_line(const struct ics *ics, size_t i)
{
	return value_get(ics->root, "items")->items[i].line;
}

static const char *clean_id(char to[80], const struct ics_item *item)
{
	return text_clean_fixed(to, 80, slice_of(item->id));
}

/* The requirement of exactly that id, or NULL; *ret_any: the pattern matches some. */
static const struct requirement *requirement_of(const struct review *review, const char *id, bool *ret_any)
{
	const struct catalogue *catalogue = review->catalogue;

	*ret_any = false;
	for (size_t i = 0; i < catalogue->requirement_count; i++)
		*ret_any |= catalogue_match(id, catalogue->requirements[i]->id);
	return catalogue_find(catalogue, id);
}

static bool is_mandatory(const struct requirement *r)
{
	return r->level == LEVEL_SHALL || r->level == LEVEL_SHALL_NOT;
}

/* The status column belongs to the specification: m for SHALL, c where it hangs on the IMS, o for the rest. */
static void review_status(struct review *review, size_t i, const struct requirement *r)
{
	const struct ics *ics = review->ixit->ics;
	const struct ics_item *item = &ics->items[i];
	const char *expected = NULL;

	if (!value_get(&value_get(ics->root, "items")->items[i], "status"))
		return;
	if (r->condition == CONDITION_IMS)
		expected = item->status == ICS_MANDATORY || item->status == ICS_OPTIONAL ? "c" : NULL;
	else if (is_mandatory(r) && item->status != ICS_MANDATORY)
		expected = "m";
	else if (!is_mandatory(r) && item->status == ICS_MANDATORY)
		expected = "o";
	if (expected)
		tell(review, REVIEW_ERROR,
		     "%s:%d: items.%zu.status of %s contradicts the specification, expected \"%s\": %s", ics->path,
		     item_line(ics, i), i + 1, r->id, expected, level_name(r->level));
}

static void review_item(struct review *review, size_t i)
{
	const struct ics *ics = review->ixit->ics;
	const struct ics_item *item = &ics->items[i];
	const struct requirement *r;
	char id[80];
	bool any;

	r = requirement_of(review, item->id, &any);
	clean_id(id, item);
	if (!any) {
		tell(review, REVIEW_ERROR, "%s:%d: items.%zu.id is '%s', expected the id of a requirement", ics->path,
		     item_line(ics, i), i + 1, id);
		return;
	}
	for (size_t j = 0; j < i; j++)
		if (!strcmp(ics->items[j].id, item->id))
			tell(review, REVIEW_ERROR, "%s:%d: items.%zu answers %s, and items.%zu does, too", ics->path,
			     item_line(ics, i), i + 1, id, j + 1);
	if (item->status == ICS_NOT_APPLICABLE && item->support == ICS_YES)
		tell(review, REVIEW_ERROR, "%s:%d: items.%zu (%s) does not apply, and is answered yes", ics->path,
		     item_line(ics, i), i + 1, id);
	if (!r)
		return;
	review_status(review, i, r);
	if (item->support == ICS_YES && ics->roles[r->actor].support == ICS_NO && value_get(ics->root, "roles"))
		tell(review, REVIEW_ERROR, "%s:%d: items.%zu (%s) is answered yes, and its role %s no", ics->path,
		     item_line(ics, i), i + 1, id, actor_name(r->actor));
	if (item->support == ICS_YES && r->condition == CONDITION_IMS && !review->ixit->ims)
		tell(review, REVIEW_NOTE, "%s:%d: %s is claimed and will not be judged: the core is no IMS (core.ims)",
		     ics->path, item_line(ics, i), id);
}

static void review_mandatory(struct review *review)
{
	const struct ixit *ixit = review->ixit;

	for (size_t i = 0; i < review->catalogue->requirement_count; i++) {
		const struct requirement *r = review->catalogue->requirements[i];
		bool applies = ixit_meets(ixit, r->condition);

		if (r->actor == ixit->iut_role && is_mandatory(r) && applies && ics_of(ixit, r) == ICS_NO)
			tell(review, REVIEW_FAIL, "%s: %s is mandatory, and not claimed", ixit->ics->path, r->id);
	}
}

static void review_ics(struct review *review)
{
	const struct ics *ics = review->ixit->ics;
	const struct value *role;

	if (!ics)
		return;
	for (size_t i = 0; i < ics->item_count; i++)
		review_item(review, i);
	role = value_get(value_get(ics->root, "roles"), actor_name(review->ixit->iut_role));
	if (role && ics->roles[review->ixit->iut_role].support == ICS_NO)
		tell(review, REVIEW_ERROR, "%s:%d: roles.%s is answered no, and this is the role that is tested",
		     ics->path, role->line, actor_name(review->ixit->iut_role));
	else
		review_mandatory(review);
}

/* --- IXIT --- */

static void review_hooks(struct review *review)
{
	static const char *const of_clients[] = {"start", "register", "deregister", "set_offline_delivery",
						 "stop",  "tester",   NULL};
	const struct ixit *ixit = review->ixit;
	const struct value *hooks = value_get(ixit->root, "hooks"), *hook;
	bool server = ixit->iut_role == ACTOR_SERVER;

	for (const char *const *name = of_clients; server && *name; name++)
		if ((hook = value_get(hooks, *name)))
			tell(review, REVIEW_NOTE,
			     "%s:%d: hooks.%s makes a client act, and the IUT is a server: it is not used", ixit->path,
			     hook->line, *name);
	if (!server && (hook = value_get(hooks, "deposit")))
		tell(review, REVIEW_NOTE,
		     "%s:%d: hooks.deposit is for a server, and the IUT is a client: it is not used", ixit->path,
		     hook->line);
	if (ixit->hooks.tester && (hook = value_get(hooks, "start")))
		tell(review, REVIEW_ERROR, "%s:%d: hooks.start stands beside hooks.tester, expected one of them",
		     ixit->path, hook->line);
}

static void review_addresses(struct review *review)
{
	const struct ixit *ixit = review->ixit;
	char text[NET_ADDR_TEXT_MAX];

	if (!ixit->iut_known || ixit->iut_name)
		return;
	net_addr_format(text, &ixit->iut);
	if (net_addr_eq(&ixit->iut, &ixit->core))
		tell(review, REVIEW_ERROR, "%s is the address of the IUT and of the core", text);
	else if (ixit->iut.family != ixit->core.family)
		tell(review, REVIEW_ERROR,
		     "the IUT at %s can't be reached from the core's address: one is IPv4, one IPv6", text);
}

int ixit_review(const struct ixit *ixit, const struct catalogue *catalogue,
		void (*tell_fn)(void *arg, enum review_kind kind, const char *text), void *arg)
{
	struct review review = {ixit, catalogue, tell_fn, arg, -1};

	review_addresses(&review);
	if (ixit->root)
		review_hooks(&review);
	review_ics(&review);
	return review.worst;
}

/* --- for a run --- */

static void keep_error(void *arg, enum review_kind kind, const char *text)
{
	struct err *err = arg;

	if (kind == REVIEW_ERROR && !err->code)
		err_set(err, -EINVAL, "%s", text);
}

int ixit_review_check(const struct ixit *ixit, const struct catalogue *catalogue, struct err *err)
{
	*err = (struct err){0};
	ixit_review(ixit, catalogue, keep_error, err);
	return err->code;
}

static void keep_note(void *arg, enum review_kind kind, const char *text)
{
	if (kind == REVIEW_NOTE)
		campaign_add_note(arg, text);
}

void ixit_review_apply(const struct ixit *ixit, struct campaign *campaign)
{
	ixit_review(ixit, campaign->catalogue, keep_note, campaign);
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct requirement *r = campaign->requirements[i].requirement;
		enum ics_answer answer = ics_of(ixit, r);

		if (answer == ICS_NO || (answer == ICS_YES && ics_names(ixit, r)))
			campaign_claim(campaign, r->id, answer == ICS_NO ? CLAIM_NO : CLAIM_YES, NULL);
	}
}
