#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The manual pages: one a verb, without a warning of man or mandoc, and found by what they are about.
# $1: the build folder.
set -euo pipefail
. "$(dirname "$0")/expect.sh"
build=$1

# each NAME TOOL TEXT FUNCTION: where the tool is there, the function says this of every page.
each() {
  local page
  command -v "$2" >/dev/null || { skip "$1" "$2 is not installed"; return; }
  for page in "$build"/harness/imconform*.1; do expect "$1 of ${page##*/}" 0 "$3" "$4" "$page"; done
}
warnings() { LC_ALL=C.UTF-8 MANWIDTH=80 man -l --warnings -E UTF-8 -Tutf8 "$1" 2>&1 >/dev/null; }
lint() { mandoc -T lint "$1" 2>&1 || true; } # its status is above 0 for matters of style, too
described() { lexgrog "$1" | grep -c ': "imconform[a-z-]* - [a-z].*"$'; }

each warnings man '' warnings
each lint mandoc '' lint
each description lexgrog 1 described
verbs=$("$build/harness/imconform" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p')
for verb in $verbs; do
  expect_text "a page for $verb" 0 ".TH IMCONFORM\\-${verb^^} 1 " cat "$build/harness/imconform-$verb.1"
done
finish
