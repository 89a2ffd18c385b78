# SPDX-License-Identifier: Apache-2.0
"""Which certificate the ports show: files of somebody else's CA on the admin port, exchanged while connections are open;
the unit that systemd runs; the readiness it waits for."""
import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest

from case import BUILD, PC, ROOT, lab
from pc import openssl

UNIT = ROOT / "installer" / "linux" / "platen-connector.service"


class Certificates(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="platen-certificates-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.certificate, self.key = self.folder / "tls.crt", self.folder / "tls.key"
        self.issue("first")
        self.connector = lab.Connector(BUILD, self.folder)
        self.connector.serve_options = ["--tls-cert", str(self.certificate), "--tls-key", str(self.key)]
        self.addCleanup(self.connector.stop)

    def issue(self, name, days=30):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", days, "-subj",
                f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-keyout", self.key, "-out", self.certificate)
        self.key.chmod(0o640)

    def connect(self):
        """An admin connection that trusts what the file says now, and nothing else."""
        link = http.client.HTTPSConnection("localhost", self.connector.admin_port, timeout=30,
                                           context=ssl.create_default_context(cafile=self.certificate))
        self.addCleanup(link.close)
        return link

    @staticmethod
    def ask(link):
        link.request("GET", "/healthz")
        answer = link.getresponse()
        answer.read()
        return answer.status

    def said(self, pattern, count=1):
        def look():
            return len(re.findall(pattern, self.connector.log.read_text())) >= count
        lab.wait_for(f"the log line {pattern}", look, 20)

    def test_files_are_shown_and_exchanged(self):
        self.connector.start()
        open_before = self.connect()
        self.assertEqual(self.ask(open_before), 200)
        pc = PC(self.folder, self.connector.sda_port, "pinned")
        self.addCleanup(pc.hang_up)
        self.assertEqual(pc.enroll(self.connector.token()).status, 200)  # by the pin of our own CA, files or not
        self.assertEqual(pc.report(pc.hello()).status, 200)
        poll = pc.connect()
        self.addCleanup(poll.close)
        poll.request("GET", "/sda/v1/work?wait=30")
        self.issue("second")
        with self.assertRaises(ssl.SSLError):
            self.ask(self.connect())  # not read yet
        self.connector.process.send_signal(signal.SIGHUP)
        self.said("reloaded")
        self.assertEqual(self.ask(self.connect()), 200)
        self.assertEqual(self.ask(open_before), 200, "a connection of before goes on")
        good = self.certificate.read_text()
        for spoil, why in ((lambda: self.certificate.write_text("nothing"), "must hold 1 to 8 PEM certificates"),
                           (self.certificate.unlink, "tls.crt"),
                           (lambda: (self.certificate.write_text(good), self.issue("third"),
                                     self.certificate.write_text(good)), "not that of the certificate"),
                           (lambda: self.key.chmod(0o644), "may be read by everybody")):
            spoil()
            self.connector.process.send_signal(signal.SIGHUP)
            self.said("certificates stay as they were.*" + why)
            self.certificate.write_text(good)
            self.assertEqual(self.ask(self.connect()), 200)
        self.assertEqual(pc.call("GET", "/config").status, 200)
        pc_id = pc.enrolled["agent_id"]
        self.connector.api("POST", f"/agents/{pc_id}/actions", {"type": "probe_now"})
        self.assertEqual(poll.getresponse().status, 200, "the long poll outlived every exchange")

    def test_what_cannot_be_used_is_said_at_the_start(self):
        program = [self.connector.program, "serve", "--data", str(self.connector.data), "--listen", "127.0.0.1",
                   "--sda-port", "0", "--admin-port", "0"]

        def start(*words):
            return subprocess.run([*program, *map(str, words)], capture_output=True, text=True, timeout=60)

        alone = start("--tls-cert", self.certificate)
        self.assertEqual((alone.returncode, alone.stderr.strip()),
                         (2, "platen-connector: --tls-cert and --tls-key go together"))
        none = start("--tls-cert", self.folder / "none", "--tls-key", self.key)
        self.assertEqual(none.returncode, 3, none.stderr)
        swapped = start("--tls-cert", self.key, "--tls-key", self.certificate)
        self.assertNotEqual(swapped.returncode, 0)
        self.key.chmod(0o644)
        public = start("--tls-cert", self.certificate, "--tls-key", self.key)
        self.assertEqual(public.returncode, 4)
        self.assertIn("chmod o=", public.stderr)

    def test_our_own_certificate_is_made_anew_while_the_server_runs(self):
        self.connector.serve_options = []
        self.connector.start()

        def shown(port):
            return ssl.get_server_certificate(("127.0.0.1", port))

        before = shown(self.connector.sda_port)
        self.assertEqual(before, shown(self.connector.admin_port))
        self.connector.process.send_signal(signal.SIGHUP)
        self.said("reloaded")
        self.assertEqual(shown(self.connector.sda_port), before, "good for a year: it stays")

    def test_the_service_manager_is_told(self):
        """Type=notify: READY once both ports are open, RELOADING and READY around a SIGHUP, STOPPING at the end."""
        where = str(self.folder / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(where)
            manager.settimeout(30)
            self.connector.env["NOTIFY_SOCKET"] = where
            self.connector.start()
            self.assertEqual(manager.recv(200), b"READY=1")
            self.assertEqual(self.ask(self.connect()), 200)
            self.connector.process.send_signal(signal.SIGHUP)
            self.assertRegex(manager.recv(200), rb"^RELOADING=1\nMONOTONIC_USEC=\d+$")
            self.assertEqual(manager.recv(200), b"READY=1")
            self.connector.stop()
            self.assertEqual(manager.recv(200), b"STOPPING=1")


class Unit(unittest.TestCase):
    def test_the_unit_is_hardened(self):
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", UNIT], capture_output=True,
                              text=True, timeout=60)
        found = re.search(r"exposure level for platen-connector.service: ([0-9.]+)", done.stdout)
        self.assertTrue(found, done.stderr)
        print(f"systemd-analyze security: {found[1]}")
        self.assertLessEqual(float(found[1]), 2.0, done.stdout)
        text = UNIT.read_text()
        for line in ("LimitNOFILE=65536", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n", "ProtectSystem=strict"):
            self.assertIn(line, text)

    @unittest.skipUnless(os.geteuid() == 0, "only root makes things for others")
    def test_what_root_makes_belongs_to_the_service(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="platen-unit-"))
        self.addCleanup(shutil.rmtree, folder)
        folder.chmod(0o711)
        data, nobody = folder / "data", 65534
        data.mkdir(mode=0o700)
        os.chown(data, nobody, nobody)
        program = BUILD / "connector" / "platen-connector"
        for words in (("init", "--name", "localhost"), ("user", "add", "admin", "--role", "admin", "--password-stdin")):
            done = subprocess.run([program, *words, "--data", data], input="a long password\n", capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
        owners = {path.name: path.stat().st_uid for path in (*data.iterdir(), folder / "data.key")}
        self.assertEqual(set(owners.values()), {nobody}, owners)


if __name__ == "__main__":
    unittest.main()
