#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every hostile printer costs `platen probe` a bounded time and is told of with one clear error for each language that it was
asked in; the good printer beside it is read truthfully."""
import concurrent.futures
import os
import subprocess
import sys
import time

import printers_inside
from printers_inside import compare

HOSTILE = printers_inside.ROOT / "tests" / "vprinter" / "profiles-hostile"
GOOD = "hp-vendor-http"
ONLY = "PLATEN_HOSTILE"  # the one profile of this world
BOUND_S = 60  # two languages of 10 s each, and a busy machine

# The codes with which each is told of; none: it is read, as far as it can be.
CODES = {
    "babbles": {"protocol"},
    "booting": {"busy"},
    "byte-a-second": {"timeout", "protocol"},
    "chunk-then-silence": {"timeout", "not-found"},
    "comes-back": set(),
    "deaf": {"timeout"},
    "endless-body": {"too-big", "not-found"},
    "endless-chunks": {"protocol"},
    "lying-lengths": set(),
    "mute-control": {"unsupported"},
    "never-answers": {"timeout"},
    "nothing-found": {"not-found"},
    "stale-bytes": {"protocol", "not-found"},
    "stalls-in": {"protocol"},
    "stalls-out": {"protocol"},
    "unplugs": set(),
    "zero-length": {"timeout"},
}
GONE = ("comes-back", "unplugs")  # in the middle of the first question


def pair(world, name):
    """Both printers as a probe has them, the hostile one None where it is gone; the good one is true."""
    truth = {p["name"]: p for p in world.truth()["printers"]}
    begin = time.monotonic()
    mine = world.probe()["printers"]
    took = time.monotonic() - begin
    assert took < BOUND_S, f"the probe took {took:.1f} s"
    good = compare.match(truth[GOOD], mine)
    assert good, "the good printer is not there"
    found = compare.printer(truth[GOOD], good, same_bus=True)
    assert not found and not good["errors"], f"the good printer: {found} {good['errors']}"
    print(f"{name}: {took:.1f} s", flush=True)
    return truth[name], next((p for p in mine if p["key"] != good["key"]), None)


def comes_back(world, address):
    """It returns with another address, and is read."""
    end = time.monotonic() + 10
    while not any(p["name"] == "comes-back" for p in world.truth()["printers"]):
        assert time.monotonic() < end, "it did not come back"
        time.sleep(0.1)
    truth, mine = pair(world, "comes-back")
    assert mine["usb"]["address"] > address and mine["state"]["printer_state"] == "idle", mine
    assert not compare.printer(truth, mine, same_bus=True)


def one(world, name):
    truth, mine = pair(world, name)
    if name in GONE:
        assert mine is None or mine["state"]["printer_state"] == "unknown", mine
        if name == "comes-back":
            comes_back(world, truth["usb"]["address"])
        return
    assert mine, "it is not there"
    sources = [e["source"] for e in mine["errors"]]
    codes = {e["code"] for e in mine["errors"]}
    assert len(sources) == len(set(sources)), f"more than one error of a language: {mine['errors']}"
    assert codes <= CODES[name] and bool(codes) == bool(CODES[name]), mine["errors"]
    assert all(e["error"].strip() for e in mine["errors"]), mine["errors"]
    if name not in ("mute-control", "booting"):
        found = compare.printer(truth, mine, languages=["ieee1284", "usb"], same_bus=True)
        assert not found, found  # what its control pipe says is known all the same


def run(name):
    """One in a world of its own."""
    return subprocess.run([sys.executable, __file__, *sys.argv[1:]], env={**os.environ, ONLY: name}, capture_output=True,
                          text=True, check=False, timeout=280)


def main():
    """Several worlds at a time: they mostly wait."""
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        for name, done in zip(CODES, pool.map(run, CODES)):
            print(done.stdout, end="", flush=True)
            if done.returncode != 0:
                failed += 1
                print(f"{name} failed ({done.returncode}): {done.stderr}", flush=True)
    return failed > 0


if __name__ == "__main__":
    assert sorted(CODES) == sorted(p.name for p in HOSTILE.iterdir() if p.is_dir()), "a profile without its codes"
    if ONLY not in os.environ:
        sys.exit(main())
    only = os.environ[ONLY]
    sys.exit(printers_inside.main(__doc__, lambda world, rng: one(world, only), profiles={only: HOSTILE / only, GOOD: GOOD}))
