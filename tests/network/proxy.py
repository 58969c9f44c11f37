# SPDX-License-Identifier: MIT
"""Two things that stand between an IUT and the harness, on loopback and UDP: a stateless SIP proxy (RFC 3261 16.11) that
the IUT insists on, and a forwarder behind which the IUT's packets have another address than the one it listens on."""
import hashlib
import re
import select
import socket
import threading


class Beside(threading.Thread):
    """Runs until stopped."""

    def __init__(self):
        super().__init__(daemon=True)
        self.over = False
        self.carried = 0
        self.core = None

    def towards(self, core):
        """Where everything goes that the IUT sends; a port that is chosen once this has its own."""
        self.core = ("127.0.0.1", core)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.over = True
        self.join()


def udp(port=0):
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", port))
    return opened


class Proxy(Beside):
    """What the IUT sends goes on to the core; what comes for it goes by Route, else by the Request-URI."""

    def __init__(self):
        super().__init__()
        self.socket = udp()
        self.port = self.socket.getsockname()[1]
        self.own = f"127.0.0.1:{self.port}"

    def request(self, lines, source):
        method, uri = lines[0].split()[:2]
        routes = [i for i, line in enumerate(lines) if line.lower().startswith("route:")]
        if routes and self.own in lines[routes[0]]:
            del lines[routes[0]]
            routes = [i - 1 for i in routes[1:]]
        via = next(i for i, line in enumerate(lines) if line.lower().startswith("via:"))
        if ";rport" in lines[via]:
            lines[via] += f";received={source[0]}"
            lines[via] = lines[via].replace(";rport", f";rport={source[1]}", 1)
        branch = hashlib.sha256(re.search(r"branch=([^;\s]+)", lines[via]).group(1).encode()).hexdigest()[:16]
        lines.insert(via, f"Via: SIP/2.0/UDP {self.own};branch=z9hG4bK{branch}")
        if method in ("INVITE", "SUBSCRIBE"):
            lines.insert(via + 1, f"Record-Route: <sip:{self.own};lr>")
        if method == "REGISTER":
            lines.insert(via + 1, f"Path: <sip:{self.own};lr>")
        if source == self.core:
            target = lines[routes[0] + 1] if routes else uri
            host = re.search(r"127\.0\.0\.1:(\d+)", target)
            return ("127.0.0.1", int(host.group(1))) if host else None
        return self.core

    def answer(self, lines):
        via = next(i for i, line in enumerate(lines) if line.lower().startswith("via:"))
        del lines[via]
        rest = next((line for line in lines if line.lower().startswith("via:")), "")
        host = re.search(r"UDP\s+127\.0\.0\.1:(\d+)", rest)
        port = re.search(r"rport=(\d+)", rest) or host
        return ("127.0.0.1", int(port.group(1))) if port else None

    def run(self):
        while not self.over:
            if not select.select([self.socket], [], [], 0.1)[0]:
                continue
            data, source = self.socket.recvfrom(65536)
            head, _, body = data.partition(b"\r\n\r\n")
            lines = head.decode("utf-8", "surrogateescape").split("\r\n")
            if len(lines) < 2:
                continue
            to = self.answer(lines) if lines[0].startswith("SIP/2.0") else self.request(lines, source)
            if to:
                self.carried += 1
                self.socket.sendto("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body, to)


class Elsewhere(Beside):
    """The IUT sends to `self.port`; the core hears it from yet another port, and answers there."""

    def __init__(self):
        super().__init__()
        self.inner, self.outer = udp(), udp()
        self.port = self.inner.getsockname()[1]
        self.iut = None

    def run(self):
        while not self.over:
            for ready in select.select([self.inner, self.outer], [], [], 0.1)[0]:
                data, source = ready.recvfrom(65536)
                if ready is self.inner:
                    self.iut = source
                    self.outer.sendto(data, self.core)
                elif self.iut:
                    self.inner.sendto(data, self.iut)
                self.carried += 1
