#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Every test: installs what is missing, checks the house rules, builds into build-test/ with warnings as errors, and runs
# the tests; with --sanitize all of it again in build-sanitize/ under the address and undefined behaviour sanitizers.
# Ends with a line of counts; fails where anything failed.
set -euo pipefail
. "$(dirname "$0")/common.sh"

sanitize=
case ${1:-} in
'') ;;
--sanitize) sanitize=1 ;;
*) die "usage: $0 [--sanitize]" ;;
esac

formatted=1 # 1: the whole tree is as .clang-format says, and has to stay so (ci/format.sh)

passed=0 failed=0 skipped=0
count() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }

# A house rule: prints its breaches and counts as one test.
rule() {
  if "$top/ci/$@"; then count 1 0 0; else
    printf 'house rule broken: %s\n' "$*"
    count 0 1 0
  fi
}

# Builds into $1 with the meson options that follow, runs the tests there, counts them.
build_and_test() {
  local build=$top/$1 counts
  shift
  say "building into ${build##*/}/"
  if [ ! -f "$build/build.ninja" ]; then
    quietly meson setup "$build" "$top" -Dtests=enabled "$@" || { count 0 1 0; return; }
  fi
  quietly meson compile -C "$build" --ninja-args=-k0 || { count 0 1 0; return; }
  say "testing in ${build##*/}/"
  # many tests wait most of their time: more of them at once than there are processors
  meson test -C "$build" --no-rebuild --print-errorlogs --num-processes $(($(nproc) + 3)) </dev/null || true
  counts=$(python3 "$top/ci/count_tests.py" "$build/meson-logs/testlog.json")
  # shellcheck disable=SC2086
  count $counts
}

"$top/ci/install.sh"
rule check-layers.sh
rule check-doors.sh
# shellcheck disable=SC2086
rule check-style.sh ${formatted:+--format}
build_and_test build-test --werror
if [ -n "$sanitize" ]; then # warnings don't count: gcc warns of what the sanitizers add
  build_and_test build-sanitize -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1
fi

skips=
[ $skipped -eq 0 ] || skips=", $skipped skipped"
printf '%d passed, %d failed%s\n' $passed $failed "$skips"
[ $failed -eq 0 ]
