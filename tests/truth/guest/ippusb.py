# SPDX-License-Identifier: Apache-2.0
"""Debian's ipp-usb in the guest, without DNS-SD (no Avahi runs here)."""
import pathlib
import re

import lab

CONFIG = pathlib.Path("/etc/ipp-usb/ipp-usb.conf")
STATES = pathlib.Path("/var/ipp-usb/dev")


def begin():
    text = CONFIG.read_text()
    CONFIG.write_text(re.sub(r"dns-sd\s*=\s*\w+", "dns-sd = disable", text))
    return lab.start("ipp-usb", "/usr/sbin/ipp-usb", "standalone")


def ports():
    """What it serves now: {(bus, address): TCP port}, from its status and the state file of each device."""
    said = lab.run("ipp-usb", "status", check=False)
    served = {}
    for bus, address, ids, ok in re.findall(r"Bus (\d+) Device (\d+)\s+([0-9a-f:]{9})[^\n]*\n\s+status: (\S+)", said):
        for path in STATES.glob(f"{ids.replace(':', '-')}-*.state"):
            port = re.search(r"http-port\s*=\s*(\d+)", path.read_text())
            if ok == "OK" and port:
                served[int(bus), int(address)] = int(port[1])
    return served


def wait_port(device, seconds=60):
    """Waits until ipp-usb serves the device with this sysfs name, and returns the TCP port it took."""
    at = tuple(int(lab.read(lab.USB / device / f)) for f in ("busnum", "devnum"))
    return lab.wait_for("ipp-usb serves the printer", lambda: ports().get(at), seconds, 0.2)
