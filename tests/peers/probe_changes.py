#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A fact of a printer changes, and in `platen probe --json` exactly that changes: for every kind of printer twenty random
changes of one fact. Between two probes those fields differ whose truth differs and is told, and no other but the times."""
import concurrent.futures
import os
import subprocess
import sys

import printers_inside
from printers_inside import compare

ROUNDS = 20
WORLDS = 3  # side by side: the printers take their time, the machine waits
ONLY = "PLATEN_CHANGES"  # which of them this one is
COUNTERS = ("impressions", "impressions_color", "impressions_monochrome", "sheets", "sheets_duplex", "scans", "copies", "faxes",
            "jams")
TROUBLES = ("media-empty", "media-low", "media-jam", "cover-open", "input-tray-missing", "output-area-full")
TIMES = ("taken_at",)
# Of the others a 1284 ID says no more than that something is wrong.
WORDS = {"inkjet-idonly": ("media-empty", "media-jam", "cover-open")}


def kind(name):
    return name.removesuffix("-too")


def choices(name, truth, rng):
    """Every change of one told fact of this printer, as words; one that stays what it is is none."""
    told = truth["told_by"]
    found = [(f"counters.{c}", str(truth["counters"][c] + rng.randint(1, 500))) for c in COUNTERS
             if f"counters.{c}" in told and truth["counters"][c] is not None]
    for i, supply in enumerate(truth["supplies"]):
        path = f"supplies.{i}"
        if f"{path}.level" in told and supply["level"] is not None:
            found.append((f"{path}.level", str(rng.randint(1, int(supply["max_capacity"] or 100)))))
        if f"{path}.part_number" in told:
            found.append((f"{path}.part_number", f"P{rng.randint(1000, 9999)}A"))
    for i, _ in enumerate(truth["media"]):
        if f"media.{i}.capacity" in told:
            found.append((f"media.{i}.capacity", str(rng.randint(100, 900))))
    if "ipp" in told.get("identity.firmware", ()) or "ledm" in told.get("identity.firmware", ()):
        found.append(("identity.firmware", f"FW{rng.randint(10000, 99999)}"))
    if told.get("identity.model") == ["ieee1284"]:
        found.append(("identity.model", f"Model {rng.randint(100, 999)}"))
    if told.get("identity.serial_number") == ["usb"] and kind(name) != "same-serial" and len(told) < 20:
        found.append(("identity.serial_number", f"SN{rng.randint(10000, 99999)}X"))
    if "state.reasons" in told:
        found += [("state-reason", rng.choice("+-") + r) for r in WORDS.get(name, TROUBLES)]
    return [("set", name, *words) for words in found] + ([("print", name, str(rng.randint(1, 40)))] if found else [])


def rows(truth, mine, section, fields, pair):
    left, found = list(mine[section] or []), {}
    for i, row in enumerate(truth[section]):
        have = pair(row, left)
        if have:
            left.remove(have)
            found.update({f"{section}.{i}.{f}": have.get(f) for f in fields})
    return found


def fields(truth, mine):
    """A snapshot by the dump's paths; reasons and alerts one by one."""
    have = {f"identity.{n}": mine["identity"][n] for n in compare.IDENTITY}
    message = ("message",) if "state.message" in truth["told_by"] else ()  # else the words of a display, in its own language
    have |= {f"state.{n}": mine["state"].get(n) for n in ("printer_state", "asleep", *message)}
    have |= {f"counters.{n}": mine["counters"][n] for n in COUNTERS}
    have |= {f"usb.{n}": mine["usb"][n] for n in compare.USB}
    have |= rows(truth, mine, "supplies", compare.SUPPLY, compare.pair_supply)
    have |= rows(truth, mine, "media", compare.MEDIUM, compare.pair_medium)
    have |= {f"state.reasons.{compare.base(r)}": True for r in mine["state"]["reasons"] or []}
    for alert in mine["alerts"] or []:
        have |= {f"alerts.{alert['code']}": True, f"alerts.{alert['code']}.severity": alert["severity"]}
    return have


def told(truth):
    """The same of the truth: what is not told is not there."""
    have, by = fields(truth, truth), truth["told_by"]
    return {p: v for p, v in have.items() if p in by or (p.endswith(".severity") and p.removesuffix(".severity") in by)}


def beside(mine):
    """What no fact of the printer stands in: it never changes, but for the times and the address of another plug."""
    rest = {"key": mine["key"], "errors": mine["errors"], "confidence": mine["identity"]["confidence"]}
    rest |= {f"usb.{n}": v for n, v in mine["usb"].items() if n not in ("address", "serial")}
    rest |= {f"access.{n}": v for n, v in mine["access"].items()}
    rest |= {f"{s}.sources.{n}": v for s in ("identity", "counters") for n, v in mine[s]["sources"].items()}
    unknown = set(mine) - {"usb", "identity", "state", "supplies", "counters", "media", "alerts", "access", "key", "errors", *TIMES}
    return rest | {name: mine[name] for name in unknown}


def changed(before, after):
    return {p for p in before.keys() | after.keys() if before.get(p) not in (after.get(p),)}


def by_port(document):
    return {p["usb"]["port_path"]: p for p in document["printers"]}


class Watch:
    """The printers before a change, to be held against them after it."""

    def __init__(self, world):
        self.world = world
        self.truth, self.mine = by_port(world.truth()), by_port(world.probe())
        found = world.differences({"printers": list(self.mine.values())})
        assert not found, f"at first: {found}"

    def step(self, what):
        """One more probe: exactly what was told otherwise is otherwise. Returns how many fields that were."""
        truth, mine, count = by_port(self.world.truth()), by_port(self.world.probe()), 0
        found = compare.documents({"printers": list(truth.values())}, {"printers": list(mine.values())}, same_bus=True)
        assert not found, f"{what}: {found}"
        for port, is_true in truth.items():
            was_true, was, now = self.truth[port], self.mine[port], mine[port]
            right = changed(told(was_true), told(is_true))
            have = changed(fields(was_true, was), fields(is_true, now))
            more, less = sorted(have - right), sorted(right - have)
            assert not more and not less, f"{what.get(is_true['name'])}: changed besides: {more}, did not change: {less}"
            rest = changed(beside(was), beside(now)) - ({"key"} if "usb.serial" in right else set())
            assert not rest, f"{what.get(is_true['name'])}: changed besides: {rest}: {beside(was)} {beside(now)}"
            count += len(have)
        self.truth, self.mine = truth, mine
        return count


def change(world, name, truth, rng):
    """One random change of one fact; the words, None where this printer has no fact that can change."""
    found = choices(name, truth, rng)
    if not found:
        return None
    words = rng.choice(found)
    world.do(*words)
    if words[2] == "identity.serial_number":  # strings are read when a device comes
        world.do("unplug", name)
        world.do("plug", name)
    return " ".join(words)


def inside(world, rng):
    watch, steps, count = Watch(world), 0, 0
    for _ in range(ROUNDS):
        what = {p["name"]: change(world, p["name"], p, rng) for p in watch.truth.values()}
        assert all(what.values()), f"no fact to change: {what}"
        print("\n".join(f"  {words}" for words in what.values()), flush=True)
        steps, count = steps + len(what), count + watch.step(what)
    print(f"{steps} changes of one fact, {count} fields: no other", flush=True)


def worlds():
    names = sorted(p.name for p in printers_inside.PROFILES.iterdir() if p.is_dir()) + ["same-serial-too"]
    parts = [names[i::WORLDS] for i in range(WORLDS)]
    twin = next(part for part in parts if "same-serial" in part)
    if "same-serial-too" not in twin:  # the two belong together
        next(part for part in parts if "same-serial-too" in part).remove("same-serial-too")
        twin.append("same-serial-too")
    return parts


def run(number):
    return subprocess.run([sys.executable, __file__, *sys.argv[1:]], env={**os.environ, ONLY: str(number)}, capture_output=True,
                          text=True, check=False, timeout=280)


def main():
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(WORLDS) as pool:
        for done in pool.map(run, range(WORLDS)):
            print(done.stdout, done.stderr, flush=True)
            failed += done.returncode != 0
    return failed > 0


if __name__ == "__main__":
    if ONLY not in os.environ:
        sys.exit(main())
    part = worlds()[int(os.environ[ONLY])]
    sys.exit(printers_inside.main(__doc__, inside, profiles={name: kind(name) for name in part}))
