# SPDX-License-Identifier: MIT
#
# Words for tests that are scripts: each case says its name and counts. Sourced, not run; `finish` is the last line.

passed=0 failed=0 skipped=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

ok() { passed=$((passed + 1)); printf 'ok   %s\n' "$1"; }
no() {
  failed=$((failed + 1))
  printf 'FAIL %s\n' "$1"
  [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/     /'
}
skip() { skipped=$((skipped + 1)); printf 'skip %s: %s\n' "$1" "$2"; }

# expect NAME STATUS TEXT COMMAND…: the command exits so, and what it says (both streams) is exactly this.
expect() {
  local name=$1 status=$2 text=$3 said got=0
  shift 3
  said=$("$@" 2>&1 </dev/null) || got=$?
  if [ "$got" -ne "$status" ]; then no "$name" "status $got, expected $status; it said: $said"
  elif [ "$said" != "$text" ]; then no "$name" "$(diff <(printf '%s\n' "$text") <(printf '%s\n' "$said"))"
  else ok "$name"; fi
}

# expect_text NAME STATUS PART COMMAND…: the same, where the part stands somewhere in what it says.
expect_text() {
  local name=$1 status=$2 part=$3 said got=0
  shift 3
  said=$("$@" 2>&1 </dev/null) || got=$?
  if [ "$got" -ne "$status" ]; then no "$name" "status $got, expected $status; it said: $said"
  elif [[ $said != *"$part"* ]]; then no "$name" "expected: $part"$'\n'"said: $said"
  else ok "$name"; fi
}

finish() {
  local skips=
  [ $skipped -eq 0 ] || skips=", $skipped skipped"
  printf '%d passed, %d failed%s\n' $passed $failed "$skips"
  [ $failed -eq 0 ]
}
