/* SPDX-License-Identifier: MIT
 *
 * Passwords of Digest users and keys of AKA subscribers, where whoever has the judge work knows them: then the value of
 * a response is checked, not only its form. */
#ifndef CHECK_SECRETS_H
#define CHECK_SECRETS_H

#include "base/slice.h"
#include "sip/milenage.h"

struct secrets {
	/* False, *ret untouched: not known. The password lives as long as the judging. */
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

#endif
