#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast an audit is, and how much memory it takes, against a libpcap loop that does nothing: prints a table.

The loop and the audits take turns; seconds are medians of five rounds, of processor time with one thread and of time that
passes with two. The answers are checked, too: exactly the planted faults, and the same bytes for one thread and two.
usage: audit.py BUILD-FOLDER [--sessions N] [ROW…]    rows: udp tcp frag mixed large tshark; default: all
  udp tcp frag   N sessions of 19 messages (default 20000) in datagrams, in TCP connections, in fragments
  mixed          N / 50 sessions among fifty times as many other packets
  large          10 N sessions against N / 10: peak memory, and time for a session
  tshark         `tshark -Y sip` on udp and tcp, against an audit with as many threads as it takes by itself
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROWS = ["udp", "tcp", "frag", "mixed", "large", "tshark"]
ROUNDS = 5
AT_ONCE = 5000
FAULTS = 1  # in a hundred sessions
GATES = {"udp": (5, 3), "tcp": (8, None), "frag": (5, None), "mixed": (2, None)}  # times the loop: one thread, two

options = argparse.ArgumentParser(usage="audit.py BUILD-FOLDER [--sessions N] [ROW…]")
options.add_argument("build")
options.add_argument("--sessions", type=int, default=20000)
options.add_argument("rows", nargs="*", metavar="ROW", choices=ROWS + [[]])
options = options.parse_intermixed_args()
IMCONFORM = os.path.join(os.path.abspath(options.build), "harness", "imconform")
TOOLS = os.path.join(os.path.abspath(options.build), "tests", "bench")
wrong = False


class Run:
    """A command that was run to its end: seconds that passed, of the processor, and peak MiB."""

    def __init__(self, *command):
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(process.pid, 0)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall = time.monotonic() - began
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.peak = used.ru_maxrss / 1024


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def rounds(**commands):
    """Each command once a round, in turn; name -> runs."""
    runs = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            runs[name].append(Run(*command))
    return runs


def row(what, value, asked=None, met=True):
    print(f"{what:<58}{value:>14}" + (f"  asked {asked}{'' if met else ': MISSED'}" if asked else ""), flush=True)


def ratio_row(what, seconds, loop, gate):
    ratio = seconds / loop
    row(f"{what}: {seconds:.2f} s, loop {loop:.3f} s", f"{ratio:.1f} x", gate and f"{gate} x", not gate or ratio <= gate)


def make(mode, sessions, path):
    """The capture, and requirement -> how many faults were planted."""
    done = subprocess.run([os.path.join(TOOLS, "make_captures"), mode, str(sessions), str(AT_ONCE), str(FAULTS), path],
                          stdout=subprocess.PIPE, check=True, text=True)
    planted = {}
    for line in done.stdout.splitlines():
        ids, count = line.split(": ")
        planted.update({each: int(count) for each in ids.split(" and ")})
    return planted


def audit(jobs, path, *more):
    return (IMCONFORM, "audit", "-q", *(["-j", str(jobs)] if jobs else []), *more, path)


def check(path, planted, folder):
    global wrong
    texts = []
    for jobs in (1, 2):
        report = os.path.join(folder, f"report{jobs}")
        subprocess.run(audit(jobs, path, "-o", "json:" + report), stdout=subprocess.DEVNULL, check=False)
        with open(report, encoding="utf-8") as file:
            texts.append(file.read())
    found = {one["id"]: one["counts"].get("fail", 0) + one["counts"].get("warn", 0)
             for one in json.loads(texts[0])["requirements"]}
    for each, fails in found.items():
        if fails != planted.get(each, 0):
            wrong = True
            print(f"WRONG: {each}: {fails} found, {planted.get(each, 0)} planted")
    if texts[0] != texts[1]:
        wrong = True
        print("WRONG: one thread and two give different reports")


def against_loop(mode, sessions, folder):
    path = os.path.join(folder, mode)
    planted = make(mode, sessions, path)
    runs = rounds(loop=(os.path.join(TOOLS, "pcap_loop"), path), one=audit(1, path), two=audit(2, path))
    one, two = GATES[mode]
    ratio_row(f"{mode}, one thread, processor", median(runs["one"], "cpu"), median(runs["loop"], "cpu"), one)
    ratio_row(f"{mode}, two threads, passing", median(runs["two"], "wall"), median(runs["loop"], "wall"), two)
    row(f"{mode}, peak MiB with one thread; two", f"{median(runs['one'], 'peak'):.1f}; {median(runs['two'], 'peak'):.1f}")
    check(path, planted, folder)
    os.unlink(path)


def large(folder):
    path, each = os.path.join(folder, "large"), []
    for sessions in (options.sessions // 10, options.sessions * 10):
        make("udp", sessions, path)
        runs = [Run(*audit(1, path)) for _ in range(ROUNDS)]
        each.append(median(runs, "cpu") / sessions)
        two = Run(*audit(2, path))
    peaks = median(runs, "peak"), two.peak
    row(f"{sessions} sessions, peak MiB with one thread; two", "; ".join(f"{peak:.1f}" for peak in peaks), "64",
        max(peaks) <= 64)
    row("a session of many over a session of few, processor", f"{each[1] / each[0]:.2f}", "1.3", each[1] <= 1.3 * each[0])
    os.unlink(path)


def against_tshark(folder):
    if not shutil.which("tshark"):
        print("tshark is not there: nothing to compare with")
        return
    for mode in ("udp", "tcp"):
        path = os.path.join(folder, mode)
        make(mode, options.sessions, path)
        runs = rounds(tshark=("tshark", "-r", path, "-Y", "sip"), audit=audit(None, path))
        seconds, theirs = median(runs["audit"], "wall"), median(runs["tshark"], "wall")
        row(f"{mode}: {seconds:.2f} s, tshark {theirs:.2f} s", f"{theirs / seconds:.1f} x faster", "10 x",
            theirs >= 10 * seconds)
        os.unlink(path)


with tempfile.TemporaryDirectory() as work:
    for name in options.rows or ROWS:
        if name == "large":
            large(work)
        elif name == "tshark":
            against_tshark(work)
        else:
            against_loop(name, max(1, options.sessions // (50 if name == "mixed" else 1)), work)
sys.exit(wrong)
