#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where the IUT stands (docs/topologies.md): behind an outbound proxy of its own, sending from another address than it
listens on, or reached without a core. Usage: topologies.py IMCONFORM"""
import contextlib
import json
import subprocess
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


DIRECT = ["--only", "tag-another", "--only", "push-invite", "--only", "event-another", "--only", "register-initial",
          "--only", "no-push-on-register", "--only", "answer-183"]


def write_users(folder, sip, core):
    """An IXIT of a server that is registrar itself and asks users for their passwords, and friends who write to them."""
    users = []
    for name in ("alice", "bob", "friend"):
        with open(f"{folder}/{name}.pw", "w", encoding="utf-8") as password:
            password.write(f"secret of {name}\n")
        users.append({"address": f"sip:{name}@im.example", "private_id": f"{name}-private", "password_file": f"{name}.pw"})
    with open(f"{folder}/ixit.json", "w", encoding="utf-8") as ixit:
        json.dump({"iut": {"address": f"127.0.0.1:{sip}"}, "users": users, "domain": "im.example",
                   "core": {"address": core, "direct": True}}, ixit)
    return f"{folder}/ixit.json"


def judge_direct(imconform, with_users, *more):
    sip, core = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        core = f"127.0.0.1:{core}"
        place = ["--ixit", write_users(folder, sip, core)] if with_users else ["--core", core, "--direct"]
        serve = [imconform, "serve", "--listen", f"127.0.0.1:{sip}", "--quiet", *place, *more]
        with beside(serve):
            wait_for_udp(sip)
            status, report, talk = run(imconform, "--target", f"sip:127.0.0.1:{sip}", *place, *DIRECT)
    reasons = {r["id"]: r["reason"] for r in report["requirements"]} if report else {}
    return status, verdicts(report), (reasons.get("5.3-response"), talk)


def check_direct(checks, imconform, what, with_users):
    status, found, seen = judge_direct(imconform, with_users)
    checks.that(f"{what}: a conforming server passes", status == 0 and seen[0] == "there is no core (core.direct)" and
                all(found.get(i) == "pass" for i in PASSED + ["5.3-no-push", "6.1.1.5-2", "12.2.2.2-2i"]) and
                found.get("5.3-response") == "none", (status, found, seen))
    status, found, seen = judge_direct(imconform, with_users, "--fault", "tag-ignored")
    checks.that(f"{what}: a faulty server fails", status == 1 and found.get("6.1.1.5-1") == "fail", (status, found, seen))
    status, found, seen = judge_direct(imconform, with_users, "--fault", "push-on-register")
    checks.that(f"{what}: a push at the REGISTER is found", status == 1 and found.get("5.3-no-push") == "fail",
                (status, found, seen))


def judge_devices(imconform, *faults):
    """One user, a device for each list of faults, all started together; judged live, then the evidence."""
    core = free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/ixit.json"
        start = [f"{imconform} serve --role client --quiet --core 127.0.0.1:{core} --ixit {path} {fault}"
                 for fault in faults]
        with open(path, "w", encoding="utf-8") as ixit:
            json.dump({"iut": {"role": "client"}, "users": [{"address": "sip:carol@im.example"}],
                       "hooks": {"start": "".join(f"{one} >/dev/null 2>&1 & " for one in start) + "wait"}}, ixit)
        status, report, talk = run(imconform, "--iut", "client", "--core", f"127.0.0.1:{core}", "--ixit", path,
                                   "--only", "client-registers", "--only", "client-publishes", "--only",
                                   "client-re-registers", "-o", f"pcapng:{folder}/run.pcapng")
        done = subprocess.run([imconform, "audit", "--quiet", "--from-start", "-o", "json:-", f"{folder}/run.pcapng"],
                              capture_output=True, text=True, timeout=60, check=False)
    return status, verdicts(report), verdicts(json.loads(done.stdout)), talk


def check_devices(checks, imconform):
    status, found, audited, talk = judge_devices(imconform, "", "")
    # what the core does to a client on purpose, an audit takes for a server's
    checks.that("two devices of one user pass", status == 0 and all(
        audited[i] != "fail" for i in audited if i.startswith("5.2.")) and all(
        found.get(i) == "pass" for i in ("5.2.2-1", "5.2.2-publish", "5.2.4-1", "5.2.4-8")),
        (status, found, audited, talk))
    status, found, audited, talk = judge_devices(imconform, "", "--fault register-no-max-forwards")
    checks.that("of two devices one is faulty", status == 1 and found.get("5.2.2-1") == "fail" and
                audited.get("5.2.2-1") == "fail", (status, found, audited, talk))
    status, found, audited, talk = judge_devices(imconform, "--fault publish-never", "--fault publish-never")
    # the run asks one device whether the client lives; an audit knows of the other one only that it registered
    checks.that("two devices do not publish", status == 1 and found.get("5.2.2-publish") == "fail" and
                audited.get("5.2.2-publish") in ("fail", "inconc"), (status, found, audited, talk))


def main():
    checks = Checks()
    check_devices(checks, sys.argv[1])
    check_direct(checks, sys.argv[1], "without a core", False)
    check_direct(checks, sys.argv[1], "without a core, with passwords", True)
    check(checks, sys.argv[1], "its own outbound proxy", Proxy)
    check(checks, sys.argv[1], "it sends from another address", Elsewhere)
    return 0 if checks.right else 1


if __name__ == "__main__":
    sys.exit(main())
