/* SPDX-License-Identifier: MIT */
#include "harness/tls_parts.h"

#include "base/mem.h"
#include "base/text.h"
#include "net/addr.h"

#include <openssl/err.h>
#include <stdlib.h>

enum { READ_STEP = 16384, RECORD_TYPE_MIN = 20, RECORD_TYPE_MAX = 24, ALERT_REASONS = SSL_AD_REASON_OFFSET };

/* --- life --- */

/* RFC 6066 3: a name, and no address. */
static bool is_address(const char *name)
{
	struct net_addr unused;

	return net_addr_parse_ip(slice_of(name), 0, &unused);
}

struct tls *tls_new(struct tls_context *context, bool server, const char *peer)
{
	struct tls *tls = mem_alloc(sizeof(*tls));

	tls->context = context;
	tls->server = server;
	tls->ssl = SSL_new(server ? context->server : context->client);
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	SSL_set_bio(tls->ssl, tls->in, tls->out);
	SSL_set_app_data(tls->ssl, tls);
	tls->name = mem_strdup(context->name ? context->name : peer);
	if (server) {
		SSL_set_accept_state(tls->ssl);
	} else {
		SSL_set_connect_state(tls->ssl);
		if (!is_address(tls->name))
			SSL_set_tlsext_host_name(tls->ssl, tls->name);
	}
	return tls;
}

void tls_free(struct tls *tls)
{
	if (!tls)
		return;
	SSL_free(tls->ssl);
	buf_done(&tls->waiting);
	free(tls->name);
	free(tls);
}

bool tls_is_open(const struct tls *tls)
{
	return tls->open;
}

bool tls_proved(const struct tls *tls, const char *name)
{
	const X509 *certificate = tls->open ? SSL_get0_peer_certificate(tls->ssl) : NULL;

	return certificate && SSL_get_verify_result(tls->ssl) == X509_V_OK && !tls->account[0] &&
	       tls_name_matches(certificate, name);
}

const char *tls_overlooked(const struct tls *tls)
{
	return tls->account;
}

/* --- what is wrong --- */

static int explain_alert(const struct tls *tls, int alert, struct err *err)
{
	const char *name = SSL_alert_desc_string_long(alert), *more = "";

	switch (alert) {
	case SSL_AD_UNKNOWN_CA:
	case SSL_AD_BAD_CERTIFICATE:
	case SSL_AD_CERTIFICATE_UNKNOWN:
	case SSL_AD_CERTIFICATE_EXPIRED:
	case SSL_AD_UNSUPPORTED_CERTIFICATE:
	case SSL_AD_CERTIFICATE_REVOKED:
		more = ": it does not believe our certificate (--tls-cert)";
		break;
	case TLS13_AD_CERTIFICATE_REQUIRED:
		name = "certificate required"; /* OpenSSL 3.0 has no word for it */
		more = ": it wants a certificate of ours (--tls-cert)";
		break;
	case SSL_AD_HANDSHAKE_FAILURE:
		more = ": no cipher in common, or it wants a certificate of ours (--tls-cert)";
		break;
	case SSL_AD_PROTOCOL_VERSION:
		more = ": no version of TLS from 1.2 on in common";
		break;
	case SSL_AD_UNRECOGNIZED_NAME:
		more = ": it does not know the name that we want (--tls-name)";
		break;
	default:
		break;
	}
	if (alert == SSL_AD_UNRECOGNIZED_NAME)
		return err_set(err, TLS_FAILED, "the other side sent the alert \"%s\"%s: %s", name, more, tls->name);
	return err_set(err, TLS_FAILED, "the other side sent the alert \"%s\"%s", name, more);
}

static int explain(const struct tls *tls, struct err *err)
{
	unsigned long code = ERR_peek_error();
	int reason = ERR_GET_REASON(code);

	if (ERR_GET_LIB(code) != ERR_LIB_SSL)
		return err_set(err, TLS_FAILED, "%s", tls_reason());
	if (reason >= ALERT_REASONS) {
		ERR_clear_error();
		return explain_alert(tls, reason - ALERT_REASONS, err);
	}
	switch (reason) {
	case SSL_R_CERTIFICATE_VERIFY_FAILED:
		ERR_clear_error();
		return err_set(err, TLS_FAILED, "%s", tls->account);
	case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
		ERR_clear_error();
		return err_set(err, TLS_FAILED, "the other side showed no certificate, and one is required");
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_WRONG_VERSION_NUMBER:
		ERR_clear_error();
		return err_set(err, TLS_FAILED, "no version of TLS from 1.2 on in common");
	default:
		return err_set(err, TLS_FAILED, "%s", tls_reason());
	}
}

static int explain_other(struct slice bytes, struct err *err)
{
	char seen[100];

	return err_set(err, TLS_FAILED, "what came is no TLS: \"%s\"", text_clean_fixed(seen, sizeof(seen), bytes));
}

/* --- bytes --- */

static void flush(struct tls *tls, struct buf *wire)
{
	char *bytes;
	long len = BIO_get_mem_data(tls->out, &bytes);

	if (len > 0)
		buf_add(wire, (struct slice){bytes, (size_t)len});
	(void)BIO_reset(tls->out);
}

/* A memory BIO takes everything. */
static void write_plain(struct tls *tls, struct slice plain)
{
	size_t written;

	if (plain.len)
		SSL_write_ex(tls->ssl, plain.p, plain.len, &written);
}

/* 0, TLS_CLOSED or TLS_FAILED. */
static int read_plain(struct tls *tls, struct buf *plain, struct err *err)
{
	size_t len;

	while (SSL_read_ex(tls->ssl, buf_reserve(plain, READ_STEP), READ_STEP, &len) == 1)
		plain->len += len;
	switch (SSL_get_error(tls->ssl, 0)) {
	case SSL_ERROR_WANT_READ:
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_CLOSED;
	default:
		return explain(tls, err);
	}
}

static int shake(struct tls *tls, struct err *err)
{
	int rc = SSL_do_handshake(tls->ssl);

	if (rc != 1)
		return SSL_get_error(tls->ssl, rc) == SSL_ERROR_WANT_READ ? 0 : explain(tls, err);
	tls->open = true;
	write_plain(tls, buf_slice(&tls->waiting));
	buf_clear(&tls->waiting);
	return 0;
}

void tls_start(struct tls *tls, struct buf *wire)
{
	ERR_clear_error();
	if (!tls->server)
		SSL_do_handshake(tls->ssl);
	flush(tls, wire);
}

int tls_receive(struct tls *tls, struct slice bytes, struct buf *plain, struct buf *wire, struct err *err)
{
	int rc = 0;

	if (!bytes.len)
		return 0;
	if (!tls->heard && ((unsigned char)*bytes.p < RECORD_TYPE_MIN || (unsigned char)*bytes.p > RECORD_TYPE_MAX))
		return explain_other(bytes, err);
	tls->heard = true;
	ERR_clear_error();
	BIO_write(tls->in, bytes.p, (int)bytes.len);
	if (!tls->open)
		rc = shake(tls, err);
	if (tls->open)
		rc = read_plain(tls, plain, err);
	flush(tls, wire);
	return rc;
}

void tls_send(struct tls *tls, struct slice plain, struct buf *wire)
{
	if (!tls->open) {
		buf_add(&tls->waiting, plain);
		return;
	}
	ERR_clear_error();
	write_plain(tls, plain);
	flush(tls, wire);
}

void tls_close(struct tls *tls, struct buf *wire)
{
	ERR_clear_error();
	if (tls->open)
		SSL_shutdown(tls->ssl);
	flush(tls, wire);
	ERR_clear_error();
}

int tls_ended(const struct tls *tls, struct err *err)
{
	if (tls->open)
		return 0;
	return err_set(err, TLS_FAILED, "the other side closed the connection within the handshake");
}
