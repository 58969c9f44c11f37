# SPDX-License-Identifier: MIT
"""Deferred messages over MSRP (RFC 4975), inside one process of Kamailio (app_python3) and without ever waiting:
session.cfg calls begin() for a session that was accepted and tick() ten times a second. A session whose messages the
other side has all confirmed is put into the queue "delivered"."""
import os
import re
import socket

import KSR


class Session:
    """One connection to the answerer's path; the offerer, who sends, is the one who connects (section 5.4)."""

    def __init__(self, call_id, user, me):
        self.call_id, self.user = call_id, user
        sdp = KSR.htable.sht_get("sess", call_id + "::sdp") or ""
        media = re.search(r"^m=message ([0-9]+) ", sdp, re.M)
        path = re.search(r"^a=path:(msrps?://(?:[^@/]*@)?([^:/]+):([0-9]+)\S*)", sdp, re.M)
        if not media or media.group(1) == "0" or not path or "a=inactive" in sdp:
            raise ValueError("no path to send on")
        self.peer = path.group(1)
        self.path = f"msrp://{me}/{call_id};tcp"
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.connect_ex((path.group(2), int(path.group(3))))
        self.out, self.heard, self.awaited = b"", b"", None

    def number(self):
        return int(KSR.htable.sht_get("went", self.user))

    def next(self):
        """Puts the next message out; false when none is left."""
        number = self.number() + 1
        message = KSR.htable.sht_get("msgs", f"{self.user}::{number}")
        if message is None:
            return False
        kind, _, body = message.partition("\n")
        self.awaited = os.urandom(8).hex()
        length = len(body.encode())
        self.out += (f"MSRP {self.awaited} SEND\r\nTo-Path: {self.peer}\r\nFrom-Path: {self.path}\r\n"
                     f"Message-ID: {self.call_id}.{number}\r\nByte-Range: 1-{length}/{length}\r\n"
                     f"Content-Type: {kind}\r\n\r\n{body}\r\n-------{self.awaited}$\r\n").encode()
        return True

    def listen(self):
        """Takes the answer to what was sent last, if it is there."""
        try:
            self.heard += self.socket.recv(65536)
        except BlockingIOError:
            return
        end = f"-------{self.awaited}$\r\n".encode()
        if self.awaited and end in self.heard:
            answer, _, self.heard = self.heard.partition(end)
            if re.search(rb"MSRP [0-9a-f]+ 200", answer):
                KSR.htable.sht_seti("went", self.user, self.number() + 1)
                self.awaited = None

    def step(self):
        """True when all has been delivered."""
        if not self.awaited and not self.next():
            return True
        try:
            self.out = self.out[self.socket.send(self.out):] if self.out else b""
        except BlockingIOError:
            return False
        self.listen()
        return not self.awaited and not self.next()


class Delivery:
    def __init__(self):
        self.sessions = {}

    def child_init(self, _rank):
        return 0

    def begin(self, _message, words):
        call_id, user, me = words.split(" ")
        try:
            self.sessions[call_id] = Session(call_id, user, me)
        except (OSError, ValueError) as why:
            KSR.info(f"{call_id}: nothing can be delivered: {why}\n")
        return 1

    def tick(self, _message, _words=None):
        for call_id, session in list(self.sessions.items()):
            if KSR.htable.sht_get("sess", call_id + "::state") != "up":
                self.end(call_id)
                continue
            try:
                if session.step():
                    self.end(call_id)
                    KSR.mqueue.mq_add("delivered", call_id, "all")
            except OSError as why:
                self.end(call_id)
                KSR.info(f"{call_id}: {why}\n")
        return 1

    def end(self, call_id):
        self.sessions.pop(call_id).socket.close()


def mod_init():
    return Delivery()
