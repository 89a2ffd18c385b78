# SPDX-License-Identifier: Apache-2.0
"""A PC played by Python's standard library and openssl: enrols, reports, polls and acts as connector/WIRE.md says.

Nothing here is shared with the agent: what passes against this PC and fails against the agent is the agent's fault, and the
other way round.
"""
import base64
import datetime
import hashlib
import http.client
import json
import pathlib
import ssl
import subprocess
import time
import uuid


def openssl(*words, data=None):
    """Runs openssl; its output as bytes."""
    done = subprocess.run(["openssl", *map(str, words)], input=data, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {words[0]}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_token(token):
    """The three members of an enrolment token."""
    kind, _, text = token.partition(".")
    assert kind == "plt1", token
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class PC:
    def __init__(self, folder, port, name="pc", host="localhost"):
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, self.host, self.name = port, host, name
        self.key, self.csr = self.folder / "key.pem", self.folder / "request.pem"
        self.certificate, self.ca = self.folder / "certificate.pem", self.folder / "ca.pem"
        self.spool_id, self.boot_id = str(uuid.uuid4()), str(uuid.uuid4())
        self.born = time.monotonic()
        self.seq = 0
        self.enrolled = None
        self.link = None
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key)
        openssl("req", "-new", "-key", self.key, "-subj", "/CN=whatever", "-out", self.csr)

    # -- talking

    def context(self, certificate=True):
        """Verifies the server against the enrolled CA (before enrolment: against nothing)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.enrolled:
            context.load_verify_locations(self.ca)
        else:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if certificate and self.enrolled:
            context.load_cert_chain(self.certificate, self.key)
        return context

    def connect(self, certificate=True, timeout=90):
        return http.client.HTTPSConnection(self.host, self.port, timeout=timeout, context=self.context(certificate))

    def call(self, method, path, body=None, headers=None, link=None, certificate=True, raw=False):
        """One call on a connection that is kept, or on `link`."""
        own = link is None
        if own:
            if self.link is None:
                self.link = self.connect(certificate)
            link = self.link
        data = body if raw or body is None else json.dumps(body).encode()
        headers = dict(headers or {})
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            link.request(method, "/sda/v1" + path, data, headers)
            answer = link.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        except Exception:
            link.close()
            if own:
                self.link = None
            raise

    def hang_up(self):
        if self.link:
            self.link.close()
            self.link = None

    # -- the calls

    def host_info(self):
        return {"os": "linux", "os_version": "Debian GNU/Linux 12 (bookworm)", "architecture": "x86_64",
                "agent_version": "0.1.0", "hostname": self.name, "machine_id": None}

    def enroll(self, token):
        secret = read_token(token)["secret"]
        answer = self.call("POST", "/enroll", {"token": secret, "csr": self.csr.read_text(), "host": self.host_info()})
        if answer.status == 200:
            self.enrolled = answer.json
            self.certificate.write_text(self.enrolled["certificate"])
            self.ca.write_text("".join(self.enrolled["ca"]["certificates"]))
            self.hang_up()
        return answer

    def uptime_ms(self):
        return int((time.monotonic() - self.born) * 1000)

    def record(self, kind, body, printer_key=None, **changes):
        """The next record of the spool."""
        self.seq += 1
        record = {"seq": self.seq, "kind": kind, "boot_id": self.boot_id, "uptime_ms": self.uptime_ms(),
                  "taken_at": now(), "printer_key": printer_key, "body": body}
        record.update(changes)
        text = "\n".join([self.spool_id, *(str(record[m]) for m in ("seq", "kind", "boot_id", "uptime_ms", "taken_at")),
                          json.dumps(body)])
        record.setdefault("hash", hashlib.sha256(text.encode()).hexdigest()[:32])
        return record

    def report(self, *records, **changes):
        batch = {"spool_id": self.spool_id, "boot_id": self.boot_id, "audit": {"seq": 0, "head": "0" * 64},
                 "uptime_ms": self.uptime_ms(), "dropped": 0, "records": list(records)}
        batch.update(changes)
        return self.call("POST", "/reports", batch)

    def hello(self, **changes):
        body = {**self.host_info(), "actions": ["probe_now", "identify"], "forbidden": [], "started_at": now(), **changes}
        return self.record("agent.hello", body)

    def snapshot(self, key="usb-1", serial="SN-1", impressions=100, **sections):
        """A full snapshot of a made-up laser printer."""
        body = {
            "full": True,
            "usb": {"vendor_id": "03f0", "product_id": "2b17", "bus": 1, "address": 4, "port_path": "1-2", "serial": serial},
            "identity": {"make": "HP", "model": "LaserJet Test", "serial_number": serial, "uuid": None, "firmware": "1",
                         "device_id": "MFG:HP;MDL:LaserJet Test;", "confidence": "strong" if serial else "weak",
                         "sources": {"serial_number": "ledm"}},
            "state": {"printer_state": "idle", "asleep": False, "reasons": []},
            "supplies": [{"index": 1, "class": "consumed", "type": "toner", "colorant": "black", "description": "Black",
                          "unit": "percent", "max_capacity": 100, "level": 61, "level_code": None, "level_percent": 61,
                          "part_number": "CF230A", "serial_number": None, "state": "ok"}],
            "counters": {"impressions": impressions, "sheets": None, "sources": {"impressions": "ledm"}},
            "media": [], "alerts": [],
            "access": {"owner": "none", "tier": 1, "interfaces": ["7/1/2"], "busy": False}, "errors": [],
        }
        body.update(sections)
        return self.record("printer.snapshot", body, key)

    def work(self, wait=0, **query):
        words = "&".join(f"{k}={v}" for k, v in {"wait": wait, **query}.items())
        return self.call("GET", f"/work?{words}")

    def verify(self, action):
        """The payload of an action whose signature openssl finds right; AssertionError otherwise."""
        payload, signature = base64.b64decode(action["payload"]), base64.b64decode(action["signature"])
        spki = base64.b64decode(self.enrolled["command_key"]["spki"])
        assert hashlib.sha256(spki).hexdigest()[:16] == self.enrolled["command_key"]["id"] == action["key_id"]
        (self.folder / "spki.der").write_bytes(spki)
        (self.folder / "signature").write_bytes(signature)
        out = openssl("dgst", "-sha256", "-keyform", "DER", "-verify", self.folder / "spki.der",
                      "-signature", self.folder / "signature", data=payload)
        assert out.startswith(b"Verified OK"), out
        return json.loads(payload)
