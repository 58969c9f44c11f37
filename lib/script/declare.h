/* SPDX-License-Identifier: MIT
 *
 * Between the two files of declaring words. */
#ifndef SCRIPT_DECLARE_H
#define SCRIPT_DECLARE_H

#include "script/script_lua.h"

void script_rules_open(lua_State *L);
/* Reads on, expect, contested, broken and falls_with of the table that is the first argument; raises with "what: …". */
void rule_read(lua_State *L, const char *what, struct rule *rule);

#endif
