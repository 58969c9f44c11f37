#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One exchange over each transport of transports.py, IPv4 and IPv6, conforming and with one fault each: the verdicts of the
table of faults; where something is lost, no failure that the rest does not prove."""
import argparse
import os
import sys
import tempfile

from judge_captures import add_every, audit, judge
from remove_packets import compare
from story import Story, Way
from transports import LOSSY, MID_STREAM, WHOLE, without_opening

FAULTS = ("", "expires-unequal", "message-on-register", "no-etag", "push-never", "invite-no-automata", "ack-aor", "no-release",
          "no-subscribe", "register-no-tag")


def told(name, v6, fault):
    """The way, and the capture that its story filled."""
    transport, capture = WHOLE[name]
    way = Way(transport=transport, v6=v6)
    story = Story(way, fault)
    story.capture = capture()
    story.tell()
    return way, story.capture


def audited(imconform, folder, capture, *options):
    path = os.path.join(folder, "transport.pcap")
    with open(path, "wb") as file:
        file.write(capture.bytes())
    return audit(imconform, path, *options)


def check_whole(imconform, folder, name, v6, fault):
    change = without_opening if name in MID_STREAM else lambda packets: packets
    way, capture = told(MID_STREAM.get(name, name), v6, fault)
    capture.packets = change(sorted(capture.packets, key=lambda p: p[0]))
    return [line for options in ([], ["--from-start"])
            for line in judge(way, fault, audited(imconform, folder, capture, *options), bool(options))]


def check_lossy(imconform, folder, name, v6, fault):
    of, lose = LOSSY[name]
    _, capture = told(of, v6, fault)
    wrong = []
    for options in ([], ["--from-start"]):
        capture.packets.sort(key=lambda p: p[0])
        whole, packets = audited(imconform, folder, capture, *options), capture.packets
        capture.packets = lose(packets)
        wrong += compare(whole, audited(imconform, folder, capture, *options), 0)
        wrong += ["nothing is lost"] if len(packets) == len(capture.packets) else []
        capture.packets = packets
    return wrong


def main():
    known = [*WHOLE, *MID_STREAM, *LOSSY]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("imconform")
    parser.add_argument("transport", nargs="?", choices=known)
    add_every(parser)
    chosen = parser.parse_args()
    names = [chosen.transport] if chosen.transport else known
    cases = [(n, v6, f) for n in names for v6 in (False, True) for f in FAULTS][::chosen.every]
    surprises = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, v6, fault in cases:
            wrong = (check_lossy if name in LOSSY else check_whole)(chosen.imconform, folder, name, v6, fault)
            surprises += bool(wrong)
            for line in wrong:
                print(f"{name}, IPv{6 if v6 else 4}, {fault or 'conforming'}: {line}")
    print(f"{len(names)} transports, {len(cases)} captures, {surprises} with surprises")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
