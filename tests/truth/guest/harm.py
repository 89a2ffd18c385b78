# SPDX-License-Identifier: Apache-2.0
"""Does the agent harm a print? It probes without a pause while people print, and every job is started just when the agent has
a question to its printer under way. Judged is what the printers got, byte by byte, not what anybody says about it.

    harm [--jobs N] [--ipp M] [--pjl idle|never] [--baseline K]

N jobs through CUPS's usb back-end (40) on six printers, M jobs through ipp-usb (200) on two. Before each of the two, K times
as many (0.5; ipp-usb: all) without the agent, to compare delays.
"""
import argparse

import agent
import backend_jobs
import cups
import ippusb
import ippusb_jobs
import lab
import printers
import watch

# Slow to answer, so that a question stays open for a while; slow to print, so that data flow for seconds.
BEHAVIOUR = {
    "hp-mfp": {"http": {"delay_ms": 400}, "print": {"bytes_per_s": 80_000}},
    "brother-laser": {"print": {"bytes_per_s": 80_000}},
}
FLEET = [f"{name}-{n}={profile}" for n in (1, 2, 3) for name, profile in (("hp", "hp-mfp"), ("brother", "brother-laser"))]


def delays(report, name, took):
    """Prints what the jobs took; returns by how much the median grew, None where there is nothing to compare."""
    for which, values in took.items():
        for p in (50, 99) if values else ():
            report.value(f"{name}.{which}-agent.p{p}", round(lab.percentile(values, p), 3), f"s of {len(values)} jobs")
    if not all(took.values()):
        return None
    for p in (50, 99):
        grown = lab.percentile(took["with"], p) - lab.percentile(took["without"], p)
        report.value(f"{name}.delay.p{p}", round(grown, 3), "s")
    return lab.percentile(took["with"], 50) - lab.percentile(took["without"], 50)


def pooled(lanes, member):
    return {which: [t for lane in lanes for t in getattr(lane, member)[which]] for which in ("without", "with")}


def make_lanes(fleet, report):
    """In the order in which the back-end lists the printers."""
    uris = list(cups.queues_for(fleet, report).items())
    lanes = []
    for printer, _ in sorted(uris, key=lambda item: item[1]):
        if printer.name.startswith("hp"):
            spare = [pipe for pipe in printer.raw_files() if not pipe.startswith("0-")]
            lanes.append(backend_jobs.Lane(printer, spare, 1))
        else:
            lanes.append(backend_jobs.Lane(printer, ["0-0"], 2))
    return lanes


def through_backend(report, lanes, wanted):
    backend_jobs.print_rounds(lanes, "without", int(wanted.jobs * wanted.baseline), [])
    service = agent.begin(pjl=wanted.pjl)
    for lane in lanes:
        lane.prober = watch.Prober(lane.printer, False)
    asked = [lane for lane in lanes if wanted.pjl == "idle" or lane.tier == 1]
    backend_jobs.print_rounds(lanes, "with", wanted.jobs, asked)
    for lane in lanes:
        lane.prober.end()
    readings = sum(lane.prober.readings for lane in lanes)
    report.check("agent", service.poll() is None and readings > wanted.jobs, f"{readings} readings")
    report.value("probe-failures", sum(lane.prober.failures for lane in lanes))
    stale = sum(backend_jobs.judge_lane(report, lane, wanted.pjl) for lane in lanes)
    report.value("backend.queues-with-stale-answers", stale, f"of {len(lanes)}; pjl = {wanted.pjl}")
    backend_jobs.judge_overlaps(report, asked, wanted.jobs if asked == lanes else wanted.jobs // 3)
    delays(report, "backend.start", pooled(lanes, "start"))
    delays(report, "backend", pooled(lanes, "took"))
    lab.stop(service)


def through_ippusb(report, fleet, wanted):
    """The printers come one after another: where several are there from its beginning, ipp-usb may take one of them twice and
    then let go of it."""
    daemon = ippusb.begin()
    for printer in fleet:
        printer.attach()
        ippusb.wait_ports([printer.device])
    ports = ippusb.wait_ports([printer.device for printer in fleet])
    lanes = [ippusb_jobs.Lane(printer, port) for printer, port in zip(fleet, ports)]
    exchange = lab.percentile([t for lane in lanes for t in lane.exchanges()], 50)
    report.value("ipp-usb.one-exchange.p50", round(exchange, 3), "s")
    ippusb_jobs.print_all(lanes, "without", wanted.ipp if wanted.baseline else 0)
    service = agent.begin(pjl=wanted.pjl)
    probers = [watch.Prober(lane.printer, True) for lane in lanes]
    lab.wait_for("the agent has looked", lambda: all(p.readings > 1 for p in probers), 120)
    ippusb_jobs.print_all(lanes, "with", wanted.ipp)
    for prober in probers:
        prober.end()
    readings = sum(prober.readings for prober in probers)
    report.check("ipp-usb.agent", service.poll() is None and readings > 0, f"{readings} readings")
    report.check("ipp-usb.lives", daemon.poll() is None, f"with {len(fleet)} printers")
    ippusb_jobs.judge(report, lanes, wanted.ipp)
    cost = delays(report, "ipp-usb", pooled(lanes, "took"))
    if cost is not None:
        report.check("ipp-usb.cost", cost <= 1.5 * exchange,
                     f"a job that starts during a request of ours takes {cost:.2f} s more, one exchange is {exchange:.2f} s")
    lab.stop(service)


def body(report):
    words = argparse.ArgumentParser()
    words.add_argument("--jobs", type=int, default=40)
    words.add_argument("--ipp", type=int, default=200)
    words.add_argument("--pjl", choices=["idle", "never"], default="idle")
    words.add_argument("--baseline", type=float, default=0.5)
    wanted = words.parse_args()
    with printers.plugged(*FLEET, behaviour=BEHAVIOUR) as fleet:
        cups.keep_back_channel()
        cups.begin()
        lanes = make_lanes(fleet, report)
        if wanted.jobs:
            through_backend(report, lanes, wanted)
        for printer in fleet:
            printer.detach()
        if wanted.ipp:
            through_ippusb(report, [printer for printer in fleet if printer.name.startswith("hp")][:2], wanted)


lab.scenario("harm", body)
