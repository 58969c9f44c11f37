#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same exchange through every link layer and tunnel: what conforms gets the verdicts that it gets plainly, what is wrong
fails, at the frame in which it lies. Usage: judge_links.py IMCONFORM [LINK]"""
import os
import sys
import tempfile

from judge_captures import audit
from links import LINKS
from story import Story, Way

FAULTS = {"invite-no-automata": ("12.2.2.2-2f", b"INVITE"), "no-release": ("5.2.4-5", b"PUBLISH")}


def audited(imconform, folder, data):
    path = os.path.join(folder, "link.pcap")
    with open(path, "wb") as file:
        file.write(data)
    return audit(imconform, path)


def verdicts(report):
    return {name: (r["verdict"], r["counts"]) for name, r in report.items()}


def check(imconform, folder, name):
    """What is not as it should be."""
    link, wrap, way = LINKS[name]
    wrong = []
    for fault in ("", *FAULTS):
        story = Story(Way(**way), fault)
        plain = verdicts(audited(imconform, folder, story.tell()))
        report = audited(imconform, folder, story.capture.bytes(link, wrap))
        wrong += [f"{fault or 'conforming'}: {i} is {v}, plainly {plain[i]}" for i, v in verdicts(report).items() if v != plain[i]]
        if not fault:
            wrong += ["nothing passes"] if sum(v[0] == "pass" for v in plain.values()) < 25 else []
            continue
        row, start = FAULTS[fault]
        failures = [f for f in report[row]["findings"] if f["verdict"] == "fail"]
        wrong += [] if failures else [f"{fault}: {row} does not fail"]
        for finding in failures:
            frame = finding["evidence"][0]["frame"]
            if not story.capture.frames[frame - 1].startswith(start):
                wrong.append(f"{fault}: frame {frame} is another one's")
    return wrong


def main():
    surprises = 0
    names = sys.argv[2:] or LINKS
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            for line in check(sys.argv[1], folder, name):
                surprises += 1
                print(f"{name}, {line}")
    print(f"{len(names)} links and tunnels, {surprises} surprises")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
