#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Other people's programs among themselves on loopback, and nothing of imconform between them: a client of tests/peers,
Kamailio as core (network/core.cfg), the IM Server on Sofia-SIP (sofia/). dumpcap sees all hops; the audit of what it
saw passes what conforms, and fails what is wrong.
Usage: network.py IMCONFORM SERVER"""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import kamailio_server
from campaign import SKIPPED, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENT = os.path.join(HERE, "..", "peers", "im_client.py")
FILES = os.path.join(HERE, "network")
PASSED = ["5.2.2-1", "5.2.2-2", "5.2.2-publish", *[f"5.2.4-{n}" for n in range(1, 10)], "5.2.4-subscribe",
          "5.3-support", "5.3-response", "5.3-expires", "5.3-no-push", "6.1.1.5-2", "6.1.1.5-4", "6.1.1.5-5",
          "6.1.1.5-6", "6.1.1.5-7", "12.2.2.2-trigger", "12.2.2.2-1", "12.2.2.2-2",
          *[f"12.2.2.2-2{letter}" for letter in "abcdefghi"],
          "12.2.2.2-ok-3"]
# A word of the server, a fault of the client, and the one requirement that fails.
NETWORKS = [(None, None, None), ("no-automata", None, "12.2.2.2-2f"), (None, "5.2.4-5-none", "5.2.4-5")]
MESSAGE = ("MESSAGE sip:alice@im.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{me};branch=z9hG4bK{n}\r\n"
           "Max-Forwards: 70\r\nFrom: <sip:bob@im.example>;tag=b{n}\r\nTo: <sip:alice@im.example>\r\n"
           "Call-ID: c{n}\r\nCSeq: {n} MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello")


class Client:
    """The process of the user's client, and a friend who writes to the user."""

    def __init__(self, core, fault):
        self.core, self.said = core, 0
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", sys.executable, CLIENT,
                                         *(["--fault", fault] if fault else [])], stdin=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL, text=True)
        self.friend = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.friend.bind(("127.0.0.1", 0))
        self.friend.settimeout(10)

    def ask(self, command, **more):
        line = {"id": 1, "command": command, "user": "sip:alice@im.example", "username": "alice",
                "password": "pw-alice", "core": f"127.0.0.1:{self.core}", "transport": "udp", **more}
        print(json.dumps(line), file=self.process.stdin, flush=True)

    def deposit(self):
        self.said += 1
        text = MESSAGE.format(me=self.friend.getsockname()[1], n=self.said)
        self.friend.sendto(text.encode(), ("127.0.0.1", self.core))
        self.friend.recv(4096)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.friend.close()


def live_a_day(client):
    """A message waits, is pushed at the PUBLISH; then delivery is off, and the next one stays where it is."""
    client.deposit()
    client.ask("register")
    time.sleep(2)
    client.ask("set_offline_delivery", active=False)
    time.sleep(0.5)
    client.ask("deregister")
    time.sleep(0.5)
    client.deposit()
    client.ask("register")
    time.sleep(2.5)
    client.deposit()  # the server is alive


@contextlib.contextmanager
def child(command, **more):
    process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command], stdin=subprocess.DEVNULL, **more)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def captured(capture, ports):
    """Until the end; None where nothing may be captured here."""
    wanted = " or ".join(f"port {port}" for port in ports)
    command = ["dumpcap", "-q", "-i", "lo", "-f", wanted, "-w", capture]
    with child(command, stderr=subprocess.PIPE, text=True) as dumpcap:
        for line in dumpcap.stderr:
            if line.startswith("File:"):
                yield dumpcap
                return
        yield None


def network(folder, server, word, fault):
    """The capture of a day in such a network; None where nothing may be captured."""
    core, im_server = free_port(), free_port()
    capture = os.path.join(folder, "day.pcapng")
    values = {"ME": f"127.0.0.1:{core}", "SERVER": f"sip:127.0.0.1:{im_server}", "SERVER_PORT": im_server}
    arguments = [f"--substdef=!__{name}__!{value}!g" for name, value in values.items()]
    with captured(capture, [core, im_server]) as dumpcap, \
         kamailio_server.running(folder, os.path.join(FILES, "core.cfg"), core, [f"udp:127.0.0.1:{core}"], arguments), \
         child([server, "127.0.0.1", str(im_server), "udp", f"sip:127.0.0.1:{core}", *([word] if word else [])]):
        if not dumpcap:
            return None
        client = Client(core, fault)
        try:
            live_a_day(client)
        finally:
            client.stop()
        time.sleep(0.5)
    return capture


def judge(imconform, capture, failing):
    """What is not as it should be, and whether it is for want of evidence only."""
    done = subprocess.run([imconform, "audit", "--from-start", "--quiet", "-o", "json:-", capture],
                          capture_output=True, text=True, check=False)
    verdicts = {r["id"]: (r["verdict"], r["reason"]) for r in json.loads(done.stdout)["requirements"]}
    undecided = [f"{name} is {verdicts[name]}" for name in PASSED
                 if name != failing and verdicts[name][0] in ("none", "inconc")]
    wrong = [f"{name} is {verdict}" for name, verdict in verdicts.items()
             if verdict[0] in ("fail", "warn", "error") and name != failing]
    wrong += [f"{failing} is {verdicts[failing]}"] if failing and verdicts[failing][0] != "fail" else []
    return wrong + undecided, not wrong


def run(imconform, server, row, results):
    """On a busy machine the day may be over before all has happened: then comes another one."""
    for _ in range(3):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            capture = network(folder, server, *row[:2])
            if not capture:
                return
            results[row], again = judge(imconform, capture, row[2])
        if not results[row] or not again:
            return


def main():
    imconform, server = sys.argv[1:]
    reason = kamailio_server.missing() or (not os.path.exists(server) and "built without Sofia-SIP") or (
        not shutil.which("dumpcap") and "dumpcap is not installed (package tshark)")
    if reason:
        print("skipped:", reason)
        return SKIPPED
    results = {}
    threads = [threading.Thread(target=run, args=(imconform, server, row, results)) for row in NETWORKS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not results:
        print("skipped: no right to capture on lo")
        return SKIPPED
    for row in NETWORKS:
        wrong = results.get(row, ["no result"])
        print("FAIL" if wrong else "ok  ", row[0] or row[1] or "conforming", *wrong)
    return int(any(results.get(row, ["no result"]) for row in NETWORKS))


if __name__ == "__main__":
    sys.exit(main())
