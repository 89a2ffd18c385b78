#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tls.revocation: lists that `openssl ca` makes, served by plain HTTP, against servers of OpenSSL's.

usage: agent_revocation.py DIAL    (as agent_tls.py)
"""
import http.server
import shutil
import threading
import time
import unittest

import agent_tls
from agent_tls import DAY, FOLDER, Case, free_port, make_ca, make_key, openssl, pin

LISTS = {}  # path -> bytes, or a function that answers
ASKED = []  # (path, was it a proxy that asked)


class Lists(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = "/" + self.path.split("/", 3)[-1] if self.path.startswith("http://") else self.path
        ASKED.append((path, "Via" in self.headers))
        found = LISTS.get(path)
        if callable(found):
            found(self)
            return
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(found or b"")))
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, *_):
        pass


SERVER = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lists)
BASE = f"http://127.0.0.1:{SERVER.server_port}"
NOWHERE = f"http://127.0.0.1:{free_port()}"


class CA:
    """A CA with the books that `openssl ca` keeps."""

    def __init__(self, name, parent=None, crl=None):
        self.name, self.work = name, FOLDER / f"{name}.books"
        self.work.mkdir()
        (self.work / "index").touch()
        (self.work / "serial").write_text("1000")
        (self.work / "crlnumber").write_text("01")
        if parent:
            parent.issue(name, crl=crl, ca=True)
        else:
            make_ca(name)

    def conf(self, extensions=""):
        path = self.work / "conf"
        path.write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={self.work}/index\nserial={self.work}/serial\nnew_certs_dir={self.work}\n"
            f"crlnumber={self.work}/crlnumber\ndefault_md=sha256\ndefault_days=30\npolicy=p\nx509_extensions=x\n"
            f"[p]\ncommonName=supplied\n[x]\n{extensions}\n[req]\ndistinguished_name=n\n[n]\n")
        return str(path)

    def issue(self, name, crl=None, ca=False, chain=()):
        """NAME.crt with what leads to it; `crl` is the URL that it names."""
        make_key(name)
        extensions = ("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign" if ca else
                      "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth")
        if crl:
            extensions += f"\ncrlDistributionPoints=URI:{crl}"
        conf = self.conf(extensions)
        openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr", "-config", conf)
        openssl("ca", "-batch", "-config", conf, "-cert", f"{self.name}.crt", "-keyfile", f"{self.name}.key", "-in",
                f"{name}.csr", "-out", f"{name}.leaf", "-notext")
        texts = [(FOLDER / f"{name}.leaf").read_bytes()] + [(FOLDER / f"{link}.crt").read_bytes() for link in chain]
        (FOLDER / f"{name}.crt").write_bytes(b"".join(texts))

    def revoke(self, name):
        openssl("ca", "-config", self.conf(), "-cert", f"{self.name}.crt", "-keyfile", f"{self.name}.key", "-revoke",
                f"{name}.leaf")

    def list(self, *more, key=None):
        """The list as it is now, DER; signed by another key where one is named."""
        key = key or self.name
        pem = openssl("ca", "-config", self.conf(), "-cert", f"{key}.crt", "-keyfile", f"{key}.key", "-gencrl",
                      *(more or ("-crldays", "7")))
        return openssl("crl", "-outform", "DER", stdin=pem)


def setUpModule():
    threading.Thread(target=SERVER.serve_forever, daemon=True).start()
    root = CA("root")
    between = CA("between", root, crl=f"{BASE}/root.crl")
    beside = CA("beside", root, crl=f"{BASE}/root.crl")
    root.issue("sound", crl=f"{BASE}/root.crl", chain=("root",))
    root.issue("taken-back", crl=f"{BASE}/root.crl", chain=("root",))
    root.issue("silent", chain=("root",))
    for name, path in (("elsewhere", "/forged.crl"), ("old", "/old.crl"), ("garbage", "/garbage.crl"), ("huge", "/huge.crl"),
                       ("slow", "/slow.crl"), ("missing", "/missing.crl"), ("kept", "/kept.crl")):
        root.issue(name, crl=BASE + path, chain=("root",))
    root.issue("unreachable", crl=f"{NOWHERE}/root.crl", chain=("root",))
    between.issue("deep", crl=f"{BASE}/between.crl", chain=("between", "root"))
    beside.issue("orphan", crl=f"{BASE}/beside.crl", chain=("beside", "root"))
    root.revoke("taken-back")
    root.revoke("beside")
    LISTS.update({"/root.crl": root.list(), "/between.crl": between.list(), "/beside.crl": beside.list(),
                  "/kept.crl": root.list()})
    # A stranger with the CA's name: the list says the right issuer and has the wrong signature.
    make_key("thief")
    openssl("req", "-x509", "-new", "-key", "thief.key", "-subj", "/CN=root", "-days", "30", "-out", "thief.crt", "-addext",
            "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    LISTS["/forged.crl"] = root.list(key="thief")
    LISTS["/old.crl"] = root.list("-crl_lastupdate", agent_tls.asn1(-9 * DAY), "-crl_nextupdate", agent_tls.asn1(-2 * DAY))
    LISTS["/garbage.crl"] = b"<html>please log in</html>"
    LISTS["/huge.crl"] = b"\x30" * (3 << 20)

    def trickle(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(60):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return
            time.sleep(0.5)
    LISTS["/slow.crl"] = trickle


def tearDownModule():
    SERVER.shutdown()
    SERVER.server_close()


class Revocation(Case):
    def setUp(self):
        self.state = FOLDER / "state"
        shutil.rmtree(self.state, ignore_errors=True)
        self.state.mkdir()
        ASKED.clear()

    def call(self, name, mode, *words, url=None):
        url = url or f"https://localhost:{self.openssl_server(name)}"
        (FOLDER / "hello.txt").write_text("hello")
        trust = () if "--pin" in words else ("--ca", "root.crt")
        return url, self.dial(url, *trust, "--get", "/hello.txt", "--set", f"tls.revocation={mode}", "--set",
                              f"state_dir={self.state}", *words)

    def good(self, name, mode, *words, url=None):
        url, (how, sentence, _) = self.call(name, mode, *words, url=url)
        self.assertEqual((how, sentence), ("ok", "200 5"))
        return url

    def bad(self, name, mode, says, *words, url=None):
        url, (how, sentence, took) = self.call(name, mode, *words, url=url)
        self.assertEqual(how, "untrusted", sentence)
        self.assertRegex(sentence, says)
        return took

    def test_good(self):
        url = self.good("sound", "hard")
        self.assertEqual(ASKED, [("/root.crl", False)])
        self.good("sound", "soft", url=url)
        self.assertEqual(len(ASKED), 1)  # kept, and new enough
        self.good("sound", "off", url=url)

    def test_revoked(self):
        for mode in ("soft", "hard"):
            self.bad("taken-back", mode, "the server's certificate was revoked by its CA")
        ASKED.clear()
        self.good("taken-back", "off")
        self.assertEqual(ASKED, [])

    def test_a_ca_on_the_way(self):
        self.good("deep", "hard")
        self.assertEqual({path for path, _ in ASKED}, {"/between.crl", "/root.crl"})
        for mode in ("soft", "hard"):
            self.bad("orphan", mode, 'the CA "CN=beside" in the server\'s chain was revoked')

    def test_no_list_to_be_had(self):
        for name, why in (("unreachable", "cannot connect"), ("missing", "answered with 404"), ("garbage", "is no revocation list"),
                          ("huge", "longer than"), ("elsewhere", "not signed by the certificate's CA"),
                          ("old", "its time is over")):
            self.good(name, "soft")
            self.bad(name, "hard", f"cannot be checked for revocation, which tls.revocation = hard wants: .*({why})")

    def test_a_slow_one_costs_some_seconds(self):
        self.assertLess(self.bad("slow", "hard", "cannot be checked"), 10)

    def test_kept_as_long_as_it_is_valid(self):
        list_ = LISTS["/kept.crl"]
        try:
            url = self.good("kept", "hard")
            del LISTS["/kept.crl"]
            self.good("kept", "hard", url=url)  # asked of the file
            for path in self.state.glob("revoked-*.crl"):  # as if it had been fetched two hours ago
                _, _, der = path.read_bytes().partition(b"\n")
                path.write_bytes(time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 7200)).encode() + b"\n" + der)
            self.good("kept", "hard", url=url)  # fetching fails, the old one is valid still
            self.assertGreaterEqual(len(ASKED), 2)
        finally:
            LISTS["/kept.crl"] = list_

    def test_a_kept_file_that_somebody_changed(self):
        url = self.good("taken-back", "off")
        self.bad("taken-back", "soft", "was revoked", url=url)
        (path,) = self.state.glob("revoked-*.crl")
        text = bytearray(path.read_bytes())
        text[-5] ^= 1  # in the signature
        path.write_bytes(text)
        self.bad("taken-back", "soft", "was revoked", url=url)  # fetched anew
        self.assertEqual(len(ASKED), 2)

    def test_certificates_that_name_no_list(self):
        self.bad("silent", "hard", "names no revocation list")
        self.good("silent", "soft")
        self.good("silent", "hard", "--pin", pin("root"))  # the connector's own CA is such a one
        self.assertEqual(ASKED, [])

    def test_through_the_proxy(self):
        port = free_port()
        server = self.openssl_server("sound")
        conf = FOLDER / "tinyproxy.conf"
        conf.write_text(f"Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 5\nConnectPort {server}\n"
                        f"PidFile \"{FOLDER}/tinyproxy.pid\"\nLogFile \"{FOLDER}/tinyproxy.log\"\nBasicAuth clerk s3cret\n")
        self.serve("tinyproxy", "-d", "-c", str(conf), port=port)
        self.good("sound", "hard", "--proxy", f"http://clerk:s3cret@127.0.0.1:{port}", url=f"https://localhost:{server}")
        self.assertEqual(ASKED, [("/root.crl", True)])

    def test_sessions_are_resumed_between_two_looks(self):
        self.good("sound", "hard", "--times", "3")
        self.assertEqual(len(ASKED), 1)


if __name__ == "__main__":
    unittest.main(verbosity=1)
