# SPDX-License-Identifier: MIT
"""What a capture may hold: days in the life of served users, and what goes on beside them."""
from delivery import Story
from life import TAG, Device
from messages import Msg
from network import DOMAIN


def day(s, hours=0.3, off=True, leave=True, again=True):
    """Written to while away, registers, publishes, is pushed to, comes back, turns delivery off and on, leaves, and once more."""
    s.deposit(n=s.sms)
    s.t += 30
    if not s.register():
        return
    if not s.f("no-publish"):
        s.publish()
    after = s.t
    while s.t < after + hours * 3600:
        s.t += s.granted / 2
        s.register()
        s.publish(body=False, push=False)
    if off:
        s.t += 20
        s.publish(on=False)
        if not s.f("no-subscribe"):
            s.subscribe_metadata()
        s.t += 60
        s.deposit(n=1)
        s.t += 40
        s.publish(on=True)
        if s.f("subscribe-on"):
            s.devices[0].subscription = None
            s.subscribe_metadata()
        elif s.devices[0].subscription:
            s.subscribe_metadata(expires=0)
    if leave:
        s.t += 30
        s.publish(expires=0)
        s.register(expires=0)
    if leave and again:
        s.t += 90
        s.deposit(n=1)
        s.t += 90
        s.register()
        if not s.f("no-publish") and not s.f("no-publish-again"):
            s.publish()
    s.t += 120
    s.register()
    s.publish(body=False, push=False)


def presence(s, dev=None):
    """Presence of the same client: another event package, another document; to another server."""
    dev = dev or s.devices[0]
    m = Msg(f"PUBLISH {s.aor} SIP/2.0", [
        ("Max-Forwards", "70"), ("Route", s.route_in(dev)), ("From", f"<{s.aor}>;tag=pr1"), ("To", f"<{s.aor}>"), ("Call-ID", s.word("presence", s.t)), ("CSeq", "1 PUBLISH"),
        ("Event", "presence"), ("Expires", "3600"), ("User-Agent", dev.user_agent), ("Content-Type", "application/pidf+xml")],
        f'<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="{s.aor}"><tuple id="a"><status><basic>open</basic></status></tuple></presence>', dev.hand)
    s.t, _ = s.exchange("presence", s.t + 0.1, m, s.path_in(dev) + ["presence"], 200, "OK", [("SIP-ETag", s.word("pe", s.t)), ("Expires", "3600")])


def subscribe(s, event, where, accept, dev=None, expires=600000):
    """reg, conference, message-summary, dialog: what a client subscribes to beside."""
    dev = dev or s.devices[0]
    call, tag = s.word(event, s.t), s.word("stag", event, s.t)
    m = Msg(f"SUBSCRIBE {s.aor} SIP/2.0", [
        ("Max-Forwards", "70"), ("Route", s.route_in(dev)), ("From", f"<{s.aor}>;tag=q1"), ("To", f"<{s.aor}>"), ("Call-ID", call), ("CSeq", "1 SUBSCRIBE"),
        ("Contact", s.contact(dev)), ("Event", event), ("Accept", accept), ("Expires", str(expires)), ("User-Agent", dev.user_agent)], hand=dev.hand)
    path = s.path_in(dev) + ([where] if where else [])
    t, hops = s.net.send(s.t + 0.05, m, path)
    t, _ = s.net.answer(t + 0.003, hops, 200, "OK", [("Contact", f"<sip:{s.net.text(path[-1])}>"), ("Expires", str(expires))], tag=tag)
    body = ""
    if event == "reg":
        body = (f'<?xml version="1.0"?><reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="0" state="full"><registration aor="{s.aor}" id="a1" state="active">'
                f'<contact id="c1" state="active" event="registered"><uri>{s.contact_uri(dev)}</uri></contact></registration></reginfo>')
    n = Msg(f"NOTIFY {s.contact_uri(dev)} SIP/2.0", [
        ("Max-Forwards", "70"), ("From", f"<{s.aor}>;tag={tag}"), ("To", f"<{s.aor}>;tag=q1"), ("Call-ID", call), ("CSeq", "1 NOTIFY"),
        ("Contact", f"<sip:{s.net.text(path[-1])}>"), ("Event", event), ("Subscription-State", f"active;expires={expires}"),
        ("Content-Type", accept if body else None)], body, s.net.hands.get(path[-1]))
    t, hops = s.net.send(t + 0.01, n, path[::-1])
    s.t, _ = s.net.answer(t + 0.003, hops, 200, "OK")


def call(s, dev=None, session=False, answer=200):
    """A call of the user to a friend, or (session=True) a chat of theirs with MSRP: nothing of the IM Server."""
    dev = dev or s.devices[0]
    other, ident, tag = f"ue-{s.friend}", s.word("call", s.t), s.word("ctag", s.t)
    media = ("m=message 2855 TCP/MSRP *\r\na=sendrecv\r\na=accept-types:text/plain\r\na=path:msrp://192.0.2.1:2855/x;tcp\r\n" if session else
             "m=audio 49170 RTP/AVP 0 8\r\na=sendrecv\r\n")
    sdp = f"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{media}"
    tags = f";{TAG}" if session else ""
    path = s.path_in(dev) + [f"{a}2" for a in s.net.access] + [other]
    base = [("Max-Forwards", "70"), ("From", f"<{s.aor}>;tag=a1"), ("Call-ID", ident)]
    m = Msg(f"INVITE sip:{s.friend}@{DOMAIN} SIP/2.0", base + [
        ("To", f"<sip:{s.friend}@{DOMAIN}>"), ("CSeq", "1 INVITE"), ("Contact", f"<{s.contact_uri(dev)}>{tags}"), ("Accept-Contact", f"*;{TAG}" if session else None),
        ("User-Agent", dev.user_agent), ("Content-Type", "application/sdp")], sdp, dev.hand)
    t, hops = s.net.send(s.t + 0.1, m, path)
    t, _ = s.net.answer(t + 0.2, hops, 180, "Ringing", [("Contact", f"<sip:{s.friend}@{s.net.text(other)}>")], tag=tag)
    t, got = s.net.answer(t + 1.5, hops, answer, "OK" if answer == 200 else "Busy", [("Contact", f"<sip:{s.friend}@{s.net.text(other)}>"), ("Content-Type", "application/sdp" if answer == 200 else None)],
                          sdp if answer == 200 else "", tag=tag)
    if answer != 200:
        s.ack_refusal(t, hops, tag)
        s.t = t
        return
    for cseq, method in ((1, "ACK"), (2, "BYE")):
        r = Msg(f"{method} {got.get('Contact').split('<')[1].split('>')[0]} SIP/2.0", base + [
            ("To", got.get("To")), ("CSeq", f"{cseq} {method}"), ("Route", ", ".join(got.all("Record-Route")[::-1]) or None)], hand=dev.hand)
        t, hops = s.net.send(t + (0.01 if method == "ACK" else 7), r, path)
        if method == "BYE":
            t, _ = s.net.answer(t + 0.01, hops, 200, "OK")
    s.t = t


def chat(s, dev=None, through_server=True):
    """Pager mode beside: a message of the user to a friend, and the friend's to him while he is there."""
    dev = dev or s.devices[0]
    m = Msg(f"MESSAGE sip:{s.friend}@{DOMAIN} SIP/2.0", [
        ("Max-Forwards", "70"), ("From", f"<{s.aor}>;tag=g{s.word(s.t)}"), ("To", f"<sip:{s.friend}@{DOMAIN}>"), ("Call-ID", s.word("g", s.t)), ("CSeq", "7 MESSAGE"),
        ("Accept-Contact", f"*;{TAG}"), ("User-Agent", dev.user_agent), ("Content-Type", "text/plain")], "hi there", dev.hand)
    path = s.path_in(dev) + [f"{a}2" for a in s.net.access] + ["ue-" + s.friend]
    s.t, _ = s.exchange("chat", s.t + 0.1, m, path)
    m = Msg(f"MESSAGE {s.aor} SIP/2.0", [
        ("Max-Forwards", "70"), ("From", f"<sip:{s.friend}@{DOMAIN}>;tag=h{s.word(s.t)}"), ("To", f"<{s.aor}>"), ("Call-ID", s.word("h", s.t)), ("CSeq", "8 MESSAGE"),
        ("Accept-Contact", f"*;{TAG}"), ("User-Agent", "IM-client/OMA1.0"), ("Content-Type", "text/plain")], "hello", dev.hand)
    m.retarget = s.contact_uri(dev)
    s.t, _ = s.exchange("chat", s.t + 0.1, m, path[::-1])
