/* SPDX-License-Identifier: MIT */
#include "harness/null_peer.h"
#include "harness/prove.h"
#include "harness/server.h"
#include "harness/server_variants.h"

static const char *fault_name(size_t number)
{
	return server_fault_name((enum server_fault)number);
}

static const char *fault_breaks(size_t number)
{
	return server_fault_breaks((enum server_fault)number);
}

static const char *fault_text(size_t number)
{
	return server_fault_text((enum server_fault)number);
}

static const char *fault_elsewhere(size_t number, const char *id)
{
	return server_fault_elsewhere((enum server_fault)number, id);
}

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
		[PROOF_FAULTS] = {SERVER_FAULT_COUNT, fault_name, fault_breaks, fault_text, fault_elsewhere},          \
		[PROOF_VARIANTS] = {SERVER_VARIANT_COUNT, server_variant_name, server_variant_leaves_out,              \
				    server_variant_text},                                                              \
		[PROOF_NULLS] = {NULL_PEER_COUNT, null_peer_name, null_peer_earns, null_peer_text},                    \
	}

const struct prove_side prove_server = {
	.actor = ACTOR_SERVER, .without_core = true, .tables = TABLES, .start = start, .end = end};
const struct prove_side prove_server_ims = {
	.actor = ACTOR_SERVER, .ims = true, .tables = TABLES, .start = start, .end = end};
