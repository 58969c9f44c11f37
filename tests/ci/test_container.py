# SPDX-License-Identifier: MIT
"""ci/Containerfile, without a container engine: what it copies is there and enough to build, what it runs exists, and the
program does not run as root. With --chroot FOLDER [MIRROR] its steps are carried out in root file systems below the
folder, made by debootstrap: that takes minutes, needs root, and is run by hand. Arguments: the top of the tree."""
import fnmatch
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.abspath(sys.argv[1])
counts = {"passed": 0, "failed": 0}


def check(name, good, why=""):
    counts["passed" if good else "failed"] += 1
    print("ok  " if good else "FAIL", name, *(["\n" + str(why)] if not good else []))
    return good


def instructions():
    """Lists of (word, rest) for each stage; continued lines are joined."""
    with open(os.path.join(TOP, "ci", "Containerfile"), encoding="utf-8") as file:
        text = re.sub(r"^#.*\n", "", file.read(), flags=re.M).replace("\\\n", " ")
    stages = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        word, rest = line.split(None, 1)
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, re.sub(r"\s+", " ", rest)))
    return stages


def copied(rest):
    """(the stage it comes from or None, sources, destination)"""
    words = rest.split()
    stage = words.pop(0)[len("--from="):] if words[0].startswith("--from=") else None
    return stage, words[:-1], words[-1]


def check_stage(stage, names):
    base = stage[0][1].split(" AS ")[0]
    check("from Debian 12: " + base, re.fullmatch(r"docker\.io/library/debian:12(-slim)?", base))
    for word, rest in stage[1:]:
        check("%s is an instruction that is used here" % word,
              word in ("COPY", "RUN", "USER", "WORKDIR", "ENTRYPOINT", "CMD"))
        if word == "COPY":
            source, paths, to = copied(rest)
            if source:
                check("COPY --from an earlier stage: " + source, source in names)
                continue
            for path in paths:
                check("COPY %s: it is there" % path, os.path.exists(os.path.join(TOP, path)))
            check("COPY to a folder where there are several: " + rest, len(paths) == 1 or to.endswith("/"))
        if word == "RUN":
            for script in re.findall(r"(?:^|\s)\./(\S+)", rest):
                check("RUN %s: it can be run" % script, os.access(os.path.join(TOP, script), os.X_OK))
        if word in ("ENTRYPOINT", "CMD"):
            check("%s is a list of words" % word, all(isinstance(part, str) for part in json.loads(rest)))


def check_last(stage, first):
    words = dict(stage)
    check("the last stage has a user", words.get("USER") not in (None, "root", "0"))
    last_root = max(i for i, (word, _) in enumerate(stage) if word == "RUN")
    check("nothing is run after USER", last_root < [word for word, _ in stage].index("USER"))
    check("the user is made", "useradd" in words["RUN"] and words["RUN"].endswith(" " + words["USER"]))
    output = re.search(r"package\.sh (\S+)", " ".join(rest for word, rest in first if word == "RUN"))
    sources = [path for word, rest in stage if word == "COPY" for path in copied(rest)[1]]
    check("the package goes from stage to stage", output and all(path.startswith(output[1] + "/") for path in sources))
    check("only the package itself", all(fnmatch.fnmatch("/package/imconform_0.1.0_amd64.deb", path) and
                                         not fnmatch.fnmatch("/package/imconform-dbgsym_0.1.0_amd64.deb", path)
                                         for path in sources), sources)


def copy_into(stage, folder):
    for word, rest in stage:
        if word != "COPY":
            continue
        for path in copied(rest)[1]:
            to = os.path.join(folder, copied(rest)[2])
            if os.path.isdir(os.path.join(TOP, path)):
                shutil.copytree(os.path.join(TOP, path), to, dirs_exist_ok=True)
            else:
                os.makedirs(to, exist_ok=True)
                shutil.copy(os.path.join(TOP, path), to)


def check_enough(stage):
    """What is copied is what meson asks for."""
    with tempfile.TemporaryDirectory() as folder:
        copy_into(stage, os.path.join(folder, "src"))
        done = subprocess.run(["meson", "setup", "-Dtests=disabled", os.path.join(folder, "build"),
                               os.path.join(folder, "src")], capture_output=True, text=True, check=False)
        check("what is copied is enough for meson", done.returncode == 0, done.stdout[-2000:] + done.stderr)


def run_in(root, command, folder="/"):
    inside = "mount -t proc proc $0/proc && mount --rbind /dev $0/dev && exec chroot $0 sh -c \"$1\""
    done = subprocess.run(["unshare", "--mount", "sh", "-c", inside, root,
                           "mkdir -p %s; cd %s && %s" % (folder, folder, command)],
                          capture_output=True, text=True, check=False)
    return check("RUN " + command, done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:])


def carry_out(stages, below):
    """Every stage in a root file system of its own, as an engine would."""
    folder = root = None
    for number, stage in enumerate(stages):
        before, root, folder = root, os.path.join(below, "stage%d" % number), "/"
        done = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", root, *sys.argv[4:5]], capture_output=True, text=True,
                              check=False)
        if not check("debootstrap", done.returncode == 0, done.stdout[-2000:]):
            return
        shutil.copytree("/etc/apt", root + "/etc/apt", dirs_exist_ok=True) # the way that this machine goes to its mirror
        shutil.copy("/etc/resolv.conf", root + "/etc/resolv.conf")
        for word, rest in stage:
            if word == "WORKDIR":
                folder = rest
            elif word == "COPY" and copied(rest)[0]:
                for path in glob.glob(before + copied(rest)[1][0]):
                    shutil.copy(path, root + copied(rest)[2])
            elif word == "COPY":
                copy_into([(word, rest)], root + folder)
            elif word == "RUN" and not run_in(root, rest, folder):
                return
    user = dict(stages[-1])["USER"]
    for command in ("imconform --version", "imconform list", "imconform run -q --only tag-another -o json:report.json"):
        run_in(root, "su -s /bin/sh %s -c '%s'" % (user, command), folder)


def main():
    stages = instructions()
    names = [stage[0][1].split(" AS ")[-1] for stage in stages]
    check("two stages", len(stages) == 2)
    for number, stage in enumerate(stages):
        check_stage(stage, names[:number])
    check_last(stages[-1], stages[0])
    check_enough(stages[0])
    if sys.argv[2:3] == ["--chroot"]:
        carry_out(stages, os.path.abspath(sys.argv[3]))
    print("%(passed)d passed, %(failed)d failed" % counts)
    sys.exit(1 if counts["failed"] else 0)


main()
