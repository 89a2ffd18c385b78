#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The comparison with the truth is not blind: a printer that tells a lie in one language (IPP, LEDM, PJL, the 1284 ID, USB's
strings) makes it red, at the field of the lie; without lies it is green."""
import json
import sys

import printers_inside
from printers_inside import compare

LANGUAGES = ("ledm", "ipp", "pjl", "ieee1284", "usb")
LEAST = 2  # printers that lied in each language
# Of 18, sixteen have a print pipe under usblp, which has no more devices.
PROFILES = [p.name for p in sorted(printers_inside.PROFILES.iterdir()) if p.is_dir() and p.name not in ("same-serial", "no-serial")]


def decides(truth, mine, path, language):
    """True where what this language tells of the fact is what the probe believes."""
    told = truth["told_by"].get(path, [])
    section, _, name = path.partition(".")
    source = (mine[section].get("sources") or {}).get(name) if section in ("identity", "counters") else None
    return language in told and (told == [language] or source == language)


def lies(truth, mine, language, rng):
    """(fact, another value) for every fact that this language decides."""
    found = [(f"counters.{n}", v + rng.randint(1, 99)) for n, v in truth["counters"].items() if v is not None]
    found += [(f"supplies.{i}.level", s["level"] % 90 + rng.randint(3, 9)) for i, s in enumerate(truth["supplies"])
              if s["level"] is not None]
    found += [("identity.firmware", f"FW{rng.randint(1000, 9999)}"), ("identity.model", f"Model {rng.randint(10, 99)}")]
    found += [("identity.serial_number", f"LIE{rng.randint(10000, 99999)}")]
    found = [(path, value) for path, value in found if decides(truth, mine, path, language)]
    if language in truth["told_by"].get("state.reasons", ()) and truth["told_by"]["state.reasons"] == [language]:
        found.append(("state.reasons", ["cover-open-error"]))
    return found


def replug(world, name):
    """USB's strings are read when a device comes."""
    world.do("unplug", name)
    world.do("plug", name)


def tell(world, mine, language, rng):
    """Every printer that can lies in this language: its name -> where."""
    told = {}
    for truth in world.truth()["printers"]:
        have = compare.match(truth, mine["printers"])
        choices = lies(truth, have, language, rng)
        if not choices:
            continue
        path, value = rng.choice(choices)
        world.do("lie", truth["name"], language, path, json.dumps(value))
        if language == "usb":
            replug(world, truth["name"])
        told[truth["name"]] = path
    return told


def is_about(path, line):
    """Whether a difference is about the fact: an alert follows from its reason, the model stands in the 1284 ID too."""
    section, name = path.split(".")[:2]
    places = {"identity": (path, "identity.device_id", "usb.serial"), "counters": (path,), "supplies": (f"{section}.{name}",),
              "state": ("state.reasons", "alerts")}[section]
    return line.startswith(places)


def inside(world, rng):
    mine = world.probe()
    found = world.differences(mine)
    assert not found, f"before any lie: {found}"
    for language in LANGUAGES:
        told = tell(world, mine, language, rng)
        found = world.differences(world.probe())
        assert set(found) == set(told), f"lies in {language}: {told}, seen: {found}"
        for name, path in told.items():
            assert any(is_about(path, line) for line in found[name]), f"{name} lied of {path} in {language}, seen: {found[name]}"
        assert len(told) >= LEAST, f"only {told} could lie in {language}"
        print(f"{language}: {', '.join(f'{name} {path}' for name, path in told.items())}: seen", flush=True)
        for name in told:
            world.do("honest", name)
            if language == "usb":
                replug(world, name)
    found = world.differences(world.probe())
    assert not found, f"honest again: {found}"


if __name__ == "__main__":
    sys.exit(printers_inside.main(__doc__, inside, profiles=PROFILES))
