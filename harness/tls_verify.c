/* SPDX-License-Identifier: MIT
 *
 * Whom we believe. OpenSSL checks the chain; the names are checked here, by the rules for SIP domains. What is wrong is
 * told with everything that a person needs to set it right. */
#include "harness/tls_parts.h"

#include "base/text.h"
#include "net/addr.h"

#include <openssl/x509v3.h>

enum { NAMES_SHOWN = 160 };

/* --- what a certificate says --- */

/* "CN=a,O=b"; what is in it came from outside. */
static void add_name(struct buf *to, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long len;

	X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	len = BIO_get_mem_data(bio, &bytes);
	if (len > 0)
		text_clean(to, (struct slice){bytes, (size_t)len}, 80);
	else
		buf_puts(to, "nobody");
	BIO_free(bio);
}

static void add_date(struct buf *to, const ASN1_TIME *date)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(date, &tm) == 1)
		buf_printf(to, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	else
		buf_puts(to, "?");
}

static struct slice string_of(const ASN1_STRING *string)
{
	return (struct slice){(const char *)ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string)};
}

static bool address_of(const GENERAL_NAME *name, struct net_addr *ret)
{
	struct slice bytes;

	if (name->type != GEN_IPADD)
		return false;
	bytes = string_of(name->d.iPAddress);
	if (bytes.len == 4)
		*ret = net_addr_v4((const uint8_t *)bytes.p, 0);
	else if (bytes.len == 16)
		*ret = net_addr_v6((const uint8_t *)bytes.p, 0);
	return bytes.len == 4 || bytes.len == 16;
}

static void add_alternative(struct buf *to, const GENERAL_NAME *name)
{
	char text[NET_ADDR_TEXT_MAX];
	struct net_addr addr;

	if (to->len)
		buf_puts(to, ", ");
	if (name->type == GEN_DNS || name->type == GEN_URI) {
		buf_puts(to, name->type == GEN_DNS ? "DNS:" : "URI:");
		text_clean(to, string_of(name->d.ia5), 80);
	} else if (address_of(name, &addr)) {
		buf_printf(to, "IP:%s", net_addr_format(text, &addr));
	} else {
		buf_puts(to, "another kind of name");
	}
}

static GENERAL_NAMES *alternatives_of(const X509 *certificate)
{
	return X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

static void add_names(struct buf *to, const X509 *certificate)
{
	GENERAL_NAMES *names = alternatives_of(certificate);
	struct buf text = {0};
	int i;

	for (i = 0; names && i < sk_GENERAL_NAME_num(names) && text.len < NAMES_SHOWN; i++)
		add_alternative(&text, sk_GENERAL_NAME_value(names, i));
	if (names && i < sk_GENERAL_NAME_num(names))
		buf_printf(&text, " and %d more", sk_GENERAL_NAME_num(names) - i);
	if (text.len)
		buf_add(to, buf_slice(&text));
	else
		buf_puts(to, "nobody (no subjectAltName)");
	GENERAL_NAMES_free(names);
	buf_done(&text);
}

void tls_describe(const X509 *certificate, struct buf *to)
{
	add_name(to, X509_get_subject_name(certificate));
	buf_puts(to, ", issued by ");
	add_name(to, X509_get_issuer_name(certificate));
	buf_puts(to, ", valid from ");
	add_date(to, X509_get0_notBefore(certificate));
	buf_puts(to, " to ");
	add_date(to, X509_get0_notAfter(certificate));
	buf_puts(to, ", for ");
	add_names(to, certificate);
}

/* --- names (RFC 5922 7) --- */

/* A name of DNS, or a SIP URI without a user; no wildcard means anything (7.2). */
static bool domain_matches(const GENERAL_NAME *name, struct slice wanted)
{
	static const struct slice scheme = SLICE("sip:");
	struct slice text;

	if (name->type != GEN_DNS && name->type != GEN_URI)
		return false;
	text = string_of(name->d.ia5);
	if (name->type == GEN_URI) {
		if (text.len <= scheme.len || !slice_eq_nocase((struct slice){text.p, scheme.len}, scheme))
			return false;
		text = (struct slice){text.p + scheme.len, text.len - scheme.len};
	}
	return slice_eq_nocase(text, wanted);
}

bool tls_name_matches(const X509 *certificate, const char *wanted)
{
	GENERAL_NAMES *names = alternatives_of(certificate);
	struct net_addr addr, has;
	bool is_address = net_addr_parse_ip(slice_of(wanted), 0, &addr), found = false;

	for (int i = 0; names && i < sk_GENERAL_NAME_num(names) && !found; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (is_address)
			found = address_of(name, &has) && net_addr_eq(&has, &addr);
		else
			found = domain_matches(name, slice_of(wanted));
	}
	GENERAL_NAMES_free(names);
	return found;
}

/* --- accounts --- */

static void account(struct tls *tls, const X509 *certificate, const char *why)
{
	struct buf text = {0};

	buf_printf(&text, "its certificate is not believed: %s", why);
	if (certificate) {
		buf_puts(&text, " (");
		tls_describe(certificate, &text);
		buf_puts(&text, ")");
	}
	snprintf(tls->account, sizeof(tls->account), "%s", text.p);
	buf_done(&text);
}

static void account_name(struct tls *tls, const X509 *certificate)
{
	char why[160], wanted[100];

	text_clean_fixed(wanted, sizeof(wanted), slice_of(tls->name));
	snprintf(why, sizeof(why), "it is not for %s, which is wanted", wanted);
	account(tls, certificate, why);
}

static void account_chain(struct tls *tls, X509_STORE_CTX *store)
{
	const X509 *certificate = X509_STORE_CTX_get_current_cert(store), *own = X509_STORE_CTX_get0_cert(store);
	int code = X509_STORE_CTX_get_error(store);
	const char *from = tls->context->authority ? tls->context->authority : "the system";
	char why[200];

	switch (code) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		account(tls, certificate, certificate == own ? "it has expired" : "an issuer of it has expired");
		break;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		account(tls, certificate,
			certificate == own ? "its time has not come" : "the time of an issuer of it has not come");
		break;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		snprintf(why, sizeof(why), "it is signed by itself, and is not among the authorities of %s", from);
		account(tls, certificate, why);
		break;
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		snprintf(why, sizeof(why), "its issuer is not among the authorities of %s", from);
		account(tls, own, why);
		break;
	default:
		account(tls, certificate, X509_verify_cert_error_string(code));
	}
}

/* The first account is the one that is told. Clients are asked for a chain only: which names they have is theirs. */
int tls_verify(int ok, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *tls = SSL_get_app_data(ssl);
	const X509 *certificate = X509_STORE_CTX_get_current_cert(store);

	if (!ok && !tls->account[0])
		account_chain(tls, store);
	if (ok && !tls->server && X509_STORE_CTX_get_error_depth(store) == 0 &&
	    !tls_name_matches(certificate, tls->name)) {
		X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
		if (!tls->account[0])
			account_name(tls, certificate);
		ok = 0;
	}
	return ok || tls->context->insecure;
}
