#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The reference IM Client over real TCP connections on loopback: every case with the one inside the campaign, and
registration with one that is a process of its own. Usage: tcp.py IMCONFORM"""
import json
import os
import shlex
import subprocess
import sys
import tempfile

from campaign import compare, judge, write

OWN_PROCESS = {"client-challenge-md5": {"5.2.2-1": "pass", "5.2.2-2": "pass", "5.2.2-publish": "pass"}}


def every_case(imconform, folder):
    """The report of a campaign of all cases, and its capture."""
    ixit = write(folder, "tcp.json", json.dumps({"iut": {"role": "client", "transport": "tcp"}}))
    capture = os.path.join(folder, "tcp.pcapng")
    done = subprocess.run([imconform, "run", "--iut", "client", "--ixit", ixit, "--quiet", "-o", "json:-", "-o",
                           f"pcapng:{capture}"], capture_output=True, text=True, timeout=150,
                          stdin=subprocess.DEVNULL, check=False)
    with open(capture, "rb") as file:
        return json.loads(done.stdout), file.read()


def check_every_case(imconform, folder):
    report, capture = every_case(imconform, folder)
    bad = [(r["id"], r["verdict"], r["reason"]) for r in report["requirements"] if r["verdict"] not in ("pass", "none")]
    undone = [(c["name"], c["verdict"], c["reason"]) for c in report["cases"] if c["verdict"] != "pass"]
    checks = {
        f"no requirement but passes {bad}": not bad,
        "twenty requirements passed": report["summary"]["pass"] >= 20,
        f"every case passed {undone}": not undone,
        "all of it went over TCP": b"SIP/2.0/TCP" in capture and b"SIP/2.0/UDP" not in capture,
    }
    for what, right in checks.items():
        print("ok  " if right else "FAIL", what)
    return all(checks.values())


def main():
    imconform = sys.argv[1]

    def prepare(folder, _port, _transport):
        return (f"exec {shlex.quote(imconform)} serve --role client --quiet --core {{core}} "
                f"--ixit {shlex.quote(os.path.join(folder, 'ixit.json'))} >/dev/null 2>&1")

    right = all([compare(case, judge(imconform, case, prepare, "tcp"), wanted) for case, wanted in OWN_PROCESS.items()])
    with tempfile.TemporaryDirectory() as folder:
        right &= check_every_case(imconform, folder)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
