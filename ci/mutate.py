#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Mutation of the judge: one thing at a time is made wrong in the words of lib/check, or in another folder of what decides
verdicts, lib/trace or lib/judge (mutants.py says what), and the tests that judge have to notice. Not part of the ordinary tests: it
takes long.
Usage: ci/mutate.py BUILD [--folder DIR] [--jobs N] [--file NAME] [--only FILE:LINE] [--from N] [--every N] [--again] [--new]
                          [--quick] [--list]

BUILD is a meson build of this tree, with imconform and the unit tests built; it is not changed. There a file mutate.memory tells
the next run by which test a mutant was caught: that test is asked first. --again: only those that were not caught the last time;
--new: only those that were never tried, to go on where a run was interrupted.
--quick: only the unit tests are asked, and what they do not catch others may.
A mutant that is no program, or whose machine code is that of the original or of another mutant, is none. Survivors are told by
file:line; the exit status is 1 if one is not in mutate.survivors, or if what is listed there (FILE | FUNCTION | LINE OF CODE |
MUTATION | WHY) is caught, or is no more."""
import argparse
import collections
import concurrent.futures
import glob
import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TOP, "tests/captures"), os.path.dirname(os.path.abspath(__file__))]
sys.dont_write_bytecode = True
import judge_captures  # noqa: E402
from mutants import mutants_of  # noqa: E402
from story import Story  # noqa: E402

UNITS = ["judge*/*", "trace*/*", "check*/*", "@(harness_audit*|harness_ims*|server_*|script_*)/*"]
SHARDS = 16          # of prove
SECONDS = 20         # of the processor: whoever needs more hangs
WAIT = 600           # of the clock: whoever needs more waits for something
BEST = 60            # tests that are asked before the others


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Builder:
    """Compiles files of one folder and makes a library of them that the programs load, so that nothing else is linked."""
    def __init__(self, build, sources, folder):
        self.build, self.folder, self.compiles, self.objects = build, folder, {}, {}
        everything = {t: output_of("ninja", "-C", build, "-t", "commands", t).splitlines()
                      for t in ("harness/imconform", "tests/unit")}
        for line in everything["harness/imconform"]:
            found = re.search(r" -c (\S+)$", line)
            if found:
                self.compiles[os.path.realpath(os.path.join(build, found.group(1)))] = line
        for path in sources:
            with open(path, encoding="utf-8") as file:
                self.objects[path] = self.compile(path, file.read(), os.path.join(folder, os.path.basename(path)))
        self.library(folder, {})
        for target, lines in everything.items():
            line = next(line for line in lines if f" -o {target} " in line)
            program = os.path.join(folder, os.path.basename(target))
            self.run(line.replace(f" -o {target} ", f" -o {program} -s -rdynamic -Wl,--no-as-needed {folder}/libmutant.so "
                                                    "-Wl,--as-needed "), True)

    def run(self, command, must=False):
        done = subprocess.run(command, shell=True, cwd=self.build, capture_output=True, text=True, check=False,
                              env={**os.environ, "CCACHE_DISABLE": "1"})
        if must and done.returncode:
            sys.exit(f"mutate.py: {done.stderr}\nfailed: {command}")
        return done.returncode == 0

    def compile(self, path, text, source):
        """The object, or None where it is no program."""
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        line = re.sub(r"-M[QF] \S+|-MD|-Werror", "", re.sub(r" -o \S+", f" -o {source}.o", self.compiles[os.path.realpath(path)]))
        line = re.sub(r" -c \S+$", f" -w -g0 -O1 -fPIC -I{os.path.dirname(path)} -c {source}", line)
        return source + ".o" if self.run(line) else None

    def library(self, folder, instead):
        objects = " ".join(instead.get(path, known) for path, known in self.objects.items())
        self.run(f"cc -shared -Wl,-soname,libmutant.so -o {folder}/libmutant.so {objects}", True)


class Tests:
    """What has to notice, the quick first. Each has a name; a test that is not there any more notices nothing."""
    def __init__(self, folder, quick):
        self.folder, self.captures, self.lock = folder, {}, threading.Lock()
        units = [f"unit {suites}" for suites in UNITS]
        self.names = units[:3] if quick else [*units[:2], *(f"prove {i}/{SHARDS}" for i in range(1, SHARDS + 1)), *units[2:],
                                              *(f"captures {way}" for way in judge_captures.WAYS)]

    @staticmethod
    def how(libraries):
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        return {"preexec_fn": limit, "env": {**os.environ, "LD_LIBRARY_PATH": libraries}}

    def fails(self, libraries, *command):
        try:
            done = subprocess.run([os.path.join(self.folder, command[0]), *command[1:]], capture_output=True, timeout=WAIT,
                                  check=False, **self.how(libraries))
        except subprocess.TimeoutExpired:
            return True, ""
        return done.returncode != 0, done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")

    def capture(self, way, fault):
        with self.lock:
            if (way, fault) not in self.captures:
                path = os.path.join(self.folder, f"{len(self.captures)}.pcap")
                with open(path, "wb") as file:
                    file.write(Story(judge_captures.WAYS[way], fault).tell())
                self.captures[(way, fault)] = path
            return self.captures[(way, fault)]

    def capture_fails(self, libraries, way, fault):
        for options in ([], ["--from-start"]):
            try:
                verdicts = judge_captures.audit(f"{self.folder}/imconform", self.capture(way, fault), *options,
                                                **self.how(libraries))
            except (ValueError, subprocess.TimeoutExpired):
                return True
            if judge_captures.judge(judge_captures.WAYS[way], fault, verdicts, bool(options)):
                return True
        return False

    def killer(self, libraries, name):
        """Runs the test of that name: the name of what noticed, None if nothing did."""
        kind, _, what = name.partition(" ")
        if kind == "unit":
            failed, said = self.fails(libraries, "unit", "--filter", what, "--fail-fast", "-j1", "--color=never")
            found = re.search(r"^\[FAIL\] (\w+)::(\w+):", said, re.MULTILINE)
            return (f"unit {found.group(1)}/{found.group(2)}" if found else name) if failed else None
        if kind == "prove":
            failed = self.fails(libraries, "imconform", "prove", "--seeds", "1", "-q", "-j1", "--shard", what)[0]
            return name if failed else None
        way, _, fault = what.partition(" / ")
        for one in [fault] if " / " in what else ["", *judge_captures.FAULTS]:
            if way in judge_captures.WAYS and self.capture_fails(libraries, way, one):
                return f"captures {way} / {one}"
        return None

    @staticmethod
    def own(path):
        """The tests of that file of lib."""
        suites, folder, name = [], os.path.basename(os.path.dirname(path)), os.path.basename(path)[:-2]
        for name in glob.glob(os.path.join(TOP, f"tests/{folder}/test_{name}*.c") if path else ""):
            with open(name, encoding="utf-8") as file:
                suites += re.findall(r"TestSuite\((\w+)", file.read())
        return ["unit @(" + "|".join(sorted(suites)) + ")/*"] if suites else []

    @staticmethod
    def best(killers):
        """The unit tests that have caught the most so far, as one: together they are quick."""
        tests = collections.Counter(name.split(" ", 1)[1] for name in killers if re.fullmatch(r"unit \w+/\w+", name))
        return ["unit @(" + "|".join(name for name, _ in tests.most_common(BEST)) + ")"] if tests else []

    def first_killer(self, libraries, path="", before="", killers=()):
        for name in ([before] if before else []) + self.best(killers) + self.own(path) + self.names:
            found = self.killer(libraries, name)
            if found:
                return found
        return ""


def excused(folder):
    """Survivors that are known in that folder, each with its reason."""
    with open(os.path.join(TOP, "ci/mutate.survivors"), encoding="utf-8") as file:
        rows = [line.strip().split(" | ", 4) for line in file if line.strip() and not line.startswith("#")]
    return {tuple(row[:4]): row[4] for row in rows if os.path.dirname(row[0]) == folder}


def sources_of(options):
    return sorted(glob.glob(os.path.join(TOP, options.folder, "*.c")))


def read_memory(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return {tuple(row[:4]): row[4] for row in json.load(file)}


class Run:
    def __init__(self, options, folder):
        self.folder, self.known, self.lock = folder, excused(options.folder), threading.Lock()
        self.path = os.path.join(options.build, "mutate.memory")
        self.memory = read_memory(self.path)
        self.builder = Builder(options.build, sources_of(options), folder)
        self.tests = Tests(folder, options.quick)
        self.count = self.survivors = self.listed = 0

    @staticmethod
    def code_of(path):
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).digest()

    def remember(self, key, killer):
        self.memory[key] = killer
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump([[*k, v] for k, v in self.memory.items()], file, ensure_ascii=False, indent=0)
        os.replace(self.path + ".new", self.path)

    def compile(self, number, mutant):
        source = os.path.join(self.folder, f"mutant{number}.c")
        return self.builder.compile(os.path.join(TOP, mutant.path), mutant.text, source)

    def real(self, compilers, mutants):
        """(mutant, object): only those that are programs of their own, by their order."""
        codes = {self.code_of(source) for source in self.builder.objects.values()}
        for mutant, target in zip(mutants, compilers.map(self.compile, range(len(mutants)), mutants)):
            code = self.code_of(target) if target else None
            if target and code not in codes:
                yield mutant, target
            codes.add(code)

    def try_one(self, mutant, target):
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            self.builder.library(folder, {os.path.join(TOP, mutant.path): target})
            with self.lock:
                before, killers = self.memory.get(mutant.key()), list(self.memory.values())
            killer = self.tests.first_killer(folder, mutant.path, before, killers)
        with self.lock:
            self.remember(mutant.key(), killer)
            self.tell(mutant, killer)

    def tell(self, mutant, killer):
        why = self.known.pop(mutant.key(), None)
        place = f"{mutant.path}:{mutant.number}: {mutant.what}: {mutant.code}"
        self.count += 1
        self.listed += not killer and why is not None
        self.survivors += not killer and why is None
        if not killer:
            print(f"{place}: survives{', for ' + why if why else ''}", flush=True)
        elif why:
            self.survivors += 1
            print(f"{place}: listed as a survivor, and caught by {killer}", flush=True)


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="folder of a meson build")
    parser.add_argument("--folder", default="lib/check", type=lambda name: name.rstrip("/"), help="what is mutated: lib/check")
    parser.add_argument("--jobs", type=int, default=2, help="mutants that are tried at the same time")
    parser.add_argument("--file", default="", help="only files whose names have this in them")
    parser.add_argument("--only", default="", help="FILE:LINE: only the mutants of that line")
    parser.add_argument("--from", type=int, default=0, dest="begin", help="leave out so many")
    parser.add_argument("--every", type=int, default=1, help="of those that remain, each so-manieth")
    parser.add_argument("--again", action="store_true", help="only those that were not caught the last time")
    parser.add_argument("--new", action="store_true", help="only those that were never tried")
    parser.add_argument("--quick", action="store_true", help="ask the unit tests alone")
    parser.add_argument("--list", action="store_true", help="tell the mutants, try none")
    return parser.parse_args()


def chosen(options, memory):
    files = [os.path.relpath(f, TOP) for f in sources_of(options)]
    found = [m for f in files if options.file in os.path.basename(f) for m in mutants_of(os.path.join(TOP, f), f)]
    if options.only:
        found = [m for m in found if f"{m.path}:{m.number}".endswith("/" + options.only)]
    if options.again:
        found = [m for m in found if not memory.get(m.key(), "not tried")]
    if options.new:
        found = [m for m in found if m.key() not in memory]
    return found[options.begin::options.every]


def main():
    options = read_options()
    found = chosen(options, read_memory(os.path.join(options.build, "mutate.memory")))
    if options.list:
        print("\n".join(f"{m.path}:{m.number}: {m.what}: {m.code}" for m in found))
        return 0
    os.nice(15)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(options, folder)
        killer = run.tests.first_killer(folder)
        if killer:
            print(f"without any mutation, {killer} fails")
            return 2
        threads = concurrent.futures.ThreadPoolExecutor
        with threads(options.jobs) as pool, threads((options.jobs + 1) // 2) as compilers:
            for done in [pool.submit(run.try_one, *one) for one in run.real(compilers, found)]:
                done.result()
        part = options.file or options.only or options.again or options.new or options.quick or options.begin
        whole = not part and options.every == 1
        for path, function, code, what in run.known if whole else ():
            print(f"{path}: {function}: {what}: {code}: listed as a survivor, and there is none")
            run.survivors += 1
    print(f"{run.count} mutants, {run.listed} survivors that are explained, {run.survivors} surprises")
    return 1 if run.survivors else 0


if __name__ == "__main__":
    sys.exit(main())
