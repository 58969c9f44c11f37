/* SPDX-License-Identifier: MIT
 *
 * The IM service settings document (the change request's Appendix E.2, RFC 4354 and its OMA IM extension): what a
 * PUBLISH carries. Names come from a profile, because the appendix is not in the text. Fed with the bytes of a body;
 * read by the checks of 5.2.4-8 and by whoever must know what offline delivery was set to.
 *
 * Hostile input is expected: no DOCTYPE, no entities, no external loads, 1 MiB at most. libxml2 stays behind
 * body/settings_xml.c and body/settings_xsd.c. */
#ifndef BODY_SETTINGS_H
#define BODY_SETTINGS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum { SETTINGS_LEN_MAX = 1024 * 1024, SETTINGS_RULES_MAX = 32 };

enum settings_item { /* the six settings of step 8, a to f */
		     SETTINGS_SESSION_BARRING,
		     SETTINGS_PAGER_BARRING,
		     SETTINGS_INVISIBILITY,
		     SETTINGS_OFFLINE_DELIVERY,
		     SETTINGS_SESSION_STORING,
		     SETTINGS_PAGER_STORING,
		     SETTINGS_ITEM_COUNT,
		     SETTINGS_ITEM_NONE = SETTINGS_ITEM_COUNT, /* rules of names that are known and no item */
};

/* One known element. Local names; any prefix, any order, inside or beside the entity. Strings may be NULL where told.
 */
struct settings_rule {
	enum settings_item item;
	const char *container; /* parent element: "deferred-settings" */
	const char *element;   /* "offline-delivery" */
	const char *attribute; /* holds an xs:boolean: "active". NULL: the element's text is the value */
	const char *values;    /* NULL: xs:boolean; else the words allowed, with blanks between: "automatic manual" */
	const char *selector;  /* attribute that tells two uses of one element apart: "service-id"; NULL: none */
	const char *selector_value; /* "session-mode" */
	bool selector_default;      /* an element without the selector attribute is this one */
	bool in_root_ns; /* settings_write puts it in root_ns, not in im_ns; readers know every name in both */
};

struct settings_profile {
	const char *mime;    /* "application/poc-settings+xml" */
	const char *root;    /* "poc-settings" */
	const char *root_ns; /* of the root and the entity; "urn:oma:params:xml:ns:poc:poc-settings" */
	const char *im_ns;   /* of the extensions; "urn:oma:xml:im:service-settings"; rules' names are known in both */
	const char *entity;  /* "entity" */
	const char *entity_id; /* its required attribute "id"; NULL: none is required */
	const struct settings_rule *rules;
	size_t rule_count;
	const char *xsd; /* text of a schema that documents must also meet; NULL: the rules alone decide */
};

enum settings_value {
	SETTINGS_ABSENT,
	SETTINGS_TRUE,
	SETTINGS_FALSE,
	SETTINGS_BAD, /* there, but no boolean, or given twice with different values */
};

struct settings_seen {
	enum settings_value value;
	uint16_t count;        /* how often it was given */
	uint32_t offset, len;  /* its start tag in the body (the first one's); len 0: absent or not known */
	uint32_t line, column; /* of the end of that tag; 0: absent */
	char text[32];         /* the value as written, cut and safe to print */
};

struct settings {              /* holds no pointers: may be copied */
	bool well_formed;      /* XML 1.0, and no DOCTYPE */
	bool doctype;          /* refused for its DOCTYPE */
	bool too_big;          /* refused for its size */
	bool root_known;       /* root element and namespace are the profile's */
	bool valid;            /* well-formed, and no rule (or schema) broken; text says the first breach */
	bool unknown;          /* there are elements whose name or namespace the profile does not know */
	uint32_t line, column; /* of the breach that text tells; 0: none or no place */
	uint32_t offset;       /* byte of that breach, where known; else 0 */
	char text[160]; /* what makes the XML no XML, else the first breach; without place, safe to print; "" where
			   valid */
	char unknown_name[48];                          /* the first unknown name, safe to print */
	struct settings_seen item[SETTINGS_ITEM_COUNT]; /* all absent where it is not well-formed */
};

static inline enum settings_value settings_offline_delivery(const struct settings *settings)
{
	return settings->item[SETTINGS_OFFLINE_DELIVERY].value;
}

/* "session-barring", …: as scenarios have it; NULL-ended. */
extern const char *const settings_item_words[];

/* Once per process, before threads start and before any other function here: switches libxml2's loaders and messages
 * off, for the whole process. */
void settings_init(void);

/* A profile made ready for reading. Any number of threads may read with one at the same time. */
struct settings_reader;
/* The profile and its strings must outlive the reader. Returns 0; -EINVAL: a needed name is missing or the schema does
 * not parse (err tells the line). *ret_reader is then NULL. */
int settings_reader_new(const struct settings_profile *profile, struct settings_reader **ret_reader, struct err *err);
void settings_reader_free(struct settings_reader *reader);

/* Reads a document; always fills *ret, whatever the bytes are. */
void settings_read(const struct settings_reader *reader, struct slice body, struct settings *ret);

/* Remembers what documents said, by their bytes: most users publish the same ones. Caller's storage, one per thread. */
struct settings_cache_slot;
struct settings_cache {
	struct settings_cache_slot *slots;
	size_t slot_count;
	uint64_t hits, misses;
};
/* At most `slot_count` documents (0: 64) of up to 8 KiB each; larger ones are read each time. */
void settings_cache_init(struct settings_cache *cache, size_t slot_count);
void settings_cache_done(struct settings_cache *cache);
/* As settings_read; always with one and the same reader for one cache. */
void settings_read_cached(const struct settings_reader *reader, struct settings_cache *cache, struct slice body,
			  struct settings *ret);

/* As an item of the values below: the element stands there without its value. */
extern const char settings_bare[];

/* What settings_write writes: an item that is NULL is left out; others are written as they are, "maybe" too. */
struct settings_values {
	const char *entity_id; /* NULL: no entity, the settings stand beside it */
	const char *item[SETTINGS_ITEM_COUNT];
};
/* Appends a document with the names of `profile`, LF line ends. Values are escaped, so that the XML stays well-formed.
 */
void settings_write(struct buf *to, const struct settings_profile *profile, const struct settings_values *values);

#endif
