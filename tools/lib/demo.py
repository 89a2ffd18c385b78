#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job, shown: virtual USB printers, an agent and a connector, live or once. Run it through tools/demo."""
import argparse
import json
import pathlib
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[n] / d) for n, d in ((0, "."), (2, "tests/vprinter"))]
import compare  # noqa: E402  the independent comparer that the tests use
import lab  # noqa: E402

NAMES = ("hp-mfp", "brother-laser", "inkjet-idonly")
ACTIVE_ALERT_LIMIT_S = 90


def report(text):
    print(text, flush=True)


def serial_of(printer):
    return (printer.get("identity") or {}).get("serial_number")


def fleet(connector):
    """Every printer as the connector has it, whole."""
    items = connector.api("GET", "/printers?limit=100")["items"]
    return [connector.api("GET", f"/printers/{item['id']}") for item in items]


def differences(connector, desk):
    """Pairs every virtual printer's truth with the connector's printer; returns ({name: printer}, [difference])."""
    have = fleet(connector)
    pairs, found = {}, []
    for name, truth in desk.truth().items():
        mine = compare.match(truth, have)
        if mine is None:
            found.append(f"{name}: the connector does not have it")
            continue
        pairs[name] = mine
        found += [f"{name}: {d}" for d in compare.printer(truth, mine, leaves_pc=True)]
    return pairs, found


def reported(connector, desk, seconds=60):
    """Waits until the connector has all of the truth; returns its printers, or raises with what differs."""
    last = [[]]

    def equal():
        pairs, last[0] = differences(connector, desk)
        return pairs if not last[0] else None

    try:
        return lab.wait_for("a complete report", equal, seconds, every=0.3)
    except lab.LabError:
        raise lab.LabError("the connector's values differ from the printers' truth:\n  " + "\n  ".join(last[0])) from None


def identify(connector, desk, printer_id):
    """Posts `identify`; milliseconds from the console's call until the printer did it."""
    began = time.time()
    action = connector.api("POST", f"/printers/{printer_id}/actions", {"type": "identify"})

    def effect():
        return [e for e in desk.asked("hp-mfp") if e.get("operation") == "Identify-Printer"]

    entry = lab.wait_for("Identify-Printer at the printer", effect, 20, every=0.02)[0]
    reached = compare.wall_seconds(entry["wall"])

    def ended():
        now = connector.api("GET", f"/actions/{action['id']}")
        return now if now["state"] not in ("queued", "delivered", "running") else None

    state = lab.wait_for("the action's end", ended, 20)["state"]
    return {"type": "identify", "state": state, "ms": round((reached - began) * 1000)}


def run_out_of_paper(connector, desk, printer_id):
    """Empties the tray; milliseconds until the connector's database has the alert."""
    began = time.monotonic()
    desk.do("set", "hp-mfp", "state-reason", "+media-empty")

    def stored():
        page = connector.api("GET", f"/printers/{printer_id}/alerts?state=open")
        return [a for a in page["items"] if a["code"] == "inputMediaSupplyEmpty"]

    lab.wait_for("the alert", stored, ACTIVE_ALERT_LIMIT_S)
    ms = round((time.monotonic() - began) * 1000)
    desk.do("set", "hp-mfp", "state-reason", "-media-empty")
    return {"type": "alert.opened", "ms": ms}


def once(connector, desk, path):
    result = {"ok": False}
    try:
        pairs = reported(connector, desk)
        report("reported: every value the connector has equals the printers' truth")
        result["printers"] = [pairs[name] for name in NAMES]
        result["action"] = identify(connector, desk, pairs["hp-mfp"]["id"])
        report(f"action: identify reached the printer {result['action']['ms']} ms after the console's call")
        result["event"] = run_out_of_paper(connector, desk, pairs["hp-mfp"]["id"])
        report(f"event: the empty tray was in the connector's database after {result['event']['ms']} ms")
        desk.do("print", "hp-mfp", "10")
        desk.do("print", "brother-laser", "7")
        desk.do("toner", "brother-laser", "black", "4")
        reported(connector, desk, 120)
        report("changed: ten pages later the connector again has the truth")
        result["ok"] = result["action"]["state"] == "done"
    except lab.LabError as e:
        result["error"] = str(e)
        report(f"error: {e}")
    if path:
        pathlib.Path(path).write_text(json.dumps(result, indent=2) + "\n")
    return 0 if result["ok"] else 1


def line_of(printer):
    identity, counters = printer["identity"], printer["counters"]
    supplies = ", ".join(
        f"{s['colorant'] or s['type']} {'?' if s['level_percent'] is None else str(s['level_percent']) + ' %'}" for s in printer["supplies"])
    pages = counters.get("impressions")
    state = printer["state"]["printer_state"]
    reasons = " ".join(printer["state"].get("reasons") or [])
    return (f"{identity['make']} {identity['model']}: {state}{' ' + reasons if reasons else ''}; "
            f"pages {'unknown' if pages is None else pages}; {supplies or 'supplies unknown'}")


def follow(connector, desk):
    report(f"\n  console   {connector.console}\n  login     {connector.user}  {connector.password}\n")
    report(f"  play      {desk.vprinter} --control {desk.control} do print hp-mfp 10")
    report("            (or: jam hp-mfp, clear hp-mfp, sleep hp-mfp, toner brother-laser black 4, unplug inkjet-idonly, …)")
    report("  end       Ctrl-C\n")
    shown = {}
    while desk.alive():
        for printer in fleet(connector):
            line = line_of(printer)
            if shown.get(printer["id"]) != line:
                shown[printer["id"]] = line
                report(f"{time.strftime('%H:%M:%S')}  {line}")
        time.sleep(1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    lab.terminate_on_signals()
    with tempfile.TemporaryDirectory(prefix="platen-demo-") as folder:
        try:
            with lab.site(options.build, folder, {name: lab.PROFILES / name for name in NAMES}) as (connector, desk):
                return once(connector, desk, options.json) if options.once else follow(connector, desk)
        except KeyboardInterrupt:
            return 0
        except lab.LabError as e:
            for log in sorted(pathlib.Path(folder).glob("*.log")):
                report(f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-20:]))
            report(f"error: {e}")
            return 1


if __name__ == "__main__":
    sys.exit(main())
