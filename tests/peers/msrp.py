# SPDX-License-Identifier: MIT
"""The sending half of an MSRP session (RFC 4975): connect to the answerer, SEND each message, await its 200."""

import asyncio
import re

import endpoint


def paths(sdp):
    """(port, path, direction, accepted types, setup) of the m=message part of an answer; None where there is none."""
    session, _, rest = sdp.partition('\nm=message')
    if not rest:
        return None
    media = ('m=message' + rest).split('\nm=')[0].replace('\r', '').split('\n')
    words = media[0].split()
    attributes = dict(line[2:].partition(':')[::2] for line in media if line.startswith('a='))
    direction = next((d for d in ('sendrecv', 'recvonly', 'sendonly', 'inactive') if d in attributes), None)
    if not direction:
        direction = next((d for d in ('recvonly', 'sendonly', 'inactive') if '\na=' + d in session), 'sendrecv')
    return int(words[1]), attributes.get('path', ''), direction, attributes.get('accept-types', '*').split(), \
        attributes.get('setup')


class Listener:
    """Takes connections of answerers that open the session themselves (RFC 6135)."""

    def __init__(self, host):
        self.host, self.waiting = host, {}

    async def start(self):
        self.server = await asyncio.start_server(self.accept, self.host, 0)
        self.port = self.server.sockets[0].getsockname()[1]

    def path(self):
        return 'msrp://%s:%d/%s;tcp' % (endpoint.literal(self.host), self.port, endpoint.token())

    def expect(self, path):
        self.waiting[path] = asyncio.get_running_loop().create_future()
        return self.waiting[path]

    async def accept(self, reader, writer):
        try:
            request = await read(reader)
            head = request['head']
            to = re.search(r'To-Path: (\S+)', head).group(1)
            writer.write(reply(head, 200))
            self.waiting.pop(to).set_result((reader, writer))
        except (KeyError, AttributeError, ConnectionError, asyncio.IncompleteReadError):
            writer.close()


async def read(reader):
    """One MSRP request or answer: its head and its end line."""
    line = (await reader.readline()).decode('utf-8', 'replace')
    if not line:
        raise ConnectionError('closed')
    hit = re.match(r'MSRP (\S+) (\S+)', line)
    if not hit:
        raise ConnectionError('no MSRP')
    head = line
    while not line.startswith('-------' + hit.group(1)):
        line = (await reader.readline()).decode('utf-8', 'replace')
        if not line:
            raise ConnectionError('closed')
        head += line
    return {'id': hit.group(1), 'word': hit.group(2), 'head': head}


def reply(head, code):
    tid = head.split()[1]
    to = re.search(r'To-Path: (.*?)\r\n', head).group(1)
    back = re.search(r'From-Path: (.*?)\r\n', head).group(1)
    return ('MSRP %s %d OK\r\nTo-Path: %s\r\nFrom-Path: %s\r\n-------%s$\r\n' % (
        tid, code, back.split()[0], to.split()[0], tid)).encode()


async def connect(answer_path, own, offered_by_us, listener_future):
    """The session's connection: ours to the answerer's path, or the one that it opened."""
    if not offered_by_us:
        return await asyncio.wait_for(listener_future, 30)
    host, port = re.match(r'msrps?://(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+):(\d+)', answer_path.split()[0]).groups()
    return await asyncio.wait_for(asyncio.open_connection(host.strip('[]'), int(port)), 10)


async def send(stream, own, peer, kind, body, number):
    """One SEND; true when the other side said 200."""
    reader, writer = stream
    tid = endpoint.token()
    head = 'MSRP %s SEND\r\nTo-Path: %s\r\nFrom-Path: %s\r\nMessage-ID: %s.%d\r\n' % (tid, peer, own, tid, number)
    head += 'Byte-Range: 1-%d/%d\r\nContent-Type: %s\r\n\r\n' % (len(body), len(body), kind)
    writer.write(head.encode() + body + ('\r\n-------%s$\r\n' % tid).encode())
    while True:
        message = await asyncio.wait_for(read(reader), 30)
        if message['id'] == tid:
            return message['word'] == '200'
        if not message['word'].isdigit() and message['word'] != 'REPORT':
            writer.write(reply(message['head'], 200))
