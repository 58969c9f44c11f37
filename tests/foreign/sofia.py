#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An IM Server on Sofia-SIP (sofia/): the conforming one over UDP and TCP, IPv4 and IPv6; in legal styles; with each of
its faults. The verdicts have to be those of sofia/verdicts, and an audit of the evidence may not fail what the run
passed.
Usage: sofia.py IMCONFORM SERVER [NAME…]; a NAME may also be words of the server, joined by +"""
import json
import os
import subprocess
import sys
import tempfile
import time

import verdicts
from campaign import SKIPPED, free_port

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sofia")
DEADLINE = 240  # seconds, of a campaign that lasts a minute
SIDE_BY_SIDE = 24


def command_of(imconform, folder, place, cases):
    host, port, core, over = place
    command = ["setpriv", "--pdeathsig", "TERM", imconform, "run", "--target", f"sip:{host}:{port}{over}", "--core",
               f"{host}:{core}", "--quiet", "-o", "json:-", "-o", "pcapng:" + os.path.join(folder, "run.pcapng")]
    for case in cases.split(",") if cases != "*" else []:
        command += ["--only", case]
    return command


def report_of(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, stdin=subprocess.DEVNULL,
                          check=False)
    if not done.stdout:
        raise RuntimeError(f"no report; standard error: {done.stderr}")
    return json.loads(done.stdout)


def audited(imconform, folder, live):
    """What an audit of the evidence, which does not know what was before, fails and the run passed."""
    audit = report_of([imconform, "audit", "--quiet", "-o", "json:-", os.path.join(folder, "run.pcapng")])
    passed = {r["id"] for r in live["requirements"] if r["verdict"] == "pass"}
    return [f"audit: {r['id']} is fail ({r['reason']})" for r in audit["requirements"]
            if r["verdict"] == "fail" and r["id"] in passed]


def campaign(imconform, server, folder, name, transport, cases):
    """The report of one campaign against a server of its own, and what that said."""
    address = "::1" if transport.endswith("6") else "127.0.0.1"
    host = f"[{address}]" if ":" in address else address
    transport = transport.rstrip("6")
    port, core = free_port(), free_port()
    over = "" if transport == "udp" else f";transport={transport}"
    words = [] if name == "conforming" else name.split("+")
    log = os.path.join(folder, "log")
    with open(log, "wb") as output:
        child = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", server, address, str(port), transport,
                                  f"sip:{host}:{core}{over}", *words], stdin=subprocess.DEVNULL, stdout=output,
                                 stderr=output)
    try:
        time.sleep(0.5)
        report = report_of(command_of(imconform, folder, (host, port, core, over), cases))
        report["audit"] = audited(imconform, folder, report)
        died = child.poll() is not None
    finally:
        child.terminate()
        child.wait()
    with open(log, encoding="utf-8", errors="replace") as file:
        return report, file.read()[-3000:] + ("the server is gone" if died else "")


def judge(imconform, server, row):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return campaign(imconform, server, folder, *row[:3])


def main():
    imconform, server, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    if not os.path.exists(server):
        print("skipped: built without Sofia-SIP (package libsofia-sip-ua-dev)")
        return SKIPPED
    table = list(verdicts.read_table(os.path.join(HERE, "verdicts")))
    rows = [row for row in table if not names or row[0] in names]
    rows += [(name, "udp", "*", {}, {}) for name in names if name not in {row[0] for row in table}]
    well = verdicts.all_hold(rows, lambda row: judge(imconform, server, row), SIDE_BY_SIDE)
    return 0 if rows and well else 1


if __name__ == "__main__":
    sys.exit(main())
