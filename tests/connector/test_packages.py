# SPDX-License-Identifier: Apache-2.0
"""Firmware packages: made and signed off line (openssl agrees), added, handed to the one PC that has an action for it, in
pieces where a download was cut; refused everything else."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import unittest

from case import ConnectorCase
from pc import openssl


class Packages(ConnectorCase):
    def tool(self, *words, code=0, env=None):
        done = subprocess.run([self.connector.program, "package", *map(str, words)], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def made(self, name, content, version="20250901", model="LaserJet Test"):
        """A signed package file; its path and its hash."""
        folder = pathlib.Path(self.folder) / "packages-made"
        folder.mkdir(exist_ok=True)
        if not (folder / "keys").exists():
            (folder / "keys").mkdir()
            self.tool("keygen", folder / "keys" / "site")
        path = folder / name
        path.write_bytes(content)
        self.tool("sign", path, "--signing-key", folder / "keys" / "site.key", "--title", f"Test {name}", "--version", version,
                  "--model", model, "Another model")
        return path, hashlib.sha256(content).hexdigest()

    def add(self, path, code=0):
        keys = path.parent / "keys"
        return self.tool("add", path, "--data", self.connector.data, "--package-keys", keys, code=code)

    def firmware(self, pc, sha256, key="usb-f", serial="FRM-1", **parameters):
        """An action for this PC's printer as the PC gets it, verified."""
        pc.report(pc.hello(actions=["firmware"]), pc.snapshot(key, serial))
        printer = self.printer_of(pc.enrolled["agent_id"])
        action = self.api("POST", f"/printers/{printer['id']}/actions",
                          {"type": "firmware", "parameters": {"package": sha256, **parameters}})
        payload = next(p for p in map(pc.verify, pc.work().json["actions"]) if p["id"] == action["id"])
        return action, payload["parameters"]

    def test_signed_off_line_and_openssl_agrees(self):
        path, sha256 = self.made("agree.bin", b"firmware of openssl")
        envelope = json.loads(path.with_name("agree.bin.manifest").read_text())
        manifest = base64.b64decode(envelope["manifest"])
        self.assertEqual(json.loads(manifest), {
            "format": "platen.package/1", "name": "Test agree.bin", "models": ["LaserJet Test", "Another model"],
            "version": "20250901", "size": 19, "sha256": sha256})
        (path.parent / "signature").write_bytes(base64.b64decode(envelope["signature"]))
        out = openssl("dgst", "-sha256", "-verify", path.parent / "keys" / "site.pem", "-signature", path.parent / "signature",
                      data=manifest)
        self.assertTrue(out.startswith(b"Verified OK"), out)
        self.assertEqual(os.stat(path.parent / "keys" / "site.key").st_mode & 0o777, 0o600)
        self.assertIn("is there already", self.tool("keygen", path.parent / "keys" / "site", code=6))

    def test_what_cannot_be_signed_or_added(self):
        path, _ = self.made("bad.bin", b"good bytes")
        key = path.parent / "keys" / "site.key"
        empty = path.with_name("empty.bin")
        empty.write_bytes(b"")
        words = ("--title", "T", "--version", "1", "--model", "M")
        self.assertIn("empty", self.tool("sign", empty, "--signing-key", key, *words, code=2))
        self.assertIn("--model", self.tool("sign", path, "--signing-key", key, "--title", "T", "--version", "1", code=2))
        rsa = path.with_name("rsa.key")
        openssl("genpkey", "-algorithm", "RSA", "-out", rsa)
        os.chmod(rsa, 0o600)
        self.assertIn("ECDSA P-256", self.tool("sign", path, "--signing-key", rsa, *words, code=2))
        os.chmod(rsa, 0o644)
        self.assertIn("others may read", self.tool("sign", path, "--signing-key", rsa, *words, code=4))
        path.write_bytes(b"other bytes")
        self.assertIn("not the file that was signed", self.add(path, code=2))
        self.assertIn("is there already", (self.made("twice.bin", b"twice"), self.add(path.with_name("twice.bin")),
                                           self.add(path.with_name("twice.bin"), code=6))[2])
        path.with_name("bad.bin.manifest").write_text("{}")
        self.assertIn("no manifest", self.add(path, code=1))

    def test_an_unknown_key_is_a_warning_here(self):
        path, sha256 = self.made("strange.bin", b"strange")
        stranger = path.with_name("stranger")
        self.tool("keygen", stranger)
        done = subprocess.run([self.connector.program, "package", "sign", path, "--signing-key", f"{stranger}.key", "--title", "T",
                               "--version", "1", "--model", "M"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = subprocess.run([self.connector.program, "package", "add", path, "--data", self.connector.data, "--package-keys",
                               path.parent / "keys"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("PCs will refuse this package", done.stderr)
        self.assertIn(sha256, self.tool("list", "--data", self.connector.data))
        self.tool("remove", sha256, "--data", self.connector.data)
        self.assertNotIn(sha256, self.tool("list", "--data", self.connector.data))
        self.assertIn("no package", self.tool("remove", sha256, "--data", self.connector.data, code=3))

    def test_only_a_pc_with_an_open_action_gets_it_whole_or_in_pieces(self):
        content = os.urandom(300_000)
        path, sha256 = self.made("pieces.bin", content)
        self.add(path)
        pc, other = self.pc("fetcher"), self.pc("other")
        self.assertError(pc.call("GET", "/packages/" + sha256), 404, "unknown_package")
        action, parameters = self.firmware(pc, sha256)
        envelope = json.loads(path.with_name("pieces.bin.manifest").read_text())
        self.assertEqual(parameters, {"package": sha256, "force": False, **envelope})
        self.assertEqual(self.api("GET", "/actions/" + action["id"])["parameters"], {"package": sha256})

        whole = pc.call("GET", "/packages/" + sha256)
        self.assertEqual((whole.status, whole.body), (200, content))
        self.assertEqual(whole.headers["ETag"], f'"{sha256}"')
        self.assertEqual(whole.headers["Accept-Ranges"], "bytes")

        def part(words, tag=sha256):
            return pc.call("GET", "/packages/" + sha256, headers={"Range": words, "If-Range": f'"{tag}"'})
        rest = part("bytes=123456-")
        self.assertEqual((rest.status, rest.body), (206, content[123456:]))
        self.assertEqual(rest.headers["Content-Range"], f"bytes 123456-{len(content) - 1}/{len(content)}")
        self.assertEqual(part("bytes=7-7").body, content[7:8])
        self.assertEqual(part("bytes=299000-999999").body, content[299000:])
        self.assertEqual((part("bytes=5-", "0" * 64).status, part("bytes=5-", "0" * 64).body), (200, content))
        for words in ("bytes=-5", "bytes=9-3", "bytes=1-2,5-6", "items=1-2", "bytes=", "bytes=x-"):
            self.assertEqual(part(words).status, 200, words)
        for words in (f"bytes={len(content)}-", "bytes=99999999999999999999-"):
            self.assertEqual(part(words).status, 416, words)

        self.assertError(other.call("GET", "/packages/" + sha256), 404, "unknown_package")
        bare = self.pc("bare", enrol=False)
        self.assertError(bare.call("GET", "/packages/" + sha256), 403, "certificate_required")
        self.assertIn("still needed", self.tool("remove", sha256, "--data", self.connector.data, code=5))
        pc.call("POST", f"/actions/{action['id']}", {"state": "done"})
        self.assertError(pc.call("GET", "/packages/" + sha256), 404, "unknown_package")
        self.tool("remove", sha256, "--data", self.connector.data)

    def test_orders_that_make_no_sense(self):
        pc = self.pc("sense")
        pc.report(pc.hello(actions=["firmware"]), pc.snapshot("usb-s", "SNS-1"))
        printer = self.printer_of(pc.enrolled["agent_id"])

        def order(parameters):
            status, body = self.connector.call("POST", f"/printers/{printer['id']}/actions",
                                               {"type": "firmware", "parameters": parameters}, self.connector.session)
            return status, body["error"]
        self.assertEqual(order({}), (400, "invalid_field"))
        self.assertEqual(order({"package": "x"}), (400, "invalid_field"))
        self.assertEqual(order({"package": "0" * 64, "force": "yes"}), (400, "invalid_field"))
        self.assertEqual(order({"package": "0" * 64, "manifest": "e30="}), (400, "invalid_field"))
        self.assertEqual(order({"package": "0" * 64}), (409, "unknown_package"))

    def test_no_cancel_while_it_is_written(self):
        path, sha256 = self.made("cancel.bin", b"cancel")
        self.add(path)
        pc = self.pc("writer")
        action, _ = self.firmware(pc, sha256, "usb-w", "WRT-1")
        pc.call("POST", f"/actions/{action['id']}", {"state": "running", "percent": 10})
        status, body = self.connector.call("POST", f"/actions/{action['id']}/cancel", None, self.connector.session)
        self.assertEqual((status, body["error"]), (409, "too_late"))
        self.assertIn("being written", body["message"])


if __name__ == "__main__":
    unittest.main()
