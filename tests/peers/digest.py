# SPDX-License-Identifier: MIT
"""The client's half of Digest (RFC 2617, RFC 7616), with the faults that clients have."""

import hashlib
import re

import endpoint

HASHES = {'md5': hashlib.md5, 'sha-256': hashlib.sha256}


def parse(value):
    """Scheme and parameters of a challenge."""
    scheme, _, rest = value.strip().partition(' ')
    found = re.findall(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))', rest)
    return scheme.lower(), {name.lower(): quoted or bare for name, quoted, bare in found}


def challenges(answer):
    """The Digest challenges that can be met, in the order of the answer, with the name of the header that answers each."""
    found = []
    for asks, answers in (('www-authenticate', 'Authorization'), ('proxy-authenticate', 'Proxy-Authorization')):
        for value in answer.all(asks):
            scheme, given = parse(value)
            if scheme == 'digest' and given.get('algorithm', 'MD5').lower() in HASHES:
                found.append((answers, given))
    return found


def quality(given, style):
    offered = [one.strip().lower() for one in given.get('qop', '').split(',') if one.strip()]
    for wanted in style.get('qops', ('auth', 'auth-int')):
        if wanted in offered:
            return wanted
    return None


def credentials(client, given, method, uri, body, count):
    """The value of the header that answers the challenge."""
    hash_of = HASHES[given.get('algorithm', 'MD5').lower()]

    def digest(text):
        return hash_of(text if isinstance(text, bytes) else text.encode()).hexdigest()

    realm, nonce, qop = given['realm'], given['nonce'], quality(given, client.style)
    name = client.username
    secret = digest('%s:%s:%s' % (name, realm, client.password + ('x' if client.has('5.2.2-2-wrong-response') else '')))
    what = '%s:%s' % ('PUBLISH' if client.has('5.2.2-2-other-method') else method, uri)
    if qop == 'auth-int':
        what += ':' + digest(body)
    own, number = endpoint.token(), '%08x' % count
    if qop:
        response = digest(':'.join((secret, nonce, number, own, qop, digest(what))))
    else:
        response = digest(':'.join((secret, nonce, digest(what))))
    parts = [('username', name, True), ('realm', realm, True), ('nonce', nonce, True), ('uri', uri, True),
             ('response', response, True)]
    if 'algorithm' in given and not (client.style.get('no_algorithm') and given['algorithm'].upper() == 'MD5'):
        parts.append(('algorithm', given['algorithm'], False))
    if 'opaque' in given and not client.has('5.2.2-2-opaque-lost'):
        parts.append(('opaque', given['opaque'], True))
    if qop:
        parts += [('cnonce', own, True), ('qop', qop, False), ('nc', number, False)]
    if client.has('5.2.2-2-no-cnonce'):
        parts = [part for part in parts if part[0] != 'cnonce']
    if client.has('5.2.2-2-realm-changed'):
        parts[1] = ('realm', 'somewhere', True)
    if client.style.get('digest_order') == 'reverse':
        parts.reverse()
    return 'Digest ' + client.style.get('digest_comma', ', ').join(
        '%s="%s"' % (key, text) if quoted else '%s=%s' % (key, text) for key, text, quoted in parts)
