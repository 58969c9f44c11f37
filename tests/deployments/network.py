# SPDX-License-Identifier: MIT
"""A network of nodes that hand SIP on: proxies, B2BUAs, a NAT. It carries a request along a path and its answers back, and
puts each hop's packets on that hop's link."""
import hashlib
import re
import random

from messages import Msg
from packets import Packets

DOMAIN = "mobile.example"


class Net:
    def __init__(self, access=("pcscf",), home=("scscf",), isc=(), v6=False, transport="udp", transports=None, b2b=(), record=("pcscf", "scscf"),
                 nat=False, rport=True, hands=None, lossy=0.0, seed=1, delay=0.004, ims=True, trying=True, **packets):
        self.access, self.home, self.isc = list(access), list(home), list(isc)
        self.v6, self.transport, self.transports = v6, transport, transports or {}
        self.b2b, self.record, self.nat, self.rport = set(b2b), set(record), nat, rport
        self.hands, self.lossy, self.rng, self.delay = hands or {}, lossy, random.Random(seed), delay
        self.ims, self.trying = ims, trying
        self.packets = Packets(seed, **packets)
        self.maps, self.places, self.ports, self.count = {}, {}, {}, seed * 1000
        self.nat_ports, self.contacts = {}, {}

    # who is where

    def host(self, node):
        if node not in self.places:
            n = len(self.places)
            if node.startswith("ue") and self.nat:
                self.places[node] = f"192.168.{len(self.places) % 5}.{20 + n}"
            elif self.v6:
                self.places[node] = f"2001:db8:{7 if node.startswith('ue') else 1}::{n + 1:x}"
            else:
                self.places[node] = f"10.{140 if node.startswith('ue') else 20}.{n % 3}.{n + 11}"
        return self.places[node]

    def text(self, node):
        h = self.host(node)
        return f"[{h}]" if ":" in h else h

    def port(self, node):
        return self.ports.get(node, 5060)

    def way(self, a, b):
        """The transport between two nodes."""
        if a.startswith("ue") or b.startswith("ue"):
            return self.transports.get("access", self.transport)
        return self.transports.get("-".join(sorted((a, b))), self.transport)

    def number(self):
        self.count += 1
        return self.count

    def word(self, *parts, n=12):
        return hashlib.md5("/".join(map(str, parts)).encode()).hexdigest()[:n]

    def link(self, a, b):
        if a.startswith("ue") or b.startswith("ue"):
            return "access"
        return "-".join(sorted((a, b)))

    # packets

    def nat_end(self, node, port):
        """Where the NAT shows a node's port."""
        if (node, port) not in self.nat_ports:
            self.nat_ports[node, port] = 41000 + 7 * len(self.nat_ports) % 20000
        return "203.0.113.9", self.nat_ports[node, port]

    def emit(self, t, a, b, data, ports=None):
        way = self.way(a, b)
        ends = [(self.host(a), (ports or {}).get(a, self.port(a))), (self.host(b), (ports or {}).get(b, self.port(b)))]
        if way == "tcp":  # one connection a pair of nodes, opened by whoever is before in the alphabet, clients first
            first = min((a, b), key=lambda n: (not n.startswith("ue"), n))
            i = 0 if first == a else 1
            ends[i] = (ends[i][0], 33000 + sum(map(ord, first)) % 1000)
        put = self.packets.tcp if way == "tcp" else self.packets.udp
        link = self.link(a, b)
        if self.nat and link == "access":
            put(t, "lan", ends[0], ends[1], data)
            ends = [self.nat_end(n, e[1]) if n.startswith("ue") else e for n, e in zip((a, b), ends)]
            t += 0.0005
        put(t, link, ends[0], ends[1], data)

    # signalling

    def mapped(self, b2b, what):
        """What a B2BUA makes of a Call-ID or tag, and back."""
        m = self.maps.setdefault(b2b, {})
        if what not in m:
            new = f"{b2b}-{self.word(b2b, what)}"
            m[what], m[new] = new, what
        return m[what]

    def crossed(self, b2b, value):
        if ";tag=" in value:
            head, tag = value.rsplit(";tag=", 1)
            return f"{head};tag={self.mapped(b2b, tag)}"
        return value

    def hidden(self, b2b, contact):
        """A Contact as a B2BUA shows it to its other side."""
        uri = contact[contact.index("<") + 1:contact.index(">")]
        mine = f"sip:b-{self.word(b2b, uri, n=6)}@{self.text(b2b)}:{self.port(b2b)}"
        self.contacts[mine] = uri
        return f"<{mine}>{contact[contact.index('>') + 1:]}"

    def passed(self, msg, a, b, origin):
        """The request as a sends it to b."""
        m = msg.copy()
        if not origin:
            if a in self.b2b:
                m.drop("Via").put("Call-ID", self.mapped(a, m.get("Call-ID")))
                m.put("From", self.crossed(a, m.get("From"))).put("To", self.crossed(a, m.get("To"))).drop("Record-Route")
                m.hand = self.hands.get(a, m.hand)
                m.uri = self.contacts.get(m.uri, m.uri)
                if m.get("Contact") and m.method != "REGISTER":
                    m.put("Contact", self.hidden(a, m.get("Contact")))
            elif m.get("Max-Forwards") and m.get("Max-Forwards").isdigit():
                m.put("Max-Forwards", str(int(m.get("Max-Forwards")) - 1))
            if a == self.home[-1] and hasattr(msg, "retarget") and b in self.access + ["ue"] + [n for n in self.places if n.startswith("ue")]:
                m.uri = msg.retarget
            route = m.get("Route")
            if route and self.text(a) in route.split(",")[0]:
                rest = route.split(",", 1)[1].strip() if "," in route else None
                m.put("Route", rest) if rest else m.drop_first("Route")
            if a in self.record and a not in self.b2b and m.method in ("INVITE", "SUBSCRIBE") and ";tag=" not in m.get("To"):
                m.top("Record-Route", f"<sip:{self.text(a)}:{self.port(a)};lr>")
        via = f"SIP/2.0/{self.way(a, b).upper()} {self.text(a)}:{self.port(a)}"
        branch = self.word(m.method, self.number())
        m.top("Via", f"{via};branch=z9hG4bK{branch}" + (";rport" if self.rport and a.startswith("ue") else ""))
        return m

    def seen_by(self, m, a, b):
        """What b keeps of the request: received and rport in the top Via."""
        m = m.copy()
        if self.nat and a.startswith("ue"):
            ip, port = self.nat_end(a, self.port(a))
            via = m.get("Via")
            m.put("Via", via.replace(";rport", f";rport={port}") + f";received={ip}" if ";rport" in via else f"{via};received={ip}")
        return m

    @staticmethod
    def inherit(msg, new):
        for name in ("retarget",):
            if hasattr(msg, name):
                setattr(new, name, getattr(msg, name))

    def send(self, t, msg, path, ports=None):
        """Carries msg along path; returns (time of arrival, hops). A hop is (from, to, request as received)."""
        hops, cur = [], msg
        for i, (a, b) in enumerate(zip(path, path[1:])):
            new = self.passed(cur, a, b, i == 0)
            self.inherit(msg, new)
            self.emit(t, a, b, new.bytes(), ports)
            if self.lossy and self.way(a, b) == "udp" and self.rng.random() < self.lossy:
                t += 0.5
                self.emit(t, a, b, new.bytes(), ports)
            if self.trying and msg.method == "INVITE" and i + 2 < len(path):
                self.back(t + 0.001, 100, "Trying", [], self.seen_by(new, a, b), a, b, b, ports)
            got = self.seen_by(new, a, b)
            self.inherit(msg, got)
            hops.append((a, b, got))
            cur = got
            t += self.delay
        return t, hops

    def back(self, t, status, reason, headers, request, a, b, who, ports=None, tag=None, body=""):
        """One hop of an answer: b answers a."""
        to = request.get("To")
        if to is not None and tag and ";tag=" not in to:
            to += f";tag={tag}"
        m = Msg(f"SIP/2.0 {status} {reason}", [("Via", v) for v in request.all("Via")], body, self.hands.get(who))
        if status != 100 and status < 300 and request.method in ("INVITE", "SUBSCRIBE"):
            for rr in request.all("Record-Route"):
                m.add("Record-Route", rr)
        for name in ("From", "Call-ID", "CSeq"):
            if request.get(name):
                m.add(name, request.get(name))
        m.headers.insert(len(m.all("Via")) + len(m.all("Record-Route")) + 1, ("To", to)) if to is not None else None
        for n, v in headers:
            m.add(n, v)
        self.emit(t, b, a, m.bytes(), ports)
        return m

    def answer(self, t, hops, status, reason, headers=(), body="", tag=None, who=None, ports=None):
        """An answer of the last node, back over every hop; returns (time of arrival, the answer as the origin has it)."""
        who = who or hops[-1][1]
        tag = tag or "t" + self.word(who, hops[-1][2].get("Call-ID"), n=8)
        if status == 100:
            tag = None
        m, headers = None, [h for h in headers if h[1] is not None]
        for i, (a, b, request) in enumerate(reversed(hops)):
            if i and b in self.b2b:
                tag = self.mapped(b, tag) if tag else tag
                if request.method == "INVITE":
                    headers = [(n, self.hidden(b, v) if n == "Contact" else v) for n, v in headers]
            m = self.back(t, status, reason, headers, request, a, b, who, ports, tag, body)
            if self.lossy and status >= 200 and request.method != "INVITE" and self.way(a, b) == "udp" and self.rng.random() < self.lossy:
                t += 0.5
                self.emit(t - 0.001, a, b, self.unseen(request).bytes(), ports)
                self.emit(t, b, a, m.bytes(), ports)
            t += self.delay
        return t, m

    def unseen(self, request):
        m = request.copy()
        if self.nat:
            m.put("Via", re.sub(r";received=[^;]*", "", re.sub(r";rport=\d+", ";rport", m.get("Via"))))
        return m
