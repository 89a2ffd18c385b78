#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counters across restarts of the agent, kill -9 included: a fall while nobody looked is told once, with both values and what it
is (set back, run over its 32 bits, another formatter); a rise is none; a printer that is looked at is no reason to write."""
import os
import sys

import printers_inside
from agent_sleep import Engine

MFP = "hp-mfp"
KEPT = ("impressions", "impressions_color", "impressions_monochrome", "sheets_duplex", "scans", "copies", "faxes", "jams")


def told(engine):
    return engine.ask("printers")["printers"][0]["counters"]


def kill(engine):
    engine.process.kill()
    engine.process.wait()


def put(world, **counters):
    for name, value in counters.items():
        world.do("set", MFP, f"counters.{name}", value)


def restarted(world, folder, **counters):
    """Killed, changed, started again: what it tells of falls, each time once."""
    engine = Engine(world, folder=folder)
    engine.let_pass(20)
    engine.ask("records")
    kill(engine)
    before = world.truth()["printers"][0]["counters"]
    put(world, **counters)
    engine = Engine(world, folder=folder)
    engine.let_pass(20)
    falls = [r["body"] for r in engine.records("counter.reset")]
    assert told(engine)["impressions"] == world.truth()["printers"][0]["counters"]["impressions"]
    kill(engine)
    engine = Engine(world, folder=folder)
    engine.let_pass(20)
    assert engine.records("counter.reset") == [], "the same fall was told again"
    engine.end()
    for fall in falls:
        assert fall["source"] == "ledm" and fall["before"] == before[fall["counter"]], (fall, before)
        assert fall["after"] == counters[fall["counter"]], (fall, counters)
    return {fall["counter"]: fall["cause"] for fall in falls}


def falls_are_told(world):
    folder = world.folder / "state"
    assert restarted(world, folder, impressions=120433) == {}, "a rise is no fall"
    assert restarted(world, folder, impressions=12) == {"impressions": "reset"}
    assert restarted(world, folder, impressions=4294967290) == {}
    assert restarted(world, folder, impressions=7) == {"impressions": "wrap"}
    put(world, impressions=9000)
    known = [n for n in KEPT if (world.truth()["printers"][0]["counters"].get(n) or 0) > 0]
    assert len(known) >= 4, known
    assert restarted(world, folder, **dict.fromkeys(known, 0)) == dict.fromkeys(known, "formatter")
    print(f"told across kill -9: a reset, a wrap, another formatter ({len(known)} counters at once)", flush=True)


def writings(world, folder, steps, step_s, act=lambda: None):
    """How often the memory's file is another one, in so many steps."""
    engine = Engine(world, folder=folder)
    engine.let_pass(20)
    file, count = folder / "printers.json", 0
    last = os.stat(file)
    for _ in range(steps):
        act()
        engine.let_pass(step_s)
        now = os.stat(file)
        count += (now.st_ino, now.st_mtime_ns) != (last.st_ino, last.st_mtime_ns)
        last = now
    engine.end()
    return count


def looking_writes_nothing(world):
    folder = world.folder / "written"
    quiet = writings(world, folder, 12, 600)
    busy = writings(world, folder, 15, 20, lambda: world.do("print", MFP, "1", "color"))
    print(f"written: {quiet} times in two quiet hours, {busy} times in five minutes with 15 jobs", flush=True)
    assert quiet == 0 and 1 <= busy <= 6, (quiet, busy)


def inside(world, _):
    world.do("toner", MFP, "black", 100)
    falls_are_told(world)
    looking_writes_nothing(world)


if __name__ == "__main__":
    sys.exit(printers_inside.main(__doc__, inside, profiles=(MFP,)))
