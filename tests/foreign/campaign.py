# SPDX-License-Identifier: MIT
"""What the tests with foreign clients share: campaigns of imconform that last a few seconds, and what they found."""
import concurrent.futures
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading

import certificates

SKIPPED = 77
GIVEN, GIVEN_LOCK = set(), threading.Lock()
PASSWORD = "pw-of-carol"


def is_free(port):
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        try:
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port():
    """A port that is free for UDP and TCP. It is below those that the system gives to whoever connects, which could take
    one between our look and its use, and is given only once."""
    while True:
        port = random.randrange(10240, 32000)
        with GIVEN_LOCK:
            if port not in GIVEN and is_free(port):
                GIVEN.add(port)
                return port


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def write_ixit(folder, hooks, transport="udp", quiet_ms=2000, answer_ms=12000):
    write(folder, "carol.pw", PASSWORD + "\n")
    return write(folder, "ixit.json", json.dumps({
        "iut": {"role": "client", "transport": transport},
        "users": [{"address": "sip:carol@im.example", "password_file": "carol.pw"}],
        "timers": {"quiet_ms": quiet_ms, "answer_ms": answer_ms},
        "hooks": hooks if isinstance(hooks, dict) else {"start": hooks},
    }))


def run_command(imconform, port, ixit, case):
    return [imconform, "run", "--iut", "client", "--core", f"127.0.0.1:{port}", "--ixit", ixit, "--only", case,
            "--quiet", "-o", "json:-"]


def tls_options(folder):
    """What imconform is told to show a certificate that ca.pem of the folder vouches for, and to ask for none."""
    certificates.make(folder, "core")
    return ["--tls-cert", os.path.join(folder, "core.pem"), "--tls-key", os.path.join(folder, "core.key")]


def judged(report):
    """id: (verdict, reason) of every requirement that the campaign speaks of."""
    return {r["id"]: (r["verdict"], r["reason"]) for r in report["requirements"] if r["verdict"] != "none"}


def judge(imconform, case, prepare, transport="udp"):
    """One case with a client of its own; prepare(folder, port, transport) returns the command that starts it,
    or all its hooks."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        port = free_port()
        ixit = write_ixit(folder, prepare(folder, port, transport), transport)
        command = run_command(imconform, port, ixit, case) + (tls_options(folder) if transport == "tls" else [])
        done = subprocess.run(command, capture_output=True, text=True, timeout=50, stdin=subprocess.DEVNULL,
                              check=False)
        if not done.stdout:
            sys.exit(f"{case}: no report; standard error: {done.stderr}")
        return judged(json.loads(done.stdout))


def compare(case, found, expected):
    """Says where the verdicts are not the expected ones, of which there may be two: "fail or inconc"."""
    right = True
    for requirement in sorted(set(found) | set(expected)):
        verdict, reason = found.get(requirement, ("none", ""))
        wanted = expected.get(requirement, "none")
        if verdict not in wanted.split(" or "):
            print(f"FAIL {case} {requirement}: {verdict} ({reason}), expected {wanted}")
            right = False
    if right:
        print("ok  ", case, " ".join(f"{i}={v}" for i, (v, _) in sorted(found.items())))
    return right


def judge_all(imconform, table, prepare, also):
    """Every case of the table over UDP, those of `also` over TCP and TLS, too, where the verdicts have to be the same; all
    of them side by side, each with a client, a core and ports of its own. Returns an exit status."""
    runs = [(case, "udp") for case in table] + [(case, over) for over in ("tcp", "tls") for case in also]
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(runs)) as pool:
        found = [pool.submit(judge, imconform, case, prepare, over) for case, over in runs]
    right = [compare(f"{case} {over}", report.result(), table[case]) for (case, over), report in zip(runs, found)]
    return 0 if all(right) else 1
