#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# From a bare machine to a first campaign: installs what is missing, builds into build/, runs every case against the
# built-in reference IM Server over loopback sockets, and leaves the reports in out/ (or in the folder given as $1).
# Exits with the campaign's status.
set -euo pipefail
. "$(dirname "$0")/common.sh"

out=$(mkdir -p "${1:-$top/out}" && cd "${1:-$top/out}" && pwd)
build=${BUILD:-$top/build}

"$top/ci/install.sh" --build
say "building into ${build##*/}/"
[ -f "$build/build.ninja" ] || quietly meson setup "$build" "$top" -Db_lto=true
quietly meson compile -C "$build" imconform:executable

say "running the campaign against the built-in reference IM Server"
status=0
"$build/harness/imconform" run --journal "$out/journal.jsonl" -o text:- -o json:"$out/report.json" \
  -o html:"$out/report.html" -o junit:"$out/report.xml" -o tap:"$out/report.tap" -o markdown:"$out/report.md" \
  -o pcapng:"$out/evidence.pcapng" || status=$?
say "reports and evidence: $out/; to read: $out/report.html"
exit $status
