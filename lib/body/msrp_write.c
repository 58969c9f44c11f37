/* SPDX-License-Identifier: MIT */
#include "body/msrp.h"

#include "body/cut.h"

#include <assert.h>

bool msrp_transaction_fits(struct slice transaction, struct slice body)
{
	char line[7 + MSRP_ID_MAX];

	if (!msrp_is_transaction(transaction))
		return false;
	memcpy(line, "-------", 7);
	memcpy(line + 7, transaction.p, transaction.len);
	return slice_find(body, (struct slice){line, 7 + transaction.len}) == NULL;
}

static void header(struct buf *to, const char *name, const char *value)
{
	if (value)
		buf_printf(to, "%s: %s\r\n", name, value);
}

static void header_slice(struct buf *to, const char *name, struct slice value)
{
	buf_printf(to, "%s: ", name);
	buf_add(to, value);
	buf_puts(to, "\r\n");
}

static void range_end(struct buf *to, int64_t number, char behind)
{
	if (number < 0)
		buf_putc(to, '*');
	else
		buf_printf(to, "%lld", (long long)number);
	buf_putc(to, behind);
}

static void range(struct buf *to, uint64_t range_from, int64_t range_to, int64_t range_total)
{
	buf_printf(to, "Byte-Range: %llu-", (unsigned long long)range_from);
	range_end(to, range_to, '/');
	range_end(to, range_total, '\r');
	buf_putc(to, '\n');
}

static void end_line(struct buf *to, struct slice transaction, char flag)
{
	buf_puts(to, "-------");
	buf_add(to, transaction);
	buf_printf(to, "%c\r\n", flag);
}

void msrp_send_write(struct buf *to, const struct msrp_send *send)
{
	assert(msrp_transaction_fits(slice_of(send->transaction), send->body));
	buf_printf(to, "MSRP %s SEND\r\n", send->transaction);
	header(to, "To-Path", send->to_path);
	header(to, "From-Path", send->from_path);
	header(to, "Message-ID", send->message_id);
	if (send->range_from)
		range(to, send->range_from, send->range_to, send->range_total);
	header(to, "Success-Report", send->success_report);
	header(to, "Failure-Report", send->failure_report);
	header(to, "Content-Type", send->content_type); /* the last of all headers, RFC 4975 9 */
	if (send->body.p) {
		buf_puts(to, "\r\n");
		buf_add(to, send->body);
		buf_puts(to, "\r\n");
	}
	end_line(to, slice_of(send->transaction), send->flag ? send->flag : '$');
}

static struct slice first_uri(struct slice path)
{
	struct slice first = SLICE_NONE;

	cut_at(&path, ' ', &first);
	return first;
}

void msrp_response_write(struct buf *to, const struct msrp *request, unsigned status, const char *comment)
{
	bool one_hop = request->kind == MSRP_SEND;

	buf_puts(to, "MSRP ");
	buf_add(to, request->transaction);
	buf_printf(to, " %03u%s%s\r\n", status, comment ? " " : "", comment ? comment : "");
	header_slice(to, "To-Path", one_hop ? first_uri(request->from_path) : request->from_path);
	header_slice(to, "From-Path", first_uri(request->to_path));
	end_line(to, request->transaction, '$');
}

void msrp_report_write(struct buf *to, const struct msrp *send, const char *transaction, unsigned status)
{
	assert(msrp_is_transaction(slice_of(transaction)));
	buf_printf(to, "MSRP %s REPORT\r\n", transaction);
	header_slice(to, "To-Path", send->from_path);
	header_slice(to, "From-Path", first_uri(send->to_path));
	header_slice(to, "Message-ID", send->message_id);
	if (send->has_range)
		range(to, send->range_from, send->range_to, send->range_total);
	buf_printf(to, "Status: 000 %03u\r\n", status);
	end_line(to, slice_of(transaction), '$');
}
