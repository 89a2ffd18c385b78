#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent under valgrind through a day: plug, probe, report, act, unplug, stop. No leak, no error."""
import argparse
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

NAMES = ("hp-mfp", "brother-laser", "inkjet-idonly")


def day(connector, desk):
    def printers():
        items = connector.api("GET", "/printers")["items"]
        return items if len(items) == len(NAMES) and all(i["model"] for i in items) else None

    items = lab.wait_for("three printers", printers, 180, every=0.5)
    for item in items:
        connector.api("POST", f"/printers/{item['id']}/actions", {"type": "probe_now"})
    lab.wait_for("the actions' ends", lambda: all(a["ended_at"] for a in connector.api("GET", "/actions")["items"]), 120, every=0.5)
    desk.do("unplug", "hp-mfp")
    desk.do("print", "brother-laser", "2")
    desk.do("unplug", "brother-laser")
    desk.do("plug", "hp-mfp")
    lab.wait_for("the printer's return", lambda: any(
        e.get("what") == "ipp" for e in desk.asked("hp-mfp")[-20:]), 120, every=0.5)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-valgrind-") as folder:
        folder = pathlib.Path(folder)
        report = folder / "valgrind.log"
        connector = lab.Connector(build, folder)
        desk = lab.Desk(build, folder, {name: lab.PROFILES / name for name in NAMES})
        try:
            connector.start()
            desk.configure(token=connector.token())
            desk.start("valgrind", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
                       "--errors-for-leak-kinds=definite,indirect,possible", "--error-exitcode=99", "--track-fds=no",
                       f"--suppressions={ROOT / 'tests' / 'peers' / 'valgrind.supp'}", f"--log-file={report}", str(build / "agent" / "platen-agent"), "--config", str(desk.config))
            day(connector, desk)
        finally:
            code = desk.stop()
            connector.stop()
        text = report.read_text()
    print(text[-6000:] if code else text[text.rfind("HEAP SUMMARY"):])
    print(f"the agent under valgrind ended with {code}")
    return 1 if code or "ERROR SUMMARY: 0 errors" not in text else 0


if __name__ == "__main__":
    sys.exit(main())
