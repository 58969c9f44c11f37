#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How fast an audit is, and how much memory it takes, against a libpcap loop that does nothing: prints a table of medians
# of five runs. The answers are checked, too: exactly the planted faults.
# usage: audit.sh BUILD-FOLDER [SESSIONS…]    (default: 2000 20000; a session is 19 messages)
set -eu

build=$1
shift
[ $# -gt 0 ] || set -- 2000 20000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# median of five: wall seconds and peak KiB of a command whose exit status does not matter
measure() {
  for run in 1 2 3 4 5; do
    /usr/bin/time -q -f '%e %M' -o "$work/time" "$@" >/dev/null 2>&1 || :
    tail -n 1 "$work/time"
  done | sort -n | sed -n 3p
}

printf '%-10s %-10s %10s %10s %8s %10s\n' sessions what seconds 'x loop' 'us/msg' 'peak MiB'
for sessions; do
  "$build/tests/bench/make_captures" "$sessions" 5000 2 "$work/capture" >"$work/planted"
  loop=$(measure "$build/tests/bench/pcap_loop" "$work/capture")
  for jobs in 1 2; do
    audit=$(measure "$build/harness/imconform" audit -j "$jobs" -o "json:$work/report$jobs" "$work/capture")
    echo "$sessions jobs=$jobs $audit $loop" | awk '{
      printf "%-10s %-10s %10.2f %10.1f %8.2f %10.1f\n", $1, $2, $3, $3 / ($5 > 0 ? $5 : 0.01),
        $3 * 1e6 / ($1 * 19), $4 / 1024 }'
  done
  cmp "$work/report1" "$work/report2"
  echo "$loop" | awk -v n="$sessions" '{ printf "%-10s %-10s %10.2f %10.1f %8s %10.1f\n", n, "loop", $1, 1, "", $2 / 1024 }'
  while IFS=: read -r ids planted; do
    for id in $(echo "$ids" | sed 's/ and / /'); do
      tr -d '\n ' <"$work/report1" | grep -o "\"id\":\"$id\",[^}]*\"counts\":{[^}]*}" |
        grep -q "\"fail\":$((planted))[,}]" || echo "WRONG: $id has not the $planted faults that were planted" >&2
    done
  done <"$work/planted"
done
