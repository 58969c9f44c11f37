#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Installs the Debian packages of ci/packages that are missing: all of them, or with --build only what a build needs, with
# --package what package.sh needs. Asks nothing, says only what it does, and does nothing where nothing is missing.
set -euo pipefail
. "$(dirname "$0")/common.sh"

case ${1:-} in
'') wanted='[a-z]+' ;;
--build) wanted=build ;;
--package) wanted='build|package' ;;
*) die "usage: $0 [--build | --package]" ;;
esac
command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  die "no apt-get here; install by hand what ci/packages lists"

missing=()
while read -r package; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done < <(awk -v wanted="^($wanted)$" '$1 ~ wanted { print $2 }' "$top/ci/packages")
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || die "not root, and no sudo; missing packages: ${missing[*]}"
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
say "installing ${missing[*]}"
quietly "${apt[@]}" update
quietly "${apt[@]}" install --no-install-recommends "${missing[@]}"
