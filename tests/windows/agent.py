#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent for Windows, under Wine, with a connector that runs here: it enrols, reports a printer that is played behind
usbprint.sys, carries out an action, answers the command line over its pipe, rests, and starts and stops as a service.

usage: agent.py --build BUILD (the connector) --windows BUILD (the programs for Windows) --prefix WINEPREFIX
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

WINE = "/usr/lib/wine/wine64"
SERVER = "/usr/lib/wine/wineserver64"
SERVICE = "platen-agent"
INSTALLED, MANAGED = r"HKLM\SOFTWARE\Platen\Settings", r"HKLM\SOFTWARE\Policies\Platen"
FINAL = ("done", "failed", "rejected", "expired", "cancelled", "interrupted")
SERIAL, PAGES = "VNB3K12345", 48213  # of tests/usbprint/


class Pc:
    """A PC with Windows, as far as Wine is one."""

    def __init__(self, programs, folder, prefix):
        self.programs, self.folder = programs, folder
        self.env = {**os.environ, "WINEPREFIX": str(prefix), "WINEDEBUG": "-all"}
        self.env.pop("DISPLAY", None)
        self.config = folder / "agent.conf"
        self.log = folder / "agent.log"
        self.process = None
        # The service manager ends with the last program: one that waits for input keeps the PC on.
        self.anybody = subprocess.Popen([WINE, "cmd"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env=self.env)

    def path(self, unix):
        return "Z:" + str(unix)

    def configure(self, **settings):
        self.config.write_text("".join(f"{k} = {v}\n" for k, v in settings.items()))
        self.config.chmod(0o600)

    def run(self, *words, check=True, seconds=60):
        done = subprocess.run([WINE, *words], capture_output=True, text=True, errors="replace", timeout=seconds, env=self.env)
        if check and done.returncode != 0:
            raise lab.LabError(f"{' '.join(words)}: exit {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout

    def platen(self, *words, check=True):
        return self.run(str(self.programs / "agent" / "platen.exe"), *words, "--config", self.path(self.config), check=check)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [WINE, str(self.programs / "tests" / "windows" / "platen-agent-played.exe"), "--config", self.path(self.config)],
                stdout=log, stderr=log, env=self.env)

    def service(self):
        """What the service manager says of it: "RUNNING"."""
        said = self.run("sc", "query", SERVICE, check=False)
        found = re.search(r"STATE\s*:\s*\d+\s+(\w+)", said)
        return found[1] if found else None

    def registry(self, key, name, kind, value):
        self.run("reg", "add", key, "/v", name, "/t", kind, "/d", value, "/f")

    def has_value(self, key, name):
        return name in self.run("reg", "query", key, "/v", name, check=False)

    def clear_registry(self):
        for key in (INSTALLED, MANAGED):
            self.run("reg", "delete", key, "/f", check=False)

    def stop_agent(self):
        if self.process:
            lab.stop(self.process)

    def switch_off(self):
        self.stop_agent()
        self.clear_registry()
        self.run("sc", "delete", SERVICE, check=False)
        self.anybody.stdin.close()
        self.anybody.wait(20)
        subprocess.run([SERVER, "-k"], env=self.env, check=False, capture_output=True)


def ticks(pid):
    """Processor time used so far, in hundredths of a second."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def private_kib(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(n) for n in re.findall(r"^Private_(?:Clean|Dirty):\s+(\d+)", text, re.M))


def enrols_and_reports(connector, pc):
    began = time.monotonic()

    def reported():
        if pc.process.poll() is not None:
            raise lab.LabError(f"the agent ended with {pc.process.returncode}: {pc.log.read_text(errors='replace')}")
        for item in connector.api("GET", "/printers")["items"]:
            printer = connector.api("GET", f"/printers/{item['id']}")
            if printer.get("access"):
                return printer
        return None
    printer = lab.wait_for("the printer's first reading at the connector", reported, 90)
    text = json.dumps(printer)
    assert SERIAL in text, printer
    assert str(PAGES) in text, printer
    assert printer["access"]["owner"] == "usbprint", printer["access"]
    print(f"enrolled and reported in {time.monotonic() - began:.1f} s: {printer['model']}, {SERIAL}, {PAGES} pages, by usbprint")
    return printer


def heeds_the_registry(pc, state):
    """The token was the installer's and is gone; the policy is in force; a policy that makes no sense is told."""
    lab.wait_for("the token's end", lambda: not pc.has_value(INSTALLED, "token"), 10)
    assert (state / "outgoing.log").exists(), sorted(p.name for p in state.iterdir())
    pc.registry(MANAGED, "log_level", "REG_SZ", "shouting")
    done = subprocess.run([WINE, str(pc.programs / "agent" / "platen-agent.exe"), "--config", pc.path(pc.config)],
                          capture_output=True, text=True, errors="replace", timeout=60, env=pc.env)
    assert done.returncode == 2 and MANAGED in done.stderr and "shouting" in done.stderr, done
    pc.registry(MANAGED, "log_level", "REG_SZ", "info")
    print(f"settings of the registry are heeded; a wrong one: {done.stderr.strip()}")


def guards_its_key(state):
    """What stands in the key's file is DPAPI's, not the key."""
    assert len((state / "key").read_bytes()) > 100


def acts(connector, printer):
    began = time.monotonic()
    action = connector.api("POST", f"/printers/{printer['id']}/actions", {"type": "probe_now"})

    def over():
        now = connector.api("GET", f"/actions/{action['id']}")
        return now if now["state"] in FINAL else None
    end = lab.wait_for("the end of the action", over, 60)
    assert end["state"] == "done", end
    print(f"probe_now came back done in {time.monotonic() - began:.1f} s")


def answers_the_command_line(pc):
    status = json.loads(pc.platen("status", "--json"))
    assert status["enrolment"] == "done" and status["connected"], status
    printers = pc.platen("probe", "--json")
    assert SERIAL in printers, printers
    print("platen.exe asked it over the named pipe")


def rests(pc):
    """An agent that spins where it should wait is found by its processor time."""
    pid = pc.process.pid  # Wine's loader becomes the program
    time.sleep(2)
    before = ticks(pid)
    time.sleep(5)
    used = ticks(pid) - before
    assert used <= 25, f"{used / 100} s of processor time in 5 s at rest"
    print(f"at rest: {used * 10} ms of processor time in 5 s, {private_kib(pid)} KiB private (with Wine's own libraries)")


def serves(pc):
    """What is shipped goes on as a service, with the identity that it finds."""
    pc.stop_agent()
    program = pc.path(pc.programs / "agent" / "platen-agent.exe")
    pc.run("sc", "create", SERVICE, "binPath=", f"{program} --service --config {pc.path(pc.config)}", "start=", "demand")
    began = time.monotonic()

    def runs():
        # Wine's service manager gives a program ten seconds to come up, which a busy machine may not.
        if pc.service() == "STOPPED":
            pc.run("sc", "start", SERVICE, check=False)
        return pc.service() == "RUNNING"
    lab.wait_for("the service's start", runs, 60, every=0.5)
    started = time.monotonic()
    lab.wait_for("the service's way to the connector", lambda: json.loads(pc.platen("status", "--json"))["connected"], 30)
    asked = time.monotonic()
    pc.run("sc", "stop", SERVICE)
    lab.wait_for("the service's stop", lambda: pc.service() == "STOPPED", 30)
    print(f"as a service: running after {started - began:.1f} s, connected by the same identity, stopped in "
          f"{time.monotonic() - asked:.1f} s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--windows", type=pathlib.Path, required=True)
    parser.add_argument("--prefix", type=pathlib.Path, required=True)
    options = parser.parse_args()
    lab.terminate_on_signals()
    with tempfile.TemporaryDirectory(prefix="platen-windows-", ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        connector = lab.Connector(options.build.resolve(), folder)
        pc = Pc(options.windows.resolve(), folder, options.prefix.resolve())
        try:
            connector.start()
            pc.clear_registry()
            pc.configure(state_dir=pc.path(folder / "agent"))
            pc.registry(INSTALLED, "token", "REG_SZ", connector.token())
            pc.registry(MANAGED, "trace_outgoing", "REG_DWORD", "1")
            pc.start()
            printer = enrols_and_reports(connector, pc)
            heeds_the_registry(pc, folder / "agent")
            guards_its_key(folder / "agent")
            acts(connector, printer)
            answers_the_command_line(pc)
            rests(pc)
            serves(pc)
        except BaseException:
            if pc.log.exists():
                sys.stderr.write(pc.log.read_text(errors="replace")[-4000:])
            raise
        finally:
            pc.switch_off()
            connector.stop()


if __name__ == "__main__":
    main()
