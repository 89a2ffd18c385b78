#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`platen probe --json` says of every virtual printer what is true, after each of 20 random changes; nothing more, nothing less."""
import copy
import sys

import printers_inside
from printers_inside import compare

ROUNDS = 20


def a_lie_is_found(truth, mine):
    """The test tests itself: one false value in each section must be seen."""
    lies = {
        "identity": lambda p: p["identity"].update(serial_number="X" + p["identity"]["serial_number"]),
        "state": lambda p: p["state"].update(printer_state="processing"),
        "counters": lambda p: p["counters"].update(impressions=(p["counters"]["impressions"] or 0) + 1),
        "supplies": lambda p: p["supplies"][0].update(level=(p["supplies"][0]["level"] or 0) + 1),
    }
    for section, lie in lies.items():
        false = copy.deepcopy(mine)
        lie(false["printers"][0])
        found = compare.documents(truth, false)
        assert any(line.startswith(section) for lines in found.values() for line in lines), f"a lie about {section} passed"


def inside(world, rng):
    mine = world.probe()
    a_lie_is_found(world.truth(), mine)
    print(f"{len(mine['printers'])} printers")
    for number in range(ROUNDS + 1):
        found = world.differences(mine)
        assert not found, f"round {number}: {found}"
        assert all(not p["errors"] for p in mine["printers"]), f"round {number}: {[p['errors'] for p in mine['printers']]}"
        if number == ROUNDS:
            break
        words = printers_inside.changes(rng)
        print("  " + " ".join(words))
        world.do(*words)
        mine = world.probe()
    for name in printers_inside.NAMES:
        world.do("unplug", name)
    world.platen("probe", "--json", expect=3)


if __name__ == "__main__":
    sys.exit(printers_inside.main(__doc__, inside))
