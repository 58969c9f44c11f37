# SPDX-License-Identifier: MIT
#
# What the scripts of this folder share. Sourced, not run.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 2; }

# Runs a command without a word; what it said is shown only where it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [ $status -eq 0 ] || { cat "$log" >&2; say "failed with status $status: $*"; }
  rm -f "$log"
  return $status
}

# Files of the tree ($1) below the given folders or of the given names, as git sees them (also those not yet added), or
# without git whatever lies there.
files_of() {
  local root=$1
  shift
  (
    cd "$root" || exit 2
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
      git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r f; do
        if [ -f "$f" ]; then printf '%s\n' "$f"; fi
      done
    else
      { find "$@" -type d \( -name .git -o -name 'build*' -o -name out \) -prune -o -type f -print 2>/dev/null || true; } |
        sed 's|^[.]/||'
    fi | LC_ALL=C sort -u
  )
}
