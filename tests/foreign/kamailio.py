#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kamailio as an IM Server (kamailio/im_server.cfg): the conforming one over each transport, also killed or stopped
for a while, one for each of its faults, and Kamailio's presence as it comes; all at once. The verdicts have to be those
of kamailio/verdicts.
Usage: kamailio.py IMCONFORM [NAME…]"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import certificates
import kamailio_server
import verdicts
from campaign import SKIPPED, free_port

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kamailio")
TABLES = "/usr/share/kamailio/dbtext/kamailio"
OPENSSL_TRIPPED = "tls_h_read_f(): protocol level error"
DEADLINE = 240  # seconds, of a campaign that lasts a minute
NEEDED = [("app_python3", "kamailio-python3-modules"), ("presence", "kamailio-presence-modules"),
          ("tls", "kamailio-tls-modules"), ("xmlops", "kamailio-xml-modules")]


def stand_still(group):
    os.killpg(group, signal.SIGSTOP)
    time.sleep(2)
    os.killpg(group, signal.SIGCONT)


# What befalls a conforming server three seconds after the campaign was started: sessions are up then.
ACCIDENTS = {"killed": lambda group: os.killpg(group, signal.SIGKILL), "stands-still": stand_still}


def substitution(values):
    return [f"--substdef=!__{name}__!{value}!g" for name, value in values.items()]


def im_server(folder, name, keys):
    """The configuration file, and the arguments that make of it the server of that name."""
    with open(os.path.join(HERE, "tls.cfg"), encoding="utf-8") as file:
        text = file.read().replace("__KEYS__", keys)
    tls = os.path.join(folder, "tls.cfg")
    with open(tls, "w", encoding="utf-8") as file:
        file.write(text)
    arguments = substitution({"MSRP": os.path.join(HERE, "msrp.py"), "TLS_CONFIG": tls})
    if name not in ("conforming", *ACCIDENTS):
        arguments += ["-A", "FAULT_" + name.replace("-", "_").upper()]
    return "im_server.cfg", arguments


def presence(folder):
    """The same of presence.cfg. The table for messages that the package brings refuses them: two of its columns, which
    msilo leaves empty, may not be null there."""
    tables = shutil.copytree(TABLES, os.path.join(folder, "tables"))
    silo = os.path.join(tables, "silo")
    with open(silo, encoding="utf-8") as file:
        text = file.read()
    with open(silo, "w", encoding="utf-8") as file:
        file.write(text.replace("callid(string) status(int)", "callid(string,null) status(int,null)"))
    return "presence.cfg", substitution({"DB": tables})


def imconform_options(port, core, over, keys):
    options = ["--target", f"sip:127.0.0.1:{port}{over}", "--core", f"127.0.0.1:{core}", "--quiet", "-o", "json:-"]
    if over == ";transport=tls":
        options += ["--tls-cert", os.path.join(keys, "core.pem"), "--tls-key", os.path.join(keys, "core.key"),
                    "--tls-ca", os.path.join(keys, "ca.pem"), "--tls-clients", "required"]
    return options


def campaign(imconform, folder, keys, name, transport, cases):
    """The report of one campaign against a Kamailio of its own, and what that said."""
    port, core = free_port(), free_port()
    over = "" if transport == "udp" else f";transport={transport}"
    config, arguments = presence(folder) if name == "presence" else im_server(folder, name, keys)
    arguments += substitution({"ME": f"127.0.0.1:{port}", "HOST": "127.0.0.1", "PORT": port, "OVER": over,
                               "CORE": f"sip:127.0.0.1:{core}{over}"})
    arguments += ["-A", "WITH_TLS"] if transport == "tls" else []
    listen = [f"udp:127.0.0.1:{port}", f"{'tls' if transport == 'tls' else 'tcp'}:127.0.0.1:{port}"]
    command = ["setpriv", "--pdeathsig", "TERM", imconform, "run", *imconform_options(port, core, over, keys)]
    for case in cases.split(",") if cases != "*" else []:
        command += ["--only", case]
    with kamailio_server.running(folder, os.path.join(HERE, config), port, listen, arguments) as (group, log):
        if name in ACCIDENTS:
            threading.Timer(3, ACCIDENTS[name], [group]).start()
        done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, stdin=subprocess.DEVNULL,
                              check=False)
        said = kamailio_server.words(log)
    if not done.stdout:
        raise RuntimeError(f"{name} {transport}: no report; standard error: {done.stderr}")
    return json.loads(done.stdout), said


def lost_a_session(name, report):
    """Seen once: a session of a server that was stopped in between ended without BYE. Two of its processes may then read
    copies of one answer at the same time; such a campaign is run once more, too."""
    return name in ACCIDENTS and {r["id"] for r in report["requirements"] if r["verdict"] == "fail"} == {"12.2.2.2-ok-1"}


def judge(imconform, keys, row):
    """Kamailio's processes share what OpenSSL holds, and now and then one of them can't read a connection for that: the
    message in it is lost. Such a campaign says nothing of what the row is about; it is run once more."""
    for _ in range(3):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            report, said = campaign(imconform, folder, keys, *row[:3])
        if OPENSSL_TRIPPED not in said and not lost_a_session(row[0], report):
            break
        print("once more;", *row[:2], "; OpenSSL tripped" if OPENSSL_TRIPPED in said else "; a session was lost", flush=True)
    return report, said


def main():
    imconform, names = sys.argv[1], sys.argv[2:]
    reason = kamailio_server.missing(*NEEDED)
    if reason:
        print("skipped:", reason)
        return SKIPPED
    rows = [row for row in verdicts.read_table(os.path.join(HERE, "verdicts")) if not names or row[0] in names]
    with tempfile.TemporaryDirectory() as keys:
        certificates.make(keys, "core", "im-server")
        well = rows and verdicts.all_hold(rows, lambda row: judge(imconform, keys, row), len(rows))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
