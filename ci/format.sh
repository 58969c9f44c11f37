#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Formats every C file as .clang-format says. Once the tree keeps to it, `formatted=1` in ci/test.sh has every later change
# checked; --switch-on sets that, too.
set -euo pipefail
. "$(dirname "$0")/common.sh"

case ${1:-} in
'' | --switch-on) ;;
*) die "usage: $0 [--switch-on]" ;;
esac
[[ $(clang-format --version 2>/dev/null) == *"version 14."* ]] || die "needs clang-format 14, of Debian 12"
cd "$top"
files_of . lib harness reports tests | grep -E '\.[ch]$' | xargs -r clang-format -i
if [ "${1:-}" = --switch-on ]; then sed -i 's/^formatted= /formatted=1 /' ci/test.sh; fi
ci/check-style.sh --format
