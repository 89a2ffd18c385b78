# SPDX-License-Identifier: Apache-2.0
"""Jobs through ipp-usb, which owns the printers: the agent asks through its port, and each job starts while it does."""
import threading
import time

import ippclient
import lab
import streams
import watch

SIZE = 48_000
SAMPLES = 20
MOST = 1.5  # times the jobs that were wanted


class Lane:
    """The jobs of one printer, one after another."""

    def __init__(self, printer, port):
        self.printer = printer
        self.client = ippclient.Client(port, "/ipp/print")
        self.jobs, self.sent = {}, {}
        self.took = {"without": [], "with": []}
        self.overlaps = self.unasked = 0
        self.trouble = []

    def exchanges(self):
        """How long one exchange through ipp-usb takes while nobody else has one."""
        took = []
        for _ in range(SAMPLES):
            began = time.monotonic()
            self.client.call(ippclient.request(ippclient.GET_PRINTER, (ippclient.URI, "printer-uri", "ipp://localhost/ipp/print"),
                                               (ippclient.KEYWORD, "requested-attributes", "printer-state")))
            took.append(time.monotonic() - began)
        return took

    def print_some(self, which, count):
        try:
            eye = watch.Watch(self.printer, [p for p in self.printer.raw_files() if p != "0-0"]) if which == "with" else None
            for n in range(int(count * (MOST if eye else 1))):
                if eye and self.overlaps >= count:
                    break  # those that missed the moment are made up for
                self.print_one(f"{self.printer.name}-ipp-{which}-{n}", which, eye)
        except (OSError, lab.Failure) as e:
            self.trouble.append(str(e))

    def print_one(self, name, which, eye):
        self.jobs[name] = streams.document(name, SIZE)
        if eye:
            given_up = self.unasked >= 3 and not self.overlaps  # nobody asks: no use waiting each time
            was_open = not given_up and eye.wait_open()
            self.unasked += not was_open
            self.overlaps += was_open and eye.is_open()
        seconds, self.sent[name] = ippclient.print_when_free(self.client, self.jobs[name], name)
        self.took[which].append(seconds)


def print_all(lanes, which, count):
    """All printers at once."""
    threads = [threading.Thread(target=lane.print_some, args=(which, -(-count // len(lanes)))) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def judge(report, lanes, wanted):
    for lane in lanes:
        name = f"ipp-usb.{lane.printer.name}"
        report.check(f"{name}.jobs", not lane.trouble, "; ".join(lane.trouble) or f"{len(lane.jobs)} accepted")
        streams.judge(report, f"{name}.bytes", streams.judge_http_pipes, lane.printer.http_raws(), lane.jobs, lane.sent)
    overlaps, jobs = sum(lane.overlaps for lane in lanes), sum(len(lane.took["with"]) for lane in lanes)
    report.value("ipp-usb.overlaps.tier-1", overlaps, f"of {jobs} jobs")
    report.check("ipp-usb.overlap", overlaps >= wanted, f"{overlaps} of {jobs} jobs started with a question of ours open, "
                 f"{wanted} are wanted ({sum(lane.unasked for lane in lanes)} saw none)")
