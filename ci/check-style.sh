#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What every file of the tree keeps to: a licence line, no blanks at ends of lines, files of bearable length, nothing
# unfinished by its own word, no path of somebody's machine. With --format also what .clang-format says of C, which
# `clang-format -i FILE` mends. Prints each breach as file:line. $1: the tree, this one by default.
set -euo pipefail
. "$(dirname "$0")/common.sh"
format=
if [ "${1:-}" = --format ]; then format=1; shift; fi
cd "${1:-$top}"

texts() { files_of . . | grep -vE '^(tests/.*/(data|golden|captures)/|LICENSE$)' | xargs -r grep -lI . || true; }

status=0
texts | xargs -r awk -v words='TO''DO|FIX''ME|XX''X|HA''CK' '
function breach(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; breaches = 1 }
function end_of_file() {
  if (!is_code || lines <= 450) return
  printf "%s:%d: longer than 450 lines: is it one thing?\n", last, lines
  breaches = 1
}
FNR == 1 {
  end_of_file()
  last = FILENAME
  is_c = FILENAME ~ /\.[ch]$/
  is_code = is_c || FILENAME ~ /\.(lua|sh|py)$/
  licensed = !is_code
}
{ lines = FNR }
/SPDX-License-Identifier: MIT/ { licensed = 1 }
FNR == 2 && !licensed { breach("no line SPDX-License-Identifier: MIT at the beginning") }
/[ \t\r]$/ { breach("blanks at the end of the line") }
/\t/ && !is_c && FILENAME !~ /^ci\/(packages|debian\/rules)$/ && FILENAME !~ /\.(tsv|mk)$/ { breach("a tab") }
$0 ~ "(^|[^A-Za-z])(" words ")([^A-Za-z]|$)" { breach("unfinished by its own word") }
/(^|[^A-Za-z0-9_.\/-])\/(home|root|work|Users)\/[a-z]/ { breach("a path of a machine") }
END { end_of_file(); exit breaches }
' || status=1

while IFS= read -r file; do
  if [ -n "$(tail -c1 "$file")" ]; then
    printf '%s:%d: no line end at the end of the file\n' "$file" "$(wc -l <"$file")"
    status=1
  fi
done < <(texts)

if [ -n "$format" ]; then
  if [[ $(clang-format --version 2>/dev/null) == *"version 14."* ]]; then
    bad=$(files_of . lib harness reports tests | { grep -E '\.[ch]$' || true; } |
      { xargs -r clang-format --dry-run -Werror 2>&1 || true; } |
      sed -n 's/:[0-9]*: error: code should be clang-formatted.*/: not as .clang-format says/p' | LC_ALL=C sort -u)
    if [ -n "$bad" ]; then
      printf '%s\n' "$bad"
      status=1
    fi
  else
    say "check-style.sh: formatting not checked: needs clang-format 14, of Debian 12"
  fi
fi
exit $status
