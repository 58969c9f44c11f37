# SPDX-License-Identifier: MIT
"""A wire between two network namespaces that delays and loses packets: a TUN device in each, and this between them. It
needs no queueing discipline of the kernel, and its losses are decided by a seed."""
import contextlib
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import threading
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
LIBC = ctypes.CDLL(None, use_errno=True)


def enter(path):
    """This thread goes into another namespace."""
    fd = os.open(path, os.O_RDONLY)
    try:
        if LIBC.setns(fd, 0):
            raise OSError(ctypes.get_errno(), "setns " + path)
    finally:
        os.close(fd)


def open_tun(namespace, device):
    """The device stays where it was made; this thread comes back."""
    home = f"/proc/self/task/{threading.get_native_id()}/ns/net"
    back = os.open(home, os.O_RDONLY)
    try:
        enter(f"/run/netns/{namespace}")
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
        return fd
    finally:
        LIBC.setns(back, 0)
        os.close(back)


class Wire:
    """Both ways alike. `delay` and `jitter` in seconds, `loss` as a share; packets may overtake each other."""

    def __init__(self, one, other, delay, jitter, loss, seed=1):
        self.fds = [open_tun(one, "v0"), open_tun(other, "v1")]
        self.delay, self.jitter, self.loss = delay, jitter, loss
        self.random = random.Random(seed)
        self.carried = self.lost = 0
        self.waiting = []
        self.over = False
        threading.Thread(target=self.carry, daemon=True).start()

    def take(self, fd):
        packet = os.read(fd, 65536)
        if self.random.random() < self.loss:
            self.lost += 1
            return
        self.carried += 1
        at = time.monotonic() + self.delay + self.random.random() * self.jitter
        heapq.heappush(self.waiting, (at, self.carried, self.fds[fd == self.fds[0]], packet))

    def carry(self):
        while not self.over:
            left = max(0, self.waiting[0][0] - time.monotonic()) if self.waiting else 0.2
            for fd in select.select(self.fds, [], [], left)[0]:
                self.take(fd)
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, fd, packet = heapq.heappop(self.waiting)
                with contextlib.suppress(OSError):  # a device that is not up yet
                    os.write(fd, packet)

    def cut(self):
        self.over = True
