#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""baresip as a client IUT, with no audio and on loopback only. Usage: baresip.py IMCONFORM

It is no IM Client: it registers without the IM feature tag and publishes presence, no settings. Each verdict of the
table was read against the messages."""
import glob
import os
import shutil
import sys

from campaign import PASSWORD, SKIPPED, judge_all, write

TABLE = {
    # Its credentials carry no algorithm, which means MD5 (RFC 2617 3.2.1).
    "client-challenge-md5": {"5.2.2-1": "warn", "5.2.2-2": "pass", "5.2.2-publish": "fail"},
    "client-challenge-no-qop": {"5.2.2-1": "warn", "5.2.2-2": "pass", "5.2.2-publish": "fail"},
    "client-challenge-proxy": {"5.2.2-1": "warn", "5.2.2-2": "pass", "5.2.2-publish": "fail"},
    "client-challenge-stale": {"5.2.2-1": "warn", "5.2.2-2": "pass", "5.2.2-publish": "fail"},
    # It knows MD5 only and leaves the challenge unanswered: it is not registered, and no PUBLISH of settings is owed.
    "client-challenge-sha256": {"5.2.2-1": "warn", "5.2.2-2": "inconc"},
    # Its presence is published all the same, which is no matter of the IM service.
    "client-refused-403": {"5.2.2-1": "warn"},
    "client-publishes-challenged": {"5.2.2-1": "warn", "5.2.2-publish": "fail"},
}

ACCOUNT = ("<sip:carol@im.example;transport={transport}>;auth_user=carol;auth_pass={password};"
           "outbound=\"sip:127.0.0.1:{port};transport={transport}\";regint=3600;pubint=3600\n")
CONFIG = """sip_listen 127.0.0.1:0
net_interface 127.0.0.1
dns_server 127.0.0.1:9
module_path {modules}
module_app account.so
module_app presence.so
module_app menu.so
"""
# With TLS it takes any certificate, whatever sip_cafile says.
OVER_TCP_AND_TLS = ["client-challenge-md5", "client-refused-403"]


def modules():
    found = glob.glob("/usr/lib/baresip/modules") + glob.glob("/usr/lib/*/baresip/modules")
    return found[0] if found else None


def prepare(folder, port, transport):
    write(folder, "accounts", ACCOUNT.format(password=PASSWORD, port=port, transport=transport))
    write(folder, "config", CONFIG.format(modules=modules()))
    write(folder, "contacts", "")
    log = os.path.join(folder, "log")
    return f"exec baresip -4 -f {folder} >{log} 2>&1 </dev/null"


def main():
    if not shutil.which("baresip") or not modules():
        print("skipped: baresip is not installed (package baresip-core)")
        return SKIPPED
    return judge_all(sys.argv[1], TABLE, prepare, OVER_TCP_AND_TLS)


if __name__ == "__main__":
    sys.exit(main())
