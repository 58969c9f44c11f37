# SPDX-License-Identifier: MIT
"""Frames around an IP packet: every link layer and tunnel that can be read."""
import ipaddress
import struct

MACS = b"\x02\0\0\0\0\1\x02\0\0\0\0\2"


def kind(packet):
    return b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"


def outer(protocol, data):
    ends = ipaddress.ip_address("192.0.2.1").packed + ipaddress.ip_address("192.0.2.2").packed
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 9, 0, 64, protocol, 0) + ends + data


def one(head):
    """A head that is the same for all packets, or made of one."""
    return lambda packet, number: [(head(packet) if callable(head) else head) + packet]


def udp(port, data):
    return outer(17, struct.pack("!HHHH", port, port, 8 + len(data), 0) + data)


def erspan(packet, number):
    frame = MACS + kind(packet) + packet
    return [outer(47, b"\x10\x00\x88\xbe" + struct.pack("!I", number) + b"\x10\x01\0\0\0\0\0\1" + frame)]


def exported(packet, number):
    """What tshark exports after decryption: tags, then the message (datagrams only)."""
    six = packet[0] >> 4 == 6
    at, source, target = (40, packet[8:24], packet[24:40]) if six else (20, packet[12:16], packet[16:20])
    ports = struct.unpack_from("!HH", packet, at)

    def tag(number, value):
        return struct.pack("!HH", number, len(value)) + value
    return [tag(12, b"sip\0") + tag(22 if six else 20, source) + tag(23 if six else 21, target) +
            tag(24, struct.pack("!I", 3)) + tag(25, struct.pack("!I", ports[0])) + tag(26, struct.pack("!I", ports[1])) +
            tag(0, b"") + packet[at + 8:]]


def fragments(order):
    def wrap(packet, number):
        if packet[0] >> 4 == 6:
            head, data, step = packet[:40], packet[40:], 160
            parts = []
            for at in range(0, len(data), step):
                more = at + step < len(data)
                piece = struct.pack("!BBHI", head[6], 0, at | more, number + 1) + data[at:at + step]
                parts.append(head[:4] + struct.pack("!HB", len(piece), 44) + head[7:40] + piece)
        else:
            head, data, step = packet[:20], packet[20:], 160
            parts = []
            for at in range(0, len(data), step):
                more = 0x2000 if at + step < len(data) else 0
                piece = data[at:at + step]
                parts.append(head[:2] + struct.pack("!HHH", 20 + len(piece), number + 1, at // 8 | more) + head[8:20] + piece)
        return order(parts)
    return wrap


def quoted(packet, number):
    """An ICMP error about every packet, besides."""
    return [packet, outer(1, b"\x03\x03\0\0\0\0\0\0" + packet[:600])]


def sctp(packet, number):
    """The same message as a DATA chunk, whole."""
    source, target = struct.unpack_from("!HH", packet, 20)
    data = packet[28:]
    chunk = struct.pack("!BBHIHHI", 0, 3, 16 + len(data), 1000 + number, 0, number, 0) + data + b"\0" * (-len(data) % 4)
    body = struct.pack("!HHII", source, target, 7, 0) + chunk
    return [packet[:2] + struct.pack("!H", 20 + len(body)) + packet[4:9] + b"\x84" + packet[10:20] + body]


# link type, frames of a packet, and the Way that it is for
LINKS = {
    "ethernet": (1, one(lambda p: MACS + kind(p)), {}),
    "ethernet, ipv6": (1, one(lambda p: MACS + kind(p)), {"v6": True}),
    "vlan": (1, one(lambda p: MACS + b"\x81\0\0\5" + kind(p)), {}),
    "qinq": (1, one(lambda p: MACS + b"\x88\xa8\0\7\x81\0\0\5" + kind(p)), {}),
    "mpls": (1, one(MACS + b"\x88\x47\0\1\0\x40\0\2\1\x40"), {}),
    "pppoe": (1, one(lambda p: MACS + b"\x88\x64\x11\0\0\1" + struct.pack("!H", len(p) + 2) + b"\0\x21"), {}),
    "sll": (113, one(lambda p: b"\0\0\0\1\0\6\x02\0\0\0\0\1\0\0" + kind(p)), {}),
    "sll2": (276, one(lambda p: kind(p) + b"\0\0\0\0\0\2\0\1\0\6\x02\0\0\0\0\1\0\0"), {}),
    "null": (0, one(b"\x02\0\0\0"), {}),
    "loop": (108, one(b"\0\0\0\x02"), {}),
    "raw 101": (101, one(b""), {}),
    "raw 228": (228, one(b""), {}),
    "raw 229": (229, one(b""), {"v6": True}),
    "ip in ip": (101, lambda p, n: [outer(4, p)], {}),
    "6in4": (101, lambda p, n: [outer(41, p)], {"v6": True}),
    "gre": (101, lambda p, n: [outer(47, b"\0\0" + kind(p) + p)], {}),
    "erspan": (101, erspan, {}),
    "gtp-u": (101, lambda p, n: [udp(2152, b"\x30\xff" + struct.pack("!HI", len(p), 5) + p)], {}),
    "exported pdu": (252, exported, {}),
    "exported pdu, ipv6": (252, exported, {"v6": True}),
    "fragments": (101, fragments(lambda parts: parts), {}),
    "fragments, backwards": (101, fragments(lambda parts: parts[::-1]), {}),
    "fragments, ipv6, backwards": (101, fragments(lambda parts: parts[::-1]), {"v6": True}),
    "fragments, any order": (101, fragments(lambda parts: parts[2:] + parts[:1] + parts[:1] + parts[1:2]), {}),
    "icmp errors": (101, quoted, {}),
    "sctp": (101, sctp, {}),
    "tcp, ethernet": (1, one(lambda p: MACS + kind(p)), {"transport": "tcp"}),
    "tcp, repeated": (101, lambda p, n: [p, p], {"transport": "tcp"}),
    "tcp, mid-stream": (101, lambda p, n: [] if p[33] & 2 else [p], {"transport": "tcp"}),
    "tcp, fragments": (101, fragments(lambda parts: parts[::-1]), {"transport": "tcp"}),
}
