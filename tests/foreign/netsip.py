#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An IM Client of ours on Net::SIP, which hooks make act. Usage: netsip.py IMCONFORM [CASE...]

Each verdict of the table was read against the messages: Net::SIP knows no SHA-256, and gives up at a second challenge, also
where that says that only the nonce is stale."""
import os
import subprocess
import sys

from campaign import SKIPPED, judge_all, write

REGISTERED = {"5.2.2-1": "pass", "5.2.2-publish": "pass"}
PUBLISHED = dict.fromkeys([f"5.2.4-{step}" for step in (1, 2, 3, 4, 5, 6, 7, 8, "8a", "8b", "8c", "8d", "8e", "8f", 9)], "pass")

TABLE = {
    "client-challenge-md5": {**REGISTERED, "5.2.2-2": "pass"},
    "client-challenge-stale": {"5.2.2-2": "fail or inconc"},  # as a busy machine has it alive
    "client-registers-again": {"5.2.2-publish": "pass"},
    "client-publishes-challenged": PUBLISHED,
    "client-publish-412": {"5.2.4-1": "pass"},
    "client-service-route": {"5.2.4-9": "pass"},
    "client-delivery-off": {"5.2.4-1": "pass", "5.2.4-8d": "pass", "5.2.4-subscribe": "pass"},
    "client-registers-off": {"5.2.2-publish": "pass", "5.2.4-subscribe": "pass"},
}


def prepare(folder, port, transport):
    control = write(folder, "control", "")
    client = os.path.join(os.path.dirname(os.path.abspath(__file__)), "netsip", "client.pl")
    log = os.path.join(folder, "log")
    return {
        "start": f"exec perl {client} {control} 2>{log}",
        "register": f"echo register >>{control}",
        "deregister": f"echo deregister >>{control}",
        "set_offline_delivery": f"echo {{active}} >>{control}",
    }


def main():
    if subprocess.run(["perl", "-MNet::SIP", "-e", "1"], capture_output=True, check=False).returncode:
        print("skipped: Net::SIP is not installed (package libnet-sip-perl)")
        return SKIPPED
    table = {case: TABLE[case] for case in sys.argv[2:] or TABLE}
    return judge_all(sys.argv[1], table, prepare, [])


if __name__ == "__main__":
    sys.exit(main())
