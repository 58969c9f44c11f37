#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What `meson install` puts in place works from there: the program finds the scenarios that were installed with it.
# $1: the build folder.
set -euo pipefail
. "$(dirname "$0")/expect.sh"
place=$scratch/place

DESTDIR=$place meson install -C "$1" --no-rebuild --quiet >"$scratch/log" 2>&1 || {
  no 'meson install' "$(cat "$scratch/log")"
  finish
}
program=$(find "$place" -path '*/bin/imconform')
shared=$(dirname "$(dirname "$program")")/share
unwrapped() { "$@" | sed -z 's/\n *| //g'; }
cd "$scratch"
expect_text 'the version' 0 'imconform 0.' "$program" --version
expect_text 'its own scenarios' 0 "$shared/imconform/scenarios/6.1.1.5-settings.lua:" unwrapped "$program" explain 6.1.1.5-2
expect_text 'its own profile' 0 'ok    profile    default' "$program" doctor
for verb in '' -run -audit -list -explain -prove -serve -report -merge -show -doctor; do
  expect_text "manual page imconform$verb.1" 0 .TH cat "$shared/man/man1/imconform$verb.1"
done
finish
