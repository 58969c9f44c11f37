# SPDX-License-Identifier: MIT
"""Packets of a network and the capture file that somebody takes of them: Ethernet with or without VLAN, IPv4 with fragments,
IPv6, UDP, TCP as stacks send it (a handshake, several messages in a segment, a message in several, one segment again)."""
import ipaddress
import random
import struct


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packed(ip):
    return ipaddress.ip_address(ip).packed


def transport_sum(src, dst, proto, segment):
    a, b = packed(src), packed(dst)
    pseudo = a + b + (struct.pack("!BBH", 0, proto, len(segment)) if len(a) == 4 else struct.pack("!IHBB", len(segment), 0, 0, proto))
    return checksum(pseudo + segment)


class Connection:
    """A TCP connection: what each side sent, as (time, from the first side, bytes); packets are made of it at the end."""

    def __init__(self, link, one, two):
        self.link, self.ends, self.parts = link, (one, two), []


class Packets:
    """style: mtu, tcp ("whole", "tiny", "cut", "joined"), again (a segment in so many is sent twice)."""

    def __init__(self, seed=1, mtu=1500, tcp="whole", again=0, handshake=True):
        self.frames, self.connections, self.rng = [], {}, random.Random(seed)
        self.mtu, self.tcp_style, self.again, self.handshake, self.ident = mtu, tcp, again, handshake, 1

    def udp(self, t, link, src, dst, data):
        head = struct.pack("!HHHH", src[1], dst[1], 8 + len(data), 0)
        total = transport_sum(src[0], dst[0], 17, head + data) or 0xFFFF
        self.ip(t, link, src[0], dst[0], 17, head[:6] + struct.pack("!H", total) + data)

    def tcp(self, t, link, src, dst, data):
        key = (link, *sorted((src, dst)))
        if key not in self.connections:
            self.connections[key] = Connection(link, src, dst)
        c = self.connections[key]
        c.parts.append((t, src == c.ends[0], data))

    def ip(self, t, link, src, dst, proto, data):
        if ":" in src:
            self.ip6(t, link, src, dst, proto, data)
            return
        self.ident = self.ident % 65535 + 1
        room = (self.mtu - 20) // 8 * 8
        for at in range(0, max(len(data), 1), room):
            part, more = data[at:at + room], at + room < len(data)
            head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(part), self.ident, (0x2000 if more else 0) | at // 8, 64, proto, 0,
                               packed(src), packed(dst))
            head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
            self.frames.append([t + at * 1e-8, link, src, dst, 0x0800, head + part])

    def ip6(self, t, link, src, dst, proto, data):
        self.ident += 1
        room = (self.mtu - 48) // 8 * 8
        if len(data) <= self.mtu - 40:
            parts = [(proto, data)]
        else:
            cuts = range(0, len(data), room)
            parts = [(44, struct.pack("!BBHI", proto, 0, at | (1 if at + room < len(data) else 0), self.ident) + data[at:at + room])
                     for at in cuts]
        for i, (kind, part) in enumerate(parts):
            head = struct.pack("!IHBB", 0x60000000, len(part), kind, 64) + packed(src) + packed(dst)
            self.frames.append([t + i * 1e-6, link, src, dst, 0x86DD, head + part])

    def segments(self, data):
        if self.tcp_style == "tiny":
            size = 83
        elif self.tcp_style == "cut":
            size = max(1, data.find(b"\r\n\r\n") + 1)
        else:
            size = 1400
        return [data[i:i + size] for i in range(0, len(data), size)] or [b""]

    def play(self, c):
        """The packets of a connection."""
        seq = [1000 + self.rng.randrange(1 << 31), 1000 + self.rng.randrange(1 << 31)]
        parts = sorted(c.parts, key=lambda p: p[0])
        if self.tcp_style == "joined":
            joined = []
            for t, first, data in parts:
                if joined and joined[-1][1] == first and t - joined[-1][0] < 0.003:
                    joined[-1] = (joined[-1][0], first, joined[-1][2] + data)
                else:
                    joined.append((t, first, data))
            parts = joined

        def put(t, first, flags, data=b"", at=None):
            me, other = c.ends if first else c.ends[::-1]
            i = 0 if first else 1
            at = seq[i] if at is None else at
            head = struct.pack("!HHIIBBHHH", me[1], other[1], at & 0xFFFFFFFF, seq[1 - i] & 0xFFFFFFFF if flags != 2 else 0, 0x50, flags,
                               64000, 0, 0)
            total = transport_sum(me[0], other[0], 6, head + data)
            self.ip(t, c.link, me[0], other[0], 6, head[:16] + struct.pack("!H", total) + head[18:] + data)

        t0, first0 = parts[0][0], parts[0][1]
        if self.handshake:
            put(t0 - 0.0009, first0, 2)
            seq[0 if first0 else 1] += 1
            put(t0 - 0.0006, not first0, 0x12)
            seq[1 if first0 else 0] += 1
            put(t0 - 0.0003, first0, 0x10)
        for t, first, data in parts:
            i = 0 if first else 1
            for n, part in enumerate(self.segments(data)):
                at = seq[i]
                put(t + n * 1e-5, first, 0x18, part)
                seq[i] += len(part)
                if self.again and self.rng.randrange(self.again) == 0:
                    put(t + n * 1e-5 + 0.21, first, 0x18, part, at)
            put(t + 0.0002, not first, 0x10)

    def finish(self):
        for c in self.connections.values():
            self.play(c)
        self.connections = {}
        self.frames.sort(key=lambda f: f[0])
        return self.frames


def ethernet(frame, vlan):
    _, _, src, dst, kind, data = frame
    mac = [b"\x02\0" + packed(ip)[-4:] for ip in (dst, src)]
    tag = struct.pack("!HH", 0x8100, vlan) if vlan else b""
    return mac[0] + mac[1] + tag + struct.pack("!H", kind) + data


def cooked(frame, _):
    _, _, src, _, kind, data = frame
    return struct.pack("!HHH", 0, 1, 6) + b"\x02\0" + packed(src)[-4:] + b"\0\0" + struct.pack("!H", kind) + data


def raw(frame, _):
    return frame[5]


LINKS = {"ethernet": (1, ethernet), "cooked": (113, cooked), "raw": (101, raw)}


def write_pcap(path, frames, link="ethernet", nano=False):
    """frames: (time, vlan, frame of Packets)."""
    number, encode = LINKS[link]
    unit = 10**9 if nano else 10**6
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 262144, number))
        for t, vlan, frame in frames:
            data, ticks = encode(frame, vlan), round(t * unit)
            out.write(struct.pack("<IIII", ticks // unit, ticks % unit, len(data), len(data)) + data)


def write_pcapng(path, frames, link="ethernet"):
    number, encode = LINKS[link]

    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))

    with open(path, "wb") as out:
        out.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        out.write(block(1, struct.pack("<HHI", number, 0, 262144)))
        for t, vlan, frame in frames:
            data, ticks = encode(frame, vlan), round(t * 10**6)
            out.write(block(6, struct.pack("<IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)) + data))
