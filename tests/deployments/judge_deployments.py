#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Audits captures of networks that the program has not seen, and says where a verdict is not the one that the text asks for.

    judge_deployments.py IMCONFORM [PATTERN…] [--conforming] [--faults] [--sample] [--keep DIR] [--show]
"""
import argparse
import fnmatch
import json
import os
import subprocess
import sys
import tempfile

import forms
from faults import FAULTS, HOMES
from networks import NETWORKS
from packets import write_pcap, write_pcapng

MODES = {"told nothing": [], "from the start": ["--from-start"], "server named": ["--from-start", "--server", None]}
OPEN_START = ("starts", "from the middle", "from its middle")


def write(network, frames, path):
    file = dict(network.file)
    form = file.pop("format", "pcap")
    if form == "pcapng":
        write_pcapng(path, frames, **file)
    else:
        write_pcap(path, frames, nano=form == "nano", **file)


def audit(program, path, folder, options):
    report = os.path.join(folder, "report.json")
    if os.path.exists(report):
        os.unlink(report)
    done = subprocess.run([program, "audit", "-q", "-o", f"json:{report}", *options, path], capture_output=True, text=True, check=False)
    if not os.path.exists(report):
        return {}, f"exit {done.returncode}: {done.stderr.strip()}"
    with open(report, encoding="utf-8") as f:
        data = json.load(f)
    return {r["id"]: r for r in data["requirements"]}, "" if done.returncode in (0, 1, 3) else f"exit {done.returncode}"


def reasons(row):
    f = next((f for f in row.get("findings", []) if f["verdict"] == row["verdict"]), None)
    at = f["evidence"][0]["frame"] if f and f.get("evidence") else "?"
    return f"{row['id']} {row['verdict']} ({f['expected']} / {f['seen']}, frame {at})" if f else f"{row['id']} {row['verdict']} ({row.get('reason')})"


def judge(program, folder, name, network, fault, keep, show):
    """The surprises of one capture in each mode."""
    wrong = []
    path = os.path.join(keep or folder, "".join(c if c.isalnum() else "-" for c in f"{name}--{fault.name if fault else ''}") + ".pcap")
    frames = network.frames(fault)
    write(network, frames, path)
    modes = dict(MODES) if not fault else {k: MODES[k] for k in list(MODES)[:2]}
    for mode, options in modes.items():
        if "--from-start" in options and any(w in name for w in OPEN_START):
            continue
        options = list(options)
        if None in options:
            if not network.server:
                continue
            options[options.index(None)] = network.server
        if network.ims:
            ixit = os.path.join(folder, "ims.lua")
            with open(ixit, "w", encoding="utf-8") as f:
                f.write("return { core = { ims = true } }\n")
            options += ["--ixit", ixit]
        if fault and "wrong-password" in fault.flags or not fault:
            word = os.path.join(folder, "password")
            with open(word, "w", encoding="utf-8") as f:
                f.write("secret\n")
            options += [x for u in ("bob", "carol", "dave") for x in ("--password", f"{u}@private.mobile.example={word}")]
        rows, trouble = audit(program, path, folder, options)
        if trouble:
            wrong.append(f"{mode}: {trouble}")
        allowed = set(network.warns)
        if fault:
            must = fault.rows.get("row")
            beside = fault.rows.get("beside", ())
            got = rows.get(must, {}).get("verdict")
            want = fault.rows.get("verdict", ("fail",))
            if got not in want:
                if not fault.rows.get("start") or mode != "told nothing":
                    wrong.append(f"{mode}: MISSED {must} is {got} ({rows.get(must, {}).get('reason', '')}), not {'/'.join(want)}")
            allowed |= {must, *beside}
        for r in rows.values():
            if r["verdict"] in ("fail", "warn", "error") and not any(fnmatch.fnmatch(r["id"], a) for a in allowed):
                wrong.append(f"{mode}: {reasons(r)}")
            elif show and r["verdict"] == "inconc":
                print(f"     {mode}: {reasons(r)}")
    if not keep:
        os.unlink(path)
    return wrong


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("patterns", nargs="*")
    p.add_argument("--conforming", action="store_true")
    p.add_argument("--faults", action="store_true")
    p.add_argument("--sample", action="store_true", help="every network once, each fault in one network")
    p.add_argument("--every", type=int, default=1, help="only each Nth of them")
    p.add_argument("--keep")
    p.add_argument("--show", action="store_true", help="what is inconclusive, too")
    a = p.parse_args()
    forms.add()
    jobs = []
    if not a.faults:
        jobs += [(n, w, None) for n, w in NETWORKS.items()]
    if not a.conforming:
        for i, f in enumerate(FAULTS):
            homes = [h for h in HOMES[f.rows["side"]] if h not in f.rows.get("not_in", ())]
            if a.sample:
                homes = [homes[i % len(homes)]]
            jobs += [(n, NETWORKS[n], f) for n in homes]
    if a.patterns:
        jobs = [j for j in jobs if all(any(fnmatch.fnmatch(x, f"*{p}*") for x in (j[0], j[2].name if j[2] else "conforms")) for p in a.patterns)]
    jobs = jobs[::a.every]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        if a.keep:
            os.makedirs(a.keep, exist_ok=True)
        for name, network, fault in jobs:
            if a.show:
                print("----", name, fault.name if fault else "")
            wrong = judge(a.program, folder, name, network, fault, a.keep, a.show)
            if wrong:
                bad += 1
                print(f"BAD  {name}: {fault.name if fault else 'conforms'}")
                for w in wrong:
                    print(f"     {w}")
    print(f"{len(jobs) - bad} of {len(jobs)} as expected")
    return 1 if bad or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
