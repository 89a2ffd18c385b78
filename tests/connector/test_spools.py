# SPDX-License-Identifier: Apache-2.0
"""Every record exactly once: sent twice, out of order, from a restored disk, from two PCs of one image, and across kill -9."""
import http.client
import os
import random
import signal
import sqlite3
import ssl
import threading
import time
import unittest
import uuid

from case import ConnectorCase


class Spools(ConnectorCase):
    def stored(self, kind):
        """The seqs of all records of a kind, as the database has them."""
        db = sqlite3.connect(self.connector.data / "platen.db")
        try:
            return [row[0] for row in db.execute("SELECT seq FROM records WHERE kind=? ORDER BY no", (kind,))]
        finally:
            db.close()

    def test_sent_twice_is_stored_once(self):
        pc = self.pc("twice")
        records = [pc.record("twice.test", {"n": n}) for n in range(5)]
        self.assertEqual(pc.report(*records[:3]).json["ack"], records[2]["seq"])
        self.assertEqual(pc.report(*records).json["ack"], records[4]["seq"])
        self.assertEqual(pc.report(*records[:2]).json["ack"], records[4]["seq"])
        self.assertEqual(self.stored("twice.test"), [r["seq"] for r in records])

    def test_gaps_are_legal_and_an_empty_batch_is_a_check_in(self):
        pc = self.pc("gaps")
        pc.seq += 10
        record = pc.record("gap.test", {})
        self.assertEqual(pc.report(record).json["ack"], record["seq"])
        self.assertEqual(pc.report().json["ack"], record["seq"])

    def test_all_or_nothing(self):
        pc = self.pc("batch")
        good = pc.record("all.test", {})
        bad = {**pc.record("all.test", {}), "taken_at": None}
        self.assertEqual(pc.report(good, bad).status, 400)
        self.assertEqual(self.stored("all.test"), [])

    def test_a_restored_disk_is_told_and_loses_nothing(self):
        pc = self.pc("restored")
        pc.report(*[pc.record("disk.test", {"n": n}) for n in range(3)])
        image = pc.seq  # the image is taken here
        unsent_then = pc.record("disk.test", {"n": "then"})
        pc.report(unsent_then)
        pc.report(pc.record("disk.test", {"n": "after"}))
        pc.seq = image  # and restored here: old numbers, new content; one record was sent by the first life already
        pc.seq += 1
        fresh = [pc.record("disk.test", {"n": "new life", "i": i}) for i in range(2)]
        answer = pc.report(unsent_then, *fresh)
        self.assertError(answer, 409, "new_spool")
        count = len(self.stored("disk.test"))
        pc.spool_id = str(uuid.uuid4())
        again = [{**r, "seq": i + 1} for i, r in enumerate([unsent_then, *fresh])]  # hashes are kept
        self.assertEqual(pc.report(*again).json["ack"], 3)
        self.assertEqual(len(self.stored("disk.test")), count + 2)  # the one that was there is not stored again
        agent = self.api("GET", "/agents/" + pc.enrolled["agent_id"])
        self.assertTrue(any("image" in p for p in agent["problems"]), agent["problems"])

    def test_a_spool_that_was_left_is_not_taken_up_again(self):
        pc = self.pc("cloned")
        old = pc.spool_id
        pc.report(pc.record("clone.test", {}))
        pc.spool_id, pc.seq = str(uuid.uuid4()), 0
        self.assertEqual(pc.report(pc.record("clone.test", {})).status, 200)
        pc.spool_id = old
        self.assertError(pc.report(pc.record("clone.test", {}, seq=99)), 409, "new_spool")

    def test_wrong_clocks_do_not_disorder_a_printer(self):
        pc = self.pc("clock")
        pc.report(pc.snapshot("usb-k", "CLK-1", 10))
        pc.report({**pc.snapshot("usb-k", "CLK-1", 20), "taken_at": "2031-01-01T00:00:00Z"})
        pc.report({**pc.snapshot("usb-k", "CLK-1", 30), "taken_at": "1999-01-01T00:00:00Z"})
        printer = self.printer_of(pc.enrolled["agent_id"])
        self.assertEqual(printer["impressions"], 30)
        series = self.api("GET", f"/printers/{printer['id']}/counters?resolution=raw")
        self.assertEqual([i["counters"]["impressions"] for i in series["items"]], [10, 20, 30])


class Killed(ConnectorCase):
    """kill -9 under load, again and again: what was acknowledged is in the database, exactly once, and so is what it means."""

    rounds = int(os.environ.get("PLATEN_KILLS", "6"))

    def sender(self, pc, stop):
        """Reports one record at a time until told to stop, each again until it is acknowledged; the acknowledged seqs."""
        acknowledged = 0
        record = None
        while not stop.is_set() or record is not None:
            record = record or pc.snapshot("usb-kill", f"KILL-{pc.name}", impressions=pc.seq + 1, full=pc.seq % 8 == 1)
            try:
                answer = pc.report(record)
            except (OSError, ssl.SSLError, http.client.HTTPException):
                if stop.is_set() and time.monotonic() > self.deadline:
                    break
                time.sleep(0.05)
                continue
            if answer.status == 200 and answer.json["ack"] >= record["seq"]:
                acknowledged = record["seq"]
                record = None
        self.acknowledged[pc.enrolled["agent_id"]] = (acknowledged, pc.seq)

    def test_acknowledged_is_stored(self):
        self.acknowledged = {}
        pcs = [self.pc(f"k{n}") for n in range(4)]
        stop = threading.Event()
        threads = [threading.Thread(target=self.sender, args=(pc, stop)) for pc in pcs]
        for thread in threads:
            thread.start()
        dice = random.Random(4)
        for _ in range(self.rounds):
            time.sleep(dice.uniform(0.2, 1.0))
            self.connector.process.send_signal(signal.SIGKILL)
            self.connector.process.wait()
            self.connector.start()
        time.sleep(1)
        self.deadline = time.monotonic() + 60
        stop.set()
        for thread in threads:
            thread.join(90)
        printers = self.api("GET", "/printers")["items"]  # waits until everything is applied
        db = sqlite3.connect(self.connector.data / "platen.db")
        rows = db.execute("SELECT a.id, r.seq, count(*) FROM records r JOIN agents a ON a.no=r.agent_no"
                          " WHERE r.kind='printer.snapshot' GROUP BY a.id, r.seq").fetchall()
        readings = db.execute("SELECT a.id, c.impressions FROM counters c JOIN agents a ON a.no=c.agent_no ORDER BY c.no").fetchall()
        db.close()
        total = 0
        self.assertEqual(len(printers), len(pcs))
        for agent, (acknowledged, sent) in self.acknowledged.items():
            mine = sorted(seq for who, seq, n in rows if who == agent)
            self.assertEqual(mine, list(range(2, sent + 1)), agent)  # 1 was the hello
            self.assertEqual(acknowledged, sent)
            self.assertEqual([n for who, n in readings if who == agent], mine, "each applied once, in order")
            self.assertEqual([p["impressions"] for p in printers if p["agent"]["id"] == agent], [sent])
            total += len(mine)
        self.assertTrue(all(n == 1 for _, _, n in rows))
        self.assertEqual(len(self.acknowledged), 4)
        self.assertGreater(total, 50)


if __name__ == "__main__":
    unittest.main()
