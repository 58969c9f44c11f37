/* SPDX-License-Identifier: MIT */
#include "harness/null_peer.h"
#include "harness/prove.h"
#include "harness/server.h"
#include "harness/server_variants.h"

static int start(struct prove_iut *iut, struct runner_config *config, struct err *err)
{
	struct server_config server = {.bind = iut->address,
				       .core = iut->core,
				       .profile = &iut->stage->profile,
				       .domain = config->ixit->domain,
				       .ims = config->ixit->ims,
				       .direct = config->ixit->direct};

	if (iut->kind == PROOF_NULLS)
		return null_peer_new(iut->world, (enum null_peer_kind)iut->number, &iut->address,
				     (struct null_peer **)&iut->peer, err);
	if (iut->kind == PROOF_FAULTS)
		server_faults_set(&server.faults, (enum server_fault)iut->number);
	if (iut->kind == PROOF_VARIANTS)
		server_variants_set(&server, (enum server_variant)iut->number);
	config->transport = server.transport;
	return server_new(iut->world, &server, (struct server **)&iut->peer, err);
}

static void end(struct prove_iut *iut)
{
	if (iut->kind == PROOF_NULLS)
		null_peer_free(iut->peer);
	else
		server_free(iut->peer);
}

#define TABLES                                                                                                         \
	{                                                                                                              \
		[PROOF_FAULTS] = &server_faults, [PROOF_VARIANTS] = &server_variants, [PROOF_NULLS] = &null_peers      \
	}

const struct prove_side prove_server = {
	.actor = ACTOR_SERVER, .without_core = true, .tables = TABLES, .start = start, .end = end};
const struct prove_side prove_server_ims = {
	.actor = ACTOR_SERVER, .ims = true, .tables = TABLES, .start = start, .end = end};
