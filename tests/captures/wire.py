# SPDX-License-Identifier: MIT
"""Captures byte by byte: classic pcap of raw IP packets, IPv4 or IPv6, UDP or TCP. Knows nothing of imconform's code."""
import ipaddress
import struct


class Capture:
    """Packets as they are sent; written in the end. Addresses are (host, port)."""

    def __init__(self, transport="udp"):
        self.transport = transport
        self.packets = []  # time, IP packet, the message that it is of
        self.message = b""
        self.streams = {}

    def _ip(self, protocol, source, target, data):
        a, b = ipaddress.ip_address(source), ipaddress.ip_address(target)
        if a.version == 6:
            return struct.pack("!IHBB", 6 << 28, len(data), protocol, 64) + a.packed + b.packed + data
        return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 1, 0, 64, protocol, 0) + a.packed + b.packed + data

    def _udp(self, time, source, target, data):
        head = struct.pack("!HHHH", source[1], target[1], 8 + len(data), 0)
        self.packets.append((time, self._ip(17, source[0], target[0], head + data), self.message))

    def _segment(self, time, source, target, flags, data=b""):
        sent = self.streams[(source, target)]
        got = self.streams[(target, source)]
        head = struct.pack("!HHIIBBHHH", source[1], target[1], sent & 0xFFFFFFFF, got & 0xFFFFFFFF, 0x50, flags, 65000, 0, 0)
        self.packets.append((time, self._ip(6, source[0], target[0], head + data), self.message))
        self.streams[(source, target)] += len(data) + (1 if flags & 2 else 0)

    def _tcp(self, time, source, target, data):
        if (source, target) not in self.streams:
            self.streams[(source, target)], self.streams[(target, source)] = 1000, 5000
            self._segment(time - 3e-5, source, target, 0x02)
            self._segment(time - 2e-5, target, source, 0x12)
            self._segment(time - 1e-5, source, target, 0x10)
        half = len(data) * 2 // 3  # a message is more than a segment
        self._segment(time, source, target, 0x10, data[:half])
        self._segment(time + 1e-5, source, target, 0x18, data[half:])

    def send(self, time, source, target, data):
        """One SIP message."""
        self.message = data
        (self._tcp if self.transport == "tcp" else self._udp)(time, source, target, data)

    def bytes(self, link=101, wrap=lambda packet, number: [packet]):
        """The whole file, in the order of time; `wrap` makes frames of an IP packet. Notes the message of each frame."""
        out, self.frames = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)], []
        for number, (time, packet, message) in enumerate(sorted(self.packets, key=lambda p: p[0])):
            for frame in wrap(packet, number):
                micro = round(time * 1e6)
                out.append(struct.pack("<IIII", micro // 1000000, micro % 1000000, len(frame), len(frame)) + frame)
                self.frames.append(message)
        return b"".join(out)
