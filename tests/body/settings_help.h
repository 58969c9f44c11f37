/* SPDX-License-Identifier: MIT
 *
 * What the tests of settings documents share. */
#ifndef TESTS_SETTINGS_HELP_H
#define TESTS_SETTINGS_HELP_H

#include "body/settings.h"

#define POC             "urn:oma:params:xml:ns:poc:poc-settings"
#define IM              "urn:oma:xml:im:service-settings"
#define ROOT            "<poc-settings xmlns=\"" POC "\" xmlns:im=\"" IM "\">"
#define DOC(inner)      ROOT inner "</poc-settings>"
#define DELIVERY(value) "<im:deferred-settings><im:offline-delivery active=\"" value "\"/></im:deferred-settings>"

/* Reads with the default profile (settings_init included) and frees the reader again. */
struct settings settings_of(struct slice body);

#endif
