#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent's own settings changed by a signed action: in force at once, told before and after, kept over a restart, refused where
they are the PC's alone; its limits for each kind of action; two actions at once; and a PC that slept while its action expired."""
import argparse
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

FINAL = ("done", "failed", "rejected", "expired", "cancelled", "interrupted")


class Site:
    def __init__(self, connector, desk):
        self.connector, self.desk = connector, desk
        self.printer = lab.wait_for("the printer", lambda: next(
            (p for p in connector.api("GET", "/printers")["items"] if p["model"]), None), 60)
        self.agent = self.printer["agent"]["id"]

    def order(self, kind, expect=202, life=3600, **parameters):
        where = f"/agents/{self.agent}" if kind == "agent_config" else f"/printers/{self.printer['id']}"
        body = {"type": kind, "expires_in_s": life, **({"parameters": parameters} if parameters else {})}
        status, answer = self.connector.call("POST", where + "/actions", body, self.connector.session)
        assert status == expect, (status, answer)
        return answer

    def ended(self, action):
        def over():
            now = self.connector.api("GET", f"/actions/{action['id']}")
            wants = now["type"] == "agent_config" and now["state"] == "done"
            return now if now["state"] in FINAL and (now["result"] or not wants) else None
        return lab.wait_for(f"the end of {action['type']}", over, 60)

    def change(self, **settings):
        return self.ended(self.order("agent_config", settings=settings))

    def status(self):
        return json.loads(self.desk.platen("status", "--json"))

    def effects(self, operation="Identify-Printer"):
        return sum(1 for e in self.desk.asked("ink") if e["what"] == "ipp" and e["operation"] == operation)

    def restart(self, **settings):
        self.desk.stop()
        self.desk.configure(**settings)
        self.desk.start()
        lab.wait_for("the agent", lambda: self.status_or_none(), 30)

    def status_or_none(self):
        try:
            return self.status()
        except (lab.LabError, ValueError):
            return None


def interval(site):
    return site.status().get("report_interval_s") or next(
        v["report_interval_s"] for v in site.status().values() if isinstance(v, dict) and "report_interval_s" in v)


def settings(site):
    end = site.change(report_interval_s=300, log_level="debug", schedule={"idle_s": 600})
    told = {s["name"]: s for s in end["result"]["settings"]}
    assert end["state"] == "done", end
    assert told["report_interval_s"]["before"] == "60" and told["report_interval_s"]["after"] == "300", told
    assert told["log_level"]["after"] == "debug" and '"idle_s":600' in told["schedule"]["after"], told
    assert interval(site) == 300
    site.restart()
    assert interval(site) == 300, "kept over a restart"
    for wrong, sentence in (({"server": "https://elsewhere:1"}, "on the PC alone"), ({"forbid": "none"}, "on the PC alone"),
                            ({"report_interval_s": 1}, "from 5 to 86400"), ({"pjl": "idle"}, "not allowed"),
                            ({"colour": "blue"}, "no setting colour"), ({"printers_off": [{"vendor_id": "x"}]}, "list of models")):
        end = site.change(**wrong)
        assert end["state"] == "rejected" and sentence in end["message"], end
    site.order("agent_config", 400)
    assert site.change(report_interval_s=None)["state"] == "done" and interval(site) == 60
    print("settings: at once, over a restart, back again; what is the PC's alone is refused with the reason")


def own_file(site):
    site.restart(log_level="warn", identify_per_hour=2)
    end = site.change(log_level="error")
    assert end["state"] == "rejected" and "own file" in end["message"], end
    print("what the PC's own file says counts more")


def limits(site):
    before = site.effects()
    states = [site.ended(site.order("identify")) for _ in range(3)]
    assert [s["state"] for s in states] == ["done", "done", "rejected"] and "limit is reached" in states[2]["message"], states
    assert site.effects() == before + 2
    site.restart(log_level="warn", identify_per_hour=2)
    assert site.ended(site.order("identify"))["state"] == "rejected" and site.effects() == 0, "a restart forgives nothing"
    site.restart()
    print("a third identify within the hour is refused, also after a restart")


def two_at_once(site):
    before, writes = site.effects(), len([e for e in site.desk.asked("ink") if e["what"] == "nvram"])
    orders = [site.order("configure", settings={"print_quality": q}) for q in ("draft", "high")] + [site.order("identify")]
    ends = [site.ended(o) for o in orders]
    assert all(e["state"] == "done" for e in ends), ends
    assert site.effects() == before + 1
    nvram = [e for e in site.desk.asked("ink") if e["what"] == "nvram"][writes:]
    assert [(e["before"], e["after"]) for e in nvram] == [("4", "3"), ("3", "5")], nvram
    print("two settings and an identify at once: one after the other, each once, in their order")


def agent_pid(site):
    children = pathlib.Path(f"/proc/{site.desk.process.pid}/task/{site.desk.process.pid}/children").read_text().split()
    for pid in map(int, children):
        if pathlib.Path(f"/proc/{pid}/exe").resolve().name == "platen-agent":
            return pid
    raise lab.LabError("no agent among the virtual printers' children")


def asleep(site):
    """The PC sleeps past its action's end: nothing is done late, and both sides say expired."""
    before, pid = site.effects(), agent_pid(site)
    os.kill(pid, signal.SIGSTOP)
    try:
        lab.wait_for("the PC's sleep", lambda: all(t.read_text().rpartition(")")[2].split()[0] == "T"
                                                   for t in pathlib.Path(f"/proc/{pid}/task").glob("*/stat")), 10)
        action = site.order("identify", life=10)
        time.sleep(12)
    finally:
        os.kill(pid, signal.SIGCONT)
    end = site.ended(action)
    assert end["state"] == "expired", (end["state"], end["expires_at"], end["history"])
    assert site.ended(site.order("identify"))["state"] == "done"
    assert site.effects() == before + 1, "the late one was never done"
    print("a PC that slept past an action's end does not do it late")


def same_printer(folder):
    """The profile with a serial number that is not drawn anew: the same printer over restarts."""
    profile = folder / "profiles" / "ink"
    shutil.copytree(lab.PROFILES / "ipp-everywhere-ink", profile)
    shutil.copy(lab.PROFILES / "words.json", profile.parent)
    state = json.loads((profile / "state.json").read_text())
    state["facts"]["identity"].update(serial_number="X8N1234567", uuid="5a1e0c52-7b3d-4e8f-9a64-2c1d0b9e8f70")
    (profile / "state.json").write_text(json.dumps(state))
    return profile


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--only", help="one step by its name")
    args = parser.parse_args()
    build = args.build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-agent-config-") as folder:
        with lab.site(build, folder, {"ink": same_printer(pathlib.Path(folder))}) as (connector, desk):
            site = Site(connector, desk)
            for step in (settings, own_file, limits, two_at_once, asleep):
                if args.only in (None, step.__name__):
                    step(site)
    return 0


if __name__ == "__main__":
    lab.terminate_on_signals()
    sys.exit(main())
