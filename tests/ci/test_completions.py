# SPDX-License-Identifier: MIT
"""The completion of shells, as installed: bash's function is called as bash does, and each shell that is there completes a
line on a terminal of its own. Arguments: the top of the tree, the build folder."""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

TOP, BUILD = (os.path.abspath(path) for path in sys.argv[1:3])
SCRIPTS = os.path.join(TOP, "harness", "completions")
ENV = dict(os.environ, PATH=os.path.join(BUILD, "harness") + ":" + os.environ["PATH"], TERM="dumb", LC_ALL="C.UTF-8",
           HISTFILE="/dev/null", PS1="ready> ", COLUMNS="200")
counts = {"passed": 0, "failed": 0, "skipped": 0}


def check(name, good, why=""):
    counts["passed" if good else "failed"] += 1
    print("ok  " if good else "FAIL", name, *(["\n" + str(why)] if not good else []))


def skip(name, why):
    counts["skipped"] += 1
    print("skip", name + ":", why)


# Prints what bash would offer for a line, as bash calls the function: COMP_WORDS are broken at its marks.
BASH = r"""
source "$1"
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
COMP_LINE=$2 COMP_POINT=${#2}
read -ra COMP_WORDS <<<"$2"
[[ $2 != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_imconform imconform "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


def bash(line, folder):
    done = subprocess.run(["bash", "--norc", "-c", BASH, "bash", os.path.join(SCRIPTS, "imconform.bash"), line], env=ENV,
                          cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.split("\n")[:-1], done.stderr


def check_bash(folder):
    for line, expected in [
            ("imconform ru", ["run"]),
            ("imconform help sh", ["show"]),
            ("imconform run --tar", ["--target"]),
            ("imconform run --iut ", ["server", "client"]),
            ("imconform run --iut=cl", ["client"]),
            ("imconform run --only 6.1.1.5-1", ["6.1.1.5-1"]),
            ("imconform run --only=tag-anot", ["tag-another"]),
            ("imconform explain 5.2.4-9", ["5.2.4-9"]),
            ("imconform serve --fault tag-sub", ["tag-substring"]),
            ("imconform serve --role client --fault register-no-tag", ["register-no-tag"]),
            ("imconform run -o mark", ["markdown:"]),
            ("imconform run -o json:rep", ["report.json"]),
            ("imconform run --ixit my", ["my.lua"]),
            ("imconform audit cap", ["cap.pcap"]),
            ("imconform audit -- cap", ["cap.pcap"]),
            ("imconform list --scenarios fo", ["folder"]),
            ("imconform list -o ", ["text:", "json:"]),
            ("imconform run --seed ", [""]),
            ("imconform nonsense --on", [""])]:
        said, errors = bash(line, folder)
        check("bash: " + line, said == expected and not errors, "%s %s" % (said, errors))
    said, errors = bash("imconform run --", folder)
    helped = subprocess.run(["imconform", "run", "--help"], env=ENV, capture_output=True, text=True, check=False).stdout
    check("bash: every option of run", set(said) == set(re.findall(r"^ .{5}(--[a-z-]+)", helped, re.M)), said)


def read_until(terminal, pattern, seconds=20):
    pattern = re.compile(pattern)
    said, end = "", time.monotonic() + seconds
    while not pattern.search(said) and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                said += os.read(terminal, 65536).decode(errors="replace").replace("\a", "")
            except OSError:
                break
    return said


def typed(shell, start, line, pattern, folder):
    """What a shell on a terminal shows after a line and the tabulator key."""
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(folder)
        os.execvpe(shell[0], shell, ENV)
    os.write(terminal, (start + "; echo set''up\n").encode())
    said = read_until(terminal, r"setup\r?\n")
    os.write(terminal, (line + "\t").encode())
    said = read_until(terminal, pattern)
    os.close(terminal)
    os.waitpid(pid, 0)
    return said


def check_typed(name, shell, start, folder):
    for line, pattern in [("imconform expl", r"explain "), ("imconform explain 5.2.4-subs", r"5\.2\.4-subscribe "),
                          ("imconform run --only tag-anot", r"tag-another "),
                          ("imconform run --ixit my", r"my\.lua "), ("imconform run -o json:rep", r"json:report\.json ")]:
        said = typed(shell, start, line, pattern, folder)
        check("%s: %s and the key" % (name, line), re.search(pattern, said), repr(said))


def check_zsh(folder):
    script = os.path.join(SCRIPTS, "imconform.zsh")
    if not shutil.which("zsh"):
        return skip("zsh", "it is not installed")
    done = subprocess.run(["zsh", "-n", script], capture_output=True, text=True, check=False)
    check("zsh: its syntax", done.returncode == 0, done.stderr)
    functions = os.path.join(folder, "functions")
    os.mkdir(functions)
    shutil.copy(script, os.path.join(functions, "_imconform"))
    start = "unsetopt zle_bracketed_paste; fpath=(%s $fpath); autoload -U compinit; compinit -D -u" % functions
    check_typed("zsh", ["zsh", "-f", "-i"], start, folder)


def check_fish(folder):
    script = os.path.join(SCRIPTS, "imconform.fish")
    if not shutil.which("fish"):
        return skip("fish", "it is not installed")
    done = subprocess.run(["fish", "-n", script], capture_output=True, text=True, check=False)
    check("fish: its syntax", done.returncode == 0, done.stderr)
    for line, expected in [("imconform expl", "explain"), ("imconform run --tar", "--target"),
                           ("imconform run --only tag-anot", "tag-another"), ("imconform run --ixit my", "my.lua"),
                           ("imconform run -o json:rep", "json:report.json"),
                           ("imconform list --scenarios fo", "folder/")]:
        done = subprocess.run(["fish", "--no-config", "-c", 'source $argv[1]; complete -C $argv[2]', script, line],
                              cwd=folder, env=dict(ENV, HOME=folder), capture_output=True, text=True, check=False)
        check("fish: " + line, [row.split("\t")[0] for row in done.stdout.splitlines()] == [expected],
              done.stdout + done.stderr)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("report.json", "my.lua", "cap.pcap"):
            with open(os.path.join(folder, name), "w", encoding="ascii"):
                pass
        os.mkdir(os.path.join(folder, "folder"))
        check_bash(folder)
        check_typed("bash", ["bash", "--norc", "--noprofile", "-i"],
                    "bind 'set enable-bracketed-paste off'; source %s/imconform.bash" % SCRIPTS, folder)
        check_zsh(folder)
        check_fish(folder)
    print("%(passed)d passed, %(failed)d failed" % counts +
          (", %(skipped)d skipped" % counts if counts["skipped"] else ""))
    sys.exit(1 if counts["failed"] else 0)


main()
