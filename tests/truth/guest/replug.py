# SPDX-License-Identifier: Apache-2.0
"""A printer is pulled and plugged again, by the cable and by its own death, while the agent runs: never missed, nothing leaks.

    replug [--times N]      (30)
"""
import argparse
import os
import re
import time

import agent
import lab
import printers


def leftovers(report, service, before):
    after = agent.footprint(service)
    for what in ("fds", "threads"):
        report.check(f"agent-{what}", after[what] == before[what], f"{before[what]} before, {after[what]} after")
    report.value("agent-rss.before", before["rss_kb"], "kB")
    report.value("agent-rss.after", after["rss_kb"], "kB")
    report.check("agent-memory", after["rss_kb"] <= before["rss_kb"] + 512,
                 f"{before['rss_kb']} kB before, {after['rss_kb']} kB after")
    report.check("agent-lives", service.poll() is None, "")


def pull(printer, how):
    """Takes it off the bus: by the cable (the host side lets go) or by its death (the device side does)."""
    if how == "cable":
        printer.detach()
    else:
        printer.do("unplug")
        lab.wait_for("the device is gone", lambda: not (lab.USB / printer.device).exists())
        lab.wait_for("its port is free", lambda: printer.port not in printers.imported())
        printer.port = None


def body(report):
    words = argparse.ArgumentParser()
    words.add_argument("--times", type=int, default=30)
    times = words.parse_args().times
    missed = unbound = renumbered = 0
    with printers.plugged("hp-mfp") as (hp,):
        service = agent.begin()
        lab.wait_for("the agent has the printer", lambda: agent.printers(), 60, 0.2)
        before = None
        began = time.monotonic()
        for n in range(times):
            if n == 3:  # the first rounds fill caches
                before = agent.footprint(service)
            time.sleep((n % 7) * 0.15)  # in the middle of whatever the agent does just then
            pull(hp, ("cable", "death")[n % 2])
            missed += not agent.saw(lambda: not agent.printers())
            if n % 2:
                hp.do("plug")
            hp.attach()
            missed += not agent.saw(agent.printers)
            unbound += not bound(hp)
            renumbered += lab.lp_nodes() != ["lp0"]
        report.value("seconds-per-round", round((time.monotonic() - began) / times, 2), "s")
        report.check("rounds", times > 3, f"{times} times pulled and plugged")
        report.check("never-missed", missed == 0, f"{missed} comings or goings not seen by the agent within 20 s")
        report.check("usblp", unbound == 0, f"{unbound} times without usblp")
        report.check("lp-numbers", renumbered == 0, f"{renumbered} times another node than lp0")
        lab.wait_for("the agent rests", lambda: agent.idle(service), 60, 0.5)
        leftovers(report, service, before)
        report.check("agent-ends", lab.stop(service) == 0, "on SIGTERM")
    said = lab.run("dmesg")
    report.check("kernel", not re.search(r"BUG|Oops|WARNING|hung task", said), "no complaint of the kernel")


def bound(printer):
    try:
        return lab.wait_for("usblp", lambda: lab.driver_of(f"{printer.device}:1.0") == "usblp", 10)
    except lab.Failure:
        return False


lab.scenario("replug", body)
