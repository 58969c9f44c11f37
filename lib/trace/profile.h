/* SPDX-License-Identifier: MIT
 *
 * What the specification cites and does not contain, as data: one profile is loaded from a Lua table
 * (scenarios/profiles) and then only read. Strings live as long as the profile. */
#ifndef TRACE_PROFILE_H
#define TRACE_PROFILE_H

#include "body/multipart.h"
#include "body/settings.h"
#include "sip/value.h"

enum { PROFILE_METADATA_EVENTS_MAX = 8 };

struct profile {
	const char *name;
	const char *feature_tag;    /* "+g.oma.sip-im" */
	const char *event;          /* "poc-settings" */
	const char *client_product; /* "IM-client", release token of User-Agent (Appendix F) */
	const char *server_product; /* "IM-serv" */
	const char *version;        /* "OMA*": a trailing '*' stands for any rest */
	const char *metadata_events[PROFILE_METADATA_EVENTS_MAX + 1]; /* 12.1.2.2, NULL-ended */
	const char *metadata_type; /* MIME type that the metadata SUBSCRIBE accepts */
	const char *metadata_auid;
	struct settings_profile settings;
	const struct settings_reader *reader; /* of `settings`, made by whoever loaded the profile */
};

/* Is the event package of a SUBSCRIBE or NOTIFY one of those that carry the metadata? */
static inline bool profile_is_metadata(const struct profile *profile, const struct sip_msg *msg)
{
	for (const char *const *event = profile->metadata_events; *event; event++)
		if (slice_is(sip_msg_event(msg), *event))
			return true;
	return false;
}

/* Does a SUBSCRIBE by such a package say that it is for the deferred list? The packages serve other documents, too. */
static inline bool profile_names_metadata(const struct profile *profile, const struct sip_msg *msg)
{
	struct sip_values it;
	struct slice type;

	if (!profile_is_metadata(profile, msg))
		return false;
	sip_values_start(&it, msg, SIP_HEADER_ACCEPT);
	while (sip_values_next(&it, &type))
		if (media_type_is(type, profile->metadata_type))
			return true;
	return slice_find(msg->raw, slice_of(profile->metadata_auid));
}

#endif
