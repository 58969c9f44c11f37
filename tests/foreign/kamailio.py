#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kamailio as an IM Server (kamailio/im_server.cfg): the conforming one over each transport, and one for each of its
faults, all at once; the verdicts are those of kamailio/verdicts. Usage: kamailio.py IMCONFORM [NAME…]"""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

import kamailio_server
from campaign import SKIPPED

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kamailio")
AT_ONCE = 36  # a campaign is mostly waiting
JUDGED = 29  # requirements on a server that apply without an IMS
DEADLINE = 140  # seconds, of a campaign that lasts a minute


def read_table():
    """name, transport, cases, {requirement: verdict that is no pass} of each line."""
    with open(os.path.join(HERE, "verdicts"), encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if words and not line.startswith("#"):
                yield words[0], words[1], words[2], dict(word.split("=") for word in words[3:])


def substitutions(port, core, over):
    values = {"ME": f"127.0.0.1:{port}", "HOST": "127.0.0.1", "PORT": port, "OVER": over,
              "CORE": f"sip:127.0.0.1:{core}{over}", "MSRP": os.path.join(HERE, "msrp.py")}
    return [f"--substdef=!__{name}__!{value}!g" for name, value in values.items()]


def campaign(imconform, folder, name, transport, cases):
    """The report of one campaign against a Kamailio of its own."""
    port, core = kamailio_server.free_ports(2)
    over = "" if transport == "udp" else f";transport={transport}"
    arguments = substitutions(port, core, over)
    if name != "conforming":
        arguments += ["-A", "FAULT_" + name.replace("-", "_").upper()]
    command = [imconform, "run", "--target", f"sip:127.0.0.1:{port}{over}", "--core", f"127.0.0.1:{core}", "--quiet",
               "-o", "json:-"]
    command += [] if cases == "*" else ["--only", cases]
    with kamailio_server.running(folder, os.path.join(HERE, "im_server.cfg"), port,
                                 [f"udp:127.0.0.1:{port}", f"tcp:127.0.0.1:{port}"], arguments):
        done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, stdin=subprocess.DEVNULL,
                              check=False)
    if not done.stdout:
        raise RuntimeError(f"{name} {transport}: no report; standard error: {done.stderr}")
    return json.loads(done.stdout)


def judge(imconform, name, transport, cases):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return campaign(imconform, folder, name, transport, cases)


def surprises(report, cases, expected):
    """What the campaign says and should not, one line each."""
    judged = {r["id"]: r for r in report["requirements"] if r["verdict"] != "none"}
    for requirement in sorted(set(judged) | set(expected)):
        found = judged.get(requirement, {"verdict": "none", "reason": ""})
        wanted = expected.get(requirement, "pass")
        if found["verdict"] != wanted:
            yield f"{requirement} is {found['verdict']} ({found['reason']}), should be {wanted}"
    if cases == "*" and len(judged) != JUDGED:
        yield f"{len(judged)} requirements were judged, should be {JUDGED}"


def say(row, report):
    name, transport, cases, expected = row
    wrong = list(surprises(report, cases, expected))
    passed = report["summary"]["pass"]
    print("FAIL" if wrong else "ok  ", name, transport, " ".join(f"{i}={v}" for i, v in expected.items()),
          f"{passed} passed")
    for line in wrong:
        print("     ", line)
    return not wrong


def main():
    imconform, names = sys.argv[1], sys.argv[2:]
    reason = kamailio_server.missing(("app_python3", "kamailio-python3-modules"), ("xmlops", "kamailio-xml-modules"))
    if reason:
        print("skipped:", reason)
        return SKIPPED
    rows = [row for row in read_table() if not names or row[0] in names]
    with concurrent.futures.ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        reports = [pool.submit(judge, imconform, *row[:3]) for row in rows]
        right = [say(row, report.result()) for row, report in zip(rows, reports)]
    return 0 if right and all(right) else 1


if __name__ == "__main__":
    sys.exit(main())
