# SPDX-License-Identifier: Apache-2.0
"""`platen probe --json`, run as the agent's own user against a real kernel, equals what each kind of virtual printer truly is: as
it was drawn, and after random changes of its facts. Nothing is left behind on the bus.

    platen-probe [--rounds N] [--seed S]      N rounds of one change per printer (2)
"""
import argparse
import copy
import json
import random
import sys

import agent
import lab
import printers

sys.path += [str(lab.LAB), str(lab.LAB / "peers")]
import compare  # noqa: E402  (these come with the virtual printers and their tests under umockdev)
import printers_inside  # noqa: E402
import probe_profiles  # noqa: E402

MOST = 10  # printers at once: usblp has 16 numbers to give


def on_this_bus(printer):
    """What it truly is, at the place that this kernel gave it."""
    truth, at = printer.dump(), lab.USB / printer.device
    truth["usb"].update(bus=int(lab.read(at / "busnum")), address=int(lab.read(at / "devnum")), port_path=printer.device)
    return truth


def hold_against_truth(report, fleet, title):
    mine = agent.probe()
    truth = [on_this_bus(printer) for printer in fleet]
    wrong = compare.documents(truth, {"printers": mine}, same_bus=True)
    for printer in fleet:
        said = wrong.get(printer.name, [])
        report.check(f"{printer.name}.{title}", not said, "; ".join(said[:4]))
    complaints = [e["error"] for printer in mine for e in printer["errors"]]
    report.check(f"all.{title}", "?" not in wrong and len(mine) == len(fleet) and not complaints,
                 "; ".join([f"{len(mine)} printers", *complaints[:4]]))
    if wrong:
        (lab.LOG / f"{title}.json").write_text(json.dumps({"truth": truth, "mine": mine}, indent=1))
    return mine


def change_all(fleet, rng):
    """One random change of each printer that has something to change, as the tests under umockdev make them."""
    for name in (printer.name for printer in fleet):
        if name in probe_profiles.KINDS:
            words = probe_profiles.change(name, rng)
        else:
            words = next(w for w in iter(lambda: printers_inside.changes(rng), None) if w[1] == name)
        if words:
            printers.do(*words)


def lies_are_seen(report, fleet, mine):
    """The comparison itself is tried: one falsified field of each printer must be complained of, in each section."""
    for printer in fleet:
        truth = printer.dump()
        unseen = []
        for field in ("identity.model", "identity.device_id", "usb.vendor_id", "state.printer_state"):
            lie = copy.deepcopy(compare.match(truth, mine))
            group, _, name = field.partition(".")
            lie[group][name] = "falsified"
            if not any(name in sentence for sentence in compare.printer(truth, lie)):
                unseen.append(field)
        report.check(f"{printer.name}.lies", not unseen, f"unseen: {unseen}" if unseen else "all seen")


def has_print_pipe(printer):
    return lab.triple(f"{printer.device}:1.0") in ("7/1/1", "7/1/2")


def left_as_found(report, fleet, since):
    for printer in fleet:
        for interface in sorted(lab.USB.glob(f"{printer.device}:*")):
            setting = lab.read(interface / "bAlternateSetting").strip()
            report.check(f"{printer.name}.{interface.name}.setting", setting == "0", f"alternate setting {setting}")
        if has_print_pipe(printer):
            report.check(f"{printer.name}.usblp", lab.driver_of(f"{printer.device}:1.0") == "usblp", "is bound")
    said = [line for line in lab.run("dmesg").splitlines()[since:] if "usblp" in line]
    report.check("usblp-untouched", not any("removed" in line for line in said), "the kernel's driver was never taken off")


def body(report):
    words = argparse.ArgumentParser()
    words.add_argument("--rounds", type=int, default=2)
    words.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    wanted = words.parse_args()
    report.value("seed", wanted.seed)
    rng = random.Random(wanted.seed)
    names = [*printers_inside.NAMES, *probe_profiles.KINDS]
    for begin in range(0, len(names), MOST):
        some = [f"{name}={name.removesuffix('-too')}" for name in names[begin:begin + MOST]]
        with printers.plugged(*some) as fleet:
            one_fleet(report, fleet, rng, wanted.rounds)
    report.value("printers", len(names))


def one_fleet(report, fleet, rng, rounds):
    for printer in fleet:
        if has_print_pipe(printer):
            printer.wait_usblp()
    since = len(lab.run("dmesg").splitlines())
    mine = hold_against_truth(report, fleet, "drawn")
    lies_are_seen(report, fleet, mine)
    for n in range(1, rounds + 1):
        change_all(fleet, rng)
        hold_against_truth(report, fleet, f"changed-{n}")
    left_as_found(report, fleet, since)


lab.scenario("platen-probe", body)
