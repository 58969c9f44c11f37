#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A peer that floods the core: for two seconds REGISTERs of thousands of users that nobody knows, with garbage in
between. The campaign must end by its deadline and say what came. Usage: flood.py IMCONFORM, or, as the peer itself,
flood.py --peer HOST:PORT"""
import json
import os
import random
import shlex
import socket
import subprocess
import sys
import tempfile
import time

from campaign import free_port, run_command, write_ixit

SECONDS = 2
DEADLINE = 30  # of a campaign whose waiting takes a few seconds, on a slow machine
MEMORY_KIB = 400 * 1024  # sanitized builds included
CASE = "client-challenge-md5"

REGISTER = ("REGISTER sip:im.example SIP/2.0\r\nVia: SIP/2.0/UDP {me};branch=z9hG4bK{n}\r\nMax-Forwards: 70\r\n"
            "From: <sip:flood{n}@im.example>;tag=f{n}\r\nTo: <sip:flood{n}@im.example>\r\nCall-ID: flood-{n}\r\n"
            "CSeq: 1 REGISTER\r\nContact: <sip:flood{n}@{me}>;+g.oma.sip-im\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n")


def garbage(chance):
    whole = REGISTER.format(me="127.0.0.1:9", n=chance.randrange(10**6)).encode()
    return chance.choice([
        chance.randbytes(chance.randrange(1, 1400)),
        whole[:chance.randrange(1, len(whole))],
        whole.replace(b"CSeq: 1 ", b"CSeq: 99999999999 "),
        whole.replace(b"Content-Length: 0", b"Content-Length: 70000"),
        b"\r\n\r\n", b"\0" * 500, b"SIP/2.0 200 OK\r\n\r\n",
    ])


def peer(core):
    """Sends until its two seconds are over, then stays, like a client, until it is ended."""
    host, port = core.rsplit(":", 1)
    chance = random.Random(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        me = "127.0.0.1:%d" % sender.getsockname()[1]
        end, sent = time.monotonic() + SECONDS, 0
        while time.monotonic() < end:
            sent += 1
            data = garbage(chance) if sent % 3 == 0 else REGISTER.format(me=me, n=sent).encode()
            try:
                sender.sendto(data, (host, int(port)))
            except OSError:
                pass  # no room just now
            time.sleep(0.0002)
        print(sent, file=sys.stderr)
        time.sleep(DEADLINE)


def run(imconform, folder):
    """The report, the seconds it took and the most memory that was held, in KiB."""
    port = free_port()
    start = f"exec {shlex.quote(sys.executable)} {shlex.quote(os.path.abspath(__file__))} --peer {{core}} 2>/dev/null"
    ixit = write_ixit(folder, start, quiet_ms=500, answer_ms=4000)
    began = time.monotonic()
    with subprocess.Popen(run_command(imconform, port, ixit, CASE), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          text=True) as child:
        text = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return json.loads(text), child.returncode, time.monotonic() - began, usage.ru_maxrss


def main():
    if sys.argv[1] == "--peer":
        return peer(sys.argv[2])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        report, status, seconds, memory = run(sys.argv[1], folder)
    notes = " ".join(report["campaign"]["notes"])
    print(f"exit status {status}, {seconds:.1f} s, {memory} KiB, notes: {notes[:300]} …")
    verdicts = {r["verdict"] for r in report["requirements"]}
    checks = {
        "exit status 3: nothing was decided": status == 3,
        "it ends by its deadline": seconds < DEADLINE,
        "memory is bounded": memory < MEMORY_KIB,
        "no verdict from strangers' messages": verdicts <= {"none", "inconc"},
        "the notes name the client that never came": "sip:carol@im.example" in notes,
        "the notes tell of the strangers": "sip:flood1@im.example" in notes,
        "and not of each of thousands": len(report["campaign"]["notes"]) <= 40,
    }
    for what, right in checks.items():
        print("ok  " if right else "FAIL", what)
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
