# SPDX-License-Identifier: Apache-2.0
"""Remote pages between a browser and an agent that are both played here: what is relayed, and what neither a broken agent nor
a hostile browser gets through."""
import base64
import http.client
import json
import re
import ssl
import threading
import unittest

from case import ConnectorCase

HEADERS = [["Content-Type", "text/html"], ["Set-Cookie", "sid=7; Path=/"], ["Access-Control-Allow-Origin", "*"],
           ["Service-Worker-Allowed", "/"], ["Content-Security-Policy", "default-src *"]]


def coded(headers):
    return base64.b64encode(json.dumps(headers).encode()).decode()


class Pages(ConnectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connector.stop()
        cls.connector.serve_options = ["--ews-port", "0"]
        cls.connector.start()

    def setUp(self):
        self.one = self.pc("pc-" + self._testMethodName)
        serial = "SN-" + self._testMethodName[-8:]
        self.assertEqual(self.one.report(self.one.hello(actions=["ews"]), self.one.snapshot(serial=serial)).status, 200)
        self.printer = self.printer_of(self.one.enrolled["agent_id"])
        self.api("PUT", f"/sites/{self.printer['site']['id']}/ews", {"enabled": True, "users": ["admin"]})
        self.session = self.api("POST", f"/printers/{self.printer['id']}/ews-sessions", {"password": self.connector.password})
        self.addCleanup(lambda: self.api("POST", f"/ews-sessions/{self.session['id']}/end", {}))
        action, = self.one.work().json["actions"]
        payload = self.one.verify(action)
        self.assertEqual((payload["id"], payload["type"], payload["parameters"]["user"]), (self.session["id"], "ews", "admin"))
        self.one.call("POST", f"/actions/{payload['id']}", {"state": "delivered"})
        self.assertEqual(self.one.call("GET", self.path("next?wait=0")).status, 204)
        self.cookie = self.enter()

    def path(self, rest):
        return f"/ews/{self.session['id']}/{rest}"

    def browse(self, method, target, body=None, site="same-origin", cookie=True, **headers):
        link = http.client.HTTPSConnection("127.0.0.1", self.session["port"], timeout=30, context=ssl._create_unverified_context())
        if site:
            headers["Sec-Fetch-Site"] = site
        if cookie and getattr(self, "cookie", None):
            headers["Cookie"] = self.cookie
        link.request(method, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = link.getresponse()
        self.addCleanup(link.close)
        return answer

    def enter(self):
        ticket = self.api("POST", f"/ews-sessions/{self.session['id']}/ticket", {})
        first = self.browse("POST", ticket["path"], f"ticket={ticket['ticket']}", site="same-site")
        self.assertEqual((first.status, first.getheader("Clear-Site-Data")), (200, '"*"'))
        again = self.browse("POST", ticket["path"], f"ticket={ticket['ticket']}", site="same-site")
        self.assertEqual(again.status, 403, "a ticket counts once")
        second = re.search(r'value="([A-Za-z0-9_-]+)"', first.read().decode())[1]
        begun = self.browse("POST", "/.platen/begin", f"ticket={second}")
        self.assertEqual((begun.status, begun.getheader("Location")), (303, "/"))
        cookie = begun.getheader("Set-Cookie")
        self.assertRegex(cookie, rf"^__Host-platen-page-{self.session['port']}=.*; Path=/; Secure; HttpOnly; SameSite=Strict$")
        return cookie.split(";")[0]

    def relayed(self, method, target, answer, body=None, **headers):
        """Sends a browser's request; the agent gets it and `answer` answers it. Gives both."""
        box = {}

        def ask():
            box["answer"] = self.browse(method, target, body, **headers)
            try:
                box["body"] = box["answer"].read()
            except (http.client.HTTPException, OSError) as error:
                box["cut"] = error

        thread = threading.Thread(target=ask)
        thread.start()
        request = self.one.call("GET", self.path("next?wait=20")).json
        answer(request)
        thread.join(60)
        return request, box

    def answer(self, request, body=b"", status=200, headers=HEADERS):
        return self.one.call("POST", self.path(request["request"]), body, raw=True, headers={
            "Content-Type": "application/octet-stream", "X-Platen-Status": str(status), "X-Platen-Headers": coded(headers)})

    def test_what_comes_through(self):
        page = b'<a href="http://localhost/next">' + b"x" * 300000
        request, box = self.relayed("GET", "/a%20b?c=%2e", lambda r: self.answer(r, page), Accept="text/html", X_Token="1",
                                    X_Forwarded_For="1.2.3.4")
        self.assertEqual((request["method"], request["path"], request["body"]), ("GET", "/a%20b?c=%2e", False))
        names = dict((name.lower(), value) for name, value in request["headers"])
        self.assertEqual(names, {"accept": "text/html", "x-token": "1"}, "neither our cookie nor anything else")
        self.assertEqual(box["body"], page.replace(b"http://localhost", b""))
        told = box["answer"].headers
        for header in ("Set-Cookie", "Access-Control-Allow-Origin", "Service-Worker-Allowed"):
            self.assertIsNone(told[header], header)
        self.assertIn("frame-ancestors 'self'", told["Content-Security-Policy"])
        self.assertEqual((told["Cross-Origin-Opener-Policy"], told["Referrer-Policy"], told["Cache-Control"]),
                         ("same-origin", "no-referrer", "no-store"))

        form = b"y" * 200000

        def with_body(r):
            self.assertEqual((r["body"], r["body_size"]), (True, len(form)))
            self.assertEqual(self.one.call("GET", self.path(f"{r['request']}/body")).body, form)
            self.answer(r, b"", 303, [["Location", "https://127.0.0.1:443/done"]])

        request, box = self.relayed("POST", "/form", with_body, form)
        self.assertIn(["Cookie", "sid=7"], request["headers"])
        self.assertEqual((box["answer"].status, box["answer"].getheader("Location")), (303, "/done"))
        _, box = self.relayed("GET", "/away", lambda r: self.answer(r, b"", 302, [["Location", "//elsewhere.invalid/"]]))
        self.assertEqual((box["answer"].status, box["answer"].getheader("Location")), (502, None))

    def test_what_a_browser_may_not(self):
        for target in ("/ipp/print", "/%69pp", "/eSCL/ScannerStatus", "/x/%2e%2e/Scan/Jobs", "/.platen/enter", "/.platen/x"):
            self.assertEqual(self.browse("GET", target).status, 403, target)
        for headers in ({"site": None}, {"site": "same-site"}, {"site": "cross-site"}, {"cookie": False},
                        {"Service_Worker": "script"}, {"Sec_Fetch_Dest": "worker"}):
            self.assertEqual(self.browse("GET", "/", **headers).status, 403, headers)
        self.assertEqual(self.browse("POST", "/FirmwareUpdate", b"x").status, 403)
        self.assertEqual(self.browse("POST", "/", b"x", Content_Type="application/ipp").status, 403)
        self.assertEqual(self.browse("GET", "/" + "a" * 3000).status, 414)
        self.assertEqual(self.one.call("GET", self.path("next?wait=0")).status, 204, "nothing of it reached the agent")

    def test_what_an_agent_may_not(self):
        other = self.pc("other-" + self._testMethodName)
        for path in (self.path("next"), "/ews/no-such-session/next"):
            self.assertError(other.call("GET", path), 410, "session_ended")
        self.assertError(self.one.call("GET", self.path("next?wait=61")), 400, "bad_request")
        self.assertError(self.one.call("GET", self.path("next?wait=x")), 400, "bad_request")
        self.assertError(self.one.call("GET", self.path("99/body")), 404, "not_found")
        for status, headers in (("", coded([])), ("100", coded([])), ("600", coded([])), ("200", "!"), ("200", coded({}))):
            answer = self.one.call("POST", self.path("1"), b"", raw=True, headers={"X-Platen-Status": status, "X-Platen-Headers": headers})
            self.assertError(answer, 400, "bad_request")
        self.assertEqual(self.answer({"request": 99}, b"for nobody").status, 204, "read away")

    def test_an_answer_that_breaks_off_is_no_whole_one(self):
        def cut(request):
            link = self.one.connect()
            link.putrequest("POST", "/sda/v1" + self.path(request["request"]))
            link.putheader("Transfer-Encoding", "chunked")
            link.putheader("X-Platen-Status", "200")
            link.putheader("X-Platen-Headers", coded(HEADERS))
            link.endheaders()
            link.send(b"5\r\nhello\r\n")
            link.close()

        _, box = self.relayed("GET", "/", cut)
        self.assertIn("cut", box)

    def test_an_answer_without_end_is_cut(self):
        def flood(request):
            link = self.one.connect()
            link.putrequest("POST", "/sda/v1" + self.path(request["request"]))
            link.putheader("Transfer-Encoding", "chunked")
            link.putheader("X-Platen-Status", "200")
            link.putheader("X-Platen-Headers", coded([]))
            link.endheaders()
            piece = b"100000\r\n" + b"z" * 0x100000 + b"\r\n"
            with self.assertRaises(OSError):
                for _ in range(80):
                    link.send(piece)
            link.close()

        _, box = self.relayed("GET", "/", flood)
        self.assertIn("cut", box)

    def test_the_end(self):
        self.api("POST", f"/ews-sessions/{self.session['id']}/end", {})
        self.assertError(self.one.call("GET", self.path("next?wait=20")), 410, "session_ended")
        gone = self.browse("GET", "/")
        self.assertEqual((gone.status, gone.getheader("Clear-Site-Data")), (410, '"*"'))
        self.assertEqual(self.api("GET", f"/ews-sessions/{self.session['id']}")["reason"], "Ended by admin")
        lines = json.dumps(self.api("GET", "/audit?q=remote%20page&limit=1000"))
        self.assertIn("remote page GET /", lines)


if __name__ == "__main__":
    unittest.main()
