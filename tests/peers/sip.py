# SPDX-License-Identifier: MIT
"""SIP messages as bytes and back (RFC 3261 section 7, compact names included), and the many legal ways to write one."""

import re

COMPACT = {
    'v': 'via', 'f': 'from', 't': 'to', 'i': 'call-id', 'm': 'contact', 'c': 'content-type', 'l': 'content-length',
    'k': 'supported', 'o': 'event', 'a': 'accept-contact', 'x': 'session-expires', 's': 'subject',
    'u': 'allow-events', 'e': 'content-encoding', 'j': 'reject-contact', 'r': 'refer-to', 'b': 'referred-by',
}
SHORT = {full: short for short, full in COMPACT.items()}
OUTSIDE = re.compile(r'"(?:[^"\\]|\\.)*"|<[^>]*>|[,;]')


class Bad(Exception):
    """A message that RFC 3261 does not let us read."""


class Message:
    """A request or an answer: start line, header fields in order (unfolded), body."""

    def __init__(self, start, headers=(), body=b''):
        self.start = start
        self.headers = [tuple(h) for h in headers]
        self.body = body
        self.shortened = set()      # names that came in their compact form

    def add(self, name, value):
        self.headers.append((name, str(value)))
        return self

    def drop(self, name):
        self.headers = [h for h in self.headers if h[0].lower() != name.lower()]
        return self

    def put(self, name, value):
        return self.drop(name).add(name, value)

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name]

    def get(self, name, default=None):
        found = self.all(name)
        return found[0] if found else default

    def values(self, name):
        return [part for value in self.all(name) for part in split(value, ',')]

    @property
    def method(self):
        return None if self.start.startswith('SIP/') else self.start.split(' ')[0]

    @property
    def uri(self):
        return self.start.split(' ')[1]

    @property
    def status(self):
        return int(self.start.split(' ')[1]) if self.start.startswith('SIP/') else 0

    @property
    def cseq(self):
        number, method = self.get('cseq').split()
        return int(number), method

    @property
    def branch(self):
        return params(self.values('via')[0]).get('branch', '')


def split(value, mark):
    """Cuts at the mark, not inside quotes or angle brackets; empty parts are left out."""
    parts, last = [], 0
    for hit in OUTSIDE.finditer(value):
        if hit.group() == mark:
            parts.append(value[last:hit.start()].strip())
            last = hit.end()
    parts.append(value[last:].strip())
    return [part for part in parts if part]


def params(value):
    """The parameters after the first semicolon outside brackets, names in lower case."""
    found = {}
    for part in split(value, ';')[1:]:
        name, equals, content = part.partition('=')
        found[name.strip().lower()] = content.strip() if equals else ''
    return found


def address(value):
    """The URI of a name-addr or addr-spec."""
    hit = re.match(r'\s*(?:"(?:[^"\\]|\\.)*"|[^<"]*?)\s*<([^>]*)>', value)
    return hit.group(1).strip() if hit else split(value, ';')[0]


def identity(uri):
    """What makes two addresses of record equal: scheme, user and host, without port, parameters and headers."""
    hit = re.match(r'(sips?|tel):([^;?@]*@)?([^;?]*)', uri.strip(), re.I)
    if not hit:
        return uri.strip()
    host = hit.group(3).lower()
    host = host if host.startswith('[') else host.split(':')[0]
    return hit.group(1).lower() + ':' + (hit.group(2) or '') + host


def hostport(uri, default=5060):
    """Host and port of a SIP URI."""
    rest = re.sub(r'^sips?:', '', uri, flags=re.I).split(';')[0].split('?')[0].rpartition('@')[2]
    hit = re.match(r'(\[[^\]]*\]|[^:]*)(?::(\d+))?$', rest)
    if not hit:
        raise Bad('no host in ' + uri)
    return hit.group(1).strip('[]'), int(hit.group(2) or default)


def parse_head(head):
    """Start line and header fields of the bytes before the blank line."""
    text = head.decode('utf-8', 'surrogateescape').lstrip('\r\n')
    text = re.sub(r'\r?\n[ \t]+', ' ', text)
    lines = re.split(r'\r?\n', text)
    message = Message(lines[0])
    if not re.match(r'(SIP/2\.0 \d{3}( .*)?|[A-Z]+ \S+ SIP/2\.0)$', lines[0]):
        raise Bad('start line')
    for line in lines[1:]:
        name, colon, value = line.partition(':')
        if not colon or not name.strip():
            raise Bad('header line')
        name = name.strip().lower()
        if name in COMPACT:
            message.shortened.add(COMPACT[name])
        message.add(COMPACT.get(name, name), value.strip())
    for name in ('via', 'from', 'to', 'call-id', 'cseq'):
        if not message.get(name):
            raise Bad('no ' + name)
    message.cseq  # must be readable
    return message


def parse_datagram(data):
    head, body = cut(data)
    message = parse_head(head)
    length = message.get('content-length')
    if length is not None:
        if not length.isdigit() or int(length) > len(body):
            raise Bad('content-length')
        body = body[:int(length)]
    message.body = body
    return message


def cut(data):
    hit = re.search(rb'\r?\n\r?\n', data)
    return (data[:hit.start()], data[hit.end():]) if hit else (data, b'')


async def read_stream(reader):
    """The next message of a stream (RFC 3261 18.3), or None at its end; blank lines between are keep-alives."""
    head = b''
    while not re.search(rb'\r?\n\r?\n$', head):
        line = await reader.readline()
        if not line:
            return None
        head = head + line if head or line.strip() else b''
    message = parse_head(head.rstrip(b'\r\n'))
    length = message.get('content-length', '0')
    if not length.isdigit():
        raise Bad('content-length')
    message.body = await reader.readexactly(int(length))
    return message


def marked(value, comma, semicolon):
    """The value with its separators (outside quotes and brackets) written another way."""
    return OUTSIDE.sub(lambda hit: {',': comma, ';': semicolon}.get(hit.group(), hit.group()), re.sub(
        r'("(?:[^"\\]|\\.)*"|<[^>]*>)|([,;])\s+', lambda hit: hit.group(1) or hit.group(2), value))


def ordered(headers, order):
    """Header fields in another order; fields of one name keep theirs (RFC 3261 7.3.1)."""
    names = list(dict.fromkeys(name.lower() for name, _ in headers))
    if order == 'reverse':
        names.reverse()
    elif order == 'sorted':
        names.sort()
    return [h for name in names for h in headers if h[0].lower() == name]


def printed_name(name, form):
    if form == 'compact':
        return SHORT.get(name.lower(), name)
    return {'lower': name.lower(), 'upper': name.upper()}.get(form, name)


def render(message, style):
    """Bytes of a message in the form that the style names."""
    headers = [h for h in message.headers if h[0].lower() != 'content-length']
    headers += style.get('extra', [])
    if style.get('allow_lines'):
        headers = [part for name, value in headers for part in (
            [(name, one) for one in split(value, ',')] if name in ('Allow', 'Supported') else [(name, value)])]
    if not style.get('no_length'):
        headers.append(('Content-Length', str(len(message.body))))
    lines = [message.start]
    for name, value in ordered(headers, style.get('order')):
        if style.get('fold') and name.lower() not in ('call-id', 'content-length'):
            value = marked(value, ',\r\n\t', '\r\n ;')
        if style.get('lws') and name.lower() != 'via':
            value = marked(value, ' ,  ', ' ; ')
        if style.get('tight'):
            value = marked(value, ',', ';')
        colon = style.get('colon', ': ')
        lines.append(printed_name(name, style.get('names')) + colon + value)
    return '\r\n'.join(lines).encode('utf-8', 'surrogateescape') + b'\r\n\r\n' + message.body
