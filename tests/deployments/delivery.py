# SPDX-License-Identifier: MIT
"""Deposits and pushes, 12.2.2.2: who is away is written to, the server stores, and pushes when it may; the session that follows."""
from life import TAG, Life
from messages import Msg
from network import DOMAIN


class Story(Life):
    def deposit(self, text="Are you there?", n=1, status=202):
        """Messages of a friend, whom the server answers that it keeps them."""
        for i in range(n):
            tag = self.word("d", self.t, i)
            m = Msg(f"MESSAGE {self.pub_aor} SIP/2.0", [
                ("Max-Forwards", "70"), ("From", f"{self.name(f'sip:{self.friend}@{DOMAIN}', 'Alice')};tag={tag}"), ("To", f"<{self.pub_aor}>"),
                ("Call-ID", self.word("m", self.t, i)), ("CSeq", "1 MESSAGE"), ("P-Preferred-Identity", f"<sip:{self.friend}@{DOMAIN}>"),
                ("Accept-Contact", f"*;{TAG};require;explicit"), ("User-Agent", "IM-client/OMA1.0 Other/1"), ("Content-Type", "text/plain;charset=utf-8")],
                f"{text} {i}")
            path = ["ue-" + self.friend] + [f"{a}2" for a in self.net.access] + [self.core] + self.net.isc + [self.server]
            t, hops = self.net.send(self.t, m, path)
            self.t, _ = self.net.answer(t + 0.004, hops, status, "Accepted" if status == 202 else "OK", [("Server", self.server_ua)])
            self.t += 0.3

    def server_contact(self):
        return f"<sip:im-{self.word('sc', self.pushes)}@{self.net.text(self.server)}:5060>;{TAG};automata"

    def sdp(self, direction, host, side):
        v, addr = ("IP6" if ":" in host else "IP4"), host
        text = f"[{host}]" if ":" in host else host
        lines = ["v=0", f"o=- {1 + len(side)} 1 IN {v} {addr}", "s=-", f"c=IN {v} {addr}", "t=0 0"]
        if self.sdp_level == "session":
            lines.append(f"a={direction}")
        lines += ["m=message 2855 TCP/MSRP *", "a=accept-types:message/cpim text/plain", f"a=path:msrp://{text}:2855/{self.word(side, self.pushes)};tcp",
                  "a=setup:" + ("actpass" if side == "server" else "passive")]
        if self.sdp_level == "media":
            lines.append(f"a={direction}")
        return "\r\n".join(lines) + "\r\n"

    pushes, forks = 0, False

    def invite(self, dev):
        self.pushes += 1
        call = self.word("push", self.pushes, n=16)
        m = Msg(f"INVITE {self.pub_aor} SIP/2.0", [
            ("Max-Forwards", "70"), ("Route", f"<sip:{self.net.text(self.core)}:5060;lr;orig>" if self.net.ims else None),
            ("From", f"<sip:im.{DOMAIN}>;tag={self.word('pt', self.pushes)}"), ("To", f"<{self.pub_aor}>"), ("Call-ID", call), ("CSeq", "1 INVITE"),
            ("Contact", self.server_contact()), ("Accept-Contact", f"*;{TAG};explicit;require"), ("User-Agent", self.server_ua), ("Allow", self.allow),
            ("Supported", "timer,100rel"), ("Session-Expires", f"{self.session};refresher=uac"), ("Min-SE", "90"),
            ("P-Asserted-Identity", f"<sip:im.{DOMAIN}>"),
            ("P-Charging-Vector", f"icid-value={self.word('pv', self.pushes)};orig-ioi={DOMAIN}" if self.net.ims else None),
            ("Content-Type", "application/sdp")], self.sdp("sendonly", self.net.host(self.server), "server"), self.net.hands.get(self.server))
        return m

    def push(self, t, dev, answer=200, length=4.0, to=None):
        """A push: INVITE, answers, ACK, MSRP, BYE; of the length in seconds, with refreshes where it is long."""
        if self.f("push-late"):
            t += 400
        m = self.invite(dev)
        if to:
            m.uri = to
            m.put("To", f"<{to}>")
        m.retarget = self.contact_uri(dev)
        self.edit("push", m)
        path = self.path(dev)[::-1]
        call = m.get("Call-ID")
        t1, hops = self.net.send(t, m, path)
        legs = self.fork(t + 0.006, m, hops, [d for d in self.devices if d is not dev and d.reg_call]) if self.forks else []
        if self.f("push-twice"):
            again, tag = self.invite(dev), self.word("busy", t)
            again.retarget = m.retarget
            t2, hops2 = self.net.send(t + 0.4, again, path)
            t3, _ = self.net.answer(t2 + 0.01, hops2, 486, "Busy Here", tag=tag)
            self.ack_refusal(t3, hops2, tag)
        tag, contact = self.word("dt", call, dev.name), self.contact(dev)
        headers = [("Contact", contact), ("Allow", self.ua_allow), ("User-Agent", dev.user_agent)]
        t = t1 + 0.05
        if self.ringing:
            early = [("Contact", contact.replace("@", "-early@", 1)) if self.f("early-contact") else ("Contact", contact)]
            t, _ = self.net.answer(t, hops, 180, "Ringing", early + ([("Allow", self.allow_early)] if self.allow_early else []), tag=tag, who=dev.name)
            t += 0.3
        if answer != 200:
            t, _ = self.net.answer(t, hops, answer, "Not now", [], tag=tag, who=dev.name)
            if not self.f("no-ack"):
                self.ack_refusal(t, hops, tag)
            else:
                for w in (0.5, 1, 2, 4, 4, 4, 4, 4, 4, 4):
                    t, _ = self.net.answer(t + w, hops, answer, "Not now", [], tag=tag, who=dev.name)
            self.t = t
            return
        ok = headers + [("Supported", "timer"), ("Require", "timer"), ("Session-Expires", f"{self.session};refresher={self.refresher}"), ("Content-Type", "application/sdp")]
        self.cancel_legs(t + 0.02, legs)
        t, got = self.net.answer(t, hops, 200, "OK", ok, self.sdp("recvonly", self.net.host(dev.name), dev.name), tag, who=dev.name)
        routes = [r for r in got.all("Record-Route")][::-1]
        seen_tag = got.get("To").rsplit("tag=", 1)[1]
        dialog = {"m": m, "target": got.get("Contact").split("<")[1].split(">")[0], "to": f"{m.get('To')};tag={seen_tag}", "routes": routes, "cseq": 1,
                  "path": path, "dev": dev, "device_tag": tag, "hops": hops}
        if self.f("no-ack"):
            for w in (0.5, 1, 2, 4, 4, 4, 4, 4, 4, 4):
                t, _ = self.net.answer(t + w - 0.01, hops, 200, "OK", ok, self.sdp("recvonly", self.net.host(dev.name), dev.name), tag, who=dev.name)
        else:
            t, _ = self.inside(t + 0.002, dialog, "ACK")
        if self.msrp:
            self.messages(t, dev)
        began = t
        if self.f("no-timer"):
            self.t = t + self.session * 3
            return
        while length - (t - began) > self.session / 2 and not self.f("no-refresh"):
            t = self.refresh(t + self.session / 2, dialog)
            if self.f("refresh-once"):
                self.t = t + self.session * 2
                return
        t = max(t, began + length)
        if not self.f("no-bye"):
            t, hops = self.inside(t, dialog, "BYE")
            t, _ = self.net.answer(t + 0.003, hops, 200, "OK")
        self.t = t

    def refresh(self, t, dialog):
        """A session refresh by whom the 200 named; RFC 4028."""
        dev = dialog["dev"]
        method = "UPDATE" if "UPDATE" in self.ua_allow or self.f("update-anyway") else "INVITE"
        body = "" if method == "UPDATE" else self.sdp("sendonly", self.net.host(self.server), "server")
        if self.refresher == "uac":
            t, hops = self.inside(t, dialog, method, [("Session-Expires", f"{self.session};refresher=uac"), ("Contact", dialog["m"].get("Contact")), ("Supported", "timer"),
                                                     ("Content-Type", "application/sdp" if body else None)], body)
            status, reason = (405, "Method Not Allowed") if self.f("update-anyway") else (200, "OK")
            t, _ = self.net.answer(t + 0.003, hops, status, reason, [("Contact", self.contact(dev)), ("Session-Expires", f"{self.session};refresher=uac"), ("Allow", self.ua_allow),
                                                              ("Content-Type", "application/sdp" if body else None)],
                                   self.sdp("recvonly", self.net.host(dev.name), dev.name) if body else "")
            if method == "INVITE" and status == 200:
                t, _ = self.inside(t, dialog, "ACK")
            return t
        m = dialog["m"]
        inner = dialog["hops"][-1][2]
        u = Msg(f"UPDATE {inner.get('Contact').split('<')[1].split('>')[0]} SIP/2.0", [
            ("Max-Forwards", "70"), ("From", f"{inner.get('To')};tag={dialog['device_tag']}"), ("To", inner.get("From")), ("Call-ID", inner.get("Call-ID")),
            ("CSeq", f"{100 + dialog['cseq']} UPDATE"), ("Contact", self.contact(dev)), ("Session-Expires", f"{self.session};refresher=uac"), ("Supported", "timer")],
            hand=dev.hand)
        for r in inner.all("Record-Route"):
            u.add("Route", r)
        u = self.joined_routes(u)
        dialog["cseq"] += 1
        t, hops = self.net.send(t, u, self.path(dev))
        t, _ = self.net.answer(t + 0.003, hops, 200, "OK", [("Contact", m.get("Contact")), ("Session-Expires", f"{self.session};refresher=uac")])
        return t

    @staticmethod
    def joined_routes(m):
        routes = m.all("Route")
        m.drop("Route")
        return m.add("Route", ", ".join(routes)) if routes else m

    def inside(self, t, dialog, method, headers=(), body=""):
        m = dialog["m"]
        if method != "ACK":
            dialog["cseq"] += 1
        r = Msg(f"{method} {dialog['target']} SIP/2.0", [
            ("Max-Forwards", "70"), ("From", m.get("From")), ("To", dialog["to"]), ("Call-ID", m.get("Call-ID")), ("CSeq", f"{dialog['cseq']} {method}"),
            ("User-Agent", self.server_ua)] + [("Route", ", ".join(dialog["routes"]) or None)] + list(headers), body, m.hand)
        self.edit("inside", r)
        self.edit(method.lower(), r) if method.lower() in self.fault.edits else None
        return self.net.send(t, r, dialog["path"])

    def ack_refusal(self, t, hops, tag, only_after=0):
        """ACK of a refusal goes hop by hop (RFC 3261 17.1.1.3)."""
        tags = []
        for a, b, _ in reversed(hops):
            if tags and b in self.net.b2b:
                tag = self.net.mapped(b, tag)
            tags.append(tag)
        for i, ((a, b, m), tag) in enumerate(zip(hops, reversed(tags))):
            if i >= only_after:
                self.net.emit(t + 0.001 * i, a, b, self.of_hop("ACK", m, tag).bytes())

    @staticmethod
    def of_hop(method, m, tag):
        """ACK or CANCEL of an INVITE on one hop."""
        to = m.get("To") + (f";tag={tag}" if tag and ";tag=" not in m.get("To") else "")
        return Msg(f"{method} {m.uri} SIP/2.0", [("Via", m.get("Via")), ("Max-Forwards", "70"), ("From", m.get("From")), ("To", to), ("Call-ID", m.get("Call-ID")),
                                                ("CSeq", m.get("CSeq").replace("INVITE", method)), ("Route", m.get("Route"))], hand=m.hand)

    def fork(self, t, m, hops, others):
        """The core sends the INVITE to further devices, which ring until the first one has taken it; returns their hops."""
        legs, core = [], [h[1] for h in hops].index(self.core)
        for dev in others:
            at_core = hops[core][2].copy()
            at_core.retarget = self.contact_uri(dev)
            _, leg = self.onward(t, at_core, self.path(dev)[:self.path(dev).index(self.core) + 1][::-1])
            tag = self.word("dt", m.get("Call-ID"), dev.name)
            self.net.answer(t + 0.06, hops[:core + 1] + leg, 180, "Ringing", [("Contact", self.contact(dev))], tag=tag, who=dev.name)
            legs.append((leg, tag, dev))
        return legs

    def cancel_legs(self, t, legs):
        for leg, tag, dev in legs:
            for i, (a, b, m) in enumerate(leg):
                self.net.emit(t + 0.004 * i, a, b, self.of_hop("CANCEL", m, None).bytes())
                c = self.of_hop("CANCEL", m, None)
                self.net.back(t + 0.004 * i + 0.001, 200, "OK", [], c, a, b, dev.name, tag=tag)
            self.net.answer(t + 0.03, leg, 487, "Request Terminated", [], tag=tag, who=dev.name)
            self.ack_refusal(t + 0.04, leg, tag)

    def messages(self, t, dev):
        """MSRP of the session (RFC 4975), straight between server and device."""
        ends = (self.net.host(self.server), 49555), (self.net.host(dev.name), 2855)
        if self.net.nat:
            ends = ends[0], ("203.0.113.9", 2855)
        frm, to = (f"msrp://{e[0]}:{e[1]}/{self.word(e)};tcp" for e in ends)
        for i in range(self.sms):
            ident = self.word("msrp", t, i)
            head = f"To-Path: {to}\r\nFrom-Path: {frm}\r\n"
            self.net.packets.tcp(t + 0.02 + i * 0.1, "msrp", *ends, f"MSRP {ident} SEND\r\n{head}Message-ID: {ident}\r\nByte-Range: 1-5/5\r\n"
                                 f"Content-Type: text/plain\r\n\r\nHello\r\n-------{ident}$\r\n".encode())
            self.net.packets.tcp(t + 0.06 + i * 0.1, "msrp", *ends[::-1], f"MSRP {ident} 200 OK\r\nTo-Path: {frm}\r\nFrom-Path: {to}\r\n-------{ident}$\r\n".encode())
