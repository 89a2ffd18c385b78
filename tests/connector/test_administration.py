# SPDX-License-Identifier: Apache-2.0
"""The administrator's side: customers, sites, users, tokens, second factor, settings, approval of PCs, notes, history, exports,
and the audit that tells of all of it."""
import base64
import csv
import hashlib
import hmac
import http.client
import io
import json
import sqlite3
import ssl
import struct
import time
import unittest

from case import ConnectorCase

PASSWORD = "a long enough password"


def totp(secret, at=None):
    """The six digits an authenticator app shows (RFC 6238)."""
    step = int((time.time() if at is None else at) // 30)
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 10**6:06}"


class Administration(ConnectorCase):
    def ask(self, method, path, body=None, token=None):
        self.api("GET", "/me")
        return self.connector.call(method, path, body, token or self.connector.session)

    def refused(self, status, code, method, path, body=None, token=None):
        got, answer = self.ask(method, path, body, token)
        self.assertEqual((got, answer["error"]), (status, code), answer)
        return answer

    def sign_in(self, name, **more):
        return self.connector.call("POST", "/login", {"name": name, "password": PASSWORD, **more})

    def raw(self, path):
        """A call whose answer is no JSON: (status, headers, text)."""
        self.api("GET", "/me")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, context=context, timeout=30)
        link.request("GET", "/api/v1" + path, headers={"Authorization": "Bearer " + self.connector.session})
        answer = link.getresponse()
        text = answer.read().decode()
        link.close()
        return answer.status, answer.headers, text

    def test_customers_and_sites(self):
        customer = self.api("POST", "/customers", {"name": "6d1f7c52-3b8e-4c1a-9f57-0f4a2b9d8e10"})
        self.refused(409, "conflict", "POST", "/customers", {"name": customer["name"]})
        site = self.api("POST", f"/customers/{customer['id']}/sites", {"name": "Main hall"})
        self.refused(409, "conflict", "POST", f"/customers/{customer['id']}/sites", {"name": "Main hall"})
        self.assertEqual(self.api("PATCH", "/sites/" + site["id"], {"name": "Great hall"})["name"], "Great hall")
        second = self.api("POST", f"/customers/{customer['id']}/sites", {"name": "Cellar"})
        self.api("DELETE", "/sites/" + second["id"])
        # A PC of this customer's; then the customer goes.
        token = self.api("POST", "/enrolment-tokens", {"site_id": site["id"]})["token"]
        pc = self.pc("leaving", enrol=False)
        self.assertEqual(pc.enroll(token).status, 200)
        pc.report(pc.hello(), pc.snapshot("k", "LEAVING-1"))
        self.refused(409, "conflict", "DELETE", "/sites/" + site["id"])
        self.refused(409, "conflict", "DELETE", "/customers/" + customer["id"])
        self.assertEqual(self.api("GET", "/printers?q=LEAVING-1")["total"], 1)
        self.assertFalse(self.api("PATCH", "/customers/" + customer["id"], {"active": False})["active"])
        self.assertEqual(self.api("GET", "/printers?q=LEAVING-1")["total"], 0)  # invisible, not gone
        self.api("PATCH", "/customers/" + customer["id"], {"active": True, "name": "Back again"})
        self.assertEqual(self.api("GET", "/printers?q=LEAVING-1")["total"], 1)
        self.api("PATCH", "/customers/" + customer["id"], {"active": False})
        self.api("DELETE", "/customers/" + customer["id"])
        self.assertNotIn(customer["id"], [c["id"] for c in self.api("GET", "/customers")["items"]])
        self.assertError(pc.report(), 403, "agent_revoked")
        db = sqlite3.connect(self.connector.data / "platen.db")
        for table in ("records", "devices", "device_keys", "counters", "alerts", "actions"):
            self.assertEqual(db.execute(f"SELECT count(*) FROM {table} WHERE customer_id=?", (customer["id"],)).fetchone()[0], 0, table)
        self.assertIsNone(db.execute("SELECT key_sealed FROM customers WHERE id=?", (customer["id"],)).fetchone()[0])
        db.close()

    def test_users(self):
        customer = self.api("POST", "/customers", {"name": "Users' customer"})
        mine = {"role": "admin", "customer_id": customer["id"], "site_id": None}
        made = self.api("POST", "/users", {"name": "chief", "password": PASSWORD, "grants": [mine]})
        self.assertEqual(made["grants"], [mine])
        self.refused(409, "conflict", "POST", "/users", {"name": "chief", "password": PASSWORD, "grants": [mine]})
        status, session = self.sign_in("chief")
        self.assertEqual((status, session["role"]), (200, "admin"))
        chief = session["token"]
        # Who administers one customer grants within it, and sees nobody else.
        self.refused(400, "invalid_field", "POST", "/users", {"name": "x", "password": PASSWORD, "grants": [
            {"role": "viewer", "customer_id": None, "site_id": None}]}, chief)
        helper = self.ask("POST", "/users", {"name": "helper", "password": PASSWORD, "grants": [{**mine, "role": "viewer"}]}, chief)[1]
        self.assertEqual([u["name"] for u in self.ask("GET", "/users", None, chief)[1]["items"]], ["chief", "helper"])
        admin = next(u for u in self.api("GET", "/users")["items"] if u["name"] == "admin")
        self.refused(404, "not_found", "PATCH", "/users/" + admin["id"], {"active": False}, chief)
        self.refused(404, "not_found", "DELETE", "/users/" + admin["id"], None, chief)
        self.refused(409, "last_admin", "DELETE", "/users/" + admin["id"])
        self.refused(409, "conflict", "PATCH", "/users/" + admin["id"], {"active": False})
        # Deactivated: the session ends and no other begins.
        _, other = self.sign_in("helper")
        self.ask("PATCH", "/users/" + helper["id"], {"active": False}, chief)
        self.refused(401, "not_signed_in", "GET", "/me", None, other["token"])
        self.assertEqual(self.sign_in("helper")[0], 401)
        self.assertEqual(self.ask("DELETE", "/users/" + helper["id"], None, chief)[0], 204)
        self.refused(400, "invalid_field", "POST", "/users", {"name": "y", "password": "short", "grants": [mine]})
        self.refused(400, "invalid_field", "POST", "/users", {"name": "bad name", "password": PASSWORD, "grants": [mine]})

    def test_own_password_and_second_factor(self):
        self.api("POST", "/users", {"name": "careful", "password": PASSWORD, "grants": [
            {"role": "viewer", "customer_id": None, "site_id": None}]})
        first, second = self.sign_in("careful")[1]["token"], self.sign_in("careful")[1]["token"]
        self.refused(400, "invalid_field", "POST", "/me/password", {"old_password": "wrong", "new_password": PASSWORD}, first)
        self.assertEqual(self.ask("POST", "/me/password", {"old_password": PASSWORD, "new_password": PASSWORD}, first)[0], 204)
        self.refused(401, "not_signed_in", "GET", "/me", None, second)
        secret = self.ask("POST", "/me/totp", None, first)[1]["secret"]
        self.refused(400, "invalid_field", "PUT", "/me/totp", {"totp": "000000"}, first)
        used = totp(secret)
        self.assertIs(self.ask("GET", "/me", None, first)[1]["totp"], False)
        self.assertEqual(self.ask("PUT", "/me/totp", {"totp": used}, first)[0], 204)
        self.assertIs(self.ask("GET", "/me", None, first)[1]["totp"], True)
        self.assertEqual(self.sign_in("careful")[1]["error"], "totp_required")
        self.assertEqual(self.sign_in("careful", totp=used)[1]["error"], "wrong_totp")
        code = totp(secret, time.time() + 30)
        self.assertEqual(self.sign_in("careful", totp=code)[0], 200)
        self.assertEqual(self.sign_in("careful", totp=code)[1]["error"], "wrong_totp")  # a code counts once
        user = next(u for u in self.api("GET", "/users")["items"] if u["name"] == "careful")
        self.assertTrue(user["totp"])
        self.assertFalse(self.api("PATCH", "/users/" + user["id"], {"totp": False})["totp"])
        self.assertEqual(self.sign_in("careful")[0], 200)

    def test_api_tokens(self):
        everything = [{"role": "admin", "customer_id": None, "site_id": None}]
        made = self.api("POST", "/api-tokens", {"name": "billing", "scopes": ["read"], "expires_in_s": 3600})
        self.assertEqual((made["scopes"], made["grants"]), (["read"], everything))
        token = made["token"]
        self.assertEqual(self.ask("GET", "/printers", None, token)[0], 200)
        me = self.ask("GET", "/me", None, token)[1]
        self.assertEqual((me["token"]["kind"], me["user"]["name"]), ("api", "billing"))
        self.refused(403, "forbidden", "GET", "/users", None, token)
        self.refused(403, "forbidden", "POST", "/enrolment-tokens", {}, token)
        self.refused(403, "forbidden", "POST", "/me/password", {"old_password": "x", "new_password": PASSWORD}, token)
        listed = next(t for t in self.api("GET", "/api-tokens")["items"] if t["id"] == made["id"])
        self.assertNotIn("token", listed)
        self.assertIsNotNone(listed["last_used_at"])
        self.assertEqual(self.ask("DELETE", "/api-tokens/" + made["id"])[0], 204)
        self.refused(401, "not_signed_in", "GET", "/me", None, token)
        for body, field in (({"name": "x", "scopes": [], "expires_in_s": 60}, "scopes"),
                            ({"name": "x", "scopes": ["fly"], "expires_in_s": 60}, "scopes"),
                            ({"name": "x", "scopes": ["read"]}, "expires_in_s"), ({"scopes": ["read"], "expires_in_s": 60}, "name")):
            self.assertEqual(self.refused(400, "invalid_field", "POST", "/api-tokens", body)["field"], field)

    def test_settings_reach_the_pcs(self):
        pc = self.pc("set")
        etag = pc.call("GET", "/config").headers["ETag"].strip('"')
        items = {s["name"]: s for s in self.api("GET", "/settings")["items"]}
        self.assertEqual(items["agents.pjl"]["value"], "idle")
        self.refused(400, "invalid_field", "PATCH", "/settings", {"agents.pjl": "never", "agents.report_interval_s": 1})
        self.assertEqual({s["name"]: s["value"] for s in self.api("GET", "/settings")["items"]}["agents.pjl"], "idle")  # all or none
        self.api("PATCH", "/settings", {"agents.pjl": "never", "agents.report_interval_s": 120})
        try:
            answer = pc.work(0, config=etag)
            self.assertNotEqual(answer.json["config_etag"].strip('"'), etag)
            config = pc.call("GET", "/config").json
            self.assertEqual((config["pjl"], config["report_interval_s"]), ("never", 120))
            self.assertEqual(pc.report().json["next_interval_s"], 120)
        finally:
            self.api("PATCH", "/settings", {"agents.pjl": None, "agents.report_interval_s": None})
        self.assertEqual(pc.call("GET", "/config").headers["ETag"].strip('"'), etag)
        for name, value in (("nonsense", 1), ("enrolment.server_url", "http://x"), ("enrolment.server_url", "https://x/y"),
                            ("metrics.open", "maybe"), ("sessions.hours", 0)):
            self.assertEqual(self.refused(400, "invalid_field", "PATCH", "/settings", {name: value})["field"], name)

    def test_enrolment_by_approval(self):
        pc = self.pc("asking", enrol=False)
        ask = {"csr": pc.csr.read_text(), "host": pc.host_info()}
        self.assertError(pc.call("POST", "/enroll", ask), 403, "token_required")
        self.api("PATCH", "/settings", {"enrolment.by_approval": True})
        try:
            answer = pc.call("POST", "/enroll", ask)
            self.assertEqual((answer.status, answer.json["status"]), (202, "pending"), answer)
            waiting = self.api("GET", "/enrolments")["items"]
            self.assertEqual([w["fingerprint"] for w in waiting], [answer.json["fingerprint"]])
            self.assertEqual(waiting[0]["name"], "asking")
            attention = [a for a in self.api("GET", "/overview")["attention"] if a["kind"] == "enrolment"]
            self.assertEqual([a["description"] for a in attention], ["A PC waits to be let in"])
            site = self.api("GET", "/customers")["items"][0]["sites"][0]["id"]
            path = f"/enrolments/{waiting[0]['id']}/approve"
            self.refused(409, "conflict", "POST", path, {"site_id": site, "fingerprint": "sha256:" + "0" * 64})
            self.assertEqual(pc.call("POST", "/enroll", ask).status, 202)
            self.assertEqual(self.ask("POST", path, {"site_id": site, "fingerprint": waiting[0]["fingerprint"]})[0], 204)
            answer = pc.call("POST", "/enroll", ask)
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(pc.call("POST", "/enroll", ask).json["agent_id"], answer.json["agent_id"])  # a lost answer
            pc.enrolled = answer.json
            pc.certificate.write_text(answer.json["certificate"])
            pc.ca.write_text(answer.json["ca"]["certificates"][0])
            pc.hang_up()
            self.assertEqual(pc.report(pc.hello()).status, 200)
            no = self.pc("unwanted", enrol=False)
            ask = {"csr": no.csr.read_text(), "host": no.host_info()}
            no.call("POST", "/enroll", ask)
            (question,) = self.api("GET", "/enrolments")["items"]
            self.ask("POST", f"/enrolments/{question['id']}/reject")
            self.assertError(no.call("POST", "/enroll", ask), 403, "enroll_refused")
            # Capped per address.
            codes = []
            for n in range(24):
                many = self.pc(f"many-{n}", enrol=False)
                codes.append(many.call("POST", "/enroll", {"csr": many.csr.read_text(), "host": {}}).status)
            self.assertEqual(codes.count(202), 20)
            self.assertEqual(codes.count(429), 4)
        finally:
            self.api("PATCH", "/settings", {"enrolment.by_approval": None})

    def test_notes_moves_and_history(self):
        pc = self.pc("noted")
        pc.report(pc.snapshot("k", "NOTED-1"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        notes = {"asset_number": "A-17", "location": "Second floor, left", "tags": ["legal", "colour", "legal"]}
        changed = self.api("PATCH", "/printers/" + printer["id"], notes)
        self.assertEqual((changed["asset_number"], changed["tags"]), ("A-17", ["legal", "colour"]))
        self.assertEqual(self.api("PATCH", "/printers/" + printer["id"], {"location": None})["location"], None)
        self.assertEqual(self.api("GET", "/printers?q=a-17%20legal")["total"], 1)
        self.refused(400, "invalid_field", "PATCH", "/printers/" + printer["id"], {"tags": ["x" * 41]})
        pc.report(pc.record("supply.replaced", {"index": 1, "type": "toner", "colorant": "black"}, "k"),
                  pc.record("printer.moved", {"from_port_path": "1-2", "usb": {"port_path": "1-4"}}, "k"))
        events = self.api("GET", f"/printers/{printer['id']}/events")["items"]
        self.assertEqual([e["description"] for e in events], ["Moved from USB port 1-2 to 1-4", "Replaced: black toner"])
        customer = pc.enrolled["customer_id"]
        site = self.api("POST", f"/customers/{customer}/sites", {"name": "Elsewhere"})
        self.assertEqual(self.api("PATCH", "/agents/" + pc.enrolled["agent_id"], {"site_id": site["id"]})["site"]["id"], site["id"])
        self.assertEqual(self.printer_of(pc.enrolled["agent_id"])["site"]["id"], site["id"])
        self.refused(400, "invalid_field", "PATCH", "/agents/" + pc.enrolled["agent_id"], {"site_id": "nowhere"})

    def test_exports(self):
        pc = self.pc("exported")
        for n in range(12):
            snapshot = pc.snapshot(f"k{n}", f"EXP-{n:02}", 100 + n)
            snapshot["body"]["identity"]["model"] = "=HYPERLINK(1)" if n == 3 else 'The "model", comma'
            pc.report(snapshot)
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        time.sleep(1.2)
        pc.report(pc.snapshot("k0", "EXP-00", 999))
        pc.report(pc.record("alert.opened", {"code": "jam", "severity": "critical", "group": "mediaPath", "description": "Jam"}, "k1"))
        place = "site=" + pc.enrolled["site_id"]
        rows, cursor = [], ""
        while cursor is not None:
            page = self.api("GET", f"/exports/meters?limit=5&at={moment}&{place}" + (f"&cursor={cursor}" if cursor else ""))
            rows += page["items"]
            cursor = page["next_cursor"]
        mine = {r["serial_number"]: r for r in rows if (r["serial_number"] or "").startswith("EXP-")}
        self.assertEqual(len(mine), 12)
        self.assertEqual(mine["EXP-00"]["impressions"], 100)  # as it was at that moment
        self.assertEqual(next(r for r in self.api("GET", "/exports/meters?limit=1000")["items"]
                              if r["serial_number"] == "EXP-00")["impressions"], 999)
        status, headers, text = self.raw("/exports/meters?format=csv")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/csv"))
        table = list(csv.DictReader(io.StringIO(text)))
        models = {r["serial_number"]: r["model"] for r in table}
        self.assertEqual(models["EXP-03"], "'=HYPERLINK(1)")
        self.assertEqual(models["EXP-04"], 'The "model", comma')
        supplies = self.api("GET", "/exports/supplies?limit=1000")["items"]
        self.assertEqual({r["level_percent"] for r in supplies if (r["serial_number"] or "").startswith("EXP-")}, {61})
        alerts = self.api("GET", "/exports/alerts")["items"]
        self.assertTrue(any(r["code"] == "jam" and r["closed_at"] is None for r in alerts))
        self.refused(400, "invalid_field", "GET", "/exports/meters?format=pdf")
        self.refused(400, "bad_request", "GET", "/exports/meters?sites=x")

    def test_audit_tells_of_it_and_cannot_be_changed(self):
        made = self.api("POST", "/enrolment-tokens", {"note": "audited"})
        self.ask("POST", "/customers", {"name": ""})
        self.connector.call("POST", "/login", {"name": "intruder", "password": "nothing"})
        page = self.api("GET", "/audit?limit=50")
        verbs = [(e["verb"], e["subject"], e["outcome"]) for e in page["items"]]
        self.assertIn(("POST /api/v1/enrolment-tokens", made["id"], "201"), verbs)
        self.assertIn(("POST /api/v1/customers", None, "400"), verbs)
        self.assertTrue(any(e["actor"] == "intruder" and e["outcome"] == "401" for e in page["items"]))
        self.assertEqual(self.api("GET", "/audit?q=intruder")["items"][0]["actor"], "intruder")
        self.assertEqual(self.api("GET", "/audit?q=%25")["total"], 0)
        verified = self.api("POST", "/audit/verify")
        self.assertTrue(verified["ok"], verified)
        page = self.api("GET", "/audit?limit=1")
        self.assertEqual(verified["heads"], page["heads"])
        self.assertEqual(page["total"], sum(h["entries"] for h in page["heads"]), "what the list shows, the heads count")
        self.assertEqual(page["heads"][0]["customer_id"], None)
        self.assertGreater(len(page["heads"]), 1)
        one = page["heads"][1]["customer_id"]
        alone = self.api("GET", f"/audit?customer={one}&limit=1000")
        self.assertEqual((alone["heads"], alone["total"]), ([page["heads"][1]], page["heads"][1]["entries"]))
        self.assertEqual({e["customer_id"] for e in alone["items"]}, {one})
        db = sqlite3.connect(self.connector.data / "platen.db", timeout=30)
        db.execute("UPDATE audit SET who='somebody else' WHERE customer_id='' AND seq=2")
        db.commit()
        broken = self.api("POST", "/audit/verify")
        self.assertFalse(broken["ok"])
        self.assertIn("2", broken["message"])
        db.execute("UPDATE audit SET who='admin' WHERE customer_id='' AND seq=2")
        db.commit()
        db.close()

    def test_live_events(self):
        """What a console hears, and that it hears only its own customers."""
        pc = self.pc("heard")
        pc.report(pc.snapshot("k", "HEARD-1"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        other = self.api("POST", "/customers", {"name": "Deaf customer"})
        self.api("POST", "/users", {"name": "deaf", "password": PASSWORD, "grants": [
            {"role": "viewer", "customer_id": other["id"], "site_id": None}]})
        streams = {}
        for name, token in (("mine", self.connector.session), ("deaf", self.sign_in("deaf")[1]["token"])):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, context=context, timeout=30)
            link.request("GET", "/api/v1/events", headers={"Authorization": "Bearer " + token})
            answer = link.getresponse()
            self.assertEqual(json.loads(answer.readline())["type"], "hello")
            streams[name] = (link, answer)
        self.api("POST", f"/printers/{printer['id']}/actions", {"type": "probe_now"})
        pc.report(pc.record("printer.snapshot", {"full": False, "state": {"printer_state": "processing"}}, "k"))
        heard = [json.loads(streams["mine"][1].readline()) for _ in range(2)]
        self.assertEqual([h["type"] for h in heard], ["action.changed", "printer.changed"])
        self.assertEqual(heard[0]["state"], "queued")
        self.assertEqual(heard[1]["id"], printer["id"])
        self.assertEqual(json.loads(streams["deaf"][1].readline())["type"], "ping")
        for link, _ in streams.values():
            link.close()

    def listen(self, token):
        """An open event stream, greeted."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, context=context, timeout=30)
        self.addCleanup(link.close)
        link.request("GET", "/api/v1/events", headers={"Authorization": "Bearer " + token})
        answer = link.getresponse()
        self.assertEqual(json.loads(answer.readline())["type"], "hello")
        return answer

    def test_a_stream_ends_with_its_access(self):
        """Logout, a removed user, other grants, a revoked token, a command in a shell: each ends its streams, and no other's."""
        ours = self.api("GET", "/customers")["items"][0]["id"]
        viewer = [{"role": "viewer", "customer_id": ours, "site_id": None}]
        made = self.api("POST", "/users", {"name": "watcher", "password": PASSWORD, "grants": viewer})
        program = self.api("POST", "/api-tokens", {"name": "watching", "scopes": ["read"], "grants": viewer, "expires_in_s": 600})
        mine = self.listen(self.connector.session)

        def leave(token):
            self.assertEqual(self.connector.call("POST", "/logout", None, token)[0], 204)

        def narrow(_):
            self.api("PATCH", "/users/" + made["id"], {"grants": [
                {"role": "operator", "customer_id": ours, "site_id": None}]})

        def lock_out(_):
            self.api("PATCH", "/users/" + made["id"], {"active": False})
            self.api("PATCH", "/users/" + made["id"], {"active": True})

        for what, end in (("logout", leave), ("grants", narrow), ("locked out", lock_out),
                          ("removed in a shell", lambda _: self.connector.run("user", "remove", "watcher"))):
            token = self.sign_in("watcher")[1]["token"]
            stream = self.listen(token)
            end(token)
            self.assertEqual(stream.readline(), b"", what)
        stream = self.listen(program["token"])
        self.api("DELETE", "/api-tokens/" + program["id"])
        self.assertEqual(stream.readline(), b"", "a revoked token")
        self.api("PATCH", "/customers/" + ours, {"name": self.api("GET", "/customers")["items"][0]["name"]})
        pc = self.pc("still-heard")
        pc.report(pc.snapshot("k", "STILL-1"))
        kinds = [json.loads(mine.readline())["type"] for _ in range(2)]
        self.assertIn("agent.changed", kinds, "the administrator's stream went on")

    def test_history_begins_with_the_first_plugging_in(self):
        pc = self.pc("first")
        usb = {"vendor_id": "03f0", "product_id": "2b17", "bus": 1, "address": 4, "port_path": "1-2", "serial": "FIRST-1"}
        other = {**usb, "port_path": "1-3", "serial": "OTHER-1"}
        pc.report(pc.record("printer.attached", {"usb": usb}, "k"), pc.record("printer.attached", {"usb": other}, "o"))
        pc.report(pc.snapshot("k", "FIRST-1", usb=usb))
        printer = self.printer_of(pc.enrolled["agent_id"])
        history = self.api("GET", f"/printers/{printer['id']}/events")["items"]
        self.assertEqual([(e["kind"], e["details"]["usb"]["port_path"]) for e in history], [("printer.attached", "1-2")])
        self.assertEqual(history[0]["description"], "Plugged in at USB port 1-2")

    def test_health_and_metrics(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, context=context, timeout=30)
        for path, wanted in (("/healthz", "ok"), ("/readyz", "ready"), ("/metrics", "platen_store_commits_total")):
            link.request("GET", path)
            answer = link.getresponse()
            text = answer.read().decode()
            self.assertEqual(answer.status, 200, path)
            self.assertIn(wanted, text)
        self.assertTrue(text.endswith("# EOF\n"))
        for line in text.splitlines():
            self.assertRegex(line, r"^(# (TYPE|HELP|EOF).*|[a-z_]+ -?[0-9]+)$")
        link.request("GET", "/")
        answer = link.getresponse()
        page = answer.read()
        self.assertIn(b"<", page)
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
        link.close()


if __name__ == "__main__":
    unittest.main()
