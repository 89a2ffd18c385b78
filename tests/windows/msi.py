#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of platen.msi under Wine, with a connector that runs here: installed by one silent command with a token, upgraded from an
older version with its identity kept, a downgrade refused, repaired, removed without a trace; settings that make no sense refused.

usage: msi.py --build BUILD (the connector) --old FILE --new FILE (MSIs) --prefix WINEPREFIX
"""
import argparse
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import agent as windows
from agent import SERVICE, lab

SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
EVENTS = SERVICES + r"\EventLog\Application\platen-agent"
OURS = r"HKLM\SOFTWARE\Platen"
FATAL = 1603          # ERROR_INSTALL_FAILURE; a Unix process ends with its lowest byte
FAILED_IN_WINE = 1627  # ERROR_FUNCTION_FAILED, where Windows would say FATAL: an action of the script failed
MAX_BYTES = 4 << 20
FILES = {"platen-agent.exe", "platen.exe", "quirks.ini", "LICENSE.txt"}


class Pc(windows.Pc):
    def __init__(self, folder, prefix):
        super().__init__(folder, folder, prefix)
        self.drive = prefix / "drive_c"
        self.place = self.drive / "Program Files" / "Platen"
        self.data = self.drive / "ProgramData" / "Platen"
        self.msi_log = folder / "msi.log"

    def msiexec(self, *words, expect=0):
        """Its own log tells what it did; silent, as from a management tool. No pipe: Wine's services, which it may be the first to
        start, would hold it open for as long as they run."""
        self.msi_log.unlink(missing_ok=True)
        done = subprocess.run([windows.WINE, "msiexec", *map(str, words), "/qn", "/l*v", self.path(self.msi_log)], env=self.env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180)
        assert done.returncode == expect & 0xff, f"msiexec {words}: exit {done.returncode}: {self.said()[-3000:]}"

    def said(self):
        if not self.msi_log.exists():
            return ""
        data = self.msi_log.read_bytes()
        return data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8", errors="replace")

    def rest(self):
        """Windows waits until a service has stopped before it replaces its program; Wine does not, and asks for a restart."""
        self.run("sc", "stop", SERVICE, check=False)
        lab.wait_for("the service's stop", lambda: self.service() == "STOPPED", 30)

    def installed(self):
        return {p.name for p in self.place.iterdir()} if self.place.exists() else set()

    def value(self, key, name):
        found = re.search(rf"^\s+{re.escape(name)}\s+REG_\w+\s+(.*?)\s*$", self.run("reg", "query", key, "/v", name, check=False), re.M)
        return found and found[1]

    def has_key(self, key):
        return subprocess.run([windows.WINE, "reg", "query", key], env=self.env, capture_output=True).returncode == 0

    def tell(self, *words):
        return json.loads(self.run(str(self.place / "platen.exe"), *words, "--json"))

    def version(self):
        return self.run(str(self.place / "platen-agent.exe"), "--version").split()[1]

    def programs_listed(self):
        """Versions under "Apps and features"."""
        listed = self.run("reg", "query", r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall", "/s", check=False)
        return [m[1] for m in re.finditer(r"DisplayName\s+REG_SZ\s+Platen\s.*?DisplayVersion\s+REG_SZ\s+(\S+)", listed, re.S)]

    def until_connected(self):
        def connected():
            with contextlib.suppress(lab.LabError, json.JSONDecodeError):
                return self.tell("status")["connected"]
        lab.wait_for("the service's way to the connector", connected, 60, every=0.5)


def table(msi, name):
    """{first column: the others}"""
    text = subprocess.run(["msiinfo", "export", msi, name], capture_output=True, text=True, check=True).stdout
    return {row[0]: row[1:] for row in (line.rstrip("\r").split("\t") for line in text.splitlines()[3:])}


def hides_the_token(msi):
    """Windows keeps these out of its logs; Wine does not know of such a thing, so the tables themselves are asked."""
    hidden = table(msi, "Property")["MsiHiddenProperties"][0].split(";")
    assert {"TOKEN", "PROXY", "Prepare"} <= set(hidden), hidden
    kind, _, target = table(msi, "CustomAction")["Prepare"][:3]
    assert "[TOKEN]" in target and int(kind) & 8192, (kind, target)  # msidbCustomActionTypeHideTarget
    assert "TOKEN" in table(msi, "Property")["SecureCustomProperties"][0].split(";")


def only_pc(connector):
    (pc,) = connector.api("GET", "/agents")["items"]
    return pc


def installs(pc, connector, msi):
    token = connector.token()
    began = time.monotonic()
    pc.msiexec("/i", msi, f"TOKEN={token}", f"SERVER=https://localhost:{connector.sda_port}", "POLICY=firmware,reboot")
    installed = time.monotonic()
    pc.until_connected()
    print(f"installed in {installed - began:.1f} s, enrolled and connected {time.monotonic() - installed:.1f} s later", flush=True)
    assert pc.installed() == FILES, pc.installed()
    assert pc.value(SERVICES + "\\" + SERVICE, "ObjectName").lower().endswith("networkservice")
    assert pc.value(SERVICES + "\\" + SERVICE, "ImagePath").strip().endswith('--service')
    assert pc.value(SERVICES + "\\" + SERVICE, "Start") == "0x2"
    assert pc.value(EVENTS, "EventMessageFile"), "the event log's source"
    assert pc.value(OURS + r"\Settings", "server") == f"https://localhost:{connector.sda_port}"
    assert pc.value(OURS + r"\Settings", "forbid") == "firmware,reboot"
    lab.wait_for("the token's end", lambda: not pc.has_value(OURS + r"\Settings", "token"), 10)
    assert (pc.data / "state" / "key").exists()
    assert not list(pc.folder.glob("*.conf")), "nothing but the MSI was needed"
    print("files, service, event source and settings are there; the token is nowhere", flush=True)


def upgrades(pc, connector, msi):
    before, identity = only_pc(connector), (pc.data / "state" / "key").read_bytes()
    old = pc.version()
    pc.rest()
    pc.msiexec("/i", msi)
    pc.until_connected()
    assert pc.version() != old and pc.programs_listed() == [pc.version()], (old, pc.version(), pc.programs_listed())
    assert (pc.data / "state" / "key").read_bytes() == identity
    assert pc.value(OURS + r"\Settings", "forbid") == "firmware,reboot"
    after = lab.wait_for("the new version at the connector",
                         lambda: (a := only_pc(connector))["version"] == pc.version() and a, 30)
    assert after["id"] == before["id"]
    print(f"{old} became {pc.version()}: same identity, same settings, one entry in the list of programs", flush=True)


def refuses(pc, older):
    version = pc.version()
    pc.msiexec("/i", older, expect=FATAL)
    assert pc.version() == version and pc.service() == "RUNNING"
    print("a downgrade is refused; what is there goes on", flush=True)


def repairs(pc, msi):
    key = (pc.data / "state" / "key").read_bytes()
    (pc.place / "platen.exe").unlink()
    pc.rest()
    pc.msiexec("/i", msi, "REINSTALL=ALL", "REINSTALLMODE=amus")
    assert pc.installed() == FILES, pc.installed()
    pc.until_connected()
    assert (pc.data / "state" / "key").read_bytes() == key
    assert pc.value(OURS + r"\Settings", "server")
    print("repaired: the lost program is back, identity and settings are the same", flush=True)


def leaves_nothing(pc, what):
    assert not pc.place.exists(), pc.installed()
    assert not pc.data.exists(), sorted(pc.data.rglob("*"))
    assert pc.service() is None and not pc.has_key(SERVICES + "\\" + SERVICE)
    assert not pc.has_key(OURS) and not pc.has_key(EVENTS)
    assert pc.programs_listed() == []
    print(f"{what}: no file, no service, no key is left", flush=True)


def removes(pc, msi):
    pc.rest()
    pc.msiexec("/x", msi)
    leaves_nothing(pc, "removed")


def refuses_nonsense(pc, msi):
    pc.msiexec("/i", msi, "POLICY=tea", expect=FAILED_IN_WINE)
    leaves_nothing(pc, "a setting that makes no sense")


def waits_for_enrolment(pc, connector, msi):
    pc.msiexec("/i", msi, "DEFER_ENROLL=1", f"SERVER=https://localhost:{connector.sda_port}")
    status = lab.wait_for("the service", lambda: pc.service() == "RUNNING" and pc.tell("status"), 60, every=0.5)
    assert not status["connected"] and status["enrolment"] != "done", status
    pc.run(str(pc.place / "platen.exe"), "enroll", "--token", connector.token())
    pc.until_connected()
    print("DEFER_ENROLL=1: it waits, and is enrolled by platen.exe", flush=True)


def main():
    parser = argparse.ArgumentParser()
    for name in ("build", "old", "new", "prefix"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    options = parser.parse_args()
    lab.terminate_on_signals()
    hides_the_token(options.new)
    for msi in (options.old, options.new):
        assert msi.stat().st_size <= MAX_BYTES, f"{msi} has {msi.stat().st_size} bytes"
    print(f"{options.new.name}: {options.new.stat().st_size} bytes", flush=True)
    with tempfile.TemporaryDirectory(prefix="platen-msi-", ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        connector = lab.Connector(options.build.resolve(), folder)
        subprocess.run(["cp", "-a", "--reflink=auto", options.prefix.resolve(), folder / "wine"], check=True)  # a PC never seen before
        pc = Pc(folder, folder / "wine")
        old, new = pc.path(options.old.resolve()), pc.path(options.new.resolve())
        try:
            connector.start()
            installs(pc, connector, old)
            upgrades(pc, connector, new)
            removes(pc, new)
            waits_for_enrolment(pc, connector, new)
            # Here and not after the upgrade: Wine forgets all related products when it removes one.
            refuses(pc, old)
            repairs(pc, new)
            removes(pc, new)
            refuses_nonsense(pc, new)
        except BaseException:
            sys.stderr.write(pc.said()[-6000:])
            raise
        finally:
            pc.switch_off()
            connector.stop()


if __name__ == "__main__":
    main()
