/* SPDX-License-Identifier: MIT
 *
 * Units of time. Every time and duration is a uint64_t of nanoseconds, unless its name says otherwise. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdint.h>

#define MILLISECOND UINT64_C(1000000)
#define SECOND      UINT64_C(1000000000)

#endif
