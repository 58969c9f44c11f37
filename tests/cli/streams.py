#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What becomes of a verb whose standard output or journal is full, closed, or a pipe that nobody reads to its end.
Usage: streams.py IMCONFORM"""
import json
import os
import subprocess
import sys
import tempfile

FAILURES = []


def check(what, holds, seen=""):
    print("ok  " if holds else "FAIL", what, "" if holds else seen)
    if not holds:
        FAILURES.append(what)


def call(command, redirection, folder):
    """Through bash, which alone can close a stream; the exit status of the program itself, and what it said."""
    done = subprocess.run(["bash", "-c", '"$@" ' + redirection + "; exit ${PIPESTATUS[0]}", "bash", *command], cwd=folder,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          timeout=100, check=False)
    return done.returncode, done.stderr


def main():
    imconform = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        run = [imconform, "run", "-q", "--virtual", "--only", "tag-another"]
        status, said = call([*run, "--journal", "run.jsonl", "-o", "text:-", "-o", "pcapng:run.pcapng"], "", folder)
        check("a journal and a capture", status == 0, said)
        verbs = {"--help": [], "list": [], "explain": ["6.1.1.5"], "doctor": [], "report": ["-q", "run.jsonl"],
                 "show": ["run.pcapng"], "audit": ["-q", "--only", "6.1.1.5-1", "run.pcapng"],
                 "prove": ["-q", "--seeds", "1", "--only", "5.3-support"], "run": run[2:]}
        for verb, arguments in verbs.items():
            command = [imconform, verb, *arguments]
            for redirection, why in ((">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")):
                status, said = call(command, redirection, folder)
                check(f"{verb} {redirection}", status == 4 and f"standard output: {why}" in said, (status, said))
            status, said = call(command, "| true", folder)
            check(f"{verb} | true", status == 0 and "standard output" not in said, (status, said))
        for verb, arguments in {"run": run[2:], "audit": ["-q", "--only", "6.1.1.5-1", "run.pcapng"],
                                "merge": ["run.jsonl"]}.items():
            status, said = call([imconform, verb, *arguments, "--journal", "/dev/full"], "", folder)
            check(f"{verb} --journal /dev/full", status == 4 and "/dev/full: No space left on device" in said, (status, said))
        limited = ["bash", "-c", 'ulimit -f 8; exec "$@"', "bash", *run, "-o", "json:limited.json", "-o", "tap:limited.tap"]
        status, said = call(limited, "", folder)
        check("a report beyond the limit of files", status == 4 and "limited.json: File too large" in said, (status, said))
        check("costs no other one", os.path.exists(os.path.join(folder, "limited.tap")))
        # more than a pipe holds, and then a report that is wanted
        whole = [imconform, "run", "-q", "--virtual", "-o", "json:-", "-o", "junit:run.xml"]
        status, said = call(whole, "| head -c 1", folder)
        check("a reader who goes away costs no other report",
              status == 0 and os.path.getsize(os.path.join(folder, "run.xml")) > 1000, (status, said))
        status, said = call([imconform, "report", "-q", "-o", "html:-", "-o", "json:run.json", "run.jsonl"], ">&-", folder)
        with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
            check("a report is not mixed with what had no place to go", status == 4 and json.load(file)["format"] == 1,
                  (status, said))
    sys.exit(1 if FAILURES else 0)


main()
