/* SPDX-License-Identifier: MIT
 *
 * The doors to libxml2: settings_xml.c holds its SAX parser, settings_xsd.c its schemas. No other file includes a
 * header of libxml2. Only settings.c uses these. */
#ifndef BODY_SETTINGS_XML_H
#define BODY_SETTINGS_XML_H

#include "body/settings_rules.h"

/* For the whole process: no loads, no messages. */
void settings_xml_init(void);

/* Parses the document and walks its tags; fills *ret, which is zeroed before, but for `valid`. */
void settings_xml_read(const struct settings_profile *profile, struct slice body, struct settings *ret);

/* A schema; any number of threads may check with it. */
struct settings_xsd;
int settings_xsd_new(struct slice text, struct settings_xsd **ret_xsd, struct err *err);
void settings_xsd_free(struct settings_xsd *xsd);
/* Notes the first breach in *ret. `body` is known to be well-formed and without DOCTYPE. */
void settings_xsd_check(struct settings_xsd *xsd, struct slice body, struct settings *ret);

#endif
