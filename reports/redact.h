/* SPDX-License-Identifier: MIT
 *
 * Reports for people who must not learn who the users are. Identities become pseudonyms, the same one wherever an
 * identity is named: in the campaign, and in the capture that is written for it.
 *
 *   user-1 +999000001      users, and their telephone numbers
 *   host-1.invalid         names of hosts and domains, in any letter case
 *   198.18.0.1 2001:db8::1 addresses; ports stay, so that two ends of a host can be told apart
 *   name-1 call-1 text-1   display names, Call-IDs, bodies of messages and what is said in SDP
 *   value-1                values of headers and settings that nothing is known of
 *
 *   redact.c          all texts of a campaign
 *   redact_names.c    who has which pseudonym
 *   redact_value.c    identities in any text: URIs, addresses, display names, and what was found elsewhere
 *   redact_message.c  a SIP or MSRP message, header by header
 *   redact_body.c     its body: SDP, XML, CPIM, several parts; other text is hidden whole */
#ifndef REPORTS_REDACT_H
#define REPORTS_REDACT_H

#include "base/buf.h"
#include "judge/campaign.h"

struct redaction;

/* Changes all texts of a settled campaign that come from the wire or name its place. Byte ranges of evidence move
 * along, Content-Length too. Names of requirements and of cases stay; of paths the last part, paths to open (files)
 * whole. The result goes with the campaign to the reports (report_options.redaction). */
struct redaction *redaction_new(struct campaign *campaign);
void redaction_free(struct redaction *redaction);

/* For captures: a message as on the wire, appended as it is to be shown, and an address. Names that the campaign did
 * not have get further numbers. */
void redaction_message(struct redaction *redaction, struct slice bytes, struct buf *to);
struct net_addr;
void redaction_addr(struct redaction *redaction, struct net_addr *addr);

#endif
