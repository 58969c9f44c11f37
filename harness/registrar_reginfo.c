/* SPDX-License-Identifier: MIT
 *
 * The state of a registration (RFC 3680), as an S-CSCF tells it (3GPP TS 24.229 5.4.2.1.2): every identity of the
 * implicit registration set with the one contact that there is. */
#include "harness/registrar_private.h"
#include "sip/value.h"

static void write_identity(struct account *account, struct buf *to, struct slice uri, unsigned number)
{
	buf_printf(to, "  <registration aor=\"%.*s\" id=\"a%u\" state=\"%s\">\n", SLICE_F(uri), number,
		   account->registered ? "active" : "terminated");
	if (account->contact)
		buf_printf(to, "    <contact id=\"c%u\" state=\"%s\" event=\"%s\"><uri>%s</uri></contact>\n", number,
			   account->registered ? "active" : "terminated",
			   account->registered ? (number ? "created" : "registered") : "unregistered",
			   account->contact);
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
