# SPDX-License-Identifier: Apache-2.0
"""The cable: USB/IP's import of one device and the kernel's virtual host controller, as its documentation describes both
(Documentation/usb/usbip_protocol.rst, drivers/usb/usbip/vhci_sysfs.c). The `usbip` program does the same, but not twice at once:
it looks for a free port and takes it in two steps."""
import contextlib
import pathlib
import socket
import struct
import threading

HOST = pathlib.Path("/sys/devices/platform/vhci_hcd.0")
VERSION, REQ_IMPORT, BUSID, DEVICE = 0x0111, 0x8003, 32, 312
SUPER = 5  # USB_SPEED_SUPER has ports of its own
FREE, USED = "004", "006"  # VDEV_ST_NULL, VDEV_ST_USED
TAKING = threading.Lock()
TAKEN = set()  # ports from their attach to their release(): the kernel calls one free before its old device is gone


def ports():
    """(kind of hub, port, state, sysfs name) of every port: `hs 0000 006 003 00010002 000003 1-1`."""
    for path in sorted(HOST.glob("status*")):
        for line in path.read_text().splitlines()[1:]:
            words = line.split()
            yield words[0], words[1], words[2], words[6]


def whole(link, size):
    got = b""
    while len(got) < size:
        more = link.recv(size - len(got))
        if not more:
            raise ConnectionError("the USB/IP server ended the conversation")
        got += more
    return got


def attach(server_port, busid):
    """Imports the device and puts it at a free port, which is returned; None when it cannot be had just now."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", server_port), 20)) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.sendall(struct.pack(">HHI", VERSION, REQ_IMPORT, 0) + busid.encode().ljust(BUSID, b"\0"))
        if struct.unpack(">HHI", whole(link, 8))[2] != 0:
            return None
        bus, number, speed = struct.unpack_from(">III", whole(link, DEVICE), 256 + BUSID)
        link.settimeout(None)
        kind = "ss" if speed >= SUPER else "hs"
        with TAKING:
            free = next((port for hub, port, state, _ in ports() if hub == kind and state == FREE and port not in TAKEN), None)
            if free is not None:
                TAKEN.add(free)
                (HOST / "attach").write_text(f"{free} {link.fileno()} {bus << 16 | number} {speed}")
        return free


def device_at(port):
    """Sysfs name of the device at a port, None until the kernel has numbered it."""
    name = next((name for _, n, state, name in ports() if n == port and state == USED), None)
    return name if name not in (None, "0-0") else None


def is_free(port):
    return any((n, state) == (port, FREE) for _, n, state, _ in ports())


def detach(port):
    (HOST / "detach").write_text(port)


def release(port):
    """Its device is gone; another may come there."""
    TAKEN.discard(port)


def is_served(server_port):
    try:
        socket.create_connection(("127.0.0.1", server_port), 5).close()
        return True
    except OSError:
        return False
