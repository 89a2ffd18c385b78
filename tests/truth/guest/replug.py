# SPDX-License-Identifier: Apache-2.0
"""Eight printers are pulled and plugged again, by the cable and by their own death, each in its own time, while the agent runs:
none is missed, nothing leaks.

    replug [--times N]      N times in all (200)
"""
import argparse
import re
import threading
import time

import agent
import lab
import printers

FLEET = [f"{name}-{n}={profile}" for n in (1, 2, 3, 4) for name, profile in (("hp", "hp-mfp"), ("brother", "brother-laser"))]
NOTICE_S = 20
MAX_GROWTH_KB = 1024  # of the agent's memory, from the third round of all printers to the end


class Lane:
    """One printer that comes and goes, and how often somebody did not see it."""

    def __init__(self, printer):
        self.printer, self.rounds = printer, 0
        self.serial = lab.read(lab.USB / printer.device / "serial")
        self.trouble = []

    def seen(self):
        """The agent's reading of it at the address that it has now, None where it has none."""
        place = self.printer.device, int(lab.read(lab.USB / self.printer.device / "devnum") or 0)
        return next((p for p in self.readings() if (p["usb"]["port_path"], p["usb"]["address"]) == place), None)

    def readings(self):
        return [p for p in agent.ask("printers")["printers"] if p["usb"]["serial"] == self.serial]

    def pull(self, how):
        """Takes it off the bus: by the cable (the host side lets go) or by its death (the device side does)."""
        if how == "cable":
            self.printer.detach()
        else:
            self.printer.do("unplug")
            self.printer.wait_gone()
            self.printer.do("plug")

    def one_round(self):
        n = self.rounds
        time.sleep((n % 7) * 0.15)  # in the middle of whatever the agent does just then
        self.pull(("cable", "death")[n % 2])
        self.expect(f"round {n}: the agent saw it go", lambda: not self.readings())
        self.printer.plug_in()
        self.expect(f"round {n}: the agent saw it come", self.seen)
        self.expect(f"round {n}: usblp is bound", lambda: lab.driver_of(f"{self.printer.device}:1.0") == "usblp")
        self.rounds += 1

    def expect(self, what, condition):
        if not agent.saw(condition, NOTICE_S):
            self.trouble.append(f"{self.printer.name}, {what}: not within {NOTICE_S} s")

    def work(self, times):
        try:
            while self.rounds < times:
                self.one_round()
        except Exception as e:  # told by the check of all rounds
            self.trouble.append(f"{self.printer.name}: {e}")


def all_at_once(lanes, times):
    """Every lane until it has been pulled and plugged so often."""
    threads = [threading.Thread(target=lane.work, args=(times,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def rest(service, lanes):
    lab.wait_for("the agent has all printers", lambda: all(lane.seen() for lane in lanes), 60, 0.2)
    lab.wait_for("the agent rests", lambda: agent.idle(service), 60, 0.5)


def leftovers(report, service, before):
    after = agent.footprint(service)
    for what in ("fds", "threads"):
        report.check(f"agent-{what}", after[what] == before[what], f"{before[what]} before, {after[what]} after")
    report.check("agent-memory", after["rss_kb"] <= before["rss_kb"] + MAX_GROWTH_KB,
                 f"{before['rss_kb']} kB before, {after['rss_kb']} kB after")
    report.check("agent-lives", service.poll() is None, "")


def bus_as_found(report, lanes):
    """No interface is held by anybody, and the kernel's printer driver has its numbers back."""
    held = [f"{path.name} by {lab.driver_of(path.name)}" for lane in lanes for path in lab.USB.glob(f"{lane.printer.device}:*")
            if lab.driver_of(path.name) != ("usblp" if path.name.endswith(":1.0") else None)]
    report.check("no-stuck-claim", not held, ", ".join(held) or "every interface is as it was found")
    for lane in lanes:
        lane.printer.detach()
    report.check("lp-numbers", not lab.lp_nodes(), "all free when the printers are gone")


def body(report):
    words = argparse.ArgumentParser()
    words.add_argument("--times", type=int, default=200)
    times = words.parse_args().times
    with printers.plugged(*FLEET) as fleet:
        lanes = [Lane(printer) for printer in fleet]
        each, began = -(-times // len(lanes)), time.monotonic()
        service = agent.begin()
        rest(service, lanes)
        all_at_once(lanes, min(2, each))  # the first rounds fill caches
        rest(service, lanes)
        before = agent.footprint(service)
        all_at_once(lanes, each)
        rest(service, lanes)
        done, trouble = sum(lane.rounds for lane in lanes), [one for lane in lanes for one in lane.trouble]
        report.value("seconds-per-round", round((time.monotonic() - began) / max(done, 1), 2), "s")
        report.check("rounds", done >= times, f"{done} times pulled and plugged, half by the cable, half by their own death")
        report.check("never-missed", not trouble, "; ".join(trouble[:8]) or "each coming and going seen by the agent and by usblp")
        leftovers(report, service, before)
        bus_as_found(report, lanes)
        report.check("agent-ends", lab.stop(service) == 0, "on SIGTERM")
    said = lab.run("dmesg")
    report.check("kernel", not re.search(r"BUG|Oops|WARNING|hung task", said), "no complaint of the kernel")


lab.scenario("replug", body)
