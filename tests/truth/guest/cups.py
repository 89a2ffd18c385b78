# SPDX-License-Identifier: Apache-2.0
"""Debian's CUPS in the guest: cupsd, raw queues on its usb back-end, jobs and how long they took."""
import pathlib
import re

import lab

BACKEND = "/usr/lib/cups/backend/usb"

CONFIG = """\
LogLevel debug
LogTimeFormat usecs
MaxLogSize 0
MaxJobs 0
PreserveJobHistory Yes
PreserveJobFiles No
Listen localhost:631
Listen /run/cups/cups.sock
Browsing No
WebInterface No
DefaultAuthType None
<Location />
  Order allow,deny
  Allow localhost
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
  </Limit>
</Policy>
"""


def begin():
    """Starts cupsd and waits until its scheduler answers."""
    pathlib.Path("/run/cups").mkdir(exist_ok=True)
    pathlib.Path("/etc/cups/cupsd.conf").write_text(CONFIG)
    daemon = lab.start("cupsd", "/usr/sbin/cupsd", "-f")
    lab.wait_for("cupsd answers", lambda: "scheduler is running" in lab.run("lpstat", "-r", check=False), 60)
    return daemon


def device_uris():
    """What the usb back-end lists: {URI: 1284 ID}. It detaches drivers while it looks: only before a test."""
    listed = {}
    for line in lab.run(BACKEND, seconds=60).splitlines():
        found = re.match(r'direct (usb://\S+) "[^"]*" "[^"]*" "([^"]*)"', line)
        if found:
            listed[found.group(1)] = found.group(2)
    return listed


def add_queue(name, uri):
    lab.run("lpadmin", "-p", name, "-E", "-v", uri, "-m", "raw", "-o", "printer-error-policy=retry-current-job")


def submit(queue, path, user="person"):
    """Hands a file to a queue as a person does, and returns the job's number."""
    said = lab.run("lp", "-d", queue, "-o", "raw", str(path), user=user)
    found = re.search(r"request id is \S+-(\d+)", said)
    if not found:
        raise lab.Failure(f"lp said: {said}")
    return int(found.group(1))


def active_jobs(queue=None):
    """Numbers of jobs that are not finished."""
    said = lab.run("lpstat", "-o", *([queue] if queue else []), check=False)
    return [int(n) for n in re.findall(r"^\S+-(\d+)\s", said, re.M)]


def wait_done(job, seconds=120):
    lab.wait_for(f"job {job} done", lambda: job not in active_jobs(), seconds, 0.1)


def crashes(job):
    """How often the job's back-end crashed and cupsd, which does not know how far it was, printed the job again. Debian's
    back-end may die of its own read thread when a job is over and the PC is slow; it does so with nobody else about."""
    said = pathlib.Path("/var/log/cups/error_log").read_text(errors="replace")
    return len(re.findall(rf"\[Job {job}\] PID \d+ \({re.escape(BACKEND)}\) crashed on signal", said))


def cancel_all():
    lab.run("cancel", "-a", check=False)


BACK_CHANNEL = lab.LOG / "back-channel"  # a file per queue

# cupsd gives a back-end the back-channel as descriptor 3. For a raw queue nobody reads it there; a file keeps what comes.
WITNESS = f"""\
#!/bin/bash
exec 3>>{BACK_CHANNEL}/"$PRINTER"
exec -a "$0" {BACKEND}-of-debian "$@"
"""


def keep_back_channel():
    """Keeps what the usb back-end reads from printers, in which no answer to anybody else may stand."""
    path = pathlib.Path(BACKEND)
    BACK_CHANNEL.mkdir(exist_ok=True)
    path.rename(f"{BACKEND}-of-debian")
    path.write_text(WITNESS)
    path.chmod(0o744)


def back_channel(queue):
    path = BACK_CHANNEL / queue
    return path.read_bytes() if path.exists() else b""


def queues_for(fleet, report):
    """A raw queue for each printer, with the address that the back-end itself gives it; usblp is back afterwards. Returns
    {printer: its place in the back-end's list}."""
    uris, places = list(device_uris()), {}
    for printer in fleet:
        serial = printer.dump()["identity"]["serial_number"]
        own = [uri for uri in uris if serial in uri]
        if not report.check(f"{printer.name}.uri", len(own) == 1, ", ".join(own or uris)):
            raise lab.Failure("the back-end does not list the printer once")
        add_queue(printer.name, own[0])
        printer.wait_usblp()
        places[printer] = uris.index(own[0])
    return places
