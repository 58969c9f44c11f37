/* SPDX-License-Identifier: MIT */
#include "harness/null_client.h"
#include "harness/prove.h"

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
		[PROOF_FAULTS] = &client_faults, [PROOF_VARIANTS] = &client_variants, [PROOF_NULLS] = &null_clients    \
	}

const struct prove_side prove_client = {.actor = ACTOR_CLIENT, .tables = TABLES, .start = start, .end = end};
const struct prove_side prove_client_ims = {
	.actor = ACTOR_CLIENT, .ims = true, .tables = TABLES, .start = start, .end = end};
