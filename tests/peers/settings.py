# SPDX-License-Identifier: MIT
"""6.1.1.5: the checks of a PUBLISH in their order, RFC 3903's processing, and the settings that result."""

import asyncio
import email
import email.policy
import re
import xml.etree.ElementTree as tree

import endpoint
import sip

TAG = '+g.oma.sip-im'
TYPE = 'application/poc-settings+xml'


class Refused(Exception):
    def __init__(self, status, extra=()):
        super().__init__(status)
        self.status, self.extra = status, extra


class Publication:
    def __init__(self, active, until, order):
        self.active, self.until, self.order = active, until, order


def has_feature(value):
    """RFC 3840/3841: the boolean tag with value TRUE, name without case."""
    found = sip.params(value if value.lstrip().startswith('*') or '<' in value else '*;' + value).get(TAG)
    if found is None:
        return False
    wanted = found.strip('"').upper()
    return wanted in ('', 'TRUE')


def check_tag(server, request):
    if server.has('6.1.1.5-1-ignores-tag'):
        return
    values = request.values('accept-contact')
    if server.has('6.1.1.5-1-no-compact') and 'accept-contact' in request.shortened:
        values = []
    if server.has('6.1.1.5-1-case-counts'):
        values = [value for value in values if TAG in value]
    if server.has('6.1.1.5-1-first-value-only'):
        values = values[:1]
    if server.has('6.1.1.5-1-tag-in-contact'):
        values = values + request.values('contact')
    if server.has('6.1.1.5-1-substring') and any(TAG in value.lower() for value in values):
        return
    if server.has('6.1.1.5-1-false-counts') and any(TAG in sip.params(value) for value in values):
        return
    if not any(has_feature(value) for value in values):
        raise Refused(480 if server.has('6.1.1.5-1-wrong-code') else 403)


def check_event(server, request):
    if server.has('6.1.1.5-2-ignores-event'):
        return
    event = request.get('event')
    if server.has('6.1.1.5-2-no-compact') and 'event' in request.shortened:
        event = None
    if event is None and server.has('6.1.1.5-2-absent-accepted'):
        return
    kind = sip.split(event, ';')[0] if event else ''
    if server.has('6.1.1.5-2-prefix') and kind.startswith('poc-settings'):
        return
    if server.has('6.1.1.5-2-no-case') and kind.lower() == 'poc-settings':
        return
    if server.has('6.1.1.5-2-parameters-refused'):
        kind = event
    if kind != 'poc-settings':
        allowed = server.variant.style.get('allow_events', 'poc-settings')
        if server.has('6.1.1.5-2-wrong-code'):
            raise Refused(400)
        raise Refused(489, [] if server.has('6.1.1.5-2-no-allow-events') else [('Allow-Events', allowed)])


def check_originator(server, request):
    """The identity that a trusted core asserts (RFC 3325)."""
    if server.has('6.1.1.5-3-ignores-originator'):
        return
    claimed = [sip.address(value) for value in request.values('p-asserted-identity')]
    if server.has('6.1.1.5-3-trusts-from') or (not claimed and server.variant.style.get('originator_from')):
        claimed = [sip.address(request.get('from'))]
    if server.has('6.1.1.5-3-first-identity-only'):
        claimed = claimed[:1]
    if sip.identity(request.uri) not in [sip.identity(uri) for uri in claimed]:
        raise Refused(401 if server.has('6.1.1.5-3-wrong-code') else 403)


def checks(server, request):
    steps = [check_tag, check_event, check_originator]
    if server.has('6.1.1.5-order-event-first'):
        steps = [check_event, check_tag, check_originator]
    if server.has('6.1.1.5-order-originator-before-event'):
        steps = [check_tag, check_originator, check_event]
    if server.has('6.1.1.5-1-body-first'):
        steps = [lambda *_: active_of(server, request), *steps]
    if server.variant.style.get('require_first'):
        steps = [check_require, *steps]
    for step in steps:
        step(server, request)


def check_require(server, request):
    wanted = request.values('require')
    if wanted and not server.has('6.1.1.5-4-require-ignored'):
        raise Refused(420, [] if server.has('6.1.1.5-4-no-unsupported') else [('Unsupported', ', '.join(wanted))])


def document_of(request):
    """The settings document: the body, or the part of a multipart body."""
    kind = request.get('content-type', '')
    main = kind.split(';')[0].strip().lower()
    if request.get('content-encoding', 'identity').lower() != 'identity':
        raise Refused(415, [('Accept', TYPE), ('Accept-Encoding', 'identity')])
    if main.startswith('multipart/'):
        raw = b'Content-Type: ' + kind.encode() + b'\r\n\r\n' + request.body
        for part in email.message_from_bytes(raw, policy=email.policy.HTTP).walk():
            if part.get_content_type() == TYPE:
                return part.get_payload(decode=True)
    if main != TYPE:
        raise Refused(415, [('Accept', TYPE)])
    return request.body


def active_of(server, request):
    """Whether the published document activates offline delivery; 400 for what is no settings document."""
    if server.has('6.1.1.5-4-no-415'):
        body = request.body
    else:
        try:
            body = document_of(request)
        except Refused as refused:
            if server.has('6.1.1.5-4-no-accept'):
                refused.extra = []
            raise
    try:
        root = tree.fromstring(body)
        if not re.match(r'(\{[^}]*\})?poc-settings$', root.tag):
            raise Refused(400)
        values = [e.get('active', '') for e in root.iter() if re.match(r'(\{[^}]*\})?offline-delivery$', e.tag)]
        if any(value.strip() not in ('true', 'false', '0', '1') for value in values):
            raise Refused(400)
        return bool(values) and values[-1].strip() in ('true', '1')
    except (tree.ParseError, Refused, ValueError):
        if server.has('6.1.1.5-4-broken-body-accepted'):
            return True
        raise Refused(400) from None


def entity_tag(server, user, request):
    tags = request.values('sip-if-match')
    if len(tags) > 1 and not server.has('6.1.1.5-4-several-if-match'):
        raise Refused(400)
    if tags and tags[0] not in live(user):
        if server.has('6.1.1.5-4-unknown-tag-accepted'):
            return None
        raise Refused(412)
    return tags[0] if tags else None


def granted(server, request):
    style = server.variant.style
    text = request.get('expires')
    if text is not None and not text.isdigit():
        raise Refused(400)
    asked = style.get('publish_default', 3600) if text is None else int(text)
    least = style.get('min_expires', 0)
    if 0 < asked < least:
        raise Refused(423, [] if server.has('6.1.1.5-4-no-min-expires') else [('Min-Expires', least)])
    return min(asked, style.get('publish_max', 2 ** 32 - 1))


def live(user):
    now = asyncio.get_running_loop().time()
    if not user.keeps_expired:
        user.publications = {tag: kept for tag, kept in user.publications.items() if kept.until > now}
    return user.publications


def delivery_active(server, user):
    """The latest live publication decides."""
    kept = live(user)
    return bool(kept) and max(kept.values(), key=lambda one: one.order).active


def would_accept(server, request):
    try:
        checks(server, request)
        entity_tag(server, server.user(request.uri), request)
        return True
    except Refused:
        return False


def peek(server, user, request):
    """Only for servers that push too early: takes the settings before any answer."""
    try:
        user.publications['early'] = Publication(active_of(server, request), 2 ** 40, len(user.publications))
    except Refused:
        pass


def store(server, user, request, old, until):
    """RFC 3903 section 6, step 6: refresh, modify, remove or initial; returns the fresh entity tag."""
    now = asyncio.get_running_loop().time()
    server.published = getattr(server, 'published', 0) + 1
    previous = user.publications.get(old)
    new = old if old and server.has('6.1.1.5-4-same-etag') else endpoint.token() + server.variant.style.get('etag', '')
    if previous and server.has('6.1.1.5-5-modify-ignored') and until > now:
        active = previous.active
    else:
        active = active_of(server, request) if request.body else previous.active
    if previous and not request.body and server.has('6.1.1.5-5-refresh-forgets'):
        active = False
    if server.has('6.1.1.5-5-only-first-counts') and user.publications:
        active = next(iter(user.publications.values())).active
    if until <= now and server.has('6.1.1.5-5-remove-ignored'):
        until = now + 3600
    if not (server.has('6.1.1.5-4-old-etag-lives')):
        user.publications.pop(old, None)
    if until > now:
        user.publications[new] = Publication(active, until, server.published)
    return new


def process(server, user, request):
    """Step 4 and 5. Returns the headers of the 200."""
    old = entity_tag(server, user, request)
    if not server.variant.style.get('require_first'):
        check_require(server, request)
    expires = granted(server, request)
    if not old and not request.body and not server.has('6.1.1.5-4-empty-initial-accepted'):
        raise Refused(400)
    if request.body:
        active_of(server, request)
    elif not old:
        return [('SIP-ETag', endpoint.token()), ('Expires', expires)]
    tag = store(server, user, request, old, asyncio.get_running_loop().time() + expires)
    shown = expires * 2 + 60 if server.has('6.1.1.5-6-expires-raised') else expires
    extra = [('SIP-ETag', tag), ('Expires', shown)]
    if server.has('6.1.1.5-6-quoted-etag'):
        extra[0] = ('SIP-ETag', '"%s"' % tag)
    if server.has('6.1.1.5-6-two-etags'):
        extra.append(('SIP-ETag', endpoint.token()))
    missing = {'6.1.1.5-6-no-etag': 'SIP-ETag', '6.1.1.5-6-no-expires': 'Expires'}.get(server.variant.fault)
    return [(name, value) for name, value in extra if name != missing]


def store_anyway(server, user, request, step):
    """The fault of a server that refuses and stores all the same."""
    word = {'1': 'tag', '2': 'event', '3': 'originator', '4': 'failure'}[step]
    if server.has('6.1.1.5-5-stores-after-' + word):
        try:
            active = active_of(server, request)
        except Refused:
            active = b'true' in request.body
        old = request.get('sip-if-match')
        key = old if old in user.publications else 'refused'
        user.publications[key] = Publication(active, asyncio.get_running_loop().time() + 3600, 2 ** 40)


def publish(server, request, reply):
    """Answers the PUBLISH; returns the user and the status."""
    user = server.user(request.uri)
    if server.has('6.1.1.5-7-push-before-200') or server.has('6.1.1.5-7-push-before-checks'):
        user.publications.pop('early', None)
    step = '1'
    try:
        checks(server, request)
        step = '4'
        extra = process(server, user, request)
        if server.has('6.1.1.5-6-answers-202'):
            reply(server.answer(request, 202, extra))
        else:
            reply(server.answer(request, 200, extra))
        return user, 200
    except Refused as refused:
        if step == '1' and refused.status == 403:
            step = '1' if not any(has_feature(v) for v in request.values('accept-contact')) else '3'
        elif refused.status == 489:
            step = '2'
        store_anyway(server, user, request, step)
        status = refused.status
        if server.has('6.1.1.5-4-500-for-400') and status == 400:
            status = 500
        reply(server.answer(request, status, refused.extra))
        return user, status
