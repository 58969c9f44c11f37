# SPDX-License-Identifier: MIT
"""The SDP offer of a push (RFC 3264, RFC 4566; m=message of RFC 4975)."""

import endpoint


def offer(server, path):
    style, fault = server.variant.style, server.variant.fault or ''
    family = 'IP6' if ':' in server.listen[0] else 'IP4'
    place = '%s %s' % (family, server.listen[0])
    session = ['v=0', 'o=%s 2890844526 2890844526 IN %s' % (style.get('sdp_user', '-'), place),
               's=%s' % style.get('sdp_name', '-')]
    session += style.get('sdp_session', []) + ['c=IN ' + place, 't=0 0']
    media = ['m=message %d TCP/MSRP *' % server.msrp.port, 'a=accept-types:' + style.get('accept_types', '*'),
             'a=path:' + path]
    where = style.get('sendonly', 'media')
    if where == 'session':
        session.append('a=sendonly')
    else:
        media.insert(1 if where == 'media-first' else len(media), 'a=sendonly')
    media += style.get('sdp_media', [])
    before, after = style.get('sdp_before', []), style.get('sdp_after', [])
    lines = session + before + media + after
    if fault.startswith('12.2.2.2-2h-'):
        lines = broken(fault[len('12.2.2.2-2h-'):], session, media)
    end = style.get('sdp_end', '\r\n')
    return (end.join(lines) + end).encode() if lines else b''


def broken(word, session, media):
    plain = [line for line in media if line != 'a=sendonly']
    return {
        'no-offer': [],
        'no-direction': session + plain,
        'sendrecv': session + plain + ['a=sendrecv'],
        'recvonly': session + plain + ['a=recvonly'],
        'session-overridden': session + ['a=sendonly'] + plain + ['a=sendrecv'],
        'audio-sendonly': session + plain + ['m=audio 4000 RTP/AVP 0', 'a=sendonly'],
        'no-message-media': session + ['m=audio 4000 RTP/AVP 0', 'a=sendonly'],
        'no-origin': [line for line in session if line[0] != 'o'] + media,
        'no-connection': [line for line in session if line[0] != 'c'] + media,
        'wrong-type': session + media,
        'two-directions': session + plain + ['a=recvonly', 'a=sendonly'],
        'broken-sdp': ['v=0', 'nonsense'] + media,
    }[word]
