# SPDX-License-Identifier: Apache-2.0
"""Debian's CUPS in the guest: cupsd, raw queues on its usb back-end, jobs and how long they took."""
import pathlib
import re
import time

import lab

BACKEND = "/usr/lib/cups/backend/usb"
SPOOL = pathlib.Path("/var/spool/cups")
ERROR_LOG = pathlib.Path("/var/log/cups/error_log")

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


STAMP = re.compile(r"\[(\d+)/(\w+)/(\d+):(\d+):(\d+):(\d+)\.(\d+)")
SAID = re.compile(r"^(\S) (\[[^]]*\]) (.*)$")


def log_since(offset):
    """Lines of the error log after a byte offset, and the new offset."""
    try:
        with open(ERROR_LOG, "rb") as f:
            f.seek(offset)
            text = f.read()
    except FileNotFoundError:
        return [], offset
    return text.decode(errors="replace").splitlines(), offset + len(text)


def seconds_of(line):
    """Time stamp of a log line as seconds of its day, None when there is none."""
    found = STAMP.search(line)
    if not found:
        return None
    hour, minute, second, micro = (int(n) for n in found.groups()[3:])
    return hour * 3600 + minute * 60 + second + micro / 1e6


def now():
    return time.monotonic()
