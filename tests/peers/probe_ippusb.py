#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Debian's ipp-usb has the printer, and `platen probe` reads it through ipp-usb: the truth, no USB interface of its own; and
reads it by itself again when ipp-usb is gone. Two printers with one serial number may stand behind one port of ipp-usb: neither
is asked there, so neither tells what the other one is. Runs in a mount namespace, so that the daemon's folders are this test's alone."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import printers_inside
from printers_inside import compare

CONF = "/etc/ipp-usb/ipp-usb.conf"
SKIPPED = 77
NAME, TWIN = "hp-mfp", "hp-mfp-too"


def prepare(folder):
    text = re.sub(r"dns-sd\s*=\s*enable", "dns-sd = disable", pathlib.Path(CONF).read_text())
    (folder / "ipp-usb.conf").write_text(text)
    subprocess.run(["mount", "--bind", folder / "ipp-usb.conf", CONF], check=True)
    for path in ("/var/ipp-usb", "/var/log/ipp-usb"):
        os.makedirs(path, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "none", path], check=True)


def serves():
    return "status: OK" in subprocess.run(["ipp-usb", "status"], capture_output=True, text=True, check=False).stdout


def wait_for(what, predicate, seconds):
    end = time.monotonic() + seconds
    while not predicate():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.2)


def hp(world):
    mine = world.probe()
    truth = next(p for p in world.truth()["printers"] if p["name"] == NAME)
    found = compare.match(truth, mine["printers"])
    assert found, "the probe does not know the printer"
    differences = compare.printer(truth, found, same_bus=True)
    assert not differences, differences
    return found


def twins(world):
    """The same serial number on both: what cannot be told apart is unknown, not the other one's."""
    serial = next(p for p in world.truth()["printers"] if p["name"] == NAME)["identity"]["serial_number"]
    world.do("set", TWIN, "serial", serial)
    world.do("plug", TWIN)

    def both_held():
        mine = world.probe()["printers"]
        return len(mine) == 2 and all("cannot be told" in (p["access"]["note"] or "") for p in mine)

    wait_for("ipp-usb holds both", both_held, 30)
    for mine in world.probe()["printers"]:
        assert mine["access"]["tier"] == 0 and mine["access"]["busy"], mine["access"]
        assert mine["counters"]["impressions"] is None and not mine["supplies"], mine
    for name in (TWIN, NAME):  # the daemon wrote the second one's port over the first one's
        world.do("unplug", name)
    world.do("plug", NAME)
    wait_for("the printer is read again, alone", lambda: hp_owner(world) == "ipp-usb", 30)
    hp(world)


def hp_owner(world):
    mine = world.probe()["printers"]
    return mine[0]["access"]["owner"] if len(mine) == 1 and mine[0]["access"]["tier"] == 1 else None


def inside(world, rng):
    prepare(world.folder)
    with open(world.folder / "ipp-usb.log", "wb") as log:
        daemon = subprocess.Popen(["ipp-usb", "debug"], stdout=log, stderr=log)
    try:
        wait_for("ipp-usb serves the printer", serves, 30)
        printer = hp(world)
        assert printer["access"]["owner"] == "ipp-usb" and printer["access"]["tier"] == 1, printer["access"]
        assert printer["errors"] == [], printer["errors"]
        for _ in range(5):
            words = ("toner", NAME, rng.choice(["black", "cyan"]), str(rng.randint(0, 100)))
            print("  " + " ".join(words))
            world.do(*words)
            hp(world)
        twins(world)
    finally:
        daemon.terminate()
        daemon.wait(10)
    printer = hp(world)
    assert printer["access"]["owner"] != "ipp-usb" and printer["access"]["tier"] == 1, printer["access"]
    print("through ipp-usb: ok")


if __name__ == "__main__":
    if not shutil.which("ipp-usb") or os.geteuid() != 0:
        print("needs ipp-usb, and root for a mount namespace")
        sys.exit(SKIPPED)
    sys.exit(printers_inside.main(__doc__, inside, profiles={NAME: NAME, f"~{TWIN}": NAME}, wrapper=(printers_inside.OWN_MOUNTS,)))
