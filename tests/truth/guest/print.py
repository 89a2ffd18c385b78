# SPDX-License-Identifier: Apache-2.0
"""Printing as Debian does it, undisturbed: through CUPS's usb back-end and through ipp-usb. Every job arrives as it was sent.

    print [--jobs N] [--ipp M]      N jobs through the back-end (8), M through ipp-usb (20)
"""
import argparse
import time

import cups
import ippclient
import ippusb
import lab
import printers
import streams

SIZE = 120_000


def through_backend(report, fleet, count):
    """Jobs on all queues at once, one after another on each."""
    cups.keep_back_channel()
    cups.begin()
    cups.queues_for(fleet, report)
    jobs = {printer.name: {} for printer in fleet}
    for n in range(count):
        printer = fleet[n % len(fleet)]
        name = f"{printer.name}-{n}"
        data = streams.document(name, SIZE, pjl=n % 3 == 0)
        path = lab.LOG.parent / name
        path.write_bytes(data)
        jobs[printer.name][name] = data
        cups.submit(printer.name, path)
    began = time.monotonic()
    lab.wait_for("all jobs are done", lambda: not cups.active_jobs(), 60 + 20 * count, 0.2)
    report.value("backend.seconds-per-job", round((time.monotonic() - began) * len(fleet) / count, 2), "s")
    for printer in fleet:
        streams.judge(report, f"{printer.name}.backend", streams.judge_print_pipe, printer.raw("0-0"), jobs[printer.name])
        printer.wait_usblp()
        came = cups.back_channel(printer.name)
        report.check(f"{printer.name}.back-channel", came == b"", f"{len(came)} bytes")


def through_ippusb(report, printer, count):
    ippusb.begin()
    client = ippclient.Client(ippusb.wait_port(printer.device), "/ipp/print")
    jobs, sent, took = {}, {}, []
    for n in range(count):
        name = f"ipp-{n}"
        jobs[name] = streams.document(name, SIZE)
        seconds, sent[name] = ippclient.print_when_free(client, jobs[name], name)
        took.append(seconds)
    client.close()
    report.value("ipp-usb.seconds-per-job.p50", round(lab.percentile(took, 50), 3), "s")
    streams.judge(report, "ipp-usb", streams.judge_http_pipes, printer.http_raws(), jobs, sent)


def body(report):
    words = argparse.ArgumentParser()
    words.add_argument("--jobs", type=int, default=8)
    words.add_argument("--ipp", type=int, default=20)
    wanted = words.parse_args()
    with printers.plugged("hp-mfp", "brother-laser") as (hp, brother):
        through_backend(report, [hp, brother], wanted.jobs)
        through_ippusb(report, hp, wanted.ipp)


lab.scenario("print", body)
