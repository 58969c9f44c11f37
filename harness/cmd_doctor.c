/* SPDX-License-Identifier: MIT
 *
 * imconform doctor: can this machine run a campaign, and what would it be run with. Says what is wrong and goes on. */
#include "harness/cmd_doctor_ixit.h"
#include "harness/commands.h"

#include "harness/build_facts.h"
#include "harness/ixit_review.h"
#include "harness/password.h"
#include "harness/scenarios.h"
#include "harness/tls_serve.h"
#include "reports/words.h"

#include <stdarg.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct doctor {
	const struct options *options;
	int status; /* worst so far */
};

/* `status` 0: all is well; below: worth a note. */
static void say(struct doctor *doctor, int status, const char *what, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void say(struct doctor *doctor, int status, const char *what, const char *format, ...)
{
	va_list args;

	printf("%-5s %-10s ", status < 0 ? "note" : status ? "WRONG" : "ok", what);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	if (status > doctor->status)
		doctor->status = status;
}

static socklen_t to_sockaddr(const struct net_addr *addr, struct sockaddr_storage *to)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	if (addr->family == NET_FAMILY_V4) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(addr->port);
		memcpy(&v4->sin_addr, addr->ip, 4);
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(addr->port);
	memcpy(&v6->sin6_addr, addr->ip, 16);
	return sizeof(*v6);
}

/* 0, or the errno of why the address can't be bound. */
static int try_bind(const struct net_addr *addr, int type)
{
	struct sockaddr_storage to;
	socklen_t len = to_sockaddr(addr, &to);
	int fd = socket(to.ss_family, type | SOCK_CLOEXEC, 0), code = 0, on = 1;

	if (fd < 0)
		return errno;
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&to, len) || (type == SOCK_STREAM && listen(fd, 1)))
		code = errno;
	close(fd);
	return code;
}

static void check_ports(struct doctor *doctor, const struct ixit *ixit)
{
	static const struct {
		const char *name;
		int type;
	} kinds[] = {{"UDP", SOCK_DGRAM}, {"TCP", SOCK_STREAM}};
	char text[NET_ADDR_TEXT_MAX];
	size_t i;
	int code;

	net_addr_format(text, &ixit->core);
	for (i = 0; i < 2; i++) {
		code = try_bind(&ixit->core, kinds[i].type);
		if (code)
			say(doctor, EXIT_HARNESS, "ports", "%s %s can't be bound: %s", kinds[i].name, text,
			    strerror(code));
		else
			say(doctor, 0, "ports", "%s %s can be bound", kinds[i].name, text);
	}
}

/* The files are read as a run would read them; the key log is not touched. */
static void check_tls(struct doctor *doctor, const struct ixit *ixit)
{
	struct tls_settings settings = ixit->tls;
	struct tls_context *context;
	struct buf text = {0};
	struct err err;

	if (ixit->iut_transport != NET_TLS && !settings.certificate && !settings.authority)
		return;
	settings.keylog = NULL;
	if (tls_context_new(&settings, &context, &err)) {
		say(doctor, EXIT_USAGE, "TLS", "%s", err.text);
		return;
	}
	tls_context_describe(context, &text);
	if (tls_context_dates(context, time(NULL), &err))
		say(doctor, EXIT_USAGE, "TLS", "%s", err.text);
	else
		say(doctor, 0, "TLS", "our certificate %s %s", settings.certificate ? "is" : "would be made:", text.p);
	if (settings.insecure)
		say(doctor, -1, "TLS", "%s", TLS_INSECURE_NOTE);
	tls_context_free(context);
	buf_done(&text);
}

static void check_rights(struct doctor *doctor)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	say(doctor, 0, "rights", "live captures (audit -i) are %s",
	    fd >= 0 ? "allowed" : "not allowed: they need CAP_NET_RAW");
}

static void check_files(struct doctor *doctor)
{
	enum { FILES_NEEDED = 256 };
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	if (limit.rlim_cur < FILES_NEEDED)
		say(doctor, EXIT_HARNESS, "files", "%llu may be open at once, expected at least %d",
		    (unsigned long long)limit.rlim_cur, FILES_NEEDED);
	else
		say(doctor, 0, "files", "enough may be open at once");
}

static void check_clock(struct doctor *doctor)
{
	struct timespec resolution;

	if (clock_getres(CLOCK_MONOTONIC, &resolution) || resolution.tv_sec || resolution.tv_nsec > 1000000)
		say(doctor, EXIT_HARNESS, "clock", "the monotonic clock is too coarse, expected 1 ms or finer");
	else
		say(doctor, 0, "clock", "monotonic, %ld ns", resolution.tv_nsec);
}

static void say_review(void *arg, enum review_kind kind, const char *text)
{
	static const int statuses[] = {[REVIEW_NOTE] = -1, [REVIEW_FAIL] = EXIT_FAILED, [REVIEW_ERROR] = EXIT_USAGE};

	say(arg, statuses[kind], "review", "%s", text);
}

static void check_scenarios(struct doctor *doctor, const struct ixit *ixit)
{
	struct catalogue catalogue;
	struct profile profile;
	struct arena arena = {0};
	struct script *script;
	struct err err;

	if (scenarios_load(doctor->options, &catalogue, &script, &err)) {
		say(doctor, EXIT_USAGE, "scenarios", "%s", err.text);
	} else {
		say(doctor, 0, "scenarios", "%zu requirements, %zu cases", catalogue.requirement_count,
		    catalogue.play_count);
		if (scenarios_check(doctor->options, &catalogue, &err))
			say(doctor, EXIT_USAGE, "filters", "%s", err.text);
		if (ixit_review(ixit, &catalogue, say_review, doctor) < 0)
			say(doctor, 0, "review", "IXIT and ICS do not contradict themselves");
		script_free(script);
		catalogue_done(&catalogue);
	}
	if (scenarios_profile(doctor->options, &arena, &profile, &err))
		say(doctor, EXIT_USAGE, "profile", "%s", err.text);
	else
		say(doctor, 0, "profile", "%s", profile.name);
	arena_done(&arena);
}

static void check_passwords(struct doctor *doctor, const struct ixit *ixit)
{
	char password[PASSWORD_MAX];
	struct err err;

	for (size_t i = 0; i < ixit->user_count; i++)
		if (ixit->users[i].password_file && password_read(ixit->users[i].password_file, password, &err) < 0)
			say(doctor, EXIT_USAGE, "passwords", "%s", err.text);
}

static void put_versions(void)
{
	struct buf line = {0};

	buf_printf(&line, "imconform %s with ", IMCONFORM_VERSION);
	words_wrap(&line, IMCONFORM_LIBRARIES, line.len, 2);
	printf("%s\n", line.p);
	buf_done(&line);
}

int cmd_doctor(const struct options *options)
{
	struct doctor doctor = {options, EXIT_PASSED};
	struct buf text = {0};
	struct ixit ixit;
	struct err err;
	int result = ixit_load(&ixit, options, &err);

	put_versions();
	if (result)
		say(&doctor, EXIT_USAGE, "IXIT", "%s", err.text);
	else
		check_ports(&doctor, &ixit);
	if (!result)
		check_tls(&doctor, &ixit);
	check_rights(&doctor);
	check_files(&doctor);
	check_clock(&doctor);
	check_scenarios(&doctor, &ixit);
	check_passwords(&doctor, &ixit);
	if (!result)
		doctor_put_ixit(&ixit);
	options_explain(options, &text);
	printf("\nThe other options:\n%s", text.p);
	buf_done(&text);
	ixit_done(&ixit);
	return doctor.status;
}
