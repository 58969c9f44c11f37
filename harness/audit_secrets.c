/* SPDX-License-Identifier: MIT */
#include "harness/audit_secrets.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { PASSWORD_MAX = 1024, NAME_MAX_SHOWN = 80 };

static const struct audit_secret *find(const struct audit_secrets *secrets, struct slice username)
{
	for (const struct audit_secret *s = secrets->first; s; s = s->next)
		if (slice_eq(s->username, username))
			return s;
	return NULL;
}

static bool find_password(void *arg, struct slice username, struct slice realm, struct slice *ret_password)
{
	const struct audit_secret *secret = find(arg, username);

	(void)realm;
	if (secret)
		*ret_password = secret->password;
	return secret != NULL;
}

static int read_line(const char *path, char line[PASSWORD_MAX], struct err *err)
{
	FILE *file = fopen(path, "re");
	char shown[NAME_MAX_SHOWN];
	int ret = 0;

	text_clean_fixed(shown, sizeof(shown), slice_of(path));
	if (!file)
		return err_set(err, -errno, "--password: %s: %s", shown, strerror(errno));
	errno = 0;
	if (!fgets(line, PASSWORD_MAX, file)) {
		line[0] = '\0';
		if (errno)
			ret = err_set(err, -errno, "--password: %s: %s", shown, strerror(errno));
	}
	fclose(file);
	if (ret == 0 && strlen(line) == PASSWORD_MAX - 1)
		return err_set(err, -EINVAL, "--password: %s: a line of more than %d bytes", shown, PASSWORD_MAX - 2);
	line[strcspn(line, "\r\n")] = '\0';
	if (ret == 0 && !line[0])
		ret = err_set(err, -EINVAL, "--password: %s: no password on the first line", shown);
	return ret;
}

static int add(struct audit_secrets *secrets, const char *item, struct err *err)
{
	const char *equals = strchr(item, '=');
	struct slice username = {item, equals ? (size_t)(equals - item) : 0};
	char line[PASSWORD_MAX], shown[NAME_MAX_SHOWN];
	struct audit_secret *secret;
	int ret;

	if (!username.len || !equals[1])
		return err_set(err, -EINVAL, "--password: expected USER=FILE");
	if (find(secrets, username))
		return err_set(err, -EINVAL, "--password: %s is given twice",
			       text_clean_fixed(shown, sizeof(shown), username));
	ret = read_line(equals + 1, line, err);
	if (ret < 0)
		return ret;
	secret = arena_alloc(&secrets->arena, sizeof(*secret));
	secret->username = arena_copy(&secrets->arena, username);
	secret->password = arena_copy(&secrets->arena, slice_of(line));
	secret->next = secrets->first;
	secrets->first = secret;
	return 0;
}

int audit_secrets_read(struct audit_secrets *secrets, const struct option_list *list, struct err *err)
{
	int ret = 0;

	*secrets = (struct audit_secrets){.secrets = {.find = find_password, .arg = secrets}};
	for (size_t i = 0; i < list->count && ret == 0; i++)
		ret = add(secrets, list->items[i], err);
	return ret;
}

void audit_secrets_done(struct audit_secrets *secrets)
{
	arena_done(&secrets->arena);
	secrets->first = NULL;
}
