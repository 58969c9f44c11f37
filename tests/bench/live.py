#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast a live campaign is, what a waiting case costs, how fast the self-proof and the start are: prints a table.

Wall and processor seconds are medians of five runs, unless said otherwise. A scenario is: MESSAGE to store, REGISTER, PUBLISH,
INVITE, BYE, with their answers, every requirement judged; the stub is `imconform serve`, a process of its own. SIPp cannot
wait for an INVITE of another call, so it is compared in the flow that it can do, REGISTER and PUBLISH.
usage: live.py BUILD-FOLDER [ROW…]    rows: rate sipp silence waiting proof start; default: all
"""
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

IMCONFORM = os.path.join(os.path.abspath(sys.argv[1]), "harness", "imconform")
TOOLS = os.path.join(os.path.abspath(sys.argv[1]), "tests", "bench")
ROWS = sys.argv[2:] or ["rate", "sipp", "silence", "waiting", "proof", "start"]
ROUNDS = 5
JOBS = 512  # cases side by side, as `run` has it by itself; SIPp's calls, too

PUSHED = "alice:deposit {} alice:register {} alice:publish {} alice:await_push {} alice:await_end {}"
PUBLISHED = "alice:register {} alice:publish { active = false }"
SILENT = PUBLISHED + " t:quiet()"
SIPP = """<?xml version="1.0"?>
<scenario name="settings">
  <send retrans="500"><![CDATA[
      REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
      Max-Forwards: 70
      From: <sip:scscf@im.example>;tag=[call_number]
      To: <sip:u[call_number]@im.example>
      Call-ID: [call_id]
      CSeq: 1 REGISTER
      Contact: <sip:scscf@[local_ip]:[local_port]>
      Expires: 3600
      Content-Length: 0

  ]]></send>
  <recv response="200"/>
  <send retrans="500"><![CDATA[
      PUBLISH sip:u[call_number]@im.example SIP/2.0
      Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
      Route: <sip:[remote_ip]:[remote_port];lr>
      Max-Forwards: 69
      From: <sip:u[call_number]@im.example>;tag=p[call_number]
      To: <sip:u[call_number]@im.example>
      P-Asserted-Identity: <sip:u[call_number]@im.example>
      Call-ID: [call_id]
      CSeq: 2 PUBLISH
      Accept-Contact: *;+g.oma.sip-im
      User-Agent: IM-client/OMA1.0
      Event: poc-settings
      Expires: 3600
      Content-Type: application/poc-settings+xml
      Content-Length: [len]

      <?xml version="1.0" encoding="UTF-8"?>
      <poc-settings xmlns="urn:oma:params:xml:ns:poc:poc-settings" xmlns:im="urn:oma:xml:im:service-settings">
        <entity id="sip:u[call_number]@im.example">
          <isb-settings><incoming-session-barring service-id="session-mode" active="false"/></isb-settings>
          <im:deferred-settings><im:offline-delivery active="false"/></im:deferred-settings>
        </entity>
      </poc-settings>
  ]]></send>
  <recv response="200"/>
</scenario>
"""


def row(name, text):
    print("%-34s %s" % (name, text), flush=True)


def measured(command, **more):
    """wall seconds, processor seconds, peak KiB"""
    with tempfile.NamedTemporaryFile() as file:
        done = subprocess.run(["/usr/bin/time", "-q", "-o", file.name, "-f", "%e %U %S %M", *command],
                              capture_output=True, text=True, check=False, **more)
        wall, user, system, peak = map(float, file.read().decode().split())
    return wall, user + system, peak, done


def median(command, rounds=ROUNDS, **more):
    runs = [measured(command, **more) for _ in range(rounds)]
    return [statistics.median(run[i] for run in runs) for i in range(3)] + [runs[-1][3]]


def plays(folder, body, count, name="load"):
    """Clause files with so many cases."""
    os.makedirs(folder, exist_ok=True)
    for part in range(0, count, 500):
        with open(os.path.join(folder, "%s-%d.lua" % (name, part)), "w", encoding="ascii") as file:
            file.write('clause { "6.1.1.5", "load", actor = "server" }\n'
                       'for i = %d, %d do\n  play { "%s-" .. i, "load", function(t) local alice = t:user() %s end,\n'
                       '    covers = { "6.1.1.5-6" } }\nend\n' % (part + 1, min(part + 500, count), name, body))
    return folder


def free_port():
    """A number that is free for UDP and for TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            try:
                tcp.bind(udp.getsockname())
                return udp.getsockname()[1]
            except OSError:
                continue


class Stub:
    """imconform serve, for a core."""

    def __enter__(self):
        self.core, self.port = free_port(), free_port()
        self.child = subprocess.Popen([IMCONFORM, "serve", "--listen", "127.0.0.1:%d" % self.port, "--core",
                                       "127.0.0.1:%d" % self.core], stderr=subprocess.PIPE)
        self.child.stderr.readline()
        return self

    def __exit__(self, *what):
        self.child.terminate()
        self.child.wait()
        self.child.stderr.close()

    def cpu(self):
        with open("/proc/%d/stat" % self.child.pid, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_against(stub, scenarios, *more):
    return [IMCONFORM, "run", "-q", "--scenarios", scenarios, "--only", "load-*", "--target",
            "sip:127.0.0.1:%d" % stub.port, "--core", "127.0.0.1:%d" % stub.core, "-j", str(JOBS), "-o", "text:/dev/null", *more]


def judged(done):
    assert done.returncode == 0, "status %d: %s" % (done.returncode, done.stderr)


def rate(work):
    count = 3000
    scenarios = plays(os.path.join(work, "pushed"), PUSHED, count)
    runs = []
    for _ in range(ROUNDS):
        with Stub() as stub:
            wall, cpu, peak, done = measured(run_against(stub, scenarios))
            runs.append((wall, cpu, stub.cpu(), peak))
        judged(done)
    wall, cpu, stub_cpu, peak = (statistics.median(run[i] for run in runs) for i in range(4))
    row(" 9 live scenarios", "%.0f a second by the clock, %.0f a second of the harness's processor time (stub: %.0f); %d of "
        "them, %.0f MiB" % (count / wall, count / cpu, count / max(stub_cpu, 0.01), count, peak / 1024))


def sipp(work):
    if not shutil.which("sipp"):
        row(" 9 against SIPp", "skipped: SIPp is not installed")
        return
    count = 3000
    scenarios = plays(os.path.join(work, "published"), PUBLISHED, count)
    flow = os.path.join(work, "settings.xml")
    with open(flow, "w", encoding="ascii") as file:
        file.write(SIPP)
    ours, theirs = [], []
    for _ in range(ROUNDS):  # in turns: the machine is the same for both
        with Stub() as stub:
            ours.append(measured(run_against(stub, scenarios)))
        with Stub() as stub:
            theirs.append(measured(["sipp", "-sf", flow, "-m", str(count), "-r", "100000", "-l", str(JOBS), "-nostdin", "-i",
                                    "127.0.0.1", "-p", str(stub.core), "-buff_size", "4194304",
                                    "127.0.0.1:%d" % stub.port], cwd=work))
    judged(ours[-1][3])
    assert theirs[-1][3].returncode == 0, theirs[-1][3].stdout[-2000:] + theirs[-1][3].stderr
    wall, cpu = (statistics.median(run[i] for run in ours) for i in (0, 1))
    sipp_wall, sipp_cpu = (statistics.median(run[i] for run in theirs) for i in (0, 1))
    row(" 9 against SIPp", "REGISTER and PUBLISH: %.0f a second, SIPp %.0f: %.2f x by the clock, %.2f x by processor time "
        "(%.2f s, SIPp %.2f s)" % (count / wall, count / sipp_wall, sipp_wall / wall, sipp_cpu / cpu, cpu, sipp_cpu))


def silence(work):
    """Once: it takes its time. Several processes, for no clause file may grow without bounds."""
    parts, each = 4, 2500
    ixit = os.path.join(work, "silence.lua")
    with open(ixit, "w", encoding="ascii") as file:
        file.write("return { timers = { quiet_ms = 32000 } }\n")
    command = [IMCONFORM, "run", "-q", "--ixit", ixit, "--only", "load-*", "-o", "text:/dev/null"]
    many = plays(os.path.join(work, "many"), SILENT, each)
    start = time.monotonic()
    children = [subprocess.Popen(["/usr/bin/time", "-q", "-f", "%M", *command, "-j", str(each), "--scenarios", many],
                                 stderr=subprocess.PIPE, text=True) for _ in range(parts)]
    said = [child.communicate()[1] for child in children]
    wall = time.monotonic() - start
    assert all(child.returncode == 0 for child in children), said
    peaks = [int(text.split()[-1]) for text in said]
    row("10 %d silences of 32 s" % (parts * each), "%.1f s: the longest silence and %.1f s; %.0f MiB each of %d processes, "
        "its stub within" % (wall, wall - 32, statistics.median(peaks) / 1024, parts))


def resident(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


def waiting_at_once(scenarios, ixit, jobs):
    """KiB of the run and of the stub, while so many wait"""
    with Stub() as stub:
        child = subprocess.Popen([*run_against(stub, scenarios, "--ixit", ixit), "-j", str(jobs)], stderr=subprocess.DEVNULL)
        time.sleep(10)
        sizes = resident(child.pid), resident(stub.child.pid)
        child.terminate()
        child.wait()
    return sizes


def waiting(work):
    """What one more costs: the same cases, more and fewer of them in their silence of 32 s."""
    few, many = 250, 2500
    ixit = os.path.join(work, "waiting.lua")
    with open(ixit, "w", encoding="ascii") as file:
        file.write("return { timers = { quiet_ms = 32000 } }\n")
    scenarios = plays(os.path.join(work, "waiting"), SILENT, many)
    costs = []
    for _ in range(ROUNDS):
        more, less = waiting_at_once(scenarios, ixit, many), waiting_at_once(scenarios, ixit, few)
        costs.append([(a - b) / (many - few) for a, b in zip(more, less)])
    run, stub = (statistics.median(cost[i] for cost in costs) for i in (0, 1))
    row("12 a waiting scenario", "%.1f KiB, its coroutine, user, messages and transactions included (its user at the stub: "
        "%.1f KiB)" % (run, stub))


def proof(work):
    runs = [measured([IMCONFORM, "prove", "--only", "6.1.1.5-1", "-j", "1"]) for _ in range(ROUNDS)]
    cases = int(re.search(r"prove: (\d+) cases", runs[0][3].stderr)[1])
    wall, cpu = (statistics.median(run[i] for run in runs) for i in (0, 1))
    row("13 self-proof", "%.0f case runs a second of processor time, %.0f by the clock (%d cases)"
        % (cases / cpu, cases / wall, cases))


def start(work):
    one = os.path.join(work, "one.pcap")
    subprocess.run([os.path.join(TOOLS, "make_captures"), "udp", "1", "1", "0", one], stdout=subprocess.DEVNULL, check=True)
    with open(one, "rb") as file:
        first = file.read()
    with open(one, "wb") as file:  # its first packet only
        file.write(first[:24 + 16 + int.from_bytes(first[32:36], "little")])
    times = []
    for command in (["--version"], ["list"], ["audit", "-q", one]):
        walls = []
        for _ in range(41):
            begin = time.monotonic()
            subprocess.run([IMCONFORM, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            walls.append((time.monotonic() - begin) * 1000)
        times.append((statistics.median(walls), min(walls)))
    row("14 start", "--version %.1f ms (least %.1f), list %.1f ms (%.1f), a capture of one packet %.1f ms (%.1f)"
        % tuple(value for pair in times for value in pair))


def main():
    with tempfile.TemporaryDirectory() as work:
        for name in ROWS:
            {"rate": rate, "sipp": sipp, "silence": silence, "waiting": waiting, "proof": proof, "start": start}[name](work)


main()
