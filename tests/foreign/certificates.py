# SPDX-License-Identifier: MIT
"""An authority for one test, and certificates of 127.0.0.1 by it, made with openssl's program."""
import os
import subprocess


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=30)


def request(folder, name, *more):
    """A key in NAME.key, and what stands in NAME.pem by `more`."""
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
            os.path.join(folder, name + ".key"), "-subj", f"/CN={name}", "-days", "2", "-x509", "-out",
            os.path.join(folder, name + ".pem"), *more)


def make(folder, *names):
    """ca.pem, and NAME.pem with NAME.key for each name, for servers and clients at 127.0.0.1."""
    request(folder, "ca", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign,cRLSign")
    for name in names:
        request(folder, name, "-CA", os.path.join(folder, "ca.pem"), "-CAkey", os.path.join(folder, "ca.key"),
                "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE",
                "-addext", "extendedKeyUsage=serverAuth,clientAuth")
