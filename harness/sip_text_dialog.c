/* SPDX-License-Identifier: MIT */
#include "harness/sip_text_dialog.h"
#include "sip/value.h"

#include <inttypes.h>

void sip_dialog_done(struct sip_dialog *dialog)
{
	arena_done(&dialog->arena);
	*dialog = (struct sip_dialog){0};
}

/* Record-Route of the message that made the dialog; the caller takes it from the far end (RFC 3261 12.1.1, 12.1.2). */
static void routes_take(struct sip_dialog *dialog, const struct sip_msg *msg, bool reversed)
{
	struct sip_values it;
	struct slice value;
	size_t n = 0;

	sip_values_start(&it, msg, SIP_HEADER_RECORD_ROUTE);
	while (n < SIP_DIALOG_ROUTES_MAX && sip_values_next(&it, &value))
		dialog->routes[n++] = arena_copy(&dialog->arena, value);
	dialog->route_count = n;
	for (size_t i = 0; reversed && i < n / 2; i++) {
		struct slice other = dialog->routes[i];
		dialog->routes[i] = dialog->routes[n - 1 - i];
		dialog->routes[n - 1 - i] = other;
	}
}

static int dialog_take(struct sip_dialog *dialog, const struct sip_msg *ids, const struct sip_msg *target,
		       struct err *err)
{
	struct sip_addr contact;

	if (sip_msg_addr(target, SIP_HEADER_CONTACT, &contact) < 0)
		return err_set(err, -EBADMSG, "a dialog without a readable Contact");
	if (!sip_msg_has(ids, SIP_HEADER_FROM) || !sip_msg_has(target, SIP_HEADER_TO) ||
	    !sip_msg_has(ids, SIP_HEADER_CALL_ID))
		return err_set(err, -EBADMSG, "a dialog without From, To or Call-ID");
	dialog->call_id = arena_copy(&dialog->arena, sip_msg_value(ids, SIP_HEADER_CALL_ID));
	dialog->target = arena_copy(&dialog->arena, contact.uri);
	return 0;
}

static void tag_keep(struct sip_dialog *dialog, struct slice tag)
{
	dialog->remote_tag = tag.p ? arena_copy(&dialog->arena, tag) : SLICE_NONE;
}

int sip_dialog_called(struct sip_dialog *dialog, const struct sip_msg *request, const struct sip_msg *answer,
		      struct err *err)
{
	uint32_t cseq, known = dialog->cseq;
	struct slice method;
	int rc;

	if (sip_msg_cseq(request, &cseq, &method) < 0)
		return err_set(err, -EBADMSG, "a dialog without a readable CSeq");
	sip_dialog_done(dialog);
	rc = dialog_take(dialog, request, answer, err);
	if (rc < 0)
		return rc;
	dialog->cseq = cseq > known ? cseq : known;
	dialog->local = arena_copy(&dialog->arena, sip_msg_value(request, SIP_HEADER_FROM));
	dialog->remote = arena_copy(&dialog->arena, sip_msg_value(answer, SIP_HEADER_TO));
	tag_keep(dialog, sip_msg_tag(answer, SIP_HEADER_TO));
	routes_take(dialog, answer, true);
	return 0;
}

int sip_dialog_accepted(struct sip_dialog *dialog, const struct sip_msg *request, const char *local_tag,
			struct err *err)
{
	struct slice method, to = sip_msg_value(request, SIP_HEADER_TO);
	int rc;

	sip_dialog_done(dialog);
	rc = dialog_take(dialog, request, request, err);
	if (rc < 0)
		return rc;
	if (sip_msg_cseq(request, &dialog->remote_cseq, &method) < 0)
		return err_set(err, -EBADMSG, "a dialog without a readable CSeq");
	dialog->local = slice_of(arena_printf(&dialog->arena, "%.*s;tag=%s", SLICE_F(to), local_tag));
	dialog->remote = arena_copy(&dialog->arena, sip_msg_value(request, SIP_HEADER_FROM));
	tag_keep(dialog, sip_msg_tag(request, SIP_HEADER_FROM));
	routes_take(dialog, request, false);
	return 0;
}

void sip_dialog_retarget(struct sip_dialog *dialog, const struct sip_msg *msg)
{
	struct sip_addr contact;

	if (sip_msg_addr(msg, SIP_HEADER_CONTACT, &contact) < 0 || slice_eq(contact.uri, dialog->target))
		return;
	dialog->target = arena_copy(&dialog->arena, contact.uri);
}

static struct slice local_tag(const struct sip_dialog *dialog)
{
	struct sip_addr local;
	struct slice tag = SLICE_NONE;

	if (sip_addr_read(dialog->local, &local) == 0)
		sip_param_find(local.params, "tag", &tag);
	return tag;
}

/* Who sent the message decides which of its tags is ours: requests inside a dialog name us in To, answers in From. */
bool sip_dialog_has(const struct sip_dialog *dialog, const struct sip_msg *msg)
{
	enum sip_header ours = msg->is_request ? SIP_HEADER_TO : SIP_HEADER_FROM;
	enum sip_header theirs = msg->is_request ? SIP_HEADER_FROM : SIP_HEADER_TO;

	return dialog->call_id.p && slice_eq(sip_msg_value(msg, SIP_HEADER_CALL_ID), dialog->call_id) &&
	       slice_eq(sip_msg_tag(msg, ours), local_tag(dialog)) &&
	       slice_eq(sip_msg_tag(msg, theirs), dialog->remote_tag);
}

static void head_write(struct buf *to, const struct sip_dialog *dialog, const char *method, uint32_t cseq,
		       enum net_transport transport, const struct net_addr *from, const char *branch)
{
	sip_text_request(to, method, dialog->target);
	sip_text_via(to, transport, from, branch);
	sip_text_header(to, "Max-Forwards", "70");
	for (size_t i = 0; i < dialog->route_count; i++)
		sip_text_header_slice(to, "Route", dialog->routes[i]);
	sip_text_header_slice(to, "From", dialog->local);
	sip_text_header_slice(to, "To", dialog->remote);
	sip_text_header_slice(to, "Call-ID", dialog->call_id);
	sip_text_header(to, "CSeq", "%" PRIu32 " %s", cseq, method);
}

void sip_dialog_request(struct buf *to, struct sip_dialog *dialog, const char *method, enum net_transport transport,
			const struct net_addr *from, const char *branch)
{
	bool own = !slice_is(slice_of(method), "ACK") && !slice_is(slice_of(method), "CANCEL");

	dialog->cseq += own;
	head_write(to, dialog, method, dialog->cseq, transport, from, branch);
}

void sip_dialog_ack(struct buf *to, const struct sip_dialog *dialog, uint32_t cseq, enum net_transport transport,
		    const struct net_addr *from, const char *branch)
{
	head_write(to, dialog, "ACK", cseq, transport, from, branch);
}

int sip_dialog_hop(const struct sip_dialog *dialog, struct net_addr *ret_addr, enum net_transport *ret_transport,
		   struct err *err)
{
	struct sip_addr route;

	if (!dialog->route_count)
		return sip_text_hop(dialog->target, ret_addr, ret_transport, err);
	if (sip_addr_read(dialog->routes[0], &route) < 0)
		return err_set(err, -EBADMSG, "the route of the dialog is not readable");
	return sip_text_hop(route.uri, ret_addr, ret_transport, err);
}
