/* SPDX-License-Identifier: MIT */
#include "harness/msrp_session_private.h"

#include "base/mem.h"

#include <stdlib.h>

/* Chunks of one message come in order on one stream; a chunk that starts at byte 1 begins a new one. False: more than
 * is kept of one message. */
static bool chunk_take(struct msrp_session *s, const struct msrp *send)
{
	if (!send->has_range || send->range_from <= 1) {
		buf_clear(&s->message);
		free(s->content_type);
		s->content_type = mem_printf("%.*s", SLICE_F(send->content_type));
	}
	if (s->message.len + send->body.len > MSRP_MESSAGE_MAX)
		return false;
	buf_add(&s->message, send->body);
	return true;
}

static unsigned message_tell(struct msrp_session *s)
{
	if (!s->events->on_message)
		return 200;
	return s->events->on_message(s->arg, s, slice_of(s->content_type), buf_slice(&s->message));
}

static void send_answer(struct msrp_session *s, const struct msrp *send, unsigned status)
{
	char transaction[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	if (!slice_is(send->failure_report, "no"))
		msrp_response_write(&text, send, status, status == 200 ? "OK" : NULL);
	if (status == 200 && send->flag == '$' && slice_is(send->success_report, "yes"))
		msrp_report_write(&text, send, sip_text_word(s->world, transaction), status);
	if (text.len)
		stream_send(s->stream, buf_slice(&text));
	buf_done(&text);
}

static void send_take(struct msrp_session *s, const struct msrp *send)
{
	unsigned status = 200;

	if (!send->body.p) {
		send_answer(s, send, status);
		return;
	}
	if (!chunk_take(s, send))
		status = 413;
	else if (send->flag == '$' && !SESSION_ALIVE_AFTER(s, status = message_tell(s)))
		return;
	if (s->stream && status)
		send_answer(s, send, status);
}

static int message_take(struct msrp_session *s, struct slice bytes, struct err *err)
{
	struct msrp msrp;
	int rc = msrp_read(&msrp, bytes, err);

	if (rc < 0)
		return rc;
	if (msrp.kind == MSRP_RESPONSE)
		msrp_response_take(s, &msrp);
	else if (msrp.kind == MSRP_SEND)
		send_take(s, &msrp);
	return 0;
}

int msrp_front_take(struct msrp_session *s, struct err *err)
{
	struct buf message = {0};
	size_t len;
	int rc = msrp_frame(buf_slice(&s->in), &s->scanned, &len, err);

	if (rc < 0)
		return rc;
	/* a copy: callbacks may free the session */
	buf_add(&message, (struct slice){s->in.p, len});
	buf_drop_front(&s->in, len);
	s->scanned = 0;
	if (!SESSION_ALIVE_AFTER(s, rc = message_take(s, buf_slice(&message), err)))
		rc = -ECANCELED;
	buf_done(&message);
	return rc;
}
