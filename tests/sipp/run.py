#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""SIPp as a client IUT: one that conforms, and some with one violation each. Usage: run.py IMCONFORM [--whole]; each violation over UDP
or TCP in turn, or over both."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "foreign"))
from campaign import free_port  # noqa: E402 (the path comes first)
CASES = ["client-publishes-challenged", "client-challenge-md5"]

# SIPp's words for the transports; Debian builds it without TLS
TRANSPORTS = {"udp": "u1", "tcp": "t1"}

# name, what is replaced by what (the last one is), the requirement that must fail; None: all passes
VARIANTS = [
    ("no-accept-contact", "      Accept-Contact: *;+g.oma.sip-im\n", "", "5.2.4-4"),
    ("longer-tag", "*;+g.oma.sip-im\n", "*;+g.oma.sip-im.large-message\n", "5.2.4-4"),
    ("presence", "Event: poc-settings", "Event: presence", "5.2.4-6"),
    ("poc-release", "IM-client/OMA1.0", "PoC-client/OMA1.0", "5.2.4-5"),
    ("no-expires", "      Expires: 3600\n      Content-Type", "      Content-Type", "5.2.4-7"),
    ("other-user", "PUBLISH sip:carol@im.example", "PUBLISH sip:dave@im.example", "5.2.4-2"),
    ("no-delivery", "      <im:deferred-settings><im:offline-delivery active=\"true\"/></im:deferred-settings>\n", "", "5.2.4-8d"),
    ("no-max-forwards", "      Max-Forwards: 70\n", "", "5.2.4-1"),
    ("register-to-user", "REGISTER sip:im.example SIP", "REGISTER sip:carol@im.example SIP", "5.2.2-1"),
    ("register-without-from-tag", "tag=[call_number]\n      To: <sip:carol@im.example>\n      Call-ID: [call_id]\n      CSeq: 2",
     "x=[call_number]\n      To: <sip:carol@im.example>\n      Call-ID: [call_id]\n      CSeq: 2", "5.2.2-1"),
    ("register-misnamed", "CSeq: 2 REGISTER", "CSeq: 2 PUBLISH", "5.2.2-1"),
    ("identity-of-another", "P-Preferred-Identity: <sip:carol@", "P-Preferred-Identity: <sip:dave@", "5.2.4-3"),
    ("a-tag-that-is-false", "*;+g.oma.sip-im\n", "*;+g.oma.sip-im=\"FALSE\"\n", "5.2.4-4"),
    ("no-user-agent", "      User-Agent: IM-client/OMA1.0\n", "", "5.2.4-5"),
    ("a-servers-release", "IM-client/OMA1.0", "IM-serv/OMA1.0", "5.2.4-5"),
    ("no-event", "      Event: poc-settings\n", "", "5.2.4-6"),
    ("event-in-capitals", "Event: poc-settings", "Event: PoC-Settings", "5.2.4-6"),
    ("expires-soon", "Expires: 3600\n      Content-Type", "Expires: soon\n      Content-Type", "5.2.4-7"),
    ("unbalanced", "      </entity>\n", "", "5.2.4-8"),
    ("plain-text", "application/poc-settings+xml", "text/plain", "5.2.4-8"),
    ("no-session-barring", "      <isb-settings><incoming-session-barring active=\"false\"/></isb-settings>\n", "", "5.2.4-8a"),
    ("no-pager-barring", "      <isb-settings><incoming-session-barring active=\"false\" service-id=\"pager-large-mode\"/></isb-settings>\n", "", "5.2.4-8b"),
    ("no-visibility", "      <im:vis-settings><im:vis-status active=\"true\"/></im:vis-settings>\n", "", "5.2.4-8c"),
    ("no-session-storing", "      <im:hist-settings><im:hist-activation active=\"true\" service-id=\"session-mode\"/></im:hist-settings>\n", "", "5.2.4-8e"),
    ("no-pager-storing", "      <im:hist-settings><im:hist-activation active=\"true\" service-id=\"pager-large-mode\"/></im:hist-settings>\n", "", "5.2.4-8f"),
    ("wrong-password", "password=pw-of-carol", "password=guessed", "5.2.2-2"),
]


def replace_last(text, old, new):
    at = text.rindex(old)
    return text[:at] + new + text[at + len(old):]


def write_ixit(folder, scenario, transport):
    with open(os.path.join(folder, "carol.pw"), "w", encoding="ascii") as file:
        file.write("pw-of-carol\n")
    path = os.path.join(folder, "ixit.json")
    start = (f"exec sipp {{core}} -sf {scenario} -t {TRANSPORTS[transport]} -i 127.0.0.1 -p {free_port()} -m 1 "
             "-nostdin -oocsn ooc_default -timeout 20 >/dev/null 2>&1")
    with open(path, "w", encoding="ascii") as file:
        json.dump({
            "iut": {"role": "client", "transport": transport},
            "users": [{"address": "sip:carol@im.example", "password_file": "carol.pw"}],
            "timers": {"quiet_ms": 300, "answer_ms": 4000},
            "hooks": {"start": start},
        }, file)
    return path


def verdicts(imconform, folder, text, transport="udp"):
    scenario = os.path.join(folder, "client.xml")
    with open(scenario, "w", encoding="utf-8") as file:
        file.write(text)
    ixit = write_ixit(folder, scenario, transport)
    command = [imconform, "run", "--iut", "client", "--ixit", ixit, "--quiet", "-o", "json:-"]
    for case in CASES:
        command += ["--only", case]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    report = json.loads(done.stdout)
    return {r["id"]: (r["verdict"], r["reason"]) for r in report["requirements"]}


def check(name, found, expected):
    failed = {i for i, (verdict, _) in found.items() if verdict == "fail"}
    passed = {i for i, (verdict, _) in found.items() if verdict == "pass"}
    if expected is None:
        right = not failed and len(passed) >= 17
    else:
        right = failed == {expected}
    print("ok  " if right else "FAIL", name, "fails:", sorted(failed), "passes:", len(passed))
    if not right:
        for i, (verdict, reason) in found.items():
            print("    ", verdict, i, reason)
    return right


def main():
    if not shutil.which("sipp"):
        print("skipped: sipp is not installed (package sip-tester)")
        return 77
    with open(os.path.join(HERE, "client.xml"), encoding="utf-8") as file:
        good = file.read()
    right = True
    for transport in TRANSPORTS:
        with tempfile.TemporaryDirectory() as folder:
            right &= check("conforming " + transport, verdicts(sys.argv[1], folder, good, transport), None)
    for i, (name, old, new, expected) in enumerate(VARIANTS):
        for transport in list(TRANSPORTS) if "--whole" in sys.argv else [list(TRANSPORTS)[i % 2]]:
            with tempfile.TemporaryDirectory() as folder:
                text = replace_last(good, old, new)
                right &= check(f"{name} {transport}", verdicts(sys.argv[1], folder, text, transport), expected)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
