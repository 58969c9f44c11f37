# SPDX-License-Identifier: MIT
"""Chromium through chromedriver (the W3C WebDriver protocol), with nothing but Python's own library."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def need():
    """The paths of driver and browser; ends the test as skipped where one is missing."""
    driver = shutil.which("chromedriver")
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    for path, package in ((driver, "chromium-driver"), (browser, "chromium")):
        if not path:
            print(f"skipped: there is no {package}")
            sys.exit(77)
    return driver, browser


def start(driver):
    """The port that it chooses may be taken by another before it has it: then it ends, and is started again."""
    for _ in range(5):
        process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = ""
        for line in process.stdout:
            said += line
            started = re.search(r"started successfully on port (\d+)", line)
            if started:
                return process, f"http://127.0.0.1:{started.group(1)}"
        process.wait(20)
    raise AssertionError(f"chromedriver does not start: {said}")


class Browser:
    """One browser with a profile of its own; a context manager that ends it."""

    def __init__(self):
        driver, browser = need()
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.process, self.base = start(driver)
        options = {"binary": browser, "args": FLAGS + [f"--user-data-dir={self.folder.name}"]}
        capabilities = {"browserName": "chrome", "goog:chromeOptions": options,
                        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("DELETE", f"/session/{self.session}")
        finally:
            self.process.terminate()
            self.process.wait(20)
            self.folder.cleanup()

    def call(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:500]}") from error

    def post(self, path, body=None):
        return self.call("POST", f"/session/{self.session}{path}", body)

    def cdp(self, command, **parameters):
        return self.post("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def go(self, path):
        self.post("/url", {"url": pathlib.Path(path).resolve().as_uri()})

    def look_like(self, width, height, scheme):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def run(self, script, *arguments):
        return self.post("/execute/sync", {"script": script, "args": list(arguments)})

    def press(self, element, key):
        self.post(f"/element/{element[ELEMENT]}/value", {"text": key})

    def click(self, element):
        self.post(f"/element/{element[ELEMENT]}/click")

    def console(self):
        return [entry["message"] for entry in self.post("/se/log", {"type": "browser"})]

    def requests(self):
        """URLs that were asked for since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.post("/se/log", {"type": "performance"})]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def names(self):
        """Role and name of everything in the accessibility tree."""
        nodes = self.cdp("Accessibility.getFullAXTree")["nodes"]
        return [(n.get("role", {}).get("value", ""), n.get("name", {}).get("value", ""))
                for n in nodes if not n.get("ignored")]
