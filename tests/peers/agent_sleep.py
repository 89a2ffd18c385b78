#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hours of the agent's life in seconds: a sleeping printer's log shows no transfer, no opening and no waking for an hour; a job
wakes it, and then its counters are read exactly once. Quiet printers are asked for their change marks, and read in full only
when those have changed. A printer that sleeps only when it is left alone is found out, and left alone."""
import json
import os
import subprocess
import sys
import time

import printers_inside

LEDM, PJL, IPP, INK = "hp-laser-ledm", "hp-laserjet-pjl", "hp-mfp", "hp-ink-asleep"
USAGE = "GET /DevMgmt/ProductUsageDyn.xml"
EVENTS = "GET /EventMgmt/EventTable?timeout=0"
STATUS = "GET /DevMgmt/ProductStatusDyn.xml"
JOB = b"\x1b%-12345X@PJL ENTER LANGUAGE=PCL\r\n" + b"page " * 400 + b"\x1b%-12345X"
MINUTE, HOUR = 60, 3600


class Engine:
    """The engine in a process of its own, whose time passes on command."""

    def __init__(self, world, printers=1, folder=None):
        self.folder = folder = folder or world.folder / f"state-{time.monotonic_ns()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        program = world.build / "tests" / "peers" / "hurried_engine"
        self.process = subprocess.Popen([program, folder, str(printers)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"the engine ended at {line}"
        return json.loads(answer)

    def let_pass(self, seconds, printers=""):
        self.ask(f"pass {seconds} {printers}".strip())

    def records(self, kind):
        return [r for r in self.ask("records") or [] if r["kind"] == kind]

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(30) == 0, "the engine's exit code"


class Window:
    """What a printer's log has to say from now on."""

    def __init__(self, world, name):
        self.world, self.name, self.from_line = world, name, len(world.asked(name))

    def lines(self):
        return self.world.asked(self.name)[self.from_line:]

    def requests(self, request, status=None):
        return [e for e in self.lines() if e["what"] == "http" and e["request"] == request and status in (None, e["status"])]


def print_a_job():
    """As a person would, on the one printer that is plugged in."""
    with open(f"/dev/usb/{os.listdir('/sys/class/usbmisc')[0]}", "wb", buffering=0) as lp:
        lp.write(JOB)


def wait_for(what, predicate, seen, seconds=30):
    end = time.monotonic() + seconds
    while not (got := predicate()):
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s: {seen()}"
        time.sleep(0.05)
    return got


def job_is_done(world, name, before):
    jobs = [json.loads(line) for line in world.do("job-list", name).splitlines() if line.strip()]
    return len(jobs) > before and all("ended" in job for job in jobs)


def impressions(engine):
    return engine.ask("printers")["printers"][0]["counters"]["impressions"]


def only(world, name):
    """Leaves one printer plugged in."""
    for other in (LEDM, PJL, IPP, INK):
        world.do("plug" if other == name else "unplug", other)
    time.sleep(0.5)


def sleeps_in_peace(world, name, read):
    """`read`: how the log tells that the counters were read."""
    only(world, name)
    engine = Engine(world)
    engine.let_pass(20)
    before = impressions(engine)
    assert before is not None, engine.ask("printers")
    world.do("sleep", name)
    engine.let_pass(2 * MINUTE)  # it is noticed, by sysfs or by its own words
    assert engine.ask("printers")["printers"][0]["state"]["asleep"] is True
    night = Window(world, name)
    began = time.monotonic()
    engine.let_pass(HOUR)
    print(f"{name}: an hour asleep in {time.monotonic() - began:.1f} s, {len(night.lines())} lines in its log")
    assert night.lines() == [], night.lines()
    morning = Window(world, name)
    jobs = len(world.do("job-list", name).splitlines())
    print_a_job()
    wait_for("the job's end", lambda: job_is_done(world, name, jobs), morning.lines)
    engine.let_pass(20 * MINUTE)
    reads = read(morning)
    assert len(reads) == 1, morning.lines()
    assert impressions(engine) == before + 1, (before, engine.ask("printers"))
    assert len(engine.records("job.finished")) == 1
    engine.end()


def marks_save_reads(world):
    """LEDM without IPP: the event table's ETag is asked for, everything else only when it is another one."""
    only(world, LEDM)
    engine = Engine(world)
    engine.let_pass(20)
    quiet = Window(world, LEDM)
    engine.let_pass(4 * MINUTE)
    unchanged, status = len(quiet.requests(EVENTS, 304)), len(quiet.requests(STATUS))
    print(f"{LEDM}: 4 quiet minutes: {unchanged} times 304, {status} times the status, {len(quiet.requests(USAGE))} times the usage")
    assert unchanged >= 20 and status <= 5, quiet.lines()
    assert not quiet.requests(USAGE) and not quiet.requests(EVENTS, 200)
    busy = Window(world, LEDM)
    world.do("set", LEDM, "state-reason", "+media-empty")
    engine.let_pass(12)
    assert len(busy.requests(USAGE)) == 1 and len(busy.requests(EVENTS, 200)) >= 1, busy.lines()
    assert [r["body"]["code"] for r in engine.records("alert.opened")] == ["inputMediaSupplyEmpty"]
    engine.let_pass(30)
    assert len(busy.requests(USAGE)) == 1, "the same table was taken for another one"
    hours = Window(world, LEDM)
    engine.let_pass(10 * MINUTE)
    print(f"{LEDM}: 10 more: {len(hours.requests(EVENTS, 304))} times 304, {len(hours.requests(USAGE))} times the usage")
    assert not hours.requests(USAGE) and len(hours.requests(EVENTS, 304)) >= 20, hours.lines()
    engine.end()


def change_times_save_reads(world):
    """IPP: printer-state-change-time stands still, so nothing is read in full while the printer is active."""
    only(world, IPP)
    engine = Engine(world)
    engine.let_pass(20)
    quiet = Window(world, IPP)
    engine.let_pass(6 * MINUTE)
    asked = [e for e in quiet.lines() if e["what"] == "ipp"]
    print(f"{IPP}: 6 quiet minutes: {len(asked)} times its state, {len(quiet.requests(USAGE))} times the usage")
    assert len(asked) >= 25 and not quiet.requests(USAGE), quiet.lines()
    world.do("print", IPP, "3")
    engine.let_pass(70)
    assert len(quiet.requests(USAGE)) == 1, quiet.lines()
    engine.end()


def kept_awake_is_found_out(world):
    """This one sleeps after 20 minutes without a question: it never does while it is asked each minute."""
    only(world, INK)
    engine = Engine(world)
    engine.let_pass(70 * MINUTE)
    left_alone = Window(world, INK)
    engine.let_pass(20 * MINUTE)  # of the half hour that is the trial
    assert left_alone.lines() == [], left_alone.lines()
    world.do("sleep", INK)
    engine.let_pass(20 * MINUTE)
    assert engine.ask("printers")["printers"][0]["state"]["asleep"] is True
    world.do("wake", INK)
    jobs, morning = len(world.do("job-list", INK).splitlines()), Window(world, INK)
    print_a_job()  # something happens: asked again, for five minutes
    wait_for("the job's end", lambda: job_is_done(world, INK, jobs), morning.lines)
    for _ in range(16):
        engine.let_pass(MINUTE)
        if morning.requests(USAGE):
            break
    assert len(morning.requests(USAGE)) == 1, morning.lines()
    awake = Window(world, INK)
    engine.let_pass(2 * MINUTE)
    assert len(awake.requests(STATUS)) >= 5, awake.lines()
    engine.let_pass(10 * MINUTE)
    idle = Window(world, INK)
    engine.let_pass(3 * HOUR)
    assert idle.lines() == [], idle.lines()
    print(f"{INK}: kept awake by questions, so it is not asked: 3 hours, 0 lines")
    engine.end()


def switched_off_is_left_alone(world):
    """printers_off of the connector's settings: the printer's log stands still until it is switched on again."""
    only(world, IPP)
    engine = Engine(world)
    engine.let_pass(20)
    assert len(engine.records("printer.attached")) == 1
    engine.ask('config {"printers_off":[{"vendor_id":"03f0","product_id":"822A"}]}')
    wait_for("its leaving", lambda: engine.ask("printers")["printers"] == [], list)
    off = Window(world, IPP)
    engine.let_pass(HOUR, 0)
    assert off.lines() == [], off.lines()
    assert [r["body"]["reason"] for r in engine.records("printer.detached")] == ["switched_off"]
    engine.ask('config {"printers_off":[]}')
    wait_for("its return", lambda: engine.ask("printers")["printers"], off.lines)
    engine.let_pass(20, 1)
    assert off.lines() and len(engine.records("printer.attached")) == 1
    engine.end()


def alerts_outlive_a_restart(world):
    """What was open before a restart is not opened again; what is gone after it is closed, once."""
    only(world, IPP)
    world.do("set", IPP, "state-reason", "+media-empty")
    engine = Engine(world)
    engine.let_pass(20)
    opened = engine.records("alert.opened")
    assert [r["body"]["code"] for r in opened] == ["inputMediaSupplyEmpty"], opened
    engine.end()
    engine = Engine(world, folder=engine.folder)
    engine.let_pass(MINUTE)
    records = engine.ask("records")
    assert not [r for r in records if r["kind"].startswith("alert.")], records
    engine.end()
    world.do("set", IPP, "state-reason", "-media-empty")
    engine = Engine(world, folder=engine.folder)
    engine.let_pass(MINUTE)
    alerts = [r for r in engine.ask("records") if r["kind"].startswith("alert.")]
    assert [(r["kind"], r["body"]["since"]) for r in alerts] == [("alert.closed", opened[0]["body"]["since"])], alerts
    engine.end()
    engine = Engine(world, folder=engine.folder)
    engine.let_pass(MINUTE)
    assert not [r for r in engine.ask("records") if r["kind"].startswith("alert.")]
    engine.end()


def inside(world, _):
    switched_off_is_left_alone(world)
    alerts_outlive_a_restart(world)
    sleeps_in_peace(world, LEDM, lambda log: log.requests(USAGE))
    sleeps_in_peace(world, PJL, lambda log: [e for e in log.lines() if e["what"] == "pjl" and "INFO PAGECOUNT" in e["command"]])
    marks_save_reads(world)
    change_times_save_reads(world)
    kept_awake_is_found_out(world)


if __name__ == "__main__":
    sys.exit(printers_inside.main(__doc__, inside, profiles=(LEDM, PJL, IPP, INK)))
