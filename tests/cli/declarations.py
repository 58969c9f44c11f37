#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""IXIT, ICS and profiles as their users give them, on the virtual clock. Usage: declarations.py IMCONFORM"""
import html
import json
import os
import subprocess
import sys
import tempfile

FAILURES = []


def call(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, stdin=subprocess.DEVNULL, check=False)
    return done.returncode, done.stdout, done.stderr


def check(what, holds, seen=""):
    print("ok  " if holds else "FAIL", what, "" if holds else seen)
    if not holds:
        FAILURES.append(what)


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def check_ics(imconform, folder):
    ics = write(folder, "ics.lua", """return { items = {
      { id = "5.3-support", status = "o", support = "yes" },
      { id = "12.2.2.2-2d", status = "o", support = "no" },
      { id = "6.1.1.5-2", status = "m", support = "no" } } }""")
    evidence = os.path.join(folder, "ics.pcapng")
    status, out, err = call(imconform, "run", "--virtual", "--ics", ics, "--quiet", "-o", "json:-", "-o",
                            f"pcapng:{evidence}")
    found = {r["id"]: (r["verdict"], r["finding"]) for r in json.loads(out)["ics"]} if out else {}
    expected = {
        "6.1.1.5-2": ("fail", "mandatory, and not claimed, though it was seen to hold"),
        "12.2.2.2-2d": ("warn", "present and not declared: it was seen to hold, and the ICS does not claim it"),
    }
    check("a run holds the ICS against what it sees", status == 1 and found == expected, (status, found, err))
    status, out, err = call(imconform, "audit", "--from-start", "--ics", ics, "-o", "json:-", evidence)
    found = {r["id"]: r["verdict"] for r in json.loads(out)["ics"]} if out else {}
    check("so does an audit", found.get("6.1.1.5-2") == "fail" and found.get("12.2.2.2-2d") == "warn", (found, err))
    status, out, _ = call(imconform, "doctor", "--ics", ics)
    check("doctor sees what is mandatory and not claimed",
          status == 1 and f"WRONG review     {ics}: 6.1.1.5-2 is mandatory, and not claimed" in out, (status, out))
    bad = write(folder, "bad.lua", 'return { items = {\n{ id = "5.3-support", status = "m", support = "yes" } } }')
    status, out, err = call(imconform, "run", "--virtual", "--ics", bad)
    check("a contradiction is said before anything is sent", status == 2 and not out and
          f"{bad}:2: items.1.status of 5.3-support contradicts the specification" in err, (status, err))


def check_origins(imconform, folder):
    ixit = write(folder, "ixit.lua", 'return {\n domain = "lab.example",\n timers = { quiet_ms = 700 } }')
    status, out, err = call(imconform, "doctor", "--ixit", ixit, "--target", "sip:127.0.0.1:5099")
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.startswith("  ")}
    check("doctor shows where values come from", lines.get("domain") == ["lab.example", f"{ixit}:2"] and
          lines.get("timers.quiet_ms") == ["700", f"{ixit}:3"] and lines.get("timers.answer_ms") == ["4000", "default"]
          and lines.get("iut.address") == ["127.0.0.1:5099", "flag"], (status, out, err))


def check_profiles(imconform, folder):
    evidence = os.path.join(folder, "default.pcapng")
    call(imconform, "run", "--virtual", "--quiet", "-o", f"pcapng:{evidence}")
    _, out, err = call(imconform, "audit", "--from-start", "--profile", "poc-style", "--against", "default", "-o",
                       "markdown:-", evidence)
    out = html.unescape(out)
    check("the value that makes the difference is named", "12.2.2.2-2c is fail, and pass under the profile default: "
          'release.server "IM-serv" instead of "PoC-serv" makes the difference' in out, (out[:2000], err))
    for profile in ("poc-style", "vendor-example"):
        status, out, err = call(imconform, "run", "--virtual", "--profile", profile, "--quiet")
        check(f"the reference conforms under {profile}", status == 0 and " 0 fail" in out and
              f"note: profile: {profile}" in out, (status, out[-300:], err))
    status, _, err = call(imconform, "audit", "--against", "default", "-")
    check("a pipe can't be read twice", status == 2 and "--against reads captures again" in err, (status, err))


def check_virtual(imconform):
    status, out, _ = call(imconform, "run", "--virtual", "--quiet")
    again = call(imconform, "run", "--virtual", "--quiet")[1]
    check("a virtual campaign passes, twice the same", status == 0 and out == again, out[-200:])
    status, _, err = call(imconform, "run", "--virtual", "--target", "sip:127.0.0.1:5070")
    check("nobody is reached without sockets", status == 2 and "--virtual is for the built-in reference" in err, err)


def main():
    imconform = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        check_ics(imconform, folder)
        check_origins(imconform, folder)
        check_profiles(imconform, folder)
        check_virtual(imconform)
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
