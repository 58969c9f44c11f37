# SPDX-License-Identifier: MIT
"""What the pages say is what the program does: every command in them is run, and what is shown is what comes out.

Blocks marked `console` hold commands after "$ " and what they say, both streams. "…" alone stands for any lines, at the
end of a line for the rest of it. Frames, ports, counts and times may differ; verdicts may not. The ports
5060 and 5070 become free ones. A command that ends in "&" runs until its block is over. Of blocks marked `sh`, which need
more than this machine, the verbs and options are checked. Arguments: the top of the tree, the build folder, the pages.
"""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

TOP, BUILD = (os.path.abspath(path) for path in sys.argv[1:3])
PAGES = sys.argv[3:]
LOOSE = [(r"127\.0\.0\.1:\d+", "127.0.0.1:N"), (r"\b\d+ of \d+\b", "N of N"), (r"\bframe \d+", "frame N"),
         (r"\b[\d.]+ s,", "N s,"), (r"\b\d+ (cases|pushes)\b", r"N \1"), (r"alice-\w+", "alice-N"),
         (r"\blc +\d+\b", "lc N"), (r"\b\d+ (pass|none)\b", r"N \1"), (r":\d+$", ":N"),
         (r"^(\S+)(?: +\d+){6}$", r"\1 and its counts")]
counts = {"passed": 0, "failed": 0}


def check(name, good, why=""):
    counts["passed" if good else "failed"] += 1
    print("ok  " if good else "FAIL", name, *(["\n" + why] if why and not good else []))


def loose(line):
    for pattern, instead in LOOSE:
        line = re.sub(pattern, instead, line)
    return line.rstrip()


def pattern_of(lines):
    parts = []
    for line in map(loose, lines):
        if line == "…":
            parts.append(r"(?:[^\n]*\n)*?")
        elif line.endswith("…"):
            parts.append(re.escape(line[:-1]) + r"[^\n]*\n")
        else:
            parts.append(re.escape(line) + r"\n")
    return re.compile("".join(parts) + r"\Z")


def free_ports(count):
    """Ports that are free for UDP and for TCP, each another."""
    ports = []
    while len(ports) < count:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, \
             socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            if str(port) not in ports:
                ports.append(str(port))
    return ports


def blocks(text):
    """Lists of (command, lines) for each console block."""
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        commands = []
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            else:
                commands[-1][1].append(line)
        yield commands


def run_block(commands, env, out):
    """Runs a block as one shell would; each command's output is told apart by a file of its own."""
    ports = dict(zip(("5060", "5070"), free_ports(2)))
    background, status = [], 0
    for command, expected in commands:
        text = re.sub(r"\b(50[67]0)\b", lambda match: ports[match[1]], command)
        text = text.replace("out/", out + "/").replace("$?", str(status))
        if text.startswith("./ci/demo.sh"):
            text += " " + out
        if text.endswith("&"):
            child = subprocess.Popen(["sh", "-c", "exec " + text[:-1]], cwd=TOP, env=env, stderr=subprocess.PIPE)
            said = child.stderr.readline().decode()
            check(command, " listens on " in said, said)
            background.append(child)
            continue
        done = subprocess.run(["bash", "-c", text], cwd=TOP, env=env, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)
        status, said = done.returncode, done.stdout.replace(out, "out").replace(os.path.basename(BUILD) + "/", "build/")
        said = "".join(loose(line) + "\n" for line in said.splitlines())
        if expected:
            check(command, pattern_of(expected).match(said), said)
        else:
            check(command, "usage" not in said.lower() and status != 2, said)
    for child in background:
        child.send_signal(signal.SIGINT)
        check("it ends on SIGINT", child.wait(timeout=10) in (0, 128 + signal.SIGINT), "status %s" % child.returncode)
        child.stderr.close()


def program(*arguments):
    return subprocess.run([os.path.join(BUILD, "harness", "imconform"), *arguments], capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL)


def check_names(text, folder):
    """Every verb, option and file that is named in the text exists."""
    verbs = set(re.findall(r"^  (\w+) ", program("--help").stdout.split("Options:")[0], re.M))
    for verb in sorted(set(re.findall(r"^(?:\$ |sudo )?imconform ([a-z]+)\b", text, re.M))):
        check("verb " + verb, verb in verbs)
    options = {"--sanitize", "--package", "--network", "--folder", "--new"}  # of others
    for verb in verbs:
        options |= set(re.findall(r"(--[a-z-]+)", program(verb, "--help").stdout))
    script = "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S))
    for option in sorted(set(re.findall(r"`(--[a-z-]+)[` =]", text) + re.findall(r"\s(--[a-z-]+)", script))):
        check("option " + option, option in options)
    for path in sorted(set(re.findall(r"\]\(([^)#:]+)\)|\| `([\w./]+/)` \|", text))):
        path = path[0] or path[1]
        check("there is " + path, os.path.exists(os.path.join(folder, path)))


def main():
    for page in PAGES:
        with open(page, encoding="utf-8") as file:
            text = file.read()
        check_names(text, os.path.dirname(os.path.abspath(page)))
        with tempfile.TemporaryDirectory() as out:
            env = dict(os.environ, PATH=os.path.join(BUILD, "harness") + ":" + os.environ["PATH"], BUILD=BUILD)
            for commands in blocks(text):
                run_block(commands, env, out)
    print("%(passed)d passed, %(failed)d failed" % counts)
    sys.exit(1 if counts["failed"] else 0)


main()
