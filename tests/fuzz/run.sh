#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# run.sh SECONDS [TARGET…]: builds the programs of this folder with clang, libFuzzer, AddressSanitizer and
# UndefinedBehaviorSanitizer (Debian's clang and libclang-rt-14-dev), makes seeds of campaigns on the virtual clock and of
# the captures in $FUZZ_CAPTURES, and runs each target for that many seconds (all of them where none is named):
#   talk      SIP messages in packets that are right, all the way to the reports
#   live      campaigns on the virtual clock whose messages are bent on their way between the two sides
#   capture   the bytes of a capture file
#   sip body  what reads a message and its body
#   file      journals, clause files, profiles, IXIT and ICS, known failures, lines of an upper tester
# What it learns stays in the build folder ($FUZZ_BUILD, build-fuzz by default) for the next time; what it finds is in
# found/ there, and `TARGET FILE` repeats it. The exit status is 1 where something was found.
set -euo pipefail
. "$(dirname "$0")/../../ci/common.sh"

[[ ${1:-} =~ ^[0-9]+$ ]] || die "expected the seconds that each target runs, and the targets"
seconds=$1
shift
targets=("$@")
[ $# -gt 0 ] || targets=(talk live capture sip body file)
build=${FUZZ_BUILD:-$top/build-fuzz}
program=$build/harness/imconform

[ -e "$build/build.ninja" ] ||
  CC=${CC:-clang} quietly meson setup "$build" "$top" -Dfuzz=true -Dtests=disabled -Dbuildtype=debug -Doptimization=1 -Db_lundef=false
quietly ninja -C "$build" harness/imconform tests/fuzz/talk_seeds "${targets[@]/#/tests/fuzz/fuzz_}"
mkdir -p "$build/found"

# --- seeds ---

export ASAN_OPTIONS=detect_leaks=0 # of the program: it is not looked for here

# A capture of each case of each side, which are good as they are.
captures_of_cases() {
  local to=$1 side name
  for side in server client; do
    "$program" run --virtual --quiet --iut $side --journal "$to/$side.jsonl" -o text:/dev/null || true
    sed -n 's/^{"t":"case","order":[0-9]*,"name":"\([^"]*\)".*/\1/p' "$to/$side.jsonl" | while IFS= read -r name; do
      "$program" run --virtual --quiet --iut $side --only "$name" --journal "$to/$name.jsonl" \
        -o "pcapng:$to/$name.pcapng" || true
    done
  done
}

# Files as they are, but those that are too long to be of use.
copies() {
  local to=$1 front=$2 file
  shift 2
  for file; do
    [ ! -f "$file" ] || [ "$(stat -c %s "$file")" -gt 60000 ] ||
      { printf '%s' "$front"; cat "$file"; } >"$to/$(basename "$file")"
  done
}

# Side, variant and requirement, and a bend of each kind (bend.c).
campaigns() {
  local to=$1 side requirement kind
  for side in 0 1 2 3; do
    for requirement in {0..31}; do
      {
        printf %b "\x0$side\0\x$(printf %02x "$requirement")\x01"
        for kind in {0..14}; do
          printf %b "\x$(printf %02x $((kind + kind % 2 * 128)))\0\x$(printf %02x $((requirement * kind)))\x05;a=b,\x03"
        done
      } >"$to/$side-$requirement"
    done
  done
}

seed() {
  local made=$build/seeds
  mkdir -p "$made/cases" "$made"/{talk,live,capture,sip,body,file}
  captures_of_cases "$made/cases"
  "$build/tests/fuzz/talk_seeds" "$made/talk" "$made"/cases/*.pcapng ${FUZZ_CAPTURES:-} 2>/dev/null
  copies "$made/capture" '' "$made"/cases/*.pcapng ${FUZZ_CAPTURES:-}
  campaigns "$made/live"
  copies "$made/sip" '' "$top"/../shared/torture/*.dat
  copies "$made/file" j "$made"/cases/*.jsonl
  copies "$made/file" c "$top"/scenarios/*.lua
  copies "$made/file" p "$top"/scenarios/profiles/*.lua
  copies "$made/file" i "$top"/docs/ixit.lua
  copies "$made/file" s "$top"/docs/ics.lua
  # some of their messages and bodies one by one
  awk -v sip="$made/sip/" -v body="$made/body/" -v RS='\n@@ ' '
    NR % 7 == 0 {
      sub(/^[^\n]*\n/, "")
      printf "%s", $0 >(sip NR)
      close(sip NR)
      if (!match($0, /\nContent-Type:[^\r]*/)) next
      printf "%s\n%s", substr($0, RSTART + 14, RLENGTH - 14), substr($0, index($0, "\r\n\r\n") + 4) >(body NR)
      close(body NR)
    }' "$made"/talk/*
}

[ -d "$build/seeds" ] || seed >"$build/seeds.log" 2>&1
unset ASAN_OPTIONS

# --- the run ---

export LSAN_OPTIONS=suppressions=$top/tests/lsan.supp:print_suppressions=0
cd "$build"
status=0
for target in "${targets[@]}"; do
  mkdir -p "corpora/$target"
  log=$build/$target.log
  longest=60000
  [ "$target" != talk ] || longest=10000 # all of a talk is judged and reported: long ones cost more than they show
  [ "$target" != live ] || longest=500   # which is some fifty bends
  "tests/fuzz/fuzz_$target" "corpora/$target" "seeds/$target" -dict="$top/tests/fuzz/words.dict" \
    -max_total_time="$seconds" -timeout="${FUZZ_TIMEOUT:-10}" -report_slow_units=2 -max_len=$longest \
    -artifact_prefix="$build/found/$target-" -print_final_stats=1 >"$log" 2>&1 || { status=1; tail -n 60 "$log"; }
  printf '%-8s %s\n' "$target" "$(grep -E '^#[0-9]+.* cov: ' "$log" | tail -n 1 | tr '\t' ' ')"
done
exit $status
