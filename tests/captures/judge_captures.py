#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Captures of networks with several hops, by a tool of their own, audited: what conforms passes, and of each fault that
requirement fails which it breaks, and no other."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

from story import Story, Way

WAYS = {
    "all hops": Way(),
    "server's hop": Way(hops=("server",)),
    "client's hop": Way(hops=("access",)),
    "core": Way(hops=("core",)),
    "tcp": Way(transport="tcp"),
    "ipv6": Way(v6=True),
    "ipv6 tcp, server's hop": Way(hops=("server",), transport="tcp", v6=True),
    "tel": Way(tel=True),
    "tel, server's hop": Way(tel=True, hops=("server",)),
    "gruu": Way(gruu=True),
    "nat": Way(nat=True),
    "nat, client's hop": Way(nat=True, hops=("access",)),
    "repetitions": Way(repeats=True),
    "several servers": Way(services=True),
}
SERVER, CLIENT = "server", "access"
# What each fault breaks, for each side whose hop is seen; "/" before an id: it may be that, too.
FAULTS = {
    "expires-unequal": {SERVER: "5.3-expires"},
    "push-on-register": {SERVER: "5.3-no-push /12.2.2.2-1 /12.2.2.2-2i"},
    "message-on-register": {SERVER: "5.3-no-push"},
    "tag-ignored": {SERVER: "6.1.1.5-1", CLIENT: "5.2.4-4"},
    "event-ignored": {SERVER: "6.1.1.5-2", CLIENT: "5.2.4-6"},
    "foreign-accepted": {SERVER: "6.1.1.5-3"},
    "no-etag": {SERVER: "6.1.1.5-6"},
    "same-etag": {SERVER: "6.1.1.5-4"},
    "expires-raised": {SERVER: "6.1.1.5-6"},
    "accepted-202": {SERVER: "6.1.1.5-6 /12.2.2.2-trigger"},
    "refused-406": {SERVER: "6.1.1.5-6 6.1.1.5-4"},
    "push-early": {SERVER: "6.1.1.5-7 /12.2.2.2-1"},
    "push-never": {SERVER: "12.2.2.2-trigger"},
    "push-inactive": {SERVER: "12.2.2.2-1"},
    "old-etag-taken": {SERVER: "6.1.1.5-4", CLIENT: "5.2.4-1"},
    "invite-uri": {SERVER: "12.2.2.2-2a"},
    "invite-no-accept": {SERVER: "12.2.2.2-2b"},
    "invite-no-release": {SERVER: "12.2.2.2-2c"},
    "invite-no-allow": {SERVER: "12.2.2.2-2d"},
    "invite-no-tag": {SERVER: "12.2.2.2-2e"},
    "invite-no-automata": {SERVER: "12.2.2.2-2f"},
    "invite-no-timer": {SERVER: "12.2.2.2-2g"},
    "invite-refresher": {SERVER: "12.2.2.2-2g"},
    "invite-no-max": {SERVER: "12.2.2.2-2"},
    "invite-no-sdp": {SERVER: "12.2.2.2-2h"},
    "sendrecv": {SERVER: "12.2.2.2-2h"},
    "recvonly": {SERVER: "12.2.2.2-2h"},
    "ack-aor": {SERVER: "12.2.2.2-ok-3 12.2.2.2-any-2"},
    "register-no-tag": {CLIENT: "5.2.2-1"},
    "digest-nonce": {CLIENT: "5.2.2-2"},
    "publish-early": {CLIENT: "5.2.2-publish"},
    "publish-never": {CLIENT: "5.2.2-publish"},
    "no-tag": {CLIENT: "5.2.4-4"},
    "longer-tag": {CLIENT: "5.2.4-4"},
    "no-release": {CLIENT: "5.2.4-5"},
    "no-expires": {CLIENT: "5.2.4-7"},
    "wrong-event": {CLIENT: "5.2.4-6"},
    "no-route": {CLIENT: "5.2.4-9"},
    "other-sender": {CLIENT: "5.2.4-3"},
    "other-from": {CLIENT: "5.2.4-3"},
    "no-delivery": {CLIENT: "5.2.4-8d"},
    "broken-xml": {CLIENT: "5.2.4-8"},
    "client-old-etag": {CLIENT: "5.2.4-1"},
    "no-subscribe": {CLIENT: "5.2.4-subscribe"},
}
PASSES = {
    SERVER: ["5.3-support", "5.3-response", "5.3-expires", "5.3-no-push", "6.1.1.5-4", "6.1.1.5-6", "6.1.1.5-7",
             "12.2.2.2-trigger", "12.2.2.2-1", "12.2.2.2-2", "12.2.2.2-2a", "12.2.2.2-2b", "12.2.2.2-2c", "12.2.2.2-2d",
             "12.2.2.2-2e", "12.2.2.2-2f", "12.2.2.2-2g", "12.2.2.2-2h", "12.2.2.2-2i", "12.2.2.2-ok-3"],
    CLIENT: ["5.2.2-1", "5.2.2-2", "5.2.2-publish", "5.2.2-refresh", "5.2.4-1", "5.2.4-2", "5.2.4-3", "5.2.4-4", "5.2.4-5",
             "5.2.4-6", "5.2.4-7", "5.2.4-8", "5.2.4-8a", "5.2.4-8d", "5.2.4-8f", "5.2.4-9", "5.2.4-subscribe"],
}


# No proxy changes these, so that they show farther on, too; and what a REGISTER has may show there.
THROUGH = ("5.2.4-1", "5.2.4-4", "5.2.4-5", "5.2.4-6", "5.2.4-7", "5.2.4-8", "5.2.4-8d")
PERHAPS = ("5.2.2-1", "5.2.2-2")

# Nothing but the beginning decides these: they are left open where the capture may begin in the middle.
NEED_START = {"message-on-register": "5.3-no-push", "publish-early": "5.2.2-publish", "push-never": "12.2.2.2-trigger",
              "no-subscribe": "5.2.4-subscribe"}


def audit(imconform, path, *options, **how):
    done = subprocess.run([imconform, "audit", "-q", "-o", "json:-", *options, path], capture_output=True, text=True,
                          timeout=60, check=False, **how)
    report = json.loads(done.stdout)
    # these networks look like an IMS here and there and are none: its rows are others' to judge
    return {r["id"]: r for r in report["requirements"] if not r["id"].endswith("-ims")}


def told(requirement):
    bad = [f for f in requirement["findings"] if f["verdict"] in ("fail", "warn", "inconc")]
    return "; ".join(f"[{f.get('rule')}] {f['expected']} / {f['seen']} / {f['reason']} @"
                     f"{[e['frame'] for e in f['evidence']]}" for f in bad[:2])


def judge(way, fault, verdicts, from_start):
    """What is not as it should be."""
    wrong = []
    wanted, allowed = set(), set()
    for side, ids in FAULTS.get(fault, {}).items():
        if side in way.hops:
            wanted |= {i for i in ids.split() if i[0] != "/"}
            allowed |= {i.lstrip("/") for i in ids.split()}
        elif side == CLIENT:
            wanted |= {i for i in ids.split() if i in THROUGH}
            allowed |= {i for i in ids.split() if i in THROUGH + PERHAPS}
        elif side == SERVER:  # the answer is seen on its way to the client, too
            allowed |= {i.lstrip("/") for i in ids.split()}
    if way.tel and "access" not in way.hops and fault == "push-on-register":
        wanted = set()  # whose the number is tells the PUBLISH, which is yet to come
    if not from_start:
        wanted.discard(NEED_START.get(fault))
    for name, r in verdicts.items():
        bad = r["verdict"] in ("fail", "warn")
        if bad and name not in allowed:
            wrong.append(f"{name} is {r['verdict']}: {told(r)}")
        if not bad and name in wanted:
            wrong.append(f"{name} is {r['verdict']}, not fail: {told(r)}")
    if not fault:
        for side in way.hops:
            wrong += [f"{i} is {verdicts[i]['verdict']}, not pass: {told(verdicts[i])}" for i in PASSES.get(side, ())
                      if verdicts[i]["verdict"] != "pass" and (from_start or i != "12.2.2.2-trigger")]
    return wrong


def add_every(parser):
    """The option with which a test takes a sample."""
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("imconform")
    parser.add_argument("way", nargs="?", choices=WAYS)
    parser.add_argument("fault", nargs="?")
    parser.add_argument("--keep", metavar="DIR", help="keep the captures there")
    add_every(parser)
    chosen = parser.parse_args()
    ways, faults = [chosen.way] if chosen.way else WAYS, [chosen.fault] if chosen.fault else ["", *FAULTS]
    surprises = count = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = chosen.keep or folder
        for name, fault in [(w, f) for w in ways for f in faults][::chosen.every]:
            path = os.path.join(folder, f"{name}-{fault or 'conforming'}.pcap".replace(" ", "-").replace(",", ""))
            with open(path, "wb") as file:
                file.write(Story(WAYS[name], fault).tell())
            for options in ([], ["--from-start"]):
                wrong = judge(WAYS[name], fault, audit(chosen.imconform, path, *options), bool(options))
                count += 1
                surprises += bool(wrong)
                for line in wrong:
                    print(f"{name}, {fault or 'conforming'}, {'from the start' if options else 'told nothing'}: {line}")
    print(f"{count} audits, {surprises} with surprises")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
