/* SPDX-License-Identifier: MIT */
#include "harness/options_table.h"

/* clang-format off */
const struct verb_about verb_about_table[VERB_COUNT] = {
	[VERB_NONE] = {
		"Tests whether an IM Server or an IM Client does what OMA SIMPLE IM says about deferred messages that are "
		"pushed to a user who comes back. imconform plays what surrounds the implementation under test, provokes "
		"each step, and tells for every requirement whether it held, with the message that shows it. Captures are "
		"judged by the same rules. Results go to standard output, talk and errors to standard error.",
		{{"imconform run", "tests the reference IM Server that comes inside: a first look"},
		 {"imconform list", "shows what can be tested"},
		 {"imconform help run", "explains a verb"}}},
	[VERB_RUN] = {
		"Runs the cases against an implementation and reports a verdict for each requirement. The harness is the "
		"SIP/IP core and the users around a server, or the core, the server and the friends of a client. Without "
		"--target and without an IXIT the built-in reference implementation is tested.",
		{{"imconform run --only tag-another", "one case against the reference IM Server"},
		 {"imconform run --target sip:127.0.0.1:5070 --core 127.0.0.1:5060", "every case against a server"},
		 {"imconform run --target sips:127.0.0.1 --tls-ca lab.pem",
		  "a server over TLS"},
		 {"imconform run --iut client --ixit client.lua", "a client; the IXIT has its hooks"},
		 {"imconform run -o text:- -o junit:junit.xml --journal run.jsonl", "with a report for a CI service"}}},
	[VERB_AUDIT] = {
		"Judges the IM traffic in captures: pcap and pcapng, also compressed, several files as one stream in the "
		"order of time. Who is client, core and server is told from the traffic, unless options say so. A "
		"requirement that the capture does not exercise is none, never passed.",
		{{"imconform audit capture.pcapng", "who is who, and what held"},
		 {"imconform audit --server 192.0.2.7:5060 day1.pcap day2.pcap", "the IM Server is known"},
		 {"tcpdump -w - port 5060 | imconform audit -", "a pipe, until it ends"},
		 {"imconform audit -i lo", "an interface, until interrupted"}}},
	[VERB_LIST] = {
		"Lists the requirements in the order of the clauses, and the cases that are there for them. Ids and names "
		"are what --only, --skip and explain take.",
		{{"imconform list --iut server --only 6.1.1.5", "what one clause asks of a server"},
		 {"imconform list -o json:-", "the whole catalogue for programs"}}},
	[VERB_EXPLAIN] = {
		"Explains a requirement: what the text asks, which reading is taken where it is open, when the requirement "
		"applies, what must hold, and the smallest violations that its check has to catch. Explains a case: what it is "
		"there for.",
		{{"imconform explain 6.1.1.5-1", "one requirement"},
		 {"imconform explain 12.2.2.2", "all of a clause"},
		 {"imconform explain tag-another", "a case"}}},
	[VERB_PROVE] = {
		"Tests the harness itself, on a virtual clock: every check against edits that it must catch, every case "
		"against reference implementations with one fault each, against legal variants, and against peers that do "
		"nothing useful. The last columns of the matrix count the proofs of each requirement.",
		{{"imconform prove --only 6.1.1.5-1", "one requirement"},
		 {"imconform prove --shard 1/4", "a quarter of everything"}}},
	[VERB_SERVE] = {
		"Starts a reference implementation on its own, on UDP and TCP or TLS, until it is interrupted: the IM Server, the "
		"core with an IM Server behind it, or the IM Client. For people who develop the other side.",
		{{"imconform serve --listen 127.0.0.1:5070 --core 127.0.0.1:5060", "the IM Server"},
		 {"imconform serve --fault list", "which faults it can have"},
		 {"imconform serve --fault tag-ignored", "with one of them"},
		 {"imconform serve --role core --core 127.0.0.1:5060", "what a client needs"}}},
	[VERB_REPORT] = {
		"Renders the journal of a run or an audit into any format, as often as wanted. Journals of several "
		"implementations give a comparison.",
		{{"imconform report run.jsonl", "as text"},
		 {"imconform report -o html:report.html run.jsonl", "as a page"}}},
	[VERB_MERGE] = {
		"Joins journals of shards of one campaign into one journal, in any order.",
		{{"imconform merge --journal all.jsonl shard1.jsonl shard2.jsonl", "two halves"}}},
	[VERB_SHOW] = {
		"Shows who sent what to whom: a ladder with an arrow for each SIP message of a capture, or of the captures that "
		"the findings of a journal point into.",
		{{"imconform show evidence.pcapng", "what went over the wire in a run"}}},
	[VERB_DOCTOR] = {
		"Checks what a run needs of this machine, reads the configuration, and shows each value with where it comes "
		"from. Sends no packet.",
		{{"imconform doctor --ixit ixit.lua", "before the first run against a server"}}},
};
/* clang-format on */
