#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# One foreign library, one door: which files may include the headers of which library. Prints each breach as file:line.
# $1: the tree, this one by default.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "${1:-$top}"

# library | its headers | the files (patterns of the shell)
doors='
libosip2   | osip2/ osipparser2/  | harness/osip_door.c
c-ares     | ares.h               | harness/resolve_cares.c
libpcap    | pcap/ pcap.h         | lib/net/capture_live_pcap.c tests/net/test_capture.c tests/bench/pcap_loop.c
libxml2    | libxml/              | lib/body/settings_xml.c lib/body/settings_xsd.c tests/reports/test_hostile.c tests/reports/test_hostile_fields.c tests/reports/test_html.c tests/foreign/sofia/document.c
lua        | lua.h lauxlib.h lualib.h | lib/script/*.c lib/script/live.h lib/script/sandbox.h harness/lua_*.[ch]
libuv      | uv.h uv/             | harness/uv_*.[ch] harness/*_uv.[ch]
openssl    | openssl/             | lib/sip/aka.c lib/sip/digest.c lib/sip/milenage.c harness/tls*.[ch] tests/harness/tls*.[ch]
jansson    | jansson.h   | lib/script/value_json.c reports/json_read.h harness/tester_json.c tests/sip/test_sprout.c
libarchive | archive.h archive_entry.h | lib/net/capture_unpack.c tests/net/test_unpack.c
zlib       | zlib.h      | lib/net/gunzip.c
sofia-sip  | sofia-sip/  | tests/foreign/sofia/*
criterion  | criterion/           | tests/*
'
# Headers of the system and of the compiler, which need no door.
system='^(sys|arpa|net|netinet|linux)/|^(assert|ctype|dirent|emmintrin|errno|fcntl|fnmatch|glob|ifaddrs|inttypes|limits'
system+='|locale|malloc|math|netdb|poll|pthread|setjmp|signal|spawn|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string'
system+='|strings|termios|time|unistd)[.]h$'

status=0
while IFS=: read -r file line header; do
  [[ $header =~ $system ]] && continue
  library='' open=''
  while IFS='|' read -r name headers files; do
    for start in $headers; do
      if [[ $header == "$start" || ($start == */ && $header == "$start"*) ]]; then library=${name// /}; fi
    done
    [ -n "$library" ] || continue
    set -f
    for pattern in $files; do
      # shellcheck disable=SC2053
      if [[ $file == $pattern ]]; then open=1; fi
    done
    set +f
    break
  done <<<"${doors#$'\n'}"
  if [ -z "$library" ]; then
    printf '%s:%s: <%s>: no library has a door for this header (see %s)\n' "$file" "$line" "$header" ci/check-doors.sh
  elif [ -z "$open" ]; then
    printf '%s:%s: <%s>: not a door of %s\n' "$file" "$line" "$header" "$library"
  else
    continue
  fi
  status=1
done < <(files_of . lib reports harness tests | grep -E '\.[ch]$' | xargs -r awk '
/^[ \t]*#[ \t]*include[ \t]*</ { split($0, part, /[<>]/); printf "%s:%d:%s\n", FILENAME, FNR, part[2] }')
exit $status
