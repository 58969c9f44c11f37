/* SPDX-License-Identifier: MIT
 *
 * Bends: what a hostile peer makes of the messages that go through a virtual world, between their sender and their
 * receiver. What they are is read from bytes, one bend after the other, each with how many messages are left alone
 * before it; once they are used up, everything arrives as it was sent. fuzz_live uses it. */
#ifndef TESTS_FUZZ_BEND_H
#define TESTS_FUZZ_BEND_H

#include "harness/world.h"

/* From now on, until the next bend_world(). `recipe` is borrowed until the world is freed. One world at a time. */
void bend_world(struct world *world, struct slice recipe);

#endif
