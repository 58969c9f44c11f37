# SPDX-License-Identifier: MIT
"""What the RFCs allow and few do: numbers that are registered along with an address (5.2.2, NOTE 3), bodies in other clothes, flows of
RFC 5626, cores that tell the server nothing of registrations; and faults that hide in such forms."""
import base64

from faults import HOMES, all_registers, client, edit, probe, put, server
from life import Device
from network import DOMAIN
from networks import NETWORKS, Network, two_hours_session
import stories

NUMBER = "tel:+1-555-123-0001"


def in_multipart(m, media_type, content, encoding=None):
    b = "=_a(1)'+?"
    m.put("Content-Type", f'Multipart/Mixed ; boundary="{b}"').add("MIME-Version", "1.0")
    m.body = (f"preamble\r\n--{b}\r\nContent-Type: application/vnd.other+xml\r\n\r\n<offline-delivery active=\"maybe\"/>\r\n--{b}\r\n"
              + (f"content-transfer-encoding: {encoding}\r\n" if encoding else "") + f"Content-Type: {media_type}\r\n\r\n{content}\r\n--{b}--\r\n")


def transferred(m):
    if m.body:
        in_multipart(m, "application/poc-settings+xml", base64.encodebytes(m.body.encode()).decode().replace("\n", "\r\n"), "Base64")


def wrapped(s):
    """Settings and offer each are a part of something, the settings in base64."""
    plain = s.invite

    def invite(dev):
        m = plain(dev)
        in_multipart(m, "application/sdp", m.body)
        return m

    s.invite = invite
    s.deposit(n=2)
    s.t += 10
    s.register()
    s.publish(edit=transferred)
    s.t += 900
    s.register()
    s.publish(on=False, edit=transferred)
    s.subscribe_metadata()
    s.t += 60
    s.publish(expires=0)
    s.subscribe_metadata(expires=0)
    s.register(expires=0)
    s.t += 60


def add():
    number = {"alias": NUMBER, "associated": False}
    NETWORKS.update({
        "a number that came along": Network(story=number),
        "a number that came along, client's hop": Network(story=number, links={"access"}),
        "a number that came along, server's hop": Network(story={**number, "asserted": "both", "tel": f"sip:bob@{DOMAIN}"}, links={"as-scscf"}),
        "a number alone, server's hop": Network(story=number, links={"as-scscf"}),
        "no third-party REGISTER": Network(story={"third_party": False}),
        "no third-party REGISTER, server's hop": Network(story={"third_party": False}, links={"as-scscf"}),
        "flows": Network(story={"devices": lambda: [Device(reg_id=1)]}, play=stories.day),
        "wrapped": Network(play=wrapped),
        "wrapped, server's hop": Network({"isc": ("front",)}, play=wrapped, links={"as-front"}),
        "session of two hours, minute by minute": Network(story={"session": 90}, play=two_hours_session),
    })
    HOMES["flow"] = ["flows"]
    HOMES["numbers"] = ["a number that came along", "a number that came along, client's hop"]
    client("5.2.2-1", "a star that removes nothing", all_registers(put("Contact", "*")), beside=("5.2.2-*", "5.3-*", "12.2.2.2-*"))
    client("5.2.2-2", "a qop that was not offered", all_registers(edit("Authorization", "qop=auth,", "qop=auth-conf,")), not_in=("one core", "one core, tcp, client's hop"))
    client("5.2.2-refresh", "CSeq of a flow does not rise", flags=["same-cseq"], verdict=("warn",), side="flow")
    client("5.2.2-publish", "never, under a number", flags=["no-publish"], beside=("5.2.4-*",), side="numbers")
    client("5.2.4-1", "a Record-Route", {"publish": put("Record-Route", "<sip:192.0.2.1;lr>")}, verdict=("warn",))
    client("5.2.4-9", "one more behind", {"publish": lambda m: m.put("Route", m.get("Route") + ", <sip:elsewhere.example;lr>") if m.get("Route") else None},
           not_in=("one core", "one core, tcp, client's hop"))
    server("6.1.1.5-4", "420 names another", play=probe(420, headers=[("Unsupported", "x-other")], change=put("Require", "x-unknown")), beside=("5.2.4-*",))
    server("12.2.2.2-ok-1", "one refresh, then none", flags=["refresh-once"], side="session")
    server("12.2.2.2-ok-1", "the client's refresh once, no BYE", flags=["refresh-once"], side="session, client")
