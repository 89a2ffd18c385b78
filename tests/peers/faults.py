#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills the agent and the connector at every write-like system call of an action, and counts its effects where they happen: in
the virtual printer's log. At most one effect, whatever is killed when; in the end both sides tell the same state, and `done`
means that it happened.

strace attaches to one thread of the program right before the action is ordered and kills at its N-th call of the list below;
N rises until a run survives, then the next thread has its turn (strace counts per thread).

    faults.py --build DIR [--seconds S] [--actions identify,reboot,print_test_page,diagnostics] [--agent PROGRAM] [--expect-red]

--seconds: a spread of the kills that fits into about this time, instead of all. --expect-red: the agent is one that journals
behind the effect; exit 0 only if that was noticed.
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

CALLS = ("write", "writev", "pwrite64", "pwritev", "pwritev2", "sendto", "sendmsg", "sendfile", "ioctl", "fsync", "fdatasync",
         "ftruncate", "fallocate", "rename", "renameat", "renameat2", "unlink", "unlinkat")
STATES = ("delivered", "running", "done", "failed", "rejected", "expired", "cancelled", "interrupted")
FINAL = STATES[2:]
MAX_LOST = 20
PRINTER = {"identify": "ink", "reboot": "ink", "print_test_page": "laser", "configure": "ink", "diagnostics": "ink"}


class Fault(Exception):
    """What must never be: an effect twice, or two sides that tell different ends."""


def fast(folder):
    """The same printers, away for a shorter time, and a laser that thinks faster."""
    shutil.copytree(lab.PROFILES / "ipp-everywhere-ink", folder / "ink")
    shutil.copytree(lab.PROFILES / "brother-laser", folder / "laser")
    shutil.copy(lab.PROFILES / "words.json", folder / "words.json")
    behaviour = json.loads((folder / "ink" / "behaviour.json").read_text())
    behaviour["ipp"]["restart_ms"] = 300
    (folder / "ink" / "behaviour.json").write_text(json.dumps(behaviour))
    return {"ink": folder / "ink", "laser": folder / "laser"}


class Site:
    def __init__(self, build, folder, agent):
        self.folder = folder
        self.connector = lab.Connector(build, folder)
        profiles = folder / "profiles"
        profiles.mkdir()
        self.desk = lab.Desk(build, folder, fast(profiles))
        self.agent = str(agent or build / "agent" / "platen-agent")
        self.ids = {}
        self.stored = set()

    def start(self):
        self.connector.start()
        self.desk.configure(token=self.connector.token(), **{f"{kind}_per_hour": 0 for kind in PRINTER})
        self.desk.start_again_and_again(self.agent)
        lab.wait_for("the printers", self.find, 90)

    def stop(self):
        lost = self.is_lost()
        self.desk.stop()
        if lost:  # nobody ended what ran among the printers
            os.kill(int(self.desk.loop_file.read_text()), signal.SIGTERM)
        self.connector.stop()

    def is_lost(self):
        """libumockdev, which plays the kernel, dies at times when a program is killed within an ioctl: then the printers and
        their logs are gone, and the run says nothing."""
        return self.desk.process is not None and self.desk.process.poll() not in (None, 0)

    def find(self):
        for item in self.connector.api("GET", "/printers")["items"]:
            if item["model"]:
                self.ids["laser" if "HL" in item["model"] else "ink"] = item["id"]
        return len(self.ids) == 2

    def agent_pid(self):
        return int(self.desk.pid_file.read_text())

    def pid(self, who):
        return self.agent_pid() if who == "agent" else self.connector.process.pid

    def ready(self):
        """The agent runs and has read both printers; the connector answers."""
        def read():
            try:
                told = json.loads(self.desk.platen("printers", "--json"))["printers"]
                return len(told) == 2 and all(p["identity"]["model"] for p in told)
            except (lab.LabError, ValueError, subprocess.TimeoutExpired):
                return False
        lab.wait_for("the agent's reading", read, 60)

    def bundles(self):
        """How many bundles the connector has ever stored; the oldest go in time."""
        with contextlib.closing(sqlite3.connect(self.connector.data / "platen.db", timeout=20)) as db:
            self.stored |= {no for no, in db.execute("SELECT action_no FROM bundles")}
        return len(self.stored)

    def effects(self, kind):
        if kind == "diagnostics":
            return self.bundles()
        log = self.desk.asked(PRINTER[kind])
        if kind == "identify":
            return sum(1 for e in log if e["what"] == "ipp" and e["operation"] == "Identify-Printer")
        if kind == "reboot":
            return sum(1 for e in log if e["what"] == "action" and e.get("do") == "reboot")
        if kind == "configure":
            return sum(1 for e in log if e["what"] == "nvram")
        return sum(1 for e in log if e["what"] == "job" and e.get("event") == "begins")

    def order(self, kind):
        """The ids of the actions that came of one wish; the answer may be lost with the connector."""
        body = {"type": kind}
        if kind == "configure":  # another value each time, so that each order has an effect
            facts = json.loads(self.desk.do("settings", "ink"))
            body["parameters"] = {"settings": {"print_quality": "draft" if facts["quality"] != "3" else "high"}}
        known = {a["id"] for a in self.connector.api("GET", "/actions?limit=200")["items"]}
        try:
            return [self.connector.api("POST", f"/printers/{self.ids[PRINTER[kind]]}/actions", body)["id"]]
        except (OSError, lab.http.client.HTTPException):
            self.revive()
            now = self.connector.api("GET", "/actions?limit=200")["items"]
            return [a["id"] for a in now if a["id"] not in known]

    def revive(self):
        """Starts the connector again where it was killed; strace lets go of the dead one in a moment."""
        try:
            self.connector.process.wait(5)
        except subprocess.TimeoutExpired:
            return
        self.connector.start()

    def state(self, action):
        if self.is_lost():
            raise lab.LabError("the virtual printers died")
        try:
            return self.connector.api("GET", f"/actions/{action}")["state"]
        except (OSError, lab.http.client.HTTPException):
            self.revive()
            return "queued"

    def journal(self, action):
        """What the agent's own journal says; None where it never heard of it. The agent alone may open its spool, so a copy is
        read; one that was made in the middle of a write is made again."""
        for _ in range(50):
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                try:
                    for name in ("spool.db", "spool.db-wal"):
                        if (self.desk.state / name).exists():
                            shutil.copy(self.desk.state / name, folder)
                    with sqlite3.connect(f"{folder}/spool.db") as db:
                        row = db.execute("SELECT state FROM action WHERE id = ?", (action,)).fetchone()
                    return STATES[row[0]] if row else None
                except (sqlite3.Error, OSError):
                    time.sleep(0.05)
        raise lab.LabError("the agent's spool cannot be read")


def threads_of(pid):
    return sorted(int(t) for t in os.listdir(f"/proc/{pid}/task"))


def attach(site, tid, n):
    """strace on one thread, killing at its n-th call; returns once it is attached."""
    out = site.folder / "strace.out"
    words = ["strace", "-p", str(tid), "-o", str(out), "-e", "trace=" + ",".join(CALLS),
             "-e", f"inject={','.join(CALLS)}:signal=KILL:when={n}"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    if "attached" not in line:
        process.wait()
        raise lab.LabError(f"strace: {line.strip()}")
    return process


def detach(process):
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def run(site, kind, who, index, n):
    """One action with one kill in it. True: it was killed; False: it survived."""
    site.ready()
    pid, before = site.pid(who), site.effects(kind)
    tids = threads_of(pid)
    if index >= len(tids):
        return None
    tracer = attach(site, tids[index], n)
    actions = site.order(kind)
    try:
        lab.wait_for(f"an end of {kind}", lambda: not is_alive(pid) or all(site.state(a) in FINAL for a in actions), 60)
        for _ in range(10):  # the last posts are part of it
            if is_alive(pid):
                time.sleep(0.05)
        killed = not is_alive(pid)
    finally:
        detach(tracer)
    if killed and who == "connector" and not is_alive(pid) and site.pid(who) == pid:
        site.revive()
    check(site, kind, actions, before, f"{kind}: {who} killed at call {n} of thread {index}")
    return killed


def check(site, kind, actions, before, where):
    lab.wait_for(f"the connector's end of {where}", lambda: all(site.state(a) in FINAL for a in actions), 120)
    if kind == "reboot":
        lab.wait_for("the printer's return", lambda: site.desk.truth()["ink"]["usb"]["address"], 20)
    effects = site.effects(kind) - before
    if effects > max(1, len(actions)) or effects > len(actions):
        raise Fault(f"{where}: {effects} effects of {len(actions)} actions")
    for action in actions:
        told = site.state(action)
        own = lab.wait_for("the agent's end", lambda a=action, t=told: site.journal(a) in (*FINAL, None) and
                           (site.journal(a) or "none"), 60)
        if own != told and not (own == "none" and told in ("expired", "cancelled")):
            raise Fault(f"{where}: the connector says {told}, the agent {own}")
        if told == "done" and effects != 1:
            raise Fault(f"{where}: done, and {effects} effects")
        if told in ("rejected", "expired", "cancelled") and effects != 0:
            raise Fault(f"{where}: {told}, and {effects} effects")


class Laboratory:
    """A site, and another one where it is lost."""

    def __init__(self, args):
        self.args, self.site, self.lost = args, None, 0

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="platen-faults-", ignore_cleanup_errors=True)
        self.site = Site(self.args.build.resolve(), pathlib.Path(self.folder.name), self.args.agent and self.args.agent.resolve())
        self.site.start()
        return self

    def __exit__(self, *_):
        self.site.stop()
        self.folder.cleanup()

    def run(self, *what):
        """run(); again in another laboratory where this one was lost."""
        while True:
            try:
                return run(self.site, *what)
            except (lab.LabError, OSError, subprocess.TimeoutExpired):
                if not self.site.is_lost() or self.lost == MAX_LOST:
                    raise
            self.lost += 1
            print("the virtual printers died within libumockdev: that run is made again", flush=True)
            self.__exit__()
            self.__enter__()


def campaign(laboratory, kind, who, until, step):
    """Every thread, every call; with `step` > 1 each so-manieth. Returns the number of kills."""
    kills, index = 0, 0
    while time.monotonic() < until or kills == 0:
        n = 1 + index % step
        while time.monotonic() < until or kills == 0:
            killed = laboratory.run(kind, who, index, n)
            if killed is None:
                return kills
            if not killed:
                break
            kills += 1
            n += step
        index += 1
    return kills


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--agent", type=pathlib.Path)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--actions", default=",".join(PRINTER))
    parser.add_argument("--expect-red", action="store_true")
    args = parser.parse_args()
    if not shutil.which("strace"):
        print("strace is missing: apt-get install strace")
        return 77
    kinds = args.actions.split(",")
    print("calls: " + " ".join(CALLS))
    try:
        with Laboratory(args) as laboratory:
            for kind in kinds:
                for who in ("agent",) if args.expect_red else ("agent", "connector"):
                    share = args.seconds / len(kinds) / (1 if args.expect_red else 2) if args.seconds else 1e9
                    began = time.monotonic()
                    kills = campaign(laboratory, kind, who, began + share, 5 if args.seconds and not args.expect_red else 1)
                    print(f"{kind}: {who} killed {kills} times in {time.monotonic() - began:.0f} s, at most one effect each",
                          flush=True)
                    if kills == 0 and not args.expect_red:
                        raise Fault(f"{kind}: nothing was killed, so nothing is shown")
    except Fault as fault:
        print(f"{'noticed' if args.expect_red else 'FAULT'}: {fault}")
        return 0 if args.expect_red else 1
    return 1 if args.expect_red else 0


if __name__ == "__main__":
    lab.terminate_on_signals()
    sys.exit(main())
