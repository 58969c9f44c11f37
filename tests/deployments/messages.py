# SPDX-License-Identifier: MIT
"""SIP messages and the hands of those who write them: a Hand is how a stack orders, spells and folds what it sends."""
import random

COMPACT = {"via": "v", "from": "f", "to": "t", "call-id": "i", "contact": "m", "content-length": "l", "content-type": "c", "event": "o",
           "supported": "k", "accept-contact": "a", "session-expires": "x", "allow-events": "u", "subject": "s", "reject-contact": "j"}
NEVER_FOLDED = {"content-length", "cseq", "max-forwards", "expires", "call-id", "user-agent", "server", "allow-events", "date"}


class Hand:
    def __init__(self, order="own", compact=False, case="own", colon=": ", fold=None, joined_vias=False, length=True):
        self.order, self.compact, self.case, self.colon = order, compact, case, colon
        self.fold, self.joined_vias, self.length = fold, joined_vias, length

    def arranged(self, headers):
        if self.order == "sorted":
            return sorted(headers, key=lambda h: h[0].lower())
        if self.order == "reversed":  # values of one name keep their order
            names = list(dict.fromkeys(h[0].lower() for h in headers))[::-1]
            return [h for n in names for h in headers if h[0].lower() == n]
        if self.order == "via-last":
            return [h for h in headers if h[0].lower() != "via"] + [h for h in headers if h[0].lower() == "via"]
        if self.order == "mixed":
            names = list(dict.fromkeys(h[0].lower() for h in headers))
            random.Random(len(names)).shuffle(names)
            return [h for n in names for h in headers if h[0].lower() == n]
        return list(headers)

    def spelt(self, name):
        if self.compact and name.lower() in COMPACT:
            name = COMPACT[name.lower()]
        return {"own": name, "lower": name.lower(), "upper": name.upper()}[self.case]

    def line(self, name, value):
        if self.fold and name.lower() not in NEVER_FOLDED and ";" in value and '"' not in value and "<" not in value.split(";")[-1]:
            at = value.rindex(";")
            if value.count("<", at) == 0 and value.count(">", at) == 0:
                value = value[:at] + self.fold + value[at:]
        return f"{self.spelt(name)}{self.colon}{value}"

    def write(self, msg):
        headers = list(msg.headers)
        body = msg.body.encode()
        if self.joined_vias:
            vias = [v for n, v in headers if n == "Via"]
            if vias:
                headers = [("Via", ", ".join(vias))] + [h for h in headers if h[0] != "Via"]
        headers = [h for h in self.arranged(headers) if h[0] != "Content-Length"]
        if self.length and not any(h[0] == "Content-Length" for h in headers):
            headers.append(("Content-Length", str(len(body))))
        lines = [msg.start] + [self.line(n, v) for n, v in headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Msg:
    def __init__(self, start, headers, body="", hand=None):
        self.start, self.headers, self.body, self.hand = start, [h for h in headers if h[1] is not None], body, hand or Hand()

    def copy(self):
        return Msg(self.start, list(self.headers), self.body, self.hand)

    @property
    def method(self):
        return self.start.split()[0]

    @property
    def uri(self):
        return self.start.split()[1]

    @uri.setter
    def uri(self, value):
        m, _, v = self.start.split()
        self.start = f"{m} {value} {v}"

    def get(self, name):
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def all(self, name):
        return [v for n, v in self.headers if n.lower() == name.lower()]

    def put(self, name, value):
        """The first one's value, or a new one."""
        for i, (n, _) in enumerate(self.headers):
            if n.lower() == name.lower():
                self.headers[i] = (n, value)
                return self
        self.headers.append((name, value))
        return self

    def add(self, name, value):
        self.headers.append((name, value))
        return self

    def top(self, name, value):
        self.headers.insert(0, (name, value))
        return self

    def drop(self, name):
        self.headers = [h for h in self.headers if h[0].lower() != name.lower()]
        return self

    def drop_first(self, name):
        for i, (n, _) in enumerate(self.headers):
            if n.lower() == name.lower():
                del self.headers[i]
                break
        return self

    def edit(self, name, old, new):
        self.headers = [(n, v.replace(old, new) if n.lower() == name.lower() else v) for n, v in self.headers]
        return self

    def bytes(self):
        return self.hand.write(self)
