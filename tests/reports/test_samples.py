# SPDX-License-Identifier: MIT
"""The samples for users' pipelines: they are YAML of the shape that GitHub and GitLab read, call options that exist, and the
annotations are commands that nobody's text can break. $1: the tree, $2: the build."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print("skipped: there is no yaml for Python")
    sys.exit(77)

tree, build = map(pathlib.Path, sys.argv[1:3])
samples = tree / "ci/samples"


def check_call(script):
    """Every option of the call is one that `run --help` knows, every format one that is there."""
    help_text = subprocess.run([build / "harness/imconform", "run", "--help"], capture_output=True, text=True).stdout
    for option in re.findall(r"--[a-z][a-z-]*", script):
        assert option in help_text, f"no such option: {option}"
    for form in re.findall(r"-o ([a-z]+):", script):
        done = subprocess.run([build / "harness/imconform", "run", "-o", f"{form}:"], capture_output=True, text=True)
        assert "wants FORMAT:PATH" in done.stderr, f"no such format: {form}"


def installs(script):
    """The package comes first, and by the name that ci/package.sh gives it."""
    assert re.search(r"apt-get install [^&]*\./tools/imconform_\*\.deb", script), script
    assert "imconform run" not in script.split("imconform_*.deb")[0]


def check_github():
    flow = yaml.safe_load((samples / "github.yml").read_text())
    assert True in flow or "on" in flow, "when does it run?"  # YAML 1.1 reads on as true
    assert flow["permissions"] == {"contents": "read"}
    steps = flow["jobs"]["imconform"]["steps"]
    assert all(("uses" in step) != ("run" in step) for step in steps)
    assert flow["jobs"]["imconform"]["container"] == "debian:12", "the package is one of Debian 12"
    installs(" ".join(step.get("run", "") for step in steps))
    judge = next(step for step in steps if step.get("id") == "judge")
    check_call(judge["run"])
    show = next(step for step in steps if "GITHUB_STEP_SUMMARY" in step.get("run", ""))
    assert show["if"].startswith("always()") and "annotate.sh report.json" in show["run"]


def check_gitlab():
    jobs = yaml.safe_load((samples / "gitlab.yml").read_text())
    job = jobs[".imconform"]
    assert job["image"] == "debian:12", "the package is one of Debian 12"
    installs(job["script"][0])
    check_call(job["script"][1])
    assert job["artifacts"]["when"] == "always"
    assert f"junit:{job['artifacts']['reports']['junit']}" in " ".join(job["script"])
    for path in job["artifacts"]["paths"]:
        assert path in " ".join(job["script"]), f"nobody writes {path}"
    assert jobs["imconform"]["extends"] == ".imconform"


def annotations(report):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(report, file)
        file.flush()
        done = subprocess.run([samples / "annotate.sh", file.name], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def check_annotations():
    lines = annotations(json.loads((tree / "tests/reports/golden/run.json").read_text()))
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 2 + ["::warning"] * 2, lines
    evil = {"id": "a,b:c", "level": "SHALL NOT", "verdict": "fail", "text": "50%\n::error::x", "reason": "\r::stop-commands::y"}
    assert annotations({"requirements": [evil]}) == [
        "::error title=fail a%2Cb%3Ac::SHALL NOT 50%25%0A::error::x: %0D::stop-commands::y"]
    assert annotations({"requirements": [dict(evil, known=True)]})[0].startswith("::warning title=fail"), "it is known"
    many = [dict(evil, verdict=verdict) for verdict in ("fail", "warn") for _ in range(25)]
    lines = annotations({"requirements": many})
    assert len(lines) == 20 and lines[9].endswith("::16 more: see the report"), lines


check_github()
check_gitlab()
if shutil.which("jq"):
    check_annotations()
else:
    print("annotations not checked: needs jq")
