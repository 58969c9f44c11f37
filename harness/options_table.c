/* SPDX-License-Identifier: MIT */
#include "harness/options_table.h"

#define V(verb)    (1u << VERB_##verb)
#define EVERY      (~0u)
#define LIVE       (V(RUN) | V(SERVE) | V(DOCTOR))
#define JUDGING    (V(RUN) | V(AUDIT) | V(DOCTOR))
#define CATALOGUE  (JUDGING | V(LIST) | V(EXPLAIN) | V(PROVE))
#define RENDERING  (V(RUN) | V(AUDIT) | V(PROVE) | V(REPORT) | V(LIST))
#define AT(member) offsetof(struct options, member)

static const char *const roles[] = {"server", "client", NULL};
static const char *const serve_roles[] = {"server", "core", "client", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};

/* clang-format off */
const struct option option_table[] = {
	{OPTION_IUT, "--iut", 0, OPTION_CHOICE, AT(iut), "ROLE", roles, .verbs = V(RUN) | V(LIST) | V(DOCTOR),
	 .environment = "IMCONFORM_IUT", .fallback = "server",
	 .help = "role of the implementation under test: server or client"},
	{OPTION_TARGET, "--target", 't', OPTION_TEXT, AT(target), "URI", .verbs = V(RUN) | V(DOCTOR),
	 .environment = "IMCONFORM_TARGET", .fallback = "the reference implementation, started inside",
	 .help = "where the implementation under test listens: sip:HOST:PORT;transport=udp|tcp|tls; a name is looked up by NAPTR, SRV and A or AAAA"},
	{OPTION_CORE, "--core", 0, OPTION_TEXT, AT(core), "HOST:PORT", .verbs = LIVE,
	 .environment = "IMCONFORM_CORE", .fallback = "127.0.0.1 and a free port",
	 .help = "address that the harness's core binds and tells the implementation under test"},
	{OPTION_HOST, "--host", 0, OPTION_LIST, AT(host), "NAME=ADDR", .verbs = V(RUN) | V(DOCTOR),
	 .environment = "IMCONFORM_HOST", .fallback = "none",
	 .help = "address of a host name, which then is asked of no name server; may be repeated"},
	{OPTION_DNS, "--dns", 0, OPTION_LIST, AT(dns), "ADDR", .verbs = V(RUN) | V(DOCTOR),
	 .environment = "IMCONFORM_DNS", .fallback = "those of this machine",
	 .help = "name server, ADDR[:PORT], that is asked where --target is a name; may be repeated"},
	{OPTION_CORE_HOPS, "--core", 0, OPTION_LIST, AT(core_hops), "ADDR", .verbs = V(AUDIT),
	 .environment = "IMCONFORM_CORE", .fallback = "told from the traffic",
	 .help = "address of the SIP/IP core: ADDR[/BITS][:PORT]; may be repeated"},
	{OPTION_SERVER, "--server", 0, OPTION_LIST, AT(server), "ADDR", .verbs = V(AUDIT),
	 .environment = "IMCONFORM_SERVER", .fallback = "told from the traffic",
	 .help = "address of the IM Server: ADDR[/BITS][:PORT]; may be repeated"},
	{OPTION_CLIENT, "--client", 0, OPTION_LIST, AT(client), "ADDR", .verbs = V(AUDIT),
	 .environment = "IMCONFORM_CLIENT", .fallback = "told from the traffic",
	 .help = "address of IM Clients: ADDR[/BITS][:PORT]; may be repeated"},
	{OPTION_INTERFACE, "--interface", 'i', OPTION_TEXT, AT(interface), "IFACE", .verbs = V(AUDIT),
	 .environment = "IMCONFORM_INTERFACE", .fallback = "",
	 .help = "listen live on an interface instead of reading files"},
	{OPTION_PORT, "--port", 'p', OPTION_LIST, AT(port), "PORT", .verbs = V(AUDIT),
	 .environment = "IMCONFORM_PORT", .fallback = "SIP is recognised on any port",
	 .help = "traffic on this port is SIP, whatever it looks like; may be repeated"},
	{OPTION_FROM_START, "--from-start", 0, OPTION_FLAG, AT(from_start), .verbs = V(AUDIT),
	 .environment = "IMCONFORM_FROM_START", .fallback = "no",
	 .help = "the capture begins before anything that concerns its users: nothing was registered, published or stored"},
	{OPTION_LIMIT_CHAPTERS, "--limit-chapters", 0, OPTION_NUMBER, AT(limit_chapters), "N", .min = 1, .max = 100000000,
	 .verbs = V(AUDIT), .environment = "IMCONFORM_LIMIT_CHAPTERS", .fallback = "100000",
	 .help = "users of whom something is open at the same time; the least recently used one is cut off"},
	{OPTION_LIMIT_USERS, "--limit-users", 0, OPTION_NUMBER, AT(limit_users), "N", .min = 1, .max = 1000000000,
	 .verbs = V(AUDIT), .environment = "IMCONFORM_LIMIT_USERS", .fallback = "10000",
	 .help = "users who are remembered while nothing of theirs is open"},
	{OPTION_LIMIT_CHAPTER_BYTES, "--limit-chapter-bytes", 0, OPTION_NUMBER, AT(limit_chapter_bytes), "N", .min = 1000,
	 .max = 1u << 30, .verbs = V(AUDIT), .environment = "IMCONFORM_LIMIT_CHAPTER_BYTES", .fallback = "1048576",
	 .help = "bytes of one user's messages that are kept while something is open"},
	{OPTION_PASSWORD, "--password", 0, OPTION_LIST, AT(password), "USER=FILE", .verbs = V(AUDIT), .secret = true,
	 .environment = "IMCONFORM_PASSWORD", .fallback = "",
	 .help = "file whose first line is the password of a Digest user name: answers are verified; may be repeated"},
	{OPTION_ROLE, "--role", 0, OPTION_CHOICE, AT(role), "ROLE", serve_roles, .verbs = V(SERVE),
	 .environment = "IMCONFORM_ROLE", .fallback = "server",
	 .help = "which reference implementation to start: server, core or client"},
	{OPTION_LISTEN, "--listen", 'l', OPTION_TEXT, AT(listen), "HOST:PORT", .verbs = V(SERVE),
	 .environment = "IMCONFORM_LISTEN", .fallback = "127.0.0.1 and a free port",
	 .help = "address that the reference implementation binds"},
	{OPTION_FAULT, "--fault", 0, OPTION_LIST, AT(fault), "NAME", .verbs = V(SERVE),
	 .environment = "IMCONFORM_FAULT", .fallback = "none",
	 .help = "deliberate fault of the reference implementation; may be repeated"},
	{OPTION_IXIT, "--ixit", 0, OPTION_TEXT, AT(ixit), "FILE", .verbs = JUDGING | V(SERVE),
	 .environment = "IMCONFORM_IXIT", .fallback = "none",
	 .help = "addresses, users, timers and hooks of the test (Lua data or JSON)"},
	{OPTION_ICS, "--ics", 0, OPTION_TEXT, AT(ics), "FILE", .verbs = JUDGING,
	 .environment = "IMCONFORM_ICS", .fallback = "everything is claimed",
	 .help = "what the implementation under test claims to do (Lua data or JSON)"},
	{OPTION_PROFILE, "--profile", 0, OPTION_TEXT, AT(profile), "FILE", .verbs = JUDGING | V(PROVE) | V(SERVE),
	 .environment = "IMCONFORM_PROFILE", .fallback = "profiles/default.lua of the scenarios",
	 .help = "names and values that the specification cites and does not contain"},
	{OPTION_SCENARIOS, "--scenarios", 0, OPTION_LIST, AT(scenarios), "DIR", .verbs = CATALOGUE,
	 .environment = "IMCONFORM_SCENARIOS", .fallback = "the scenarios that come with the program",
	 .help = "folder of further clause files; may be repeated"},
	{OPTION_ONLY, "--only", 0, OPTION_LIST, AT(only), "PATTERN", .verbs = JUDGING | V(LIST) | V(PROVE),
	 .environment = "IMCONFORM_ONLY", .fallback = "everything",
	 .help = "only requirements or cases that match: an id, its begin, or with * and ?; may be repeated"},
	{OPTION_SKIP, "--skip", 0, OPTION_LIST, AT(skip), "PATTERN", .verbs = JUDGING | V(LIST) | V(PROVE),
	 .environment = "IMCONFORM_SKIP", .fallback = "nothing",
	 .help = "leave out requirements or cases that match; may be repeated"},
	{OPTION_STRICT, "--strict", 0, OPTION_FLAG, AT(strict), .verbs = JUDGING | V(REPORT),
	 .environment = "IMCONFORM_STRICT", .fallback = "no",
	 .help = "warnings fail, too: SHOULDs, and readings that are contested"},
	{OPTION_SEED, "--seed", 0, OPTION_NUMBER, AT(seed), "N", .min = 0, .max = UINT64_MAX,
	 .verbs = V(RUN) | V(PROVE) | V(DOCTOR), .environment = "IMCONFORM_SEED", .fallback = "1",
	 .help = "decides order and everything made up: the same seed gives the same run"},
	{OPTION_JOBS, "--jobs", 'j', OPTION_NUMBER, AT(jobs), "N", .min = 1, .max = 10000,
	 .verbs = JUDGING | V(PROVE), .environment = "IMCONFORM_JOBS", .fallback = "as many as is good",
	 .help = "how many cases run, or flows are judged, at the same time"},
	{OPTION_SHARD, "--shard", 0, OPTION_PART, AT(shard), "I/N", .verbs = JUDGING | V(PROVE),
	 .environment = "IMCONFORM_SHARD", .fallback = "1/1",
	 .help = "do the I-th of N parts; merge joins the journals"},
	{OPTION_JOURNAL, "--journal", 0, OPTION_TEXT, AT(journal), "PATH", .verbs = JUDGING | V(MERGE),
	 .environment = "IMCONFORM_JOURNAL", .fallback = "none",
	 .help = "file that records the campaign, line by line"},
	{OPTION_BASELINE, "--baseline", 0, OPTION_TEXT, AT(baseline), "JOURNAL", .verbs = V(RUN) | V(AUDIT) | V(REPORT),
	 .environment = "IMCONFORM_BASELINE", .fallback = "none",
	 .help = "journal of an older campaign: reports say what fails now, is fixed, missing or new; what is missing fails"},
	{OPTION_EXPECTED, "--expected", 0, OPTION_TEXT, AT(expected), "FILE", .verbs = V(RUN) | V(AUDIT) | V(REPORT),
	 .environment = "IMCONFORM_EXPECTED", .fallback = "none",
	 .help = "failures that are known, a line each: REQUIREMENT | CASE | REASON | OWNER | EXPIRY"},
	{OPTION_REDACT, "--redact", 0, OPTION_FLAG, AT(redact), .verbs = V(RUN) | V(AUDIT) | V(REPORT),
	 .environment = "IMCONFORM_REDACT", .fallback = "no",
	 .help = "reports and their captures have pseudonyms for users, hosts and texts; journal and evidence keep the names"},
	{OPTION_OUTPUT, "--output", 'o', OPTION_LIST, AT(output), "FORMAT:PATH", .verbs = RENDERING,
	 .environment = "IMCONFORM_OUTPUT", .fallback = "text on standard output",
	 .help = "a report: text, json, junit, tap, markdown, html, sctr (the form of ISO 9646) or pcapng; - is standard output; may be repeated"},
	{OPTION_SEEDS, "--seeds", 0, OPTION_NUMBER, AT(seeds), "N", .min = 1, .max = 1000000, .verbs = V(PROVE),
	 .environment = "IMCONFORM_SEEDS", .fallback = "60",
	 .help = "campaigns in networks that lose, double and reorder, each by a seed of its own"},
	{OPTION_ALL, "--all", 'a', OPTION_FLAG, AT(all), .verbs = V(PROVE),
	 .environment = "IMCONFORM_ALL", .fallback = "no",
	 .help = "list every proof, not only those that did not hold"},
	{OPTION_QUIET, "--quiet", 'q', OPTION_FLAG, AT(quiet), .verbs = EVERY,
	 .environment = "IMCONFORM_QUIET", .fallback = "no",
	 .help = "no talk on standard error but errors"},
	{OPTION_TIMES, "--times", 0, OPTION_FLAG, AT(times), .verbs = V(RUN) | V(AUDIT) | V(REPORT),
	 .environment = "IMCONFORM_TIMES", .fallback = "no",
	 .help = "reports say how long cases took and when in a run a message was seen; two runs then differ"},
	{OPTION_COLOR, "--color", 0, OPTION_CHOICE, AT(color), "WHEN", colors, .verbs = EVERY,
	 .environment = "IMCONFORM_COLOR", .fallback = "auto",
	 .help = "auto, always or never; NO_COLOR in the environment is never"},
	{OPTION_HELP, "--help", 'h', OPTION_FLAG, AT(help), .verbs = EVERY, .fallback = "", .help = "this text"},
	{OPTION_MAN, "--man", 0, OPTION_FLAG, AT(man), .verbs = EVERY, .fallback = "",
	 .help = "the same as a manual page, for man -l -"},
	{OPTION_VERSION, "--version", 'V', OPTION_FLAG, AT(version), .verbs = EVERY, .fallback = "",
	 .help = "the version"},
	{.name = NULL},
};

const struct verb_row verb_table[VERB_COUNT] = {
	[VERB_NONE] = {"imconform", "VERB", "conformance tests of deferred-message push (OMA SIMPLE IM)", 0, 0},
	[VERB_RUN] = {"run", "", "runs a live campaign against an implementation", 0, 0},
	[VERB_AUDIT] = {"audit", "FILE…", "judges captures: files, - for a pipe, or an interface", 0, UINT32_MAX},
	[VERB_LIST] = {"list", "", "lists the requirements and how each is shown", 0, 0},
	[VERB_EXPLAIN] = {"explain", "ID…", "explains requirements: their text, reading and checks",
			  1, UINT32_MAX},
	[VERB_PROVE] = {"prove", "", "proves that every check can fail, and for its reason", 0, 0},
	[VERB_SERVE] = {"serve", "", "starts a reference implementation, faults included", 0, 0},
	[VERB_REPORT] = {"report", "JOURNAL…", "renders journals into any format", 1, UINT32_MAX},
	[VERB_MERGE] = {"merge", "JOURNAL…", "joins the journals of shards", 1, UINT32_MAX},
	[VERB_SHOW] = {"show", "FILE", "shows the SIP ladder of a capture or a journal", 1, 1},
	[VERB_DOCTOR] = {"doctor", "", "checks libraries, ports, rights, clock and configuration", 0, 0},
};
/* clang-format on */

const struct option *option_of(enum verb verb, enum option_id id)
{
	const struct option *option;

	for (option = option_table; option->name; option++)
		if (option->id == id && option->verbs & 1u << verb)
			return option;
	return NULL;
}
