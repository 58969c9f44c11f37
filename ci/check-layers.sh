#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Includes point one way. A folder may include what stands to the left of its place here, and itself; what stands in one
# place side by side does not see its neighbour. And lib/ neither prints, sleeps, reads the clock nor opens a socket.
# Prints each breach as file:line. $1: the tree, this one by default.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "${1:-$top}"

places='base < net < sip body < trace < check < catalogue < judge < script < reports < harness'

# What a library leaves to its caller. Only mem.c says a word, before it aborts for want of memory.
forbidden='printf|vprintf|puts|putchar|perror|sleep|usleep|nanosleep|clock_gettime|gettimeofday|time|clock|exit'
forbidden+='|socket|connect|bind|listen|accept|recv|recvfrom|recvmsg|sendto|sendmsg|select|epoll_wait'

sources() { files_of . lib reports harness | grep -E '\.[ch]$' || true; }

sources | xargs -r awk -v places="$places" '
BEGIN {
  count = split(places, word, " ")
  for (i = 1; i <= count; i++)
    if (word[i] == "<") place++; else place_of[word[i]] = place + 0
}
FNR == 1 { split(FILENAME, part, "/"); own = part[1] == "lib" ? part[2] : part[1] }
/^[ \t]*#[ \t]*include[ \t]*"/ {
  split($0, quoted, "\"")
  slash = index(quoted[2], "/")
  other = slash ? substr(quoted[2], 1, slash - 1) : ""
  if (!(own in place_of))
    why = "its folder " own "/ has no place in the layers"
  else if (!(other in place_of))
    why = "an include names its folder: one of the layers"
  else if (own != other && place_of[other] >= place_of[own])
    why = own " must not see " other
  else
    next
  printf "%s:%d: \"%s\": %s\n", FILENAME, FNR, quoted[2], why
  breaches = 1
}
END { exit breaches }
' || layers=1

sources | grep '^lib/' | grep -vx lib/base/mem.c | xargs -r awk -v forbidden="$forbidden" '
{
  line = $0
  gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
  sub(/\/\/.*/, "", line)
  sub(/\/\*.*/, "", line)
  if (line ~ /^[ \t]*\*/ || !match(line, "(^|[^A-Za-z0-9_.>])(" forbidden ")[(]") && line !~ /std(out|err)/)
    next
  printf "%s:%d: lib/ does not print, sleep, read the clock or open sockets: %s\n", FILENAME, FNR, $0
  breaches = 1
}
END { exit breaches }
' || layers=1

exit "${layers:-0}"
