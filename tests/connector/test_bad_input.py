# SPDX-License-Identifier: Apache-2.0
"""What strangers and broken agents send: each is answered by one clear sentence and the right status, nothing is stored, and
others are served meanwhile."""
import gzip
import http.client
import json
import os
import socket
import ssl
import threading
import time
import unittest

from case import ConnectorCase
from pc import openssl


class BadInput(ConnectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connector.api("GET", "/me")

    def setUp(self):
        self.one = self.pc("good-" + self._testMethodName)

    def tearDown(self):
        self.assertEqual(self.one.report().status, 200, "others are served no longer")

    def test_json_that_is_none(self):
        for text in (b"", b"{", b"[1,2", b"{}{}", b"\xff\xfe", b'{"a":"\\ud800"}', b"nonsense", b'{"spool_id":"\x00"}',
                     b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", b"[" * 60000):
            answer = self.one.call("POST", "/reports", text, raw=True)
            self.assertError(answer, 400, "bad_json")

    def test_members_that_are_missing_or_wrong(self):
        good = self.one.snapshot()
        for member, value in (("seq", 0), ("seq", -1), ("seq", "1"), ("seq", 1.5), ("seq", 2**53), ("kind", ""), ("kind", "a b"),
                              ("kind", "x" * 65), ("boot_id", None), ("uptime_ms", -5), ("taken_at", "yesterday"),
                              ("taken_at", "2026-13-01T00:00:00Z"), ("printer_key", 7), ("printer_key", "a\nb"),
                              ("printer_key", "k" * 200), ("hash", "zz"), ("hash", "A" * 32), ("body", []), ("body", "x")):
            answer = self.one.report({**good, member: value})
            self.assertError(answer, 400, "bad_request")
            self.assertIn(member, answer.json["message"])
        for batch in ({}, [], "x", {"spool_id": "s", "boot_id": "b"}, {"spool_id": "s", "boot_id": "b", "records": {}},
                      {"spool_id": "a b", "boot_id": "b", "records": []}):
            self.assertError(self.one.call("POST", "/reports", batch), 400, "bad_request")
        self.assertError(self.one.report(good, dict(good)), 400, "bad_request")  # seq must rise
        self.assertError(self.one.report(*[{**good, "seq": i + 1} for i in range(501)]), 400, "bad_request")

    def test_too_large(self):
        self.assertError(self.one.call("POST", "/enroll", {"token": "x" * 70000}), 413, "too_big")
        self.one.hang_up()
        blob = self.one.record("note", {"text": "x" * 1100000})
        self.assertError(self.one.report(blob), 413, "too_big")
        self.one.hang_up()
        # The same without a Content-Length.
        link = self.one.connect()
        link.putrequest("POST", "/sda/v1/reports")
        link.putheader("Transfer-Encoding", "chunked")
        link.endheaders()
        piece = b"x" * 65536
        try:
            for _ in range(40):
                link.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            link.send(b"0\r\n\r\n")
            answer = link.getresponse()
            self.assertEqual(answer.status, 413)
        except (ConnectionError, ssl.SSLError, http.client.HTTPException):
            pass  # cut off is an answer as well
        link.close()

    def test_refusal_arrives_though_the_peer_is_still_sending(self):
        """A connection closed with bytes unread is reset, and the reset would take the answer away."""
        piece = b"x" * 100_000
        for size in (1_100_000, 3_000_000, 6_000_000) * 4:
            link = self.one.connect()
            link.putrequest("POST", "/sda/v1/reports")
            link.putheader("Content-Length", str(size))
            link.endheaders()
            for _ in range(size // len(piece)):
                link.send(piece)
                time.sleep(0.002)
            self.assertEqual(link.getresponse().status, 413)
            link.close()

    def test_lingering_is_bounded(self):
        """Refused peers that neither read on nor hang up keep no descriptor of the connector for long."""
        def descriptors():
            return len(os.listdir(f"/proc/{self.connector.process.pid}/fd"))

        before = descriptors()
        refused = []
        for _ in range(200):
            s = self.one.context().wrap_socket(socket.create_connection(("localhost", self.connector.sda_port), timeout=20),
                                               server_hostname="localhost")
            s.sendall(b"POST /sda/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n")
            self.assertIn(b" 413 ", s.recv(1000))
            refused.append(s)
        end = time.monotonic() + 30
        while descriptors() > before + 2:
            self.assertLess(time.monotonic(), end, "the connector still holds connections of those it refused")
            time.sleep(0.2)
        for s in refused:
            s.close()

    def test_gzip(self):
        record = self.one.snapshot("gz", "GZ-1")
        batch = {"spool_id": self.one.spool_id, "boot_id": self.one.boot_id, "records": [record]}
        answer = self.one.call("POST", "/reports", gzip.compress(json.dumps(batch).encode()), {"Content-Encoding": "gzip"}, raw=True)
        self.assertEqual(answer.status, 200, answer)
        bomb = gzip.compress(b'{"a":"' + b"x" * 30_000_000 + b'"}', 9)
        self.assertLess(len(bomb), 100_000)
        answer = self.one.call("POST", "/reports", bomb, {"Content-Encoding": "gzip"}, raw=True)
        self.assertError(answer, 413, "too_big")
        for broken in (b"not gzip", gzip.compress(b"{}")[:-9], gzip.compress(b"{}") + b"tail"):
            answer = self.one.call("POST", "/reports", broken, {"Content-Encoding": "gzip"}, raw=True)
            self.assertError(answer, 400, "bad_request")
        answer = self.one.call("POST", "/reports", b"x", {"Content-Encoding": "br"}, raw=True)
        self.assertError(answer, 415, "unsupported_encoding")
        answer = self.one.call("POST", "/actions/1", gzip.compress(b"{}"), {"Content-Encoding": "gzip"}, raw=True)
        self.assertError(answer, 415, "unsupported_encoding")

    def test_paths_and_methods(self):
        self.assertError(self.one.call("GET", "/nothing"), 404, "not_found")
        self.assertError(self.one.call("GET", "/../../etc/passwd"), 404, "not_found")
        self.assertError(self.one.call("GET", "/actions/" + "x" * 100), 404, "not_found")
        answer = self.one.call("GET", "/reports")
        self.assertError(answer, 405, "method_not_allowed")
        self.assertEqual(answer.headers["Allow"], "POST")
        self.assertError(self.one.call("GET", "/ews/s/next"), 410, "session_ended")
        self.assertError(self.one.call("POST", "/actions/1/bundle", {}), 400, "bad_request")
        for name in ("0" * 64, "0" * 63, "Z" * 64, ".."):
            self.assertError(self.one.call("GET", "/packages/" + name), 404, "unknown_package")
        for wait in ("-1", "61", "x", "1x", ""):
            self.assertError(self.one.work(wait), 400, "bad_request")

    def test_no_certificate_and_a_strangers(self):
        bare = self.pc("bare", enrol=False)
        self.assertError(bare.report(), 403, "certificate_required")
        self.assertError(bare.work(), 403, "certificate_required")
        # A certificate of another CA with the good agent's name in it.
        folder = bare.folder
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "k.pem",
                "-out", folder / "c.pem", "-subj", "/CN=" + self.one.enrolled["agent_id"], "-days", "10")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(folder / "c.pem", folder / "k.pem")
        link = http.client.HTTPSConnection("localhost", self.connector.sda_port, context=context, timeout=20)
        self.assertError(self.one.call("GET", "/work?wait=0", link=link), 403, "certificate_required")
        link.close()

    def test_refused_before_the_body_is_read(self):
        bare = self.pc("pushy", enrol=False)
        link = bare.connect()
        link.putrequest("POST", "/sda/v1/reports")
        link.putheader("Content-Length", "1000000")
        link.endheaders()  # not a byte of body
        self.assertEqual(link.getresponse().status, 403)
        link.close()

    def test_plain_http_is_refused(self):
        with socket.create_connection(("localhost", self.connector.sda_port), timeout=10) as s:
            s.sendall(b"GET /sda/v1/crl HTTP/1.1\r\nHost: x\r\n\r\n")
            s.settimeout(10)
            try:
                self.assertNotIn(b"200", s.recv(1000))
            except OSError:
                pass

    def test_enrolment_with_bad_words(self):
        pc = self.pc("wrong", enrol=False)
        good = {"token": "x", "csr": pc.csr.read_text(), "host": pc.host_info()}
        self.assertError(pc.call("POST", "/enroll", {**good, "token": None}), 403, "token_required")
        self.assertError(pc.call("POST", "/enroll", {**good, "csr": None}), 400, "bad_request")
        self.assertError(pc.call("POST", "/enroll", {**good, "csr": "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"}), 400, "bad_request")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", pc.folder / "rsa.pem", "-out", pc.folder / "rsa.csr",
                "-subj", "/CN=x")
        self.assertError(pc.call("POST", "/enroll", {**good, "csr": (pc.folder / "rsa.csr").read_text()}), 400, "bad_request")
        self.assertError(pc.call("POST", "/enroll", good), 403, "token_wrong")

    def test_strange_host_words_are_kept_harmless(self):
        pc = self.pc("<script>alert(1)</script>'; DROP TABLE agents; --", enrol=True)
        agent = self.api("GET", "/agents/" + pc.enrolled["agent_id"])
        self.assertEqual(agent["name"], pc.name)
        pc.report(pc.snapshot("k'\"<b>", "S'; DELETE FROM devices; --", identity={
            "make": "<img src=x>", "model": "a' OR '1'='1", "serial_number": "S'; DELETE FROM devices; --", "uuid": None,
            "firmware": "%s%n", "device_id": None, "confidence": "strong", "sources": {}}))
        printer = self.printer_of(pc.enrolled["agent_id"])
        self.assertEqual(printer["model"], "a' OR '1'='1")
        for q in ("'", "%25", "<img", "' OR 1=1 --"):
            self.connector.api("GET", "/printers?q=" + q.replace(" ", "%20"))

    def test_slow_senders_do_not_hold_others_up(self):
        slow = []
        for _ in range(200):
            s = socket.create_connection(("localhost", self.connector.sda_port), timeout=10)
            s.sendall(b"\x16\x03\x01")  # the beginning of a handshake, and no more
            slow.append(s)
        start = time.monotonic()
        self.assertEqual(self.one.report().status, 200)
        fresh = self.pc("between")
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(fresh.report().status, 200)
        for s in slow:
            s.close()

    def test_a_second_poll_ends_the_first(self):
        ended = {}

        def poll():
            ended["status"] = self.one.work(50).status
            ended["after"] = time.monotonic() - start

        start = time.monotonic()
        first = threading.Thread(target=poll)
        first.start()
        time.sleep(0.5)
        link = self.one.connect()
        self.assertEqual(self.one.call("GET", "/work?wait=1", link=link).status, 204)
        first.join(30)
        self.assertEqual(ended["status"], 204)
        self.assertLess(ended["after"], 25)
        link.close()

    def test_hang_up_in_a_long_poll_is_noticed(self):
        link = self.one.connect()
        link.request("GET", "/sda/v1/work?wait=60")
        time.sleep(0.3)
        before = self.metric("platen_long_polls")
        self.assertGreaterEqual(before, 1)
        link.close()
        for _ in range(100):
            if self.metric("platen_long_polls") < before:
                return
            time.sleep(0.1)
        self.fail("the poll is still open 10 s after its peer hung up")

    def metric(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, context=context, timeout=20)
        link.request("GET", "/metrics")
        text = link.getresponse().read().decode()
        link.close()
        return int(next(line for line in text.splitlines() if line.startswith(name + " ")).split()[1])

    def test_unknown_actions_and_states(self):
        self.assertError(self.one.call("POST", "/actions/nobody", {"state": "running"}), 404, "unknown_action")
        for body in ({}, {"state": "queued"}, {"state": "flying"}, {"state": 3}):
            self.assertError(self.one.call("POST", "/actions/nobody", body), 400, "bad_request")

    def test_unknown_kinds_are_stored(self):
        record = self.one.record("printer.smell", {"strange": [1, 2, {"deep": True}]}, "usb-x")
        self.assertEqual(self.one.report(record).json["ack"], record["seq"])


class BadStart(unittest.TestCase):
    """Commands that cannot work say why, and how."""

    def run_connector(self, *words, stdin=None):
        import subprocess

        from case import BUILD
        return subprocess.run([str(BUILD / "connector" / "platen-connector"), *map(str, words)], input=stdin, text=True,
                              capture_output=True, timeout=60)

    def assertFails(self, done, code, *words):
        self.assertEqual(done.returncode, code, done)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_usage(self):
        self.assertFails(self.run_connector(), 2, "--help")
        self.assertFails(self.run_connector("dance"), 2, "--help")
        self.assertFails(self.run_connector("serve", "--sda-port", "70000", "--data", "/nowhere"), 2, "--sda-port")
        self.assertFails(self.run_connector("serve", "--colour"), 2, "--colour")
        self.assertEqual(self.run_connector("--help").returncode, 0)

    def test_places(self):
        import pathlib
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder) / "data"
            self.assertFails(self.run_connector("serve", "--data", place), 3, "init")
            self.assertFails(self.run_connector("init", "--data", place, "--name", "bad name"), 2, "bad name")
            self.assertEqual(self.run_connector("init", "--data", place, "--name", "localhost").returncode, 0)
            self.assertFails(self.run_connector("init", "--data", place, "--name", "localhost"), 6, "already")
            self.assertFails(self.run_connector("user", "add", "a", "--role", "king", "--data", place), 2, "--role")
            self.assertFails(self.run_connector("user", "add", "a", "--password-stdin", "--data", place, stdin="short\n"), 2, "12")
            self.assertFails(self.run_connector("user", "passwd", "nobody", "--data", place, stdin="x\n"), 3, "nobody")
            self.assertFails(self.run_connector("token", "revoke", "nothing", "--data", place), 3, "token")
            key = pathlib.Path(folder) / "data.key"
            key.rename(key.with_suffix(".away"))
            self.assertFails(self.run_connector("serve", "--data", place), 3, "master key", "--key")
            os.chmod(key.with_suffix(".away"), 0o644)
            self.assertFails(self.run_connector("serve", "--data", place, "--key", key.with_suffix(".away")), 4, "others may read")
            other = pathlib.Path(folder) / "other"
            self.assertEqual(self.run_connector("init", "--data", other, "--name", "localhost").returncode, 0)
            self.assertFails(self.run_connector("serve", "--data", other, "--key", self.make_key(folder)), 1, "master key")
            (place / "platen.db").write_bytes(b"this is not a database, and it is long enough to be looked at" * 100)
            self.assertFails(self.run_connector("token", "list", "--data", place, "--key", other.with_suffix(".key")), 1, "damaged")

    def make_key(self, folder):
        import pathlib

        third = pathlib.Path(folder) / "third"
        self.run_connector("init", "--data", third, "--name", "localhost")
        return third.with_suffix(".key")

    def test_port_in_use_and_one_server_per_folder(self):
        import pathlib
        import tempfile

        with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as taken:
            place = pathlib.Path(folder) / "data"
            port = taken.getsockname()[1]
            self.run_connector("init", "--data", place, "--name", "localhost")
            self.assertFails(self.run_connector("serve", "--data", place, "--listen", "127.0.0.1", "--sda-port", port,
                                                "--admin-port", 0), 5, str(port), "in use")
            self.assertFails(self.run_connector("serve", "--data", place, "--listen", "192.0.2.1"), 2, "192.0.2.1")

    @unittest.skipIf(os.geteuid() == 0 and not os.path.exists("/usr/sbin/runuser"), "needs another user")
    def test_unwritable_folder(self):
        import pathlib
        import subprocess
        import tempfile

        from case import BUILD
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            place = pathlib.Path(folder) / "data"
            words = [str(BUILD / "connector" / "platen-connector"), "init", "--data", str(place), "--name", "localhost"]
            if os.geteuid() == 0:
                words = ["/usr/sbin/runuser", "-u", "nobody", "--", *words]
            else:
                os.chmod(folder, 0o555)
            done = subprocess.run(words, capture_output=True, text=True, timeout=60)
            self.assertFails(done, 4, str(place))


if __name__ == "__main__":
    unittest.main()
