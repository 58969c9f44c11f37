#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where the IUT stands (docs/topologies.md): behind an outbound proxy of its own, or sending from another address than it
listens on. Usage: topologies.py IMCONFORM"""
import contextlib
import json
import sys
import tempfile

from lab import Checks, beside, free_port, run, verdicts, wait_for_udp
from proxy import Elsewhere, Proxy

CASES = ["--only", "push-invite", "--only", "answer-183", "--only", "tag-another"]
PASSED = ["6.1.1.5-1", "12.2.2.2-2", "12.2.2.2-2a", "12.2.2.2-2b", "12.2.2.2-any-2", "12.2.2.2-ok-3"]


@contextlib.contextmanager
def between(kind):
    """What stands between, and the port of the core that it leads to; its own ports are taken first."""
    with kind() as middle:
        core = free_port()
        middle.towards(core)
        yield middle, core


def judge_server(imconform, kind, *more):
    with between(kind) as (middle, core):
        sip = free_port()
        serve = [imconform, "serve", "--listen", f"127.0.0.1:{sip}", "--core", f"127.0.0.1:{middle.port}", "--quiet"]
        with beside(serve + list(more)):
            wait_for_udp(sip)
            status, report, talk = run(imconform, "--target", f"sip:127.0.0.1:{sip}", "--core", f"127.0.0.1:{core}",
                                       *CASES)
    return status, verdicts(report), (middle.carried, talk)


def judge_client(imconform, kind, *more):
    with tempfile.TemporaryDirectory() as folder, between(kind) as (middle, core):
        path = f"{folder}/ixit.json"
        start = " ".join([imconform, "serve --role client --quiet --core", f"127.0.0.1:{middle.port}", "--ixit", path,
                          *more])
        with open(path, "w", encoding="utf-8") as ixit:
            json.dump({"iut": {"role": "client"}, "users": [{"address": "sip:carol@im.example"}],
                       "hooks": {"start": f"exec {start} >/dev/null 2>&1"}}, ixit)
        status, report, talk = run(imconform, "--iut", "client", "--core", f"127.0.0.1:{core}", "--ixit", path,
                                   "--only", "client-registers")
    return status, verdicts(report), (middle.carried, talk)


def check(checks, imconform, what, kind):
    status, found, seen = judge_server(imconform, kind)
    checks.that(f"{what}: a conforming server passes", status == 0 and seen[0] > 2 and
                all(found.get(i) == "pass" for i in PASSED), (status, found, seen))
    status, found, seen = judge_server(imconform, kind, "--fault", "invite-no-accept-contact")
    checks.that(f"{what}: a faulty server fails", status == 1 and found.get("12.2.2.2-2b") == "fail",
                (status, found, seen))
    status, found, seen = judge_client(imconform, kind)
    checks.that(f"{what}: a conforming client passes", status == 0 and seen[0] > 3 and
                found.get("5.2.2-1") == "pass" and found.get("5.2.2-publish") == "pass", (status, found, seen))
    status, found, seen = judge_client(imconform, kind, "--fault", "register-no-max-forwards")
    checks.that(f"{what}: a faulty client fails", status == 1 and found.get("5.2.2-1") == "fail",
                (status, found, seen))


def main():
    checks = Checks()
    check(checks, sys.argv[1], "its own outbound proxy", Proxy)
    check(checks, sys.argv[1], "it sends from another address", Elsewhere)
    return 0 if checks.right else 1


if __name__ == "__main__":
    sys.exit(main())
