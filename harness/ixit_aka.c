/* SPDX-License-Identifier: MIT
 *
 * Keys of AKA in an IXIT: users.N.k with users.N.opc or users.N.op, thirty-two hexadecimal digits each. No message
 * repeats them. */
#include "harness/ixit_file.h"
#include "sip/aka.h"

static int read_key(const char *path, int line, size_t number, const char *name, const char *text, uint8_t *ret,
		    struct err *err)
{
	if (aka_key_read(slice_of(text), ret, err) < 0)
		return err_prefix(err, -EINVAL, "%s:%d: users.%zu.%s", path, line, number, name);
	return 0;
}

int ixit_keys_read(const char *path, int line, size_t number, struct ixit_user *user, struct arena *arena,
		   struct err *err)
{
	struct milenage *keys;
	uint8_t op[MILENAGE_BLOCK];
	int rc;

	if (!user->k && !user->op && !user->opc)
		return 0;
	if (!user->k || !user->op == !user->opc)
		return err_set(err, -EINVAL, "%s:%d: users.%zu has keys of AKA in part, expected k with op or opc",
			       path, line, number);
	keys = arena_alloc(arena, sizeof(*keys));
	rc = read_key(path, line, number, "k", user->k, keys->k, err);
	if (rc == 0 && user->opc)
		rc = read_key(path, line, number, "opc", user->opc, keys->opc, err);
	else if (rc == 0)
		rc = read_key(path, line, number, "op", user->op, op, err);
	if (rc == 0 && user->op && milenage_opc(keys->k, op, keys->opc) < 0)
		rc = err_set(err, -EIO, "%s:%d: users.%zu.op: no AES can be had", path, line, number);
	user->keys = keys;
	return rc;
}
