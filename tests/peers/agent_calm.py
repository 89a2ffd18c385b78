#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Events are told once: a door opened and shut within a second is one event each, not twenty; a level that flickers is no new
cartridge, one that stays is; a printer that comes and goes is told of as it is in the end. Nothing of what stays is lost."""
import sys
import time

import printers_inside
from agent_sleep import Engine, wait_for

MFP = "hp-mfp"
TIMES = 20


def kinds(engine, *wanted):
    found = {}
    for record in engine.ask("records") or []:
        if record["kind"] in wanted:
            found[record["kind"]] = found.get(record["kind"], 0) + 1
    return found


def flutter(engine, act):
    """Twenty changes, each seen by a look of its own."""
    for number in range(TIMES):
        act(number)
        engine.let_pass(10)


def doors(world, engine):
    world.do("set", MFP, "state-reason", "+cover-open")
    engine.let_pass(10)
    world.do("set", MFP, "state-reason", "-cover-open")
    engine.let_pass(20)
    assert kinds(engine, "alert.opened", "alert.closed") == {"alert.opened": 1, "alert.closed": 1}
    engine.let_pass(120)

    flutter(engine, lambda n: world.do("set", MFP, "state-reason", ("+", "-")[n % 2] + "cover-open"))
    world.do("set", MFP, "state-reason", "+cover-open")
    engine.let_pass(120)
    found = kinds(engine, "alert.opened", "alert.closed")
    print(f"{TIMES} times opened or shut in {TIMES * 10} s: {found}", flush=True)
    assert found["alert.opened"] == found["alert.closed"] + 1, "it is open in the end"
    assert sum(found.values()) <= TIMES // 2, found
    world.do("set", MFP, "state-reason", "-cover-open")
    engine.let_pass(120)
    assert kinds(engine, "alert.opened", "alert.closed") == {"alert.closed": 1}


def levels(world, engine):
    """Cartridges have serial numbers here: the same one with another level is no other one, whatever its level does."""
    world.do("set", MFP, "supplies.0.serial_number", "null")
    world.do("toner", MFP, "black", 61)
    engine.let_pass(400)
    kinds(engine)
    flutter(engine, lambda n: world.do("toner", MFP, "black", (0, 61)[n % 2]))
    engine.let_pass(60)
    assert kinds(engine, "supply.replaced") == {}, "a level that flickers was taken for a cartridge"
    world.do("toner", MFP, "black", 5)
    engine.let_pass(60)
    world.do("toner", MFP, "black", 100)
    engine.let_pass(60)
    assert kinds(engine, "supply.replaced") == {"supply.replaced": 1}, "a cartridge that stays was not told"


def plugs(world, engine):
    """As fast as a loose plug does; the engine's own time stands still meanwhile."""
    engine.let_pass(120)
    kinds(engine)
    for _ in range(TIMES):
        world.do("unplug", MFP)
        time.sleep(0.1)
        world.do("plug", MFP)
        time.sleep(0.1)
    wait_for("its return", lambda: engine.ask("printers")["printers"], list)
    engine.let_pass(60)
    found = kinds(engine, "printer.attached", "printer.detached", "printer.moved")
    print(f"{TIMES} times unplugged and back: {found}", flush=True)
    assert 1 <= found["printer.attached"] <= 4 and 1 <= found["printer.detached"] <= 4, found
    world.do("unplug", MFP)
    wait_for("its leaving", lambda: not engine.ask("printers")["printers"], lambda: engine.ask("printers"))
    engine.let_pass(60, 0)
    assert kinds(engine, "printer.attached", "printer.detached") == {"printer.detached": 1}


def inside(world, _):
    engine = Engine(world)
    engine.let_pass(20)
    doors(world, engine)
    levels(world, engine)
    plugs(world, engine)
    engine.end()


if __name__ == "__main__":
    sys.exit(printers_inside.main(__doc__, inside, profiles=(MFP,)))
