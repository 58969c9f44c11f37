# SPDX-License-Identifier: MIT
"""Sockets and transactions of the peer: UDP and TCP, retransmission both ways (RFC 3261 sections 17, 18)."""

import asyncio
import ipaddress
import itertools
import os
import re
import socket

import sip

T1, T2, TIMEOUT = 0.5, 4.0, 32.0


def token():
    return os.urandom(6).hex()


def literal(host):
    return '[' + host + ']' if ':' in host else host


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, endpoint):
        self.endpoint = endpoint

    def datagram_received(self, data, source):
        if len(data) > 4:
            self.endpoint.received(data, source)


class Endpoint:
    """One SIP address. `handler(request, reply)` is called once a new request; `reply(answer)` answers it."""

    def __init__(self, host, port, style, handler):
        self.host, self.port, self.style, self.handler = host, port, style, handler
        self.clients, self.servers, self.streams = {}, {}, {}
        self.acks = {}
        self.tasks = set()
        self.counter = itertools.count(1)
        self.opening = asyncio.Lock()

    async def start(self):
        loop = asyncio.get_running_loop()
        self.udp, _ = await loop.create_datagram_endpoint(lambda: Datagrams(self), (self.host, self.port))
        self.tcp = await asyncio.start_server(self.stream, self.host, self.port)
        self.source, self.source_port = self.udp, self.port
        if self.style.get('own_port'):
            self.source, _ = await loop.create_datagram_endpoint(lambda: Datagrams(self), (self.host, 0))
            self.source_port = self.source.get_extra_info('sockname')[1]

    def spawn(self, coroutine):
        task = asyncio.get_running_loop().create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def received(self, data, source):
        try:
            self.take(sip.parse_datagram(data), lambda out: self.back(out, source), False)
        except (sip.Bad, ValueError, IndexError):
            self.refuse_unreadable(data, lambda out: self.udp.sendto(out, source))

    def back(self, data, source):
        for _ in range(1 + bool(self.style.get('duplicates'))):
            self.udp.sendto(data, source)

    def refuse_unreadable(self, data, send):
        """RFC 3261 18.3: a request that is too short gets 400 where its head can still be read."""
        try:
            request = sip.parse_head(sip.cut(data)[0])
        except (sip.Bad, ValueError, IndexError):
            return
        if request.method and request.method != 'ACK':
            send(sip.render(answer_to(request, 400, 'Bad Request', token()), self.style))

    async def stream(self, reader, writer):
        peer = writer.get_extra_info('peername')[:2]
        self.streams[peer] = writer
        try:
            while message := await sip.read_stream(reader):
                self.take(message, lambda out: self.write(writer, out), True)
        except (sip.Bad, ValueError, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.streams.pop(peer, None)
            writer.close()

    def take(self, message, send, reliable):
        if not message.method:
            self.answered(message)
            return
        top = message.values('via')[0]
        hop = re.sub(r'^SIP\s*/\s*2\.0\s*/\s*\S+\s+', '', sip.split(top, ';')[0])
        if message.method == 'ACK':
            waiting = self.acks.pop((message.get('call-id'), message.cseq[0]), None)
            if waiting:
                waiting.set()
            return
        key = (message.branch, hop, message.method)
        if key in self.servers:
            if self.servers[key]:
                send(self.servers[key])
            return
        self.servers[key] = None
        asyncio.get_running_loop().call_later(TIMEOUT, self.servers.pop, key, None)
        self.handler(message, lambda answer: self.reply(key, message, answer, send, reliable), reliable)

    def reply(self, key, request, answer, send, reliable):
        data = sip.render(answer, self.style)
        self.servers[key] = data
        send(data)
        if request.method == 'INVITE' and answer.status >= 200:
            self.spawn(self.repeat_final(request, data, send, reliable and answer.status >= 300))

    async def repeat_final(self, request, data, send, once):
        """13.3.1.4: a 2xx is repeated until its ACK, over any transport."""
        done = self.acks[(request.get('call-id'), request.cseq[0])] = asyncio.Event()
        wait, total = T1, 0.0
        while not once and total < TIMEOUT:
            try:
                await asyncio.wait_for(done.wait(), wait)
                return
            except asyncio.TimeoutError:
                send(data)
                total, wait = total + wait, min(wait * 2, T2)

    def answered(self, answer):
        queue = self.clients.get((answer.branch, answer.cseq[1]))
        if queue:
            queue.put_nowait(answer)

    async def sender(self, target, reliable):
        """A function that puts bytes on the way to target, and whether the way is reliable."""
        if not reliable:
            return lambda data: self.datagrams(data, target)
        async with self.opening:
            writer = self.streams.get(target)
            if not writer or writer.is_closing():
                reader, writer = await asyncio.open_connection(*target)
                self.streams[target] = writer
                self.spawn(self.stream(reader, writer))
        return lambda data: self.write(writer, data)

    def datagrams(self, data, target):
        if self.style.get('keep_alive'):
            self.source.sendto(b'\r\n\r\n', target)
            self.source.sendto(b'\0', target)
        for _ in range(1 + bool(self.style.get('duplicates'))):
            self.source.sendto(data, target)

    def write(self, writer, data):
        """To a stream: whole, or in pieces that are segments of their own."""
        writer.transport.get_extra_info('socket').setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = self.style.get('between', b'') + data
        size = self.style.get('segments', len(data))
        for begin in range(0, len(data), size):
            writer.write(data[begin:begin + size])

    def via(self, reliable, branch=None):
        place = self.style.get('via_host') or literal(self.host)
        port = self.port if reliable else self.source_port
        value = 'SIP/2.0/%s %s:%d;branch=%s%s' % ('TCP' if reliable else 'UDP', place, port,
                                                  branch or self.new_branch(), self.style.get('via', ';rport'))
        if self.style.get('second_via'):
            value += ', SIP/2.0/TCP inner.im-server.invalid;branch=z9hG4bKinner;received=192.0.2.1'
        return value

    def new_branch(self):
        return self.style.get('cookie', 'z9hG4bK') + token() + str(next(self.counter))

    async def dispatch(self, message, target, reliable):
        """Chooses the transport by size (18.1.1), writes it into the Via, sends; returns the resend function."""
        if not reliable and len(sip.render(message, self.style)) > 1300 and self.style.get('tcp_big', True):
            try:
                via = message.get('via').replace('SIP/2.0/UDP', 'SIP/2.0/TCP')
                send = await self.sender(target, True)
                rest = [h for h in message.headers if h[0] != 'Via']
                message.headers = [('Via', via)] + rest
                reliable = True
            except OSError:
                send = await self.sender(target, False)
        else:
            send = await self.sender(target, reliable)
        data = sip.render(message, self.style)
        send(data)
        return (lambda: send(data)), reliable

    async def request(self, message, target, reliable):
        """Yields every answer; the last one is final, or a 408 of our own (17.1)."""
        method = message.method
        key = (message.branch, method)
        queue = self.clients[key] = asyncio.Queue()
        try:
            resend, reliable = await self.dispatch(message, target, reliable)
        except OSError:
            self.clients.pop(key)
            yield sip.Message('SIP/2.0 503 Unreachable', [('CSeq', '1 ' + method)])
            return
        wait, total, limit = T1, 0.0, TIMEOUT
        while total < limit:
            try:
                answer = await asyncio.wait_for(queue.get(), wait)
            except asyncio.TimeoutError:
                total += wait
                if not reliable and limit == TIMEOUT:
                    resend()
                wait = wait * 2 if method == 'INVITE' and limit == TIMEOUT else min(wait * 2, T2)
                continue
            if answer.status < 200 and method == 'INVITE':
                limit = 200.0
            yield answer
            if answer.status >= 200:
                asyncio.get_running_loop().call_later(TIMEOUT, self.clients.pop, key, None)
                return
        self.clients.pop(key, None)
        yield sip.Message('SIP/2.0 408 Timeout', [('CSeq', '1 ' + method)])

    async def final(self, message, target, reliable):
        async for answer in self.request(message, target, reliable):
            if answer.status >= 200:
                return answer


def answer_to(request, status, reason, tag):
    """8.2.6: what every answer copies from its request."""
    answer = sip.Message('SIP/2.0 %d %s' % (status, reason))
    for value in request.all('via'):
        answer.add('Via', value)
    to = request.get('to')
    if status > 100 and 'tag' not in sip.params(to):
        to += ';tag=' + tag
    answer.add('From', request.get('from')).add('To', to)
    return answer.add('Call-ID', request.get('call-id')).add('CSeq', request.get('cseq'))


def is_literal(host):
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False
