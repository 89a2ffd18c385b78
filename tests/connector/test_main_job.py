# SPDX-License-Identifier: Apache-2.0
"""The main job over the wire: a PC enrols, reports a printer, fetches a signed action by long poll, and settles it."""
import threading
import time
import unittest

from case import ConnectorCase
from pc import openssl


class MainJob(ConnectorCase):
    def test_enrolment_gives_a_certificate_of_our_names(self):
        pc = self.pc("first", enrol=False)
        answer = pc.enroll(self.connector.token())
        self.assertEqual(answer.status, 200, answer)
        subject = openssl("x509", "-in", pc.certificate, "-noout", "-subject", "-nameopt", "sep_multiline").decode()
        self.assertIn("CN=" + pc.enrolled["agent_id"], subject)
        self.assertIn("O=" + pc.enrolled["customer_id"], subject)
        openssl("verify", "-CAfile", pc.ca, "-purpose", "sslclient", pc.certificate)
        self.assertEqual(pc.enrolled["config"]["work_wait_s"], 55)

    def test_a_lost_answer_costs_no_second_use(self):
        token = self.connector.token()  # good for one PC
        pc = self.pc("unlucky", enrol=False)
        first = pc.enroll(token).json["agent_id"]
        pc.enrolled = None
        self.assertEqual(pc.enroll(token).json["agent_id"], first)
        other = self.pc("late", enrol=False)
        self.assertError(other.enroll(token), 403, "token_used_up")

    def test_snapshot_reaches_the_admin_api_field_by_field(self):
        pc = self.pc("reporter")
        record = pc.snapshot("usb-a", "REP-1", 931)
        answer = pc.report(record)
        self.assertEqual(answer.json["ack"], record["seq"])
        printer = self.printer_of(pc.enrolled["agent_id"])
        for member, value in record["body"]["identity"].items():
            self.assertEqual(printer["identity"][member], value, member)
        self.assertEqual(printer["serial_number"], "REP-1")
        self.assertEqual(printer["status"], "idle")
        self.assertEqual(printer["impressions"], 931)
        self.assertEqual(printer["counters"]["impressions"], 931)
        self.assertIsNone(printer["counters"]["sheets"])
        self.assertEqual(printer["supplies"][0], record["body"]["supplies"][0])
        self.assertEqual(printer["access"], record["body"]["access"])
        self.assertTrue(printer["capabilities"]["actions"]["identify"]["offered"])

    def test_sections_replace_sections_and_full_empties_first(self):
        pc = self.pc("merger")
        pc.report(pc.snapshot("usb-m", "MRG-1"))
        pc.report(pc.record("printer.snapshot", {"full": False, "state": {"printer_state": "stopped", "asleep": False,
                            "reasons": ["media-empty-error"]}}, "usb-m"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        self.assertEqual(printer["state"]["reasons"], ["media-empty-error"])
        self.assertEqual(printer["status"], "error")
        self.assertEqual(len(printer["supplies"]), 1)  # untouched
        pc.report(pc.record("printer.snapshot", {"full": True, "identity": printer["identity"]}, "usb-m"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        self.assertEqual(printer["supplies"], [])
        self.assertEqual(printer["state"]["printer_state"], "unknown")
        self.assertIsNone(printer["impressions"])

    def test_action_by_long_poll_is_signed_and_settled(self):
        pc = self.pc("worker")
        pc.report(pc.snapshot("usb-w", "WRK-1"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        got = {}

        def poll():
            got["answer"] = pc.work(30)
            got["at"] = time.monotonic()

        poller = threading.Thread(target=poll)
        poller.start()
        time.sleep(0.5)  # it is parked by now; were it not, the action would simply be there
        asked = time.monotonic()
        action = self.api("POST", f"/printers/{printer['id']}/actions", {"type": "identify", "parameters": {"actions": ["flash"]}})
        poller.join(20)
        self.assertLess(got["at"] - asked, 5)
        self.assertEqual(action["state"], "queued")
        (work,) = got["answer"].json["actions"]
        payload = pc.verify(work)
        self.assertEqual(payload["id"], action["id"])
        self.assertEqual(payload["type"], "identify")
        self.assertEqual(payload["customer"], pc.enrolled["customer_id"])
        self.assertEqual(payload["agent"], pc.enrolled["agent_id"])
        self.assertEqual(payload["device"], printer["id"])
        self.assertEqual(payload["printer_key"], "usb-w")
        self.assertEqual(payload["parameters"], {"actions": ["flash"]})
        # Until a state is posted the same action comes again; afterwards it does not.
        self.assertEqual([a["id"] for a in pc.work().json["actions"]], [action["id"]])
        self.assertEqual(pc.call("POST", f"/actions/{action['id']}", {"state": "delivered"}).json, {"cancel": False})
        self.assertEqual(pc.work().status, 204)
        pc.call("POST", f"/actions/{action['id']}", {"state": "running", "percent": 40, "message": "flashing"})
        self.assertEqual(self.api("GET", "/actions/" + action["id"])["progress_percent"], 40)
        pc.report(pc.record("action.result", {"action_id": action["id"], "type": "identify", "state": "done", "reason": None,
                                              "result": {"means": "ipp"}}))
        done = self.api("GET", "/actions/" + action["id"])
        self.assertEqual(done["state"], "done")
        self.assertEqual(done["result"], {"means": "ipp"})
        self.assertEqual([s["state"] for s in done["history"]], ["queued", "delivered", "running", "done"])

    def test_reading_all_printers_of_a_pc(self):
        """probe_now of a PC becomes one signed action for each printer that is plugged in."""
        pc = self.pc("reads-all")
        for key in ("one", "two", "gone"):
            pc.report(pc.snapshot(key, "ALL-" + key))
        pc.report(pc.record("printer.detached", {"port_path": "1-2", "reason": "unplugged"}, "gone"))
        action = self.api("POST", f"/agents/{pc.enrolled['agent_id']}/actions", {"type": "probe_now"})
        self.assertEqual(len(action["others"]), 1, action)
        payloads = [pc.verify(a) for a in pc.work().json["actions"]]
        self.assertEqual({p["printer_key"] for p in payloads}, {"one", "two"})
        self.assertEqual({p["id"] for p in payloads}, {action["id"], *action["others"]})
        for payload in payloads:
            printer = self.api("GET", "/actions/" + payload["id"])["printer"]
            self.assertEqual(printer["id"], payload["device"])

    def test_cancelled_before_it_was_fetched(self):
        pc = self.pc("cancelled")
        pc.report(pc.snapshot("usb-c", "CNC-1"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        action = self.api("POST", f"/printers/{printer['id']}/actions", {"type": "probe_now"})
        self.assertEqual(self.api("POST", f"/actions/{action['id']}/cancel")["state"], "cancelled")
        self.assertEqual(pc.work().status, 204)
        status, body = self.connector.call("POST", f"/actions/{action['id']}/cancel", None, self.connector.session)
        self.assertEqual((status, body["error"]), (409, "too_late"))

    def test_cancelled_while_it_runs(self):
        pc = self.pc("running")
        pc.report(pc.snapshot("usb-r", "RUN-1"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        action = self.api("POST", f"/printers/{printer['id']}/actions", {"type": "probe_now"})
        pc.work()
        pc.call("POST", f"/actions/{action['id']}", {"state": "running"})
        self.assertEqual(self.api("POST", f"/actions/{action['id']}/cancel")["state"], "running")
        self.assertEqual(pc.work(5).json["cancel"], [action["id"]])
        self.assertEqual(pc.call("POST", f"/actions/{action['id']}", {"state": "running"}).json, {"cancel": True})
        pc.call("POST", f"/actions/{action['id']}", {"state": "cancelled"})
        self.assertEqual(self.api("GET", "/actions/" + action["id"])["state"], "cancelled")

    def test_not_fetched_in_time(self):
        pc = self.pc("asleep")
        pc.report(pc.snapshot("usb-s", "SLP-1"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        action = self.api("POST", f"/printers/{printer['id']}/actions", {"type": "probe_now", "expires_in_s": 10})
        for _ in range(300):
            now = self.api("GET", "/actions/" + action["id"])
            if now["ended_at"]:
                break
            time.sleep(0.1)
        self.assertEqual(now["state"], "expired")
        self.assertEqual([s["state"] for s in now["history"]], ["queued", "expired"])
        self.assertEqual(pc.work().status, 204)

    def test_alerts_open_and_close(self):
        pc = self.pc("alarmed")
        pc.report(pc.snapshot("usb-al", "ALR-1"))
        alert = {"code": "coverOpen", "index": None, "severity": "critical", "group": "cover", "description": "A cover is open"}
        pc.report(pc.record("alert.opened", alert, "usb-al"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        self.assertEqual(printer["status"], "error")
        self.assertEqual([a["code"] for a in printer["alerts"]], ["coverOpen"])
        pc.report(pc.record("alert.closed", alert, "usb-al"))
        self.assertEqual(self.api("GET", f"/printers/{printer['id']}/alerts")["items"], [])
        closed = self.api("GET", f"/printers/{printer['id']}/alerts?state=closed")["items"]
        self.assertEqual(len(closed), 1)
        self.assertIsNotNone(closed[0]["closed_at"])
        # A lost record: the next full snapshot has the last word.
        pc.report(pc.record("alert.opened", alert, "usb-al"))
        pc.report(pc.snapshot("usb-al", "ALR-1"))
        self.assertEqual(self.printer_of(pc.enrolled["agent_id"])["alerts"], [])

    def test_every_counter_reading_is_kept(self):
        pc = self.pc("counter")
        for impressions in (100, 110, 130):
            pc.report(pc.snapshot("usb-n", "CNT-1", impressions))
        pc.report(pc.record("counter.reset", {"counter": "impressions", "source": "ledm", "before": 130, "after": 5}, "usb-n"))
        pc.report(pc.snapshot("usb-n", "CNT-1", 5))
        printer = self.printer_of(pc.enrolled["agent_id"])
        series = self.api("GET", f"/printers/{printer['id']}/counters?resolution=raw")
        self.assertEqual([i["counters"]["impressions"] for i in series["items"]], [100, 110, 130, 5])
        self.assertEqual([(r["before"], r["after"]) for r in series["resets"]], [(130, 5)])
        day = self.api("GET", f"/printers/{printer['id']}/counters?resolution=day")
        self.assertEqual(day["items"][-1]["counters"]["impressions"], 5)

    def test_config_and_crl(self):
        pc = self.pc("settings")
        answer = pc.call("GET", "/config")
        self.assertEqual(answer.json, pc.enrolled["config"])
        etag = answer.headers["ETag"]
        self.assertEqual(etag, pc.enrolled["config_etag"])
        self.assertEqual(pc.call("GET", "/config", headers={"If-None-Match": etag}).status, 304)
        self.assertEqual(pc.work(0, config=etag.strip('"')).status, 204)
        self.assertEqual(pc.work(0, config="0000").json["config_etag"], etag)
        crl = pc.call("GET", "/crl")
        self.assertEqual(crl.headers["Content-Type"], "application/pkix-crl")
        (pc.folder / "crl.der").write_bytes(crl.body)
        openssl("crl", "-inform", "DER", "-in", pc.folder / "crl.der", "-CAfile", pc.ca, "-verify", "-noout")

    def test_renewal_takes_a_new_key(self):
        pc = self.pc("renewer")
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", pc.folder / "new.pem")
        csr = openssl("req", "-new", "-key", pc.folder / "new.pem", "-subj", "/CN=x").decode()
        answer = pc.call("POST", "/renew", {"csr": csr})
        self.assertEqual(answer.status, 200, answer)
        pc.hang_up()
        pc.key = pc.folder / "new.pem"
        pc.certificate.write_text(answer.json["certificate"])
        self.assertEqual(pc.report().status, 200)


if __name__ == "__main__":
    unittest.main()
