#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Builds the Debian package from a clean export of the tree: what git knows, with ci/debian as debian/. Puts what comes out
# into the folder $1 (build-package/ by default), and checks it with lintian where that is installed. The packages that a
# build needs are those of ci/packages; no test is run.
set -euo pipefail
. "$(dirname "$0")/common.sh"

mkdir -p "${1:-$top/build-package}"
out=$(cd "${1:-$top/build-package}" && pwd)
command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null ||
  die "needs dpkg-buildpackage and dh, of the Debian packages dpkg-dev and debhelper"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$top/meson.build")
tree=$work/imconform-$version
mkdir "$tree"
files_of "$top" . | (cd "$top" && tar -cT -) | tar -xC "$tree"
cp -r "$tree/ci/debian" "$tree/debian"
# gcc and libc6-dev are in every build environment of Debian
depends=$(awk '$1 == "build" && $2 !~ /^(gcc|libc6-dev)$/ { printf "%s%s", comma, $2; comma = ", " }' "$top/ci/packages")
sed "s/@BUILD_DEPENDS@/$depends/" "$tree/debian/control.in" >"$tree/debian/control"
rm "$tree/debian/control.in"

if [ -d /usr/lib/ccache ]; then # the work folder is another each time and must not count; dh moves HOME
  export PATH=/usr/lib/ccache:$PATH CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1
  CCACHE_DIR=$(ccache -k cache_dir) && export CCACHE_DIR
fi
(cd "$tree" && quietly dpkg-buildpackage -b -us -uc)
cp "$work"/imconform*_"$version"_* "$out"
if command -v lintian >/dev/null; then
  lintian --fail-on error,warning --allow-root "$work"/imconform_*.changes
else
  say "package.sh: not checked: lintian is not installed"
fi
say "package: $out/$(cd "$work" && ls imconform_*.deb)"
