#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the measuring programs of tests/bench/ and collects their rows. Run it through tools/bench.

Such a program is called with `--build DIR`. It prints one JSON object a line on standard output, a row each:

    {"row": "agent.pss", "value": 5.1, "unit": "MB", "runs": 5}

and may add `peer` and `peer_value` (who else was measured in the same run), and budgets: `at_most` or `at_least` for the value,
`ratio_at_most` or `ratio_at_least` for value / peer_value. Whatever else it has to say goes to standard error.
"""
import argparse
import json
import pathlib
import subprocess
import sys

PROGRAMS = pathlib.Path(__file__).resolve().parents[2] / "tests" / "bench"
KNOWN = ("agent", "connector", "ews", "tray")
NUMBERS = ("value", "runs", "peer_value", "at_most", "at_least", "ratio_at_most", "ratio_at_least")


class Wrong(Exception):
    """A program that does not keep to the form above."""


def row_of(line):
    """A row as printed by a program, held to the form, with its ratio."""
    try:
        row = json.loads(line)
    except ValueError:
        raise Wrong(f"no row: {line[:80]}") from None
    if not isinstance(row, dict) or not all(isinstance(row.get(k), str) for k in ("row", "unit")):
        raise Wrong(f"a row needs a name and a unit: {line[:80]}")
    if any(isinstance(row[k], bool) or not isinstance(row[k], (int, float)) for k in NUMBERS if k in row) or "value" not in row:
        raise Wrong(f"{row['row']}: a value is missing or is no number")
    if ("peer" in row) != ("peer_value" in row):
        raise Wrong(f"{row['row']}: a peer and its value belong together")
    row.setdefault("runs", 1)
    row.pop("ratio", None)
    if row.get("peer_value"):
        row["ratio"] = round(row["value"] / row["peer_value"], 3)
    return row


def misses(row):
    """What it misses of its budgets, in words; empty: nothing."""
    found = []
    for what, number in (("", row["value"]), ("ratio_", row.get("ratio"))):
        most, least = row.get(f"{what}at_most"), row.get(f"{what}at_least")
        name = "the ratio" if what else row["row"]
        if number is None and (most is not None or least is not None):
            found.append("there is no ratio to hold against its budget")
        elif most is not None and number > most:
            found.append(f"{name} {number:g} is more than {most:g}")
        elif least is not None and number < least:
            found.append(f"{name} {number:g} is less than {least:g}")
    return found


def line_of(row):
    """A row for people."""
    words = [f"{row['row']:<34} {row['value']:>12g} {row['unit']:<6}"]
    if "peer" in row:
        words.append(f"{row['peer']} {row['peer_value']:g}" + (f", ratio {row['ratio']:g}" if "ratio" in row else ""))
    for key, sign in (("at_most", "<="), ("at_least", ">="), ("ratio_at_most", "ratio <="), ("ratio_at_least", "ratio >=")):
        if key in row:
            words.append(f"budget {sign} {row[key]:g}")
    missed = misses(row)
    if missed:
        words.append("MISSED")
    elif any(key.endswith(("at_most", "at_least")) for key in row):
        words.append("kept")
    return "  ".join(words)


def measure(name, build):
    """Runs one program; returns its rows. One that fails has said why on standard error."""
    rows = []
    program = subprocess.Popen([str(PROGRAMS / name), "--build", build], stdout=subprocess.PIPE, text=True)
    try:
        for line in filter(str.strip, program.stdout):
            rows.append(row_of(line))
            print(line_of(rows[-1]), flush=True)
    finally:
        program.stdout.close()
        code = program.wait()
    if code != 0:
        raise Wrong(f"it ended with exit status {code}")
    if not rows:
        raise Wrong("it measured nothing")
    return rows


def main():
    words = argparse.ArgumentParser(prog="tools/bench", description="Figures, beside their budgets and peers.")
    words.add_argument("names", nargs="*", metavar="NAME", help=", ".join(KNOWN))
    words.add_argument("--build", required=True, help=argparse.SUPPRESS)
    words.add_argument("--json", metavar="FILE", help="write every row to FILE")
    words.add_argument("--check", action="store_true", help="exit 1 when a row misses its budget")
    wanted = words.parse_args()
    have = [name for name in KNOWN if (PROGRAMS / name).is_file()]
    for name in wanted.names:
        if name not in have:
            sys.exit(f"tools/bench: there is no measurement {name}; there are: {', '.join(have)}")
    rows, failed = [], 0
    for name in wanted.names or have:
        try:
            rows += measure(name, wanted.build)
        except Wrong as e:
            print(f"FAILED: bench.{name}: {e}", file=sys.stderr)
            failed += 1
    if wanted.json:
        pathlib.Path(wanted.json).write_text(json.dumps(rows, indent=1) + "\n")
    missed = [f"{row['row']}: {'; '.join(misses(row))}" for row in rows if misses(row)]
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    print(f"{len(rows)} rows, {len(missed)} budgets missed, {failed} measurements failed")
    sys.exit(1 if failed or (wanted.check and missed) else 0)


if __name__ == "__main__":
    main()
