#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Mutation of the judge: one thing at a time is made wrong in the words of lib/check, and the tests that judge have to notice.
Usage: ci/mutate.py BUILD [--file NAME] [--every N] [--from N] [--list]

BUILD is a meson build of this tree, with imconform and the unit tests built; it is not changed. A mutant is compiled alone and linked
before the library. Survivors are told by file:line; the exit status is 1 if one is not in ci/mutate.survivors (FILE | LINE OF CODE |
MUTATION | WHY). Takes some ten seconds a mutant: not part of the ordinary tests."""
import glob
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SWAPS = [(" == ", " != "), (" != ", " == "), (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" && ", " || "),
         (" || ", " && "), ("if (!", "if ("), (" + ", " - "), ("TRI_YES;", "TRI_NO;"), ("TRI_NO;", "TRI_YES;"),
         ("TRI_UNKNOWN;", "TRI_YES;")]
EVAL = re.compile(r"^(static )?enum tri \w+\(.*\)$")
UNITS = ["judge*/*", "harness_audit*/*"]


def mutants(path):
    """(line, what, text of the whole file)"""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")

    def whole(at, line):
        return "\n".join(lines[:at] + [line] + lines[at + 1:])
    for at, line in enumerate(lines):
        code = line.split("/*")[0]
        if EVAL.match(line) and at + 1 < len(lines) and lines[at + 1] == "{":
            for value in ("TRI_YES", "TRI_NO"):
                yield at + 1, f"always {value}", whole(at + 1, "{ return " + value + ";")
        if not line.startswith("\t") or '"' in code or "for (" in code or line.lstrip().startswith(("*", "/*")):
            continue
        for old, new in SWAPS:
            for number, found in enumerate(re.finditer(re.escape(old), code)):
                where = f"{old.strip()} → {new.strip()}" + (f" ({number + 1})" if number else "")
                yield at + 1, where, whole(at, line[:found.start()] + new + line[found.end():])


def commands(build, target):
    lines = subprocess.run(["ninja", "-C", build, "-t", "commands", target], capture_output=True, text=True, check=True).stdout
    return [line for line in lines.split("\n") if line]


class Builder:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        everything = commands(build, "harness/imconform") + commands(build, "tests/unit")
        self.compiles = {}
        for line in everything:
            found = re.search(r" -c (\S+)$", line)
            if found:
                self.compiles[os.path.realpath(os.path.join(build, found.group(1)))] = line
        self.links = {name: next(line for line in everything if f" -o {name} " in line)
                      for name in ("harness/imconform", "tests/unit")}

    def run(self, command):
        done = subprocess.run(command, shell=True, cwd=self.build, capture_output=True, text=True, check=False)
        return done.returncode == 0

    def compile(self, path, text):
        """The mutant's object, or None where it is no program."""
        source, target = os.path.join(self.folder, "mutant.c"), os.path.join(self.folder, "mutant.o")
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        line = self.compiles[os.path.realpath(path)]
        line = re.sub(r"-M[QF] \S+|-MD", "", re.sub(r" -o \S+", f" -o {target}", line)).replace("-Werror", "")
        line = re.sub(r" -c \S+$", f" -w -I{os.path.dirname(path)} -c {source}", line)
        return target if self.run(line) else None

    def link(self, name, target):
        program = os.path.join(self.folder, os.path.basename(name))
        return program if self.run(self.links[name].replace(f" -o {name} ", f" -o {program} {target} ")) else None


def is_killed(builder, target):
    """By the first test that fails; a mutant that hangs is noticed, too."""
    def fails(*command):
        try:
            return subprocess.run(command, capture_output=True, timeout=180, check=False).returncode != 0
        except subprocess.TimeoutExpired:
            return True
    unit = builder.link("tests/unit", target)
    if any(fails(unit, "--filter", name) for name in UNITS[:1]):
        return True
    imconform = builder.link("harness/imconform", target)
    if fails(imconform, "prove", "--seeds", "1", "--quiet"):
        return True
    if any(fails(unit, "--filter", name) for name in UNITS[1:]):
        return True
    return fails(sys.executable, os.path.join(TOP, "tests/captures/judge_captures.py"), imconform)


def excused():
    """Survivors that are known, each with its reason."""
    known = {}
    path = os.path.join(TOP, "ci/mutate.survivors")
    for line in open(path, encoding="utf-8") if os.path.exists(path) else ():
        if line.strip() and not line.startswith("#"):
            name, code, what, why = (part.strip() for part in line.split(" | "))
            known[(name, code, what)] = why
    return known


def number_of(arguments, name, normal):
    return int(arguments[arguments.index(name) + 1]) if name in arguments else normal


def main():
    arguments = sys.argv[1:]
    wanted = arguments[arguments.index("--file") + 1] if "--file" in arguments else ""
    files = [f for f in sorted(glob.glob(os.path.join(TOP, "lib/check/*.c"))) if wanted in os.path.basename(f)]
    found = [(path, *mutant) for path in files for mutant in mutants(path)]
    found = found[number_of(arguments, "--from", 0)::number_of(arguments, "--every", 1)]
    if "--list" in arguments or not arguments:
        for path, line, what, _ in found:
            print(f"{os.path.relpath(path, TOP)}:{line}: {what}")
        return 0
    known, survivors, count = excused(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        builder = Builder(arguments[0], folder)
        with open(files[0], encoding="utf-8") as file:
            if is_killed(builder, builder.compile(files[0], file.read())):
                print("the tests fail without any mutation")
                return 2
        for path, line, what, text in found:
            target = builder.compile(path, text)
            if not target:
                continue
            count += 1
            if is_killed(builder, target):
                continue
            name = os.path.relpath(path, TOP)
            code = open(path, encoding="utf-8").read().split("\n")[line - 1].strip()
            why = known.get((name, code, what))
            survivors += why is None
            print(f"{name}:{line}: survives: {what}: {code}{' - ' + why if why else ''}", flush=True)
    print(f"{count} mutants, {survivors} survivors that are not explained")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
