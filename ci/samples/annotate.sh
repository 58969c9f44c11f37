#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# GitHub annotations from a JSON report: errors for what failed, warnings for what is a warning, not decided, or a failure
# that is known (--expected). GitHub shows 10 of a kind and step, so the tenth tells how many more there are. Needs jq.
# $1: the report.
set -euo pipefail

jq -r '
  def data: gsub("%"; "%25") | gsub("\r"; "%0D") | gsub("\n"; "%0A");
  def property: data | gsub(":"; "%3A") | gsub(","; "%2C");
  def shown($kind; $all):
    (if ($all | length) > 10 then $all[:9] else $all end)[]
    | "::\($kind) title=\("\(.verdict) \(.id)" | property)::\("\(.level) \(.text): \(.reason)" | data)";
  def rest($kind; $all):
    if ($all | length) > 10 then "::\($kind) title=imconform::\(($all | length) - 9) more: see the report" else empty end;
  [.requirements[] | select((.verdict == "fail" and (.known | not)) or .verdict == "error")] as $errors
  | [.requirements[] | select(.verdict == "warn" or .verdict == "inconc" or .known)] as $warnings
  | shown("error"; $errors), rest("error"; $errors), shown("warning"; $warnings), rest("warning"; $warnings)
' "$1"
