#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what a program believes of printers with what they truly are.

    compare.py TRUTH MINE [--leaves-pc] [--languages ipp,ledm] [--same-bus]

TRUTH is what `platen-vprinter … do dump` says, MINE a platen.snapshot/1 (`platen probe --json`) or a printer of the
connector's API; `-` is standard input. Prints every difference; exit 0: none, 1: some, 2: cannot compare.

The rule: a field that some language of the printer tells must be equal; a field that none tells must be unknown (null,
"unknown"). README.md has it in full.
"""
import argparse
import datetime
import json
import re
import sys

IDENTITY = ("make", "model", "serial_number", "uuid", "firmware", "device_id")
SUPPLY = ("class", "type", "colorant", "description", "unit", "max_capacity", "level", "level_code", "level_percent",
          "part_number", "serial_number", "state")
COUNTERS = ("impressions", "impressions_color", "impressions_monochrome", "sheets", "sheets_duplex", "scans", "copies",
            "faxes", "jams")
MEDIUM = ("name", "level", "level_code", "capacity", "size")
USB = ("vendor_id", "product_id", "serial")
USB_PLACE = ("bus", "address", "port_path")
STAYS = {"state.message", "media.name"}  # what never leaves the PC
UNKNOWN = (None, "", "unknown")
MAX_LEAVING = 64  # bytes of a device's text that leaves


def wall_seconds(text):
    """RFC 3339 -> seconds since 1970."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def printers(document):
    """The printers of a snapshot document, of a list, or the one printer that it is."""
    if isinstance(document, list):
        return document
    return document["printers"] if "printers" in document else [document]


def at(tree, path):
    """The value at a dotted path; None where there is none."""
    for step in path.split("."):
        if isinstance(tree, list):
            tree = tree[int(step)] if step.isdigit() and int(step) < len(tree) else None
        else:
            tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def text(value):
    return re.sub(r"\s+", " ", str(value)).strip()


def plain(path, value):
    """A value in the form in which it is compared."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if path == "identity.device_id":
        return sorted(text(field) for field in str(value).split(";") if field.strip())
    if path == "identity.uuid":
        return text(value).lower().removeprefix("urn:uuid:")
    if path in ("identity.serial_number", "usb.serial"):
        return text(value).upper()
    if path.endswith("serial_number"):
        return text(value)  # a number to some printers
    if path.startswith("identity.") or path.endswith((".type", ".colorant", ".description")):
        return text(value).casefold()
    return value


def base(reason):
    """An IPP reason without its suffix."""
    return re.sub(r"-(error|warning|report)$", "", reason)


class Comparison:
    def __init__(self, truth, mine, leaves_pc, languages, same_bus):
        self.truth = truth
        self.mine = mine
        self.leaves_pc = leaves_pc
        self.languages = languages
        self.same_bus = same_bus
        self.found = []

    def told(self, path):
        """The languages that tell a field, of those that may be spoken."""
        return [x for x in self.truth.get("told_by", {}).get(path, []) if self.languages is None or x in self.languages]

    def differ(self, path, sentence):
        self.found.append(f"{path}: {sentence}")

    def right(self, path, shown):
        """The values that are right for a field: the truth, and what a language tells in other words."""
        values = [at(self.truth, path), *self.truth.get("also", {}).get(path, [])]
        if self.leaves_pc:
            values += [v.encode("ascii", "ignore").decode()[:MAX_LEAVING] for v in values if isinstance(v, str)]
        return [plain(shown, v) for v in values]

    def field(self, path, have, shown=None):
        """Compares one field of the truth with the value that the program has."""
        shown = shown or path
        told = self.told(path)
        if told:
            right = self.right(path, shown)
            if plain(shown, have) not in right and not (right[0] in UNKNOWN and have in UNKNOWN):
                self.differ(path, f"is {at(self.truth, path)!r} (told by {', '.join(told)}), not {have!r}")
        elif have not in UNKNOWN:
            self.differ(path, f"nobody tells it, yet it is {have!r}")

    def source(self, path, source):
        if source in UNKNOWN:
            return
        if source not in self.told(path):
            self.differ(path, f"is said to come from {source}, which does not tell it")

    def model(self):
        """Make and model: languages differ in whether the model repeats the make."""
        make, model = (text(at(self.truth, f"identity.{k}") or "").casefold() for k in ("make", "model"))
        my_make, my_model = (text(at(self.mine, f"identity.{k}") or "").casefold() for k in ("make", "model"))
        for path, right, have in (("make", make, my_make), ("model", model, my_model)):
            if self.told(f"identity.{path}"):
                if have.removeprefix(make + " ") != right.removeprefix(make + " "):
                    self.differ(f"identity.{path}", f"is {right!r}, not {have!r}")
            elif have:
                self.differ(f"identity.{path}", f"nobody tells it, yet it is {have!r}")

    def identity(self):
        self.model()
        for name in IDENTITY[2:]:
            self.field(f"identity.{name}", at(self.mine, f"identity.{name}"))
        for name, source in (at(self.mine, "identity.sources") or {}).items():
            if at(self.mine, f"identity.{name}") not in UNKNOWN:
                self.source(f"identity.{name}", source)

    def state(self):
        for name in ("printer_state", "asleep"):
            self.field(f"state.{name}", at(self.mine, f"state.{name}"))
        if not self.leaves_pc and self.told("state.message"):
            self.field("state.message", at(self.mine, "state.message"))
        self.set_of("state.reasons", [base(r) for r in at(self.truth, "state.reasons") or []],
                    [base(r) for r in at(self.mine, "state.reasons") or []])

    def set_of(self, path, right, have):
        """A set whose members are told one by one: what is told must be there, what is there must be true."""
        for member in sorted(m for m in set(have) if have.count(m) > 1):
            self.differ(path, f"{member} is there {have.count(member)} times")
        right, have = set(right), set(have)
        for member in sorted(right - have):
            if self.told(f"{path}.{member}"):
                self.differ(path, f"{member} is missing (told by {', '.join(self.told(f'{path}.{member}'))})")
        for member in sorted(have - right):
            self.differ(path, f"{member} is not true")

    def alerts(self):
        right = {a["code"]: a for a in self.truth.get("alerts", [])}
        have = {a.get("code"): a for a in self.mine.get("alerts") or []}
        self.set_of("alerts", list(right), [a.get("code") for a in self.mine.get("alerts") or []])
        for code in sorted(set(right) & set(have)):
            severity = have[code].get("severity")
            if self.told(f"alerts.{code}.severity") and severity != right[code]["severity"]:
                self.differ(f"alerts.{code}.severity", f"is {right[code]['severity']!r}, not {severity!r}")

    def rows(self, name, fields, pair):
        """A list of rows, each paired with its own by pair(truth, candidates)."""
        left = list(self.mine.get(name) or [])
        for i, row in enumerate(self.truth.get(name, [])):
            paths = [f"{name}.{i}.{f}" for f in fields]
            mine = pair(row, left)
            if mine is None:
                if any(self.told(p) for p in paths):
                    self.differ(f"{name}.{i}", f"{row.get('colorant') or row.get('size')} is missing")
                continue
            left.remove(mine)
            for path, field in zip(paths, fields):
                if not (self.leaves_pc and f"{name}.{field}" in STAYS):
                    self.field(path, mine.get(field), f"{name}.{field}")
        for row in left:
            self.differ(name, f"there is no such thing: {row.get('description') or row.get('name') or row}")

    def counters(self):
        for name in COUNTERS:
            self.field(f"counters.{name}", at(self.mine, f"counters.{name}"))
        for name, source in (at(self.mine, "counters.sources") or {}).items():
            if at(self.mine, f"counters.{name}") is not None:
                self.source(f"counters.{name}", source)

    def usb(self):
        if not isinstance(self.mine.get("usb"), dict):
            return
        for name in USB + (USB_PLACE if self.same_bus else ()):
            self.field(f"usb.{name}", at(self.mine, f"usb.{name}"))

    def run(self):
        self.usb()
        self.identity()
        self.state()
        self.rows("supplies", SUPPLY, pair_supply)
        self.counters()
        self.rows("media", MEDIUM, pair_medium)
        self.alerts()
        return self.found


def pair_supply(row, candidates):
    """The same kind and colour; else the same place in the list."""
    for keys in (("type", "colorant"), ("class", "colorant"), ("index",)):
        for c in candidates:
            if all(plain(f"supplies.{k}", c.get(k)) == plain(f"supplies.{k}", row.get(k)) for k in keys):
                return c
    return None


def pair_medium(row, candidates):
    for key in ("name", "size"):
        for c in candidates:
            if c.get(key) not in UNKNOWN and c.get(key) == row.get(key):
                return c
    return candidates[0] if candidates else None


def printer(truth, mine, leaves_pc=False, languages=None, same_bus=False):
    """Every difference between the truth of one printer and what a program has, as sentences."""
    return Comparison(printers(truth)[0], mine, leaves_pc, languages, same_bus).run()


def match(truth, have):
    """The printer of a list that is this one: by serial number, else by what USB says. None where it is not there."""
    truth = printers(truth)[0]
    serial = plain("usb.serial", at(truth, "identity.serial_number"))
    for candidate in have:
        if serial and plain("usb.serial", at(candidate, "identity.serial_number")) == serial:
            return candidate
    for fields in (("vendor_id", "product_id", "port_path"), ("vendor_id", "product_id", "serial")):
        for candidate in have:
            if all(at(candidate, f"usb.{f}") == at(truth, f"usb.{f}") for f in fields):
                return candidate
    return None


def documents(truth, mine, **options):
    """All differences between two documents: {printer's name: [sentence]}; a printer too many is "?"."""
    found, left = {}, list(printers(mine))
    for one in printers(truth):
        name = one.get("name") or at(one, "identity.serial_number") or "printer"
        mine_one = match(one, left)
        if mine_one is None:
            found[name] = ["it is not there"]
            continue
        left.remove(mine_one)
        found[name] = printer(one, mine_one, **options)
    if left:
        found["?"] = [f"there is no such printer: {at(p, 'identity.model') or at(p, 'usb')}" for p in left]
    return {name: list_ for name, list_ in found.items() if list_}


def load(path):
    with sys.stdin if path == "-" else open(path, encoding="utf-8") as f:
        return json.load(f)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("truth")
    p.add_argument("mine")
    p.add_argument("--leaves-pc", action="store_true", help="without what never leaves the PC")
    p.add_argument("--languages", type=lambda s: s.split(","), help="only these languages could be spoken")
    p.add_argument("--same-bus", action="store_true", help="bus, address and port path are compared too")
    a = p.parse_args()
    try:
        found = documents(load(a.truth), load(a.mine), leaves_pc=a.leaves_pc, languages=a.languages, same_bus=a.same_bus)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        print(f"cannot compare: {e}", file=sys.stderr)
        return 2
    for name, list_ in found.items():
        for sentence in list_:
            print(f"{name}: {sentence}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
