/* SPDX-License-Identifier: MIT
 *
 * The command line: one table of options that feeds parsing, --help and the man pages. A value comes from a flag, the
 * environment (IMCONFORM_*), the IXIT file (harness/ixit.h merges that) or its default, in this order, and is kept with
 * its origin. Filled once in main, then only read. Texts point into argv and the environment. */
#ifndef HARNESS_OPTIONS_H
#define HARNESS_OPTIONS_H

#include "base/buf.h"
#include "base/err.h"

enum verb {
	VERB_NONE,
	VERB_RUN,
	VERB_AUDIT,
	VERB_LIST,
	VERB_EXPLAIN,
	VERB_PROVE,
	VERB_SERVE,
	VERB_REPORT,
	VERB_MERGE,
	VERB_SHOW,
	VERB_DOCTOR,
	VERB_COUNT
};

enum origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_FLAG };

enum option_id {
	OPTION_IUT,
	OPTION_TARGET,
	OPTION_TRANSPORT,
	OPTION_TLS_CERT,
	OPTION_TLS_KEY,
	OPTION_TLS_CA,
	OPTION_TLS_NAME,
	OPTION_TLS_CLIENTS,
	OPTION_TLS_INSECURE,
	OPTION_TLS_KEYLOG,
	OPTION_TLS_SECRETS,
	OPTION_CORE,
	OPTION_DIRECT,
	OPTION_HOST,
	OPTION_DNS,
	OPTION_OF_IXIT_LAST = OPTION_DNS, /* those up to here may stand in the IXIT, too */
	OPTION_CORE_HOPS,
	OPTION_SERVER,
	OPTION_CLIENT,
	OPTION_INTERFACE,
	OPTION_PORT,
	OPTION_FROM_START,
	OPTION_LIMIT_CHAPTERS,
	OPTION_LIMIT_USERS,
	OPTION_LIMIT_CHAPTER_BYTES,
	OPTION_LIMIT_BYTES,
	OPTION_PASSWORD,
	OPTION_ROLE,
	OPTION_LISTEN,
	OPTION_FAULT,
	OPTION_IXIT,
	OPTION_ICS,
	OPTION_PROFILE,
	OPTION_AGAINST,
	OPTION_SCENARIOS,
	OPTION_ONLY,
	OPTION_SKIP,
	OPTION_STRICT,
	OPTION_SEED,
	OPTION_JOBS,
	OPTION_SHARD,
	OPTION_JOURNAL,
	OPTION_BASELINE,
	OPTION_EXPECTED,
	OPTION_REDACT,
	OPTION_OUTPUT,
	OPTION_ALL,
	OPTION_VIRTUAL,
	OPTION_SEEDS,
	OPTION_QUIET,
	OPTION_TIMES,
	OPTION_COLOR,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_MAN,
	OPTION_COUNT
};

struct option_list {
	const char **items;
	size_t count, cap;
};

struct option_shard {
	uint32_t index, count; /* 1 <= index <= count; 1/1: everything */
};

struct options {
	enum verb verb;
	const char *iut;       /* "server" or "client" */
	const char *target;    /* "sip:127.0.0.1:5070;transport=udp"; NULL: the reference inside */
	const char *transport; /* "udp", "tcp" or "tls"; NULL: the target's, or the IXIT's */
	const char *tls_cert, *tls_key, *tls_ca, *tls_name; /* NULL: the IXIT's */
	const char *tls_clients;                            /* "any", "asked" or "required"; NULL: the IXIT's */
	bool tls_insecure, tls_secrets;
	const char *tls_keylog;
	const char *core;                  /* run, serve: "127.0.0.1:5060"; NULL: the IXIT's, or a default */
	bool direct;                       /* run, serve: there is no core */
	struct option_list host, dns;      /* run, serve: NAME=ADDR; name servers */
	struct option_list core_hops;      /* audit: --core, ADDR[:PORT] or CIDR */
	struct option_list server, client; /* audit: the same for the roles */
	const char *interface;             /* audit -i */
	struct option_list port;           /* audit: traffic there is SIP, whatever it looks like */
	bool from_start;                   /* audit: nothing that concerns the users was before the capture */
	/* audit: 0: the default of trace/ledger.h */
	uint64_t limit_chapters, limit_users, limit_chapter_bytes, limit_bytes;
	struct option_list password;      /* audit: USER=FILE */
	const char *role;                 /* serve: "server", "core", "client" */
	const char *listen;               /* serve: HOST:PORT; NULL: 127.0.0.1 and a free port */
	struct option_list fault;         /* serve: names */
	const char *ixit, *ics, *profile; /* files; NULL: defaults */
	const char *against;              /* audit: another profile; NULL: none */
	struct option_list scenarios;     /* folders to add */
	struct option_list only, skip;    /* patterns of ids or case names (catalogue_match) */
	bool strict;
	uint64_t seed;
	bool is_virtual; /* run: the reference on a virtual clock, without sockets */
	uint64_t jobs;   /* 0: as many as is good */
	uint64_t seeds;  /* prove: campaigns in hostile weather; 0: as many as is good */
	struct option_shard shard;
	const char *journal;       /* NULL: a default that the command knows */
	const char *baseline;      /* an older journal to compare with; NULL: none */
	const char *expected;      /* file of failures that are known; NULL: none */
	bool redact;               /* pseudonyms for users in reports */
	struct option_list output; /* "FORMAT:PATH" */
	bool all;                  /* prove: list the proofs that held, too */
	bool quiet;
	bool times;        /* reports with durations and times of a run */
	const char *color; /* "auto", "always", "never" */
	bool help, version, man;
	struct option_list operands; /* what is no option: files, ids */
	enum origin origin[OPTION_COUNT];
	struct option_list storage; /* ours: what was split from the environment */
};

/* Reads argv (argv[0] is the program) and the environment through `get` (getenv in the program; may be NULL). Returns
 * 0; -EINVAL for an unknown verb or option, a missing argument, a bad value: exit status 2. */
int options_parse(struct options *options, int argc, char *const *argv, char *(*get)(const char *name),
		  struct err *err);
void options_done(struct options *options);

const char *verb_name(enum verb verb);       /* "run" … */
const char *origin_name(enum origin origin); /* "default", "file", "environment", "flag" */

/* --help of one verb, or of the program (VERB_NONE); a man page in roff. */
void options_help(enum verb verb, struct buf *to);
void options_man(enum verb verb, struct buf *to);
/* "name value origin" lines of the verb's options but those that may stand in the IXIT; secrets are masked. */
void options_explain(const struct options *options, struct buf *to);

#endif
