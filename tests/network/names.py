#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Names of the IUT, by a real name server (dnsmasq) on loopback: NAPTR, SRV, A, failover, and what goes wrong.
Usage: names.py IMCONFORM"""
import pathlib
import shutil
import socket
import sys
import tempfile
import threading

from lab import SKIPPED, Checks, beside, free_port, run, verdicts, wait_for_udp
from tls import believes, issue, make_authority, serving, shows

CASE = "tag-another"
ID = "6.1.1.5-1"


def dnsmasq(program, port, sip, dead, tls):
    return [program, "--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--no-resolv", "--user=root",
            "--listen-address=127.0.0.1", "--bind-interfaces", "--no-dhcp-interface=lo", f"--port={port}",
            "--pid-file=", "--local=/example/",
            "--host-record=a.im.example,127.0.0.1", "--host-record=im.example,127.0.0.1",
            "--host-record=six.example,::1",
            "--naptr-record=im.example,20,10,s,SIP+D2T,,_sip._tcp.im.example",
            "--naptr-record=im.example,10,10,s,SIP+D2U,,_sip._udp.im.example",
            "--naptr-record=im.example,5,10,s,SIP+D2S,,_sip._sctp.im.example",
            f"--srv-host=_sip._udp.im.example,a.im.example,{sip},1,1",
            f"--srv-host=_sip._tcp.im.example,a.im.example,{sip},1,1",
            "--naptr-record=over.example,10,10,s,SIP+D2U,,_sip._udp.over.example",
            f"--srv-host=_sip._udp.over.example,a.im.example,{dead},1,1",
            f"--srv-host=_sip._udp.over.example,a.im.example,{sip},2,1",
            "--host-record=b.secure.example,127.0.0.1",
            "--naptr-record=secure.example,10,10,s,SIPS+D2T,,_sips._tcp.secure.example",
            "--naptr-record=secure.example,20,10,s,SIP+D2U,,_sip._udp.secure.example",
            f"--srv-host=_sips._tcp.secure.example,b.secure.example,{tls},1,1",
            f"--srv-host=_sip._udp.secure.example,b.secure.example,{sip},1,1",
            f"--srv-host=_sips._tcp.only.example,b.secure.example,{tls},1,1",
            "--naptr-record=sctp.example,10,10,s,SIP+D2S,,_sip._sctp.sctp.example"]


class Deaf:
    """A name server that hears and says nothing; it counts what it heard."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.heard = 0
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            self.socket.recvfrom(4096)
            self.heard += 1


def check_found(checks, imconform, dns, core, sip):
    ask = ["--dns", f"127.0.0.1:{dns}", "--core", f"127.0.0.1:{core}", "--only", CASE]
    targets = {
        "NAPTR, SRV and A": ("sip:im.example", f"127.0.0.1:{sip} over udp"),
        "SRV of the transport that is given": ("sip:im.example;transport=tcp", f"127.0.0.1:{sip} over tcp"),
        "A of a name with a port": (f"sip:a.im.example:{sip}", f"127.0.0.1:{sip} over udp"),
        "failover to the second SRV": ("sip:over.example", "then"),
    }
    for what, (target, said) in targets.items():
        status, report, talk = run(imconform, "--target", target, *ask)
        checks.that(what, status == 0 and verdicts(report).get(ID) == "pass" and said in talk, (status, talk))
    checks.that("the report names the address that answered",
                report and report["campaign"]["iut"]["address"] == f"127.0.0.1:{sip}", report and report["campaign"])


def check_tls(checks, imconform, ports):
    """NAPTR and SRV lead to TLS; the certificate must then be for the domain that was asked for (RFC 5922)."""
    if not shutil.which("openssl"):
        print("skip the openssl program is not here")
        return
    dns, sip, port, core = *ports, free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_authority(folder)
        issue(folder, "server", "DNS:secure.example,IP:127.0.0.1")
        issue(folder, "core", "IP:127.0.0.1")
        known = ["--dns", f"127.0.0.1:{dns}", "--core", f"127.0.0.1:{core}", *shows(folder, "core"), *believes(folder),
                 "--only", CASE]
        with serving(imconform, folder, port, core, "--tls-clients", "required"):
            for target in ("sip:secure.example", "sips:secure.example"):
                status, report, talk = run(imconform, "--target", target, *known)
                checks.that(f"{target}: NAPTR chooses TLS", status == 0 and verdicts(report).get(ID) == "pass" and
                            f"is 127.0.0.1:{port} over tls\n" in talk, (status, talk))
            status, report, talk = run(imconform, "--target", "sips:only.example", *known)
            told = " ".join(report["campaign"]["notes"])
            checks.that("the certificate is for the domain, not for where SRV leads", status == 3 and
                        "it is not for only.example, which is wanted" in told, (status, told, talk))
            status, report, talk = run(imconform, "--target", "sip:only.example", "--tls-name", "secure.example", *known)
            checks.that("SRV of _sips leads to TLS, too", status == 0 and "over tls\n" in talk, (status, talk))
        status, report, talk = run(imconform, "--target", "sip:secure.example;transport=udp", *known)
        checks.that("a transport that is given leaves NAPTR out", status == 0 and
                    f"is 127.0.0.1:{sip} over udp\n" in talk, (status, talk))


def check_errors(checks, imconform, dns):
    ask = ["--dns", f"127.0.0.1:{dns}"]
    for target, wanted in {
        "sip:gone.example": "gone.example: no such name (NXDOMAIN)",
        "sip:six.example:5060": "six.example: has no IPv4 address",
        "sip:sctp.example": "sctp.example: offers SIP+D2S, and none of these transports can be used here",
    }.items():
        status, report, talk = run(imconform, "--target", target, *ask)
        checks.that(f"{target}: usage error, told", status == 2 and report is None and wanted in talk, (status, talk))


def check_lookups(checks, imconform, ixit, core, sip):
    deaf = Deaf()
    ask = ["--dns", f"127.0.0.1:{deaf.port}", "--core", f"127.0.0.1:{core}", "--only", CASE, "--ixit", ixit]
    for target, more in ((f"sip:127.0.0.1:{sip}", []), (f"sip:lab.example:{sip}", []),
                         (f"sip:im.example:{sip}", ["--host", "im.example=127.0.0.1"])):
        status, report, talk = run(imconform, "--target", target, *ask, *more)
        checks.that(f"{target} needs no name server", status == 0 and verdicts(report).get(ID) == "pass" and
                    deaf.heard == 0, (status, talk, deaf.heard))
    status, report, talk = run(imconform, "--target", "sip:im.example", *ask)
    checks.that("a name server that is silent", status == 2 and deaf.heard > 0 and
                "im.example: no name server answers the question for NAPTR" in talk, (status, talk))


def main():
    imconform = sys.argv[1]
    program = shutil.which("dnsmasq") or shutil.which("dnsmasq", path="/usr/sbin")
    if not program:
        print("skipped: no dnsmasq here (package dnsmasq-base)")
        return SKIPPED
    checks = Checks()
    dns, core, sip, dead, tls = (free_port() for _ in range(5))
    serve = [imconform, "serve", "--listen", f"127.0.0.1:{sip}", "--core", f"127.0.0.1:{core}", "--quiet"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as ixit:
        ixit.write('return { hosts = { ["lab.example"] = "127.0.0.1" }, timers = { dns_ms = 200 } }\n')
        ixit.flush()
        with beside(dnsmasq(program, dns, sip, dead, tls)) as server, beside(serve):
            if not wait_for_udp(dns) or not wait_for_udp(sip):
                print("FAIL dnsmasq or the server did not start:", server.poll())
                return 1
            check_found(checks, imconform, dns, core, sip)
            check_errors(checks, imconform, dns)
            check_lookups(checks, imconform, ixit.name, core, sip)
            check_tls(checks, imconform, (dns, sip, tls))
    return 0 if checks.right else 1


if __name__ == "__main__":
    sys.exit(main())
