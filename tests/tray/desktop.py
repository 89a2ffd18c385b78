#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tray on a real desktop: Xfce's panel and notification service, an agent with virtual printers, a connector; as a user who is not
root. What the panel shows is read and clicked over D-Bus, a bubble's button with the mouse, and the agent's answers are looked for at the
connector. `PLATEN_PICTURES=DIR` keeps screenshots to be looked at."""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from session import PERSON, ROOT, STRANGER, Logind, Session, as_user, lab

OWN_MOUNTS = ROOT / "tests" / "own_mounts"
PRINTERS = {"mfp": "hp-mfp", "laser": "brother-laser"}


class Desktop(Session):
    """A session beside a site."""

    def __init__(self, folder, build, connector, desk, **more):
        super().__init__(folder, build, desk.socket, **more)
        self.connector, self.desk = connector, desk

    def until_icon(self, mood, seconds=60):
        lab.wait_for(f"the icon {mood}", lambda: (self.icon() or "").startswith(f"platen-tray-{mood}"), seconds)

    def until_entry(self, pattern, seconds=60):
        return lab.wait_for(f"an entry like {pattern}", lambda: next(
            ((text, entry) for text, entry in self.menu().items() if re.search(pattern, text)), None), seconds)

    def until_bubble(self, there=True, seconds=40):
        return lab.wait_for("a bubble" if there else "the bubble's end", lambda: bool(self.windows("Xfce4-notifyd")) == there and (
            self.windows("Xfce4-notifyd") or True), seconds)

    def ask_for_page(self):
        """An operator asks for the printer's page; the session's id once the PC is asked."""
        found = self.connector.api("POST", f"/printers/{self.printer}/ews-sessions", {"password": self.connector.password})
        return found["id"]

    def page(self, session):
        return self.connector.api("GET", f"/ews-sessions/{session}")

    def until_page(self, session, state, seconds=60):
        lab.wait_for(f"the page {state}", lambda: self.page(session)["state"] == state, seconds)
        return self.page(session)

    def allow_pages(self):
        items = self.connector.api("GET", "/printers")["items"]
        found = next(i for i in items if "M283" in (i["model"] or ""))
        self.printer = found["id"]
        site = self.connector.api("GET", f"/printers/{self.printer}")["site"]["id"]
        self.connector.api("PUT", f"/sites/{site}/ews", {"enabled": True, "users": [self.connector.user]})

    def platen_as(self, user, *words):
        return subprocess.run(as_user(user, self.build / "agent/platen", *words, "--socket", self.socket), capture_output=True, text=True,
                              timeout=60, cwd="/")


def the_icon_and_its_menu(d):
    lab.wait_for("the registration", lambda: any(d.item() in item for item in d.items()), 30)
    d.until_icon("well")
    text, mfp = d.until_entry(r"M283fdw: ready")
    truth = d.desk.truth()["mfp"]
    for supply in truth["supplies"]:
        if supply["level_percent"] is not None:
            assert any(label.endswith(f": {supply['level_percent']} %") for label in mfp["children"]), (supply, mfp)
    d.until_entry("^Connected to localhost$")
    assert d.tip() == "2 printers are well", d.tip()
    d.picture("well")
    print("icon registered, menu tells the printers as they are")


def an_open_cover(d):
    d.desk.do("set", "mfp", "state-reason", "+cover-open")
    d.until_icon("error")
    d.until_entry(r"M283fdw: A cover is open")
    d.until_bubble()
    d.picture("cover")
    d.desk.do("clear", "mfp")
    d.until_icon("well")
    d.until_bubble(there=False)
    print("an open cover: icon, menu, one bubble, closed when it is over")


def consent_by_a_button(d):
    session = d.ask_for_page()
    d.until_icon("remote")
    bubble = d.until_bubble()[0]
    d.until_still()
    d.picture("asked")
    refused = d.platen_as(STRANGER, "ews", "allow", session)
    assert refused.returncode == 1 and "own screen" in refused.stderr, refused
    assert d.page(session)["state"] == "waiting"
    d.press(*d.first_button(bubble))
    d.until_page(session, "open")
    d.until_entry("Remote page open: end it")
    d.until_bubble()
    d.until_still()
    d.picture("open")
    d.click("Remote page open: end it")
    ended = d.until_page(session, "ended")
    assert "Ended by the person at the PC" in ended["reason"], ended
    d.until_icon("well")
    print("a remote page: a stranger is refused, allowed by the bubble's button, ended by the menu")


def consent_by_the_menu(d):
    session = d.ask_for_page()
    d.until_entry("asks to see the page of")
    d.click("^Do not allow it$")
    ended = d.until_page(session, "ended")
    assert "said no" in ended["reason"], ended
    d.until_icon("well")
    print("a remote page: denied by the menu")


def somebody_else_at_the_screen(d, logind):
    """Another person takes the screen: this one is not asked, and may not answer."""
    logind.session("7", PERSON, False)
    logind.session("8", STRANGER, True)
    logind.screen("8", STRANGER)
    session = d.ask_for_page()
    d.until_entry("asks to see the page of")
    assert not d.menu()["Allow it"]["enabled"], d.menu()
    assert not d.windows("Xfce4-notifyd"), "who is not at the screen is not asked"
    assert d.platen_as(PERSON, "ews", "allow", session).returncode == 1
    logind.session("c1", STRANGER, True, kind="greeter")
    logind.screen("c1", STRANGER)
    refused = d.platen_as(STRANGER, "ews", "deny", session)
    assert refused.returncode == 1 and "own screen" in refused.stderr, "a log-in screen is nobody"
    logind.screen("8", STRANGER)
    assert d.platen_as(STRANGER, "ews", "deny", session).returncode == 0
    d.until_page(session, "ended")
    logind.session("7", PERSON, True)
    logind.screen("7", PERSON)
    d.until_icon("well")
    print("only the active local seat is asked, and may answer")


def restarts(d):
    d.end("panel")
    d.start_panel()
    lab.wait_for("the registration with the new panel", lambda: any(d.item() in item for item in d.items()), 30)
    print("panel restarted: the icon is back")
    d.desk.stop()
    d.until_icon("offline")
    d.until_entry("^The Platen service does not run$")
    d.desk.start()
    d.until_icon("well")
    d.until_entry(r"M283fdw: ready")
    print("agent restarted: the menu is back")
    d.end("bus")
    d.start_bus()
    lab.wait_for("the item on the new bus", lambda: d.icon(), 30)
    d.spawn("notifyd2", d.processes["notifyd"].args[-1])
    d.start_panel()
    lab.wait_for("the registration on the new bus", lambda: any(d.item() in item for item in d.items()), 30)
    print("session bus restarted: the icon is back")


def muted(d):
    d.click("^No messages about printers$")
    lab.wait_for("the check", lambda: d.menu()["No messages about printers"]["checked"] == 1, 10)
    assert (d.home / ".config/platen/tray.conf").read_text() == "mute = yes\n"
    d.desk.do("set", "laser", "state-reason", "+media-empty")
    d.until_icon("error", 120)
    assert not d.windows("Xfce4-notifyd")
    d.desk.do("clear", "laser")
    d.click("^No messages about printers$")
    lab.wait_for("the check", lambda: d.menu()["No messages about printers"]["checked"] == 0, 10)
    print("muted: the icon changes, no bubble; the choice is kept")


def what_is_sent(d):
    (d.folder / "bin").mkdir(exist_ok=True)
    opener = d.folder / "bin/xdg-open"
    opener.write_text(f'#!/bin/sh\necho "$1" > {d.runtime}/opened\n')
    opener.chmod(0o755)
    d.click("^What is sent$")
    opened = d.runtime / "opened"
    path = pathlib.Path(lab.wait_for("the list", lambda: opened.exists() and opened.read_text().strip(), 30))
    assert path.stat().st_mode & 0o777 == 0o600 and path.stat().st_uid == PERSON
    text = path.read_text()
    assert "POST /sda/v1/reports" in text and '"printer.attached"' in text, text[:2000]
    print("what is sent: a text for the person alone, opened")


def one_per_session(d):
    first = d.processes["tray"]
    d.start_tray("second")
    lab.wait_for("the first one's end", lambda: first.poll() is not None, 20)
    assert first.returncode == 0
    d.processes["tray"] = d.processes.pop("second")
    d.until_icon("well")
    d.end("tray")
    print("a second tray takes over; both ended well")


def without_anybody(d):
    """No panel, no notification service, no agent: nothing is shown, and nothing is said."""
    for name in ("panel", "notifyd", "notifyd2"):
        d.end(name)
    process = d.start_tray()
    d.until_icon("well")
    before = switches(process.pid)
    time.sleep(5)
    assert switches(process.pid) - before <= 2, "an idle tray sleeps"
    assert lab.stop(process) == 0
    d.processes.pop("tray")
    print("without a panel it waits, asleep")


def switches(pid):
    return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)[1])


def in_german_on_a_light_panel(folder, build, connector, desk):
    folder.mkdir()
    folder.chmod(0o755)
    d = Desktop(folder, build, connector, desk, dark=False, language="de")
    try:
        d.start()
        d.start_tray()
        d.until_entry(r"M283fdw: bereit")
        lab.wait_for("the icon for a light panel", lambda: d.icon() == "platen-tray-well", 20)
        assert d.tip() == "2 Drucker in Ordnung", d.tip()
        assert "Was gesendet wird" in d.menu()
        desk.do("set", "mfp", "state-reason", "+cover-open")
        d.until_bubble()
        x = d.place(d.windows("Wrapper-2.0")[0])[0] if d.windows("Wrapper-2.0") else 0
        d.press(x + 12, 18, 3)
        time.sleep(1)
        d.picture("light-german")
        print("a light panel, in German")
    finally:
        d.stop()
        no_complaints(d)


def no_complaints(d):
    """Sanitizers and our own warnings speak on stderr."""
    text = d.logs.read_text(errors="replace")
    assert "ERROR: " not in text and "runtime error" not in text, text[-6000:]


def inside(arguments):
    logind = Logind()
    logind.session("7", PERSON, True)
    logind.screen("7", PERSON)
    profiles = {name: lab.PROFILES / profile for name, profile in PRINTERS.items()}
    with tempfile.TemporaryDirectory(prefix="platen-tray-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        (folder / "site").mkdir()
        with lab.site(arguments.build, folder / "site", profiles) as (connector, desk):
            connector.serve_options = []
            d = Desktop(folder, arguments.build, connector, desk)
            try:
                d.start()
                d.start_tray()
                the_icon_and_its_menu(d)
                d.allow_pages()
                an_open_cover(d)
                consent_by_a_button(d)
                consent_by_the_menu(d)
                somebody_else_at_the_screen(d, logind)
                muted(d)
                what_is_sent(d)
                restarts(d)
                one_per_session(d)
                without_anybody(d)
            except BaseException:
                print(d.tail())
                print(desk.log.read_text(errors="replace")[-2000:])
                raise
            finally:
                d.stop()
            no_complaints(d)
            in_german_on_a_light_panel(folder / "light", arguments.build, connector, desk)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "dev")
    arguments = parser.parse_args()
    if os.environ.get("PLATEN_OWN_MOUNTS") != "1":
        return subprocess.run([OWN_MOUNTS, sys.executable, "-B", __file__, "--build", arguments.build.resolve()],
                              env={**os.environ, "PLATEN_OWN_MOUNTS": "1"}).returncode
    return inside(arguments)


if __name__ == "__main__":
    sys.exit(main())
