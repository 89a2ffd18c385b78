# SPDX-License-Identifier: Apache-2.0
"""Staged roll-outs: rings open one after the other, failures stop them, the window of the day holds them back, an
administrator pauses, resumes and cancels; PCs are played, their answers are what the test decides."""
import datetime
import unittest

from case import ConnectorCase, lab
from test_packages import Packages


class Rollouts(ConnectorCase):
    tool, made, add = Packages.tool, Packages.made, Packages.add

    def fleet(self, name, count, model="LaserJet Test"):
        """A PC with so many printers, in a customer of its own."""
        customer = self.api("POST", "/customers", {"name": name})
        site = self.api("POST", f"/customers/{customer['id']}/sites", {"name": "Office"})
        pc = self.pc(name, enrol=False)
        self.assertEqual(pc.enroll(self.api("POST", "/enrolment-tokens", {"site_id": site["id"]})["token"]).status, 200)
        pc.report(pc.hello(actions=["firmware"]))
        for n in range(count):
            identity = {"make": "HP", "model": model, "serial_number": f"{name}-{n}", "uuid": None, "firmware": "20200101",
                        "device_id": None, "confidence": "strong", "sources": {"serial_number": "ledm"}}
            pc.report(pc.snapshot(f"usb-{n}", f"{name}-{n}", identity=identity))
        return pc, customer, site

    def package(self, name, **options):
        path, sha256 = self.made(name, name.encode(), **options)
        self.add(path)
        return sha256

    def start(self, customer, sha256, **members):
        return self.api("POST", "/rollouts", {"name": "Spring", "customer_id": customer["id"], "package": sha256, **members})

    def now(self, rollout):
        return self.api("GET", "/rollouts/" + rollout["id"])

    def work(self, pc, count, seconds=20):
        """The firmware actions that come, `count` of them."""
        got = {}

        def poll():
            answer = pc.work()
            for action in answer.json["actions"] if answer.status == 200 else []:
                got[action["id"]] = pc.verify(action)
            return len(got) >= count
        lab.wait_for(f"{count} actions", poll, seconds, 0.3)
        self.assertEqual(len(got), count)
        return list(got.values())

    def settle(self, pc, actions, state="done"):
        for action in actions:
            pc.call("POST", f"/actions/{action['id']}", {"state": state, "message": "So it was decided"})

    def until(self, rollout, what, predicate, seconds=20):
        return lab.wait_for(what, lambda: (lambda r: r if predicate(r) else None)(self.now(rollout)), seconds, 0.3)

    def refused(self, body, status, code):
        got, answer = self.connector.call("POST", "/rollouts", body, self.connector.session)
        self.assertEqual((got, answer["error"]), (status, code), answer)
        return answer

    def test_ring_after_ring_to_the_end(self):
        sha256 = self.package("rings.bin")
        pc, customer, site = self.fleet("Rings", 10)
        self.fleet("Elsewhere", 2)
        rollout = self.start(customer, sha256, rings=[10, 50, 100], site_id=site["id"])
        self.assertEqual((rollout["state"], rollout["ring"], rollout["printer_count"]), ("running", 1, 10))
        self.assertEqual(sorted(p["ring"] for p in rollout["printers"]), [1] + [2] * 4 + [3] * 5)
        for ring, size in ((1, 1), (2, 4), (3, 5)):
            actions = self.work(pc, size)
            for action in actions:
                self.assertEqual((action["type"], action["parameters"]["package"]), ("firmware", sha256))
                self.assertIn("signature", action["parameters"])
            one = self.now(rollout)
            self.assertEqual((one["ring"], one["counts"]["started"]), (ring, size))
            self.settle(pc, actions)
        done = self.until(rollout, "its end", lambda r: r["state"] == "done")
        self.assertEqual(done["counts"]["done"], 10)
        self.assertEqual([r["id"] for r in self.api("GET", f"/rollouts?customer={customer['id']}")["items"]], [rollout["id"]])

    def test_failures_stop_it_and_a_person_resumes_it(self):
        sha256 = self.package("stops.bin")
        pc, customer, _ = self.fleet("Stops", 4)
        rollout = self.start(customer, sha256, rings=[50, 100], stop_failure_percent=40)
        actions = self.work(pc, 2)
        self.settle(pc, actions[:1], "failed")
        stopped = self.until(rollout, "its stop", lambda r: r["state"] == "stopped")
        self.assertIn("1 of the 2 printers", stopped["reason"])
        self.settle(pc, actions[1:])
        self.assertEqual(pc.work().status, 204)
        self.assertEqual(self.api("POST", f"/rollouts/{rollout['id']}/resume")["state"], "running")
        self.settle(pc, self.work(pc, 2))
        done = self.until(rollout, "its end", lambda r: r["state"] == "done")
        self.assertEqual((done["counts"]["done"], done["counts"]["failed"]), (3, 1))
        failed = next(p for p in done["printers"] if p["state"] == "failed")
        self.assertEqual(failed["reason"], "So it was decided")

    def test_paused_and_cancelled(self):
        sha256 = self.package("pauses.bin")
        pc, customer, _ = self.fleet("Pauses", 2)
        rollout = self.start(customer, sha256, rings=[50, 100])
        first = self.work(pc, 1)
        self.api("POST", f"/rollouts/{rollout['id']}/pause")
        self.settle(pc, first)
        self.until(rollout, "the count", lambda r: r["counts"]["done"] == 1)
        self.assertEqual(self.now(rollout)["ring"], 1)  # paused: the next ring does not open
        status, answer = self.connector.call("POST", f"/rollouts/{rollout['id']}/pause", None, self.connector.session)
        self.assertEqual((status, answer["error"]), (409, "conflict"))
        self.api("POST", f"/rollouts/{rollout['id']}/resume")
        (second,) = self.work(pc, 1)
        cancelled = self.api("POST", f"/rollouts/{rollout['id']}/cancel")
        self.assertEqual(cancelled["state"], "cancelled")
        self.assertEqual(self.api("GET", "/actions/" + second["id"])["state"], "cancelled")
        self.assertEqual(pc.work().status, 204)
        self.tool("remove", sha256, "--data", self.connector.data)

    def test_only_in_its_window(self):
        sha256 = self.package("window.bin")
        pc, customer, _ = self.fleet("Window", 1)
        utc = datetime.datetime.now(datetime.timezone.utc)

        def window(begin, end, zone="Etc/UTC", hours=0):
            at = [(utc + datetime.timedelta(hours=h + hours)).strftime("%H:%M") for h in (begin, end)]
            return {"from": at[0], "to": at[1], "time_zone": zone}
        closed = self.start(customer, sha256, window=window(2, 4))
        elsewhere = self.start(customer, sha256, window=window(-1, 1, "Asia/Tokyo"))  # there it is nine hours later
        self.until(closed, "two turns", lambda r: True)
        with self.assertRaises(lab.LabError):
            self.work(pc, 1, seconds=11)
        for one in (closed, elsewhere):
            self.assertEqual(self.now(one)["counts"]["waiting"], 1)
            self.api("POST", f"/rollouts/{one['id']}/cancel")
        tokyo = self.start(customer, sha256, window=window(-1, 1, "Asia/Tokyo", hours=9))
        (action,) = self.work(pc, 1)
        until = datetime.datetime.fromisoformat(action["not_after"].replace("Z", "+00:00"))
        self.assertLess(abs((until - utc).total_seconds() - 3600), 130)  # what was not begun by its end is not begun
        self.settle(pc, [action])
        self.until(tokyo, "its end", lambda r: r["state"] == "done")

    def test_what_makes_no_sense(self):
        sha256 = self.package("sense.bin", model="A model that nobody has")
        other = self.package("sense2.bin")
        _, customer, _ = self.fleet("Sense", 1)
        good = {"name": "X", "customer_id": customer["id"], "package": other}
        self.assertIn("No printer", self.refused({**good, "package": sha256}, 409, "conflict")["message"])
        self.refused({**good, "package": "0" * 64}, 409, "conflict")
        self.refused({**good, "customer_id": "nobody"}, 404, "not_found")
        self.refused({**good, "site_id": "nowhere"}, 404, "not_found")
        for rings in ([], [0, 100], [50, 20, 100], [50], [10, 10, 100], "all", [1.5, 100], list(range(1, 12)) + [100]):
            self.refused({**good, "rings": rings}, 400, "invalid_field")
        for window in ({}, {"from": "22:00", "to": "22:00", "time_zone": "Etc/UTC"}, {"from": "24:00", "to": "01:00", "time_zone": "Etc/UTC"},
                       {"from": "22:00", "to": "05:00", "time_zone": "../../../etc/passwd"},
                       {"from": "22:00", "to": "05:00", "time_zone": "Europe/Atlantis"}, {"from": "22:00", "to": "05:00"}):
            self.refused({**good, "window": window}, 400, "invalid_field")
        self.refused({**good, "stop_failure_percent": 101}, 400, "invalid_field")
        self.refused({**good, "bytes": "anything"}, 400, "invalid_field")
        status, answer = self.connector.call("GET", "/rollouts/none", None, self.connector.session)
        self.assertEqual((status, answer["error"]), (404, "not_found"))


if __name__ == "__main__":
    unittest.main()
