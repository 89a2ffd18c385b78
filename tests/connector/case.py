# SPDX-License-Identifier: Apache-2.0
"""What the connector's system tests share: a connector of their own, and PCs played by pc.py."""
import http.client
import os
import pathlib
import shutil
import ssl
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402
from pc import PC  # noqa: E402

BUILD = pathlib.Path(os.environ.get("PLATEN_BUILD", ROOT / "build" / "dev"))


class ConnectorCase(unittest.TestCase):
    """One connector per class; each test makes its own PCs."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="platen-connector-"))
        try:
            cls.connector = lab.Connector(BUILD, cls.folder)
            cls.connector.start()
        except BaseException:
            shutil.rmtree(cls.folder)
            raise

    @classmethod
    def tearDownClass(cls):
        code = cls.connector.stop()
        log = cls.connector.log.read_text(errors="replace")
        shutil.rmtree(cls.folder)
        if code != 0 or "ERROR: " in log or "runtime error" in log:
            raise AssertionError(f"the connector ended with {code}:\n{log[-4000:]}")

    @property
    def api(self):
        return self.connector.api

    def pc(self, name="pc", enrol=True, **options):
        """A PC; enrolled and introduced unless told otherwise."""
        pc = PC(self.folder, self.connector.sda_port, name, **options)
        self.addCleanup(pc.hang_up)
        if enrol:
            answer = pc.enroll(self.connector.token())
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(pc.report(pc.hello()).status, 200)
        return pc

    def metric(self, name):
        """One of the server's own figures."""
        link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, timeout=60,
                                           context=ssl._create_unverified_context())
        link.request("GET", "/metrics")
        text = link.getresponse().read().decode()
        link.close()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(name + " "))

    def assertError(self, answer, status, code):
        """An error as WIRE.md promises it: its status, its code, and one sentence."""
        self.assertEqual(answer.status, status, answer)
        body = answer.json
        self.assertEqual(body["error"], code, body)
        self.assertGreater(len(body["message"]), 10)

    def printer_of(self, agent_id):
        """The only printer of this agent, as the admin API tells it."""
        items = self.api("GET", f"/printers?agent={agent_id}")["items"]
        self.assertEqual(len(items), 1, items)
        return self.api("GET", "/printers/" + items[0]["id"])
