# SPDX-License-Identifier: Apache-2.0
"""What the virtual printers under umockdev take for granted of a kernel, asked of a real one; and that a printer whose port
sleeps is let sleep.

    contract [--sleep S]      S seconds in which a sleeping printer must be left alone (45)
"""
import argparse
import contextlib
import errno
import fcntl
import os
import struct
import time

import agent
import lab
import printers

# linux/usbdevice_fs.h
GETDRIVER, RELEASE, IOCTL, CONNECT, DISCONNECT_CLAIM = 0x41045508, 0x80045510, 0xC0105512, 0x5517, 0x8108551B
IF_DRIVER, EXCEPT_DRIVER = 1, 2


@contextlib.contextmanager
def opened(printer):
    fd = os.open(printer.node, os.O_RDWR)
    try:
        yield fd
    finally:
        os.close(fd)


def answer(fd, code, argument):
    """What the kernel says: (0 or the name of the error, the argument as it left it)."""
    data = bytearray(argument)
    try:
        fcntl.ioctl(fd, code, data)
        return 0, bytes(data)
    except OSError as e:
        return errno.errorcode[e.errno], b""


def driver_of(fd, interface):
    said, data = answer(fd, GETDRIVER, struct.pack("I256s", interface, b""))
    return said or data[4:].split(b"\0")[0].decode()


def claim(fd, interface, flags, name):
    return answer(fd, DISCONNECT_CLAIM, struct.pack("II256s", interface, flags, name))[0]


def owners(report, printer):
    """Who has an interface, and that it can be taken from usblp without throwing a program out."""
    with opened(printer) as one, opened(printer) as two:
        report.check("getdriver", driver_of(one, 0) == "usblp" and driver_of(one, 1) == "ENODATA",
                     f"{driver_of(one, 0)}, and {driver_of(one, 1)} where nobody is")
        report.check("claim-of-another-driver", claim(one, 0, IF_DRIVER, b"cdc_acm") == "EBUSY", "EBUSY")
        report.check("still-usblp", driver_of(one, 0) == "usblp", "")
        report.check("claim-of-usblp", claim(one, 0, IF_DRIVER, b"usblp") == 0, "taken")
        report.check("usbfs", driver_of(two, 0) == "usbfs", "another program sees usbfs")
        for flags, name in ((IF_DRIVER, b"usblp"), (EXCEPT_DRIVER, b"usbfs")):
            report.check("held", claim(two, 0, flags, name) == "EBUSY", f"who asks for {name.decode()} is told EBUSY")
        report.check("release", answer(one, RELEASE, struct.pack("I", 0))[0] == 0, "")
        answer(one, IOCTL, struct.pack("iiQ", 0, CONNECT, 0))
        report.check("usblp-back", lab.driver_of(f"{printer.device}:1.0") == "usblp", "with USBDEVFS_CONNECT")
        printer.detach()
        report.check("unplugged", driver_of(one, 0) == "ENODEV" and claim(two, 1, 0, b"") == "ENODEV", "ENODEV")
    printer.attach()
    printer.wait_usblp()


def semantics(report):
    said = lab.run(str(lab.BIN / "usb_semantics"), "03f0:822a", check=False).splitlines()
    bad = [" ".join(line.split()[1:]) for line in said if line.startswith("FAIL")]
    good = sum(line.startswith("ok") for line in said)
    report.check("usb-semantics", good > 30 and not bad, "; ".join(bad) or f"{good} answers as umockdev's printers give them")


def sleeps(report, printer, seconds):
    """The kernel suspends the idle printer; the agent comes, looks at it and at nothing on its wire."""
    power = lab.USB / printer.device / "power"
    (power / "autosuspend_delay_ms").write_text("500")
    (power / "control").write_text("auto")
    lab.wait_for("the printer is suspended", lambda: lab.read(power / "runtime_status") == "suspended", 30)
    before, asked = int(lab.read(power / "runtime_active_time")), len(printer.log())
    service = agent.begin()
    lab.wait_for("the agent has it", lambda: agent.at_place(printer.device), 30, 0.2)
    time.sleep(seconds)
    state = agent.at_place(printer.device)["state"]
    active = int(lab.read(power / "runtime_active_time")) - before
    heard = [event for event in printer.log()[asked:] if event["what"] in ("control", "http", "pjl", "set-interface", "power")]
    report.check("sleep.known", state["asleep"] is True, str(state["asleep"]))
    report.check("sleep.not-resumed", active == 0 and lab.read(power / "runtime_status") == "suspended", f"awake for {active} ms")
    report.check("sleep.quiet", not heard, f"{len(heard)} requests in {seconds} s")
    lab.stop(service)


def body(report):
    words = argparse.ArgumentParser()
    words.add_argument("--sleep", type=int, default=45)
    seconds = words.parse_args().sleep
    with printers.plugged("hp-mfp") as (hp,):
        hp.wait_usblp()
        owners(report, hp)
        semantics(report)
        lab.wait_for("it is there after the reset", lambda: lab.driver_of(f"{hp.device}:1.0"), 30)
        sleeps(report, hp, seconds)


lab.scenario("contract", body)
