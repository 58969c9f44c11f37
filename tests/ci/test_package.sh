#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The Debian package: it is built from a clean export, lintian has nothing to say, and what it holds works from where it
# was unpacked. And the unit of systemd is sound. $1: the top of the tree, $2: the build folder.
set -euo pipefail
. "$(dirname "$0")/expect.sh"
top=$1 build=$2
unit=$top/ci/debian/imconform.service
version=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$top/meson.build")

contents() { (cd "$scratch/root" && find . -type f -path "$1"); }
package_test() {
  local root=$scratch/root file deb
  deb=$scratch/imconform_${version}_$(dpkg --print-architecture).deb
  expect 'package.sh, with lintian' 0 "package: $deb" \
    "$top/ci/package.sh" "$scratch"
  [ -f "$deb" ] || return 0
  dpkg-deb -x "$deb" "$root"
  cd "$scratch"
  expect 'its version' 0 "imconform $version" "$root/usr/bin/imconform" --version
  expect_text 'it lists its own scenarios' 0 '6.1.1.5-1 ' "$root/usr/bin/imconform" list
  expect_text 'where they come from' 0 "$root/usr/share/imconform/scenarios/" "$root/usr/bin/imconform" explain 6.1.1.5-2
  expect_text 'its doctor' 0 'ok    profile    default' "$root/usr/bin/imconform" doctor
  expect_text 'a case against its own reference' 0 'PASSED: ' "$root/usr/bin/imconform" run -q --only tag-another
  for file in "$build"/harness/imconform*.1; do
    expect "it has ${file##*/}" 0 "./usr/share/man/man1/${file##*/}.gz" contents "*/${file##*/}.gz"
  done
  for file in lib/systemd/system/imconform.service usr/share/bash-completion/completions/imconform \
    usr/share/zsh/vendor-completions/_imconform usr/share/fish/vendor_completions.d/imconform.fish \
    usr/share/doc/imconform/copyright usr/share/doc/imconform/changelog.gz usr/share/doc/imconform/README.md.gz; do
    expect "it has $file" 0 "./$file" contents "./$file"
  done
  expect 'no path of the build' 1 '' grep -rlaF -e "$top/" -e /imconform-$version/ "$root"
  expect_text 'what it depends on' 0 libosip2 dpkg-deb -f "$deb" Depends
}

# The unit with the program of this build: systemd wants to see it.
unit_test() {
  sed "s|^ExecStart=/usr/bin/|ExecStart=$build/harness/|" "$unit" >"$scratch/imconform.service"
  expect 'the unit is sound' 0 '' systemd-analyze verify --man=no "$scratch/imconform.service"
  expect_text 'the unit is hardened' 0 'Overall exposure level for imconform.service: ' \
    systemd-analyze security --offline=true --no-pager --threshold=20 "$scratch/imconform.service"
}

# The environment of the unit, on other ports, and the signal that ends it.
serves() {
  local settings
  settings=$(sed -n 's/^Environment=//p' "$unit" | sed 's/127.0.0.1:50/127.0.0.9:150/g')
  # shellcheck disable=SC2086
  env $settings timeout --preserve-status 0.5 "$build/harness/imconform" serve
}

if command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null && command -v lintian >/dev/null; then
  package_test
else
  skip 'the package' 'dpkg-dev, debhelper or lintian is not installed'
fi
if command -v systemd-analyze >/dev/null; then unit_test; else skip 'the unit' 'systemd is not installed'; fi
expect 'what the unit starts' 143 'imconform serve: the reference IM Server listens on 127.0.0.9:15070, UDP and TCP' serves
finish
