/* SPDX-License-Identifier: MIT */
#include "harness/null_client.h"
#include "harness/prove.h"

static const char *fault_name(size_t number)
{
	return client_fault_name((enum client_fault)number);
}

static const char *fault_breaks(size_t number)
{
	return client_fault_breaks((enum client_fault)number);
}

static const char *fault_text(size_t number)
{
	return client_fault_text((enum client_fault)number);
}

static const char *fault_elsewhere(size_t number, const char *id)
{
	return client_fault_elsewhere((enum client_fault)number, id);
}

/* The upper tester makes a client of its own for each user: it is what is under test. */
static int start(struct prove_iut *iut, struct runner_config *config, struct err *err)
{
	struct tester_reference_config client = {.world = iut->world,
						 .core = iut->core,
						 .transport = NET_UDP,
						 .profile = &iut->stage->profile,
						 .domain = config->ixit->domain,
						 .ims = config->ixit->ims};

	if (iut->kind == PROOF_FAULTS)
		client_faults_set(&client.faults, (enum client_fault)iut->number);
	if (iut->kind == PROOF_VARIANTS)
		client_variants_set(&client.variants, (enum client_variant)iut->number);
	if (iut->kind == PROOF_NULLS)
		config->tester = null_client_new(iut->world, (enum null_client_kind)iut->number, &iut->core,
						 config->ixit->domain);
	else
		config->tester = tester_new_reference(&client);
	iut->peer = config->tester;
	return 0;
}

static void end(struct prove_iut *iut)
{
	tester_free(iut->peer);
}

#define TABLES                                                                                                         \
	{                                                                                                              \
		[PROOF_FAULTS] = {CLIENT_FAULT_COUNT, fault_name, fault_breaks, fault_text, fault_elsewhere},          \
		[PROOF_VARIANTS] = {CLIENT_VARIANT_COUNT, client_variant_name, client_variant_leaves_out,              \
				    client_variant_text},                                                              \
		[PROOF_NULLS] = {NULL_CLIENT_COUNT, null_client_name, null_client_earns, null_client_text},            \
	}

const struct prove_side prove_client = {.actor = ACTOR_CLIENT, .tables = TABLES, .start = start, .end = end};
const struct prove_side prove_client_ims = {
	.actor = ACTOR_CLIENT, .ims = true, .tables = TABLES, .start = start, .end = end};
