# SPDX-License-Identifier: MIT
"""What the tests of reports share that call the program: runs against the reference, faulty or not, and audits."""
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import tempfile

FAST = "return { timers = { quiet_ms = 200, answer_ms = 1000 } }\n"
FORMATS = {"text": "txt", "json": "json", "junit": "xml", "tap": "tap", "markdown": "md", "html": "html", "sctr": "sctr"}


def free_address():
    """Below the ports that the system hands out, so that nobody is given it meanwhile."""
    for port in random.sample(range(20000, 32000), 100):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            try:
                udp.bind(("127.0.0.1", port))
                tcp.bind(("127.0.0.1", port))
                return f"127.0.0.1:{port}"
            except OSError:
                continue
    raise AssertionError("no port is free")


class Lab:
    """A folder of its own, and the program of a build. $1 of the tests: the tree, $2: the build."""

    def __init__(self, argv):
        self.tree, self.build = pathlib.Path(argv[1]), pathlib.Path(argv[2])
        self.program = self.build / "harness/imconform"
        self.kept = tempfile.TemporaryDirectory(prefix="imconform-test-")
        self.folder = pathlib.Path(self.kept.name)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("IMCONFORM_") and k not in ("CI", "NO_COLOR")}
        self.write("fast.lua", FAST)

    def path(self, name):
        return self.folder / name

    def write(self, name, text):
        self.path(name).write_text(text)
        return self.path(name)

    def call(self, *arguments, status=None, **more):
        """Output, talk and exit status of the program."""
        done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=self.folder,
                              env=self.environment | more, check=False)
        if status is not None:
            assert done.returncode == status, f"{arguments}: {done.returncode}, not {status}\n{done.stdout}{done.stderr}"
        return done

    def serve(self, *faults, core=None):
        """A reference server with these faults; .where are the options of a run against it. End it with .terminate().
        core: the options that say where its core is."""
        core = core or ["--core", free_address()]
        arguments = [self.program, "serve", *core]
        for fault in faults:
            arguments += ["--fault", fault]
        server = subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=self.folder,
                                  env=self.environment)
        said = server.stderr.readline()
        found = re.search(r"listens on (127\.0\.0\.1:\d+)", said)
        assert found, f"serve says: {said}"
        server.where = ["--target", f"sip:{found.group(1)}", *core]
        return server

    def run(self, *arguments, **more):
        return self.call("run", "--ixit", "fast.lua", "-q", *arguments, **more)


def validate(schema, value, root=None, path="report"):
    """JSON Schema, as far as reports/schema.json uses it; an unknown word fails, so that none is passed over."""
    root = root or schema
    known = {"$ref", "type", "required", "properties", "additionalProperties", "items", "enum", "const", "minimum", "$schema",
             "$id", "title", "description", "$defs", "minItems", "maxItems", "pattern"}
    assert set(schema) <= known, f"{path}: words of the schema that nobody checks: {set(schema) - known}"
    if "$ref" in schema:
        validate(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, root, path)
    if "type" in schema:
        kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
                 "null": type(None)}
        wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert any(isinstance(value, kinds[k]) and (k in ("boolean",) or not isinstance(value, bool)) for k in wanted), \
            f"{path}: {value!r} is no {wanted}"
    assert value in schema.get("enum", [value]), f"{path}: {value!r} is none of {schema.get('enum')}"
    assert value == schema.get("const", value), f"{path}: {value!r} is not {schema.get('const')}"
    if isinstance(value, (int, float)) and "minimum" in schema:
        assert value >= schema["minimum"], f"{path}: {value}"
    if isinstance(value, str) and "pattern" in schema:
        assert re.search(schema["pattern"], value), f"{path}: {value!r} is not {schema['pattern']}"
    if isinstance(value, list):
        assert schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)), f"{path}: {len(value)} items"
        for i, item in enumerate(value):
            validate(schema.get("items", {}), item, root, f"{path}[{i}]")
    if isinstance(value, dict):
        missing = set(schema.get("required", [])) - set(value)
        assert not missing, f"{path}: without {missing}"
        rest = schema.get("additionalProperties", True)
        for key, item in value.items():
            inner = schema.get("properties", {}).get(key, rest)
            assert inner is not False, f"{path}: {key} is not in the schema"
            if isinstance(inner, dict):
                validate(inner, item, root, f"{path}.{key}")


def load(path):
    return json.loads(pathlib.Path(path).read_text())
