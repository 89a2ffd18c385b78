# SPDX-License-Identifier: Apache-2.0
"""`platen probe --json`, run as the agent's own user against a real kernel, equals what each virtual printer truly is: as it was
drawn, and after each of its facts was changed. Nothing is left behind on the bus.

    platen-probe [--rounds N]       N rounds of changes (1)
"""
import argparse
import copy
import json
import sys

import agent
import lab
import printers

sys.path.insert(0, str(lab.LAB))
import compare  # noqa: E402  (it comes with the virtual printers)

CHANGES = [
    ("media empty", ("set", "state-reason", "+media-empty")),
    ("media there", ("set", "state-reason", "-media-empty")),
    ("pages printed", ("print", "7")),
    ("jammed", ("jam",)),
    ("cleared", ("clear",)),
]


def differences(printer, mine):
    """Sentences about what Platen says of this printer that is not the truth."""
    truth = printer.dump()
    which = compare.match(truth, mine)
    if which is None:
        return ["it is not there"]
    return compare.printer(truth, which, same_bus=True) + [f"error: {e['error']}" for e in which["errors"]]


def hold_against_truth(report, fleet, title):
    mine = agent.probe()
    wrong = {printer.name: differences(printer, mine) for printer in fleet}
    for name, said in wrong.items():
        report.check(f"{name}.{title}", not said, "; ".join(said[:4]))
    report.check(f"all.{title}", len(mine) == len(fleet), f"{len(mine)} printers")
    if any(wrong.values()):
        (lab.LOG / f"{title}.json").write_text(json.dumps({"truth": [p.dump() for p in fleet], "mine": mine}, indent=1))
    return mine


def lies_are_seen(report, fleet, mine):
    """One field falsified for each language that told something: the comparison must complain of each."""
    for printer, which in ((p, compare.match(p.dump(), mine)) for p in fleet):
        for field in ("identity.model", "identity.serial_number", "usb.vendor_id"):
            lie = copy.deepcopy(which)
            group, name = field.split(".")
            lie[group][name] = "falsified"
            told = compare.printer(printer.dump(), lie)
            report.check(f"{printer.name}.lie", any(field in sentence or name in sentence for sentence in told),
                         f"{field}: {told[:1]}")


def left_as_found(report, fleet):
    for printer in fleet:
        for interface in sorted(lab.USB.glob(f"{printer.device}:*")):
            setting = lab.read(interface / "bAlternateSetting").strip()
            report.check(f"{printer.name}.{interface.name}.setting", setting == "0", f"alternate setting {setting}")
        report.check(f"{printer.name}.usblp", lab.driver_of(f"{printer.device}:1.0") == "usblp", "is bound")
    said = lab.run("dmesg")
    report.check("usblp-untouched", "usblp" in said and ": removed" not in said, "the kernel's driver was never taken off")


def body(report):
    words = argparse.ArgumentParser()
    words.add_argument("--rounds", type=int, default=1)
    rounds = words.parse_args().rounds
    profiles = sorted(path.parent.name for path in (lab.LAB / "profiles").glob("*/device.json"))
    with printers.plugged(*profiles) as fleet:
        for printer in fleet:
            printer.wait_usblp()
        mine = hold_against_truth(report, fleet, "truth")
        lies_are_seen(report, fleet, mine)
        for n in range(rounds):
            for title, change in CHANGES:
                for printer in fleet:
                    printer.do(*change)
                hold_against_truth(report, fleet, title.replace(" ", "-") + (f"-{n}" if n else ""))
        left_as_found(report, fleet)
        report.value("profiles", len(fleet))


lab.scenario("platen-probe", body)
