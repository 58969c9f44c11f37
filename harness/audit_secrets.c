/* SPDX-License-Identifier: MIT */
#include "harness/audit_secrets.h"
#include "base/text.h"
#include "harness/password.h"
#include "sip/uri.h"

#include <stdio.h>
#include <string.h>

static struct audit_secret *find(const struct audit_secrets *secrets, struct slice username)
{
	for (struct audit_secret *s = secrets->first; s; s = s->next)
		if (slice_eq(s->username, username))
			return s;
	return NULL;
}

static bool find_password(void *arg, struct slice username, struct slice realm, struct slice *ret_password)
{
	const struct audit_secret *secret = find(arg, username);

	(void)realm;
	if (!secret || !secret->password.p)
		return false;
	*ret_password = secret->password;
	return true;
}

/* Has the client of that user a password to answer with? */
static bool is_able(void *arg, struct slice user)
{
	const struct audit_secrets *secrets = arg;
	const struct ixit *ixit = secrets->ixit;

	for (size_t i = 0; ixit && i < ixit->user_count; i++)
		if (sip_uri_same_user(slice_of(ixit->users[i].address), user) &&
		    find(secrets, slice_of(ixit->users[i].private_id)))
			return true;
	return false;
}

/* The keys of AKA. One name may stand for users of several domains: then it is not known whose count. */
static bool find_keys(void *arg, struct slice username, struct milenage *ret_keys)
{
	const struct audit_secrets *secrets = arg;
	const struct ixit *ixit = secrets->ixit;
	const struct milenage *keys = NULL;

	for (size_t i = 0; ixit && i < ixit->user_count; i++) {
		const struct milenage *own = ixit->users[i].keys;

		if (!own || !slice_is(username, ixit->users[i].private_id))
			continue;
		if (keys && memcmp(keys, own, sizeof(*keys)) != 0)
			return false;
		keys = own;
	}
	if (keys)
		*ret_keys = *keys;
	return keys != NULL;
}

static void insert(struct audit_secrets *secrets, struct slice username, struct slice password)
{
	struct audit_secret *secret = arena_alloc(&secrets->arena, sizeof(*secret));

	*secret = (struct audit_secret){arena_copy(&secrets->arena, username), arena_copy(&secrets->arena, password),
					secrets->first};
	secrets->first = secret;
}

static int add(struct audit_secrets *secrets, const char *item, struct err *err)
{
	const char *equals = strchr(item, '=');
	struct slice username = {item, equals ? (size_t)(equals - item) : 0};
	char line[PASSWORD_MAX], shown[80];
	int ret;

	if (!username.len || !equals[1])
		return err_set(err, -EINVAL, "--password: expected USER=FILE");
	if (find(secrets, username))
		return err_set(err, -EINVAL, "--password: %s is given twice",
			       text_clean_fixed(shown, sizeof(shown), username));
	ret = password_read(equals + 1, line, err);
	if (ret < 0)
		return err_prefix(err, ret, "--password");
	insert(secrets, username, slice_of(line));
	return 0;
}

int audit_secrets_read(struct audit_secrets *secrets, const struct option_list *list, struct err *err)
{
	int ret = 0;

	*secrets = (struct audit_secrets){
		.secrets = {.find = find_password, .able = is_able, .find_aka = find_keys, .arg = secrets}};
	for (size_t i = 0; i < list->count && ret == 0; i++)
		ret = add(secrets, list->items[i], err);
	return ret;
}

static bool is_told(const struct audit_secret *told, const struct audit_secret *secret)
{
	while (told && told != secret)
		told = told->next;
	return told != NULL;
}

/* One name may stand for users of several domains: then it is not known whose password counts. */
void audit_secrets_add_users(struct audit_secrets *secrets, const struct ixit *ixit)
{
	const struct audit_secret *told = secrets->first;

	secrets->ixit = ixit;
	for (size_t i = 0; i < ixit->user_count; i++) {
		struct slice username = slice_of(ixit->users[i].private_id);
		const char *password = ixit_password(&secrets->arena, &ixit->users[i]);
		struct audit_secret *known = find(secrets, username);

		if (password && !known)
			insert(secrets, username, slice_of(password));
		else if (password && !is_told(told, known) && !slice_is(known->password, password))
			known->password = SLICE_NONE;
	}
}

void audit_secrets_done(struct audit_secrets *secrets)
{
	arena_done(&secrets->arena);
	secrets->first = NULL;
}
