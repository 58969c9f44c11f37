/* SPDX-License-Identifier: MIT
 *
 * What the tags of a settings document mean by the profile, without a word of XML: fed by settings_xml.c tag by tag,
 * fills a struct settings. Only the settings files use it. */
#ifndef BODY_SETTINGS_RULES_H
#define BODY_SETTINGS_RULES_H

#include "body/settings.h"

struct settings_place {
	uint32_t line, column; /* 0: not known */
	uint32_t offset, len;  /* len 0: not known */
};

struct settings_tag {
	const char *name, *ns; /* local name; ns may be NULL */
	/* five pointers each: local name, prefix, namespace, first byte of the value, byte behind it */
	const unsigned char *const *attributes;
	int attribute_count;
	struct settings_place place;
};

enum settings_level { /* what an open element is */
		      SETTINGS_LEVEL_ROOT,
		      SETTINGS_LEVEL_ENTITY,
		      SETTINGS_LEVEL_CONTAINER,
		      SETTINGS_LEVEL_SETTING,
		      SETTINGS_LEVEL_UNKNOWN,
};

/* Root, entity, container, setting, and one that is unknown: deeper ones are only counted. */
enum { SETTINGS_DEPTH = 5, SETTINGS_TEXT_MAX = 64 };

struct settings_walk { /* zeroed but for the first two at the start of a document */
	const struct settings_profile *profile;
	struct settings *ret;
	enum settings_level level[SETTINGS_DEPTH];
	unsigned depth;                        /* open elements */
	const char *container;                 /* the profile's name of the container that is open */
	const struct settings_rule *text_rule; /* the open setting whose text is its value, or NULL */
	struct settings_place text_place;
	char text[SETTINGS_TEXT_MAX]; /* gathered so far, without blanks in front */
	size_t text_len;
	bool text_cut; /* more than blanks came behind those: it is no value */
};

void settings_walk_open(struct settings_walk *walk, const struct settings_tag *tag);
void settings_walk_text(struct settings_walk *walk, struct slice text);
void settings_walk_close(struct settings_walk *walk);

/* Notes a breach, if it is the first. Bytes from outside must be clean already. */
void settings_breach(struct settings *ret, const struct settings_place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
