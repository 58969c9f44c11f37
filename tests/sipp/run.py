#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""SIPp as a client IUT: one that conforms, and some with one violation each. Usage: run.py IMCONFORM"""
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
    for name, old, new, expected in VARIANTS:
        with tempfile.TemporaryDirectory() as folder:
            text = replace_last(good, old, new)
            right &= check(name, verdicts(sys.argv[1], folder, text), expected)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
