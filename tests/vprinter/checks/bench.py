# SPDX-License-Identifier: Apache-2.0
"""For checks that run among virtual printers: control, a libusb client, lpN, and printers' words."""
import json
import os
import pathlib
import select
import shlex
import socket
import subprocess
import tempfile
import time

VPRINTER = os.environ["VPRINTER"]
USB_CLIENT = os.environ["USB_CLIENT"]
CONTROL = os.environ["PLATEN_VPRINTER_CONTROL"]
SPOOL = pathlib.Path(os.environ["PLATEN_VPRINTER_SPOOL"])
PROFILES = pathlib.Path(__file__).resolve().parents[1] / "profiles"
UEL = b"\x1b%-12345X"


class Refused(Exception):
    """The virtual printers said why not."""


def do(*words):
    """Says something to the virtual printers; returns their answer's text."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(CONTROL)
        s.sendall((shlex.join(words) + "\n").encode())
        said = b"".join(iter(lambda: s.recv(65536), b"")).decode()
    text, _, last = said.rstrip("\n").rpartition("\n")
    if last != "ok":
        raise Refused(last.removeprefix("error: "))
    return text


def dump(name):
    return json.loads(do("dump", name))


def log(name):
    return [json.loads(line) for line in do("log", name).splitlines()]


def jobs(name):
    return [json.loads(line) for line in do("job-list", name).splitlines()]


def usb(name, *words, check=True):
    """Runs the libusb client on a printer; returns its standard output as bytes."""
    d = json.loads((PROFILES / dump(name)["profile"] / "device.json").read_text())
    done = subprocess.run([USB_CLIENT, f"{d['vendor_id']}:{d['product_id']}", *map(str, words)], capture_output=True,
                          timeout=60)
    assert done.returncode == 0 or not check, f"{words}: {done.stderr.decode()}"
    return done.stdout if check else done


def fetch(name, path, interface=1, alternate=0):
    """GET over a vendor HTTP interface."""
    return usb(name, "http", interface, alternate, "GET", path)


def ipp(name, data, interface=2, alternate=1):
    """POST to /ipp/print over IPP over USB."""
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        return usb(name, "http", interface, alternate, "POST", "/ipp/print", f.name, "application/ipp")


def device(name):
    return pathlib.Path("/sys/bus/usb/devices") / dump(name)["usb"]["port_path"]


def lp(name):
    """The usblp node of a printer."""
    sys = device(name)
    node = next((sys / f"{sys.name}:1.0" / "usbmisc").iterdir()).name
    return f"/dev/usb/{node}"


def ask_pjl(name, *commands, seconds=3.0):
    """Asks a print pipe through usblp; returns all it said until the last command's answer."""
    fd = os.open(lp(name), os.O_RDWR | os.O_NONBLOCK)
    try:
        lines = b"".join(b"@PJL " + c.encode() + b"\r\n" for c in [*commands, "ECHO end"])
        os.write(fd, UEL + b"@PJL\r\n" + lines + UEL)
        said, by = b"", time.monotonic() + seconds
        while b"@PJL ECHO end\r\n\f" not in said and time.monotonic() < by:
            if select.select([fd], [], [], 0.1)[0]:
                said += os.read(fd, 4096)
        return said
    finally:
        os.close(fd)


def words_of(name):
    """words.json as the printer's profile has it."""
    words = json.loads((PROFILES / "words.json").read_text())
    own = PROFILES / dump(name)["profile"] / "words.json"
    if own.exists():
        for kind, rows in json.loads(own.read_text()).items():
            for key, row in rows.items():
                words[kind].setdefault(key, {}).update(row)
    return words


def wait_for(what, condition, seconds=10.0):
    by = time.monotonic() + seconds
    while time.monotonic() < by:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds:g} s")
