# SPDX-License-Identifier: MIT
"""What the tests of networks share: programs that run beside, runs of imconform, and checks that are told one by one."""
import contextlib
import json
import socket
import subprocess
import time

SKIPPED = 77
ON_TIME = 60
GIVEN = set()


def free_port(host="127.0.0.1"):
    """One that is free for UDP and TCP, and that no earlier call gave."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind((host, 0))
            port = udp.getsockname()[1]
            with contextlib.suppress(OSError):
                tcp.bind((host, port))
                if port not in GIVEN:
                    GIVEN.add(port)
                    return port


@contextlib.contextmanager
def beside(command, **more):
    """A program that runs as long as the block does."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               stdin=subprocess.DEVNULL, **more)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def run(imconform, *arguments, before=(), seconds=ON_TIME):
    """A run to its end: its exit status, its report or None, and what it said on standard error."""
    done = subprocess.run([*before, imconform, "run", *arguments, "-o", "json:-"], capture_output=True, text=True,
                          timeout=seconds, stdin=subprocess.DEVNULL, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def verdicts(report):
    return {r["id"]: r["verdict"] for r in report["requirements"]} if report else {}


def wait_for_udp(port, host="127.0.0.1", seconds=5):
    """Until something has bound the port."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return True
        time.sleep(0.02)
    return False


class Checks:
    """Says of each check how it went."""

    def __init__(self):
        self.right = True

    def that(self, what, holds, seen=""):
        print("ok  " if holds else "FAIL", what, "" if holds else seen)
        self.right &= bool(holds)
