#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TLS on real sockets: servers, cores and clients of ours over it, OpenSSL's own on the other side, what fails and how
it is told, secrets, and what doctor says. Usage: tls.py IMCONFORM"""
import contextlib
import json
import os
import pathlib
import shlex
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

from lab import SKIPPED, Checks, beside, free_port, run, verdicts

CASE = "tag-another"
ID = "6.1.1.5-1"
SECRETS = 10  # a pcapng's Decryption Secrets Block
FORMATS = ("text", "json", "junit", "tap", "markdown", "html", "sctr", "pcapng")
OPTIONS = (b"OPTIONS sip:im@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
           b"From: <sip:a@im.example>;tag=1\r\nTo: <sip:im@127.0.0.1>\r\nCall-ID: 1@x\r\nCSeq: 1 OPTIONS\r\n"
           b"Content-Length: 0\r\n\r\n")


def openssl(folder, *arguments, **more):
    return subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, **more)


def make_authority(folder):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            "ca.key", "-out", "ca.pem", "-subj", "/CN=Lab CA", "-days", "30")


def issue(folder, name, san, days="30", own=False):
    """NAME.pem and NAME.key, by the authority of the folder or by itself."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"]
    (folder / "san").write_text(f"subjectAltName={san}\n")
    if own:
        openssl(folder, "req", "-x509", *key, "-out", f"{name}.pem", "-subj", f"/CN={name}", "-days", days,
                "-addext", f"subjectAltName={san}")
        return
    openssl(folder, "req", *key, "-out", f"{name}.csr", "-subj", f"/CN={name}")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", f"{name}.pem", "-days", days, "-extfile", "san")


def shows(folder, name):
    return ["--tls-cert", str(folder / f"{name}.pem"), "--tls-key", str(folder / f"{name}.key")]


def believes(folder, name="ca"):
    return ["--tls-ca", str(folder / f"{name}.pem")]


def wait_for_tcp(port, seconds=10):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)


@contextlib.contextmanager
def serving(imconform, folder, port, core, *more):
    command = [imconform, "serve", "--transport", "tls", "--listen", f"127.0.0.1:{port}", "--core",
               f"127.0.0.1:{core}", *shows(folder, "server"), *believes(folder), *more]
    with beside(command) as process:
        wait_for_tcp(port)
        yield process


def notes(report):
    return " | ".join(report["campaign"]["notes"]) if report else "no report"


def check_campaigns(checks, imconform, folder, port, core):
    known = ["--core", f"127.0.0.1:{core}", *shows(folder, "core"), *believes(folder), "--only", CASE]
    with serving(imconform, folder, port, core, "--tls-clients", "required") as server:
        for target in (f"sip:127.0.0.1:{port};transport=tls", f"sips:127.0.0.1:{port}"):
            status, report, said = run(imconform, "--target", target, *known)
            checks.that(f"{target}", status == 0 and verdicts(report)[ID] == "pass", said)
        status, report, said = run(imconform, "--target", f"127.0.0.1:{port}", "--transport", "tls", "--tls-name",
                                   "im.example", *known)
        checks.that("a name that the certificate has", status == 0, said)
        status, report, said = run(imconform, "--target", f"sips:127.0.0.1:{port}", "--tls-name", "x.example", *known)
        checks.that("a name that it has not", status == 3 and "it is not for x.example, which is wanted (CN=server"
                    in notes(report) and "for DNS:im.example, IP:127.0.0.1)" in notes(report), notes(report))
        status, report, said = run(imconform, "--target", f"sips:127.0.0.1:{port}", "--core", f"127.0.0.1:{core}",
                                   *believes(folder), "--only", CASE)
        checks.that("a certificate of ours is wanted", status == 3 and "certificate required" in notes(report),
                    notes(report))
        status, report, said = run(imconform, "--target", f"sips:127.0.0.1:{port}", *known[:6],
                                   *believes(folder, "server-self"), "--only", CASE)
        checks.that("an unknown issuer", status == 3 and "its issuer is not among the authorities of" in notes(report),
                    notes(report))
        server.terminate()
        told = server.stderr.read()
        checks.that("the server tells who came without one", "which connected to us: the other side showed no "
                    "certificate, and one is required" in told, told)
    for role in ("server", "client"):
        status, report, said = run(imconform, "--iut", role, "--transport", "tls", "--only",
                                   CASE if role == "server" else "5.2.2-1")
        checks.that(f"the reference {role} inside", status == 0 and report["summary"]["pass"] > 0, said)


def check_whole_server(checks, imconform, folder, port, core):
    """Every case, against a server of ours over TLS, and over SIPS against one with a fault."""
    known = ["--core", f"127.0.0.1:{core}", *shows(folder, "core"), *believes(folder)]
    with serving(imconform, folder, port, core, "--tls-clients", "required"):
        status, report, said = run(imconform, "--target", f"sip:127.0.0.1:{port};transport=tls", *known, seconds=240)
        open_ones = {r["id"]: r["reason"] for r in report["requirements"] if r["verdict"] not in ("pass", "none")}
        checks.that("a whole campaign against a server", status == 0 and report["summary"]["pass"] == 29 and
                    not open_ones, (said, open_ones))
    with serving(imconform, folder, port, core, "--tls-clients", "required", "--fault", "invite-no-accept-contact"):
        status, report, said = run(imconform, "--target", f"sips:127.0.0.1:{port}", *known, "--only", "12.2.2.2-2b")
        checks.that("its fault is found", status == 1 and verdicts(report)["12.2.2.2-2b"] == "fail", said)


def check_whole_client(checks, imconform, folder, core):
    """The same for clients that a hook starts, one after the other, each with its own connection."""
    most = ["--only", "5.2.2-publish", "--only", "5.2.4-8", "--only", "client-pushed", "--only", "5.2.2-1"]
    for fault, selected in ((None, most), ("register-no-max-forwards", ["--only", "client-registers"])):
        start = [imconform, "serve", "--role", "client", "--quiet", "--transport", "tls", "--core", f"127.0.0.1:{core}",
                 *shows(folder, "server"), *believes(folder), "--ixit", str(folder / "client.json"),
                 *(["--fault", fault] if fault else [])]
        (folder / "client.json").write_text(json.dumps(
            {"iut": {"role": "client", "transport": "tls"}, "users": [{"address": "sip:carol@im.example"}],
             "hooks": {"start": f"exec {shlex.join(start)} >/dev/null 2>&1"}}))
        status, report, said = run(imconform, "--iut", "client", "--core", f"127.0.0.1:{core}", "--ixit",
                                   str(folder / "client.json"), *shows(folder, "core"), *believes(folder),
                                   "--tls-clients", "required", *selected, seconds=500)
        found = verdicts(report)
        if fault:
            checks.that("a client's fault is found", status == 1 and found.get("5.2.2-1") == "fail", said)
        else:
            checks.that("a campaign against a client", status == 0 and all(found.get(i) == "pass" for i in (
                "5.2.2-1", "5.2.2-2", "5.2.2-publish", "5.2.4-1", "5.2.4-8")), (status, said, found))


def check_roles(checks, imconform, folder, core):
    """A core and a client of ours, each a process of its own."""
    command = [imconform, "serve", "--role", "core", "--transport", "tls", "--core", f"127.0.0.1:{core}",
               *shows(folder, "core"), *believes(folder), "--tls-clients", "required"]
    client = [imconform, "serve", "--role", "client", "--transport", "tls", "--core", f"127.0.0.1:{core}",
              *shows(folder, "server"), *believes(folder), "--tls-keylog", str(folder / "client.log")]
    with beside(command) as process:
        wait_for_tcp(core)
        with beside(client):
            time.sleep(1.5)
        checks.that("core and client speak", process.poll() is None and (folder / "client.log").exists()
                    and "CLIENT_TRAFFIC_SECRET_0" in (folder / "client.log").read_text())


def check_openssl(checks, imconform, folder, port, core):
    """OpenSSL's own client and server."""
    connect = ["s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", "ca.pem", "-quiet", "-verify_return_error",
               "-cert", "core.pem", "-key", "core.key", "-servername", "im.example"]
    with serving(imconform, folder, port, core):
        for version in ("-tls1_2", "-tls1_3"):
            talk = subprocess.Popen(["openssl", *connect, version], cwd=folder, stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            talk.stdin.write(OPTIONS)
            talk.stdin.flush()
            answer = talk.stdout.readline()
            talk.kill()
            talk.communicate()
            checks.that(f"s_client {version}", answer.startswith(b"SIP/2.0 200"), answer)
        again = subprocess.Popen(["openssl", *[word for word in connect if word != "-quiet"], "-tls1_2"], cwd=folder,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        time.sleep(1)
        again.stdin.write(b"R\n")
        again.stdin.flush()
        time.sleep(0.5)
        said = again.communicate(timeout=20)[0]
        checks.that("a renegotiation is refused", b"RENEGOTIATING" in said and b"no renegotiation" in said, said[-400:])
        old = subprocess.run(["openssl", *connect, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], cwd=folder,
                             capture_output=True, input=b"", timeout=20, check=False)
        checks.that("s_client -tls1_1 is refused", old.returncode != 0)
    accept = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", str(folder / "server.pem"), "-key",
              str(folder / "server.key"), "-quiet"]
    with beside(accept):
        wait_for_tcp(port)
        status, report, said = run(imconform, "--target", f"sips:127.0.0.1:{port}", *believes(folder), "--only", CASE)
        checks.that("s_server, which says no SIP, is told", status == 3 and "no answer to OPTIONS and REGISTER" in
                    notes(report), notes(report))
    with beside([*accept[:4], "-cert", str(folder / "old.pem"), "-key", str(folder / "old.key"), "-quiet"]):
        wait_for_tcp(port)
        status, report, said = run(imconform, "--target", f"sips:127.0.0.1:{port}", *believes(folder), "--only", CASE)
        checks.that("s_server with a certificate that has expired", status == 3 and "it has expired (CN=old, issued by "
                    "CN=Lab CA, valid from" in notes(report), notes(report))


def blocks(path):
    """Types and bytes of a pcapng's blocks."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        found.append((kind, data[at:at + length]))
        at += length
    return found


def secrets(path):
    return [data for kind, data in blocks(path) if kind == SECRETS]


def check_insecure(checks, imconform, folder, port, core):
    """Said on standard error, in spite of --quiet, and in every format."""
    outputs = [word for name in FORMATS for word in ("-o", f"{name}:{folder}/insecure.{name}")]
    with serving(imconform, folder, port, core, "--tls-insecure"):
        done = subprocess.run([imconform, "run", "--target", f"sips:127.0.0.1:{port}", "--core", f"127.0.0.1:{core}",
                               "--tls-insecure", "--quiet", "--only", CASE, *outputs], capture_output=True, text=True,
                              timeout=60, check=False)
    checks.that("--tls-insecure passes", done.returncode == 0, done.stderr)
    checks.that("and says so", "TLS WITHOUT CHECKS (--tls-insecure)" in done.stderr, done.stderr)
    for name in FORMATS:
        text = (folder / f"insecure.{name}").read_bytes()
        checks.that(f"{name} says so", b"TLS WITHOUT CHECKS" in text)
    checks.that("no secrets where nobody asked", not secrets(folder / "insecure.pcapng"))


def tshark(*arguments):
    return subprocess.run(["tshark", *arguments], capture_output=True, text=True, timeout=60, check=False).stdout


def check_secrets(checks, imconform, folder, port, core):
    keys, wire, evidence = (folder / name for name in ("keys.log", "wire.pcapng", "evidence.pcapng"))
    target = ["--target", f"sips:127.0.0.1:{port}", "--core", f"127.0.0.1:{core}", *shows(folder, "core"),
              *believes(folder), "--only", CASE]
    sniff = ["dumpcap", "-q", "-i", "lo", "-f", f"tcp port {port}", "-w", str(wire)] if shutil.which("dumpcap") else None
    with serving(imconform, folder, port, core), contextlib.ExitStack() as stack:
        if sniff:
            stack.enter_context(beside(sniff))
            time.sleep(1.5)
        status, _, said = run(imconform, *target, "--tls-keylog", str(keys), "--tls-secrets", "-o",
                              f"pcapng:{evidence}")
        time.sleep(1.5)
    checks.that("a run that tells its secrets", status == 0 and "the secrets of this run go to" in said, said)
    checks.that("the key log is its owner's", keys.stat().st_mode & 0o777 == 0o600)
    checks.that("so is evidence with secrets", evidence.stat().st_mode & 0o777 == 0o600)
    checks.that("the evidence has Decryption Secrets Blocks", len(secrets(evidence)) >= 4)
    if not shutil.which("tshark"):
        print("skip tshark is not here")
        return
    checks.that("tshark reads plain SIP in the evidence", "Request: PUBLISH" in tshark("-r", str(evidence), "-Y", "sip"))
    if not wire.exists() or not wire.stat().st_size:
        print("skip nothing can be captured here")
        return
    decode = ["-d", f"tcp.port=={port},tls", "-d", f"tls.port=={port},sip"]
    checks.that("the wire shows no SIP", not tshark("-r", str(wire), *decode, "-Y", "sip"))
    seen = tshark("-r", str(wire), "-o", f"tls.keylog_file:{keys}", *decode, "-Y", "sip")
    checks.that("tshark reads it with the key log", "Request: PUBLISH" in seen, seen)
    section, *rest = [data for _, data in blocks(wire)]
    (folder / "both.pcapng").write_bytes(b"".join([section, *secrets(evidence), *rest]))
    seen = tshark("-r", str(folder / "both.pcapng"), *decode, "-Y", "tls && sip")
    checks.that("and with the secrets of the evidence", "Request: PUBLISH" in seen, seen)


def check_doctor(checks, imconform, folder):
    def doctor(*arguments):
        done = subprocess.run([imconform, "doctor", "--transport", "tls", *arguments], capture_output=True, text=True,
                              timeout=60, check=False)
        return done.returncode, done.stdout

    status, text = doctor(*shows(folder, "core"), *believes(folder))
    checks.that("doctor: all is well", status == 0 and "TLS        our certificate is CN=core, issued by CN=Lab CA"
                in text, text)
    checks.that("doctor: where it comes from", f"tls.certificate          {folder}/core.pem" in text and
                any(line.split()[:2] == ["tls.authority", str(folder / "ca.pem")] and line.endswith(" flag")
                    for line in text.splitlines()), text)
    status, text = doctor(*shows(folder, "old"))
    checks.that("doctor: dates", status == 2 and "today is not within its days: CN=old" in text, text)
    status, text = doctor("--tls-cert", str(folder / "core.pem"), "--tls-key", str(folder / "server.key"))
    checks.that("doctor: the key of another", status == 2 and "the key is not that of the certificate" in text, text)
    status, text = doctor("--tls-ca", str(folder / "none.pem"))
    checks.that("doctor: a file that is not there", status == 2 and "none.pem: No such file" in text, text)
    status, text = doctor("--tls-insecure")
    checks.that("doctor: insecure", "note  TLS        TLS WITHOUT CHECKS" in text, text)


def main():
    imconform = sys.argv[1]
    if not shutil.which("openssl"):
        print("the openssl program is not here")
        return SKIPPED
    checks = Checks()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_authority(folder)
        issue(folder, "server", "DNS:im.example,IP:127.0.0.1")
        issue(folder, "core", "URI:sip:core.example,IP:127.0.0.1")
        issue(folder, "old", "IP:127.0.0.1", days="-1")
        issue(folder, "server-self", "IP:127.0.0.1", own=True)
        port, core = free_port(), free_port()
        check_campaigns(checks, imconform, folder, port, core)
        check_whole_server(checks, imconform, folder, port, core)
        check_whole_client(checks, imconform, folder, core)
        check_roles(checks, imconform, folder, core)
        check_openssl(checks, imconform, folder, port, core)
        check_insecure(checks, imconform, folder, port, core)
        check_secrets(checks, imconform, folder, port, core)
        check_doctor(checks, imconform, folder)
    return 0 if checks.right else 1


if __name__ == "__main__":
    os.environ.pop("SSLKEYLOGFILE", None)
    sys.exit(main())
