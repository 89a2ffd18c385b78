#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A day of a site in minutes: five printers print, run out, jam, sleep, are pulled out and plugged in again, are told to restart; in
the first half agent and connector are killed and the network is cut as well. In the end the connector has the truth, each record
once, an end of every action, and neither program has grown in the second half."""
import argparse
import contextlib
import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
sys.path.insert(0, str(ROOT / "tests" / "vprinter"))
import compare  # noqa: E402
import lab  # noqa: E402

PRINTERS = ("hp-mfp", "brother-laser", "ipp-everywhere-ink", "hp-laser-ledm", "kyocera-laser")
FINAL = ("done", "failed", "rejected", "expired", "cancelled", "interrupted")
COMPLAIN = ("hp-mfp", "ipp-everywhere-ink", "hp-laser-ledm")  # PJL tells one trouble at a time, and a stopped pipe takes no question
RESTART = ("hp-mfp", "ipp-everywhere-ink")
PACE_S = 0.7             # from one happening to the next, on average
GROWTH_KB = 4096         # of private memory in the second half


class Site:
    def __init__(self, build, folder, rng):
        self.rng = rng
        self.connector = lab.Connector(build, folder).start()
        self.network = lab.Relay(self.connector.sda_port)
        self.desk = lab.Desk(build, folder, {name: lab.PROFILES / name for name in PRINTERS})
        token = self.connector.run("token", "create", "--url", f"https://localhost:{self.network.port}")
        self.desk.configure(token=re.search(r"plt1\.[A-Za-z0-9_-]+", token)[0], reboot_per_hour=0, identify_per_hour=0)
        self.desk.start_again_and_again()
        self.out = set()      # printers that are not plugged in
        self.orders = []      # ids of actions
        self.counts = {}      # happenings, by name

    def close(self):
        self.desk.stop()
        self.network.close()
        self.connector.stop()

    @property
    def agent(self):
        return int(self.desk.pid_file.read_text())

    # ---- what may happen

    def prints(self, name):
        self.desk.do("print", name, str(self.rng.randint(1, 20)))

    def wears(self, name):
        self.desk.do("toner", name, "black", str(self.rng.randint(1, 100)))

    def complains(self, name):
        if name in COMPLAIN:
            self.desk.do("set", name, "state-reason", self.rng.choice("+-") + self.rng.choice(("media-empty", "cover-open")))

    def sleeps(self, name):
        self.desk.do(self.rng.choice(("sleep", "wake")), name)

    def leaves(self, name):
        if len(self.out) < len(PRINTERS) - 1:
            self.desk.do("unplug", name)
            self.out.add(name)

    def returns(self, _):
        if self.out:
            name = self.rng.choice(sorted(self.out))
            self.desk.do("plug", name)
            self.out.discard(name)

    def orders_something(self, name):
        model = self.desk.truth()[name]["identity"]["model"]
        with contextlib.suppress(lab.LabError):  # not offered, or not there just now: its answer says so
            for item in self.connector.api("GET", "/printers")["items"]:
                if item["model"] and model in (item["model"], item["model"].removeprefix(item["make"] or "").strip()):
                    kind = self.rng.choice(("identify", "probe_now", "reboot" if name in RESTART else "identify"))
                    self.orders.append(self.connector.api("POST", f"/printers/{item['id']}/actions", {"type": kind})["id"])

    def agent_dies(self, _):
        os.kill(self.agent, signal.SIGKILL)

    def connector_dies(self, _):
        self.connector.process.kill()
        self.connector.process.wait()
        time.sleep(self.rng.uniform(0, 2))
        self.connector.start()

    def network_is_cut(self, _):
        port, self.network.to = self.network.to, 1  # nothing listens there
        time.sleep(self.rng.uniform(0.5, 3))
        self.network.to = port

    CALM = ("prints", "prints", "prints", "wears", "complains", "complains", "sleeps", "leaves", "returns", "returns", "orders_something")
    ROUGH = (*CALM, "agent_dies", "connector_dies", "network_is_cut")

    def turmoil(self, kinds, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            kind = self.rng.choice(kinds)
            name = self.rng.choice([p for p in PRINTERS if p not in self.out])
            getattr(self, kind)(name)
            self.counts[kind] = self.counts.get(kind, 0) + 1
            time.sleep(self.rng.expovariate(1 / PACE_S))

    # ---- what has to be true then

    def comes_to_rest(self):
        """Everybody is there and awake, and has nothing more to say."""
        for name in PRINTERS:
            if name in self.out:
                self.desk.do("plug", name)
            self.desk.do("wake", name)
        self.out.clear()
        lab.wait_for("every action's end", lambda: not self.open_orders(), 120, every=0.5)
        self.desk.platen("probe")  # levels and counters are read at leisure else
        lab.wait_for("the truth in the connector", lambda: not self.untrue(), 120, every=1)
        lab.wait_for("an empty spool", lambda: json.loads(self.desk.platen("status", "--json"))["spool"]["records"] == 0, 40)

    def open_orders(self):
        return [o for o in self.orders if self.connector.api("GET", f"/actions/{o}")["state"] not in FINAL]

    def untrue(self):
        """What the connector says of the printers that is not so: {name: lines}."""
        items = [self.connector.api("GET", f"/printers/{p['id']}") for p in self.connector.api("GET", "/printers")["items"]]
        wrong = {}
        for name, truth in self.desk.truth().items():
            mine = next((p for p in items if p["identity"] and p["identity"]["serial_number"] == truth["identity"]["serial_number"]), None)
            lines = compare.printer(truth, mine, leaves_pc=True) if mine else ["it is not there"]
            wrong |= {name: lines} if lines else {}
        return wrong

    def each_record_once(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.connector.data}/platen.db?mode=ro", uri=True)) as db:
            found = db.execute("SELECT spool_no, seq, hash, kind FROM records ORDER BY spool_no, seq").fetchall()
        assert len({row[0] for row in found}) == 1, "the agent began another spool"
        assert [row[1] for row in found] == list(range(1, len(found) + 1)), "a record is missing or came twice"
        assert len({row[2] for row in found}) == len(found), "a record came twice under two numbers"
        return len(found)

    def reboots_at_most_once(self):
        states = [self.connector.api("GET", f"/actions/{o}") for o in self.orders]
        ordered = [a for a in states if a["type"] == "reboot"]
        done = sum(a["state"] == "done" for a in ordered)
        seen = sum(e["what"] == "action" and e.get("do") == "reboot" for name in RESTART for e in self.desk.asked(name))
        assert done <= seen <= len(ordered), f"{len(ordered)} restarts ordered, {done} done, {seen} in the printers' logs"
        return len(states), {s: sum(a["state"] == s for a in states) for s in FINAL if any(a["state"] == s for a in states)}


def private_kb(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kb) for kb in re.findall(r"Private_(?:Clean|Dirty): +(\d+)", text))


def held(pid):
    return {"files": len(os.listdir(f"/proc/{pid}/fd")), "threads": len(os.listdir(f"/proc/{pid}/task"))}


def at_rest(pid, what):
    """What a program holds when nobody wants anything: the least of a few looks, one a second."""
    looks = []
    for _ in range(10):
        looks.append((held(pid), private_kb(pid)))
        time.sleep(1)
    least = {k: min(look[0][k] for look in looks) for k in looks[0][0]} | {"kB": min(look[1] for look in looks)}
    print(f"value soak.{what}: {least}", flush=True)
    return least


def day(site, minutes):
    site.turmoil(site.ROUGH, minutes * 30)
    site.comes_to_rest()
    programs = {"agent": site.agent, "connector": site.connector.process.pid}
    before = {name: at_rest(pid, f"{name}.before") for name, pid in programs.items()}
    site.turmoil(site.CALM, minutes * 30)
    site.comes_to_rest()
    after = {name: at_rest(pid, f"{name}.after") for name, pid in programs.items()}
    assert programs == {"agent": site.agent, "connector": site.connector.process.pid}, "a program ended by itself"
    for name in programs:
        grown = {k: after[name][k] - before[name][k] for k in before[name]}
        assert grown["kB"] <= GROWTH_KB and grown["files"] <= 2 and grown["threads"] <= 1, f"the {name} has grown: {grown}"
    records = site.each_record_once()
    orders, ends = site.reboots_at_most_once()
    site.connector.run("audit", "verify")
    print(f"value soak.happenings {sum(site.counts.values())}: {site.counts}")
    print(f"ok      soak.truth  what the connector says of {len(PRINTERS)} printers is so")
    print(f"ok      soak.records  {records} records, each once")
    print(f"ok      soak.actions  {orders} actions: {ends}")
    print("ok      soak.memory  neither program has grown")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    print(f"value soak.seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="platen-soak-") as folder:
        site = Site(options.build.resolve(), pathlib.Path(folder), random.Random(options.seed))
        try:
            day(site, options.minutes)
        except BaseException:
            print(site.desk.log.read_text(errors="replace")[-3000:], site.connector.log.read_text(errors="replace")[-1000:], site.counts,
                  f"untrue: {site.untrue()}", f"open: {site.open_orders()}", sep="\n", flush=True)
            raise
        finally:
            site.close()


if __name__ == "__main__":
    lab.terminate_on_signals()
    main()
