# SPDX-License-Identifier: MIT
"""Styles and faults of the clients: as variants.py has them for the server."""

STYLES = {
    'plain': {},
    'compact': {'names': 'compact'},
    'lower-names': {'names': 'lower'},
    'upper-names': {'names': 'upper'},
    'folded': {'fold': True},
    'lws': {'lws': True, 'colon': ' :  '},
    'tight': {'tight': True, 'colon': ':'},
    'reverse-order': {'order': 'reverse'},
    'sorted-order': {'order': 'sorted'},
    'extra-headers': {'extra': [('X-Vendor', 'a, "b;c", <sip:x@y>;z'), ('Privacy', 'none'),
                                ('P-Access-Network-Info', '3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11'),
                                ('Date', 'Thu, 21 Feb 2002 13:02:03 GMT'), ('Organization', 'Müller & Söhne')]},
    'display-names': {'display': '"Alice, A. \\"IM\\" <alice>" '},
    'display-token': {'display': 'Alice '},
    'no-preferred-identity': {'preferred': False},
    'contact-instance': {'contact': '<URI>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>";reg-id=1;'
                                    '+g.oma.sip-im;language="en,fr"'},
    'contact-large-too': {'contact': '<URI>;+g.oma.sip-im.large-message;+g.oma.sip-im;q=0.5'},
    'contact-upper': {'contact': '<URI>;+G.OMA.SIP-IM'},
    'contact-display': {'contact': '"Alice; on, the road" <URI>;+g.oma.sip-im'},
    'accept-contact-require': {'accept_contact': ['*;require;explicit;+g.oma.sip-im']},
    'accept-contact-lines': {'accept_contact': ['*;methods="INVITE,BYE"', '*;+g.oma.sip-im']},
    'accept-contact-joined': {'accept_contact': ['*;language="en,fr", *;+g.oma.sip-im;explicit']},
    'accept-contact-true': {'accept_contact': ['*;+g.oma.sip-im="TRUE"']},
    'event-parameter': {'event': 'poc-settings;x=y'},
    'product-version-2': {'product': 'IM-client/OMA2.0 PyClient'},
    'product-comment': {'product': 'IM-client/OMA1.0 PyClient/0.1 (a comment (nested))'},
    'product-later': {'product': 'PyClient/0.1 IM-client/OMA1.0'},
    'expires-600': {'expires': 600},
    'expires-in-contact': {'expires_in_contact': True},
    'refresh-late': {'refresh': 0.8},
    'refresh-early': {'refresh': 0.3},
    'fresh-calls': {'one_call': False},
    'cseq-high': {'cseq': 2 ** 30},
    'cseq-4711': {'cseq': 4711},
    'pause': {'pause': 1.5},
    'tidy': {'tidy': True},
    'no-allow': {'allow': False, 'supported': 'path'},
    'prefixes-both': {'prefixes': ('poc:', 'i:')},
    'booleans-digits': {'booleans': ('1', '0')},
    'settings-reversed': {'settings_reversed': True},
    'settings-grouped': {'one_group': True},
    'settings-more': {'more_settings': True},
    'settings-lf': {'line_end': '\n', 'prolog': ''},
    'settings-address': {'entity': 'sip:alice@im.example'},
    'settings-urn': {'entity': 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6'},
    'type-charset': {'type': 'application/poc-settings+xml;charset="UTF-8"'},
    'type-upper': {'type': 'Application/PoC-Settings+XML'},
    'multipart': {'multipart': True},
    'subscribe-ua-profile': {'subscribe_event': 'ua-profile'},
    'subscribe-xcap-diff': {'subscribe_event': 'xcap-diff', 'auid': False},
    'digest-order': {'digest_order': 'reverse'},
    'digest-tight': {'digest_comma': ','},
    'digest-no-algorithm': {'no_algorithm': True},
    'digest-auth-int': {'qops': ('auth-int', 'auth')},
    'keep-alives': {'keep_alive': True},
    'duplicates': {'duplicates': True},
    'huge': {'transport': 'tcp', 'extra': [('X-Huge', 'h' * 20000)]},
    'tiny-segments': {'segments': 7, 'transport': 'tcp'},
    'tcp-extra-lines': {'between': b'\r\n\r\n', 'transport': 'tcp'},
    'via-host-name': {'via_host': 'phone.invalid'},
    'empty-headers': {'extra': [('Organization', ''), ('X-Nothing', '')]},
}

# A style that takes a contested reading, or leaves out a SHOULD, and what it is warned for.
WARNS = {'product-later': {'5.2.4-5'}}

ACCEPT_CONTACT = {'5.2.4-4-none': [], '5.2.4-4-large-only': ['*;+g.oma.sip-im.large-message'],
                  '5.2.4-4-in-brackets': ['<sip:x@y;+g.oma.sip-im>'], '5.2.4-4-poc': ['*;+g.poc.talkburst'],
                  '5.2.4-4-no-plus': ['*;g.oma.sip-im']}
EVENT = {'5.2.4-6-none': None, '5.2.4-6-presence': 'presence', '5.2.4-6-upper': 'Poc-Settings',
         '5.2.4-6-im': 'im-settings'}
PRODUCT = {'5.2.4-5-none': None, '5.2.4-5-poc': 'PoC-client/OMA1.0', '5.2.4-5-server': 'IM-serv/OMA1.0',
           '5.2.4-5-no-release': 'IM-client', '5.2.4-5-other': 'PyClient/0.1'}
EXPIRES = {'5.2.4-7-none': None, '5.2.4-7-huge': 2 ** 31, '5.2.4-7-tiny': 1}

# Faults that go unseen yet; the day one is found, it leaves this list.
OPEN = set()

# name: (requirement, verdict wanted)
FAULTS = {}


def fault(requirement, *words, verdict='fail'):
    for word in words:
        FAULTS['%s-%s' % (requirement, word)] = (requirement, verdict)


fault('5.2.2-1', 'user-in-uri', 'no-max-forwards', 'no-to', 'no-from-tag', 'cseq-method', 'no-cookie')
fault('5.2.2-1', 'no-tag', verdict='warn')
fault('5.2.2-2', 'wrong-response', 'other-method', 'opaque-lost', 'no-cnonce', 'realm-changed',
      'stale-gives-up', 'old-nonce')
fault('5.2.2-publish', 'before-register', 'after-refusal', 'never', 'first-time-only')
fault('5.2.2-refresh', 'new-call', 'same-cseq', 'late', verdict='warn')
fault('5.2.4-1', 'first-tag-always', 'no-if-match', 'initial-with-tag', 'quoted-tag', 'empty-initial',
      '412-keeps-tag', '423-the-same')
fault('5.2.4-1', 'contact', verdict='warn')
fault('5.2.4-2', 'domain', 'server')
fault('5.2.4-3', 'of-another', 'from-of-another')
fault('5.2.4-4', 'none', 'large-only', 'in-brackets', 'poc', 'no-plus')
fault('5.2.4-5', 'none', 'poc', 'server', 'no-release', 'other')
fault('5.2.4-6', 'none', 'presence', 'upper', 'im')
fault('5.2.4-7', 'none')
fault('5.2.4-7', 'huge', 'tiny', verdict='warn')
for setting in 'abcdef':
    FAULTS['5.2.4-8%s-left-out' % setting] = ('5.2.4-8' + setting, 'fail')
fault('5.2.4-8', 'no-boolean', 'broken', 'plain-text', 'no-namespace')
fault('5.2.4-8', 'other-root', verdict='inconc')    # a document that the profile does not know
fault('5.2.4-9', 'no-route', 'reversed')
fault('5.2.4-subscribe', 'never', 'always', 'presence')
