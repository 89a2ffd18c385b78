# SPDX-License-Identifier: Apache-2.0
"""Debian's ipp-usb in the guest, without DNS-SD (no Avahi runs here)."""
import http.client
import pathlib
import re
import time

import lab

CONFIG = pathlib.Path("/etc/ipp-usb/ipp-usb.conf")
STATES = pathlib.Path("/var/ipp-usb/dev")
STEADY_S = 6


def begin():
    text = CONFIG.read_text()
    CONFIG.write_text(re.sub(r"dns-sd\s*=\s*\w+", "dns-sd = disable", text))
    return lab.start("ipp-usb", "/usr/sbin/ipp-usb", "standalone")


def port_of(device):
    """The TCP port at which it serves the device with this sysfs name, None as long as it does not. Its own status is not asked:
    with two printers or more, version 0.9.23 dies of that."""
    at = lab.USB / device
    name = "-".join(lab.read(at / f) or "" for f in ("idVendor", "idProduct", "serial"))
    for path in STATES.glob(f"{name}-*.state"):
        port = re.search(r"http-port\s*=\s*(\d+)", path.read_text())
        if port and answers(int(port[1])):
            return int(port[1])
    return None


def answers(port):
    """It listens from when it has seen a printer, and says 503 until it knows it."""
    try:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        link.request("HEAD", "/")
        return link.getresponse().status != 503
    except OSError:
        return False


def wait_ports(devices, seconds=120):
    """Waits until it serves these devices and goes on doing so (while it starts, it may give one up and take it again), and
    returns the TCP ports in their order."""
    by = time.monotonic() + seconds
    while True:
        ports = [lab.wait_for(f"ipp-usb serves {device}", lambda d=device: port_of(d), seconds, 0.5) for device in devices]
        time.sleep(STEADY_S)
        if ports == [port_of(device) for device in devices]:
            return ports
        if time.monotonic() > by:
            raise lab.Failure(f"ipp-usb does not stay with {', '.join(devices)}")
