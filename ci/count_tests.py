# SPDX-License-Identifier: MIT
"""Counts the tests of a meson run: prints "passed failed skipped".

Reads meson's testlog.json, one object a line. A test that ends with a line of counts of its own (Criterion's, or
"N passed, N failed, N skipped") stands for that many; one that lost its line, or any other, stands for itself.
"""
import json
import re
import sys

CRITERION = re.compile(r"Synthesis: Tested: \S*?(\d+)\S* \| Passing: \S*?(\d+)\S* \| Failing: \S*?(\d+)\S* "
                       r"\| Crashing: \S*?(\d+)")
PLAIN = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def counts(test):
    text = ESCAPES.sub("", test.get("stdout", "") + "\n" + test.get("stderr", ""))
    bad = test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")
    criterion, plain = CRITERION.findall(text), PLAIN.findall(text)
    if criterion:
        tested, passing, failing, crashing = (int(n) for n in criterion[-1])
        row = [passing, failing + crashing, 0]
    elif plain:
        row = [int(n or 0) for n in plain[-1]]
    else:
        row = [int(test["result"] in ("OK", "EXPECTEDFAIL")), 0, int(test["result"] == "SKIP")]
    if bad and not row[1]:
        row[1] = 1
    return row


def main():
    with open(sys.argv[1], encoding="utf-8") as log:
        rows = [counts(json.loads(line)) for line in log if line.strip()]
    print(*(sum(column) for column in zip(*rows, [0, 0, 0])))


main()
