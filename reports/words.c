/* SPDX-License-Identifier: MIT */
#include "reports/words.h"
#include "base/mem.h"

#include <inttypes.h>

void words_campaign(struct buf *to, const struct campaign *campaign)
{
	const char *kind = campaign->kind == CAMPAIGN_PROOF ? "self-proof" : campaign_kind_name(campaign->kind);
	const struct campaign_fact *fact = NULL;

	if (campaign->both_roles)
		buf_printf(to, "%s of IM Server and IM Client", kind);
	else
		buf_printf(to, "%s of the IM %s", kind, campaign->iut_role == ACTOR_SERVER ? "Server" : "Client");
	if (*campaign->iut_address)
		buf_printf(to, " at %s", campaign->iut_address);
	if (campaign->reference)
		buf_puts(to, " (the built-in reference)");
	if (campaign->kind != CAMPAIGN_AUDIT)
		buf_printf(to, ", seed %" PRIu64, campaign->seed);
	if (campaign->strict)
		buf_puts(to, ", strict");
	while ((fact = campaign_next_fact(campaign, "system", fact)) != NULL)
		if (strcmp(fact->name, "date") == 0)
			buf_printf(to, ", %s", fact->value);
}

void words_count(struct buf *to, uint64_t count, const char *noun)
{
	buf_printf(to, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
}

void words_input(struct buf *to, const struct campaign *campaign)
{
	const struct campaign_input *input = &campaign->input;

	if (campaign->kind == CAMPAIGN_AUDIT)
		words_count(to, input->packets, "packet");
	else
		words_count(to, campaign->case_count, "case");
	buf_puts(to, ", ");
	words_count(to, input->sip_messages, "SIP message");
	buf_puts(to, ", ");
	words_count(to, input->flows, "flow");
	for (unsigned i = 0; i < input->dropped_count; i++)
		buf_printf(to, "%s%" PRIu64 " %s", i ? ", " : "; dropped: ", input->dropped[i].count,
			   input->dropped[i].reason);
	if (input->truncated)
		buf_puts(to, "; the input is cut off");
}

const enum verdict words_verdicts[WORDS_VERDICTS] = {VERDICT_PASS,   VERDICT_FAIL, VERDICT_WARN,
						     VERDICT_INCONC, VERDICT_NONE, VERDICT_ERROR};

void words_summary(struct buf *to, const struct campaign *campaign)
{
	uint64_t counts[VERDICT_COUNT];

	campaign_summary(campaign, counts);
	for (size_t i = 0; i < WORDS_VERDICTS; i++)
		buf_printf(to, "%s%" PRIu64 " %s", i ? ", " : "", counts[words_verdicts[i]],
			   verdict_name(words_verdicts[i]));
}

static bool claims_gate(const struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->requirement_count; i++)
		if (words_gates(campaign, campaign->requirements[i].claim_verdict) &&
		    !campaign->requirements[i].expected)
			return true;
	return false;
}

const char *words_lack(const struct campaign *campaign)
{
	uint64_t counts[VERDICT_COUNT];

	if (!campaign->complete)
		return "it was not finished";
	campaign_summary(campaign, counts);
	if (counts[VERDICT_NONE] == campaign->requirement_count)
		return "nothing was judged";
	if (claims_gate(campaign))
		return "the ICS and what was seen differ";
	if (campaign->refused)
		return "it is not what the baseline or the list of expected failures wants: see the notes";
	return counts[VERDICT_PASS] ? "" : "nothing passed";
}

enum verdict words_whole(const struct campaign *campaign)
{
	if (campaign->refused || claims_gate(campaign))
		return VERDICT_FAIL;
	return *words_lack(campaign) ? VERDICT_INCONC : VERDICT_PASS;
}

void words_evidence(struct buf *to, const struct campaign *campaign, const struct evidence *evidence)
{
	const char *colon = "";

	if (evidence->frame) {
		buf_printf(to, "frame %" PRIu64, evidence->frame);
		if (evidence->file < campaign->file_count)
			buf_printf(to, " of %s", campaign->file_names[evidence->file]);
		if (evidence->to > evidence->from)
			buf_printf(to, ", bytes %u to %u", evidence->from, evidence->to);
		colon = ": ";
	}
	if (*evidence->line)
		buf_printf(to, "%s%s", colon, evidence->line);
}

void words_sentence(struct buf *to, const struct finding *finding)
{
	buf_puts(to, finding->requirement);
	if (*finding->rule)
		buf_printf(to, " (%s)", finding->rule);
	buf_printf(to, " %s", verdict_name(finding->verdict));
	if (*finding->expected)
		buf_printf(to, "; expected: %s", finding->expected);
	if (*finding->seen)
		buf_printf(to, "; seen: %s", finding->seen);
	if (*finding->reason)
		buf_printf(to, "; because: %s", finding->reason);
	if (finding->case_name)
		buf_printf(to, "; case %s", finding->case_name);
}

void words_place(struct buf *to, const struct finding *finding)
{
	if (finding->case_name)
		buf_printf(to, "case %s%s", finding->case_name, *finding->user ? ", " : "");
	buf_puts(to, finding->user);
	if (*finding->rule)
		buf_printf(to, " (%s)", finding->rule);
}

static void show_finding(const struct campaign *campaign, const struct finding *finding,
			 const struct words_showing *showing)
{
	struct buf evidence = {0};

	showing->finding(showing->arg, finding);
	if (*finding->expected)
		showing->field(showing->arg, "expected", finding->expected);
	if (*finding->seen)
		showing->field(showing->arg, "seen", finding->seen);
	if (*finding->reason)
		showing->field(showing->arg, "because", finding->reason);
	for (unsigned i = 0; i < finding->evidence_count; i++) {
		buf_clear(&evidence);
		words_evidence(&evidence, campaign, &finding->evidence[i]);
		if (evidence.len)
			showing->field(showing->arg, "evidence", evidence.p);
	}
	buf_done(&evidence);
}

void words_findings(const struct campaign *campaign, const struct campaign_requirement *r,
		    const struct words_showing *showing)
{
	for (unsigned v = VERDICT_COUNT; v-- > VERDICT_WARN;) {
		uint64_t shown = 0;

		for (size_t i = 0; i < r->count && shown < WORDS_FINDINGS_MAX; i++) {
			if (r->findings[i].verdict != (enum verdict)v)
				continue;
			show_finding(campaign, &r->findings[i], showing);
			shown++;
		}
		if (r->counts[v] > shown)
			showing->more(showing->arg, (enum verdict)v, r->counts[v] - shown);
	}
}

const struct campaign_requirement *words_claim(const struct campaign *campaign,
					       const struct campaign_requirement *after)
{
	size_t i = after ? (size_t)(after - campaign->requirements) + 1 : 0;

	while (i < campaign->requirement_count && campaign->requirements[i].claim_verdict == VERDICT_NONE)
		i++;
	return i < campaign->requirement_count ? &campaign->requirements[i] : NULL;
}

bool words_gates(const struct campaign *campaign, enum verdict verdict)
{
	return verdict > VERDICT_WARN || (verdict == VERDICT_WARN && campaign->strict);
}

bool words_is_expected(const struct campaign_requirement *r)
{
	return r->expected && !r->counts[VERDICT_INCONC] && !r->counts[VERDICT_ERROR];
}

static bool is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t words_columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += !is_inside(*text);
	return n;
}

size_t words_fit(const char *text, size_t columns)
{
	size_t i = 0;

	while (text[i] && (columns || is_inside(text[i])))
		columns -= !is_inside(text[i++]);
	return i;
}

static void put_safe(struct buf *to, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '#' && i > 0 && text[i - 1] == '#')
			buf_puts(to, "\\x23");
		else
			buf_putc(to, text[i]);
	}
}

/* How much of the text stands on this line: up to a blank if there is one to break at. */
static size_t line_fit(const char *text, size_t columns)
{
	size_t n = words_fit(text, columns), cut = n;

	if (text[n] == '\0')
		return n;
	while (cut > 0 && text[cut] != ' ')
		cut--;
	return cut ? cut : n;
}

void words_wrap(struct buf *to, const char *text, size_t column, size_t hang)
{
	size_t room = column + 8 < WORDS_WIDTH ? WORDS_WIDTH - column : 0;

	for (;;) {
		size_t n = line_fit(text, room);

		put_safe(to, text, n);
		buf_putc(to, '\n');
		text += n;
		while (*text == ' ')
			text++;
		if (*text == '\0')
			return;
		buf_printf(to, "%*s| ", (int)hang, "");
		room = WORDS_WIDTH - hang - 2;
	}
}

void words_lines(struct buf *to, const char *text, const char *prefix)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		buf_puts(to, prefix);
		if (text[strspn(text, " ")] == ':')
			buf_puts(to, "| ");
		put_safe(to, text, n);
		buf_putc(to, '\n');
		text += n + (text[n] == '\n');
	}
}

void words_flush(struct buf *from, FILE *to)
{
	if (from->len)
		fwrite(from->p, 1, from->len, to);
	buf_clear(from);
}

int words_end(FILE *to, struct err *err)
{
	errno = 0;
	if (fflush(to) == 0 && !ferror(to))
		return 0;
	if (errno == 0) { /* the reason is long gone; another attempt tells it */
		clearerr(to);
		fputc('\n', to);
		fflush(to);
	}
	if (errno == EPIPE)
		return 0;
	return err_set(err, -EIO, "%s", errno ? strerror(errno) : "not all of it could be written");
}
