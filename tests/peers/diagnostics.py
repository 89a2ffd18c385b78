#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bundles: what diagnostics and agent_log bring back through connector and agent, and what they must not.

The printers' texts that must stay are full of words with CANARY in them (tests/vprinter/profiles). Python's zipfile, which is
not ours, opens what the connector gives; no CANARY may be in it, and the same search must find them in the local bundle of
`platen diag`, which is whole: else their absence would prove nothing.
"""
import argparse
import hashlib
import http.client
import io
import json
import pathlib
import re
import ssl
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

FINAL = ("done", "failed", "rejected", "expired", "cancelled", "interrupted")
CANARY = re.compile(rb"CANARY", re.I)


def ended(connector, action, seconds=90):
    def over():
        now = connector.api("GET", f"/actions/{action['id']}")
        return now if now["state"] in FINAL and (now["result"] or now["state"] != "done") else None
    return lab.wait_for(f"the end of {action['type']}", over, seconds)


def fetch(connector, path):
    """(status, headers, body) of a call, as a browser would see it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # loopback, to a process started here
    link = http.client.HTTPSConnection("127.0.0.1", connector.admin_port, timeout=30, context=context)
    link.request("GET", "/api/v1" + path, headers={"Authorization": f"Bearer {connector.session}"})
    answer = link.getresponse()
    got = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    link.close()
    return got


def open_bundle(connector, action):
    """The bundle as the connector gives it, opened by Python: {name: bytes}."""
    status, headers, data = fetch(connector, f"/actions/{action['id']}/bundle")
    assert status == 200, (status, data)
    assert headers["content-type"] == "application/zip" and headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith("attachment;"), headers
    assert "sandbox" in headers["content-security-policy"] and "default-src 'none'" in headers["content-security-policy"]
    result = connector.api("GET", f"/actions/{action['id']}")["result"]
    assert hashlib.sha256(data).hexdigest() == result["bundle_sha256"] and len(data) == result["bundle_bytes"], result
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        assert z.testzip() is None
        parts = {name: z.read(name) for name in z.namelist()}
    listed = connector.api("GET", f"/actions/{action['id']}/bundle/parts")
    assert {p["name"]: p["bytes"] for p in listed["parts"]} == {n: len(b) for n, b in parts.items()}, listed
    for name, body in parts.items():
        status, headers, text = fetch(connector, f"/actions/{action['id']}/bundle/parts/{name}")
        assert status == 200 and text == body, (name, status)
        assert headers["content-type"] == "text/plain; charset=utf-8" and headers["x-content-type-options"] == "nosniff"
    manifest = json.loads(parts["manifest.json"])
    assert manifest["schema"] == "platen.bundle/1"
    for part in manifest["parts"]:
        assert (part["missing"] is None) == (part["name"] in parts), part
        assert part["bytes"] == (len(parts[part["name"]]) if part["name"] in parts else None), part
    return parts


def no_canary(what, parts):
    for name, body in parts.items():
        found = CANARY.search(body)
        assert not found, f"{what}: {name}: ...{body[max(0, found.start() - 60):found.end() + 40]!r}..."


def agent_log(connector, desk):
    pc = connector.api("GET", "/agents")["items"][0]
    offer = connector.api("GET", f"/agents/{pc['id']}")["capabilities"]["actions"]["agent_log"]
    assert offer["offered"], offer
    end = ended(connector, connector.api("POST", f"/agents/{pc['id']}/actions", {"type": "agent_log"}))
    assert end["state"] == "done", end
    parts = open_bundle(connector, end)
    assert set(parts) == {"manifest.json", "agent.json", "agent.log"}, set(parts)
    no_canary("the agent's log", parts)
    log = parts["agent.log"].decode()
    assert re.search(r"info  agent 0\.\S+ runs", log) and "printer attached" in log and "action begins" in log, log
    whole = desk.log.read_text()
    assert str(desk.folder) in whole and str(desk.folder) not in log, "paths of this PC stay on it"
    agent = json.loads(parts["agent.json"])
    assert agent["enrolment"] == "done" and agent["os"] == "linux" and "server" not in agent, agent
    print(f"agent_log: {end['result']['bundle_bytes']} bytes, {len(log.splitlines())} lines, masked where they are not ours")


PARTS = {"manifest.json", "usb.json", "access.json", "ieee1284.json", "snapshot.json", "agent.json", "agent.log"}
DOCUMENTS = {f"ledm-{name}.txt" for name in ("ProductConfig", "ProductStatus", "ProductUsage", "ConsumableConfig", "MediaHandling",
                                             "EventTable")}


def missing(parts):
    return {p["name"]: p["missing"] for p in json.loads(parts["manifest.json"])["parts"] if p["missing"]}


def printer_of(connector, word):
    return next(p["id"] for p in connector.api("GET", "/printers")["items"] if word in p["model"])


def diagnose(connector, printer):
    offer = connector.api("GET", f"/printers/{printer}")["capabilities"]["actions"]["diagnostics"]
    assert offer["offered"], offer
    end = ended(connector, connector.api("POST", f"/printers/{printer}/actions", {"type": "diagnostics"}))
    assert end["state"] == "done", end
    return open_bundle(connector, end), end


def of_a_printer_with_everything(connector, desk):
    desk.do("jam", "mfp")
    parts, end = diagnose(connector, printer_of(connector, "M283"))
    assert set(parts) == PARTS | DOCUMENTS | {"ipp.json", "pjl.txt"}, (set(parts), missing(parts))
    no_canary("mfp", parts)
    truth = desk.truth()["mfp"]
    pages = str(truth["counters"]["impressions"])
    assert f"PrinterSubunit/TotalImpressions = {pages}\n" in parts["ledm-ProductUsage.txt"].decode()
    assert "Event/UnqualifiedEventCategory = AlertTableChanged" in parts["ledm-EventTable.txt"].decode()
    assert "ResourceURI" not in parts["ledm-EventTable.txt"].decode()
    assert f"PAGECOUNT: PAGECOUNT = {pages}\n" in parts["pjl.txt"].decode(), parts["pjl.txt"]
    ipp = json.loads(parts["ipp.json"])
    assert ipp["printer-state"] == [5] and any("jam" in r for r in ipp["printer-state-reasons"]), ipp
    assert "printer-state-message" not in ipp
    snapshot = json.loads(parts["snapshot.json"])
    assert snapshot["counters"]["impressions"] == truth["counters"]["impressions"]
    assert snapshot["counters"]["sources"]["impressions"] in ("ledm", "ipp"), "with its source"
    assert json.loads(parts["usb.json"])["vendor_id"] == "03f0" and json.loads(parts["access.json"])["interfaces"]
    assert "MFG:" in json.loads(parts["ieee1284.json"])["device_id"]
    times = {p["name"]: p["ms"] for p in json.loads(parts["manifest.json"])["parts"]}
    desk.do("clear", "mfp")
    print(f"diagnostics of mfp: {end['result']['bundle_bytes']} bytes, {len(parts)} parts, {sum(times.values())} ms, no canary")


def of_a_pjl_printer(connector, desk):
    parts, end = diagnose(connector, printer_of(connector, "HL"))
    assert set(parts) == PARTS | {"pjl.txt"}, (set(parts), missing(parts))
    assert set(missing(parts)) == {"ipp.json", "ledm.txt"}, missing(parts)
    no_canary("laser", parts)
    text = parts["pjl.txt"].decode()
    assert "STATUS: CODE = " in text and "VARIABLES: PAPER = A4\n" in text and "DISPLAY = " not in text, text
    print(f"diagnostics of laser: {end['result']['bundle_bytes']} bytes, {len(parts)} parts, no canary")


def of_a_printer_at_work(connector, desk):
    """A job goes first: what disturbs nobody is there, and the manifest says why the rest is not."""
    desk.do("set", "mfp", "state.printer_state", '"processing"')
    parts, _ = diagnose(connector, printer_of(connector, "M283"))
    assert set(parts) == PARTS, set(parts)
    assert set(missing(parts)) == {"ipp.json", "ledm.txt", "pjl.txt"}, missing(parts)
    assert all("in use" in why for why in missing(parts).values()), missing(parts)
    no_canary("mfp at work", parts)
    desk.do("set", "mfp", "state.printer_state", '"idle"')
    print("diagnostics of a printer at work: tier 0 alone, with the reason")


def local_bundle(connector, desk):
    """`platen diag`: the same search finds in it what the others must not hold."""
    del connector
    path = desk.folder / "local.zip"
    told = json.loads(desk.platen("diag", "-o", str(path), "--json"))
    assert path.stat().st_mode & 0o777 == 0o600 and told["bytes"] == path.stat().st_size, told
    with zipfile.ZipFile(path) as z:
        assert z.testzip() is None
        parts = {name: z.read(name) for name in z.namelist()}
    found = {name.split("/")[-1] for name, body in parts.items() if CANARY.search(body)}
    assert {"ipp.json", "ledm-ProductConfig.xml", "ledm-EventTable.xml", "pjl.txt"} <= found, found
    assert len({name.split("/")[0] for name in parts if "/" in name}) == 2, list(parts)
    out = desk.platen("diag", "-o", "-")
    assert out[:2] == b"PK"
    print(f"platen diag: {told['bytes']} bytes, {len(parts)} parts; canaries in {', '.join(sorted(found))}")


def without_an_agent(build, folder):
    """The same, asked directly where no agent runs."""
    desk = lab.Desk(build, folder, {"mfp": lab.PROFILES / "hp-mfp"})
    path = folder / "direct.zip"
    try:
        desk.start("sh", "-c", 'sleep 1; exec "$@"', "sh", str(build / "agent" / "platen"), "diag", "-o", str(path), "--socket",
                   str(folder / "nobody.sock"))
        assert desk.process.wait(60) == 0, desk.log.read_text()
    finally:
        desk.stop()
    with zipfile.ZipFile(path) as z:
        parts = {name.split("/")[-1]: z.read(name) for name in z.namelist()}
    assert {"usb.json", "ipp.json", "pjl.txt", "ledm-EventTable.xml", "manifest.json"} <= set(parts), set(parts)
    assert missing(parts) == {"agent.log": "No agent runs on this PC"}, missing(parts)
    assert CANARY.search(parts["ledm-ProductConfig.xml"])
    print(f"platen diag without an agent: {len(parts)} parts")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    build = parser.parse_args().build.resolve()
    lab.terminate_on_signals()
    with tempfile.TemporaryDirectory(prefix="platen-diagnostics-") as folder, \
            lab.site(build, pathlib.Path(folder), {"mfp": lab.PROFILES / "hp-mfp", "laser": lab.PROFILES / "brother-laser"}
                     ) as (connector, desk):
        lab.wait_for("the printers' first readings", lambda: sum(
            1 for p in connector.api("GET", "/printers")["items"] if p["model"]) == 2, 60)
        agent_log(connector, desk)
        of_a_printer_with_everything(connector, desk)
        of_a_pjl_printer(connector, desk)
        of_a_printer_at_work(connector, desk)
        local_bundle(connector, desk)
    with tempfile.TemporaryDirectory(prefix="platen-diagnostics-") as folder:
        without_an_agent(build, pathlib.Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
