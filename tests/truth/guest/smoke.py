# SPDX-License-Identifier: Apache-2.0
"""The laboratory itself: a USB/IP printer becomes a USB device with usblp bound, udev names it, CUPS prints to it."""
import grp
import os
import pathlib
import pwd
import stat

import cups
import lab
import printers


def can_open(user, path):
    """Whether a user of no further group can open a file for reading and writing."""
    child = os.fork()
    if child == 0:
        who = pwd.getpwnam(user)
        try:
            os.setgroups([])
            os.setgid(who.pw_gid)
            os.setuid(who.pw_uid)
            os.close(os.open(path, os.O_RDWR))
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def owner(path):
    status = os.stat(path)
    return f"{grp.getgrgid(status.st_gid).gr_name} {stat.S_IMODE(status.st_mode):o}"


def access(report, hp, node):
    """The agent's user reaches the printer by an ACL alone: group and mode stay Debian's, nobody else gains."""
    report.check("lp-group", owner(node) == "lp 660", f"{node} is {owner(node)}")
    report.check("usbfs-group", owner(hp.node) == "lp 664", f"{hp.node} is {owner(hp.node)}")
    for path in (node, hp.node):
        acl = lab.run("getfacl", "-cp", path)
        report.check("acl", "user:platen:rw-" in acl, path)
        report.check("platen-opens", can_open("platen", path), path)
        report.check("person-does-not", not can_open("person", path), path)
    hub = "/dev/bus/usb/001/001"
    report.check("no-more", not can_open("platen", hub), f"{hub}, a hub, stays shut")
    document = pathlib.Path("/var/spool/cups/d00001-001")  # as CUPS leaves one: root:lp 0640
    document.write_bytes(b"somebody's document")
    os.chown(document, 0, grp.getgrnam("lp").gr_gid)
    document.chmod(0o640)
    report.check("spool-shut", can_open("root", document) and not can_open("platen", document), f"{document} stays shut")


def body(report):
    report.check("kernel", os.uname().release.endswith("-amd64"), os.uname().release)
    report.check("udevd", lab.run("udevadm", "settle", "--timeout=20") == "", "settles")
    with printers.plugged("hp-mfp") as (hp,):
        report.check("vhci", hp.device in lab.devices(), f"{hp.device} is a device of this kernel")
        driver = lab.wait_for("usblp binds", lambda: lab.driver_of(f"{hp.device}:1.0"), 30)
        report.check("usblp", driver == "usblp", f"{hp.device}:1.0 is bound to {driver}")
        node = lab.wait_for("the printer's node", lab.lp_nodes)[0]
        access(report, hp, f"/dev/usb/{node}")
        cups.begin()
        report.check("cupsd", True, "answers")
        uris = cups.device_uris()
        report.check("back-end", len(uris) == 1, f"lists {', '.join(uris) or 'nothing'}")
    report.check("unplug", hp.device not in lab.devices(), "the device is gone")


lab.scenario("smoke", body)
