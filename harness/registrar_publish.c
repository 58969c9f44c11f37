/* SPDX-License-Identifier: MIT
 *
 * PUBLISH as the IM Server behind the core answers it (RFC 3903 6): by plan, else as a good event state compositor. */
#include "body/multipart.h"
#include "harness/registrar_private.h"
#include "sip/value.h"

/* Of the publication that the request is about; NULL: it names one that is not in force. */
static char *etag_of(struct account *account, const struct sip_msg *msg)
{
	struct slice tag = sip_msg_value(msg, SIP_HEADER_SIP_IF_MATCH);

	for (size_t i = 0; i < ACCOUNT_ETAGS; i++)
		if (tag.len && slice_is(tag, account->etags[i]))
			return account->etags[i];
	return NULL;
}

/* A place for another publication (RFC 3903 4.1); where there is none, the oldest goes. */
static char *etag_new(struct account *account)
{
	for (size_t i = 0; i < ACCOUNT_ETAGS; i++)
		if (!account->etags[i][0])
			return account->etags[i];
	memmove(account->etags, account->etags[1], sizeof(account->etags) - sizeof(*account->etags));
	return account->etags[ACCOUNT_ETAGS - 1];
}

static void accept(struct account *account, struct buf *to, const struct sip_msg *msg, const struct plan_answer *answer)
{
	uint32_t granted = plan_granted(answer, registrar_expires(msg));
	char *etag = etag_of(account, msg);

	etag = etag ? etag : etag_new(account);
	sip_text_header(to, "Expires", "%u", granted);
	sip_text_header(to, "SIP-ETag", "%s", sip_text_word(account->registrar->world, etag));
	if (!granted)
		etag[0] = '\0';
}

static bool is_stale(struct account *account, const struct sip_msg *msg)
{
	return sip_msg_has(msg, SIP_HEADER_SIP_IF_MATCH) && !etag_of(account, msg);
}

static void write_refusal(struct account *account, struct buf *to, const struct sip_msg *msg,
			  const struct plan_answer *answer)
{
	const struct profile *profile = account->registrar->config.profile;
	char *etag = etag_of(account, msg);

	if (answer->status == 412 && etag)
		etag[0] = '\0';
	if (answer->status == 489)
		sip_text_header(to, "Allow-Events", "%s", profile->event);
	if (answer->status == 415)
		sip_text_header(to, "Accept", "%s", profile->settings.mime);
}

static enum settings_value delivery_told(const struct account *account, const struct sip_msg *msg)
{
	const struct profile *profile = account->registrar->config.profile;
	struct arena arena = {0};
	struct settings settings;
	struct slice body;
	enum settings_value told = SETTINGS_ABSENT;

	if (profile->reader && multipart_find(sip_msg_value(msg, SIP_HEADER_CONTENT_TYPE), msg->body,
					      profile->settings.mime, &arena, &body)) {
		settings_read(profile->reader, body, &settings);
		told = settings_offline_delivery(&settings);
	}
	arena_done(&arena);
	return told;
}

void account_on_publish(struct account *account, struct server_txn *txn, const struct sip_msg *msg)
{
	static const struct plan_answer unknown_tag = {.status = 412};
	const struct plan_answer *answer = plan_next(&account->publications);
	struct buf text = {0};

	if (answer->status >= 200 && answer->status < 300 && is_stale(account, msg))
		answer = &unknown_tag;
	account->publish_status = answer->status;
	account->told = delivery_told(account, msg);
	if (answer->status) {
		registrar_answer_head(account->registrar, &text, txn, answer->status, NULL);
		if (answer->status < 300)
			accept(account, &text, msg, answer);
		else
			write_refusal(account, &text, msg, answer);
		registrar_answer_lines(&text, answer, registrar_expires(msg));
		registrar_finish(txn, &text);
	}
	account_tell(account, ACCOUNT_PUBLISHED);
}
