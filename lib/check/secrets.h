/* SPDX-License-Identifier: MIT
 *
 * Passwords of Digest users and keys of AKA subscribers, where whoever has the judge work knows them: then the value of
 * a response is checked, not only its form. */
#ifndef CHECK_SECRETS_H
#define CHECK_SECRETS_H

#include "base/slice.h"
#include "sip/milenage.h"

struct secrets {
	/* False, *ret untouched: not known. NULL: nobody knows any. The password lives as long as the judging. */
	bool (*find)(void *arg, struct slice username, struct slice realm, struct slice *ret_password);
	/* Has the client of this user ("sip:alice@im.example") a password? NULL: nobody knows of any. */
	bool (*able)(void *arg, struct slice user);
	/* The only user name by which that user's client can answer in that realm; false: not known. NULL: nobody
	 * knows. */
	bool (*name)(void *arg, struct slice user, struct slice realm, struct slice *ret_username);
	/* The same as find for a subscriber's keys, by his private identity. NULL: none are known. */
	bool (*find_aka)(void *arg, struct slice username, struct milenage *ret_keys);
	void *arg;
};

/* Asks where there is somebody to ask; of `secrets` NULL nothing is known. */
static inline bool secrets_password(const struct secrets *secrets, struct slice username, struct slice realm,
				    struct slice *ret)
{
	return secrets && secrets->find && secrets->find(secrets->arg, username, realm, ret);
}

static inline bool secrets_able(const struct secrets *secrets, struct slice user)
{
	return secrets && secrets->able && secrets->able(secrets->arg, user);
}

static inline bool secrets_name(const struct secrets *secrets, struct slice user, struct slice realm,
				struct slice *ret_username)
{
	return secrets && secrets->name && secrets->name(secrets->arg, user, realm, ret_username);
}

static inline bool secrets_keys(const struct secrets *secrets, struct slice username, struct milenage *ret)
{
	return secrets && secrets->find_aka && secrets->find_aka(secrets->arg, username, ret);
}

#endif
