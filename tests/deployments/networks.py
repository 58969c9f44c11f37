# SPDX-License-Identifier: MIT
"""Networks that conform, and where in them somebody captures. Each is Network(net, story, play, ...); nothing in any of them may
fail. `warns` are rows where a SHOULD is left out or a contested reading taken; `ims` says that an IXIT tells of an IMS core."""
import random

from life import TAG, Device
from messages import Hand
from network import DOMAIN, Net
from delivery import Story
import stories


class Network:
    def __init__(self, net=None, story=None, play=stories.day, links=None, post=(), warns=(), ims=False, more=None, file=None):
        self.net, self.story, self.play, self.links = net or {}, story or {}, play, links
        self.post, self.warns, self.ims, self.more, self.file = post, set(warns), ims, more, file or {}
        self.server = None

    def frames(self, fault=None, seed=1):
        net = Net(**{"seed": seed, **{k: (v() if callable(v) else v) for k, v in self.net.items()}})
        s = Story(net, fault=fault, **{k: (v() if callable(v) else v) for k, v in self.story.items()})
        self.server = net.host("as") if self.links is None or any("as" in n.split("-") for n in self.links) else None
        (fault and fault.rows.get("play") or self.play)(s)
        if self.more:
            self.more(net, s)
        frames = [(f[0], 0, f) for f in net.packets.finish() if self.links is None or f[1] in self.links]
        for change in self.post:
            frames = change(frames, random.Random(seed))
        return frames


# what happens to packets between the wire and the file

def span_twice(gap=0.00002):
    return lambda frames, rng: [x for t, v, f in frames for x in ((t, v, f), (t + gap, v, f))]


def vlan_twice(frames, rng):
    return [x for t, v, f in frames for x in ((t, 110, f), (t + 0.00001, 220, f))]


def lost(share):
    return lambda frames, rng: [x for x in frames if rng.random() >= share]


def late(seconds):
    return lambda frames, rng: [x for x in frames if x[0] >= frames[0][0] + seconds]


def cut(seconds):
    return lambda frames, rng: [x for x in frames if x[0] <= frames[0][0] + seconds]


def leaps(frames, rng):
    """The clock is set back twice, by seconds and by minutes."""
    n = len(frames)
    return [(t - (7 if i > n // 4 else 0) - (300 if i > n // 2 else 0), v, f) for i, (t, v, f) in enumerate(frames)]


def swapped(frames, rng):
    """Two queues of a network card: neighbours within a fraction of a millisecond change places in the file, each with its time."""
    frames = list(frames)
    for i in range(1, len(frames)):
        if frames[i][0] - frames[i - 1][0] < 0.0008 and rng.random() < 0.3:
            frames[i], frames[i - 1] = frames[i - 1], frames[i]
    return frames


def from_server(frames, rng):
    """A tap on one fibre: what the server says, and nothing of what is said to it."""
    server = next(f[2] for _, _, f in frames if b"SIP-ETag" in f[5] and "as" in f[1].split("-"))
    return [x for x in frames if x[2][2] == server]


# stories of their own

def beside(s):
    """Every other thing that a client does, around the IM service."""
    s.deposit(n=1)
    s.t += 10
    s.register()
    stories.subscribe(s, "reg", None, "application/reginfo+xml")
    s.publish()
    stories.presence(s)
    stories.subscribe(s, "message-summary", "voicemail", "application/simple-message-summary")
    stories.subscribe(s, "conference", "focus", "application/conference-info+xml", expires=3600)
    stories.subscribe(s, "dialog", "peer", "application/dialog-info+xml", expires=3600)
    stories.call(s)
    stories.call(s, answer=486)
    stories.chat(s)
    stories.call(s, session=True)
    s.t += 1700
    s.register()
    s.publish(body=False, push=False)
    stories.presence(s)
    s.t += 40
    s.publish(on=False)
    s.subscribe_metadata()
    s.t += 20
    stories.chat(s)
    s.publish(expires=0)
    s.subscribe_metadata(expires=0)
    s.register(expires=0)
    s.t += 100
    stories.call(s)


def hours(s):
    stories.day(s, hours=5)


def two_hours_session(s):
    s.deposit(n=2)
    s.t += 10
    s.register()
    s.publish(push=False)
    began = s.t
    s.push(s.t + 0.03, s.devices[0], length=7300)
    for at in range(1700, 7200, 1700):
        s.t = began + at
        s.register()
        s.publish(body=False, push=False)
    s.t = began + 7400
    s.register()


def devices(s):
    """A phone, then a tablet, then both ring."""
    one, two = s.devices
    s.deposit(n=2)
    s.t += 20
    s.register(one)
    s.publish(dev=one)
    s.t += 100
    s.register(two)
    s.publish(dev=two, push=False)
    s.t += 600
    s.publish(dev=one, on=False)
    s.subscribe_metadata(one)
    s.publish(dev=two, on=False)
    s.subscribe_metadata(two)
    s.t += 5
    s.deposit(n=1)
    s.t += 5
    s.forks = True
    s.publish(dev=two, on=True)
    s.subscribe_metadata(two, expires=0)
    s.t += 60
    s.publish(dev=one, expires=0)
    s.subscribe_metadata(one, expires=0)
    s.register(one, expires=0)
    s.t += 60
    s.register(two)
    s.publish(dev=two, body=False, push=False)


def stays(s):
    """Of two devices one leaves; the other publishes, refreshes and is pushed to."""
    one, two = s.devices
    s.register(one)
    s.publish(dev=one, push=False)
    s.t += 40
    s.register(two)
    s.publish(dev=two, push=False)
    s.t += 40
    s.publish(dev=one, expires=0)
    s.register(one, expires=0)
    s.t += 300
    s.publish(dev=two, body=False, push=False)
    s.t += 900
    s.register(two)
    s.publish(dev=two, body=False, push=False)
    s.t += 60
    one.lives *= -1
    s.register(one)
    s.publish(dev=one, push=False)
    s.t += 60
    s.register(two)


def one_off(s):
    """The phone has delivery on, the tablet off and a subscription; both refresh in turn."""
    one, two = s.devices
    s.register(one)
    s.publish(dev=one, push=False)
    s.t += 40
    s.register(two)
    s.publish(dev=two, on=False)
    s.subscribe_metadata(two)
    for _ in range(3):
        s.t += 1500
        s.register(one)
        s.publish(dev=one, body=False, push=False)
        s.t += 20
        s.register(two)
        s.publish(dev=two, body=False, push=False)
        s.t += 10
        s.publish(dev=one, body=False, push=False)
        s.t += 10
        s.subscribe_metadata(two)
    s.t += 100
    s.register(two)


def one_stale(s):
    """The settings of one device expire while it sleeps; those of the other are in force."""
    one, two = s.devices
    s.register(one)
    s.publish(dev=one, push=False)
    s.register(two)
    s.publish(dev=two, push=False)
    for _ in range(3):
        s.t += 1700
        s.register(two)
        s.publish(dev=two, body=False, push=False)
    one.lives *= -1
    s.register(one)
    s.publish(dev=one, body=False, push=False, status=412, reason="Conditional Request Failed")
    s.publish(dev=two, body=False, push=False)
    s.publish(dev=one, fresh=True, push=False)
    s.t += 100
    s.register(one)
    s.register(two)


def troubles(s):
    """Refused and retried: 423, 412 after a night asleep, a stale nonce, a busy user, another try."""
    s.deposit(n=1)
    s.t += 5
    s.register()
    s.publish(expires=60, status=423, reason="Interval Too Brief", headers=[("Min-Expires", "1800")])
    s.devices[0].etag = None
    s.publish(push=False)
    s.push(s.t + 0.03, s.devices[0], answer=486)
    s.t += 30
    s.push(s.t, s.devices[0], answer=480)
    s.t += 600
    s.push(s.t, s.devices[0])
    s.t += 1200
    s.register(stale=True)
    s.publish(body=False, push=False)
    s.t += 9000
    s.devices[0].lives *= -1
    s.register()
    s.publish(body=False, push=False, status=412, reason="Conditional Request Failed")
    s.publish(fresh=True, push=False)
    s.t += 300
    s.register()


def strangers(net, s):
    """Others of the same domain: one without IM, one refused, one more IM user a little later."""
    other = Story(net, user="carol", friend="bob", devices=[Device("ue7", 5070, "Phone/2", im=False)], start=s.t - 600, aor=f"sip:carol@{DOMAIN}")
    other.register()
    stories.presence(other)
    stories.call(other)
    mallory = Story(net, user="mallory", friend="carol", devices=[Device("ue8", 5062)], start=s.t - 500)
    mallory.register(refuse=403)
    dave = Story(net, user="dave", friend="alice", devices=[Device("ue9", 5064)], start=s.t - 800)
    stories.day(dave, off=False, leave=False)


def after_offline(s):
    """Delivery off from the start: the client subscribes, nothing is pushed; messages are fetched otherwise."""
    s.deposit(n=2)
    s.t += 9
    s.register()
    s.publish(on=False)
    s.subscribe_metadata(event="sip-profile")
    s.t += 1000
    s.publish(body=False, push=False)
    s.subscribe_metadata(event="sip-profile")
    s.register()
    s.t += 500
    s.publish(expires=0)
    s.subscribe_metadata(event="sip-profile", expires=0)
    s.register(expires=0)
    s.t += 60


PLAIN = {"access": (), "home": ("core",), "ims": False, "record": ("core",), "trying": False}

NETWORKS = {
    "sbc, no service-route": Network({"access": ("sbc",), "b2b": ("sbc",), "record": ("scscf",)}, {"service_route": False}),
    "sbc and tcp": Network({"access": ("sbc",), "b2b": ("sbc",), "record": ("scscf",), "transport": "tcp"}),
    "two sbcs": Network({"access": ("sbc",), "b2b": ("sbc", "gate"), "isc": ("gate",), "record": ("scscf",)}),
    "one device stays": Network(story={"devices": lambda: [Device(), Device("ue2", 5066)]}, play=stays),
    "one device stays, client's hops": Network(story={"devices": lambda: [Device(), Device("ue2", 5066)]}, play=stays, links={"access"}),
    "one device is off": Network(story={"devices": lambda: [Device(), Device("ue2", 5066)]}, play=one_off),
    "one device is off, client's hops": Network(story={"devices": lambda: [Device(), Device("ue2", 5066)]}, play=one_off, links={"access"}),
    "stale tag of one device": Network(story={"devices": lambda: [Device(), Device("ue2", 5066)]}, play=one_stale, warns=("5.2.2-refresh", "5.2.4-1")),
    "all hops": Network(),
    "client's hop": Network(links={"access"}),
    "server's hop": Network(links={"as-scscf"}),
    "middle of the network": Network(links={"pcscf-scscf"}),
    "one core": Network(PLAIN, {"qop": False, "service_route": False, "challenge": "MD5"}),
    "one core, tcp, client's hop": Network({**PLAIN, "transport": "tcp"}, {"service_route": False}, links={"access"}),
    "one core, no challenge": Network(PLAIN, {"challenge": None, "service_route": False, "register_in": "contact"}),
    "tcp everywhere": Network({"transport": "tcp"}),
    "tcp, tiny segments": Network({"transport": "tcp", "tcp": "tiny"}),
    "tcp, cut in the blank line": Network({"transport": "tcp", "tcp": "cut", "again": 9}),
    "tcp, several in a segment": Network({"transport": "tcp", "tcp": "joined", "delay": 0.0004}, {"sms": 4}),
    "tcp, opened before": Network({"transport": "tcp", "handshake": False}),
    "tcp at the clients, udp inside": Network({"transports": {"access": "tcp"}}),
    "udp at the clients, tcp to the server": Network({"transports": {"as-scscf": "tcp"}}),
    "ipv6": Network({"v6": True}),
    "ipv6, fragments": Network({"v6": True, "mtu": 700}, {"sms": 2}),
    "fragments": Network({"mtu": 576}),
    "server behind a proxy": Network({"isc": ("front",)}),
    "server behind a proxy, its hop": Network({"isc": ("front",)}, links={"as-front"}),
    "server behind a proxy, the hop before": Network({"isc": ("front",)}, links={"front-scscf"}),
    "long way": Network({"access": ("edge", "pcscf"), "home": ("icscf", "scscf"), "isc": ("broker", "front"), "record": ("pcscf", "scscf", "front")}),
    "sbc": Network({"access": ("sbc",), "b2b": ("sbc",), "record": ("scscf",)}),
    "sbc, client's hop": Network({"access": ("sbc",), "b2b": ("sbc",), "record": ("scscf",)}, links={"access"}),
    "sbc behind a p-cscf": Network({"access": ("pcscf", "sbc"), "b2b": ("sbc",), "record": ("scscf", "pcscf")}),
    "sbc in front of the server": Network({"isc": ("sbc",), "b2b": ("sbc",)}),
    "nat, both sides": Network({"nat": True}),
    "nat, inside": Network({"nat": True}, links={"lan"}),
    "nat, outside": Network({"nat": True}, links={"access"}),
    "nat, no rport, outside and core": Network({"nat": True, "rport": False}, links={"access", "pcscf-scscf", "as-scscf"}),
    "retransmissions": Network({"lossy": 0.25}),
    "retransmissions, client's hop": Network({"lossy": 0.4, "seed": 5}, links={"access"}),
    "compact": Network({"hands": {n: Hand(compact=True) for n in ("as", "scscf", "ue1")}}, {"devices": lambda: [Device(hand=Hand(compact=True, colon=":"))], "accept": '*;{tag}="TRUE"'}),
    "folded": Network({"hands": {n: Hand(fold="\r\n\t") for n in ("as", "scscf")}}, {"devices": lambda: [Device(hand=Hand(fold="\r\n  ", colon=" : "))], "accept": "*;explicit;require;{tag}"}),
    "vias joined and last": Network({"hands": {n: Hand(order="via-last", joined_vias=True) for n in ("as", "ue1")}}, {"devices": lambda: [Device(hand=Hand(order="sorted", case="lower"))]}),
    "upper case": Network({"hands": {"as": Hand(case="upper", order="reversed"), "ue1": Hand(case="upper")}}, {"devices": lambda: [Device(hand=Hand(case="upper", order="mixed"))], "accept": "*;+G.OMA.SIP-IM;Require"}),
    "no content-length over udp": Network({"hands": {"as": Hand(length=False)}}, {"devices": lambda: [Device(hand=Hand(length=False))]}),
    "tags beside": Network(story={"devices": lambda: [Device(large=True)], "accept": '*;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.msg", *;{tag};require'}),
    "products beside": Network(story={"devices": lambda: [Device(user_agent="IM-client/OMA2.0 (Handset; build 7) Lib/1.2")], "server_ua": "IM-serv/OMA2.0 Store7 (a (b) c)"}),
    "tel and sip": Network(story={"tel": f"tel:+15551230001", "asserted": "both"}),
    "sip with user=phone": Network(story={"aor": f"sip:+15551230001@{DOMAIN};user=phone", "tel": "tel:+15551230001", "asserted": "both"}),
    "publishes for an alias": Network(story={"alias": f"sip:robert@{DOMAIN}"}),
    "everything beside": Network(play=beside),
    "everything beside, client's hop": Network(play=beside, links={"access"}),
    "everything beside, server's hop": Network(play=beside, links={"as-scscf"}),
    "strangers": Network(more=strangers),
    "hours": Network(play=hours),
    "hours, third party once": Network(story={"refresh_third": False, "third_expires": 600000}, play=hours),
    "hours from the middle": Network(play=hours, post=[late(3000)]),
    "session of two hours": Network(play=two_hours_session),
    "session of two hours, refreshed by the client": Network(story={"refresher": "uas", "session": 600}, play=two_hours_session),
    "session of two hours, re-INVITE": Network(story={"ua_allow": "INVITE, ACK, CANCEL, BYE", "session": 900}, play=two_hours_session),
    "session of two hours, from its middle": Network(play=two_hours_session, post=[late(2500)]),
    "two devices": Network(story={"devices": lambda: [Device(), Device("ue2", 5066)]}, play=devices),
    "two devices, server's hop": Network(story={"devices": lambda: [Device(), Device("ue2", 5066)]}, play=devices, links={"as-scscf"}),
    "two devices, client's hops": Network(story={"devices": lambda: [Device(), Device("ue2", 5066)]}, play=devices, links={"access"}),
    "two devices, tcp, server behind a proxy": Network({"isc": ("front",), "transport": "tcp"}, {"devices": lambda: [Device(), Device("ue2", 5066)]}, play=devices),
    "troubles": Network(play=troubles, warns=("5.2.4-1", "5.2.2-refresh", "5.2.4-7")),
    "troubles, client's hop": Network(play=troubles, links={"access"}, warns=("5.2.4-1", "5.2.2-refresh", "5.2.4-7")),
    "delivery off from the start": Network(play=after_offline),
    "delivery off, sdp at session level": Network(story={"sdp_level": "session", "ringing": False, "publish_call": "fresh"}, play=after_offline),
    "session level sendonly, fresh calls": Network(story={"sdp_level": "session", "ringing": False, "publish_call": "fresh", "aor_entity": True}),
    "publish challenged": Network(story={"pub_challenge": True}),
    "third-party REGISTER with a body": Network(story={"third_body": True}),
    "sha-256": Network(story={"challenge": "SHA-256"}),
    "ims": Network(story={"third_body": True}, ims=True, warns=("5.2.2-ims",)),
    "ims, server's hop": Network(links={"as-scscf"}, ims=True),
    "span port": Network(post=[span_twice()]),
    "span port, milliseconds": Network(post=[span_twice(0.0021)], links={"access", "as-scscf"}),
    "two vlans": Network(post=[vlan_twice], file={"format": "pcapng"}),
    "tcp, two vlans": Network({"transport": "tcp"}, post=[vlan_twice]),
    "clock leaps back": Network(post=[leaps]),
    "clock leaps back, server's hop": Network(post=[leaps], links={"as-scscf"}, file={"format": "nano"}),
    "swapped": Network(post=[swapped]),
    "starts late": Network(post=[late(31)]),
    "starts later": Network(post=[late(33)], file={"link": "cooked"}),
    "starts after the push": Network(post=[late(60)], file={"link": "raw"}),
    "starts anywhere, from the server": Network(post=[from_server], links={"as-scscf"}),
    "starts anywhere, from the server, tcp": Network({"transport": "tcp"}, post=[from_server], links={"as-scscf"}),
    "ends early": Network(post=[cut(30.5)]),
    "ends at the push": Network(post=[cut(30.9)], links={"as-scscf"}),
    **{f"lost packets {n}": Network({"seed": n}, post=[lost(0.03 * n)]) for n in range(1, 5)},
    **{f"lost packets, tcp {n}": Network({"seed": n, "transport": "tcp"}, post=[lost(0.01 * n)]) for n in range(1, 4)},
    **{f"lost packets, server's hop {n}": Network({"seed": n + 10}, post=[lost(0.04 * n)], links={"as-scscf"}) for n in range(1, 4)},
    **{f"lost packets, client's hop {n}": Network({"seed": n + 20}, post=[lost(0.04 * n)], links={"access"}) for n in range(1, 4)},
}
