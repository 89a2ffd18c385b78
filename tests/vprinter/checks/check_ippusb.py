#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Debian's ipp-usb daemon, unmodified, finds the printer and serves it: IPP to ipptool, jobs to the byte, documents over
HTTP, several at once, and again after the plug was pulled. Runs in a mount namespace of its own."""
import concurrent.futures
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import xml.etree.ElementTree as ET

import bench

CONF = "/etc/ipp-usb/ipp-usb.conf"
SKIPPED = 77
NAME = "hp-mfp"


def prepare(folder):
    """The daemon's folders are ours alone, and it does not look for avahi."""
    text = pathlib.Path(CONF).read_text()
    text = re.sub(r"dns-sd\s*=\s*enable", "dns-sd = disable", text)
    (folder / "ipp-usb.conf").write_text(text)
    subprocess.run(["mount", "--bind", folder / "ipp-usb.conf", CONF], check=True)
    for path in ("/var/ipp-usb", "/var/log/ipp-usb"):
        os.makedirs(path, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "none", path], check=True)


def port():
    """The loopback port on which the daemon serves the printer, from its state file; 0: not yet."""
    said = subprocess.run(["ipp-usb", "status"], capture_output=True, text=True, check=False).stdout
    state = next(pathlib.Path("/var/ipp-usb/dev").glob("*.state"), None)
    found = re.search(r"http-port\s*=\s*(\d+)", state.read_text()) if state else None
    return int(found[1]) if found and "status: OK" in said else 0


def get(at, path):
    with urllib.request.urlopen(f"http://localhost:{at}{path}", timeout=20) as answer:
        return answer.read()


def ipptool(at, test, *options):
    done = subprocess.run(["ipptool", "-tv", *options, f"ipp://localhost:{at}/ipp/print", test], capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0 and "[PASS]" in done.stdout, done.stdout + done.stderr
    return done.stdout


def attributes(at):
    said, truth = ipptool(at, "get-printer-attributes.test"), bench.dump(NAME)
    assert f"= HP {truth['identity']['model']}" in said
    assert f"urn:uuid:{truth['identity']['uuid']}" in said
    assert re.search(r"printer-state \(enum\) = idle", said), said
    bench.do("set", NAME, "state-reason", "+media-empty")
    said = ipptool(at, "get-printer-attributes.test")
    assert "= media-empty-error" in said and re.search(r"printer-state \(enum\) = stopped", said)
    bench.do("clear", NAME)


def job(at, folder):
    data = b"RaS2" + os.urandom(300000)
    (folder / "page.pwg").write_bytes(data)
    ipptool(at, "print-job.test", "-f", str(folder / "page.pwg"), "-d", "filetype=image/pwg-raster")
    kept = bench.wait_for("the job", lambda: [j for j in bench.jobs(NAME) if j["bytes"] == len(data)])
    assert kept[0]["sha256"] == hashlib.sha256(data).hexdigest() and kept[0]["ended"] == "request"
    raw = b"".join(p.read_bytes() for p in (bench.SPOOL / NAME).glob("pipe-*.out"))
    assert data[:512] in raw
    ipptool(at, "identify-printer.test")
    asked = [e for e in bench.log(NAME) if e.get("operation") == "Identify-Printer"]
    assert asked and asked[0]["status"] == "successful-ok" and asked[0]["actions"], asked


def documents(at):
    paths = ["/DevMgmt/ProductUsageDyn.xml", "/DevMgmt/ConsumableConfigDyn.xml", "/", "/hp/device/style.css"] * 5
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        bodies = list(pool.map(lambda path: get(at, path), paths))
    for path, body in zip(paths, bodies):
        assert body == bodies[paths.index(path)], path
    impressions = bench.dump(NAME)["counters"]["impressions"]
    root = ET.fromstring(bodies[0])
    subunit = next(c for c in root if c.tag.endswith("PrinterSubunit"))
    assert [c.text for c in subunit if c.tag.endswith("}TotalImpressions")] == [str(impressions)]
    try:
        get(at, "/no/such/page")
    except urllib.error.HTTPError as e:
        assert e.code == 404
    else:
        raise AssertionError("there is no such page")


def main():
    if not shutil.which("ipp-usb") or not shutil.which("ipptool") or os.geteuid() != 0:
        print("needs ipp-usb and cups-ipp-utils, and root for a mount namespace")
        return SKIPPED
    folder = bench.SPOOL / "ipp-usb"
    folder.mkdir()
    prepare(folder)
    node = bench.lp(NAME)
    with open(folder / "log", "wb") as log:
        daemon = subprocess.Popen(["ipp-usb", "debug"], stdout=log, stderr=log)
    try:
        at = bench.wait_for("ipp-usb serves the printer", port, 30)
        assert not os.path.exists(node), "ipp-usb owns all interfaces"
        attributes(at)
        job(at, folder)
        documents(at)
        bench.do("unplug", NAME)
        bench.wait_for("ipp-usb has noticed", lambda: not port())
        bench.do("plug", NAME)
        documents(bench.wait_for("ipp-usb serves it again", port, 30))
    except BaseException:
        sys.stderr.write((folder / "log").read_text(errors="replace")[-4000:])
        raise
    finally:
        daemon.terminate()
        daemon.wait(10)
    bench.wait_for("it has let go", lambda: bench.usb(NAME, "list"))
    time.sleep(0.1)
    print("ipp-usb: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
