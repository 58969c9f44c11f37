# SPDX-License-Identifier: MIT
"""Tables of the verdicts that campaigns against a foreign server have to come to, and what differs from them."""

JUDGED = 29  # requirements on a server that apply without an IMS


def read_table(path):
    """name, transport, cases, {requirement: verdict that is no pass} of each line."""
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("\n ", " ")
    for line in text.splitlines():
        words = line.split()
        if words and not line.startswith("#"):
            yield words[0], words[1], words[2], dict(word.split("=") for word in words[3:])


def surprises(report, cases, expected):
    """What the campaign says and should not, one line each. Of a server that died nothing is said but what was seen
    before: what stands open is inconclusive, and which that is depends on the moment."""
    judged = {r["id"]: r for r in report["requirements"] if r["verdict"] != "none"}
    if "any" in expected:
        allowed = {"pass", expected["any"]}
        yield from (f"{i} is {r['verdict']} ({r['reason']})" for i, r in judged.items() if r["verdict"] not in allowed)
        if expected["any"] not in {r["verdict"] for r in judged.values()}:
            yield f"nothing is {expected['any']}"
        return
    for requirement in sorted(set(judged) | set(expected)):
        found = judged.get(requirement, {"verdict": "none", "reason": ""})
        wanted = expected.get(requirement, "pass")
        if found["verdict"] not in wanted.split("/"):
            yield f"{requirement} is {found['verdict']} ({found['reason']}), should be {wanted}"
    if cases == "*" and len(judged) != JUDGED:
        yield f"{len(judged)} requirements were judged, should be {JUDGED}"


def say(row, report, said):
    name, transport, cases, expected = row
    wrong = list(surprises(report, cases, expected))
    passed = report["summary"]["pass"]
    print("FAIL" if wrong else "ok  ", name, transport, " ".join(f"{i}={v}" for i, v in expected.items()),
          f"{passed} passed")
    for line in wrong + (said[-3000:].splitlines() if wrong else []):
        print("     ", line)
    return not wrong
