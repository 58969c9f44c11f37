# SPDX-License-Identifier: MIT
"""Styles: legal variants that real stacks show. Faults: one broken requirement each, named ID-word."""

PRODUCT = 'IM-serv/OMA1.0 PyPeer/0.1'

STYLES = {
    'plain': {},
    'compact': {'names': 'compact'},
    'lower-names': {'names': 'lower'},
    'upper-names': {'names': 'upper'},
    'folded': {'fold': True},
    'lws': {'lws': True, 'colon': ' :  '},
    'tight': {'tight': True, 'colon': ':'},
    'tab-colon': {'colon': '\t:\t'},
    'reverse-order': {'order': 'reverse'},
    'sorted-order': {'order': 'sorted'},
    'extra-headers': {'extra': [('X-Vendor', 'a, "b;c", <sip:x@y>;z'), ('P-Charging-Vector', 'icid-value=1;orig-ioi=x'),
                                ('Privacy', 'none'), ('Warning', '399 peer "a note, with a comma"'),
                                ('Date', 'Thu, 21 Feb 2002 13:02:03 GMT'), ('Organization', 'Müller & Söhne')]},
    'reasons': {'reasons': {200: 'Fine, thanks (really)', 202: '', 403: 'Verboten – nein', 489: 'No such event',
                            400: 'Hm', 412: 'stale', 423: 'Too short', 415: 'Media?', 420: 'Extension?'}},
    'long-via': {'via': ';rport;received-by="x";cookie=' + 'a' * 200 + ';keep;note="a,b;c"'},
    'display-names': {'display': '"Push, Deferred; \\"IM\\" <server>" ',
                      'contact': '"IM, server" <sip:im-server@HOST;gr=1>;+g.oma.sip-im;automata'},
    'session-sendonly': {'sendonly': 'session'},
    'media-sendonly-first': {'sendonly': 'media-first'},
    'accept-contact-require': {'accept_contact': ['*;require;+g.oma.sip-im']},
    'accept-contact-explicit': {'accept_contact': ['*;+g.oma.sip-im;explicit;require']},
    'accept-contact-two-lines': {'accept_contact': ['*;methods="INVITE,BYE"', '*;+g.oma.sip-im']},
    'accept-contact-joined': {'accept_contact': ['*;mobility="mobile", *;language="en,fr";+g.oma.sip-im']},
    'accept-contact-true': {'accept_contact': ['*;+g.oma.sip-im="TRUE"']},
    'accept-contact-upper': {'accept_contact': ['*;+G.OMA.SIP-IM;REQUIRE']},
    'contact-parameters': {'contact': '<sip:im-server@HOST;lr>;q=0.5;language="en,fr";methods="INVITE,BYE";automata;'
                                      '+g.oma.sip-im.large-message;+g.oma.sip-im;description="<a;b>"'},
    'contact-true': {'contact': '<sip:im-server@HOST>;automata="TRUE";+g.oma.sip-im="TRUE"'},
    'contact-upper': {'contact': '<sip:im-server@HOST>;Automata;+g.OMA.sip-IM'},
    'no-shoulds': {'allow': False, 'session_expires': None, 'supported': None},
    'no-third-party-405': {'third_party': False, 'third_party_status': 405},
    'no-third-party-501': {'third_party': False, 'third_party_status': 501},
    'slow': {'delay': {'REGISTER': 1.0, 'PUBLISH': 1.0, 'MESSAGE': 1.0, 'OPTIONS': 1.0}},
    'slow-3s': {'delay': {'REGISTER': 3.0, 'PUBLISH': 3.0, 'MESSAGE': 3.0, 'OPTIONS': 3.0}},
    'expires-600': {'publish_max': 600},
    'expires-60': {'publish_max': 60},
    'min-expires-60': {'min_expires': 60},
    'min-expires-3600': {'min_expires': 3600},
    'publish-default-300': {'publish_default': 300},
    'register-default': {'expires_default': '3600'},
    'retry-after-busy': {'retry': 3.0},
    'push-delay-700': {'push_delay': 0.7},
    'push-delay-1500': {'push_delay': 1.5},
    'tcp-big': {'extra': [('X-Padding', 'p' * 600)], 'supported': 'timer'},
    'udp-big': {'extra': [('X-Padding', 'p' * 600)], 'tcp_big': False},
    'fresh-tags': {'fresh_tags': True},
    'options-405': {'options': 405},
    'options-404': {'options': 404},
    'options-501': {'options': 501},
    'sdp-rich': {'sdp_user': 'peer', 'sdp_name': 'Deferred messages',
                 'sdp_session': ['i=A note', 'u=http://x.example/'],
                 'sdp_media': ['a=accept-wrapped-types:text/plain', 'a=setup:actpass', 'a=max-size:100000', 'a=x-y:z'],
                 'accept_types': 'message/cpim text/plain'},
    'sdp-two-media': {'sdp_after': ['m=audio 0 RTP/AVP 0', 'a=inactive']},
    'sdp-audio-first': {'sdp_before': ['m=audio 0 RTP/AVP 0', 'a=sendrecv']},
    'sdp-session-two-media': {'sendonly': 'session', 'sdp_after': ['m=application 0 TCP/X y', 'a=sendrecv']},
    'sdp-lf': {'sdp_end': '\n'},
    'once-per-registration': {'once_per_registration': True},
    'no-100rel': {'supported': 'timer'},
    'no-route': {'route': False},
    'refresh-by-invite': {'refresh_by_invite': True, 'linger': 100},
    'linger': {'linger': 100},
    'session-expires-90': {'session_expires': '90;refresher=uac', 'linger': 60},
    'session-expires-params': {'session_expires': '1800;x=y;refresher=uac'},
    'product-later': {'product': 'PyPeer/0.1 (a comment) IM-serv/OMA1.0'},
    'product-2': {'product': 'IM-serv/OMA2.0'},
    'no-server-header': {'server_header': False},
    'other-source-port': {'own_port': True},
    'via-host-name': {'via_host': 'push.im-server.invalid'},
    'two-vias': {'second_via': True},
    'record-route': {'record_route': True},
    'allow-lines': {'allow_lines': True},
    'multipart-offer': {'multipart': True},
    'expires-padded': {'expires_padded': True},
    'subscribes-to-reg': {'reg_event': True},
    'keep-alives': {'keep_alive': True},
    'duplicates': {'duplicates': True},
    'tiny-segments': {'segments': 7, 'transport': 'tcp'},
    'tcp-extra-lines': {'between': b'\r\n\r\n', 'transport': 'tcp'},
    'huge': {'transport': 'tcp', 'extra': [('X-Huge', 'h' * 20000)]},
    'no-content-length': {'no_length': True},
    'addr-spec': {'addr_spec': True},
    'empty-headers': {'extra': [('Organization', ''), ('Subject', ''), ('X-Nothing', '')]},
    'etag-odd': {'etag': "a-.!%*_+`'~"},
    'push-delay-1900': {'push_delay': 1.9},
    'push-delay-3000': {'push_delay': 3.0, 'ixit': 'return { timers = { quiet_ms = 7000, answer_ms = 9000 } }'},
    'uri-upper-host': {'uri': 'host'},
    'uri-escaped': {'uri': 'escape'},
    'uri-parameter': {'uri': 'parameter'},
    'forwards-online': {'forward': True},
    'product-lower': {'product': 'im-serv/oma1.0'},
    'allow-events-list': {'allow_events': 'presence, poc-settings, presence.winfo'},
    'expires-in-contact': {'expires_in_contact': True},
    'require-first': {'require_first': True},
}

# Faults that go unseen yet; the day one is found, it leaves this list.
OPEN = {'12.2.2.2-2-no-prack'}

# name: (requirement, verdict wanted). The words after the id are looked up where the behaviour is.
FAULTS = {}


def fault(requirement, *words, verdict='fail', **style):
    for word in words:
        FAULTS['%s-%s' % (requirement, word)] = (requirement, verdict, style)


fault('5.3-support', 'refused-405', verdict='warn', third_party=False, third_party_status=405)
fault('5.3-support', 'refused-501', verdict='warn', third_party=False, third_party_status=501)
fault('5.3-response', 'silent')
fault('5.3-expires', 'halved', 'capped', 'int32', 'zero-lost', 'raised', 'absent')
fault('5.3-no-push', 'on-register', 'on-refresh', 'published-first')
fault('6.1.1.5-1', 'ignores-tag', 'substring', 'false-counts', 'tag-in-contact', 'first-value-only', 'wrong-code')
fault('6.1.1.5-2', 'ignores-event', 'absent-accepted', 'prefix', 'no-case', 'parameters-refused', 'wrong-code',
      'no-allow-events')
fault('6.1.1.5-3', 'ignores-originator', 'trusts-from', 'wrong-code')
fault('6.1.1.5-order', 'event-first', 'originator-before-event')
fault('6.1.1.5-1', 'body-first')
fault('6.1.1.5-4', 'require-ignored', 'no-unsupported', 'no-415', 'no-accept', 'broken-body-accepted',
      'several-if-match', 'unknown-tag-accepted', 'empty-initial-accepted', 'same-etag', 'old-etag-lives',
      '500-for-400', 'delivers-after-failure')
fault('6.1.1.5-4', 'no-min-expires', min_expires=60)
fault('6.1.1.5-5', 'modify-ignored', 'refresh-forgets', 'remove-ignored', 'expiry-ignored', 'only-first-counts',
      'stores-after-tag', 'stores-after-event', 'stores-after-originator', 'stores-after-failure')
fault('6.1.1.5-6', 'no-etag', 'no-expires', 'expires-raised', 'answers-202')
fault('6.1.1.5-7', 'push-before-200', 'push-before-checks')
fault('12.2.2.2-trigger', 'never', 'first-registration-only', 'without-register', 'forgets-deregistration',
      'on-deposit')
fault('12.2.2.2-1', 'pushes-when-false', 'pushes-without-messages', 'inverted', 'no-settings-push')
fault('12.2.2.2-2', 'no-max-forwards', 'no-from-tag', 'to-tag', 'no-cookie', 'cseq-method', 'no-contact',
      'no-ack-of-failure', 'no-prack', 'two-call-ids')
fault('12.2.2.2-2a', 'contact-as-target', 'other-host')
fault('12.2.2.2-2b', 'none', accept_contact=[])
fault('12.2.2.2-2b', 'other-tag', accept_contact=['*;+g.oma.sip-im.large-message'])
fault('12.2.2.2-2b', 'false', accept_contact=['*;+g.oma.sip-im="FALSE"'])
fault('12.2.2.2-2b', 'in-quotes', accept_contact=['*;description="<;+g.oma.sip-im>"'])
fault('12.2.2.2-2c', 'no-release', product='PyPeer/0.1')
fault('12.2.2.2-2c', 'client-token', product='IM-client/OMA1.0')
fault('12.2.2.2-2c', 'server-header')
fault('12.2.2.2-2d', 'no-allow', verdict='warn', allow=False)
fault('12.2.2.2-2e', 'none', contact='<sip:im-server@HOST>;automata')
fault('12.2.2.2-2e', 'uri-parameter', contact='<sip:im-server@HOST;+g.oma.sip-im>;automata')
fault('12.2.2.2-2e', 'longer-tag', contact='<sip:im-server@HOST>;automata;+g.oma.sip-im.large-message')
fault('12.2.2.2-2f', 'none', contact='<sip:im-server@HOST>;+g.oma.sip-im')
fault('12.2.2.2-2f', 'false', contact='<sip:im-server@HOST>;+g.oma.sip-im;automata="FALSE"')
fault('12.2.2.2-2f', 'uri-parameter', contact='<sip:im-server@HOST;automata>;+g.oma.sip-im')
fault('12.2.2.2-2g', 'none', verdict='warn', session_expires=None)
fault('12.2.2.2-2g', 'refresher-uas', verdict='warn', session_expires='1800;refresher=uas')
fault('12.2.2.2-2g', 'no-refresher', verdict='warn', session_expires='1800')
fault('12.2.2.2-2h', 'no-offer', 'no-direction', 'sendrecv', 'recvonly', 'session-overridden', 'audio-sendonly',
      'no-message-media', 'broken-sdp')
fault('12.2.2.2-2i', 'twice', 'other-user')
fault('12.2.2.2-any-1', 'update-anyway', 'ignores-allow', linger=100)
fault('12.2.2.2-any-2', 'ignores-contact', 'prack-to-aor')
fault('12.2.2.2-ok-1', 'no-timer', 'no-refresh', 'no-bye', 'refresh-late', linger=200)
fault('12.2.2.2-ok-2', 'update-anyway', 'ignores-allow', linger=100)
fault('12.2.2.2-ok-3', 'no-ack', 'ack-to-aor', 'bye-to-aor', 'keeps-early-contact')
fault('12.2.2.2-ok-3', 'refresh-to-aor', linger=100)
fault('5.3-response', 'trying-only', 'redirects')
fault('6.1.1.5-1', 'no-compact', 'case-counts')
fault('6.1.1.5-2', 'no-compact')
fault('6.1.1.5-3', 'first-identity-only')
fault('6.1.1.5-3', 'from-where-none-asserted', originator_from=True)
fault('6.1.1.5-6', 'quoted-etag', 'two-etags')
fault('12.2.2.2-2', 'two-contacts', 'contact-star', 'no-cseq', 'via-protocol', 'two-cseqs', 'max-forwards-word')
fault('12.2.2.2-2a', 'upper-user')
fault('12.2.2.2-2d', 'no-bye', verdict='warn')
fault('12.2.2.2-2e', 'odd-value', contact='<sip:im-server@HOST>;automata;+g.oma.sip-im="<other>"')
fault('12.2.2.2-2f', 'in-accept-contact', contact='<sip:im-server@HOST>;+g.oma.sip-im',
      accept_contact=['*;+g.oma.sip-im;automata'])
fault('12.2.2.2-2f', 'negated', contact='<sip:im-server@HOST>;+g.oma.sip-im;automata="!TRUE"')
fault('12.2.2.2-2g', 'below-floor', verdict='warn', session_expires='30;refresher=uac')
fault('12.2.2.2-2h', 'no-origin', 'no-connection', 'wrong-type', 'two-directions')
fault('12.2.2.2-2i', 'again-after-bye')


class Variant:
    def __init__(self, style='plain', name=None):
        self.fault = name
        self.style = dict(STYLES[style])
        self.style.update(FAULTS[name][2] if name else {})
        if name == '12.2.2.2-2-no-cookie':
            self.style['cookie'] = 'branch-'

    def contact(self, text):
        return text

    def edit_invite(self, invite):
        """The faults that are one edit of the INVITE."""
        edit = EDITS.get(self.fault)
        if edit:
            edit(invite)
        return invite


def swap(name, old, new):
    return lambda m: m.put(name, m.get(name.lower()).replace(old, new))


EDITS = {
    '12.2.2.2-2-no-max-forwards': lambda m: m.drop('Max-Forwards'),
    '12.2.2.2-2-no-from-tag': lambda m: m.put('From', m.get('from').rpartition(';tag=')[0]),
    '12.2.2.2-2-to-tag': lambda m: m.put('To', m.get('to') + ';tag=early'),
    '12.2.2.2-2-cseq-method': swap('CSeq', 'INVITE', 'MESSAGE'),
    '12.2.2.2-2-no-contact': lambda m: m.drop('Contact'),
    '12.2.2.2-2-two-call-ids': lambda m: m.add('Call-ID', 'second'),
    '12.2.2.2-2c-server-header': lambda m: m.add('Server', m.get('user-agent')).drop('User-Agent'),
    '12.2.2.2-2-two-contacts': lambda m: m.add('Contact', '<sip:other@127.0.0.1:9>;automata;+g.oma.sip-im'),
    '12.2.2.2-2-contact-star': lambda m: m.put('Contact', '*'),
    '12.2.2.2-2-no-cseq': lambda m: m.drop('CSeq'),
    '12.2.2.2-2-two-cseqs': lambda m: m.add('CSeq', '7 INVITE'),
    '12.2.2.2-2-via-protocol': swap('Via', 'SIP/2.0/', 'SIP/3.0/'),
    '12.2.2.2-2-max-forwards-word': lambda m: m.put('Max-Forwards', 'many'),
    '12.2.2.2-2d-no-bye': lambda m: m.put('Allow', 'INVITE, ACK, CANCEL'),
    '12.2.2.2-2h-wrong-type': lambda m: m.put('Content-Type', 'text/plain'),
    '12.2.2.2-2h-no-offer': lambda m: m.drop('Content-Type'),
}
