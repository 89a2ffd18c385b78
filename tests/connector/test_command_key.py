# SPDX-License-Identifier: Apache-2.0
"""The command key, rotated: what the old one says of the new one holds for openssl, and a rotation that is cut short at any
system call either happened or did not."""
import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sqlite3
import tempfile
import unittest

from case import BUILD, PC, ConnectorCase, lab
from pc import openssl

PROGRAM = str(BUILD / "connector" / "platen-connector")


def verified(folder, entry, spki):
    """The payload of an envelope that openssl finds signed by this key."""
    for name, text in (("spki.der", spki), ("signature", entry["signature"])):
        (folder / name).write_bytes(base64.b64decode(text))
    payload = base64.b64decode(entry["payload"])
    openssl("dgst", "-sha256", "-keyform", "DER", "-verify", folder / "spki.der", "-signature", folder / "signature",
            data=payload)
    return json.loads(payload)


def follow(pc, entries, keys):
    """Takes over each key that a trusted one has signed; `keys` is {id: spki}, the present one last."""
    for entry in entries:
        payload = verified(pc.folder, entry, keys[entry["key_id"]])
        assert (payload["type"], payload["customer"]) == ("command_key", pc.enrolled["customer_id"]), payload
        keys[payload["key"]["id"]] = payload["key"]["spki"]
    return payload if entries else None


class CommandKey(ConnectorCase):
    def rotate(self, *words):
        """Rotates, and waits until the running server has noticed."""
        told = self.connector.run("key", "rotate", *words)
        new = re.search(r"key is ([0-9a-f]{16})", told)[1]
        lab.wait_for("the server's look", lambda: f"was rotated id={new}" in self.connector.log.read_text(), 20)
        return told

    def keys_of(self, pc):
        return {pc.enrolled["command_key"]["id"]: pc.enrolled["command_key"]["spki"]}

    def printer(self, pc, key):
        pc.report(pc.snapshot(key, key))
        return self.printer_of(pc.enrolled["agent_id"])["id"]

    def test_the_old_one_hands_over(self):
        pc = self.pc("handed")
        keys, printer = self.keys_of(pc), self.printer(pc, "HANDED")
        first = next(iter(keys))
        old = self.api("POST", f"/printers/{printer}/actions", {"type": "identify"})["id"]
        self.assertIn(first, self.rotate())
        new = self.api("POST", f"/printers/{printer}/actions", {"type": "probe_now"})["id"]  # the running server signs with it
        answer = pc.work(key=first).json
        payload = follow(pc, answer["command_keys"], keys)
        self.assertEqual(len(keys), 2)
        second = list(keys)[-1]
        self.assertLess(pc.enrolled["server_time"], payload["old_until"])
        self.assertEqual({a["id"]: verified(pc.folder, a, keys[a["key_id"]])["id"] for a in answer["actions"]},
                         {old: old, new: new})
        self.assertEqual({a["id"]: a["key_id"] for a in answer["actions"]}, {old: first, new: second})
        self.assertIn("command_keys", pc.work().json)  # to a PC that does not say which it has, beside other news
        for action in (old, new):
            pc.call("POST", f"/actions/{action}", {"state": "done"})
        self.assertEqual(pc.work(key=second).status, 204)
        self.assertEqual(pc.work().status, 204)
        lab.wait_for("the count", lambda: f"{second}  signs" in self.connector.run("key", "list") and "; 1 of " in
                     self.connector.run("key", "list"), 20)
        late = self.pc("late")  # enrolled after it
        self.assertEqual(late.enrolled["command_key"]["id"], second)
        self.assertEqual(late.work(key=second).status, 204)
        audit = [json.loads(line) for line in self.connector.run("audit", "export").splitlines()]
        self.assertTrue([e for e in audit if e.get("what") == "key rotate" and e["subject"] == f"{first} to {second}"])
        self.connector.run("audit", "verify")

    def test_a_waiting_pc_is_told_and_a_late_one_everything(self):
        waiting, away = self.pc("waiting"), self.pc("away")
        keys = self.keys_of(waiting)
        link = waiting.connect()
        link.request("GET", f"/sda/v1/work?wait=60&key={next(iter(keys))}")
        lab.wait_for("the long poll", lambda: self.metric("platen_long_polls") == 1, 30)
        self.rotate()
        with link.getresponse() as got:
            answer = json.loads(got.read())
        link.close()
        follow(waiting, answer["command_keys"], keys)
        self.assertEqual(len(keys), 2)
        for _ in range(3):
            self.connector.run("key", "rotate", "--overlap", "0")
        keys = self.keys_of(away)
        follow(away, away.work(key=next(iter(keys))).json["command_keys"], keys)
        self.assertEqual(len(keys), 5)
        self.assertIn(f"{list(keys)[-1]}  signs since", self.connector.run("key", "list"))
        # One that leads nowhere costs nothing but a line in the log.
        self.assertEqual(away.work(key="0123456789abcdef").status, 204)
        self.assertIn("leads to none of this store", self.connector.log.read_text())
        self.assertError(away.work(key="nonsense"), 400, "bad_request")

    def test_no_overlap_signs_anew_what_is_queued(self):
        pc = self.pc("anew")
        keys, printer = self.keys_of(pc), self.printer(pc, "ANEW")
        action = self.api("POST", f"/printers/{printer}/actions", {"type": "identify"})["id"]
        self.assertIn("signed anew: 1", self.rotate("--overlap", "0"))
        answer = pc.work(key=next(iter(keys))).json
        follow(pc, answer["command_keys"], keys)
        (order,) = answer["actions"]
        self.assertEqual(order["key_id"], list(keys)[-1])
        self.assertEqual(verified(pc.folder, order, keys[order["key_id"]])["id"], action)
        pc.call("POST", f"/actions/{action}", {"state": "done"})

    def test_words(self):
        for words, told in ((("key",), "key rotate"), (("key", "rotate", "--overlap", "500d"), "--overlap must be"),
                            (("key", "destroy"), "key list")):
            done = subprocess.run([PROGRAM, *words, "--data", str(self.connector.data)], capture_output=True, text=True)
            self.assertEqual((done.returncode, told in done.stderr), (2, True), done.stderr)


@unittest.skipUnless(shutil.which("strace"), "needs strace")
class CutRotation(unittest.TestCase):
    """`key rotate` killed at its n-th write-like call, n rising until it survives."""

    calls = "write,pwrite64,fdatasync,fsync,ftruncate,unlink,rename"

    def test_it_happened_or_not(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="platen-key-"))
        connector = lab.Connector(BUILD, folder)
        try:
            connector.start()
            pc = PC(folder, connector.sda_port, "cut")
            self.assertEqual(pc.enroll(connector.token()).status, 200)
            pc.report(pc.hello(), pc.snapshot("CUT", "CUT"))
            printer = connector.api("GET", "/printers")["items"][0]["id"]
            keys = {pc.enrolled["command_key"]["id"]: pc.enrolled["command_key"]["spki"]}
            survived, n, rotations = False, 0, 0
            while not survived:
                n += 1
                done = subprocess.run(["strace", "-f", "-q", "-o", "/dev/null", "-e", f"trace={self.calls}", "-e",
                                       f"inject={self.calls}:signal=KILL:when={n}", PROGRAM, "key", "rotate", "--data",
                                       str(connector.data)], capture_output=True, text=True, timeout=60,
                                      env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})  # not under a tracer
                survived = done.returncode == 0
                action = connector.api("POST", f"/printers/{printer}/actions", {"type": "identify"})["id"]
                answer = pc.work(key=list(keys)[-1]).json
                before = len(keys)
                follow(pc, answer.get("command_keys", []), keys)
                rotations += len(keys) - before
                (order,) = answer["actions"]
                self.assertEqual(order["key_id"], list(keys)[-1], n)
                self.assertEqual(verified(pc.folder, order, keys[order["key_id"]])["id"], action)
                pc.call("POST", f"/actions/{action}", {"state": "done"})
                self.assertLess(n, 60)
            print(f"{n - 1} kills, {rotations} rotations took place")
            self.assertGreater(n, 4)
            connector.stop()
            with sqlite3.connect(connector.data / "platen.db") as db:
                self.assertEqual(db.execute("SELECT count(*) FROM command_handovers").fetchone()[0], rotations)
                self.assertEqual(db.execute("SELECT count(*) FROM audit WHERE what='key rotate'").fetchone()[0], rotations)
            self.assertTrue(re.search(rf"^{list(keys)[-1]}  signs", connector.run("key", "list"), re.M))
        finally:
            connector.stop()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    unittest.main()
