# SPDX-License-Identifier: Apache-2.0
"""Virtual printers of platen-vprinter, exported by USB/IP on loopback and attached to this kernel through vhci_hcd."""
import contextlib
import json
import os
import pathlib
import re
import shutil

import lab

PORT = 3240
CONTROL = "/tmp/vprinter.sock"
SPOOL = pathlib.Path("/tmp/spool")


class Printer:
    def __init__(self, name, busid):
        self.name = name
        self.busid = busid  # what the USB/IP server calls it
        self.port = None  # vhci port while attached
        self.device = None  # sysfs name while attached: "1-1"

    @property
    def node(self):
        at = lab.USB / self.device
        return f"/dev/bus/usb/{int(lab.read(at / 'busnum')):03d}/{int(lab.read(at / 'devnum')):03d}"

    def do(self, *words):
        return do(words[0], self.name, *words[1:])

    def dump(self):
        """What it truly is."""
        return json.loads(self.do("dump"))

    def wait_usblp(self):
        lab.wait_for(f"{self.name}: usblp is bound", lambda: lab.driver_of(f"{self.device}:1.0") == "usblp", 30)

    def raw_files(self, direction="out"):
        """{pipe: file} of what went through, as it went; a pipe is `0-0`: interface and alternate setting."""
        return {path.stem.removeprefix("pipe-"): path
                for path in sorted((SPOOL / self.name).rglob(f"pipe-*.{direction}"))}

    def raw(self, pipe):
        """Everything that the host sent to a pipe."""
        files = self.raw_files()
        return files[pipe].read_bytes() if pipe in files else b""

    def http_raws(self):
        """The same of every pipe that carries HTTP: all but the print pipe."""
        return [path.read_bytes() for pipe, path in self.raw_files().items() if pipe != "0-0"]

    def log(self):
        """What was asked of it and done to it: a list of events."""
        return [json.loads(line) for line in self.do("log").splitlines() if line.startswith("{")]

    def attach(self):
        """Plugs it in and waits until udev has seen the device. One at a time: which port it took is seen by what was there
        before, and usbip itself fails where the ports change under it."""
        before = set(imported())
        lab.run("usbip", "attach", "-r", "127.0.0.1", "-b", self.busid)
        self.port = lab.wait_for(f"{self.name} is imported", lambda: set(imported()) - before).pop()
        self.device = imported()[self.port]
        lab.wait_for(f"{self.name} is a USB device", lambda: (lab.USB / self.device).exists())
        lab.wait_for(f"{self.name} is configured", lambda: lab.read(lab.USB / self.device / "bConfigurationValue"))
        lab.run("udevadm", "settle", "--timeout=20")

    def detach(self):
        """Pulls the plug and waits until the device is gone."""
        lab.run("usbip", "detach", "-p", str(self.port))
        gone = lab.USB / self.device
        lab.wait_for(f"{self.name} is gone", lambda: not gone.exists())
        self.port = None


def do(*words):
    return lab.run(str(lab.BIN / "platen-vprinter"), "--control", CONTROL, "do", *words)


def imported():
    """Ports of vhci_hcd in use, and the sysfs name behind each: {0: "1-1"}; state 6 is `in use` (VDEV_ST_USED)."""
    used = {}
    for path in sorted(pathlib.Path("/sys/devices/platform").glob("vhci_hcd.*/status*")):
        for line in path.read_text().splitlines()[1:]:
            words = line.split()
            if len(words) >= 7 and words[2] == "006":
                used[int(words[1])] = words[6]
    return used


def exported():
    """Bus ids that the USB/IP server offers, in its order."""
    said = lab.run("usbip", "list", "-r", "127.0.0.1", check=False)
    return re.findall(r"^\s+(\d+-[\d.]+):", said, re.M)


# ippeveprinter plays 5 to 15 s of printing per job, unless it is given a command to print with.
WRAPPERS = pathlib.Path("/tmp/wrappers")
QUICK_IPPEVEPRINTER = """\
#!/bin/sh
exec /usr/sbin/ippeveprinter -c /bin/true "$@"
"""


def wrapped_path():
    WRAPPERS.mkdir(exist_ok=True)
    wrapper = WRAPPERS / "ippeveprinter"
    wrapper.write_text(QUICK_IPPEVEPRINTER)
    wrapper.chmod(0o755)
    return f"{WRAPPERS}:{os.environ['PATH']}"


def changed_profile(profile, behaviour):
    """A copy of a profile whose behaviour.json has these members besides: {"http": {"delay_ms": 400}}."""
    copy = pathlib.Path("/tmp/profiles") / profile
    shutil.copytree(lab.LAB / "profiles", copy.parent, dirs_exist_ok=True)
    path = copy / "behaviour.json"
    have = json.loads(path.read_text())
    for section, members in behaviour.items():
        have.setdefault(section, {}).update(members)
    path.write_text(json.dumps(have))
    return copy


@contextlib.contextmanager
def plugged(*profiles, behaviour=None, attached=None):
    """Starts platen-vprinter with these profiles (`NAME` or `NAME=PROFILE`), attaches all or the first few, yields the printers.
    `behaviour` adds to what a profile says: {PROFILE: {section: {member: value}}}."""
    lab.load("vhci-hcd", "usblp")
    SPOOL.mkdir(exist_ok=True)
    words, names = [], []
    for profile in profiles:
        name, _, folder = profile.rpartition("=")
        names.append(name or folder)
        added = (behaviour or {}).get(folder)
        words += ["--profile", f"{names[-1]}={changed_profile(folder, added) if added else lab.LAB / 'profiles' / folder}"]
    server = lab.start("vprinter", str(lab.BIN / "platen-vprinter"), *words, "--usbip", str(PORT),
                       "--control", CONTROL, "--spool", str(SPOOL), env={"PATH": wrapped_path()})
    try:
        ids = lab.wait_for("platen-vprinter exports its printers",
                           lambda: (e := exported()) and len(e) == len(names) and e, 30)
        fleet = [Printer(name, busid) for name, busid in zip(names, ids)]
        for printer in fleet[:attached]:
            printer.attach()
        yield fleet
        for printer in fleet:
            if printer.port is not None:
                printer.detach()
    finally:
        lab.stop(server)
