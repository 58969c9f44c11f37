/* SPDX-License-Identifier: MIT
 *
 * The state of a registration (RFC 3680), as an S-CSCF tells it (3GPP TS 24.229 5.4.2.1.2): every identity of the
 * implicit registration set with the one contact that there is. */
#include "harness/registrar_private.h"
#include "reports/quote.h"
#include "sip/value.h"

/* A URI may have an ampersand in it (RFC 3261 25.1). */
static void put_uri(struct buf *to, struct slice uri)
{
	for (size_t i = 0; i < uri.len; i++)
		if (quote_entity(uri.p[i]))
			buf_puts(to, quote_entity(uri.p[i]));
		else
			buf_putc(to, uri.p[i]);
}

static void write_identity(struct account *account, struct buf *to, struct slice uri, unsigned number)
{
	const char *state = account->registered ? "active" : "terminated";

	buf_puts(to, "  <registration aor=\"");
	put_uri(to, uri);
	buf_printf(to, "\" id=\"a%u\" state=\"%s\">\n", number, state);
	if (account->contact) {
		buf_printf(to, "    <contact id=\"c%u\" state=\"%s\" event=\"%s\"><uri>", number, state,
			   account->registered ? (number ? "created" : "registered") : "unregistered");
		put_uri(to, slice_of(account->contact));
		buf_puts(to, "</uri></contact>\n");
	}
	buf_puts(to, "  </registration>\n");
}

void account_reginfo_write(struct account *account, struct buf *to)
{
	const char *associated = account->registers.associated;
	struct slice list = slice_of(associated), value;
	struct sip_addr addr;
	unsigned number = 0;

	buf_puts(to, "<?xml version=\"1.0\"?>\n<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"0\" "
		     "state=\"full\">\n");
	if (!associated)
		write_identity(account, to, slice_of(account->address), number);
	while (associated && sip_list_next(&list, &value))
		if (sip_addr_read(value, &addr) == 0)
			write_identity(account, to, addr.uri, number++);
	buf_puts(to, "</reginfo>\n");
}
