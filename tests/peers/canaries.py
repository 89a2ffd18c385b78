#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No document, user or place name leaves the PC, and what leaves is visible.

The printers' texts that must stay are full of words with CANARY in them. An agent reads the printers, reports, prints, alerts,
acts and sends bundles; meanwhile tshark captures loopback and decrypts it afterwards with the keys that the server's GnuTLS
writes (SSLKEYLOGFILE): a decoder that is not ours. Then:
  * the printers did tell the canaries (else their absence would prove nothing),
  * no CANARY in the decrypted traffic, the connector's database and data folder, or the logs of both programs,
  * the bodies that `platen sent --raw` shows are exactly those in the decrypted traffic, the enrolment token masked.
"""
import argparse
import base64
import gzip
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

CANARY = b"CANARY"
NAMES = ("hp-mfp", "brother-laser", "inkjet-idonly")


class Capture:
    """tshark on one loopback port."""

    def __init__(self, port, folder):
        self.pcap = folder / "wire.pcapng"
        self.log = open(folder / "tshark.log", "wb")
        self.process = subprocess.Popen(["tshark", "-q", "-i", "lo", "-f", f"tcp port {port}", "-w", str(self.pcap)],
                                        stdout=self.log, stderr=self.log)
        lab.wait_for("tshark's start", lambda: b"Capture started" in (folder / "tshark.log").read_bytes()
                     or self.pcap.exists(), 20)
        time.sleep(1)  # it opens the file a moment before packets arrive in it

    def stop(self):
        time.sleep(1)
        lab.stop(self.process)

    def requests(self, port, keys):
        """The decrypted bytes that clients sent, one blob per TLS connection, and all that the server answered."""
        tls = ["-o", f"tls.keylog_file:{keys}", "-d", f"tcp.port=={port},tls"]
        streams = subprocess.run(["tshark", "-r", str(self.pcap), *tls, "-Y", "tls.handshake.type==1", "-T", "fields", "-e",
                                  "tcp.stream"], capture_output=True, text=True, check=True).stdout.split()
        up, down = [], []
        for stream in sorted(set(streams), key=int):
            text = subprocess.run(["tshark", "-r", str(self.pcap), *tls, "-q", "-z", f"follow,tls,raw,{stream}"],
                                  capture_output=True, text=True, check=True).stdout
            lines = text.splitlines()
            sides = [b"".join(bytes.fromhex(s.strip()) for s in lines if re.fullmatch(side + "[0-9a-f]+", s))
                     for side in ("", "\t")]
            sides.sort(key=lambda blob: blob.startswith(b"HTTP/1.1 "))  # which side tshark indents varies
            up.append(sides[0])
            down.append(sides[1])
        return up, down


def bodies(blob):
    """(method, target, body) of each request in a connection's bytes; every request with a body tells its length."""
    while blob:
        head, mark, blob = blob.partition(b"\r\n\r\n")
        if not mark:
            raise AssertionError(f"half a request in the decrypted traffic: {head[:80]!r}")
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ", 2)
        length = re.search(rb"(?im)^content-length:\s*(\d+)", head)
        if re.search(rb"(?im)^transfer-encoding:", head):
            raise AssertionError("a chunked request; teach this test to read it")
        size = int(length[1]) if length else 0
        packed = re.search(rb"(?im)^content-encoding:\s*gzip\s*$", head)
        yield method, target, gzip.decompress(blob[:size]) if packed else blob[:size]
        blob = blob[size:]


def exercise(connector, desk):
    """Everything that makes an agent talk: printers, jobs, alerts, sleep, an action."""
    printers = lab.wait_for("three printers", lambda: (
        lambda items: items if len(items) == 3 and all(i["model"] for i in items) else None)(
            connector.api("GET", "/printers")["items"]), 60)
    desk.do("print", "hp-mfp", "3")
    desk.do("jam", "hp-mfp")
    desk.do("set", "brother-laser", "state-reason", "+cover-open")
    for item in printers:
        connector.api("POST", f"/printers/{item['id']}/actions", {"type": "probe_now"})
    hp = next(i for i in printers if "brother" not in (i["make"] or "").lower() and i["impressions"] is not None)
    connector.api("POST", f"/printers/{hp['id']}/actions", {"type": "identify"})
    lab.wait_for("the jam at the connector", lambda: any(
        a["code"] == "jam" or "jam" in a["code"].lower() for a in connector.api("GET", "/alerts?state=open")["items"]), 60)
    desk.do("clear", "hp-mfp")
    brought = [connector.api("POST", f"/printers/{i['id']}/actions", {"type": "diagnostics"}) for i in printers]
    pc = connector.api("GET", "/agents")["items"][0]
    brought.append(connector.api("POST", f"/agents/{pc['id']}/actions", {"type": "agent_log"}))
    lab.wait_for("the bundles", lambda: all(
        connector.api("GET", f"/actions/{a['id']}")["state"] == "done" for a in brought), 60)
    lab.wait_for("all actions' ends", lambda: all(
        a["ended_at"] for a in connector.api("GET", "/actions")["items"]), 60)
    desk.do("unplug", "inkjet-idonly")
    time.sleep(3)


def sent(desk):
    """What `platen sent --raw` shows: (method, target, body) of each message."""
    entries = [json.loads(line) for line in desk.platen("sent", "--raw", "--json").splitlines()]
    return [(e["method"], e["target"], e["body"].encode() if "body" in e else base64.b64decode(e["body_base64"])) for e in entries]


def unpacked(body):
    """A bundle's parts, one behind the other; any other body as it is."""
    if body[:2] != b"PK":
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as z:
        return b"\n".join(z.read(name) for name in z.namelist())


def complain_if_canary(what, data):
    at = data.find(CANARY)
    if at >= 0:
        return [f"{what}: ...{data[max(0, at - 60):at + 40]!r}..."]
    return []


def check(build, folder):
    faults = []
    keys = folder / "keys.log"
    connector = lab.Connector(build, folder, env={"SSLKEYLOGFILE": str(keys)})
    desk = lab.Desk(build, folder, {name: lab.PROFILES / name for name in NAMES})
    capture = None
    try:
        connector.start()
        capture = Capture(connector.sda_port, folder)
        token = connector.token()
        desk.configure(token=token)
        connector.stop()  # what waits meanwhile leaves in one large report
        desk.start()
        lab.wait_for("records that wait", lambda: json.loads(
            desk.platen("status", "--json", check=False) or '{"spool":{"records":0}}')["spool"]["records"] >= 6, 60)
        connector.start()
        exercise(connector, desk)
        told = b"".join(p.read_bytes() for p in (folder / "spool").rglob("*.in"))
        if CANARY not in told:
            faults.append("the printers told no canary: this test would prove nothing")
        # Asked before and after the capture's end: the first must all be on the wire, the wire all in the second.
        before = sent(desk)
        capture.stop()
        after = sent(desk)
        local = desk.platen("probe", "--json")
        if CANARY not in local:
            faults.append("the local probe shows no canary: people at the PC may see their own texts")
    finally:
        desk.stop()
        connector.stop()
        if capture:
            capture.stop()

    up, down = capture.requests(connector.sda_port, keys)
    if not any(b"POST /sda/v1/reports" in blob for blob in up):
        faults.append("the decrypted traffic has no report: decryption failed")
    if not any(re.search(rb"(?im)^content-encoding:\s*gzip", blob) for blob in up):
        faults.append("no large report was packed")
    for blob in up + down:
        faults += complain_if_canary("decrypted traffic", blob)
    for path in sorted((folder / "connector").rglob("*")) + [connector.log, desk.log]:
        if path.is_file():
            faults += complain_if_canary(str(path.relative_to(folder)), path.read_bytes())

    store = b"".join(p.read_bytes() for p in (folder / "connector").rglob("*") if p.is_file())
    if b"LaserJet" not in store:
        faults.append("not even the model stands readable in the connector's files: searching them proves nothing")

    secret = token_secret(token)
    wire = [(m, t, b) for blob in up for m, t, b in bodies(blob) if b]
    for method, target, body in wire:
        faults += complain_if_canary(f"{method} {target}, unpacked", unpacked(body))
    masked = [(m, t, b.replace(secret.encode(), b"*" * len(secret))) for m, t, b in wire]
    if sum(body[:2] == b"PK" for _, _, body in wire) != len(NAMES) + 1:
        faults.append("not every bundle was seen on the wire")
    if len(wire) < 5:
        faults.append(f"only {len(wire)} messages decrypted: this test would prove nothing")
    missing = [m for m in before if m not in masked]
    hidden = [m for m in masked if m not in after]
    if missing:
        faults.append(f"`platen sent --raw` shows {len(missing)} messages that never left, the first {missing[0]}")
    if hidden:
        faults.append(f"{len(hidden)} messages left that `platen sent --raw` does not show, the first {hidden[0]}")
    if secret.encode() in desk.log.read_bytes():
        faults.append("the enrolment token's secret stands in the agent's log")
    print(f"{len(wire)} messages with a body decrypted, {len(before)} shown by platen sent")
    return faults


def token_secret(token):
    text = token.split(".", 1)[1]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))["secret"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-canaries-") as folder:
        faults = check(build, pathlib.Path(folder))
    print("\n".join(faults) if faults else "nothing left that should stay, and all that left is shown")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
