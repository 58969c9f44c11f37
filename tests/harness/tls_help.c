/* SPDX-License-Identifier: MIT */
#include "tls_help.h"

#include "base/mem.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { A_DAY = 86400 };

char *tls_lab_path(const struct tls_lab *lab, const char *name, const char *end)
{
	return mem_printf("%s/%s.%s", lab->folder, name, end);
}

static FILE *open_file(const struct tls_lab *lab, const char *name, const char *end, const char *mode)
{
	char *path = tls_lab_path(lab, name, end);
	FILE *file = fopen(path, mode);

	cr_assert_not_null(file, "%s", path);
	free(path);
	return file;
}

static EVP_PKEY *read_key(const struct tls_lab *lab, const char *name)
{
	FILE *file = open_file(lab, name, "key", "r");
	EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);

	fclose(file);
	return key;
}

static X509 *read_certificate(const struct tls_lab *lab, const char *name)
{
	FILE *file = open_file(lab, name, "pem", "r");
	X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);

	fclose(file);
	return certificate;
}

static void write_files(const struct tls_lab *lab, const char *name, EVP_PKEY *key, X509 *certificate)
{
	FILE *file = open_file(lab, name, "key", "w");

	PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
	fclose(file);
	file = open_file(lab, name, "pem", "w");
	PEM_write_X509(file, certificate);
	fclose(file);
}

static void extend(X509 *certificate, int id, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, certificate, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, id, value);
	cr_assert_not_null(extension, "%s", value);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

static void fill(X509 *certificate, const struct tls_order *order)
{
	static long serial;
	bool usual = !order->from && !order->to;

	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(certificate), (usual ? -1 : order->from) * (long)A_DAY);
	X509_gmtime_adj(X509_getm_notAfter(certificate), (usual ? 30 : order->to) * (long)A_DAY);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
				   (const unsigned char *)order->name, -1, -1, 0);
	if (order->is_authority)
		extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
	if (order->san)
		extend(certificate, NID_subject_alt_name, order->san);
}

void tls_lab_issue(struct tls_lab *lab, const struct tls_order *order)
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *issuer_key = order->issuer ? read_key(lab, order->issuer) : key;
	X509 *certificate = X509_new(), *issuer = order->issuer ? read_certificate(lab, order->issuer) : certificate;

	fill(certificate, order);
	X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
	X509_set_pubkey(certificate, key);
	cr_assert_gt(X509_sign(certificate, issuer_key, EVP_sha256()), 0);
	write_files(lab, order->name, key, certificate);
	if (order->issuer) {
		EVP_PKEY_free(issuer_key);
		X509_free(issuer);
	}
	EVP_PKEY_free(key);
	X509_free(certificate);
}

void tls_lab_init(struct tls_lab *lab)
{
	strcpy(lab->folder, "/tmp/imconform-tls-XXXXXX");
	cr_assert_not_null(mkdtemp(lab->folder));
	tls_lab_issue(lab, &(struct tls_order){.name = "ca", .is_authority = true});
}

void tls_lab_done(struct tls_lab *lab)
{
	DIR *folder = opendir(lab->folder);
	struct dirent *entry;
	char path[400];

	while (folder && (entry = readdir(folder))) {
		snprintf(path, sizeof(path), "%s/%s", lab->folder, entry->d_name);
		unlink(path);
	}
	closedir(folder);
	rmdir(lab->folder);
}

struct tls_context *tls_lab_context(const struct tls_lab *lab, const char *name, const char *authority,
				    const struct tls_settings *more)
{
	struct tls_settings settings = more ? *more : (struct tls_settings){0};
	char *certificate = name ? tls_lab_path(lab, name, "pem") : NULL;
	char *key = name ? tls_lab_path(lab, name, "key") : NULL;
	char *believed = authority ? tls_lab_path(lab, authority, "pem") : NULL;
	struct tls_context *context;
	struct err err = {0};

	settings.certificate = certificate;
	settings.key = key;
	settings.authority = believed;
	cr_assert_eq(tls_context_new(&settings, &context, &err), 0, "%s", err.text);
	free(certificate);
	free(key);
	free(believed);
	return context;
}

/* --- two ends --- */

void tls_pair_init(struct tls_pair *pair, struct tls_context *client, struct tls_context *server, const char *peer)
{
	*pair = (struct tls_pair){.client = tls_new(client, false, peer), .server = tls_new(server, true, "127.0.0.1")};
	tls_start(pair->client, &pair->to_server);
	tls_start(pair->server, &pair->to_client);
}

void tls_pair_done(struct tls_pair *pair)
{
	tls_free(pair->client);
	tls_free(pair->server);
	buf_done(&pair->to_server);
	buf_done(&pair->to_client);
	buf_done(&pair->server_got);
	buf_done(&pair->client_got);
}

/* One piece to one end. False: nothing is on its way, or the end is over. */
static bool hand_over(size_t step, struct buf *from, struct tls *to, struct buf *plain, struct buf *back, int *rc,
		      struct err *err)
{
	size_t len = step && step < from->len ? step : from->len;

	if (!len || *rc)
		return false;
	*rc = tls_receive(to, (struct slice){from->p, len}, plain, back, err);
	buf_drop_front(from, len);
	return true;
}

void tls_pair_run(struct tls_pair *pair)
{
	bool more = true;

	while (more) {
		more = hand_over(pair->step, &pair->to_server, pair->server, &pair->server_got, &pair->to_client,
				 &pair->server_rc, &pair->server_err);
		more |= hand_over(pair->step, &pair->to_client, pair->client, &pair->client_got, &pair->to_server,
				  &pair->client_rc, &pair->client_err);
	}
}
