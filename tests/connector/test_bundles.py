#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bundles at the connector: stored once, sealed, for the own customer's operators only; hostile files show nothing and break
nothing; an upload that was cut is sent again."""
import contextlib
import hashlib
import http.client
import io
import os
import sqlite3
import ssl
import struct
import unittest
import zipfile

from case import ConnectorCase, lab

SECRET = b"words-that-only-this-bundle-has"
PASSWORD = "a long enough password"
MAX = 512 * 1024


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in parts.items():
            z.writestr(name.replace("__", "."), data)
    return out.getvalue()


class Bundles(ConnectorCase):
    def setUp(self):
        self.one = self.pc("one")
        self.one.report(self.one.hello(actions=["agent_log"]))
        self.id = self.one.enrolled["agent_id"]

    def action(self):
        action = self.api("POST", f"/agents/{self.id}/actions", {"type": "agent_log"})
        self.assertEqual(self.one.call("POST", f"/actions/{action['id']}", {"state": "running"}).status, 200)
        return action["id"]

    def send(self, action, data, pc=None, **headers):
        headers = {"Content-Type": "application/zip", "X-Platen-SHA256": hashlib.sha256(data).hexdigest(), **headers}
        return (pc or self.one).call("POST", f"/actions/{action}/bundle", data, headers, raw=True)

    def end(self, action):
        self.one.report(self.one.record("action.result", {"action_id": action, "type": "agent_log", "state": "done",
                                                          "reason": None, "result": {"bundle_bytes": 1}}))
        lab.wait_for("the end", lambda: self.api("GET", f"/actions/{action}")["ended_at"], 10)

    def get(self, path, token=None):
        self.api("GET", "/me")
        link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, timeout=60,
                                           context=ssl._create_unverified_context())
        link.request("GET", "/api/v1" + path, headers={"Authorization": "Bearer " + (token or self.connector.session)})
        answer = link.getresponse()
        got = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        link.close()
        return got

    def test_once_sealed_and_shown(self):
        action, data = self.action(), zipped(manifest__json=b'{"schema":"platen.bundle/1"}', agent__log=SECRET * 50)
        self.assertEqual(self.get(f"/actions/{action}/bundle")[0], 404)
        answer = self.send(action, data)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json, {"stored_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        self.assertEqual(self.send(action, data).status, 200, "its answer may have been lost")
        self.assertError(self.send(action, zipped(other=b"1")), 409, "bundle_refused")
        self.end(action)
        self.assertEqual(self.send(action, data).status, 200)
        status, headers, body = self.get(f"/actions/{action}/bundle")
        self.assertEqual((status, body), (200, data))
        self.assertTrue(headers["content-disposition"].startswith("attachment; filename=\"platen-agent_log-"), headers)
        self.assertIn("sandbox", headers["content-security-policy"])
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        status, headers, body = self.get(f"/actions/{action}/bundle/parts/agent.log")
        self.assertEqual((status, body), (200, SECRET * 50))
        self.assertEqual(headers["content-type"], "text/plain; charset=utf-8")
        self.assertEqual(self.get(f"/actions/{action}/bundle/parts/nothing")[0], 404)
        looked = [str(e) for e in self.api("GET", "/audit?limit=50")["items"]]
        self.assertTrue(any("bundle" in e and action in e for e in looked), looked)
        kept = b"".join(p.read_bytes() for p in self.connector.data.iterdir() if p.is_file())
        self.assertNotIn(SECRET, kept)
        self.assertNotIn(data[100:160], kept, "it is sealed in the store")

    def test_who(self):
        action, data = self.action(), zipped(a=SECRET)
        other = self.pc("other")
        self.assertError(self.send(action, data, other), 404, "unknown_action")
        self.assertError(self.send("nothing", data), 404, "unknown_action")
        self.assertEqual(self.send(action, data).status, 200)
        here = self.api("GET", f"/actions/{action}")["site"]["customer_id"]
        b = self.api("POST", "/customers", {"name": "B"})
        for name, role, customer, expected in (("v", "viewer", here, 403), ("o", "operator", here, 200),
                                               ("x", "admin", b["id"], 404)):
            self.api("POST", "/users", {"name": name, "password": PASSWORD,
                                        "grants": [{"role": role, "customer_id": customer, "site_id": None}]})
            token = self.connector.call("POST", "/login", {"name": name, "password": PASSWORD})[1]["token"]
            for path in ("", "/parts", "/parts/a"):
                status, _, body = self.get(f"/actions/{action}/bundle{path}", token)
                self.assertEqual(status, expected, (name, path, body))
                self.assertEqual(SECRET in body, expected == 200 and path == "/parts/a" or (path == "" and expected == 200
                                                                                              and SECRET in data))

    def test_refused(self):
        action, data = self.action(), zipped(a=b"1")
        self.assertError(self.send(action, data, **{"X-Platen-SHA256": "0" * 64}), 400, "bad_request")
        self.assertError(self.send(action, data, **{"Content-Type": "text/html"}), 400, "bad_request")
        self.assertError(self.send(action, b""), 400, "bad_request")
        self.assertError(self.send(action, os.urandom(MAX + 1)), 413, "too_big")
        self.one.hang_up()
        self.assertEqual(self.send(action, os.urandom(MAX)).status, 200)
        probe = self.action()
        self.end(probe)
        self.assertError(self.send(probe, data), 409, "bundle_refused")

    def test_a_cut_upload_is_sent_again(self):
        action, data = self.action(), zipped(a=os.urandom(100000))
        link = self.one.connect()
        link.connect()
        head = (f"POST /sda/v1/actions/{action}/bundle HTTP/1.1\r\nHost: x\r\nContent-Type: application/zip\r\n"
                f"X-Platen-SHA256: {hashlib.sha256(data).hexdigest()}\r\nContent-Length: {len(data)}\r\n\r\n")
        link.sock.sendall(head.encode() + data[:50000])
        link.close()
        self.assertEqual(self.get(f"/actions/{action}/bundle")[0], 404)
        self.assertEqual(self.send(action, data).status, 200)
        self.assertEqual(self.get(f"/actions/{action}/bundle")[2], data)

    def test_hostile_files(self):
        good = zipped(a=b"x" * 5000)
        bomb = zipped(a=b"\0" * (200 << 20))
        self.assertLess(len(bomb), MAX)
        lying = bytearray(good)
        at = good.index(b"PK\x01\x02")
        lying[at + 24:at + 28] = struct.pack("<I", 4)  # says that it unpacks to 4 bytes
        names = [zipped(**{name: b"1"}) for name in ("../a", "/etc/passwd", "a/b", ".a", "a\u202eb", "x" * 65)]
        hostile = [b"PK", b"\0" * 22, os.urandom(3000), good[:-3], good[:40] + good[-60:], bytes(lying), bomb, *names,
                   zipped(**{f"n{i}": b"1" for i in range(65)})]
        for n, data in enumerate(hostile):
            action = self.action()
            self.assertEqual(self.send(action, data).status, 200, n)
            statuses = {self.get(f"/actions/{action}/bundle{path}")[0] for path in ("/parts", "/parts/a")}
            self.assertTrue(409 in statuses and statuses <= {200, 409}, (n, statuses))
            self.assertEqual(self.get(f"/actions/{action}/bundle")[2], data, "it can be downloaded all the same")

    def test_bounded(self):
        """The newest 200 of a customer stay."""
        first = self.action()
        self.assertEqual(self.send(first, zipped(a=b"1")).status, 200)
        with contextlib.closing(sqlite3.connect(self.connector.data / "platen.db", timeout=20)) as db, db:
            db.execute("DELETE FROM bundles WHERE action_no<>(SELECT no FROM actions WHERE id=?)", (first,))
            db.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<300) INSERT INTO bundles"
                       " SELECT -i, customer_id, sha256, size, stored_at, sealed FROM bundles, n")
        self.assertEqual(self.send(self.action(), zipped(a=b"2")).status, 200)
        with contextlib.closing(sqlite3.connect(self.connector.data / "platen.db", timeout=20)) as db:
            kept = [no for no, in db.execute("SELECT action_no FROM bundles ORDER BY action_no")]
        self.assertEqual(len(kept), 200)
        self.assertEqual(kept[:198], list(range(-198, 0)), "the oldest went")
        self.assertEqual(self.get(f"/actions/{first}/bundle")[0], 200)


if __name__ == "__main__":
    unittest.main()
