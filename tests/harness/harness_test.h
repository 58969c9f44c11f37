/* SPDX-License-Identifier: MIT
 *
 * What the tests of the harness share. */
#ifndef TESTS_HARNESS_TEST_H
#define TESTS_HARNESS_TEST_H

#include "base/time.h"
#include "net/addr.h"

#define MS MILLISECOND

static inline struct net_addr loopback4(uint16_t port)
{
	static const uint8_t ip[4] = {127, 0, 0, 1};

	return net_addr_v4(ip, port);
}

static inline struct net_addr loopback6(uint16_t port)
{
	static const uint8_t ip[16] = {[15] = 1};

	return net_addr_v6(ip, port);
}

#endif
