#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py sees every lie: a snapshot made from the dump itself has no difference; with any one told field changed, lost or
any untold one invented, it has one."""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import bench
import compare

PROGRAM = pathlib.Path(compare.__file__)
SECTIONS = {"identity": compare.IDENTITY, "counters": compare.COUNTERS, "state": ("printer_state", "asleep")}


def perfect(truth):
    """What a program would have that heard everything that is told, and believed it."""
    mine = copy.deepcopy({k: v for k, v in truth.items() if k not in ("told_by", "also", "name", "profile")})
    told = truth["told_by"]
    for section, names in SECTIONS.items():
        for name in names:
            if f"{section}.{name}" not in told:
                mine[section][name] = None
        mine[section]["sources"] = {n: told[f"{section}.{n}"][0] for n in names if f"{section}.{n}" in told}
    for section, names in (("supplies", compare.SUPPLY), ("media", compare.MEDIUM)):
        for i, row in enumerate(mine[section]):
            for name in names:
                if f"{section}.{i}.{name}" not in told:
                    row[name] = None
    mine["state"]["reasons"] = [r for r in mine["state"]["reasons"] if f"state.reasons.{compare.base(r)}" in told]
    mine["alerts"] = [a for a in mine["alerts"] if f"alerts.{a['code']}" in told]
    return mine


def another(value):
    """A different value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    return "something else" if value != "something else" else "another thing"


def lies(truth, mine):
    """(what was done, the snapshot with that lie in it)"""
    places = [(f"{s}.{n}", mine[s], n) for s, names in SECTIONS.items() for n in names]
    for section, names in (("supplies", compare.SUPPLY), ("media", compare.MEDIUM)):
        places += [(f"{section}.{i}.{n}", (section, i), n) for i, _ in enumerate(mine[section]) for n in names]
    for path, _, _ in places:
        for kind in ("changed", "lost"):
            lie = copy.deepcopy(mine)
            *way, name = path.split(".")
            row = compare.at(lie, ".".join(way))
            told = path in truth["told_by"]
            if kind == "lost" and (not told or row.get(name) in compare.UNKNOWN):
                continue
            row[name] = another(row.get(name)) if kind == "changed" else None
            yield f"{path} {kind if told else 'invented'}", lie
    yield from list_lies(mine)
    for path in ("identity.serial_number", "counters.impressions"):
        section, name = path.split(".")
        if path in truth["told_by"]:
            lie = copy.deepcopy(mine)
            lie[section]["sources"][name] = "hearsay"
            yield f"{path} from nowhere", lie


def list_lies(mine):
    for section in ("supplies", "media"):
        if mine[section]:
            lie = copy.deepcopy(mine)
            del lie[section][0]
            yield f"{section}: one missing", lie
        lie = copy.deepcopy(mine)
        lie[section].append({"type": "stapler", "colorant": "pink", "name": "Tray 99"})
        yield f"{section}: one too many", lie
    for kept in (mine["state"]["reasons"][1:], [*mine["state"]["reasons"], "spool-area-full-warning"]):
        if kept != mine["state"]["reasons"]:
            lie = copy.deepcopy(mine)
            lie["state"]["reasons"] = kept
            yield f"reasons {kept}", lie
    for kept in (mine["alerts"][1:], [*mine["alerts"], {"code": "coverOpen", "severity": "critical"}]):
        if kept != mine["alerts"]:
            lie = copy.deepcopy(mine)
            lie["alerts"] = kept
            yield f"alerts {kept}", lie


def program(truth, mine, *options):
    """The exit code and the output of compare.py itself."""
    with tempfile.TemporaryDirectory() as d:
        for name, tree in (("truth", truth), ("mine", mine)):
            pathlib.Path(d, name).write_text(json.dumps(tree))
        done = subprocess.run([sys.executable, PROGRAM, f"{d}/truth", f"{d}/mine", *options], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


def check_printer(name):
    truth = bench.dump(name)
    mine = perfect(truth)
    found = compare.printer(truth, mine, same_bus=True)
    assert not found, f"{name}: the truth differs from itself: {found}"
    count = 0
    for what, lie in lies(truth, mine):
        if (lie["identity"]["model"], lie["identity"]["make"]) == (mine["identity"]["model"], mine["identity"]["make"]) \
                and lie == mine:
            continue
        assert compare.printer(truth, lie), f"{name}: not seen: {what}"
        count += 1
    return count


def main():
    bench.do("set", "hp-mfp", "state-reason", "+media-jam")
    bench.do("toner", "hp-mfp", "black", "4")
    bench.do("set", "brother-laser", "state-reason", "+cover-open")
    count = sum(check_printer(name) for name in ("hp-mfp", "brother-laser", "inkjet-idonly"))
    everything = json.loads(bench.do("dump"))
    mine = {"schema": "platen.snapshot/1", "printers": [perfect(p) for p in everything["printers"]]}
    assert program(everything, mine, "--same-bus") == (0, ""), program(everything, mine)
    mine["printers"][0]["counters"]["impressions"] += 1
    code, said = program(everything, mine)
    assert code == 1 and "counters.impressions" in said, said
    del mine["printers"][1]
    code, said = program(everything, mine)
    assert code == 1 and "brother-laser: it is not there" in said, said
    assert program({"no": "thing"}, {"printers": 3})[0] == 2
    print(f"{count} lies seen")


if __name__ == "__main__":
    main()
