# SPDX-License-Identifier: MIT
"""The settings document of a client (RFC 4354, Appendix E.2), in the ways that it may be written."""

TYPE = 'application/poc-settings+xml'
POC = 'urn:oma:params:xml:ns:poc:poc-settings'
IM = 'urn:oma:xml:im:service-settings'


def document(client, active):
    """Content type and bytes."""
    style, fault = client.style, client.fault or ''
    p, im = style.get('prefixes', ('', 'im:'))
    yes, no = style.get('booleans', ('true', 'false'))
    parts = {
        '8a': '<%sincoming-session-barring active="%s" %sservice-id="session-mode"/>' % (p, no, im),
        '8b': '<%sincoming-session-barring active="%s" %sservice-id="pager-large-mode"/>' % (p, no, im),
        '8c': '<%svis-settings><%svis-status active="%s"/></%svis-settings>' % (im, im, no, im),
        '8d': '<%sdeferred-settings><%soffline-delivery active="%s"/></%sdeferred-settings>' % (
            im, im, yes if active else no, im),
        '8e': '<%shist-activation active="%s" %sservice-id="session-mode"/>' % (im, no, im),
        '8f': '<%shist-activation active="%s" %sservice-id="pager-large-mode"/>' % (im, no, im),
    }
    left_out = fault[len('5.2.4-8'):len('5.2.4-8') + 1] if fault.startswith('5.2.4-8') else ''
    parts.pop('8' + left_out, None)
    if fault == '5.2.4-8-no-boolean':
        parts['8c'] = parts['8c'].replace('"%s"' % no, '"off"')
    if fault == '5.2.4-8-no-namespace':
        im_space = ''
    else:
        im_space = ' xmlns%s="%s"' % (':' + im[:-1] if im else '', IM)
    barring = [parts[one] for one in ('8a', '8b') if one in parts]
    history = [parts[one] for one in ('8e', '8f') if one in parts]
    groups = ['<%sisb-settings>%s</%sisb-settings>' % (p, one, p) for one in barring]
    if style.get('one_group'):
        groups = ['<%sisb-settings>%s</%sisb-settings>' % (p, ''.join(barring), p)]
    groups += [parts[one] for one in ('8c', '8d') if one in parts]
    groups.append('<%shist-settings>%s</%shist-settings>' % (im, ''.join(history), im))
    if style.get('settings_reversed'):
        groups.reverse()
    if style.get('more_settings'):
        groups.append('<%sam-settings><%sanswer-mode>manual</%sanswer-mode></%sam-settings>' % (p, p, p, p))
        groups.append('<x:ext-app xmlns:x="urn:example:ext"><x:parallel-streams active="true"/></x:ext-app>')
    root = 'settings' if fault == '5.2.4-8-other-root' else 'poc-settings'
    end = style.get('line_end', '\r\n')
    text = '%s<%s%s xmlns%s="%s"%s>%s<%sentity id="%s">%s</%sentity></%s%s>%s' % (
        style.get('prolog', '<?xml version="1.0" encoding="UTF-8"?>' + end), p, root, ':' + p[:-1] if p else '', POC,
        im_space, end, p, style.get('entity', 'do39s8zksn2d98x'), end.join(groups), p, p, root, end)
    body = text.encode()
    if fault == '5.2.4-8-broken':
        body = body[:-20]
    if fault == '5.2.4-8-plain-text':
        return 'text/plain', body
    if style.get('multipart'):
        return 'multipart/mixed;boundary="b1"', (
            b'--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b1\r\nContent-Type: ' + TYPE.encode() +
            b'\r\n\r\n' + body + b'\r\n--b1--\r\n')
    return style.get('type', TYPE), body
