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

missing=() units=()
while read -r package unit; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" != installed ] || continue
  missing+=("$package")
  [ -z "$unit" ] || units+=("$unit")
done < <(awk -v wanted="^($wanted)$" '$1 ~ wanted { print $2, $3 }' "$top/ci/packages")
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || die "not root, and no sudo; missing packages: ${missing[*]}"
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
say "installing ${missing[*]}"
for unit in "${units[@]}"; do # what systemctl mask does, also where no systemd runs
  "${as_root[@]}" mkdir -p /etc/systemd/system
  [ -e "/etc/systemd/system/$unit" ] || "${as_root[@]}" ln -sf /dev/null "/etc/systemd/system/$unit"
done
quietly "${apt[@]}" update
quietly "${apt[@]}" install --no-install-recommends "${missing[@]}"
