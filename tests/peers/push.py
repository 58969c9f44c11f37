# SPDX-License-Identifier: MIT
"""12.2.2.2: when a push is due, its INVITE, and the session that follows the 200."""

import asyncio

import endpoint
import msrp
import sdp
import settings
import sip
import variants

ALLOW = 'INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, OPTIONS'


def due(server, user, status):
    """12.2.2.2 and its step 1, after a PUBLISH that was answered with `status`."""
    if status != 200 and not server.has('6.1.1.5-4-delivers-after-failure'):
        return False
    if server.has('12.2.2.2-trigger-never'):
        return False
    return wanted(server, user)


def wanted(server, user):
    style = server.variant.style
    registered = user.until > asyncio.get_running_loop().time()
    if server.has('12.2.2.2-trigger-first-registration-only') and user.registrations > 1:
        return False
    if server.has('12.2.2.2-trigger-forgets-deregistration') and user.registrations:
        registered = True
    blind = not style.get('third_party', True) or server.has('12.2.2.2-trigger-without-register')
    if not registered and not blind:
        return False
    if style.get('once_per_registration') and user.pushed_for == user.registrations and not blind:
        return False
    if not settings.delivery_active(server, user):
        if server.has('12.2.2.2-1-no-settings-push') and not user.publications:
            return bool(user.messages)
        if not server.has('12.2.2.2-1-pushes-when-false') and not server.has('12.2.2.2-1-inverted'):
            return False
    elif server.has('12.2.2.2-1-inverted'):
        return False
    return bool(user.messages) or server.has('12.2.2.2-1-pushes-without-messages')


class Dialog:
    """A session that a push began: RFC 3261 section 12, as the calling side."""

    def __init__(self, server, user, reliable):
        self.server, self.user, self.reliable = server, user, reliable
        self.local_uri = 'sip:im-server@' + (user.uri.rpartition('@')[2] or 'im.example')
        self.call_id, self.tag = endpoint.token(), endpoint.token()
        self.remote_tag, self.target, self.routes, self.cseq = '', user.uri, [], 1
        self.allow = None
        self.remote_cseq = 0
        self.over = asyncio.Event()
        self.refreshed = asyncio.Event()
        self.acked = {}
        self.path = server.msrp.path()

    # -- requests of ours -----------------------------------------------------------------------------------------

    def contact(self):
        style = self.server.variant.style
        sip_host = '%s:%d' % (endpoint.literal(self.server.listen[0]), self.server.listen[1])
        text = style.get('contact', '<sip:im-server@HOST>;+g.oma.sip-im;automata').replace('HOST', sip_host)
        return self.server.variant.contact(text)

    def invite(self):
        """12.2.2.2 step 2."""
        style, has = self.server.variant.style, self.server.has
        uri = self.user.uri
        if has('12.2.2.2-2a-contact-as-target'):
            uri = 'sip:%s:%d' % (endpoint.literal(self.server.core[0]), self.server.core[1])
        if has('12.2.2.2-2a-other-host'):
            uri = uri.partition('@')[0] + '@elsewhere.invalid'
        called = self.user.uri
        if has('12.2.2.2-2i-other-user'):
            uri = called = next((u for u in reversed(self.server.users) if u != uri), 'sip:nobody@im.example')
        display = style.get('display', '')
        invite = sip.Message('INVITE %s SIP/2.0' % self.written(uri))
        invite.add('Via', self.server.sip.via(self.reliable))
        invite.add('Max-Forwards', 70)
        if style.get('route', True):
            invite.add('Route', '<sip:%s:%d;lr>' % (endpoint.literal(self.server.core[0]), self.server.core[1]))
        if style.get('record_route'):
            invite.add('Record-Route', '<sip:%s:%d;lr>' % (endpoint.literal(self.server.listen[0]),
                                                           self.server.listen[1]))
        brackets = '%s' if style.get('addr_spec') else '<%s>'
        invite.add('From', '%s%s;tag=%s' % (display, brackets % self.local_uri, self.tag))
        invite.add('To', brackets % called)
        invite.add('Call-ID', self.call_id).add('CSeq', '1 INVITE').add('Contact', self.contact())
        for value in style.get('accept_contact', ['*;+g.oma.sip-im']):
            invite.add('Accept-Contact', value)
        invite.add('User-Agent', style.get('product', variants.PRODUCT))
        if style.get('allow', True):
            invite.add('Allow', ALLOW)
        supported = style.get('supported', 'timer, 100rel')
        if supported:
            invite.add('Supported', supported)
        if style.get('session_expires', '1800;refresher=uac'):
            invite.add('Session-Expires', style.get('session_expires', '1800;refresher=uac'))
        invite.add('Content-Type', 'application/sdp')
        invite.body = sdp.offer(self.server, self.path)
        if style.get('multipart'):
            invite.put('Content-Type', 'multipart/mixed;boundary="cut here"')
            invite.body = b'--cut here\r\nContent-Type: application/sdp\r\n\r\n' + invite.body + b'\r\n--cut here--\r\n'
        return self.server.variant.edit_invite(invite)

    def written(self, uri):
        """The Request-URI in another form that RFC 3261 19.1.4 calls equal; or, as a fault, in one that it does not."""
        form = self.server.variant.style.get('uri')
        scheme, _, rest = uri.partition(':')
        user, _, host = rest.rpartition('@')
        if form == 'host':
            return '%s:%s@%s' % (scheme, user, host.upper())
        if form == 'escape':
            return '%s:%%%02x%s@%s' % (scheme, ord(user[0]), user[1:], host)
        if form == 'parameter':
            return uri + ';x-served=yes'
        if self.server.has('12.2.2.2-2a-upper-user'):
            return '%s:%s@%s' % (scheme, user.upper(), host)
        return uri

    def request(self, method, target=None):
        """12.2.1.1: a request within the dialog."""
        has = self.server.has
        self.cseq += method not in ('ACK', 'CANCEL') and not has('12.2.2.2-2-cseq-frozen')
        to = '<%s>' % self.user.uri + (';tag=' + self.remote_tag if self.remote_tag else '')
        request = sip.Message('%s %s SIP/2.0' % (method, target or self.target))
        request.add('Via', self.server.sip.via(self.reliable)).add('Max-Forwards', 70)
        for route in self.routes:
            request.add('Route', route)
        request.add('From', '<%s>;tag=%s' % (self.local_uri, self.tag)).add('To', to)
        request.add('Call-ID', self.call_id).add('CSeq', '%d %s' % (1 if method == 'ACK' else self.cseq, method))
        if method in ('UPDATE', 'INVITE'):
            request.add('Contact', self.contact()).add('Supported', 'timer')
        return request.add('User-Agent', variants.PRODUCT)

    def hop(self):
        """Where a request within the dialog goes: first Route, else the remote target, else the core."""
        uri = sip.address(self.routes[0]) if self.routes else self.target
        try:
            host, port = sip.hostport(uri)
        except sip.Bad:
            return self.server.core
        return (host, port) if endpoint.is_literal(host) else self.server.core

    async def send(self, request):
        return await self.server.sip.final(request, self.hop(), self.reliable)

    async def send_ack(self, answer):
        target = self.target
        if self.server.has('12.2.2.2-ok-3-ack-to-aor'):
            target = self.user.uri
        ack = self.request('ACK', target)
        ack.put('CSeq', '%d ACK' % answer.cseq[0])
        ack.drop('Contact')
        if self.server.has('12.2.2.2-ok-3-no-ack'):
            return
        await self.server.sip.dispatch(ack, self.hop() if self.routes or target == self.target else self.server.core,
                                       self.reliable)

    # -- the INVITE and its answers -------------------------------------------------------------------------------

    def learn(self, answer, final):
        """'On receipt of a SIP final response or SIP provisional response': Allow and Contact are kept."""
        has = self.server.has
        allow = [method.upper() for method in answer.values('allow')]
        forget = has('12.2.2.2-ok-2-ignores-allow') if final else has('12.2.2.2-any-1-ignores-allow')
        if answer.all('allow') and not forget:
            self.allow = allow
        contacts = answer.values('contact')
        self.remote_tag = sip.params(answer.get('to')).get('tag', self.remote_tag)
        if contacts and not (has('12.2.2.2-any-2-ignores-contact') and not final) \
                and not (has('12.2.2.2-ok-3-keeps-early-contact') and final and self.target != self.user.uri):
            self.target = sip.address(contacts[0])
        if answer.all('record-route') or final:
            self.routes = list(reversed(answer.values('record-route')))

    async def begin(self):
        """Sends the INVITE; true when a session stands."""
        invite = self.invite()
        server = self.server
        for _ in range(2):
            server.dialogs[(self.call_id, self.tag)] = self
            async for answer in server.sip.request(invite, server.core, self.reliable):
                if answer.status > 100 and answer.get('to'):
                    await self.answered(answer, invite)
            if answer.status == 422 and not server.has('12.2.2.2-ok-1-gives-up-at-422'):
                invite = self.longer(invite, answer)
                continue
            break
        if 200 <= answer.status < 300:
            server.sip.spawn(self.later_answers(invite, answer))
        return answer

    def longer(self, invite, answer):
        """RFC 4028 7.4: once more, with an interval that is long enough."""
        floor = answer.get('min-se', '1800').split(';')[0].strip()
        again = sip.Message(invite.start, invite.headers, invite.body)
        self.cseq, self.tag = 2, self.tag
        headers = [(n, self.server.sip.via(self.reliable) if n == 'Via' else v) for n, v in again.headers]
        again.headers = [h for h in headers if h[0] not in ('CSeq', 'Session-Expires', 'Min-SE')]
        return again.add('CSeq', '2 INVITE').add('Session-Expires', floor + ';refresher=uac').add('Min-SE', floor)

    async def answered(self, answer, invite):
        if answer.status >= 300:
            await self.refuse(answer, invite)
            return
        self.learn(answer, answer.status >= 200)
        if answer.status >= 200:
            await self.send_ack(answer)
        elif answer.get('rseq') and '100rel' in [v.lower() for v in answer.values('require')]:
            self.server.sip.spawn(self.prack(answer))

    async def prack(self, answer):
        if self.server.has('12.2.2.2-2-no-prack'):
            return
        seen = (answer.get('rseq'), self.remote_tag)
        if seen in self.acked:
            return
        self.acked[seen] = True
        target = self.user.uri if self.server.has('12.2.2.2-any-2-prack-to-aor') else None
        prack = self.request('PRACK', target)
        await self.send(prack.add('RAck', '%s %d INVITE' % (answer.get('rseq'), answer.cseq[0])))

    async def refuse(self, answer, invite):
        """17.1.1.3: the ACK of a failure belongs to the INVITE's transaction."""
        ack = sip.Message('ACK ' + invite.uri + ' SIP/2.0', [('Via', invite.get('via')), ('Max-Forwards', '70')])
        for route in invite.all('route'):
            ack.add('Route', route)
        ack.add('From', invite.get('from')).add('To', answer.get('to')).add('Call-ID', self.call_id)
        ack.add('CSeq', '%d ACK' % invite.cseq[0])
        if self.server.has('12.2.2.2-2-no-ack-of-failure'):
            return
        await self.server.sip.dispatch(ack, self.server.core, self.reliable)

    async def later_answers(self, invite, first):
        """13.2.2.4: each repeated 2xx is acknowledged again; one of another fork is ended at once."""
        server = self.server
        queue = server.sip.clients.get((invite.branch, 'INVITE'))
        while queue:
            try:
                answer = await asyncio.wait_for(queue.get(), endpoint.TIMEOUT)
            except asyncio.TimeoutError:
                return
            if not 200 <= answer.status < 300:
                continue
            if sip.params(answer.get('to')).get('tag') == sip.params(first.get('to')).get('tag'):
                await self.send_ack(answer)
                continue
            fork = Dialog(server, self.user, self.reliable)
            fork.call_id, fork.tag, fork.cseq = self.call_id, self.tag, invite.cseq[0]
            fork.learn(answer, True)
            await fork.send_ack(answer)
            await fork.bye()

    # -- the session ----------------------------------------------------------------------------------------------

    async def bye(self):
        if self.over.is_set():
            return
        self.over.set()
        if self.server.has('12.2.2.2-ok-3-bye-to-aor'):
            bye = self.request('BYE', self.user.uri)
            await self.server.sip.final(bye, self.server.core, self.reliable)
            return
        await self.send(self.request('BYE'))

    def take(self, request, reply):
        """A request of the other side within the dialog."""
        server = self.server
        if request.method not in ('ACK', 'CANCEL') and request.cseq[0] <= self.remote_cseq:
            reply(server.answer(request, 500))
            return
        self.remote_cseq = request.cseq[0]
        if request.method == 'BYE':
            known = not self.over.is_set()
            self.over.set()
            reply(server.answer(request, 200 if known else 481))
        elif request.method in ('UPDATE', 'INVITE'):
            self.refreshed.set()
            extra = [('Contact', self.contact())]
            if request.get('session-expires'):
                extra += [('Require', 'timer'), ('Session-Expires', self.granted(request))]
            answer = server.answer(request, 200, extra)
            if request.values('contact'):
                self.target = sip.address(request.values('contact')[0])
            if request.method == 'INVITE' or request.body:
                answer.add('Content-Type', 'application/sdp')
                answer.body = sdp.offer(server, self.path)
            reply(answer)
        elif request.method == 'OPTIONS':
            reply(server.answer(request, 200, [('Allow', ALLOW)]))
        else:
            reply(server.answer(request, 405, [('Allow', ALLOW)]))

    @staticmethod
    def granted(request):
        value = request.get('session-expires')
        return value if 'refresher' in sip.params(value) else value + ';refresher=uac'

    async def keep_alive(self, answer):
        """RFC 4028 section 10: refresh at half of the interval, or BYE when the other side owed it and did not."""
        has = self.server.has
        text = answer.get('session-expires')
        if not text or has('12.2.2.2-ok-1-no-timer'):
            return
        while not self.over.is_set():
            interval = int(text.split(';')[0])
            ours = sip.params(text).get('refresher', 'uac').lower() == 'uac'
            if ours and not has('12.2.2.2-ok-1-no-refresh'):
                if await self.sleep(interval * (1.04 if has('12.2.2.2-ok-1-refresh-late') else 0.5)):
                    return
                result = await self.refresh(interval)
                if result.status in (408, 481, 503):
                    await self.bye()
                    return
                text = result.get('session-expires') or text
                continue
            if ours or has('12.2.2.2-ok-1-no-bye'):
                return
            self.refreshed.clear()
            await self.sleep(interval - min(32, interval / 3), self.refreshed)
            if not self.refreshed.is_set():
                await self.bye()
                return

    async def sleep(self, seconds, other=None):
        """Waits; true when the session ended meanwhile."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self.over, other) if event]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return self.over.is_set()

    async def refresh(self, interval):
        style = self.server.variant.style
        method = 'UPDATE' if self.allow and 'UPDATE' in self.allow and not style.get('refresh_by_invite') else 'INVITE'
        if self.allow is None and self.server.has('12.2.2.2-any-1-ignores-allow'):
            method = 'UPDATE'
        if self.server.has('12.2.2.2-ok-2-update-anyway') or self.server.has('12.2.2.2-any-1-update-anyway'):
            method = 'UPDATE'
        target = self.user.uri if self.server.has('12.2.2.2-ok-3-refresh-to-aor') else None
        request = self.request(method, target)
        request.add('Session-Expires', '%d;refresher=uac' % interval)
        if interval < 1800:
            request.add('Min-SE', max(interval, 90)) if style.get('min_se') else None
        if method == 'INVITE':
            request.add('Allow', ALLOW).add('Content-Type', 'application/sdp')
            request.body = sdp.offer(self.server, self.path)
        answer = await self.send(request)
        if answer.status < 300 and answer.values('contact'):
            self.target = sip.address(answer.values('contact')[0])
        if method == 'INVITE' and answer.status < 300 and answer.get('to'):
            await self.send_ack(answer)
        elif method == 'INVITE' and answer.get('to'):
            await self.refuse(answer, request)
        return answer

    async def linger(self, timer):
        """The style's time with nothing more to say, then the BYE."""
        await self.sleep(self.server.variant.style.get('linger', 0))
        await self.bye()
        timer.cancel()

    async def deliver(self, answer):
        """The messages, over MSRP; what the other side confirmed leaves the store."""
        media = msrp.paths(answer.body.decode('utf-8', 'replace'))
        if not media or not media[0] or media[2] == 'inactive' or not media[1]:
            return
        port, path, _, kinds, setup = media
        future = self.server.msrp.expect(self.path)
        active = setup != 'active'
        stream = await msrp.connect(path, self.path, active, future)
        try:
            for number, (kind, body) in enumerate(list(self.user.messages)):
                if not await msrp.send(stream, self.path, path.strip(), kind, body, number):
                    return
                if (kind, body) in self.user.messages:
                    self.user.messages.remove((kind, body))
        finally:
            stream[1].close()


async def session(server, user, reliable):
    dialog = Dialog(server, user, reliable)
    answer = await dialog.begin()
    if not 200 <= answer.status < 300:
        return answer.status
    user.pushed_for = user.registrations
    timer = server.sip.spawn(dialog.keep_alive(answer))
    try:
        await dialog.deliver(answer)
    except (OSError, asyncio.TimeoutError, ConnectionError, asyncio.IncompleteReadError, AttributeError, ValueError):
        pass
    server.sip.spawn(dialog.linger(timer))
    return answer.status


async def run(server, user, reliable):
    """One push; a second one is not begun beside it."""
    style = server.variant.style
    if user.busy:
        return
    user.busy = True
    try:
        await asyncio.sleep(style.get('push_delay', 0))
        if style.get('push_delay') and not wanted(server, user):
            return
        if server.has('12.2.2.2-2i-twice'):
            server.sip.spawn(session(server, user, reliable))
        status = await session(server, user, reliable)
        if server.has('12.2.2.2-2i-again-after-bye') and status < 300:
            await asyncio.sleep(0.3)
            await session(server, user, reliable)
        if status in (480, 486, 503) and style.get('retry'):
            await asyncio.sleep(style['retry'])
            if wanted(server, user):
                await session(server, user, reliable)
    finally:
        user.busy = False
