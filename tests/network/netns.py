#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An IUT on another host: two network namespaces, and a wire between them that delays by 40 ms and loses 2 % of the packets.
Conforming implementations must not fail there; a faulty one must. Usage: netns.py IMCONFORM"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from lab import SKIPPED, Checks, beside, run, verdicts
from wire import Wire

HERE, THERE = f"imc-a{os.getpid()}", f"imc-b{os.getpid()}"
HARNESS, IUT = "10.99.7.1", "10.99.7.2"
CORE, SERVER = f"{HARNESS}:5060", f"{IUT}:5070"


def ip(*words):
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=False)


def inside(name):
    return ["ip", "netns", "exec", name]


def build():
    """The wire, and why there is none."""
    for name in (HERE, THERE):
        done = ip("netns", "add", name)
        if done.returncode:
            return None, done.stderr.strip()
    try:
        wire = Wire(HERE, THERE, delay=0.04, jitter=0.005, loss=0.02)
    except OSError as error:
        return None, f"a TUN device: {error}"
    for name, device, address in ((HERE, "v0", HARNESS), (THERE, "v1", IUT)):
        for step in (["addr", "add", f"{address}/24", "dev", device], ["link", "set", device, "up"],
                     ["link", "set", "lo", "up"]):
            done = ip("-n", name, *step)
            if done.returncode:
                return None, f"ip {' '.join(step)}: {done.stderr.strip()}"
    return wire, None


def check_server(checks, imconform):
    serve = inside(THERE) + [imconform, "serve", "--listen", SERVER, "--core", CORE, "--quiet"]
    target = ["--target", f"sip:{SERVER}", "--core", CORE, "--only", "6.1.1.5-1", "--only", "12.2.2.2-2", "--only",
              "12.2.2.2-trigger"]
    with beside(serve):
        time.sleep(0.5)
        status, report, talk = run(imconform, *target, before=inside(HERE))
    found = verdicts(report)
    checks.that("a conforming server far away does not fail", status in (0, 3) and "fail" not in found.values(),
                (status, found, talk))
    checks.that("most of it passes all the same", sum(v == "pass" for v in found.values()) >= 10, found)
    with beside(serve + ["--fault", "tag-ignored"]):
        time.sleep(0.5)
        status, report, talk = run(imconform, *target, before=inside(HERE))
    checks.that("a faulty one fails through the weather, for what it did", status == 1 and
                verdicts(report).get("6.1.1.5-1") == "fail", (status, talk))


def check_nobody(checks, imconform):
    status, report, talk = run(imconform, "--target", f"sip:{IUT}:5099", "--core", CORE, "--only", "6.1.1.5-1",
                               before=inside(HERE))
    checks.that("nobody far away: not decided, and no failure", status == 3 and "fail" not in verdicts(report).values()
                and any("does not answer" in n for n in report["campaign"].get("notes", [talk])), (status, talk))


def check_client(checks, imconform):
    client = inside(THERE) + [imconform, "serve", "--role", "client", "--listen", f"{IUT}:5072", "--core", CORE,
                              "--quiet"]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as ixit:
        json.dump({"iut": {"role": "client"}, "users": [{"address": "sip:carol@im.example"}],
                   "hooks": {"start": "exec " + " ".join(client) + f" --ixit {ixit.name} >/dev/null 2>&1"}}, ixit)
        ixit.flush()
        status, report, talk = run(imconform, "--iut", "client", "--core", CORE, "--ixit", ixit.name, "--only",
                                   "client-registers", before=inside(HERE))
    found = verdicts(report)
    checks.that("a client far away", status == 0 and found.get("5.2.2-1") == "pass" and
                found.get("5.2.2-publish") == "pass", (status, found, talk))


def main():
    if not shutil.which("ip"):
        print("skipped: no ip here (package iproute2)")
        return SKIPPED
    checks = Checks()
    try:
        wire, why = build()
        if why:
            print("skipped: no network namespaces here:", why)
            return SKIPPED
        check_server(checks, sys.argv[1])
        check_nobody(checks, sys.argv[1])
        check_client(checks, sys.argv[1])
        checks.that("the wire did lose packets", wire.lost > 10, (wire.carried, wire.lost))
        wire.cut()
    finally:
        ip("netns", "del", HERE)
        ip("netns", "del", THERE)
    return 0 if checks.right else 1


if __name__ == "__main__":
    sys.exit(main())
