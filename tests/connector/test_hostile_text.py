# SPDX-License-Identifier: Apache-2.0
"""SQL, HTML, format words and control characters in every string of every call of openapi.yaml: refused with 400 or kept as they
are, never obeyed. tests/browser/hostile.test.mjs looks at what the console makes of them."""
import http.client
import json
import sqlite3
import ssl
import unittest
from urllib.parse import quote

from case import ConnectorCase
from contract import calls, fill

HOSTILE = ["'; DROP TABLE devices; --", "' OR '1'='1", "\"><img src=x onerror=window.owned=1>", "%s%n%x", "=cmd|'/c calc'!A0",
           "line\r\nSet-Cookie: a=b", "\u202egnp.exe", "\x00", "\U0001f5a8 \u00e9\u4e2d", "a" * 5000, "{{7*7}}", "../../etc/passwd"]
ENDS_THE_SESSION = {"POST /logout", "POST /me/password", "POST /login", "GET /events"}


class HostileText(ConnectorCase):
    link = None

    def tables(self):
        db = sqlite3.connect(self.connector.data / "platen.db", timeout=30)
        names = sorted(row[0] for row in db.execute("SELECT name FROM sqlite_master"))
        whole = db.execute("PRAGMA integrity_check").fetchone()[0]
        db.close()
        return names, whole

    def ask(self, method, path, body):
        """A call over one connection that stays open."""
        if not self.link:
            self.api("GET", "/me")  # signs in
            self.link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, timeout=60,
                                                    context=ssl._create_unverified_context())
            self.addCleanup(self.link.close)
        self.link.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None,
                          {"Authorization": "Bearer " + self.connector.session, "Content-Type": "application/json"})
        answer = self.link.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else None

    def test_every_string_of_every_call(self):
        pc = self.pc("target")
        pc.report(pc.snapshot("k", "TARGET-1"))
        printer = self.printer_of(pc.enrolled["agent_id"])
        before, found, made = self.tables(), [], 0
        for call in calls():
            if str(call) in ENDS_THE_SESSION:
                continue
            for text in HOSTILE:
                fitting = [k for k, schema in call.query.items() if schema.get("type") == "string" or "$ref" in schema]
                body = fill(call.body, lambda name, schema: text) if call.body else None
                words = [f"{k}={quote(text, errors='surrogatepass')}" for k in fitting]
                for query in [None, *words]:
                    hostile = quote(text, safe="", errors="surrogatepass")
                    path = call.path.replace("{id}", hostile if query else printer["id"]).replace("{part}", hostile)
                    if len(path) > 400 or (query and len(query) > 6000):
                        continue
                    status, answer = self.ask(call.method, path + (f"?{query}" if query else ""), body)
                    made += 1
                    if status >= 500 and status != 501:
                        found.append(f"{call} {text!r}: {status} {answer}")
                    if status >= 400 and not (answer and answer.get("error") and answer.get("message")):
                        found.append(f"{call} {text!r}: {status} without a sentence: {answer}")
        self.assertEqual(found, [], "\n".join(found[:20]))
        self.assertEqual(self.tables(), before)
        self.assertEqual(self.printer_of(pc.enrolled["agent_id"])["identity"]["serial_number"], "TARGET-1")
        self.assertGreater(made, 1000)
        print(f"{made} hostile calls")

    def test_what_is_kept_is_kept_as_it_was(self):
        for n, text in enumerate(HOSTILE):
            if len(text) > 60 or "\x00" in text or "\r" in text:
                continue
            made = self.api("POST", "/enrolment-tokens", {"note": text})
            notes = {item["id"]: item["note"] for item in self.api("GET", "/enrolment-tokens?limit=1000")["items"]}
            self.assertEqual(notes[made["id"]], text)
            pc = self.pc(f"kept-{n}")
            words = {"make": "HP", "model": text, "serial_number": None, "uuid": None, "firmware": text, "device_id": None,
                     "confidence": "weak", "sources": {}}
            self.assertEqual(pc.report(pc.snapshot(f"k{n}", None, identity=words)).status, 200)
            printer = self.printer_of(pc.enrolled["agent_id"])
            self.assertEqual(printer["identity"]["model"], text)
            self.assertEqual(printer["identity"]["firmware"], text)
            self.assertEqual(self.connector.call("GET", "/printers?q=" + quote(text), None, self.connector.session)[0], 200)

    def test_a_spreadsheet_runs_nothing(self):
        pc = self.pc("sheet")
        words = {"make": "HP", "model": "=cmd|'/c calc'!A0", "serial_number": "+1", "confidence": "strong", "sources": {}}
        pc.report(pc.snapshot("k", "X", identity=words))
        self.api("GET", "/me")
        link = http.client.HTTPSConnection("127.0.0.1", self.connector.admin_port, timeout=30,
                                           context=ssl._create_unverified_context())
        for kind in ("meters", "supplies", "alerts"):
            link.request("GET", f"/api/v1/exports/{kind}?format=csv", headers={"Authorization": "Bearer " + self.connector.session})
            text = link.getresponse().read().decode()
            for cell in (c for line in text.splitlines() for c in line.replace('"', "").split(",")):
                self.assertFalse(cell and cell[0] in "=+@\t\r", (kind, cell))
        link.close()
        self.assertIn("printers", json.dumps(self.api("GET", "/overview")))


if __name__ == "__main__":
    unittest.main()
