# SPDX-License-Identifier: Apache-2.0
"""Who may see and do what: a stranger's eyes see nothing of another customer, roles hold, revocation bites at once."""
import json
import threading
import time
import unittest

from case import ConnectorCase
from pc import openssl

PASSWORD = "a long enough password"


class Access(ConnectorCase):
    def sign_in(self, name, password=PASSWORD):
        status, body = self.connector.call("POST", "/login", {"name": name, "password": password})
        self.assertEqual(status, 200, body)
        return body["token"]

    def add_user(self, name, *words):
        self.connector.run("user", "add", name, "--password-stdin", *words, stdin=PASSWORD + "\n")
        return self.sign_in(name)

    def refused(self, token, status, code, method, path, body=None):
        got, answer = self.connector.call(method, path, body, token)
        self.assertEqual((got, answer["error"]), (status, code), (method, path, answer))

    def test_without_a_token_nothing(self):
        for method, path in (("GET", "/printers"), ("GET", "/me"), ("POST", "/printers/x/actions"), ("GET", "/events"),
                             ("DELETE", "/enrolment-tokens/x")):
            for token in (None, "plb1.nonsense", "x" * 500):
                self.refused(token, 401, "not_signed_in", method, path, {} if method == "POST" else None)

    def test_roles(self):
        pc = self.pc("roles")
        pc.report(pc.snapshot("k", "ROLES-1"))
        printer = self.printer_of(pc.enrolled["agent_id"])["id"]
        viewer = self.add_user("eye", "--role", "viewer")
        operator = self.add_user("hand", "--role", "operator")
        self.assertEqual(self.connector.call("GET", "/printers", None, viewer)[0], 200)
        self.refused(viewer, 403, "forbidden", "POST", f"/printers/{printer}/actions", {"type": "identify"})
        self.refused(viewer, 403, "forbidden", "GET", "/enrolment-tokens")
        status, action = self.connector.call("POST", f"/printers/{printer}/actions", {"type": "identify"}, operator)
        self.assertEqual((status, action["created_by"]), (202, "hand"))
        self.refused(operator, 403, "forbidden", "POST", f"/agents/{pc.enrolled['agent_id']}/revoke")

    def test_a_strangers_eyes(self):
        """Everything this customer has, asked for by another customer's administrator: not a byte."""
        pc = self.pc("private")
        pc.report(pc.snapshot("k", "PRIVATE-SERIAL"))
        pc.report(pc.record("alert.opened", {"code": "jam", "severity": "critical", "group": "mediaPath", "description": "PRIVATE jam"}, "k"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        action = self.api("POST", f"/printers/{printer['id']}/actions", {"type": "identify"})
        token = self.api("POST", "/enrolment-tokens", {"note": "PRIVATE note"})
        stranger = self.add_user("stranger", "--role", "admin", "--customer", "11111111-2222-4333-8444-555555555555")
        seen = []
        for path in ("/overview", "/printers", "/printers?q=PRIVATE-SERIAL", "/alerts", "/alerts?state=all", "/agents", "/actions",
                     "/customers", "/enrolment-tokens", f"/printers?customer={pc.enrolled['customer_id']}",
                     f"/printers?site={pc.enrolled['site_id']}", f"/actions?printer={printer['id']}"):
            status, body = self.connector.call("GET", path, None, stranger)
            self.assertEqual(status, 200, path)
            seen.append(json.dumps(body))
            self.assertFalse(body.get("items"), path)
        for path in (f"/printers/{printer['id']}", f"/printers/{printer['id']}/counters", f"/printers/{printer['id']}/alerts",
                     f"/agents/{pc.enrolled['agent_id']}", f"/actions/{action['id']}"):
            status, body = self.connector.call("GET", path, None, stranger)
            self.assertEqual(status, 404, path)
            seen.append(json.dumps(body))
        for method, path, body in (("POST", f"/printers/{printer['id']}/actions", {"type": "identify"}),
                                   ("POST", f"/agents/{pc.enrolled['agent_id']}/actions", {"type": "probe_now"}),
                                   ("POST", f"/actions/{action['id']}/cancel", None),
                                   ("POST", f"/agents/{pc.enrolled['agent_id']}/revoke", None),
                                   ("DELETE", f"/enrolment-tokens/{token['id']}", None)):
            status, answer = self.connector.call(method, path, body, stranger)
            self.assertEqual(status, 404, path)
            seen.append(json.dumps(answer))
        self.refused(stranger, 400, "invalid_field", "POST", "/enrolment-tokens", {"site_id": pc.enrolled["site_id"]})
        for word in ("PRIVATE", pc.enrolled["agent_id"], pc.enrolled["customer_id"], "LaserJet"):
            self.assertFalse([s for s in seen if word in s], word)
        self.assertEqual(self.api("GET", "/actions/" + action["id"])["state"], "queued")

    def test_login_is_throttled(self):
        self.add_user("guessed", "--role", "viewer")
        codes = [self.connector.call("POST", "/login", {"name": "guessed", "password": f"guess {n}"})[0] for n in range(8)]
        self.assertEqual(codes[0], 401)
        self.assertIn(429, codes)
        status, body = self.connector.call("POST", "/login", {"name": "guessed", "password": PASSWORD})
        self.assertEqual((status, body["error"]), (429, "too_many"))

    def test_logout_ends_the_session(self):
        self.connector.run("user", "add", "brief", "--role", "viewer", "--password-stdin", stdin=PASSWORD + "\n")
        token = self.sign_in("brief")
        self.assertEqual(self.connector.call("POST", "/logout", None, token)[0], 204)
        self.refused(token, 401, "not_signed_in", "GET", "/me")

    def test_bodies_are_taken_at_their_word(self):
        for body, field in (({"name": "admin", "password": "x", "extra": 1}, "extra"), ({"name": "", "password": "x"}, "name"),
                            ({"name": "admin"}, "password"), ({"name": 5, "password": "x"}, "name")):
            status, answer = self.connector.call("POST", "/login", body)
            self.assertEqual((status, answer["error"], answer["field"]), (400, "invalid_field", field))
        session = self.connector.session or self.api("GET", "/me") and self.connector.session
        for body, field in (({"uses": 0}, "uses"), ({"uses": "5"}, "uses"), ({"expires_in_s": 1}, "expires_in_s"),
                            ({"note": "x" * 201}, "note"), ({"colour": 1}, "colour"), ({"site_id": "nowhere"}, "site_id")):
            status, answer = self.connector.call("POST", "/enrolment-tokens", body, session)
            self.assertEqual((status, answer["field"]), (400, field), answer)
        for path in ("/printers?limit=0", "/printers?limit=1001", "/printers?sort=colour", "/printers?cursor=!!!", "/alerts?state=x"):
            status, answer = self.connector.call("GET", path, None, session)
            self.assertEqual((status, answer["error"]), (400, "invalid_field"), path)

    def test_revocation_bites_at_once(self):
        pc = self.pc("fired")
        got = {}

        def poll():
            got["answer"] = pc.work(50)

        thread = threading.Thread(target=poll)
        thread.start()
        time.sleep(0.5)
        kept = pc.connect()
        self.addCleanup(kept.close)
        self.assertEqual(pc.call("GET", "/config", link=kept).status, 200)
        self.api("POST", f"/agents/{pc.enrolled['agent_id']}/revoke")
        thread.join(20)
        self.assertError(got["answer"], 403, "agent_revoked")  # the open long poll
        self.assertError(pc.call("GET", "/config", link=kept), 403, "agent_revoked")  # the open connection
        pc.hang_up()
        self.assertError(pc.report(), 403, "agent_revoked")  # a new one
        self.assertError(pc.call("POST", "/renew", {"csr": pc.csr.read_text()}), 403, "agent_revoked")
        (pc.folder / "crl.der").write_bytes(pc.call("GET", "/crl").body)
        text = openssl("crl", "-inform", "DER", "-in", pc.folder / "crl.der", "-noout", "-text").decode()
        serial = openssl("x509", "-in", pc.certificate, "-noout", "-serial").decode().strip().partition("=")[2]
        self.assertIn(serial, text)
        self.assertEqual(self.api("GET", "/agents/" + pc.enrolled["agent_id"])["state"], "revoked")

    def test_a_revoked_token_enrols_nobody(self):
        made = self.api("POST", "/enrolment-tokens", {"uses": 5})
        self.assertEqual(made["state"], "active")
        self.assertTrue(all(made["token"] in (i["command"] + (i["file_content"] or "")) for i in made["install"]))
        self.connector.call("DELETE", "/enrolment-tokens/" + made["id"], None, self.connector.session)
        self.assertError(self.pc("shut-out", enrol=False).enroll(made["token"]), 403, "token_revoked")
        states = {t["id"]: t["state"] for t in self.api("GET", "/enrolment-tokens")["items"]}
        self.assertEqual(states[made["id"]], "revoked")

    def test_the_store_holds_no_secret(self):
        token = self.connector.token()
        secret = json.loads(__import__("base64").urlsafe_b64decode(token[5:] + "=="))["secret"].encode()
        for path in self.connector.data.iterdir():
            data = path.read_bytes()
            for word in (secret, PASSWORD.encode(), self.connector.password.encode(), b"PRIVATE KEY"):
                self.assertNotIn(word, data, path.name)


class Pages(ConnectorCase):
    """Lists: filters, sorting and cursors that neither repeat nor lose a row."""

    def test_printers_page_by_page(self):
        pc = self.pc("pages")
        for n in range(25):
            pc.report(pc.snapshot(f"k{n}", f"PAGE-{n:02}", impressions=n * 7 % 11))
        for sort in ("serial_number", "-serial_number", "impressions", "-impressions", "status", "last_seen", "-lowest_supply"):
            ids, cursor = [], ""
            while True:
                page = self.api("GET", f"/printers?q=page-&limit=7&sort={sort}" + (f"&cursor={cursor}" if cursor else ""))
                self.assertEqual(page["total"], 25)
                ids += [i["id"] for i in page["items"]]
                cursor = page["next_cursor"]
                if cursor is None:
                    break
            self.assertEqual((len(ids), len(set(ids))), (25, 25), sort)
        serials = [i["serial_number"] for i in self.api("GET", "/printers?q=page-&sort=-serial_number")["items"]]
        self.assertEqual(serials, sorted(serials, reverse=True))
        self.assertEqual(self.api("GET", "/printers?q=laserjet%20page-1&limit=3")["total"], 10)
        self.assertEqual(self.api("GET", "/printers?q=page-&status=error,attention")["total"], 0)
        self.assertEqual(self.api("GET", "/printers?q=page-&status=idle")["total"], 25)

    def test_alerts_and_actions_page_by_page(self):
        pc = self.pc("many")
        pc.report(pc.snapshot("k", "MANY-1"))
        printer = self.printer_of(pc.enrolled["agent_id"])["id"]
        pc.report(*[pc.record("alert.opened", {"code": f"code{n}", "severity": ("critical", "warning", "report")[n % 3],
                                               "group": "g", "description": f"alert {n}"}, "k") for n in range(10)])
        for _ in range(10):
            self.api("POST", f"/printers/{printer}/actions", {"type": "probe_now"})
        for path in (f"/printers/{printer}/alerts", "/alerts", "/actions"):
            ids, cursor = [], ""
            while cursor is not None:
                page = self.api("GET", f"{path}?limit=3" + (f"&cursor={cursor}" if cursor else ""))
                self.assertEqual(page["total"], 10)
                ids += [i["id"] for i in page["items"]]
                cursor = page["next_cursor"]
            self.assertEqual((len(ids), len(set(ids))), (10, 10), path)
        order = [a["severity"] for a in self.api("GET", "/alerts")["items"]]
        self.assertEqual(order, sorted(order, key=("critical", "warning", "report").index))
        self.assertEqual(self.api("GET", "/actions?state=open")["total"], 10)
        self.assertEqual(self.api("GET", "/overview")["attention_total"], 7)


if __name__ == "__main__":
    unittest.main()
