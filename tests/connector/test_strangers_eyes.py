# SPDX-License-Identifier: Apache-2.0
"""Every call of openapi.yaml, made by administrators of one customer for what belongs to another: not a byte of it appears, and
nothing of it changes. Canary words stand in every field of the other customer that a PC or a person can write."""
import http.client
import json
import ssl
import threading
import unittest
from urllib.parse import urlencode

from case import ConnectorCase
from contract import calls, fill

CANARY = "CaNaRy"
PASSWORD = "a long enough password"
# What these calls do is not about customers, or would end the session that asks.
LEFT_OUT = {"POST /login", "POST /logout", "GET /events"}


class Strangers(ConnectorCase):
    def make_owner(self):
        """Customer A, with a canary in everything; returns all ids that belong to it, by kind."""
        a = self.api("POST", "/customers", {"name": CANARY + " customer"})
        site = self.api("POST", f"/customers/{a['id']}/sites", {"name": CANARY + " site"})
        token = self.api("POST", "/enrolment-tokens", {"site_id": site["id"], "note": CANARY + " note"})
        pc = self.pc(CANARY + "-pc", enrol=False)
        self.assertEqual(pc.enroll(token["token"]).status, 200)
        left = self.api("POST", "/enrolment-tokens", {"site_id": site["id"], "note": CANARY + " unused"})
        words = dict.fromkeys(("agent_version", "os_version", "architecture", "hostname"), CANARY + "-host")
        self.assertEqual(pc.report(pc.hello(**words)).status, 200)
        full = pc.snapshot("k", CANARY + "-serial")
        body = full["body"]
        for member in ("make", "model", "firmware", "uuid", "device_id"):
            body["identity"][member] = f"{CANARY} {member}"
        for member in ("description", "part_number", "serial_number", "type", "colorant"):
            body["supplies"][0][member] = f"{CANARY} {member}"
        body["media"] = [{"index": 1, "level": 3, "level_code": None, "capacity": 250, "size": CANARY + " size"}]
        pc.seq -= 1
        snapshot = pc.record("printer.snapshot", body, "k")
        alert = {"code": CANARY, "severity": "critical", "group": CANARY, "description": CANARY + " alert"}
        closed = {**alert, "code": CANARY + "2"}
        usb = {"usb": {"port_path": CANARY, "vendor_id": "03f0", "product_id": "2b17", "serial": CANARY}}
        records = [snapshot, pc.record("alert.opened", alert, "k"), pc.record("alert.opened", closed, "k"),
                   pc.record("alert.closed", closed, "k"), pc.record("printer.attached", usb, "k"),
                   pc.record("counter.reset", {"counter": CANARY, "source": CANARY, "before": 9, "after": 1}, "k"),
                   pc.record("agent.health", {"errors": [{"source": CANARY, "error": CANARY, "count": 1}]})]
        self.assertEqual(pc.report(*records).status, 200)
        printer = self.printer_of(pc.enrolled["agent_id"])
        self.api("PATCH", "/printers/" + printer["id"], {"asset_number": CANARY, "location": CANARY, "tags": [CANARY]})
        action = self.api("POST", f"/printers/{printer['id']}/actions", {"type": "identify"})
        done = self.api("POST", f"/printers/{printer['id']}/actions", {"type": "probe_now"})
        pc.report(pc.record("action.result", {"action_id": done["id"], "type": "probe_now", "state": "failed",
                                              "reason": CANARY + " reason", "result": {"x": CANARY}}))
        grant = [{"role": "admin", "customer_id": a["id"], "site_id": None}]
        user = self.api("POST", "/users", {"name": CANARY + "-user", "password": PASSWORD, "grants": grant})
        program = self.api("POST", "/api-tokens", {"name": CANARY + " program", "scopes": ["read", "administer"],
                                                   "grants": grant, "expires_in_s": 3600})
        self.pc_of_a = pc
        return {"printers": printer["id"], "agents": pc.enrolled["agent_id"], "actions": action["id"], "others": done["id"],
                "enrolment-tokens": left["id"], "customers": a["id"], "sites": site["id"], "users": user["id"],
                "api-tokens": program["id"], "enrolments": "11111111-2222-4333-8444-555555555555"}

    def ask(self, token, method, path, query=None, body=None):
        """(status, everything that came back as text)"""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, timeout=60, context=context)
        where = path + ("?" + urlencode(query) if query else "")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = "Bearer " + token
        link.request(method, where, json.dumps(body) if body is not None else None, headers)
        answer = link.getresponse()
        seen = str(answer.headers) + answer.read().decode(errors="replace")
        link.close()
        return answer.status, seen

    def variants(self, call, ids):
        """The ways to make a call about A: its ids in the path, in each parameter, and in each member of the body."""
        kind = call.path.split("/")[1]
        path = call.path.replace("{id}", ids.get(kind, ids["others"])).replace("{part}", "manifest.json")
        free = {"customer": ids["customers"], "site": ids["sites"], "agent": ids["agents"], "printer": ids["printers"],
                "q": CANARY, "customer_id": ids["customers"], "site_id": ids["sites"]}

        def text(name, schema):
            if name in ("password", "old_password", "new_password"):
                return PASSWORD
            return free.get(name, "2030-01-01T00:00:00Z" if "date-time" in str(schema) else "stranger")

        def value(name, schema):
            return schema.get("default", schema["enum"][0]) if "enum" in schema else text(name, schema)

        bodies = [None] if call.body is None else [fill(call.body, text), {}]
        if call.body and "site_id" in call.body.get("properties", {}):
            bodies.append({"site_id": ids["sites"]})
        yield path, {}, bodies[0]
        for body in bodies[1:]:
            yield path, {}, body
        for name, schema in call.query.items():
            if name in ("cursor", "limit", "from", "to", "at"):
                continue
            for given in (schema["enum"] if "enum" in schema else [value(name, schema)]):
                yield path, {name: given}, bodies[0]

    def listen(self, token, into):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, timeout=120, context=context)
        link.request("GET", "/api/v1/events", headers={"Authorization": "Bearer " + token})
        answer = link.getresponse()
        into.append(answer.readline().decode())

        def read():
            for line in answer:
                into.append(line.decode())

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        self.addCleanup(link.close)
        return thread

    def all_of(self, ids):
        """What an administrator of everything sees of A: it must not change. The clock's share is left out."""
        seen = {}
        for kind in ("printers", "agents", "actions"):
            doc = self.api("GET", f"/{kind}/{ids[kind]}")
            for member in ("last_seen_at", "seen_at", "status", "capabilities", "agent"):
                doc.pop(member, None)
            seen[kind] = doc
        for kind in ("customers", "users", "api-tokens", "enrolment-tokens"):
            for item in self.api("GET", "/" + kind)["items"]:
                if item["id"] == ids[kind]:
                    item.pop("last_used_at", None)
                    seen[kind] = item
        self.assertEqual(len(seen), 7, "all of A is still there")
        return seen

    def seen_by_the_owner(self, ids):
        """In how many answers of GET calls an administrator of everything finds a canary: the test above is not blind."""
        shown = 0
        for call in calls():
            if call.method == "GET" and str(call) not in LEFT_OUT:
                path = call.path.replace("{id}", ids.get(call.path.split("/")[1], "")).replace("{part}", "manifest.json")
                shown += CANARY in self.ask(self.connector.session, "GET", "/api/v1" + path)[1]
        return shown

    def test_not_one_byte(self):
        ids = self.make_owner()
        b = self.api("POST", "/customers", {"name": "B"})
        whole = [{"role": "admin", "customer_id": b["id"], "site_id": None}]
        narrow = [{"role": "admin", "customer_id": b["id"], "site_id": b["sites"][0]["id"]}] if b.get("sites") else whole
        for name, grants in (("of-b", whole), ("of-a-site-of-b", narrow)):
            self.api("POST", "/users", {"name": name, "password": PASSWORD, "grants": grants})
        program = self.api("POST", "/api-tokens", {"name": "of b", "scopes": ["read", "act", "enrol", "administer"],
                                                   "grants": whole, "expires_in_s": 3600})
        before, forbidden, made, heard = self.all_of(ids), [CANARY, *ids.values()], 0, []
        forbidden.remove(ids["enrolments"])
        listeners = [self.listen(program["token"], heard)]

        def sign_in(name):
            status, seen = self.ask(None, "POST", "/api/v1/login", body={"name": name, "password": PASSWORD})
            self.assertEqual(status, 200, seen)
            return json.loads(seen[seen.index("{"):])["token"]

        found = []
        for who in ("of-b", "of-a-site-of-b", None):
            token = sign_in(who) if who else program["token"]
            for call in calls():
                if str(call) in LEFT_OUT:
                    continue
                if str(call) == "DELETE /me/totp":
                    continue  # takes off what this user does not have
                for path, query, body in self.variants(call, ids):
                    status, seen = self.ask(token, call.method, "/api/v1" + path, query, body)
                    made += 1
                    if status == 401 and who:
                        token = sign_in(who)
                    if status >= 500 and status != 501:
                        found.append(f"{call} {query} {body}: {status} {seen[-300:]}")
                    shown = [word for word in forbidden if word in seen]
                    if shown:
                        found.append(f"{call} {query} {body} as {who}: {status} shows {shown}: {seen[-600:]}")
                    about_a = "{id}" in call.path and call.path.split("/")[1] in ids
                    if about_a and status < 300:
                        found.append(f"{call} {query} as {who}: {status}, though it is A's")
        for path in ("/healthz", "/readyz", "/metrics", "/"):
            for token in (None, program["token"]):
                _, seen = self.ask(token, "GET", path)
                found += [f"{path} shows {w}" for w in forbidden if w in seen]
        self.assertEqual(self.all_of(ids), before, "nothing of A has changed")
        pc = self.pc_of_a
        pc.report(pc.record("printer.snapshot", {"full": False, "state": {"printer_state": "processing"}}, "k"))
        self.api("POST", f"/printers/{ids['printers']}/actions", {"type": "probe_now"})
        self.assertEqual(self.ask(program["token"], "GET", "/api/v1/me")[0], 200)
        self.api("DELETE", "/api-tokens/" + program["id"])
        listeners[0].join(30)
        found += [f"the events show {w}: {line}" for line in heard for w in forbidden if w in line]
        self.assertTrue(heard and "hello" in heard[0])
        self.assertEqual(found, [], "\n".join(found))
        self.assertGreaterEqual(self.seen_by_the_owner(ids), 18, "who may see A sees the canaries in nearly every answer")
        print(f"{made} calls by a stranger")


if __name__ == "__main__":
    unittest.main()
