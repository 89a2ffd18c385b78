# SPDX-License-Identifier: Apache-2.0
"""Running a connector: backup and restore, doctor, audit from a shell, a full disk, a kill -9 at every step of a commit."""
import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

from case import BUILD, ConnectorCase, lab
from pc import openssl

PROGRAM = str(BUILD / "connector" / "platen-connector")


def run(*words):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=120)


class Operations(ConnectorCase):
    def test_backup_beside_a_running_server_and_restore(self):
        pc = self.pc("kept")
        pc.report(pc.snapshot("k", "KEPT-1", 77))
        copy, place = self.folder / "backup.db", self.folder / "restored"
        self.connector.run("backup", str(copy))
        self.assertEqual(copy.stat().st_mode & 0o777, 0o600)
        self.assertNotIn(b"KEPT-1", copy.read_bytes())
        again = run("backup", copy, "--data", self.connector.data)
        self.assertEqual(again.returncode, 6, again)
        key = str(self.connector.data) + ".key"
        wrong = self.folder / "wrong"
        run("init", "--data", wrong, "--name", "x")
        refused = run("restore", copy, "--data", place, "--key", str(wrong) + ".key")
        self.assertNotEqual(refused.returncode, 0)
        self.assertFalse((place / "platen.db").exists())
        self.assertEqual(run("restore", copy, "--data", place, "--key", key).returncode, 0)
        self.assertEqual(run("restore", copy, "--data", place, "--key", key).returncode, 6)
        self.assertIn("admin", run("user", "list", "--data", place, "--key", key).stdout)
        self.assertEqual(run("restore", self.folder / "nothing", "--data", self.folder / "x", "--key", key).returncode, 3)
        shutil.rmtree(place)

    @unittest.skipUnless(os.geteuid() == 0, "acts for another user")
    def test_root_restores_for_the_server_s_user(self):
        """As the package has it: root types the commands, the folder and what lies in it are the server's user's."""
        import tempfile

        top = pathlib.Path(tempfile.mkdtemp(prefix="platen-owner-"))
        top.chmod(0o755)
        try:
            for name in ("data", "again", "backups"):
                (top / name).mkdir(mode=0o700)
                os.chown(top / name, 1, 1)
            (top / "roots").mkdir(mode=0o700)
            self.assertEqual(run("init", "--data", top / "data", "--name", "localhost").returncode, 0)
            denied = run("backup", top / "roots" / "one.db", "--data", top / "data")
            self.assertEqual(denied.returncode, 4)
            self.assertIn("data folder's owner", denied.stderr)
            copy = top / "backups" / "one.db"
            self.assertEqual(run("backup", copy, "--data", top / "data").returncode, 0)
            moved = top / "roots" / "one.db"  # read as root, written as the owner
            shutil.move(copy, moved)
            shutil.copy(top / "data.key", top / "again.key")
            done = run("restore", moved, "--data", top / "again")
            self.assertEqual(done.returncode, 0, done.stderr)
            for path in (top / "again.key", *(top / "again").iterdir()):
                self.assertEqual((path.stat().st_uid, path.stat().st_mode & 0o777), (1, 0o600), path)
            told = run("doctor", "--data", top / "again").stdout
            self.assertFalse([line for line in told.splitlines() if line.startswith("BAD") and "files" not in line
                              and "free" not in line], told)
            cut = top / "cut.db"
            cut.write_bytes(moved.read_bytes()[:40960])
            shutil.copy(top / "data.key", top / "new.key")
            self.assertEqual(run("restore", cut, "--data", top / "new").returncode, 1)
            self.assertFalse((top / "new").exists(), "half a restoration")
        finally:
            shutil.rmtree(top)

    def test_doctor(self):
        done = run("doctor", "--data", self.connector.data)
        self.assertIn("the server runs", done.stdout)
        bad = [line for line in done.stdout.splitlines() if line.startswith("BAD")]
        self.assertFalse([line for line in bad if "files may be open" not in line and "free" not in line], done.stdout)
        os.chmod(self.connector.data, 0o755)
        self.assertIn("chmod 700", run("doctor", "--data", self.connector.data).stdout)
        os.chmod(self.connector.data, 0o700)
        self.assertEqual(run("doctor", "--data", self.folder / "nowhere").returncode, 1)

    def test_audit_from_a_shell(self):
        self.api("POST", "/enrolment-tokens", {"note": "for the audit"})
        pc = self.pc("audited")
        out = self.connector.run("audit", "verify")
        heads = re.findall(r"head ([0-9a-f]{64})", out)
        self.assertTrue(heads)
        self.connector.run("audit", "verify", "--head", heads[0])
        self.assertEqual(run("audit", "verify", "--head", "f" * 64, "--data", self.connector.data).returncode, 1)
        lines = [json.loads(line) for line in self.connector.run("audit", "export").splitlines()]
        end = lines.pop()
        prev = "0" * 64
        for n, entry in enumerate(lines, 1):  # the chain, hashed independently
            what = entry["what"] + (f" {entry['subject']}" if entry["subject"] else "") + (
                f" from {entry['address']}" if entry["address"] else "")
            text = "\n".join([prev, str(n), entry["at"], entry["who"], what, entry["outcome"]])
            prev = hashlib.sha256(text.encode()).hexdigest()
            self.assertEqual((entry["seq"], entry["head"]), (n, prev))
        self.assertEqual((end["entries"], end["head"]), (len(lines), prev))
        (pc.folder / "spki.der").write_bytes(base64.b64decode(pc.enrolled["command_key"]["spki"]))
        (pc.folder / "sig").write_bytes(base64.b64decode(end["signature"]))
        openssl("dgst", "-sha256", "-keyform", "DER", "-verify", pc.folder / "spki.der", "-signature", pc.folder / "sig",
                data=f"{end['chain']}\n{end['entries']}\n{end['head']}".encode())

    def test_stops_gracefully_in_the_middle_of_polls(self):
        pcs = [self.pc(f"stop-{n}") for n in range(3)]
        links = []
        for pc in pcs:
            link = pc.connect()
            link.request("GET", "/sda/v1/work?wait=60")
            links.append(link)
        lab.wait_for("three long polls", lambda: self.metric("platen_long_polls") == 3, 30)
        start = time.monotonic()
        self.assertEqual(self.connector.stop(), 0)
        self.assertLess(time.monotonic() - start, 10)
        for link in links:
            self.assertEqual(link.getresponse().status, 204)
            link.close()
        self.connector.start()


@unittest.skipUnless(os.geteuid() == 0, "mounts a small disk")
class FullDisk(unittest.TestCase):
    """A disk that fills up: clear answers, no acknowledged record lost, and on again when there is room."""

    def test_full_disk(self):
        from case import PC
        import tempfile

        folder = pathlib.Path(tempfile.mkdtemp(prefix="platen-full-"))
        disk = folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "platen-test", disk], capture_output=True).returncode != 0:
            shutil.rmtree(folder)
            self.skipTest("this machine does not let us mount")
        connector = None
        try:
            connector = lab.Connector(BUILD, disk)
            connector.log = folder / "connector.log"
            connector.start()
            pc = PC(folder, connector.sda_port, "filler")
            self.assertEqual(pc.enroll(connector.token()).status, 200)
            connector.api("GET", "/me")
            session, acknowledged, refused = connector.session, [], None
            for n in range(400):
                answer = pc.report(pc.record("fill.test", {"text": os.urandom(8000).hex()}))
                if answer.status != 200:
                    refused = answer
                    break
                acknowledged.append(answer.json["ack"])
            self.assertIsNotNone(refused, "3 MB took more than 6")
            self.assertEqual((refused.status, refused.json["error"]), (503, "store_full"))
            self.assertIn("Retry-After", refused.headers)
            self.assertEqual(pc.call("GET", "/config").status, 200)  # what needs no room is served
            self.assertEqual(connector.call("GET", "/printers", None, session)[0], 200)
            for _ in range(200):  # small changes find room for a while
                status, answer = connector.call("POST", "/enrolment-tokens", {"note": "n" * 200}, session)
                if status != 201:
                    break
            self.assertEqual((status, answer.get("error")), (503, "store_full"), answer)
            subprocess.run(["mount", "-o", "remount,size=12m", disk], check=True)
            record = pc.record("fill.test", {"text": "after"})
            for _ in range(50):
                answer = pc.report(record)
                if answer.status == 200:
                    break
                time.sleep(0.2)
            self.assertEqual(answer.status, 200, answer)
            connector.stop()
            db = sqlite3.connect(disk / "connector" / "platen.db")
            stored = [row[0] for row in db.execute("SELECT seq FROM records WHERE kind='fill.test' ORDER BY seq")]
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchone()[0], "ok")
            db.close()
            self.assertEqual(stored, [*acknowledged, record["seq"]])
        finally:
            if connector:
                connector.stop()
            subprocess.run(["umount", "-l", disk], capture_output=True)
            shutil.rmtree(folder, ignore_errors=True)


@unittest.skipUnless(shutil.which("strace"), "needs strace")
class CutCommit(unittest.TestCase):
    """SIGKILL at the n-th write-like system call of the server, n rising, while it stores and while it derives:
    acknowledged = stored, exactly once, and what is derived says what the records say."""

    calls = "write,pwrite64,fdatasync,fsync,ftruncate"
    highest = int(os.environ.get("PLATEN_CUTS", "14"))

    def test_every_step_of_a_commit(self):
        import tempfile

        from case import PC
        folder = pathlib.Path(tempfile.mkdtemp(prefix="platen-cut-"))
        connector = lab.Connector(BUILD, folder)
        tracer = None
        try:
            connector.start()
            pc = PC(folder, connector.sda_port, "cut")
            self.assertEqual(pc.enroll(connector.token()).status, 200)
            self.assertEqual(pc.report(pc.hello()).status, 200)
            killed, killed_later, sent = 0, 0, []
            for n in range(1, self.highest + 1):
                tracer = subprocess.Popen(["strace", "-f", "-q", "-o", "/dev/null", "-p", str(connector.process.pid),
                                           f"-e", f"trace={self.calls}", "-e", f"inject={self.calls}:signal=KILL:when={n}"],
                                          stderr=subprocess.PIPE)
                time.sleep(0.8)  # attached by now; were it not, this n would kill nobody
                record = pc.snapshot("cut", "CUT-1", 1000 + n)
                sent.append(record["seq"])
                for _ in range(200):
                    try:
                        answer = pc.report(record)
                        if answer.status == 200:
                            break
                    except OSError:
                        pass
                    if connector.process.poll() is not None:
                        tracer.wait(10)
                        killed += 1
                        connector.start()
                    time.sleep(0.05)
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.json["ack"], record["seq"])
                time.sleep(0.5)  # the projector's turn, under the same tracer
                if connector.process.poll() is not None:
                    tracer.wait(10)
                    killed_later += 1
                    connector.start()
                if tracer.poll() is None:
                    tracer.send_signal(signal.SIGINT)
                    tracer.wait(10)
                tracer.stderr.close()
            connector.stop()
            db = sqlite3.connect(folder / "connector" / "platen.db")
            stored = [row[0] for row in db.execute("SELECT seq FROM records WHERE kind='printer.snapshot' ORDER BY seq")]
            derived = [row[0] for row in db.execute("SELECT impressions FROM counters ORDER BY no")]
            printers = db.execute("SELECT count(*) FROM devices").fetchone()[0]
            self.assertEqual(*db.execute("SELECT (SELECT up_to FROM projection), max(no) FROM records").fetchone())
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchone()[0], "ok")
            db.close()
            self.assertEqual(stored, sent)
            self.assertEqual(derived, list(range(1001, 1001 + self.highest)))
            self.assertEqual(printers, 1)
            self.assertGreaterEqual(killed, 3, "the kills did not hit")
            self.assertGreaterEqual(killed_later, 1, "no kill hit what comes after the acknowledgement")
        finally:
            if tracer and tracer.poll() is None:
                tracer.kill()
            connector.stop()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    unittest.main()
