# SPDX-License-Identifier: Apache-2.0
"""The laboratory itself: a USB/IP printer becomes a USB device with usblp bound, udev names it, CUPS prints to it."""
import grp
import os
import stat

import cups
import lab
import printers


def body(report):
    report.check("kernel", os.uname().release.endswith("-amd64"), os.uname().release)
    report.check("udevd", lab.run("udevadm", "settle", "--timeout=20") == "", "settles")
    with printers.plugged("hp-mfp") as (hp,):
        report.check("vhci", hp.device in lab.devices(), f"{hp.device} is a device of this kernel")
        driver = lab.wait_for("usblp binds", lambda: lab.driver_of(f"{hp.device}:1.0"), 30)
        report.check("usblp", driver == "usblp", f"{hp.device}:1.0 is bound to {driver}")
        node = lab.wait_for("the printer's node", lab.lp_nodes)[0]
        status = os.stat(f"/dev/usb/{node}")
        mode = f"{grp.getgrgid(status.st_gid).gr_name} {stat.S_IMODE(status.st_mode):o}"
        report.check("udev-rules", mode == "lp 660", f"/dev/usb/{node} is {mode}")
        report.check("usbfs-group", grp.getgrgid(os.stat(hp.node).st_gid).gr_name == "lp", f"{hp.node} belongs to lp")
        cups.begin()
        report.check("cupsd", True, "answers")
        uris = cups.device_uris()
        report.check("back-end", len(uris) == 1, f"lists {', '.join(uris) or 'nothing'}")
    report.check("unplug", hp.device not in lab.devices(), "the device is gone")


lab.scenario("smoke", body)
