# SPDX-License-Identifier: MIT
"""Captures byte by byte: classic pcap of raw IP packets, IPv4 or IPv6, UDP or TCP. Knows nothing of imconform's code."""
import ipaddress
import struct


class Capture:
    """Packets as they are sent; written in the end. Addresses are (host, port)."""

    def __init__(self, transport="udp"):
        self.transport = transport
        self.packets = []
        self.streams = {}

    def _ip(self, protocol, source, target, data):
        a, b = ipaddress.ip_address(source), ipaddress.ip_address(target)
        if a.version == 6:
            return struct.pack("!IHBB", 6 << 28, len(data), protocol, 64) + a.packed + b.packed + data
        return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 1, 0, 64, protocol, 0) + a.packed + b.packed + data

    def _udp(self, time, source, target, data):
        head = struct.pack("!HHHH", source[1], target[1], 8 + len(data), 0)
        self.packets.append((time, self._ip(17, source[0], target[0], head + data)))

    def _segment(self, time, source, target, flags, data=b""):
        sent = self.streams[(source, target)]
        got = self.streams[(target, source)]
        head = struct.pack("!HHIIBBHHH", source[1], target[1], sent & 0xFFFFFFFF, got & 0xFFFFFFFF, 0x50, flags, 65000, 0, 0)
        self.packets.append((time, self._ip(6, source[0], target[0], head + data)))
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
        (self._tcp if self.transport == "tcp" else self._udp)(time, source, target, data)

    def bytes(self):
        """The whole file, in the order of time."""
        out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)]
        for time, packet in sorted(self.packets, key=lambda p: p[0]):
            out.append(struct.pack("<IIII", int(time), int(time * 1e6) % 1000000, len(packet), len(packet)) + packet)
        return b"".join(out)
