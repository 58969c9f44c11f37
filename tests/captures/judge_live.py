#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Listening: findings are printed as they happen on loopback, SIGINT ends with the whole report and 130; and a pipe is read like a
file. Skipped where listening is not allowed. Usage: judge_live.py IMCONFORM"""
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

from judge_captures import audit
from story import Story, Way

SKIP = 77


class Loopback:
    """Stands for a capture: what is sent to it goes over the real loopback, from 127.77.0.x."""

    def __init__(self):
        self.sockets = {}
        self.last = 0.0

    def _at(self, address):
        if address not in self.sockets:
            self.sockets[address] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sockets[address].bind(address)
        return self.sockets[address]

    def send(self, when, source, target, data):
        if when > self.last + 3:  # a long pause is a short one here, but one
            time.sleep(0.6)
        self.last = when
        self._at(target)
        self._at(source).sendto(data, target)
        time.sleep(0.002)

    def bytes(self):
        return b""


def play(fault):
    story = Story(Way(hops=("server", "access")), fault)
    story.nodes = {name: (f"127.77.0.{i + 1}", 45060) for i, name in enumerate(story.nodes)}
    story.capture = Loopback()
    story.tell()


def wait_for(process, text, seconds):
    """Reads its standard output and error until the text is there."""
    seen, end = "", time.time() + seconds
    while time.time() < end and text not in seen and process.poll() is None:
        for stream in select.select([process.stdout, process.stderr], [], [], 0.2)[0]:
            seen += os.read(stream.fileno(), 65536).decode(errors="replace")
    return seen


def check_interface(imconform):
    """None: listening is not allowed."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "live.json")
        process = subprocess.Popen([imconform, "audit", "-i", "lo", "--color", "never", "-o", f"json:{path}"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1)
        if process.poll() is not None:
            said = process.stderr.read().decode().strip()
            if "permission" in said:
                print("skipped:", said)
                return None
            return {f"it listens, and does not end by itself: {said!r}": False}
        play("invite-no-automata")
        time.sleep(1)
        # findings are told when nothing of the user's is open any more, here after the push
        seen = wait_for(process, "12.2.2.2-2f", 20)
        running = process.poll() is None
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)  # a busy machine has much on lo
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
    rows = {r["id"]: r for r in report["requirements"]}
    return {
        f"a finding is printed while it listens: {seen[-300:]!r}": "12.2.2.2-2f" in seen and running,
        "interrupted, it ends with 130": process.returncode == 130,
        "the whole report is there": rows["12.2.2.2-2f"]["verdict"] == "fail" and rows["12.2.2.2-2e"]["verdict"] == "pass",
    }


def check_pipe(imconform):
    data = Story(Way(), "invite-no-automata").tell()
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        plain = audit(imconform, file.name)
    process = subprocess.Popen([imconform, "audit", "-q", "-o", "json:-", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for at in range(0, len(data), 1000):  # as it comes
        process.stdin.write(data[at:at + 1000])
        process.stdin.flush()
    piped = json.loads(process.communicate()[0])
    return {"a pipe gives the verdicts of the file":
            {r["id"]: r["counts"] for r in piped["requirements"] if r["id"] in plain} == {i: r["counts"] for i, r in plain.items()}}


def check_silence(imconform):
    """Nothing comes through the pipe, and somebody has waited long enough."""
    process = subprocess.Popen([imconform, "audit", "-q", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
    seen = process.stdout.read().decode()
    return {f"a pipe in which nothing comes can be left: {process.returncode}, {seen[-200:]!r}":
            process.returncode == 130 and "NOT DECIDED" in seen}


def main():
    checks = {**check_pipe(sys.argv[1]), **check_silence(sys.argv[1])}
    live = check_interface(sys.argv[1])
    for what, right in {**checks, **(live or {})}.items():
        print("ok  " if right else "FAIL", what)
    if not all({**checks, **(live or {})}.values()):
        return 1
    return 0 if live is not None else SKIP


if __name__ == "__main__":
    sys.exit(main())
