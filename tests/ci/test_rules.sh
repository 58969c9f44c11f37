#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The house rules can fail: each breach is named with its place, and a tree without one passes in silence.
set -euo pipefail
. "$(dirname "$0")/expect.sh"
ci=$(cd "$(dirname "$0")/../../ci" && pwd)
tree=$scratch/tree

# plant FILE LINE…: a file of the small tree, with a licence line before the lines.
plant() {
  local file=$tree/$1
  shift
  mkdir -p "$(dirname "$file")"
  printf '%s\n' '/* SPDX-License-Identifier: MIT */' "$@" >"$file"
}
fresh() { rm -rf "$tree"; plant lib/base/err.c '#include "base/err.h"' '' '#include <stdio.h>'; cp "$ci/../.clang-format" "$tree"; }

layers() { # layers FILE INCLUDE WHY: the include is a breach; without WHY it is none
  fresh
  plant "$1" "#include \"$2\""
  if [ $# -eq 3 ]; then
    expect "layers: $1 includes $2" 1 "$1:2: \"$2\": $3" "$ci/check-layers.sh" "$tree"
  else
    expect "layers: $1 may include $2" 0 '' "$ci/check-layers.sh" "$tree"
  fi
}
layers lib/base/a.c net/addr.h 'base must not see net'
layers lib/net/a.c sip/msg.h 'net must not see sip'
layers lib/sip/a.h body/sdp.h 'sip must not see body'
layers lib/body/a.c sip/msg.h 'body must not see sip'
layers lib/check/a.c catalogue/catalogue.h 'check must not see catalogue'
layers lib/judge/a.c script/script.h 'judge must not see script'
layers lib/script/a.c reports/report.h 'script must not see reports'
layers reports/a.c harness/world.h 'reports must not see harness'
layers lib/trace/a.c flow.h 'an include names its folder: one of the layers'
layers lib/trace/a.c ../sip/msg.h 'an include names its folder: one of the layers'
layers lib/other/a.c base/err.h 'its folder other/ has no place in the layers'
layers lib/trace/a.c body/sdp.h
layers lib/trace/a.c sip/msg.h
layers lib/check/a.c trace/story.h
layers lib/judge/a.h catalogue/catalogue.h
layers lib/net/a.c net/addr.h
layers harness/a.c reports/report.h

silent() { # silent LINE: lib/ may not say it, the harness may
  fresh
  plant lib/net/a.c "$1"
  expect "lib is silent: $1" 1 "lib/net/a.c:2: lib/ does not print, sleep, read the clock or open sockets: $1" \
    "$ci/check-layers.sh" "$tree"
  fresh
  plant harness/a.c "$1"
  expect "the harness is not: $1" 0 '' "$ci/check-layers.sh" "$tree"
}
silent 'printf("%s", x);'
silent 'fputs(x, stderr);'
silent 'clock_gettime(CLOCK_MONOTONIC, &now);'
silent 'fd = socket(AF_INET, 0, 0);'
fresh
plant lib/net/a.c '/* printf(x) is not called */' 'buf_printf(to, "time(0)"); x->time(); snprintf(a, 1, "b");'
expect 'layers: names that only look like it' 0 '' "$ci/check-layers.sh" "$tree"

door() { # door FILE HEADER [WHY]
  fresh
  plant "$1" "#include <$2>"
  if [ $# -eq 3 ]; then
    expect "doors: $1 includes $2" 1 "$1:2: <$2>: $3" "$ci/check-doors.sh" "$tree"
  else
    expect "doors: $1 may include $2" 0 '' "$ci/check-doors.sh" "$tree"
  fi
}
door harness/server.c osip2/osip.h 'not a door of libosip2'
door lib/sip/msg.c osipparser2/osip_message.h 'not a door of libosip2'
door lib/net/capture.c pcap/pcap.h 'not a door of libpcap'
door lib/body/sdp.c libxml/parser.h 'not a door of libxml2'
door harness/runner.c lua.h 'not a door of lua'
door harness/runner.c uv.h 'not a door of libuv'
door lib/net/tcp.c openssl/evp.h 'not a door of openssl'
door reports/json.c jansson.h 'not a door of jansson'
door lib/net/capture.c archive.h 'not a door of libarchive'
door lib/net/capture.c criterion/criterion.h 'not a door of criterion'
door lib/net/capture.c curl/curl.h 'no library has a door for this header (see ci/check-doors.sh)'
door harness/osip_door.c osip2/osip.h
door lib/script/run.c lauxlib.h
door lib/net/tcp.c string.h
door tests/net/test_tcp.c criterion/criterion.h

style() { # style FILE LINE WHY [OPTION]
  fresh
  plant "$1" "$2"
  expect "style: $3" 1 "$1:2: $3" "$ci/check-style.sh" ${4:+"$4"} "$tree"
}
style lib/base/a.c 'int x; ' 'blanks at the end of the line'
style harness/a.h "$(printf 'int x;\r')" 'blanks at the end of the line'
style lib/base/a.c "/* TO""DO: more */" 'unfinished by its own word'
style scenarios/a.lua "-- FIX""ME" 'unfinished by its own word'
style README.md "see /ho""me/someone/x" 'a path of a machine'
style tests/net/a.c "\"/wo""rk/main/x\"" 'a path of a machine'
fresh
printf 'int x;\nint y;\n' >"$tree/lib/base/a.c"
expect 'style: no licence' 1 'lib/base/a.c:2: no line SPDX-License-Identifier: MIT at the beginning' \
  "$ci/check-style.sh" "$tree"
fresh
plant lib/base/a.c 'int x;'
printf 'int y;' >>"$tree/lib/base/a.c"
expect 'style: no line end' 1 'lib/base/a.c:2: no line end at the end of the file' "$ci/check-style.sh" "$tree"
fresh
plant lib/base/a.c $(seq 450)
expect 'style: a long file' 1 'lib/base/a.c:451: longer than 450 lines: is it one thing?' "$ci/check-style.sh" "$tree"
fresh
plant lib/base/a.c $(seq 449)
expect 'style: 450 lines are not too long' 0 '' "$ci/check-style.sh" "$tree"
style scenarios/a.lua "$(printf '\tx = 1')" 'a tab'
fresh
plant lib/base/a.c 'int f(void)' '{' '    return 0;' '}'
if [[ $(clang-format --version 2>/dev/null) == *"version 14."* ]]; then
  expect 'style: C is indented with tabs' 1 'lib/base/a.c:3: not as .clang-format says' "$ci/check-style.sh" --format "$tree"
else
  expect 'style: no clang-format' 0 'check-style.sh: formatting not checked: needs clang-format 14, of Debian 12' \
    "$ci/check-style.sh" --format "$tree"
fi
finish
