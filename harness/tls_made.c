/* SPDX-License-Identifier: MIT
 *
 * A certificate for who has none: signed by itself, for a day, with the addresses of this machine's loopback and our
 * own. Its key never leaves the process. */
#include "harness/tls_parts.h"

#include "net/addr.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

enum { A_DAY = 86400, AN_HOUR = 3600 };

static void add_extension(X509 *certificate, int id, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, certificate, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, id, value);
	if (extension)
		X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

static void add_names(X509 *certificate, const struct tls_settings *settings)
{
	struct net_addr unused;
	struct buf names = {0};

	buf_puts(&names, "DNS:localhost,IP:127.0.0.1,IP:::1");
	if (settings->domain)
		buf_printf(&names, ",DNS:%s", settings->domain);
	if (settings->host && strcmp(settings->host, "127.0.0.1") != 0)
		buf_printf(&names, ",%s:%s", net_addr_parse_ip(slice_of(settings->host), 0, &unused) ? "IP" : "DNS",
			   settings->host);
	add_extension(certificate, NID_subject_alt_name, names.p);
	buf_done(&names);
}

static bool fill(X509 *certificate, EVP_PKEY *key, const struct tls_settings *settings)
{
	X509_NAME *name = X509_get_subject_name(certificate);
	uint32_t serial = 1;

	RAND_bytes((unsigned char *)&serial, sizeof(serial));
	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -AN_HOUR);
	X509_gmtime_adj(X509_getm_notAfter(certificate), A_DAY);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"imconform", -1, -1, 0);
	X509_set_issuer_name(certificate, name);
	X509_set_pubkey(certificate, key);
	add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
	add_names(certificate, settings);
	return X509_sign(certificate, key, EVP_sha256()) > 0;
}

int tls_made(const struct tls_settings *settings, EVP_PKEY **ret_key, X509 **ret_certificate, struct err *err)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();

	if (key && certificate && fill(certificate, key, settings)) {
		*ret_key = key;
		*ret_certificate = certificate;
		ERR_clear_error();
		return 0;
	}
	EVP_PKEY_free(key);
	X509_free(certificate);
	return err_set(err, -EINVAL, "cannot make a certificate: %s", tls_reason());
}
