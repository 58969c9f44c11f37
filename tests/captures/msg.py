# SPDX-License-Identifier: MIT
"""A SIP message that is written header by header."""


class Msg:
    def __init__(self, start, headers, body="", kind=None):
        self.start, self.headers, self.body, self.kind = start, list(headers), body, kind

    def copy(self):
        return Msg(self.start, self.headers, self.body, self.kind)

    def get(self, name):
        return next((v for n, v in self.headers if n == name), None)

    def put(self, name, value):
        """The first one's value, or a new one."""
        for i, (n, _) in enumerate(self.headers):
            if n == name:
                self.headers[i] = (n, value)
                return self
        self.headers.append((name, value))
        return self

    def drop(self, name):
        self.headers = [h for h in self.headers if h[0] != name]
        return self

    def bytes(self):
        body = self.body.encode()
        lines = [self.start] + [f"{n}: {v}" for n, v in self.headers]
        if self.kind:
            lines.append(f"Content-Type: {self.kind}")
        lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
