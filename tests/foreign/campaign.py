# SPDX-License-Identifier: MIT
"""What the tests with foreign clients share: campaigns of imconform that last a few seconds, and what they found."""
import concurrent.futures
import json
import os
import socket
import subprocess
import sys
import tempfile

SKIPPED = 77
PASSWORD = "pw-of-carol"


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def write_ixit(folder, start, transport="udp", quiet_ms=2000, answer_ms=8000):
    write(folder, "carol.pw", PASSWORD + "\n")
    return write(folder, "ixit.json", json.dumps({
        "iut": {"role": "client", "transport": transport},
        "users": [{"address": "sip:carol@im.example", "password_file": "carol.pw"}],
        "timers": {"quiet_ms": quiet_ms, "answer_ms": answer_ms},
        "hooks": {"start": start},
    }))


def run_command(imconform, port, ixit, case):
    return [imconform, "run", "--iut", "client", "--core", f"127.0.0.1:{port}", "--ixit", ixit, "--only", case,
            "--quiet", "-o", "json:-"]


def judged(report):
    """id: (verdict, reason) of every requirement that the campaign speaks of."""
    return {r["id"]: (r["verdict"], r["reason"]) for r in report["requirements"] if r["verdict"] != "none"}


def judge(imconform, case, prepare, transport="udp"):
    """One case with a client of its own; prepare(folder, port) returns the command that starts it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        port = free_port()
        ixit = write_ixit(folder, prepare(folder, port), transport)
        done = subprocess.run(run_command(imconform, port, ixit, case), capture_output=True, text=True, timeout=50,
                              stdin=subprocess.DEVNULL, check=False)
        if not done.stdout:
            sys.exit(f"{case}: no report; standard error: {done.stderr}")
        return judged(json.loads(done.stdout))


def compare(case, found, expected):
    """Says where the verdicts are not the expected ones."""
    right = True
    for requirement in sorted(set(found) | set(expected)):
        verdict, reason = found.get(requirement, ("none", ""))
        wanted = expected.get(requirement, "none")
        if verdict != wanted:
            print(f"FAIL {case} {requirement}: {verdict} ({reason}), expected {wanted}")
            right = False
    if right:
        print("ok  ", case, " ".join(f"{i}={v}" for i, (v, _) in sorted(found.items())))
    return right


def judge_all(imconform, table, prepare):
    """Every case of the table side by side, each with a client, a core and ports of its own. Returns an exit status."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(table)) as pool:
        found = {case: pool.submit(judge, imconform, case, prepare) for case in table}
    return 0 if all([compare(case, found[case].result(), table[case]) for case in table]) else 1
