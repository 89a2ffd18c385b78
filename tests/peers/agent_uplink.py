#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent and the real connector, when things go wrong between them.

usage: agent_uplink.py BUILD

Every record reaches the connector exactly once: with kill -9 between a report and its acknowledgement, without a network, and
when a disk is restored from an image. The truth about what the agent had to tell is read from its spool (the `hash` of a record
is its name for life), the truth about what arrived from the connector's database; neither program is asked.
"""
import base64
import collections
import json
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
import lab  # noqa: E402

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
TLS_APPLICATION_DATA = 23


class Relay(lab.Relay):
    """Carries bytes between agent and connector, and can stop doing so at a chosen moment.

    `hold` is None; "requests": no HTTP request gets through (TLS handshakes do); "answers": requests do, answers to them do not.
    A TLS 1.2 record's first byte is its type, and the first application data of a client is its first request.
    """

    def __init__(self, port):
        self.hold = None
        self.held = threading.Event()
        self.asked = set()  # connections that carried a request
        self.rest = collections.defaultdict(bytes)  # per connection, of a record that is not complete yet
        super().__init__(port)

    def through(self, link, down, data):
        if not down:
            return b"".join(self.requests(link, data))
        if link in self.asked and self.hold == "answers":
            self.held.set()
            return b""
        return data

    def requests(self, link, data):
        rest = self.rest[link] + data
        while len(rest) >= 5 and len(rest) >= 5 + int.from_bytes(rest[3:5], "big"):
            size = 5 + int.from_bytes(rest[3:5], "big")
            record, rest = rest[:size], rest[size:]
            if record[0] == TLS_APPLICATION_DATA:
                self.asked.add(link)
                if self.hold == "requests":
                    self.held.set()
                    continue
            yield record
        self.rest[link] = rest


class Agent:
    """platen-agent on a PC without printers (what is plugged into this machine is not looked at by these tests)."""

    def __init__(self, folder, **settings):
        self.folder = folder
        self.state = folder / "agent"
        self.socket = folder / "agent.sock"
        self.log = folder / "agent.log"
        self.config = folder / "agent.conf"
        self.process = None
        settings = {"state_dir": self.state, "socket": self.socket, **settings}
        self.config.write_text("".join(f"{k} = {v}\n" for k, v in settings.items()))
        self.config.chmod(0o600)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(BUILD / "agent" / "platen-agent"), "--config", str(self.config)],
                                            stdout=log, stderr=log)
        return self

    def stop(self):
        return lab.stop(self.process)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def platen(self, *words):
        return subprocess.run([str(BUILD / "agent" / "platen"), *words, "--socket", str(self.socket)], capture_output=True,
                              text=True, timeout=30)

    def status(self):
        done = self.platen("status", "--json")
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def spool(self):
        """The spool as it lies on the disk of a PC that is off: (spool_id, {hash: seq})."""
        with tempfile.TemporaryDirectory() as copy:
            for name in ("spool.db", "spool.db-wal"):
                if (self.state / name).exists():
                    shutil.copy(self.state / name, copy)
            db = sqlite3.connect(f"{copy}/spool.db")
            records = dict(db.execute("SELECT hash, seq FROM record"))
            spool_id = db.execute("SELECT value FROM meta WHERE name = 'spool_id'").fetchone()[0]
            db.close()
        return spool_id, records


class Case(unittest.TestCase):
    def setUp(self):
        temp = tempfile.TemporaryDirectory(prefix="platen-uplink-")
        self.addCleanup(temp.cleanup)
        self.folder = pathlib.Path(temp.name)
        self.connector = lab.Connector(BUILD, self.folder).start()
        self.addCleanup(self.connector.stop)
        self.relay = Relay(self.connector.sda_port)
        self.addCleanup(self.relay.close)

    def token(self, *more):
        return self.connector.run("token", "create", "--url", f"https://localhost:{self.relay.port}", *more).split()[-1]

    def agent(self, **settings):
        agent = Agent(self.folder, **settings).start()
        self.addCleanup(lambda: agent.process.poll() is None and agent.kill())
        return agent

    def enrolled(self):
        agent = self.agent(token=self.token())
        self.wait_drained(agent)
        return agent

    def wait_status(self, agent, what, predicate, seconds=30):
        def good():
            self.assertIsNone(agent.process.poll(), agent.log.read_text())
            status = agent.status()
            return status if status and predicate(status) else None

        try:
            return lab.wait_for(what, good, seconds)
        except lab.LabError as e:
            self.fail(f"{e}: {agent.status()}\n{agent.log.read_text()}\n{self.connector.log.read_text()}")

    def wait_drained(self, agent):
        return self.wait_status(agent, "an empty spool",
                                lambda s: s["enrolment"] == "done" and s["connected"] and s["spool"]["records"] == 0
                                and s["last_report"])

    def arrived(self):
        """What the connector has: a list of (spool_id, seq, hash, kind)."""
        db = sqlite3.connect(f"file:{self.connector.data}/platen.db?mode=ro", uri=True)
        rows = db.execute("SELECT s.spool_id, r.seq, r.hash, r.kind FROM records r JOIN spools s ON s.no = r.spool_no "
                          "ORDER BY s.no, r.seq").fetchall()
        db.close()
        return [(spool, seq, h.hex() if isinstance(h, bytes) else h, kind) for spool, seq, h, kind in rows]

    def check_exactly_once(self, told):
        """`told`: every hash that was ever seen waiting."""
        hashes = [row[2] for row in self.arrived()]
        self.assertEqual(len(hashes), len(set(hashes)), "a record came twice")
        self.assertEqual(set(told) - set(hashes), set(), "a record was lost")


class ExactlyOnce(Case):
    def test_killed_between_report_and_acknowledgement(self):
        agent = self.enrolled()
        agent.stop()
        told = {}
        starts = 1
        for round_ in range(8):
            self.relay.hold = "answers" if round_ % 2 else "requests"
            self.relay.held.clear()
            before = len(self.arrived())
            agent.start()
            starts += 1
            self.assertTrue(self.relay.held.wait(30), agent.log.read_text())
            if self.relay.hold == "answers":
                # stored, but the agent does not know
                lab.wait_for("the report in the connector's database", lambda: len(self.arrived()) > before, 30)
            agent.kill()
            _, waiting = agent.spool()
            self.assertTrue(waiting, "nothing waited when the agent was killed: the test missed its moment")
            told.update(waiting)
        self.relay.hold = None
        agent.start()
        starts += 1
        self.wait_drained(agent)
        agent.stop()
        self.check_exactly_once(told)
        rows = self.arrived()
        self.assertEqual(len({row[0] for row in rows}), 1, "another spool began")
        self.assertEqual([row[1] for row in rows], list(range(1, len(rows) + 1)), "a seq is missing or came twice")
        self.assertEqual(sum(row[3] == "agent.hello" for row in rows), starts, "one greeting per start")

    def test_killed_at_any_moment(self):
        agent = self.enrolled()
        agent.stop()
        told = {}
        for round_ in range(20):
            agent.start()
            time.sleep(0.02 + 0.05 * round_)
            agent.kill()
            told.update(agent.spool()[1])
        agent.start()
        self.wait_drained(agent)
        agent.stop()
        self.check_exactly_once(told)
        seqs = [row[1] for row in self.arrived()]
        self.assertEqual(seqs, list(range(1, len(seqs) + 1)))

    def test_without_a_connector_everything_waits(self):
        agent = self.enrolled()
        sent = agent.platen("sent").stdout.count("POST")
        agent.stop()
        self.connector.stop()
        told = {}
        for _ in range(3):
            agent.start()
            self.wait_status(agent, "the failure", lambda s: not s["connected"] and s["last_error"])
            shown = agent.platen("sent").stdout.count("POST")
            agent.stop()
            told.update(agent.spool()[1])
        self.assertGreaterEqual(len(told), 3)
        self.assertEqual(shown, sent, "what did not leave is shown as sent")
        self.connector.start()
        agent.start()
        self.wait_drained(agent)
        agent.stop()
        self.check_exactly_once(told)

    def test_connector_that_comes_back_is_found_without_a_restart(self):
        agent = self.enrolled()
        self.connector.stop()
        status = self.wait_status(agent, "the failure", lambda s: not s["connected"])
        self.assertRegex(status["last_error"], "closed|refused|cut|reset")
        self.connector.start()
        self.wait_status(agent, "the connection", lambda s: s["connected"], 60)

    def test_restored_disk_image(self):
        agent = self.enrolled()
        agent.stop()
        image = self.folder / "image"
        shutil.copytree(agent.state, image)
        for _ in range(2):  # life goes on
            agent.start()
            self.wait_drained(agent)
            agent.stop()
        before = self.arrived()
        shutil.rmtree(agent.state)
        shutil.copytree(image, agent.state)  # and is forgotten
        told = {}
        agent.start()
        self.wait_drained(agent)
        agent.stop()
        told.update(agent.spool()[1])
        self.check_exactly_once([row[2] for row in before] + list(told))
        spools = list(dict.fromkeys(row[0] for row in self.arrived()))
        self.assertEqual(len(spools), 2, "a new spool has to begin")
        self.assertEqual(agent.spool()[0], spools[1])
        self.assertIn("restored disk image", agent.log.read_text())


class Trust(Case):
    def test_token_that_is_used_up(self):
        token = self.token("--uses", "1")
        self.enrolled_with(token)
        other = self.folder / "other"
        other.mkdir()
        agent = Agent(other, token=token).start()
        self.addCleanup(lambda: agent.process.poll() is None and agent.kill())
        status = self.wait_status(agent, "the refusal", lambda s: s["enrolment"] == "refused")
        self.assertRegex(status["last_error"], "the connector says: .*token")
        # A no is a no: nobody asks again.
        time.sleep(3)
        self.assertEqual(sum("POST /sda/v1/enroll" in line for line in agent.platen("sent").stdout.splitlines()), 1)

    def enrolled_with(self, token):
        agent = self.agent(token=token)
        self.wait_drained(agent)
        return agent

    def test_token_that_is_none(self):
        agent = self.agent(token="plt1.nonsense")
        status = self.wait_status(agent, "the refusal", lambda s: s["enrolment"] == "refused")
        self.assertIn("not an enrolment token", status["last_error"])

    def test_token_of_another_connector(self):
        """The pin does not fit: the secret must not leave."""
        stranger = self.folder / "stranger"
        stranger.mkdir()
        other = lab.Connector(BUILD, stranger)
        token = other.run("token", "create", "--url", f"https://localhost:{self.relay.port}").split()[-1]
        agent = self.agent(token=token)
        status = self.wait_status(agent, "the failure", lambda s: s["last_error"])
        self.assertIn("not the server of the enrolment token", status["last_error"])
        self.assertEqual(status["enrolment"], "trying")
        self.assertNotIn("POST", agent.platen("sent").stdout)
        self.assertEqual(self.connector.api("GET", "/agents")["total"], 0)

    def test_golden_image_waits_to_be_told(self):
        agent = self.agent(token=self.token(), defer_enroll="true")
        self.wait_status(agent, "the start", lambda s: s["enrolment"] == "deferred")
        self.assertFalse((agent.state / "enrolment").exists())
        done = agent.platen("enroll", "--token", self.token())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.wait_drained(agent)

    def test_revoked_pc_falls_silent_until_enrolled_again(self):
        agent = self.enrolled()
        first = agent.status()["agent_id"]
        self.connector.api("POST", f"/agents/{first}/revoke")
        status = self.wait_status(agent, "the revocation", lambda s: s["enrolment"] == "revoked", 60)
        self.assertIn("removed this PC", status["last_error"])
        agent.stop()
        agent.start()
        self.wait_status(agent, "the start", lambda s: s["enrolment"] == "revoked")
        done = agent.platen("enroll", "--token", self.token())
        self.assertEqual(done.returncode, 0, done.stderr)
        status = self.wait_drained(agent)
        self.assertNotEqual(status["agent_id"], first)

    def test_renewed_certificate(self):
        agent = self.enrolled()
        agent.stop()
        time.sleep(1.1)  # certificates tell seconds
        done = subprocess.run([str(BUILD / "tests" / "peers" / "renew"), str(agent.state)], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        old, new = map(int, done.stdout.split())
        self.assertGreater(new, old)
        agent.start()
        self.wait_drained(agent)

    def test_what_is_sent_is_shown_and_traced_without_the_token(self):
        token = self.token()
        agent = self.agent(token=token, trace_outgoing="true")
        self.wait_drained(agent)
        secret = json.loads(from_base64url(token.split(".")[1]))["secret"]
        raw = agent.platen("sent", "--raw").stdout
        trace = (agent.state / "outgoing.log").read_text()
        for text in (raw, trace):
            self.assertIn("*" * len(secret), text)
            self.assertNotIn(secret, text)
            self.assertIn('"kind":"agent.hello"', text)
        self.assertIn("POST /sda/v1/enroll HTTP/1.1", trace)
        self.assertIn("GET /sda/v1/work?wait=", trace)


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Quiet(Case):
    def switches(self, agent):
        """Voluntary context switches of all threads: how often anything woke up."""
        total = 0
        for task in pathlib.Path(f"/proc/{agent.process.pid}/task").iterdir():
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    total += int(line.split()[1])
        return total

    def test_idle_agent_sleeps(self):
        agent = self.enrolled()
        time.sleep(12)  # the connection for reports is closed after 10 s
        before = self.switches(agent)
        time.sleep(15)
        self.assertLessEqual(self.switches(agent) - before, 3)

    def test_stop_does_not_wait_for_the_poll(self):
        agent = self.enrolled()
        time.sleep(1)
        begin = time.monotonic()
        self.assertEqual(agent.stop(), 0)
        self.assertLess(time.monotonic() - begin, 2)

    def test_stop_does_not_wait_for_a_dead_network(self):
        agent = self.enrolled()
        agent.stop()
        self.relay.hold = "answers"
        agent.start()
        self.assertTrue(self.relay.held.wait(30))
        begin = time.monotonic()
        self.assertEqual(agent.stop(), 0)
        self.assertLess(time.monotonic() - begin, 2)


if __name__ == "__main__":
    unittest.main(verbosity=1)
