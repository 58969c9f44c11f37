# SPDX-License-Identifier: MIT
"""What happens to one served user: he is written to while away, registers, publishes his settings, is pushed to, comes back for
hours, and leaves. Written from the change request and the RFCs; a fault edits one kind of message or sets one flag."""
import hashlib

from messages import Hand, Msg
from network import DOMAIN

TAG = "+g.oma.sip-im"
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<poc-settings xmlns="urn:oma:params:xml:ns:poc:poc-settings" xmlns:i="urn:oma:xml:im:service-settings">
  <entity id="{id}">
    <isb-settings>
      <incoming-session-barring active="false"/>
      <incoming-session-barring i:service-id="pager-large-mode" active="true"/>
    </isb-settings>
    <i:vis-settings><i:vis-status active="true"/></i:vis-settings>
    <i:deferred-settings><i:offline-delivery active="{on}"/></i:deferred-settings>
    <i:hist-settings>
      <i:hist-activation i:service-id="session-mode" active="false"/>
      <i:hist-activation i:service-id="pager-large-mode" active="true"/>
    </i:hist-settings>
  </entity>
</poc-settings>
"""
LIST = "application/vnd.oma.im.deferred-list+xml"


def md5(s):
    return hashlib.md5(s.encode()).hexdigest()


class Fault:
    """edits: kind of message -> function that spoils it; flags: what the story does otherwise."""

    def __init__(self, name="", edits=None, flags=(), **rows):
        self.name, self.edits, self.flags, self.rows = name, edits or {}, set(flags), rows


class Device:
    def __init__(self, name="ue1", port=5060, user_agent="IM-client/OMA1.0 Handset/4.2", hand=None, instance=True, large=False, im=True, reg_id=None):
        self.name, self.port, self.user_agent, self.hand = name, port, user_agent, hand or Hand()
        self.instance, self.large, self.im, self.reg_id = instance, large, im, reg_id
        self.cseq = {"REGISTER": 0, "PUBLISH": 0}
        self.reg_call = self.etag = None
        self.first_etag = self.nonce = self.subscription = None
        self.lives = 0


class Life:
    def __init__(self, net, user="bob", fault=None, aor=None, friend="alice", password="secret", challenge="MD5", tel=None, alias=None,
                 devices=None, expires=3600, server_ua="IM-serv/OMA1.0 Store/7", start=1_700_000_000.0, qop=True, service_route=True, asserted="sip",
                 display=True, allow="INVITE, ACK, CANCEL, BYE, MESSAGE, UPDATE, OPTIONS, PRACK", ua_allow="INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE",
                 session=1800, refresher="uac", sdp_level="media", ringing=True, aor_entity=False, accept="*;{tag}", shown=None, publish_call="one",
                 granted=None, register_in="header", msrp=True, sms=1, third_expires=None, refresh_third=True, pub_challenge=False, third_body=False,
                 associated=True, third_party=True):
        self.net, self.user, self.fault, self.friend = net, user, fault or Fault(), friend
        self.aor = aor or f"sip:{user}@{DOMAIN}"
        self.alias, self.tel = alias, tel
        self.pub_aor = alias or self.aor
        self.private, self.password, self.challenge, self.qop = f"{user}@private.{DOMAIN}", password, challenge, qop
        self.devices = devices or [Device()]
        for d in self.devices:
            self.net.ports[d.name] = d.port
        self.expires, self.granted, self.server_ua, self.t = expires, granted or expires, server_ua, start
        self.service_route, self.display, self.allow, self.ua_allow = service_route, display, allow, ua_allow
        self.session, self.refresher, self.sdp_level, self.ringing = session, refresher, sdp_level, ringing
        self.entity = self.pub_aor if aor_entity else "e-1"
        self.accept, self.publish_call, self.register_in, self.msrp, self.sms = accept, publish_call, register_in, msrp, sms
        self.third_expires, self.refresh_third, self.pub_challenge = third_expires, refresh_third, pub_challenge
        self.asserted, self.third_body, self.associated, self.third_party = asserted, third_body, associated, third_party
        self.server, self.core = "as", self.net.home[-1]
        self.server_tags, self.third_cseq, self.settings, self.uid = {}, 10, None, net.number()
        self.allow_early = None

    # small things

    def f(self, flag):
        return flag in self.fault.flags

    def edit(self, kind, msg):
        if kind in self.fault.edits:
            self.fault.edits[kind](msg)
        return msg

    def edited(self, kind, headers):
        m = Msg("SIP/2.0 200 OK", headers)
        return self.edit(kind, m).headers

    def word(self, *parts, n=10):
        return self.net.word(self.uid, self.user, *parts, n=n)

    def path_in(self, dev):
        """From a device to the S-CSCF."""
        return [dev.name] + self.net.access + self.net.home

    def path_isc(self):
        return [self.core] + self.net.isc + [self.server]

    def path(self, dev):
        return [dev.name] + self.net.access + [self.core] + self.net.isc + [self.server]

    def name(self, aor, display=None):
        return f"{display} <{aor}>" if display and self.display else f"<{aor}>"

    def contact_uri(self, dev):
        host, way = self.net.text(dev.name), self.net.way(dev.name, self.net.access[0] if self.net.access else self.core)
        return f"sip:{self.user}-{dev.name}@{host}:{dev.port}" + (";transport=tcp" if way == "tcp" else "")

    def contact(self, dev, tags=True):
        c = f"<{self.contact_uri(dev)}>"
        if dev.instance:
            c += f';+sip.instance="<urn:uuid:00000000-0000-1000-8000-{self.word(dev.name, n=12)}>"'
        if dev.reg_id:
            c += f";reg-id={dev.reg_id}"
        if tags and dev.im:
            c += f";{TAG}"
        if dev.large:
            c += f';{TAG}.large-message;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel,urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.msg"'
        return c

    def route_in(self, dev):
        """Route of a new request of the device: outbound proxy and Service-Route."""
        if not self.service_route or not self.net.access:
            return None
        return f"<sip:{self.net.text(self.net.access[0])}:5060;lr>, <sip:orig@{self.net.text(self.core)}:5060;lr>"

    def exchange(self, kind, t, msg, path, status=200, reason="OK", headers=(), body="", tag=None, think=0.003):
        arrived, hops = self.net.send(t, self.edit(kind, msg), path)
        return self.net.answer(arrived + think, hops, status, reason, self.edited(kind + ".answer", list(headers)), body, tag)

    # registration, 5.2.2 and 5.3

    def register_message(self, dev, expires, auth=None):
        dev.cseq["REGISTER"] += 1
        contact = self.contact(dev) + (f";expires={expires}" if self.register_in == "contact" else "")
        m = Msg(f"REGISTER sip:{DOMAIN} SIP/2.0", [
            ("Max-Forwards", "70"), ("From", f"{self.name(self.aor)};tag={self.word('r', dev.name, dev.cseq['REGISTER'])}"), ("To", self.name(self.aor)),
            ("Call-ID", dev.reg_call), ("CSeq", f"{dev.cseq['REGISTER']} REGISTER"), ("Contact", contact),
            ("Expires", str(expires) if self.register_in == "header" else None), ("Authorization", auth), ("Supported", "path, gruu, outbound"),
            ("User-Agent", dev.user_agent), ("Allow", self.ua_allow)], hand=dev.hand)
        if self.net.ims and not auth:
            m.put("Authorization", f'Digest username="{self.private}", realm="{DOMAIN}", uri="sip:{DOMAIN}", nonce="", response=""')
        return m

    def digest(self, dev, method, uri, nonce, nc):
        algorithm, username = self.challenge, self.private
        password = "wrong" if self.f("wrong-password") else self.password
        h = md5 if algorithm == "MD5" else lambda s: hashlib.sha256(s.encode()).hexdigest()
        realm = "elsewhere.example" if self.f("other-realm") else DOMAIN
        if self.f("other-nonce"):
            nonce = "0" * 16
        ha1, ha2 = h(f"{username}:{realm}:{password}"), h(f"{method}:{uri}")
        if self.qop:
            cnonce, count = self.word("c", nonce, nc, n=8), f"{nc:08x}"
            response = h(f"{ha1}:{nonce}:{count}:{cnonce}:auth:{ha2}")
            tail = "" if self.f("no-cnonce") else f', qop=auth, nc={count}, cnonce="{cnonce}"'
        else:
            response, tail = h(f"{ha1}:{nonce}:{ha2}"), ""
        return f'Digest username="{username}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm={algorithm}, response="{response}"{tail}'

    def challenged(self, nonce, stale=False):
        q = ', qop="auth,auth-int"' if self.qop else ""
        return f'Digest realm="{DOMAIN}", nonce="{nonce}", algorithm={self.challenge}{q}' + (", stale=true" if stale else "")

    def register(self, dev=None, expires=None, refuse=None, stale=False, kind=None):
        """An initial registration, a refresh or (expires=0) a de-registration, with the core's third-party REGISTER."""
        dev = dev or self.devices[0]
        initial = not dev.reg_call or dev.lives < 0
        expires = self.expires if expires is None else expires
        kind = kind or ("register" if initial else "deregister" if expires == 0 else "reregister")
        if initial:
            dev.reg_call, dev.lives = f"{self.word('reg', dev.name, dev.cseq['REGISTER'], n=16)}@{self.net.text(dev.name).strip('[]')}", abs(dev.lives) + 1
            dev.nonce, dev.nc = None, 0
        elif kind == "reregister" and self.f("new-call-id"):
            dev.reg_call = self.word("again", dev.cseq["REGISTER"])
        elif kind == "reregister" and self.f("same-cseq"):
            dev.cseq["REGISTER"] -= 1
        path, t = self.path_in(dev), self.t
        auth = None
        if dev.nonce and not stale:
            dev.nc += 1
            auth = self.digest(dev, "REGISTER", f"sip:{DOMAIN}", dev.nonce, dev.nc)
        if self.challenge and (not auth or stale):
            nonce = self.word("nonce", dev.name, dev.cseq["REGISTER"], n=24)
            old = self.digest(dev, "REGISTER", f"sip:{DOMAIN}", dev.nonce, dev.nc + 1) if stale and dev.nonce else None
            t, _ = self.exchange(kind, t, self.register_message(dev, expires, old), path, 401, "Unauthorized",
                                 [("WWW-Authenticate", self.challenged(nonce, stale)), ("Server", "Core/1")])
            dev.nonce, dev.nc = nonce, 1
            t += 0.02
            if self.f("no-credentials"):
                m = self.register_message(dev, expires)
                t, _ = self.exchange(kind, t, m, path, 401, "Unauthorized", [("WWW-Authenticate", self.challenged(nonce + "x"))])
                self.t = t
                dev.reg_call = None
                return False
            if self.f("unanswered-challenge"):
                self.t = t + 60
                dev.reg_call = None
                return False
            auth = self.digest(dev, "REGISTER", f"sip:{DOMAIN}", nonce, 1)
        m = self.register_message(dev, expires, auth)
        if refuse or self.f("core-refuses"):
            self.t, _ = self.exchange(kind, t, m, path, refuse or 403, "Forbidden", [])
            dev.reg_call = None
            return False
        if self.f("publish-early") and kind == "register":
            self.publish(t=t + 0.001, dev=dev, push=False, early=True)
        granted = min(expires, self.granted)
        contacts = [self.contact(d) + f";expires={granted if d is dev else self.granted - 400}" for d in self.devices
                    if (d is dev or d.reg_call) and not (d is dev and expires == 0)]
        headers = [("Contact", c) for c in contacts] + [("Date", "Tue, 14 Nov 2023 22:13:20 GMT")]
        if expires:
            assoc = ", ".join(f"<{u}>" for u in [self.aor, self.alias, self.tel] if u)
            if self.service_route:
                headers += [("Service-Route", f"<sip:orig@{self.net.text(self.core)}:5060;lr>")]
                if self.net.access:
                    headers += [("Path", f"<sip:term@{self.net.text(self.net.access[-1])};lr>")]
            headers += [("P-Associated-URI", assoc)] if self.associated and (self.net.ims or self.alias or self.tel) else []
        # The core's P-CSCF puts Path in; the story leaves that to the answers.
        t, _ = self.exchange(kind, t, m, path, 200, "OK", headers)
        self.t = t
        if kind == "reregister" and not self.refresh_third:
            return True
        if not self.third_party:
            dev.reg_call = dev.reg_call if expires else None
            return True
        if not expires and any(d.reg_call for d in self.devices if d is not dev):
            dev.reg_call = None
            return True
        asked = expires if self.third_expires is None or not expires else self.third_expires
        self.third(dev, asked, kind)
        if expires == 0:
            dev.reg_call = None
        return True

    def third(self, dev, expires, kind):
        """The third-party REGISTER of the core (TS 24.229 5.4.1.7)."""
        self.third_cseq += 1
        scscf = f"sip:{self.net.text(self.core)}:5060"
        body, ctype = "", None
        if self.third_body and expires:
            inner = self.register_message(dev, expires)
            dev.cseq["REGISTER"] -= 1
            inner.drop("Authorization").top("Via", f"SIP/2.0/UDP {self.net.text(dev.name)}:{dev.port};branch=z9hG4bK{self.word('inner', self.third_cseq)}")
            body, ctype = inner.bytes().decode(), "message/sip"
        m = Msg(f"REGISTER sip:im.{DOMAIN} SIP/2.0", [
            ("Max-Forwards", "70"), ("From", f"<{scscf}>;tag={self.word('tp', self.third_cseq)}"), ("To", self.name(self.aor)),
            ("Call-ID", self.word("third", self.third_cseq)), ("CSeq", f"{self.third_cseq} REGISTER"), ("Contact", f"<{scscf}>"),
            ("Expires", str(expires)), ("P-Visited-Network-ID", f'"visited.{DOMAIN}"' if self.net.ims else None),
            ("P-Charging-Vector", f"icid-value={self.word('icid', self.third_cseq)};orig-ioi={DOMAIN}" if self.net.ims else None),
            ("Content-Type", ctype)], body, self.net.hands.get(self.core))
        t, hops = self.net.send(self.t + 0.002, m, self.path_isc())
        headers = [("Expires", str(expires)), ("Server", self.server_ua)]
        if self.net.ims:
            headers.append(("P-Charging-Vector", m.get("P-Charging-Vector") + f";term-ioi={DOMAIN}" if m.get("P-Charging-Vector") else None))
        status = next((int(x[6:]) for x in self.fault.flags if x.startswith("third-") and x[6:].isdigit()), 200)
        if self.f("third-silent"):
            if self.net.way(hops[-1][0], self.server) == "udp":  # who asks last, repeats (RFC 3261 17.1.2)
                for wait in (0.5, 1, 2, 4, 4, 4, 4, 4, 4, 4):
                    t += wait
                    self.net.emit(t, hops[-1][0], self.server, hops[-1][2].bytes())
            self.t = t + 5
            return
        if status != 200:
            headers = [("Allow", "INVITE, PUBLISH, MESSAGE")] if status == 405 else [("Contact", "<sip:other.example>")] if status == 302 else []
        answered, _ = self.net.answer(t + 0.002, hops, status, "OK" if status == 200 else "No", self.edited("third.answer", headers))
        self.t = answered
        if kind == "register" and self.f("push-on-register") or kind == "reregister" and self.f("push-on-refresh"):
            self.push(self.t + 0.05, dev)

    # settings, 5.2.4 and 6.1.1.5

    def publish(self, on=True, dev=None, kind=None, body=True, expires=None, push=None, t=None, early=False, status=200, reason="OK", headers=None,
                fresh=False, edit=None, if_match=True, pai=None):
        """A PUBLISH: initial, a refresh (body=False), a modification, a removal (expires=0); and the server's answer to it."""
        dev = dev or self.devices[0]
        if not body and not dev.etag:
            return None
        t = self.t + 0.05 if t is None else t
        dev.cseq["PUBLISH"] += 1
        expires = self.granted if expires is None else expires
        etag = dev.etag if if_match and not fresh else None
        kind = kind or ("initial" if not etag else "remove" if expires == 0 else "refresh" if not body else "modify")
        call = self.word("pub", dev.name) if self.publish_call == "one" else self.word("pub", dev.name, dev.cseq["PUBLISH"])
        if self.f("first-tag-always") and etag:
            etag = dev.first_etag
        on_text = "true" if on else "false"
        m = Msg(f"PUBLISH {self.pub_aor} SIP/2.0", [
            ("Max-Forwards", "70"), ("Route", self.route_in(dev)), ("From", f"{self.name(self.pub_aor, 'Bob')};tag={self.word('p', dev.name, dev.cseq['PUBLISH'])}"),
            ("To", self.name(self.pub_aor)), ("Call-ID", call), ("CSeq", f"{dev.cseq['PUBLISH']} PUBLISH"),
            ("P-Preferred-Identity", self.name(self.pub_aor, '"Bob B."') if self.net.ims else None),
            ("P-Access-Network-Info", "3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11" if self.net.ims else None),
            ("Accept-Contact", self.accept.format(tag=TAG)), ("User-Agent", dev.user_agent), ("Event", "poc-settings"),
            ("Expires", str(expires)), ("SIP-If-Match", etag),
            ("Content-Type", "application/poc-settings+xml" if body and expires else None)],
            DOCUMENT.format(id=self.entity, on=on_text) if body and expires else "", dev.hand)
        self.edit("publish", m)
        self.edit("publish." + kind, m) if "publish." + kind in self.fault.edits else None
        if edit:
            edit(m)
        path = self.path(dev)
        if self.pub_challenge and kind == "initial":
            nonce = self.word("pn", dev.cseq["PUBLISH"])
            t2, hops = self.net.send(t, m, self.path_in(dev)[:1] + self.net.access + [self.core])
            t, _ = self.net.answer(t2 + 0.002, hops, 407, "Proxy Authentication Required", [("Proxy-Authenticate", self.challenged(nonce))])
            dev.cseq["PUBLISH"] += 1
            m = m.copy().put("CSeq", f"{dev.cseq['PUBLISH']} PUBLISH")
            m.add("Proxy-Authorization", self.digest(dev, "PUBLISH", m.uri, nonce, 1))
            t += 0.02
        t1, hops = self.send_publish(t, m, path, pai)
        new = self.word("etag", dev.name, dev.cseq["PUBLISH"])
        if headers is None:
            headers = [("SIP-ETag", new), ("Expires", str(expires)), ("Server", self.server_ua)] if status == 200 else [("Server", self.server_ua)]
        answer = self.edited("publish.answer", headers)
        answer = self.edited(f"publish.{kind}.answer", answer) if f"publish.{kind}.answer" in self.fault.edits else answer
        due = push if push is not None else (status == 200 and kind in ("initial", "modify") and on and self.sms > 0 and expires > 0)
        if due and self.f("push-before-200") and not early:
            self.push(t1 + 0.001, dev)
            self.t = t1
            answered, _ = self.net.answer(self.t + 0.01, hops, status, reason, answer)
            self.t = max(self.t, answered)
            due = False
        else:
            at = next((x for x in self.fault.flags if x.startswith("status-")), None)
            if at and status == 200 and at.split("-")[1] in (kind, "all"):
                status, reason = int(at.split("-")[2]), "So"
                answer = [h for h in answer if h[0] != "SIP-ETag"] if status > 299 else answer
            self.t, _ = self.net.answer(t1 + 0.004, hops, status, reason, answer)
        if status // 100 == 2:
            dev.etag = None if expires == 0 else next((v for n, v in answer if n == "SIP-ETag"), None)
            if kind == "initial":
                dev.first_etag = dev.etag
        if due and not self.f("no-push") and (status // 100 == 2 or push) or self.f("push-" + kind):
            self.push(t1 + 0.004 + 0.03, dev)
        return m

    def send_publish(self, t, m, path, pai=None):
        """As send, with what the core puts in: the identity it asserts, the way to the server."""
        first = path[:path.index(self.core) + 1]
        t, hops = self.net.send(t, m, first)
        inner = hops[-1][2].copy()
        asserted = pai or (f"<{self.pub_aor}>, <{self.tel}>" if self.asserted == "both" else f"<{self.pub_aor}>")
        inner.drop("P-Preferred-Identity").drop("P-Access-Network-Info").drop("Proxy-Authorization").drop("Route")
        inner.add("P-Asserted-Identity", asserted)
        inner.put("Max-Forwards", "68").add("Route", f"<sip:{self.net.text(self.server)}:5060;lr>, <sip:odi-{self.word('odi', t)}@{self.net.text(self.core)}:5060;lr>")
        if self.net.ims:
            inner.add("P-Charging-Vector", f"icid-value={self.word('ic', t)};orig-ioi={DOMAIN}")
            inner.add("P-Served-User", f"{pai.split(',')[0] if pai else f'<{self.pub_aor}>'};sescase=orig;regstate=reg")
        rest = [self.core] + self.net.isc + [self.server]
        t, more = self.onward(t, inner, rest)
        return t, hops + more

    def onward(self, t, msg, path):
        """As Net.send, by a proxy that is not the origin."""
        hops, cur = [], msg
        for a, b in zip(path, path[1:]):
            new = self.net.passed(cur, a, b, False)
            self.net.inherit(msg, new)
            self.net.emit(t, a, b, new.bytes())
            if self.net.trying and msg.method == "INVITE" and b != path[-1]:
                self.net.back(t + 0.001, 100, "Trying", [], new, a, b, b)
            hops.append((a, b, new))
            cur = new
            t += self.net.delay
        return t, hops

    def subscribe_metadata(self, dev=None, event="ua-profile", expires=3600, package=True):
        """12.1.2.2: the client subscribes to the list of deferred messages, the server notifies."""
        dev = dev or self.devices[0]
        t = self.t + 0.04
        dev.subscription = dev.subscription or [self.word("sub", dev.name, dev.cseq["PUBLISH"]), 0]
        call = dev.subscription[0]
        dev.subscription[1] += 1
        first = dev.subscription[1] == 1
        server_tag, tag = self.word("st", call), self.word("ct", call)
        m = Msg(f"SUBSCRIBE {self.pub_aor if first else 'sip:list@' + self.net.text(self.server)} SIP/2.0", [
            ("Max-Forwards", "70"), ("Route", self.route_in(dev)), ("From", f"{self.name(self.pub_aor)};tag={tag}"),
            ("To", f"<{self.pub_aor}>" + ("" if first else f";tag={server_tag}")), ("Call-ID", call), ("CSeq", f"{dev.subscription[1]} SUBSCRIBE"),
            ("Contact", self.contact(dev)), ("Event", f'{event};auid="org.openmobilealliance.deferred-list"' if event == "sip-profile" else f"{event};effective-by=10"),
            ("Accept", LIST), ("Accept-Contact", f"*;{TAG}"), ("User-Agent", dev.user_agent), ("Expires", str(expires)),
            ("P-Preferred-Identity", f"<{self.pub_aor}>" if self.net.ims else None)], hand=dev.hand)
        self.edit("subscribe", m)
        path = self.path(dev)
        t, hops = self.net.send(t, m, path)
        t, _ = self.net.answer(t + 0.003, hops, 200, "OK", [("Contact", f"<sip:list@{self.net.text(self.server)}>"), ("Expires", str(expires))], tag=server_tag)
        n = Msg(f"NOTIFY {self.contact_uri(dev)} SIP/2.0", [
            ("Max-Forwards", "70"), ("From", f"<{self.pub_aor}>;tag={server_tag}"), ("To", f"<{self.pub_aor}>;tag={tag}"), ("Call-ID", call),
            ("CSeq", f"{dev.subscription[1]} NOTIFY"), ("Contact", f"<sip:list@{self.net.text(self.server)}>"), ("Event", event),
            ("Subscription-State", f"active;expires={expires}" if expires else "terminated;reason=timeout"), ("Content-Type", LIST if expires else None)],
            '<?xml version="1.0"?><history-list xmlns="urn:oma:xml:im:history-list"/>' if expires else "", self.net.hands.get(self.server))
        t, hops = self.net.send(t + 0.01, n, path[::-1])
        t, _ = self.net.answer(t + 0.003, hops, 200, "OK")
        self.t = t
        if not expires:
            dev.subscription = None
