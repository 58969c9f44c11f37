# SPDX-License-Identifier: MIT
"""One exchange over every transport, also as networks spoil it: segments that come out of order, twice, with other bytes, or
not at all; WebSocket (RFC 6455, RFC 7118); SCTP (RFC 9260). Knows nothing of imconform's code."""
import base64
import struct

from wire import Capture

OPTIONS = (b"OPTIONS sip:ims.example SIP/2.0\r\nVia: SIP/2.0/TCP 10.9.9.9;branch=z9hG4bKk%d\r\nMax-Forwards: 70\r\n"
           b"From: <sip:probe@ims.example>;tag=k\r\nTo: <sip:ims.example>\r\nCall-ID: k%d\r\nCSeq: 1 OPTIONS\r\n"
           b"Content-Length: 0\r\n\r\n")
SYN, ACK, SYN_ACK = 0x02, 0x10, 0x12


class Stream(Capture):
    """TCP, each message cut into the segments that `cut` makes of it."""

    def __init__(self, cut=lambda data, number: [data], spoil=lambda segments: [s[0] for s in segments], greet=None):
        super().__init__()
        self.cut, self.spoil, self.greet, self.number, self.opened = cut, spoil, greet, 0, set()

    def tcp(self, time, source, target, flags, data=b"", back=0):
        """A segment; `back`: one that was sent so many bytes ago, and changes nothing."""
        sent, got = self.streams[(source, target)] - back, self.streams[(target, source)]
        head = struct.pack("!HHIIBBHHH", source[1], target[1], sent, got, 0x50, flags, 65000, 0, 0)
        if not back:
            self.streams[(source, target)] += len(data) + (flags & SYN) // 2
        return time, self._ip(6, source[0], target[0], head + data), self.message

    def open(self, time, source, target):
        self.streams[(source, target)], self.streams[(target, source)] = 1000, 5000
        self.packets += [self.tcp(time - 9e-4, source, target, SYN), self.tcp(time - 8e-4, target, source, SYN_ACK),
                         self.tcp(time - 7e-4, source, target, ACK)]
        for back, text in enumerate(self.greet or ()):
            ends = (target, source) if back else (source, target)
            self.packets.append(self.tcp(time - 6e-4 + back * 1e-4, *ends, ACK, text))

    def send(self, time, source, target, data):
        self.message = data
        self.number += 1
        if (source, target) not in self.streams:
            self.open(time, source, target)
            self.opened.add((source, target))
        client = (source, target) in self.opened
        pieces = self.cut(data, self.number if client else -self.number)
        segments = [self.tcp(time + at * 1e-6, source, target, ACK, piece) for at, piece in enumerate(pieces)]
        spoilt = self.spoil([(s, piece, self, time, source, target) for s, piece in zip(segments, pieces)])
        self.packets += [(time + at * 1e-6, *s[1:]) for at, s in enumerate(spoilt)]


class Sctp(Capture):
    """DATA chunks of `size` bytes at most, `bundle` in a packet."""

    def __init__(self, size=100000, bundle=1):
        super().__init__()
        self.size, self.bundle, self.sent = size, bundle, {}

    def send(self, time, source, target, data):
        self.message = data
        tsn, stream = self.sent.get((source, target), (1000, 0))
        parts, chunks = [data[at:at + self.size] for at in range(0, len(data), self.size)], []
        for at, part in enumerate(parts):
            flags = (at == 0) * 2 + (at == len(parts) - 1)
            head = struct.pack("!BBHIHHI", 0, flags, 16 + len(part), tsn + at, 0, stream, 0)
            chunks.append(head + part + b"\0" * (-len(part) % 4))
        self.sent[(source, target)] = (tsn + len(parts), stream + 1)
        for at in range(0, len(chunks), self.bundle):
            body = struct.pack("!HHII", source[1], target[1], 7, 0) + b"".join(chunks[at:at + self.bundle])
            self.packets.append((time + at * 1e-6, self._ip(132, source[0], target[0], body), data))


# --- segments ---

def halves(data, number):
    at = len(data) * 2 // 3
    return [data[:at], data[at:]]


def crumbs(data, number):
    return [data[at:at + 90] for at in range(0, len(data), 90)]


def together(data, number):
    """Keep-alives, another request and the message in one segment."""
    return [b"\r\n\r\n" + OPTIONS % (abs(number), abs(number)) + data]


def plain(segments):
    return [s[0] for s in segments]


def backwards(segments):
    return plain(segments)[::-1]


def other_bytes(segments):
    """What came first stays: a copy of the bytes that were taken already, and says something else."""
    out, left = [], sum(len(piece) for _, piece, *_ in segments)
    for segment, piece, capture, time, source, target in segments:
        out += [segment, capture.tcp(time, source, target, ACK, b"X" * len(piece), back=left)]
        left -= len(piece)
    return out


def overlapping(segments):
    """Each piece is followed by one that begins in its middle, with the same bytes."""
    out, left = [], sum(len(piece) for _, piece, *_ in segments)
    for segment, piece, capture, time, source, target in segments:
        out.append(segment)
        half = len(piece) // 2
        out.append(capture.tcp(time, source, target, ACK, piece[half:], back=left - half))
        left -= len(piece)
    return out


# --- WebSocket ---

UPGRADE = (b"GET / HTTP/1.1\r\nHost: sip.ims.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: " + base64.b64encode(b"0123456789abcdef") + b"\r\nSec-WebSocket-Protocol: sip\r\n"
           b"Sec-WebSocket-Version: 13\r\n\r\n",
           b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Accept: BACScCJPNqyz+UBoqMH89VmURoA=\r\nSec-WebSocket-Protocol: sip\r\n\r\n")


def frame(data, masked, opcode=1, last=True):
    """RFC 6455 5.2; who opened the connection masks."""
    length = len(data)
    head = bytes([opcode | last << 7])
    head += bytes([masked << 7 | (length if length < 126 else 126)]) + (struct.pack("!H", length) if length > 125 else b"")
    if not masked:
        return head + data
    key = b"\x11\x22\x33\x44"
    return head + key + bytes(b ^ key[i % 4] for i, b in enumerate(data))


def framed(data, number):
    return halves(frame(data, number > 0), number)


def fragmented(data, number):
    """Three frames, a ping between them, in one segment each."""
    at = len(data) // 3
    return [frame(data[:at], number > 0, 1, False), frame(b"still there?", number > 0, 9),
            frame(data[at:2 * at], number > 0, 0, False), frame(data[2 * at:], number > 0, 0)]


def many_frames(data, number):
    """A keep-alive, another request and the message: three frames in a segment."""
    return [frame(b"\r\n\r\n", number > 0) + frame(OPTIONS % (abs(number), abs(number)), number > 0) +
            frame(data, number > 0)]


# What the Via says, and the capture that is written. These lose nothing: the verdicts are those of the table of faults.
WHOLE = {
    "tcp, in halves": ("tcp", lambda: Stream(halves)),
    "tcp, in crumbs": ("tcp", lambda: Stream(crumbs)),
    "tcp, backwards": ("tcp", lambda: Stream(crumbs, backwards)),
    "tcp, other bytes later": ("tcp", lambda: Stream(halves, other_bytes)),
    "tcp, overlapping": ("tcp", lambda: Stream(crumbs, overlapping)),
    "tcp, several messages in a segment": ("tcp", lambda: Stream(together)),
    "websocket": ("ws", lambda: Stream(framed, greet=UPGRADE)),
    "websocket, fragments and a ping": ("ws", lambda: Stream(fragmented, greet=UPGRADE)),
    "websocket, several frames in a segment": ("ws", lambda: Stream(many_frames, greet=UPGRADE)),
    "websocket, backwards": ("ws", lambda: Stream(framed, backwards, UPGRADE)),
    "sctp": ("sctp", Sctp),
    "sctp, in chunks": ("sctp", lambda: Sctp(100, 1)),
    "sctp, chunks bundled": ("sctp", lambda: Sctp(100, 3)),
}


def is_tcp(packet):
    return packet[6 if packet[0] >> 4 == 6 else 9] == 6


def payload(packet):
    return packet[(40 if packet[0] >> 4 == 6 else 20) + 20:]


def flags(packet):
    return packet[(40 if packet[0] >> 4 == 6 else 20) + 13]


def without_opening(packets):
    """Mid-stream: nobody has seen the connections come up, nor their upgrade."""
    return [p for p in packets if not flags(p[1]) & SYN]


def without_every(step):
    return lambda packets: [p for at, p in enumerate(packets) if at % step or flags(p[1]) & SYN]


def one_way(packets):
    """Of each connection only what its opener sent."""
    opened = {p[1][12:20] if p[1][0] >> 4 == 4 else p[1][8:40] for p in packets if flags(p[1]) == SYN}
    return [p for p in packets if (p[1][12:20] if p[1][0] >> 4 == 4 else p[1][8:40]) in opened]


# What is lost, of which transport: nothing may fail that does not with all of it, and nothing pass more often.
LOSSY = {
    "tcp, a gap now and then": ("tcp, in crumbs", without_every(37)),
    "tcp, many gaps": ("tcp, in halves", without_every(5)),
    "tcp, one way": ("tcp, in halves", one_way),
    "tcp, a gap in what is backwards": ("tcp, backwards", without_every(23)),
    "tcp, mid-stream, backwards": ("tcp, backwards", without_opening),
    "websocket, a gap now and then": ("websocket, fragments and a ping", without_every(29)),
    "websocket, one way": ("websocket", one_way),
}
# And this is no loss, where messages begin with segments.
MID_STREAM = {"tcp, mid-stream": "tcp, in halves"}
