# SPDX-License-Identifier: Apache-2.0
"""Does the agent harm a print? It probes without a pause while people print, and every job is started just when the agent has
a question under way. Judged is what the printers got, byte by byte, not what anybody says about it.

    harm [--jobs N] [--ipp M] [--pjl idle|never] [--baseline K]

N jobs through CUPS's usb back-end (40), one at a time: whenever it starts, the back-end opens every USB printer there is, so
that two jobs at once disturb one another without anybody's help. M jobs through ipp-usb (200). Before each of the two, a share
of K (0.25) of them without the agent, to compare delays.
"""
import argparse
import threading
import time

import agent
import cups
import ippclient
import ippusb
import lab
import printers
import streams

SIZE = 120_000
PATIENCE = 90  # seconds to wait for an open question of ours
MID_JOB = 1 / 3  # of a job's time: a conversation that begins later cannot have been decided on before the job came
# Slow to answer, so that a question stays open for a while; slow to print, so that data flow for seconds.
BEHAVIOUR = {
    "hp-mfp": {"http": {"delay_ms": 400}, "print": {"bytes_per_s": 80_000}},
    "brother-laser": {"print": {"bytes_per_s": 80_000}},
}


class Watch:
    """Sees on the raw streams of a printer whether a question of ours is under way: bytes went out, none came back yet."""

    def __init__(self, printer, pipes):
        self.files = [(printer.raw_files("out")[p], printer.raw_files("in")[p]) for p in pipes]
        self.last = [self.sizes(pair) for pair in self.files]
        self.open = [False] * len(self.files)

    @staticmethod
    def sizes(pair):
        return tuple(path.stat().st_size for path in pair)

    def is_open(self):
        for i, pair in enumerate(self.files):
            now, was = self.sizes(pair), self.last[i]
            if now[1] != was[1]:
                self.open[i] = False  # the answer has begun
            elif now[0] != was[0]:
                self.open[i] = True
            self.last[i] = now
        return any(self.open)

    def wait_open(self):
        """Waits for a question that begins from now on. False: none came."""
        self.is_open()
        self.open = [False] * len(self.files)
        by = time.monotonic() + PATIENCE
        while time.monotonic() < by:
            if self.is_open():
                return True
            time.sleep(0.003)
        return False


class Prober:
    """Asks for one reading after another, as fast as they come."""

    def __init__(self):
        self.ended = threading.Event()
        self.readings = self.failures = 0
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while not self.ended.is_set():
            try:
                self.readings += bool(agent.probe())
            except (lab.Failure, ValueError):
                self.failures += 1

    def end(self):
        self.ended.set()
        self.thread.join()


class Lane:
    """The jobs of one printer, one after another."""

    def __init__(self, printer, pipes, tier):
        self.printer, self.pipes, self.tier = printer, pipes, tier
        self.jobs = {}  # name -> bytes
        self.spans = []  # (released, done) on the monotonic clock, seconds, with the agent
        self.took = {"without": [], "with": []}
        self.overlaps = self.unasked = self.still_open = 0
        self.trouble = []

    def print_one(self, name, which, watch):
        data = self.jobs[name] = streams.document(name, SIZE, pjl=len(self.jobs) % 3 == 0)
        held = ippclient.HeldJob(631, f"/printers/{self.printer.name}", data, name)
        was_open = watch is not None and watch.wait_open()
        began = time.monotonic()
        held.release()
        overlap = was_open and watch.is_open()
        status, job = held.answer()
        self.unasked += watch is not None and not was_open
        self.overlaps += overlap
        self.still_open += overlap and watch.is_open()
        if status >= 0x100:
            self.trouble.append(f"{name}: IPP status 0x{status:04x}")
            return
        self.wait_done(name, job)
        done = time.monotonic()
        self.took[which].append(done - began)
        if which == "with":
            self.spans.append((began, done))
        try:
            self.printer.wait_usblp()
        except lab.Failure as e:
            self.trouble.append(f"after {name}: {e}")

    def wait_done(self, name, job):
        client = ippclient.Client(631, "/")
        by = time.monotonic() + 180
        while time.monotonic() < by:
            state, reasons = ippclient.job_state(client, job)
            if state >= 7:
                break
            time.sleep(0.05)
        client.close()
        if state != ippclient.COMPLETED:
            self.trouble.append(f"{name}: job state {state} {reasons}")



def print_all(lanes, which, count, watched):
    """One job after another, the printers by turns; `which`: with or without the agent."""
    watches = {lane: Watch(lane.printer, lane.pipes) if watched else None for lane in lanes}
    for n in range(count):
        lane = lanes[n % len(lanes)]
        lane.print_one(f"{lane.printer.name}-{which}-{n}-{len(lane.jobs)}", which, watches[lane])


def delays(report, name, took):
    for which, values in took.items():
        if values:
            for p in (50, 99):
                report.value(f"{name}.{which}-agent.p{p}", round(lab.percentile(values, p), 2), "s")
    if all(took.values()):
        report.value(f"{name}.delay.p50", round(lab.percentile(took["with"], 50) - lab.percentile(took["without"], 50), 2), "s")
        report.value(f"{name}.delay.p99", round(lab.percentile(took["with"], 99) - lab.percentile(took["without"], 99), 2), "s")


def begun_in_mid_job(lane):
    """Conversations of ours that began when the job had long been there: (how many, questions asked during jobs)."""
    begun = asked = 0
    for event in lane.printer.log():
        at = event["ms"] / 1000
        span = next(((a, b) for a, b in lane.spans if a <= at <= b), None)
        if not span:
            continue
        if event["what"] in ("http", "pjl") and not is_of_job(event):
            asked += 1
        opens = event["what"] == "set-interface" and event["interface"] > 0 and event["alternate"] > 0
        opens = opens or (event["what"] == "pjl" and not is_of_job(event))
        begun += opens and at > span[0] + (span[1] - span[0]) * MID_JOB
    return begun, asked


def is_of_job(event):
    """PJL lines of the jobs themselves; the agent asks only ECHO and INFO."""
    return event["what"] == "pjl" and not any(word in event["command"] for word in ("ECHO", "INFO"))


def judge_lane(report, lane, wanted, pjl):
    name = lane.printer.name
    report.check(f"{name}.jobs", not lane.trouble, "; ".join(lane.trouble) or f"{len(lane.jobs)} completed")
    verdict = streams.judge(report, f"{name}.bytes", streams.judge_print_pipe, lane.printer.raw("0-0"), lane.jobs)
    begun, asked = begun_in_mid_job(lane)
    report.check(f"{name}.respect", begun == 0, f"{begun} conversations of ours begun in mid-job")
    report.value(f"{name}.questions-during-jobs", asked)
    came = cups.back_channel(name)
    races = came.count(b"@PJL")
    report.value(f"{name}.stale-answers", races, f"in {len(came)} bytes of back-channel")
    if lane.tier == 2 and pjl == "idle":
        report.check(f"{name}.back-channel", races <= 2 * lane.overlaps, "only where a job started in mid-question")
    else:
        report.check(f"{name}.back-channel", came == b"", f"{len(came)} bytes")
    if lane.tier == 2 and pjl == "never":
        asked = len(verdict.questions) if verdict else -1
        report.check(f"{name}.no-pjl", asked == 0, f"{asked} questions on the print pipe")
        return
    report.value(f"{name}.overlaps.tier-{lane.tier}", lane.overlaps, f"of {wanted} jobs")
    report.value(f"{name}.still-open-at-birth", lane.still_open, "when cupsd had made the job")
    report.check(f"{name}.overlap", lane.overlaps * 10 >= wanted * 8,
                 f"{lane.overlaps} of {wanted} jobs started with a question of ours open ({lane.unasked} saw none)")


def through_backend(report, lanes, count, pjl, baseline):
    each = count // len(lanes)
    print_all(lanes, "without", int(count * baseline), False)
    service = agent.begin(pjl=pjl)
    prober = Prober()
    watched = [lane for lane in lanes if pjl == "idle" or lane.tier == 1]
    print_all(watched, "with", each * len(watched), True)
    print_all([lane for lane in lanes if lane not in watched], "with", each * (len(lanes) - len(watched)), False)
    prober.end()
    report.check("agent", service.poll() is None and prober.readings > count, f"{prober.readings} readings")
    report.value("probe-failures", prober.failures)
    for lane in lanes:
        judge_lane(report, lane, each, pjl)
    delays(report, "backend", {w: [t for lane in lanes for t in lane.took[w]] for w in ("without", "with")})
    lab.stop(service)


class ThroughIppUsb:
    """ipp-usb owns the printer, and the agent asks through its port: jobs that start while it has a question there."""

    def __init__(self, printer):
        self.printer = printer
        self.client = ippclient.Client(ippusb.wait_port(printer.device), "/ipp/print")
        self.jobs, self.sent = {}, {}
        self.took = {"without": [], "with": []}
        self.overlaps = self.unasked = 0

    def print_some(self, which, count, watch=None):
        for n in range(count):
            name = f"ipp-{which}-{n}"
            self.jobs[name] = streams.document(name, SIZE)
            if watch:
                given_up = self.unasked >= 3 and not self.overlaps  # nobody asks: no use waiting each time
                was_open = not given_up and watch.wait_open()
                self.unasked += not was_open
                self.overlaps += was_open and watch.is_open()
            seconds, self.sent[name] = ippclient.print_when_free(self.client, self.jobs[name], name)
            self.took[which].append(seconds)


def through_ippusb(report, printer, count, pjl, baseline):
    ippusb.begin()
    path = ThroughIppUsb(printer)
    path.print_some("without", int(count * baseline))
    service = agent.begin(pjl=pjl)
    prober = Prober()
    lab.wait_for("the agent has looked", lambda: prober.readings > 1, 120)
    path.print_some("with", count, Watch(printer, [pipe for pipe in printer.raw_files() if pipe != "0-0"]))
    prober.end()
    report.check("ipp-usb.agent", service.poll() is None and prober.readings > 0, f"{prober.readings} readings")
    streams.judge(report, "ipp-usb.bytes", streams.judge_http_pipes, printer.http_raws(), path.jobs, path.sent)
    report.value("ipp-usb.overlaps", path.overlaps, f"of {count} jobs")
    report.check("ipp-usb.overlap", path.overlaps * 10 >= count * 8,
                 f"{path.overlaps} of {count} jobs started with a question of ours open ({path.unasked} saw none)")
    delays(report, "ipp-usb", path.took)
    lab.stop(service)


def body(report):
    words = argparse.ArgumentParser()
    words.add_argument("--jobs", type=int, default=40)
    words.add_argument("--ipp", type=int, default=200)
    words.add_argument("--pjl", choices=["idle", "never"], default="idle")
    words.add_argument("--baseline", type=float, default=0.25)
    wanted = words.parse_args()
    with printers.plugged("hp=hp-mfp", "brother=brother-laser", behaviour=BEHAVIOUR) as fleet:
        cups.keep_back_channel()
        cups.begin()
        cups.queues_for(fleet, report)
        hp, brother = fleet
        spare = [pipe for pipe in hp.raw_files() if not pipe.startswith("0-")]
        lanes = [Lane(hp, spare, 1), Lane(brother, ["0-0"], 2)]
        if wanted.jobs:
            through_backend(report, lanes, wanted.jobs, wanted.pjl, wanted.baseline)
        if wanted.ipp:
            through_ippusb(report, hp, wanted.ipp, wanted.pjl, wanted.baseline)


lab.scenario("harm", body)
