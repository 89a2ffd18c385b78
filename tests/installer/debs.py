#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of the Debian packages, on this very system with an overlay over its root: nothing outside changes.

Both are installed by one command that asks nothing, the agent with an enrolment token; it reports a virtual printer to a connector, is
upgraded while records wait, keeps its id and its records; the tray starts as a session would start it; and a purge leaves no file, no
user, no group. `--old` and `--new` are folders of packages from `tools/build-deb`.
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
sys.path[:0] = [str(ROOT / "tests" / "tray"), str(ROOT / "tools" / "lib")]
import lab  # noqa: E402
from session import PERSON, Session, as_user  # noqa: E402

PROFILE = ROOT / "tests" / "vprinter" / "profiles" / "hp-mfp"
REPORTED_S = 10
OURS = ("var/lib/platen", "var/lib/platen-connector", "var/lib/platen-connector.key", "etc/platen", "etc/platen-connector")
HERE = ("proc", "sys", "dev", "tmp")  # of the real system, also under the overlay


def run(*words, env=None, check=True, stdin=None):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=300, input=stdin,
                          env={**os.environ, **(env or {})})
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}: exit {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


class Overlay:
    """This system's root with a layer of its own; needs a mount namespace of its own."""

    def __init__(self, folder):
        self.layer, self.root = folder / "layer", folder / "root"
        for path in (self.layer, self.root):
            path.mkdir()
        run("mount", "-t", "tmpfs", "none", self.layer)
        for name in ("upper", "work"):
            (self.layer / name).mkdir()
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir=/,upperdir={self.layer}/upper,workdir={self.layer}/work", self.root)
        for name in HERE:
            run("mount", "--rbind", f"/{name}", self.root / name)
        run("mount", "-t", "tmpfs", "none", self.root / "run")
        if not ROOT.is_relative_to("/tmp"):
            (self.root / ROOT.relative_to("/")).mkdir(parents=True, exist_ok=True)
            run("mount", "--rbind", ROOT, self.root / ROOT.relative_to("/"))
        run("rm", "-rf", *(self.root / path for path in OURS))  # an agent may live on this system: not in this layer

    def run(self, *words, **more):
        return run("chroot", self.root, *words, **more)

    def user(self, name):
        """(uid, gid, groups) of a user there; None: no such user."""
        found = self.run("id", name, check=False)
        numbers = re.match(r"uid=(\d+)\S* gid=(\d+)\S* groups=(.*)", found)
        return numbers and (int(numbers[1]), int(numbers[2]), numbers[3].strip())

    def install(self, *packages, **env):
        """The one command of an administrator; apt asks nothing."""
        return self.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "--allow-downgrades", *packages,
                        env={"DEBIAN_FRONTEND": "noninteractive", **env})

    def unit(self, name, key):
        text = (self.root / "lib/systemd/system" / name).read_text()
        return re.search(rf"^{key}=(.*)$", text, re.M)[1]

    def leftovers(self):
        """What the layer still holds that has our name, but for what dpkg and the account tools log and back up."""
        return [str(p.relative_to(self.layer / "upper")) for p in (self.layer / "upper").rglob("*platen*")
                if p.is_file() or p.is_dir()]


class Service:
    """What systemd does for a unit, as far as a system that is not booted can: user, folders, command."""

    running = []

    def __init__(self, overlay, unit, log, runtime=None, words=()):
        self.log = log
        name = overlay.unit(unit, "User")
        uid, gid, groups = overlay.user(name)
        assert groups.count("(") <= 1, f"{name} is in more groups than its own: {groups}"
        for path, mode in ((overlay.root / "var/lib" / overlay.unit(unit, "StateDirectory"), 0o700),
                           *(((overlay.root / "run" / runtime, 0o755),) if runtime else ())):
            path.mkdir(exist_ok=True)
            os.chown(path, uid, gid)
            path.chmod(mode)
        command = [w for w in overlay.unit(unit, "ExecStart").split() if not w.startswith("$")]
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                ["chroot", overlay.root, "setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *command, *words],
                stdout=out, stderr=out)
        self.running.append(self.process)

    def stop(self):
        code = lab.stop(self.process)
        assert code == 0, f"exit {code}:\n{self.log.read_text(errors='replace')[-3000:]}"


def platen(overlay, *words):
    return overlay.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "platen", *words)


def open_the_desk():
    """The virtual printers' files for everybody: a device node would carry the ACL of the udev rule."""
    run("chmod", "-R", "a+rwX", os.environ["UMOCKDEV_DIR"])


def deb(folder, name):
    found = sorted(pathlib.Path(folder).glob(f"{name}_*.deb"))
    assert len(found) == 1, f"{folder} holds {len(found)} packages {name}"
    return found[0]


def printer_at(connector):
    items = connector.api("GET", "/printers")["items"]
    return connector.api("GET", "/printers/" + items[0]["id"]) if items else None


def the_agent(overlay, connector, arguments, folder):
    log = folder / "agent.log"
    token = connector.token()
    began = time.monotonic()
    overlay.install(deb(arguments.old, "platen-agent"), PLATEN_TOKEN=token)
    installed = time.monotonic() - began
    told = (overlay.root / "etc/platen/agent.conf.d/50-install.conf").stat()
    assert told.st_mode & 0o777 == 0o640 and told.st_uid == 0, "an enrolment token that others may read"
    old = overlay.run("platen", "--version")
    open_the_desk()
    agent = Service(overlay, "platen-agent.service", log, "platen")
    started = time.monotonic()
    lab.wait_for("the printer's report", lambda: printer_at(connector), 60)
    took = time.monotonic() - started
    print(f"printer reported {installed + took:.1f} s after the command's start: {installed:.1f} s of apt and dpkg, {took:.1f} s from the "
          f"service's start (goal {REPORTED_S} s)")
    before = json.loads(platen(overlay, "status", "--json"))
    assert json.loads(platen(overlay, "printers", "--json"))["printers"], "anybody may look"

    connector.stop()
    run(os.environ["PLATEN_DO"], "--control", os.environ["PLATEN_CONTROL"], "do", "set", "hp-mfp", "state-reason", "+media-empty")
    lab.wait_for("records that wait", lambda: waiting(overlay) > 0, 60)
    agent.stop()
    overlay.install(deb(arguments.new, "platen-agent"))
    assert overlay.run("platen", "--version") != old, "the upgrade brings another version"
    connector.start()
    connector.session = None
    agent = Service(overlay, "platen-agent.service", log, "platen")
    lab.wait_for("the state that waited", lambda: "media-empty" in json.dumps(printer_at(connector)["state"]), 60)
    after = json.loads(platen(overlay, "status", "--json"))
    assert after["agent_id"] == before["agent_id"], "an upgrade keeps the PC's identity"
    assert len(connector.api("GET", "/agents")["items"]) == 1
    agent.stop()
    overlay.run("apt-get", "purge", "-y", "-qq", "platen-agent")
    assert overlay.user("platen") is None, "purge takes the user"


def waiting(overlay):
    return json.loads(platen(overlay, "status", "--json"))["spool"]["records"]


def the_connector(overlay, arguments, folder):
    overlay.install(deb(arguments.new, "platen-connector"))
    overlay.run("platen-connector", "init", "--name", "localhost")
    overlay.run("platen-connector", "user", "add", "admin", "--password-stdin", stdin="a long enough secret\n")
    overlay.run("platen-connector", "token", "create")
    uid = overlay.user("platen-connector")[0]
    mine = [p for d in ("var/lib/platen-connector", "etc/platen-connector") for p in (overlay.root / d).rglob("*")]
    assert len(mine) > 1 and all(p.stat().st_uid == uid for p in mine), f"not all its own: {mine}"
    log = folder / "connector-package.log"
    server = Service(overlay, "platen-connector.service", log,
                     words=("--listen", "127.0.0.1", "--sda-port", "0", "--admin-port", "0"))
    lab.wait_for("the packaged connector's start", lambda: "ready" in log.read_text(errors="replace"), 30)
    server.stop()
    overlay.run("apt-get", "purge", "-y", "-qq", "platen-connector")
    assert overlay.user("platen-connector") is None, "purge takes the user"


def the_tray(overlay, arguments, folder):
    """What the package starts with a session runs with the icons and words that it brought, through an upgrade."""
    names = ("platen-agent", "platen-tray")
    overlay.install(*(deb(arguments.old, name) for name in names))
    entry = (overlay.root / "etc/xdg/autostart/platen-tray.desktop").read_text()
    command = re.search(r"^Exec=(.*)$", entry, re.M)[1].split()
    (folder / "person").mkdir()
    person = Session(folder / "person", arguments.build, None, language="de")
    try:
        person.start_bus()
        with open(person.logs, "ab") as log:
            person.processes["tray"] = subprocess.Popen(["/usr/sbin/chroot", overlay.root, *as_user(PERSON, *command)], env=person.env,
                                                        stdout=log, stderr=log)
        lab.wait_for("an icon without an agent", lambda: (person.icon() or "").startswith("platen-tray-offline"), 30)
        icons = person.get(person.item(), "/StatusNotifierItem", "org.kde.StatusNotifierItem", "IconThemePath")
        assert (overlay.root / icons.strip("/") / f"hicolor/scalable/status/{person.icon()}.svg").is_file(), icons
        assert "Der Platen-Dienst läuft nicht" in person.menu(), person.menu()
        overlay.install(*(deb(arguments.new, name) for name in names))
        assert person.icon(), "an upgrade leaves the icon of a running session alone"
        assert person.end("tray") == 0, person.tail()
    finally:
        person.stop()
    overlay.run("apt-get", "purge", "-y", "-qq", *names)
    print("tray installed, started with the session, in the person's language, upgraded, purged")


def inside(arguments):
    folder = pathlib.Path(arguments.inside)
    overlay = Overlay(folder)
    connector = lab.Connector(arguments.build, folder)
    connector.start()
    try:
        the_agent(overlay, connector, arguments, folder)
    except BaseException:
        print((folder / "agent.log").read_text(errors="replace")[-3000:])
        raise
    finally:
        for process in Service.running:
            lab.stop(process)
        connector.stop()
    the_tray(overlay, arguments, folder)
    the_connector(overlay, arguments, folder)
    left = overlay.leftovers()
    assert not left, f"purge leaves {left}"
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--old", required=True)
    parser.add_argument("--new", required=True)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return inside(arguments)
    with tempfile.TemporaryDirectory(prefix="platen-debs-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        vprinter = arguments.build.resolve() / "tests" / "vprinter" / "platen-vprinter"
        control = folder / "vprinter.sock"
        return subprocess.run(
            [vprinter, "--profile", PROFILE, "--control", control, "--spool", folder / "spool", "--",
             ROOT / "tests" / "own_mounts", sys.executable, "-B", __file__, "--build", arguments.build.resolve(),
             "--old", pathlib.Path(arguments.old).resolve(), "--new", pathlib.Path(arguments.new).resolve(), "--inside", folder],
            env={**os.environ, "PLATEN_DO": str(vprinter), "PLATEN_CONTROL": str(control)}, timeout=600).returncode


if __name__ == "__main__":
    sys.exit(main())
