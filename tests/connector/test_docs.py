# SPDX-License-Identifier: Apache-2.0
"""The client of docs/api.md, run as it stands there."""
import re
import unittest
import urllib.error

from case import ROOT, ConnectorCase


class Docs(ConnectorCase):
    def test_the_client_of_the_page(self):
        page = (ROOT / "docs" / "api.md").read_text()
        module = {}
        exec(compile(re.search(r"```python\n(.*?)```", page, re.S)[1], "docs/api.md", "exec"), module)
        customer = self.api("POST", "/customers", {"name": "Billed"})
        site = self.api("POST", f"/customers/{customer['id']}/sites", {"name": "Office"})
        pc = self.pc("billed", enrol=False)
        self.assertEqual(pc.enroll(self.api("POST", "/enrolment-tokens", {"site_id": site["id"]})["token"]).status, 200)
        pc.report(*[pc.snapshot(f"k{n}", f"BILL-{n}", 1000 + n) for n in range(7)])
        other = self.pc("not billed")
        other.report(other.snapshot("k", "OTHER-1", 5))
        token = self.api("POST", "/api-tokens", {"name": "billing", "scopes": ["read"], "expires_in_s": 600, "grants": [
            {"role": "viewer", "customer_id": customer["id"], "site_id": None}]})["token"]
        server, ca = f"https://localhost:{self.connector.admin_port}", str(pc.ca)
        for limit in (2, 500):  # in several pages, and in one
            rows = list(module["meters"](server, token, ca, customer=customer["id"], limit=limit))
            self.assertEqual({r["serial_number"]: r["impressions"] for r in rows}, {f"BILL-{n}": 1000 + n for n in range(7)})
            self.assertTrue(all(r["sheets"] is None for r in rows))
        self.assertEqual(len(list(module["meters"](server, token, ca))), 7)  # its own customer's, whatever it asks for
        with self.assertRaises(urllib.error.HTTPError):
            list(module["meters"](server, "plb1.wrong", ca))


if __name__ == "__main__":
    unittest.main()
