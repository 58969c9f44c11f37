# SPDX-License-Identifier: MIT
"""Tables of the verdicts that campaigns against a foreign server have to come to, and what differs from them."""
import concurrent.futures

JUDGED = 29  # requirements on a server that apply without an IMS


def read_table(path):
    """name, transport, cases, {requirement: verdict that is no pass} of each line, and the same of the line `always`, which
    tells what the stack does whatever its configuration is."""
    always = {}
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("\n ", " ")
    for line in text.splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0] == "always":
            always = dict(word.split("=") for word in words[1:])
        else:
            yield words[0], words[1], words[2], dict(word.split("=") for word in words[3:]), always


def surprises(report, cases, expected, always):
    """What the campaign says and should not, one line each. Of a server that died nothing is said but what was seen
    before: what stands open is inconclusive, and which that is depends on the moment."""
    judged = {r["id"]: r for r in report["requirements"] if r["verdict"] != "none"}
    if "any" in expected:
        allowed = {"pass", expected["any"]}
        yield from (f"{i} is {r['verdict']} ({r['reason']})" for i, r in judged.items()
                    if r["verdict"] not in allowed | set(always.get(i, "").split("/")))
        if expected["any"] not in {r["verdict"] for r in judged.values()}:
            yield f"nothing is {expected['any']}"
        return
    for requirement in sorted(set(judged) | set(expected)):
        found = judged.get(requirement, {"verdict": "none", "reason": ""})
        wanted = expected.get(requirement, always.get(requirement, "pass"))
        if found["verdict"] not in wanted.split("/"):
            yield f"{requirement} is {found['verdict']} ({found['reason']}), should be {wanted}"
    if cases == "*" and len(judged) != JUDGED:
        yield f"{len(judged)} requirements were judged, should be {JUDGED}"
    yield from report.get("audit", [])


def say(row, report, said):
    name, transport, _, expected, _ = row
    wrong = list(surprises(report, *row[2:]))
    passed = report["summary"]["pass"]
    print("FAIL" if wrong else "ok  ", name, transport, " ".join(f"{i}={v}" for i, v in expected.items()),
          f"{passed} passed")
    for line in wrong + (said[-3000:].splitlines() if wrong else []):
        print("     ", line)
    return not wrong


def may_be_the_moment(row, report):
    """Where a server is faulty, what else goes wrong with it may depend on the moment, and on a busy machine much can
    stay open. That a conforming one fails is never so."""
    return row[3] or all(r["verdict"] != "fail" for r in report["requirements"]) and not report.get("audit")


def asked(judge, row):
    """judge(row), on other ports where somebody took one between our look and its use: a test of another server, say."""
    for chance in range(3):
        try:
            return judge(row)
        except RuntimeError as error:
            if chance == 2 or "Address already in use" not in str(error):
                raise


def all_hold(rows, judge, side_by_side):
    """Says what judge(row), the report and what the server said, comes to for each row. Many at once: a campaign is mostly
    waiting. What surprises is asked once more, when there is nothing else to do."""
    with concurrent.futures.ThreadPoolExecutor(side_by_side) as pool:
        results = list(pool.map(lambda row: asked(judge, row), rows))
    well = True
    for row, (report, said) in zip(rows, results):
        wrong = list(surprises(report, *row[2:]))
        if wrong and may_be_the_moment(row, report):
            print("once more", *row[:2], *wrong, sep="; ")
            report, said = asked(judge, row)
        well = say(row, report, said) and well
    return well
