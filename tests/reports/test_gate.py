# SPDX-License-Identifier: MIT
"""What a gate stands on, from the command line: baselines, expected failures, the JSON of every verb against its schema, TAP
before prove, journals of killed runs and of shards, and what is shown on a terminal and nowhere else.
$1: the tree, $2: the build."""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

from cli import FAST, FORMATS, Lab, free_address, load, validate

lab = Lab(sys.argv)
SOME = ["--only", "publish-accepted", "--only", "tag-absent", "--only", "event-absent"]
FAR, PAST = "2999-12-31", "2001-01-01"
REASON = "200 OK"


def journals():
    """good: three cases pass; bad: one of them fails, as the server does not look for the tag."""
    lab.run(*SOME, "--journal", "good.j", "-o", "json:good.json", status=0)
    server = lab.serve("tag-ignored")
    try:
        lab.run(*server.where, *SOME, "--journal", "bad.j", "-o", "json:bad.json", "-o", "tap:bad.tap", status=1)
    finally:
        server.terminate()
        server.wait(10)
    lab.run("--only", "publish-accepted", "--journal", "less.j", status=0)


def report(journal, *options, status):
    return unwrapped(lab.call("report", journal, *options, "-o", "text:-", status=status).stdout)


def unwrapped(text):
    return re.sub(r"\n *\| ", " ", text)


# --- expected failures ---

def expect(lines, status, *words, journal="bad.j"):
    lab.write("known.txt", lines)
    text = report(journal, "--expected", "known.txt", status=status)
    for word in words:
        assert word in text, f"{word!r} is not in {text}"


def check_expected():
    known = f"6.1.1.5-1 | tag-absent | {REASON} | bob | {FAR}\n"
    expect(f"# known\n\n{known}", 0, "fails as expected", "PASSED")
    expect(f"6.1.1.5-1 | * | {REASON} | bob | {FAR}\n", 0, "fails as expected")
    expect(known.replace("200 OK", "500 Gone"), 1, "fails for another reason", "FAILED")
    expect(known.replace(FAR, PAST), 1, "has expired", "FAILED")
    expect(known, 1, "passes: take the line out", "FAILED", journal="good.j")
    expect(known.replace("tag-absent", "tag-upper-case"), 1, "was not exercised")
    expect(f"6.1.1.5-2 | * | x | bob | {FAR}\n", 1, "passes: take the line out")
    expect(known + f"6.1.1.5-2 | event-absent | x | bob | {FAR}\n", 1, "fails as expected", "passes: take the line out")
    text = report("bad.j", "--expected", "known.txt", status=1)
    assert "bob" in text and FAR in text, "owner and day are told"
    for line, why in {"6.1.1.5-1 | x\n": "wants REQUIREMENT | CASE | REASON | OWNER | EXPIRY",
                      f"a | b |  | d | {FAR}\n": "field 3 is empty",
                      f"a | b | c | d | {FAR} | f\n": "more than five fields",
                      "a | b | c | d | soon\n": "'soon' is no day: YYYY-MM-DD"}.items():
        lab.write("known.txt", "# first\n" + line)
        done = lab.call("report", "bad.j", "--expected", "known.txt", status=2)
        assert "known.txt:2: " in done.stderr and why in done.stderr, done.stderr
    done = lab.run(*SOME, "--expected", "nowhere.txt", status=2)
    assert "nowhere.txt: No such file or directory" in done.stderr and not done.stdout, "told before the run"


# --- baselines ---

def check_baseline():
    text = report("good.j", "--baseline", "good.j", status=0)
    assert "baseline: 0 new failures, 0 fixed, 0 missing, 0 new, 0 not decided any more" in text, text
    text = report("bad.j", "--baseline", "good.j", status=1)
    assert "requirement 6.1.1.5-1 fails now" in text and "case tag-absent fails now" in text, text
    text = report("good.j", "--baseline", "bad.j", status=0)
    assert "case tag-absent is fixed" in text, text
    text = report("less.j", "--baseline", "good.j", status=1)
    assert "case tag-absent is missing: it was judged then" in text and "FAILED" in text, text
    assert "PASSED" in report("less.j", status=0), "without the baseline it passes"
    text = report("good.j", "--baseline", "less.j", status=0)
    assert "case tag-absent was not there then" in text, text
    done = lab.run(*SOME, "--baseline", "nowhere.j", status=2)
    assert "nowhere.j: No such file or directory" in done.stderr and not done.stdout, "told before the run"


# --- JSON and TAP ---

def check_json():
    schema = load(lab.tree / "reports/schema.json")
    lab.call("audit", "bad.j.pcapng", "--from-start", "-o", "json:audit.json", status=1)
    lab.call("report", "bad.j", "--redact", "-o", "json:redacted.json", status=1)
    lab.run("--iut", "client", "--only", "client-registers", "-o", "json:client.json", status=0)
    lab.call("prove", "--seeds", "1", "--only", "5.3", "-q", "-o", "json:prove.json", status=0)
    lab.call("report", "bad.j", "--times", "--strict", "-o", "json:times.json", status=1)
    for name in ("good", "bad", "audit", "redacted", "client", "times", "prove"):
        validate(schema, load(lab.path(f"{name}.json")))
    broken = load(lab.path("good.json"))
    broken["requirements"][0]["verdict"] = "fine"
    try:
        validate(schema, broken)
    except AssertionError:
        return
    raise AssertionError("the schema takes everything")


def check_tap():
    if not shutil.which("prove"):
        print("TAP not checked: there is no prove")
        return
    lab.write("known.txt", f"6.1.1.5-1 | tag-absent | {REASON} | bob | {FAR}\n")
    known = ["--expected", "known.txt"]
    for journal, options, status in (("good.j", [], 0), ("bad.j", [], 1), ("bad.j", known, 0), ("good.j", known, 1),
                                     ("less.j", ["--baseline", "good.j"], 1)):
        lab.call("report", journal, *options, "-o", "tap:prove.tap", status=status)
        done = subprocess.run(["prove", "-Q", "-e", "cat", lab.path("prove.tap")], capture_output=True, check=False)
        assert (done.returncode == 0) == (status == 0), done


# --- redaction ---

def check_redaction():
    """A run's own names, in no report, in no capture, and not on the terminal's lines of verdicts."""
    server = lab.serve("tag-ignored")
    outputs = [f"-o={name}:r.{end}" for name, end in (FORMATS | {"pcapng": "pcapng"}).items()]
    try:
        done = lab.call("run", "--ixit", "fast.lua", *server.where, *SOME, "--redact",
                        *(part for output in outputs for part in output.split("=", 1)), status=1)
    finally:
        server.terminate()
        server.wait(10)
    for end in [*FORMATS.values(), "pcapng"]:
        data = lab.path(f"r.{end}").read_bytes()
        for name in (b"alice", b"im.example", b"127.0.0.1", b"/imconform-"):
            assert name not in data, f"{name} is in r.{end}"
        assert b"user-" in data or end not in ("txt", "json", "html", "pcapng"), f"nobody is in r.{end}"
    assert "alice" not in done.stderr and "fail   tag-absent\n" in done.stderr, done.stderr


# --- killed ---

def check_killed():
    """Every verdict that was on the screen is in the report, which says that it is not the whole."""
    server = lab.serve("tag-ignored")
    said = lab.path("said.txt").open("w")
    run = subprocess.Popen([lab.program, "run", *server.where, "--journal", "killed.j", "--jobs", "8"], cwd=lab.folder,
                           stderr=said, stdout=subprocess.DEVNULL, env=lab.environment)
    shown = []
    for _ in range(300):
        shown = re.findall(r"^(fail|inconc|error) +(\S+): ", lab.path("said.txt").read_text(), re.M)
        if len(shown) >= 2:
            break
        time.sleep(0.1)
    run.send_signal(signal.SIGKILL)
    run.wait(10)
    server.terminate()
    server.wait(10)
    said.close()
    shown = re.findall(r"^(fail|inconc|error) +(\S+): ", lab.path("said.txt").read_text(), re.M)
    assert len(shown) >= 2, "nothing was shown before the kill"
    done = lab.call("report", "killed.j", "-o", "json:killed.json", "-o", "html:killed.html", "-o", "text:-", status=1)
    cases = {case["name"]: case["verdict"] for case in load(lab.path("killed.json"))["cases"]}
    assert load(lab.path("killed.json"))["campaign"]["complete"] is False
    for verdict, name in shown:
        assert cases.get(name) == verdict, f"{name} was shown as {verdict}, and is {cases.get(name)}"
    assert "not finished" in done.stdout, done.stdout[-300:]
    assert "not finished" in lab.path("killed.html").read_text()
    with lab.path("killed.j").open("a") as journal:
        journal.write('{"t":"finding","order":1,')  # the kill came while a line was written
    done = lab.call("report", "killed.j", "-o", "text:-", status=1)
    assert "killed while it wrote" in unwrapped(done.stdout), done.stdout[:600]


# --- shards ---

def check_shards():
    """An audit in three parts is the audit in one, in every format, in any order and grouping."""
    capture = "bad.j.pcapng"
    lab.call("audit", capture, "--journal", "whole.j")
    for i in (1, 2, 3):
        lab.call("audit", capture, "--shard", f"{i}/3", "--journal", f"{i}.j")
    lab.call("merge", "whole.j", "--journal", "canon.j", status=0)
    lab.call("merge", "3.j", "1.j", "--journal", "31.j", status=0)
    for inputs in (["1.j", "2.j", "3.j"], ["3.j", "2.j", "1.j"], ["31.j", "2.j"], ["2.j", "31.j", "1.j"], ["canon.j", "2.j"]):
        lab.call("merge", *inputs, "--journal", "joined.j", status=0)
        assert lab.path("joined.j").read_bytes() == lab.path("canon.j").read_bytes(), inputs
    for name, end in FORMATS.items():
        lab.call("report", "whole.j", "-o", f"{name}:a.{end}")
        lab.call("report", "2.j", "1.j", "3.j", "-o", f"{name}:b.{end}")
        assert lab.path(f"a.{end}").read_bytes() == lab.path(f"b.{end}").read_bytes(), name
    done = lab.call("report", "1.j", "3.j", "-o", "text:-")
    assert "not finished" in done.stdout, "a part is missing"


# --- terminals ---

def on_terminal(*arguments, **more):
    """What the program writes to a terminal of 80 columns."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(lab.folder)
        os.execve(lab.program, [str(lab.program), *map(str, arguments)], lab.environment | {"TERM": "xterm"} | more)
    text = b""
    while select.select([fd], [], [], 60)[0]:
        try:
            part = os.read(fd, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    os.waitpid(pid, 0)
    os.close(fd)
    return text.decode()


def check_terminal():
    big = lab.path("big.pcap")
    make_big(big)
    text = on_terminal("audit", big, "-o", "json:x.json")
    progress = re.findall(r"\r(\d+\.\d of \d+\.\d MB read[^\r]*)", text)
    assert progress, text[-500:]
    assert all(re.search(r", \d+ SIP messages, \d+ findings?(, about \d+ s left)? *$", p) for p in progress), progress
    assert all(len(p) <= 79 for p in progress), "a line has room"
    assert text.endswith("\r" + " " * 79 + "\r"), "and goes away"
    assert re.search(r"\r\d+ of 3 cases done, \d+ in flight", on_terminal("run", "--ixit", "fast.lua", *SOME, "-o", "json:x.json"))
    for more in ({"CI": "true"}, {"TERM": "dumb"}):
        assert "MB read" not in on_terminal("audit", big, "-o", "json:x.json", **more), more
    assert "MB read" not in lab.call("audit", big, "-o", "json:x.json").stderr, "nothing in a pipe"
    assert "\x1b[" in on_terminal("report", "bad.j")
    assert "\x1b[" not in on_terminal("report", "bad.j", NO_COLOR="1")
    assert "\x1b[" not in on_terminal("report", "bad.j", "--color", "never")
    assert "\x1b[" not in lab.call("report", "bad.j").stdout
    for line in lab.call("report", "bad.j").stdout.splitlines():
        assert len(line) <= 80 or "repeat" in line, f"wider than 80 columns: {line}"


def make_big(path):
    """Packets enough for a moment's reading: a capture of a message to nobody, over and over."""
    message = b"OPTIONS sip:nobody@im.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%07d\r\nFrom: <sip:a@b>;tag=1\r\n" \
              b"To: <sip:nobody@im.example>\r\nCall-ID: %07d\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    with path.open("wb") as file:
        file.write(bytes.fromhex("d4c3b2a1 0200 0400 00000000 00000000 00000400 65000000"))
        for i in range(150000):
            body = message % (i, i)
            udp = (5060).to_bytes(2, "big") * 2 + (len(body) + 8).to_bytes(2, "big") + b"\0\0" + body
            ip = b"\x45\0" + (len(udp) + 20).to_bytes(2, "big") + bytes.fromhex("00000000 4011 0000 0a000001 0a000002") + udp
            head = (i // 1000).to_bytes(4, "little") + (i % 1000).to_bytes(4, "little") + len(ip).to_bytes(4, "little") * 2
            file.write(head + ip)


# --- selections ---

def check_selections():
    for pattern, cases in (("tag-absent", {"tag-absent"}), ("tag-absent*", {"tag-absent", "tag-absent-stores-nothing"}),
                           ("tag-absent-*", {"tag-absent-stores-nothing"})):
        text = lab.call("list", "--only", pattern, status=0).stdout
        found = set(re.findall(r"^(tag-\S+) ", text, re.M))
        assert found == cases, f"{pattern}: {found}"
    lab.run("--only", "tag-absent", "--only", "publish-accepted", "-o", "json:one.json", "-o", "sctr:one.txt", status=0)
    assert [case["name"] for case in load(lab.path("one.json"))["cases"]] == ["publish-accepted", "tag-absent"]
    form = lab.path("one.txt").read_text()
    day = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
    assert not re.search(day, form), "no clock unless it is asked for"
    text = lab.run("--only", "publish-accepted", "--times", "-o", "text:-", status=0).stdout
    assert re.search(day, unwrapped(text).splitlines()[0]), text.splitlines()[:3]
    assert re.search(r"^- tag-absent-stores-nothing +not selected by --only and --skip$", form, re.M), form
    assert re.search(r"^- timers.quiet_ms +200$", form, re.M), form


# --- the reference on its own ---

def check_serve():
    """Its core is that of the IXIT, where no option says otherwise."""
    lab.write("core.lua", f'{FAST.rstrip()[:-2]}, core = {{ address = "{free_address()}" }} }}\n')
    server = lab.serve(core=["--ixit", "core.lua"])
    try:
        lab.call("run", "-q", *server.where, "--only", "push-after-publish", status=0)
    finally:
        server.terminate()
        server.wait(10)


journals()
for check in (check_expected, check_baseline, check_json, check_tap, check_redaction, check_killed, check_shards, check_terminal, check_selections,
              check_serve):
    check()
    print("holds:", check.__name__[len("check_"):])
