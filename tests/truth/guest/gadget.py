# SPDX-License-Identifier: Apache-2.0
"""An independent device: PAPPL's own USB gadget. Platen reads it and ipp-usb prints to it; it stays on the bus meanwhile."""
import hashlib
import json
import os
import pathlib

import agent
import ippclient
import ippusb
import lab

JOBS = 5
FORMAT = "application/vnd.example-raw"
ARRIVED = pathlib.Path("/tmp/pappl-out")


def plug():
    lab.load("dummy_hcd", "libcomposite", "usb_f_printer", "usb_f_fs", "usblp")
    lab.run("mount", "-t", "configfs", "configfs", "/sys/kernel/config")
    os.mkdir("/tmp/pappl-spool")
    lab.start("gadget", str(lab.BIN / "pappl_gadget"))
    device = lab.wait_for("the gadget is a USB device", lambda: lab.devices("1209", "0001"), 60)[0]
    lab.wait_for("it is configured", lambda: lab.read(lab.USB / device / "bConfigurationValue"))
    lab.run("udevadm", "settle", "--timeout=20")
    return device


def read_by_platen(report, n):
    mine = agent.probe()
    if not report.check(f"probe-{n}", len(mine) == 1, f"{len(mine)} printers"):
        return
    printer = mine[0]
    identity = printer["identity"]
    wanted = {"make": "Example", "model": "PAPPL Gadget", "serial_number": "PG0001"}
    report.check(f"probe-{n}.identity", {k: identity[k] for k in wanted} == wanted, ", ".join(str(identity[k]) for k in wanted))
    report.check(f"probe-{n}.state", printer["state"]["printer_state"] == "idle" and printer["access"]["tier"] == 1,
                 f"{printer['state']['printer_state']}, tier {printer['access']['tier']}")
    report.check(f"probe-{n}.errors", not printer["errors"], json.dumps(printer["errors"]))


def body(report):
    device = plug()
    triples = {lab.triple(path.name) for path in lab.USB.glob(f"{device}:*")}
    report.check("descriptors", triples == {"7/1/2", "7/1/4"}, " ".join(sorted(triples)))
    place = lab.read(lab.USB / device / "devnum")
    lab.wait_for("usblp", lambda: lab.driver_of(f"{device}:1.0") == "usblp")
    for n in (1, 2, 3):
        read_by_platen(report, n)
    report.check("not-reset", lab.read(lab.USB / device / "devnum") == place, f"still device {place} of its bus")
    ippusb.begin()
    port = ippusb.wait_ports([device])[0]
    said = lab.run("ipptool", "-tv", f"ipp://localhost:{port}/ipp/print", "get-printer-attributes.test", check=False)
    report.check("ipp", "Example PAPPL Gadget" in said, f"answers through ipp-usb on port {port}")
    client = ippclient.Client(port, "/ipp/print")
    for n in range(1, JOBS + 1):
        document = f"job {n}\n".encode() + os.urandom(60_000 * n)
        before = ARRIVED.stat().st_size if ARRIVED.exists() else 0
        status = ippclient.print_job(client, document, f"job {n}", FORMAT)
        lab.wait_for(f"job {n} arrived", lambda: ARRIVED.exists() and ARRIVED.stat().st_size >= before + len(document), 60)
        with open(ARRIVED, "rb") as f:
            f.seek(before)
            came = f.read()
        same = hashlib.sha256(came).digest() == hashlib.sha256(document).digest()
        report.check(f"job-{n}", status < 0x100 and same, f"{len(document)} bytes, the same came out")
    report.check("still-there", device in lab.devices("1209", "0001"), device)


lab.scenario("gadget", body)
