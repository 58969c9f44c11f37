#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each packet of a capture removed in turn: what is left may prove no more than the whole did. No requirement fails that did
not, and none passes more often."""
import argparse
import concurrent.futures
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

from judge_captures import WAYS, add_every, told
from story import Story

SAMPLE = [("all hops", ""), ("tcp", ""), ("nat, client's hop", ""), ("tel", ""), ("repetitions", ""),
          ("all hops", "push-never"), ("all hops", "no-subscribe"), ("server's hop", "push-inactive"), ("tcp", "same-etag"),
          ("all hops", "publish-never"), ("all hops", "ack-aor")]


def pieces(data):
    """The file as pieces, and which of them are packets: classic pcap or one section of pcapng, both of this machine."""
    out, packets = [], []
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        at = 0
        while at < len(data):
            kind, length = struct.unpack_from("<II", data, at)
            if kind == 6:
                packets.append(len(out))
            out.append(data[at:at + length])
            at += length
        return out, packets
    out, at = [data[:24]], 24
    while at < len(data):
        length = 16 + struct.unpack_from("<I", data, at + 8)[0]
        packets.append(len(out))
        out.append(data[at:at + length])
        at += length
    return out, packets


def verdicts(imconform, data, options):
    with tempfile.NamedTemporaryFile(suffix=".cap") as file:
        file.write(data)
        file.flush()
        done = subprocess.run([imconform, "audit", "-q", "-o", "json:-", *options, file.name], capture_output=True, text=True,
                              timeout=120, check=False)
    return {r["id"]: r for r in json.loads(done.stdout)["requirements"] if not r["id"].endswith("-ims")}


def compare(whole, less, number):
    """What is proved without the packet and was not with it."""
    wrong = []
    for name, r in less.items():
        was = whole[name]["counts"]
        if r["counts"]["fail"] > was["fail"] or r["counts"]["warn"] > was["warn"]:
            wrong.append(f"without packet {number}: {name} fails {r['counts']['fail'] + r['counts']['warn']} times, not "
                         f"{was['fail'] + was['warn']}: {told(r)}")
        if r["counts"]["pass"] > was["pass"]:
            wrong.append(f"without packet {number}: {name} passes {r['counts']['pass']} times, not {was['pass']}")
    return wrong


def check(imconform, name, data, every, options):
    parts, packets = pieces(data)
    whole = verdicts(imconform, data, options)

    def without(number):
        at = packets[number]
        return compare(whole, verdicts(imconform, b"".join(parts[:at] + parts[at + 1:]), options), number + 1)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [line for lines in pool.map(without, range(0, len(packets), every)) for line in lines]
    for line in found:
        print(f"{name}: {line}")
    print(f"{name}: {(len(packets) + every - 1) // every} of {len(packets)} packets removed, {len(found)} surprises", flush=True)
    return not found


def users_of(parts, packets):
    """Which user each packet of a campaign's evidence is about: named in it, or in another of its call; None: no one user."""
    names = [re.search(rb"(?:alice|bob)-[0-9a-f]+", parts[at]) for at in packets]
    calls = [re.search(rb"\r\n(?:Call-ID|i): *(\S+)", parts[at], re.I) for at in packets]
    known = {call.group(1): name.group() for name, call in zip(names, calls) if name and call}
    return [name.group() if name else known.get(call.group(1)) if call else None for name, call in zip(names, calls)]


def check_campaign(imconform, name, data, every, options):
    """The same for a whole campaign, whose users have nothing to do with each other: each with what is about nobody."""
    parts, packets = pieces(data)
    users, heads = users_of(parts, packets), set(range(len(parts))) - set(packets)
    numbers = {}
    for number, user in enumerate(users):
        if number % every == 0:
            numbers.setdefault(user, []).append(number)

    def of_user(user, without=None):
        kept = heads | {at for number, at in enumerate(packets)
                        if number != without and (user is None or users[number] in (user, None))}
        return verdicts(imconform, b"".join(parts[at] for at in sorted(kept)), options)

    def check_user(user):
        whole = of_user(user)
        return [line for number in numbers[user] for line in compare(whole, of_user(user, number), number + 1)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [line for lines in pool.map(check_user, numbers) for line in lines]
    for line in found:
        print(f"{name}: {line}")
    print(f"{name}: {sum(map(len, numbers.values()))} of {len(packets)} packets removed, {len(numbers)} users, "
          f"{len(found)} surprises", flush=True)
    return not found


def evidence(imconform, role):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.pcapng")
        subprocess.run([imconform, "run", "--virtual", "--iut", role, "-q", "-o", f"pcapng:{path}"], capture_output=True,
                       timeout=300, check=False)
        with open(path, "rb") as file:
            return file.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("imconform")
    parser.add_argument("capture", nargs="*",
                        help="otherwise: those of story.py, and the evidence of live campaigns of both roles")
    parser.add_argument("--from-start", action="store_true", help="as imconform audit has it")
    add_every(parser)
    chosen = parser.parse_args()
    imconform, every, options = chosen.imconform, chosen.every, ["--from-start"] if chosen.from_start else []
    good = True
    for name in chosen.capture:
        with open(name, "rb") as file:
            good &= check(imconform, name, file.read(), every, options)
    if not chosen.capture:
        for way, fault in SAMPLE:
            good &= check(imconform, f"{way}, {fault or 'conforming'}", Story(WAYS[way], fault).tell(), every, options)
        for role in ("server", "client"):
            good &= check_campaign(imconform, f"evidence of a {role}", evidence(imconform, role), every, options)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
