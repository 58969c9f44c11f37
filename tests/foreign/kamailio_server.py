# SPDX-License-Identifier: MIT
"""Kamailio as a child on loopback that is gone at the end, whatever happens."""
import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
import time

KAMAILIO = shutil.which("kamailio", path=os.environ.get("PATH", "") + ":/usr/sbin")
MODULES = "/usr/lib/*/kamailio/modules/"
PATIENCE = 60  # seconds, for a machine that does much else
OPTIONS = ("OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{me};branch=z9hG4bK{me}\r\n"
           "Max-Forwards: 70\r\nFrom: <sip:test@127.0.0.1>;tag=t\r\nTo: <sip:test@127.0.0.1>\r\nCall-ID: c{me}\r\n"
           "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")


def missing(*modules):
    """What is not installed: why a test is skipped, or None."""
    if not KAMAILIO:
        return "kamailio is not installed (package kamailio)"
    for module, package in modules:
        if not glob.glob(f"{MODULES}{module}.so"):
            return f"kamailio has no {module} (package {package})"
    return None


def answers(port):
    """Whether something answers OPTIONS there, whatever it says."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.3)
        probe.bind(("127.0.0.1", 0))
        try:
            probe.sendto(OPTIONS.format(port=port, me=probe.getsockname()[1]).encode(), ("127.0.0.1", port))
            return probe.recv(4096).startswith(b"SIP/2.0 ")
        except OSError:
            return False


def words(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        return file.read()


def wait_for(child, port, log):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and child.poll() is None:
        if answers(port):
            return
        time.sleep(0.1)
    raise RuntimeError(f"kamailio does not answer on port {port}: {words(log)[-3000:]}")


@contextlib.contextmanager
def running(folder, config, port, listen, arguments):
    """Kamailio with that configuration; port is one of UDP among what it listens on. Yields the group
    of its processes and the path of its log."""
    log = os.path.join(folder, "kamailio.log")
    command = ["setpriv", "--pdeathsig", "TERM", KAMAILIO, "-f", config, "-DD", "-E", "-Y", folder, "-w", folder,
               "-P", os.path.join(folder, "pid"), "-m", "32", "-M", "8"]
    for place in listen:
        command += ["-l", place]
    with open(log, "wb") as output:
        child = subprocess.Popen(command + arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                 start_new_session=True)
    try:
        wait_for(child, port, log)
        yield child.pid, log
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
