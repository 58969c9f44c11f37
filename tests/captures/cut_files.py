#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A capture cut into files behind each of its packets in turn, also within transactions and TCP messages, and given in any
order; and rotated into many files: the verdicts of the whole."""
import argparse
import json
import os
import subprocess
import sys
import sys
import tempfile

from judge_captures import WAYS, add_every
from remove_packets import pieces
from story import Story

SAMPLE = [("tcp", ""), ("ipv6", "invite-no-automata"), ("repetitions", "no-etag"), ("tcp", "no-release")]


def counts(imconform, folder, files):
    """The verdicts, and how often each finding was made: who, what, when."""
    names = []
    for number, data in files:
        names.append(os.path.join(folder, f"{number}.pcap"))
        with open(names[-1], "wb") as file:
            file.write(data)
    done = subprocess.run([imconform, "audit", "-q", "-o", "json:-", *names], capture_output=True, text=True, timeout=60,
                          check=False)
    report = json.loads(done.stdout)
    return {r["id"]: (r["verdict"], r["counts"],
                      sorted((f["verdict"], f["rule"] or "", f["user"], f["seen"], [e["time"] for e in f["evidence"]])
                             for f in r["findings"])) for r in report["requirements"]}


def check(imconform, folder, name, data, every):
    parts, packets = pieces(data)
    head, wrong, number = b"".join(parts[:packets[0]]), 0, 0
    whole = counts(imconform, folder, [(0, data)])

    def same(what, files):
        nonlocal wrong, number
        number += 1
        if counts(imconform, folder, files) != whole:
            wrong += 1
            print(f"{name}: other verdicts {what}")
    for cut in range(1, len(packets), every):
        halves = [(1, head + b"".join(parts[packets[0]:packets[cut]])), (2, head + b"".join(parts[packets[cut]:]))]
        same(f"when cut behind packet {cut}", halves[::-1] if cut % 2 else halves)
    for length in (1, 7):
        files = [(at, head + b"".join(parts[i] for i in packets[at:at + length])) for at in range(0, len(packets), length)]
        same(f"in files of {length}", files)
    print(f"{name}: {number} times cut, {wrong} surprises", flush=True)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("imconform")
    add_every(parser)
    chosen = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for way, fault in SAMPLE:
            good &= check(chosen.imconform, folder, f"{way}, {fault or 'conforming'}", Story(WAYS[way], fault).tell(), chosen.every)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
