# SPDX-License-Identifier: Apache-2.0
"""A person's desktop: an X server, a session bus, Xfce's panel and a notification service, all of them the real ones, as a user who is
not root; and logind's word about who sits at the screen, written where logind would write it."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

PERSON = 65534  # at the screen
STRANGER = 2    # logged in from elsewhere
NOTIFYD = next(iter(sorted(pathlib.Path("/usr/lib").glob("*/xfce4/notifyd/xfce4-notifyd"))), None)
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
WATCHER = "org.kde.StatusNotifierWatcher"

PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="{dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="36"/>
      <property name="icon-size" type="uint" value="24"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
"""


def as_user(user, *words):
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *map(str, words)]


class Logind:
    """What systemd-logind says, in a file system of our own over /run/systemd: the caller has a mount namespace."""

    def __init__(self):
        folder = pathlib.Path("/run/systemd")
        folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "none", folder], check=True)
        for name in ("seats", "sessions", "users", "machines"):
            (folder / name).mkdir()
        self.folder = folder

    def write(self, name, **values):
        path = self.folder / name
        fresh = path.with_name("." + path.name)
        fresh.write_text("".join(f"{k}={v}\n" for k, v in values.items()))
        fresh.rename(path)  # as logind does

    def session(self, name, user, active, remote=0, kind="user"):
        self.write(f"sessions/{name}", UID=user, USER="x", ACTIVE=int(active), STATE="active" if active else "online", REMOTE=remote,
                   TYPE="x11", CLASS=kind, SEAT="" if remote else "seat0")

    def screen(self, name, user):
        """Whose session is on the PC's own screen."""
        self.write("seats/seat0", IS_SEAT0=1, ACTIVE=name, ACTIVE_UID=user, SESSIONS=name, UIDS=user)

    def nobody(self):
        self.write("seats/seat0", IS_SEAT0=1)


class Session:
    """The desktop of PERSON. Everything ends by the processes started here."""

    def __init__(self, folder, build, socket, dark=True, language="C.UTF-8"):
        self.folder, self.build, self.socket = folder, build, socket
        self.processes = {}
        self.logs = folder / "desktop.log"
        self.home = folder / "home"
        self.runtime = folder / "runtime"
        for path in (self.home, self.runtime):
            path.mkdir()
        config = self.home / ".config/xfce4/xfconf/xfce-perchannel-xml"
        config.mkdir(parents=True)
        (config / "xfce4-panel.xml").write_text(PANEL.format(dark=str(dark).lower()))
        subprocess.run(["chown", "-R", f"{PERSON}:{PERSON}", self.home, self.runtime], check=True)
        self.runtime.chmod(0o700)
        self.bus = f"unix:path={self.runtime}/bus"
        self.env = {
            "HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.runtime), "XDG_CONFIG_HOME": str(self.home / ".config"),
            "DBUS_SESSION_BUS_ADDRESS": self.bus, "XDG_CURRENT_DESKTOP": "XFCE", "XDG_SESSION_ID": "7", "LC_ALL": "C.UTF-8",
            "LANGUAGE": language, "PATH": f"{folder}/bin:{build}/agent:/usr/bin:/bin", "GTK_A11Y": "none", "NO_AT_BRIDGE": "1",
            "XFCE_PANEL_MIGRATE_DEFAULT": "1", "GSETTINGS_BACKEND": "memory", "USER": "person", "LOGNAME": "person",
        }

    # Programs of the session.

    def spawn(self, name, *words, user=PERSON, **more):
        with open(self.logs, "ab") as log:
            self.processes[name] = subprocess.Popen(as_user(user, *words), env=self.env, stdout=log, stderr=log, cwd="/", **more)
        return self.processes[name]

    def end(self, name):
        process = self.processes.pop(name, None)
        return lab.stop(process) if process else None

    def start(self):
        read, write = os.pipe()
        with open(self.logs, "ab") as log:
            self.processes["x"] = subprocess.Popen(
                ["Xvfb", "-displayfd", str(write), "-screen", "0", "1000x640x24", "-nolisten", "tcp", "-ac", "-noreset"],
                pass_fds=[write], stdout=log, stderr=log)
        os.close(write)
        with os.fdopen(read) as told:
            self.env["DISPLAY"] = ":" + told.readline().strip()
        self.start_bus()
        subprocess.run(as_user(PERSON, "xsetroot", "-solid", "#7d8c9a"), env=self.env, check=False)
        self.spawn("notifyd", NOTIFYD)
        self.start_panel()
        return self

    def start_bus(self):
        self.spawn("bus", "dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={self.bus}")
        lab.wait_for("the session bus", lambda: self.has("org.freedesktop.DBus"), 20)

    def start_panel(self):
        self.spawn("panel", "xfce4-panel", "--disable-wm-check")
        lab.wait_for("the panel's watcher", lambda: self.has(WATCHER), 30)

    def start_tray(self, name="tray"):
        tray = self.build / "agent/tray"
        return self.spawn(name, tray / "platen-tray", "--socket", self.socket, "--share", tray / "share")

    def stop(self):
        for name in reversed(list(self.processes)):
            self.end(name)

    # The session bus.

    def call(self, service, path, interface, member, *arguments, check=True):
        done = subprocess.run(as_user(PERSON, "busctl", f"--address={self.bus}", "--json=short", "--timeout=10", "--", "call", service, path,
                                      interface, member, *arguments), env=self.env, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            if check:
                raise AssertionError(f"{member}: {done.stderr.strip()}\n{self.tail()}")
            return None
        return json.loads(done.stdout)["data"] if done.stdout.strip() else []

    def has(self, name):
        got = self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner", "s", name, check=False)
        return got and got[0]

    def get(self, service, path, interface, name):
        got = self.call(service, path, "org.freedesktop.DBus.Properties", "Get", "ss", interface, name, check=False)
        return got and got[0]["data"]

    def items(self):
        """What the panel has registered."""
        return self.get(WATCHER, "/StatusNotifierWatcher", WATCHER, "RegisteredStatusNotifierItems") or []

    def item(self, name="tray"):
        return f"{ITEM}-{self.processes[name].pid}-1"

    def icon(self):
        return self.get(self.item(), "/StatusNotifierItem", ITEM, "IconName")

    def tip(self):
        return self.get(self.item(), "/StatusNotifierItem", ITEM, "ToolTip")[3]

    def menu(self):
        """The menu as {label: {"id", "enabled", "checked", "children"}}."""
        got = self.call(self.item(), "/MenuBar", MENU, "GetLayout", "iias", "0", "-1", "0", check=False)

        def entries(children):
            found = {}
            for child in children:
                number, properties, below = child["data"]
                value = {k: v["data"] for k, v in properties.items()}
                if value.get("type") != "separator":
                    found[value["label"]] = {"id": number, "enabled": value["enabled"], "checked": value.get("toggle-state"),
                                             "children": entries(below)}
            return found
        return entries(got[1][2]) if got else {}

    def click(self, label):
        """As the panel does it when the entry is clicked."""
        entry = lab.wait_for(f"an entry like {label}", lambda: next(
            (e for text, e in self.menu().items() if re.search(label, text) and e["enabled"]), None), 20)
        self.call(self.item(), "/MenuBar", MENU, "Event", "isvu", str(entry["id"]), "clicked", "s", "", "0")

    # The screen.

    def windows(self, kind):
        done = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", kind], env=self.env, capture_output=True, text=True)
        return done.stdout.split()

    def place(self, window):
        done = subprocess.run(["xdotool", "getwindowgeometry", "--shell", window], env=self.env, capture_output=True, text=True)
        found = dict(line.split("=", 1) for line in done.stdout.split())
        return [int(found[key]) for key in ("X", "Y", "WIDTH", "HEIGHT")] if "WIDTH" in found else None

    def first_button(self, window):
        """The middle of a bubble's first button: left of its edge there is nothing but background, where a click would only close it."""
        x, y, width, height = self.place(window)
        row = y + height - 32
        done = subprocess.run(["import", "-window", "root", "-crop", f"{width - 60}x1+{x + 30}+{row}", "+repage", "-depth", "8", "gray:-"], env=self.env,
                              capture_output=True, check=True)
        edge = next((at for at, grey in enumerate(done.stdout) if grey != done.stdout[0]), None)
        assert edge is not None, "the bubble has no button"
        return x + 30 + edge + 25, row

    def press(self, x, y, button=1):
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "sleep", "0.2", "click", str(button)], env=self.env, check=True)

    def picture(self, name):
        """A screenshot into the folder that PLATEN_PICTURES names, to be looked at."""
        folder = os.environ.get("PLATEN_PICTURES")
        if folder:
            subprocess.run(["import", "-window", "root", f"{folder}/{name}.png"], env=self.env, check=True)

    def until_still(self):
        """Bubbles fade in: until two pictures of the screen, a moment apart, are the same."""
        def screen():
            return subprocess.run(["import", "-window", "root", "rgb:-"], env=self.env, capture_output=True, check=True).stdout
        lab.wait_for("a screen that stands still", lambda: screen() == (time.sleep(0.4), screen())[1], 20)

    def tail(self):
        return self.logs.read_text(errors="replace")[-3000:] if self.logs.exists() else ""
