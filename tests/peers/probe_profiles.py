#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`platen probe --json` says of every kind of printer what is true; asleep, too. What changes is held by probe_changes."""
import sys

import printers_inside
from printers_inside import compare

# hp-mfp, brother-laser and inkjet-idonly have probe_truth; usblp has sixteen devices, no more.
NAMES = ("brother-sleeper", "canon-usbserial", "epson-dotmatrix", "hp-ink-asleep", "hp-laser-ledm", "hp-laserjet-pjl",
         "hp-vendor-http", "ipp-everywhere-ink", "kyocera-laser", "lexmark-laser", "no-serial", "pantum-mfp", "same-serial",
         "same-serial-too", "samsung-laser", "xerox-emptystrings")
SLEEPERS = ("brother-sleeper", "hp-ink-asleep", "kyocera-laser")


def check(world, what):
    mine = world.probe()
    found = world.differences(mine)
    assert not found, f"{what}: {found}"
    complaints = {p["identity"]["model"]: p["errors"] for p in mine["printers"] if p["errors"]}
    assert not complaints, f"{what}: {complaints}"
    return mine


def identities(mine):
    """What USB's serial number is worth, and that printers with the same one are two."""
    by_model = {p["identity"]["model"]: p for p in mine["printers"]}
    for model in ("LBP6020", "SP 112"):
        assert by_model[model]["identity"]["confidence"] == "weak", by_model[model]["identity"]
    twins = [p for p in mine["printers"] if p["identity"]["model"] == "B412"]
    assert len(twins) == 2 and twins[0]["key"] != twins[1]["key"], [p["key"] for p in twins]


def asleep(world):
    """Sleepers whose USB port is awake, as they are on a PC: what they say is true, and Brother's wakes by being asked."""
    for name in SLEEPERS:
        world.do("clear", name)
        world.do("sleep", name)
    truth = world.truth()
    mine = world.probe()
    for name in SLEEPERS:
        one = next(p for p in truth["printers"] if p["name"] == name)
        have = compare.match(one, mine["printers"])
        assert have["state"]["asleep"] is True, f"{name}: {have['state']}"
        if name == "kyocera-laser":
            continue  # its port is suspended: what a look without waking it may say is little
        found = [line for line in compare.printer(one, have) if not line.startswith("state.printer_state: nobody tells it")]
        assert not found, f"{name}: {found}"
    assert any(line.get("event") == "woken by a question" for line in world.asked("brother-sleeper"))
    assert not any(line["what"] == "open" for line in world.asked("kyocera-laser")[-3:])
    for name in SLEEPERS:
        world.do("wake", name)
    check(world, "awake again")


def inside(world, _):
    mine = check(world, "at first")
    print(f"{len(mine['printers'])} printers")
    identities(mine)
    asleep(world)


if __name__ == "__main__":
    sys.exit(printers_inside.main(__doc__, inside, profiles={name: name.removesuffix("-too") for name in NAMES}))
