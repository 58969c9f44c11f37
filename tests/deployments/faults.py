# SPDX-License-Identifier: MIT
"""One fault each: what is spoiled, which requirement must fail, and in which networks it can be seen."""
from life import Fault, TAG
from network import DOMAIN

FAULTS = []
HOMES = {
    "client": ["all hops", "client's hop", "one core", "tcp at the clients, udp inside", "ipv6, fragments", "nat, both sides", "sbc", "retransmissions", "compact",
               "two vlans", "one core, tcp, client's hop", "strangers", "vias joined and last"],
    "server": ["all hops", "server's hop", "server behind a proxy", "udp at the clients, tcp to the server", "ipv6", "sbc in front of the server", "clock leaps back",
               "folded", "span port", "tcp, several in a segment", "upper case", "strangers"],
    "session": ["session of two hours"], "session, INVITE": ["session of two hours, re-INVITE"], "session, client": ["session of two hours, refreshed by the client"],
}


def client(row, name, edits=None, flags=(), verdict=("fail",), beside=(), **more):
    FAULTS.append(Fault(f"{row} {name}", edits, flags, row=row, verdict=verdict, beside=tuple(beside), side=more.pop("side", "client"), **more))


def server(row, name, edits=None, flags=(), verdict=("fail",), beside=(), **more):
    client(row, name, edits, flags, verdict, beside, side=more.pop("side", "server"), **more)


def put(name, value):
    return lambda m: m.put(name, value)


def drop(name):
    return lambda m: m.drop(name)


def edit(name, old, new):
    return lambda m: m.edit(name, old, new)


def body(old, new):
    def change(m):
        m.body = m.body.replace(old, new)
    return change


def uri(value):
    def change(m):
        m.uri = value
    return change


def both(*changes):
    def change(m):
        for c in changes:
            c(m)
    return change


def all_registers(change):
    return {"register": change, "reregister": change}


WARN = ("warn",)
SETTING_ROWS = tuple("5.2.4-8" + x for x in "abcdef")

# --- the client's registration

client("5.2.2-1", "no Max-Forwards", all_registers(drop("Max-Forwards")))
client("5.2.2-1", "user in the Request-URI", all_registers(uri(f"sip:bob@{DOMAIN}")), beside=("5.2.2-2",))  # whose credentials are for another
client("5.2.2-1", "no From tag", all_registers(lambda m: m.put("From", m.get("From").split(";tag=")[0])))
client("5.2.2-1", "CSeq of another method", all_registers(edit("CSeq", "REGISTER", "PUBLISH")), beside=("5.2.2-*", "5.2.4-*"))
client("5.2.2-1", "no feature tag in Contact", all_registers(edit("Contact", f";{TAG}", "")), verdict=WARN)
client("5.2.2-2", "another nonce", flags=["other-nonce"])
client("5.2.2-2", "another realm", flags=["other-realm"])
client("5.2.2-2", "no credentials", flags=["no-credentials"], beside=("5.2.2-publish",))
client("5.2.2-2", "another algorithm", all_registers(edit("Authorization", "algorithm=MD5", "algorithm=SHA-256")))
client("5.2.2-2", "response cut", all_registers(lambda m: m.put("Authorization", m.get("Authorization").replace('response="', 'response="ab', 1)) if m.get("Authorization") and 'response=""' not in m.get("Authorization") else None))
client("5.2.2-2", "wrong password", flags=["wrong-password"])
client("5.2.2-publish", "never", flags=["no-publish"], beside=("5.2.4-*",))
client("5.2.2-publish", "not after the second registration", flags=["no-publish-again"], beside=("5.2.4-1",))
client("5.2.2-publish", "before the 200", flags=["publish-early"], beside=("5.2.4-1", "5.2.4-7", "5.2.4-9"))


def publishes_refused(s):
    s.deposit(n=1)
    s.register(refuse=403)
    s.publish(push=False, status=403, reason="Forbidden")
    s.t += 100
    s.register()
    s.publish()
    s.t += 60
    s.register()


client("5.2.2-publish", "after a refused registration", play=publishes_refused, beside=("5.2.4-9", "5.2.4-7", "6.1.1.5-*"))
client("5.2.2-refresh", "another Call-ID", flags=["new-call-id"], verdict=WARN)
client("5.2.2-refresh", "CSeq does not rise", flags=["same-cseq"], verdict=WARN)


def comes_late(s):
    s.register()
    s.publish(push=False)
    s.t += 3900
    s.register()
    s.publish(fresh=True, push=False)
    s.t += 100
    s.register()


client("5.2.2-refresh", "too late", play=comes_late, verdict=WARN, beside=("5.2.2-publish", "5.2.4-1"), start=True, not_in=("strangers",))

# --- the client's PUBLISH

client("5.2.4-1", "no Max-Forwards", {"publish": drop("Max-Forwards")})
client("5.2.4-1", "the first entity tag for ever", flags=["first-tag-always"], beside=("6.1.1.5-4",))
client("5.2.4-1", "an entity tag of its own", {"publish.refresh": put("SIP-If-Match", "made-up")}, start=True, beside=("6.1.1.5-4",))
client("5.2.4-1", "two entity tags", {"publish.refresh": lambda m: m.put("SIP-If-Match", f"{m.get('SIP-If-Match')}, {m.get('SIP-If-Match')}")}, beside=("6.1.1.5-4",))
client("5.2.4-1", "an initial one without body", {"publish.initial": both(lambda m: setattr(m, "body", ""), drop("Content-Type"))}, beside=("5.2.4-8*", "6.1.1.5-4", "12.2.2.2-*"))
client("5.2.4-1", "a Contact", {"publish": put("Contact", "<sip:bob@192.0.2.1>")}, verdict=WARN)
client("5.2.4-1", "CSeq of another method", {"publish": lambda m: m.put("CSeq", m.get("CSeq").replace("PUBLISH", "NOTIFY"))})


def keeps_stale(s):
    s.register()
    s.publish(push=False)
    s.t += 1700
    s.register()
    s.publish(body=False, push=False, status=412, reason="Conditional Request Failed")
    s.publish(on=True, push=False, status=412, reason="Conditional Request Failed")
    s.t += 50
    s.register()


def keeps_brief(s):
    s.register()
    for _ in range(2):
        s.publish(expires=1800, status=423, reason="Interval Too Brief", headers=[("Min-Expires", "3600")], push=False)
        s.devices[0].etag = None
    s.t += 50
    s.register()


client("5.2.4-1", "the stale tag again after 412", play=keeps_stale, beside=("6.1.1.5-*",))
client("5.2.4-1", "the same time again after 423", play=keeps_brief)
client("5.2.4-2", "the domain", {"publish": uri(f"sip:{DOMAIN}")}, beside=("6.1.1.5-*", "12.2.2.2-*", "5.2.2-publish"))
client("5.2.4-2", "the server", {"publish": uri(f"sip:im-server@{DOMAIN}")}, beside=("6.1.1.5-*", "12.2.2.2-*", "5.2.2-publish"))
client("5.2.4-3", "another's P-Preferred-Identity", {"publish": put("P-Preferred-Identity", f"<sip:eve@{DOMAIN}>")})
client("5.2.4-3", "another's From", {"publish": both(drop("P-Preferred-Identity"), lambda m: m.put("From", m.get("From").replace("sip:bob@", "sip:eve@")))}, beside=("5.2.4-2",))
for what, value in (("none", None), ("large-message only", f"*;{TAG}.large-message"), ("a FALSE one", f'*;{TAG}="FALSE"'), ("an excluded one", f'*;{TAG}="!TRUE"'),
                                   ("of push-to-talk", "*;+g.poc.talkburst;require"), ("without its plus", "*;g.oma.sip-im"), ("in brackets only", f"<sip:x@y.example;{TAG}>")):
    client("5.2.4-4", what, {"publish": put("Accept-Contact", value) if value else drop("Accept-Contact")}, beside=("6.1.1.5-1",))
client("5.2.4-4", "in Reject-Contact", {"publish": both(drop("Accept-Contact"), put("Reject-Contact", f"*;{TAG}"))}, beside=("6.1.1.5-1",))
for what, value in (("none", None), ("no release", "Handset/4.2"), ("of PoC", "PoC-client/OMA1.0"), ("a server's", "IM-serv/OMA1.0"), ("without a version", "IM-client"), ("its name longer", "IM-client-x/OMA1.0")):
    client("5.2.4-5", what, {"publish": put("User-Agent", value) if value else drop("User-Agent")})
for what, value in (("none", None), ("presence", "presence"), ("in capitals", "POC-settings"), ("its template", "poc-settings.winfo"), ("a parameter", "x;event=poc-settings")):
    client("5.2.4-6", what, {"publish": put("Event", value) if value else drop("Event")}, beside=("6.1.1.5-2", "6.1.1.5-order"))
client("5.2.4-7", "none", {"publish": drop("Expires")}, beside=("6.1.1.5-*", "5.2.4-1"))
client("5.2.4-7", "no number", {"publish": put("Expires", "soon")}, beside=("6.1.1.5-*", "5.2.4-1"))
client("5.2.4-7", "huge", {"publish.initial": put("Expires", "600000"), "publish.modify": put("Expires", "600000"), "publish.refresh": put("Expires", "600000")}, verdict=WARN)
client("5.2.4-7", "tiny", {"publish.initial": put("Expires", "300"), "publish.refresh": put("Expires", "300")}, verdict=WARN, beside=("6.1.1.5-6",))
client("5.2.4-8", "broken", {"publish": body("</entity>", "")}, beside=("5.2.4-subscribe", "6.1.1.5-4"))
client("5.2.4-8", "no boolean", {"publish": body('session-barring active="false"', 'session-barring active="perhaps"')}, beside=("5.2.4-8a", "6.1.1.5-4"))
client("5.2.4-8", "plain text", {"publish": lambda m: m.put("Content-Type", "text/plain") if m.body else None}, beside=("6.1.1.5-4", "5.2.4-subscribe"))
client("5.2.4-8", "an entity without id", {"publish": lambda m: body('<entity id="e-1">', "<entity>")(m)}, beside=("6.1.1.5-4",))
for row, old in (("a", '      <incoming-session-barring active="false"/>\n'), ("b", '      <incoming-session-barring i:service-id="pager-large-mode" active="true"/>\n'),
                 ("c", '    <i:vis-settings><i:vis-status active="true"/></i:vis-settings>\n'),
                 ("e", '      <i:hist-activation i:service-id="session-mode" active="false"/>\n'), ("f", '      <i:hist-activation i:service-id="pager-large-mode" active="true"/>\n')):
    client(f"5.2.4-8{row}", "left out", {"publish": body(old, "")})
    client(f"5.2.4-8{row}", "a comment", {"publish": body(old, "<!--" + old + "-->")})
client("5.2.4-8c", "its container empty", {"publish": body('<i:vis-status active="true"/>', "")})
client("5.2.4-8d", "left out", {"publish": lambda m: setattr(m, "body", "\n".join(x for x in m.body.split("\n") if "offline-delivery" not in x))}, beside=("5.2.4-subscribe", "12.2.2.2-*", "6.1.1.5-5"))
client("5.2.4-8d", "its container empty", {"publish": lambda m: [body(f'<i:offline-delivery active="{x}"/>', "")(m) for x in ("true", "false")]}, beside=("5.2.4-subscribe", "12.2.2.2-*", "6.1.1.5-5"))


client("5.2.4-9", "no Route", {"publish": drop("Route")}, not_in=("one core", "one core, tcp, client's hop"))
client("5.2.4-9", "only the first of it", {"publish": lambda m: m.put("Route", m.get("Route").split(",")[0]) if m.get("Route") else None}, not_in=("one core", "one core, tcp, client's hop"))
client("5.2.4-9", "another", {"publish": lambda m: m.put("Route", "<sip:elsewhere.example;lr>") if m.get("Route") else None}, not_in=("one core", "one core, tcp, client's hop"))
client("5.2.4-subscribe", "never", flags=["no-subscribe"])
client("5.2.4-subscribe", "presence instead", {"subscribe": both(put("Event", "presence"), put("Accept", "application/pidf+xml"))})


def subscribes_always(s):
    s.register()
    s.publish(push=False)
    s.t += 1
    s.subscribe_metadata()
    s.t += 200
    s.register()


client("5.2.4-subscribe", "though active", play=subscribes_always, start=True)

# --- third-party REGISTER

server("5.3-support", "405", flags=["third-405"], verdict=WARN, beside=("12.2.2.2-*",))
server("5.3-support", "501", flags=["third-501"], verdict=WARN, beside=("12.2.2.2-*",))
server("5.3-response", "302", flags=["third-302"], beside=("12.2.2.2-*",))
server("5.3-response", "none", flags=["third-silent"], beside=("5.3-support", "12.2.2.2-*", "5.2.2-*", "5.2.4-*", "6.1.1.5-*"), not_in=("udp at the clients, tcp to the server", "tcp, several in a segment"))
server("5.3-expires", "always another", {"third.answer": put("Expires", "1800")})
server("5.3-expires", "none", {"third.answer": drop("Expires")})
server("5.3-expires", "one less", {"third.answer": lambda m: m.put("Expires", str(int(m.get("Expires")) - 1)) if m.get("Expires") != "0" else None})


def register_only(s):
    s.deposit(n=1)
    s.t += 9
    s.register()
    s.push(s.t + 0.05, s.devices[0])
    s.t += 30
    s.publish(push=False)
    s.t += 60
    s.register()


def refresh_push(s):
    s.deposit(n=1)
    s.t += 9
    s.register()
    s.publish()
    s.t += 900
    s.deposit(n=1)
    s.t += 800
    s.register()
    s.push(s.t + 0.05, s.devices[0])
    s.t += 30
    s.register()


server("5.3-no-push", "at the first REGISTER", play=register_only, beside=("12.2.2.2-1", "12.2.2.2-2i", "12.2.2.2-trigger", "6.1.1.5-7"), start=True)
server("5.3-no-push", "at a refresh", play=refresh_push, beside=("12.2.2.2-1", "12.2.2.2-2i", "12.2.2.2-trigger"))

# --- PUBLISHes that a server has to refuse, or must not


def probe(status, reason="X", headers=(), change=None, pai=None, push=False, **publish):
    def play(s):
        s.deposit(n=1)
        s.t += 9
        s.register()
        s.publish(status=status, reason=reason, headers=list(headers) or None, edit=change, pai=pai, push=push, **publish)
        if status // 100 != 2:
            s.devices[0].etag = None
        s.t += 20
        s.publish(fresh=True, push=not push)
        s.t += 700
        s.register()
        s.publish(body=False, push=False)
        s.t += 60
        s.register()
    return play


NO_TAG, PRESENCE, EVE = drop("Accept-Contact"), put("Event", "presence"), f"<sip:eve@{DOMAIN}>"
OK = [("SIP-ETag", "new-1"), ("Expires", "3600")]
ALLOW = [("Allow-Events", "poc-settings")]
server("6.1.1.5-1", "refused as it should be", play=probe(403, change=NO_TAG), verdict=("pass",), beside=("5.2.4-*",))
server("6.1.1.5-1", "taken", play=probe(200, headers=OK, change=NO_TAG), beside=("5.2.4-*",))
server("6.1.1.5-1", "400", play=probe(400, change=NO_TAG), beside=("5.2.4-*",))
server("6.1.1.5-1", "another tag taken", play=probe(200, headers=OK, change=put("Accept-Contact", f"*;{TAG}.large-message")), beside=("5.2.4-*",))
server("6.1.1.5-1", "the quoted tag refused", play=probe(403, change=put("Accept-Contact", f'*;{TAG}="TRUE";explicit')), beside=("5.2.4-*", "6.1.1.5-*"))
server("6.1.1.5-1", "the second line refused", play=probe(403, change=lambda m: m.put("Accept-Contact", "*;audio").add("Accept-Contact", f"*;{TAG}")), beside=("5.2.4-*", "6.1.1.5-*"))
server("6.1.1.5-1", "refused and pushed", play=probe(403, change=NO_TAG, push=True), beside=("5.2.4-*", "12.2.2.2-*"))
server("6.1.1.5-2", "refused as it should be", play=probe(489, headers=ALLOW, change=PRESENCE), verdict=("pass",), beside=("5.2.4-*",))
server("6.1.1.5-2", "taken", play=probe(200, headers=OK, change=PRESENCE), beside=("5.2.4-*",))
server("6.1.1.5-2", "none taken", play=probe(200, headers=OK, change=drop("Event")), beside=("5.2.4-*",))
server("6.1.1.5-2", "403", play=probe(403, change=PRESENCE), beside=("5.2.4-*",))
server("6.1.1.5-2", "no Allow-Events", play=probe(489, headers=[("Server", "x")], change=PRESENCE), beside=("5.2.4-*",))
server("6.1.1.5-2", "a parameter refused", play=probe(489, headers=ALLOW, change=put("Event", "poc-settings;x=1")), beside=("5.2.4-*", "6.1.1.5-*"))
server("6.1.1.5-3", "refused as it should be", play=probe(403, pai=EVE), verdict=("pass",), beside=("5.2.4-*",))
server("6.1.1.5-3", "taken", play=probe(200, headers=OK, pai=EVE), beside=("5.2.4-*",))
server("6.1.1.5-3", "404", play=probe(404, pai=EVE), beside=("5.2.4-*",))
server("6.1.1.5-3", "two identities refused", play=probe(403, pai=f"<sip:bob@{DOMAIN}>, <tel:+15551230001>"), beside=("5.2.4-*", "6.1.1.5-*"))
server("6.1.1.5-order", "both, as it should be", play=probe(403, change=both(NO_TAG, PRESENCE)), verdict=("pass",), beside=("5.2.4-*",))
server("6.1.1.5-order", "Event first", play=probe(489, headers=ALLOW, change=both(NO_TAG, PRESENCE)), beside=("5.2.4-*",))
server("6.1.1.5-order", "originator before Event", play=probe(403, change=PRESENCE, pai=EVE), beside=("5.2.4-*",))
server("6.1.1.5-4", "423 without Min-Expires", play=probe(423, headers=[("Server", "x")], expires=60), beside=("5.2.4-*",))
server("6.1.1.5-4", "no body taken", play=probe(200, headers=OK, change=both(drop("Content-Type"), lambda m: setattr(m, "body", ""))), beside=("5.2.4-*",))
server("6.1.1.5-4", "broken body taken", play=probe(200, headers=OK, change=body("</poc-settings>", "")), beside=("5.2.4-*",))
server("6.1.1.5-4", "unknown tag taken", play=probe(200, headers=OK, change=put("SIP-If-Match", "never-given")), beside=("5.2.4-*",), start=True)
server("6.1.1.5-4", "unknown tag 404", play=probe(404, change=put("SIP-If-Match", "never-given")), beside=("5.2.4-*",), start=True)
server("6.1.1.5-4", "415 without Accept", play=probe(415, headers=[("Server", "x")], change=put("Content-Type", "text/plain")), beside=("5.2.4-*",))
server("6.1.1.5-4", "420 without Unsupported", play=probe(420, headers=[("Server", "x")], change=put("Require", "x-unknown")), beside=("5.2.4-*",))
server("6.1.1.5-4", "unknown extension taken", play=probe(200, headers=OK, change=put("Require", "x-unknown")), beside=("5.2.4-*",))
server("6.1.1.5-4", "the same tag for ever", {"publish.answer": lambda m: m.put("SIP-ETag", "always") if m.get("SIP-ETag") else None}, beside=("5.2.4-1",))
server("6.1.1.5-4", "the current tag refused", flags=["status-refresh-412"], beside=("6.1.1.5-*", "5.2.4-1"), not_in=("clock leaps back",))


def pushes_off(s):
    s.deposit(n=1)
    s.t += 9
    s.register()
    s.publish(on=False, push=False)
    s.subscribe_metadata()
    s.push(s.t + 0.05, s.devices[0])
    s.t += 60
    s.register()


def pushes_refreshed_off(s):
    s.deposit(n=1)
    s.t += 9
    s.register()
    s.publish(on=False, push=False)
    s.subscribe_metadata()
    s.t += 900
    s.publish(body=False, push=True)
    s.t += 60
    s.register()


def taken_after_removal(s):
    s.register()
    s.publish(push=False)
    s.t += 9
    old = s.devices[0].etag
    s.publish(expires=0)
    s.t += 9
    s.devices[0].etag = old
    s.publish(body=False, push=False)
    s.t += 60
    s.register()


server("6.1.1.5-5", "pushed after a refresh of settings that are off", play=pushes_refreshed_off, beside=("12.2.2.2-*",), not_in=("clock leaps back",))
server("6.1.1.5-5", "removed settings refreshed", play=taken_after_removal, beside=("5.2.4-1", "6.1.1.5-4"))
server("6.1.1.5-5", "a refresh is refused", flags=["status-refresh-412"], beside=("6.1.1.5-*", "5.2.4-1"), not_in=("clock leaps back",))
server("6.1.1.5-6", "202", flags=["status-all-202"], beside=())
server("6.1.1.5-6", "no SIP-ETag", {"publish.answer": drop("SIP-ETag")}, beside=("5.2.4-*",))
server("6.1.1.5-6", "Expires above", {"publish.answer": lambda m: m.put("Expires", "7200") if m.get("Expires") != "0" else None})
server("6.1.1.5-6", "no Expires", {"publish.answer": drop("Expires")})
server("6.1.1.5-6", "403", flags=["status-refresh-403"], beside=("6.1.1.5-*", "5.2.4-1", "5.2.4-subscribe", "12.2.2.2-*"), not_in=("clock leaps back",))
server("6.1.1.5-7", "before the 200", flags=["push-before-200"], beside=("12.2.2.2-1",), not_in=("udp at the clients, tcp to the server", "tcp, several in a segment"))

# --- the push


def far_too_late(s):
    s.deposit(n=1)
    s.t += 9
    s.register()
    s.publish(push=False)
    s.t += 300
    s.register()
    s.publish(body=False, push=True)
    s.t += 30
    s.register()


def after_leaving(s):
    s.register()
    s.publish(push=False)
    s.t += 9
    s.register(expires=0)
    s.t += 9
    s.deposit(n=1)
    s.t += 9
    s.publish(fresh=True, push=True)
    s.t += 60
    s.register()


def nothing_stored(s):
    s.register()
    s.publish(push=True)
    s.t += 60
    s.register()


server("12.2.2.2-trigger", "never", flags=["no-push"], beside=("6.1.1.5-5",))
server("12.2.2.2-trigger", "only at the refresh", play=far_too_late, verdict=("fail", "inconc", "none"), not_in=("clock leaps back",))
server("12.2.2.2-trigger", "to one who has left", play=after_leaving, beside=("5.2.2-publish", "12.2.2.2-1", "12.2.2.2-2i", "5.3-no-push", "5.2.4-*"), start=True, not_in=("sbc in front of the server",))
server("12.2.2.2-1", "with delivery off", play=pushes_off)
server("12.2.2.2-1", "with nothing stored", play=nothing_stored, start=True)
server("12.2.2.2-2", "no Max-Forwards", {"push": drop("Max-Forwards")})
server("12.2.2.2-2", "no From tag", {"push": lambda m: m.put("From", m.get("From").split(";tag=")[0])}, beside=("12.2.2.2-*",))
server("12.2.2.2-2", "no Contact", {"push": drop("Contact")}, beside=("12.2.2.2-2e", "12.2.2.2-2f"))
server("12.2.2.2-2", "CSeq of another method", {"push": put("CSeq", "1 MESSAGE")}, beside=("12.2.2.2-*", "6.1.1.5-5"))


def refused_unacknowledged(s):
    s.deposit(n=1)
    s.t += 9
    s.register()
    s.publish(push=False)
    s.push(s.t + 0.03, s.devices[0], answer=486)
    s.t += 60
    s.register()


server("12.2.2.2-2", "a refusal is not acknowledged", flags=["no-ack"], play=refused_unacknowledged, not_in=("udp at the clients, tcp to the server", "tcp, several in a segment"))
server("12.2.2.2-2a", "another user", {"push": uri(f"sip:carol@{DOMAIN}")}, beside=("12.2.2.2-*", "6.1.1.5-5", "5.3-no-push"))
server("12.2.2.2-2a", "the contact", {"push": lambda m: setattr(m, "uri", m.retarget)})
server("12.2.2.2-2a", "the domain", {"push": uri(f"sip:{DOMAIN}")})
server("12.2.2.2-2b", "none", {"push": drop("Accept-Contact")})
server("12.2.2.2-2b", "another tag", {"push": put("Accept-Contact", "*;+g.oma.sip-im.large-message")})
server("12.2.2.2-2b", "FALSE", {"push": put("Accept-Contact", f'*;{TAG}="FALSE"')})
server("12.2.2.2-2c", "none", {"push": drop("User-Agent")})
server("12.2.2.2-2c", "no release", {"push": put("User-Agent", "Store/7")})
server("12.2.2.2-2c", "a client's", {"push": put("User-Agent", "IM-client/OMA1.0")})
server("12.2.2.2-2c", "in Server only", {"push": lambda m: m.put("Server", m.get("User-Agent")).drop("User-Agent")})
server("12.2.2.2-2d", "none", {"push": drop("Allow")}, verdict=WARN)
server("12.2.2.2-2d", "no BYE", {"push": edit("Allow", "BYE, ", "")}, verdict=WARN)
server("12.2.2.2-2e", "none", {"push": edit("Contact", f";{TAG}", "")})
server("12.2.2.2-2e", "in the URI", {"push": lambda m: m.put("Contact", m.get("Contact").replace(f">;{TAG}", f";{TAG}>"))})
server("12.2.2.2-2f", "none", {"push": edit("Contact", ";automata", "")})
server("12.2.2.2-2f", "in Accept-Contact", {"push": both(edit("Contact", ";automata", ""), edit("Accept-Contact", "*;", "*;automata;"))})
server("12.2.2.2-2f", "FALSE", {"push": edit("Contact", ";automata", ';automata="FALSE"')})
server("12.2.2.2-2g", "none", {"push": drop("Session-Expires")}, verdict=WARN)
server("12.2.2.2-2g", "uas", {"push": edit("Session-Expires", "uac", "uas")}, verdict=WARN)
server("12.2.2.2-2g", "no refresher", {"push": edit("Session-Expires", ";refresher=uac", "")}, verdict=WARN)
server("12.2.2.2-2h", "no SDP", {"push": both(drop("Content-Type"), lambda m: setattr(m, "body", ""))})
server("12.2.2.2-2h", "sendrecv", {"push": body("a=sendonly", "a=sendrecv")})
server("12.2.2.2-2h", "no direction", {"push": body("a=sendonly\r\n", "")})
server("12.2.2.2-2h", "session sendonly, media recvonly", {"push": lambda m: setattr(m, "body", m.body.replace("a=sendonly", "a=recvonly").replace("t=0 0\r\n", "t=0 0\r\na=sendonly\r\n"))})
server("12.2.2.2-2h", "no origin line", {"push": lambda m: setattr(m, "body", "\r\n".join(x for x in m.body.split("\r\n") if not x.startswith("o=")))})
server("12.2.2.2-2h", "audio", {"push": lambda m: setattr(m, "body", m.body.replace("m=message 2855 TCP/MSRP *", "m=audio 2855 RTP/AVP 0"))})
server("12.2.2.2-2i", "twice", flags=["push-twice"])


def to_another(s):
    """Bob publishes, Carol, who did not, is pushed to."""
    s.deposit(n=1)
    s.t += 9
    s.register()
    s.publish(push=False)
    s.push(s.t + 0.03, s.devices[0], to=f"sip:carol@{DOMAIN}")
    s.t += 60
    s.register()


server("12.2.2.2-2i", "to another user", play=to_another, beside=("12.2.2.2-*",), start=True, not_in=("strangers",))
server("12.2.2.2-ok-3", "no ACK", flags=["no-ack"], beside=("12.2.2.2-*",), not_in=("udp at the clients, tcp to the server", "tcp, several in a segment"))
server("12.2.2.2-ok-3", "BYE to the address of record", {"bye": uri(f"sip:bob@{DOMAIN}")}, beside=("12.2.2.2-any-2",))
server("12.2.2.2-ok-3", "ACK to the address of record", {"ack": uri(f"sip:bob@{DOMAIN}")}, beside=("12.2.2.2-any-2",))
server("12.2.2.2-any-2", "all to the address of record", {"inside": uri(f"sip:bob@{DOMAIN}")}, beside=("12.2.2.2-ok-3",))
server("12.2.2.2-ok-1", "no refresh, no BYE", flags=["no-timer"], side="session")
server("12.2.2.2-ok-1", "no refresh, late BYE", flags=["no-refresh"], side="session")
server("12.2.2.2-ok-1", "the client's refresh missing, no BYE", flags=["no-timer"], side="session, client")
server("12.2.2.2-ok-2", "UPDATE that is not allowed", flags=["update-anyway"], side="session, INVITE", beside=("12.2.2.2-any-1", "12.2.2.2-ok-1"))
server("12.2.2.2-any-1", "UPDATE that is not allowed", flags=["update-anyway"], side="session, INVITE", beside=("12.2.2.2-ok-2", "12.2.2.2-ok-1"))
