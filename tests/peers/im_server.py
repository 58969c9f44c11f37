#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An IM Server written from the specification alone, to judge the judge. See README.md."""

import argparse
import asyncio
import os
import signal

import endpoint
import msrp
import push
import settings
import sip
import variants

REASONS = {
    100: 'Trying', 200: 'OK', 202: 'Accepted', 302: 'Moved Temporarily', 400: 'Bad Request', 401: 'Unauthorized',
    403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 412: 'Conditional Request Failed',
    415: 'Unsupported Media Type', 420: 'Bad Extension', 423: 'Interval Too Brief', 480: 'Temporarily Unavailable',
    481: 'Call/Transaction Does Not Exist', 489: 'Bad Event', 500: 'Server Error', 501: 'Not Implemented',
    503: 'Service Unavailable',
}
METHODS = 'INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, OPTIONS, MESSAGE, PUBLISH, REGISTER'


class User:
    """What the server knows of one served user."""

    def __init__(self, uri):
        self.uri = uri
        self.until = 0.0            # end of the registration; 0: not registered
        self.registrations = 0      # initial ones
        self.pushed_for = 0         # the registration that the last push belongs to
        self.publications = {}      # entity tag -> settings.Publication
        self.messages = []          # (content type, bytes)
        self.busy = False
        self.keeps_expired = False


class Server:
    def __init__(self, listen, core, variant):
        self.core, self.variant = core, variant
        self.listen = listen
        self.users, self.dialogs = {}, {}
        self.sip = endpoint.Endpoint(listen[0], listen[1], variant.style, self.request)
        self.msrp = msrp.Listener(listen[0])
        self.tag = endpoint.token()

    def has(self, fault):
        return fault == self.variant.fault

    async def run(self):
        await self.sip.start()
        await self.msrp.start()
        print('listening', self.listen[0], self.listen[1], flush=True)
        await asyncio.Event().wait()

    def user(self, uri):
        key = sip.identity(uri)
        user = self.users.setdefault(key, User(key))
        user.keeps_expired = self.has('6.1.1.5-5-expiry-ignored')
        return user

    def answer(self, request, status, extra=()):
        style = self.variant.style
        reason = style.get('reasons', {}).get(status, REASONS[status])
        tag = endpoint.token() if style.get('fresh_tags') else self.tag
        answer = endpoint.answer_to(request, status, reason, tag)
        if style.get('server_header', True):
            answer.add('Server', variants.PRODUCT)
        for name, value in extra:
            answer.add(name, value)
        return answer

    def request(self, request, reply, reliable):
        handler = getattr(self, 'on_' + request.method.lower(), None)
        if 'tag' in sip.params(request.get('to')) and request.method != 'REGISTER':
            handler = self.in_dialog
        delay = self.variant.style.get('delay', {}).get(request.method, 0)

        def work():
            if handler:
                handler(request, reply, reliable)
            else:
                reply(self.answer(request, 405, [('Allow', METHODS)]))
        asyncio.get_running_loop().call_later(delay, work) if delay else work()

    def in_dialog(self, request, reply, reliable):
        dialog = self.dialogs.get((request.get('call-id'), sip.params(request.get('to')).get('tag')))
        if dialog:
            dialog.take(request, reply)
        else:
            reply(self.answer(request, 481))

    def on_options(self, request, reply, reliable):
        status = self.variant.style.get('options', 200)
        allow = [('Allow', METHODS)] if status in (200, 405) else []
        reply(self.answer(request, status, allow))

    def on_cancel(self, request, reply, reliable):
        reply(self.answer(request, 481))

    def on_invite(self, request, reply, reliable):
        reply(self.answer(request, 501))

    def on_message(self, request, reply, reliable):
        """A deposit: kept until a push has delivered it."""
        user = self.user(request.uri)
        kind = request.get('content-type', 'text/plain')
        if self.variant.style.get('forward') and user.until > asyncio.get_running_loop().time():
            self.sip.spawn(self.forward(user, reliable, kind, request.body))
            reply(self.answer(request, 202))
            return
        user.messages.append((kind, request.body))
        if self.has('12.2.2.2-trigger-on-deposit'):
            self.sip.spawn(push.run(self, user, reliable))
        reply(self.answer(request, 202))

    def on_register(self, request, reply, reliable):
        """5.3: the registration status by a third-party REGISTER."""
        style = self.variant.style
        if not style.get('third_party', True):
            reply(self.answer(request, style['third_party_status'], [('Allow', 'INVITE, ACK, BYE, CANCEL, PUBLISH')]))
            return
        if self.has('5.3-response-silent'):
            return
        if self.has('5.3-response-trying-only') or self.has('5.3-response-redirects'):
            status = 100 if self.has('5.3-response-trying-only') else 302
            reply(self.answer(request, status, [('Contact', '<sip:other@127.0.0.1>')]))
            return
        text = request.get('expires')
        if text is not None and not (text.isdigit() and int(text) < 2 ** 32):
            reply(self.answer(request, 400))
            return
        expires = 3600 if text is None else int(text)
        user = self.user(sip.address(request.get('to')))
        self.registered(user, expires, request)
        reply(self.answer(request, 200, self.register_headers(request, text)))
        if style.get('reg_event') and self.initial:
            self.sip.spawn(self.subscribe(user, reliable))
        if self.has('5.3-no-push-on-register') and expires:
            self.sip.spawn(push.run(self, user, reliable))
        if self.has('5.3-no-push-on-refresh') and expires and not self.initial:
            self.sip.spawn(push.run(self, user, reliable))
        if self.has('5.3-no-push-published-first') and expires and settings.delivery_active(self, user):
            self.sip.spawn(push.run(self, user, reliable))

    def registered(self, user, expires, request):
        now = asyncio.get_running_loop().time()
        self.initial = user.until <= now
        if expires and self.initial:
            user.registrations += 1
        user.until = now + expires if expires else 0.0

    def register_headers(self, request, text):
        if text is None:
            text = self.variant.style.get('expires_default')
            return [('Expires', text)] if text else []
        value = int(text)
        change = {'5.3-expires-halved': value // 2, '5.3-expires-capped': min(value, 3600),
                  '5.3-expires-int32': min(value, 2 ** 31 - 1), '5.3-expires-zero-lost': value or 3600,
                  '5.3-expires-raised': max(value, 60)}
        if self.variant.style.get('expires_padded'):
            return [('Expires', '00' + text)]
        if self.has('5.3-expires-absent'):
            return []
        if self.variant.style.get('expires_in_contact'):
            return [('Contact', '<%s>;expires=%s' % (sip.address(request.get('contact', 'sip:x@x')), text))]
        return [('Expires', change.get(self.variant.fault, text))]

    async def subscribe(self, user, reliable):
        """TS 24.229: an application server asks the S-CSCF for the registration's events."""
        await self.to_core('SUBSCRIBE', user, reliable, [
            ('Event', 'reg'), ('Expires', '600'), ('Accept', 'application/reginfo+xml'),
            ('Contact', '<sip:im-server@%s:%d>' % (endpoint.literal(self.listen[0]), self.listen[1]))])

    async def to_core(self, method, user, reliable, headers, body=b''):
        request = sip.Message('%s %s SIP/2.0' % (method, user.uri), [('Via', self.sip.via(reliable))])
        request.add('Max-Forwards', 70).add('From', '<sip:im-server@im.example>;tag=' + endpoint.token())
        request.add('To', '<%s>' % user.uri).add('Call-ID', endpoint.token()).add('CSeq', '1 ' + method)
        for name, value in headers:
            request.add(name, value)
        request.body = body
        return await self.sip.final(request, self.core, reliable)

    async def forward(self, user, reliable, kind, body):
        """A message for a user who is registered goes on to him, and is deferred where he can't be reached."""
        answer = await self.to_core('MESSAGE', user, reliable, [('Content-Type', kind), (
            'Accept-Contact', '*;+g.oma.sip-im'), ('User-Agent', variants.PRODUCT)], body)
        if answer.status >= 300:
            user.messages.append((kind, body))

    def on_notify(self, request, reply, reliable):
        reply(self.answer(request, 200))

    def on_publish(self, request, reply, reliable):
        """6.1.1.5, with its last step: the push after a 200."""
        if self.has('6.1.1.5-7-push-before-200') or self.has('6.1.1.5-7-push-before-checks'):
            user = self.user(request.uri)
            if self.has('6.1.1.5-7-push-before-checks') or settings.would_accept(self, request):
                settings.peek(self, user, request)
                self.sip.spawn(push.run(self, user, reliable))
                asyncio.get_running_loop().call_later(0.15, settings.publish, self, request, reply)
                return
        user, status = settings.publish(self, request, reply)
        if push.due(self, user, status):
            self.sip.spawn(push.run(self, user, reliable))


def endpoint_of(text):
    host, _, port = text.rpartition(':')
    return host.strip('[]'), int(port)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--listen', required=True, type=endpoint_of, metavar='HOST:PORT')
    parser.add_argument('--core', required=True, type=endpoint_of, metavar='HOST:PORT')
    parser.add_argument('--style', default='plain', choices=sorted(variants.STYLES))
    parser.add_argument('--fault', default=None, choices=sorted(variants.FAULTS))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        asyncio.run(Server(options.listen, options.core, variants.Variant(options.style, options.fault)).run())
    except KeyboardInterrupt:
        pass


if __name__ == '__main__':
    main()
