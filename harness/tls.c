/* SPDX-License-Identifier: MIT */
#include "harness/tls_parts.h"

#include "base/mem.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *tls_reason(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	ERR_clear_error();
	if (reason)
		return reason;
	return ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : "no reason given";
}

/* --- secrets --- */

static void on_keylog(const SSL *ssl, const char *line)
{
	struct tls_context *context = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if (context->keylog) {
		fprintf(context->keylog, "%s\n", line);
		fflush(context->keylog);
	}
	if (context->on_secret)
		context->on_secret(context->secret_arg, line);
}

static void listen_for_secrets(struct tls_context *context)
{
	SSL_CTX_set_keylog_callback(context->client, on_keylog);
	SSL_CTX_set_keylog_callback(context->server, on_keylog);
}

/* Nobody but the owner may read it. */
static int open_keylog(struct tls_context *context, const char *path, struct err *err)
{
	mode_t before = umask(077);
	int code;

	context->keylog = fopen(path, "ae");
	code = -errno;
	umask(before);
	if (!context->keylog)
		return err_set(err, code, "%s: %s", path, strerror(-code));
	listen_for_secrets(context);
	return 0;
}

void tls_context_on_secret(struct tls_context *context, void (*on_secret)(void *arg, const char *line), void *arg)
{
	context->on_secret = on_secret;
	context->secret_arg = arg;
	listen_for_secrets(context);
}

/* --- failures --- */

void tls_context_on_failure(struct tls_context *context, void (*on_failure)(void *arg, const struct err *err),
			    void *arg)
{
	context->on_failure = on_failure;
	context->failure_arg = arg;
}

void tls_context_failed(const struct tls_context *context, const struct err *err)
{
	if (context->on_failure)
		context->on_failure(context->failure_arg, err);
}

/* --- our certificate --- */

/* OpenSSL's own words for a missing file do not name it. */
static int readable(const char *path, struct err *err)
{
	int code;

	if (access(path, R_OK) == 0)
		return 0;
	code = -errno;
	return err_set(err, code, "%s: %s", path, strerror(-code));
}

static int use_files(SSL_CTX *ctx, const struct tls_settings *settings, struct err *err)
{
	const char *key = settings->key ? settings->key : settings->certificate;
	int rc = readable(settings->certificate, err);

	if (rc == 0)
		rc = readable(key, err);
	if (rc < 0)
		return rc;
	if (SSL_CTX_use_certificate_chain_file(ctx, settings->certificate) != 1)
		return err_set(err, -EINVAL, "%s: no certificate in PEM: %s", settings->certificate, tls_reason());
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1)
		return 0;
	if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
	    ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH) {
		ERR_clear_error();
		return err_set(err, -EINVAL, "%s: the key is not that of the certificate in %s", key,
			       settings->certificate);
	}
	return err_set(err, -EINVAL, "%s: no private key in PEM: %s", key, tls_reason());
}

/* Who knows the key of a made certificate is us: so we may believe it. */
static int use_made(struct tls_context *context, const struct tls_settings *settings, struct err *err)
{
	X509 *certificate;
	EVP_PKEY *key;
	int rc = tls_made(settings, &key, &certificate, err);

	if (rc < 0)
		return rc;
	SSL_CTX_use_certificate(context->server, certificate);
	SSL_CTX_use_PrivateKey(context->server, key);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(context->client), certificate);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(context->server), certificate);
	if (settings->show_made) {
		SSL_CTX_use_certificate(context->client, certificate);
		SSL_CTX_use_PrivateKey(context->client, key);
	}
	X509_free(certificate);
	EVP_PKEY_free(key);
	return 0;
}

static int use_certificate(struct tls_context *context, const struct tls_settings *settings, struct err *err)
{
	int rc;

	if (!settings->certificate && settings->key)
		return err_set(err, -EINVAL, "%s: a key without a certificate", settings->key);
	if (!settings->certificate)
		return use_made(context, settings, err);
	rc = use_files(context->server, settings, err);
	return rc == 0 ? use_files(context->client, settings, err) : rc;
}

/* --- whom we believe --- */

static int use_authority(SSL_CTX *ctx, const char *path, struct err *err)
{
	int rc = path ? readable(path, err) : 0;

	if (rc < 0)
		return rc;
	if (!path) {
		SSL_CTX_set_default_verify_paths(ctx);
		ERR_clear_error();
		return 0;
	}
	if (SSL_CTX_load_verify_file(ctx, path) != 1)
		return err_set(err, -EINVAL, "%s: no certificate in PEM: %s", path, tls_reason());
	return 0;
}

/* A server tells its clients whose certificates it believes. */
static void announce(SSL_CTX *ctx, const char *path)
{
	STACK_OF(X509_NAME) *names = path ? SSL_load_client_CA_file(path) : NULL;

	if (names)
		SSL_CTX_set_client_CA_list(ctx, names);
}

static SSL_CTX *make(struct tls_context *context, const SSL_METHOD *method, int verify)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	SSL_CTX_set_app_data(ctx, context);
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_num_tickets(ctx, 0);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ctx, verify, tls_verify);
	/* who names one certificate, of a server or of an authority within a chain, believes it */
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), X509_V_FLAG_PARTIAL_CHAIN);
	return ctx;
}

static int context_fill(struct tls_context *context, const struct tls_settings *settings, struct err *err)
{
	int rc = use_authority(context->client, settings->authority, err);

	if (rc == 0)
		rc = use_authority(context->server, settings->authority, err);
	if (rc == 0)
		rc = use_certificate(context, settings, err);
	if (rc == 0 && settings->keylog)
		rc = open_keylog(context, settings->keylog, err);
	if (rc == 0 && settings->clients != TLS_CLIENTS_ANY)
		announce(context->server, settings->authority);
	return rc;
}

int tls_context_new(const struct tls_settings *settings, struct tls_context **ret_context, struct err *err)
{
	static const int verify[] = {
		[TLS_CLIENTS_ANY] = SSL_VERIFY_NONE,
		[TLS_CLIENTS_ASKED] = SSL_VERIFY_PEER,
		[TLS_CLIENTS_REQUIRED] = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
	};
	struct tls_context *context = mem_alloc(sizeof(*context));
	int rc;

	ERR_clear_error();
	context->client = make(context, TLS_client_method(), SSL_VERIFY_PEER);
	context->server = make(context, TLS_server_method(), verify[settings->clients]);
	context->name = mem_strdup(settings->name);
	context->authority = mem_strdup(settings->authority);
	context->insecure = settings->insecure;
	rc = context_fill(context, settings, err);
	if (rc < 0) {
		tls_context_free(context);
		return rc;
	}
	*ret_context = context;
	return 0;
}

void tls_context_free(struct tls_context *context)
{
	if (!context)
		return;
	SSL_CTX_free(context->client);
	SSL_CTX_free(context->server);
	if (context->keylog)
		fclose(context->keylog);
	free(context->name);
	free(context->authority);
	free(context);
}

/* --- what a person asks --- */

void tls_context_describe(const struct tls_context *context, struct buf *to)
{
	tls_describe(SSL_CTX_get0_certificate(context->server), to);
}

int tls_context_dates(const struct tls_context *context, int64_t now, struct err *err)
{
	const X509 *certificate = SSL_CTX_get0_certificate(context->server);
	time_t moment = (time_t)now;
	struct buf text = {0};
	int rc = 0;

	if (X509_cmp_time(X509_get0_notBefore(certificate), &moment) < 0 &&
	    X509_cmp_time(X509_get0_notAfter(certificate), &moment) > 0)
		return 0;
	tls_describe(certificate, &text);
	rc = err_set(err, -EINVAL, "today is not within its days: %s", text.p);
	buf_done(&text);
	return rc;
}
