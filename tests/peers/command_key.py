#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command key is rotated under a real agent: while it runs, while it is away, with a forged signature, and with the agent
killed at each write-like system call of taking the new key over. What old and new key have signed is done once each."""
import argparse
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

CALLS = "write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat,unlink"
AGAIN = """
trap 'kill $agent; wait $agent; exit 0' TERM
while :; do while [ -e "$2.hold" ]; do sleep 0.1; done; "$0" --config "$1" & agent=$!; echo $agent > "$2.new"; mv "$2.new" "$2"; wait $agent; done
"""


class Site:
    def __init__(self, build, folder):
        self.folder, self.pid_file = folder, folder / "agent.pid"
        self.connector = lab.Connector(build, folder)
        self.desk = lab.Desk(build, folder, {"ink": lab.PROFILES / "ipp-everywhere-ink"})
        self.agent = str(build / "agent" / "platen-agent")
        self.hold = folder / "agent.pid.hold"
        self.printer, self.ordered = None, 0

    def start(self):
        self.connector.start()
        self.desk.configure(token=self.connector.token())
        self.desk.start("sh", "-c", AGAIN, self.agent, str(self.desk.config), str(self.pid_file))

        def found():
            items = self.connector.api("GET", "/printers")["items"]
            return items[0]["id"] if items and items[0]["model"] else None
        self.printer = lab.wait_for("the printer", found, 60)

    def away(self):
        """Kills the agent; its printers stay."""
        self.hold.touch()
        victim = int(self.pid_file.read_text())
        os.kill(victim, signal.SIGKILL)
        lab.wait_for("its death", lambda: not pathlib.Path(f"/proc/{victim}").exists(), 10)

    def back(self):
        self.hold.unlink()

    def rotate(self, *words):
        return re.search(r"key is ([0-9a-f]{16})", self.connector.run("key", "rotate", *words))[1]

    def trusts(self, key, seconds=40):
        lab.wait_for(f"trust in {key}", lambda: f"trusted id={key}" in self.desk.log.read_text(errors="replace"), seconds)

    def order(self):
        self.ordered += 1
        return self.connector.api("POST", f"/printers/{self.printer}/actions", {"type": "identify"})["id"]

    def done(self, *actions):
        for action in actions:
            lab.wait_for("an action's end", lambda: self.connector.api("GET", f"/actions/{action}")["ended_at"], 60)
            told = self.connector.api("GET", f"/actions/{action}")
            assert told["state"] == "done", told

    def effects(self):
        return sum(1 for e in self.desk.asked("ink") if e["what"] == "ipp" and e["operation"] == "Identify-Printer")

    def key_of(self, action):
        with sqlite3.connect(self.connector.data / "platen.db") as db:
            return db.execute("SELECT key_id FROM actions WHERE id=?", (action,)).fetchone()[0]


def while_it_runs(site):
    new = site.rotate()
    action = site.order()
    site.trusts(new)
    site.done(action)
    assert site.key_of(action) == new
    print("rotated under a running agent: taken over, obeyed")


def while_it_is_away(site):
    """Two rotations, one without any overlap, and the connector killed, while the PC is off."""
    site.away()
    before = site.order()
    site.rotate()
    between = site.order()
    assert site.key_of(before) != site.key_of(between)
    last = site.rotate("--overlap", "0")
    assert site.key_of(before) == site.key_of(between) == last  # signed anew
    os.kill(site.connector.process.pid, signal.SIGKILL)
    site.connector.process.wait()
    site.connector.start()
    after = site.order()
    site.back()
    site.trusts(last)
    site.done(before, between, after)
    print("rotated twice while it was away, the connector killed: everything taken over, everything done once")


def with_both_keys(site):
    """The overlap: an action that the old key has signed is done after the PC has the new one."""
    site.away()
    old = site.order()
    new_key = site.rotate()
    new = site.order()
    assert site.key_of(old) != site.key_of(new) == new_key
    site.back()
    site.trusts(new_key)
    site.done(old, new)
    print("what the old key and what the new one has signed: both done in the overlap")


def with_a_wrong_signature(site):
    """Somebody who writes into the store, and has no key, gets nothing obeyed."""
    site.away()
    site.connector.stop()
    old = re.match(r"[0-9a-f]{16}", site.connector.run("key", "list"))[0]
    new = site.rotate()
    with sqlite3.connect(site.connector.data / "platen.db") as db:
        good = db.execute("SELECT signature FROM command_handovers WHERE old_id=?", (old,)).fetchone()[0]
        stranger = subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"], capture_output=True,
                                  check=True).stdout
        (site.folder / "stranger.pem").write_bytes(stranger)
        payload = db.execute("SELECT payload FROM command_handovers WHERE old_id=?", (old,)).fetchone()[0]
        forged = subprocess.run(["openssl", "dgst", "-sha256", "-sign", site.folder / "stranger.pem"], input=payload,
                                capture_output=True, check=True).stdout
        db.execute("UPDATE command_handovers SET signature=? WHERE old_id=?", (forged, old))
    site.connector.start()
    effects, action = site.effects(), site.order()
    site.back()
    lab.wait_for("the refusal", lambda: "a new command key was not taken" in site.desk.log.read_text(errors="replace"), 40)
    lab.wait_for("the order's refusal", lambda: site.desk.log.read_text(errors="replace").count("wrong signature was refused") >= 2, 40)
    assert f"trusted id={new}" not in site.desk.log.read_text(errors="replace")
    assert site.connector.api("GET", f"/actions/{action}")["state"] == "queued"
    assert site.effects() == effects
    site.away()
    site.connector.stop()
    with sqlite3.connect(site.connector.data / "platen.db") as db:
        db.execute("UPDATE command_handovers SET signature=? WHERE old_id=?", (good, old))
    site.connector.start()
    site.back()
    site.trusts(new)
    site.done(action)
    print("signed by a stranger: refused, key and order; signed by the old key: obeyed")


def killed_in_between(site):
    """strace -f on the agent: KILL at the n-th call of each thread, from before the rotation on."""
    kills, n = 0, 0
    while n < 14:
        n += 1
        victim = int(site.pid_file.read_text())
        tracer = subprocess.Popen(["strace", "-f", "-q", "-o", "/dev/null", "-p", str(victim), "-e", f"trace={CALLS}", "-e",
                                   f"inject={CALLS}:signal=KILL:when={n}"], stderr=subprocess.DEVNULL)
        lab.wait_for("the tracer", lambda: re.search(r"TracerPid:\s*[1-9]", pathlib.Path(f"/proc/{victim}/status").read_text()), 10)
        new = site.rotate()
        site.trusts(new)
        died = int(site.pid_file.read_text()) != victim
        kills += died
        if tracer.poll() is None:
            tracer.send_signal(signal.SIGINT)
        tracer.wait(10)
        site.done(site.order())
        if not died:
            break
    print(f"killed {kills} times while it took a key over: taken over, obeyed")
    assert kills >= 3


def day(site):
    while_it_runs(site)
    while_it_is_away(site)
    with_both_keys(site)
    with_a_wrong_signature(site)
    if shutil.which("strace"):
        killed_in_between(site)
    verified = site.connector.run("audit", "verify")  # both sides' chains
    assert "BROKEN" not in verified, verified
    lab.wait_for("the count", lambda: "; 1 of 1 PCs" in site.connector.run("key", "list"), 20)
    trail = (site.desk.state / "audit.log").read_text()
    trusted = re.findall(r"command key ([0-9a-f]{16})", trail)
    known = re.findall(r"^([0-9a-f]{16})", site.connector.run("key", "list"), re.M)
    assert set(known[:-1]) == set(trusted), (known, trusted)  # all but the one it was enrolled with
    return site.effects()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-rotation-") as folder:
        site = Site(build, pathlib.Path(folder))
        try:
            site.start()
            effects = day(site)
            assert effects == site.ordered, (effects, site.ordered)
        except BaseException:
            sys.stderr.write(site.desk.log.read_text(errors="replace")[-6000:])
            sys.stderr.write(site.connector.log.read_text(errors="replace")[-3000:])
            raise
        finally:
            site.desk.stop()
            site.connector.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
