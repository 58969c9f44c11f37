# SPDX-License-Identifier: MIT
"""What happens to a user in a network with several hops: client, P-CSCF, S-CSCF, IM Server; conforming, or with one thing
done wrong. A Way says what of it a capture shows and how."""
import hashlib

from msg import Msg
from wire import Capture

TAG = "+g.oma.sip-im"
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<poc-settings xmlns="urn:oma:params:xml:ns:poc:poc-settings" xmlns:im="urn:oma:xml:im:service-settings">
 <entity id="e1">
  <isb-settings><incoming-session-barring active="false"/>
   <incoming-session-barring im:service-id="pager-large-mode" active="false"/></isb-settings>
  <im:vis-settings><im:vis-status active="false"/></im:vis-settings>
  <im:deferred-settings><im:offline-delivery active="%s"/></im:deferred-settings>
  <im:hist-settings><im:hist-activation im:service-id="session-mode" active="true"/>
   <im:hist-activation im:service-id="pager-large-mode" active="true"/></im:hist-settings>
 </entity>
</poc-settings>
"""


class Way:
    """How the network is, and where somebody captures."""

    def __init__(self, hops=("access", "core", "server"), transport="udp", v6=False, tel=False, gruu=False, nat=False,
                 repeats=False, late=0.0, services=False, prefix=""):
        self.hops, self.transport, self.v6, self.tel, self.gruu = hops, transport, v6, tel, gruu
        self.nat, self.repeats, self.late, self.services, self.prefix = nat, repeats, late, services, prefix

    def host(self, last):
        return f"2001:db8::{last}" if self.v6 else f"10.20.0.{last}"

    def text(self, last):
        return f"[{self.host(last)}]" if self.v6 else self.host(last)


class Story:
    """Tells itself into a capture when told."""

    def __init__(self, way, fault=""):
        self.way, self.fault = way, fault
        self.capture = Capture(way.transport)
        self.now = 1700000000.0
        self.serial = 0
        self.user = "alice"
        self.aor = "sip:alice@ims.example"
        self.number = "tel:+420555100"
        self.nodes = {"client": (way.host(10), 5060), "pcscf": (way.host(1), 5060), "scscf": (way.host(2), 5060),
                      "server": (way.host(3), 5060), "other": (way.host(4), 5060), "peer": (way.host(5), 5060)}
        if way.nat:
            self.nodes["client"] = ("198.51.100.9" if not way.v6 else "2001:db8:ffff::9", 41234)
        self.etag = 0

    # --- the network ---

    def is_seen(self, a, b):
        pair = {a, b}
        if pair == {"client", "pcscf"}:
            return "access" in self.way.hops
        if pair == {"pcscf", "scscf"} or "peer" in pair:
            return "core" in self.way.hops
        return "server" in self.way.hops

    def hop(self, a, b, msg, again=False):
        self.now += 0.004
        if self.is_seen(a, b) and self.now - 1700000000.0 >= self.way.late:
            self.capture.send(self.now, self.nodes[a], self.nodes[b], msg.bytes())
            if self.way.repeats and not again and self.serial % 3 == 0:
                self.capture.send(self.now + 0.5, self.nodes[a], self.nodes[b], msg.bytes())

    def via(self, node):
        host, port = self.nodes[node]
        if self.way.nat and node == "client":
            host, port = "192.168.1.77", 5060
        host = f"[{host}]" if ":" in host else host
        return f"SIP/2.0/{self.way.transport.upper()} {host}:{port};branch=z9hG4bK{self.serial}{node}"

    def uri(self, node, user=""):
        last = {"client": 10, "pcscf": 1, "scscf": 2, "server": 3, "other": 4, "peer": 5}[node]
        if self.way.nat and node == "client":
            return f"sip:{user}@192.168.1.77:5060"
        return f"sip:{user + '@' if user else ''}{self.way.text(last)}:5060"

    def request(self, msg, path, change=lambda node, msg: None):
        """Sends it from node to node; what each receives, without the last one's own doing."""
        self.serial += 1
        msg = msg.copy()
        forms = []
        for i in range(len(path) - 1):
            msg.headers.insert(0, ("Via", self.via(path[i])))
            if i:
                msg.put("Max-Forwards", str(70 - i))
                change(path[i], msg)
            forms.append(msg.copy())
            self.hop(path[i], path[i + 1], msg)
        return forms

    def answer(self, forms, path, status, headers=(), body="", kind=None, tag=True, change=lambda node, msg: None):
        """Back the way that the request came."""
        msg = Msg(f"SIP/2.0 {status}", [], body, kind)
        last = forms[-1]
        for name, value in last.headers:
            if name in ("Via", "From", "To", "Call-ID", "CSeq", "Record-Route"):
                if name == "To" and tag and ";tag=" not in value:
                    value += f";tag=t{self.serial}"
                msg.headers.append((name, value))
        msg.headers += list(headers)
        for i in range(len(path) - 1, 0, -1):
            if i < len(path) - 1:
                change(path[i], msg)
            self.hop(path[i], path[i - 1], msg)
            msg.headers.remove(next(h for h in msg.headers if h[0] == "Via"))

    # --- the parts of the story ---

    def deposit(self):
        msg = Msg(f"MESSAGE {self.aor} SIP/2.0",
                  [("Max-Forwards", "70"), ("From", "<sip:bob@ims.example>;tag=b1"), ("To", f"<{self.aor}>"),
                   ("Call-ID", f"m{self.serial}@peer"), ("CSeq", "1 MESSAGE"),
                   ("P-Asserted-Identity", "<sip:bob@ims.example>"), ("Accept-Contact", f"*;{TAG}")], "Hello", "text/plain")
        path = ["peer", "scscf", "server"]
        self.answer(self.request(msg, path), path, "202 Accepted")
        self.now += 1

    def contact(self):
        gruu = ';+sip.instance="<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"' if self.way.gruu else ""
        tag = "" if self.fault == "register-no-tag" else f";{TAG}"
        return f"<{self.uri('client', self.user)}>{tag}{gruu}"

    def credentials(self, nonce):
        if self.fault == "digest-nonce":
            nonce = "something-else"
        ha1 = hashlib.md5(b"alice:ims.example:secret").hexdigest()
        ha2 = hashlib.md5(b"REGISTER:sip:ims.example").hexdigest()
        value = hashlib.md5(f"{ha1}:{nonce}:00000001:cn:auth:{ha2}".encode()).hexdigest()
        return (f'Digest username="alice", realm="ims.example", nonce="{nonce}", uri="sip:ims.example", algorithm=MD5, '
                f'qop=auth, nc=00000001, cnonce="cn", response="{value}"')

    def register(self, cseq=1, expires=3600, call="r1"):
        msg = Msg("REGISTER sip:ims.example SIP/2.0",
                  [("Max-Forwards", "70"), ("From", f"<{self.aor}>;tag=r1"), ("To", f"<{self.aor}>"), ("Call-ID", call),
                   ("CSeq", f"{cseq} REGISTER"), ("Contact", self.contact()), ("Expires", str(expires)),
                   ("Supported", "path, gruu")])
        path = ["client", "pcscf", "scscf"]

        def proxied(node, msg):
            msg.put("Path", f"<sip:term@{self.way.text(1)}:5060;lr>")
        if cseq == 1:
            forms = self.request(msg, path, proxied)
            self.answer(forms, path, "401 Unauthorized", [("WWW-Authenticate",
                        'Digest realm="ims.example", nonce="n1", algorithm=MD5, qop="auth"')])
            cseq = 2
        msg.put("CSeq", f"{cseq} REGISTER").put("Authorization", self.credentials("n1"))
        forms = self.request(msg, path, proxied)
        granted = self.contact() + f";expires={expires}"
        if self.way.gruu and expires:
            granted += ';pub-gruu="sip:alice@ims.example;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"'
        associated = f"<{self.aor}>" + (f", <{self.number}>" if self.way.tel else "")
        self.answer(forms, path, "200 OK",
                    [("Contact", granted), ("Path", f"<sip:term@{self.way.text(1)}:5060;lr>"),
                     ("Service-Route", f"<sip:orig@{self.way.text(2)}:5060;lr>"), ("P-Associated-URI", associated)])
        self.third_party(expires, "server")
        if self.way.services:
            self.third_party(expires, "other")
        self.now += 0.3

    def third_party(self, expires, to):
        msg = Msg(f"REGISTER {self.uri(to)} SIP/2.0",
                  [("Max-Forwards", "70"), ("From", f"<{self.uri('scscf')}>;tag=s{self.serial}"), ("To", f"<{self.aor}>"),
                   ("Call-ID", f"tp-{to}"), ("CSeq", f"{self.serial + 1} REGISTER"), ("Contact", f"<{self.uri('scscf')}>"),
                   ("Expires", str(expires)), ("P-Visited-Network-ID", "ims.example")])
        path = ["scscf", to]
        given = 77 if self.fault == "expires-unequal" and to == "server" else expires
        self.answer(self.request(msg, path), path, "200 OK", [("Expires", str(given))])
        if self.fault == "push-on-register" and expires and to == "server":
            self.now += 0.2
            self.push()
        if expires and to == "server" and self.way.services:
            self.write("im", "Welcome.")
        if self.fault == "message-on-register" and expires and to == "server":
            self.write("bob", "Hello")

    def write(self, sender, text):
        """The server's MESSAGE to the user."""
        self.now += 0.1
        msg = Msg(f"MESSAGE {self.aor} SIP/2.0",
                  [("Max-Forwards", "70"), ("From", f"<sip:{sender}@ims.example>;tag=w{self.serial}"),
                   ("To", f"<{self.aor}>"), ("Call-ID", f"w{self.serial}@server"), ("CSeq", "1 MESSAGE"),
                   ("Accept-Contact", f"*;{TAG}"), ("User-Agent", "IM-serv/OMA1.0 maker/2")], text, "text/plain")
        path = ["server", "scscf", "pcscf", "client"]
        self.answer(self.request(msg, path), path, "200 OK")

    def publish_request(self, active, call, match=None, expires=3600, event="poc-settings"):
        msg = Msg(f"PUBLISH {self.aor} SIP/2.0",
                  [("Max-Forwards", "70"), ("From", f"<{self.aor}>;tag={call}"), ("To", f"<{self.aor}>"),
                   ("Call-ID", f"{call}@client"), ("CSeq", "1 PUBLISH"),
                   ("Route", f"<sip:{self.way.text(1)}:5060;lr>"), ("Route", f"<sip:orig@{self.way.text(2)}:5060;lr>"),
                   ("P-Preferred-Identity", f"<{self.aor}>"), ("Accept-Contact", f"*;{TAG};require;explicit"),
                   ("User-Agent", "IM-client/OMA1.0 maker/1"), ("Event", event), ("Expires", str(expires))])
        if match:
            msg.put("SIP-If-Match", match)
        if active is not None:
            msg.body, msg.kind = SETTINGS % active, "application/poc-settings+xml"
        return msg

    def client_fault(self, msg):
        """What the client does wrong in this PUBLISH."""
        changes = {
            "no-tag": lambda: msg.drop("Accept-Contact"),
            "longer-tag": lambda: msg.put("Accept-Contact", f"*;{TAG}.large-message"),
            "no-release": lambda: msg.put("User-Agent", "maker/1"),
            "no-expires": lambda: msg.drop("Expires"),
            "wrong-event": lambda: msg.put("Event", "presence"),
            "no-route": lambda: msg.drop("Route"),
            "other-sender": lambda: msg.put("P-Preferred-Identity", "<sip:mallory@ims.example>"),
            "other-from": lambda: msg.drop("P-Preferred-Identity").put("From", "<sip:mallory@ims.example>;tag=x"),
        }
        if self.fault in changes:
            changes[self.fault]()
        if self.fault == "no-delivery":
            msg.body = msg.body.replace('<im:deferred-settings><im:offline-delivery active="true"/></im:deferred-settings>', "")
        if self.fault == "broken-xml":
            msg.body = msg.body.replace("</entity>", "")

    def proxied(self, node, msg):
        if node == "pcscf":
            asserted = f"<{self.aor}>" + (f", <{self.number}>" if self.way.tel else "")
            if self.fault == "foreign-accepted":
                asserted = "<sip:mallory@ims.example>"
            routes = [h for h in msg.headers if h[0] == "Route"]
            if routes:
                msg.headers.remove(routes[0])
            msg.drop("P-Preferred-Identity").put("P-Asserted-Identity", asserted)
        elif node == "scscf":
            msg.drop("Route").put("P-Charging-Vector", "icid-value=1")

    def publish(self, active, call, match=None, expires=3600):
        """The client's settings; the new entity tag."""
        msg = self.publish_request(active, call, match, expires)
        self.client_fault(msg)
        path = ["client", "pcscf", "scscf", "server"]
        forms = self.request(msg, path, self.proxied)
        refused = {"no-tag": "403 Forbidden", "longer-tag": "403 Forbidden", "wrong-event": "489 Bad Event",
                   "broken-xml": "400 Bad Request"}
        if self.fault == "no-tag-accepted":
            pass
        if self.fault in refused:
            self.answer(forms, path, refused[self.fault], [("Allow-Events", "poc-settings")])
            return None
        if self.fault == "push-early":
            self.push()
        status = {"accepted-202": "202 Accepted", "refused-406": "406 Not Acceptable"}.get(self.fault, "200 OK")
        self.etag += 0 if self.fault == "same-etag" and self.etag else 1
        headers = [("SIP-ETag", f"e{self.etag}"), ("Expires", str(expires + 60 if self.fault == "expires-raised" else expires))]
        if self.fault == "no-etag":
            headers.pop(0)
        self.answer(forms, path, status, headers)
        self.now += 0.05
        return f"e{self.etag}" if status[0] == "2" and self.fault != "no-etag" else None

    def tagless(self, event="poc-settings", tag=False):
        """A PUBLISH that the server has to refuse, and the server that takes it."""
        msg = self.publish_request("true", f"bad{self.serial}", event=event)
        if not tag:
            msg.drop("Accept-Contact")
        path = ["client", "pcscf", "scscf", "server"]
        forms = self.request(msg, path, self.proxied)
        self.etag += 1
        self.answer(forms, path, "200 OK", [("SIP-ETag", f"e{self.etag}"), ("Expires", "3600")])
        self.now += 3

    def offer(self):
        direction = {"sendrecv": "sendrecv", "recvonly": "recvonly"}.get(self.fault, "sendonly")
        host = self.way.host(3)
        family = "IP6" if self.way.v6 else "IP4"
        return (f"v=0\r\no=- 1 1 IN {family} {host}\r\ns=-\r\nc=IN {family} {host}\r\nt=0 0\r\nm=message 2855 TCP/MSRP *\r\n"
                f"a={direction}\r\na=accept-types:text/plain\r\na=path:msrp://{self.way.text(3)}:2855/s1;tcp\r\n")

    def invite(self, call):
        contact = f"<{self.uri('server', 'im')}>;automata;{TAG}"
        to = self.number if self.way.tel else self.aor
        msg = Msg(f"INVITE {to} SIP/2.0",
                  [("Max-Forwards", "70"), ("From", "<sip:im@ims.example>;tag=i1"), ("To", f"<{to}>"), ("Call-ID", call),
                   ("CSeq", "1 INVITE"), ("Contact", contact), ("Accept-Contact", f"*;{TAG}"),
                   ("User-Agent", "IM-serv/OMA1.0 maker/2"), ("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"),
                   ("Supported", "timer"), ("Session-Expires", "1800;refresher=uac"),
                   ("P-Asserted-Identity", "<sip:im@ims.example>")], self.offer(), "application/sdp")
        changes = {
            "invite-uri": lambda: setattr(msg, "start", "INVITE sip:carol@ims.example SIP/2.0"),
            "invite-no-accept": lambda: msg.drop("Accept-Contact"),
            "invite-no-release": lambda: msg.put("User-Agent", "maker/2"),
            "invite-no-allow": lambda: msg.drop("Allow"),
            "invite-no-tag": lambda: msg.put("Contact", f"<{self.uri('server', 'im')}>;automata"),
            "invite-no-automata": lambda: msg.put("Contact", f"<{self.uri('server', 'im')}>;{TAG}"),
            "invite-no-timer": lambda: msg.drop("Session-Expires"),
            "invite-refresher": lambda: msg.put("Session-Expires", "1800;refresher=uas"),
            "invite-no-max": lambda: msg.drop("Max-Forwards"),
            "invite-no-sdp": lambda: (setattr(msg, "body", ""), setattr(msg, "kind", None)),
        }
        if self.fault in changes:
            changes[self.fault]()
        return msg

    def push(self):
        self.serial += 1
        call = f"push{self.serial}@server"
        path = ["server", "scscf", "pcscf", "client"]
        msg = self.invite(call)

        def routed(node, msg):
            vias = sum(h[0] == "Via" for h in msg.headers)
            msg.headers.insert(vias, ("Record-Route", f"<{self.uri(node)};lr>"))
            if node == "scscf":
                msg.start = f"INVITE {self.uri('client', self.user)} SIP/2.0"
                msg.put("P-Called-Party-ID", f"<{self.number if self.way.tel else self.aor}>")
        forms = self.request(msg, path, routed)
        target = self.uri("client", self.user)
        if self.way.gruu:
            target = "sip:alice@ims.example;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
        mine = [("Contact", f"<{target}>;{TAG}"), ("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE")]
        self.answer(forms, path, "180 Ringing", mine)
        self.answer(forms, path, "200 OK", mine + [("Session-Expires", "1800;refresher=uac")],
                    self.offer().replace("sendonly", "recvonly"), "application/sdp")
        tag = f";tag=t{self.serial}"
        for method, number in (("ACK", 1), ("BYE", 2)):
            self.now += 0.2
            self.inside(msg, method, number, tag, target, path)

    def inside(self, invite, method, number, tag, target, path):
        if self.fault == "ack-aor":
            target = self.aor
        msg = Msg(f"{method} {target} SIP/2.0",
                  [("Route", f"<{self.uri('scscf')};lr>"), ("Route", f"<{self.uri('pcscf')};lr>"), ("Max-Forwards", "70"),
                   ("From", invite.get("From")), ("To", invite.get("To") + tag), ("Call-ID", invite.get("Call-ID")),
                   ("CSeq", f"{number} {method}")])

        def routed(node, msg):
            routes = [h for h in msg.headers if h[0] == "Route"]
            if routes:
                msg.headers.remove(routes[0])
        forms = self.request(msg, path, routed)
        if method != "ACK":
            self.answer(forms, path, "200 OK")

    def subscribe(self):
        msg = Msg(f"SUBSCRIBE {self.aor} SIP/2.0",
                  [("Max-Forwards", "70"), ("From", f"<{self.aor}>;tag=s1"), ("To", f"<{self.aor}>"),
                   ("Call-ID", f"sub{self.serial}@client"), ("CSeq", "1 SUBSCRIBE"), ("Contact", self.contact()),
                   ("Route", f"<sip:{self.way.text(1)}:5060;lr>"), ("Event", "sip-profile"), ("Expires", "600"),
                   ("Accept", "application/vnd.oma.im.deferred-list+xml")])
        path = ["client", "pcscf", "scscf", "server"]
        self.answer(self.request(msg, path, self.proxied), path, "200 OK", [("Expires", "600"),
                    ("Contact", f"<{self.uri('server')}>")])
        self.now += 0.5

    def alive(self):
        """Both sides show that they are there."""
        self.now += 8
        for path in (["server", "scscf"], ["client", "pcscf"]):
            msg = Msg("OPTIONS sip:ims.example SIP/2.0",
                      [("Max-Forwards", "70"), ("From", "<sip:probe@ims.example>;tag=o"), ("To", "<sip:ims.example>"),
                       ("Call-ID", f"o{self.serial}"), ("CSeq", "1 OPTIONS")])
            self.answer(self.request(msg, path), path, "200 OK")
        self.now += 2

    def presence(self):
        """Another service's PUBLISH, which goes elsewhere."""
        msg = self.publish_request(None, f"presence{self.serial}", event="presence")
        msg.drop("Accept-Contact").put("User-Agent", "maker/1")
        msg.body, msg.kind = "<presence/>", "application/pidf+xml"
        path = ["client", "pcscf", "scscf", "other"]
        self.answer(self.request(msg, path, self.proxied), path, "200 OK", [("SIP-ETag", "p"), ("Expires", "3600")])

    def tell(self):
        fault = self.fault
        self.deposit()
        if fault == "publish-early":
            self.publish("true", "p0")
        self.register()
        if self.way.services:
            self.presence()
        if fault == "tag-ignored":
            self.tagless()
        if fault == "event-ignored":
            self.tagless("presence", True)
        if fault != "publish-never":
            etag = self.publish("true", "p1")
            self.now += 0.1
            if fault not in ("push-early", "push-never", "message-on-register", "accepted-202", "refused-406", "no-delivery",
                             "no-tag", "longer-tag", "wrong-event", "broken-xml"):
                self.push()
        self.alive()
        if fault == "publish-never":
            return self.end()
        old = etag
        etag = self.publish(None, "p2", etag) if etag else None
        self.alive()
        if fault == "old-etag-taken":
            self.publish(None, "p3", old)
        if fault == "client-old-etag":
            msg = self.publish_request(None, "p4", old)
            path = ["client", "pcscf", "scscf", "server"]
            self.answer(self.request(msg, path, self.proxied), path, "412 Conditional Request Failed")
            self.publish("true", "p5")
        if etag:
            self.turn_off(etag)
        return self.end()

    def turn_off(self, etag):
        self.deposit()
        self.publish("false", "p6", etag)
        if self.fault != "no-subscribe":
            self.subscribe()
        if self.fault == "push-inactive":
            self.push()
        self.alive()

    def end(self):
        self.register(3, 3600)
        self.alive()
        self.register(4, 0)
        self.alive()
        return self.capture.bytes()
