# SPDX-License-Identifier: Apache-2.0
"""Which printer is it? The connector keeps a printer's history when it moves, and never takes two for one."""
import unittest

from case import ConnectorCase


class Moves(ConnectorCase):
    def printers(self, serial):
        """Every printer with this serial number."""
        return self.api("GET", f"/printers?q={serial}&sort=last_seen")["items"]

    def attached(self, pc, key):
        return pc.record("printer.attached", {"usb": {"vendor_id": "03f0", "product_id": "2b17", "bus": 1, "address": 4,
                         "port_path": "1-2", "serial": None}}, key)

    def test_unplugged_here_plugged_in_there(self):
        one, two = self.pc("move-1"), self.pc("move-2")
        one.report(one.snapshot("k1", "MOVE-1", 100))
        first = self.printers("MOVE-1")[0]
        one.report(one.record("printer.detached", {"port_path": "1-2", "reason": "unplugged"}, "k1"))
        self.assertEqual(self.printers("MOVE-1")[0]["status"], "detached")
        two.report(self.attached(two, "k2"), two.snapshot("k2", "MOVE-1", 101))
        (printer,) = self.printers("MOVE-1")
        self.assertEqual(printer["id"], first["id"])
        self.assertEqual(printer["agent"]["id"], two.enrolled["agent_id"])
        series = self.api("GET", f"/printers/{printer['id']}/counters?resolution=raw")
        self.assertEqual([i["counters"]["impressions"] for i in series["items"]], [100, 101])

    def test_another_port_of_the_same_pc(self):
        pc = self.pc("ports")
        pc.report(pc.snapshot("port-a", "PORT-1", 5))
        first = self.printers("PORT-1")[0]["id"]
        pc.report(pc.record("printer.detached", {"port_path": "1-2", "reason": "unplugged"}, "port-a"))
        pc.report(pc.snapshot("port-b", "PORT-1", 6))
        (printer,) = self.printers("PORT-1")
        self.assertEqual(printer["id"], first)

    def test_one_serial_live_on_two_pcs_is_a_duplicate(self):
        one, two = self.pc("dup-1"), self.pc("dup-2")
        one.report(one.snapshot("k", "DUP-1", 1000))
        two.report(two.snapshot("k", "DUP-1", 5))
        one.report(one.snapshot("k", "DUP-1", 1001))
        two.report(two.snapshot("k", "DUP-1", 6))
        pair = self.printers("DUP-1")
        self.assertEqual(len(pair), 2)
        mine = self.printer_of(one.enrolled["agent_id"])
        other = self.printer_of(two.enrolled["agent_id"])
        self.assertEqual((mine["impressions"], other["impressions"]), (1001, 6))
        self.assertEqual([d["id"] for d in mine["duplicate"]], [other["id"]])
        self.assertEqual([d["id"] for d in other["duplicate"]], [mine["id"]])
        # Unplugging one of two real ones does not make them one.
        one.report(one.record("printer.detached", {"port_path": "1-2", "reason": "unplugged"}, "k"))
        self.assertEqual(len(self.printers("DUP-1")), 2)

    def test_news_of_the_unplugging_that_comes_late(self):
        one, two = self.pc("late-1"), self.pc("late-2")
        one.report(one.snapshot("k", "LATE-1", 50))
        first = self.printers("LATE-1")[0]["id"]
        gone = one.record("printer.detached", {"port_path": "1-2", "reason": "unplugged"}, "k")
        two.report(two.snapshot("k", "LATE-1", 51))  # overtakes
        one.report(gone)
        (printer,) = self.printers("LATE-1")
        self.assertEqual(printer["id"], first)
        self.assertEqual(printer["agent"]["id"], two.enrolled["agent_id"])
        self.assertEqual(printer["impressions"], 51)
        self.assertEqual(printer["status"], "idle")

    def test_no_serial_belongs_to_its_key(self):
        one, two = self.pc("weak-1"), self.pc("weak-2")
        one.report(one.snapshot("port-1", None, 7), one.snapshot("port-2", None, 8))
        two.report(two.snapshot("port-1", None, 9))
        self.assertEqual(len(self.api("GET", "/printers?agent=" + one.enrolled["agent_id"])["items"]), 2)
        self.assertEqual(self.printer_of(two.enrolled["agent_id"])["impressions"], 9)

    def test_met_before_its_serial_could_be_read(self):
        one, two = self.pc("early-1"), self.pc("early-2")
        one.report(one.snapshot("k", "EARLY-1", 70))
        first = self.printers("EARLY-1")[0]["id"]
        one.report(one.record("printer.detached", {"port_path": "1-2", "reason": "unplugged"}, "k"))
        two.report(two.snapshot("fresh", None, 70))
        self.assertNotEqual(self.printer_of(two.enrolled["agent_id"])["id"], first)
        two.report(two.snapshot("fresh", "EARLY-1", 71))
        self.assertEqual(self.printer_of(two.enrolled["agent_id"])["id"], first)
        self.assertEqual(len(self.printers("EARLY-1")), 1)

    def test_another_printer_on_the_same_port(self):
        pc = self.pc("swap")
        pc.report(pc.snapshot("port", "SWAP-1", 500))
        pc.report(pc.snapshot("port", "SWAP-2", 3))
        old, new = self.printers("SWAP-1"), self.printers("SWAP-2")
        self.assertEqual((len(old), len(new)), (1, 1))
        self.assertNotEqual(old[0]["id"], new[0]["id"])
        self.assertEqual(new[0]["impressions"], 3)

    def test_old_news_does_not_bring_a_printer_back(self):
        one, two = self.pc("news-1"), self.pc("news-2")
        one.report(one.snapshot("k", "NEWS-1", 10))
        late = one.snapshot("k", "NEWS-1", 11)  # kept back, as by a PC without a network
        one.report(one.record("printer.detached", {"port_path": "1-2", "reason": "unplugged"}, "k"))
        two.report(two.snapshot("k", "NEWS-1", 20))
        one.seq += 1
        answer = one.report({**late, "seq": one.seq})
        self.assertEqual(answer.status, 200)
        (printer,) = self.printers("NEWS-1")
        self.assertEqual(printer["impressions"], 20)
        self.assertEqual(printer["agent"]["id"], two.enrolled["agent_id"])

    def test_makers_spellings(self):
        one, two = self.pc("spell-1"), self.pc("spell-2")
        one.report(one.snapshot("k", "SPELL-1", 10))
        one.report(one.record("printer.detached", {"port_path": "1-2", "reason": "unplugged"}, "k"))
        snapshot = two.snapshot("k", "SPELL-1", 11)
        snapshot["body"]["identity"]["make"] = "Hewlett-Packard"
        two.report(snapshot)
        self.assertEqual(len(self.printers("SPELL-1")), 1)

    def test_serial_numbers_are_sealed_in_the_store(self):
        pc = self.pc("sealed")
        pc.report(pc.snapshot("usb-key-SEALED77", "SEALED77SERIAL", 1))
        self.assertEqual(len(self.printers("SEALED77SERIAL")), 1)
        for path in self.connector.data.iterdir():
            self.assertNotIn(b"SEALED77", path.read_bytes(), path.name)
        self.assertNotIn(b"SEALED77", self.connector.log.read_bytes())


if __name__ == "__main__":
    unittest.main()
