#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""IM Clients, written from the text alone (5.2.2, 5.2.4, RFC 3261, 3903, 3608), driven by JSON lines on standard input.

    im_client.py --style NAME | --fault NAME"""

import argparse
import asyncio
import json
import re
import socket
import sys
import traceback

import client_variants
import digest
import endpoint
import sip
from client_settings import document

METHODS = 'INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, NOTIFY, UPDATE, PRACK'


class GivenUp(Exception):
    """The other side said something that ends what was tried."""


class Client:
    """The client of one user."""

    def __init__(self, variant, ask):
        self.style, self.fault = variant
        self.address, self.username, self.password = ask['user'], ask['username'], ask['password']
        host, port = sip.hostport('sip:' + ask['core'])
        self.core, self.core_host = (host, port), host
        self.reliable = ask['transport'] == 'tcp'
        self.domain = self.address.partition('@')[2]
        self.active, self.told, self.etag, self.routes, self.nonces = True, None, None, [], {}
        self.calls, self.dialogs, self.tasks = {}, {}, []
        self.registered = self.stopped = False
        self.published_once = False
        self.granted = 3600

    def has(self, fault):
        return self.fault == fault

    async def start(self):
        family = socket.AF_INET6 if ':' in self.core_host else socket.AF_INET
        for _ in range(20):
            with socket.socket(family, socket.SOCK_STREAM) as one:
                one.bind((self.core_host, 0))
                port = one.getsockname()[1]
            self.point = endpoint.Endpoint(self.core_host, port, self.style, self.incoming)
            try:
                await self.point.start()
                return
            except OSError:
                continue

    def stop(self):
        self.stopped = True
        for task in self.tasks:
            task.cancel()
        for task in list(self.point.tasks):
            task.cancel()
        self.point.udp.close()
        self.point.tcp.close()
        for writer in self.point.streams.values():
            writer.close()

    def later(self, seconds, what, *more):
        async def wait():
            await asyncio.sleep(seconds)
            await guarded(what(*more))
        self.tasks.append(asyncio.get_running_loop().create_task(wait()))

    # --- requests ---

    def contact(self):
        uri = 'sip:%s@%s:%d' % (self.username, endpoint.literal(self.core_host), self.point.port)
        uri += ';transport=tcp' if self.reliable else ''
        text = self.style.get('contact', '<URI>;+g.oma.sip-im').replace('URI', uri)
        return re.sub(r';\+g\.oma\.sip-im(?![.-])', '', text) if self.has('5.2.2-1-no-tag') else text

    def call(self, name):
        """Call-ID, own tag and the next CSeq of something that goes on."""
        kept = self.calls.setdefault(name, [endpoint.token() + '@client.invalid', endpoint.token(),
                                            self.style.get('cseq', 0)])
        kept[2] += 1
        return kept

    def message(self, method, uri, name):
        call_id, tag, number = self.call(name)
        display = self.style.get('display', '')
        out = sip.Message('%s %s SIP/2.0' % (method, uri))
        out.add('Via', self.point.via(self.reliable)).add('Max-Forwards', '70')
        out.add('From', '%s<%s>;tag=%s' % (display, self.address, tag)).add('To', '%s<%s>' % (display, self.address))
        out.add('Call-ID', call_id).add('CSeq', '%d %s' % (number, method))
        if method != 'REGISTER':
            routes = [] if self.has('5.2.4-9-no-route') else self.routes
            for route in reversed(routes) if self.has('5.2.4-9-reversed') else routes:
                out.add('Route', route)
        out.add('User-Agent', self.style.get('product', 'IM-client/OMA1.0 PyClient/0.1'))
        return out

    async def send(self, build):
        """Sends what build() makes, answers challenges; the final answer."""
        tried = 0
        while True:
            message = build()
            for header, given, count in self.nonces.get(message.method, {}).values():
                count[0] += 1
                message.add(header, digest.credentials(self, given, message.method, message.uri, message.body,
                                                       count[0]))
            answer = await self.point.final(message, self.core, self.reliable)
            if answer.status not in (401, 407):
                return answer
            offers = digest.challenges(answer)
            stale = any(given.get('stale', '').lower() == 'true' for _, given in offers)
            if not offers or (tried and not stale) or tried > 3 or self.has('5.2.2-2-unanswered') or (
                    stale and self.has('5.2.2-2-stale-gives-up')):
                return answer
            tried += 1
            self.learn(message.method, offers)

    def learn(self, method, offers):
        """The first challenge of each realm and header that can be met (RFC 3261 22.2, 22.3)."""
        known = {} if self.has('5.2.2-2-forgets') else self.nonces.setdefault(method, {})
        fresh = set()
        for header, given in offers:
            key = header, given['realm']
            if key in fresh:
                continue
            fresh.add(key)
            if self.has('5.2.2-2-old-nonce') and key in known:
                continue
            known[key] = header, given, [0]

    # --- registration ---

    def register_request(self, seconds):
        uri = 'sip:' + self.domain
        if self.has('5.2.2-1-user-in-uri'):
            uri = self.address
        if self.has('5.2.2-refresh-new-call'):
            self.calls.pop('register', None)
        out = self.message('REGISTER', uri, 'register')
        if self.has('5.2.2-refresh-same-cseq') and self.registered:
            self.calls['register'][2] -= 1
        contact = self.contact()
        if self.style.get('expires_in_contact'):
            contact += ';expires=%d' % seconds
        else:
            out.add('Expires', seconds)
        out.add('Contact', contact).add('Supported', self.style.get('supported', 'path, gruu'))
        if self.style.get('allow', True):
            out.add('Allow', METHODS)
        for word, name in (('max-forwards', 'Max-Forwards'), ('contact', 'Contact'), ('to', 'To')):
            if self.has('5.2.2-1-no-' + word):
                out.drop(name)
        if self.has('5.2.2-1-no-from-tag'):
            out.put('From', '<%s>' % self.address)
        if self.has('5.2.2-1-cseq-method'):
            out.put('CSeq', out.get('cseq').replace('REGISTER', 'PUBLISH'))
        if self.has('5.2.2-1-no-cookie'):
            out.headers[0] = ('Via', out.headers[0][1].replace('z9hG4bK', 'branch'))
        return out

    async def register(self):
        if self.has('5.2.2-publish-before-register'):
            self.tasks.append(asyncio.get_running_loop().create_task(guarded(self.publish())))
        again, asked = self.registered, self.style.get('expires', 3600)
        answer = await self.send(lambda: self.register_request(asked))
        while answer.status in (423, 503, 500, 480, 301, 302):
            if answer.status == 423:
                least = int(answer.get('min-expires', 0))
                if least <= asked:
                    raise GivenUp('423')
                asked = least
            elif answer.get('retry-after'):
                await asyncio.sleep(int(re.match(r'\d+', answer.get('retry-after')).group()))
            else:
                raise GivenUp(str(answer.status))
            answer = await self.send(lambda: self.register_request(asked))
        if answer.status // 100 != 2:
            if self.has('5.2.2-publish-after-refusal'):
                await self.publish()
            raise GivenUp(str(answer.status))
        await self.took(answer, asked, again)

    async def took(self, answer, asked, again):
        """200: what it grants, the way out (RFC 3608), what has to follow."""
        self.registered = True
        self.routes = [one for value in answer.all('service-route') for one in sip.split(value, ',')]
        own = [one for one in answer.values('contact') if ':%d' % self.point.port in one]
        granted = int(sip.params(own[0]).get('expires', 0) or 0) if own else 0
        self.granted = granted or int(answer.get('expires', asked))
        late = 1.3 if self.has('5.2.2-refresh-late') else self.style.get('refresh', 0.5)
        self.later(self.granted * late, self.register)
        if again and not self.has('5.2.2-publish-on-refresh'):
            return
        if self.has('5.2.2-publish-never') or (self.has('5.2.2-publish-first-time-only') and self.published_once):
            return
        await asyncio.sleep(self.style.get('pause', 0))
        self.etag = None
        self.published_once = True
        await self.publish()

    async def deregister(self):
        if self.registered and self.etag and self.style.get('tidy'):
            await self.publish(seconds=0)
        for task in self.tasks:
            if task is not asyncio.current_task():
                task.cancel()
        if self.registered:
            await self.send(lambda: self.register_request(0))
        self.registered, self.etag = False, None
        self.calls.pop('subscribe', None)       # a new registration subscribes anew

    # --- settings ---

    def publish_request(self, seconds, body, told):
        uri = {'5.2.4-2-domain': 'sip:' + self.domain, '5.2.4-2-server': 'sip:im-server@' + self.domain}.get(
            self.fault, self.address)
        out = self.message('PUBLISH', uri, self.publication)
        if self.has('5.2.4-3-from-of-another'):
            out.put('From', '<sip:somebody@%s>;tag=x1' % self.domain)
        identity = 'sip:somebody@' + self.domain if self.has('5.2.4-3-of-another') else self.address
        if self.style.get('preferred', True) and not self.has('5.2.4-3-from-of-another'):
            out.add('P-Preferred-Identity', '%s<%s>' % (self.style.get('display', ''), identity))
        for value in client_variants.ACCEPT_CONTACT.get(self.fault,
                                                        self.style.get('accept_contact', ['*;+g.oma.sip-im'])):
            out.add('Accept-Contact', value)
        event = client_variants.EVENT.get(self.fault, self.style.get('event', 'poc-settings'))
        if event:
            out.add('Event', event)
        agent = client_variants.PRODUCT.get(self.fault, '')
        if agent is None:
            out.drop('User-Agent')
        elif agent:
            out.put('User-Agent', agent)
        seconds = client_variants.EXPIRES.get(self.fault, seconds) if seconds else seconds
        if seconds is not None:
            out.add('Expires', seconds)
        tag = self.etag
        if self.has('5.2.4-1-first-tag-always') and tag:
            tag = self.first_tag = getattr(self, 'first_tag', tag)
        if self.has('5.2.4-1-no-if-match'):
            tag = None
        if self.has('5.2.4-1-initial-with-tag') and not tag:
            tag = 'made-up'
        if tag:
            out.add('SIP-If-Match', '"%s"' % tag if self.has('5.2.4-1-quoted-tag') else tag)
        if self.has('5.2.4-1-contact'):
            out.add('Contact', self.contact())
        if body:
            kind, out.body = document(self, told)
            out.add('Content-Type', kind)
        return out

    async def publish(self, seconds=None, body=None):
        """Initial, refresh, modification or removal, as RFC 3903 4 has it."""
        self.generation = getattr(self, 'generation', 0) + 1
        asked = seconds if seconds is not None else self.style.get('publish_expires', self.granted)
        body = (not self.etag if body is None else body) and asked != 0
        if self.has('5.2.4-1-empty-initial'):
            body = False
        if self.has('5.2.4-1-refresh-with-body') and asked:
            body = True
        for _ in range(6):
            self.publication = 'publish' if self.style.get('one_call', True) else 'publish-' + endpoint.token()
            told = self.active if body else self.told
            answer = await self.send(lambda: self.publish_request(asked, body, told))
            if answer.status == 412:
                if not self.has('5.2.4-1-412-keeps-tag'):
                    self.etag = None
                body = True
            elif answer.status == 423:
                least = int(answer.get('min-expires', 0))
                if least <= asked:
                    raise GivenUp('423')
                asked = asked if self.has('5.2.4-1-423-the-same') else least
            elif answer.status in (503, 500) and answer.get('retry-after'):
                await asyncio.sleep(int(re.match(r'\d+', answer.get('retry-after')).group()))
            else:
                break
        if answer.status // 100 != 2:
            self.etag = None
            raise GivenUp(str(answer.status))
        self.told = told
        await self.stored(answer, asked, told)

    async def stored(self, answer, asked, told):
        self.etag = answer.get('sip-etag') if asked else None
        if not asked:
            return
        granted = int(answer.get('expires', asked))
        if not self.has('5.2.4-1-no-refresh'):
            self.later(granted * self.style.get('refresh', 0.5), self.refresh, self.generation)
        wants = told is False
        if self.has('5.2.4-subscribe-always'):
            wants = True
        if wants and not self.has('5.2.4-subscribe-never') and 'subscribe' not in self.calls:
            await self.subscribe()

    async def refresh(self, generation):
        if generation == self.generation and self.etag and not self.stopped:
            await self.publish()

    async def set_active(self, active):
        self.active = active
        if self.has('5.2.4-subscribe-before-publish') and not active:
            await self.subscribe()
        if self.registered:
            await self.publish(body=True)

    def subscribe_request(self):
        uri = self.address + (';auid=org.openmobilealliance.deferred-list' if self.style.get('auid', True) else '')
        out = self.message('SUBSCRIBE', uri, 'subscribe')
        event = {'5.2.4-subscribe-presence': 'presence'}.get(self.fault, self.style.get('subscribe_event', 'sip-profile'))
        out.add('Contact', self.contact()).add('Event', event).add('Expires', self.granted)
        kind = 'application/pidf+xml' if event == 'presence' else 'application/vnd.oma.im.deferred-list+xml'
        return out.add('Accept', kind).add('Accept-Contact', '*;+g.oma.sip-im')

    async def subscribe(self):
        await self.send(self.subscribe_request)

    # --- what comes ---

    def incoming(self, request, reply, reliable):
        tag = endpoint.token()
        answer = endpoint.answer_to(request, 200, 'OK', tag)
        method = request.method
        if method in ('INVITE', 'UPDATE'):
            for value in request.all('record-route'):
                answer.add('Record-Route', value)
            answer.add('Contact', self.contact()).add('Allow', METHODS)
            timer = request.get('session-expires')
            if timer and 'timer' in request.get('supported', '') + request.get('require', ''):
                answer.add('Session-Expires', timer).add('Require', 'timer')
        if method == 'INVITE':
            answer.add('Content-Type', 'application/sdp')
            host = endpoint.literal(self.core_host)
            version = 'IP6' if ':' in self.core_host else 'IP4'
            answer.body = ('v=0\r\no=- 1 1 IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\nm=message 9 TCP/MSRP *\r\n'
                           'a=recvonly\r\na=accept-types:*\r\na=setup:active\r\na=path:msrp://%s:9/%s;tcp\r\n' % (
                               version, self.core_host, version, self.core_host, host, tag)).encode()
        if method == 'CANCEL' or method not in METHODS:
            answer = endpoint.answer_to(request, 481 if method == 'CANCEL' else 405, 'No', tag)
        reply(answer)


async def guarded(coroutine):
    """What goes wrong in a fault's wake is no news; what is wrong in here is."""
    try:
        await coroutine
    except GivenUp:
        pass
    except (OSError, ConnectionError):
        pass
    except Exception:  # pylint: disable=broad-except
        traceback.print_exc()


class Tester:
    """The commands of the harness, one client a user."""

    def __init__(self, variant):
        self.variant, self.clients = variant, {}

    async def obey(self, ask):
        command, user = ask['command'], ask.get('user')
        client = self.clients.get(user)
        if command == 'register':
            if not client:
                client = self.clients[user] = Client(self.variant, ask)
                await client.start()
            elif client.registered:
                client.registered, client.calls = False, {}
            client.tasks.append(asyncio.get_running_loop().create_task(guarded(client.register())))
            return 'done'
        if command == 'set_offline_delivery':
            if not client:
                client = self.clients[user] = Client(self.variant, ask)
                await client.start()
            client.tasks.append(asyncio.get_running_loop().create_task(guarded(client.set_active(ask['active']))))
            return 'done'
        if command == 'deregister' and client:
            await guarded(client.deregister())
            return 'done'
        if command == 'stop':
            if client:
                self.clients.pop(user).stop()
            return 'done'
        return 'cannot'

    async def answer(self, line):
        ask = json.loads(line)
        try:
            result = {'id': ask['id'], 'result': await self.obey(ask)}
        except Exception as error:  # pylint: disable=broad-except
            traceback.print_exc()
            result = {'id': ask['id'], 'result': 'failed', 'why': repr(error)}
        print(json.dumps(result), flush=True)

    async def run(self):
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        tasks = set()
        while line := await reader.readline():
            task = asyncio.get_running_loop().create_task(self.answer(line))
            tasks.add(task)
            task.add_done_callback(tasks.discard)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--style', default='plain', choices=client_variants.STYLES)
    parser.add_argument('--fault', choices=client_variants.FAULTS)
    options = parser.parse_args()
    asyncio.run(Tester((client_variants.STYLES[options.style], options.fault)).run())


if __name__ == '__main__':
    main()
