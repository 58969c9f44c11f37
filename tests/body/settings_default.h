/* SPDX-License-Identifier: MIT
 *
 * The settings of scenarios/profiles/default.lua, for tests that load no scripts. tests/script/test_profile.c holds the
 * file against it. */
#ifndef TESTS_BODY_SETTINGS_DEFAULT_H
#define TESTS_BODY_SETTINGS_DEFAULT_H

#include "body/settings.h"

/* Never freed. */
const struct settings_profile *settings_profile_default(void);

#endif
