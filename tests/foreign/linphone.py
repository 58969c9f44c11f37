#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""linphonec as a client IUT, without sound and on loopback only. Usage: linphone.py IMCONFORM

It is no IM Client: it registers without the IM feature tag and publishes presence, no settings. Each verdict of the
table was read against the messages."""
import os
import shutil
import sys

from campaign import PASSWORD, SKIPPED, judge_all, write

CHALLENGED = {"5.2.2-1": "warn", "5.2.2-2": "pass", "5.2.2-publish": "fail"}

TABLE = {
    "client-challenge-md5": CHALLENGED,
    "client-challenge-no-qop": CHALLENGED,
    "client-challenge-proxy": CHALLENGED,
    # It gives up at the second challenge, also where that says that only the nonce is stale; whether anything shows it
    # alive after the time to wait depends on the machine.
    "client-challenge-stale": {"5.2.2-1": "warn", "5.2.2-2": "fail or inconc"},
    "client-challenge-sha256": CHALLENGED,
    "client-refused-403": {"5.2.2-1": "warn"},  # and it publishes nothing at all then
    "client-publishes-challenged": {"5.2.2-1": "warn", "5.2.2-publish": "fail"},
}

# A port of -1 is any, of 0 none. It sees no network but loopback and would not register: what it thinks of the network
# is not asked.
CONFIG = """[sip]
sip_port={udp}
sip_tcp_port={tcp}
sip_tls_port={tls}
default_proxy=0
guess_hostname=0
contact=sip:carol@127.0.0.1
use_ipv6=0
register_only_when_network_is_up=0
auto_net_state_mon=0
{trust}[net]
dns_srv_enabled=0
[proxy_0]
reg_proxy=<sip:127.0.0.1:{port};transport={transport}>
reg_route=<sip:127.0.0.1:{port};transport={transport};lr>
reg_identity=sip:carol@im.example
reg_expires=3600
reg_sendregister=1
publish=1
publish_expires=3600
[auth_info_0]
username=carol
userid=carol
passwd={password}
realm=im.example
domain=im.example
"""
TRUST = """root_ca={folder}/ca.pem
verify_server_certs=1
verify_server_cn=0
"""
OVER_TCP_AND_TLS = ["client-challenge-md5", "client-refused-403"]


def prepare(folder, port, transport):
    config = write(folder, "linphonerc", CONFIG.format(
        port=port, password=PASSWORD, transport=transport, trust=TRUST.format(folder=folder),
        **{name: -1 if name == transport else 0 for name in ("udp", "tcp", "tls")}))
    for name in (".local/share/linphone", ".config/linphone"):
        os.makedirs(os.path.join(folder, name))
    stdin = os.path.join(folder, "stdin")  # a pipe that never ends: it leaves at the end of its input
    os.mkfifo(stdin)
    log = os.path.join(folder, "log")
    return f"HOME={folder} exec linphonec -c {config} <>{stdin} >{log} 2>&1"


def main():
    if not shutil.which("linphonec"):
        print("skipped: linphonec is not installed (package linphone-cli)")
        return SKIPPED
    return judge_all(sys.argv[1], TABLE, prepare, OVER_TCP_AND_TLS)


if __name__ == "__main__":
    sys.exit(main())
