# SPDX-License-Identifier: MIT
"""The whole self-proof with 1,000 kinds of weather: everything is proved, fast enough, and the same bytes come out
whatever the number of threads. Processor time is measured, so that other work on the machine does not matter. Argument:
the build folder.
"""
import os
import re
import resource
import subprocess
import sys

PROGRAM = os.path.join(os.path.abspath(sys.argv[1]), "harness", "imconform")
SECONDS = 60      # for all of it, on two processors
CASES_A_SECOND = 2000  # on one
counts = {"passed": 0, "failed": 0}


def check(name, good, why=""):
    counts["passed" if good else "failed"] += 1
    print("ok  " if good else "FAIL", name, *(["\n" + why] if why and not good else []))


def prove(*arguments):
    return subprocess.run([PROGRAM, "prove", "--seed", "1", *arguments], capture_output=True, text=True, check=False)


def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def is_optimized():
    """Sanitizers and builds for debugging have other speeds."""
    with open(os.path.join(sys.argv[1], "meson-info", "intro-buildoptions.json"), encoding="utf-8") as options:
        text = options.read()
    return re.search(r'"name": "b_sanitize",[^}]*"value": (\[\]|"none")', text) is not None


def check_thousand():
    before = used()
    done = prove("--seeds", "1000", "--jobs", "2")
    spent = used() - before
    said = re.search(r"(\d+) cases in \d+ campaigns", done.stderr)
    last = done.stdout.splitlines()[-1:]
    check("everything is proved", done.returncode == 0, "\n".join(done.stdout.splitlines()[:40]) + done.stderr)
    check("the last line says so", bool(last) and re.match(r"(\d+) of \1 requirements proved in each way, (\d+) of \2 ",
                                                          last[0]) is not None, str(last))
    check("no line is longer than a terminal", all(len(line) <= 80 for line in done.stdout.splitlines()))
    if not said or not is_optimized():
        return
    print("%s cases, %.1f s of a processor" % (said[1], spent))
    check("fast enough", spent / 2 <= SECONDS, "%.1f s on two processors" % (spent / 2))
    check("cases a second", int(said[1]) / spent >= CASES_A_SECOND, "%.0f" % (int(said[1]) / spent))


def check_same_bytes():
    few = ["--seeds", "4", "--all", "--quiet"]
    one, three = prove(*few, "--jobs", "1"), prove(*few, "--jobs", "3")
    check("the same bytes for any --jobs", one.stdout == three.stdout and one.stdout != "")
    json = [prove("--seeds", "4", "--quiet", "--only", "6.1.1.5", "-o", "json:-", "--jobs", jobs) for jobs in "12"]
    check("the same bytes in a report", json[0].stdout == json[1].stdout and '"matrix"' in json[0].stdout)
    other = prove("--seeds", "4", "--quiet", "--seed", "7")
    check("other seeds are proved, too", other.returncode == 0, other.stdout[:2000])


def main():
    check_thousand()
    check_same_bytes()
    print("%(passed)d passed, %(failed)d failed" % counts)
    sys.exit(1 if counts["failed"] else 0)


main()
